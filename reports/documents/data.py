"""A summary as JSON, described by docs/summary.schema.json. Times are ISO with +08:00, days are ISO dates."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from adapters.records import METRICS
from reports import measure
from reports.documents.writing import write
from reports.figures.totals import Coverage, Line, Summary
from reports.sections import line_figures


def render(summary: Summary, path: Path) -> None:
    """Write the summary to ``path``; the same summary gives the same bytes. Raises DocumentError."""
    text = json.dumps(as_data(summary), ensure_ascii=False, indent=2) + "\n"
    # half a sign, which no file can hold, becomes a question mark
    write(path, text.encode("utf-8", "replace"))


def as_data(summary: Summary) -> dict[str, Any]:
    """The summary in plain types."""
    period = summary.period
    return {
        "centre": summary.centre.name,
        **({"only": [each.id for each in summary.centre.accounts]} if summary.centre.only else {}),
        "period": {
            "name": period.name,
            "title": period.title,
            "from": _moment(period.start),
            "to": _moment(period.end),
        },
        "basis": str(summary.basis),
        "as_of": _moment(summary.as_of),
        "known_by": _moment(summary.known_by),
        "config": summary.centre.fingerprint,
        "thresholds": {name: list(each) for name, each in summary.centre.thresholds.items()},
        "accounts": [_line(each) for each in summary.accounts],
        "groups": [_line(each) for each in summary.groups],
        "total": _line(summary.total),
        **summary.data,
        "sentences": [{"id": each.id, "text": each.text} for each in summary.sentences],
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "id": line.id,
        "name": line.name,
        "platform": line.platform,
        "group": line.group,
        "members": list(line.members),
        **measure.data(line_figures.FIGURES, line),
        "best": line.best and line.best.as_data(),
        "hits": _counts(line.hits),
        "unknown_hits": _counts(line.unknown_hits),
        "without_data": {
            name: each.missing for name in METRICS if (each := line.figures[name]) is not None
        },
        "deleted": line.deleted,
        "left_out": {"young": line.young, "unobserved": line.unobserved},
        "incomplete": line.incomplete,
        "coverage": _coverage(line.coverage),
    }


def _counts(hits: Mapping[str, Mapping[int, int]]) -> dict[str, dict[str, int]]:
    return {
        metric: {str(value): number for value, number in counts.items()}
        for metric, counts in hits.items()
    }


def _coverage(cover: Coverage) -> dict[str, Any]:
    return {
        "from": _day(cover.first),
        "to": _day(cover.last),
        "gaps": [_days(each) for each in cover.gaps],
        "missing_before": [_moment(each) for each in cover.open_parts],
        "observed_at": None if cover.observed_at is None else _moment(cover.observed_at),
    }


def _days(days: Sequence[date]) -> dict[str, str]:
    return {"from": days[0].isoformat(), "to": days[1].isoformat()}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
