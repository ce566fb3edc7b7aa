"""The chapters of the paper: which statements stand in which paragraph, in which order, and which are left to the tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from reports import wording
from reports.figures import Summary
from reports.paper.lines import Lines
from reports.paper.paper import Paragraph, Piece
from reports.paper.phrases import clause, closed, joined, listed
from reports.sections import hit_works
from reports.statement import Matter

#: Single works that are named; the others are counted.
_WORKS = 8
#: From so many accounts on a group names only its largest; a topic always does.
_MANY, _LARGEST = 13, 3
#: Groups, topics, and outlets of a level, that the text describes; the tables have all.
_GROUPS, _TOPICS, _OUTLETS = 8, 6, 5


@dataclass(slots=True)
class Draft:
    """A paper while it is written. ``said``: ids of the figures that were said: each stands once in the body."""

    summary: Summary
    lines: Lines
    said: set[str] = field(default_factory=set)

    def matters(self, section: str) -> Sequence[Matter]:
        return next((s.matters for s in self.summary.sections if s.id == section), ())

    def hits(self, subject: str) -> Matter:
        """What the section on hits gives under a subject; empty where config has no thresholds."""
        found = (each for each in self.matters("hits") if each.subject == subject)
        return next(found, Matter(subject=subject, statements=()))


def opening(draft: Draft) -> Iterator[Paragraph]:
    """Everything together: works, reach, likes; how many works passed a line; followers."""
    lines, said = draft.lines, draft.said
    start = Piece(f"{lines.period_words()}，")
    if lines.accounts:
        counts = draft.hits(hit_works.COUNTS).statements
        views = Matter(subject="", statements=tuple(s for s in counts if s.metric == "views"))
        about = replace(lines.opening(), subject=lines.subject())
        yield Paragraph(
            (
                *closed([start, *joined([clause(about, said), clause(views, said)], "；")]),
                *closed(listed(_followers(draft), said)),
            )
        )
    elif not any(draft.matters(name) for name in ("placements", "broadcast", "live")):
        name = wording.line(draft.summary.centre.name)
        yield Paragraph(closed([start, Piece(f"{name}没有可统计的作品")]))


def _followers(draft: Draft) -> Iterator[Matter]:
    for each in draft.matters("followers"):
        growth = draft.lines.growth.get("total", ())
        beside = tuple(s for s in growth if s.metric == "followers")
        yield replace(each, statements=(*each.statements, *beside))


def works(draft: Draft) -> Iterator[Paragraph]:
    """Each work past a line, the highest line first; then how many passed a line of likes and the like."""
    said = draft.said
    named = draft.hits(hit_works.WORKS).parts
    groups: dict[int, list[Matter]] = {}
    for each in named[:_WORKS]:
        groups.setdefault(each.size[0], []).append(each)
    sentences: list[tuple[Piece, ...]] = []
    lowest = min(draft.summary.centre.thresholds.get("views", (0,)), default=0)
    for threshold, there in groups.items():
        listed_works = listed(there, said, "，")
        passed = f"，突破“{wording.mark(threshold)}”" if threshold > lowest else ""
        sentences.append(closed([*listed_works, Piece(passed)]) if listed_works else ())
    if len(named) > _WORKS:
        sentences.append(closed([Piece(f"其余{len(named) - _WORKS}条见附表")]))
    counts = [s for s in draft.hits(hit_works.COUNTS).statements if s.metric != "views"]
    sentences.append(closed(clause(Matter(subject="", statements=tuple(counts)), said)))
    yield Paragraph(tuple(piece for each in sentences for piece in each))


def channels(draft: Draft) -> Iterator[Paragraph]:
    """A paragraph a group: together, then its accounts. Of one account alone the opening has said it all."""
    if len(draft.lines.accounts) < 2:
        return
    units = list(draft.lines.units())
    shown = units[:_GROUPS]
    made = [(each, _unit(draft, each)) for each in shown]
    made = [(each, pieces) for each, pieces in made if pieces]
    for number, (each, pieces) in enumerate(made, 1):
        heading = f"（{wording.ordinal(number)}）{wording.line(each.subject or '其他')}。"
        yield Paragraph(pieces, heading if len(made) > 1 else "")
    if len(units) > _GROUPS:
        rest = f"其余{len(units) - _GROUPS}个分组见附表"
        yield Paragraph(closed([Piece(rest)]))


def _unit(draft: Draft, unit: Matter) -> tuple[Piece, ...]:
    together = closed(clause(replace(unit, subject=""), draft.said))
    parts = unit.parts
    start: tuple[Piece, ...] = ()
    if len(draft.lines.accounts) >= _MANY and len(parts) > _LARGEST:
        parts, start = parts[:_LARGEST], (Piece("其中"),)
    accounts = listed(parts, draft.said)
    return (*together, *closed((*start, *accounts) if accounts else ()))


def topics(draft: Draft) -> Iterator[Paragraph]:
    """A paragraph a topic: together, then the accounts that reached most."""
    for each in draft.matters("topic")[:_TOPICS]:
        together = clause(each, draft.said)
        if not together:
            continue
        shown = [part for part in each.parts if part.size[0] > 0][:_LARGEST]
        accounts = tuple(joined([_within(part, draft.said) for part in shown], "，"))
        yield Paragraph(closed((*together, Piece("，其中"), *accounts) if accounts else together))


def _within(part: Matter, said: set[str]) -> tuple[Piece, ...]:
    """``“云岭视界”视频号4条、播放量约149万人次``."""
    subject = Matter(subject=part.subject, statements=())
    figures = [clause(replace(subject, subject="", statements=(s,)), said) for s in part.statements]
    made = tuple(joined(figures, "、"))
    return (Piece(part.subject), *made) if made else ()


def placements(draft: Draft) -> Iterator[Paragraph]:
    """How many pieces at which level; then the outlets of each level."""
    for each in draft.matters("placements"):
        levels = [part.subject for part in each.parts]
        where = _levels(levels)
        first, *others = each.statements
        start = clause(replace(each, subject=where, statements=(first,)), draft.said)
        beside = tuple(
            joined([clause(Matter(subject="", statements=(s,)), draft.said) for s in others], "、")
        )
        sentence = closed((*start, Piece("，其中"), *beside) if beside else start)
        outlets = [_outlets(part, draft.said) for part in each.parts]
        yield Paragraph((*sentence, *closed(tuple(joined(outlets, "；")))))


def _levels(levels: Sequence[str]) -> str:
    """``在中央、省、市级媒体``."""
    known = [each.removesuffix("级") for each in levels if each.endswith("级")]
    plain = [each for each in known if not each.startswith("未注明")]
    return f"在{'、'.join(plain)}级媒体" if plain and len(plain) == len(levels) else "在各级媒体"


def _outlets(level: Matter, said: set[str]) -> tuple[Piece, ...]:
    shown = level.parts[:_OUTLETS]
    made = tuple(joined([clause(each, said) for each in shown], "、"))
    if not made:
        return ()
    more = f"等{len(level.parts)}家媒体" if len(level.parts) > _OUTLETS else ""
    return (Piece(f"{level.subject}为"), *made, Piece(more))


def broadcast(draft: Draft) -> Iterator[Paragraph]:
    """Own programmes, then live streams."""
    programmes = [_programme(each, draft.said) for each in draft.matters("broadcast")[:_WORKS]]
    made = tuple(joined(programmes, "、"))
    aired = closed((Piece("制作播出"), *made) if made else ())
    live = [closed(clause(each, draft.said)) for each in draft.matters("live")]
    yield Paragraph((*aired, *(piece for each in live for piece in each)))


def _programme(each: Matter, said: set[str]) -> tuple[Piece, ...]:
    """``《云岭新闻》40期337条``."""
    figures = [clause(Matter(subject="", statements=(s,)), said) for s in each.statements]
    made = tuple(piece for part in figures for piece in part)
    return (Piece(each.subject), *made) if made else ()


def ranks(draft: Draft) -> Iterator[Paragraph]:
    """The sure places of our accounts, a sentence a ranking."""
    made = []
    for each in draft.matters("ranks"):
        places = tuple(joined([clause(part, draft.said) for part in each.parts[:_LARGEST]], "，"))
        made.append(closed((Piece(each.subject), *places) if places else ()))
    yield Paragraph(tuple(piece for each in made for piece in each))


def topic_alone(draft: Draft) -> Iterator[Paragraph]:
    """The paper about one topic: what it amounts to, account by account."""
    found = list(draft.matters("topic"))
    start = Piece(f"{draft.lines.period_words()}，")
    if not found:
        yield Paragraph(closed([start, Piece(f"“{draft.summary.topic}”专题没有可统计的作品")]))
    for each in found:
        together = closed((start, *clause(each, draft.said)))
        accounts = [_within(part, draft.said) for part in each.parts[:_WORKS]]
        yield Paragraph((*together, *closed(tuple(joined(accounts, "；")))))
