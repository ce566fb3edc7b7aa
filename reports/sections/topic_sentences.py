"""The sentences about a topic: its figures in total and on each platform, and how its posts were chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from adapters.records import Count, at_least
from reports import measure, wording
from reports.centre import AccountInfo
from reports.figures.topics import SUMS, Part, Topic, platforms
from reports.inquiry import Inquiry
from reports.listing import (
    Piece,
    counted,
    gone,
    left_out,
    nothing,
    output_words,
    sentence,
    whole_words,
    why,
)
from reports.measure import Measure
from reports.periods import day_words
from reports.section import Sentence
from reports.statement import Statement, Trace, Way
from reports.vocabulary import HEADINGS, UNITS, words_of


def _trace(part: Part, *metrics: str) -> Trace:
    return Trace(posts=tuple(part.posts), metrics=metrics)


def _bounded(part: Part) -> Count | int:
    return at_least(len(part.posts)) if part.incomplete else len(part.posts)


def _drew(name: str) -> Measure[Part]:
    return Measure(
        name, HEADINGS[name], lambda part: part.figure(name), lambda part: _trace(part, name)
    )


_POSTS: Measure[Part] = Measure(
    "posts", "作品数", lambda part: len(part.posts), _trace, number=True, least=lambda part: part.incomplete
)  # fmt: skip
#: The figures of a topic, of a platform's or an account's part of it; and as its table has them.
MEASURES = (_POSTS, *map(_drew, SUMS))
FIGURES = (replace(_POSTS, of=_bounded), *MEASURES[1:])


def worded(inquiry: Inquiry, part: Part, id_: str, name: str) -> tuple[Statement, ...]:
    """Posts, views and readers of a part as they are said; the words before them are those of the sentence."""
    posts, *drew = measure.statements(MEASURES, part, id_, name)
    way: Way = "change" if inquiry.basis.kind == "gained" else "sum"
    return (
        replace(posts, measure=words_of(part.kinds).measure, way="count"),
        *(replace(e, measure=UNITS[e.metric], way=way, marks=inquiry.marks()) for e in drew),
    )


def id_of(topic: Topic) -> str:
    """With which the ids of its figures and sentences begin."""
    return f"topic.{topic.info.name}"


def sentences(inquiry: Inquiry, topic: Topic) -> Iterator[Sentence]:
    """All sentences of a topic; ids: topic.<name>.total, topic.<name>.<platform> …"""
    id_, subject = id_of(topic), f"“{topic.info.name}”专题"
    yield _total(inquiry, subject, topic)
    for platform, (infos, part) in platforms(inquiry, topic).items():
        said, every = _amounts(inquiry, part, infos[0].platform_name), _trace(part, *SUMS)
        yield sentence(f"{id_}.{platform}", f"{subject}：{who(infos)}", said, "。", trace=every)
    if topic.best and inquiry.basis.kind != "gained":
        yield _best(inquiry, subject, topic)
    if edge := "；".join(_edge(inquiry, topic)):
        yield Sentence(f"{id_}.edge", f"{subject}：{edge}。")
    if left := left_out(inquiry.basis, topic.young, topic.unobserved, "条"):
        yield Sentence(f"{id_}.left_out", f"{subject}{left}。")
    yield Sentence(f"{id_}.chosen", _chosen(subject, topic))


def _total(inquiry: Inquiry, subject: str, topic: Topic) -> Sentence:
    part, basis, id_ = topic.total, inquiry.basis, f"{id_of(topic)}.total"
    start, every = f"{inquiry.period.title}，{subject}", _trace(part, *SUMS)
    if not part.posts:
        empty = "没有读到符合的作品" if basis.kind == "published" else nothing(basis)
        none = f"{empty}，阅读播放量{wording.NO_DATA}（不是 0）。"
        return sentence(id_, start, none, trace=every)
    words = words_of(part.kinds)
    within = [*(each for _, each in platforms(inquiry, topic).values()), *topic.accounts.values()]
    posts, views, readers = (
        replace(
            each, parts=tuple(f for one in within if (f := one.figure(each.metric)) is not None)
        )
        if each.metric in SUMS
        else each
        for each in worded(inquiry, part, id_of(topic), "")
    )
    none = f"{words.views}{wording.NO_DATA}"
    drew: list[Piece] = [f"{none}：{why(inquiry.basis, '所用的数据')}"]
    if views.value is not None:
        drew = [replace(views, word=whole_words(basis) + words.views)]
    elif readers.value is not None:
        drew = [f"{none}，", replace(readers, word=words.readers)]
    posts = replace(posts, word=output_words(basis))
    return sentence(id_, start, posts, gone(part.deleted, "条"), "，", drew, "。", trace=every)


def _amounts(inquiry: Inquiry, part: Part, platform: str) -> list[Piece]:
    """``18条、播放量约246.7万人次``; readers where they are all there is."""
    words = words_of(part.kinds)
    posts, views, readers = worded(inquiry, part, "topic", "")
    posts = replace(posts, word="")
    if views.value is not None:
        return [posts, "、", replace(views, word=words.views)]
    none = f"，{words.views}{wording.NO_DATA}"
    if readers.value is not None:
        return [posts, "、", replace(readers, word=words.readers), f"{none}（只有人数，不能换算）"]
    return [posts, f"{none}（{why(inquiry.basis, f'所用的{platform}数据')}）"]


def _best(inquiry: Inquiry, subject: str, topic: Topic) -> Sentence:
    post = topic.best[0]
    info = next(each for each in inquiry.ours if each.id == post.account)
    words, amount = words_of([post.kind]), post.amounts["views"]
    sure = (
        "" if amount.bound == "exact" and not topic.total.sums["views"].missing else "按已有数据，"
    )
    name = f"{wording.title(post.title)}（{info.spoken}）"
    drew = Statement(
        id=f"{id_of(topic)}.best", value=amount, trace=Trace(posts=(post.post_id,), metrics=("views",)),
        word=words.views, measure="人次", way="single", marks=inquiry.marks(),
    )  # fmt: skip
    return sentence(drew.id, f"{subject}{sure}单{words.measure}最高为{name}，", drew, "。")


def _edge(inquiry: Inquiry, topic: Topic) -> Iterator[str]:
    """What is known of posts without a clock at a window's edge."""
    if topic.day_out:
        day = day_words(inquiry.period.start.date(), year=False)
        yield f"{day}另有{counted(topic.day_out, '条')}只有日期、没有时刻，按当天0时计，在起点之前，未计入"
    if topic.day_in:
        day = day_words(inquiry.period.end.date(), year=False)
        yield f"{day}的{counted(topic.day_in, '条')}只有日期、没有时刻，按当天0时计，已计入"


def _chosen(subject: str, topic: Topic) -> str:
    info = topic.info
    rules = [
        f"{how}{'、'.join(f'“{each}”' for each in names)}"
        for how, names in (
            ("标题含", info.keywords),
            ("栏目为", info.columns),
            ("人工加有标签", info.tags),
        )
        if names
    ]
    said = "，或".join(rules) if rules else "（没有设定关键词、栏目或标签）"
    return f"{subject}指{said}的作品（多个词有其一即可；标题取截至数据时点的；台账不计）。"


def who(infos: Sequence[AccountInfo]) -> str:
    """The accounts of one platform, by name where there is only one."""
    name = infos[0].platform_name
    if len(infos) > 1:
        return f"{name}{len(infos)}个账号"
    return infos[0].spoken
