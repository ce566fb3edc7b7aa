"""Figures of whole accounts and of topics: sums, counts of posts, hits, posts left out."""

from __future__ import annotations

from functools import partial

from adapters.records import Count, at_least, between
from reports import wording
from reports.drafts.checking.source import Fact, PeriodFigures, fact_of, title_of
from reports.drafts.reading.claims import What
from reports.drafts.reading.subjects import SpokenOf
from reports.figures.topics import Topic, joined
from reports.figures.totals import Line
from reports.vocabulary import HEADINGS

_KINDS = {"article": "文章", "video": "视频", "image": "图片", "live": "直播"}
_LEFT_OUT = {
    "unknown": "无法判断的作品数", "missing": "无数据的作品数", "deleted": "已删除的作品数", "young": "未计入的作品数",
    "unobserved": "未计入的作品数",
}  # fmt: skip


def total(source: PeriodFigures, subject: SpokenOf, what: What) -> Fact:
    line, notes = source.line(subject.accounts), source.notes(subject)
    figure, readers = line.figures[what.metric], line.figures["readers"]
    made = partial(fact_of, subject, HEADINGS[what.metric], metric=what.metric)
    if figure is not None:
        beside = (f"其中{figure.missing}个作品无数据",) if figure.missing else ()
        return made(figure, notes=(*beside, *notes))
    if what.metric == "views" and readers is not None and source.inquiry.basis.kind != "gained":
        said = f"只有阅读人数（{wording.cell(readers)}人），次数只知道不少于它，二者不能换算"
        return made(at_least(readers.low), notes=(said, *notes))
    return made(why=source.why_none(subject, what.metric), notes=notes)


def accounts(source: PeriodFigures, subject: SpokenOf, what: What) -> Fact:
    return fact_of(subject, "账号数", Count(len(subject.accounts)), measure="个")


def posts(source: PeriodFigures, subject: SpokenOf, what: What) -> Fact:
    line, notes = source.line(subject.accounts), source.notes(subject)
    made = partial(
        fact_of, subject, f"{_KINDS.get(what.name, '')}作品数", measure="条", notes=notes
    )
    if _is_empty(line):
        return made(why=source.why_empty(subject))
    kinds = sum(line.kinds.get(each, 0) for each in what.name.split())
    return made(_counted(line, line.posts if what.kind == "posts" else kinds))


def _is_empty(line: Line) -> bool:
    return not line.posts and line.coverage.first is None


def _counted(line: Line, sure: int, unknown: int = 0) -> Count:
    """A number of posts, of which some may belong to it as well."""
    return between(sure, None if line.incomplete else sure + unknown)


def originality(source: PeriodFigures, subject: SpokenOf, what: What) -> Fact:
    line, loaded = source.line(subject.accounts), source.inquiry.loaded.totals
    found = [loaded[each] for each in subject.accounts if each in loaded]
    original, reprint = (
        sum(each.originals for each in found),
        sum(each.reprints for each in found),
    )
    is_original = what.kind == "original"
    name = "原创作品数" if is_original else "转载作品数"
    made = partial(fact_of, subject, name, measure="篇")
    notes = source.notes(subject)
    if not original + reprint:
        return made(why="数据里没有标明原创还是转载", notes=notes)
    unmarked = 0 if what.name else line.posts - original - reprint
    beside = (f"另有{unmarked}个作品没有标明",) if unmarked else ()
    return made(
        _counted(line, original if is_original else reprint, unmarked), notes=(*beside, *notes)
    )


def hits(source: PeriodFigures, subject: SpokenOf, what: What) -> Fact:
    line, notes, metric = source.line(subject.accounts), source.notes(subject), what.metric
    threshold = what.threshold or min(source.inquiry.marks(metric), default=0)
    name = f"{HEADINGS[metric]}{wording.mark(threshold)}的作品数"
    made = partial(fact_of, subject, name, metric=metric, measure="条")
    if threshold not in line.hits.get(metric, {}):
        return made(why="增量口径只统计 config.toml 里设的爆款线", notes=notes)
    if _is_empty(line):
        return made(why=source.why_empty(subject), notes=notes)
    sure, unknown = line.hits[metric][threshold], line.unknown_hits[metric][threshold]
    beside = (f"另有{unknown}个作品无法判断",) if unknown else ()
    return made(_counted(line, sure, unknown), notes=(*beside, *notes))


def left_out(source: PeriodFigures, subject: SpokenOf, what: What) -> Fact:
    line = source.line(subject.accounts)
    if what.kind == "unknown":
        number = line.unknown_hits.get(what.metric, {}).get(what.threshold, 0)
    elif what.kind == "missing":
        figure = line.figures[what.metric]
        number = line.posts if figure is None else figure.missing
    else:
        number = {
            "deleted": line.deleted, "young": line.young, "unobserved": line.unobserved
        }[what.kind]  # fmt: skip
    return fact_of(subject, _LEFT_OUT[what.kind], Count(number), measure="条")


def topic(source: PeriodFigures, subject: SpokenOf, what: What) -> Fact:
    found = next((each for each in source.topics if each.info.name == subject.topic), None)
    called = f"专题“{subject.topic}”"
    if found is None:
        return fact_of(subject, called, why="没有读到这个专题")
    there = {key: part for key, part in found.accounts.items() if key in subject.accounts}
    part = joined(there.values())
    numbers = {
        "young": found.young, "unobserved": found.unobserved, "missing": part.views.missing, "deleted": part.deleted,
        "posts": len(part.posts), "kind": len(part.posts), "accounts": len(there),
    }  # fmt: skip
    if what.kind in numbers:
        number = numbers[what.kind]
        high = None if part.incomplete and what.kind != "accounts" else number
        return fact_of(subject, f"{called}作品数", between(number, high), measure="条")
    if what.kind in ("best", "post", "any_post"):
        return _best_of_topic(found, subject, what, called)
    if what.kind != "sum" or what.metric not in ("views", "readers"):
        return fact_of(subject, called, why="专题只核对篇数、阅读播放量和最高的作品")
    made = partial(fact_of, subject, f"{called}{HEADINGS[what.metric]}", metric=what.metric)
    sums = {"views": part.views, "readers": part.readers}
    whole = sums[what.metric].stated(incomplete=part.incomplete)
    if whole is None:
        return made(why="这些平台的数据不显示阅读播放量" if part.posts else "没有读到符合的作品")
    return made(whole, notes=(f"其中{whole.missing}个作品无数据",) if whole.missing else ())


def _best_of_topic(topic: Topic, subject: SpokenOf, what: What, called: str) -> Fact:
    best = next((each for each in topic.best if each.account in subject.accounts), None)
    if what.metric != "views" or best is None:
        return fact_of(subject, called, why="专题的单篇只核对阅读播放量最高的几篇")
    amount = best.amounts["views"]
    made = partial(fact_of, subject, f"{called}单篇最高", metric="views", single=True)
    if what.name and not title_of(best.title).startswith(title_of(what.name.removesuffix("…"))):
        why = f"最高的不是“{what.name}”，而是{wording.title(best.title)}（{wording.cell(amount)}）"
        return made(why=why, wrong=what.kind == "best")
    return made(amount)
