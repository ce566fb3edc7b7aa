"""``collect explain --period --json``: what a sentence or a figure of a summary rests on, in plain types."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from adapters.moments import SHANGHAI
from adapters.records import Count
from reports.figures.totals import Summary
from reports.tracing import (
    Behind,
    Found,
    Stated,
    behind,
    earlier_of,
    question_of,
    sources,
    standing_behind,
)
from storage.views.history import Reading, readings
from storage.views.standing import Standing
from storage.views.valued import Question


def as_data(
    connection: Connection, summary: Summary, stated: Stated, *, top: int
) -> dict[str, Any]:
    """A sentence or figure, how it was made, and the first ``top`` posts behind it, each with its observations."""
    question = question_of(connection, summary)
    trace = stated.trace
    data: dict[str, Any] = {
        "id": stated.id,
        "text": stated.text,
        "period": summary.period.name,
        "basis": str(summary.basis),
        "as_of": summary.as_of.isoformat(),
        "known_by": summary.known_by.isoformat(),
    }
    if stated.is_figure:
        data["value"] = _plain(stated.value)
    found = Found() if trace is None else behind(connection, question, trace, top)
    metrics = () if trace is None else trace.metrics
    data["posts_total"] = found.total
    data["posts"] = [_post_data(connection, question, each, metrics) for each in found.posts[:top]]
    earlier = None if trace is None or trace.standing else earlier_of(question, trace)
    if trace is not None and earlier is not None:
        before = behind(connection, earlier, trace, top)
        data["earlier"] = {
            "from": _iso(earlier.start),
            "to": _iso(earlier.end),
            "as_of": _iso(earlier.as_of),
            "posts_total": before.total,
            "posts": [
                _post_data(connection, earlier, each, metrics) for each in before.posts[:top]
            ],
        }
    if trace is not None and trace.standing:
        data["accounts"] = [
            {
                "account": account,
                "metric": metric,
                "at_start": _standing_data(connection, ends[0]),
                "at_end": _standing_data(connection, ends[1]),
            }
            for (account, metric), ends in standing_behind(connection, question, trace).items()
        ]
    return data


def _post_data(
    connection: Connection, question: Question, post: Behind, metrics: Sequence[str]
) -> dict[str, Any]:
    return {
        "post": post.post_id,
        "account": post.account,
        "title": post.title,
        "url": post.url,
        "figures": {m: _plain_amount(post.amounts.get(m)) for m in metrics},
        "observations": [
            _observed(each.observed_at, each.reading, each.sheet, each.row)
            for each in sources(connection, question, post, metrics)
        ],
    }


def _standing_data(connection: Connection, value: Standing | None) -> Any:
    if value is None:
        return None
    reading = readings(connection, [value.attempt_id])[value.attempt_id]
    return {
        "value": value.value.value,
        "bound": value.value.bound,
        **_observed(value.seen_at, reading, value.sheet, value.row),
    }


def _observed(at: int, reading: Reading, sheet: int, row: int) -> dict[str, Any]:
    return {
        "observed_at": datetime.fromtimestamp(at, SHANGHAI).isoformat(),
        "source": reading.source,
        "sheet": sheet + 1,
        "row": row,
        "run": reading.run_id,
        "attempt": reading.attempt_id,
        "sha256": reading.sha256,
        "capture": reading.path,
    }


def _iso(moment: int) -> str:
    return datetime.fromtimestamp(moment, SHANGHAI).isoformat()


def _plain(value: Count | int | float | None) -> Any:
    return {"value": value.value, "bound": value.bound} if isinstance(value, Count) else value


def _plain_amount(amount: Count | None) -> Any:
    return None if amount is None else {"value": amount.value, "bound": amount.bound}
