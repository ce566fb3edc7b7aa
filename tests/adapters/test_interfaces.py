"""Owners' interfaces: what is asked for a token, how its answer is understood, and that each figure can be compared."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from adapters import platforms
from adapters.contract import (
    ACCESS_TOKEN,
    APPID,
    CODE,
    REDIRECT,
    REFRESH_TOKEN,
    SECRET,
    STATE,
    Account,
    OwnApi,
    Page,
    Request,
    Signing,
)
from adapters.errors import LoginExpired, SourceError
from adapters.registry import ADAPTERS
from tests.adapters.page_cases import FETCHED_AT, all_pages, expectation

INTERFACES = {name: each.own_api for name, each in ADAPTERS.items() if each.own_api is not None}
TOKEN = "77_a-token-that-is-long-enough"


def account(name: str) -> Account:
    (platform,) = ADAPTERS[name].platforms
    return Account(id="a", platform=platform, uid="1000000001")


def test_config_knows_what_has_an_interface() -> None:
    named = {key for key, each in platforms.BY_KEY.items() if each.credential}
    assert named == {key for name in INTERFACES for key in ADAPTERS[name].platforms}


def asked_for_tokens(api: OwnApi) -> dict[Callable[[Account], Request], str]:
    """What asks for a token → what it is asked with, beside id and secret."""
    exchange = api.grant.exchange if api.grant else None
    found = {api.issue: "", api.refresh: REFRESH_TOKEN, exchange: CODE}
    return {ask: wanted for ask, wanted in found.items() if ask is not None}


@pytest.mark.parametrize("name", [name for name, each in INTERFACES.items() if each.grant])
def test_a_person_is_asked_at_the_platform_s_own_page(name: str) -> None:
    grant = INTERFACES[name].grant
    assert grant is not None
    assert INTERFACES[name].issue is None
    assert grant.address.startswith("https://")
    assert all(grant.address.count(place) == 1 for place in (APPID, REDIRECT, STATE))
    assert SECRET not in grant.address


@pytest.mark.parametrize("name", INTERFACES)
def test_a_token_can_be_had_or_none_is_wanted(name: str) -> None:
    api = INTERFACES[name]
    assert (api.read_token is not None) is (api.issue is not None or api.refresh is not None)
    assert api.instead_of <= ADAPTERS.keys()


@pytest.mark.parametrize("name", INTERFACES)
def test_a_secret_is_asked_for_by_its_place(name: str) -> None:
    """Somewhere in what is asked stands what the collector fills in."""
    adapter, api = ADAPTERS[name], INTERFACES[name]
    assert adapter.start is not None
    asked = list(adapter.start(account(name), FETCHED_AT.date()))
    wanted = (ACCESS_TOKEN,) if api.read_token else (APPID, SECRET)
    for each in asked:
        told = f"{each.url} {each.body} {dict(each.headers)} {dict(adapter.headers)}"
        assert all(place in told for place in wanted), each
    for ask, more in asked_for_tokens(api).items():
        told = repr(ask(account(name)))
        assert all(place in told for place in (APPID, SECRET, more)), told


@pytest.mark.parametrize("name", INTERFACES)
def test_each_figure_can_be_compared(name: str) -> None:
    places, shown = INTERFACES[name].compare, set()
    for answer in all_pages():
        if answer.parent.name == name:
            expected = expectation(answer)
            shown |= {
                each for post in expected.get("posts", ()) for each in post.get("metrics", {})
            }
            for each in expected.get("figures", ()):
                head = "day." if "day" in each else ""
                shown |= {f"{head}{figure}" for figure in each["figures"]}
    assert shown
    assert shown <= places.keys()


# docs/platforms.md §2.6: stable_token, as the platform's documentation has it; §13.2: ws_token; §13.3: access_token and
# refresh_token of 快手 answer alike
WECHAT = {"access_token": TOKEN, "expires_in": 7200}
WEIBO = {"code": 0, "message": "success", "data": {"token": TOKEN, "uid": 1, "expire_in": 7200}}

NEXT = "next-token-that-is-long-enough"
KUAISHOU = {
    "result": 1, "access_token": TOKEN, "expires_in": 172_800, "refresh_token": NEXT,
    "refresh_token_expires_in": 15_552_000, "open_id": "f18d", "scopes": ["user_info", "user_video_info"],
}  # fmt: skip


# §13.4: expires_in is the moment of the end
BILIBILI: dict[str, Any] = {
    "code": 0, "message": "0", "ttl": 1,
    "data": {
        "access_token": TOKEN, "refresh_token": NEXT, "scopes": ["USER_DATA", "ARC_BASE", "ARC_DATA"],
        "expires_in": int(FETCHED_AT.timestamp()) + 2_592_000,
    },
}  # fmt: skip


# §13.5: business_token, as a client's sample has it
DOUYIN: dict[str, Any] = {
    "error_code": 0, "message": "success",
    "data": {
        "biz_token": TOKEN, "biz_expires_in": 2_592_000, "biz_refresh_token": NEXT,
        "biz_refresh_expires_in": 3_153_600_000,
    },
}  # fmt: skip


def douyin(**told: Any) -> dict[str, Any]:
    return {**DOUYIN, "data": {**DOUYIN["data"], **told}}


def bilibili(**told: Any) -> dict[str, Any]:
    return {**BILIBILI, "data": {**BILIBILI["data"], **told}}


def refused(result: int, said: str = "x") -> dict[str, Any]:
    return {"result": result, "error": "access_denied", "error_msg": said}


def without(told: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: each for key, each in told.items() if key != name}


def understood(name: str, told: Any, status: int = 200) -> Any:
    """The token, or the outcome and the words of the error."""
    api = INTERFACES[name]
    assert api.read_token is not None
    request = next(iter(asked_for_tokens(api)))(account(name))
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    page = Page(
        request=request, account=account(name), url=request.url, status=status, body=body,
        fetched_at=FETCHED_AT,
    )  # fmt: skip
    try:
        return api.read_token(page)
    except SourceError as problem:
        assert TOKEN not in str(problem)
        assert NEXT not in str(problem)
        return problem.outcome, str(problem)


@pytest.mark.parametrize(
    ("name", "told", "seconds"),
    [
        ("wechat_api", WECHAT, 7_200),
        ("wechat_api", {**WECHAT, "expires_in": "86400"}, 86_400),
        ("wechat_api", {**WECHAT, "errcode": 0, "errmsg": "ok"}, 7_200),
        ("weibo_api", WEIBO, 7_200),
        ("weibo_api", {"data": WEIBO["data"]}, 7_200),
        ("weibo_api", {**WEIBO, "data": {"token": TOKEN, "expire_in": "7200"}}, 7_200),
        ("kuaishou_api", KUAISHOU, 172_800),
        ("kuaishou_api", {**KUAISHOU, "expires_in": "3600"}, 3_600),
        ("bilibili_api", BILIBILI, 2_592_000),
        ("douyin_api", DOUYIN, 2_592_000),
        ("douyin_api", douyin(biz_expires_in="86400", biz_refresh_expires_in="3153600000"), 86_400),
        ("douyin_api", {"data": douyin(error_code="0", description="")["data"]}, 2_592_000),
        ("bilibili_api", bilibili(expires_in=str(int(FETCHED_AT.timestamp()) + 60)), 60),
    ],
)
def test_a_token_and_how_long_it_lives(name: str, told: Any, seconds: int) -> None:
    found = understood(name, told)
    assert (found.access, found.until) == (TOKEN, FETCHED_AT + timedelta(seconds=seconds))
    assert found.refresh == ("" if INTERFACES[name].refresh is None else NEXT)


def test_how_long_a_token_can_be_renewed() -> None:
    for told in (15_552_000, "15552000"):
        found = understood("kuaishou_api", {**KUAISHOU, "refresh_token_expires_in": told})
        assert found.refresh_until == FETCHED_AT + timedelta(days=180)
        assert found.renew_from is None
    rolling = understood("bilibili_api", BILIBILI)
    assert rolling.refresh_until == FETCHED_AT + timedelta(days=30)
    assert rolling.renew_from == FETCHED_AT + timedelta(days=15)


def test_whose_account_of_douyin_it_is() -> None:
    issue = INTERFACES["douyin_api"].issue
    assert issue is not None
    body = issue(Account(id="a", platform="douyin", uid="_000open-id")).body or {}
    assert body["open_id"] == "_000open-id"
    with pytest.raises(LoginExpired, match="open_id"):
        issue(Account(id="a", platform="douyin"))


@pytest.mark.parametrize(
    ("body", "seal"),
    # openssl dgst -sha256 -hmac over the six lines of docs/platforms.md §13.4
    [
        (b"", "6e3369f4cb171550ba4d0c3ca045c0a232726ab542123f8923390735823027b7"),
        (b'{"a": 1}', "9bc01b286f7d6cfc4fd07ccc7fdf625ffa4d53330dc74da193f1e93a2e353919"),
    ],
)
def test_a_signature_of_bilibili(body: bytes, seal: str) -> None:
    sign = INTERFACES["bilibili_api"].sign
    assert sign is not None
    asked = Signing(
        method="POST" if body else "GET",
        url="https://member.bilibili.com/arcopen/fn/data/user/stat",
        body=body,
        appid="bili1234567890ab",
        secret="bili-app-secret-of-the-centre",
        at=FETCHED_AT,
        nonce="0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    )
    assert sign(asked) == {
        "x-bili-accesskeyid": "bili1234567890ab",
        "x-bili-content-md5": "42b7b4f2921788ea14dac5566e6f06d0"
        if body
        else "d41d8cd98f00b204e9800998ecf8427e",
        "x-bili-signature-method": "HMAC-SHA256",
        "x-bili-signature-nonce": "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
        "x-bili-signature-version": "2.0",
        "x-bili-timestamp": "1793505600",
        "Authorization": seal,
    }
    elsewhere = replace(asked, url="https://api.bilibili.com/x/account-oauth2/v1/refresh_token?x")
    assert sign(elsewhere) == {}


@pytest.mark.parametrize(
    ("name", "told", "status", "outcome", "words"),
    [
        ("wechat_api", {"errcode": 40164, "errmsg": "invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4"}, 200, "refused", "1.2.3.4"),
        ("wechat_api", {"errcode": 40013, "errmsg": "invalid appid"}, 200, "login_expired", "AppID"),
        ("wechat_api", {"errcode": 40125, "errmsg": "invalid appsecret"}, 200, "login_expired", "AppSecret"),
        ("wechat_api", {"errcode": -1, "errmsg": "system error"}, 200, "unreachable", "系统忙"),
        ("wechat_api", {"errcode": 45009, "errmsg": "limit"}, 200, "blocked", "次数"),
        ("wechat_api", {"expires_in": 7200}, 200, "layout_changed", "access_token"),
        ("wechat_api", {"access_token": TOKEN}, 200, "layout_changed", "expires_in"),
        ("wechat_api", {"access_token": None, "expires_in": 7200}, 200, "layout_changed", "access_token"),
        ("wechat_api", b"", 200, "unreachable", "空"),
        ("wechat_api", [], 200, "unreachable", "空"),
        ("wechat_api", [1], 200, "layout_changed", "access_token"),
        ("weibo_api", {"code": 40003, "message": "bad app_id"}, 200, "layout_changed", "40003"),
        ("weibo_api", {"code": 40005, "message": "x"}, 200, "login_expired", "AppSecret"),
        ("weibo_api", {"code": 40100, "message": "x"}, 401, "login_expired", "40100"),
        ("weibo_api", {"code": 42900, "message": "x"}, 429, "blocked", "明天"),
        ("weibo_api", {"code": 50000, "message": "x"}, 500, "unreachable", "50000"),
        ("weibo_api", {"code": 12345, "message": "x"}, 200, "layout_changed", "12345"),
        ("weibo_api", {"code": 0, "data": None}, 200, "layout_changed", "data"),
        ("weibo_api", {"code": 0, "data": {"token": TOKEN}}, 200, "layout_changed", "expire_in"),
        ("weibo_api", {"code": 0, "data": {"token": TOKEN, "expire_in": None}}, 200, "layout_changed", "expire_in"),
        ("weibo_api", {"code": 0, "data": {"token": TOKEN, "expire_in": 0}}, 200, "layout_changed", "expire_in"),
        ("weibo_api", b"<html>", 200, "layout_changed", ""),
        ("weibo_api", b"", 502, "unreachable", "502"),
        ("bilibili_api", bilibili(expires_in=2_592_000), 200, "layout_changed", "expires_in"),
        ("douyin_api", douyin(biz_token=None), 200, "layout_changed", "biz_token"),
        ("douyin_api", without(DOUYIN, "error_code"), 200, "layout_changed", "错误码"),
        ("douyin_api", {"data": {"error_code": 10010}, "message": "error"}, 200, "login_expired", "AppSecret"),
        ("douyin_api", {"err_no": 28001018, "err_msg": "x"}, 200, "refused", "作品列表导出"),
        ("douyin_api", {"err_no": "28001056", "err_msg": "x"}, 200, "layout_changed", "已下线"),
        ("bilibili_api", bilibili(access_token=""), 200, "layout_changed", "access_token"),
        ("bilibili_api", bilibili(refresh_token=None), 200, "layout_changed", "refresh_token"),
        ("bilibili_api", {"code": -101, "message": "x", "ttl": 1}, 200, "login_expired", "collect grant"),
        ("bilibili_api", {"code": 122000, "message": "x", "ttl": 1}, 401, "login_expired", "app secret"),
        ("kuaishou_api", refused(100200102, "refreshToken.discarded"), 200, "login_expired", "discarded"),
        ("kuaishou_api", refused(100200102, f"no {TOKEN}"), 200, "login_expired", "collect grant"),
        ("kuaishou_api", refused(100200105), 200, "login_expired", "code"),
        ("kuaishou_api", refused(100200101), 401, "login_expired", "app_secret"),
        ("kuaishou_api", without(KUAISHOU, "refresh_token"), 200, "layout_changed", "refresh_token"),
        ("kuaishou_api", without(KUAISHOU, "expires_in"), 200, "layout_changed", "expires_in"),
        ("kuaishou_api", without(KUAISHOU, "refresh_token_expires_in"), 200, "layout_changed", "refresh_token_expires_in"),
        ("kuaishou_api", {**KUAISHOU, "result": 0}, 200, "layout_changed", "错误码 0"),
    ],
)  # fmt: skip
def test_no_token_in_words(name: str, told: Any, status: int, outcome: str, words: str) -> None:
    kind, said = understood(name, told, status)
    assert kind == outcome
    assert words in said


@pytest.mark.parametrize(
    ("told", "stale"),
    [
        ({"code": 40100}, True),
        ({"code": "40100"}, True),
        ({"code": 42900}, False),
        ({"code": 0}, False),
        ({"data": {"code": 40100}}, False),
        ([40100], False),
        (None, False),
        ("40100", False),
    ],
)
def test_what_tells_that_a_token_is_over(told: Any, stale: bool) -> None:
    api: OwnApi = INTERFACES["weibo_api"]
    assert api.is_stale is not None
    page = Page(
        request=Request(url="https://open-im.api.weibo.com/x"), account=account("weibo_api"), url="",
        status=200, body=json.dumps(told).encode(), fetched_at=FETCHED_AT,
    )  # fmt: skip
    assert api.is_stale(page) is stale
