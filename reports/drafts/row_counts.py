"""Rows about counts: works, placements, items and issues of programmes, live sessions, accounts."""

from __future__ import annotations

from dataclasses import replace

from reports.drafts import context
from reports.drafts.claims import What
from reports.drafts.parsing import Row
from reports.drafts.row_figures import each_of, total
from reports.drafts.sentence import Sentence
from reports.drafts.tokens import Token

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
        s.claim(number, [What(kind="other", name=kinds.text if kinds else "另一类作品")])
    elif works is not None and works.text.startswith("爆"):
        each_of(s, row.numbers, [What(kind="hits", metric="views")])
    elif _is_no_count(s, row, works):
        s.pass_over(number, reach=False)
    elif what := _counted(s, row):
        each_of(s, row.numbers, [what])
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
    if said.leading:
        return What(kind="other", name="头版头条")
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
        after = next((each.sort for each in s.words if each.start >= row.tokens[-1].end), "")
        return apart or s.said.placed or after == "COLUMN"  # 三个新闻节目
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
    after = [each for each in s.words if each.start >= row.tokens[-1].end][:1]
    leads = row.tokens[0].number is not None and not (said.verb or said.spoken)
    unsure = after[0].text if leads and after and after[0].sort == "RAW" else ""  # 3件作品获……
    unsure = unsure or ("专栏" if said.themed else "")
    strange = said.raw and not (said.spoken or said.verb or row.all("WORK", "KIND", "COUNTED"))
    if strange or (not known and not said.run and not said.raw and not s.reader.headed):
        s.pass_over(row.numbers[0], reach=True)
        return
    each_of(s, row.numbers, whats, unsure=unsure)


def _placements(s: Sentence, row: Row) -> None:
    said, numbers = s.said, row.numbers
    if said.raw and (said.media_told or not (said.placed_here and said.media)):
        if not said.raw.endswith(_OUTLETS):
            s.pass_over(numbers[0], reach=True)
            return
        said.media = [said.raw]
    if len(numbers) > 1 or not said.media:
        each_of(s, numbers, [What(kind="placements", name="" if not said.media else said.media[0])])
    else:
        each_of(s, numbers, [What(kind="placements", name="、".join(said.media))])
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
        each_of(s, row.numbers, whats, unsure=unsure)
        return
    s.claim(row.numbers[0], whats, unsure=unsure)
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
        s.claim(number, [What(kind=each.name)] if each.sort == "ORIGIN" else kinds)  # type: ignore[arg-type]
    s.said.last = (What(kind="posts"),)


def together(s: Sentence, at: int, row: Row) -> None:
    """图片、视频新闻303条: several kinds as one number."""
    names = " ".join(each.name for each in row.all("KIND"))
    what = What(kind="other", name="、".join(each.text for each in row.all("KIND")))
    if "no" not in names.split():
        what = What(kind="kind", name=names)
    each_of(s, row.numbers, [what])


def accounts(s: Sentence, at: int, row: Row) -> None:
    """11个账号; 两个新闻客户端: how many accounts, and that these are spoken of."""
    number, named = row.numbers[0], row.first("SUBJECT", "KIND")
    whole = s.reader.lexicon.total
    if named is not None and named.subjects:
        subjects = tuple(
            replace(each, number=number.number.value) for each in named.subjects if number.number
        )
        s.claim(number, [What(kind="accounts")], subjects=subjects)
        context.speak(s, at, subjects)
    elif s.said.run or (number.number is not None and number.number.value == len(whole.accounts)):
        s.claim(number, [What(kind="accounts")])
        if not s.said.run:
            s.said.run = [(whole,)]
    else:
        s.claim(number, [What(kind="accounts")], guess="主体")


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
    s.claim(number, [what])
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
    s.said.stranger = s.said.matter = ""
    for number in row.numbers:
        s.claim(number, [What(kind="live")])
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
    s.claim(first, [What(kind="issues", name=name)])
    for number in more:
        s.claim(number, [What(kind="items", name=name)])
    s.said.last = (What(kind="issues", name=name),)
