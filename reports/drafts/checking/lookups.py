"""What the data say to the claims of a draft: the figures that they ask for, each period valued once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from reports.basis import parse_basis
from reports.centre import Centre
from reports.drafts.checking import of_ledgers, of_lines, of_posts
from reports.drafts.checking.source import (
    Fact,
    PeriodFigures,
    Query,
    derived,
    outlets_on_record,
    programmes_on_record,
)
from reports.drafts.reading.claims import Claim, Interpretation, What
from reports.drafts.reading.subjects import Lexicon, lexicon
from reports.periods import Period, earlier, parse_period
from reports.summary import inquire

_OUTPUT = frozenset({"posts", "kind", "original", "reprint", "column"})
_LISTED = frozenset({"placements", "live", "live_views", "issues", "items"})
_CHANGES = ("difference", "percent")
#: Moments that followers are compared with, beside whole periods.
_STANDING = ("year end", "start")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What is compared with: the database inside a transaction, what config says, the draft's basis, two moments."""

    connection: Connection
    centre: Centre
    basis: str
    as_of: datetime
    known_by: datetime


@dataclass(frozen=True, slots=True)
class When:
    """A period on a basis, as of a moment."""

    period: Period
    basis: str
    as_of: datetime


#: A figure, when.
Key = tuple[Interpretation, When]
#: The figures that a reading of a claim asks for, or why it can ask for none.
Keys = tuple[Key, ...] | str


@dataclass(frozen=True, slots=True)
class Found:
    """What the data say to one reading of a claim: ``fact``, of a ``period`` on a ``basis`` (empty: nothing could be asked)."""

    reading: Interpretation
    fact: Fact
    period: Period | None
    basis: str = ""


def find(ground: Ground, claims: Sequence[Claim], *, every: bool) -> list[list[Found]]:
    """For each claim what is found of its readings; with ``every`` on every basis that may be meant: how many posts were
    published is the same on each, how many are counted is not."""
    wanted = [list(_asked(ground, each, every=every)) for each in claims]
    facts = _look_up(ground, (keys for each in wanted for _, keys in each))

    def found(claim: Claim, reading: Interpretation, keys: Keys) -> Found:
        if isinstance(keys, str):
            return nothing(claim, reading, keys)
        when = keys[0][1]
        fact = derived(reading.what, [facts[each] for each in keys], when.period)
        return Found(reading, fact, when.period, when.basis)

    return [
        [found(claim, *each) for each in mine] for claim, mine in zip(claims, wanted, strict=True)
    ]


def nothing(claim: Claim, reading: Interpretation, why: str) -> Found:
    """Of a claim that asks for nothing."""
    return Found(reading, Fact(name=reading.subject.words, why=why), claim.period)


def _asked(ground: Ground, claim: Claim, *, every: bool) -> Iterator[tuple[Interpretation, Keys]]:
    basis = claim.basis or ground.basis
    for reading in _readings(ground, claim):
        output = reading.what.kind in _OUTPUT and not reading.subject.topic
        both = every and output and basis != "published"
        for each in ("published", basis) if both else (basis,):
            keys = _keys(ground, claim, reading, each)
            yield reading, keys
            change = every and claim.readings[0].what.kind in _CHANGES
            if change and not isinstance(keys, str) and len(keys) == 2:
                # as somebody reckons who has both totals before him: the earlier one as it stands today
                now, (what, when) = keys
                today = replace(when, as_of=ground.as_of)
                if today != when:
                    yield reading, (now, (what, today))


def _readings(ground: Ground, claim: Claim) -> Iterator[Interpretation]:
    """All readings; 另一客户端 is one of them; on *gained* 增加 may be the figure itself."""
    for reading in claim.readings:
        what, subject = reading.what, reading.subject
        if what.kind == "difference" and what.name == "sum" and ground.basis == "gained":
            yield Interpretation(subject, What(kind="sum", metric=what.metric))
        if not subject.any or len(subject.accounts) < 2:
            yield reading
            continue
        for account in subject.accounts:
            yield Interpretation(replace(subject, accounts=(account,), any=False), what)


def _keys(ground: Ground, claim: Claim, reading: Interpretation, basis: str) -> Keys:
    """What a reading asks for; or why it can ask for nothing."""
    period, what = claim.period, reading.what
    if period is None:
        return "没有写时期：请加 --period，如 --period 2026Q3"
    if period.start > ground.as_of:
        return f"{period.title}还没有到"
    here = When(period, basis, ground.as_of)
    if what.kind in ("average", "share"):
        return tuple((each, here) for each in _of_ratio(reading))
    if what.kind in _CHANGES:
        return _of_change(ground, claim, reading, here)
    if what.kind == "follower_gain" or (what.kind == "followers" and claim.earlier == "year end"):
        return ((reading, replace(here, period=_since(claim, period))),)
    if claim.earlier in ("", "start"):
        return ((reading, here),)
    then = _then(claim, claim.earlier, period)
    if then is None:
        return "没有可以比较的上一期"
    return ((reading, _past(here, then, what.kind) or replace(here, period=then)),)


