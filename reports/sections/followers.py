"""Followers (粉丝) of our accounts at both ends of the period: the last observation at or before each, how far off it
was, and the growth where both are known. Never invented: an account without observations has none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from heapq import nlargest
from typing import Any

from adapters.records import Bound
from reports import wording
from reports.figure import Figure, figure, of_amount, plain, summed
from reports.following import Followed, amount, followed
from reports.inquiry import Inquiry
from reports.periods import day_words, distance_words, here, moment_words, seen_words
from reports.section import Cell, Chart, Section, Sentence, Series, Table
from reports.statement import Matter, Statement, Trace
from reports.wording import Spread, exactly
from storage.standing import Standing

_DAY = 86_400
#: Days from the period's begin within which a first figure stands for it.
_NEAR_DAYS = 3
#: Accounts that a sentence names, and that a chart draws; the table has all.
_NAMED, DRAWN = 20, 30


def section(inquiry: Inquiry) -> Section:
    """Every account of ours that is no ledger; a ledger itself only where it has followers."""
    accounts = followed(inquiry)
    known = [each for each in accounts if each.start or each.end]
    return Section(
        id="followers",
        title="粉丝情况",
        sentences=tuple(_sentences(inquiry, accounts, known)),
        tables=(_table(inquiry, known),) if known else (),
        charts=tuple(_charts(known)),
        traced=tuple(each for account in known for each in _traced(account)),
        data={"followers": [_data(each) for each in accounts]},
        matters=tuple(_matters(inquiry, accounts)),
    )


def _matters(inquiry: Inquiry, accounts: Sequence[Followed]) -> Iterator[Matter]:
    """All followers at the period's end."""
    whole = _sum_at_end(accounts)
    if whole is not None:
        question = inquiry.view.question
        when = "期末" if question.end <= question.as_of else "目前"
        word = f"{when}粉丝{'合计' if len(accounts) > 1 else ''}"
        statement = Statement(
            id="followers.at_end", name="期末粉丝合计", value=whole, trace=_trace([e for e in accounts if e.end]),
            metric="followers", word=word, measure="人", way="sum",
        )  # fmt: skip
        yield Matter(subject="", statements=(statement,))


def _sum_at_end(accounts: Sequence[Followed]) -> Figure | None:
    return figure(summed(None if each.end is None else amount(each.end) for each in accounts))


def _sentences(
    inquiry: Inquiry, accounts: Sequence[Followed], known: Sequence[Followed]
) -> Iterator[Sentence]:
    if not known:
        said = f"{inquiry.period.title}各账号粉丝数{wording.NO_DATA}：没有读到粉丝台账，所用的文件和网页也没有粉丝数。"
        yield Sentence("followers.total", said)
        return
    ends = [each for each in accounts if each.end]
    if ends:
        yield Sentence("followers.total", _total(inquiry, accounts, ends), _trace(ends))
    for each in known:
        yield Sentence(f"followers.{each.info.id}", _account(inquiry, each), _trace([each]))
    absent = [each.info.name or each.info.id for each in accounts if each not in known]
    if absent:
        names = "、".join(f"“{name}”" for name in absent[:_NAMED])
        names += f"等{len(absent)}个" if len(absent) > _NAMED else ""
        yield Sentence(
            "followers.missing", f"没有粉丝数的账号：{names}（{wording.NO_DATA}，不是 0）。"
        )


def _total(inquiry: Inquiry, accounts: Sequence[Followed], ends: Sequence[Followed]) -> str:
    whole = _sum_at_end(accounts)
    assert whole is not None
    parts = [Spread(e.end.value.low, e.end.value.high) for e in ends if e.end]
    said = wording.whole(whole.spread, parts, (), "人", word="粉丝合计")
    beside = ["各账号相加，同一人关注几个账号的重复计算"]
    if whole.missing:
        beside.append(f"其中{wording.count(exactly(whole.missing), '个')}账号无数据")
    when = _end_words(inquiry)
    return (
        f"{when}，{wording.count(exactly(len(accounts)), '个')}账号{said}（{'，'.join(beside)}）。"
    )


def _account(inquiry: Inquiry, account: Followed) -> str:
    info, start, end = account.info, account.start, account.end
    if end is None:
        return f"{info.spoken}期末粉丝数{wording.NO_DATA}。"
    said = f"{info.spoken}粉丝{_said(end)}{_seen(inquiry, end)}"
    if start is None:
        return f"{said}；期初没有数据，增长无法计算。"
    growth = account.growth
    change = "增长无法计算（期初只知下限）" if growth is None else wording.change(growth, (), "人")
    grown = f"{_from(inquiry, start)}{change}" if growth is not None else change
    if start.seen_at == end.seen_at:
        grown = f"期内没有新的观测，增长{wording.NO_DATA}"
    return f"{said}，期初{_said(start)}{_since(inquiry, start)}，{grown}。"


