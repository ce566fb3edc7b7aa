"""Words that begin no row: whom, of when and of what the numbers after them speak, and where that ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from reports.drafts.reading.claims import What
from reports.drafts.reading.sentence import Clause, SentenceReader, Subjects
from reports.drafts.reading.subjects import SpokenOf, combine
from reports.drafts.reading.tokens import Token, stranger

_MEDIA = {"网站": "网", "客户端": "端"}
#: What the name of a channel, and what that of an outlet ends with.
NAMES = ("频道", "板块", "版块", "网", "台", "端", "号", "云", "平台", "电视台", "APP", "区", "县", "微博", "M上")  # fmt: skip
_MEDIUM = ("报", "台", "网", "端", "社", "视")


def subject(s: SentenceReader, token: Token) -> None:
    """An account, group, platform or topic by its name; beside another name they are one, joined to it both are meant."""
    said, before, subjects = s.said, s.word(-1), token.subjects
    if all(each.kind == "topic" for each in subjects):
        _topic(s, token)
        return
    if said.placed and said.media_sort == "MEDIUM" and token.text in _MEDIA:
        medium(s, replace(token, sort="MEDIUM", name=_MEDIA[token.text]))
        return
    if all(each.kind == "platform" and not each.accounts for each in subjects):
        subjects = tuple(replace(each, kind="unknown") for each in subjects)
    outside = ""
    if s.text.plain[max(0, token.start - 2) : token.start].endswith(("另一", "一个", "某")):
        subjects = tuple(replace(each, any=True) for each in subjects)
    elif before.sort == "RAW" and before.end == token.start:
        if all(each.kind == "total" for each in subjects):  # 文化中心
            raw(s, token)
            return
        named, platform = f"{s.clause.raw}{token.text}", subjects[0].platform
        if said.placed:  # 云报客户端, where placements are listed
            medium(s, replace(token, sort="OUTLET", name=named))
            return
        known = s.reader.lexicon.masked(s.clause.raw, platform)
        subjects = known or (SpokenOf(kind="unknown", words=named, platform=platform),)
        outside = named if s.clause.raw.endswith(_MEDIUM) else ""  # 新华社客户端
    said.stranger = outside
    if before.sort == "THINGS" and before.number is not None:
        subjects = tuple(replace(each, number=before.number.value) for each in subjects)
    s.clause.raw = ""
    speak(s, subjects)


def speak(s: SentenceReader, subjects: Subjects) -> None:
    """``subjects`` are spoken of from here on."""
    said, kind = s.said, s.word(-1).sort
    if said.placed and not s.clause.placed:
        said.placed, said.media = False, []
    if kind == "SUBJECT" and len(said.run) > 1 and all(each.kind == "total" for each in subjects):
        said.run = [subjects]  # 客户端、公众号、抖音等各平台
    elif kind == "SUBJECT" and said.run and _are_platforms(said.run[-1], subjects):
        said.run = [*said.run, subjects]  # 微信微博推文
    elif kind == "SUBJECT" and said.run:
        said.run = [*said.run[:-1], combine(said.run[-1], subjects)]
    elif kind == "JOIN" and said.run and s.word(-2).sort in ("SUBJECT", "KIND"):
        said.run = [*said.run, subjects]
    else:
        said.run = [subjects]
        said.live = said.live and bool(said.metric)
    if said.topic:
        said.run[-1] = combine(said.topic, said.run[-1])
    s.clause.spoken = True
    if s.reader.named[-1:] != [said.run[0]]:
        s.reader.named.append(said.run[0])


def _are_platforms(one: Subjects, other: Subjects) -> bool:
    """Two platforms side by side are two; a name and its platform are one."""
    keys = [{each.platform for each in found if each.kind == "platform"} for found in (one, other)]
    return all(keys) and not keys[0] & keys[1]


def _topic(s: SentenceReader, token: Token) -> None:
    """A topic is meant where it is quoted or called one (…专题)."""
    row = s.is_cell and not s.at  # of a table of topics; 栏目 before it is a column's name
    if not (token.quoted or s.word(1).sort == "COLUMN" or row):
        raw(s, token)
        return
    said = s.said
    said.topic = token.subjects
    said.run = [combine(token.subjects, said.run[-1])] if said.run else [token.subjects]
    s.clause.raw = ""
    s.reader.named.append(said.run[0])


def period(s: SentenceReader, token: Token) -> None:
    """When; after 比, 较, 与 the period compared with."""
    if token.period is None or s.text.plain.startswith("起", token.end):
        return  # 自12月31日起增加: where the period's own start was observed
    said, joined = s.said, s.back(2) == ["PERIOD", "JOIN"]
    said.periods = [*said.periods, token.period] if joined else [token.period]
    if s.word(-1).sort == "THAN":
        said.against, said.compared, s.clause.then = token.period, "before", True
    elif token.period.is_day:
        said.day = token.period
    else:
        said.period, said.day = token.period, None
        if token.period not in s.reader.periods:
            s.reader.periods.append(token.period)


def earlier(s: SentenceReader, token: Token) -> None:
    s.said.compared, s.said.against = token.name, None
    s.clause.then = token.text not in ("环比", "同比")


def title(s: SentenceReader, token: Token) -> None:
    """《…》 is a post; where placements are spoken of, an outlet."""
    said, before = s.said, s.word(-1)
    s.clause.raw = ""
    beside = before.end == token.start
    if before.sort == "OUTLET" and beside and not before.quoted:
        return  # 央视《新闻联播》
    if said.placed and token.quoted and not said.live:
        medium(s, replace(token, sort="OUTLET"))
        return
    if before.sort == "SUBJECT" and beside and not token.quoted:
        first, after = before.subjects[0], s.word(1)
        fans = after.sort == "METRIC" and after.name == "followers"
        named = first.platform and first.kind in ("platform", "unknown")
        if named and (fans or after.sort in ("VERB", "COUNT")):
            known = s.reader.lexicon.masked(token.name, first.platform)
            said.run = [known or (stranger(token.name, first.platform),)]  # 微信“微X”发布
            return
    back = s.back(2)
    listed = back[-1:] == ["TITLE"] or (
        back[-1:] == ["JOIN"] and back[0] in ("TITLE", "OUTLET", "RAW")
    )
    if back[-1:] == ["PROGRAMME"] or back == ["PROGRAMME", "JOIN"]:
        listed, said.programme = True, ""
    said.title = "" if listed else token.name


def medium(s: SentenceReader, token: Token) -> None:
    """A level or an outlet; joined to one before it, both are meant; 甲报、乙报等省级媒体 is the level."""
    said = s.said
    if any(each.text in ("转发", "转载") for each in s.words[max(0, s.at - 12) : s.at]):
        return  # 转发人民日报、央视新闻等报道408条: no placements of ours
    last = s.word(-2 if s.word(-1).sort == "JOIN" else -1).sort
    joined = s.clause.placed and last in ("OUTLET", "TITLE", "LEVEL", "MEDIUM")
    several = joined and said.media_sort == token.sort
    said.media = [*said.media, token.name] if several else [token.name]
    said.media_sort, said.media_told = token.sort, False
    said.placed = s.clause.placed = True
    s.clause.raw = said.programme = ""
    if s.clause.spoken and all(each.kind == "unknown" for run in said.run for each in run):
        said.run = []  # 云报客户端等省级媒体


def placing(s: SentenceReader, token: Token) -> None:
    if not (s.said.placed and (s.clause.placed or token.text == "采用")):
        s.said.media = []
    s.said.placed = s.clause.placed = True


def column(s: SentenceReader, token: Token) -> None:
    said, clause, before = s.said, s.clause, s.word(-1).sort
    said.themed = said.themed or any(
        each.sort in ("TITLE", "PROGRAMME") for each in s.words[: s.at]
    )
    if before == "TITLE":
        clause.column, said.title = said.title, ""
    elif before == "RAW":
        clause.column, clause.raw = clause.raw, ""


def rest(s: SentenceReader, token: Token) -> None:
    """其他平台65条: of what is left, nobody can say."""
    s.clause.raw, s.clause.raw_from, s.said.media = token.text, token.start, []


def strange(s: SentenceReader, name: str) -> None:
    """An account or a channel that config does not know."""
    s.clause.raw = ""
    speak(s, (stranger(name.removesuffix("上")),))


def raw(s: SentenceReader, token: Token) -> None:
    if not s.clause.raw:
        s.clause.raw_from = token.start
    s.clause.raw = s.text.plain[s.clause.raw_from : token.end]


def stop(s: SentenceReader, token: Token) -> None:
    """Where what was said ends: a clause at every stop, more at ；, what stands in brackets behind them."""
    if token.sort == "OPENS":
        s.kept.append(replace(s.said, run=list(s.said.run)))
        part(s, token, listed=True)
    said = s.said
    if len(s.clause.raw) > 3:
        said.matter = s.clause.raw
    said.clause = Clause()
    if token.sort == "CLOSES" and s.kept:
        inside, s.said = said, s.kept.pop()
        s.said.last = inside.last or s.said.last
        s.clause.raw = ""
    elif token.sort == "COLON" and s.word(-1).sort != "PART":
        part(s, token, listed=True)
    elif token.sort == "SEMI":
        said.title = said.stranger = said.programme = ""
        said.day = said.mark = None
        said.last = () if said.latest.kind == "issues" else said.last
        if said.whole is not None and not s.kept:
            said.whole, said.run = None, list(s.before_parts)


def part(s: SentenceReader, token: Token, *, listed: bool = False) -> None:
    """其中, ： and （: what follows are parts of the last figure of the sentence; ``listed``: all of them."""
    claims = s.reader.claims
    numbers = [place for place, each in enumerate(s.words[: s.at]) if each.number is not None][-2:]
    between = [each.sort for each in s.words[numbers[0] : numbers[-1]]] if len(numbers) > 1 else []
    if token.sort == "PART" and "JOIN" in between and "COMMA" not in between:
        return  # 省级15篇、市级11篇，其中甲报4篇: of which of them is not said
    mine = claims and claims[-1].sentence_number == s.reader.sentences
    if mine and s.said.whole is None:
        s.said.whole, s.said.all_parts = len(claims) - 1, listed
        s.before_parts = list(s.said.run)


def kind(s: SentenceReader, token: Token) -> None:
    """A kind of post; a group may be called by it."""
    if token.subjects:
        speak(s, token.subjects)
    s.clause.kind = token.name


def live(s: SentenceReader) -> None:
    s.said.live, s.said.metric, s.said.title = True, "", ""


def programme(s: SentenceReader, token: Token) -> None:
    """A programme of one's own; joined to another, neither alone."""
    back = s.back(2)
    listed = back[-1:] == ["PROGRAMME"] or back in (["PROGRAMME", "JOIN"], ["TITLE", "JOIN"])
    s.said.programme = "" if listed else token.name


