"""Owners' interfaces: how a credential gets into a request, a token is fetched, renewed and kept, and that nothing of it is
ever shown. The platform is invented; those that are read have their own tests."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests
import responses
from filelock import FileLock

from adapters.answers.interfaces import Codes, ends_at, ends_in, token_at
from adapters.answers.pages import Meaning
from adapters.contract import (
    ACCESS_TOKEN,
    APPID,
    REFRESH_TOKEN,
    SECRET,
    Account,
    Adapter,
    OwnApi,
    OwnerToken,
    Page,
    Request,
    Signing,
)
from adapters.errors import LayoutChanged, LoginExpired, Refused, SourceError, Unreachable
from collector.config.loading import parse
from collector.config.secrets import secrets_of
from collector.fetching import grants
from collector.fetching.credentials import Credentials
from collector.fetching.fetch import Fetcher
from collector.fetching.filling import Filling
from tests.collector.clock import Clock
from tests.collector.test_fetch import fetcher

HOST = "api.example.cn"
TOKEN_URL, DATA_URL = f"https://{HOST}/token", f"https://{HOST}/data"
HIDDEN = "s3cret/of+the=centre"
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
ACCOUNT = Account(id="bjh", platform="wechat_mp")
CODES = Codes(
    of="某平台",
    meanings={
        7: Meaning(LoginExpired, "令牌过期了", "程序会换新的"),
        8: Meaning(Unreachable, "系统忙", "下次会再试"),
    },
    stale=frozenset({7}),
)


def read_token(page: Page) -> OwnerToken:
    tree = CODES.tree(page)
    return OwnerToken(
        access=token_at(tree, "token", page=page),
        until=ends_in(tree, "life", page=page),
        refresh=tree.get("next", ""),
        refresh_until=ends_at(tree, "next_until", page=page) if "next_until" in tree else None,
    )


def issue(_account: Account) -> Request:
    return Request(url=TOKEN_URL, body={"id": APPID, "secret": SECRET})


def refresh(_account: Account) -> Request:
    return Request(url=f"https://{HOST}/refresh?id={APPID}&secret={SECRET}&next={REFRESH_TOKEN}")


def adapter(**more: Any) -> Adapter:
    given: dict[str, Any] = {"issue": issue, "read_token": read_token, "is_stale": CODES.is_stale}
    return Adapter(
        name="some_api",
        platforms=frozenset({"wechat_mp"}),
        hosts=(HOST,),
        own_api=OwnApi(**{**given, **more}),
    )


ISSUED, BARE = (
    adapter(),
    Adapter(name="bare", platforms=frozenset(), hosts=(HOST,), own_api=OwnApi()),
)
ROTATING = adapter(issue=None, refresh=refresh)


@pytest.fixture
def made(tmp_path: Path) -> Fetcher:
    """A fetcher with the credential of one account."""
    return beside(tmp_path)


def beside(folder: Path, at: datetime = NOW) -> Fetcher:
    """Another program of the same centre."""
    (folder / "secret.txt").write_text(HIDDEN + "\n", encoding="utf-8")
    text = (
        '[centre]\nname = "云岭"\n[[accounts]]\nid = "bjh"\nplatform = "wechat_mp"\nname = "号"\n'
        'appid = "1700000000000001"\nsecret_file = "secret.txt"\n'
    )
    config = parse(text, folder / "config.toml")
    new = fetcher(Clock(), now=lambda: at)

    def present() -> datetime:
        return new.now()  # which a test may move

    new.credentials = Credentials(config, new.ask_token, present)
    return new


def ask(made: Fetcher, reader: Adapter = ISSUED, request: Request | None = None) -> Page:
    """The page, or the problem raised."""
    request = request or Request(url=f"{DATA_URL}?t={ACCESS_TOKEN}")
    page, problem = made.fetch(reader, ACCOUNT, request)
    if problem is not None:
        raise problem
    return page


def tokens(web: responses.RequestsMock, *names: str, url: str = TOKEN_URL, **more: Any) -> None:
    for name in names:
        told = {"code": 0, "token": name, "life": 7200, **more}
        web.add("POST" if url == TOKEN_URL else "GET", url, json=told)


def urls(web: responses.RequestsMock) -> list[str]:
    return [str(each.request.url) for each in web.calls]


def test_a_token_is_fetched_once_and_goes_where_it_belongs(
    made: Fetcher, no_network: responses.RequestsMock
) -> None:
    tokens(no_network, "to+ken/1-long-enough")
    filled = quote("to+ken/1-long-enough", safe="")
    echo = {
        "code": 0,
        "url": f"t={filled}",
        "json": "to+ken/1-long-enough",
        "who": "1700000000000001",
    }
    text = json.dumps(echo).replace("/", "\\/") + "to+ken/1-long-enough" + HIDDEN
    no_network.get(f"{DATA_URL}?t={filled}", text, headers={"ETag": "to+ken/1-long-enough"})
    pages = [ask(made), ask(made)]
    assert urls(no_network) == [TOKEN_URL, f"{DATA_URL}?t={filled}", f"{DATA_URL}?t={filled}"]
    sent = no_network.calls[0].request
    assert json.loads(sent.body or b"") == {"id": "1700000000000001", "secret": HIDDEN}
    assert "Cookie" not in sent.headers
    for page in pages:
        assert page.url == page.request.url == f"{DATA_URL}?t={ACCESS_TOKEN}"
        shown = repr(page)
        assert "1700000000000001" in shown  # an account's number is no secret
        for secret in ("to+ken", filled, HIDDEN, "to+ken\\/1"):
            assert secret not in shown


def test_without_a_token_the_secret_goes_itself(
    made: Fetcher, no_network: responses.RequestsMock
) -> None:
    no_network.post(DATA_URL, f'{{"said": "{HIDDEN}"}}')
    asked = Request(
        url=DATA_URL,
        body={"app_id": APPID, "app_token": SECRET, "page": 1, "ids": (SECRET, "x")},
        headers={"X-Key": f"k {SECRET}"},
    )
    page = ask(made, BARE, asked)
    sent = no_network.calls[0].request
    assert json.loads(sent.body or b"") == {
        "app_id": "1700000000000001", "app_token": HIDDEN, "page": 1, "ids": [HIDDEN, "x"],
    }  # fmt: skip
    assert sent.headers["X-Key"] == f"k {HIDDEN}"
    assert HIDDEN not in repr(page)
    assert [each.request.url for each in no_network.calls] == [DATA_URL]  # robots.txt is not asked


@pytest.mark.parametrize(
    "url", ["https://elsewhere.example.cn/x", f"http://{HOST}/data", f"https://{HOST}:8443/data"]
)
def test_a_credential_goes_nowhere_else(
    made: Fetcher, no_network: responses.RequestsMock, url: str
) -> None:
    with pytest.raises(Refused):
        ask(made, BARE, Request(url=f"{url}?s={SECRET}"))
    with pytest.raises(Refused):
        ask(made, adapter(issue=lambda _account: Request(url=url, body={"s": SECRET})))
    assert len(no_network.calls) == 0


def test_a_redirect_is_not_followed(made: Fetcher, no_network: responses.RequestsMock) -> None:
    no_network.get(DATA_URL, status=302, headers={"Location": f"{DATA_URL}/2?s={HIDDEN}"})
    page = ask(made, BARE, Request(url=DATA_URL))
    assert (page.status, page.url) == (302, DATA_URL)
    assert HIDDEN not in repr(page)
    assert len(no_network.calls) == 1


def test_a_token_that_is_refused_is_renewed_and_the_request_repeated_once(
    made: Fetcher, no_network: responses.RequestsMock
) -> None:
    tokens(no_network, "token-number-1", "token-number-2")
    no_network.get(f"{DATA_URL}?t=token-number-1", json={"code": 7})
    no_network.get(f"{DATA_URL}?t=token-number-2", json={"code": 0, "n": 1})
    assert b'"n": 1' in ask(made).body
    assert b'"n": 1' in ask(made).body
    assert urls(no_network).count(TOKEN_URL) == 2
    assert len(no_network.calls) == 5


def test_a_token_that_is_always_refused_is_told(
    made: Fetcher, no_network: responses.RequestsMock
) -> None:
    tokens(no_network, "token-number-1", "token-number-2")
    for name in ("token-number-1", "token-number-2"):
        no_network.get(f"{DATA_URL}?t={name}", json={"code": 7})
    for _ in range(3):
        with pytest.raises(LoginExpired):
            CODES.tree(ask(made))
    assert urls(no_network).count(TOKEN_URL) == 2  # one new one a run, whoever asks


def test_a_token_is_renewed_before_it_ends(
    made: Fetcher, no_network: responses.RequestsMock
) -> None:
    tokens(no_network, "token-number-1", "token-number-2")
    for name in ("token-number-1", "token-number-2"):
        no_network.get(f"{DATA_URL}?t={name}", json={"code": 0})
    ask(made)
    made.now = lambda: NOW + timedelta(seconds=7_139)
    ask(made)
    made.now = lambda: NOW + timedelta(seconds=7_140)
    ask(made)
    assert urls(no_network).count(TOKEN_URL) == 2


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"json": {"code": 8, "message": f"busy {HIDDEN}"}}, Unreachable),
        ({"json": {"code": 99, "message": f"unknown {HIDDEN}"}}, LayoutChanged),
        ({"json": {"code": 0, "token": "", "life": 7200}}, LayoutChanged),
        ({"json": {"code": 0, "token": 5, "life": 7200}}, LayoutChanged),
        ({"json": {"code": 0, "token": "x" * 20}}, LayoutChanged),
        ({"json": {"code": 0, "token": "x" * 20, "life": 0}}, LayoutChanged),
        ({"json": {"code": 0, "token": "x" * 20, "life": "soon"}}, LayoutChanged),
        ({"json": {"token": "x" * 20, "life": 7200}}, LayoutChanged),
        ({"body": f"<html>{HIDDEN}</html>"}, LayoutChanged),
        ({"json": {"code": 7}, "status": 400}, LoginExpired),
        ({"body": "", "status": 401}, LoginExpired),
        ({"body": "", "status": 502}, Unreachable),
        ({"body": requests.ConnectionError(HIDDEN)}, Unreachable),
    ],
)  # fmt: skip
def test_no_token_no_question_and_no_secret_in_words(
    made: Fetcher, no_network: responses.RequestsMock, answer: Any, kind: type[SourceError]
) -> None:
    no_network.post(TOKEN_URL, **answer)
    for _ in range(2):
        with pytest.raises(kind) as caught:
            ask(made)
        told = str(caught.value)
        assert HIDDEN not in told
        assert told.startswith("bjh：")
    assert len(no_network.calls) == 1


def test_a_signature_is_made_of_what_is_sent(
    made: Fetcher, no_network: responses.RequestsMock
) -> None:
    def sign(asked: Signing) -> dict[str, str]:
        text = f"{asked.method} {asked.url} {asked.nonce} {int(asked.at.timestamp())}".encode()
        mark = hmac.new(asked.secret.encode(), text + asked.body, hashlib.sha256).hexdigest()
        return {"Authorization": mark, "X-Nonce": asked.nonce, "X-Id": asked.appid}

    signing = replace(BARE, own_api=OwnApi(sign=sign))
    no_network.post(DATA_URL, "{}")
    for _ in range(2):
        ask(made, signing, Request(url=DATA_URL, body={"云": 1}))
    nonces = [each.request.headers["X-Nonce"] for each in no_network.calls]
    assert len(set(nonces)) == 2
    for call, nonce in zip(no_network.calls, nonces, strict=True):
        text = f"POST {DATA_URL} {nonce} {int(NOW.timestamp())}".encode()
        body = call.request.body
        assert isinstance(body, bytes)
        assert json.loads(body) == {"云": 1}
        expected = hmac.new(HIDDEN.encode(), text + body, hashlib.sha256).hexdigest()
        assert call.request.headers["Authorization"] == expected
        assert call.request.headers["X-Id"] == "1700000000000001"


# ── tokens that can be renewed only by themselves ──


def granted(folder: Path, name: str = "one", life: timedelta = timedelta(hours=1)) -> None:
    """A person has given the account's consent."""
    given = OwnerToken(
        access=f"access-{name}", until=NOW + life, refresh=f"next-{name}",
        refresh_until=NOW + timedelta(days=180),
    )  # fmt: skip
    grants.Grants(folder / grants.FOLDER).keep("bjh", given)


