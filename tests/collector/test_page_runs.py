"""How a run of pages begins and ends: interrupted, out of time, beside another one; and what it gives away."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from adapters.records import Post
from collector.cli import main
from collector.fetching.fetch import Fetcher
from collector.service.lock import held
from collector.visits import pages, visiting
from storage.writing import writes
from tests.collector.network import NOW, UID, Network, network
from tests.collector.test_pages_end_to_end import AT, LATER, LINK, MID, NOTE, POST, serve, stored
from tests.server import faults
from tests.server import platforms as played
from tests.server.platforms import moment
from tests.server.site import Reply, Seen, Site

pytestmark = pytest.mark.usefixtures("quick")

COOKIE = "SUB=_2AkMRxyz-Secret-Cookie-Value; M_WEIBOCN_PARAMS=uicode%3D20000174; uid=1234567890"
TOKEN, SECRET, TICKET = "77_Access-Token-Of-The-Centre", "app-secret-of-the-centre", "tIcKeTtIcKeT"
API = 'appid = "wx0000000000000001"\nsecret_env = "WX_SECRET"\n'


def test_collect_now_gives_the_same_to_other_programs(site: Site, tmp_path: Path) -> None:
    net = network(tmp_path, site, ["weibo", "portal"])
    serve(site, more=0)
    site.routes["/info/1034/1080.htm"] = faults.status(403)
    net.centre.now = NOW
    result = CliRunner().invoke(main, ["now", "--json"], obj=net.centre.app)
    told = json.loads(result.stdout)
    outcomes = {each["source"].rpartition("/")[2]: each["outcome"] for each in told["sources"]}
    assert result.exit_code == 1
    assert outcomes.pop("1080.htm") == "blocked"
    assert set(outcomes.values()) == {"ok"}
    assert net.figures("weibo")[f"id:{POST}"] == {"likes": 305, "comments": 1, "shares": 2}
    assert sum(each["posts"] for each in told["sources"]) == 3


def test_collect_now_all_asks_what_is_not_due(site: Site, tmp_path: Path) -> None:
    net = network(tmp_path, site, ["weibo"])
    serve(site, more=0)
    net.run()
    net.centre.now = NOW + timedelta(minutes=1)
    assert CliRunner().invoke(main, ["now"], obj=net.centre.app).exit_code == 0
    assert len(site.asked(played.weibo_list_path(UID))) == 1
    assert CliRunner().invoke(main, ["now", "--all"], obj=net.centre.app).exit_code == 0
    assert len(site.asked(played.weibo_list_path(UID))) == 2


def test_an_interrupt_stores_what_came_in(site: Site, tmp_path: Path) -> None:
    net = network(tmp_path, site, ["portal"])
    serve(site, more=0)
    inside = threading.Event()

    def slowly(_seen: Seen) -> Reply:
        inside.set()
        threading.Event().wait(0.3)
        return played.portal_article("春耕", "2026-10-30", views=77)

    site.routes["/info/1034/1080.htm"] = slowly

    def impatient(_done: int, _total: int, _name: str) -> None:
        if inside.is_set():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        net.run(progress=impatient)
    assert net.figures("portal")["url:www.yunling.gov.cn/info/1034/1080.htm"] == {"views": 77}
    assert net.told("portal 列表") == []
    net.run(LATER)
    assert net.figures("portal")["url:www.yunling.gov.cn/info/1034/1081.htm"] == {"views": 2_170}


def test_a_deadline_leaves_the_rest_for_the_next_run(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visiting, "RUN_SECONDS", 1.0)
    net = network(tmp_path, site, ["toutiao"], toutiao='rate = "2/s"')
    keys = [f"74123456789012345{n:02}" for n in range(8)]
    net.know("toutiao", *[stored(key) for key in keys])
    for key in keys:
        site.routes[played.toutiao_path(key)] = played.toutiao(key, "云岭", AT, 1, 2)
    run = net.run()
    answered = [each for each in run.results if each.outcome == "ok"]
    assert 1 <= len(answered) < len(keys)
    assert any("没有轮到" in each.problem for each in run.results)
    before = len(site.seen)
    net.run(timedelta(minutes=1))
    assert len(site.seen) > before


def test_two_runs_side_by_side_ask_once(site: Site, tmp_path: Path) -> None:
    net = network(tmp_path, site, ["weibo"])
    serve(site, more=0)
    with held(net.centre.app.engine, "asking"):
        (result,) = net.run().results
    assert (result.outcome, site.seen) == ("unchanged", [])
    assert "另一次采集" in result.problem
    assert [each.outcome for each in net.run().results] == ["ok"]


def secretive(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Network:
    """Platforms whose answers repeat everything they were told."""
    monkeypatch.setenv("WEIBO_COOKIE", COOKIE)
    monkeypatch.setenv("WX_SECRET", SECRET)
    net = network(
        tmp_path,
        site,
        ["weibo", "wechat_mp", "xiaohongshu"],
        extra=API,
        weibo='cookie_env = "WEIBO_COOKIE"',
    )
    url = (
        f"https://mp.weixin.qq.com{played.wechat_path(MID)}&pass_ticket={TICKET}&uin=MTIzNDU2Nzg5MA"
    )
    net.know("wechat_mp", Post(key=f"{MID}_1", title="大桥", published_at=moment(AT), url=url))
    net.know("xiaohongshu", stored(NOTE, LINK))
    serve(site, more=0)
    status = played.weibo_status(POST, f"我的 {COOKIE}", AT, 305, UID)
    site.routes[played.weibo_list_path(UID)] = played.weibo_list([status], UID)
    site.routes[played.wechat_path(MID)] = played.wechat_article(MID, "大桥", AT, TICKET)
    site.routes["/cgi-bin/stable_token"] = played.data({"access_token": TOKEN, "expires_in": 7200})
    for name in ("getusercumulate", "getusersummary", "getbizsummary"):
        echo = {"errcode": 45009, "errmsg": f"reach limit access_token={TOKEN}"}
        site.routes[f"/datacube/{name}?access_token={TOKEN}"] = played.data(echo)
    site.routes[f"/datacube/getarticletotaldetail?access_token={TOKEN}"] = totals
    return net


def totals(seen: Seen) -> Reply:
    day = json.loads(seen.body)["begin_date"]
    if day != "2026-10-20":
        return played.data({"list": [], "is_delay": False})
    return played.data(played.wechat_totals(MID, "云岭大桥", day, [100, 150, 160]))


def test_secrets_are_nowhere(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="collector")
    net = secretive(site, tmp_path, monkeypatch)
    net.centre.now = NOW
    result = CliRunner().invoke(main, ["now"], obj=net.centre.app)
    assert site.asked(played.weibo_list_path(UID))[0].headers["cookie"] == COOKIE
    kept = net.everything_kept()
    said = result.output + caplog.text
    for secret in (TOKEN, SECRET, "_2AkMRxyz-Secret-Cookie-Value"):
        assert secret.encode() not in kept
        assert secret not in said
    attempts = net.told(played.wechat_path(MID))
    assert [each.outcome for each in attempts] == ["ok"]
    assert attempts[0].capture is not None
    assert TICKET.encode() not in attempts[0].capture
    assert b"MTIzNDU2Nzg5MA" not in attempts[0].capture
    (note,) = [each for each in net.told("xsec_source=pc_share") if each.kind == "page"]
    assert note.outcome == "ok"
    assert note.capture is not None
    assert b"ABq1-x_9Zz7QqLm" not in note.capture
    assert "ABq1-x_9Zz7QqLm" not in said


def test_a_cookie_goes_to_its_own_host_only(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    net = secretive(site, tmp_path, monkeypatch)
    where = "https://passport.weibo.com/sso/signin"
    site.routes[played.weibo_list_path(UID)] = faults.moved(where)
    site.routes["/sso/signin"] = played.page("<html><title>登录</title></html>")
    net.run(only="weibo")
    assert "cookie" not in site.asked("/sso/signin")[0].headers
    assert "cookie" not in site.asked("/robots.txt")[0].headers
    assert net.outcome(played.weibo_list_path(UID)) == "login_expired"


def test_a_cookie_that_is_not_there_stops_its_platform_only(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WEIBO_COOKIE", raising=False)
    net = network(tmp_path, site, ["weibo", "portal"], weibo='cookie_env = "WEIBO_COOKIE"')
    serve(site, more=0)
    net.run()
    told = net.told(played.weibo_list_path(UID))
    assert [each.outcome for each in told] == ["login_expired"]
    assert "WEIBO_COOKIE" in told[0].problem
    assert net.outcome("/info/1034/1080.htm") == "ok"


def test_a_token_is_fetched_once_and_its_figures_are_stored(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    net = secretive(site, tmp_path, monkeypatch)
    net.run(only="wechat_mp")
    (asked,) = site.asked("/cgi-bin/stable_token")
    assert json.loads(asked.body) == {
        "grant_type": "client_credential",
        "appid": "wx0000000000000001",
        "secret": SECRET,
    }
    assert "python" not in asked.headers["user-agent"].lower()
    days = [json.loads(each.body)["begin_date"] for each in site.seen if "totaldetail" in each.path]
    assert date(2026, 10, 20).isoformat() in days
    assert len(days) == len(set(days)) == 29
    assert "/robots.txt" not in [each.path for each in site.seen if each.method == "POST"]
    figures = net.figures("wechat_mp")[f"id:{MID}_1"]
    assert (figures["readers"], figures["sharers"]) == (160, 7)
    told = net.told("getarticletotaldetail?access_token={access_token}#2026-10-20")
    assert [(each.outcome, each.kind) for each in told] == [("ok", "api")]


def test_a_token_that_is_refused_is_said_and_fetched_anew_in_the_next_run(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    net = secretive(site, tmp_path, monkeypatch)
    refusal = played.data({"errcode": 40001, "errmsg": "invalid credential"})
    site.routes[f"/datacube/getarticletotaldetail?access_token={TOKEN}"] = refusal
    net.run(only="wechat_mp")
    told = net.told("getarticletotaldetail?access_token={access_token}#2026-10-20")[-1]
    assert told.outcome == "login_expired"
    assert "40001" in told.problem
    site.routes[f"/datacube/getarticletotaldetail?access_token={TOKEN}"] = totals
    net.run(LATER, only="wechat_mp")
    assert len(site.asked("/cgi-bin/stable_token")) == 2
    assert net.figures("wechat_mp")[f"id:{MID}_1"]["readers"] == 160


def test_no_token_no_question(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    net = secretive(site, tmp_path, monkeypatch)
    site.routes["/cgi-bin/stable_token"] = played.data({"errcode": 40164, "errmsg": "invalid ip"})
    net.run(only="wechat_mp")
    told = net.told("getusercumulate?access_token={access_token}#2026-10-25..2026-10-31")
    assert [each.outcome for each in told] == ["refused"]
    assert "白名单" in told[0].problem
    assert len(site.asked("/cgi-bin/stable_token")) == 1
    assert not [each for each in site.seen if "datacube" in each.path]


@pytest.mark.parametrize("where", ["fetched", "read", "judged", "stored"])
def test_whatever_goes_wrong_with_a_page_is_its_outcome_alone(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """Faults of ours, wherever they strike: the other pages, the list and the run are as ever."""
    bad, good = "/info/1034/1081.htm", "/info/1034/1080.htm"

    def spoil(place: object, name: str, address: Callable[..., str]) -> None:
        inner = getattr(place, name)

        def spoilt(*given: Any) -> Any:
            if address(*given).endswith(bad):
                raise ZeroDivisionError
            return inner(*given)

        monkeypatch.setattr(place, name, spoilt)

    if where == "fetched":
        spoil(Fetcher, "fetch", lambda _self, _adapter, _account, asked, *_: asked.url)
    elif where == "read":
        spoil(pages, "read", lambda answered: answered.task.source)
    elif where == "judged":
        spoil(pages, "disappointment", lambda _engine, task, _records: task.source)
    else:
        spoil(writes, "store", lambda _connection, reading, *_: reading.source)
    net = network(tmp_path, site, ["portal"])
    serve(site, more=0)
    site.routes[bad] = played.portal_article("百强", "2026-10-31", views=9)
    run = net.run()
    assert {each.outcome for each in run.results if not each.source.endswith(bad)} == {"ok"}
    (told,) = net.told(bad)
    assert told.outcome == "layout_changed"
    assert "ZeroDivisionError" in told.problem
    assert net.figures("portal") == {f"url:www.yunling.gov.cn{good}": {"views": 77}}
    monkeypatch.undo()
    net.run(LATER)
    assert net.figures("portal")[f"url:www.yunling.gov.cn{bad}"] == {"views": 9}


def test_an_address_without_end_is_not_asked(site: Site, tmp_path: Path) -> None:
    net = network(tmp_path, site, ["portal"])
    serve(site, more=0)
    long = f"/info/1034/1082.htm?x={'y' * 3_000}"
    site.routes["/xw/index.html"] = played.portal_list([long, "/info/1034/1080.htm"])
    run = net.run()
    (problem,) = [each.problem for each in run.results if each.failed]
    assert "太长，没有访问" in problem
    assert len(problem) < 200
    assert net.outcome("/info/1034/1080.htm") == "ok"
    assert not [each for each in site.seen if "1082" in each.path]