def _of_change(ground: Ground, claim: Claim, reading: Interpretation, here: When) -> Keys:
    """The figure now and the one that it is compared with."""
    what, period = reading.what, here.period
    if what.name == "followers" and claim.compared in _STANDING:
        when = replace(here, period=_since(claim, period))
        now, before = (
            Interpretation(reading.subject, What(kind="followers", name=name))
            for name in ("", "start")
        )
        return (now, when), (before, when)
    then = _then(claim, claim.compared, period)
    if then is None or not what.name:
        return "增减的幅度要说明与哪个时期相比"
    own = Interpretation(reading.subject, What(kind=what.name, metric=what.metric, name=what.per))
    past = _past(here, then, what.name)
    if past is None:
        return f"{period.title}还没有结束，不作比较"
    return (own, here), (own, past)


def _of_ratio(reading: Interpretation) -> Iterator[Interpretation]:
    """An average's figure and what it is divided by (days are known); a share's figure and its whole's."""
    what, subject = reading.what, reading.subject
    name = "" if what.kind == "average" else what.per
    base = What(kind=what.name, metric=what.metric, threshold=what.threshold, name=name)
    yield Interpretation(subject, base)
    if what.kind == "share":
        of_posts = base.kind in ("kind", "original", "reprint", "hits")
        yield Interpretation(reading.whole or subject, What(kind="posts") if of_posts else base)
    elif what.per != "day":
        yield Interpretation(subject, What(kind="posts" if what.per == "post" else "live"))


def _since(claim: Claim, period: Period) -> Period:
    """比上年末 is since the year's beginning."""
    if claim.compared in ("year end", "last year"):
        start = period.start.replace(month=1, day=1, hour=0, minute=0)
        return replace(period, name=f"{start.year}-01-01..", start=start)
    return period


def _then(claim: Claim, called: str, period: Period) -> Period | None:
    """The period compared with: the one that is named, else last year's or the one before."""
    if claim.against is not None:
        return claim.against
    there = earlier(period)
    return {"last year": there.get("同比"), "before": there.get("环比")}.get(called)


def _past(here: When, then: Period, kind: str) -> When | None:
    """As long after the earlier period's end as as-of is after this one's: posts had the same time to grow. What
    ledgers list does not grow, and may be handed in late."""
    if kind in _LISTED:
        return replace(here, period=then)
    if here.as_of < here.period.end:
        return None
    return When(then, here.basis, then.end + (here.as_of - here.period.end))


def _look_up(ground: Ground, wanted: Iterable[Keys]) -> dict[Key, Fact]:
    """A fact for each figure that is asked for."""
    groups: dict[When, list[Interpretation]] = {}
    told = (each for each in wanted if not isinstance(each, str))
    for reading, when in dict.fromkeys(key for keys in told for key in keys):
        groups.setdefault(when, []).append(reading)
    found: dict[Key, Fact] = {}
    for when, readings in groups.items():
        centre = replace(ground.centre, thresholds=_thresholds(ground.centre, readings, when.basis))
        source = PeriodFigures(
            inquire(ground.connection, centre, when.period, when.basis, when.as_of, ground.known_by)
        )
        found |= {(each, when): _fact(Query(source, each)) for each in readings}
    return found


def _fact(q: Query) -> Fact:
    """What one reading of a claim states, as the data have it; or why nobody here can say."""
    subject, what = q.subject, q.what
    why = ""
    if what.kind == "other":
        why = f"“{what.name}”不在采集的指标里，没有可以核对的数据"
    elif subject.kind == "unknown":
        theirs = f"稿件说的是{subject.words}，不是本单位"
        why = theirs if "中心" in subject.words else f"config.toml 里没有账号{subject.words}"
    elif not subject.accounts:
        why = f"config.toml 里没有“{subject.words}”的账号"
    if why:
        return Fact(name=subject.words, why=why)
    return (of_lines.topic if subject.topic else _LOOK_UP[what.kind])(q)


_LOOK_UP: Mapping[str, Callable[[Query], Fact]] = {
    "sum": of_lines.total, "original": of_lines.originality, "reprint": of_lines.originality, "hits": of_lines.hits,
    "accounts": of_lines.accounts, **dict.fromkeys(("posts", "kind"), of_lines.posts),
    **dict.fromkeys(("missing", "unknown", "deleted", "young", "unobserved"), of_lines.left_out),
    "best": of_posts.best, "ranked": of_posts.ranked, "post": of_posts.post, "any_post": of_posts.any_post,
    "column": of_posts.column, "placements": of_ledgers.placements,
    **dict.fromkeys(("followers", "follower_gain"), of_ledgers.followers),
    **dict.fromkeys(("live", "live_views"), of_ledgers.live),
    **dict.fromkeys(("issues", "items"), of_ledgers.programme),
}  # fmt: skip


def words_of(ground: Ground) -> Lexicon:
    """All words that a draft of the centre may name: the media that placements are on record of, whenever placed, and the
    programmes of own broadcast too."""
    day = ground.as_of.date()
    period = parse_period(f"{day}..{day}")
    inquiry = inquire(
        ground.connection, ground.centre, period, "published", ground.as_of, ground.known_by
    )
    return lexicon(ground.centre, outlets_on_record(inquiry), programmes_on_record(inquiry))


def _thresholds(
    centre: Centre, readings: Sequence[Interpretation], basis: str
) -> Mapping[str, Sequence[int]]:
    """Those of config and those that the draft names; on *gained* crossings are kept for the first alone."""
    found = {metric: set(values) for metric, values in centre.thresholds.items()}
    if parse_basis(basis).kind != "gained":
        for what in (each.what for each in readings):
            if what.kind in ("hits", "unknown") and what.threshold:
                found.setdefault(what.metric, set()).add(what.threshold)
    return {metric: sorted(values) for metric, values in found.items()}
