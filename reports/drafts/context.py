"""Words that begin no row: whom, of when and of what the numbers after them speak, and where that ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from reports.drafts.claims import What
from reports.drafts.sentence import Sentence
from reports.drafts.subjects import Subject, combine
from reports.drafts.tokens import Token, stranger

_MEDIA = {"网站": "网", "客户端": "端"}
#: What the name of a channel ends with.
NAMES = (
    "频道",
    "板块",
    "版块",
    "网",
    "台",
    "端",
    "号",
    "云",
    "平台",
    "电视台",
    "APP",
    "区",
    "县",
    "微博",
    "M上",
)
_MEDIUM = ("报", "台", "网", "端", "社", "视")


def subject(s: Sentence, at: int, token: Token) -> None:
    """An account, group, platform or topic by its name; beside another name they are one, joined to it both are meant."""
    said, before = s.said, s.words[at - 1] if at else None
    subjects = token.subjects
    if all(each.kind == "topic" for each in subjects):
        _topic(s, at, token)
        return
    if said.placed and said.media_sort == "MEDIUM" and token.text in _MEDIA:
        medium(s, at, replace(token, sort="MEDIUM", name=_MEDIA[token.text]))
        return
    if all(each.kind == "platform" and not each.accounts for each in subjects):
        subjects = tuple(replace(each, kind="unknown") for each in subjects)
    some = s.text.plain[max(0, token.start - 2) : token.start].endswith(("另一", "一个", "某"))
    if some:
        said.stranger = ""
        subjects = tuple(replace(each, any=True) for each in subjects)
    elif before is not None and before.sort == "RAW" and before.end == token.start:
        if all(each.kind == "total" for each in subjects):  # 文化中心
            raw(s, at, token)
            return
        named = f"{said.raw}{token.text}"
        outside = said.raw.endswith(_MEDIUM)  # 新华社客户端
        if said.placed:  # 云报客户端, where placements are listed
            medium(s, at, replace(token, sort="OUTLET", name=named))
            return
        platform = subjects[0].platform
        known = s.reader.lexicon.masked(said.raw, platform)
        subjects = known or (Subject(kind="unknown", words=named, platform=platform),)
        said.stranger = named if outside else ""
    else:
        said.stranger = ""
    if before is not None and before.sort == "THINGS" and before.number is not None:
        subjects = tuple(replace(each, number=before.number.value) for each in subjects)
    said.raw = ""
    speak(s, at, subjects)


def speak(s: Sentence, at: int, subjects: tuple[Subject, ...]) -> None:
    """``subjects`` are spoken of from here on."""
    said = s.said
    if said.placed and not said.placed_here:
        said.placed, said.media = False, []
    kind = s.words[at - 1].sort if at else ""
    if kind == "SUBJECT" and len(said.run) > 1 and all(each.kind == "total" for each in subjects):
        said.run = [subjects]  # 客户端、公众号、抖音等各平台
    elif kind == "SUBJECT" and said.run and _are_platforms(said.run[-1], subjects):
        said.run = [*said.run, subjects]  # 微信微博推文
    elif kind == "SUBJECT" and said.run:
        said.run = [*said.run[:-1], combine(said.run[-1], subjects)]
    elif kind == "JOIN" and said.run and at > 1 and s.words[at - 2].sort in ("SUBJECT", "KIND"):
        said.run = [*said.run, subjects]
    else:
        said.run = [subjects]
        if said.live and not said.metric:
            said.live = False
    if said.topic:
        said.run[-1] = combine(said.topic, said.run[-1])
    said.spoken = True
    if s.reader.named[-1:] != [said.run[0]]:
        s.reader.named.append(said.run[0])


def _are_platforms(one: tuple[Subject, ...], other: tuple[Subject, ...]) -> bool:
    """Two platforms side by side are two; a name and its platform are one."""
    keys = [{each.platform for each in found if each.kind == "platform"} for found in (one, other)]
    return all(keys) and not keys[0] & keys[1]


def _topic(s: Sentence, at: int, token: Token) -> None:
    """A topic is meant where it is quoted or called one (…专题)."""
    following = s.words[at + 1].sort if at + 1 < len(s.words) else ""
    row = s.is_cell() and not at  # of a table of topics; 栏目 before it is a column's name
    if not (token.quoted or following == "COLUMN" or row):
        raw(s, at, token)
        return
    s.said.topic = token.subjects
    s.said.run = [combine(token.subjects, s.said.run[-1])] if s.said.run else [token.subjects]
    s.said.raw = ""
    s.reader.named.append(s.said.run[0])


def period(s: Sentence, at: int, token: Token) -> None:
    """When; after 比, 较, 与 the period compared with."""
    if token.period is None or s.text.plain.startswith("起", token.end):
        return  # 自12月31日起增加: where the period's own start was observed
    joined = [each.sort for each in s.words[max(0, at - 2) : at]] == ["PERIOD", "JOIN"]
    s.said.periods = [*s.said.periods, token.period] if joined else [token.period]
    days = (token.period.end - token.period.start).days
    if at and s.words[at - 1].sort == "THAN":
        s.said.against, s.said.compared, s.said.then = token.period, "before", True
    elif days <= 1:
        s.said.day = token.period
    else:
        s.said.period, s.said.day = token.period, None
        if token.period not in s.reader.periods:
            s.reader.periods.append(token.period)


def earlier(s: Sentence, at: int, token: Token) -> None:
    s.said.compared = token.name
    s.said.against = None
    s.said.then = token.text not in ("环比", "同比")


def title(s: Sentence, at: int, token: Token) -> None:
    """《…》 is a post; where placements are spoken of, an outlet."""
    said = s.said
    said.raw = ""
    before = s.words[at - 1] if at else None
    if (
        before is not None
        and before.sort == "OUTLET"
        and before.end == token.start
        and not before.quoted
    ):
        return  # 央视《新闻联播》
    if said.placed and token.quoted and not said.live:
        medium(s, at, replace(token, sort="OUTLET"))
        return
    before = s.words[at - 1] if at else None
    after = s.words[at + 1] if at + 1 < len(s.words) else None
    if (
        before is not None
        and before.sort == "SUBJECT"
        and before.end == token.start
        and not token.quoted
    ):
        platform = (
            before.subjects[0].platform
            if before.subjects[0].kind in ("platform", "unknown")
            else ""
        )
        if platform and after is not None and (after.sort in ("VERB", "COUNT") or _is_fans(after)):
            known = s.reader.lexicon.masked(token.name, platform)
            said.run = [known or (stranger(token.name, platform),)]  # 微信“微X”发布
            return
    back = [each.sort for each in s.words[max(0, at - 2) : at]]
    listed = back[-1:] == ["TITLE"] or back in (
        ["TITLE", "JOIN"],
        ["OUTLET", "JOIN"],
        ["RAW", "JOIN"],
    )
    if back in (["PROGRAMME", "JOIN"], [*back[:1], "PROGRAMME"]):
        listed, said.programme = True, ""
    said.title = "" if listed else token.name


def medium(s: Sentence, at: int, token: Token) -> None:
    """A level or an outlet; joined to one before it, both are meant; 甲报、乙报等省级媒体 is the level."""
    said = s.said
    if any(each.text in ("转发", "转载") for each in s.words[max(0, at - 12) : at]):
        return  # 转发人民日报、央视新闻等报道408条: no placements of ours
    back = at - 2 if at > 0 and s.words[at - 1].sort == "JOIN" else at - 1
    joined = (
        back >= 0
        and s.words[back].sort in ("OUTLET", "TITLE", "LEVEL", "MEDIUM")
        and said.placed_here
    )
    same = said.media_sort == token.sort
    said.media = [*said.media, token.name] if joined and same else [token.name]
    said.media_sort, said.media_told = token.sort, False
    said.placed = said.placed_here = True
    said.raw = said.programme = ""
    if said.spoken and all(each.kind == "unknown" for run in said.run for each in run):
        said.run = []  # 云报客户端等省级媒体


def placing(s: Sentence, at: int, token: Token) -> None:
    s.said.media = (
        s.said.media if s.said.placed and (s.said.placed_here or token.text == "采用") else []
    )
    s.said.placed = s.said.placed_here = True


def column(s: Sentence, at: int, token: Token) -> None:
    said = s.said
    before = s.words[at - 1] if at else None
    said.themed = said.themed or any(each.sort in ("TITLE", "PROGRAMME") for each in s.words[:at])
    if before is not None and before.sort == "TITLE":
        said.column, said.title = said.title, ""
    elif before is not None and before.sort == "RAW":
        said.column, said.raw = said.raw, ""


def rest(s: Sentence, at: int, token: Token) -> None:
    """其他平台65条: of what is left, nobody can say."""
    s.said.raw, s.said.raw_from, s.said.media = token.text, token.start, []


def strange(s: Sentence, at: int, name: str) -> None:
    """An account or a channel that config does not know."""
    s.said.raw = ""
    speak(s, at, (stranger(name.removesuffix("上")),))


def _is_fans(token: Token | None) -> bool:
    return token is not None and token.sort == "METRIC" and token.name == "followers"


def raw(s: Sentence, at: int, token: Token) -> None:
    if not s.said.raw:
        s.said.raw_from = token.start
    s.said.raw = s.text.plain[s.said.raw_from : token.end]


def stop(s: Sentence, at: int, token: Token) -> None:
    """Where what was said ends: a clause at every stop, a part of the sentence at ；."""
    if token.sort == "OPENS":
        s.kept.append(replace(s.said, run=list(s.said.run)))
        part(s, at, token, exhaustive=True)
    said = s.said
    if len(said.raw) > 3:
        said.matter = said.raw
    said.raw = said.original = said.verb = said.kind = said.column = ""
    said.front = said.leading = said.then = said.each = said.placed_here = said.spoken = False
    said.top = []
    if token.sort == "CLOSES" and s.kept:
        inside, s.said = said, s.kept.pop()
        s.said.last = inside.last or s.said.last
        s.said.raw = ""
    elif token.sort == "COLON":
        if not (at and s.words[at - 1].sort == "PART"):
            part(s, at, token, exhaustive=True)
    elif token.sort == "SEMI":
        said.title, said.day, said.stranger, said.mark, said.programme = "", None, "", None, ""
        said.last = () if said.last and said.last[0].kind == "issues" else said.last
        if said.whole is not None and not s.kept:
            said.whole, said.run = None, list(s.before_parts)


def part(s: Sentence, at: int, token: Token, *, exhaustive: bool = False) -> None:
    """其中, ： and （: what follows are parts of the last figure of the sentence."""
    claims = s.reader.claims
    numbers = [place for place, each in enumerate(s.words[:at]) if each.number is not None][-2:]
    between = [each.sort for each in s.words[numbers[0] : numbers[-1]]] if len(numbers) > 1 else []
    if token.sort == "PART" and "JOIN" in between and "COMMA" not in between:
        return  # 省级15篇、市级11篇，其中甲报4篇: of which of them is not said
    mine = claims and claims[-1].sentence_number == s.reader.sentences
    if mine and s.said.whole is None:
        s.said.whole, s.said.all_parts = len(claims) - 1, exhaustive
        s.before_parts = list(s.said.run)


def kind(s: Sentence, at: int, token: Token) -> None:
    """A kind of post; a group may be called by it."""
    if token.subjects:
        speak(s, at, token.subjects)
    s.said.kind = token.name


def _set(field: str, value: object = None) -> Callable[[Sentence, int, Token], None]:
    def said(s: Sentence, at: int, token: Token) -> None:
        setattr(s.said, field, token.name if value is None else value)

    return said


def live(s: Sentence, at: int, token: Token) -> None:
    s.said.live, s.said.metric, s.said.title = True, "", ""


def top(s: Sentence, at: int, token: Token) -> None:
    s.said.top = [*s.said.top, token.name or token.sort]


def join(s: Sentence, at: int, token: Token) -> None:
    s.said.raw = ""


def metric(s: Sentence, at: int, token: Token) -> None:
    s.said.metric, s.said.fresh = token.name, True


def programme(s: Sentence, at: int, token: Token) -> None:
    """A programme of one's own; joined to another, neither alone."""
    back = [each.sort for each in s.words[max(0, at - 2) : at]]
    listed = back in (["PROGRAMME", "JOIN"], ["TITLE", "JOIN"]) or back[-1:] == ["PROGRAMME"]
    s.said.programme = "" if listed else token.name


