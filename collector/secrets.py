"""Secrets: read from the environment or a file when they are needed, never printed, and taken out of whatever is
kept (design.md "Config")."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from collector.config import Config, ConfigError
from collector.words import said

#: Session parameters that pages carry in addresses and scripts (pages.md §7 "capture hygiene").
_TOKENS = re.compile(
    rb"((?:pass_ticket|appmsg_token|access_token|wxtoken|xsec_token)(?:=|%3D|\"\s*:\s*\"|'\s*:\s*'))"
    rb"[^&\"'\s<>\\]{8,}"
)
#: On WeChat's pages two more, whose names mean nothing elsewhere.
_WECHAT = re.compile(rb"([?&;](?:uin|key)=)[^&\"'\s<>\\]{8,}")
_HIDDEN = b"***"


def read_secret(config: Config, env: str, file: str, what: str) -> str:
    """A secret named by ``…_env`` or ``…_file``; empty where neither is given. Raises ConfigError."""
    if env:
        value = os.environ.get(env, "").strip()
        if not value:
            raise ConfigError(f"{what}:环境变量 {env} 没有设置")
        return value
    if file:
        try:
            return config.path(file).read_text(encoding="utf-8").strip()
        except OSError as problem:
            raise ConfigError(f"{what}:读不了 {Path(file).name}({said(problem)})") from problem
    return ""


def pieces(secrets: Iterable[str]) -> list[bytes]:
    """The parts of secrets that may turn up in an answer: whole values, and each value of a cookie."""
    found: set[str] = set()
    for secret in secrets:
        found.add(secret)
        found |= {part.partition("=")[2].strip() for part in secret.split(";")}
    return sorted((each.encode() for each in found if len(each) >= 8), key=len, reverse=True)


def stripped(body: bytes, secrets: Iterable[bytes], *, wechat: bool = False) -> bytes:
    """An answer without our secrets and without session parameters; the rest byte for byte."""
    for secret in secrets:
        body = body.replace(secret, _HIDDEN)
    body = _TOKENS.sub(rb"\1" + _HIDDEN, body)
    return _WECHAT.sub(rb"\1" + _HIDDEN, body) if wechat else body
