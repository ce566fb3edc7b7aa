"""Words for metrics and kinds of posts, as the platforms' own pages use them (domain.md "Which heading is which
metric", "How the numbers are worded": 人次 for views, 条 for short videos and items, 篇 for articles)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """How a line's posts are spoken of: 阅读量/播放量, 阅读人数/观看人数, and the measure of posts."""

    views: str
    readers: str
    measure: str


_BY_KIND = {
    "article": Words("阅读量", "阅读人数", "篇"),
    "video": Words("播放量", "观看人数", "条"),
    "image": Words("阅读量", "阅读人数", "条"),
    "live": Words("观看量", "观看人数", "场"),
    "item": Words("阅读量", "阅读人数", "条"),
    "placement": Words("阅读量", "阅读人数", "篇"),
}
_MIXED = Words("阅读播放量", "阅读（观看）人数", "条")
#: Metrics that a sentence names beside views and readers: word, measure.
OTHERS = {
    "likes": ("点赞", "次"),
    "comments": ("评论", "条"),
    "shares": ("分享", "次"),
    "sharers": ("分享人数", "人"),
    "favourites": ("收藏", "次"),
    "looks": ("在看（推荐）", "次"),
}
#: Headings of tables.
HEADINGS = {"views": "阅读/播放量", "readers": "阅读人数"} | {
    name: word if word.endswith("人数") else f"{word}数" for name, (word, _) in OTHERS.items()
}
#: What each outcome of a source is called.
OUTCOMES = {
    "ok": "成功",
    "unchanged": "无新内容",
    "blocked": "被拦截",
    "login_expired": "登录失效",
    "gone": "已不在",
    "unclear": "无法判断",
    "layout_changed": "版式变了",
    "unreachable": "连不上",
    "refused": "不允许",
    "invalid": "有误",
}
BOUNDS = {"exact": "准确", "about": "约数", "at_least": "下限"}


def words_of(kinds: Collection[str]) -> Words:
    """The words that fit all kinds of posts of a line; those for a mixture where none does."""
    found = {_BY_KIND[kind] for kind in kinds}
    if not found:
        return _BY_KIND["article"]
    if len(found) == 1:
        return next(iter(found))
    views = {each.views for each in found}
    measures = {each.measure for each in found}
    return Words(
        views.pop() if len(views) == 1 else _MIXED.views,
        _MIXED.readers if len({each.readers for each in found}) > 1 else next(iter(found)).readers,
        measures.pop() if len(measures) == 1 else _MIXED.measure,
    )


def word_of(metric: str, words: Words) -> str:
    """A metric's word in a sentence about posts spoken of with ``words``."""
    known = {"views": words.views, "readers": words.readers}
    return known[metric] if metric in known else OTHERS[metric][0]
