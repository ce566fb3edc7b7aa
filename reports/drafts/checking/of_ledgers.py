"""Figures that ledgers hold: followers, live sessions, placements, own broadcast."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from adapters.records import Count, added, at_least, between
from reports.drafts.checking.source import Fact, PeriodFigures, fact_of, title_of
from reports.drafts.reading.claims import What
from reports.drafts.reading.subjects import SpokenOf
from reports.figures.kept import kept
from reports.figures.placed import LEVELS, placed
from reports.inquiry import Inquiry
from reports.sections.followers import Followed, followed
from reports.sections.live import valued
from reports.vocabulary import HEADINGS
from storage.identity.keys import normal_title
from storage.views.listed import Listed, listed

#: Fewer signs of an outlet's name tell nobody.
_TELLING = 3
_MEDIA = ("报", "台", "网", "端")


def followers(source: PeriodFigures, subject: SpokenOf, what: What) -> Fact:
    found = followed(source.inquiry, [source.infos[each] for each in subject.accounts])
    gain = what.kind == "follower_gain"
    name = "期内新增粉丝" if gain else f"期{'初' if what.name else '末'}粉丝数"
    made = partial(fact_of, subject, name, measure="人")
    values = [_followers(each, what) for each in found]
    known = [each for each in values if each is not None]
    if not known:
        return made(why="没有读到这些账号的粉丝数")
    if gain and any((each.start is None) != (each.end is None) for each in found):
        return made(why="有账号在期初或期末没有粉丝数，增长算不全")
    there, missing = added(known), len(values) - len(known)
    beside = (f"其中{missing}个账号没有粉丝数",) if missing else ()
    if gain or not missing:
        return made(there, notes=beside)
    return made(at_least(there.low), others=(there,), notes=beside)


def _followers(account: Followed, what: What) -> Count | None:
    """An account's followers at the period's start or end, or what they grew by."""
    if what.kind == "follower_gain":
        return account.growth
    standing = account.start if what.name else account.end
    return None if standing is None else standing.value


def live(source: PeriodFigures, subject: SpokenOf, what: What) -> Fact:
    rows, metric = _listed(source, "live", subject), what.metric
    if rows is None:
        why = "没有读到直播台账，各账号的数据里也没有直播"
        return fact_of(subject, "直播场次", measure="场", why=why)
    if what.kind == "live":
        return fact_of(subject, "直播场次", Count(len(rows)), measure="场")
    best, heading = what.name == "best", HEADINGS[metric]
    named = "" if best else what.name
    if named:
        rows = [each for each in rows if title_of(named) in title_of(each.title)]
    called = "单场最高" if best else f"直播“{named}”" if named else "直播"
    made = partial(
        fact_of, subject, f"{called}{heading}", metric=metric, single=best or bool(named)
    )
    if named and len(rows) != 1:
        return made(why=f"没有找到一场叫“{named}”的直播")
    amounts = [each.amounts.get(metric) for each in valued(source.inquiry, rows).values()]
    shown = [each for each in amounts if each is not None]
    if not shown:
        return made(why="直播的资料里没有这个数")
    if best:
        return made(max(shown, key=lambda each: each.value))
    hidden = len(rows) - len(shown)
    beside = (f"其中{hidden}场无数据",) if hidden else ()
    return made(added(amounts).stated(), notes=beside)


def _listed(source: PeriodFigures, kind: str, subject: SpokenOf) -> list[Listed] | None:
    """The posts of the period, by their day; None where nothing tells that there were none. A ledger's belong to all."""
    ours = {each.id for each in source.inquiry.ours}
    found = kept(source.inquiry, kind, ours)
    wanted = set(subject.accounts) if subject.kind in ("account", "platform") else ours
    if not any(
        each.account in wanted for each in found.every
    ):  # 抖音发布33条，直播6场: the ledger's
        wanted = ours
    if not found.rows and not found.whole:
        return None
    return [each for each in found.rows if each.account in wanted or kind == "item"]


def placements(source: PeriodFigures, subject: SpokenOf, what: What) -> Fact:
    found = placed(source.inquiry)
    made = partial(fact_of, subject, f"外宣{what.name}刊发篇数", measure="篇")
    rows, name = found.placements, what.name.removesuffix("头版")
    if not rows and not found.kept.whole:
        return made(why="没有覆盖这个时期的外宣台账")
    if name != what.name:
        if not found.marks_front:
            return made(why="外宣台账没有标注头版")
        rows = tuple(each for each in rows if each.front_page)
    if not name:
        return made(Count(len(rows)))
    wanted = name.split("、")
    if set(wanted) <= set(LEVELS):
        there = sum(each.level in wanted for each in rows)
        unstated = sum(each.level not in LEVELS for each in rows)
        return made(between(there, there + unstated))
    if name in _MEDIA:
        return made(Count(sum(each.medium == name for each in rows)))
    return _of_outlet(source, subject, what, name, [each.outlet for each in rows])


def _of_outlet(
    source: PeriodFigures, subject: SpokenOf, what: What, name: str, there: Sequence[str]
) -> Fact:
    """An outlet by its name, or by a part of the name that only one on record has; or several."""
    known, several = known_outlets(source.inquiry), name.split("、")
    fitting = [each for each in known if len(name) >= _TELLING and name in each]
    outlets = [each for each in known if each == name] or fitting
    listed_all = len(several) > 1 and set(several) <= set(known)
    called = f"外宣{what.name}刊发篇数"
    if len(outlets) == 1 and not listed_all:
        called, several = called.replace(name, outlets[0]), outlets
    made = partial(fact_of, subject, called, measure="篇")
    if listed_all or len(outlets) == 1:
        return made(Count(sum(each in several for each in there)))
    if outlets:
        return made(why=f"外宣台账里叫“{name}”的不止一家：{'、'.join(outlets)}")
    return made(why=f"外宣台账里没有“{name}”")


def known_outlets(inquiry: Inquiry) -> list[str]:
    """The outlets of all placements on record, of any time."""
    accounts = {each.id: each.name for each in inquiry.centre.accounts if each.owner != "peer"}
    rows = listed(inquiry.connection, inquiry.view.question, ("placement",))
    there = [each for each in rows if each.account in accounts]
    return sorted({each.details.get("outlet") or accounts[each.account] for each in there})


def known_programmes(inquiry: Inquiry) -> list[str]:
    """The programmes of all issues on record, of any time."""
    rows = listed(inquiry.connection, inquiry.view.question, ("item",))
    ours = {each.id for each in inquiry.ours}
    return sorted({each.column for each in rows if each.account in ours and each.column})


def programme(source: PeriodFigures, subject: SpokenOf, what: What) -> Fact:
    """Issues of a programme, or of all, or the items in them."""
    rows, wanted = _listed(source, "item", subject), normal_title(what.name)
    issues = what.kind == "issues"
    name = f"《{what.name}》" if what.name else "自办栏目"
    made = partial(fact_of, subject, name, measure="期" if issues else "条")
    if rows is None:
        return made(why="没有覆盖这个时期的播出台账")
    there = [each for each in rows if not what.name or normal_title(each.column) == wanted]
    if not there:
        return made(why=f"播出台账里没有栏目“{what.name}”")
    if issues:
        return made(Count(len(there)))
    told = [each.details.get("items", "") for each in there]
    items = added(Count(int(each)) if each.isdigit() else None for each in told).stated()
    return made(items, why="" if items else "播出台账没有填条数")
