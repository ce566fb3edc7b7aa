"""Checks the parts of a summary against each other before anybody reads it.

A real work report states 360万 views and, beside it, hits that alone amount to 1350万. A contradiction of ours is a
fault of the program: it is stated in 数据说明 and logged, never hidden."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from adapters.metrics import BY_KEY
from adapters.records import METRICS, Count, added
from reports import wording
from reports.figures.totals import Line, Summary
from reports.section import Sentence

LOG = logging.getLogger("reports.figures.consistency")
#: Contradictions that the paper names; the log has all.
_NAMED = 5


def check(summary: Summary) -> list[str]:
    """What contradicts itself, in Chinese, each a clause; empty where nothing does."""
    found = [said for line in _lines(summary) for said in _line(summary, line)]
    found += _sums(summary)
    for name, test in _TESTS.items():
        part = summary.data.get(name)
        if part:
            found += test(summary, part)
    return found


def checked(summary: Summary) -> Summary:
    """The summary; where it contradicts itself its last section, 数据说明, says so, and the log."""
    found = check(summary)
    if not found:
        return summary
    LOG.error("总结自检未通过：%s", "；".join(found))
    wrong = wording.several(found, _NAMED, "处", "；")
    said = (
        f"自检未通过，请勿直接使用：{wrong}。这是程序的错误，请把本文件和数据库备份交给技术人员。"
    )
    *others, last = summary.sections
    sentences = (*last.sentences, Sentence("note.check", said))
    return replace(summary, sections=(*others, replace(last, sentences=sentences)))


def _lines(summary: Summary) -> Sequence[Line]:
    return (summary.total, *summary.groups, *summary.accounts)


def _line(summary: Summary, line: Line) -> Iterator[str]:
    """What one line says of itself."""
    name = f"“{line.name}”"
    if sum(line.kinds.values()) != line.posts:
        yield f"{name}各体裁合计{sum(line.kinds.values())}，作品数{line.posts}"
    if line.deleted > line.posts:
        yield f"{name}已删除{line.deleted}多于作品数{line.posts}"
    # on *gained* a hit is a crossing: what passed 10万 before may pass 100万 now; and a gain may be a fall
    for metric, counts in line.hits.items() if summary.basis.kind != "gained" else ():
        for (low, many), (high, few) in pairwise(sorted(counts.items())):
            if few > many:
                yield f"{name}“{wording.mark(high)}”{few}多于“{wording.mark(low)}”{many}"
        yield from _hits(name, line, metric, counts)
    best = line.best
    if best is not None and summary.basis.kind != "gained":
        whole = line.figures[best.metric]
        most = None if whole is None else whole.high
        if most is not None and best.figure.low > most:
            yield f"{name}单篇最高{best.figure.value}大于合计{most}"


def _hits(name: str, line: Line, metric: str, counts: Mapping[int, int]) -> Iterator[str]:
    """Hits times their thresholds cannot exceed the total: the sum of ``n`` at 10万+ of which ``m`` at 100万+."""
    figure = line.figures[metric]
    if figure is None or figure.high is None:
        return
    least, above = 0, 0
    for threshold, number in sorted(counts.items(), reverse=True):
        least += (number - above) * threshold
        above = number
    if least > figure.high:
        yield f"{name}的爆款合计至少{least}，{BY_KEY[metric].word}合计只有{figure.high}"


def _sums(summary: Summary) -> Iterator[str]:
    """Groups and the total are the sums of their accounts."""
    accounts = {each.id: each for each in summary.accounts}
    for line in (summary.total, *summary.groups):
        members = [accounts[key] for key in line.members]
        name = f"“{line.name}”"
        for what in ("posts", "deleted", "young", "unobserved"):
            parts = sum(getattr(each, what) for each in members)
            if getattr(line, what) != parts:
                yield f"{name}{what}为{getattr(line, what)}，各账号之和为{parts}"
        for metric in METRICS:
            figures = [each.figures[metric] for each in members]
            yield from _sum(f"{name}{BY_KEY[metric].word}", line.figures[metric], figures)
        for metric, counts in line.hits.items():
            for threshold, number in counts.items():
                parts = sum(each.hits[metric][threshold] for each in members)
                if number != parts:
                    yield f"{name}“{wording.mark(threshold)}”为{number}，各账号之和为{parts}"
        if any(each.incomplete for each in members) and not line.incomplete:
            yield f"{name}没有注明有账号的作品未读全"


def _sum(name: str, whole: Count | None, parts: Sequence[Count | None]) -> Iterator[str]:
    known = [each for each in parts if each is not None]
    there = added(known)
    if (whole is None) is not (not known):
        yield f"{name}合计与各账号不一致（有的无数据）"
    elif whole is not None:
        if whole.low != there.low or (there.high is None and whole.high is not None):
            yield f"{name}合计{whole.low}，各账号之和{there.low}"
        elif whole.high is not None and whole.high != there.high:
            yield f"{name}合计的上限{whole.high}，各账号之和{there.high}"


def _placements(summary: Summary, part: Mapping[str, Any]) -> Iterator[str]:
    for what, word in (("levels", "级别"), ("outlets", "媒体"), ("media", "介质")):
        if sum(part[what].values()) != part["posts"]:
            yield f"外宣按{word}合计{sum(part[what].values())}，总篇数{part['posts']}"
    for what in ("front_page", "pieces"):
        if (part[what] or 0) > part["posts"]:
            yield f"外宣{what}为{part[what]}，多于总篇数{part['posts']}"


def _topics(summary: Summary, part: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for topic in part:
        name = f"专题“{topic['name']}”"
        posts = sum(each["posts"] for each in topic["platforms"])
        if posts != topic["posts"]:
            yield f"{name}共{topic['posts']}，各平台之和{posts}"
        views = [each["views"] for each in topic["platforms"] if each["views"]]
        whole = topic["views"]
        if (whole is None) is not (not views):
            yield f"{name}的阅读量合计与各平台不一致（有的无数据）"
        elif whole and all(each["bound"] != "about" for each in (whole, *views)):
            total = sum(each["value"] for each in views)
            if total != whole["value"]:
                yield f"{name}阅读量合计{whole['value']}，各平台之和{total}"


def _tops(summary: Summary, part: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """In falling order, and none above its account's total."""
    values = [each["views"]["value"] for each in part]
    if values != sorted(values, reverse=True):
        yield "单篇排行的次序与数值不符"
    totals = {each.id: each.figures["views"] for each in summary.accounts}
    for each in part if summary.basis.kind != "gained" else ():
        whole = totals.get(each["account"])
        if whole is None or (whole.high or each["views"]["value"]) < each["views"]["value"]:
            yield f"{wording.title(each['title'])}的数值大于其账号的合计"


