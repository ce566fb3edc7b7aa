"""How to talk to the robots of 企业微信, 钉钉, 飞书 and Lark, and what their answers mean.

Apprise 2.2 reads their addresses, but takes every answer with status 200 for a success, also ``{"errcode": 93000}``
(read in its plugins, measured in tests/collector/test_channels.py), counts their limits in characters, encodes
钉钉's signature twice and does not say why something failed. So to these four we post ourselves.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import requests
import requests.exceptions as problems
from urllib3.exceptions import ProtocolError

from collector.bounded import TooLate, within
from collector.mail.replies import Outcome, Reply

#: Seconds until a connection must stand, and until an answer must have begun.
CONNECT_SECONDS, READ_SECONDS = 5.0, 15.0
#: Of the whole exchange, whatever drips.
WHOLE_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A kind of robot. ``limit``: bytes of text in one message, with room for the JSON around it where the limit is
    one of the request; ``codes``: where an answer carries its error; ``passing``: errors that go by; ``meaning``:
    what others ask of a person."""

    name: str
    limit: int
    address: Callable[[Any], str]
    body: Callable[[str], Mapping[str, Any]]
    codes: tuple[str, ...]
    passing: frozenset[int]
    meaning: Mapping[int, str]


def _dingtalk(plugin: Any) -> str:
    """With its signature, which is percent-encoded already."""
    url = str(plugin.notify_url.format(token=plugin.token))
    if not plugin.secret:
        return url
    timestamp, sign = plugin.get_signature()
    return f"{url}&timestamp={timestamp}&sign={sign}"


def _content(text: str) -> Mapping[str, Any]:
    return {"msgtype": "text", "text": {"content": text}}


def _text(text: str) -> Mapping[str, Any]:
    return {"msg_type": "text", "content": {"text": text}}


_NEW_ROBOT = "机器人的地址无效，或已被移出群。请在群里重新添加机器人，换上新地址"
_FEISHU: Mapping[str, Any] = {
    "limit": 18_000,  # of a request of 20 KB
    "body": _text,
    "codes": ("code", "StatusCode"),
    "passing": frozenset({11232, 9499}),
    "meaning": {
        19001: _NEW_ROBOT,
        19021: "机器人设了签名校验，本程序不能为飞书签名。请在机器人的安全设置里改用自定义关键词“爆款”",
        19022: "本机的公网 IP 不在机器人的白名单里。请加上它，或改用自定义关键词“爆款”",
        19024: "消息里没有机器人要的关键词。请把自定义关键词设为“爆款”",
    },
}
#: Scheme of an Apprise address → its robot.
CHATS: Mapping[str, Chat] = {
    "wecombot": Chat(
        name="企业微信",
        limit=2_048,  # of a text; developer.work.weixin.qq.com/document/path/91770
        address=lambda plugin: str(plugin.api_url),
        body=_content,
        codes=("errcode",),
        passing=frozenset({-1, 45009, 45033}),
        meaning={93000: _NEW_ROBOT, 45002: "消息太长"},
    ),
    "dingtalk": Chat(
        name="钉钉",
        limit=18_000,  # of a request of 20,000 bytes
        address=_dingtalk,
        body=_content,
        codes=("errcode",),
        passing=frozenset({-1, 90030, 130101, 410100}),
        meaning={
            300001: _NEW_ROBOT,
            400101: _NEW_ROBOT,
            310000: "没有通过机器人的安全设置。请把自定义关键词设为“爆款”，或核对加签的密钥、IP 白名单",
        },
    ),
    "feishu": Chat(
        name="飞书",
        address=lambda plugin: str(plugin.notify_url.format(token=plugin.token)).rstrip("/"),
        **_FEISHU,
    ),
    "lark": Chat(name="Lark", address=lambda plugin: str(plugin.webhook_url), **_FEISHU),
}


_MAYBE = "消息可能已经发出"
#: What broke, and whether the connection stood before it did (None: either) → what came of it; the first that fits.
_BROKEN: tuple[tuple[type[Exception], bool | None, Outcome, str], ...] = (
    (TooLate, None, "unclear", f"{{0}}一直没有回答完，{_MAYBE}"),
    (problems.ReadTimeout, None, "unclear", f"{{0}}没有在 {{1:g}} 秒内回答，{_MAYBE}"),
    (
        problems.SSLError,
        None,
        "temporary",
        "{0}的证书没有通过核对，没有发送。请检查网络代理和本机时间",
    ),
    (problems.ConnectTimeout, None, "temporary", "连不上{0}（超时）。请检查网络"),
    (problems.ConnectionError, True, "unclear", f"{{0}}没有回答就断开了，{_MAYBE}"),
    (problems.ConnectionError, False, "temporary", "连不上{0}。请检查网络"),
    (Exception, None, "unclear", f"{{0}}的回答不完整（{{2}}），{_MAYBE}"),
)


def post(chat: Chat, plugin: Any, text: str) -> Reply:
    """Send one message of at most ``chat.limit`` bytes. Never raises for what the network or the chat does."""
    body = json.dumps(chat.body(text), ensure_ascii=False).encode()
    try:
        reply = within(
            WHOLE_SECONDS,
            lambda: requests.post(
                chat.address(plugin),
                data=body,
                headers={"Content-Type": "application/json; charset=utf-8"},
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                verify=bool(plugin.verify_certificate),
                allow_redirects=False,
            ),
        )
    except (TooLate, problems.RequestException) as problem:
        sent = any(isinstance(each, ProtocolError) for each in problem.args)
        state, words = next(
            (state, words)
            for kind, was_sent, state, words in _BROKEN
            if isinstance(problem, kind) and was_sent in (sent, None)
        )
        return Reply(state, words.format(chat.name, READ_SECONDS, type(problem).__name__))
    return understood(chat, reply.status_code, reply.content)


def understood(chat: Chat, status: int, body: bytes) -> Reply:
    """What an answer means: an error inside a 200 is an error."""
    if status == 429 or status >= 500:
        return Reply("temporary", f"{chat.name}暂时不接收（HTTP {status}）")
    if status != 200:
        return Reply("refused", f"{chat.name}拒绝了（HTTP {status}）。请核对机器人的地址")
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    found = [said[name] for name in chat.codes if name in said] if isinstance(said, dict) else []
    if not found:
        return Reply("refused", f"{chat.name}的回答看不懂，不能当作收到。请核对机器人的地址")
    code = next((each for each in found if each != 0), 0)
    if code == 0:
        return Reply("accepted", f"{chat.name}已接收")
    if code in chat.passing:
        return Reply("temporary", f"{chat.name}说发得太频繁或正忙（错误 {code}）")
    advice = chat.meaning.get(code, "请按这个错误码查它的说明，或重新添加机器人")
    return Reply("refused", f"{chat.name}拒绝了（错误 {code}）：{advice}")