def next_url(name: str) -> str:
    hidden = quote(HIDDEN, safe="")
    return f"https://{HOST}/refresh?id=1700000000000001&secret={hidden}&next=next-{name}"


def test_without_a_grant_nobody_is_asked(made: Fetcher, no_network: responses.RequestsMock) -> None:
    with pytest.raises(LoginExpired, match="授权"):
        ask(made, ROTATING)
    assert len(no_network.calls) == 0


def test_a_grant_that_still_lives_is_used_as_it_is(
    made: Fetcher, no_network: responses.RequestsMock, tmp_path: Path
) -> None:
    granted(tmp_path)
    no_network.get(f"{DATA_URL}?t=access-one", json={"code": 0})
    ask(made, ROTATING)
    assert len(no_network.calls) == 1


def test_a_new_token_is_kept_before_it_is_used(
    made: Fetcher, no_network: responses.RequestsMock, tmp_path: Path
) -> None:
    granted(tmp_path, life=timedelta(seconds=30))
    tokens(no_network, "access-two", url=next_url("one"), next="next-two")

    def crash(_request: Any) -> Any:
        raise KeyboardInterrupt

    no_network.add_callback("GET", f"{DATA_URL}?t=access-two", crash)
    with pytest.raises(KeyboardInterrupt):
        ask(made, ROTATING)
    no_network.replace("GET", f"{DATA_URL}?t=access-two", json={"code": 0})
    ask(beside(tmp_path), ROTATING)  # the next program goes on with it, and asks for none
    assert urls(no_network).count(next_url("one")) == 1
    kept = grants.Grants(tmp_path / grants.FOLDER).kept("bjh")
    assert kept is not None
    assert (kept.access, kept.refresh, kept.until) == (
        "access-two",
        "next-two",
        NOW + timedelta(hours=2),
    )


