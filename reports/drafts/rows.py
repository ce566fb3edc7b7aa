"""What each row of grammar.lark claims: of the tokens it holds and what its sentence has said before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from adapters import platforms
from reports.drafts import context
from reports.drafts.claims import What, WhatKind
from reports.drafts.numbers import PEOPLE, WORKS
from reports.drafts.parsing import Row
from reports.drafts.sentence import Sentence
from reports.drafts.subjects import combine
from reports.drafts.tokens import Token, stranger

#: What may be measured again: 抖音播放量320万，快手45万.
_MEASURED = frozenset({"sum", "best", "any_post", "post", "ranked", "followers", "live_views"})
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
#: Words not understood that are long enough to be a title.
_TELLING = 6
#: What an outlet's name ends with.
_OUTLETS = (
    "报",
    "台",
    "网",
    "端",
    "社",
    "视",
    "刊",
    "号",
    "频",
    "之声",
    "头条",
    "在线",
    "云",
    "播",
    "平台",
    "版",
    "道",
)
#: What may be a part of works; what a share may be of.
_PARTS = frozenset({"kind", "original", "reprint", "hits"})
_SHARED = _PARTS | {"sum", "posts", "followers", "placements"}
_PER = frozenset({"day", "post", "live"})
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
        _each(s, row, numbers, [What(kind="posts")])  # 转发作品408条
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
    whats = measured(s, metric.name, numbers[0])
    if len(s.said.raw) >= _TELLING and not s.said.spoken and whats[0].kind == "sum":
        whats = [
            What(kind="post", metric=metric.name, name=s.said.raw),
            *whats,
        ]  # a title without quotation marks
    last = s.said.last[0] if s.said.last else None
    if last is not None and last.kind == "best" and not s.said.spoken and whats[0].kind == "sum":
        whats.append(
            replace(last, kind="any_post", metric=metric.name, name="")
        )  # 最高31万，点赞1万余: its likes
    _each(s, row, numbers, whats)


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


def _each(
    s: Sentence,
    row: Row,
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
        s.claim(number, row.name, mine, subjects=whose, shared=first, guess=guess, unsure=unsure)
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
        _each(s, row, row.numbers, whats)
    elif said.live and bare and not _is_stray(s, token):
        _each(s, row, row.numbers, measured(s, "views", token), guess="指标")
    elif said.spoken and bare and number.step >= 100 and not said.raw:  # 公众号65条、近16.2万
        _each(s, row, row.numbers, [What(kind="sum", metric="views")], guess="指标")
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
    if last is not None and last.kind in _MEASURED and not said.fresh:
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
        s.claim(number, row.name, measured(s, s.said.metric, number), shared=numbers[0].number)
        s.said.last = (What(kind="sum", metric=s.said.metric),)


def other(s: Sentence, at: int, row: Row) -> None:
    for number in row.numbers:
        s.claim(
            number, row.name, [What(kind="other", name=(row.first("OTHER") or row.tokens[0]).text)]
        )
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
            before,
            row.name,
            measured(s, s.said.metric, before) if s.said.metric else [What(kind="posts")],
        )
        s.said.then = False
        _each(
            s,
            row,
            [now],
            measured(s, s.said.metric, now) if s.said.metric else [What(kind="posts")],
        )
        return
    if s.said.metric == "followers":
        s.claim(before, row.name, [What(kind="followers", name="start")])
    elif s.said.metric and s.said.compared:
        s.said.then = True
        s.claim(before, row.name, [What(kind="sum", metric=s.said.metric)])
        s.said.then = False
    elif s.said.metric:
        s.claim(before, row.name, [What(kind="sum", metric=s.said.metric)], guess="时期")
    else:
        s.pass_over(before, reach=False)
        s.pass_over(now, reach=False)
        return
    _each(s, row, [now], measured(s, s.said.metric, now))


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
    narrow = kinds.text if kinds and not kinds.subjects and not _of_kind(s, kinds.name) else ""
    if kinds is not None and kinds.subjects and not said.run:
        said.run = [kinds.subjects]
    kept = said.basis
    if row.all("GAIN") or any("增加" in each.text for each in row.all("BEST")):
        said.basis = "gained"
    _each(s, row, row.numbers, whats, unsure=narrow)
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
        s.claim(
            number,
            row.name,
            [what],
            shared=row.numbers[0].number,
            unsure="" if which else order.text,
        )
        s.said.last = (what,)


def _of_kind(s: Sentence, kind: str) -> bool:
    """Whether all that the sentence speaks of publish this kind: short videos of 抖音."""
    named = [each.platform for each in s.whose()[0]]
    return bool(named) and all(
        each in platforms.BY_KEY and platforms.BY_KEY[each].kind in kind.split() for each in named
    )


def hits(s: Sentence, at: int, row: Row) -> None:
    """Counts of works at or above lines."""
    said, marks = s.said, row.all("MARK")
    metric = _metric_of_mark(s, row)
    lines = [each.number.value for each in marks if each.number is not None]
    counts = [each for each in row.numbers if each not in marks]
    kinds = row.first("KIND")
    unsure = ""
    if kinds is not None and kinds.subjects:
        if len(said.run) < 2:
            said.run = [combine(said.run[-1], kinds.subjects) if said.run else kinds.subjects]
    elif kinds is not None and not _of_kind(s, kinds.name):
        unsure = kinds.text
    if len(lines) == len(counts):
        for line, count in zip(lines, counts, strict=True):
            s.claim(
                count, row.name, [What(kind="hits", metric=metric, threshold=line)], unsure=unsure
            )
    else:
        whats = [What(kind="hits", metric=metric, threshold=lines[0])]
        _each(s, row, counts, whats, unsure=unsure)
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


def count(s: Sentence, at: int, row: Row) -> None:
    """Works, placements, items of a programme: what is counted is said beside the number or before it."""
    number, kinds, works = row.numbers[0], row.first("KIND"), row.first("WORK")
    if s.reader.in_heading or (
        at and s.words[at - 1].sort == "REST"
    ):  # （锦集4篇）；其余10条见附表
        s.pass_over(number, reach=False)
        return
    if not s.said.spoken and s.said.raw.endswith(context.NAMES) and not s.said.placed:
        context.strange(s, at, s.said.raw)  # 掌上频道62条
    told = kinds.name if kinds else s.said.kind
    if told == "no" or s.said.verb == "offering":
        s.claim(number, row.name, [What(kind="other", name=kinds.text if kinds else "另一类作品")])
    elif works is not None and works.text.startswith("爆"):
        _each(s, row, row.numbers, [What(kind="hits", metric="views")])
    elif _is_no_count(s, row, works):
        s.pass_over(number, reach=False)
    elif what := _counted(s, row):
        _each(s, row, row.numbers, [what])
    elif s.said.placed:
        _placements(s, row)
    elif kinds is not None:
        back = [each.sort for each in s.words[max(0, at - 2) : at]]
        _kinds(s, row, kinds, unsure=kinds.text if back == ["RAW", "JOIN"] else "")
    else:
        _posts(s, row)
        s.said.title = ""


def _counted(s: Sentence, row: Row) -> What | None:
    """What is counted where words before it say so; None where it is works or placements as such."""
    said, origin = s.said, row.first("ORIGIN")
    original = origin.name if origin else said.original
    last = said.last[0] if said.last else None
    if said.front:
        return What(kind="placements", name=f"{_front_of(s, row)}头版")
    news = row.numbers[0].number is not None and row.numbers[0].number.measure in ("条", "篇", "则")
    if news and (
        said.programme or (last is not None and last.kind == "issues" and not said.spoken)
    ):
        return What(kind="items", name=said.programme or (last.name if last else ""))
    if said.placed:
        return None
    if original:
        marked = "marked" if any(each in s.text.plain for each in ("注明", "标明")) else ""
        return What(kind="original" if original == "original" else "reprint", name=marked)
    if row.first("KIND"):
        return None
    if said.mark is not None and said.whole is not None:
        return What(kind="hits", metric=said.mark[0], threshold=said.mark[1])
    column = said.column or (said.title if not said.raw and not said.run else "")
    return What(kind="column", name=column) if column else None


def _front_of(s: Sentence, row: Row) -> str:
    """Whose front pages: 人民日报5篇，含头版2篇 are that paper's; 市级11篇，头版5篇 are all."""
    said, claims = s.said, s.reader.claims
    before = [each.sort for each in s.words if each.start < row.tokens[0].start][-2:]
    if before == ["PART", "FRONT"] and claims and claims[-1].readings[0].what.kind == "placements":
        return claims[-1].readings[0].what.name
    return "、".join(said.media) if said.placed_here and said.media_sort == "OUTLET" else ""


