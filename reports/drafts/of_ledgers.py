"""Figures that ledgers hold: followers, live sessions, placements, own broadcast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from adapters.records import Count, added, between
from reports.drafts.claims import What
from reports.drafts.source import Fact, Source, made_of, title_of
from reports.drafts.subjects import Subject
from reports.figures.kept import kept
from reports.figures.placed import placed
from reports.inquiry import Inquiry
from reports.vocabulary import HEADINGS, UNITS
from storage.identity.keys import normal_title
from storage.views.listed import listed
from storage.views.series import PostValue, View
from storage.views.standing import Standing, standing

_LEVELS = ("中央", "省", "市", "县")
#: Fewer signs of an outlet's name tell nobody.
_TELLING = 3
_MEDIA = ("报", "台", "网", "端")


@dataclass(frozen=True, slots=True)
class _Row:
    post_id: int
    title: str
    account: str
    column: str
    details: Mapping[str, str] = field(default_factory=dict)


def followers(source: Source, subject: Subject, what: What) -> Fact:
    question = source.inquiry.view.question
    moments = (min(question.opening, question.as_of), question.closing)
    told = standing(source.inquiry.connection, "followers", moments, question.known, question.as_of)
    found = [told.get(account, [None, None]) for account in subject.accounts]
    gain = what.kind == "follower_gain"
    name = "期内新增粉丝" if gain else f"期{'初' if what.name else '末'}粉丝数"
    made = made_of(subject, name, None, measure="人")
    values = [_gained(*each) if gain else _stood(each[0 if what.name else 1]) for each in found]
    known = [each for each in values if each is not None]
    if not known:
        return replace(made, why="没有读到这些账号的粉丝数")
    if gain and any((start is None) != (end is None) for start, end in found):
        return replace(made, why="有账号在期初或期末没有粉丝数，增长算不全")
    every, there = added(values), added(known)
    beside = (f"其中{every.missing}个账号没有粉丝数",) if every.missing else ()
    if gain or not every.missing:
        return replace(made, value=there, notes=beside)
    return replace(made, value=every, others=(there,), notes=beside)


def live(source: Source, subject: Subject, what: What) -> Fact:
    rows = _listed(source, "live", subject)
    made = made_of(subject, "直播场次", None, measure="场")
    if rows is None:
        return replace(made, why="没有读到直播台账，各账号的数据里也没有直播")
    if what.kind == "live":
        return replace(made, value=Count(len(rows)))
    made = replace(
        made, name=f"直播{HEADINGS[what.metric]}", measure=UNITS[what.metric], metric=what.metric
    )
    if what.name and what.name != "best":
        rows = [each for each in rows if title_of(what.name) in each.title]
        made = replace(made, name=f"直播“{what.name}”{HEADINGS[what.metric]}", single=True)
        if len(rows) != 1:
            return replace(made, why=f"没有找到一场叫“{what.name}”的直播")
    posts = _published(source, [each.post_id for each in rows])
    shown = [each.amounts[what.metric] for each in posts.values() if what.metric in each.amounts]
    if not shown:
        return replace(made, why="直播的资料里没有这个数")
    if what.name == "best":
        most = max(shown, key=lambda each: each.value)
        return replace(made, name=f"单场最高{HEADINGS[what.metric]}", value=most, single=True)
    hidden = len(rows) - len(shown)
    beside = (f"其中{hidden}场无数据",) if hidden else ()
    return replace(made, value=replace(added(shown), missing=hidden), notes=beside)


def _published(source: Source, numbers: Sequence[int]) -> Mapping[int, PostValue]:
    """Posts at their newest value, whatever the basis."""
    view = source.inquiry.view
    if numbers and source.inquiry.basis.kind != "published":
        question = replace(view.question, basis="published")
        view = View(source.inquiry.connection, question, "published")
    return view.get(numbers)


def _listed(source: Source, kind: str, subject: Subject) -> list[_Row] | None:
    """The posts of the period, by their day; None where nothing tells that there were none. A ledger's belong to all."""
    question = source.inquiry.view.question
    ours = {each.id for each in source.inquiry.ours}
    rows = [
        each
        for each in listed(source.inquiry.connection, question, (kind,))
        if each.account in ours
    ]
    wanted = set(subject.accounts) if subject.kind in ("account", "platform") else ours
    if not any(each.account in wanted for each in rows):  # 抖音发布33条，直播6场: the ledger's
        wanted = ours
    within = [each for each in rows if question.start <= each.published_at < question.end]
    if not within and not kept(source.inquiry, kind, rows).whole:
        return None
    return [
        _Row(each.post_id, title_of(each.title), each.account, each.column, each.details)
        for each in within
        if each.account in wanted or kind == "item"
    ]