def test_two_programs_renew_once(no_network: responses.RequestsMock, tmp_path: Path) -> None:
    granted(tmp_path)
    one, other = beside(tmp_path), beside(tmp_path)
    no_network.get(f"{DATA_URL}?t=access-one", json={"code": 7})
    no_network.get(f"{DATA_URL}?t=access-two", json={"code": 0})
    tokens(no_network, "access-two", url=next_url("one"), next="next-two")
    for program in (one, other):
        assert CODES.tree(ask(program, ROTATING)) == {"code": 0}
    assert urls(no_network).count(next_url("one")) == 1


def test_a_grant_that_is_over_wants_a_person(
    no_network: responses.RequestsMock, tmp_path: Path
) -> None:
    granted(tmp_path)
    with pytest.raises(LoginExpired, match="到期"):
        ask(beside(tmp_path, NOW + timedelta(days=180)), ROTATING)
    assert len(no_network.calls) == 0


@pytest.mark.parametrize("text", ["", "{}", '{"access": "x"}', "[]", '{"access": 1, "until": 2}'])
def test_a_damaged_grant_is_said(made: Fetcher, tmp_path: Path, text: str) -> None:
    granted(tmp_path)
    (tmp_path / grants.FOLDER / "bjh.json").write_text(text, encoding="utf-8")
    with pytest.raises(LoginExpired, match=r"bjh\.json"):
        ask(made, ROTATING)


