"""The words that every draft is read by: those of words.toml and the metrics' own (adapters.metrics)."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from adapters import metrics
from reports.drafts.reading.numbers import PREFIXES as MANNERS

_TABLES = tomllib.loads(
    files("reports.drafts.reading").joinpath("words.toml").read_text(encoding="utf-8")
)
#: Words that a text is looked through for, by the name that words.toml gives them.
DEFINING, PART_DEFINING, OUTSIDE, PLANNED, TOTALS = (
    tuple(_TABLES["lists"][name].split())
    for name in ("DEFINING", "PART_DEFINING", "OUTSIDE", "PLANNED", "TOTALS")
)


def _words() -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    tables = {
        "METRIC": {key: " ".join(each.words) for key, each in metrics.BY_KEY.items()},
        **{terminal: each for terminal, each in _TABLES.items() if terminal != "lists"},
    }
    for terminal, groups in tables.items():
        for name, words in groups.items():
            for word in words.split():
                found.setdefault(word, (terminal, name))
    for word in MANNERS:
        found.setdefault(word, ("FILL", ""))
    return found


#: Word → its terminal and what it stands for.
WORDS = _words()
