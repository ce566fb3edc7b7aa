"""Own broadcast: programmes, their issues and items, as a ledger keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from adapters.records import Count
from reports import measure, wording
from reports.figures.kept import kept
from reports.inquiry import Inquiry
from reports.listing import sentence
from reports.measure import Measure, fact
from reports.section import Section, Sentence
from reports.statement import Matter, Trace
from storage.views.listed import Listed

#: Signs of a programme's name.
_LONG = 40


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme's issues in the period."""

    name: str
    issues: Sequence[Listed]

    @property
    def items(self) -> Count | None:
        """None where no issue says how many it had."""
        told = [int(each.details["items"]) for each in self.issues if "items" in each.details]
        missing = len(self.issues) - len(told)
        return Count(sum(told), missing=missing) if told else None

    @property
    def without_items(self) -> int:
        """Issues that do not say how many: where there are any, ``items`` is a lower bound."""
        return len(self.issues) if self.items is None else self.items.missing

    @property
    def trace(self) -> Trace:
        return Trace(posts=tuple(each.post_id for each in self.issues))


MEASURES: tuple[Measure[Programme], ...] = (
    fact("栏目", lambda each: each.name),
    Measure(
        "issues", "期数", lambda each: len(each.issues), lambda each: each.trace, number=True,
        word="，共播出", measure="期", way="count",
    ),
    Measure(
        "items", "条数", lambda each: each.items, lambda each: each.trace, by="made",
        data=lambda each: each.items and each.items.value, word="条数", measure="条", way="count",
    ),
    fact("", lambda each: each.without_items, "without_items"),
)  # fmt: skip


def section(inquiry: Inquiry) -> Section | None:
    """None where no ledger holds an issue of any time."""
    ledgers = {each.id for each in inquiry.centre.accounts if each.ledger and each.owner == "ours"}
    there = kept(inquiry, "item", ledgers)
    if not there.every:
        return None
    found = _programmes(there.rows)
    missing = "" if found else there.lacking("播出台账")
    told = {each.name: measure.data(MEASURES, each) for each in found}
    return Section(
        id="broadcast",
        title="自办播出",
        sentences=(_sentence(inquiry, found, missing),),
        tables=(measure.table("broadcast", "自办播出", MEASURES, found),) if found else (),
        matters=tuple(map(_matter, found)),
        data={"broadcast": None if missing else told},
    )


def _programmes(rows: Sequence[Listed]) -> list[Programme]:
    """Those with most issues first."""
    found: dict[str, list[Listed]] = {}
    for each in rows:
        found.setdefault(wording.short(each.column, _LONG), []).append(each)
    made = [Programme(name, issues) for name, issues in found.items()]
    return sorted(made, key=lambda each: (-len(each.issues), each.name))


def _sentence(inquiry: Inquiry, found: Sequence[Programme], missing: str) -> Sentence:
    """All of them together; the table says those of each programme."""
    id_, title = "broadcast.total", inquiry.period.title
    if missing:
        return Sentence(id_, f"{title}自办播出{wording.NO_DATA}：{missing}。")
    whole = Programme("", [each for there in found for each in there.issues])
    if not found:
        return sentence(id_, f"{title}没有自办栏目播出的记录（0期）。", trace=whole.trace)
    issues, items = measure.statements(MEASURES, whole, "broadcast", "")
    items = replace(items, word="" if items.value else items.word, items="")
    lacking = whole.without_items
    beside = f"（其中{lacking}期没有填条数）" if lacking else ""
    return sentence(id_, f"{title}自办栏目{len(found)}个", issues, "，", items, f"{beside}。")


def _matter(programme: Programme) -> Matter:
    """A programme with its issues and their items."""
    name = programme.name
    return Matter(
        subject=wording.book_title(name),
        statements=tuple(
            replace(each, word="", noun="" if each.metric == "items" else each.noun)
            for each in measure.statements(MEASURES, programme, f"broadcast.{name}", f"《{name}》")
        ),
        size=(len(programme.issues),),
    )
