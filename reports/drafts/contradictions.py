"""Where a draft contradicts itself, told from its words alone.

Every phrase allows some numbers and no others (truth.loose); a contradiction is where no numbers satisfy all phrases.
Only claims whose subject, figure and period are all said are compared: of one subject, metric and period, or a whole
and its parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby

from reports import wording
from reports.drafts.claims import Claim, Reading
from reports.drafts.truth import loose

_ADDING = frozenset({"sum", "posts", "live", "live_views", "placements"})
#: What works and placements are divided into: each of a row apart from the others.
_DIVISIONS = (
    ("posts", frozenset({"original", "reprint"})),
    ("placements", frozenset({"中央", "省", "市", "县"})),
)
#: More claims than these are not compared with each other.
_MOST = 400


@dataclass(frozen=True, slots=True)
class Contradiction:
    """``claims``: the places of the claims that cannot all be true; ``text`` says why in Chinese."""

    claims: tuple[int, ...]
    text: str


@dataclass(frozen=True, slots=True)
class _Said:
    """A claim with the numbers that it allows."""

    place: int
    claim: Claim
    low: int
    high: int | None

    @property
    def reading(self) -> Reading:
        return self.claim.readings[0]

    @property
    def kind(self) -> str:
        return self.reading.what.kind

    @property
    def about(self) -> tuple[object, ...]:
        """Claims of one subject, period and basis are alike here."""
        subject, claim = self.reading.subject, self.claim
        when = None if claim.period is None else (claim.period.start, claim.period.end)
        whom = (
            subject.accounts
            if subject.kind != "unknown"
            else (subject.words.strip("“”"), subject.platform)
        )
        return (whom, subject.topic, when, claim.basis, claim.earlier, claim.falls)

    @property
    def thing(self) -> tuple[object, ...]:
        what = self.reading.what
        against = self.claim.against and self.claim.against.name
        return (
            *self.about,
            what.kind,
            what.metric,
            what.threshold,
            what.name,
            self.claim.compared,
            against,
        )

    @property
    def words(self) -> str:
        return f"“{self.claim.words}”"


def contradictions(claims: Sequence[Claim]) -> list[Contradiction]:
    """All contradictions of a draft, each once, in its order."""
    said = [_said(place, each) for place, each in enumerate(claims) if _sure(each)]
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
    doubtful = (
        claim.unsure or claim.guess or claim.planned or claim.number.blank or claim.number.fraction
    )
    subject = claim.readings[0].subject
    return (
        not doubtful
        and not subject.any
        and claim.readings[0].what.kind not in ("other", "any_post")
    )


def _said(place: int, claim: Claim) -> _Said:
    low, high = loose(claim.number)
    return _Said(place, claim, low, high)


def _made(text: str, *said: _Said) -> Contradiction:
    return Contradiction(tuple(each.place for each in said), text)


def _grouped(said: Sequence[_Said], *kinds: str) -> Iterator[list[_Said]]:
    """Claims of these kinds about the same, together."""
    mine = sorted((each for each in said if each.kind in kinds), key=lambda each: repr(each.about))
    for _, group in groupby(mine, key=lambda each: repr(each.about)):
        yield sorted(group, key=lambda each: each.place)[:_MOST]


def _twice(said: Sequence[_Said]) -> Iterator[Contradiction]:
    """The same figure with two numbers."""
    first: dict[tuple[object, ...], _Said] = {}
    for each in said:
        if each.kind in (
            "accounts",
            "percent",
            "average",
            "share",
            "missing",
            "unknown",
            "column",
            "followers",
        ):
            continue
        other = first.setdefault(each.thing, each)
        if each.kind == "live" and other.claim.sentence_number == each.claim.sentence_number:
            continue
        if other is not each and (_below(other, each) or _below(each, other)):
            if other.claim.whole == each.place or each.claim.whole == other.place:
                continue
            whom = each.reading.subject.words
            yield _made(f"同一个数（{whom}）前后不一致：{other.words}与{each.words}", other, each)


def _below(one: _Said, other: _Said) -> bool:
    return one.high is not None and one.high < other.low


def _of_hits(said: Sequence[_Said]) -> Iterator[Contradiction]:
    """Hits against lines, totals, the best work and the number of works."""
    for group in _grouped(said, "hits", "sum", "best", "posts"):
        posts = [each for each in group if each.kind == "posts"]
        for metric in sorted({each.reading.what.metric for each in group} - {""}):
            mine = [each for each in group if each.reading.what.metric == metric]
            hits, bests = _by_line(mine), [each for each in mine if each.kind == "best"]
            yield from _nested(hits)
            for whole in (each for each in mine if each.kind == "sum"):
                yield from _least(hits, whole)
                yield from _higher("单篇最高", bests, whole)
            for each in hits:
                yield from _line_and_best(each, bests)
                line = wording.mark(each.reading.what.threshold)
                for whole in (one for one in posts if _below(one, each)):
                    yield _made(f"达到{line}的{each.words}比发稿总数{whole.words}还多", each, whole)


def _higher(called: str, bests: Sequence[_Said], whole: _Said) -> Iterator[Contradiction]:
    for best in bests:
        if _below(whole, best):
            yield _made(f"{called}{best.words}比合计{whole.words}还多", best, whole)


def _line_and_best(hit: _Said, bests: Sequence[_Said]) -> Iterator[Contradiction]:
    line = hit.reading.what.threshold
    for best in bests:
        if hit.low > 0 and best.high is not None and best.high < line:
            text = f"单篇最高{best.words}没有到{wording.mark(line)}，却有{hit.words}达到"
            yield _made(text, best, hit)
        elif hit.high == 0 and best.low >= line:
            yield _made(
                f"单篇最高{best.words}已到{wording.mark(line)}，却说达到的有{hit.words}", best, hit
            )


def _by_line(said: Sequence[_Said]) -> list[_Said]:
    """Counts of hits, the highest line first; the first claim of each."""
    found: dict[int, _Said] = {}
    for each in said:
        if each.kind == "hits" and each.reading.what.threshold:
            found.setdefault(each.reading.what.threshold, each)
    return [found[line] for line in sorted(found, reverse=True)]


def _nested(hits: Sequence[_Said]) -> Iterator[Contradiction]:
    for higher, lower in combinations(hits, 2):
        if _below(lower, higher):
            above, below = (wording.mark(each.reading.what.threshold) for each in (higher, lower))
            yield _made(
                f"{above}的有{higher.words}，比{below}的{lower.words}还多（低的一档包含高的一档）",
                higher,
                lower,
            )


def _least(hits: Sequence[_Said], whole: _Said) -> Iterator[Contradiction]:
    """Hits × lines is the least that the total can be."""
    least, counted, parts = 0, 0, []
    for each in hits:
        number = max(each.low - counted, 0)
        least += number * each.reading.what.threshold
        if number:
            parts.append(f"{wording.mark(each.reading.what.threshold)[:-1]}×{number}")
        counted = max(counted, each.low)
    if whole.high is not None and least > whole.high:
        said = wording.total(wording.exactly(least))
        counts = "、".join(each.words for each in hits)
        text = f"合计{whole.words}与爆款数矛盾：按{counts}算，至少有{said}（{'＋'.join(parts)}）"
        yield _made(text, whole, *hits)


def _of_lists(said: Sequence[_Said], claims: Sequence[Claim]) -> Iterator[Contradiction]:
    """Parts after 其中, ： or in brackets against their whole; originals and reprints, levels of media against all."""
    by_place = {each.place: each for each in said}
    listed: dict[int, list[_Said]] = {}
    for each in said:
        if each.claim.whole is not None and each.claim.whole in by_place:
            listed.setdefault(each.claim.whole, []).append(each)
    for place, parts in listed.items():
        whole = by_place[place]
        mine = [each for each in parts if _is_part(each, whole)]
        if mine and _apart(mine):
            every = len(mine) == sum(each.whole == place for each in claims)
            yield from _compared(
                whole, mine, full=every and all(each.claim.all_parts for each in mine)
            )
    for kind, names in _DIVISIONS:
        for group in _grouped(said, kind, *names):
            wholes = [each for each in group if each.kind == kind and not each.reading.what.name]
            found = {
                each.reading.what.name or each.kind: each for each in group if each not in wholes
            }
            mine = [each for name, each in found.items() if name in names]
            if wholes and len(mine) > 1:
                yield from _compared(wholes[0], mine, full=False)


def _is_part(part: _Said, whole: _Said) -> bool:
    """A figure of the same sort, of a part of the subject or a part of what is counted."""
    one, other = part.reading, whole.reading
    same_time = (
        part.claim.period == whole.claim.period and part.claim.earlier == whole.claim.earlier
    )
    near = (
        part.claim.paragraph == whole.claim.paragraph and part.claim.earlier == whole.claim.earlier
    )
    within = near and part.claim.period is not None and whole.claim.period is not None and (
        whole.claim.period.start <= part.claim.period.start and part.claim.period.end <= whole.claim.period.end
    )  # fmt: skip
    if not (same_time or within) or one.what.metric != other.what.metric:
        return False
    if one.what.kind == other.what.kind and one.what.threshold == other.what.threshold:
        return part.thing != whole.thing
    return other.what.kind == "posts" and one.what.kind in ("kind", "original", "reprint")


def _apart(parts: Sequence[_Said]) -> bool:
    """Parts that share no account, kind, level or time."""
    for one, other in combinations(parts, 2):
        a, b = one.reading, other.reading
        times = (one.claim.period, other.claim.period)
        if times[0] != times[1] and None not in times:
            continue
        if a.what != b.what and a.subject.accounts == b.subject.accounts:
            fronts = [each.what.name for each in (a, b)]
            sorts = {a.what.kind, b.what.kind}
            if "头版" in "".join(fronts) or sorts not in (
                {"kind"},
                {"original", "reprint"},
                {"placements"},
            ):
                return False
            continue
        known = a.subject.accounts and b.subject.accounts
        if known and set(a.subject.accounts) & set(b.subject.accounts):
            return False
        if not known and a.subject.words == b.subject.words:
            return False
    return True


def _compared(whole: _Said, parts: Sequence[_Said], *, full: bool) -> Iterator[Contradiction]:
    least = sum(each.low for each in parts)
    highs = [each.high for each in parts if each.high is not None]
    words = "、".join(each.words for each in parts)
    if whole.high is not None and least > whole.high:
        yield _made(f"各部分{words}合计比总数{whole.words}还多", whole, *parts)
    elif full and len(parts) > 1 and len(highs) == len(parts) and sum(highs) < whole.low:
        yield _made(f"各部分{words}合计不到总数{whole.words}", whole, *parts)


def _of_parts(said: Sequence[_Said]) -> Iterator[Contradiction]:
    """An account's, a shorter period's or a kind's figure that is more than that of the whole."""
    mine = [each for each in said if each.kind in _ADDING | {"kind", "original", "reprint"}][:_MOST]
    for whole in (each for each in mine if each.kind in _ADDING and not each.reading.what.name):
        for part in mine:
            if (
                part is not whole
                and _below(whole, part)
                and _inside(part, whole)
                and _is_part(part, whole)
            ):
                yield _made(f"部分{part.words}比总数{whole.words}还多", part, whole)


