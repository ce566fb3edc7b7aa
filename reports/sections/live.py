"""Live streams (直播): sessions held in the period, viewers of each, the total. A session is counted by its day and at its
newest value on every basis: what it drew is settled when it ends (docs/decisions.md)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from reports import wording
from reports.figure import Figure, figure, of_amount, plain, summed
from reports.inquiry import Inquiry
from reports.kept import Kept, kept
from reports.periods import day_words, here
from reports.section import Cell, Link, Section, Sentence, Table
from reports.statement import Matter, Statement, Trace, Way
from reports.wording import exactly
from storage.listed import Listed, listed
from storage.series import Amount, PostValue, View


@dataclass(frozen=True, slots=True)
class _Sessions:
    """The sessions of the period, by day. ``kept``: the days of which their sources tell."""

    posts: tuple[PostValue, ...]
    kept: Kept

    def total(self, metric: str) -> Figure | None:
        return figure(summed(each.amounts.get(metric) for each in self.posts))

    @property
    def best(self) -> tuple[PostValue, str] | None:
        """The session with most views; by viewers where none shows views."""
        for metric in ("views", "readers"):
            shown = [each for each in self.posts if metric in each.amounts]
            if shown:
                return max(shown, key=lambda e: (e.amounts[metric].value, -e.post_id)), metric
        return None


def section(inquiry: Inquiry) -> Section:
    """Always there: without any record of live streams it says that nothing is known."""
    found = _sessions(inquiry)
    missing = _missing(found)
    if missing:
        said = f"{inquiry.period.title}直播场次{wording.NO_DATA}：{missing}。"
        return Section(
            id="live",
            title="直播情况",
            sentences=(Sentence("live.total", said),),
            data={"live": {"sessions": None, "views": None, "best": None}},
        )
    views, readers = found.total("views"), found.total("readers")
    return Section(
        id="live",
        title="直播情况",
        sentences=tuple(_sentences(inquiry, found, views, readers)),
        tables=(_table(inquiry, found),) if found.posts else (),
        matters=(_matter(inquiry, found, views, readers),),
        data={
            "live": {
                "sessions": len(found.posts),
                "views": plain(views),
                "best": _best_data(found),
            }
        },
    )


def _sessions(inquiry: Inquiry) -> _Sessions:
    question = inquiry.view.question
    ours = {each.id for each in inquiry.ours}
    rows = [
        each for each in listed(inquiry.connection, question, ("live",)) if each.account in ours
    ]
    within = [each for each in rows if question.start <= each.published_at < question.end]
    there = _valued(inquiry, within)
    return _Sessions(
        posts=tuple(there[each.post_id] for each in within),
        kept=kept(inquiry, "live", rows),
    )


def _valued(inquiry: Inquiry, rows: Sequence[Listed]) -> dict[int, PostValue]:
    """The sessions at their newest value, whatever the summary's basis."""
    view, numbers = inquiry.view, [each.post_id for each in rows]
    if numbers and inquiry.basis.kind != "published":
        question = replace(view.question, basis="published")
        view = View(inquiry.connection, question, "published")
    return view.get(numbers)


def _missing(found: _Sessions) -> str:
    """Why it is not known how many there were; empty where it is."""
    if not found.kept.recorded and not found.kept.days:
        return "没有读到直播台账，各账号的数据里也没有直播（不是 0 场）"
    return "" if found.posts else found.kept.lacking("直播资料")


def _sentences(
    inquiry: Inquiry, found: _Sessions, views: Figure | None, readers: Figure | None
) -> Iterator[Sentence]:
    trace = _trace(found)
    subject = f"{inquiry.centre.name}{inquiry.period.title}"
    if not found.posts:
        yield Sentence("live.total", f"{subject}没有直播的记录（0场）。", trace)
    else:
        said = f"{subject}共直播{_count(len(found.posts))}，{_amounts(inquiry, views, readers)}"
        yield Sentence("live.total", f"{said}。", trace)
    if found.best is not None:
        post, metric = found.best
        trace = Trace(posts=(post.post_id,), metrics=(metric,), basis="published")
        yield Sentence("live.best", _best(inquiry, found, post, metric), trace)
    if remarks := "；".join(_remarks(inquiry, found)):
        yield Sentence("live.coverage", f"{remarks}。")


def _amounts(inquiry: Inquiry, views: Figure | None, readers: Figure | None) -> str:
    """Times and people side by side, never added."""
    said = []
    for amount, word, unit in ((views, "观看", "人次"), (readers, "各场观看人数合计", "人")):
        if amount is not None:
            marks = inquiry.centre.thresholds.get("views", ())
            missing = f"（其中{_count(amount.missing)}无数据）" if amount.missing else ""
            said.append(f"{word}{wording.total(amount.spread, marks, unit)}{missing}")
    return "，".join(said) or f"观看量{wording.NO_DATA}（资料里没有写）"


