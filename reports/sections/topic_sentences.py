"""The sentences about a topic: its figures in total and on each platform, and how its posts were chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from adapters.records import Count, at_least
from reports import measure, wording
from reports.centre import AccountInfo
from reports.figures.topics import Part, Topic, platforms
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
from reports.statement import Statement, Trace
from reports.vocabulary import HEADINGS, words_of


def views(part: Part) -> Count | None:
    """What its posts drew; None where none shows it."""
    return part.views.stated(incomplete=part.incomplete)


def readers(part: Part) -> Count | None:
    """The readers of its posts."""
    return part.readers.stated(incomplete=part.incomplete)


def _trace(part: Part, *metrics: str) -> Trace:
    return Trace(posts=tuple(part.posts), metrics=metrics)


def _bounded(part: Part) -> Count | int:
    return at_least(len(part.posts)) if part.incomplete else len(part.posts)


_POSTS: Measure[Part] = Measure(
    "posts", "作品数", lambda part: len(part.posts), _trace, number=True, least=lambda part: part.incomplete
)  # fmt: skip
_DREW: tuple[Measure[Part], ...] = (
    Measure("views", HEADINGS["views"], views, lambda part: _trace(part, "views")),
    Measure("readers", HEADINGS["readers"], readers, lambda part: _trace(part, "readers")),
)
#: The figures of a topic, of a platform's or an account's part of it; and as its table has them.
MEASURES = (_POSTS, *_DREW)
FIGURES = (replace(_POSTS, of=_bounded), *_DREW)


def id_of(topic: Topic) -> str:
    """With which the ids of its figures and sentences begin."""
    return f"topic.{topic.info.name}"


def sentences(inquiry: Inquiry, topic: Topic) -> Iterator[Sentence]:
    """All sentences of a topic; ids: topic.<name>.total, topic.<name>.<platform> …"""
    id_, subject = id_of(topic), f"“{topic.info.name}”专题"
    yield _total(inquiry, subject, topic)
    for platform, (infos, part) in platforms(inquiry, topic).items():
        said, every = _amounts(inquiry, part, infos[0].platform_name), _trace(part, *_METRICS)
        yield sentence(f"{id_}.{platform}", f"{subject}：{who(infos)}", said, "。", trace=every)
    if topic.best and inquiry.basis.kind != "gained":
        yield _best(inquiry, subject, topic)
    if edge := "；".join(_edge(inquiry, topic)):
        yield Sentence(f"{id_}.edge", f"{subject}：{edge}。")
    if left := left_out(inquiry.basis, topic.young, topic.unobserved, "条"):
        yield Sentence(f"{id_}.left_out", f"{subject}{left}。")
    yield Sentence(f"{id_}.chosen", _chosen(subject, topic))


_METRICS = ("views", "readers")


def _said(
    inquiry: Inquiry, part: Part, key: str, word: str, parts: Sequence[Part] = ()
) -> Statement:
    """A figure of a part in words. ``parts``: what it is made of."""
    (own,) = (each for each in MEASURES if each.key == key)
    (said,) = measure.statements((own,), part, "topic", "")
    if key == "posts":
        return replace(said, word=word, measure=words_of(part.kinds).measure, way="count")
    within = [own.of(each) for each in parts]
    return replace(
        said, word=word, measure="人次" if key == "views" else "人", marks=inquiry.marks(),
        way="change" if inquiry.basis.kind == "gained" else "sum",
        parts=tuple(each for each in within if isinstance(each, Count)),
    )  # fmt: skip


def _total(inquiry: Inquiry, subject: str, topic: Topic) -> Sentence:
    part, basis, id_ = topic.total, inquiry.basis, f"{id_of(topic)}.total"
    start, every = f"{inquiry.period.title}，{subject}", _trace(part, *_METRICS)
    if not part.posts:
        empty = "没有读到符合的作品" if basis.kind == "published" else nothing(basis)
        none = f"{empty}，阅读播放量{wording.NO_DATA}（不是 0）。"
        return sentence(id_, start, none, trace=every)
    words = words_of(part.kinds)
    parts = [*(each for _, each in platforms(inquiry, topic).values()), *topic.accounts.values()]
    none = f"{words.views}{wording.NO_DATA}"
    drew: list[Piece] = [f"{none}：{why(inquiry.basis, '所用的数据')}"]
    if views(part) is not None:
        drew = [_said(inquiry, part, "views", whole_words(basis) + words.views, parts)]
    elif readers(part) is not None:
        drew = [f"{none}，", _said(inquiry, part, "readers", words.readers, parts)]
    posts = _said(inquiry, part, "posts", output_words(basis))
    return sentence(id_, start, posts, gone(part.deleted, "条"), "，", drew, "。", trace=every)


def _amounts(inquiry: Inquiry, part: Part, platform: str) -> list[Piece]:
    """``18条、播放量约246.7万人次``; readers where they are all there is."""
    words, posts = words_of(part.kinds), _said(inquiry, part, "posts", "")
    if views(part) is not None:
        return [posts, "、", _said(inquiry, part, "views", words.views)]
    none = f"，{words.views}{wording.NO_DATA}"
    if readers(part) is not None:
        read = _said(inquiry, part, "readers", words.readers)
        return [posts, "、", read, f"{none}（只有人数，不能换算）"]
    return [posts, f"{none}（{why(inquiry.basis, f'所用的{platform}数据')}）"]


def _best(inquiry: Inquiry, subject: str, topic: Topic) -> Sentence:
    post = topic.best[0]
    info = next(each for each in inquiry.ours if each.id == post.account)
    words, amount = words_of([post.kind]), post.amounts["views"]
    sure = "" if amount.bound == "exact" and not topic.total.views.missing else "按已有数据，"
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
