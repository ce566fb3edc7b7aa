"""The sentences of comparisons: what grew and fell since then, what is not compared and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reports import wording
from reports.compared import Comparison, Subject, past_as_of, unfinished
from reports.covered import QUIET_DAYS
from reports.earlier import Earlier, Kind
from reports.figure import Figure
from reports.inquiry import Inquiry
from reports.periods import moment_words
from reports.section import Sentence
from reports.statement import Trace
from reports.vocabulary import UNITS, word_of, words_of
from reports.yearend import FOLLOWERS
from storage.bulk import seconds

KINDS: tuple[Kind, ...] = ("环比", "同比", "较上年末")
#: Metrics that a sentence names; the table and JSON have all. Likes of an account only where that is all there is.
_SAID = ("posts", "views", "readers", "likes", FOLLOWERS)
_LISTED = 10


def sentences(
    inquiry: Inquiry,
    known: Sequence[Subject],
    then: Sequence[Earlier],
    made: Sequence[Comparison],
) -> Iterator[Sentence]:
    why = unfinished(inquiry)
    if why:
        yield Sentence("comparison.unfinished", f"{why}，不与以前的时期比较。")
    calls = {each.kind: each for each in then}
    for kind in KINDS:
        there = [each for each in made if each.kind == kind and each.verified]
        if there:
            yield from _of_kind(inquiry, known, there, calls.get(kind))
    if any(each.verified and each.kind != "较上年末" and each.comparable for each in made):
        yield Sentence("comparison.method", _method(inquiry, then))
    yield from _stated(inquiry, known, made, calls)


def _of_kind(
    inquiry: Inquiry, known: Sequence[Subject], made: Sequence[Comparison], then: Earlier | None
) -> Iterator[Sentence]:
    kind = made[0].kind
    called = "上年末" if then is None else then.then
    if not any(each.comparable for each in made) and len({each.why for each in made}) == 1:
        yield Sentence(
            f"comparison.{kind}", f"{kind}（与{period_words(made[0])}）不作比较：{made[0].why}。"
        )
        return
    apart = []
    for subject, group in _by_subject(known, made):
        trace = Trace(
            accounts=subject.line.members,
            metrics=tuple(
                each.metric for each in group if each.metric in _SAID and each.metric != "posts"
            ),
            standing=kind == "较上年末",
            earlier=span_of(inquiry, group[0]),
        )
        id_, name = f"comparison.{subject.id}.{kind}", subject_words(inquiry, subject)
        if any(each.comparable for each in group):
            yield Sentence(id_, _compared(inquiry, subject, name, group, called), trace)
        elif subject.id.startswith("account."):
            apart.append(f"{name}（{_reasons(group)}）")
        else:
            yield Sentence(id_, f"{name}{kind}不作比较：{_reasons(group)}。", trace)
    if apart:
        more = f"等{len(apart)}个账号" if len(apart) > _LISTED else ""
        yield Sentence(
            f"comparison.apart.{kind}", f"不作{kind}的账号：{'、'.join(apart[:_LISTED])}{more}。"
        )


def span_of(inquiry: Inquiry, each: Comparison) -> tuple[int, int, int]:
    """What it is compared with, as a Trace names it."""
    as_of = past_as_of(inquiry, each.period)
    return seconds(each.period.start), seconds(each.period.end), seconds(as_of)


def _by_subject(
    known: Sequence[Subject], made: Sequence[Comparison]
) -> Iterator[tuple[Subject, list[Comparison]]]:
    """In the order of the subjects."""
    by_id: dict[str, list[Comparison]] = {}
    for each in made:
        by_id.setdefault(each.id, []).append(each)
    for subject in known:
        if subject.id in by_id:
            yield subject, by_id[subject.id]


def _compared(
    inquiry: Inquiry, subject: Subject, name: str, group: Sequence[Comparison], called: str
) -> str:
    named = [each for each in group if each.metric in _named(subject, group)]
    said = [_figures(inquiry, subject, each, called) for each in named if each.comparable]
    left = [each for each in named if not each.comparable]
    first = group[0]
    text = f"{name}{first.kind}（与{period_words(first)}相比）：{'；'.join(said)}"
    if left:
        names = "、".join(_word(subject, each.metric) for each in left)
        text += f"；{names}不作比较（{_reasons(left)}）"
    return f"{text}。"


def _named(subject: Subject, group: Sequence[Comparison]) -> Sequence[str]:
    reach = any(each.comparable and each.metric in ("views", "readers") for each in group)
    if reach and subject.id.startswith("account."):
        return [name for name in _SAID if name != "likes"]
    return _SAID


def _figures(inquiry: Inquiry, subject: Subject, each: Comparison, called: str) -> str:
    """``阅读量9200人次，上期8000人次，增加1200人次（增长15%）``."""
    assert each.now is not None
    assert each.then is not None
    assert each.change is not None
    word = _word(subject, each.metric)
    now, then = (_amount(inquiry, subject, each.metric, side) for side in (each.now, each.then))
    unit = _unit(subject, each.metric)
    if each.change.exact and not each.change.low:
        return f"{word}{now}，与{called}持平"
    if each.metric in ("posts", "comments"):
        way = "增加" if each.change.low > 0 else "减少"
        size = each.change if each.change.low > 0 else _turned(each.change)
        change = f"{way}{wording.count(size, unit)}"
    else:
        change = wording.change(each.change, (), unit)
    percent = wording.percent(each.now.spread, each.then.spread)
    grown = (
        "增量" if inquiry.basis.kind == "gained" and each.metric not in ("posts", FOLLOWERS) else ""
    )
    return f"{word}{now}，{called}{then}，{grown}{change}" + (f"（{percent}）" if percent else "")


def _turned(change: wording.Spread) -> wording.Spread:
    assert change.high is not None
    return wording.Spread(-change.high, -change.low)


def _amount(inquiry: Inquiry, subject: Subject, metric: str, figure: Figure) -> str:
    unit = _unit(subject, metric)
    if metric == "posts":
        return wording.count(figure.spread, unit)
    if inquiry.basis.kind == "gained" and metric != FOLLOWERS:
        return wording.change(figure.spread, (), unit)
    if metric == "comments":
        return wording.count(figure.spread, unit)
    return wording.total(figure.spread, inquiry.centre.thresholds.get(metric, ()), unit)


def _unit(subject: Subject, metric: str) -> str:
    return words_of(subject.line.kinds).measure if metric == "posts" else UNITS[metric]


def _word(subject: Subject, metric: str) -> str:
    if metric == "posts":
        return "作品"
    return "粉丝" if metric == FOLLOWERS else word_of(metric, words_of(subject.line.kinds))


def period_words(each: Comparison) -> str:
    return f"{each.period.title}末" if each.kind == "较上年末" else each.period.title


def _reasons(group: Sequence[Comparison]) -> str:
    return "；".join(dict.fromkeys(each.why for each in group if each.why))


def subject_words(inquiry: Inquiry, subject: Subject) -> str:
    line = subject.line
    if subject.id == "total":
        return inquiry.centre.name
    if subject.id.startswith("group."):
        return f"“{line.name}”组"
    return f"“{line.name}”" + (line.platform_name if line.platform_name != line.name else "")


def _method(inquiry: Inquiry, then: Sequence[Earlier]) -> str:
    moments = "，".join(
        f"{each.period.title}取截至{moment_words(past_as_of(inquiry, each.period))}的观测"
        for each in then
    )
    return (
        "比较用同一口径，以前的时期取其结束后同样长时间的数值，使作品有同样长的增长时间："
        f"{moments}。只比较两期数据都覆盖整期的账号"
        f"（连续不超过{QUIET_DAYS}天、合计不超过一成没有作品的日子不算缺数据）。"
    )


def _stated(
    inquiry: Inquiry,
    known: Sequence[Subject],
    made: Sequence[Comparison],
    calls: Mapping[Kind, Earlier],
) -> Iterator[Sentence]:
    """Comparisons with what somebody stated, marked so; and baselines of periods that are not compared with."""
    told = [each for each in made if not each.verified]
    for subject, there in _by_subject(known, told):
        for kind in dict.fromkeys(each.kind for each in there):
            group = [each for each in there if each.kind == kind]
            called = calls[kind].then if kind in calls else "上年末"
            source = "；".join(dict.fromkeys(each.source for each in group if each.source))
            mark = f"（以下{group[0].period.title}的数为本单位自报，未核实" + (
                f"，来源：{wording.line(source)}）" if source else "）"
            )
            name = f"{subject_words(inquiry, subject)}"
            if any(each.comparable for each in group):
                text = _compared(inquiry, subject, name, group, called)
            else:
                text = f"{name}{kind}不作比较：{_reasons(group)}。"
            yield Sentence(f"comparison.{subject.id}.{kind}.stated", f"{mark}{text}")
    used = {(each.of, each.period.name) for each in told}
    unused = [
        each.period
        for each in inquiry.centre.baselines
        if (each.of, each.period.strip().upper()) not in used
    ]
    if unused:
        names = "、".join(dict.fromkeys(wording.line(each) for each in unused))
        yield Sentence(
            "comparison.baselines",
            f"config.toml 里自报的基数（{names}）没有比较：与本期的上期、上年同期、上年末都不对应，或没有对应的数据。",
        )
