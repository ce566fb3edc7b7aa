"""Group chats: what a message may be, what an answer means, and that no secret shows."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import apprise
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.announce.announcing import parts
from collector.announce.chats import CHATS, understood
from collector.announce.recipients import Chats, chats_of
from collector.config.loading import load
from tests.collector.robots import (
    ADDRESSES,
    CONFIG,
    KEY,
    PATHS,
    SECRET,
    SECRETS,
    TAKEN,
    TOKEN,
    at_home,
    said,
    text_of,
)
from tests.server.site import Reply, Site


def configured(folder: Path, *addresses: str) -> Chats:
    (folder / "robots.txt").write_text("\n".join(addresses), encoding="utf-8")
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    return chats_of(load(folder / "config.toml"))


# ── parts: "头" is 3 bytes; with its line end and room for a mark 17 of each message are taken ──

SPLITS: list[tuple[str, list[str], int, list[tuple[str, tuple[int, ...]]]]] = [
    ("one fits", ["甲"], 34, [("头\n甲", (0,))]),
    ("two fit, an empty line between", ["甲", "乙"], 34, [("头\n甲\n\n乙", (0, 1))]),
    # 17 bytes: 甲甲 and 乙乙乙 are 6 + 2 + 9 = 17
    ("to the byte", ["甲甲", "乙乙乙"], 34, [("头\n甲甲\n\n乙乙乙", (0, 1))]),
    ("a byte too many", ["甲甲", "乙乙乙a"], 34, [("头（1/2）\n甲甲", (0,)), ("头（2/2）\n乙乙乙a", (1,))]),
    ("whole rather than at once", ["甲", "乙\n丙\n丁丁"], 34, [("头（1/2）\n甲", (0,)), ("头（2/2）\n乙\n丙\n丁丁", (1,))]),
    ("between lines", ["甲甲甲\n乙乙乙"], 34, [("头（1/2）\n甲甲甲", ()), ("头（2/2）\n乙乙乙", (0,))]),
    # 17 bytes hold five characters of three
    ("a line too long, between characters", ["甲乙丙丁戊己"], 34, [("头（1/2）\n甲乙丙丁戊", ()), ("头（2/2）\n己", (0,))]),
    ("four bytes a character", ["😀😀😀😀😀"], 34, [("头（1/2）\n😀😀😀😀", ()), ("头（2/2）\n😀", (0,))]),
    ("nothing", [], 34, []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("entries", "limit", "told"), [s[1:] for s in SPLITS], ids=[s[0] for s in SPLITS]
)
def test_parts(entries: list[str], limit: int, told: list[tuple[str, tuple[int, ...]]]) -> None:
    assert [(each.text, each.ends) for each in parts("头", entries, limit)] == told


LINES = st.lists(st.text("甲😀a ", min_size=1, max_size=30), min_size=1, max_size=5)


@given(st.lists(LINES.map("\n".join), max_size=12), st.integers(30, 90))
def test_parts_hold_everything_in_order(entries: list[str], limit: int) -> None:
    found = parts("头", entries, limit)
    assert all(len(each.text.encode()) <= limit for each in found)
    assert [at for each in found for at in each.ends] == list(range(len(entries)))
    bodies = [line for each in found for line in each.text.split("\n")[1:]]
    assert "".join(bodies) == "".join(entries).replace("\n", "")
    whole = [e for e in entries if len(e.encode()) <= limit - 17]
    texts = [each.text for each in found]
    assert all(any(entry in text for text in texts) for entry in whole)


# ── answers ──

ANSWERS: list[tuple[str, int, object, str, str]] = [
    ("wecombot", 200, {"errcode": 0, "errmsg": "ok"}, "accepted", ""),
    ("wecombot", 200, {"errcode": 93000, "errmsg": "invalid webhook url"}, "refused", "93000"),
    ("wecombot", 200, {"errcode": 45009, "errmsg": "api freq out of limit"}, "temporary", "45009"),
    ("wecombot", 200, {"errcode": -1, "errmsg": "system busy"}, "temporary", "-1"),
    ("wecombot", 200, {"errcode": 40058, "errmsg": "invalid"}, "refused", "40058"),
    ("wecombot", 200, {"errmsg": "ok"}, "refused", "看不懂"),
    ("wecombot", 200, [], "refused", "看不懂"),
    ("wecombot", 429, {}, "temporary", "429"),
    ("wecombot", 502, {}, "temporary", "502"),
    ("wecombot", 302, {}, "refused", "302"),
    ("wecombot", 404, {}, "refused", "404"),
    ("dingtalk", 200, {"errcode": 0, "errmsg": "ok"}, "accepted", ""),
    ("dingtalk", 200, {"errcode": 310000, "errmsg": "keywords not in content"}, "refused", "关键词"),
    ("dingtalk", 200, {"errcode": 130101, "errmsg": "send too fast"}, "temporary", "130101"),
    ("dingtalk", 200, {"errcode": 300001, "errmsg": "token is not exist"}, "refused", "重新添加"),
    ("feishu", 200, {"StatusCode": 0, "code": 0, "msg": "success"}, "accepted", ""),
    ("feishu", 200, {"StatusCode": 0, "StatusMessage": "success"}, "accepted", ""),
    ("feishu", 200, {"code": 19024, "msg": "Key Words Not Found"}, "refused", "关键词"),
    ("feishu", 200, {"code": 19021, "msg": "sign match fail"}, "refused", "签名"),
    ("feishu", 200, {"code": 11232, "msg": "frequency limited"}, "temporary", "11232"),
    ("lark", 200, {"code": 0, "msg": "success"}, "accepted", ""),
    ("lark", 200, {"code": 19001, "msg": "param invalid"}, "refused", "重新添加"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "status", "answer", "state", "words"), ANSWERS)
def test_what_an_answer_means(
    kind: str, status: int, answer: object, state: str, words: str
) -> None:
    found = understood(CHATS[kind], status, json.dumps(answer).encode())
    assert found.state == state
    assert words in found.words


# ── over the wire ──


@pytest.mark.parametrize("kind", list(ADDRESSES))
def test_a_message_goes_out_and_an_error_in_a_200_is_an_error(
    kind: str, tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_home(site, monkeypatch)
    (channel,) = configured(tmp_path, ADDRESSES[kind]).usable
    assert channel.send("", "【爆款】你好“😀”\n第二行").state == "accepted"
    (seen,) = site.asked(PATHS[kind])
    assert text_of(seen) == "【爆款】你好“😀”\n第二行"
    assert "你好".encode() in seen.body  # three bytes a character, not six
    bad = {name: 93_000 for name in TAKEN[kind] if name in ("errcode", "code")}
    site.routes[PATHS[kind]] = said(bad)
    assert channel.send("", "【爆款】").state == "refused"
    # and what Apprise makes of it, for which we do not use it
    plugin = apprise.Apprise.instantiate(ADDRESSES[kind])
    assert plugin is not None
    site.routes[f"{PATHS[kind]}/"] = said(bad)
    plugin.request_rate_per_sec = 0
    assert plugin.notify(body="x") is True


def test_dingtalk_is_signed(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    at_home(site, monkeypatch)
    (channel,) = configured(tmp_path, f"dingtalk://{SECRET}@{TOKEN}/").usable
    channel.send("", "【爆款】")  # the server knows only the address without a signature
    (seen,) = site.seen
    query = parse_qs(urlsplit(seen.path).query)
    signed = f"{query['timestamp'][0]}\n{SECRET}".encode()
    sign = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
    assert query["sign"] == [sign]
    assert query["access_token"] == [TOKEN]


def test_names_order_and_remarks(tmp_path: Path) -> None:
    found = configured(
        tmp_path,
        "# 新媒体群",
        "",
        ADDRESSES["wecombot"],
        f"  https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}x",
        f"https://oapi.dingtalk.com/robot/send?access_token={TOKEN}",
        "https://open.feishu.cn/open-apis/bot/v2/hook/abc-123",
        f"{ADDRESSES['wecombot']} json://127.0.0.1:9/",
    )
    names = [each.name.partition("-")[0] for each in found.usable]
    assert names == ["企业微信#1", "企业微信#2", "钉钉#1", "飞书#1", "JSON#1"]
    assert [each.limit for each in found.usable][:3] == [2_048, 2_048, 18_000]
    assert found.problems == ()


FAULTS = [
    ("wecombot://", "第1行的地址看不懂"),
    ("nonsense", "第1行的地址看不懂"),
    ("", "没有写群机器人的地址"),
]


@pytest.mark.parametrize(("address", "words"), FAULTS)
def test_what_is_wrong_is_said(tmp_path: Path, address: str, words: str) -> None:
    found = configured(tmp_path, address)
    assert found.usable == ()
    assert words in found.problems[0]


def test_without_apprise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    (problem,) = configured(tmp_path, ADDRESSES["wecombot"]).problems
    assert "baokuan[notify]" in problem


def test_any_other_service_of_apprise(tmp_path: Path, site: Site) -> None:
    port = site.url.rpartition(":")[2]
    (channel,) = configured(tmp_path, f"json://127.0.0.1:{port}/hook").usable
    site.routes["/hook"] = Reply(b"{}")
    assert channel.send("", "【爆款】").state == "accepted"
    site.routes["/hook"] = Reply(status=500)
    assert channel.send("", "【爆款】").state == "temporary"


def test_no_secret_shows(
    tmp_path: Path,
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    at_home(site, monkeypatch)
    caplog.set_level(logging.DEBUG)
    bad = [f"wecombot://{KEY}!!/", f"dingtalk://{SECRET}@{TOKEN}-bad/"]
    found = configured(tmp_path, *ADDRESSES.values(), f"dingtalk://{SECRET}@{TOKEN}/", *bad)
    answers = [each.send("", "【爆款】") for each in found.usable]
    site.server.server_close()
    answers += [each.send("", "【爆款】") for each in found.usable]
    out, err = capfd.readouterr()
    everything = f"{found!r}{answers!r}{caplog.text}{out}{err}"
    assert len(answers) == 10
    assert [secret for secret in SECRETS if secret in everything] == []
