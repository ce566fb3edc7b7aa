"""Rows about metrics: sums, followers, single works, works past a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from adapters import platforms
from reports.drafts import context
from reports.drafts.claims import What, WhatKind
from reports.drafts.numbers import PEOPLE
from reports.drafts.parsing import Row
from reports.drafts.sentence import Sentence
from reports.drafts.subjects import combine
from reports.drafts.tokens import Token, stranger

#: What may be measured again: 抖音播放量320万，快手45万.
MEASURED = frozenset({"sum", "best", "any_post", "post", "ranked", "followers", "live_views"})
#: Words not understood that are long enough to be a title.
_TELLING = 6
_NUMERALS = {sign: number for number, sign in enumerate("一二三四五六七八九十", 1)}


def total(s: Sentence, at: int, row: Row) -> None:
    """A metric and its numbers."""
    metric, numbers = row.first("METRIC", "VIEWED"), row.numbers
    s.said.then = s.said.then and not row.all("TURN")
    if row.all("SUBJECT"):
        context.subject(s, at, row.all("SUBJECT")[0])
    if metric is None:
        _lone(s, row)
        return
    shared_posts = metric.name == "shares" and metric.text == "转发" and numbers[0].sort == "COUNT"
    if shared_posts or (
        numbers[0].sort == "COUNT" and metric.name not in ("comments", "followers", "views")
    ):
        each_of(s, numbers, [What(kind="posts")])  # 转发作品408条
        return
    fans = metric.name == "followers"
    if (fans and numbers[0].sort == "COUNT") or (not fans and numbers[0].sort == "THINGS"):
        s.pass_over(numbers[0], reach=True)
        return
    if fans and s.said.title:  # “掌上某县”粉丝11.6万
        context.speak(s, at, (stranger(s.said.title),))
        s.said.title = ""
    s.said.metric = metric.name
    if s.said.top:
        best(s, at, row)
        return
    whats = _of_metric(s, metric.name, numbers[0])
    if whats:
        each_of(s, numbers, whats)
    else:
        for number in numbers:
            s.pass_over(number, reach=True)


def _of_metric(s: Sentence, metric: str, number: Token) -> list[What]:
    """What a number right beside its metric is; nothing where words before it, that are not understood, may name
    something else than whom the sentence spoke of before (刑拘阅读量超45万)."""
    said, whats = s.said, measured(s, metric, number)
    last = said.last[0] if said.last else None
    if said.raw and not said.spoken and whats[0].kind == "sum":
        if len(said.raw) >= _TELLING:  # a title without quotation marks
            return [What(kind="post", metric=metric, name=said.raw), *whats]
        return [] if said.run else whats
    if last is not None and last.kind == "best" and not said.spoken and whats[0].kind == "sum":
        return [
            *whats,
            replace(last, kind="any_post", metric=metric, name=""),
        ]  # 最高31万，点赞1万余: its likes
    return whats


def measured(s: Sentence, metric: str, number: Token) -> list[What]:
    """What a number of a metric is: of followers, of live streams, of a post by its title, or a sum."""
    said = s.said
    if metric == "followers":
        return [What(kind="followers", name="start" if said.then else "")]
    if said.title:
        found = [What(kind="post", metric=metric, name=said.title)]
        return (
            [What(kind="live_views", metric=metric, name=said.title), *found]
            if said.live
            else found
        )
    kind: WhatKind = "live_views" if said.live else "sum"
    people = number.number is not None and number.number.measure in PEOPLE
    found = [What(kind=kind, metric=metric)]
    if kind == "live_views":
        found = (
            [What(kind=kind, metric=each) for each in ("views", "readers")]
            if metric in ("views", "readers")
            else found
        )
    elif metric == "views" and people:
        found.append(What(kind=kind, metric="readers"))
    return found


def each_of(
    s: Sentence,
    numbers: Sequence[Token],
    whats: Sequence[What],
    *,
    guess: str = "",
    unsure: str = "",
) -> None:
    """Numbers in a row belong to as many subjects or media named in a row; else all to whom the sentence speaks of."""
    run, media, first = s.said.run, s.said.media, numbers[0].number
    for place, number in enumerate(numbers):
        mine, whose = list(whats), None
        if len(numbers) > 1 and len(media) == len(numbers) and whats[0].kind == "placements":
            mine = [replace(whats[0], name=media[place])]
        elif len(numbers) > 1 and len(run) == len(numbers):
            whose = run[place]
        elif len(numbers) > 1 and len(s.said.periods) == len(numbers):
            s.said.period = s.said.periods[place]
        elif len(numbers) > 1 and whats[0].kind != "ranked":
            whose = tuple(replace(each, any=True) for each in s.whose()[0])
        s.claim(number, mine, subjects=whose, shared=first, guess=guess, unsure=unsure)
    s.said.last = tuple(whats)


def _lone(s: Sentence, row: Row) -> None:
    """A number without its metric: that of the figure before it, or of the words before it."""
    said, token = s.said, row.numbers[0]
    number, last = token.number, said.last[0] if said.last else None
    assert number is not None
    bare = token.sort in ("AMOUNT", "MARK") and number.measure in ("人次", "")
    whats = [] if _is_stray(s, token) else _meant(s, token, last)
    if (
        number.plus and number.terminal == "MARK" and str(number.value).rstrip("0") == "1"
    ):  # 首次突破“100万+”
        mark(s, 0, row)
    elif said.top and (said.metric or said.live):
        best(s, 0, row)
    elif whats:
        each_of(s, row.numbers, whats)
    elif said.live and bare and not _is_stray(s, token):
        each_of(s, row.numbers, measured(s, "views", token), guess="指标")
    elif said.spoken and bare and number.step >= 100 and not said.raw:  # 公众号65条、近16.2万
        each_of(s, row.numbers, [What(kind="sum", metric="views")], guess="指标")
    elif token.sort == "MARK":
        mark(s, 0, row)
    else:
        for each in row.numbers:
            s.pass_over(each, reach=number.measure == "人次" or s.is_cell())


def _is_stray(s: Sentence, token: Token) -> bool:
    """A year without 年, a blank, or a number after words that are not understood: no metric is said for it."""
    number = token.number
    assert number is not None
    year = (
        not number.measure
        and number.manner == "plain"
        and 1900 < number.value < 2100
        and not s.is_cell()
    )
    return not s.said.fresh and (year or number.blank or bool(s.said.raw))


def _meant(s: Sentence, token: Token, last: What | None) -> Sequence[What]:
    """What a number without its metric measures by the words before it; nothing where they do not say."""
    said = s.said
    bare = token.number is not None and not token.number.measure
    if said.mark is not None and s.is_cell() and bare:
        kind: WhatKind = "unknown" if said.noted else "hits"
        return [What(kind=kind, metric=said.mark[0], threshold=said.mark[1])]
    if said.title and (said.metric or last is not None) and not said.live:
        return measured(s, said.metric or "views", token)
    if last is not None and last.kind == "followers" and said.then:
        return measured(s, "followers", token)  # 比去年底的48361人
    if last is not None and last.kind in MEASURED and not said.fresh:
        times = token.number is not None and token.number.measure in ("次", "人次")
        return () if last.kind == "followers" and times else said.last
    counted = said.live and last is not None and last.kind == "live" and not said.fresh
    return measured(s, said.metric, token) if said.metric and not counted else ()


def totals(s: Sentence, at: int, row: Row) -> None:
    """点赞、评论分别为1次、2条: each number its own metric."""
    named, numbers = row.all("METRIC"), row.numbers
    for place, number in enumerate(numbers):
        if len(named) != len(numbers):
            s.pass_over(number, reach=True)
            continue
        s.said.metric = named[place].name
        s.claim(number, measured(s, s.said.metric, number), shared=numbers[0].number)
        s.said.last = (What(kind="sum", metric=s.said.metric),)


def other(s: Sentence, at: int, row: Row) -> None:
    for number in row.numbers:
        s.claim(number, [What(kind="other", name=(row.first("OTHER") or row.tokens[0]).text)])
    s.said.last = ()


def from_to(s: Sentence, at: int, row: Row) -> None:
    """由15.1万增至16.2万: of followers those at the period's start; else it is not said of when."""
    metric = row.first("METRIC")
    s.said.metric = metric.name if metric else s.said.metric
    before, now = row.numbers
    since = row.first("EARLIER", "PERIOD")
    if since is not None:
        s.said.then, s.said.against = True, since.period
        s.said.compared = since.name or "before"
        s.claim(
            before, measured(s, s.said.metric, before) if s.said.metric else [What(kind="posts")]
        )
        s.said.then = False
        each_of(
            s, [now], measured(s, s.said.metric, now) if s.said.metric else [What(kind="posts")]
        )
        return
    if s.said.metric == "followers":
        s.claim(before, [What(kind="followers", name="start")])
    elif s.said.metric and s.said.compared:
        s.said.then = True
        s.claim(before, [What(kind="sum", metric=s.said.metric)])
        s.said.then = False
    elif s.said.metric:
        s.claim(before, [What(kind="sum", metric=s.said.metric)], guess="时期")
    else:
        s.pass_over(before, reach=False)
        s.pass_over(now, reach=False)
        return
    each_of(s, [now], measured(s, s.said.metric, now))


