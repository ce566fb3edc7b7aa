"""The chapters of the paper: which statements go into which paragraph, in which order, and which only into tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from reports import wording
from reports.figures.totals import Summary
from reports.paper.lines import Lines
from reports.paper.paper import Paragraph, Piece, clause, closed, joined
from reports.sections import hits
from reports.sections.hits import FIRST
from reports.statement import Matter

#: The title of the chapter on the channels.
CHANNELS = "各平台情况"
#: Single works that are named; the others are counted.
_WORKS = 8
#: From so many accounts on a group names only its largest; a topic always does.
_MANY, _LARGEST = 13, 3
#: Groups, topics, and outlets of a level, that the text describes; the tables have all.
_GROUPS, _TOPICS, _OUTLETS = 8, 6, 5


@dataclass(slots=True)
class Draft:
    """A paper while it is written. ``said``: ids of the figures that were said: each stands once in the body.
    ``notes``: what remarks in it rest on."""

    summary: Summary
    lines: Lines
    said: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    def matters(self, section: str) -> Sequence[Matter]:
        return next((s.matters for s in self.summary.sections if s.id == section), ())

    def hits(self, subject: str) -> Matter:
        """What the section on hits gives under a subject; empty where config has no thresholds."""
        found = (each for each in self.matters("hits") if each.subject == subject)
        return next(found, Matter(subject=subject, statements=()))

    def clause(self, matter: Matter, sign: str = "，") -> tuple[Piece, ...]:
        """What a matter says that was not said before, ``sign`` between its figures."""
        made = clause(matter, self.said, sign)
        if made and matter.note and matter.note not in self.notes:
            self.notes.append(matter.note)
        return made

    def listed(
        self, matters: Iterable[Matter], sign: str = "；", within: str = "，"
    ) -> tuple[Piece, ...]:
        """Several subjects, ``sign`` between them, ``within`` between the figures of one."""
        return tuple(joined([self.clause(each, within) for each in matters], sign))


def opening(draft: Draft) -> Iterator[Paragraph]:
    """Everything together: works, reach, likes; how many works passed a line; followers."""
    lines = draft.lines
    start = Piece(f"{lines.period_words()}，")
    if lines.accounts:
        counts = draft.hits(hits.COUNTS).statements
        views = Matter(subject="", statements=tuple(s for s in counts if s.metric == "views"))
        about = replace(lines.opening(), subject=lines.subject())
        reach = joined([draft.clause(about), draft.clause(views)], "；")
        yield Paragraph((*closed([start, *reach]), *closed(draft.listed(_followers(draft)))))
    elif not any(draft.matters(name) for name in ("placements", "broadcast", "live")):
        name = wording.line(draft.summary.centre.name)
        yield Paragraph(closed([start, Piece(f"{name}没有可统计的作品")]))


def _followers(draft: Draft) -> Iterator[Matter]:
    growth = draft.lines.growth.get("total", ())
    beside = tuple(each for each in growth if each.metric == "followers")
    for each in draft.matters("followers"):
        yield replace(each, statements=(*each.statements, *beside))


def works(draft: Draft) -> Iterator[Paragraph]:
    """Each work past a line, the highest line first; then how many passed a line of likes and the like."""
    named = draft.hits(hits.WORKS).parts
    groups: dict[int, list[Matter]] = {}
    for each in named[:_WORKS]:
        groups.setdefault(each.size[0], []).append(each)
    lowest = min(draft.summary.centre.thresholds.get("views", ()), default=0)
    sentences: list[Sequence[Piece]] = []
    for threshold, there in groups.items():
        said = draft.listed(there, "，", "、")
        new = all(FIRST in each.remark for each in there)  # each says it itself
        passed = f"，突破“{wording.mark(threshold)}”" if threshold > lowest and not new else ""
        sentences.append((*said, Piece(passed)) if passed and said else said)
    if len(named) > _WORKS:
        sentences.append([Piece(f"其余{len(named) - _WORKS}条见附表")])
    counts = draft.hits(hits.COUNTS).statements
    others = tuple(each for each in counts if each.metric != "views")
    sentences.append(draft.clause(Matter(subject="", statements=others)))
    yield Paragraph(_sentences(sentences))


def channels(draft: Draft) -> Iterator[Paragraph]:
    """A paragraph a group: together, then its accounts. Of one account alone the opening has said it all."""
    if len(draft.lines.accounts) < 2:
        return
    units = draft.lines.units()
    if len(units) == 1:  # its sums are those of the opening
        units = (replace(units[0], statements=()),)
    made = [(each.subject, _unit(draft, each)) for each in units[:_GROUPS]]
    made = [(name, pieces) for name, pieces in made if pieces]
    for number, (name, pieces) in enumerate(made, 1):
        heading = f"（{wording.ordinal(number)}）{wording.line(name or '其他')}。"
        yield Paragraph(pieces, heading if len(made) > 1 else "")
    if len(units) > _GROUPS:
        yield Paragraph(closed([Piece(f"其余{len(units) - _GROUPS}个分组见附表")]))


def _unit(draft: Draft, unit: Matter) -> tuple[Piece, ...]:
    together, parts = draft.clause(replace(unit, subject="")), unit.parts
    few = len(draft.lines.accounts) >= _MANY and len(parts) > _LARGEST
    accounts = draft.listed(parts[:_LARGEST] if few else parts)
    return _sentences([together, (Piece("其中"), *accounts) if few and accounts else accounts])


def topics(draft: Draft) -> Iterator[Paragraph]:
    """A paragraph a topic: together, then the accounts that reached most."""
    for each in draft.matters("topic")[:_TOPICS]:
        together = draft.clause(each)
        largest = [part for part in each.parts if part.size[0] > 0][:_LARGEST]
        accounts = draft.listed(largest, "，", "、") if together else ()
        yield Paragraph(closed((*together, Piece("，其中"), *accounts) if accounts else together))


def topic_alone(draft: Draft) -> Iterator[Paragraph]:
    """The paper about one topic: what it amounts to, account by account."""
    start = Piece(f"{draft.lines.period_words()}，")
    found = draft.matters("topic")
    if not found:
        yield Paragraph(closed([start, Piece(f"“{draft.summary.topic}”专题没有可统计的作品")]))
    for each in found:
        accounts = draft.listed(each.parts[:_WORKS], "；", "、")
        yield Paragraph(_sentences([(start, *draft.clause(each)), accounts]))


def placements(draft: Draft) -> Iterator[Paragraph]:
    """How many pieces at which level; then the outlets of each level."""
    for each in draft.matters("placements"):
        first, *others = each.statements
        where = _levels([part.subject for part in each.parts])
        start = draft.clause(Matter(subject=where, statements=(first,)))
        levels = draft.clause(Matter(subject="，其中", statements=tuple(others)), "、")
        outlets = tuple(joined([_outlets(draft, part) for part in each.parts], "；"))
        yield Paragraph(_sentences([(*start, *levels), outlets]))


def _levels(levels: Sequence[str]) -> str:
    """``在中央、省、市级媒体``; of pieces whose level nobody stated just 在媒体."""
    if all(each.endswith("级") for each in levels):
        return f"在{'、'.join(each.removesuffix('级') for each in levels)}级媒体"
    return "在媒体"


def _outlets(draft: Draft, level: Matter) -> tuple[Piece, ...]:
    made = draft.listed(level.parts[:_OUTLETS], "、")
    more = f"等{len(level.parts)}家媒体" if len(level.parts) > _OUTLETS else ""
    return (Piece(f"{level.subject}为"), *made, *([Piece(more)] if more else [])) if made else ()


def broadcast(draft: Draft) -> Iterator[Paragraph]:
    """Own programmes, then live streams."""
    aired = draft.listed(draft.matters("broadcast")[:_WORKS], "、", "")
    live = draft.listed(draft.matters("live"))
    yield Paragraph(_sentences([(Piece("制作播出"), *aired) if aired else (), live]))


def ranks(draft: Draft) -> Iterator[Paragraph]:
    """The sure places of our accounts, a sentence a ranking."""
    sentences = []
    for each in draft.matters("ranks"):
        places = draft.listed(each.parts[:_LARGEST], "，")
        sentences.append((Piece(each.subject), *places) if places else ())
    yield Paragraph(_sentences(sentences))


def _sentences(found: Iterable[Sequence[Piece]]) -> tuple[Piece, ...]:
    """Each closed with a full stop; nothing of those that are empty."""
    return tuple(piece for each in found for piece in closed(each))
