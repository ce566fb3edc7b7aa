"""A province's value as JSON: every figure with what each centre adds to it, and the id under which its centre explains that."""

from __future__ import annotations

import json
from typing import Any

from adapters.records import data_of
from reports.fleet.adding import Sum
from reports.fleet.hits import Hit, hits
from reports.fleet.province import Province
from reports.fleet.ranking import Place, Ranking
from reports.fleet.sections import place_statement, place_words
from reports.fleet.states import covered, lags, silences
from reports.fleet.told import Told


def text(province: Province) -> str:
    """The same province gives the same text."""
    return json.dumps(as_data(province), ensure_ascii=False, indent=2) + "\n"


def as_data(province: Province) -> dict[str, Any]:
    """The province in plain types."""
    period = province.period
    return {
        "province": province.name,
        "period": {
            "name": period.name, "title": period.title,
            "from": period.start.isoformat(), "to": period.end.isoformat(),
        },
        "basis": str(province.basis),
        "made_at": province.made_at.isoformat(),
        "program": province.program,
        "centres": [_told(province, each) for each in province.telling],
        "without_data": [
            {"centre": each.centre.key, "account": each.account, "since": each.since, "why": each.why}
            for each in silences(province)
        ],
        "figures": [_sum(each) for each in province.sums.values() if each.parts],
        "hits": [_hit(each) for each in hits(province)],
        "ranks": [_rank(each) for each in province.rankings],
        "sentences": [
            {"id": each.id, "text": each.text} for section in province.sections for each in section.sentences
        ],
    }  # fmt: skip


def _told(province: Province, told: Told) -> dict[str, Any]:
    return {
        "centre": told.centre.key,
        "name": told.centre.name,
        "city": told.centre.city,
        "as_of": told.as_of.isoformat(),
        "known_by": told.known_by.isoformat(),
        "config": told.summary.get("config", ""),
        "program": told.program,
        "covered": covered(told),
        "lags": lags(province, told),
    }


def _sum(each: Sum) -> dict[str, Any]:
    count = each.count
    return {
        "id": each.id,
        "name": each.statement.name,
        "figure": data_of(count),
        "without_data": 0 if count is None else count.missing,
        "centres": each.shown,
        "parts": [
            {"centre": part.told.centre.key, "ids": list(part.ids), "figure": data_of(part.count)}
            for part in each.parts
        ],
    }


def _hit(each: Hit) -> dict[str, Any]:
    return {
        "id": each.id,
        "centre": each.told.centre.key,
        "post": each.post,
        "account": each.account,
        "title": each.title,
        "url": each.url,
        "metric": each.metric,
        "shown_by": each.shown_by,
        "threshold": each.threshold,
        "figure": data_of(each.figure),
        "after": each.after.isoformat(),
        "published_at": each.published,
    }


def _rank(rank: Ranking) -> dict[str, Any]:
    return {
        "id": rank.id,
        "name": rank.name,
        "places": [_place(rank, each) for each in rank.places],
        "without": [each.key for each in rank.without],
    }


def _place(rank: Ranking, place: Place) -> dict[str, Any]:
    said = place_statement(rank, place)
    count = said.count if place.account == "" else None
    return {
        "id": said.id,
        "centre": place.centre.key,
        "account": place.account,
        "behind": place.behind,
        "value": said.value if count is None else count.low,
        "bound": ("at_least" if said.least else "exact") if count is None else count.bound,
        "place": place_words(place),
        "why": place.why,
    }
