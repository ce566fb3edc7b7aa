"""Rows about metrics: sums, followers, single works, works past a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from adapters import platforms
from reports.drafts.reading import context
from reports.drafts.reading.claims import What
from reports.drafts.reading.numbers import Number
from reports.drafts.reading.sentence import SentenceReader
from reports.drafts.reading.subjects import combine
from reports.drafts.reading.tokens import GrammarRow, stranger

#: What may be measured again: 抖音播放量320万，快手45万.
MEASURED = frozenset({"sum", "best", "any_post", "post", "ranked", "followers", "live_views"})  # fmt: skip
#: Words not understood that are long enough to be a title.
_TELLING = 6
_NUMERALS = {sign: number for number, sign in enumerate("一二三四五六七八九十", 1)}


def total(s: SentenceReader, row: GrammarRow) -> None:
    """A metric and its numbers."""
    said, numbers, metric = s.said, row.numbers, row.first("METRIC", "VIEWED").name
    s.clause.then = s.clause.then and not row.all("TURN")
    if named := row.first("SUBJECT"):
        context.subject(s, named)
    if not metric:
        _lone(s, row)
        return
    works, fans = numbers[0].terminal == "COUNT", metric == "followers"
    if works and metric not in ("comments", "followers", "views"):  # 转发作品408条
        each_of(s, numbers, [What(kind="posts")])
        return
    if works if fans else numbers[0].terminal == "THINGS":
        s.pass_over(numbers[0], reach=True)
        return
    if fans and said.title:  # “掌上某县”粉丝11.6万
        context.speak(s, (stranger(said.title),))
        said.title = ""
    said.metric = metric
    if s.clause.top and not fans:
        best(s, row)
    elif whats := _of_metric(s, metric, numbers[0]):
        each_of(s, numbers, whats)
    else:
        s.pass_over(*numbers, reach=True)


def _of_metric(s: SentenceReader, metric: str, number: Number) -> list[What]:
    """What a number right beside its metric is; nothing where words before it, that are not understood, may name
    something else than whom the sentence spoke of before (刑拘阅读量超45万)."""
    whats, raw = measured(s, metric, number), s.clause.raw
    if s.clause.spoken or whats[0].kind != "sum":
        return whats
    if len(raw) >= _TELLING:  # a title without quotation marks
        return [What(kind="post", metric=metric, name=raw), *whats]
    if raw:
        return [] if s.said.run else whats
    if s.said.latest.kind == "best":  # 最高31万，点赞1万余: its likes
        return [*whats, replace(s.said.latest, kind="any_post", metric=metric, name="")]
    return whats


def measured(s: SentenceReader, metric: str, number: Number) -> list[What]:
    """What a number of a metric is: of followers, of live streams, of a post by its title, or a sum."""
    live, title = s.said.live, s.said.title
    if metric == "followers":
        return [What(kind="followers", name="start" if s.clause.then else "")]
    if title:
        kinds = ("live_views", "post") if live else ("post",)
        return [What(kind=kind, metric=metric, name=title) for kind in kinds]
    either = (
        metric in ("views", "readers")
        if live
        else metric == "views" and number.terminal == "PEOPLE"
    )
    metrics = ("views", "readers") if either else (metric,)
    return [What(kind="live_views" if live else "sum", metric=each) for each in metrics]


def each_of(
    s: SentenceReader, numbers: Sequence[Number], whats: Sequence[What], *, guess: str = "", unsure: str = ""
) -> None:  # fmt: skip
    """Numbers in a row belong to as many subjects, media or periods named in a row; else all to whom the sentence
    speaks of."""
    said, several, first = s.said, len(numbers), whats[0]
    run, media, periods = said.run, said.media, said.periods
    for place, number in enumerate(numbers):
        mine, whose = whats, None
        if several == 1:
            pass
        elif len(media) == several and first.kind == "placements":
            mine = [replace(first, name=media[place])]
        elif len(run) == several:
            whose = run[place]
        elif len(periods) == several:
            said.period = periods[place]
        elif first.kind != "ranked":
            whose = tuple(replace(each, any=True) for each in s.whose()[0])
        s.claim(number, mine, subjects=whose, shared=numbers[0], guess=guess, unsure=unsure)
    said.last = tuple(whats)


def _lone(s: SentenceReader, row: GrammarRow) -> None:
    """A number without its metric: that of the figure before it, or of the words before it."""
    said, numbers = s.said, row.numbers
    number = numbers[0]
    stray = _is_stray(s, number)
    whats = [] if stray else _meant(s, number)
    line = number.terminal == "MARK"
    bare = number.terminal in ("AMOUNT", "MARK") and number.measure in ("人次", "")
    if line and number.plus and str(number.value).rstrip("0") == "1":  # 首次突破“100万+”
        mark(s, row)
    elif s.clause.top and (said.metric or said.live):
        best(s, row)
    elif whats:
        each_of(s, numbers, whats)
    elif said.live and bare and not stray:
        each_of(s, numbers, measured(s, "views", number), guess="指标")
    elif (
        s.clause.spoken and bare and number.step >= 100 and not s.clause.raw
    ):  # 公众号65条、近16.2万
        each_of(s, numbers, [What(kind="sum", metric="views")], guess="指标")
    elif line:
        mark(s, row)
    else:
        s.pass_over(*numbers, reach=number.measure == "人次" or s.is_cell)


def _is_stray(s: SentenceReader, number: Number) -> bool:
    """A year without 年, a blank, or a number after words that are not understood: no metric is said for it."""
    plain = number.manner == "plain" and not number.measure and not s.is_cell
    year = plain and 1900 < number.value < 2100
    return not s.said.fresh and (year or number.blank or bool(s.clause.raw))


def _meant(s: SentenceReader, number: Number) -> Sequence[What]:
    """What a number without its metric measures by the words before it; nothing where they do not say."""
    said, last = s.said, s.said.latest.kind
    if said.mark is not None and s.is_cell and not number.measure:
        kind = "unknown" if said.noted else "hits"
        return [What(kind=kind, metric=said.mark[0], threshold=said.mark[1])]
    if said.title and (said.metric or last) and not said.live:
        return measured(s, said.metric or "views", number)
    if last == "followers" and s.clause.then:
        return measured(s, "followers", number)  # 比去年底的48361人
    if last in MEASURED and not said.fresh:
        times = number.measure in ("次", "人次")
        return () if last == "followers" and times else said.last
    counted = said.live and last == "live" and not said.fresh
    return measured(s, said.metric, number) if said.metric and not counted else ()


def totals(s: SentenceReader, row: GrammarRow) -> None:
    """点赞、评论分别为1次、2条: each number its own metric."""
    named, numbers = row.all("METRIC"), row.numbers
    if len(named) != len(numbers):
        s.pass_over(*numbers, reach=True)
        return
    for metric, number in zip(named, numbers, strict=True):
        s.said.metric = metric.name
        s.claim(number, measured(s, metric.name, number), shared=numbers[0])
    s.said.last = (What(kind="sum", metric=s.said.metric),)


def other(s: SentenceReader, row: GrammarRow) -> None:
    """A metric that is not collected."""
    for number in row.numbers:
        s.claim(number, [What(kind="other", name=row.first("OTHER").text)])
    s.said.last = ()


def from_to(s: SentenceReader, row: GrammarRow) -> None:
    """由15.1万增至16.2万: of followers those at the period's start; else it is not said of when."""
    said, clause, since = s.said, s.clause, row.first("EARLIER", "PERIOD")
    said.metric = row.first("METRIC").name or said.metric
    before, now = row.numbers
    if since:
        clause.then, said.against, said.compared = True, since.period, since.name or "before"
        s.claim(before, _of_either(s, before))
        clause.then = False
        each_of(s, [now], _of_either(s, now))
    elif not said.metric:
        s.pass_over(before, now)
    else:
        fans, then = said.metric == "followers", clause.then
        earlier = What(kind="followers", name="start") if fans else What(kind="sum", metric=said.metric)  # fmt: skip
        clause.then = then if fans or not said.compared else True
        s.claim(before, [earlier], guess="" if fans or said.compared else "时期")
        clause.then = then if fans or not said.compared else False
        each_of(s, [now], measured(s, said.metric, now))


