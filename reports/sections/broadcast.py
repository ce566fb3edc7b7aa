"""Own broadcast: programmes, their issues and items, as a ledger keeps them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adapters.records import Count
from reports import wording
from reports.figures.kept import kept
from reports.figures.placed import within
from reports.inquiry import Inquiry
from reports.section import Section, Sentence, Table
from reports.statement import Matter, Statement, Trace
from storage.views.listed import Listed, listed

#: Signs of a programme's name.
_LONG = 40
#: A programme's name → its issues in the period; those with most issues first.
Programmes = Mapping[str, Sequence[Listed]]


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
    found = _programmes([each for each in rows if within(inquiry, each)])
    missing = "" if found else kept(inquiry, "item", rows).lacking("播出台账")
    return Section(
        id="broadcast",
        title="自办播出",
        sentences=(_sentence(inquiry, found, missing),),
        tables=tuple(_tables(found)),
        matters=tuple(_matter(name, issues) for name, issues in found.items()),
        data={"broadcast": None if missing else {n: _data(e) for n, e in found.items()}},
    )


def _programmes(rows: Sequence[Listed]) -> Programmes:
    found: dict[str, list[Listed]] = {}
    for each in rows:
        found.setdefault(wording.short(each.column, _LONG), []).append(each)
    return dict(sorted(found.items(), key=lambda each: (-len(each[1]), each[0])))


def _items(issues: Sequence[Listed]) -> Count | None:
    """None where no issue says how many it had."""
    told = [int(each.details["items"]) for each in issues if "items" in each.details]
    return Count(sum(told), missing=len(issues) - len(told)) if told else None


def _sentence(inquiry: Inquiry, found: Programmes, missing: str) -> Sentence:
    """All of them together; the table says those of each programme."""
    title = inquiry.period.title
    if missing:
        return Sentence("broadcast.total", f"{title}自办播出{wording.NO_DATA}：{missing}。")
    issues = [each for there in found.values() for each in there]
    items = _items(issues)
    if not issues:
        said = f"{title}没有自办栏目播出的记录（0期）"
    else:
        told = f"条数{wording.NO_DATA}" if items is None else wording.count(items, "条")
        lacking = len(issues) if items is None else items.missing
        beside = f"（其中{lacking}期没有填条数）" if lacking else ""
        said = f"{title}自办栏目{len(found)}个，共播出{len(issues)}期，{told}{beside}"
    return Sentence("broadcast.total", f"{said}。", _trace(issues))


def _tables(found: Programmes) -> Iterator[Table]:
    if found:
        yield Table(
            id="broadcast",
            title="自办播出",
            headings=("栏目", "期数", "条数"),
            rows=tuple((name, len(issues), _items(issues)) for name, issues in found.items()),
        )


def _matter(name: str, issues: Sequence[Listed]) -> Matter:
    """A programme with its issues and their items."""
    id_, trace = f"broadcast.{name}", _trace(issues)
    return Matter(
        subject=wording.book_title(name),
        statements=(
            Statement(
                id=f"{id_}.issues", name=f"《{name}》期数", value=len(issues), trace=trace, way="count", measure="期",
            ),
            Statement(
                id=f"{id_}.items", name=f"《{name}》条数", value=_items(issues), trace=trace, by="made", way="count", noun="",
                measure="条",
            ),
        ),
        size=(len(issues),),
    )  # fmt: skip


def _trace(issues: Sequence[Listed]) -> Trace:
    return Trace(posts=tuple(each.post_id for each in issues))


def _data(issues: Sequence[Listed]) -> dict[str, Any]:
    """``items`` is a lower bound where ``without_items`` issues do not say how many they had."""
    items = _items(issues)
    return {
        "issues": len(issues),
        "items": None if items is None else items.value,
        "without_items": len(issues) if items is None else items.missing,
    }
