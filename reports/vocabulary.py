"""Words for metrics and kinds of posts, as the platforms' own pages use them
(docs/definitions.md §3 and §16)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from adapters import metrics, platforms
from adapters.records import METRICS


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
#: Metrics that a sentence names beside views and readers.
OTHERS = tuple(name for name in METRICS if name not in ("views", "readers"))
#: Headings of tables; measure words.
HEADINGS = {name: metrics.BY_KEY[name].heading for name in METRICS}
UNITS = {key: each.unit for key, each in metrics.BY_KEY.items()}
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
    return known[metric] if metric in known else metrics.BY_KEY[metric].word


def views_word(keys: Iterable[str], kinds: Collection[str]) -> str:
    """播放量 of video platforms whatever the kind of the work, 阅读量 of articles; 阅读播放量 where both are added.
    ``keys``: of platforms; ``kinds``: of posts, which decide where a platform shows both."""
    own = {platforms.BY_KEY[key].views for key in keys}
    if "" in own:
        own = (own - {""}) | {words_of(kinds).views}
    return own.pop() if len(own) == 1 else "阅读播放量"
