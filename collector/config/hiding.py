"""Taking secrets out of text for logs: every secret that config names, as it is now, and whatever looks like one."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from urllib.parse import quote, unquote

from pydantic import BaseModel
from sqlalchemy.engine import make_url

from collector.config.loading import Config
from collector.config.secrets import shown

#: Fields of config that name a file with a secret; every field ``…_env`` names a variable with one.
_FILES = frozenset({"secret_file", "cookie_file", "password_file", "urls_file"})
#: A whole secret this short is not looked for (it would blot out words), nor a part of one shorter than the second.
_WHOLE, _PART = 4, 8
_HIDDEN = "***"
#: What stands in addresses for a person and a password, and headers and fields that carry secrets.
_LOGIN = re.compile(r"(://)[^/\s@'\"]+@")
_NAMED = re.compile(
    r"(?i)(\b(?:authorization|proxy-authorization|cookie|set-cookie)['\"]?\s*[:=]\s*)[^\r\n]+"
)
_FIELD = re.compile(
    r"(?i)(\b[\w-]*(?:password|passwd|secret|token|signature|api_?key)['\"]?\s*[:=]\s*['\"]?)"
    r"[^\s&'\",;，；)）}]{4,}|([?&](?:key|sign)=)[^\s&'\",;，；)）}]{4,}"
)


def secrets_of(config: Config) -> list[str]:
    """Every secret that config leads to, as it is now; what cannot be read hides nothing."""
    found = {_password(config.storage.url)}
    for name, value in _fields(config):
        if not value:
            continue
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


def _fields(model: BaseModel) -> Iterator[tuple[str, str]]:
    """(name, text) of every field of config that is text, at any depth."""
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, str):
            yield name, value
        below = value.values() if isinstance(value, dict) else value
        if isinstance(value, BaseModel):
            yield from _fields(value)
        elif isinstance(value, tuple | dict):
            for each in below:
                if isinstance(each, BaseModel):
                    yield from _fields(each)


def _password(url: str) -> str:
    password = make_url(url).password
    return "" if password is None else str(password)
