"""Rows that relate figures: changes, averages, shares."""

from __future__ import annotations

from dataclasses import replace

from reports.drafts.reading.claims import What
from reports.drafts.reading.row_figures import MEASURED, measured
from reports.drafts.reading.sentence import SentenceReader
from reports.drafts.reading.tokens import GrammarRow

_COUNTS = frozenset({"posts", "kind", "original", "reprint", "column", "hits", "placements", "items", "issues"})  # fmt: skip
#: What may be a part of works; what a share may be of.
_PARTS = frozenset({"kind", "original", "reprint", "hits"})
_SHARED = _PARTS | {"sum", "posts", "followers", "placements"}


def change(s: SentenceReader, row: GrammarRow) -> None:
    """A rise or a fall, as a number or in percent, against the period that the sentence compares with."""
    said, number, way = s.said, row.numbers[-1], row.first("GAIN", "FALL")
    s.clause.then = False
    base, basis, back = _base(s, row, fans=way.name == "fans"), said.basis, s.back(2)
    falls, rate = way.sort == "FALL", number.terminal == "RATE"
    if not base.kind:
        s.pass_over(number)
        return
    named = s.word(-1).text in ("环比", "同比")
    if back[-1:] == ["EARLIER"] and "THAN" not in back and not named:  # 上期增加134万
        s.clause.then, said.basis = True, "gained"
        s.claim(number, [base])
        s.clause.then, said.basis = False, basis
        return
    if rate and number.measure not in ("%", ""):
        s.pass_over(number, reach=True)
        return
    what = replace(base, kind="percent" if rate else "difference", name=base.kind)
    if base.kind in ("placements", "column", "hits"):
        what = replace(what, per=base.name)
    whats = [what]
    if base.kind == "followers" and not rate and (way.name or not said.compared):
        gain = What(kind="follower_gain")
        whats = [gain] if said.compared != "before" else [what, gain]
    elif way.name == "new" and base.kind in ("sum", "posts") and not rate:
        whats = [base, what]
    if said.title and base.kind == "post" and not rate:
        whats, said.basis = [base], "gained"
    s.claim(number, whats, gain=not falls, falls=falls)
    said.basis, said.last = basis, (base,)


def _base(s: SentenceReader, row: GrammarRow, *, fans: bool) -> What:
    """The figure that has changed: the metric named with it, else the last figure that is counted alike; of no kind
    where there is none."""
    said, last, number = s.said, s.said.latest, row.numbers[-1]
    metric = "followers" if fans else row.first("METRIC").name
    if metric:
        said.metric = metric
    if metric or said.fresh:
        return measured(s, said.metric, number)[0]
    if row.first("WORK") or number.terminal == "COUNT":
        return _works(s)
    if number.terminal == "SESSIONS":
        return What(kind="live")
    if number.terminal in ("ISSUES", "THINGS"):
        return What(kind="")
    if number.terminal == "RATE" or last.kind in MEASURED:
        return last
    return measured(s, said.metric, number)[0] if said.metric else What(kind="")


def _works(s: SentenceReader) -> What:
    """What a change in a number of works is of: the media named with it, the last figure of works, placements, works."""
    said = s.said
    if s.clause.placed and said.media:
        return What(kind="placements", name="、".join(said.media))
    if said.latest.kind in _COUNTS:
        return said.latest
    return What(kind="placements" if said.placed else "posts")


def average(s: SentenceReader, row: GrammarRow) -> None:
    """日均, 篇均, 场均: a figure divided by days, posts or sessions."""
    said, number, how = s.said, row.numbers[-1], row.first("AVERAGE")
    metric, per = row.first("METRIC", "VIEWED").name or s.said.of_posts or "views", how.name
    if number.terminal == "RATE":
        s.pass_over(number, reach=True)
        return
    if number.terminal == "COUNT" or row.all("WORK", "KIND"):
        base = What(kind="posts")
    elif said.live or per == "live":
        base, per = What(kind="live_views", metric="views"), "live"
    else:
        base = What(kind="sum", metric=metric)
    if per:
        s.claim(number, [replace(base, kind="average", name=base.kind, per=per)])
    else:
        s.claim(number, [What(kind="other", name=f"{how.text}的数")])


def share(s: SentenceReader, row: GrammarRow) -> None:
    """占总播放量的60%: of the whole that is named or of which it is a part, or of everything."""
    said, number, last = s.said, row.numbers[-1], s.said.latest
    named, metric = row.first("SUBJECT", "KIND"), row.first("METRIC", "VIEWED").name
    whole = s.reader.lexicon.total
    if named.subjects:
        whole = named.subjects[0]
    elif said.whole is not None:
        whole = s.reader.claims[said.whole].readings[0].subject
    if metric:
        base = measured(s, metric, number)[0]
    elif last.kind in _SHARED:
        base = last
    else:
        base = What(kind="sum", metric=said.metric) if said.metric else What(kind="posts")
    told = number.measure in ("%", "成") and (said.run or base.kind in _PARTS)
    what = replace(base, kind="share", name=base.kind, per=base.name)
    s.claim(number, [what], whole=whole, guess="" if told else "主体")
    said.last = said.last[:1]


ROWS = {each.__name__: each for each in (change, average, share)}