def _of_either(s: SentenceReader, number: Number) -> list[What]:
    return measured(s, s.said.metric, number) if s.said.metric else [What(kind="posts")]


def best(s: SentenceReader, row: GrammarRow) -> None:
    """The highest, some or another single post; of live streams a session."""
    said, kinds, basis = s.said, row.first("KIND"), s.said.basis
    words = [each.name or each.sort for each in row.all("SINGLE", "BEST")] or s.clause.top
    said.metric = row.first("METRIC", "VIEWED").name or said.of_posts or "views"
    name = row.first("TITLE").name or said.title
    if said.live or any(each.text == "单场" for each in row.tokens):
        whats = [What(kind="live_views", metric=each, name="best") for each in ("views", "readers")]
    elif "BEST" in words:
        whats = [What(kind="best", metric=said.metric, name=name)]
    elif name:
        whats = [What(kind="post", metric=said.metric, name=name)]
    else:
        another = "another" if "another" in words else ""
        whats = [What(kind="any_post", metric=said.metric, name=another)]
    if kinds.subjects and not said.run:
        said.run = [kinds.subjects]
    if row.all("GAIN") or any("增加" in each.text for each in row.all("BEST")):
        said.basis = "gained"
    narrow = "" if kinds.subjects or of_kind(s, kinds.name) else kinds.text
    each_of(s, row.numbers, whats, unsure=narrow)
    said.basis = basis


