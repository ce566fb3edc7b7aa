"""Patterns of words around a number: hits (10W+以上稿件16篇), lists, what a count counts, what a figure measures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reports.verify.claims import What
from reports.verify.numbers import PREFIXES as MANNERS
from reports.verify.numbers import Number
from reports.verify.tokens import Token

if TYPE_CHECKING:
    from reports.verify.said import Said

COUNTS = frozenset(
    {"篇", "条", "部", "件", "则", "个", "组", "期", "场", "家", "支", "档", "集", "幅"}
)
_THINGS = frozenset({"篇", "条", "部", "件", "则", "支", "幅", "集", "个"})
_GAP = frozenset({"work", "posts", "kind", "fill", "single", "original", "respect"})
_RISEN = frozenset(
    {"增至", "升至", "降至", "增加到", "增长到", "上升到", "提升到", "提高到", "减少到", "下降到"}
)
#: Sorts of words that stand in a row, and what may stand in it beside them.
_ALIKE = {
    sort: group
    for group in ({"metric"}, {"kind"}, {"period"}, {"level", "outlet"}, {"original"})
    for sort in group
}
_ROWS = frozenset(_ALIKE)
_POST_METRICS = frozenset({"views", "readers", "likes", "comments", "shares", "sharers", "favourites", "looks"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hits:
    """(threshold, place of the count's token) …; the last token that belongs to the pattern; the metric said inside."""

    pairs: tuple[tuple[int, int], ...]
    last: int
    metric: str = ""


def hits(words: Sequence[Token], at: int, *, in_cell: bool = False) -> Hits | None:
    """Thresholds and the counts after them, or a count and the threshold after it."""
    number = words[at].number
    assert number is not None
    if is_threshold(number):
        return _forward(words, at, in_cell=in_cell)
    if number.measure in _THINGS:
        return _backward(words, at)
    return None


def is_bare_threshold(words: Sequence[Token], at: int, number: Number) -> bool:
    """A threshold that stands before works of which no number is said."""
    if not is_threshold(number):
        return False
    for place in range(at + 1, min(at + 4, len(words))):
        if words[place].sort in ("work", "posts"):
            return True
        if words[place].sort not in _GAP:
            break
    return False


def is_threshold(number: Number) -> bool:
    if number.measure not in ("", "人次", "次") or number.value < 1_000:
        return False
    return number.plus or number.manner in ("least", "over", "reach")


def _forward(words: Sequence[Token], at: int, *, in_cell: bool) -> Hits | None:
    marks: list[int] = []
    counts: list[int] = []
    for place in range(at, min(at + 16, len(words))):
        token = words[place]
        number = token.number
        if number is not None and number.measure in _THINGS | {"场"}:
            counts.append(place)
            if len(counts) >= len(marks):
                break
        elif (
            number is not None and in_cell and not number.plus and place > at and not number.measure
        ):
            counts.append(place)
            break
        elif number is not None and is_threshold(number) and not counts:
            marks.append(number.value)
        elif (token.sort not in _GAP and token.sort != "join") or (
            token.sort == "join" and not (counts or _joins_marks(words, place))
        ):
            break
    if not counts:
        return None
    pairs = zip(marks[-len(counts) :], counts, strict=False)
    return Hits(tuple(pairs), counts[-1])


def _joins_marks(words: Sequence[Token], place: int) -> bool:
    """10万+、100万+作品分别为: the sign stands between two thresholds."""
    after = words[place + 1].number if place + 1 < len(words) else None
    before = words[place - 1].number if place else None
    return after is not None and before is not None and is_threshold(after)


def _backward(words: Sequence[Token], at: int) -> Hits | None:
    """16篇稿件阅读量突破10万; 16篇10万+."""
    metric = ""
    for place in range(at + 1, min(at + 9, len(words))):
        token = words[place]
        number = token.number
        if number is not None:
            if not is_threshold(number) or _forward(words, place, in_cell=False) is not None:
                return None
            return Hits(((number.value, at),), place, metric)
        if token.sort == "metric" and not token.text.startswith("总") and not metric:
            if token.name not in _POST_METRICS:
                return None
            metric = token.name
        elif token.sort not in _GAP or token.text in ("总", "累计", "共", "总计", "合计"):
            return None
    return None


def run(words: Sequence[Token], at: int, *, mixed: bool = False) -> list[int]:
    """The places of numbers that stand in a row: 13.8万、11.6万和5.7万. ``mixed``: 次 beside 条 too."""
    found = [at]
    place = at
    first = words[at].number
    while place + 2 < len(words) and words[place + 1].sort == "join":
        if words[place + 2].text in MANNERS and place + 3 < len(words):  # 约320万、约45万
            place += 1
        following = words[place + 2].number
        if (
            following is None
            or first is None
            or ((following.measure in COUNTS) != (first.measure in COUNTS) and not mixed)
        ):
            break
        issues = [each.measure in ("期", "组", "场") for each in (first, following)]
        if issues[0] != issues[1] and not mixed:
            break
        if hits(words, place + 2) is not None or note(words, place + 2):
            break
        place += 2
        found.append(place)
    return found


def is_start(words: Sequence[Token], at: int) -> bool:
    """由15.1万增至16.2万: the first of two."""
    place = at - 1
    while place >= 0 and words[place].text in MANNERS:
        place -= 1
    if place < 0 or words[place].text not in ("由", "从"):
        return False
    return any(each.text in _RISEN for each in words[at + 1 : at + 5])


def row(words: Sequence[Token], at: int, length: int) -> list[Token]:
    """What stands in a row before a row of as many numbers: 点赞、评论、转发分别为1次、2条、3次."""
    place = at - 1
    while place >= 0 and words[place].sort in ("fill", "respect", "verb", "work"):
        if words[place].text == "转发" and words[place - 1].sort == "join":
            break
        place -= 1
    if place > 0 and words[place].text == "转发":
        words = [*words[:place], replace(words[place], sort="metric", name="shares")]
    found: list[Token] = []
    while place >= 0 and (each := _in_row(words[place], found)) is not None:
        found.append(each)
        place -= 1
        if place < 0 or words[place].sort != "join":
            break
        place -= 1
    return found[::-1] if len(found) == length else []


def _in_row(token: Token, found: Sequence[Token]) -> Token | None:
    """The token as one of the row; None where it is none. 省 and 转发 are words of their own only beside others."""
    if found and found[0].sort == "metric" and token.text == "转发":
        return replace(token, sort="metric", name="shares")
    if found and found[0].sort in ("level", "outlet") and token.text in ("中央", "省", "市", "县"):
        return replace(token, sort="level", name=token.text)
    if found and found[0].sort == "kind" and (token.text in ("短视频", "视频")):
        return replace(token, sort="kind", name="video", subjects=())
    sorts = _ALIKE[found[0].sort] if found else _ROWS
    return token if token.sort in sorts else None


def note(words: Sequence[Token], at: int, *, in_cell: bool = False) -> str:
    """Which posts left out the number counts; empty for none."""
    number = words[at].number
    measures = _THINGS | {"场", "期"} | ({""} if in_cell else set())
    if number is None or number.measure not in measures:
        return ""
    after = at + 1
    while after < len(words) and words[after].sort in ("work", "fill", "account"):
        after += 1
    for place in (at - 1, after):
        if (
            place == after
            and 0 <= place < len(words)
            and words[place].sort in ("metric", "raw", "column", "open")
        ):
            between = words[at + 1 : after]
            if any(each.text in ("没有", "账号") for each in between):
                return "apart"
        if 0 <= place < len(words) and words[place].sort == "open":
            before = words[place].name in ("young", "unobserved") or in_cell
            if before or place > at:
                return words[place].name
    return ""


def is_subset(words: Sequence[Token], at: int) -> bool:
    """14场共100余万人观看: some of the sessions, not all."""
    following = words[at + 1 : at + 3]
    return (
        len(following) == 2
        and following[0].text in ("共", "累计", "合计")
        and following[1].number is not None
    )


def counted(
    said: Said, number: Number, following: Token | None, *, adjacent: bool
) -> tuple[What, ...]:
    """What a number of things counts; nothing where it counts no works."""
    after = following.sort if following is not None else ""
    if number.measure in ("个", "家") and after not in ("work", "kind", "live"):
        return (What(kind="accounts"),) if after in ("account", "subject") else ()
    if after == "column" or (after == "account" and number.measure != "个"):
        return ()
    if said.live or after == "live":
        return (What(kind="live"),) if number.measure == "场" else ()
    if number.measure in ("场", "家", "档"):
        return ()
    if said.metric == "comments" and adjacent:
        return (What(kind="sum", metric="comments"),)
    if said.average:
        return (What(kind="other", name="平均数"),)
    kinds = said.kind or (following.name if following is not None and after == "kind" else "")
    return _of_programme(said, number) if _is_programme(said, number) else _of_works(said, kinds)


def _is_programme(said: Said, number: Number) -> bool:
    issues = bool(said.last) and said.last[0].kind == "issues" and number.measure == "条"
    return issues or number.measure in ("期", "组")


def _of_programme(said: Said, number: Number) -> tuple[What, ...]:
    """《云岭新闻》112组3400余条; 自办栏目播出43期，340条."""
    name = said.title or said.column
    if number.measure in ("期", "组"):
        return (What(kind="issues", name=name),) if name or said.broadcast else ()
    return (What(kind="items", name=said.last[0].name),)


def _of_works(said: Said, kinds: str) -> tuple[What, ...]:
    name = said.title or said.column
    if said.placement or said.front:
        front = "头版" if said.front else ""
        return (What(kind="placements", name=said.level + front),)
    if said.hot:
        return (What(kind="hits", metric="views"),)
    if said.original:
        marked = "marked" if said.marked else ""
        return (What(kind="original" if said.original == "original" else "reprint", name=marked),)
    if name:
        return (What(kind="items", name=name), What(kind="column", name=name))
    return (*(What(kind="kind", name=kind) for kind in kinds.split()), What(kind="posts"))


def measured(said: Said, number: Number, following: Token | None) -> tuple[What, ...]:
    """What a figure without a count's measure states."""
    if said.other:
        return (What(kind="other", name=said.other),)
    if said.another:
        return (What(kind="any_post", metric=said.metric or "views", name="another"),)
    bare = number.measure == "" and not said.fresh
    again = said.measured[0].kind if said.measured else ""
    if bare and again in ("best", "any_post", "followers", "live_views"):
        name = "best" if again == "live_views" and said.best else ""
        return tuple(replace(each, name=name) for each in said.measured)
    watched = following is not None and following.text in ("观看", "收看", "围观")
    metric = said.metric or ("views" if number.measure == "人次" or (said.live and watched) else "")
    if not metric:
        return _carry(said) if number.measure == "" and said.last else ()
    return (What(kind="other", name="平均数"),) if said.average else _of_metric(said, metric)


def _of_metric(said: Said, metric: str) -> tuple[What, ...]:
    if metric == "posts":
        placed = said.placement and bool(said.level or not said.run)
        return (What(kind="placements", name=said.level) if placed else What(kind="posts"),)
    if metric == "followers":
        name = "start" if said.earlier == "start" else ""
        return (What(kind="follower_gain" if said.gain else "followers", name=name),)
    if said.live:
        both = ("views", "readers") if metric in ("views", "readers") else (metric,)
        name = "best" if said.best else said.title
        return tuple(What(kind="live_views", metric=each, name=name) for each in both)
    return _of_posts(said, metric)


def _carry(said: Said) -> tuple[What, ...]:
    """公众号65条、近16.2万: the metric that the sentence spoke of before."""
    return (What(kind="sum", metric=said.metric or "views"),) if said.run else ()


def _of_posts(said: Said, metric: str) -> tuple[What, ...]:
    if said.best and said.best_now:
        return (What(kind="best", metric=metric, name=said.title),)
    if said.title:
        single = What(kind="best" if said.best else "post", metric=metric, name=said.title)
        return (single,)
    if said.best:
        return (What(kind="best", metric=metric), What(kind="sum", metric=metric))
    if said.single:
        return (What(kind="any_post", metric=metric), What(kind="sum", metric=metric))
    return (What(kind="sum", metric=metric),)
