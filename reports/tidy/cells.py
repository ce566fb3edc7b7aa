"""Cells of the tidy tables as files hold them."""

from __future__ import annotations

import re
from functools import lru_cache

from reports.periods import here

#: A first sign that a spreadsheet takes for a formula, after blanks too; the wide ones are taken under a Chinese keyboard.
#: Quotes before it are an earlier guard: one more tells them apart.
_FORMULA = re.compile(r"'*(?:\s*[=+\-@＝＋－＠]|[\t\r\n])")
_GUARDED = re.compile(r"'+(?:\s*[=+\-@＝＋－＠]|[\t\r\n])")


def guarded(text: str) -> str:
    """Text that no spreadsheet takes for a formula: one that begins like a formula gains a ``'`` before it."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """The inverse of ``guarded``."""
    return text[1:] if _GUARDED.match(text) else text


@lru_cache(maxsize=65_536)
def moment_text(second: int) -> str:
    """UTC seconds as ISO in Shanghai: ``2026-10-08T09:00:00+08:00``. Tables say the same few again and again."""
    return here(second).isoformat()


@lru_cache(maxsize=65_536)
def serial(second: int) -> float:
    """UTC seconds as the day number that Excel has of Shanghai's wall time."""
    moment = here(second)
    offset = moment.utcoffset()
    assert offset is not None
    return (second + offset.total_seconds()) / 86_400 + 25_569
