"""Comparisons with the period before (环比), with last year's (同比), of followers with the end of last year (较上年末), and
with figures stated in config: a table of what is compared, and sentences on what is not and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from reports import measure, wording
from reports.figures.compared import (
    FOLLOWERS,
    Comparison,
    Followers,
    Subject,
    against,
    past_as_of,
    past_lines,
    stated,
    subjects,
    unfinished,
)
from reports.figures.totals import QUIET_DAYS
from reports.inquiry import Inquiry
from reports.measure import Measure, fact
from reports.periods import Kind, Period, earlier, moment_words
from reports.section import Chart, Section, Sentence, Series
from reports.statement import Matter, Statement, Trace
from reports.vocabulary import HEADINGS
from storage.bulk import seconds

_NAMES = {"posts": "作品数", FOLLOWERS: "粉丝数"} | HEADINGS
#: Metrics of which a sentence says that they are not compared; JSON has all.
_SAID = ("posts", "views", "readers", "likes", FOLLOWERS)
#: Subjects that a sentence names, and that a chart draws.
_LISTED, _DRAWN = 10, 12


def section(inquiry: Inquiry) -> Section:
    """Always there: where nothing can be compared it says why."""
    known = subjects(inquiry)
    then = earlier(inquiry.period)
    made = list(_all(inquiry, known, then))
    shown = columns(inquiry)
    compared = [each for each in made if each.comparable]
    return Section(
        id="comparisons",
        title="与以前比较",
        sentences=tuple(_sentences(inquiry, then, made)),
        tables=(measure.table("comparisons", "比较", shown, compared),) if compared else (),
        charts=tuple(_charts(made)),
        data={"comparisons": [measure.data(shown, each) for each in made]},
        matters=tuple(_matters(inquiry, known, made)),
    )


def _all(
    inquiry: Inquiry, known: Sequence[Subject], then: Mapping[Kind, Period]
) -> Iterator[Comparison]:
    if not unfinished(inquiry):
        for kind, period in then.items():
            past = past_lines(inquiry, period)
            empty = not any(each.coverage.first for each in past.values())
            for subject in known:
                yield from against(inquiry, subject, kind, period, past, empty=empty)
        followers = Followers(inquiry)
        yield from filter(None, map(followers.comparison, known))
    by_name = {
        each.of: each for each in (*known[1:], known[0])
    }  # an account's id before a group's name
    for baseline in inquiry.centre.baselines:
        yield from stated(inquiry, baseline, by_name, then)


def _sentences(
    inquiry: Inquiry, then: Mapping[Kind, Period], made: Sequence[Comparison]
) -> Iterator[Sentence]:
    """What is not compared and why, of each kind; how it is compared."""
    if why := unfinished(inquiry):
        yield Sentence("comparison.unfinished", f"{why}，不与以前的时期比较。")
    for kind in dict.fromkeys(each.kind for each in made):
        there = [each for each in made if each.kind == kind and each.verified]
        if len(whys := {each.why for each in there}) == 1 and "" not in whys:
            said = f"{kind}（与{_then(there[0])}）不作比较：{whys.pop()}。"
            yield Sentence(f"comparison.{kind}", said)
        elif apart := _apart(inquiry, there):
            yield Sentence(f"comparison.apart.{kind}", f"不作{kind}的：{apart}。")
    if any(each.verified and each.kind != "较上年末" and each.comparable for each in made):
        yield Sentence("comparison.method", _method(inquiry, then))
    yield from _of_baselines(inquiry, [each for each in made if not each.verified])


def _apart(inquiry: Inquiry, made: Sequence[Comparison]) -> str:
    """``“看云岭”抖音（2026年第二季度没有数据）、…``: a subject with its metrics where others are compared. Each has its own
    reason beside it: one with a number would not be true of two."""
    parts = []
    for _, group in groupby(made, key=lambda each: each.subject.id):
        named = [each for each in group if each.metric in _SAID]
        left = [each for each in named if not each.comparable]
        if left:
            which = "" if len(left) == len(named) else "、".join(_NAMES[e.metric] for e in left)
            whys = "；".join(dict.fromkeys(each.why for each in left))
            parts.append(f"{_name(inquiry, named[0].subject)}{which}（{whys}）")
    return wording.several(parts, _LISTED, "个")


def _of_baselines(inquiry: Inquiry, told: Sequence[Comparison]) -> Iterator[Sentence]:
    """What somebody stated and is not compared; the table marks what is."""
    if apart := _apart(inquiry, told):
        yield Sentence("comparison.stated", f"自报的基数（未核实）不作比较的：{apart}。")
    used = {(each.subject.of, each.period.name) for each in told}
    unused = [
        each.period
        for each in inquiry.centre.baselines
        if (each.of, each.period.strip().upper()) not in used
    ]
    if unused:
        periods = "、".join(dict.fromkeys(wording.line(each) for each in unused))
        yield Sentence(
            "comparison.baselines",
            f"config.toml 里自报的基数（{periods}）没有比较：与本期的上期、上年同期、上年末都不对应，或没有对应的数据。",
        )


def _method(inquiry: Inquiry, then: Mapping[Kind, Period]) -> str:
    moments = "，".join(
        f"{each.title}取截至{moment_words(past_as_of(inquiry, each))}的观测"
        for each in then.values()
    )
    return (
        "比较用同一口径，以前的时期取其结束后同样长时间的数值，使作品有同样长的增长时间："
        f"{moments}。只比较两期数据都覆盖整期的账号"
        f"（连续不超过{QUIET_DAYS}天、合计不超过一成没有作品的日子不算缺数据）。"
    )


def _name(inquiry: Inquiry, subject: Subject) -> str:
    if subject.id == "total":
        return inquiry.centre.name
    if subject.id.startswith("group."):
        return f"“{subject.line.name}”组"
    return subject.line.spoken


def _then(each: Comparison) -> str:
    return f"{each.period.title}末" if each.kind == "较上年末" else each.period.title


def _span(inquiry: Inquiry, each: Comparison) -> tuple[int, int, int]:
    """What it is compared with, as a Trace names it."""
    as_of = past_as_of(inquiry, each.period)
    return seconds(each.period.start), seconds(each.period.end), seconds(as_of)


def columns(inquiry: Inquiry) -> Sequence[Measure[Comparison]]:
    """A comparison in table and JSON; there ``change`` is null where not comparable, the least growth of a bound."""

    def name(each: Comparison) -> str:
        account = each.subject.id.startswith("account.")
        return each.subject.line.name if account else _name(inquiry, each.subject)

    return (
        fact("对象", name, "of", lambda each: each.subject.of),
        fact("指标", lambda each: _NAMES[each.metric], "metric", lambda each: each.metric),
        fact("比较", lambda each: each.kind, "kind"),
        fact("与何时比", _then, "period", lambda each: each.period.name, narrow=False),
        fact("本期", lambda each: each.now, "now"),
        fact("当时", lambda each: each.then, "then"),
        fact("变化", _change, "change", _change_data, narrow=False),
        fact("幅度", _percent, "percent", _share),
        fact("说明", _remark, "why", lambda each: each.why, narrow=False),
        fact("", lambda each: each.comparable, "comparable"),
        fact("", lambda each: each.verified, "verified"),
        fact("", lambda each: each.source, "source"),
    )


def _change(each: Comparison) -> int | str | None:
    if each.change is None:
        return None
    return each.change.low if each.change.exact else wording.cell(each.change)


def _change_data(each: Comparison) -> dict[str, Any] | None:
    change = each.change
    bound = "exact" if change is not None and change.exact else "at_least"
    return None if change is None else {"value": change.low, "bound": bound}


def _percent(each: Comparison) -> str | None:
    if each.change is None or each.now is None or each.then is None:
        return None
    return wording.percent(each.now, each.then) or None


def _remark(each: Comparison) -> str:
    mark = "" if each.verified else "当时的数为本单位自报，未核实"
    source = f"（{wording.line(each.source)}）" if each.source else ""
    return "；".join(part for part in (each.why, f"{mark}{source}") if part)


def _charts(made: Sequence[Comparison]) -> Iterator[Chart]:
    """Views of each account, this period beside the earlier ones."""
    for kind in ("环比", "同比"):
        rows = [
            each
            for each in made
            if (each.kind, each.metric) == (kind, "views")
            and each.verified
            and each.comparable
            and each.subject.id.startswith("account.")
        ][:_DRAWN]
        if rows:
            yield Chart(
                id=f"comparisons.{kind}",
                title=f"阅读/播放量{kind}",
                kind="bar",
                categories=tuple(each.subject.line.name for each in rows),
                series=(
                    Series.of("本期", (each.now for each in rows)),
                    Series.of(rows[0].period.title, (each.then for each in rows)),
                ),
                unit="人次",
                note="只列两期数据都覆盖整期的账号",
            )


def _matters(
    inquiry: Inquiry, known: Sequence[Subject], made: Sequence[Comparison]
) -> Iterator[Matter]:
    """The growth of each subject that can be told, under the id of its sentences."""
    grown = [each for each in made if each.verified and each.comparable]
    for subject in known:
        there = [_statement(inquiry, each) for each in grown if each.subject is subject]
        if there:
            yield Matter(subject=subject.id, statements=tuple(there))


def _statement(inquiry: Inquiry, each: Comparison) -> Statement:
    """In per cent, of followers in people."""
    assert each.change is not None
    assert each.now is not None
    assert each.then is not None
    people, subject = each.metric == FOLLOWERS, each.subject
    return Statement(
        id=f"comparison.{subject.id}.{each.kind}.{each.metric}",
        name=f"{subject.line.name}{_NAMES[each.metric]}{each.kind}变化",
        value=each.change.low, least=not each.change.exact,
        trace=Trace(
            accounts=subject.line.members, metrics=() if each.metric == "posts" else (each.metric,),
            standing=people, earlier=_span(inquiry, each),
        ),
        metric=each.metric, word=each.kind, growth=(each.now, each.then), way="change" if people else "percent",
        measure="人" if people else "",
    )  # fmt: skip


def _share(each: Comparison) -> float | None:
    """Growth in per cent, with one decimal; only of exact figures."""
    if each.change is None or not each.change.exact or each.then is None or each.then.value <= 0:
        return None
    tenths = (2_000 * abs(each.change.low) + each.then.value) // (2 * each.then.value)  # half up
    return (tenths if each.change.low > 0 else -tenths) / 10
