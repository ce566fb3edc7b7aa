"""Where a draft contradicts itself, told from its words alone.

Every phrase allows some numbers and no others (truth.loose); a contradiction is where no numbers satisfy all phrases.
Only claims whose subject, figure and period are all said are compared: of one subject, metric and period, or a whole
and its parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby, permutations

from adapters.records import Count
from reports import wording
from reports.drafts.checking.truth import loose
from reports.drafts.reading.claims import Claim, What
from reports.drafts.reading.subjects import SpokenOf

#: Figures that add up over accounts and days; those that are parts of a number of works.
_ADDING = frozenset({"sum", "posts", "live", "live_views", "placements"})
_OF_POSTS = frozenset({"kind", "original", "reprint"})
#: What works and placements are divided into: each of a row apart from the others.
_DIVISIONS = (
    ("posts", frozenset({"original", "reprint"})),
    ("placements", frozenset({"中央", "省", "市", "县"})),
)
#: Kinds of which two numbers may both be true: they are of other works, days or wholes.
_SEVERAL = frozenset(
    {"accounts", "percent", "average", "share", "missing", "unknown", "column", "followers"}
)
#: Of one subject and period the first is at most the second.
_AT_MOST = {
    ("hits", "hits"): "{line}的有{less}，比{lower}的{more}还多（低的一档包含高的一档）",
    ("best", "sum"): "单篇最高{less}比合计{more}还多",
    ("hits", "posts"): "达到{line}的{less}比发稿总数{more}还多",
}
#: More claims than these are not compared with each other.
_MOST = 400


@dataclass(frozen=True, slots=True)
class Contradiction:
    """``claims``: the places of the claims that cannot all be true; ``text`` says why in Chinese."""

    claims: tuple[int, ...]
    text: str


@dataclass(frozen=True, slots=True)
class _Stated:
    """A claim at its place with the numbers that it allows."""

    place: int
    claim: Claim
    low: int
    high: int | None

    @property
    def what(self) -> What:
        return self.claim.readings[0].what

    @property
    def subject(self) -> SpokenOf:
        return self.claim.readings[0].subject

    @property
    def about(self) -> tuple[object, ...]:
        """Claims of one subject, period and basis are alike here."""
        subject, claim = self.subject, self.claim
        when = None if claim.period is None else (claim.period.start, claim.period.end)
        strange = (subject.words.strip("“”"), subject.platform)
        whom = strange if subject.kind == "unknown" else subject.accounts
        return (whom, subject.topic, when, claim.basis, claim.earlier, claim.falls)

    @property
    def thing(self) -> tuple[object, ...]:
        what, against = self.what, self.claim.against
        figure = (what.kind, what.metric, what.threshold, what.name)
        return (*self.about, *figure, self.claim.compared, against and against.name)

    @property
    def words(self) -> str:
        return f"“{self.claim.words}”"

    def below(self, other: _Stated) -> bool:
        return self.high is not None and self.high < other.low


def contradictions(claims: Sequence[Claim]) -> list[Contradiction]:
    """All contradictions of a draft, each once, in its order."""
    said = [_Stated(at, each, *loose(each.number)) for at, each in enumerate(claims) if _sure(each)]
    found = [
        *_twice(said),
        *_of_hits(said),
        *_of_lists(said, claims),
        *_of_parts(said),
        *_of_growth(said),
    ]
    return sorted(dict.fromkeys(found), key=lambda each: max(each.claims))


def _sure(claim: Claim) -> bool:
    """What is not understood, guessed, planned or left blank contradicts nothing."""
    number, first = claim.number, claim.readings[0]
    doubtful = claim.unsure or claim.guess or claim.planned or number.blank or number.fraction
    vague = first.subject.any or first.what.kind in ("other", "any_post")
    return not (doubtful or vague)


def _made(text: str, *said: _Stated) -> Contradiction:
    return Contradiction(tuple(each.place for each in said), text)


def _grouped(said: Sequence[_Stated], kinds: Iterable[str]) -> Iterator[list[_Stated]]:
    """Claims of these kinds about the same, together."""
    mine = sorted((each for each in said if each.what.kind in kinds), key=lambda e: repr(e.about))
    for _, group in groupby(mine, key=lambda each: repr(each.about)):
        yield sorted(group, key=lambda each: each.place)[:_MOST]


def _twice(said: Sequence[_Stated]) -> Iterator[Contradiction]:
    """The same figure with two numbers."""
    first: dict[tuple[object, ...], _Stated] = {}
    for each in (one for one in said if one.what.kind not in _SEVERAL):
        other = first.setdefault(each.thing, each)
        same = other.claim.sentence_number == each.claim.sentence_number
        parted = other.claim.whole == each.place or each.claim.whole == other.place
        if parted or (same and each.what.kind == "live"):
            continue
        if other.below(each) or each.below(other):
            text = f"同一个数（{each.subject.words}）前后不一致：{other.words}与{each.words}"
            yield _made(text, other, each)


def _of_hits(said: Sequence[_Stated]) -> Iterator[Contradiction]:
    """Hits against lines, totals, the best work and the number of works."""
    for group in _grouped(said, ("hits", "sum", "best", "posts")):
        for metric in sorted({each.what.metric for each in group} - {""}):
            mine = [each for each in group if each.what.metric in (metric, "")]
            lined = {
                e.what.threshold: e
                for e in reversed(mine)
                if e.what.kind == "hits" and e.what.threshold
            }
            hits = [lined[line] for line in sorted(lined, reverse=True)]
            apart = [each for each in mine if each.what.kind != "hits"]
            for pair in permutations([*hits, *apart], 2):
                if text := _at_odds(*pair):
                    yield _made(text, *pair)
            for whole in (each for each in apart if each.what.kind == "sum"):
                yield from _least(hits, whole)


def _at_odds(less: _Stated, more: _Stated) -> str:
    """Why the first cannot be at most the second, or the best work not on its side of a line; empty where they can."""
    kinds, lines = (less.what.kind, more.what.kind), (less.what.threshold, more.what.threshold)
    line, lower = (wording.mark(each) if each else "" for each in lines)
    if kinds == ("best", "hits"):
        best, hit = less, more
        if hit.low > 0 and best.high is not None and best.high < lines[1]:
            return f"单篇最高{best.words}没有到{lower}，却有{hit.words}达到"
        over = hit.high == 0 and best.low >= lines[1]
        return f"单篇最高{best.words}已到{lower}，却说达到的有{hit.words}" if over else ""
    nested = kinds[0] != kinds[1] or lines[0] > lines[1]
    text = _AT_MOST.get(kinds, "") if nested and more.below(less) else ""
    return text.format(less=less.words, more=more.words, line=line, lower=lower)


def _least(hits: Sequence[_Stated], whole: _Stated) -> Iterator[Contradiction]:
    """Hits × lines is the least that the total can be."""
    least, counted, parts = 0, 0, []
    for each in hits:
        if each.low > counted:
            least += (each.low - counted) * each.what.threshold
            parts.append(f"{wording.mark(each.what.threshold)[:-1]}×{each.low - counted}")
            counted = each.low
    if whole.high is not None and least > whole.high:
        said = wording.total(Count(least))
        counts = "、".join(each.words for each in hits)
        text = f"合计{whole.words}与爆款数矛盾：按{counts}算，至少有{said}（{'＋'.join(parts)}）"
        yield _made(text, whole, *hits)


def _of_lists(said: Sequence[_Stated], claims: Sequence[Claim]) -> Iterator[Contradiction]:
    """Parts after 其中, ： or in brackets against their whole; originals and reprints, levels of media against all."""
    for whole in said:
        mine = [each for each in said if each.claim.whole == whole.place and _is_part(each, whole)]
        if mine and all(_apart(*pair) for pair in combinations(mine, 2)):
            every = len(mine) == sum(each.whole == whole.place for each in claims)
            full = every and all(each.claim.all_parts for each in mine)
            yield from _compared(whole, mine, full=full)
    for kind, names in _DIVISIONS:
        for group in _grouped(said, {kind, *names}):
            wholes = [each for each in group if each.what.kind == kind and not each.what.name]
            parts = {each.what.name or each.what.kind: each for each in group if each not in wholes}
            mine = [each for name, each in parts.items() if name in names]
            if wholes and len(mine) > 1:
                yield from _compared(wholes[0], mine, full=False)


def _is_part(part: _Stated, whole: _Stated) -> bool:
    """A figure of the same sort, of a part of the subject, of the time or of what is counted."""
    mine, all_ = part.claim, whole.claim
    if mine.earlier != all_.earlier or part.what.metric != whole.what.metric:
        return False
    if mine.period != all_.period:
        within = mine.period and all_.period and mine.paragraph == all_.paragraph and (
            all_.period.start <= mine.period.start and mine.period.end <= all_.period.end
        )  # fmt: skip
        if not within:
            return False
    if (part.what.kind, part.what.threshold) == (whole.what.kind, whole.what.threshold):
        return part.thing != whole.thing
    return whole.what.kind == "posts" and part.what.kind in _OF_POSTS


def _apart(one: _Stated, other: _Stated) -> bool:
    """Two parts that share no account, kind, level or time."""
    times = (one.claim.period, other.claim.period)
    if times[0] != times[1] and None not in times:
        return True
    mine, theirs = one.subject.accounts, other.subject.accounts
    if one.what != other.what and mine == theirs:
        kinds = {one.what.kind, other.what.kind}
        fronts = "头版" in f"{one.what.name}{other.what.name}"
        return not fronts and kinds in ({"kind"}, {"original", "reprint"}, {"placements"})
    if mine and theirs:
        return not set(mine) & set(theirs)
    return one.subject.words != other.subject.words


def _compared(whole: _Stated, parts: Sequence[_Stated], *, full: bool) -> Iterator[Contradiction]:
    highs = [each.high for each in parts if each.high is not None]
    words = "、".join(each.words for each in parts)
    if whole.high is not None and sum(each.low for each in parts) > whole.high:
        yield _made(f"各部分{words}合计比总数{whole.words}还多", whole, *parts)
    elif full and len(parts) > 1 and len(highs) == len(parts) and sum(highs) < whole.low:
        yield _made(f"各部分{words}合计不到总数{whole.words}", whole, *parts)


def _of_parts(said: Sequence[_Stated]) -> Iterator[Contradiction]:
    """An account's, a shorter period's or a kind's figure that is more than that of the whole."""
    mine = [each for each in said if each.what.kind in _ADDING | _OF_POSTS][:_MOST]
    wholes = [each for each in mine if each.what.kind in _ADDING and not each.what.name]
    for whole in wholes:
        for part in mine:
            if whole.below(part) and _inside(part.subject, whole.subject) and _is_part(part, whole):
                yield _made(f"部分{part.words}比总数{whole.words}还多", part, whole)


