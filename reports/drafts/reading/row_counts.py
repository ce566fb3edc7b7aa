"""Rows about counts: works, placements, items and issues of programmes, live sessions, accounts."""

from __future__ import annotations

from dataclasses import replace

from reports.drafts.reading import context
from reports.drafts.reading.claims import What
from reports.drafts.reading.row_figures import each_of, total
from reports.drafts.reading.sentence import SentenceReader
from reports.drafts.reading.tokens import GrammarRow, Token

#: What an outlet's name ends with.
_OUTLETS = (
    "报", "台", "网", "端", "社", "视", "刊", "号", "频", "之声", "头条", "在线", "云", "播", "平台", "版", "道",
)  # fmt: skip
#: Words that say that works are meant.
_NAMING = ("WORK", "KIND", "COUNTED", "THINGS")


def count(s: SentenceReader, row: GrammarRow) -> None:
    """Works, placements, items of a programme: what is counted is said beside the number or before it."""
    said, clause, numbers = s.said, s.clause, row.numbers
    kinds, works = row.first("KIND"), row.first("WORK")
    if s.reader.in_heading or s.word(-1).sort == "REST":  # （锦集4篇）；其余10条见附表
        s.pass_over(numbers[0])
        return
    if not clause.spoken and clause.raw.endswith(context.NAMES) and not said.placed:
        context.strange(s, clause.raw)  # 掌上频道62条
    if (kinds.name or clause.kind) == "no" or clause.verb == "offering":
        s.claim(numbers[0], [What(kind="other", name=kinds.text or "另一类作品")])
    elif works.text.startswith("爆"):
        each_of(s, numbers, [What(kind="hits", metric="views")])
    elif _is_no_count(s, row, works):
        s.pass_over(numbers[0])
    elif what := _counted(s, row):
        each_of(s, numbers, [what])
    elif said.placed:
        _placements(s, row)
    elif kinds:
        _kinds(s, row, kinds)
    else:
        _posts(s, row)
        said.title = ""


def _counted(s: SentenceReader, row: GrammarRow) -> What | None:
    """What is counted where words before it say so; None where it is works or placements as such."""
    said, clause, last = s.said, s.clause, s.said.latest
    if clause.front == "头版头条":  # no ledger marks them
        return What(kind="other", name="头版头条")
    if clause.front:
        return What(kind="placements", name=f"{_front_of(s, row)}头版")
    news = row.numbers[0].measure in ("条", "篇", "则")
    if news and (said.programme or (last.kind == "issues" and not clause.spoken)):
        return What(kind="items", name=said.programme or last.name)
    if said.placed:
        return None
    if original := row.first("ORIGIN").name or clause.original:
        marked = any(each in s.text.plain for each in ("注明", "标明"))
        return What(kind=original, name="marked" if marked else "")
    if row.first("KIND"):
        return None
    if said.mark is not None and said.whole is not None:
        return What(kind="hits", metric=said.mark[0], threshold=said.mark[1])
    column = clause.column or (said.title if not clause.raw and not said.run else "")
    return What(kind="column", name=column) if column else None


def _front_of(s: SentenceReader, row: GrammarRow) -> str:
    """Whose front pages: 人民日报5篇，含头版2篇 are that paper's; 市级11篇，头版5篇 are all."""
    claims = s.reader.claims
    if s.back(2) == ["PART", "FRONT"] and claims:
        what = claims[-1].readings[0].what
        if what.kind == "placements":
            return what.name
    return "、".join(s.said.media) if s.clause.placed and s.said.media_sort == "OUTLET" else ""


def _is_no_count(s: SentenceReader, row: GrammarRow, works: Token) -> bool:
    """个 counts works only right beside them; a number without a measure only in a table or after 发稿量."""
    number = row.numbers[0]
    if number.terminal == "THINGS":
        apart = row.tokens[0] is works and works.end < number.start
        after = s.word(len(row.tokens)).sort
        return apart or s.said.placed or after == "COLUMN"  # 三个新闻节目
    return number.terminal == "AMOUNT" and not (
        s.is_cell or row.first("COUNTED") or not number.measure
    )


def _posts(s: SentenceReader, row: GrammarRow) -> None:
    """Works of whom the sentence speaks; 刊发 with words not known is a medium that no ledger has."""
    said, clause = s.said, s.clause
    named = bool(clause.spoken or clause.verb or row.all(*_NAMING))
    known = named or said.last or s.is_cell
    if not named and (clause.raw or not (known or said.run or s.reader.headed)):
        s.pass_over(row.numbers[0], reach=True)
        return
    whats = [What(kind="posts")]
    if clause.verb == "placing" and clause.raw.endswith(_OUTLETS):
        whats = [What(kind="placements", name=clause.raw), *whats]
    after = s.word(len(row.tokens))
    leads = row.tokens[0].number is not None and not (clause.verb or clause.spoken)
    unsure = after.text if leads and after.sort == "RAW" else ""  # 3件作品获……
    each_of(s, row.numbers, whats, unsure=unsure or ("专栏" if said.themed else ""))


