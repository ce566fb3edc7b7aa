"""Secrets: read from the environment or a file when they are needed, never printed, and taken out of whatever is
kept."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote

from collector.config.loading import Config, ConfigError
from collector.words import said

#: Session parameters that pages carry in addresses and scripts (docs/platforms.md §2.3).
_SESSION = "pass_ticket|appmsg_token|access_token|wxtoken"
#: A link to a 小红书 note does not open without this one: it stays in the link itself, and nowhere else.
_SHARE = "xsec_token|xsecToken"
_NAMES = f"{_SESSION}|{_SHARE}"
_TOKENS = re.compile(
    rb"((?:%s)(?:=|%%3D|\\?[\"']\s*:\s*\\?[\"']))[^&\"'\s<>\\#]{8,}" % _NAMES.encode()
)
#: On WeChat's pages two more, whose names mean nothing elsewhere.
_WECHAT = re.compile(rb"([?&;](?:uin|key)=)[^&\"'\s<>\\#]{8,}")
#: The same in text that people read: addresses in results, problems, logs.
_VALUE = r"[^&\"'\s<>#{。:,;，：；)）]{8,}"
_SHOWN = re.compile(rf"((?:{_NAMES}|[?&](?:uin|key))=){_VALUE}")
_KEPT = re.compile(rf"((?:{_SESSION}|[?&](?:uin|key))=){_VALUE}")
_HIDDEN = b"***"
#: A shorter value, or one of digits alone (a number, a time), is no secret and may be a figure of the page.
_LENGTH = 8


def read_secret(config: Config, env: str, file: str, what: str) -> str:
    """A secret named by ``…_env`` or ``…_file``; empty where neither is given. Raises ConfigError."""
    if env:
        value = os.environ.get(env, "").strip()
        if not value:
            raise ConfigError(f"{what}：环境变量 {env} 没有设置")
        return value
    if file:
        try:
            return config.path(file).read_text(encoding="utf-8").strip()
        except OSError as problem:
            raise ConfigError(f"{what}：读不了 {Path(file).name}（{said(problem)}）") from problem
    return ""


def pieces(secrets: Iterable[str]) -> list[bytes]:
    """The parts of secrets that may turn up in an answer: whole values, and each value of a cookie."""
    found: set[str] = set()
    for secret in secrets:
        found.add(secret)
        found |= {part.partition("=")[2].strip() for part in secret.split(";")}
    found |= {unquote(each) for each in found}
    kept = (each.encode() for each in found if len(each) >= _LENGTH and not each.isdigit())
    return sorted(kept, key=len, reverse=True)


def stripped(body: bytes, secrets: Iterable[bytes], *, wechat: bool = False) -> bytes:
    """An answer without our secrets and without session parameters; the rest byte for byte."""
    for secret in secrets:
        body = body.replace(secret, _HIDDEN)
    body = _TOKENS.sub(rb"\1" + _HIDDEN, body)
    return _WECHAT.sub(rb"\1" + _HIDDEN, body) if wechat else body


def shown(text: str) -> str:
    """An address, or words with addresses in them, as people may see it: without session parameters."""
    return _SHOWN.sub(r"\1***", text)


def kept_address(url: str) -> str:
    """An address as it is stored: without session parameters, but one that opens what was asked."""
    return _KEPT.sub(r"\1***", url)
