"""Rows that relate figures: changes, averages, shares."""

from __future__ import annotations

from dataclasses import replace

from reports.drafts.claims import What
from reports.drafts.numbers import WORKS
from reports.drafts.parsing import Row
from reports.drafts.row_figures import MEASURED, measured
from reports.drafts.sentence import Sentence
from reports.drafts.tokens import Token

_COUNTS = frozenset(
    {
        "posts",
        "kind",
        "original",
        "reprint",
        "column",
        "hits",
        "placements",
        "live",
        "items",
        "issues",
    }
)
#: What may be a part of works; what a share may be of.
_PARTS = frozenset({"kind", "original", "reprint", "hits"})
_SHARED = _PARTS | {"sum", "posts", "followers", "placements"}
_PER = frozenset({"day", "post", "live"})


def change(s: Sentence, at: int, row: Row) -> None:
    """A rise or a fall, as a number or in percent, against the period that the sentence compares with."""
    said, number, way = s.said, row.numbers[-1], row.first("GAIN", "FALL")
    assert way is not None
    metric = row.first("METRIC")
    said.then = False
    base = _base(
        s, metric.name if metric else "", number, counted=bool(row.first("WORK")), fans=way.name == "fans"
    )  # fmt: skip
    falls = way.sort == "FALL"
    if base is None:
        s.pass_over(number, reach=False)
        return
    back = [each.sort for each in s.words[max(0, at - 2) : at]]
    if (
        back[-1:] == ["EARLIER"]
        and "THAN" not in back
        and s.words[at - 1].text not in ("环比", "同比")
    ):
        said.then, kept, said.basis = True, said.basis, "gained"  # 上期增加134万
        s.claim(number, [base])
        said.then, said.basis = False, kept
        return
    what = replace(base, kind="percent" if number.sort == "RATE" else "difference", name=base.kind)
    if base.kind in ("placements", "column", "hits"):
        what = replace(what, name=base.kind, per=base.name)
    whats = [what]
    if base.kind == "followers" and number.sort != "RATE" and (not said.compared or way.name):
        gain = What(kind="follower_gain")
        whats = [gain] if said.compared != "before" else [what, gain]
    elif way.name == "new" and base.kind in ("sum", "posts") and number.sort != "RATE":
        whats = [base, what]
    if (
        number.number is not None
        and number.number.measure not in ("%", "")
        and number.sort == "RATE"
    ):
        s.pass_over(number, reach=True)
        return
    if said.title and base.kind == "post" and number.sort != "RATE":
        whats, basis = [base], "gained"
    else:
        basis = said.basis
    kept, said.basis = said.basis, basis
    s.claim(number, whats)
    s.turn(gain=not falls, falls=falls)
    said.basis, said.last = kept, (base,)


def _base(s: Sentence, metric: str, number: Token, *, counted: bool, fans: bool) -> What | None:
    """The figure that has changed: the metric named with it, else the last figure that is counted alike."""
    said = s.said
    if metric or fans:
        metric = "followers" if fans else metric
        said.metric = metric
        return measured(s, metric, number)[0]
    if said.fresh:
        return measured(s, said.metric, number)[0]
    last = said.last[0] if said.last else None
    measure = number.number.measure if number.number else ""
    if counted or measure in WORKS:
        return _counted(s)
    if number.sort == "SESSIONS":
        return What(kind="live")
    if number.sort == "RATE":
        return last
    if number.sort in ("ISSUES", "THINGS"):
        return None
    if last is not None and last.kind in MEASURED:
        return last
    if said.metric:
        return measured(s, said.metric, number)[0]
    return None


def _counted(s: Sentence) -> What:
    """What a change in a number of works is of: the media named with it, the last figure of works, placements, works."""
    said, last = s.said, s.said.last[0] if s.said.last else None
    if said.placed_here and said.media:
        return What(kind="placements", name="、".join(said.media))
    if last is not None and last.kind in _COUNTS and last.kind != "live":
        return last
    return What(kind="placements") if said.placed else What(kind="posts")


def average(s: Sentence, at: int, row: Row) -> None:
    """日均, 篇均, 场均: a figure divided by days, posts or sessions."""
    said, number, how = s.said, row.numbers[-1], row.first("AVERAGE")
    assert how is not None
    named = row.first("METRIC", "VIEWED")
    metric = named.name if named else said.metric
    per = how.name
    if number.sort == "RATE":
        s.pass_over(number, reach=True)
        return
    if number.sort == "COUNT" or row.all("WORK", "KIND"):
        base = What(kind="posts")
    elif said.live or per == "live":
        base, per = What(kind="live_views", metric="views"), "live"
    else:
        base = What(kind="sum", metric=metric or "views")
    if per not in _PER or base.kind == "followers":
        s.claim(number, [What(kind="other", name=f"{how.text}的数")])
        return
    kept = said.last
    s.claim(number, [replace(base, kind="average", name=base.kind, per=per)])
    said.last = kept


def share(s: Sentence, at: int, row: Row) -> None:
    """占总播放量的60%: of the whole that is named or of which it is a part, or of everything."""
    said, number = s.said, row.numbers[-1]
    named, metric = row.first("SUBJECT", "KIND"), row.first("METRIC", "VIEWED")
    last = said.last[0] if said.last else None
    whole = s.reader.lexicon.total
    if named is not None and named.subjects:
        whole = named.subjects[0]
    elif said.whole is not None and said.whole < len(s.reader.claims):
        whole = s.reader.claims[said.whole].readings[0].subject
    if metric is not None:
        base = measured(s, metric.name, number)[0]
    elif last is not None and last.kind in _SHARED:
        base = last
    else:
        base = What(kind="sum", metric=said.metric) if said.metric else What(kind="posts")
    told = number.number is not None and number.number.measure in ("%", "成")
    guess = "" if told and (said.run or base.kind in _PARTS) else "主体"
    what = What(
        kind="share", metric=base.metric, threshold=base.threshold, name=base.kind, per=base.name
    )
    s.claim(number, [what], whole=whole, guess=guess)
    said.last = (last,) if last is not None else ()
