"""The notes of the paper (数据说明): as-of, basis, and once for each account what no source shows of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reports import wording
from reports.figures.totals import Line, Summary, lacking
from reports.paper.chapters import Draft
from reports.paper.paper import Paragraph, Piece
from reports.periods import day_words, minute_words

#: Accounts that a sentence names, and of which it says each one's days.
_NAMED, _EACH = 6, 3
#: Sentences of the full notes that a reader of the paper must see too, by their ids.
_KEPT = (
    "note.check", "note.misses", "placements.coverage", "live.coverage", "placements.apart",
)  # fmt: skip
_WORDS = {"views": "阅读播放量", "likes": "点赞量"}


def notes(draft: Draft) -> Paragraph:
    """Every reservation that the body leaves out, said once."""
    summary = draft.summary
    said = [
        _moment(summary),
        wording.line(summary.centre.only),
        *(_of_topic(draft) if summary.topic else _of_lines(draft)),
        *_partly(summary),
        _compared(draft),
        _proposed(summary),
        *draft.notes,
        *_kept(summary),
    ]
    return Paragraph(tuple(Piece(each) for each in said if each), "数据说明　")


def _of_lines(draft: Draft) -> Iterator[str]:
    """What the figures of accounts leave out."""
    yield from _hidden(draft, "views")
    yield from _hidden(draft, "likes")
    yield _people(draft)
    yield _followers(draft)
    yield _without(draft)
    yield _deleted(draft.summary)


def _of_topic(draft: Draft) -> Iterator[str]:
    """What the figures of a topic leave out, and how its works were chosen."""
    for topic in draft.matters("topic"):
        hidden = [
            each for each in topic.parts if not any(s.metric == "views" for s in each.statements)
        ]
        posts = (s for each in hidden for s in each.statements if s.metric == "posts")
        works = sum(each.value for each in posts if isinstance(each.value, int))
        if hidden:
            names = _short([each.subject for each in hidden])
            yield f"{names}不显示阅读播放量，其{works}条（篇）作品不在阅读播放量的统计之内。"
    kept = {f"topic.{draft.summary.topic}.{name}" for name in ("edge", "left_out", "chosen")}
    yield from (wording.line(each.text) for each in draft.summary.sentences if each.id in kept)


def _without(draft: Draft) -> str:
    """On *gained*: accounts of which no gain is known."""
    if draft.summary.basis.kind != "gained":
        return ""
    absent = [each for each in _members(draft.summary) if each.figures["views"] is None]
    return f"{_names(draft, absent)}没有可计增量的阅读播放数据，未计入。" if absent else ""


def _moment(summary: Summary) -> str:
    days = summary.basis.days
    basis = {
        "published": "为期内发布作品的累计数值",
        "gained": "为期内各作品数值的净增量，不论何时发布，下降照实列出",
        "aged": f"为期内发布的作品满{days}天时的数值，未满{days}天或该时点没有观测的未计入",
    }[summary.basis.kind]
    said = f"数据截至{minute_words(summary.as_of)}，{basis}。"
    if summary.as_of != summary.known_by:
        said += f"以{minute_words(summary.known_by)}以前入库的资料为准。"
    return said


def _hidden(draft: Draft, metric: str) -> Iterator[str]:
    """Accounts of which no source shows a figure, and works of others that lack it. Nothing where the body does not
    state the figure of all together."""
    summary, word = draft.summary, _WORDS[metric]
    whole = summary.total.figures[metric]
    if whole is None or not whole.missing:
        return
    accounts = [each for each in draft.lines.accounts if each.figures[metric] is None]
    works = sum(each.posts for each in accounts)
    thresholds = sorted(summary.centre.thresholds.get(metric, ()))
    also = f"和“{wording.mark(thresholds[0])}”" if thresholds else ""
    if accounts:
        names = _names(draft, accounts)
        yield f"{names}不显示{word}，其{works}条（篇）作品不在{word}{also}的统计之内。"
    rest = whole.missing - works
    if rest > 0:
        yield f"另有{rest}条（篇）作品的来源没有{word}，未计入。"


def _people(draft: Draft) -> str:
    """Accounts of which only people are known."""
    accounts = [
        each
        for each in draft.lines.accounts
        if each.figures["views"] is None and each.figures["readers"] is not None
    ]
    return f"{_names(draft, accounts)}只有阅读人数，人数与次数不相加。" if accounts else ""


def _followers(draft: Draft) -> str:
    """That followers are added up, and of whom there are none."""
    if "followers.at_end" not in draft.said:
        return ""
    told = {each.id for each in draft.summary.figures if each.value is not None}
    members = _members(draft.summary)
    absent = [each for each in members if f"followers.{each.id}.at_end" not in told]
    known = sum(each.startswith("followers.") and each.endswith(".at_end") for each in told) - 1
    apart = f"，不含{_names(draft, absent)}" if absent else ""
    together = "粉丝为各账号相加" if known > 1 else "粉丝数"
    return f"{together}{apart}。" if absent or known > 1 else ""


def _members(summary: Summary) -> list[Line]:
    """The accounts that make up the total."""
    return [each for each in summary.accounts if each.id in summary.total.members]


def _partly(summary: Summary) -> Iterator[str]:
    """Accounts whose data do not reach over the period, each with what they cover; those of which nothing was read."""
    members = _members(summary)
    cut = [f"“{each.name}”" for each in members if each.coverage.open_parts]
    none = [f"“{each.name}”" for each in members if each.coverage.first is None]
    partly = [
        each
        for each in members
        if each.coverage.first and not each.coverage.open_parts and lacking(each, summary.period)
    ]
    if cut:
        yield f"{_short(cut)}的导出达到条数上限，作品没有读全。"
    if partly:
        yield f"数据没有覆盖整期的账号：{_covered(partly)}。"
    if none:
        yield f"{_short(none)}没有读到本期的数据。"


def _covered(lines: Sequence[Line]) -> str:
    """A few each with its days; of many to which days their data reach."""
    if len(lines) <= _EACH:
        return "、".join(f"“{each.name}”（{_span(each)}）" for each in lines)
    lasts = sorted(each.coverage.last for each in lines if each.coverage.last)
    days = "至".join(dict.fromkeys(day_words(each, year=False) for each in (lasts[0], lasts[-1])))
    gaps = sum(bool(each.coverage.gaps) for each in lines)
    beside = f"，其中{gaps}个期间有缺" if gaps else ""
    return f"{_short([f'“{each.name}”' for each in lines])}，最后的数据在{days}{beside}"


def _span(line: Line) -> str:
    """``7月3日—9月25日，其间有缺``."""
    cover = line.coverage
    assert cover.first is not None
    assert cover.last is not None
    days = [
        day_words(each, year=cover.first.year != cover.last.year)
        for each in (cover.first, cover.last)
    ]
    return "—".join(dict.fromkeys(days)) + ("，其间有缺" if cover.gaps else "")


def _deleted(summary: Summary) -> str:
    deleted = summary.total.deleted
    return f"其中{deleted}条（篇）作品已删除，按最后数值计入。" if deleted else ""


def _compared(draft: Draft) -> str:
    """What growth is measured against."""
    kinds = {
        each.word
        for matters in draft.lines.growth.values()
        for each in matters
        if each.id in draft.said and each.way == "percent"
    }
    said = [f"{kind}为与{word}按同一口径相比" for kind, word in
            (("环比", "上一期"), ("同比", "上年同期")) if kind in kinds]  # fmt: skip
    return f"{'，'.join(said)}。" if said else ""


def _proposed(summary: Summary) -> str:
    """Pairs that may be one work, until a person says so."""
    pairs = summary.data.get("proposed_pairs", 0)
    return f"另有{pairs}对作品疑似相同，尚未认定，暂分别计数。" if pairs else ""


def _kept(summary: Summary) -> Iterator[str]:
    for section in summary.sections:
        yield from (wording.line(each.text) for each in section.sentences if each.id in _KEPT)


def _names(draft: Draft, lines: Sequence[Line]) -> str:
    infos = draft.lines.infos
    return _short([infos[each.id].called for each in lines])


def _short(names: Sequence[str]) -> str:
    more = f"等（共{len(names)}个）" if len(names) > _NAMED else ""
    return "、".join(names[:_NAMED]) + more