def _output(summary: Summary, part: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    posts = {each.id: each.posts for each in summary.accounts}
    for each in part:
        name = f"“{each['account']}”"
        if sum(each["kinds"].values()) != each["posts"]:
            yield f"{name}发稿各体裁合计与总数不符"
        if summary.basis.kind == "published" and each["posts"] != posts[each["account"]]:
            yield f"{name}发稿{each['posts']}，作品数{posts[each['account']]}"


def _live(summary: Summary, part: Mapping[str, Any]) -> Iterator[str]:
    best, views = part["best"], part["views"]
    if not best or not views or views["bound"] != "exact" or summary.basis.kind == "gained":
        return
    if (best["views"] or {"value": 0})["value"] > views["value"]:
        yield "直播单场最高大于各场合计"


def _ranks(summary: Summary, part: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    lines = {each.id: each for each in summary.accounts}
    for rank in part:
        for each in rank["accounts"]:
            line = lines.get(each["account"])
            figure = line.figures.get(rank["index"]) if line is not None else None
            if figure is not None and each["value"] not in (None, figure.low):
                yield f"排名“{rank['name']}”里“{each['name']}”为{each['value']}，正文为{figure.low}"


def _staff(summary: Summary, part: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """All posts of ours are somebody's or nobody's."""
    posts = sum(each["posts"] for each in part)
    if summary.basis.kind == "published" and abs(posts - summary.total.posts) > len(part) * 1e-6:
        yield f"各人作品合计{posts:g}，作品数{summary.total.posts}"


def _comparisons(summary: Summary, part: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for each in part:
        sides = (each["now"], each["then"], each["change"])
        if all(side and side["bound"] == "exact" for side in sides):
            now, then, change = (side["value"] for side in sides)
            if now - then != change:
                yield f"{each['of']}的{each['metric']}{each['kind']}：{now}减{then}不是{change}"
        whole = each["of"] == "total" and each["metric"] == "posts" and each["now"]
        if whole and each["now"]["value"] != summary.total.posts:
            yield f"比较中的作品数{each['now']['value']}，正文为{summary.total.posts}"


_TESTS: Mapping[str, Callable[[Summary, Any], Iterator[str]]] = {
    "placements": _placements,
    "topics": _topics,
    "tops": _tops,
    "output": _output,
    "live": _live,
    "ranks": _ranks,
    "staff": _staff,
    "comparisons": _comparisons,
}
