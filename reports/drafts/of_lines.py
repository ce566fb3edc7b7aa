"""Figures of whole accounts: sums, counts of posts, hits, posts left out."""

from __future__ import annotations

from dataclasses import replace

from adapters.records import Count, at_least, between
from reports import wording
from reports.drafts.claims import What
from reports.drafts.source import Fact, Source, made_of, notes_of, why_empty, why_none
from reports.drafts.subjects import Subject
from reports.vocabulary import HEADINGS, UNITS

_KINDS = {"article": "文章", "video": "视频", "image": "图片", "live": "直播"}


def total(source: Source, subject: Subject, what: What) -> Fact:
    line = source.line(subject.accounts)
    figure = line.figures[what.metric]
    made = made_of(
        subject, HEADINGS[what.metric], None, metric=what.metric, notes=notes_of(source, line)
    )
    if figure is not None:
        beside = (f"其中{figure.missing}个作品无数据",) if figure.missing else ()
        return replace(made, value=figure, measure=UNITS[what.metric], notes=(*beside, *made.notes))
    readers = line.figures["readers"] if what.metric == "views" else None
    if readers is not None and source.inquiry.basis.kind != "gained":
        said = f"只有阅读人数（{wording.cell(readers)}人），次数只知道不少于它，二者不能换算"
        low = at_least(readers.low)
        return replace(made, value=low, measure="人次", notes=(said, *made.notes))
    return replace(made, why=why_none(source, line, what.metric))


def posts(source: Source, subject: Subject, what: What) -> Fact:
    line = source.line(subject.accounts)
    name = {"posts": "作品数", "kind": f"{_KINDS.get(what.name, '')}作品数"}[what.kind]
    made = made_of(subject, name, None, measure="条", notes=notes_of(source, line))
    if not line.posts and line.coverage.first is None:
        return replace(made, why=why_empty(source, line))
    counts = [line.kinds.get(each, 0) for each in what.name.split()]
    number = line.posts if what.kind == "posts" else sum(counts)
    return replace(made, value=(at_least(number) if line.incomplete else Count(number)))


def originality(source: Source, subject: Subject, what: What) -> Fact:
    line = source.line(subject.accounts)
    totals = [
        source.inquiry.loaded.totals[each]
        for each in subject.accounts
        if each in source.inquiry.loaded.totals
    ]
    original, reprint = (
        sum(each.originals for each in totals),
        sum(each.reprints for each in totals),
    )
    number = original if what.kind == "original" else reprint
    unmarked = 0 if what.name else line.posts - original - reprint
    name = "原创作品数" if what.kind == "original" else "转载作品数"
    made = made_of(subject, name, None, measure="篇", notes=notes_of(source, line))
    if not original + reprint:
        return replace(made, why="数据里没有标明原创还是转载")
    high = None if line.incomplete else number + unmarked
    beside = (f"另有{unmarked}个作品没有标明",) if unmarked else ()
    return replace(made, value=between(number, high), notes=(*beside, *made.notes))


def hits(source: Source, subject: Subject, what: What) -> Fact:
    line = source.line(subject.accounts)
    marks = source.inquiry.centre.thresholds.get(what.metric, ())
    threshold = what.threshold or min(marks, default=0)
    name = f"{HEADINGS[what.metric]}{wording.mark(threshold)}的作品数"
    made = made_of(
        subject, name, None, measure="条", metric=what.metric, notes=notes_of(source, line)
    )
    if threshold not in line.hits.get(what.metric, {}):
        return replace(made, why="增量口径只统计 config.toml 里设的爆款线")
    sure, unknown = line.hits[what.metric][threshold], line.unknown_hits[what.metric][threshold]
    if not line.posts and line.coverage.first is None:
        return replace(made, why=why_empty(source, line))
    beside = (f"另有{unknown}个作品无法判断",) if unknown else ()
    high = None if line.incomplete else sure + unknown
    return replace(made, value=between(sure, high), notes=(*beside, *made.notes))


def left_out(source: Source, subject: Subject, what: What) -> Fact:
    line = source.line(subject.accounts)
    if what.kind == "unknown":
        number = line.unknown_hits.get(what.metric, {}).get(what.threshold, 0)
    elif what.kind == "missing":
        figure = line.figures[what.metric]
        number = line.posts if figure is None else figure.missing
    else:
        number = getattr(line, what.kind)
    name = {"unknown": "无法判断的作品数", "missing": "无数据的作品数", "deleted": "已删除的作品数"}
    return made_of(subject, name.get(what.kind, "未计入的作品数"), Count(number), measure="条")
