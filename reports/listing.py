"""Sentences of the full listing, written from statements: each figure in words, with its reservations beside it.

A number enters a sentence as a statement: so the sentence walks back to what is behind all that it states.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from adapters.records import Count
from reports import wording
from reports.basis import Basis
from reports.section import Sentence
from reports.statement import Statement, Trace, together

#: Words as they are, or a figure to be put in words.
Piece = str | Statement


def sentence(id_: str, *pieces: Piece | Iterable[Piece], trace: Trace | None = None) -> Sentence:
    """The pieces one after the other. ``trace``: where more is behind it than the figures that it states."""
    every = list(_flat(pieces))
    behind = [each.trace for each in every if isinstance(each, Statement)]
    text = "".join(each if isinstance(each, str) else said(each) for each in every)
    return Sentence(id_, text, trace or (together(behind) if behind else None))


def _flat(pieces: Iterable[Piece | Iterable[Piece]]) -> Iterator[Piece]:
    for each in pieces:
        if isinstance(each, str | Statement):
            yield each
        else:
            yield from each


def joined(groups: Iterable[Piece | Sequence[Piece]], sign: str) -> list[Piece]:
    """Groups of pieces with ``sign`` between them; an empty one leaves none."""
    found: list[Piece] = []
    for each in groups:
        if each:
            found += [sign] if found else []
            found += [each] if isinstance(each, str | Statement) else each
    return found


def said(each: Statement) -> str:
    """A figure in words: ``总阅读量约158万人次（其中3条无数据）``."""
    spread = each.count
    if spread is None:
        return f"{each.word}{wording.NO_DATA}"
    if each.way == "count":
        number = f"{each.word}{wording.count(spread, each.measure)}"
    elif each.way == "single":
        number = f"{each.word}{wording.single(spread, each.marks, each.measure)}"
    else:
        say = wording.change if each.way == "change" else wording.total
        number = wording.whole(
            spread, each.parts, each.marks, each.measure, word=each.word, say=say
        )
    missing = each.value.missing if isinstance(each.value, Count) and each.items else 0
    hidden = f"（其中{counted(missing, each.items)}{wording.NO_DATA}）" if missing else ""
    unsure = f"（另有{counted(each.unsure, each.items)}无法判断）" if each.unsure else ""
    return f"{number}{hidden}{unsure}"


def counted(number: int, measure: str) -> str:
    """An exact number of things that no figure states: of those left out, of accounts."""
    return f"{number}{measure}"


#: How posts are spoken of that count, by basis; what stands before a sum of theirs.
_OUTPUT = {
    "published": "共发稿",
    "gained": "有观测可计增量的作品",
    "aged": "发布、满{days}天且当天有观测的作品",
}
_WHOLE = {"published": "总", "gained": "期内", "aged": "满{days}天时总"}
_NOTHING = {
    "published": "没有读到作品",
    "gained": "没有可计增量的观测",
    "aged": "没有满{days}天且当天有观测的作品",
}


def output_words(basis: Basis) -> str:
    """What stands before the number of posts that count on a basis."""
    return _OUTPUT[basis.kind].format(days=basis.days)


def whole_words(basis: Basis) -> str:
    """What stands before the name of a sum."""
    return _WHOLE[basis.kind].format(days=basis.days)


def nothing(basis: Basis) -> str:
    """Why there is nothing to add up or to count."""
    return _NOTHING[basis.kind].format(days=basis.days)


def gone(number: int, measure: str) -> str:
    """How many of the posts counted were deleted."""
    return f"（其中{counted(number, measure)}已删除，保留最后数值）" if number else ""


def left_out(basis: Basis, young: int, unobserved: int, measure: str) -> str:
    """On *aged*: how many posts are too young, or were not observed at that age."""
    if not (young or unobserved):
        return ""
    unseen = counted(unobserved, measure)
    return f"另有未满{basis.days}天{counted(young, measure)}、该时点无观测{unseen}，均未计入"


def why(basis: Basis, source: str, what: str = "") -> str:
    """Why a figure does not exist. A gain may be missing for want of an earlier value as well."""
    hidden = f"{source}不显示{what}"
    return f"{hidden}，或期初没有可比的数值" if basis.kind == "gained" else hidden