def _inside(one: SpokenOf, other: SpokenOf) -> bool:
    """The second subject holds the first."""
    if other.topic and other.topic != one.topic:
        return False
    if "unknown" in (one.kind, other.kind):
        return one.words == other.words
    return bool(one.accounts) and set(one.accounts) <= set(other.accounts)


def _of_growth(said: Sequence[_Stated]) -> Iterator[Contradiction]:
    """比上年同期100万增长80%, beside 158万; 比39条减少8条, beside 33条."""
    for at, change in enumerate(said):
        if change.what.kind not in ("percent", "difference"):
            continue
        alike = [
            each
            for each in said[:at]
            if each.claim.sentence_number == change.claim.sentence_number
            and (each.what.kind, each.what.metric) == (change.what.name, change.what.metric)
        ]
        against = change.claim.against
        before = [
            each
            for each in alike
            if each.claim.earlier or (against is not None and each.claim.period == against)
        ]
        now = [each for each in alike if each not in before]
        if before and now:
            yield from _change(now[-1], before[-1], change)


def _change(now: _Stated, before: _Stated, change: _Stated) -> Iterator[Contradiction]:
    if now.high is None or before.high is None or before.low <= 0:
        return
    sign = -1 if change.claim.falls else 1
    text = f"由{before.words}到{now.words}"
    if change.what.kind == "difference":
        low, high = now.low - before.high, now.high - before.low
        if change.high is None:
            return
        ends = (sign * change.low, sign * change.high)
        if max(ends) < low or min(ends) > high:
            yield _made(f"{text}，增减的不是{change.words}", now, before, change)
        return
    least, most = (now.low / before.high - 1) * 100, (now.high / before.low - 1) * 100
    stated = sign * float(change.claim.number.exact)
    if not least - 1 <= stated <= most + 1:
        middle = round((least + most) / 2, 1)
        said = f"{'增长' if middle >= 0 else '下降'}约{abs(middle):g}%"
        yield _made(f"{text}是{said}，不是{change.words}", now, before, change)