def placements(source: Source, subject: Subject, what: What) -> Fact:
    found = placed(source.inquiry)
    made = made_of(subject, f"外宣{what.name}刊发篇数", None, measure="篇")
    if not found.placements and not found.kept.whole:
        return replace(made, why="没有覆盖这个时期的外宣台账")
    rows = found.placements
    if what.name.endswith("头版"):
        if not found.marks_front:
            return replace(made, why="外宣台账没有标注头版")
        rows = tuple(each for each in rows if each.front_page)
        what = replace(what, name=what.name.removesuffix("头版"))
    if what.name and set(what.name.split("、")) <= set(_LEVELS):
        wanted = what.name.split("、")
        there = sum(each.level in wanted for each in rows)
        unstated = sum(each.level not in _LEVELS for each in rows)
        return replace(made, value=between(there, there + unstated))
    if what.name in _MEDIA:
        return replace(made, value=Count(sum(each.medium == what.name for each in rows)))
    if what.name:
        return _of_outlet(source, what, made, [each.outlet for each in rows])
    return replace(made, value=Count(len(rows)))


def _of_outlet(source: Source, what: What, made: Fact, there: Sequence[str]) -> Fact:
    """An outlet by its name, or by a part of the name that only one on record has."""
    names = known_outlets(source.inquiry)
    outlets = [each for each in names if each == what.name] or [
        each for each in names if len(what.name) >= _TELLING and what.name in each
    ]
    several = what.name.split("、")
    if len(several) > 1 and set(several) <= set(names):
        return replace(made, value=Count(sum(each in several for each in there)))
    if not outlets:
        return replace(made, why=f"外宣台账里没有“{what.name}”")
    if len(outlets) > 1:
        return replace(made, why=f"外宣台账里叫“{what.name}”的不止一家：{'、'.join(outlets)}")
    made = replace(made, name=made.name.replace(what.name, outlets[0]))
    return replace(made, value=Count(there.count(outlets[0])))


def known_outlets(inquiry: Inquiry) -> list[str]:
    """The outlets of all placements on record, of any time."""
    accounts = {each.id: each.name for each in inquiry.centre.accounts if each.owner != "peer"}
    rows = listed(inquiry.connection, inquiry.view.question, ("placement",))
    return sorted(
        {
            each.details.get("outlet") or accounts[each.account]
            for each in rows
            if each.account in accounts
        }
    )


def known_programmes(inquiry: Inquiry) -> list[str]:
    """The programmes of all issues on record, of any time."""
    rows = listed(inquiry.connection, inquiry.view.question, ("item",))
    ours = {each.id for each in inquiry.ours}
    return sorted({each.column for each in rows if each.account in ours and each.column})


def programme(source: Source, subject: Subject, what: What) -> Fact:
    rows = _listed(source, "item", subject)
    made = made_of(
        subject,
        f"《{what.name}》" if what.name else "自办栏目",
        None,
        measure="期" if what.kind == "issues" else "条",
    )
    if rows is None:
        return replace(made, why="没有覆盖这个时期的播出台账")
    there = [
        each
        for each in rows
        if not what.name or normal_title(each.column) == normal_title(what.name)
    ]
    if not there:
        return replace(made, why=f"播出台账里没有栏目“{what.name}”")
    if what.kind == "issues":
        return replace(made, value=Count(len(there)))
    told = [int(each.details["items"]) for each in there if each.details.get("items", "").isdigit()]
    if not told:
        return replace(made, why="播出台账没有填条数")
    return replace(made, value=Count(sum(told), missing=len(there) - len(told)))


def _stood(value: Standing | None) -> Count | None:
    return None if value is None else value.value


def _gained(start: Standing | None, end: Standing | None) -> Count | None:
    return None if start is None or end is None else end.value.less(start.value)
