"""The rows of grammar.lark found in a sentence: at a token the longest row that begins there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from lark import Lark
from lark import Token as Leaf
from lark.exceptions import UnexpectedToken

from reports.drafts.reading.numbers import Number
from reports.drafts.reading.tokens import NOTHING, Token


@dataclass(frozen=True, slots=True)
class GrammarRow:
    """``name``: which row; ``tokens`` in its order."""

    name: str
    tokens: tuple[Token, ...]

    def all(self, *sorts: str) -> tuple[Token, ...]:
        return tuple(each for each in self.tokens if each.sort in sorts)

    def first(self, *sorts: str) -> Token:
        return next(iter(self.all(*sorts)), NOTHING)

    @property
    def numbers(self) -> tuple[Number, ...]:
        return tuple(each.number for each in self.tokens if each.number is not None)

    @property
    def marks(self) -> tuple[Number, ...]:
        """Lines that works are counted by: 10万+."""
        return tuple(each for each in self.numbers if each.terminal == "MARK")


@cache
def _parser() -> Lark:
    grammar = files("reports.drafts.reading").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", maybe_placeholders=False)


@lru_cache(50_000)
def _longest(sorts: tuple[str, ...]) -> tuple[str, int]:
    """Name and length of the longest row at the front of the terminals; length 0 where there is none."""
    reading: Any = _parser().parse_interactive()
    found = ("", 0)
    for number, sort in enumerate(sorts, 1):
        try:
            reading.feed_token(Leaf(sort, sort))
        except UnexpectedToken:
            break
        ended = reading.copy()
        try:
            tree: Any = ended.feed_eof()
        except UnexpectedToken:
            continue
        found = (str(tree.children[0].data), number)
    return found


#: No row is longer.
_MOST = 16


def row_at(tokens: Sequence[Token], at: int) -> GrammarRow | None:
    """The longest row that begins at a token."""
    name, length = _longest(tuple(each.sort for each in tokens[at : at + _MOST]))
    return GrammarRow(name, tuple(tokens[at : at + length])) if length else None
