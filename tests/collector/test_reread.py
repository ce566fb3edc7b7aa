"""``collect reread``: what was missed is added at its own moment; what was right stays; twice adds nothing."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import responses
from click.testing import CliRunner, Result

from adapters.contract import Account, Page, Request
from adapters.errors import LayoutChanged
from adapters.records import Count, Metrics, Post, at_least
from adapters.registry import ADAPTERS
from collector.cli import main
from collector.intake import captures
from collector.visits.asked import note, page_of
from collector.visits.visiting import ask
from storage.database import reading, writing
from storage.operations import attempts, due
from storage.views import history
from storage.writing import upkeep, writes
from tests.collector.centre import Centre, centre
from tests.collector.kept import CONFIG, KEY, THEN, VIEW, keep, view

#: What ``kept.view`` shows.
POST = Post(
    title="云岭茶山开园",
    published_at=datetime.fromisoformat("2026-09-30T10:00:00+08:00"),
    key=KEY,
    url=f"https://www.bilibili.com/video/{KEY}",
    kind="video",
    metrics=Metrics(
        views=Count(41_234), likes=Count(321), comments=Count(7), shares=Count(11),
        favourites=Count(90),
    ),
    beside={"弹幕量": 5, "投币量": 3},
)  # fmt: skip
FIGURES = {"views": 41_234, "likes": 321, "comments": 7, "shares": 11, "favourites": 90}


@pytest.fixture
def here(tmp_path: Path) -> Centre:
    return centre(tmp_path, CONFIG)


def run(here: Centre, *words: str) -> Result:
    app = here.app
    result = CliRunner().invoke(main, ["reread", *words], obj=app)
    if "engine" in app.__dict__:
        app.engine.dispose()
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def observed(here: Centre, wanted: str = KEY) -> list[tuple[datetime, dict[str, int], str]]:
    """(moment, figures, occasion) of every observation of a post."""
    app = here.app
    with reading(app.engine) as connection:
        found = history.find_posts(connection, wanted)
        rows = history.observations(connection, found[0].post_id) if found else []
    app.engine.dispose()
    return [
        (
            datetime.fromtimestamp(each.observed_at, THEN.tzinfo),
            {name: count.value for name, count in each.figures.items()},
            each.reading.observed_from or "",
        )
        for each in rows
    ]


def test_a_failed_reading_is_stored_at_its_own_moment(here: Centre) -> None:
    keep(here, view(), [], outcome="layout_changed")
    said = run(here)
    assert said.exit_code == 0, said.output
    assert "[补上] bili" in said.output
    assert "补上 1 份" in said.output
    assert observed(here) == [(THEN, FIGURES, "采集时间，原件重读")]


def test_a_second_time_adds_nothing(here: Centre) -> None:
    keep(here, view(), [], outcome="invalid")
    run(here)
    again = run(here)
    assert again.exit_code == 0
    assert "没有要补的" in again.output
    assert len(observed(here)) == 1


def test_equal_readings_write_nothing(here: Centre) -> None:
    keep(here, view(), [POST])
    said = run(here)
    assert said.exit_code == 0
    assert said.output == "重读了 1 份原件，没有要补的\n"
    assert observed(here) == [(THEN, FIGURES, "采集时间")]


def test_a_metric_that_was_missed_is_added(here: Centre) -> None:
    less = replace(POST, metrics=replace(POST.metrics, shares=None, favourites=None))
    keep(here, view(), [less])
    assert run(here).exit_code == 0
    first, second = observed(here)
    assert second == (THEN, {"shares": 11, "favourites": 90}, "采集时间，原件重读")
    assert first[1] == {"views": 41_234, "likes": 321, "comments": 7}
    app = here.app
    with reading(app.engine) as connection:
        (post,) = history.find_posts(connection, KEY)
    assert {name: count.value for name, count in post.latest.items()} == FIGURES
    run(here)
    assert len(observed(here)) == 2


def test_what_stands_beside_and_was_missed_is_added(here: Centre) -> None:
    keep(here, view(), [replace(POST, beside={})])
    assert "补上 1 份" in run(here).output
    assert "没有要补的" in run(here).output


def test_a_contradiction_is_told_and_not_written(here: Centre) -> None:
    wrong = replace(POST, metrics=replace(POST.metrics, views=Count(412_340), shares=None))
    keep(here, view(), [wrong])
    said = run(here)
    assert said.exit_code == 1
    assert "阅读/播放量 存的是 412340，现在读出 41234" in said.output
    assert len(observed(here)) == 1


def test_a_bound_is_no_exact_figure(here: Centre) -> None:
    bound = replace(POST, metrics=replace(POST.metrics, views=at_least(41_234)))
    keep(here, view(), [bound])
    assert "存的是 至少 41234，现在读出 41234" in run(here).output


def test_a_later_look_stays_the_latest(here: Centre) -> None:
    later = datetime.fromisoformat("2026-10-02T08:00:00+08:00")
    keep(here, view(), [], outcome="layout_changed")
    grown = replace(POST.metrics, views=Count(99_000))
    keep(here, view(99_000), [replace(POST, metrics=grown)], moment=later)
    run(here)
    assert [moment for moment, _, _ in observed(here)] == [THEN, later]
    app = here.app
    with reading(app.engine) as connection:
        assert history.find_posts(connection, KEY)[0].latest["views"].value == 99_000
    app.engine.dispose()


def test_hits_are_found_where_they_were_crossed(here: Centre) -> None:
    keep(here, view(123_456), [], outcome="layout_changed")
    assert "新爆款 1 个" in run(here).output


def test_a_title_that_changed_since_stays(here: Centre) -> None:
    later = datetime.fromisoformat("2026-10-02T08:00:00+08:00")
    keep(here, view(), [replace(POST, metrics=replace(POST.metrics, shares=None))])
    keep(here, view(title="新标题"), [replace(POST, title="新标题")], moment=later)
    run(here)
    app = here.app
    with reading(app.engine) as connection:
        assert history.find_posts(connection, KEY)[0].title == "新标题"
    app.engine.dispose()
    assert "没有要补的" in run(here).output


def test_what_cannot_be_read_today_is_said(here: Centre) -> None:
    keep(here, b'{"code": -412}', [POST])
    said = run(here)
    assert said.exit_code == 1
    assert "当时读得出，现在读不出" in said.output
    assert "请求被 B站 拦截" in said.output
    assert len(observed(here)) == 1


def test_what_could_not_be_read_then_nor_now_is_counted(here: Centre) -> None:
    keep(here, b'{"code": -412}', [], outcome="blocked")
    said = run(here)
    assert said.exit_code == 0
    assert "1 份仍然读不出" in said.output


def test_a_dry_run_writes_nothing(here: Centre) -> None:
    keep(here, view(), [], outcome="layout_changed")
    said = run(here, "--dry-run")
    assert "会补上 1 份" in said.output
    assert "没有存入任何内容" in said.output
    assert observed(here) == []


def test_a_withdrawn_reading_is_left_alone(here: Centre) -> None:
    number = keep(here, view(), [POST])
    app = here.app
    with writing(app.engine) as connection:
        upkeep.withdraw(connection, number, int(here.now.timestamp()), "读错了")
    app.engine.dispose()
    assert run(here).output == "没有可以重读的原件\n"


def test_a_rereading_that_was_taken_back_is_not_done_again(here: Centre) -> None:
    number = keep(here, view(), [], outcome="layout_changed")
    run(here)
    app = here.app
    with writing(app.engine) as connection:
        upkeep.withdraw(connection, number + 1, int(here.now.timestamp()), "不要")
    app.engine.dispose()
    assert "没有要补的" in run(here).output


def test_rereading_is_no_look(here: Centre) -> None:
    keep(here, view(), [], outcome="layout_changed")
    app = here.app
    with reading(app.engine) as connection:
        before = due.last_looks(connection, "bili")
    run(here)
    with reading(app.engine) as connection:
        assert due.last_looks(connection, "bili") == before
        (newest,) = attempts.newest_outcomes(connection)
    assert newest["outcome"] == "layout_changed"
    app.engine.dispose()


def test_platform_account_and_since_choose(here: Centre) -> None:
    keep(here, view(), [], outcome="layout_changed")
    assert "没有可以重读" in run(here, "--platform", "portal").output
    assert "没有可以重读" in run(here, "--account", "douyin").output
    assert "没有可以重读" in run(here, "--since", "2026-10-02").output
    assert "补上 1 份" in run(here, "--since", "2026-10-01", "--platform", "bilibili").output


def test_unknown_names_are_usage(here: Centre) -> None:
    assert run(here, "--platform", "bilibil").exit_code == 2
    assert run(here, "--account", "nobody").exit_code == 2


def test_damaged_captures_are_named(here: Centre) -> None:
    keep(here, view(), [], outcome="layout_changed")
    folder = here.folder / "data" / "captures"
    (kept,) = folder.rglob("*.gz")
    captures.keep_bytes(b"other", captures.Folder(folder))
    kept.write_bytes(b"no gzip")
    said = run(here)
    assert said.exit_code == 1
    assert "[原件有问题]" in said.output
    kept.unlink()
    assert "请从备份恢复" in run(here).output


def test_json_lists_what_was_done(here: Centre) -> None:
    keep(here, view(), [], outcome="layout_changed")
    (look,) = json.loads(run(here, "--json").output)
    assert (look["became"], look["posts"], look["source"]) == ("added", 1, VIEW)


def test_another_video_than_then_is_no_new_post(here: Centre) -> None:
    other = replace(POST, key="BV1Ax4y1d7Xj", url="https://www.bilibili.com/video/BV1Ax4y1d7Xj")
    keep(here, view(), [other])
    said = run(here)
    assert said.exit_code == 1
    assert "当时读成另一篇，没有写入" in said.output


ARTICLE = """<html><head><meta name="ArticleTitle" content="云岭县茶叶节开幕">
<meta name="PubDate" content="2026-09-30 10:00"></head><body>{views}</body></html>"""
ADDRESS = "https://www.yunling.example/xw/t20260930_1.html"


def test_a_counter_is_read_with_what_was_known_of_its_post(here: Centre) -> None:
    known = Post(
        title="云岭县茶叶节开幕",
        published_at=datetime.fromisoformat("2026-09-30T10:00:00+08:00"),
        url=ADDRESS,
        kind="article",
        beside={"来源": "云岭发布"},
    )
    counter = "https://www.yunling.example/system/resource/code/news/click/dynclicks.jsp?clickid=1"
    request = Request(url=counter, about="counter", post=known)
    keep(
        here,
        b"5678",
        [],
        request=request,
        account="wang",
        adapter="portal",
        outcome="layout_changed",
    )
    assert run(here).exit_code == 0
    assert observed(here, ADDRESS) == [(THEN, {"views": 5678}, "采集时间，原件重读")]


def test_a_page_with_its_encoding(here: Centre) -> None:
    body = ARTICLE.format(views="浏览次数:88").encode("gb18030")
    keep(
        here, body, [], request=Request(url=ADDRESS), account="wang", adapter="portal",
        outcome="layout_changed",
    )  # fmt: skip
    run(here)
    assert observed(here, ADDRESS) == [(THEN, {"views": 88}, "采集时间，原件重读")]


FILE = [("茶山日出", "2026-09-29 08:00:00", 120), ("古镇夜色", "2026-09-30 20:00:00", 300)]


def test_a_file_gives_what_its_bad_row_had(here: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that was not understood when the file came, and is today."""
    from adapters.errors import Invalid
    from adapters.tables import reader as _reader

    real = _reader.read

    def blind(*given: Any, **named: Any) -> Any:
        for record in real(*given, **named):
            bad = isinstance(record, Post) and record.title == "古镇夜色"
            yield Invalid("看不懂", target="第3行", row=3) if bad else record

    with monkeypatch.context() as patch:
        patch.setattr("adapters.tables.reader.read", blind)
        app = here.app
        path = here.douyin("2026-10-01 作品列表导出.csv", FILE, here.folder)
        words = ["import", str(path), "--account", "douyin"]
        first = CliRunner().invoke(main, words, obj=app)
        app.engine.dispose()
    assert "未采用 1 行" in first.output
    assert observed(here, "古镇夜色") == []
    said = run(here)
    assert said.exit_code == 0, said.output
    ((moment, figures, _),) = observed(here, "古镇夜色")
    assert figures == {"views": 300, "likes": 30, "shares": 1, "comments": 2, "favourites": 3}
    assert moment == observed(here, "茶山日出")[0][0]
    assert len(observed(here, "茶山日出")) == 1
    assert "没有要补的" in run(here).output