def ranked(s: SentenceReader, row: GrammarRow) -> None:
    """The n-th post by a metric."""
    order, metric, title = row.first("ORDINAL"), row.first("METRIC").name, row.first("TITLE").name
    rank = int(order.name) if order.name.isdigit() else _NUMERALS.get(order.name, 0)
    s.said.metric = metric
    for place, number in enumerate(row.numbers, 1):
        which = place if "前" in order.text else rank
        what = What(kind="ranked", metric=metric, threshold=which, name=title)
        s.claim(number, [what], shared=row.numbers[0], unsure="" if which else order.text)
        s.said.last = (what,)


def of_kind(s: SentenceReader, kind: str) -> bool:
    """Whether all that the sentence speaks of publish this kind: short videos of 抖音."""
    named = [platforms.BY_KEY.get(each.platform) for each in s.whose()[0]]
    return all(each is not None and each.kind in kind.split() for each in named)


def hits(s: SentenceReader, row: GrammarRow) -> None:
    """Counts of works at or above lines."""
    for named in row.all("SUBJECT"):
        context.subject(s, named)
    said, kinds, metric = s.said, row.first("KIND"), _metric_of_mark(s, row)
    whats = [What(kind="hits", metric=metric, threshold=each.value) for each in row.marks]
    counts = [each for each in row.numbers if each not in row.marks]
    if kinds.subjects and len(said.run) < 2:
        said.run = [combine(said.run[-1], kinds.subjects) if said.run else kinds.subjects]
    unsure = "" if kinds.subjects or of_kind(s, kinds.name) else kinds.text
    if len(whats) == len(counts):
        for what, count in zip(whats, counts, strict=True):
            s.claim(count, [what], unsure=unsure)
    else:
        each_of(s, counts, whats[:1], unsure=unsure)
    said.mark, said.last = (metric, whats[-1].threshold), (whats[-1],)


def _metric_of_mark(s: SentenceReader, row: GrammarRow) -> str:
    last = s.said.latest
    if named := row.first("METRIC", "VIEWED"):
        return named.name
    if last.kind == "hits" and not row.marks[0].plus:
        return last.metric
    return s.said.of_posts if s.is_cell and s.said.of_posts else "views"


def mark(s: SentenceReader, row: GrammarRow) -> None:
    """A line without a count: counts after it are of works past it."""
    what = What(kind="hits", metric=_metric_of_mark(s, row), threshold=row.marks[0].value)
    s.said.mark, s.said.last = (what.metric, what.threshold), (what,)


ROWS = {each.__name__: each for each in (total, totals, other, from_to, best, ranked, hits, mark)}