def _from(inquiry: Inquiry, start: Standing) -> str:
    """From when on the growth is: the period's where its first figure lies within days of the period's begin."""
    if abs(inquiry.view.question.start - start.seen_at) <= _NEAR_DAYS * _DAY:
        return "期内"
    return f"自{day_words(here(start.seen_at).date(), year=False)}起"  # its year stands before it


def _said(value: Standing) -> str:
    return wording.total(Spread(value.value.low, value.value.high), (), "人")


def _seen(inquiry: Inquiry, value: Standing) -> str:
    """At which moment the end's value was seen, and how far from the end that is."""
    question = inquiry.view.question
    edge = here(min(question.end, question.as_of))
    return _apart(
        edge, here(value.seen_at), "期末" if question.end <= question.as_of else "数据时点"
    )


def _since(inquiry: Inquiry, value: Standing) -> str:
    question = inquiry.view.question
    return _apart(here(min(question.start, question.as_of)), here(value.seen_at), "期初")


def _apart(edge: datetime, moment: datetime, name: str) -> str:
    """``（2026年9月30日的观测）``; how far off where it is a day or more."""
    far = (edge - moment).total_seconds() >= _DAY
    return f"（{seen_words(moment)}的观测" + (
        f"，比{name}{distance_words(edge, moment)}）" if far else "）"
    )


def _end_words(inquiry: Inquiry) -> str:
    question = inquiry.view.question
    if question.as_of < question.end:
        return f"截至{moment_words(inquiry.as_of)}"
    return f"{inquiry.period.title}末"


def _table(inquiry: Inquiry, known: Sequence[Followed]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for each in known:
        growth = (
            each.growth
            if each.start and each.end and each.start.seen_at < each.end.seen_at
            else None
        )
        rows.append(
            (
                each.info.name,
                each.info.platform_name,
                _figure(each.start),
                _figure(each.end),
                _change(growth),
                _day(each.start),
                _day(each.end),
            )
        )
    return Table(
        id="followers",
        title="粉丝",
        headings=("账号", "平台", "期初粉丝", "期末粉丝", "增长", "期初数的时间", "期末数的时间"),
        rows=tuple(rows),
        narrow=(0, 1, 2, 3, 4),
    )


def _charts(known: Sequence[Followed]) -> Iterator[Chart]:
    note = f"只画粉丝最多的{DRAWN}个账号，其余见表。" if len(known) > DRAWN else ""
    most = {id(each) for each in nlargest(DRAWN, known, key=_many)}
    known = [each for each in known if id(each) in most]
    if sum(each.end is not None for each in known) > 1:
        yield Chart(
            id="followers",
            title="各账号粉丝数",
            kind="bar",
            categories=tuple(each.info.name for each in known),
            series=tuple(
                Series(
                    name,
                    tuple(None if value is None else value.value.value for value in values),
                    tuple(i for i, v in enumerate(values) if v and v.value.bound == "at_least"),
                )
                for name, values in (
                    ("期初", [each.start for each in known]),
                    ("期末", [each.end for each in known]),
                )
            ),
            unit="人",
            note=note,
        )


def _many(account: Followed) -> int:
    value = account.end or account.start
    return 0 if value is None else value.value.value


def _traced(account: Followed) -> Iterator[Statement]:
    id_, name = f"followers.{account.info.id}", account.info.name or account.info.id
    trace = _trace([account])
    yield Statement(
        id=f"{id_}.at_start", name=f"{name}期初粉丝", value=_figure(account.start), trace=trace
    )
    yield Statement(
        id=f"{id_}.at_end", name=f"{name}期末粉丝", value=_figure(account.end), trace=trace
    )


def _trace(accounts: Sequence[Followed]) -> Trace:
    return Trace(
        accounts=tuple(each.info.id for each in accounts), metrics=("followers",), standing=True
    )


def _data(account: Followed) -> dict[str, Any]:
    return {
        "account": account.info.id,
        "at_start": plain(_figure(account.start)),
        "at_end": plain(_figure(account.end)),
    }


def _figure(value: Standing | None) -> Figure | None:
    return None if value is None else of_amount(amount(value))


def _change(growth: Spread | None) -> Cell:
    if growth is None:
        return None
    if growth.exact:
        return growth.low
    bound: Bound = "at_least" if growth.high is None else "about"
    return Figure(value=growth.low, bound=bound, spread=growth)


def _day(value: Standing | None) -> Cell:
    return None if value is None else seen_words(here(value.seen_at))
