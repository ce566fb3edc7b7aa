"""Followers (粉丝) of our accounts at both ends of the period: the last observation at or before each, its time, and the
growth where both are known. An account without observations has no number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from adapters.records import Count, added
from reports import measure, wording
from reports.centre import AccountInfo
from reports.figures.compared import FOLLOWERS
from reports.inquiry import Inquiry
from reports.listing import sentence
from reports.measure import Measure, fact
from reports.periods import here, moment_words, seen_words
from reports.section import Cell, Chart, Section, Sentence, Series, bars, largest
from reports.statement import Matter, Statement, Trace
from storage.views.standing import Standing, standing

#: Accounts that a sentence names, and that a chart draws; the table has all.
_NAMED, DRAWN = 20, 30


@dataclass(frozen=True, slots=True)
class Followed:
    """An account's followers at the period's two ends."""

    info: AccountInfo
    start: Standing | None
    end: Standing | None

    @property
    def growth(self) -> Count | None:
        """End less start; None where one of them is not known or the start has no upper limit."""
        if self.start is None or self.end is None:
            return None
        return self.end.value.less(self.start.value)


def followed(inquiry: Inquiry, infos: Iterable[AccountInfo] | None = None) -> list[Followed]:
    """Each of these accounts (None: all of ours) that is no ledger; a ledger itself only where it has followers. At each
    end the last observation before it, never one after as-of."""
    question = inquiry.view.question
    ends = (min(question.opening, question.as_of), question.closing)
    told = standing(inquiry.connection, FOLLOWERS, ends, inquiry.known, question.as_of)
    return [
        Followed(info, *told.get(info.id, (None, None)))
        for info in (inquiry.ours if infos is None else infos)
        if not info.ledger or info.id in told
    ]


def _trace(*accounts: Followed) -> Trace:
    return Trace(
        accounts=tuple(each.info.id for each in accounts), metrics=(FOLLOWERS,), standing=True
    )


def _figure(value: Standing | None) -> Count | None:
    return None if value is None else value.value


def _growth(account: Followed) -> Cell:
    """None too where nothing was observed in between."""
    growth, start, end = account.growth, account.start, account.end
    if growth is None or start is None or end is None or start.seen_at >= end.seen_at:
        return None
    return growth.low if growth.exact else growth


def _day(value: Standing | None) -> Cell:
    return None if value is None else seen_words(here(value.seen_at))


MEASURES: tuple[Measure[Followed], ...] = (
    fact("账号", lambda each: each.info.name, "account", lambda each: each.info.id),
    fact("平台", lambda each: each.info.platform_name, narrow=False),
    Measure("at_start", "期初粉丝", lambda each: _figure(each.start), _trace),
    Measure("at_end", "期末粉丝", lambda each: _figure(each.end), _trace),
    fact("增长（自期初数起）", _growth),
    fact("期初数的时间", lambda each: _day(each.start)),
    fact("期末数的时间", lambda each: _day(each.end), narrow=False),
)


def section(inquiry: Inquiry) -> Section:
    """Every account of ours that is no ledger; a ledger itself only where it has followers."""
    accounts = followed(inquiry)
    known = [each for each in accounts if each.start or each.end]
    whole = _at_end(inquiry, accounts)
    return Section(
        id="followers",
        title="粉丝情况",
        sentences=tuple(_sentences(inquiry, accounts, known, whole)),
        tables=(measure.table("followers", "粉丝", MEASURES, known),) if known else (),
        charts=_charts(known),
        traced=tuple(
            said
            for each in known
            for said in measure.statements(
                MEASURES, each, f"followers.{each.info.id}", each.info.name or each.info.id
            )
        ),
        data={"followers": [measure.data(MEASURES, each) for each in accounts]},
        matters=(Matter(subject="", statements=(whole,)),) if whole.value is not None else (),
    )


def _at_end(inquiry: Inquiry, accounts: Sequence[Followed]) -> Statement:
    """All followers at the period's end."""
    question = inquiry.view.question
    when = "期末" if question.end <= question.as_of else "目前"
    return Statement(
        id="followers.at_end", name="期末粉丝合计",
        value=added(None if each.end is None else each.end.value for each in accounts).stated(),
        trace=_trace(*(each for each in accounts if each.end)), metric="followers", measure="人", way="sum",
        word=f"{when}粉丝{'合计' if len(accounts) > 1 else ''}", items="",
    )  # fmt: skip


def _sentences(
    inquiry: Inquiry, accounts: Sequence[Followed], known: Sequence[Followed], whole: Statement
) -> Iterator[Sentence]:
    """All of them together; the table says those of each account."""
    if not known:
        said = f"{inquiry.period.title}各账号粉丝数{wording.NO_DATA}：没有读到粉丝台账，所用的文件和网页也没有粉丝数。"
        yield Sentence("followers.total", said)
        return
    if isinstance(whole.value, Count):
        over = inquiry.view.question.end <= inquiry.view.question.as_of
        when = f"{inquiry.period.title}末" if over else f"截至{moment_words(inquiry.as_of)}"
        number = replace(whole, word=f"，{len(accounts)}个账号粉丝合计")
        missing = f"，其中{whole.value.missing}个账号无数据" if whole.value.missing else ""
        beside = f"（各账号相加，同一人关注几个账号的重复计算{missing}）。"
        yield sentence("followers.total", when, number, beside)
    absent = [f"“{each.info.name or each.info.id}”" for each in accounts if each not in known]
    if absent:
        named = wording.several(absent, _NAMED, "个")
        said = f"没有粉丝数的账号：{named}（{wording.NO_DATA}，不是 0）。"
        yield Sentence("followers.missing", said)


def _charts(known: Sequence[Followed]) -> tuple[Chart, ...]:
    drawn = largest(known, DRAWN, _many)
    if sum(each.end is not None for each in drawn) < 2:
        return ()
    start = Series.of("期初", (_figure(each.start) for each in drawn))
    end = Series.of("期末", (_figure(each.end) for each in drawn))
    note = f"只画粉丝最多的{DRAWN}个账号，其余见表。" if len(known) > DRAWN else ""
    names = (each.info.name for each in drawn)
    return bars("followers", "各账号粉丝数", "人", names, start, end, note=note)


def _many(account: Followed) -> int:
    value = account.end or account.start
    return 0 if value is None else value.value.value
