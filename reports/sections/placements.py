"""Placements in outside media (外宣): by level, outlet, medium, front page; and once each for scoring."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from typing import Any, TypeVar

from reports import listing, measure, wording
from reports.figures.kept import (
    ORDER,
    SAME_PIECE,
    UNSTATED,
    Placed,
    PlacedStory,
    Placement,
    pieces,
    placed,
    remarks,
)
from reports.inquiry import Inquiry
from reports.listing import joined, sentence
from reports.measure import Measure, fact
from reports.section import Chart, Section, Sentence, Series
from reports.statement import Matter, Statement, Trace, ranked

_MEDIA = {"报": "报纸", "台": "广播电视", "网": "网站", "端": "客户端"}
#: Signs of an outlet's name in a sentence.
_LONG = 30
_Levelled = TypeVar("_Levelled", Placement, PlacedStory)


def section(inquiry: Inquiry) -> Section | None:
    """None where config has no account that could hold placements and none is stored."""
    found = placed(inquiry)
    keeps = any(each.ledger or each.owner == "outlet" for each in inquiry.centre.accounts)
    if not found.kept.days and not keeps:
        return None
    never = "没有读到外宣台账，或其中没有一条记录（不是 0 篇）"
    missing = "" if found.placements else found.kept.unknown("外宣台账", never)
    scored = pieces(found.placements, inquiry.centre.points)
    return Section(
        id="placements",
        title="外宣情况",
        sentences=tuple(_sentences(inquiry, found, scored, missing)),
        tables=(measure.table("placements", "外宣刊发", _COLUMNS, _listed(found)),)
        if found.placements
        else (),
        charts=tuple(_charts(found.placements)),
        data={"placements": None if missing else _data(inquiry, found, scored)},
        matters=() if missing else tuple(_matters(found)),
    )


def _counts(found: Placed) -> tuple[Statement, list[Statement], Statement]:
    """All pieces, those of each level, front pages (None: no ledger marks them)."""
    front = [each for each in found.placements if each.front_page]
    marked = _statement("placements.front", "外宣头版篇数", "头版", front)
    return (
        _statement("placements.posts", "外宣刊发篇数", "刊发稿件", found.placements),
        [
            _statement(
                f"placements.level.{name}.posts", f"外宣{_level(name)}篇数", _level(name), there
            )
            for name, there in _by_level(found.placements).items()
        ],
        marked if found.marks_front else replace(marked, value=None),
    )


def _statement(id_: str, name: str, word: str, rows: Sequence[Placement]) -> Statement:
    return Statement(
        id=id_, name=name, value=len(rows), trace=_trace(rows), metric="posts", word=word, measure="篇", way="count"
    )  # fmt: skip


def _matters(found: Placed) -> Iterator[Matter]:
    """For the paper: all pieces, their levels, front pages; then each level's outlets, the largest first."""
    posts, levels, front = _counts(found)
    if len(levels) == 1:
        levels = [replace(levels[0], way="")]
    yield Matter(
        subject="",
        statements=(posts, *levels, front),
        parts=tuple(_outlets(name, there) for name, there in _by_level(found.placements).items()),
    )


def _outlets(level: str, rows: Sequence[Placement]) -> Matter:
    """A level's outlets."""
    there: dict[str, list[Placement]] = {}
    for each in rows:
        there.setdefault(each.outlet, []).append(each)
    parts = ranked(
        Matter(
            subject=wording.short(outlet, _LONG),
            statements=(
                _statement(f"placements.outlet.{level}.{outlet}", f"外宣{outlet}篇数", "", pieces),
            ),
            size=(len(pieces),),
        )
        for outlet, pieces in there.items()
    )
    return Matter(subject=_level(level), statements=(), parts=parts)