def _placements(s: SentenceReader, row: GrammarRow) -> None:
    said, clause, numbers = s.said, s.clause, row.numbers
    if clause.raw and (said.media_told or not (clause.placed and said.media)):
        if not clause.raw.endswith(_OUTLETS):
            s.pass_over(numbers[0], reach=True)
            return
        said.media = [clause.raw]
    names = said.media[:1] if len(numbers) > 1 else said.media
    each_of(s, numbers, [What(kind="placements", name="、".join(names))])
    said.media_told = True
    said.last = (What(kind="placements"),)


def _kinds(s: SentenceReader, row: GrammarRow, kinds: Token) -> None:
    """短视频290条: works of that kind; of a group that is called so, its works."""
    said, claims = s.said, s.reader.claims
    whats = [What(kind="kind", name=each) for each in kinds.name.split()]
    of_hits = said.latest.kind == "hits" and said.whole is not None
    if of_hits:
        whats = [said.latest]
    unsure = kinds.text if s.back(2) == ["RAW", "JOIN"] else ""
    if len(row.numbers) > 1 or not kinds.subjects:
        each_of(s, row.numbers, whats, unsure=unsure)
        return
    s.claim(row.numbers[0], whats, unsure=unsure)
    if claims:
        readings = claims[-1].readings
        own = whats[0] if of_hits else What(kind="posts")
        group = tuple(replace(readings[0], subject=each, what=own) for each in kinds.subjects)
        parts = group if of_hits or said.whole is not None else ()
        claims[-1] = replace(claims[-1], readings=tuple(dict.fromkeys((*parts, *readings, *group))))
    said.last = tuple(whats)


def counts(s: SentenceReader, row: GrammarRow) -> None:
    """文章、短视频分别为161篇、108条: each count its own kind."""
    named = row.all("KIND", "ORIGIN")
    for each, number in zip(named, row.numbers, strict=len(named) == len(row.numbers)):
        kinds = [What(kind="kind", name=name) for name in each.name.split()]
        s.claim(number, [What(kind=each.name)] if each.sort == "ORIGIN" else kinds)
    s.said.last = (What(kind="posts"),)


def together(s: SentenceReader, row: GrammarRow) -> None:
    """图片、视频新闻303条: several kinds as one number."""
    kinds = row.all("KIND")
    names = " ".join(each.name for each in kinds)
    what = What(kind="kind", name=names)
    if "no" in names.split():
        what = What(kind="other", name="、".join(each.text for each in kinds))
    each_of(s, row.numbers, [what])


def accounts(s: SentenceReader, row: GrammarRow) -> None:
    """11个账号; 两个新闻客户端: how many accounts, and that these are spoken of."""
    number, named, whole = row.numbers[0], row.first("SUBJECT", "KIND"), s.reader.lexicon.total
    what = What(kind="accounts")
    if named.subjects:
        subjects = tuple(replace(each, number=number.value) for each in named.subjects)
        s.claim(number, [what], subjects=subjects)
        context.speak(s, subjects)
        return
    known = s.said.run or number.value == len(whole.accounts)
    s.claim(number, [what], guess="" if known else "主体")
    if known and not s.said.run:
        s.said.run = [(whole,)]


def note(s: SentenceReader, row: GrammarRow) -> None:
    """（其中49条无数据）（另有3条无法判断）: works that were left out."""
    name, number = row.first("OPEN", "YOUNG").name, row.numbers[0]
    last = s.said.latest if s.said.last else What(kind="sum", metric="views")
    what = What(kind=name)
    if name == "apart":
        s.pass_over(number)
        return
    if name == "unknown":
        what = replace(last, kind=name)
    elif name == "missing":
        what = replace(what, metric=s.said.metric if s.said.fresh else last.metric or "views")
    s.claim(number, [what])


def live(s: SentenceReader, row: GrammarRow) -> None:
    """Live sessions; other things that take place (场) are none."""
    said, times = s.said, row.first("AMOUNT").number
    said.live = said.live or bool(row.all("LIVE"))
    if times is not None and times.measure != "次":
        total(s, row)  # 直播4.6万
    elif not said.live:
        s.pass_over(*row.numbers)
        said.stranger = said.stranger or row.tokens[0].text  # 6场活动进行了直播
    else:
        context.live(s)
        said.stranger = said.matter = ""
        for number in row.numbers:
            s.claim(number, [What(kind="live")])
        said.last = (What(kind="live"),)


def issues(s: SentenceReader, row: GrammarRow) -> None:
    """Issues of a programme of one's own, and its items."""
    said = s.said
    name = said.programme or said.title or s.clause.column
    name = "" if name == "自办" else name
    own = "自办" in s.text.plain[s.words[0].start : row.tokens[0].start]
    first, *more = row.numbers
    if s.clause.raw or not (name or own):
        titled = any(each.sort == "TITLE" for each in s.words[: s.at])
        s.pass_over(*row.numbers, reach=titled)
        return
    s.claim(first, [What(kind="issues", name=name)])
    for number in more:
        s.claim(number, [What(kind="items", name=name)])
    said.last = (What(kind="issues", name=name),)


ROWS = {each.__name__: each for each in (count, counts, together, accounts, note, live, issues)}
