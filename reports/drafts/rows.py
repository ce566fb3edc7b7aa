"""What each row of grammar.lark claims: its function gets the sentence, the place of its first token, and its tokens."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reports.drafts.parsing import Row
from reports.drafts.row_changes import average, change, share
from reports.drafts.row_counts import accounts, count, counts, issues, live, note, together
from reports.drafts.row_figures import best, from_to, hits, mark, other, ranked, total, totals
from reports.drafts.sentence import Sentence


def passed(s: Sentence, at: int, row: Row) -> None:
    """Known, and no figure: 其中1个账号无数据."""
    s.pass_over(row.numbers[0], reach=False)


ROWS: Mapping[str, Callable[[Sentence, int, Row], None]] = {
    "total": total, "totals": totals, "other": other, "from_to": from_to, "best": best, "ranked": ranked, "hits": hits,
    "mark": mark, "count": count, "counts": counts, "together": together, "accounts": accounts, "note": note,
    "live": live, "issues": issues, "change": change, "average": average, "share": share, "passed": passed,
}  # fmt: skip
