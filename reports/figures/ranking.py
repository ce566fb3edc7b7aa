"""Rankings of accounts, ours and others', within a group that config names. Figures with bounds give a span of places; an
account without the figure is not ranked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from adapters.records import UNKNOWN, Count, at_least
from reports.centre import AccountInfo, RankInfo
from reports.figures.indices import (
    WCI,
    Article,
    Between,
    Score,
    days_of,
    exactly,
    places,
    position,
    wci_14_2a,
    weighted,
)
from reports.figures.totals import Line
from reports.inquiry import Inquiry
from reports.vocabulary import HEADINGS
from storage.views.posts import keys_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """An account of a ranking. ``score`` is None where there is none: ``why`` says it; beside a score it says why that is
    only a bound. ``first`` and ``last``: its best and its worst possible place; 0 without a score, or where nobody else
    has one."""

    info: AccountInfo
    line: Line
    score: Score | None
    first: int = 0
    last: int = 0
    why: str = ""


#: What WCI takes of an article, in the order of Article.
_INPUTS = ("views", "looks", "likes")


def ranked(inquiry: Inquiry, rank: RankInfo) -> tuple[Ranked, ...]:
    """The accounts of a ranking, the best first; those without a score last, in the order of config."""
    known = {each.id: each for each in inquiry.centre.accounts}
    lines = {key: inquiry.loaded.account(known[key]) for key in rank.accounts}
    scores, why = _scores(inquiry, rank, lines)
    span = places(scores) if len(scores) > 1 else {}  # nobody is first among one
    made = [
        Ranked(
            info=known[key],
            line=line,
            score=scores.get(key),
            first=span.get(key, (0, 0))[0],
            last=span.get(key, (0, 0))[1],
            why=why.get(key, ""),
        )
        for key, line in lines.items()
    ]
    return tuple(
        sorted(
            made, key=lambda e: (e.score is None, e.first, e.last, -(e.score.low if e.score else 0))
        )
    )


_Scores = tuple[dict[str, Score], dict[str, str]]


def _scores(inquiry: Inquiry, rank: RankInfo, lines: Mapping[str, Line]) -> _Scores:
    """(account → score, account → why it has none or only a bound)."""
    if rank.index == WCI:
        return _by_wci(inquiry, lines)
    if rank.index == "weighted":
        return _by_weights(inquiry, rank, lines)
    if rank.index == "posts" and inquiry.basis.kind == "gained":  # what was observed is no output
        return {}, dict.fromkeys(lines, "作品数不按增量口径计算")
    return _by_figure(rank.index, lines)


def _by_figure(name: str, lines: Mapping[str, Line]) -> _Scores:
    scores: dict[str, Score] = {}
    why = {}
    for key, line in lines.items():
        score = _figure(line, name)
        if score is None:
            why[key] = _none(line, name)
        else:
            scores[key] = score
            if score.high is None:
                why[key] = "部分作品无数据或只知下限" if not line.incomplete else "作品没有读全"
    return scores, why


def _figure(line: Line, name: str) -> Count | None:
    """None too where nothing of the account was read: no posts are then known, which is not 0 posts."""
    if line.coverage.first is None and not line.posts:
        return None
    if name != "posts":
        return line.figures[name]
    posts = (
        line.posts + line.young + line.unobserved
    )  # those without a value at that age were published too
    return at_least(posts) if line.incomplete else Count(posts)


def _none(line: Line, name: str) -> str:
    return _no_posts(line) or f"没有{HEADINGS.get(name, '作品数')}"


def _no_posts(line: Line) -> str:
    """Why there is nothing to rank by; empty where there is something."""
    if line.posts:
        return ""
    left_out = line.young or line.unobserved
    return "本期的作品未满天数或该时点无观测" if left_out else "没有读到本期的作品"


def _by_weights(inquiry: Inquiry, rank: RankInfo, lines: Mapping[str, Line]) -> _Scores:
    if inquiry.basis.kind == "gained":
        return {}, dict.fromkeys(lines, "加权指数不按增量口径计算")
    names = [name for name, weight in rank.weights.items() if weight]
    whole: dict[str, dict[str, Count]] = {}
    why = {}
    for key, line in lines.items():
        figures = {name: _figure(line, name) for name in names}
        lacking = [_none(line, name) for name in names if figures[name] is None]
        if lacking:
            why[key] = "、".join(dict.fromkeys(lacking))
        else:
            whole[key] = {name: each for name, each in figures.items() if each is not None}
            if any(each.high is None for each in whole[key].values()):
                why[key] = "有的数据只知下限"
    return {**weighted(whole, {name: rank.weights[name] for name in names})}, why


def _by_wci(inquiry: Inquiry, lines: Mapping[str, Line]) -> _Scores:
    scores: dict[str, Score] = {}
    why = {key: _no_wci(inquiry, line) for key, line in lines.items()}
    able = [key for key, reason in why.items() if not reason]
    articles = _articles(inquiry, able)
    days = days_of(inquiry.period, inquiry.as_of)
    for key in able:
        scores[key] = _stated(*wci_14_2a(articles[key], days))
        why[key] = "" if scores[key].exact else _unsure(lines[key], articles[key])
    return scores, why


def _stated(low: float, high: float | None) -> Between:
    """An index is stated, and compared, with two decimals; a bound is rounded to its safe side."""
    if low == high:
        return exactly(Fraction(f"{low:.2f}"))
    top = None if high is None else Fraction(ceil(high * 100), 100)
    return Between(Fraction(floor(low * 100), 100), top)


def _no_wci(inquiry: Inquiry, line: Line) -> str:
    if inquiry.basis.kind == "gained":
        return "WCI 不按增量口径计算"
    if line.platform != "wechat_mp":
        return "WCI 只用于微信公众号"
    if not line.posts:
        return _no_posts(line)
    if line.figures["views"] is None:
        return "只有阅读人数，没有阅读次数" if line.figures["readers"] else "没有阅读次数"
    return "作品没有读全，篇均值无法计算" if line.incomplete else ""


def _unsure(line: Line, articles: Sequence[Article]) -> str:
    """Why a WCI is only a bound."""
    hidden = [
        word
        for name, word in (("views", "阅读次数"), ("looks", "在看数"), ("likes", "点赞数"))
        if (each := line.figures[name]) is None or each.high is None
    ]
    parts = [f"{'、'.join(hidden)}不全"] if hidden else []
    if any(each.first is None for each in articles):
        parts.append("有的文章不知是不是头条")
    return "，".join(parts) or "有的数据是约数"


def _articles(inquiry: Inquiry, accounts: Sequence[str]) -> dict[str, list[Article]]:
    found: dict[str, list[Article]] = {key: [] for key in accounts}
    rows = list(inquiry.view.short(_INPUTS, accounts=accounts))
    unplaced = [row.post_id for row in rows if position(row.url) is None]
    keys = keys_of(inquiry.connection, unplaced)
    for row in rows:
        place = position(row.url, keys.get(row.post_id, ()))
        figures = tuple(row.amounts.get(name, UNKNOWN) for name in _INPUTS)
        found[row.account].append(Article(figures, None if place is None else place == 1))
    return found
