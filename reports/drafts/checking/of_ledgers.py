"""Figures that ledgers hold: followers, live sessions, placements, own broadcast."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from adapters.records import Count, added, at_least, between
from reports.drafts.checking.source import Fact, Query, beside, outlets_on_record, title_of
from reports.figures.kept import LEVELS, kept, placed
from reports.sections.broadcast import valued
from reports.sections.followers import Followed, followed
from storage.identity.keys import normal_title
from storage.views.posts import Listed

#: Fewer signs of an outlet's name tell nobody.
_TELLING = 3
_MEDIA = ("报", "台", "网", "端")


def followers(q: Query) -> Fact:
    found = followed(q.inquiry, [q.source.infos[each] for each in q.accounts])
    gain = q.what.kind == "follower_gain"
    name = "期内新增粉丝" if gain else f"期{'初' if q.what.name else '末'}粉丝数"
    values = [_followers(q, each) for each in found]
    known = [each for each in values if each is not None]
    missing = len(values) - len(known)
    fact = q.fact(name, measure="人", notes=beside(missing, "其中{}个账号没有粉丝数"))
    if not known:
        return replace(fact, why="没有读到这些账号的粉丝数", notes=())
    if gain and any((each.start is None) != (each.end is None) for each in found):
        return replace(fact, why="有账号在期初或期末没有粉丝数，增长算不全", notes=())
    there = added(known)
    if gain or not missing:
        return replace(fact, value=there)
    return replace(fact, value=at_least(there.low), others=(there,))


def _followers(q: Query, account: Followed) -> Count | None:
    """An account's followers at the period's start or end, or what they grew by."""
    if q.what.kind == "follower_gain":
        return account.growth
    standing = account.start if q.what.name else account.end
    return None if standing is None else standing.value


def live(q: Query) -> Fact:
    rows, metric, named = _listed(q, "live"), q.what.metric, q.what.name
    if q.what.kind == "live" or rows is None:
        fact = q.fact("直播场次", measure="场")
        if rows is None:
            return replace(fact, why="没有读到直播台账，各账号的数据里也没有直播")
        return replace(fact, value=Count(len(rows)))
    called = "单场最高" if named == "best" else f"直播“{named}”" if named else "直播"
    fact = q.fact(f"{called}{q.heading}", single=bool(named))
    if named not in ("", "best"):
        rows = [each for each in rows if title_of(named) in title_of(each.title)]
        if len(rows) != 1:
            return replace(fact, why=f"没有找到一场叫“{named}”的直播")
    amounts = [each.amounts.get(metric) for each in valued(q.inquiry, rows).values()]
    shown = [each for each in amounts if each is not None]
    if not shown:
        return replace(fact, why="直播的资料里没有这个数")
    if named == "best":
        return replace(fact, value=max(shown, key=lambda each: each.value))
    notes = beside(len(rows) - len(shown), "其中{}场无数据")
    return replace(fact, value=added(amounts).stated(), notes=notes)


def _listed(q: Query, kind: str) -> list[Listed] | None:
    """The posts of the period, by their day; None where nothing tells that there were none. A ledger's belong to all."""
    ours = {each.id for each in q.inquiry.ours}
    found = kept(q.inquiry, kind, ours)
    wanted = set(q.accounts) if q.subject.kind in ("account", "platform") else ours
    if not any(
        each.account in wanted for each in found.every
    ):  # 抖音发布33条，直播6场: the ledger's
        wanted = ours
    if not found.rows and not found.whole:
        return None
    return [each for each in found.rows if each.account in wanted or kind == "item"]


def placements(q: Query) -> Fact:
    found, name = placed(q.inquiry), q.what.name.removesuffix("头版")
    fact = q.fact(f"外宣{q.what.name}刊发篇数", measure="篇")
    rows = found.placements
    if not rows and not found.kept.whole:
        return replace(fact, why="没有覆盖这个时期的外宣台账")
    if name != q.what.name:
        if not found.marks_front:
            return replace(fact, why="外宣台账没有标注头版")
        rows = tuple(each for each in rows if each.front_page)
    if not name:
        return replace(fact, value=Count(len(rows)))
    wanted = name.split("、")
    if set(wanted) <= set(LEVELS):
        there = sum(each.level in wanted for each in rows)
        unstated = sum(each.level not in LEVELS for each in rows)
        return replace(fact, value=between(there, there + unstated))
    if name in _MEDIA:
        return replace(fact, value=Count(sum(each.medium == name for each in rows)))
    return _of_outlet(q, fact, name, [each.outlet for each in rows])


def _of_outlet(q: Query, fact: Fact, name: str, there: Iterable[str]) -> Fact:
    """An outlet by its name, or by a part of the name that only one on record has; or several."""
    known, several = outlets_on_record(q.inquiry), name.split("、")
    fitting = [each for each in known if len(name) >= _TELLING and name in each]
    outlets = [each for each in known if each == name] or fitting
    if len(several) > 1 and set(several) <= set(known):
        outlets = several
    elif len(outlets) == 1:
        called = q.what.name.replace(name, outlets[0])
        fact = q.fact(f"外宣{called}刊发篇数", measure="篇")
    elif outlets:
        return replace(fact, why=f"外宣台账里叫“{name}”的不止一家：{'、'.join(outlets)}")
    else:
        return replace(fact, why=f"外宣台账里没有“{name}”")
    return replace(fact, value=Count(sum(each in outlets for each in there)))


def programme(q: Query) -> Fact:
    """Issues of a programme, or of all, or the items in them."""
    rows, wanted = _listed(q, "item"), normal_title(q.what.name)
    issues = q.what.kind == "issues"
    fact = q.fact(
        f"《{q.what.name}》" if q.what.name else "自办栏目", measure="期" if issues else "条"
    )
    if rows is None:
        return replace(fact, why="没有覆盖这个时期的播出台账")
    there = [each for each in rows if not q.what.name or normal_title(each.column) == wanted]
    if not there:
        return replace(fact, why=f"播出台账里没有栏目“{q.what.name}”")
    if issues:
        return replace(fact, value=Count(len(there)))
    told = [each.details.get("items", "") for each in there]
    items = added(Count(int(each)) if each.isdigit() else None for each in told).stated()
    return replace(fact, value=items, why="" if items else "播出台账没有填条数")
