"""Where a draft contradicts itself, told from its words alone.

Every phrase allows some numbers and no others (truth.loose); a contradiction is where no numbers satisfy all phrases.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from reports import wording
from reports.verify.claims import Claim, Reading
from reports.verify.truth import Limits, loose

#: Figures that add up, or are counts: a part is never greater than the whole.
_ADDING = frozenset({"sum", "posts", "live", "live_views", "followers", "placements"})
#: More things than these are not compared with each other.
_MOST_THINGS = 400
_NARROW = frozenset({"kind", "original", "reprint", "column", "hits"})
_KINDS = {"posts", "kind", "original", "reprint", "column", "hits", "placements", "live"}


@dataclass(frozen=True, slots=True)
class Contradiction:
    """``claims``: the places of the claims that cannot all be true; ``text`` says why in Chinese."""

    claims: tuple[int, ...]
    text: str


@dataclass(frozen=True, slots=True)
class _Said:
    """A claim with what it is about and what it allows."""

    place: int
    claim: Claim
    reading: Reading
    limits: Limits

    @property
    def low(self) -> int:
        return self.limits[0]

    @property
    def high(self) -> int | None:
        return self.limits[1]

    @property
    def about(self) -> tuple[object, ...]:
        """Claims of one subject, period and basis."""
        subject, claim = self.reading.subject, self.claim
        whom = subject.accounts or (subject.words,)
        when = None if claim.period is None else (claim.period.start, claim.period.end)
        where = claim.paragraph if claim.weak else None
        return (whom, subject.topic, when, claim.basis, claim.earlier, claim.falls, where)

    @property
    def thing(self) -> tuple[object, ...]:
        what = self.reading.what
        against = self.claim.compared if what.kind == "follower_gain" else ""
        return (*self.about, against, what.kind, what.metric, what.threshold, what.name)

    @property
    def words(self) -> str:
        return f"“{self.claim.words}”"


def contradictions(claims: Sequence[Claim]) -> list[Contradiction]:
    """All of them, in the order of the draft, each set of claims once."""
    said = [
        _Said(place, each, each.readings[0], loose(each.number))
        for place, each in enumerate(claims)
        if not each.planned and not each.unsure and not each.readings[0].subject.any
    ]
    found: dict[tuple[int, ...], Contradiction] = {}
    for each in (
        *_different(said), *_of_hits(said), *_of_live(said), *_of_divisions(said),
        *_of_parts(said), *_of_lists(claims, said), *_of_growth(said),
    ):  # fmt: skip
        found.setdefault(each.claims, each)
    return sorted(found.values(), key=lambda each: (max(each.claims), each.claims))


def _made(text: str, *said: _Said) -> Contradiction:
    return Contradiction(tuple(sorted({each.place for each in said})), text)


def _different(said: Sequence[_Said]) -> Iterator[Contradiction]:
    """Two figures for the same thing."""
    first: dict[tuple[object, ...], _Said] = {}
    for each in said:
        if each.reading.what.kind in (
            "percent",
            "difference",
            "any_post",
            "other",
            "missing",
            "unknown",
        ):
            continue
        before = first.setdefault(each.thing, each)
        if before is not each and _apart(before.limits, each.limits):
            name = each.reading.subject.words
            yield _made(f"同一个数（{name}）前后不一致：{before.words}与{each.words}", before, each)


def _apart(one: Limits, other: Limits) -> bool:
    return (one[1] is not None and other[0] > one[1]) or (
        other[1] is not None and one[0] > other[1]
    )


def _groups(said: Sequence[_Said], *kinds: str) -> Iterator[list[_Said]]:
    """Claims about the same subject and period."""
    groups: dict[tuple[object, ...], list[_Said]] = {}
    for each in said:
        if each.reading.what.kind in kinds:
            groups.setdefault(each.about, []).append(each)
    yield from groups.values()


def _of_hits(said: Sequence[_Said]) -> Iterator[Contradiction]:
    """Hits against thresholds, totals and the best post of the same subject."""
    for group in _groups(said, "hits", "sum", "best", "posts"):
        metrics = {each.reading.what.metric for each in group if each.reading.what.metric}
        posts = [each for each in group if each.reading.what.kind == "posts"]
        for metric in sorted(metrics):
            of = [each for each in group if each.reading.what.metric == metric]
            hits = _by_threshold(of)
            sums = [each for each in of if each.reading.what.kind == "sum"]
            bests = [each for each in of if each.reading.what.kind == "best"]
            yield from _nested(hits)
            for whole in sums:
                yield from _least(hits, whole)
                yield from (
                    _made(f"单篇最高{best.words}比合计{whole.words}还多", best, whole)
                    for best in bests
                    if whole.high is not None and best.low > whole.high
                )
            for best in bests:
                yield from _best_and_hits(hits, best)
            for whole in posts:
                yield from _more_than_all(hits, whole)


def _of_live(said: Sequence[_Said]) -> Iterator[Contradiction]:
    """The best session against all of them."""
    for group in _groups(said, "live_views"):
        bests = [each for each in group if each.reading.what.name == "best"]
        wholes = [each for each in group if not each.reading.what.name]
        for best in bests:
            for whole in wholes:
                same = best.reading.what.metric == whole.reading.what.metric
                if same and whole.high is not None and best.low > whole.high:
                    yield _made(f"单场最高{best.words}比合计{whole.words}还多", best, whole)


#: What a whole is divided into: each of a row apart from the others.
_DIVISIONS = (
    ("posts", frozenset({"original", "reprint"})),
    ("posts", frozenset({"video", "article", "image", "live"})),
    ("placements", frozenset({"中央", "省", "市", "县"})),
    ("placements", frozenset({"报", "台", "网", "端"})),
)


def _of_divisions(said: Sequence[_Said]) -> Iterator[Contradiction]:
    """33篇, 中央7篇, 省15篇, 市12篇, without 其中 between them."""
    for group in _groups(said, "posts", "placements", "original", "reprint", "kind"):
        for kind, names in _DIVISIONS:
            wholes = [e for e in group if e.reading.what.kind == kind and not e.reading.what.name]
            parts: dict[str, _Said] = {}
            for each in group:
                what = each.reading.what
                name = what.kind if what.kind in ("original", "reprint") else what.name
                if name in names:
                    parts.setdefault(name, each)
            mine = list(parts.values())
            for whole in wholes:
                if (
                    len(mine) > 1
                    and whole.high is not None
                    and sum(e.low for e in mine) > whole.high
                ):
                    yield _sum_above(whole, mine)


def _sum_above(whole: _Said, parts: Sequence[_Said]) -> Contradiction:
    said = "、".join(each.words for each in parts)
    return _made(f"各部分{said}相加，比{_name(whole)}{whole.words}还多", whole, *parts)


def _by_threshold(said: Sequence[_Said]) -> list[_Said]:
    """Counts of hits, the highest threshold first; the first claim of each."""
    found: dict[int, _Said] = {}
    for each in said:
        if each.reading.what.kind == "hits" and each.reading.what.threshold:
            found.setdefault(each.reading.what.threshold, each)
    return [found[threshold] for threshold in sorted(found, reverse=True)]


def _nested(hits: Sequence[_Said]) -> Iterator[Contradiction]:
    for higher, lower in combinations(hits, 2):
        if lower.high is not None and higher.low > lower.high:
            yield _made(
                f"{_mark(higher)}的有{higher.words}，比{_mark(lower)}的{lower.words}还多（低的一档包含高的一档）",
                higher,
                lower,
            )


def _least(hits: Sequence[_Said], whole: _Said) -> Iterator[Contradiction]:
    """Hits × thresholds is the least that the total can be."""
    least, counted, parts = 0, 0, []
    for each in hits:
        number = max(each.low - counted, 0)
        least += number * each.reading.what.threshold
        if number:
            parts.append(f"{wording.mark(each.reading.what.threshold)[:-1]}×{number}")
        counted = max(counted, each.low)
    if whole.high is not None and least > whole.high:
        said = wording.total(wording.exactly(least))
        text = f"合计{whole.words}与爆款数矛盾：按{'、'.join(each.words for each in hits)}算，至少有{said}（{'＋'.join(parts)}）"
        yield _made(text, whole, *hits)


def _best_and_hits(hits: Sequence[_Said], best: _Said) -> Iterator[Contradiction]:
    for each in hits:
        threshold = each.reading.what.threshold
        if each.low > 0 and best.high is not None and best.high < threshold:
            yield _made(
                f"单篇最高{best.words}没有到{_mark(each)}，却有{each.words}达到", best, each
            )
        if each.high == 0 and best.low >= threshold:
            yield _made(
                f"单篇最高{best.words}已到{_mark(each)}，却说达到的有{each.words}", best, each
            )


def _more_than_all(hits: Sequence[_Said], whole: _Said) -> Iterator[Contradiction]:
    for each in hits:
        if whole.high is not None and each.low > whole.high:
            yield _made(f"达到{_mark(each)}的{each.words}比发稿总数{whole.words}还多", each, whole)


def _mark(said: _Said) -> str:
    return wording.mark(said.reading.what.threshold)


def _of_parts(said: Sequence[_Said]) -> Iterator[Contradiction]:
    """A part greater than the whole: an account and its group, a month and its quarter, originals and all posts."""
    groups: dict[tuple[str, str, str], list[_Said]] = {}
    for each in said:
        sort = _sort(each)
        if sort and each.claim.period is not None and not each.claim.earlier:
            metric = "" if sort == "posts" else each.reading.what.metric
            groups.setdefault((sort, metric, each.claim.basis), []).append(each)
    for (sort, *_), group in groups.items():
        greatest, least = _extremes(group)
        for part in greatest:
            for whole in least:
                if whole.high is not None and part.low > whole.high and _within(part, whole):
                    text = f"部分比整体还多：{_name(part)}{part.words}，{_name(whole)}{whole.words}"
                    yield _made(text, part, whole)
        if sort != "followers":
            yield from _adds_up(greatest, least)


def _sort(said: _Said) -> str:
    """What can be a part of each other; empty for what never adds up."""
    kind = said.reading.what.kind
    if kind == "placements" or kind in _ADDING - _KINDS:
        return kind
    return "posts" if kind in _KINDS | _NARROW and kind != "live" else ""


def _extremes(group: Sequence[_Said]) -> tuple[list[_Said], list[_Said]]:
    """Of the claims of each thing the one that states most and the one that states least; of so many things."""
    greatest: dict[tuple[object, ...], _Said] = {}
    least: dict[tuple[object, ...], _Said] = {}
    for each in group:
        if each.thing not in greatest and len(greatest) >= _MOST_THINGS:
            continue
        if each.low > greatest.setdefault(each.thing, each).low:
            greatest[each.thing] = each
        there = least.setdefault(each.thing, each).high
        if each.high is not None and (there is None or each.high < there):
            least[each.thing] = each
    return list(greatest.values()), list(least.values())


def _within(part: _Said, whole: _Said) -> bool:
    """Whether what ``part`` counts lies wholly in what ``whole`` counts, and is not the same."""
    a, b = part.reading, whole.reading
    if (part.claim.weak or whole.claim.weak) and part.claim.paragraph != whole.claim.paragraph:
        return False
    if part.thing == whole.thing or not (a.subject.accounts and b.subject.accounts):
        return False
    narrower = b.what.kind == "posts" or (a.what == b.what)
    narrower = narrower or (b.what.kind == a.what.kind == "placements" and not b.what.name)
    topic = not b.subject.topic or b.subject.topic == a.subject.topic
    p, w = part.claim.period, whole.claim.period
    assert p is not None
    assert w is not None
    inside = w.start <= p.start and p.end <= w.end
    if a.what.kind == "followers" and (p.start, p.end) != (w.start, w.end):
        return False
    return narrower and topic and inside and set(a.subject.accounts) <= set(b.subject.accounts)


def _adds_up(parts: Sequence[_Said], wholes: Sequence[_Said]) -> Iterator[Contradiction]:
    """Separate accounts of one whole, together more than it."""
    for whole in wholes:
        if whole.high is None or whole.reading.subject.topic:
            continue
        mine = _disjoint(each for each in parts if _same_figure(each, whole))
        if len(mine) > 1 and sum(each.low for each in mine) > whole.high:
            yield _sum_above(whole, mine)


def _same_figure(part: _Said, whole: _Said) -> bool:
    same = part.reading.what == whole.reading.what
    return same and not part.reading.subject.topic and _within(part, whole)


def _disjoint(parts: Iterable[_Said]) -> list[_Said]:
    """No account twice in any of the days."""
    found: list[_Said] = []
    for each in parts:
        if not any(_meet(each, other) for other in found):
            found.append(each)
    return found


def _meet(one: _Said, other: _Said) -> bool:
    """Whether a post may count in both."""
    a, b = one.claim.period, other.claim.period
    apart = a is not None and b is not None and (a.end <= b.start or b.end <= a.start)
    return not apart and bool(
        set(one.reading.subject.accounts) & set(other.reading.subject.accounts)
    )


def _name(said: _Said) -> str:
    words = said.reading.subject.words
    return f"{words}" if not said.reading.what.name else f"{words}（{said.reading.what.name}）"


def _of_lists(claims: Sequence[Claim], said: Sequence[_Said]) -> Iterator[Contradiction]:
    """A whole and the parts that follow it in the sentence: 1500余篇：国家级120余篇、省级150余篇."""
    by_place = {each.place: each for each in said}
    lists: dict[int, list[_Said]] = {}
    for each in said:
        if each.claim.whole is not None and each.claim.whole in by_place:
            lists.setdefault(each.claim.whole, []).append(each)
    for place, parts in lists.items():
        whole = by_place[place]
        mine = [each for each in parts if _same_sort(each, whole)]
        for each in mine:
            if whole.high is not None and each.low > whole.high:
                yield _made(f"“其中”的{each.words}比总数{whole.words}还多", whole, each)
        separate = _separate(mine)
        if len(separate) < 2:
            continue
        low = sum(each.low for each in separate)
        highs = [each.high for each in separate if each.high is not None]
        most = sum(highs) if len(highs) == len(separate) else None
        names = "、".join(each.words for each in separate)
        if whole.high is not None and low > whole.high:
            yield _made(f"各部分{names}相加至少{low}，比总数{whole.words}还多", whole, *separate)
        elif (
            claims[separate[0].place].all_parts
            and len(separate) == len(parts)
            and most is not None
            and most < whole.low
        ):
            yield _made(f"各部分{names}相加至多{most}，不到总数{whole.words}", whole, *separate)


def _same_sort(part: _Said, whole: _Said) -> bool:
    a, b = part.reading.what, whole.reading.what
    if a.kind == "sum" or b.kind == "sum":
        return a.kind == b.kind and a.metric == b.metric
    return (
        a.kind in _KINDS
        and b.kind in _KINDS
        and a.kind != "hits"
        and _measure(part) == _measure(whole)
    )


def _measure(said: _Said) -> str:
    """篇, 条, 个 and 件 all count posts."""
    measure = said.claim.number.measure
    return "条" if measure in ("篇", "条", "个", "件", "部", "则") else measure


def _separate(parts: Sequence[_Said]) -> list[_Said]:
    """Parts of one division: levels, accounts, originals and reprints; each named once."""
    found: list[_Said] = []
    names: set[tuple[object, ...]] = set()
    for each in parts:
        what = each.reading.what
        divided = what.kind in ("placements", "original", "reprint", "kind") and (
            what.name or what.kind
        )
        name = (what.kind, divided, each.reading.subject.accounts)
        if name not in names and (
            divided or found == [] or each.reading.subject != found[0].reading.subject
        ):
            names.add(name)
            found.append(each)
    return found


def _of_growth(said: Sequence[_Said]) -> Iterator[Contradiction]:
    """比上年同期100万增长80%, beside 158万."""
    by_sentence: dict[int, list[_Said]] = {}
    for each in said:
        by_sentence.setdefault(each.claim.sentence_number, []).append(each)
    for group in by_sentence.values():
        percents = [each for each in group if each.reading.what.kind == "percent"]
        befores = [
            each
            for each in group
            if each.claim.earlier and each.reading.what.kind not in ("percent", "difference")
        ]
        changes = [each for each in group if each.reading.what.kind == "difference"]
        if not (percents or changes) or not befores:
            continue
        before = befores[-1]
        now = [
            e
            for e in group
            if not e.claim.earlier
            and e.reading.what.kind == before.reading.what.kind
            and e.reading.what.metric == before.reading.what.metric
        ]
        if now and percents:
            yield from _growth(now[0], before, percents[-1])
        if now and changes:
            yield from _change(now[0], before, changes[-1])


def _change(now: _Said, before: _Said, change: _Said) -> Iterator[Contradiction]:
    """33条 beside 39条 is 6 fewer."""
    if not change.claim.gain or None in (before.high, now.high, change.high):
        return
    sign = -1 if change.claim.falls else 1
    low, high = now.low - (before.high or 0), (now.high or 0) - before.low
    stated = sorted((sign * change.low, sign * (change.high or 0)))
    if stated[1] < low or stated[0] > high:
        yield _made(f"由{before.words}到{now.words}，增减的不是{change.words}", now, before, change)


def _growth(now: _Said, before: _Said, percent: _Said) -> Iterator[Contradiction]:
    if not percent.claim.gain or before.low <= 0 or before.high is None or now.high is None:
        return
    sign = -1 if percent.claim.falls else 1
    least, most = (now.low / before.high - 1) * 100, (now.high / before.low - 1) * 100
    stated = sign * percent.claim.number.value
    if not least - 1 <= stated <= most + 1:
        middle = round((least + most) / 2, 1)
        said = f"{'增长' if middle >= 0 else '下降'}约{abs(middle):g}%"
        yield _made(
            f"由{before.words}到{now.words}是{said}，不是{percent.words}", now, before, percent
        )
