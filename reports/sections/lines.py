"""The first sections: everything together, the groups, the accounts, each with its sentences; and their table."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.records import METRICS
from reports.figures.totals import Line
from reports.inquiry import Inquiry
from reports.section import Section
from reports.sections import line_sentences, line_table
from reports.statement import Statement, Trace
from reports.vocabulary import HEADINGS


def overall(inquiry: Inquiry) -> Section:
    """All accounts of ours but the ledgers, and the table of all lines."""
    return Section(
        id="total",
        title="总体情况",
        sentences=line_sentences.of_total(inquiry),
        tables=(line_table.table(inquiry),),
        traced=tuple(
            each
            for line, id_ in (
                (inquiry.total, "total"),
                *((line, f"platform.{line.id}") for line in inquiry.platforms),
            )
            for each in declared(line, id_)
        ),
    )


def groups(inquiry: Inquiry) -> Section | None:
    if not inquiry.groups:
        return None
    return Section(
        id="group",
        title="分组情况",
        sentences=tuple(
            said for line in inquiry.groups for said in line_sentences.of_group(inquiry, line)
        ),
        traced=tuple(
            each for line in inquiry.groups for each in declared(line, f"group.{line.id}")
        ),
    )


def accounts(inquiry: Inquiry) -> Section:
    return Section(
        id="account",
        title="各账号情况",
        sentences=tuple(
            said for line in inquiry.accounts for said in line_sentences.of_account(inquiry, line)
        ),
        traced=tuple(
            each for line in inquiry.accounts for each in declared(line, f"account.{line.id}")
        ),
    )


def declared(line: Line, id_: str) -> Iterator[Statement]:
    """The figures of a line: its works, then each metric; the paper says some of them."""
    yield Statement(
        id=f"{id_}.posts", name=f"{line.name}作品数", value=line.posts, least=line.incomplete,
        trace=Trace(accounts=line.members), metric="posts",
    )  # fmt: skip
    for name in METRICS:
        yield Statement(
            id=f"{id_}.{name}", name=f"{line.name}{HEADINGS[name]}", value=line.figures[name],
            trace=Trace(accounts=line.members, metrics=(name,)), metric=name,
        )  # fmt: skip
