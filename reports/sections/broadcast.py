"""Own broadcast: programmes, their issues and items, as a ledger keeps them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from reports import wording
from reports.figure import Figure, at_least
from reports.inquiry import Inquiry
from reports.kept import kept
from reports.placed import within
from reports.section import Section, Sentence, Table
from reports.statement import Matter, Statement, Trace
from storage.listed import Listed, listed

#: Signs of a programme's name.
_LONG = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """A programme's issues in a period; ``items`` is None where no issue says how many it had."""

    name: str
    posts: tuple[int, ...]
    items: Figure | None

    @property
    def issues(self) -> int:
        return len(self.posts)


def section(inquiry: Inquiry) -> Section | None:
    """None where no ledger holds an issue of any time."""
    ledgers = {each.id for each in inquiry.centre.accounts if each.ledger and each.owner == "ours"}
    rows = [
        each
        for each in listed(inquiry.connection, inquiry.view.question, ("item",))
        if each.account in ledgers
    ]
    if not rows:
        return None
    programmes = _programmes([each for each in rows if within(inquiry, each)])
    missing = "" if programmes else kept(inquiry, "item", rows).lacking("播出台账")
    return Section(
        id="broadcast",
        title="自办播出",
        sentences=tuple(_sentences(inquiry, programmes, missing)),
        tables=tuple(_tables(programmes)),
        matters=tuple(_matter(each) for each in programmes),
        data={"broadcast": None if missing else {each.name: _data(each) for each in programmes}},
    )


def _programmes(rows: Sequence[Listed]) -> list[Programme]:
    """Those with most issues first."""
    found: dict[str, list[Listed]] = {}
    for each in rows:
        found.setdefault(wording.short(each.column, _LONG), []).append(each)
    made = [
        Programme(name=name, posts=tuple(each.post_id for each in there), items=_items(there))
        for name, there in found.items()
    ]
    return sorted(made, key=lambda each: (-each.issues, each.name))


def _items(rows: Sequence[Listed]) -> Figure | None:
    told = [int(each.details["items"]) for each in rows if "items" in each.details]
    if not told:
        return None
    return at_least(sum(told), missing=len(rows) - len(told), sure=True)


def _sentences(
    inquiry: Inquiry, programmes: Sequence[Programme], missing: str
) -> Iterator[Sentence]:
    title = inquiry.period.title
    if missing:
        yield Sentence("broadcast.total", f"{title}自办播出{wording.NO_DATA}：{missing}。")
        return
    if not programmes:
        yield Sentence(
            "broadcast.total", f"{title}没有自办栏目播出的记录（0期）。", Trace(posts=())
        )
        return
    if len(programmes) > 1:
        posts = tuple(number for each in programmes for number in each.posts)
        issues = wording.count(wording.exactly(len(posts)), "期")
        said = f"{title}自办栏目{len(programmes)}个，共播出{issues}"
        yield Sentence(
            "broadcast.total", f"{said}，{_said(_sum(programmes))}。", Trace(posts=posts)
        )
    for each in programmes:
        issues = wording.count(wording.exactly(each.issues), "期")
        start = f"{title}《{each.name}》播出{issues}"
        yield Sentence(
            f"broadcast.{each.name}", f"{start}，{_said(each.items)}。", Trace(posts=each.posts)
        )


def _said(items: Figure | None) -> str:
    if items is None:
        return f"条数{wording.NO_DATA}（台账没有填）"
    said = wording.count(items.spread, "条")
    return f"{said}（其中{items.missing}期没有填条数）" if items.missing else said


def _sum(programmes: Sequence[Programme]) -> Figure | None:
    known = [each.items for each in programmes if each.items is not None]
    if not known:
        return None
    total = sum(each.value for each in known)
    missing = sum(each.missing for each in known)
    missing += sum(each.issues for each in programmes if each.items is None)
    return at_least(total, missing=missing, sure=True)


def _tables(programmes: Sequence[Programme]) -> Iterator[Table]:
    if programmes:
        yield Table(
            id="broadcast",
            title="自办播出",
            headings=("栏目", "期数", "条数"),
            rows=tuple((each.name, each.issues, each.items) for each in programmes),
        )


def _matter(programme: Programme) -> Matter:
    """A programme with its issues and their items."""
    name, trace = f"broadcast.{programme.name}", Trace(posts=programme.posts)
    return Matter(
        subject=wording.book_title(programme.name),
        statements=(
            Statement(
                id=f"{name}.issues", name=f"《{programme.name}》期数", value=programme.issues, trace=trace,
                way="count", measure="期",
            ),
            Statement(
                id=f"{name}.items", name=f"《{programme.name}》条数", value=programme.items, trace=trace,
                way="count", noun="", measure="条",
            ),
        ),
        size=(programme.issues,),
    )  # fmt: skip


def _data(programme: Programme) -> dict[str, Any]:
    """``items`` is a lower bound where ``without_items`` issues do not say how many they had."""
    items = programme.items
    return {
        "issues": programme.issues,
        "items": None if items is None else items.value,
        "without_items": programme.issues if items is None else items.missing,
    }
