"""Figures of single posts: the best one, one by its title, any; the posts of a column."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from adapters.records import Count, between
from reports import wording
from reports.drafts.checking.source import Fact, PeriodFigures, fact_of, title_of
from reports.drafts.reading.claims import What
from reports.drafts.reading.subjects import SpokenOf
from reports.vocabulary import HEADINGS
from storage.identity.keys import normal_title
from storage.views.view import PostValue

#: How many of the highest posts 某篇 may mean.
_ANY = 50
#: Fewer signs tell no title from another.
_TELLING = 6


def best(source: PeriodFigures, subject: SpokenOf, what: What) -> Fact:
    notes = source.notes(subject)
    made = partial(
        fact_of, subject, f"单篇最高{HEADINGS[what.metric]}", metric=what.metric, single=True
    )
    post = next(iter(_highest(source, subject, what.metric, 1)), None)
    if post is None:
        return made(why=source.why_none(subject, what.metric), notes=notes)
    amount, title = post.amounts[what.metric], wording.title(post.title)
    if what.name and not _is_best(source, subject, what, amount):
        why = f"最高的不是“{what.name}”，而是{title}（{wording.cell(amount)}）"
        return made(why=why, wrong=True, notes=notes)
    return made(amount, notes=(f"最高的是{title}", *notes), title=post.title)


def _highest(source: PeriodFigures, subject: SpokenOf, metric: str, number: int) -> list[PostValue]:
    """The posts with the highest figures, the highest first."""
    posts = source.inquiry.view.posts(subject.accounts, top=number, by=metric)
    return [each for each in posts if metric in each.amounts]


def _is_best(source: PeriodFigures, subject: SpokenOf, what: What, amount: Count) -> bool:
    """Whether a post of that title has the greatest figure, or may have it."""
    shown = _amounts(source, subject, what)
    return any(each.value >= amount.value or each.high is None for each in shown)


def ranked(source: PeriodFigures, subject: SpokenOf, what: What) -> Fact:
    """The n-th post by a metric, and whether it has the title that is named."""
    posts = _highest(source, subject, what.metric, what.threshold)
    heading, rank = HEADINGS[what.metric], f"第{what.threshold}名"
    made = partial(fact_of, subject, f"{heading}{rank}", metric=what.metric, single=True)
    if len(posts) < what.threshold:
        return made(why=f"有{heading}的作品没有这么多")
    found, title = posts[-1], wording.title(posts[-1].title)
    if what.name and title_of(what.name.removesuffix("…")) not in title_of(found.title):
        return made(why=f"{rank}不是“{what.name}”，而是{title}", wrong=True)
    return made(found.amounts[what.metric], notes=(f"是{title}",), title=found.title)


def post(source: PeriodFigures, subject: SpokenOf, what: What) -> Fact:
    """A post by its title; where several are called so, each of them may be meant."""
    heading = HEADINGS[what.metric]
    made = partial(fact_of, subject, f"“{what.name}”的{heading}", metric=what.metric, single=True)
    if not _named(source, subject, what.name):
        title = source.inquiry.period.title
        return made(why=f"{title}没有找到标题是“{what.name}”的作品或叫这个名字的专题")
    shown = _amounts(source, subject, what)
    if not shown:
        return made(why=f"这个作品的数据里没有{heading}")
    if len(shown) == 1:
        return made(shown[0])
    highs = [each.high for each in shown if each.high is not None]
    low, high = (
        min(each.low for each in shown),
        max(highs) if len(highs) == len(shown) else None,
    )
    notes = (f"有{len(shown)}个作品叫这个标题",)
    return made(between(low, high), others=tuple(shown), notes=notes)


def any_post(source: PeriodFigures, subject: SpokenOf, what: What) -> Fact:
    """Some post, or some post that is not the best one: the greatest figures of single posts are all meant."""
    shown = _highest(source, subject, what.metric, _ANY)
    values = tuple(each.amounts[what.metric] for each in shown)
    if what.name != "another":
        found = best(source, subject, What(kind="best", metric=what.metric))
        return replace(found, others=values)
    name = f"最高的之外的一篇的{HEADINGS[what.metric]}"
    made = partial(fact_of, subject, name, metric=what.metric, single=True)
    if len(shown) < 2:
        return made(why="没有另一个有数据的作品")
    beside = f"其次的是{wording.title(shown[1].title)}"
    return made(values[1], others=values[1:], notes=(beside,))


def _amounts(source: PeriodFigures, subject: SpokenOf, what: What) -> list[Count]:
    """What the posts of a title show of a metric."""
    named = _named(source, subject, what.name)
    return [each.amounts[what.metric] for each in named if what.metric in each.amounts]


def _named(source: PeriodFigures, subject: SpokenOf, title: str) -> list[PostValue]:
    """The posts of that title; where there is none, those whose title begins with it or holds it."""
    wanted, cut = title_of(title.removesuffix("…")), title.endswith("…")
    titles = source.titles
    numbers = [] if cut else titles.get(wanted, [])
    if not numbers and (len(wanted) >= _TELLING or cut):
        begun = [number for name in titles if name.startswith(wanted) for number in titles[name]]
        numbers = begun or [number for name in titles if wanted in name for number in titles[name]]
    found = source.inquiry.view.get(numbers).values()
    return [each for each in found if each.account in subject.accounts]


def column(source: PeriodFigures, subject: SpokenOf, what: What) -> Fact:
    wanted = normal_title(what.name)
    number = sum(
        each.account in subject.accounts and normal_title(each.column) == wanted
        for each in source.inquiry.view.posts()
    )
    why = "" if number else f"没有叫“{what.name}”的专题、栏目或作品"
    value = Count(number) if number else None
    return fact_of(subject, f"“{what.name}”栏目作品数", value, measure="篇", why=why)