def best(s: Sentence, at: int, row: Row) -> None:
    """The highest, some or another single post; of live streams a session."""
    said = s.said
    words = [each.name or each.sort for each in row.all("SINGLE", "BEST")] or said.top
    metric = row.first("METRIC", "VIEWED")
    if metric is not None:
        said.metric = metric.name
    elif not said.metric or said.metric == "followers":
        said.metric = "views"
    live = said.live or any(each.text == "单场" for each in row.tokens)
    named = row.first("TITLE")
    name = named.name if named else said.title
    if live:
        whats = [What(kind="live_views", metric=each, name="best") for each in ("views", "readers")]
    elif "BEST" in words:
        whats = [What(kind="best", metric=said.metric, name=name)]
    elif name:
        whats = [What(kind="post", metric=said.metric, name=name)]
    else:
        another = "another" if "another" in words else ""
        whats = [What(kind="any_post", metric=said.metric, name=another)]
    kinds = row.first("KIND")
    narrow = kinds.text if kinds and not kinds.subjects and not of_kind(s, kinds.name) else ""
    if kinds is not None and kinds.subjects and not said.run:
        said.run = [kinds.subjects]
    kept = said.basis
    if row.all("GAIN") or any("增加" in each.text for each in row.all("BEST")):
        said.basis = "gained"
    each_of(s, row.numbers, whats, unsure=narrow)
    said.basis = kept


