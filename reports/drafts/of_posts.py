"""Figures of single posts: the best one, one by its title, any; the posts of a column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from adapters.records import Count, between
from reports import wording
from reports.drafts.claims import What
from reports.drafts.source import Fact, Source, made_of, notes_of, title_of, why_none
from reports.drafts.subjects import Subject
from reports.vocabulary import HEADINGS, UNITS
from storage.identity.keys import normal_title
from storage.views.series import PostValue

#: How many of the highest posts 某篇 may mean.
_ANY = 50
#: Fewer signs tell no title from another.
_TELLING = 6


def best(source: Source, subject: Subject, what: What) -> Fact:
    line = source.line(subject.accounts)
    name = f"单篇最高{HEADINGS[what.metric]}"
    made = made_of(
        subject,
        name,
        None,
        measure=UNITS[what.metric],
        metric=what.metric,
        single=True,
        notes=notes_of(source, line),
    )
    post = _top(source, subject.accounts, what.metric)
    if post is None:
        return replace(made, why=why_none(source, line, what.metric))
    amount = post.amounts[what.metric]
    title = wording.title(post.title)
    beside = f"最高的是{title}"
    if what.name and not _is_best(source, subject, what, amount):
        return replace(
            made,
            value=None,
            why=f"最高的不是“{what.name}”，而是{title}（{wording.cell(amount)}）",
            wrong=True,
        )
    return replace(made, value=amount, notes=(beside, *made.notes), title=post.title)


def ranked(source: Source, subject: Subject, what: What) -> Fact:
    """The n-th post by a metric, and whether it has the title that is named."""
    posts = [
        each
        for each in source.inquiry.view.posts(subject.accounts, top=what.threshold, by=what.metric)
        if what.metric in each.amounts
    ]
    name = f"{HEADINGS[what.metric]}第{what.threshold}名"
    made = made_of(subject, name, None, measure=UNITS[what.metric], metric=what.metric, single=True)
    if len(posts) < what.threshold:
        return replace(made, why=f"有{HEADINGS[what.metric]}的作品没有这么多")
    found = posts[-1]
    title = wording.title(found.title)
    if what.name and title_of(what.name.removesuffix("…")) not in title_of(found.title):
        return replace(made, why=f"第{what.threshold}名不是“{what.name}”，而是{title}", wrong=True)
    spread = found.amounts[what.metric]
    return replace(made, value=spread, notes=(f"是{title}",), title=found.title)


def _is_best(source: Source, subject: Subject, what: What, amount: Count) -> bool:
    """Whether a post of that title has the greatest figure, or may have it."""
    named = _named(source, subject.accounts, what.name)
    shown = [each.amounts[what.metric] for each in named if what.metric in each.amounts]
    return any(each.value >= amount.value or each.high is None for each in shown)


def _top(source: Source, accounts: Sequence[str], metric: str) -> PostValue | None:
    found = next(source.inquiry.view.posts(accounts, top=1, by=metric), None)
    return found if found is not None and metric in found.amounts else None


def post(source: Source, subject: Subject, what: What) -> Fact:
    named = _named(source, subject.accounts, what.name)
    made = made_of(
        subject,
        f"“{what.name}”的{HEADINGS[what.metric]}",
        None,
        measure=UNITS[what.metric],
        metric=what.metric,
        single=True,
    )
    if not named:
        return replace(
            made,
            why=f"{source.inquiry.period.title}没有找到标题是“{what.name}”的作品或叫这个名字的专题",
        )
    shown = [each for each in named if what.metric in each.amounts]
    if not shown:
        return replace(made, why=f"这个作品的数据里没有{HEADINGS[what.metric]}")
    if len(shown) == 1:
        return replace(made, value=shown[0].amounts[what.metric])
    low = min(each.amounts[what.metric].low for each in shown)
    highs = [each.amounts[what.metric].high for each in shown]
    whole = [each for each in highs if each is not None]
    spread = between(low, max(whole) if len(whole) == len(highs) else None)
    each = tuple(post.amounts[what.metric] for post in shown)
    return replace(made, value=spread, others=each, notes=(f"有{len(shown)}个作品叫这个标题",))


def any_post(source: Source, subject: Subject, what: What) -> Fact:
    """Some post: the greatest figures of single posts are all meant."""
    posts = source.inquiry.view.posts(subject.accounts, top=_ANY, by=what.metric)
    shown = [each for each in posts if what.metric in each.amounts]
    values = [each.amounts[what.metric] for each in shown]
    if what.name == "another":
        return _another(source, subject, what, shown[1:])
    return replace(best(source, subject, replace(what, kind="best", name="")), others=tuple(values))


def _another(source: Source, subject: Subject, what: What, rest: Sequence[PostValue]) -> Fact:
    """Some post that is not the best one."""
    name = f"最高的之外的一篇的{HEADINGS[what.metric]}"
    made = made_of(subject, name, None, measure=UNITS[what.metric], metric=what.metric, single=True)
    if not rest:
        return replace(made, why="没有另一个有数据的作品")
    values = tuple(each.amounts[what.metric] for each in rest)
    beside = f"其次的是{wording.title(rest[0].title)}"
    return replace(made, value=values[0], others=values, notes=(beside,))


def _named(source: Source, accounts: Iterable[str], title: str) -> list[PostValue]:
    """The posts of that title; where there is none, those whose title begins with it or holds it."""
    wanted = title_of(title.removesuffix("…"))
    numbers = [] if title.endswith("…") else source.titles.get(wanted, [])
    if not numbers and (len(wanted) >= _TELLING or title.endswith("…")):
        starts = [
            n for name, there in source.titles.items() if name.startswith(wanted) for n in there
        ]
        numbers = starts or [
            n for name, there in source.titles.items() if wanted in name for n in there
        ]
    mine = set(accounts)
    return [each for each in source.inquiry.view.get(numbers).values() if each.account in mine]


def column(source: Source, subject: Subject, what: What) -> Fact:
    mine = set(subject.accounts)
    posts = [
        e
        for e in source.inquiry.view.posts()
        if e.account in mine and normal_title(e.column) == normal_title(what.name)
    ]
    made = made_of(subject, f"“{what.name}”栏目作品数", None, measure="篇")
    if not posts:
        return replace(made, why=f"没有叫“{what.name}”的专题、栏目或作品")
    return replace(made, value=Count(len(posts)))
