"""What every figure of a summary must be: the posts behind its trace, counted, or what they show of it, added up."""

from __future__ import annotations

from sqlalchemy import Connection

from adapters.records import Count
from reports.figures.totals import Summary
from reports.statement import Statement
from reports.tracing import Evidence, behind, question_of


def untrue(connection: Connection, made: Summary) -> list[str]:
    """The figures of a summary that are not what is behind them, in words. Figures that are no sum of posts must lead to
    some all the same; those of accounts and of two periods have tests of their own."""
    question = question_of(connection, made)
    wrong = []
    for each in (one for section in made.sections for one in section.figures):
        if each.trace.standing or each.trace.earlier is not None:
            continue
        found = behind(connection, question, each.trace)
        assert len(found.posts) == found.total
        led = found.total > 0 or not each.value
        if not (led if each.by == "made" else agrees(each, found)):
            shown = {m: s.value for m, s in found.sums.items()}
            wrong.append(f"{each.id}: {each.value}, behind it {found.total} posts, {shown}")
    return wrong


def agrees(traced: Statement, found: Evidence) -> bool:
    """A count is the number of posts; a figure of a metric is what these posts show of it, added up, or the mean of it."""
    value = traced.value
    if isinstance(value, int) or (isinstance(value, Count) and not traced.trace.metrics):
        return (value if isinstance(value, int) else value.value) == found.total
    (metric,) = traced.trace.metrics or ("",)
    total = found.sums.get(metric)
    there = None if total is None else total.stated()
    if traced.by == "mean" and there is not None:
        low = there.low // (found.total - there.missing)
        return isinstance(value, Count) and value.low == low
    if value is None or there is None:
        return value is there is None
    assert isinstance(value, Count)
    return (value.low, value.missing) == (there.low, there.missing)
