"""Placements in outside media (外宣): by level, outlet, medium, front page; and once each for scoring."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from reports import wording
from reports.inquiry import Inquiry
from reports.placed import LEVELS, SAME_PIECE, UNSTATED, Piece, Placed, Placement, pieces, placed
from reports.section import Chart, Section, Sentence, Series, Table
from reports.statement import Matter, Statement, Trace, ranked
from reports.wording import exactly

_MEDIA = {"报": "报纸", "台": "广播电视", "网": "网站", "端": "客户端"}
#: Outlets that a sentence names; the table has all.
_NAMED = 8
#: Signs of an outlet's name in a sentence.
_LONG = 30


def section(inquiry: Inquiry) -> Section | None:
    """None where config has no account that could hold placements and none is stored."""
    found = placed(inquiry)
    keeps = any(each.ledger or each.owner == "outlet" for each in inquiry.centre.accounts)
    if not found.kept.days and not keeps:
        return None
    missing = _missing(found)
    if missing:
        said = f"{inquiry.period.title}外宣刊发篇数{wording.NO_DATA}：{missing}。"
        return Section(
            id="placements",
            title="外宣情况",
            sentences=(Sentence("placements.total", said),),
            data={"placements": None},
        )
    scored = pieces(found.placements, inquiry.centre.points)
    return Section(
        id="placements",
        title="外宣情况",
        sentences=tuple(_sentences(inquiry, found, scored)),
        tables=tuple(_tables(found.placements)),
        charts=tuple(_charts(found.placements)),
        data={"placements": _data(inquiry, found, scored)},
        matters=tuple(_matters(found)),
    )


def _matters(found: Placed) -> Iterator[Matter]:
    """All pieces, their levels, front pages; then each level's outlets, the largest first."""
    rows, levels = found.placements, _by_level(found.placements)
    statements = [_statement("placements.posts", "外宣刊发篇数", "刊发稿件", rows)]
    statements += [
        _statement(
            f"placements.level.{name}.posts",
            f"外宣{_level(name)}篇数",
            _level(name),
            there,
            said=len(levels) > 1,
        )
        for name, there in levels.items()
    ]
    front = [each for each in rows if each.front_page]
    statements.append(_statement("placements.front", "外宣头版篇数", "头版", front))
    yield Matter(
        subject="",
        statements=tuple(statements),
        parts=tuple(_outlets(name, there) for name, there in levels.items()),
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


def _statement(
    id_: str, name: str, word: str, rows: Sequence[Placement], *, said: bool = True
) -> Statement:
    return Statement(
        id=id_, name=name, value=len(rows), trace=_trace(rows), metric="posts", word=word, measure="篇",
        way="count" if said else "",
    )  # fmt: skip


def _missing(found: Placed) -> str:
    """Why it is not known how many there were; empty where it is."""
    if not found.kept.recorded and not found.kept.days:
        return "没有读到外宣台账，或其中没有一条记录（不是 0 篇）"
    return "" if found.placements else found.kept.lacking("外宣台账")


def _sentences(inquiry: Inquiry, found: Placed, scored: Sequence[Piece]) -> Iterator[Sentence]:
    rows = found.placements
    subject = f"{inquiry.centre.name}{inquiry.period.title}"
    whole = _trace(rows)
    if not rows:
        yield Sentence("placements.total", f"{subject}没有在外部媒体刊发的记录（0篇）。", whole)
    else:
        yield Sentence("placements.total", f"{subject}{_total(rows, found)}。", whole)
    for level, there in _by_level(rows).items():
        yield Sentence(f"placements.level.{level}", f"{_named(level, there)}。", _trace(there))
    if rows:
        media = "、".join(f"{_medium(name)}{_count(n)}" for name, n in _media(rows).items())
        yield Sentence("placements.media", f"按介质分：{media}。", whole)
    if rows and inquiry.centre.points:
        yield Sentence("placements.score", _score(scored), whole)
    if remarks := "；".join(_remarks(inquiry, found)):
        yield Sentence("placements.coverage", f"{remarks}。")


def _total(rows: Sequence[Placement], found: Placed) -> str:
    levels = _by_level(rows)
    known = "、".join(name for name in levels if name != UNSTATED)
    where = f"在{known}级媒体刊发" if known else "在外部媒体刊发"
    parts = "、".join(f"{_level(name)}{_count(len(there))}" for name, there in levels.items())
    said = f"{where}{_count(len(rows))}" + (f"：{parts}" if len(levels) > 1 or not known else "")
    if UNSTATED in levels and known:
        said = said.replace("级媒体刊发", "级等媒体刊发", 1)
    front = sum(each.front_page for each in rows)
    if not found.marks_front:
        return f"{said}；头版篇数{wording.NO_DATA}（台账没有标注）"
    return f"{said}；头版{_count(front)}"


def _named(level: str, rows: Sequence[Placement]) -> str:
    outlets = Counter(each.outlet for each in rows).most_common()
    names = "、".join(f"{wording.short(name, _LONG)}{_count(n)}" for name, n in outlets[:_NAMED])
    more = f"等{len(outlets)}家媒体" if len(outlets) > _NAMED else ""
    hint = "（可在台账里写上级别）" if level == UNSTATED else ""
    return f"{_level(level)}{_count(len(rows))}：{names}{more}{hint}"


def _score(scored: Sequence[Piece]) -> str:
    """就高不就低 in one sentence, so that anyone can add it up again."""
    groups = {
        level: [each for each in scored if each.level == level] for level in (*LEVELS, UNSTATED)
    }
    parts = [
        f"{_level(level)}{len(there)}件、每件{wording.share(there[0].points)}分"
        for level, there in groups.items()
        if there
    ]
    total = sum((each.points for each in scored), Fraction())
    return (
        f"计分时同一稿件（标题相同、首次刊发后{SAME_PIECE.days}天内）就高不就低，只按最高级别计一次："
        f"共{len(scored)}件，{'；'.join(parts)}，合计{wording.share(total)}分。"
    )


def _remarks(inquiry: Inquiry, found: Placed) -> Iterator[str]:
    period = inquiry.period
    if uncovered := found.kept.edges("外宣台账"):
        yield uncovered
    edges = {edge.date() for edge in (period.start, period.end) if edge.hour or edge.minute}
    vague = sum(each.date_only and each.day.date() in edges for each in found.placements)
    if vague:
        yield f"起止日有{_count(vague)}只有日期、没有时刻，按当天 0 时计入"
    if inquiry.basis.kind != "published":
        yield "外宣没有阅读数据，按刊发日期计入，与所用口径无关"


def _tables(rows: Sequence[Placement]) -> Iterator[Table]:
    if not rows:
        return
    order = (*LEVELS, UNSTATED)
    counts: Counter[tuple[str, str, str]] = Counter()
    front: Counter[tuple[str, str, str]] = Counter()
    for each in rows:
        place = (each.outlet, each.level, each.medium)
        counts[place] += 1
        front[place] += each.front_page
    listed = sorted(counts, key=lambda each: (order.index(each[1]), -counts[each], each))
    yield Table(
        id="placements",
        title="外宣刊发",
        headings=("媒体", "级别", "介质", "篇数", "其中头版"),
        rows=tuple((*each, counts[each], front[each]) for each in listed),
    )


def _charts(rows: Sequence[Placement]) -> Iterator[Chart]:
    levels = _by_level(rows)
    if len(levels) > 1:
        yield Chart(
            id="placements",
            title="外宣刊发篇数（按媒体级别）",
            kind="column",
            categories=tuple(_level(name) for name in levels),
            series=(Series("篇数", tuple(len(there) for there in levels.values())),),
            unit="篇",
        )


def _data(inquiry: Inquiry, found: Placed, scored: Sequence[Piece]) -> dict[str, Any]:
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


def _by_level(rows: Sequence[Placement]) -> dict[str, list[Placement]]:
    levels = {
        level: [each for each in rows if each.level == level] for level in (*LEVELS, UNSTATED)
    }
    return {level: there for level, there in levels.items() if there}


def _media(rows: Sequence[Placement]) -> dict[str, int]:
    counts: Mapping[str, int] = Counter(each.medium for each in rows)
    return {name: counts[name] for name in (*_MEDIA, UNSTATED) if name in counts}


def _trace(rows: Sequence[Placement]) -> Trace:
    return Trace(posts=tuple(each.post_id for each in rows))


def _level(name: str) -> str:
    return "未注明级别" if name == UNSTATED else f"{name}级"


def _medium(name: str) -> str:
    return _MEDIA.get(name, "未注明介质")


def _count(number: int) -> str:
    return wording.count(exactly(number), "篇")
