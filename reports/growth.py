"""A post beside its account's earlier ones in words: how far it is above the usual, and where those went that stood
where it stands. Every phrase says how many cases it rests on, and at which ages they were taken."""

from __future__ import annotations

from adapters.records import Count
from reports import wording
from reports.vocabulary import UNITS, word_of, words_of
from storage.views.growth import BACK, DAY, FAR_BACK, Ahead, Grown, Usual, until


def age(seconds: int) -> str:
    """``50分钟``, ``3小时20分``, ``1天5小时``: whole units, cut."""
    minutes, hours, days = seconds // 60, seconds // 3_600, seconds // DAY
    if days:
        return f"{days}天{hours % 24}小时" if hours % 24 else f"{days}天"
    if hours:
        return f"{hours}小时{minutes % 60}分" if minutes % 60 else f"{hours}小时"
    return f"{minutes}分钟"


def span(since: int) -> str:
    """The ages at which others are taken: ``发布后3小时至4小时``."""
    return f"发布后{age(since)}至{age(until(since))}"


def stands(post: Grown) -> str:
    """What it has at its age: ``发布1天2小时，播放量3.4万人次``."""
    word = word_of(post.metric, words_of([post.kind]))
    return f"发布{age(post.age)}，{word}{wording.single(post.figure, measure=UNITS[post.metric])}"


def multiple(post: Grown) -> str:
    """``达到本账号同龄作品中位数的3.4倍``; empty where it does not surely reach the median."""
    if not post.reaches(1):
        return ""
    most = post.usual.median.high
    assert most is not None
    return f"达到本账号同龄作品中位数的{wording.times(post.figure.low, most)}"


def median(post: Grown) -> str:
    """What the median is and rests on: ``中位数2000人次，共35条，都取发布后3小时至4小时的数``."""
    said = wording.single(post.usual.median, measure=UNITS[post.metric])
    measure = words_of([post.kind]).measure
    return f"中位数{said}，共{post.usual.compared}{measure}，都取{span(post.age)}的数"


def usual_words(there: Usual, since: int) -> str:
    """What is usual at an age, for a point of a drawing."""
    lower, middle, upper = map(wording.cell, (there.lower, there.median, there.upper))
    return f"{span(since)}，{there.compared}个同龄作品：中位数{middle}，居中的一半在{lower}到{upper}之间"


def beside_usual(post: Grown) -> str:
    """A post and what is usual at its age, in one sentence."""
    lower, upper = (wording.cell(each) for each in (post.usual.lower, post.usual.upper))
    said = "，".join(filter(None, (stands(post), multiple(post) if post.reaches(1.1) else "")))
    return f"{said}（此前{BACK // DAY}天内最近的同龄作品：{median(post)}，居中的一半在{lower}到{upper}之间）"


def later(post: Grown, there: Ahead) -> str:
    """Where the earlier posts went that stood there, and when they passed."""
    words = words_of([post.kind])
    mark = wording.mark(there.threshold)
    line = f"{word_of(there.metric, words)}“{mark}”"
    low, high = (wording.cell(Count(each)) for each in (there.low, there.high))
    measure = words.measure
    parts = [
        f"{there.passed}{measure}后来过了{line}"
        if there.passed
        else f"没有看到一{measure}后来过了{line}"
    ]
    if there.stayed:
        parts.append(f"{there.stayed}{measure}到发布{age(there.followed)}以后还没有过")
    if unknown := there.cases - there.passed - there.stayed:
        parts.append(f"{unknown}{measure}后来怎样无法判断")
    when = f"。看到过线最早的是发布后{age(there.ages[0])}" if there.passed else ""
    if there.passed > 1:
        half = there.ages[(there.passed - 1) // 2]
        when += f"，半数不晚于{_up(half)}，最晚的是{_up(there.ages[-1])}"
    return (
        f"本账号此前{FAR_BACK // DAY}天内最近的作品里，{span(there.age)}也在{low}到{high}之间的有{there.cases}{measure}："
        f"{'，'.join(parts)}{when}。"
    )


def _up(seconds: int) -> str:
    """An age that is not to be said too small."""
    unit = DAY // 24 if seconds >= DAY else 60
    return age(-(-seconds // unit) * unit)