def test_what_a_run_kept_is_read_again(
    here: Centre, no_network: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From end to end: a run whose adapter does not know a video's new form, then one that does."""
    config = (
        CONFIG.replace('id = "wang"', 'id = "wang2"') + "[platforms.bilibili]\nrate = '1000/s'\n"
    )
    here = centre(here.folder, config)
    monkeypatch.setattr("collector.visits.visiting.addresses", lambda _host: ["8.8.8.8"])
    pages = Path(__file__).parents[1] / "adapters" / "pages" / "bilibili"
    real = ADAPTERS["bilibili"]

    def blind(page: Page) -> Any:
        if page.request.about == "list":
            return [Request(url=VIEW, key=KEY)]
        raise LayoutChanged("新版式", target=page.request.url)

    no_network.get("https://api.bilibili.com/robots.txt", status=404)
    lists = re.compile("https://api.bilibili.com/x/(?!web-interface/view)")
    no_network.get(lists, body=(pages / "list.json").read_bytes())
    no_network.get(VIEW, body=view())
    with monkeypatch.context() as patch:
        patch.setitem(ADAPTERS, "bilibili", replace(real, read=blind))
        app = here.app
        with writing(app.engine) as connection:
            run_id = writes.start_run(connection, "now", here.now)
        ask(
            app.engine, app.config, run_id, now=here.now, only="bili", everything=True,
            progress=lambda *_: None,
        )  # fmt: skip
        app.engine.dispose()
    assert observed(here) == []
    assert "补上 1 份" in run(here).output
    ((_, figures, how),) = observed(here)
    assert (figures, how) == (FIGURES, "采集时间，原件重读")
    assert "没有要补的" in run(here).output


NOTES = [
    Request(url=VIEW, key=KEY),
    Request(url=VIEW, about="list", depth=3),
    Request(url=VIEW, body={"begin_date": "2026-09-01", "n": 1}, about="days"),
    Request(url=VIEW, about="counter", post=replace(POST, date_only=True, observed_at=THEN)),
    Request(url=VIEW, post=Post(title="", published_at=None, details={"outlet": "云岭日报"})),
]


@pytest.mark.parametrize("request_", NOTES)
def test_notes_bring_the_request_back(request_: Request) -> None:
    account = Account(id="bili", platform="bilibili")
    page = Page(
        request=request_,
        account=account,
        url=VIEW + "&x=1",
        status=404,
        body=b"x",
        fetched_at=THEN,
        headers={"content-type": "text/html; charset=gbk"},
    )
    told = json.loads(json.dumps(note(request_, page)))
    assert page_of(told, VIEW, account, b"x") == page


def test_a_plain_note_is_short() -> None:
    request = Request(url=VIEW)
    page = Page(
        request=request,
        account=Account(id="bili", platform="bilibili"),
        url=VIEW,
        status=200,
        body=b"",
        fetched_at=THEN,
    )
    assert note(request, page) == {"at": int(THEN.timestamp())}
    assert note(request, None) == {}
