"""``collect fleet explain``: what centres add to a figure of the province, and how to go on inside each of them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from adapters.records import Count, data_of
from reports import wording
from reports.fleet.adding import Sum
from reports.fleet.hits import hits
from reports.fleet.province import Province
from reports.fleet.sections import place_statement, place_words, score_cell
from reports.fleet.told import Told
from reports.periods import moment_words


def step(province: Province, told: Told, id_: str) -> str:
    """The command that walks a centre's figure back to files and bytes, as of the moments of its summary."""
    return (
        f'collect fleet at {told.centre.key} explain "{id_}" --period {province.period.name}'
        f" --basis {province.basis} --as-of {told.as_of:%Y-%m-%dT%H:%M:%S} --known-by {told.known_by:%Y-%m-%dT%H:%M:%S}"
    )


def lines(province: Province, id_: str) -> Iterator[str]:
    """What a figure is made of. Raises LookupError with near ids where there is none of this id."""
    if (found := province.sums.get(id_)) is not None:
        yield from _sum(province, found)
        return
    for rank in province.rankings:
        for each in rank.places:
            if place_statement(rank, each).id == id_:
                score = score_cell(each)
                shown = wording.cell(score) if isinstance(score, Count) else str(score)
                place = place_words(each)
                yield f"{rank.name}：{each.account or each.centre.name} {shown}" + (
                    f"，第{place}位" if place else ""
                )
                yield f"  {each.centre.name}：{each.behind}"
                yield f"      {step(province, each.told, each.behind)}"
                return
    hit = next((each for each in hits(province) if each.id == id_), None)
    if hit is None:
        raise LookupError(_near(province, id_))
    yield f"{hit.told.centre.name} {hit.account} {wording.title(hit.title)}：{wording.cell(hit.figure)}（“{hit.reached}”）"
    yield f"      {hit.walk}"


def _near(province: Province, id_: str) -> str:
    there = [each.id for each in province.figures]
    near = difflib.get_close_matches(id_, there, n=5, cutoff=0.5)
    hint = f"相近的有：{'、'.join(near)}" if near else "没有相近的"
    return f"全省的总结里没有编号为“{id_}”的数字。{hint}。全部编号在 Excel 的“溯源”表里"


def _sum(province: Province, whole: Sum) -> Iterator[str]:
    yield f"{whole.statement.name}：{_amount(whole.count)}{_without(whole.count)}"
    yield f"  {province.period.title}，口径 {province.basis}，来自 {whole.shown} 个中心（共 {province.asked} 个）"
    for part in whole.parts:
        told = part.told
        yield f"  {told.centre.name}（{told.centre.key}）：{_amount(part.count)}{_without(part.count)}"
        yield f"      截至 {moment_words(told.as_of)}，已知 {moment_words(told.known_by)}，配置 {told.summary.get('config', '')}"
        for id_ in part.ids:
            yield f"      {step(province, told, id_)}"
    there = {part.told.centre.key for part in whole.parts}
    for told in (*province.telling, *province.silent):
        if whole.id.startswith("total.") and told.centre.key not in there:
            why = told.why or "没有这一项"
            yield f"  {told.centre.name}（{told.centre.key}）：未计入，{why}"


def as_data(province: Province, id_: str) -> dict[str, Any] | None:
    """A sum with its parts in plain types; None where the id is not one of a sum."""
    whole = province.sums.get(id_)
    if whole is None:
        return None
    return {
        "id": whole.id,
        "name": whole.statement.name,
        "period": province.period.name,
        "basis": str(province.basis),
        "figure": data_of(whole.count),
        "parts": [
            {
                "centre": part.told.centre.key,
                "name": part.told.centre.name,
                "ids": list(part.ids),
                "figure": data_of(part.count),
                "as_of": part.told.as_of.isoformat(),
                "known_by": part.told.known_by.isoformat(),
                "config": part.told.summary.get("config", ""),
            }
            for part in whole.parts
        ],
        "without": [
            {"centre": each.centre.key, "name": each.centre.name, "why": each.why} for each in province.silent
        ],
    }  # fmt: skip


def _amount(count: Count | None) -> str:
    return wording.NO_DATA if count is None else wording.cell(count)


def _without(count: Count | None) -> str:
    return f"（其中{count.missing}条无数据）" if count is not None and count.missing else ""
