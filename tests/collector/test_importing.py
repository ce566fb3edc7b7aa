"""Runs over an inbox: what is stored, what is refused, what stays where it is."""

from __future__ import annotations

import gzip
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, text

from adapters import files
from collector.run import Run, collect
from storage import database, schema
from tests.collector.centre import Centre, Line, centre


@pytest.fixture
def place(tmp_path: Path) -> Centre:
    return centre(tmp_path)


def run(place: Centre, only: str = "") -> Run:
    app = place.app
    return collect(app.engine, app.config, now=place.now, only=only)


def count(place: Centre, table: str) -> int:
    with database.reading(place.app.engine) as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def latest(place: Centre) -> dict[str, int | None]:
    with database.reading(place.app.engine) as connection:
        rows = connection.execute(
            schema.post.join(
                schema.latest, schema.post.c.post_id == schema.latest.c.post_id
            ).select()
        )
        return {row.title: row.views for row in rows}


def test_a_file_is_stored_and_put_away(place: Centre) -> None:
    place.douyin("2026-10-01 作品列表.csv", [("开渔", "2026-09-01 10:00:00", 120_000)])
    done = run(place)
    assert [each.outcome for each in done.results] == ["ok"]
    assert not done.failed
    assert latest(place) == {"开渔": 120_000}
    put = [each.name for each in (place.inbox("douyin") / "done").iterdir()]
    assert len(put) == 1 and put[0].endswith("-2026-10-01 作品列表.csv")
    assert [each.is_file() for each in place.inbox("douyin").iterdir() if each.name != "done"] == []
    assert len(list((place.folder / "data" / "captures").rglob("*.gz"))) == 1


def test_the_same_file_again_changes_nothing(place: Centre) -> None:
    lines = [("开渔", "2026-09-01 10:00:00", 120_000)]
    place.douyin("2026-10-01 a.csv", lines)
    run(place)
    before = count(place, "observation")
    place.douyin("2026-10-02 另一个名字.csv", lines)
    again = run(place)
    assert [each.outcome for each in again.results] == ["unchanged"]
    assert not again.failed
    assert count(place, "observation") == before
    assert len(list((place.inbox("douyin") / "done").iterdir())) == 1


def test_an_older_export_does_not_displace_newer_figures(place: Centre) -> None:
    place.douyin("2026-10-01 a.csv", [("开渔", "2026-09-01 10:00:00", 500)])
    run(place)
    place.douyin("2026-09-02 b.csv", [("开渔", "2026-09-01 10:00:00", 300)])
    run(place)
    assert latest(place) == {"开渔": 500}
    assert count(place, "post") == 1


def test_bad_rows_are_named_and_the_others_stored(place: Centre) -> None:
    lines: list[Line] = [
        ("好的", "2026-09-01 10:00:00", 5),
        ("坏的", "2026-09-02 10:00:00", "很多"),
    ]
    place.douyin("2026-10-01 a.csv", lines)
    done = run(place)
    assert done.results[0].outcome == "invalid" and done.failed
    assert "第3行" in done.results[0].problem and "很多" in done.results[0].problem
    assert latest(place) == {"好的": 5}


def test_the_observed_time_is_never_before_the_newest_post(place: Centre) -> None:
    place.douyin("2026-09-01 a.csv", [("开渔", "2026-09-03 10:00:00", 5)])
    observed = run(place).results[0].observed
    assert observed is not None
    assert observed.at.isoformat() == "2026-09-03T10:00:00+08:00"
    assert "早于文件里最新的发布时间" in observed.how


def test_a_post_of_the_future_is_refused(place: Centre) -> None:
    path = place.douyin("a.csv", [("明年", "2027-01-01 10:00:00", 5)])
    result = run(place).results[0]
    assert result.outcome == "invalid" and "将来" in result.problem
    assert path.exists() and count(place, "post") == 0