def _sentences(
    inquiry: Inquiry, found: Placed, scored: Sequence[PlacedStory], missing: str
) -> Iterator[Sentence]:
    """All of them by level and by medium, and what they score; the table says those of each outlet."""
    rows, title, id_ = found.placements, inquiry.period.title, "placements.total"
    if missing:
        yield Sentence(id_, f"{title}外宣刊发篇数{wording.NO_DATA}：{missing}。")
        return
    whole, start = _trace(rows), f"{inquiry.centre.name}{title}"
    if not rows:
        yield sentence(id_, f"{start}没有在外部媒体刊发的记录（0篇）。", trace=whole)
    else:
        posts, levels, front = _counts(found)
        posts = replace(posts, word="在外部媒体刊发")
        marked: listing.Piece = (
            front if found.marks_front else f"头版篇数{wording.NO_DATA}（台账没有标注）"
        )
        yield sentence(
            id_, start, posts, "：", joined(levels, "、"), "；", marked, "。", trace=whole
        )
        media = (
            _statement("", "", _medium(name), [each for each in rows if each.medium == name])
            for name in _media(rows)
        )
        yield sentence("placements.media", "按介质分：", joined(media, "、"), "。", trace=whole)
        if inquiry.centre.points:
            yield sentence("placements.score", _score(scored), trace=whole)
    apart = "外宣没有阅读数据，按刊发日期计入，与所用口径无关"
    beside = remarks(inquiry, found.kept, "外宣台账", "篇", apart)
    if beside:
        yield Sentence("placements.coverage", f"{beside}。")


def _score(scored: Sequence[PlacedStory]) -> str:
    """就高不就低 in one sentence, so that anyone can add it up again."""
    parts = [
        f"{_level(level)}{len(there)}件、每件{wording.share(there[0].points)}分"
        for level, there in _by_level(scored).items()
    ]
    total = sum((each.points for each in scored), Fraction())
    return (
        f"计分时同一稿件（标题相同、首次刊发后{SAME_PIECE.days}天内）就高不就低，只按最高级别计一次："
        f"共{len(scored)}件，{'；'.join(parts)}，合计{wording.share(total)}分。"
    )


@dataclass(frozen=True, slots=True)
class _Outlet:
    """What one outlet printed in one medium."""

    rows: Sequence[Placement]
    marks_front: bool

    @property
    def front(self) -> int | None:
        return sum(each.front_page for each in self.rows) if self.marks_front else None


_COLUMNS: tuple[Measure[_Outlet], ...] = (
    fact("媒体", lambda each: each.rows[0].outlet),
    fact("级别", lambda each: each.rows[0].level),
    fact("介质", lambda each: each.rows[0].medium),
    fact("篇数", lambda each: len(each.rows)),
    fact("其中头版", lambda each: each.front),
)


def _listed(found: Placed) -> list[_Outlet]:
    """From the highest level down, the outlets with most pieces first."""
    there: dict[tuple[str, str, str], list[Placement]] = {}
    for each in found.placements:
        there.setdefault((each.outlet, each.level, each.medium), []).append(each)
    order = sorted(there, key=lambda each: (ORDER.index(each[1]), -len(there[each]), each))
    return [_Outlet(there[each], found.marks_front) for each in order]


def _charts(rows: Sequence[Placement]) -> Iterator[Chart]:
    levels = _by_level(rows)
    if len(levels) > 1:
        names, values = tuple(map(_level, levels)), (len(there) for there in levels.values())
        yield Chart(
            id="placements", title="外宣刊发篇数（按媒体级别）", kind="column", categories=names,
            series=(Series.of("篇数", values),), unit="篇",
        )  # fmt: skip


def _data(inquiry: Inquiry, found: Placed, scored: Sequence[PlacedStory]) -> dict[str, Any]:
    rows = found.placements
    total = sum((each.points for each in scored), Fraction())
    front = sum(each.front_page for each in rows)
    return {
        "posts": len(rows),
        "levels": {level: len(there) for level, there in _by_level(rows).items()},
        "outlets": dict(Counter(each.outlet for each in rows).most_common()),
        "media": _media(rows),
        "front_page": front if found.marks_front else None,
        "pieces": len(scored),
        "points": float(total) if inquiry.centre.points else None,
    }


def _by_level(rows: Sequence[_Levelled]) -> dict[str, list[_Levelled]]:
    """From the highest down; only levels of which there are any."""
    ordered = sorted(rows, key=lambda each: each.rank)
    return {level: list(there) for level, there in groupby(ordered, key=lambda each: each.level)}


def _media(rows: Sequence[Placement]) -> dict[str, int]:
    counts: Mapping[str, int] = Counter(each.medium for each in rows)
    return {name: counts[name] for name in (*_MEDIA, UNSTATED) if name in counts}


def _trace(rows: Sequence[Placement]) -> Trace:
    return Trace(posts=tuple(each.row.post_id for each in rows))


def _level(name: str) -> str:
    return "未注明级别" if name == UNSTATED else f"{name}级"


def _medium(name: str) -> str:
    return _MEDIA.get(name, "未注明介质")
