"""Of which figure a number is."""

from __future__ import annotations

from dataclasses import replace

from reports.verify import patterns
from reports.verify.claims import What, WhatKind
from reports.verify.numbers import Number
from reports.verify.sentence import VERBS, Sentence

_MEASURED = frozenset({"", "人次", "次", "人", "户", "名", "户次", "篇次", "条次"})


def whats_of(sentence: Sentence, at: int, number: Number) -> tuple[What, ...]:
    """The figures that the number at ``at`` may be, the likeliest first; empty where it is none."""
    said = sentence.said
    following = sentence.words[at + 1] if at + 1 < len(sentence.words) else None
    if number.measure in ("%", "个百分点", "倍", "‰"):
        return _rate(sentence, number)
    if number.measure not in _MEASURED and number.measure not in patterns.COUNTS:
        return ()
    number = _plainly(sentence, at, number)
    others = said.metric != "followers" or sentence.compared in ("last year", "before")
    counts = number.measure in patterns.COUNTS and said.metric in ("", "posts")
    changed = said.gain and said.changed and counts
    if changed or (said.gain and sentence.compared and others):
        return (_changed(sentence, "difference", number),)
    last = said.last[0].kind if said.last else ""
    if (
        said.earlier
        and not said.gain
        and said.metric_at < 0
        and last in ("sum", "posts", "followers")
    ):
        return tuple(_then(each) for each in said.last)
    whole = sentence.of_whole()
    if whole is not None and number.measure in patterns.COUNTS:
        return (whole,)
    if number.measure in patterns.COUNTS:
        adjacent = said.metric_at == sentence.back(at)
        return _fronts(sentence, patterns.counted(said, number, following, adjacent=adjacent))
    return patterns.measured(said, number, following)


def _fronts(sentence: Sentence, whats: tuple[What, ...]) -> tuple[What, ...]:
    """中央媒体刊发7篇（头版2篇）: of those, or of all."""
    if sentence.said.whole is None or not whats or whats[0].name != "头版":
        return whats
    whole = sentence.reader.claims[sentence.said.whole].readings[0].what
    return (What(kind="placements", name=f"{whole.name}头版"), *whats)


def _plainly(sentence: Sentence, at: int, number: Number) -> Number:
    """播放43202次, 转发6次 name a metric by its verb; 发布作品33个 counts works."""
    back = sentence.back(at)
    before = sentence.words[back] if back >= 0 else None
    said = sentence.said
    if before is not None and before.text in VERBS and number.measure not in patterns.COUNTS:
        said.metric, said.fresh = VERBS[before.text], True
    if before is not None and number.measure == "个" and before.sort in ("work", "kind", "posts"):
        return replace(number, measure="条")
    return number


def _rate(sentence: Sentence, number: Number) -> tuple[What, ...]:
    """A percentage is of interest beside a metric or a comparison."""
    said = sentence.said
    if number.measure == "%" and said.gain:
        return (_changed(sentence, "percent", number),)
    about = said.metric or said.gain or said.earlier
    return (What(kind="percent", metric=said.metric),) if about else ()


def _then(what: What) -> What:
    return replace(what, name="start") if what.kind == "followers" else what


def _changed(sentence: Sentence, kind: WhatKind, number: Number) -> What:
    """A change of what was said last: its ``name`` is the kind of that figure."""
    last = sentence.said.last[0] if sentence.said.last else None
    if last is not None and last.kind == "follower_gain":
        return What(kind=kind, metric="followers", name="followers")
    if last is not None and last.kind in ("placements", "live", "live_views", "kind"):
        plain = not last.name
        return What(kind=kind, metric=last.metric, name=last.kind if plain else "")
    if last is None or last.kind not in ("sum", "posts", "followers"):
        if last is not None and last.kind == "difference":
            return replace(last, kind=kind)
        metric = sentence.said.metric
        return What(kind=kind, metric=metric, name="sum" if metric not in ("", "posts") else metric)
    return What(kind=kind, metric=last.metric, name=last.kind)
