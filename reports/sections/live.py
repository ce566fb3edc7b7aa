"""Live streams (直播): sessions held in the period, viewers of each, the total. A session is counted by its day and at its
newest value on every basis: what it drew is settled when it ends (docs/decisions.md)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from adapters.records import Count, added, data_of
from reports import wording
from reports.figures.kept import Kept, kept, remarks
from reports.inquiry import Inquiry
from reports.periods import day_words, here
from reports.section import Link, Section, Sentence, Table
from reports.statement import Matter, Statement, Trace, Way
from storage.views.listed import Listed, listed
from storage.views.series import PostValue, View


@dataclass(frozen=True, slots=True)
class _Sessions:
    """The sessions of the period, by day. ``kept``: the days of which their sources tell."""

    posts: tuple[PostValue, ...]
    kept: Kept

    def total(self, metric: str) -> Count | None:
        return added(each.amounts.get(metric) for each in self.posts).stated()

    @property
    def best(self) -> tuple[PostValue, str] | None:
        """The session with most views; by viewers where none shows views."""
        for metric in ("views", "readers"):
            there = [each for each in self.posts if metric in each.amounts]
            if there:
                return max(there, key=lambda e: (e.amounts[metric].value, -e.post_id)), metric
        return None


def section(inquiry: Inquiry) -> Section:
    """Always there: without any record of live streams it says that nothing is known."""
    found = _sessions(inquiry)
    never = "没有读到直播台账，各账号的数据里也没有直播（不是 0 场）"
    missing = "" if found.posts else found.kept.unknown("直播资料", never)
    return Section(
        id="live",
        title="直播情况",
        sentences=tuple(_sentences(inquiry, found, missing)),
        tables=(_table(inquiry, found),) if found.posts else (),
        matters=() if missing else (_matter(inquiry, found),),
        data={
            "live": {
                "sessions": None if missing else len(found.posts),
                "views": data_of(found.total("views")),
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


def _sentences(inquiry: Inquiry, found: _Sessions, missing: str) -> Iterator[Sentence]:
    """Times and people side by side, never added."""
    title, posts = inquiry.period.title, tuple(each.post_id for each in found.posts)
    if missing:
        yield Sentence("live.total", f"{title}直播场次{wording.NO_DATA}：{missing}。")
        return
    said = f"共直播{len(posts)}场，{_drew(inquiry, found)}" if posts else "没有直播的记录（0场）"
    trace = Trace(posts=posts, metrics=("views", "readers"), basis="published")
    yield Sentence("live.total", f"{inquiry.centre.name}{title}{said}。", trace)
    if found.best is not None:
        post, metric = found.best
        trace = Trace(posts=(post.post_id,), metrics=(metric,), basis="published")
        yield Sentence("live.best", _best(inquiry, found, post, metric), trace)
    beside = remarks(
        inquiry, found.kept, "直播资料", (here(e.published_at).date() for e in found.posts if e.date_only), "场",
        "直播按举办日期计入、取截至数据时点的数，与所用口径无关",
    )  # fmt: skip
    if beside := "；".join(each for each in (_twice(inquiry, found), beside) if each):
        yield Sentence("live.coverage", f"{beside}。")


def _drew(inquiry: Inquiry, found: _Sessions) -> str:
    said = []
    marks = inquiry.centre.thresholds.get("views", ())
    for metric, word, unit in (("views", "观看", "人次"), ("readers", "各场观看人数合计", "人")):
        if (amount := found.total(metric)) is not None:
            missing = f"（其中{amount.missing}场无数据）" if amount.missing else ""
            said.append(f"{word}{wording.total(amount, marks, unit)}{missing}")
    return "，".join(said) or f"观看量{wording.NO_DATA}（资料里没有写）"


def _twice(inquiry: Inquiry, found: _Sessions) -> str:
    """A session may stand in a ledger and be an account's post as well."""
    ledgers = {each.id for each in inquiry.ours if each.ledger}
    there = sum(each.account in ledgers for each in found.posts)
    if not there or there == len(found.posts):
        return ""
    beside = len(found.posts) - there
    return f"其中台账所列{there}场、各账号的直播作品{beside}场，同一场两处都有的会计为两场，请核对"


def _best(inquiry: Inquiry, found: _Sessions, post: PostValue, metric: str) -> str:
    amount = post.amounts[metric]
    marks = inquiry.centre.thresholds.get("views", ())
    unit, word = ("人次", "观看") if metric == "views" else ("人", "观看人数")
    hidden = any(metric not in each.amounts for each in found.posts)
    sure = "按已有数据，" if hidden or amount.bound != "exact" else ""
    day = day_words(here(post.published_at).date(), year=False)
    said = wording.single(amount, marks, unit)
    return f"{sure}单场最高为{day}的{wording.title(post.title)}，{word}{said}。"


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
                *(each.amounts.get(metric) for metric in ("views", "readers")),
            )
            for each in found.posts
        ),
    )


def _matter(inquiry: Inquiry, found: _Sessions) -> Matter:
    """Sessions, what they drew together, and the best of them: times, and people where nobody counts times."""
    marks = tuple(inquiry.centre.thresholds.get("views", ()))
    posts, views = tuple(each.post_id for each in found.posts), found.total("views")

    def drew(
        metric: str, name: str, word: str, value: Count | None, posts: tuple[int, ...], way: Way
    ) -> Statement:
        return Statement(
            id=f"live.{metric}", name=name, value=value, metric=metric, word=word, marks=marks,
            measure="人次" if metric.endswith("views") else "人", way=way if word else "",
            trace=Trace(posts=posts, metrics=(metric.removeprefix("best."),), basis="published"),
        )  # fmt: skip

    people = "" if views else "累计观看"
    statements = [
        Statement(
            id="live.sessions", name="直播场次", value=len(posts), trace=Trace(posts=posts), way="count", word="开展网络直播",
            measure="场"
        ),
        drew("views", "直播观看人次", "累计观看", views, posts, "sum"),
        drew("readers", "直播观看人数", people, found.total("readers"), posts, "sum"),
    ]  # fmt: skip
    if found.best is not None:
        post, metric = found.best
        word = "单场最高" if len(posts) > 1 else ""
        value = post.amounts[metric]
        statements.append(
            drew(f"best.{metric}", "直播单场最高", word, value, (post.post_id,), "single")
        )
    return Matter(subject="", statements=tuple(statements))


def _best_data(found: _Sessions) -> dict[str, Any] | None:
    if found.best is None:
        return None
    post, metric = found.best
    figures = {"views": None, "readers": None} | {metric: data_of(post.amounts[metric])}
    return {"title": post.title, "url": post.url, "account": post.account, **figures}