def _is_no_count(s: Sentence, row: Row, works: Token | None) -> bool:
    """个 counts works only right beside them; a number without a measure only in a table or after 发稿量."""
    number = row.numbers[0]
    assert number.number is not None
    if number.sort == "THINGS":
        apart = works is not None and row.tokens[0] is works and works.end < number.number.start
        return apart or s.said.placed
    return number.sort == "AMOUNT" and not (s.is_cell() or row.first("COUNTED") or _bare(number))


def _bare(token: Token) -> bool:
    return token.number is not None and token.number.measure == ""


def _posts(s: Sentence, row: Row) -> None:
    """Works of whom the sentence speaks; 刊发 with words not known is a medium that no ledger has."""
    said = s.said
    whats = [What(kind="posts")]
    if said.verb == "placing" and said.raw.endswith(_OUTLETS):
        whats = [What(kind="placements", name=said.raw), *whats]
    known = (
        said.spoken
        or said.verb
        or row.all("WORK", "KIND", "COUNTED", "THINGS")
        or said.last
        or s.is_cell()
    )
    unsure = "专栏" if said.themed else ""
    strange = said.raw and not (said.spoken or said.verb or row.all("WORK", "KIND", "COUNTED"))
    if strange or (not known and not said.run and not said.raw and not s.reader.headed):
        s.pass_over(row.numbers[0], reach=True)
        return
    _each(s, row, row.numbers, whats, unsure=unsure)


