"""What each author did in each month, by a centre's own weights: posts, picks, views and placements, shared between
co-authors. Parts are exact fractions (views whole numbers), so that they add up to the whole."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from functools import lru_cache

from adapters.records import Count
from reports.centre import StaffInfo
from reports.figures.kept import pieces, placed
from reports.inquiry import Inquiry
from reports.periods import here
from reports.wording import line, short
from storage.views.view import View
from storage.writing.tags import tagged

PICK = "优稿"
#: Words that say what somebody did or is, beside the name of an author.
ROLES = frozenset({
    "文", "图", "摄", "摄影", "摄像", "图片", "文字", "图文", "文图", "视频", "作者", "撰文", "撰稿", "供稿", "供图",
    "拍摄", "剪辑", "配音", "出镜", "主播", "航拍", "海报", "制图", "设计", "策划", "整理", "采写", "记者", "通讯员",
    "特约记者", "实习记者", "见习记者", "全媒体记者", "融媒体记者", "本报记者", "本台记者", "首席记者", "实习生",
    "特约通讯员", "本报通讯员",
})  # fmt: skip
#: Those whose names are no authors' of a piece; they stand before the names.
NO_AUTHORS = frozenset({
    "编辑", "责编", "责任编辑", "本期编辑", "编审", "校对", "审核", "初审", "复审", "二审", "终审", "三审", "监制",
    "总监制", "审签", "签发", "来源", "值班编委", "值班主任",
})  # fmt: skip
_LONG = sorted((each for each in ROLES if len(each) > 2 or each == "记者"), key=len, reverse=True)
#: Signs of a name; more is a text that got into the column.
_LONGEST = 40
_ASIDE = re.compile(r"[（(【\[][^（()）】\]]*[)）】\]]")
_SEPARATOR = re.compile(r"[、,;/|&+:]")
_LATIN = re.compile(r"[A-Za-z]")
_WEIGHTED_VIEWS = 10_000


@dataclass(slots=True)
class Work:
    """An author's part in a month, or everybody's. ``bylines``: posts that name the author; ``posts`` the share of them.
    ``views`` adds up what is surely there: ``unsure`` of the posts show none or only a bound."""

    bylines: int = 0
    posts: Fraction = Fraction()
    picks: Fraction = Fraction()
    views: int = 0
    shown: int = 0
    unsure: int = 0
    pieces: Fraction = Fraction()
    points: Fraction = Fraction()

    def add(self, other: Work) -> None:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))

    @property
    def figure(self) -> Count | None:
        """Its views; None where no post shows any."""
        return Count(self.views, missing=self.unsure) if self.shown else None

    def score(self, staff: StaffInfo) -> Fraction:
        """At least this much where views are unsure."""
        weight = {name: Fraction(str(each)) for name, each in staff.weights.items()}
        nothing = Fraction()
        return (
            weight.get("posts", nothing) * self.posts
            + weight.get("picks", nothing) * self.picks
            + weight.get("views", nothing) * Fraction(self.views, _WEIGHTED_VIEWS)
            + weight.get("placements", nothing) * self.points
        )


@dataclass(slots=True)
class Staffing:
    """``parts``: (author, month as 2026-07) → work. ``nobody``: posts and pieces that name no author. ``traces``: author →
    the numbers of the posts and placements behind it."""

    parts: dict[tuple[str, str], Work] = field(default_factory=dict)
    nobody: Work = field(default_factory=Work)
    traces: dict[str, list[int]] = field(default_factory=dict)

    def of(self, author: str, month: str) -> Work:
        return self.parts.setdefault((author, month), Work())

    def people(self) -> dict[str, Work]:
        """Author → everything of the period."""
        found: dict[str, Work] = {}
        for (author, _), work in self.parts.items():
            found.setdefault(author, Work()).add(work)
        return found


def staffing(inquiry: Inquiry, staff: StaffInfo) -> Staffing:
    """The posts published in the period on all our accounts but the ledgers, and the pieces placed, whatever the basis:
    a post without a value on it counts without views."""
    made = Staffing()
    for (byline, month), (work, numbers) in _by_line(inquiry).items():
        _post(made, authors(byline), month, work, staff)
        for name in authors(byline):
            made.traces.setdefault(name, []).extend(numbers)
    for piece in pieces(placed(inquiry).placements, inquiry.centre.points):
        names, month = authors(piece.author), f"{piece.day:%Y-%m}"
        if not names:
            made.nobody.add(Work(pieces=Fraction(1), points=piece.points))
        for name, share in zip(names, _shares(staff, len(names)), strict=True):
            made.of(name, month).add(Work(pieces=share, points=share * piece.points))
            made.traces.setdefault(name, []).extend(each.row.post_id for each in piece.placements)
    return made


def _output(inquiry: Inquiry) -> str:
    """The table of the posts published in the period: they are the work done, whatever is known of their views."""
    if inquiry.basis.kind == "published":
        return inquiry.view.table
    if inquiry.basis.kind == "aged":
        return f"{inquiry.view.table}_of_period"
    question = replace(inquiry.view.question, basis="published")
    return View(inquiry.connection, question, "published").table


def _by_line(inquiry: Inquiry) -> dict[tuple[str, str], tuple[Work, list[int]]]:
    """(author line as it stands, month) → what bears it, and the numbers of those posts."""
    ours = [each.id for each in inquiry.ours if not each.ledger]
    picks = tagged(inquiry.connection, [PICK], inquiry.known)[PICK]
    found: dict[tuple[str, str], tuple[Work, list[int]]] = {}
    for row in inquiry.view.short(("views",), accounts=ours, among=_output(inquiry)):
        if row.kind == "placement":
            continue
        key = row.author, _month(row.published_at // 3_600)
        if key not in found:
            found[key] = Work(), []
        work, numbers = found[key]
        numbers.append(row.post_id)
        views = row.amounts.get("views")
        work.bylines += 1
        if row.post_id in picks:
            work.picks += 1
        if views is not None:
            work.shown += 1
            work.views += views.low
        work.unsure += views is None or not views.exact
    for work, _ in found.values():
        work.posts = Fraction(work.bylines)
    return found


@lru_cache(maxsize=10_000)
def _month(hour: int) -> str:
    """The month of an hour since 1970, in Shanghai, which is whole hours from UTC."""
    return f"{here(hour * 3_600):%Y-%m}"


def _post(made: Staffing, names: Sequence[str], month: str, work: Work, staff: StaffInfo) -> None:
    """Share what bears these names between them."""
    if not names:
        made.nobody.add(work)
    shares = _shares(staff, len(names))
    for name, share, views in zip(names, shares, _parts(work.views, shares), strict=True):
        part = replace(work, posts=share * work.posts, picks=share * work.picks, views=views)
        made.of(name, month).add(part)


def _shares(staff: StaffInfo, number: int) -> Sequence[Fraction]:
    """Of co-authors in the order of their names; equal unless the centre says otherwise. They add up to 1."""
    if not number:
        return ()
    said = [Fraction(str(each)) for each in staff.shares.get(number, ())]
    whole = sum(said, Fraction())
    return [each / whole for each in said] if whole else [Fraction(1, number)] * number


def _parts(whole: int, shares: Sequence[Fraction]) -> Iterator[int]:
    """``whole`` in whole numbers by shares: cut, and what is left over goes to the first ones, so that they add up."""
    cut = [whole * share.numerator // share.denominator for share in shares]
    rest = whole - sum(cut)
    for place, each in enumerate(cut):
        yield each + (place < rest)


@lru_cache(maxsize=4_096)
def authors(text: str) -> tuple[str, ...]:
    """The authors in the order of their names, each once; empty where the line names none."""
    folded = _ASIDE.sub(" ", unicodedata.normalize("NFKC", line(text)))
    found: list[str] = []
    counted = True
    for part in _SEPARATOR.split(folded):
        for word in _words(part):
            if word in ROLES or word in NO_AUTHORS:
                counted = word in ROLES
                continue
            name = short(_name(word), _LONGEST)
            if counted and name and name not in found:
                found.append(name)
    return tuple(found)


def _words(part: str) -> list[str]:
    """Names are divided by blanks; a blank inside a name of two signs (``张 三``) or of Latin letters divides nothing."""
    words: list[str] = []
    for each in part.split():
        if words and (
            (len(words[-1]) == 1 and len(each) == 1)
            or (_LATIN.search(words[-1]) and _LATIN.search(each))
        ):
            joint = " " if _LATIN.search(each) else ""
            words[-1] += f"{joint}{each}"
        else:
            words.append(each)
    return words


def _name(word: str) -> str:
    """Without a role written onto its front (``本报记者张三``) and 等 at its end."""
    for role in _LONG:
        if word.startswith(role) and len(word) > len(role) + 1:
            return word.removeprefix(role)
    return word[:-1] if word.endswith("等") and len(word) > 2 else word if word != "等" else ""
