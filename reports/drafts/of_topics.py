"""Figures of a topic."""

from __future__ import annotations

from dataclasses import replace

from adapters.records import between
from reports import wording
from reports.drafts.claims import What
from reports.drafts.source import Fact, Source, made_of, title_of
from reports.drafts.subjects import Subject
from reports.figures.topics import Topic, joined
from reports.vocabulary import HEADINGS, UNITS


def topic(source: Source, subject: Subject, what: What) -> Fact:
    found = next((each for each in source.topics if each.info.name == subject.topic), None)
    made = made_of(subject, f"专题“{subject.topic}”", None)
    if found is None:
        return replace(made, why="没有读到这个专题")
    there = {key: part for key, part in found.accounts.items() if key in subject.accounts}
    part = joined(there.values())
    if what.kind in ("posts", "kind", "missing", "deleted", "accounts", "young", "unobserved"):
        number = {
            "young": found.young,
            "unobserved": found.unobserved,
            "missing": part.views.missing,
            "deleted": part.deleted,
            "accounts": len(there),
        }.get(what.kind, len(part.posts))
        high = None if part.incomplete and what.kind != "accounts" else number
        return replace(made, name=f"{made.name}作品数", measure="条", value=between(number, high))
    if what.kind in ("best", "post", "any_post"):
        return _best(source, found, subject, what, made)
    if what.kind != "sum" or what.metric not in ("views", "readers"):
        return replace(made, why="专题只核对篇数、阅读播放量和最高的作品")
    whole = getattr(part, what.metric).stated(incomplete=part.incomplete)
    name = f"{made.name}{HEADINGS[what.metric]}"
    made = replace(made, name=name, measure=UNITS[what.metric], metric=what.metric)
    if whole is None:
        why = "这些平台的数据不显示阅读播放量" if part.posts else "没有读到符合的作品"
        return replace(made, why=why)
    beside = (f"其中{whole.missing}个作品无数据",) if whole.missing else ()
    return replace(made, value=whole.value, notes=beside)


def _best(source: Source, topic: Topic, subject: Subject, what: What, made: Fact) -> Fact:
    shown = [each for each in topic.best if each.account in subject.accounts]
    if what.metric != "views" or not shown:
        return replace(made, why="专题的单篇只核对阅读播放量最高的几篇")
    best = shown[0]
    amount = best.amounts["views"]
    made = replace(made, name=f"{made.name}单篇最高", measure="人次", metric="views", single=True)
    wanted = title_of(what.name.removesuffix("…"))
    if what.name and not title_of(best.title).startswith(wanted):
        why = f"最高的不是“{what.name}”，而是{wording.title(best.title)}（{wording.cell(amount)}）"
        return replace(made, why=why, wrong=what.kind == "best")
    return replace(made, value=amount)
