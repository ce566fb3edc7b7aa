"""``collect grant`` and what follows: a person consents, works are read, tokens renew themselves, and in time a person is
asked to consent again; nothing of it is kept or said where it does not belong."""

from __future__ import annotations

import hmac
import json
import logging
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner

from adapters.records import Post
from collector.announce.announcing import announce
from collector.cli import main
from collector.fetching.grants import FOLDER, Grants
from collector.web.site import Site as Page
from tests.collector.network import NOW, Network, network
from tests.collector.test_owners_interfaces import account_figures
from tests.collector.web.conftest import browse
from tests.server import platforms as played
from tests.server.site import Reply, Seen, Site

pytestmark = pytest.mark.usefixtures("quick")

APP, SECRET = "ks7000000000000001", "kuaishou-secret-of-the-centre"
CODE = "code-of-the-consent-1"
REDIRECT = "https://www.yunling.gov.cn/ks"
WORK = "3xwn3kkerxj6g9n"
PLACE = f"/openapi/photo/list?app_id={APP}&access_token="
LISTED = "photo/list?app_id={appid}&access_token={access_token}&count=200"
DAYS = 180


class Kuaishou:
    """Its server: each refresh token is good for one use, whatever became of the answer."""

    def __init__(self, site: Site, views: int = 123_456) -> None:
        self.site, self.views, self.number = site, views, 0
        self.spent: set[str] = set()
        self.lost = False
        site.routes[token_at("access_token", "authorization_code", f"code={CODE}")] = self.first

    def first(self, _seen: Seen) -> Reply:
        return self._given()

    def _given(self) -> Reply:
        self.number += 1
        site, access, follow = (
            self.site,
            f"access-number-{self.number}",
            f"refresh-number-{self.number}",
        )
        renewing = token_at("refresh_token", "refresh_token", f"refresh_token={follow}")
        site.routes[renewing] = self.next
        site.routes[f"{PLACE}{access}&count=200"] = self.works
        site.routes[f"{PLACE}{access}&count=200&cursor={WORK}"] = ks(video_list=[])
        site.routes[f"/openapi/user_info?app_id={APP}&access_token={access}"] = ks(
            user_info={"name": "云岭发布", "fan": 48_210}
        )
        return ks(
            access_token=access, expires_in="172800", refresh_token=follow,
            refresh_token_expires_in=DAYS * 86_400, open_id="f18d", scopes=["user_info"],
        )  # fmt: skip

    def next(self, seen: Seen) -> Reply:
        (sent,) = parse_qs(urlsplit(seen.path).query)["refresh_token"]
        if sent in self.spent:
            return discarded()
        self.spent.add(sent)
        return Reply(b"", 502) if self.lost else self._given()

    def works(self, seen: Seen) -> Reply:
        (sent,) = parse_qs(urlsplit(seen.path).query)["access_token"]
        return ks(
            echo=sent,
            video_list=[{
                "photo_id": WORK, "caption": f"云岭茶开园 {sent}", "cover": "", "play_url": "", "pending": False,
                "create_time": int((NOW - timedelta(hours=20)).timestamp() * 1000),
                "view_count": self.views, "like_count": 5, "comment_count": 0,
            }],
        )  # fmt: skip


def token_at(call: str, grant_type: str, sent: str) -> str:
    return f"/oauth2/{call}?app_id={APP}&app_secret={SECRET}&{sent}&grant_type={grant_type}"


def ks(**told: Any) -> Reply:
    return played.data({"result": 1, **told})