def _placements(s: Sentence, row: Row) -> None:
    said, numbers = s.said, row.numbers
    if said.raw and (said.media_told or not (said.placed_here and said.media)):
        if not said.raw.endswith(_OUTLETS):
            s.pass_over(numbers[0], reach=True)
            return
        said.media = [said.raw]
    if len(numbers) > 1 or not said.media:
        _each(
            s, row, numbers, [What(kind="placements", name="" if not said.media else said.media[0])]
        )
    else:
        _each(s, row, numbers, [What(kind="placements", name="、".join(said.media))])
    said.media_told = True
    said.last = (What(kind="placements"),)


def _kinds(s: Sentence, row: Row, kinds: Token, unsure: str) -> None:
    """短视频290条: works of that kind; of a group that is called so, its works."""
    said = s.said
    whats = [What(kind="kind", name=each) for each in kinds.name.split()]
    if said.last and said.last[0].kind == "hits" and said.whole is not None:
        whats = [said.last[0]]
    alone = len(row.numbers) == 1 and kinds.subjects
    if not alone:
        _each(s, row, row.numbers, whats, unsure=unsure)
        return
    s.claim(row.numbers[0], row.name, whats, unsure=unsure)
    claim = s.reader.claims[-1] if s.reader.claims else None
    if claim is not None:
        own = whats[0] if whats[0].kind == "hits" else What(kind="posts")
        group = [replace(claim.readings[0], subject=each, what=own) for each in kinds.subjects]
        first = group if whats[0].kind == "hits" or said.whole is not None else []
        readings = tuple(dict.fromkeys((*first, *claim.readings, *group)))
        s.reader.claims[-1] = replace(claim, readings=readings)
    said.last = tuple(whats)


def counts(s: Sentence, at: int, row: Row) -> None:
    """文章、短视频分别为161篇、108条: each count its own kind."""
    named = row.all("KIND", "ORIGIN")
    for each, number in zip(named, row.numbers, strict=len(named) == len(row.numbers)):
        kinds = [What(kind="kind", name=name) for name in each.name.split()]
        s.claim(number, row.name, [What(kind=each.name)] if each.sort == "ORIGIN" else kinds)  # type: ignore[arg-type]
    s.said.last = (What(kind="posts"),)


def together(s: Sentence, at: int, row: Row) -> None:
    """图片、视频新闻303条: several kinds as one number."""
    names = " ".join(each.name for each in row.all("KIND"))
    what = What(kind="other", name="、".join(each.text for each in row.all("KIND")))
    if "no" not in names.split():
        what = What(kind="kind", name=names)
    _each(s, row, row.numbers, [what])


def accounts(s: Sentence, at: int, row: Row) -> None:
    """11个账号; 两个新闻客户端: how many accounts, and that these are spoken of."""
    number, named = row.numbers[0], row.first("SUBJECT", "KIND")
    whole = s.reader.lexicon.total
    if named is not None and named.subjects:
        subjects = tuple(
            replace(each, number=number.number.value) for each in named.subjects if number.number
        )
        s.claim(number, row.name, [What(kind="accounts")], subjects=subjects)
        context.speak(s, at, subjects)
    elif s.said.run or (number.number is not None and number.number.value == len(whole.accounts)):
        s.claim(number, row.name, [What(kind="accounts")])
        if not s.said.run:
            s.said.run = [(whole,)]
    else:
        s.claim(number, row.name, [What(kind="accounts")], guess="主体")


