"""Followers (粉丝) of our accounts at both ends of the period: the last observation at or before each, when it was, and the
growth where both are known. Never invented: an account without observations has none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import nlargest
from typing import Any

from adapters.records import Bound
from reports import wording
from reports.figures.figure import Figure, figure, plain, shown, summed
from reports.figures.following import Followed, followed
from reports.inquiry import Inquiry
from reports.periods import here, moment_words, seen_words
from reports.section import Cell, Chart, Section, Sentence, Series, Table
from reports.statement import Matter, Statement, Trace
from storage.views.standing import Standing

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
        tables=(_table(known),) if known else (),
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
    return figure(summed(None if each.end is None else each.end.value for each in accounts))


def _sentences(
    inquiry: Inquiry, accounts: Sequence[Followed], known: Sequence[Followed]
) -> Iterator[Sentence]:
    """All of them together; the table says those of each account."""
    if not known:
        said = f"{inquiry.period.title}各账号粉丝数{wording.NO_DATA}：没有读到粉丝台账，所用的文件和网页也没有粉丝数。"
        yield Sentence("followers.total", said)
        return
    whole = _sum_at_end(accounts)
    if whole is not None:
        question = inquiry.view.question
        over = question.end <= question.as_of
        when = f"{inquiry.period.title}末" if over else f"截至{moment_words(inquiry.as_of)}"
        missing = f"，其中{whole.missing}个账号无数据" if whole.missing else ""
        said = (
            f"{when}，{len(accounts)}个账号粉丝合计{wording.total(whole.spread, (), '人')}"
            f"（各账号相加，同一人关注几个账号的重复计算{missing}）。"
        )
        yield Sentence("followers.total", said, _trace([each for each in accounts if each.end]))
    absent = [f"“{each.info.name or each.info.id}”" for each in accounts if each not in known]
    if absent:
        named = wording.several(absent, _NAMED, "个")
        said = f"没有粉丝数的账号：{named}（{wording.NO_DATA}，不是 0）。"
        yield Sentence("followers.missing", said)


def _table(known: Sequence[Followed]) -> Table:
    return Table(
        id="followers",
        title="粉丝",
        headings=(
            "账号",
            "平台",
            "期初粉丝",
            "期末粉丝",
            "增长（自期初数起）",
            "期初数的时间",
            "期末数的时间",
        ),
        rows=tuple(
            (
                each.info.name,
                each.info.platform_name,
                _figure(each.start),
                _figure(each.end),
                _growth(each),
                _day(each.start),
                _day(each.end),
            )
            for each in known
        ),
        narrow=(0, 2, 3, 4, 5),
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
            series=(
                Series.of("期初", (_figure(each.start) for each in known)),
                Series.of("期末", (_figure(each.end) for each in known)),
            ),
            unit="人",
            note=note,
        )


def _many(account: Followed) -> int:
    value = account.end or account.start
    return 0 if value is None else value.value.value


def _traced(account: Followed) -> Iterator[Statement]:
    name = account.info.name or account.info.id
    for end, words, value in (
        ("at_start", "期初粉丝", account.start),
        ("at_end", "期末粉丝", account.end),
    ):
        yield Statement(
            id=f"followers.{account.info.id}.{end}", name=f"{name}{words}", value=_figure(value), trace=_trace([account])
        )  # fmt: skip


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
    return shown(None if value is None else value.value)


def _growth(account: Followed) -> Cell:
    """None too where nothing was observed in between."""
    growth, start, end = account.growth, account.start, account.end
    if growth is None or start is None or end is None or start.seen_at >= end.seen_at:
        return None
    if growth.exact:
        return growth.low
    bound: Bound = "at_least" if growth.high is None else "about"
    return Figure(value=growth.low, bound=bound, spread=growth)


def _day(value: Standing | None) -> Cell:
    return None if value is None else seen_words(here(value.seen_at))
