"""The words that every draft is read by: those of words.toml and the metrics' own (adapters.metrics)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Literal, cast

from adapters import metrics

#: How a number is meant. plain: just this; about 约; near 近; over 超; reach 突破; some 余; least 至少, 以上, +;
#: most 不超过; under 不足; range 10—20.
Manner = Literal[
    "plain", "about", "near", "over", "reach", "some", "least", "most", "under", "range"
]

_TABLES = tomllib.loads(
    files("reports.drafts.reading").joinpath("words.toml").read_text(encoding="utf-8")
)
#: Words that a text is looked through for, by the name that words.toml gives them.
DEFINING, PART_DEFINING, OUTSIDE, PLANNED, TOTALS = (
    tuple(_TABLES["lists"][name].split())
    for name in ("DEFINING", "PART_DEFINING", "OUTSIDE", "PLANNED", "TOTALS")
)


def _by_word(table: Mapping[str, str]) -> dict[str, str]:
    return {word: name for name, words in table.items() for word in words.split()}


def any_of(words: Iterable[str]) -> str:
    """The pattern of any of these words, the longest first."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


#: What stands before a number, and behind it → how it is meant; unit → its size; measure word → what it counts.
BEFORE, BEHIND = (
    cast("dict[str, Manner]", _by_word(_TABLES["numbers"][name])) for name in ("before", "behind")
)
UNITS = {word: int(size) for word, size in _by_word(_TABLES["numbers"]["units"]).items()}
MEASURES = _by_word(_TABLES["numbers"]["measures"])


def _words() -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    tables = {
        "METRIC": {key: " ".join(each.words) for key, each in metrics.BY_KEY.items()},
        **{name: each for name, each in _TABLES.items() if name not in ("lists", "numbers")},
    }
    for terminal, groups in tables.items():
        for name, words in groups.items():
            for word in words.split():
                found.setdefault(word, (terminal, name))
    return {**dict.fromkeys(BEFORE, ("FILL", "")), **found}


#: Word → its terminal and what it stands for.
WORDS = _words()