def note(s: Sentence, at: int, row: Row) -> None:
    """（其中49条无数据）（另有3条无法判断）: works that were left out."""
    name, number = (row.first("OPEN", "YOUNG") or row.tokens[0]).name, row.numbers[0]
    if name == "apart":
        s.pass_over(number, reach=False)
        return
    last = s.said.last[0] if s.said.last else What(kind="sum", metric="views")
    if name == "unknown":
        what = replace(last, kind="unknown")
    elif name == "missing":
        what = What(
            kind="missing", metric=s.said.metric if s.said.fresh else last.metric or "views"
        )
    else:
        what = What(kind=name)  # type: ignore[arg-type]
    kept = s.said.last
    s.claim(number, row.name, [what])
    s.said.last = kept


def live(s: Sentence, at: int, row: Row) -> None:
    """Live sessions; other things that take place (场) are none."""
    if row.all("LIVE"):
        s.said.live = True
    times = row.first("AMOUNT")
    if times is not None and times.number is not None and times.number.measure != "次":
        total(s, at, row)  # 直播4.6万
        return
    if not s.said.live:
        for number in row.numbers:
            s.pass_over(number, reach=False)
        s.said.stranger = s.said.stranger or row.tokens[0].text  # 6场活动进行了直播
        return
    context.live(s, at, row.tokens[0])
    for number in row.numbers:
        s.claim(number, row.name, [What(kind="live")])
    s.said.last = (What(kind="live"),)


def issues(s: Sentence, at: int, row: Row) -> None:
    """Issues of a programme of one's own, and its items."""
    name = s.said.programme or s.said.title or s.said.column
    name = "" if name == "自办" else name
    own = "自办" in s.text.plain[s.words[0].start : row.tokens[0].start]
    first, *more = row.numbers
    if s.said.raw or (not name and not own):
        for number in row.numbers:
            s.pass_over(number, reach=any(each.sort == "TITLE" for each in s.words[:at]))
        return
    s.claim(first, row.name, [What(kind="issues", name=name)])
    for number in more:
        s.claim(number, row.name, [What(kind="items", name=name)])
    s.said.last = (What(kind="issues", name=name),)


def change(s: Sentence, at: int, row: Row) -> None:
    """A rise or a fall, as a number or in percent, against the period that the sentence compares with."""
    said, number, way = s.said, row.numbers[-1], row.first("GAIN", "FALL")
    assert way is not None
    metric = row.first("METRIC")
    said.then = False
    base = _base(s, metric.name if metric else "", number, counted=bool(row.first("WORK")))
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
        s.claim(number, row.name, [base])
        said.then, said.basis = False, kept
        return
    what = replace(base, kind="percent" if number.sort == "RATE" else "difference", name=base.kind)
    if base.kind in ("placements", "column", "hits"):
        what = replace(what, name=base.kind, per=base.name)
    whats = [what]
    if (
        base.kind == "followers"
        and number.sort != "RATE"
        and (not said.compared or way.name == "new")
    ):
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
    s.claim(number, row.name, whats)
    s.turn(gain=not falls, falls=falls)
    said.basis, said.last = kept, (base,)


def _base(s: Sentence, metric: str, number: Token, *, counted: bool) -> What | None:
    """The figure that has changed: the metric named with it, else the last figure that is counted alike."""
    said = s.said
    if metric:
        said.metric = metric
        return measured(s, metric, number)[0]
    if said.fresh:
        return measured(s, said.metric, number)[0]
    last = said.last[0] if said.last else None
    measure = number.number.measure if number.number else ""
    if counted or measure in WORKS:
        if last is not None and last.kind in _COUNTS and last.kind != "live":
            return last
        return What(kind="placements") if said.placed else What(kind="posts")
    if number.sort == "SESSIONS":
        return What(kind="live")
    if number.sort == "RATE":
        return last
    if number.sort in ("ISSUES", "THINGS"):
        return None
    if last is not None and last.kind in _MEASURED:
        return last
    if said.metric:
        return measured(s, said.metric, number)[0]
    return None


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
        s.claim(number, row.name, [What(kind="other", name=f"{how.text}的数")])
        return
    kept = said.last
    s.claim(number, row.name, [replace(base, kind="average", name=base.kind, per=per)])
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
    s.claim(number, row.name, [what], whole=whole, guess=guess)
    said.last = (last,) if last is not None else ()


def passed(s: Sentence, at: int, row: Row) -> None:
    """Known, and no figure: 其中1个账号无数据."""
    s.pass_over(row.numbers[0], reach=False)


ROWS: Mapping[str, Callable[[Sentence, int, Row], None]] = {
    "total": total, "totals": totals, "other": other, "from_to": from_to, "best": best, "ranked": ranked, "hits": hits,
    "mark": mark, "count": count, "counts": counts, "together": together, "accounts": accounts, "note": note,
    "live": live, "issues": issues, "change": change, "average": average, "share": share, "passed": passed,
}  # fmt: skip