def ranked(s: Sentence, at: int, row: Row) -> None:
    """The n-th post by a metric."""
    order, metric = row.first("ORDINAL"), row.first("METRIC")
    assert order is not None
    assert metric is not None
    rank = int(order.name) if order.name.isdigit() else _NUMERALS.get(order.name, 0)
    named = row.first("TITLE")
    s.said.metric = metric.name
    front = "前" in order.text
    for place, number in enumerate(row.numbers):
        which = place + 1 if front else rank
        what = What(
            kind="ranked", metric=metric.name, threshold=which, name=named.name if named else ""
        )
        s.claim(number, [what], shared=row.numbers[0].number, unsure="" if which else order.text)
        s.said.last = (what,)


def of_kind(s: Sentence, kind: str) -> bool:
    """Whether all that the sentence speaks of publish this kind: short videos of 抖音."""
    named = [each.platform for each in s.whose()[0]]
    return bool(named) and all(
        each in platforms.BY_KEY and platforms.BY_KEY[each].kind in kind.split() for each in named
    )


def hits(s: Sentence, at: int, row: Row) -> None:
    """Counts of works at or above lines."""
    for named in row.all("SUBJECT"):
        context.subject(s, at, named)
    said, marks = s.said, row.all("MARK")
    metric = _metric_of_mark(s, row)
    lines = [each.number.value for each in marks if each.number is not None]
    counts = [each for each in row.numbers if each not in marks]
    kinds = row.first("KIND")
    unsure = ""
    if kinds is not None and kinds.subjects:
        if len(said.run) < 2:
            said.run = [combine(said.run[-1], kinds.subjects) if said.run else kinds.subjects]
    elif kinds is not None and not of_kind(s, kinds.name):
        unsure = kinds.text
    if len(lines) == len(counts):
        for line, count in zip(lines, counts, strict=True):
            s.claim(count, [What(kind="hits", metric=metric, threshold=line)], unsure=unsure)
    else:
        whats = [What(kind="hits", metric=metric, threshold=lines[0])]
        each_of(s, counts, whats, unsure=unsure)
    said.mark = (metric, lines[-1])
    said.last = (What(kind="hits", metric=metric, threshold=lines[-1]),)


def _metric_of_mark(s: Sentence, row: Row) -> str:
    named = row.first("METRIC", "VIEWED")
    if named is not None:
        return named.name
    mark, last = row.all("MARK")[0].number, s.said.last[0] if s.said.last else None
    if last is not None and last.kind == "hits" and mark is not None and not mark.plus:
        return last.metric
    return s.said.metric if s.is_cell() and s.said.metric not in ("", "followers") else "views"


def mark(s: Sentence, at: int, row: Row) -> None:
    """A line without a count: counts after it are of works past it."""
    number = row.all("MARK")[0].number
    assert number is not None
    s.said.mark = (_metric_of_mark(s, row), number.value)
    s.said.last = (What(kind="hits", metric=s.said.mark[0], threshold=number.value),)
