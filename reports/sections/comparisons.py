"""Comparisons with the period before (环比), with last year's (同比), of followers with the end of last year (较上年末), and
with figures stated in config."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from reports import wording
from reports.compared import Comparison, Subject, against, past_lines, subjects, unfinished
from reports.earlier import Earlier, earlier
from reports.figure import Figure
from reports.inquiry import Inquiry
from reports.section import Chart, Section, Series, Table
from reports.sections.comparison_sentences import period_words, sentences, span_of, subject_words
from reports.stated import stated
from reports.statement import Matter, Statement, Trace
from reports.vocabulary import HEADINGS
from reports.yearend import FOLLOWERS, Followers

_NAMES = {"posts": "作品数", FOLLOWERS: "粉丝数"} | HEADINGS
_DRAWN = 12


def section(inquiry: Inquiry) -> Section:
    """Always there: where nothing can be compared it says why."""
    known = subjects(inquiry)
    then = earlier(inquiry.period)
    made = list(_all(inquiry, known, then))
    return Section(
        id="comparisons",
        title="与以前比较",
        sentences=tuple(sentences(inquiry, known, then, made)),
        tables=tuple(_tables(inquiry, known, made)),
        charts=tuple(_charts(known, made)),
        data={"comparisons": [_data(each) for each in made]},
        matters=tuple(_matters(inquiry, known, made)),
    )


def _all(
    inquiry: Inquiry, known: Sequence[Subject], then: Sequence[Earlier]
) -> Iterator[Comparison]:
    if not unfinished(inquiry):
        for each in then:
            past = past_lines(inquiry, each.period)
            for subject in known:
                yield from against(inquiry, subject, each, past)
        followers = Followers(inquiry)
        for subject in known:
            found = followers.comparison(subject)
            if found is not None:
                yield found
    by_name = {
        each.of: each for each in (*known[1:], known[0])
    }  # an account's id before a group's name
    for baseline in inquiry.centre.baselines:
        yield from stated(inquiry, baseline, by_name, then)


def _tables(
    inquiry: Inquiry, known: Sequence[Subject], made: Sequence[Comparison]
) -> Iterator[Table]:
    """What could be compared; JSON has the rest too, and the sentences say why."""
    names = {each.id: _short(inquiry, each) for each in known}
    compared = [each for each in made if each.comparable]
    if compared:
        yield Table(
            id="comparisons",
            title="比较",
            headings=("对象", "指标", "比较", "与何时比", "本期", "当时", "变化", "幅度", "说明"),
            rows=tuple(
                (
                    names[each.id],
                    _NAMES[each.metric],
                    each.kind,
                    period_words(each),
                    each.now,
                    each.then,
                    None if each.change is None else _cell(each.change),
                    _percent(each),
                    _remark(each),
                )
                for each in compared
            ),
            narrow=(0, 1, 2, 4, 5, 7),
        )


def _short(inquiry: Inquiry, subject: Subject) -> str:
    account = subject.id.startswith("account.")
    return subject.line.name if account else subject_words(inquiry, subject)


def _cell(change: wording.Spread) -> int | str:
    return change.low if change.exact else wording.cell(change)


def _percent(each: Comparison) -> str | None:
    if each.change is None or each.now is None or each.then is None:
        return None
    return wording.percent(each.now.spread, each.then.spread) or None


def _remark(each: Comparison) -> str:
    mark = "" if each.verified else "当时的数为本单位自报，未核实"
    source = f"（{wording.line(each.source)}）" if each.source else ""
    return "；".join(part for part in (each.why, f"{mark}{source}") if part)


def _charts(known: Sequence[Subject], made: Sequence[Comparison]) -> Iterator[Chart]:
    """Views of each account, this period beside the earlier ones."""
    accounts = {each.id: each.line.name for each in known if each.id.startswith("account.")}
    for kind in ("环比", "同比"):
        rows = [
            each
            for each in made
            if (each.kind, each.metric) == (kind, "views")
            and each.verified
            and each.comparable
            and each.id in accounts
        ][:_DRAWN]
        if rows:
            bounds = tuple(
                at for at, each in enumerate(rows) if each.now and each.now.bound != "exact"
            )
            yield Chart(
                id=f"comparisons.{kind}",
                title=f"阅读/播放量{kind}",
                kind="bar",
                categories=tuple(accounts[each.id] for each in rows),
                series=(
                    Series("本期", tuple(_value(each.now) for each in rows), bounds),
                    Series(rows[0].period.title, tuple(_value(each.then) for each in rows)),
                ),
                unit="人次",
                note="只列两期数据都覆盖整期的账号",
            )


def _matters(
    inquiry: Inquiry, known: Sequence[Subject], made: Sequence[Comparison]
) -> Iterator[Matter]:
    """The growth of each subject that can be told, under the id of its sentences."""
    for subject in known:
        there = [
            _statement(inquiry, subject, each)
            for each in made
            if each.id == subject.id and each.verified and each.change is not None
        ]
        if there:
            yield Matter(subject=subject.id, statements=tuple(there))


def _statement(inquiry: Inquiry, subject: Subject, each: Comparison) -> Statement:
    """In per cent, of followers in people."""
    assert each.change is not None
    assert each.now is not None
    assert each.then is not None
    people = each.metric == FOLLOWERS
    return Statement(
        id=f"comparison.{subject.id}.{each.kind}.{each.metric}",
        name=f"{subject.line.name}{_NAMES[each.metric]}{each.kind}变化",
        value=each.change.low, least=not each.change.exact,
        trace=Trace(
            accounts=subject.line.members, metrics=() if each.metric == "posts" else (each.metric,),
            standing=people, earlier=span_of(inquiry, each),
        ),
        metric=each.metric, word=each.kind, growth=(each.now, each.then), way="change" if people else "percent",
        measure="人" if people else "",
    )  # fmt: skip


def _data(each: Comparison) -> dict[str, Any]:
    """``change``: null where not comparable; with bound at_least the least growth."""
    change = each.change
    return {
        "of": each.of,
        "metric": each.metric,
        "kind": each.kind,
        "period": each.period.name,
        "now": _plain(each.now),
        "then": _plain(each.then),
        "change": None
        if change is None
        else {"value": change.low, "bound": "exact" if change.exact else "at_least"},
        "percent": _share(each),
        "comparable": each.comparable,
        "why": each.why,
        "verified": each.verified,
        "source": each.source,
    }


def _share(each: Comparison) -> float | None:
    """Growth in per cent, with one decimal; only of exact figures."""
    if each.change is None or not each.change.exact or each.then is None or each.then.value <= 0:
        return None
    tenths = (2_000 * abs(each.change.low) + each.then.value) // (2 * each.then.value)  # half up
    return (tenths if each.change.low > 0 else -tenths) / 10


def _value(figure: Figure | None) -> int | None:
    return None if figure is None else figure.value


def _plain(figure: Figure | None) -> dict[str, Any] | None:
    return None if figure is None else {"value": figure.value, "bound": figure.bound}
