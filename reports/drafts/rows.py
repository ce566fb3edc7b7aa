"""What each row of grammar.lark claims: its function gets the sentence, read up to the row, and the row's tokens."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reports.drafts.parsing import Row
from reports.drafts.row_changes import average, change, share
from reports.drafts.row_counts import accounts, count, counts, issues, live, note, together
from reports.drafts.row_figures import best, from_to, hits, mark, other, ranked, total, totals
from reports.drafts.sentence import Sentence


def passed(s: Sentence, row: Row) -> None:
    """Known, and no figure: 其中1个账号无数据."""
    s.pass_over(row.numbers[0])


ROWS: Mapping[str, Callable[[Sentence, Row], None]] = {
    each.__name__: each
    for each in (
        total, totals, other, from_to, best, ranked, hits, mark, count, counts, together, accounts, note, live, issues,
        change, average, share, passed,
    )
}  # fmt: skip
