"""Secrets: read from the environment or a file when they are needed, never printed, and taken out of whatever is
kept or logged."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import quote, unquote

from collector.config.loading import Config
from collector.fetching.grants import FOLDER, Grants
from storage.postgres import address

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
_HIDDEN = "***"
#: A shorter value, or one of digits alone (a number, a time), is no secret and may be a figure of the page.
_LENGTH = 8
#: Fields of config that name a file with a secret; every field ``…_env`` names a variable with one.
_FILES = frozenset({"secret_file", "cookie_file", "password_file", "urls_file"})
#: Of an object store that keeps captures.
_AWS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_TOKEN")
#: A whole secret this short is not looked for (it would blot out words), nor a part of one shorter than the second.
_WHOLE, _PART = 4, 8
#: What stands in addresses for a person and a password, and headers and fields that carry secrets.
_LOGIN = re.compile(r"(://)[^/\s@'\"]+@")
_NAMED = re.compile(
    r"(?i)(\b(?:authorization|proxy-authorization|cookie|set-cookie)['\"]?\s*[:=]\s*)[^\r\n]+"
)
_FIELD = re.compile(
    r"(?i)(\b[\w-]*(?:password|passwd|secret|token|signature|api_?key)['\"]?\s*[:=]\s*['\"]?)"
    r"[^\s&'\",;，；)）}]{4,}|([?&](?:key|sign)=)[^\s&'\",;，；)）}]{4,}"
)


def pieces(secrets: Iterable[str]) -> list[bytes]:
    """The parts of secrets that may turn up in an answer: whole values, and each value of a cookie."""
    found: set[str] = set()
    for secret in secrets:
        found.add(secret)
        found |= {part.partition("=")[2].strip() for part in secret.split(";")}
    found |= {unquote(each) for each in found} | {quote(each, safe="") for each in found}
    found |= {each.replace("/", "\\/") for each in found}  # as some write JSON
    kept = (each.encode() for each in found if len(each) >= _LENGTH and not each.isdigit())
    return sorted(kept, key=len, reverse=True)


def stripped(body: bytes, secrets: Iterable[bytes], *, wechat: bool = False) -> bytes:
    """An answer without our secrets and without session parameters; the rest byte for byte."""
    for secret in secrets:
        body = body.replace(secret, _HIDDEN.encode())
    body = _TOKENS.sub(rb"\1***", body)
    return _WECHAT.sub(rb"\1***", body) if wechat else body


def shown(text: str) -> str:
    """An address, or words with addresses in them, as people may see it: without session parameters."""
    return _SHOWN.sub(r"\1***", text)


def kept_address(url: str) -> str:
    """An address as it is stored: without session parameters, but one that opens what was asked."""
    return _KEPT.sub(r"\1***", url)


# ── in logs ──


def secrets_of(config: Config) -> list[str]:
    """Every secret that config leads to, as it is now; what cannot be read hides nothing."""
    url = config.home.url if config.home is not None else config.storage.url
    found = {address(url).password or ""}
    found |= {*Grants(config.path(FOLDER)).secrets()}
    found |= {os.environ.get(each, "").strip() for each in _AWS}
    for name, value in _texts("", config.model_dump()):
        if name.endswith("_env"):
            found.add(os.environ.get(value, "").strip())
        elif name in _FILES:
            with suppress(OSError, UnicodeDecodeError):
                found.add(config.path(value).read_text(encoding="utf-8").strip())
    return sorted(found - {""})


def hidden(text: str, secrets: Iterable[str]) -> str:
    """``text`` without these secrets, their parts, and without what looks like a secret."""
    for piece in sorted({p for each in secrets for p in _pieces(each)}, key=len, reverse=True):
        text = text.replace(piece, _HIDDEN)
    text = _LOGIN.sub(rf"\1{_HIDDEN}@", text)
    text = _NAMED.sub(rf"\1{_HIDDEN}", text)
    text = _FIELD.sub(lambda found: f"{found[1] or found[2]}{_HIDDEN}", text)
    return shown(text)


def _pieces(secret: str) -> Iterator[str]:
    """A secret as it may turn up: whole, line by line, its values and parts of its addresses; quoted and escaped."""
    lines = [secret, *secret.splitlines()]
    parts = [part for each in lines for part in re.split(r"[;&?/@:#\s]", each)]
    values = [part.partition("=")[2] for part in parts]
    for each, least in (
        *((line.strip(), _WHOLE) for line in lines),
        *((part, _PART) for part in (*parts, *values)),
    ):
        for form in (each, unquote(each), quote(each, safe=""), repr(each)[1:-1]):
            if len(each) >= least and form:
                yield form


def _texts(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """(name, text) of every field of config that holds text, at any depth."""
    if isinstance(value, str) and value:
        yield name, value
    elif isinstance(value, dict):
        for below, each in value.items():
            yield from _texts(below, each)
    elif isinstance(value, tuple):
        for each in value:
            yield from _texts(name, each)
