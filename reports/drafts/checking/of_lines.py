"""Figures of whole accounts and of topics: sums, counts of posts, hits, posts left out."""

from __future__ import annotations

from dataclasses import replace

from adapters.records import Count, at_least, between
from reports import wording
from reports.drafts.checking.source import Fact, Query, beside, title_of
from reports.figures.topics import Topic, joined

_KINDS = {"article": "文章", "video": "视频", "image": "图片", "live": "直播"}
_LEFT_OUT = {
    "unknown": "无法判断的作品数", "missing": "无数据的作品数", "deleted": "已删除的作品数", "young": "未计入的作品数",
    "unobserved": "未计入的作品数",
}  # fmt: skip
_NO_DATA = "其中{}个作品无数据"


def total(q: Query) -> Fact:
    figure, readers = q.line.figures[q.what.metric], q.line.figures["readers"]
    fact = q.fact(q.heading, notes=q.notes())
    if figure is not None:
        return replace(fact, value=figure, notes=(*beside(figure.missing, _NO_DATA), *fact.notes))
    if q.what.metric == "views" and readers is not None and q.inquiry.basis.kind != "gained":
        said = f"只有阅读人数（{wording.cell(readers)}人），次数只知道不少于它，二者不能换算"
        return replace(fact, value=at_least(readers.low), notes=(said, *fact.notes))
    return replace(fact, why=q.why_none())


def accounts(q: Query) -> Fact:
    return q.fact("账号数", value=Count(len(q.accounts)), measure="个")


def posts(q: Query) -> Fact:
    name = q.what.name
    fact = q.fact(f"{_KINDS.get(name, '')}作品数", measure="条", notes=q.notes())
    if q.is_empty:
        return replace(fact, why=q.why_empty())
    kinds = sum(q.line.kinds.get(each, 0) for each in name.split())
    return replace(fact, value=q.counted(q.line.posts if q.what.kind == "posts" else kinds))


def originality(q: Query) -> Fact:
    loaded = q.inquiry.loaded.totals
    found = [loaded[each] for each in q.accounts if each in loaded]
    number = {
        "original": sum(each.originals for each in found),
        "reprint": sum(each.reprints for each in found),
    }
    told = sum(number.values())
    name = "原创作品数" if q.what.kind == "original" else "转载作品数"
    fact = q.fact(name, measure="篇", notes=q.notes())
    if not told:
        return replace(fact, why="数据里没有标明原创还是转载")
    unmarked = 0 if q.what.name else q.line.posts - told
    notes = (*beside(unmarked, "另有{}个作品没有标明"), *fact.notes)
    return replace(fact, value=q.counted(number[q.what.kind], unmarked), notes=notes)


def hits(q: Query) -> Fact:
    metric = q.what.metric
    threshold = q.what.threshold or min(q.inquiry.marks(metric), default=0)
    name = f"{q.heading}{wording.mark(threshold)}的作品数"
    fact = q.fact(name, measure="条", notes=q.notes())
    if threshold not in q.line.hits.get(metric, {}):
        return replace(fact, why="增量口径只统计 config.toml 里设的爆款线")
    if q.is_empty:
        return replace(fact, why=q.why_empty())
    sure, unknown = q.line.hits[metric][threshold], q.line.unknown_hits[metric][threshold]
    notes = (*beside(unknown, "另有{}个作品无法判断"), *fact.notes)
    return replace(fact, value=q.counted(sure, unknown), notes=notes)


def left_out(q: Query) -> Fact:
    line, what = q.line, q.what
    if what.kind == "unknown":
        number = line.unknown_hits.get(what.metric, {}).get(what.threshold, 0)
    elif what.kind == "missing":
        figure = line.figures[what.metric]
        number = line.posts if figure is None else figure.missing
    else:  # deleted, young, unobserved
        number = getattr(line, what.kind)
    return q.fact(_LEFT_OUT[what.kind], value=Count(number), measure="条")


def topic(q: Query) -> Fact:
    what, called = q.what, f"专题“{q.subject.topic}”"
    found = next((each for each in q.source.topics if each.info.name == q.subject.topic), None)
    if found is None:
        return q.fact(called, why="没有读到这个专题")
    there = {key: part for key, part in found.accounts.items() if key in q.accounts}
    part = joined(there.values())
    numbers = {
        "young": found.young, "unobserved": found.unobserved, "missing": part.sums["views"].missing, "deleted": part.deleted,
        "posts": len(part.posts), "kind": len(part.posts), "accounts": len(there),
    }  # fmt: skip
    if what.kind in numbers:
        number = numbers[what.kind]
        high = None if part.incomplete and what.kind != "accounts" else number
        return q.fact(f"{called}作品数", value=between(number, high), measure="条")
    if what.kind in ("best", "post", "any_post"):
        return _best_of_topic(found, q, called)
    if what.kind != "sum" or what.metric not in part.sums:
        return q.fact(called, why="专题只核对篇数、阅读播放量和最高的作品")
    fact = q.fact(f"{called}{q.heading}")
    whole = part.figure(what.metric)
    if whole is None:
        why = "这些平台的数据不显示阅读播放量" if part.posts else "没有读到符合的作品"
        return replace(fact, why=why)
    return replace(fact, value=whole, notes=beside(whole.missing, _NO_DATA))


def _best_of_topic(topic: Topic, q: Query, called: str) -> Fact:
    best = next((each for each in topic.best if each.account in q.accounts), None)
    name = q.what.name
    if q.what.metric != "views" or best is None:
        return q.fact(called, why="专题的单篇只核对阅读播放量最高的几篇")
    amount, fact = best.amounts["views"], q.fact(f"{called}单篇最高", single=True)
    if name and not title_of(best.title).startswith(title_of(name.removesuffix("…"))):
        why = f"最高的不是“{name}”，而是{wording.title(best.title)}（{wording.cell(amount)}）"
        return replace(fact, why=why, wrong=q.what.kind == "best")
    return replace(fact, value=amount)