def _best(inquiry: Inquiry, found: _Sessions, post: PostValue, metric: str) -> str:
    amount = of_amount(post.amounts[metric])
    marks = inquiry.centre.thresholds.get("views", ())
    unit, word = ("人次", "观看") if metric == "views" else ("人", "观看人数")
    hidden = any(metric not in each.amounts for each in found.posts)
    sure = "按已有数据，" if hidden or amount.bound != "exact" else ""
    day = day_words(here(post.published_at).date(), year=False)
    said = wording.single(amount.spread, marks, unit)
    return f"{sure}单场最高为{day}的{wording.title(post.title)}，{word}{said}。"


def _remarks(inquiry: Inquiry, found: _Sessions) -> Iterator[str]:
    ledgers = {each.id for each in inquiry.ours if each.ledger}
    listed_there = sum(each.account in ledgers for each in found.posts)
    beside = len(found.posts) - listed_there
    if listed_there and beside:
        yield (
            f"其中台账所列{_count(listed_there)}、各账号的直播作品{_count(beside)}，同一场两处都有的会计为两场，请核对"
        )
    if gaps := found.kept.edges("直播资料"):
        yield gaps
    edges = {
        edge.date()
        for edge in (inquiry.period.start, inquiry.period.end)
        if edge.hour or edge.minute
    }
    vague = sum(each.date_only and here(each.published_at).date() in edges for each in found.posts)
    if vague:
        yield f"起止日有{_count(vague)}只有日期、没有时刻，按当天0时计入"
    if inquiry.basis.kind != "published" and found.posts:
        yield "直播按举办日期计入、取截至数据时点的数，与所用口径无关"


def _table(inquiry: Inquiry, found: _Sessions) -> Table:
    names = {each.id: each.name for each in inquiry.ours}
    return Table(
        id="live",
        title="直播",
        headings=("日期", "标题", "账号", "观看人次", "观看人数"),
        rows=tuple(
            (
                day_words(here(each.published_at).date()),
                Link(each.title, each.url),
                names[each.account],
                *(_cell(each.amounts.get(metric)) for metric in ("views", "readers")),
            )
            for each in found.posts
        ),
    )


def _matter(
    inquiry: Inquiry, found: _Sessions, views: Figure | None, readers: Figure | None
) -> Matter:
    """Sessions, what they drew together, and the best of them: times, and people where nobody counts times."""
    marks = tuple(inquiry.centre.thresholds.get("views", ()))
    posts = tuple(each.post_id for each in found.posts)

    def drew(
        metric: str,
        name: str,
        word: str,
        value: Figure | None,
        posts: tuple[int, ...],
        way: Way = "sum",
    ) -> Statement:
        return Statement(
            id=f"live.{metric}", name=name, value=value, metric=metric, word=word, marks=marks,
            measure="人次" if metric.endswith("views") else "人", way=way if word else "",
            trace=Trace(posts=posts, metrics=(metric.removeprefix("best."),), basis="published"),
        )  # fmt: skip

    statements = [
        Statement(
            id="live.sessions", name="直播场次", value=len(posts), trace=Trace(posts=posts), way="count", word="开展网络直播",
            measure="场"
        ),
        drew("views", "直播观看人次", "累计观看", views, posts),
        drew("readers", "直播观看人数", "" if views is not None else "累计观看", readers, posts),
    ]  # fmt: skip
    if found.best is not None:
        post, metric = found.best
        word = "单场最高" if len(posts) > 1 else ""
        value = of_amount(post.amounts[metric])
        statements.append(
            drew(f"best.{metric}", "直播单场最高", word, value, (post.post_id,), "single")
        )
    return Matter(subject="", statements=tuple(statements))


def _trace(found: _Sessions) -> Trace:
    posts = tuple(each.post_id for each in found.posts)
    return Trace(posts=posts, metrics=("views", "readers"), basis="published")


def _best_data(found: _Sessions) -> dict[str, Any] | None:
    if found.best is None:
        return None
    post, metric = found.best
    figures = {"views": None, "readers": None} | {metric: plain(of_amount(post.amounts[metric]))}
    return {"title": post.title, "url": post.url, "account": post.account, **figures}


def _cell(amount: Amount | None) -> Cell:
    return None if amount is None else of_amount(amount)


def _count(number: int) -> str:
    return wording.count(exactly(number), "场")
