"""Figures of single posts: the best one, one by its title, any; the posts of a column."""

from __future__ import annotations

from dataclasses import replace

from adapters.records import Count, between
from reports import wording
from reports.drafts.checking.source import Fact, Query, title_of
from storage.identity.keys import normal_title
from storage.views.view import PostValue

#: How many of the highest posts 某篇 may mean.
_ANY = 50
#: Fewer signs tell no title from another.
_TELLING = 6


def best(q: Query) -> Fact:
    fact = q.fact(f"单篇最高{q.heading}", single=True, notes=q.notes())
    post = next(iter(_highest(q, 1)), None)
    if post is None:
        return replace(fact, why=q.why_none())
    amount, title = post.amounts[q.what.metric], wording.title(post.title)
    named = [each for each in _amounts(q) if each.value >= amount.value or each.high is None]
    if q.what.name and not named:  # no post of that title has the greatest figure, or may have it
        why = f"最高的不是“{q.what.name}”，而是{title}（{wording.cell(amount)}）"
        return replace(fact, why=why, wrong=True)
    return replace(fact, value=amount, notes=(f"最高的是{title}", *fact.notes), title=post.title)


def ranked(q: Query) -> Fact:
    """The n-th post by a metric, and whether it has the title that is named."""
    posts, rank, named = _highest(q, q.what.threshold), f"第{q.what.threshold}名", q.what.name
    fact = q.fact(f"{q.heading}{rank}", single=True)
    if len(posts) < q.what.threshold:
        return replace(fact, why=f"有{q.heading}的作品没有这么多")
    found, title = posts[-1], wording.title(posts[-1].title)
    if named and title_of(named.removesuffix("…")) not in title_of(found.title):
        return replace(fact, why=f"{rank}不是“{named}”，而是{title}", wrong=True)
    value = found.amounts[q.what.metric]
    return replace(fact, value=value, notes=(f"是{title}",), title=found.title)


def post(q: Query) -> Fact:
    """A post by its title; where several are called so, each of them may be meant."""
    name, shown = q.what.name, _amounts(q)
    fact = q.fact(f"“{name}”的{q.heading}", single=True)
    if not _named(q):
        title = q.inquiry.period.title
        return replace(fact, why=f"{title}没有找到标题是“{name}”的作品或叫这个名字的专题")
    if not shown:
        return replace(fact, why=f"这个作品的数据里没有{q.heading}")
    if len(shown) == 1:
        return replace(fact, value=shown[0])
    highs = [each.high for each in shown if each.high is not None]
    high = max(highs) if len(highs) == len(shown) else None
    value = between(min(each.low for each in shown), high)
    notes = (f"有{len(shown)}个作品叫这个标题",)
    return replace(fact, value=value, others=tuple(shown), notes=notes)


def any_post(q: Query) -> Fact:
    """Some post, or some post that is not the best one: the greatest figures of single posts are all meant."""
    shown = _highest(q, _ANY)
    values = tuple(each.amounts[q.what.metric] for each in shown)
    if q.what.name != "another":
        return replace(best(q), others=values)
    fact = q.fact(f"最高的之外的一篇的{q.heading}", single=True)
    if len(shown) < 2:
        return replace(fact, why="没有另一个有数据的作品")
    notes = (f"其次的是{wording.title(shown[1].title)}",)
    return replace(fact, value=values[1], others=values[1:], notes=notes)


def column(q: Query) -> Fact:
    name, wanted = q.what.name, normal_title(q.what.name)
    number = sum(
        each.account in q.accounts and normal_title(each.column) == wanted
        for each in q.inquiry.view.posts()
    )
    fact = q.fact(f"“{name}”栏目作品数", measure="篇")
    if not number:
        return replace(fact, why=f"没有叫“{name}”的专题、栏目或作品")
    return replace(fact, value=Count(number))


def _highest(q: Query, number: int) -> list[PostValue]:
    """The posts with the highest figures, the highest first."""
    posts = q.inquiry.view.posts(q.accounts, top=number, by=q.what.metric)
    return [each for each in posts if q.what.metric in each.amounts]


def _amounts(q: Query) -> list[Count]:
    """What the posts of the title show of the metric."""
    return [each.amounts[q.what.metric] for each in _named(q) if q.what.metric in each.amounts]


def _named(q: Query) -> list[PostValue]:
    """The posts of the title; where there is none, those whose title begins with it or holds it."""
    if not q.what.name:
        return []
    wanted, cut = title_of(q.what.name.removesuffix("…")), q.what.name.endswith("…")
    titles = q.source.titles
    numbers = [] if cut else titles.get(wanted, [])
    if not numbers and (len(wanted) >= _TELLING or cut):
        begun = [number for name in titles if name.startswith(wanted) for number in titles[name]]
        numbers = begun or [number for name in titles if wanted in name for number in titles[name]]
    found = q.inquiry.view.get(numbers).values()
    return [each for each in found if each.account in q.accounts]