def front(s: Sentence, at: int, token: Token) -> None:
    s.said.front, s.said.leading = True, token.text == "头版头条"


def counted(s: Sentence, at: int, token: Token) -> None:
    """发稿量环比增长5%: what follows is about the number of works."""
    s.said.last, s.said.fresh = (What(kind="posts"),), False


def verb(s: Sentence, at: int, token: Token) -> None:
    """在“七彩云端”发布, 在掌上频道发布: where it is published is an account that config does not know."""
    before = s.words[at - 1] if at else None
    if (
        before is not None
        and before.end == token.start
        and before.sort in ("TITLE", "RAW")
        and not s.said.spoken
    ):
        start = s.said.raw_from if before.sort == "RAW" else before.start
        where = s.text.plain[max(0, start - 1) : start] in ("在", "于")
        named = not token.name and (before.text.startswith("“") or s.said.raw.endswith(NAMES))
        if (where or named) and token.name != "placing":
            name = before.name or s.said.raw
            s.said.title = ""
            strange(s, at, name)
    s.said.verb = token.name or "doing"


def note(s: Sentence, at: int, token: Token) -> None:
    """A column of a table that counts works left out."""
    s.said.noted = token.name if s.is_cell() else ""


def aged(s: Sentence, at: int, token: Token) -> None:
    s.said.basis = f"aged:{token.name}"


CONTEXT: Mapping[str, Callable[[Sentence, int, Token], None]] = {
    "SUBJECT": subject, "PERIOD": period, "EARLIER": earlier, "TITLE": title, "LEVEL": medium, "OUTLET": medium,
    "MEDIUM": medium, "PLACING": placing, "COLUMN": column, "RAW": raw, "PART": part, "KIND": kind, "LIVE": live,
    "SINGLE": top, "BEST": top, "JOIN": join, "AGED": aged, "OPEN": note, "REST": rest, "COUNTED": counted, "METRIC": metric,
    "FRONT": front, "ORIGIN": _set("original"), "EACH": _set("each", True), "VERB": verb,
    "PROGRAMME": programme, **dict.fromkeys(("COMMA", "SEMI", "COLON", "OPENS", "CLOSES"), stop),
}  # fmt: skip