def test_a_lock_is_not_waited_for_without_end(
    made: Fetcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grants, "PATIENCE", 0.0)
    granted(tmp_path)
    with FileLock(tmp_path / grants.FOLDER / "bjh.lock"), pytest.raises(Unreachable):
        ask(made, ROTATING)


def test_only_its_owner_may_read_a_grant(tmp_path: Path) -> None:
    import os

    granted(tmp_path)
    granted(tmp_path, "two")
    place = tmp_path / grants.FOLDER / "bjh.json"
    if os.name == "posix":
        assert place.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in place.parent.iterdir() if each.suffix != ".lock"] == ["bjh.json"]


def test_logs_know_what_is_kept(made: Fetcher, tmp_path: Path) -> None:
    granted(tmp_path)
    (tmp_path / grants.FOLDER / "other.json").write_text("{", encoding="utf-8")
    assert made.credentials is not None
    assert {"access-one", "next-one", HIDDEN} <= {*secrets_of(made.credentials.config)}


# ── how long it lives ──


def page(**told: Any) -> Page:
    return Page(
        request=Request(url=TOKEN_URL), account=ACCOUNT, url=TOKEN_URL, status=200,
        body=json.dumps(told).encode(), fetched_at=NOW,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("ends", "life", "after"),
    [
        (ends_in, 7_200, timedelta(hours=2)),
        (ends_in, "86400", timedelta(days=1)),
        (ends_in, 3_153_600_000, timedelta(days=36_500)),
        (ends_at, int(NOW.timestamp()) + 90, timedelta(seconds=90)),
        (ends_at, str(int(NOW.timestamp()) + 90), timedelta(seconds=90)),
        (ends_in, 0, None),
        (ends_in, -1, None),
        (ends_in, None, None),
        (ends_in, True, None),
        (ends_in, 7200.5, None),
        (ends_in, "", None),
        (ends_in, 10**18, None),
        (ends_in, 10**400, None),
        (ends_at, 7_200, None),  # a duration where a moment should be
        (ends_at, 10**18, None),
    ],
)
def test_the_end_of_a_token(
    ends: Callable[..., datetime], life: Any, after: timedelta | None
) -> None:
    tree, answer = {"data": {"life": life}}, page()
    if after is None:
        with pytest.raises(LayoutChanged):
            ends(tree, "data", "life", page=answer)
    else:
        assert ends(tree, "data", "life", page=answer) == NOW + after


def test_nothing_shows_a_secret_by_its_repr() -> None:
    token = OwnerToken(access="access-one", until=NOW, refresh="next-one")
    filling = Filling(values={SECRET: HIDDEN})
    signing = Signing(
        method="GET",
        url=f"?{HIDDEN}",
        body=HIDDEN.encode(),
        appid="1",
        secret=HIDDEN,
        at=NOW,
        nonce="n",
    )
    for each in (token, filling, signing):
        assert not any(secret in repr(each) for secret in ("access-one", "next-one", HIDDEN))