def _inside(part: _Said, whole: _Said) -> bool:
    """The whole's subject holds the part's."""
    one, other = part.reading.subject, whole.reading.subject
    if other.topic and other.topic != one.topic:
        return False
    if one.kind == "unknown" or other.kind == "unknown":
        return one.words == other.words
    return bool(one.accounts) and set(one.accounts) <= set(other.accounts)


def _of_growth(said: Sequence[_Said]) -> Iterator[Contradiction]:
    """比上年同期100万增长80%, beside 158万; 比39条减少8条, beside 33条."""
    ordered = sorted(said, key=lambda each: each.claim.sentence_number)
    for _, group in groupby(ordered, key=lambda each: each.claim.sentence_number):
        mine = list(group)
        for change in (each for each in mine if each.kind in ("percent", "difference")):
            base = change.reading.what
            alike = [
                each for each in mine
                if (each.kind, each.reading.what.metric) == (base.name, base.metric) and each.place < change.place
            ]  # fmt: skip
            before = [each for each in alike if _is_before(each, change)]
            now = [each for each in alike if each not in before]
            if before and now:
                yield from _change(now[-1], before[-1], change)


def _is_before(each: _Said, change: _Said) -> bool:
    against = change.claim.against
    return bool(each.claim.earlier) or (against is not None and each.claim.period == against)


def _change(now: _Said, before: _Said, change: _Said) -> Iterator[Contradiction]:
    if now.high is None or before.high is None or before.low <= 0:
        return
    sign = -1 if change.claim.falls else 1
    if change.kind == "difference":
        low, high = now.low - before.high, now.high - before.low
        if change.high is None:
            return
        ends = (sign * change.low, sign * change.high)
        if max(ends) < low or min(ends) > high:
            yield _made(
                f"由{before.words}到{now.words}，增减的不是{change.words}", now, before, change
            )
        return
    least, most = (now.low / before.high - 1) * 100, (now.high / before.low - 1) * 100
    stated = sign * float(change.claim.number.exact)
    if not least - 1 <= stated <= most + 1:
        middle = round((least + most) / 2, 1)
        said = f"{'增长' if middle >= 0 else '下降'}约{abs(middle):g}%"
        yield _made(
            f"由{before.words}到{now.words}是{said}，不是{change.words}", now, before, change
        )
