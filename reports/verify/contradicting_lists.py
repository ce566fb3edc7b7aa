"""Parts told beside their whole in the draft: divisions by name, and lists after a colon or 其中."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reports.verify.claims import Claim
from reports.verify.stated import KINDS, Contradiction, Stated, groups, made, sum_above

#: What a whole is divided into: each of a row apart from the others.
_DIVISIONS = (
    ("posts", frozenset({"original", "reprint"})),
    ("posts", frozenset({"video", "article", "image", "live"})),
    ("placements", frozenset({"中央", "省", "市", "县"})),
    ("placements", frozenset({"报", "台", "网", "端"})),
)


def of_divisions(said: Sequence[Stated]) -> Iterator[Contradiction]:
    """33篇, 中央7篇, 省15篇, 市12篇, without 其中 between them."""
    for group in groups(said, "posts", "placements", "original", "reprint", "kind"):
        for kind, names in _DIVISIONS:
            wholes = [e for e in group if e.reading.what.kind == kind and not e.reading.what.name]
            parts: dict[str, Stated] = {}
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
                    yield sum_above(whole, mine)


def of_lists(claims: Sequence[Claim], said: Sequence[Stated]) -> Iterator[Contradiction]:
    """A whole and the parts that follow it in the sentence: 1500余篇：国家级120余篇、省级150余篇."""
    by_place = {each.place: each for each in said}
    lists: dict[int, list[Stated]] = {}
    for each in said:
        if each.claim.whole is not None and each.claim.whole in by_place:
            lists.setdefault(each.claim.whole, []).append(each)
    for place, parts in lists.items():
        whole = by_place[place]
        mine = [each for each in parts if _same_sort(each, whole)]
        for each in mine:
            if whole.high is not None and each.low > whole.high:
                yield made(f"“其中”的{each.words}比总数{whole.words}还多", whole, each)
        separate = _separate(mine)
        if len(separate) < 2:
            continue
        low = sum(each.low for each in separate)
        highs = [each.high for each in separate if each.high is not None]
        most = sum(highs) if len(highs) == len(separate) else None
        names = "、".join(each.words for each in separate)
        if whole.high is not None and low > whole.high:
            yield made(f"各部分{names}相加至少{low}，比总数{whole.words}还多", whole, *separate)
        elif (
            claims[separate[0].place].all_parts
            and len(separate) == len(parts)
            and most is not None
            and most < whole.low
        ):
            yield made(f"各部分{names}相加至多{most}，不到总数{whole.words}", whole, *separate)


def _same_sort(part: Stated, whole: Stated) -> bool:
    a, b = part.reading.what, whole.reading.what
    if a.kind == "sum" or b.kind == "sum":
        return a.kind == b.kind and a.metric == b.metric
    return (
        a.kind in KINDS
        and b.kind in KINDS
        and a.kind != "hits"
        and _measure(part) == _measure(whole)
    )


def _measure(said: Stated) -> str:
    """篇, 条, 个 and 件 all count posts."""
    measure = said.claim.number.measure
    return "条" if measure in ("篇", "条", "个", "件", "部", "则") else measure


def _separate(parts: Sequence[Stated]) -> list[Stated]:
    """Parts of one division: levels, accounts, originals and reprints; each named once."""
    found: list[Stated] = []
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