REFUSED = [
    (b"", "空"),
    (b"\x00" * 2000, "空字节"),
    (b"PK\x03\x04 damaged", "损坏"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 damaged", "损坏"),
    ("<html><title>登录</title><body>请登录</body></html>".encode(), "网页"),
    ("甲,乙,丙\n1,2,3\n".encode(), "不像抖音的导出文件"),
]


@pytest.mark.parametrize(("body", "said"), REFUSED, ids=[each[1] for each in REFUSED])
def test_bad_files_stay_and_the_rest_goes_on(place: Centre, body: bytes, said: str) -> None:
    bad = place.inbox("douyin") / "2026-10-01 坏.xls"
    bad.write_bytes(body)
    place.douyin("2026-10-02 好.csv", [("开渔", "2026-09-01 10:00:00", 5)])
    done = run(place)
    assert [each.outcome for each in done.results] == ["invalid", "ok"]
    assert said in done.results[0].problem and "2026-10-01 坏.xls" in done.results[0].problem
    assert bad.read_bytes() == body
    assert latest(place) == {"开渔": 5}


def test_a_huge_file_is_refused_by_its_size(place: Centre) -> None:
    path = place.inbox("douyin") / "2026-10-01 大.csv"
    with path.open("wb") as stream:
        stream.truncate(files.MAX_BYTES + 1)  # sparse: no bytes are written
    assert "上限" in run(place).results[0].problem
    assert path.exists()


def test_names_with_emoji_and_of_255_bytes(place: Centre) -> None:
    long = "长" * 80 + "x" * 9 + ".csv"
    assert len(long.encode()) == 253
    place.douyin(long, [("甲", "2026-09-01 10:00:00", 5)])
    place.douyin("🎉 节日.csv", [("乙", "2026-09-01 11:00:00", 6)])
    assert [each.outcome for each in run(place).results] == ["ok", "ok"]
    assert len(list((place.inbox("douyin") / "done").iterdir())) == 2


def test_links_out_of_the_inbox_are_refused(place: Centre, tmp_path: Path) -> None:
    outside = place.douyin("outside.csv", [("甲", "2026-09-01 10:00:00", 5)], folder=tmp_path)
    link = place.inbox("douyin") / "link.csv"
    try:
        link.symlink_to(outside)
    except OSError:
        pytest.skip("this machine makes no symbolic links for this user")
    assert "链接" in run(place).results[0].problem
    assert link.is_symlink() and outside.exists()


def test_unfinished_downloads_and_noise(place: Centre) -> None:
    (place.inbox("douyin") / "a.xlsx.crdownload").write_bytes(b"x")
    (place.inbox("douyin") / "~$a.xlsx").write_bytes(b"x")
    (place.inbox("douyin") / "Thumbs.db").write_bytes(b"x")
    done = run(place)
    assert [each.source for each in done.results] == ["a.xlsx.crdownload"]
    assert "没有下载完" in done.results[0].problem


def test_a_folder_of_no_account_is_named(place: Centre) -> None:
    (place.folder / "inbox" / "抖音").mkdir(parents=True)
    done = run(place)
    assert [each.name for each in done.strays] == ["抖音"] and done.failed


def test_one_account_only(place: Centre) -> None:
    place.douyin("2026-10-01 a.csv", [("开渔", "2026-09-01 10:00:00", 5)])
    assert run(place, only="kehu").results == []
    assert len(run(place, only="douyin").results) == 1


def test_a_newer_ledger_takes_the_place_of_the_older(place: Centre) -> None:
    path = place.inbox("taizhang") / "外宣台账.csv"
    path.write_text(
        "日期,标题,媒体,级别\n2026-09-01,甲,某日报,省\n2026-09-02,乙,某台,市\n", encoding="utf-8"
    )
    run(place)
    path.write_text(
        "日期,标题,媒体,级别\n2026-09-01,甲,某日报,省\n2026-09-03,丙,某网,市\n", encoding="utf-8"
    )
    place.now += timedelta(days=1)
    stored = run(place).results[0].stored
    assert stored is not None
    assert stored.removed == ["乙"] and stored.added == ["丙"]
    assert set(latest(place)) == {"甲", "丙"}


HEAD = "日期,标题,媒体,级别\n"


def test_a_dated_ledger_replaces_the_one_it_reaches_over(place: Centre) -> None:
    first = place.inbox("taizhang") / "2026-09-30 外宣.csv"
    first.write_text(f"{HEAD}2026-07-01,甲,某日报,省\n2026-09-02,乙,某台,市\n", encoding="utf-8")
    run(place)
    newer = place.inbox("taizhang") / "2026-10-07 外宣.csv"
    newer.write_text(f"{HEAD}2026-07-01,甲,某日报,省\n2026-10-03,丙,某网,市\n", encoding="utf-8")
    stored = run(place).results[0].stored
    assert stored is not None and stored.removed == ["乙"]
    assert set(latest(place)) == {"甲", "丙"}


def test_a_ledger_that_begins_anew_each_month_replaces_nothing(place: Centre) -> None:
    (place.inbox("taizhang") / "2026-08-31 外宣.csv").write_text(
        f"{HEAD}2026-08-01,甲,某日报,省\n", encoding="utf-8"
    )
    (place.inbox("taizhang") / "2026-09-30 外宣.csv").write_text(
        f"{HEAD}2026-09-02,乙,某台,市\n", encoding="utf-8"
    )
    run(place)
    assert set(latest(place)) == {"甲", "乙"}


def test_a_platform_export_in_the_wrong_folder_is_refused(place: Centre) -> None:
    path = place.douyin(
        "2026-10-01 作品列表.csv", [("开渔", "2026-09-01 10:00:00", 5)], place.inbox("kehu")
    )
    result = run(place).results[0]
    assert result.outcome == "invalid" and "像是抖音的导出文件" in result.problem
    assert path.exists()


def test_sessions_in_a_saved_page_are_not_kept(place: Centre) -> None:
    page = '<html><a href="/s?__biz=x&amp;key=0123456789abcdef&amp;pass_ticket=SECRETTICKET">x</a></html>'
    (place.inbox("douyin") / "文章.html").write_text(page, encoding="utf-8")
    run(place)
    kept = next((place.folder / "data" / "captures").rglob("*.gz"))
    body = gzip.decompress(kept.read_bytes())
    assert b"SECRETTICKET" not in body and b"0123456789abcdef" not in body and b"__biz=x" in body


def allow_no_more_pages(connection: sqlite3.Connection, _record: object) -> None:
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count={pages}")


def test_a_full_disk_stores_nothing_and_says_so(place: Centre) -> None:
    place.douyin("2026-10-01 a.csv", [("开渔", "2026-09-01 09:00:00", 5)])
    run(place)
    lines = [(f"第{n}条", f"2026-09-01 10:{n // 60:02}:{n % 60:02}", n) for n in range(2_000)]
    path = place.douyin("2026-10-02 b.csv", lines)
    small = database.open_database(place.app.config.database_url)
    event.listen(small, "connect", allow_no_more_pages)
    with pytest.raises(database.StorageError, match="已满"):
        collect(small, place.app.config, now=place.now)
    small.dispose()
    assert path.exists() and count(place, "post") == 1
    assert [each.outcome for each in run(place).results] == ["ok"]
    assert count(place, "post") == 2_001
