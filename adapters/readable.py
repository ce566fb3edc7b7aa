"""Names and words from outside as a terminal, a log and a database can take them."""

from __future__ import annotations

import unicodedata

#: Marks that turn the writing direction round, so that a name shows another ending than it has.
_TURNS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


def readable(text: str) -> str:
    """``text`` with � for each sign that is no writing: controls (escape sequences, line ends), bytes that are no text,
    turns of the writing direction."""
    if text.isprintable():
        return text
    return "".join("\ufffd" if _is_no_writing(sign) else sign for sign in text)


def _is_no_writing(sign: str) -> bool:
    return (
        unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(sign) in _TURNS
    )