def verb(s: SentenceReader, token: Token) -> None:
    """在“七彩云端”发布, 在掌上频道发布: where it is published is an account that config does not know."""
    before, clause = s.word(-1), s.clause
    if before.end == token.start and before.sort in ("TITLE", "RAW") and not clause.spoken:
        start = clause.raw_from if before.sort == "RAW" else before.start
        where = s.text.plain[max(0, start - 1) : start] in ("在", "于")
        named = not token.name and (before.text.startswith("“") or clause.raw.endswith(NAMES))
        if (where or named) and token.name != "placing":
            s.said.title = ""
            strange(s, before.name or clause.raw)
    clause.verb = token.name or "doing"


def hear(s: SentenceReader, token: Token) -> None:
    """What a word that begins no row tells of those after it."""
    _TELLERS.get(token.sort, _keep)(s, token)


def _keep(s: SentenceReader, token: Token) -> None:
    said, clause = s.said, s.clause
    match token.sort:
        case "METRIC":
            said.metric, said.fresh = token.name, True
        case "LIVE":
            live(s)
        case "COUNTED":  # 发稿量环比增长5%: what follows is about the number of works
            said.last, said.fresh = (What(kind="posts"),), False
        case "OPEN":  # a column of a table that counts works left out
            said.noted = token.name if s.is_cell else ""
        case "AGED":
            said.basis = f"aged:{token.name}"
        case "SINGLE" | "BEST":
            clause.top = [*clause.top, token.name or token.sort]
        case "FRONT":
            clause.front = token.text
        case "ORIGIN":
            clause.original = token.name
        case "JOIN":
            clause.raw = ""


_TELLERS: Mapping[str, Callable[[SentenceReader, Token], None]] = {
    "SUBJECT": subject, "PERIOD": period, "EARLIER": earlier, "TITLE": title, "PLACING": placing, "COLUMN": column,
    "RAW": raw, "PART": part, "KIND": kind, "REST": rest, "VERB": verb, "PROGRAMME": programme,
    **dict.fromkeys(("LEVEL", "OUTLET", "MEDIUM"), medium),
    **dict.fromkeys(("COMMA", "SEMI", "COLON", "OPENS", "CLOSES"), stop),
}  # fmt: skip