def discarded() -> Reply:
    told = {
        "result": 100200102,
        "error": "access_denied",
        "error_msg": "refreshToken.discarded",
    }
    return played.data(told)


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages that the browser was sent to."""
    opened: list[str] = []
    monkeypatch.setenv("KS_SECRET", SECRET)
    monkeypatch.setattr("webbrowser.open", opened.append)
    return opened


def made(folder: Path, site: Site) -> Network:
    lines = f'appid = "{APP}"\nsecret_env = "KS_SECRET"\n'
    return network(folder, site, ["kuaishou"], credentials={"kuaishou": lines})


def grant(
    net: Network,
    pasted: str = f"{REDIRECT}?code={CODE}",
    *more: str,
    after: timedelta = timedelta(),
) -> tuple[int, str]:
    net.centre.now = NOW + after
    words = ["grant", "kuaishou", "--redirect", REDIRECT, *more]
    result = CliRunner().invoke(main, words, obj=net.centre.app, input=f"{pasted}\n")
    return result.exit_code, result.output


def said(net: Network, *words: str, after: timedelta = timedelta()) -> str:
    net.centre.now = NOW + after
    return CliRunner().invoke(main, [*words], obj=net.centre.app).output


def refreshed(site: Site) -> int:
    return len([each for each in site.seen if each.path.startswith("/oauth2/refresh_token")])


def test_a_person_consents_and_the_works_come(
    site: Site, tmp_path: Path, secrets: list[str]
) -> None:
    net = made(tmp_path, site)
    Kuaishou(site)
    code, told = grant(net)
    assert code == 0, told
    (opened,) = secrets
    asked = parse_qs(urlsplit(opened).query)
    assert opened.startswith("https://open.kuaishou.com/oauth2/authorize?")
    assert asked["redirect_uri"] == [REDIRECT]
    assert asked["app_id"] == [APP]
    assert asked["scope"] == ["user_info,user_video_info"]
    assert opened in told
    assert "2027-04-30 到期" in told
    assert "播放量 123456　对：快手创作者服务平台“作品管理”里这个作品的播放量" in told
    assert "粉丝数 48210" in told
    run = net.run()
    assert {each.outcome for each in run.results} == {"ok"}
    assert net.figures("kuaishou") == {f"id:{WORK}": {"views": 123_456, "likes": 5, "comments": 0}}
    assert account_figures(net, "kuaishou") == [(None, "followers", 48_210)]
    assert refreshed(site) == 0


def test_the_whole_address_or_the_code_alone(
    site: Site, tmp_path: Path, secrets: list[str]
) -> None:
    net = made(tmp_path, site)
    Kuaishou(site)
    assert grant(net, f" {CODE} ")[0] == 0
    state = parse_qs(urlsplit(secrets[0]).query)["state"][0]
    assert grant(net, f"{REDIRECT}?code={CODE}&state={state}")[0] == 2  # of another time
    for pasted in (REDIRECT, f"{REDIRECT}?error=access_denied", "http://[?code=x", "a b"):
        code, told = grant(net, pasted)
        assert code == 2, told
        assert "code" in told
    assert len(site.asked("/oauth2/access_token")) <= 1


def test_tokens_renew_themselves(site: Site, tmp_path: Path) -> None:
    net = made(tmp_path, site)
    there = Kuaishou(site)
    grant(net)
    for number, day in enumerate(range(3, 30, 3), start=1):
        there.views += 10
        run = net.run(timedelta(days=day))
        assert {each.outcome for each in run.results} == {"ok"}
        assert refreshed(site) == number
    assert net.figures("kuaishou")[f"id:{WORK}"]["views"] == 123_546
    kept = Grants(net.centre.folder / FOLDER).kept("kuaishou")
    assert kept is not None
    assert kept.refresh_until is not None
    ends = kept.refresh_until - NOW  # what a renewed one says of itself does not make it longer
    assert ends < timedelta(days=DAYS, minutes=1)


def test_the_series_goes_on_from_a_share_page(site: Site, tmp_path: Path) -> None:
    """Where the ids are equal it is one work, and the page is not asked beside the interface."""
    net = made(tmp_path, site)
    at = NOW - timedelta(hours=20)
    net.know("kuaishou", Post(title="云岭茶开园", published_at=at, key=WORK))
    Kuaishou(site)
    grant(net)
    net.run()
    assert list(net.figures("kuaishou")) == [f"id:{WORK}"]
    assert not [each for each in site.seen if "/fw/photo/" in each.path]


# ── B站: a token that can be renewed only while it is good ──

BV = "BV1Yl4y1c7Xk"
OPEN = "/arcopen/fn"


class Bilibili:
    """Its server: a token ends 30 days after it was given, and is renewed before that or not at all."""

    def __init__(self, site: Site, net: Network) -> None:
        self.net, self.number = net, 0
        self.now = NOW
        token = f"/x/account-oauth2/v1/token?client_id={APP}&client_secret={SECRET}"
        site.routes[f"{token}&grant_type=authorization_code&code={CODE}"] = self.given
        self.site = site
        site.routes[f"{OPEN}/archive/viewlist?ps=50&pn=1&status=pubed"] = self.signed(
            page={"pn": 1, "ps": 50, "total": 1},
            list=[{"resource_id": BV, "ptime": self.published, "addit_info": {"state": 0}}],
        )
        site.routes[f"{OPEN}/data/arc/stat?resource_id={BV}"] = self.signed(
            title="云岭茶开园", ptime=self.published, view=900, danmaku=1, reply=2, favorite=3, coin=4, share=5, like=6
        )  # fmt: skip
        site.routes[f"{OPEN}/data/user/stat"] = self.signed(following=1, follower=3_450)

    published = int((NOW - timedelta(hours=20)).timestamp())

    def given(self, seen: Seen) -> Reply:
        assert seen.method == "POST"
        assert "authorization" not in seen.headers
        self.number += 1
        renewing = f"/x/account-oauth2/v1/refresh_token?client_id={APP}&client_secret={SECRET}"
        renewing += f"&grant_type=refresh_token&refresh_token=refresh-number-{self.number}"
        self.site.routes[renewing] = self.given
        ends = int((self.now + timedelta(days=30)).timestamp())
        told = {
            "access_token": f"access-number-{self.number}",
            "refresh_token": f"refresh-number-{self.number}",
        }
        return bili(**told, expires_in=ends, scopes=["ARC_DATA"])

    def signed(self, **told: Any) -> Callable[[Seen], Reply]:
        def answer(seen: Seen) -> Reply:
            good = seen.headers["access-token"] == f"access-number-{self.number}"
            lines = sorted(f"{k}:{v}" for k, v in seen.headers.items() if k.startswith("x-bili-"))
            seal = hmac.new(SECRET.encode(), "\n".join(lines).encode(), "sha256").hexdigest()
            good &= len(lines) == 6 and seen.headers["authorization"] == seal
            return bili(**told) if good else played.data({"code": 122000, "message": "x", "ttl": 1})

        return answer

    def run(self, after: timedelta) -> set[str]:
        self.now = NOW + after
        return {each.outcome for each in self.net.run(after).results}


def bili(**told: Any) -> Reply:
    return played.data({"code": 0, "message": "0", "ttl": 1, "data": told})


def test_videos_of_bilibili_and_its_rolling_token(site: Site, tmp_path: Path) -> None:
    lines = f'appid = "{APP}"\nsecret_env = "KS_SECRET"\n'
    net = network(tmp_path, site, ["bilibili"], credentials={"bilibili": lines})
    net.know("bilibili", Post(title="云岭茶开园", published_at=NOW - timedelta(hours=20), key=BV))
    there = Bilibili(site, net)
    words = ["grant", "bilibili", "--redirect", REDIRECT, "--no-browser"]
    net.centre.now = NOW
    told = CliRunner().invoke(main, words, obj=net.centre.app, input=f"{CODE}\n")
    assert told.exit_code == 0, told.output
    assert "播放量 900　对：B站创作中心" in told.output
    assert there.run(timedelta()) == {"ok"}
    figures = {"views": 900, "likes": 6, "comments": 2, "shares": 5, "favourites": 3}
    assert net.figures("bilibili")[f"id:{BV}"] == figures
    assert account_figures(net, "bilibili") == [(None, "followers", 3_450)]
    assert not [each for each in site.seen if "/x/web-interface" in each.path]
    for day, number in ((14, 1), (16, 2), (30, 2), (32, 3), (48, 4)):
        there.run(timedelta(days=day))
        assert there.number == number, day
        assert "到期前请" not in said(net, "status", after=timedelta(days=day))
    assert "到期前请运行 collect grant bilibili" in said(
        net, "status", after=timedelta(days=48 + 17)
    )
    kept = Grants(net.centre.folder / FOLDER).kept("bilibili")
    assert kept is not None
    assert kept.refresh_until == NOW + timedelta(days=78)


# ── 抖音: a token for id and secret, renewed, and asked for again where that is refused ──

VIDEO = "7500000000000000017"


class Douyin:
    """Its server. ``forgotten``: it does not know a token that renews any more."""

    def __init__(self, site: Site) -> None:
        self.issued: list[str] = []
        self.forgotten = False
        site.routes["/oauth/business_token/"] = self.given
        site.routes["/oauth/refresh_biz_token/"] = self.renewed
        call = "/api/apps/v1/{}/?open_id=_000open-id"
        day = {"date": "2026-10-31", "new_fans": "21", "total_fans": "48210"}
        site.routes[call.format("user_bc/get_fans") + "&date_type=30"] = self.good(
            result_list=[day]
        )
        site.routes[call.format("video_bc/query")] = self.work

    def given(self, seen: Seen) -> Reply:
        sent = json.loads(seen.body)
        assert (sent["client_key"], sent["client_secret"]) == (APP, SECRET)
        assert sent.get("open_id", "_000open-id") == "_000open-id"
        number = len(self.issued) + 1
        self.issued.append("issued" if "open_id" in sent else "renewed")
        told: dict[str, Any] = {
            "biz_token": f"access-number-{number}",
            "biz_refresh_token": f"refresh-number-{number}",
        }
        told |= {"biz_expires_in": 2_592_000, "biz_refresh_expires_in": 3_153_600_000}
        return played.data({"error_code": 0, "message": "success", "data": told})

    def renewed(self, seen: Seen) -> Reply:
        if self.forgotten:
            return played.data(
                {"data": {"error_code": 10010, "description": "x"}, "message": "error"}
            )
        assert json.loads(seen.body)["refresh_token"] == f"refresh-number-{len(self.issued)}"
        return self.given(seen)

    def good(self, **told: Any) -> Callable[[Seen], Reply]:
        def answer(seen: Seen) -> Reply:
            known = seen.headers["access-token"] == f"access-number-{len(self.issued)}"
            told_ = {"err_no": 0, "data": {"data": told}} if known else {"err_no": 28001003}
            return played.data({"err_msg": "", "log_id": "1", **told_})

        return answer

    def work(self, seen: Seen) -> Reply:
        assert json.loads(seen.body) == {"video_ids": [VIDEO]}
        figures = {"play_count": 9_876, "digg_count": 5, "comment_count": 4, "share_count": "3"}
        at = str(int((NOW - timedelta(hours=20)).timestamp()))
        work = {"item_id": "@x", "video_id": VIDEO, "title": "云岭", "create_time": at}
        return self.good(list=[{**work, "statistics": figures}])(seen)


def test_known_works_of_douyin(site: Site, tmp_path: Path) -> None:
    lines = f'uid = "_000open-id"\nappid = "{APP}"\nsecret_env = "KS_SECRET"\n'
    net = network(tmp_path, site, ["douyin"], credentials={"douyin": lines})
    at = NOW - timedelta(hours=20)
    net.know(
        "douyin", Post(title="云岭", published_at=at, url=f"https://www.douyin.com/video/{VIDEO}")
    )
    there = Douyin(site)
    assert {each.outcome for each in net.run().results} == {"ok"}
    figures = {"views": 9_876, "likes": 5, "comments": 4, "shares": 3}
    assert net.figures("douyin")[f"id:{VIDEO}"] == figures
    assert account_figures(net, "douyin") == [
        (None, "followers", 48_210),
        ("2026-10-31", "followers_gained", 21),
    ]
    assert not [each for each in site.seen if "/share/" in each.path]
    told = said(net, "probe", "--account", "douyin")
    assert "粉丝数 48210　对：抖音主页" in told
    told = said(net, "probe", f"https://www.douyin.com/video/{VIDEO}", "--account", "douyin")
    assert "9876" in told.replace(",", "")
    assert there.issued == ["issued"]
    for day, how in ((31, "renewed"), (62, "renewed")):
        net.run(timedelta(days=day))
        assert there.issued[-1] == how
    there.forgotten = True
    net.run(timedelta(days=93))
    assert there.issued == ["issued", "renewed", "renewed", "issued"]
    assert "collect grant" not in said(net, "status", after=timedelta(days=94))
    words = CliRunner().invoke(main, ["grant", "douyin"], obj=net.centre.app)
    assert "不用授权" in words.output


def test_without_consent_it_is_said_what_to_do(site: Site, tmp_path: Path) -> None:
    net = made(tmp_path, site)
    Kuaishou(site)
    (outcome,) = {each.outcome for each in net.run().results if each.failed}
    assert outcome == "login_expired"
    assert "collect grant kuaishou" in said(net, "status")
    assert "云岭kuaishou的接口密钥：还没有授权。请运行 collect grant kuaishou" in said(
        net, "sources"
    )
    assert site.seen == []


def test_a_lost_answer_is_told_only_when_the_platform_says_so(site: Site, tmp_path: Path) -> None:
    net = made(tmp_path, site)
    there = Kuaishou(site)
    grant(net)
    there.lost = True  # the platform has forgotten the old one, and its answer did not arrive
    run = net.run(timedelta(days=3))
    assert {each.outcome for each in run.results if each.failed} == {"unreachable"}
    there.lost = False
    run = net.run(timedelta(days=3, hours=2))
    (problem,) = {each.problem for each in run.results if each.failed}
    assert "refreshToken.discarded" in problem
    assert "没有听到回答" in problem
    assert "collect grant kuaishou" in problem
    assert grant(net, after=timedelta(days=3, hours=3))[0] == 0
    run = net.run(timedelta(days=3, hours=4))
    assert {each.outcome for each in run.results} == {"ok"}


def test_a_lost_answer_that_was_not_carried_out_costs_nothing(site: Site, tmp_path: Path) -> None:
    net = made(tmp_path, site)
    there = Kuaishou(site)
    grant(net)
    there.lost = True
    net.run(timedelta(days=3))
    there.lost = False
    there.spent.clear()
    run = net.run(timedelta(days=3, hours=2))
    assert {each.outcome for each in run.results} == {"ok"}
    assert not list((net.centre.folder / FOLDER).glob("*.renewing"))


def test_the_end_is_told_fourteen_days_before(site: Site, tmp_path: Path) -> None:
    net = made(tmp_path, site)
    Kuaishou(site)
    grant(net)
    words = "到期前请运行 collect grant kuaishou 重新授权"
    early, near, over = (timedelta(days=DAYS - each) for each in (14.5, 13.5, -0.5))
    assert words not in said(net, "status", after=early)
    for command in ("status", "sources"):
        assert f"还有 13 天到期，{words}" in said(net, command, after=near)
    assert "13 天到期" in mailed(net, near)
    assert "13 天到期" in today(net, near)
    assert "13 天到期" not in today(net, early)
    assert "已经到期，请运行 collect grant kuaishou" in said(net, "status", after=over)
    net.run(over)
    announce(net.centre.app.engine, net.centre.app.config, NOW + over)
    assert "起失效，请运行 collect grant kuaishou 重新授权" in said(net, "sources", after=over)


def mailed(net: Network, after: timedelta) -> str:
    folder = net.centre.folder / "preview"
    said(net, "mail", "--preview", str(folder), after=after)
    texts = [each.read_text(encoding="utf-8") for each in folder.rglob("*.txt")]
    assert texts
    return "\n".join(texts)


def today(net: Network, after: timedelta) -> str:
    folder = net.centre.folder
    there = Page(config_path=folder / "config.toml", guarded=False, clock=lambda: NOW + after)
    told = browse(there).get("/").text
    there.close()
    return re.sub(r"<[^>]+>", "", told)


def test_secrets_of_a_consent_are_nowhere(
    site: Site, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="collector")
    net = made(tmp_path, site)
    Kuaishou(site)
    _, told = grant(net)
    net.run(timedelta(days=3))
    told += said(net, "sources") + caplog.text
    place = net.centre.folder / FOLDER
    kept = place / "kuaishou.json"
    assert b"refresh-number-2" in kept.read_bytes()
    kept.unlink()
    for secret in (SECRET, CODE, *(f"{kind}-number-{n}" for kind in ("access", "refresh") for n in (1, 2))):  # fmt: skip
        assert secret not in told.replace(f"code={CODE}\n", ""), secret
        assert secret.encode() not in net.everything_kept(), secret


@pytest.mark.parametrize(
    ("lines", "words", "told"),
    [
        ("", "kuaishou", "请先在 config.toml"),
        ("", "nobody", "没有账号“nobody”"),
    ],
)
def test_what_cannot_be_granted(
    site: Site, tmp_path: Path, lines: str, words: str, told: str
) -> None:
    net = network(tmp_path, site, ["kuaishou"], credentials={"kuaishou": lines})
    result = CliRunner().invoke(main, ["grant", words], obj=net.centre.app)
    assert result.exit_code == 2
    assert told in result.output
