"""What a phrase claims, read from its text alone by docs/definitions.md §3: written apart
from reports.wording, so that the two can disagree."""

from __future__ import annotations

import re
from collections.abc import Collection
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

_PHRASE = re.compile(
    r"(?P<word>约|近|超|逾)?(?P<digits>\d+(?:\.\d)?)(?P<some>余)?(?P<unit>万|亿)?(?P<more>余)?(?P<least>及以上)?"
)
_UNITS = {None: 1, "万": 10**4, "亿": 10**8}


def number_of(phrase: str) -> int:
    match = _PHRASE.fullmatch(phrase)
    assert match is not None, phrase
    return int(Decimal(match["digits"]) * _UNITS[match["unit"]])


def is_tidy(phrase: str) -> bool:
    """Digits as docs/definitions.md §3 wants them: full below 10,000, 万 with a decimal below 100万 only, never 100.0万."""
    match = _PHRASE.fullmatch(phrase)
    if match is None or match["digits"].endswith(".0") or (match["some"] and match["more"]):
        return False
    number, decimals = number_of(phrase), "." in match["digits"]
    if match["unit"] is None:
        return number < 10_000 and not decimals
    if match["unit"] == "万":
        return 10_000 <= number < 10**8 and (not decimals or number < 10**6)
    return number >= 10**8


def true_of(phrase: str, n: int, thresholds: Collection[int] = ()) -> bool:
    """Whether the phrase is true when the number is ``n``."""
    match = _PHRASE.fullmatch(phrase)
    assert match is not None, phrase
    x = number_of(phrase)
    if match["least"]:
        return n >= x
    if match["some"] or match["more"]:
        keep = 1 if n < 100 else 2
        text = str(n)
        lead = int(text[:keep].ljust(len(text), "0"))
        limit = Decimal("1.5") if keep == 1 else Decimal("1.1")
        return x == lead and n > x and Decimal(n) < limit * x
    if match["word"] == "约":
        marks = [*thresholds, *(10**power for power in range(4, 15))]
        return _rounded(n, ROUND_HALF_UP) == x and not any(n < mark <= x for mark in marks)
    if match["word"] == "近":
        return _rounded(n, ROUND_CEILING) == x and n < x and Decimal(n) >= Decimal("0.97") * x
    if match["word"] in ("超", "逾"):
        return n > x
    return n == x


def is_cut(phrase: str, n: int) -> bool:
    """Whether a phrase with 超 shows ``n`` cut at the digits shown."""
    return _rounded(n, ROUND_FLOOR) == number_of(phrase)


def _rounded(n: int, how: str) -> int:
    if n < 10**4:
        return n
    unit = Decimal(10**4 if n < 10**8 else 10**8)
    places = Decimal(1) if 10**6 <= n < 10**8 else Decimal("0.1")
    return int((Decimal(n) / unit).quantize(places, rounding=how) * unit)
