"""The first sections: all accounts together, the groups, the accounts, each with its sentences, and one table of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from adapters.metrics import BY_KEY
from adapters.records import Count
from reports import wording
from reports.basis import Basis
from reports.figures.totals import Line
from reports.inquiry import Inquiry
from reports.listing import (
    Piece,
    counted,
    gone,
    joined,
    left_out,
    nothing,
    output_words,
    sentence,
    whole_words,
    why,
)
from reports.periods import distance_words, moment_words, span_words
from reports.section import Section, Sentence
from reports.sections import line_figures
from reports.sections.line_figures import declared, table
from reports.statement import Statement, Trace, Way, together
from reports.vocabulary import UNITS, Words, word_of, words_of

#: Accounts that a sentence names; the table of coverage has all.
_NAMED = 10


def overall(inquiry: Inquiry) -> Section:
    """All accounts of ours but the ledgers, and the table of all lines."""
    subject = inquiry.centre.counted(len(inquiry.total.members))
    made = _section(inquiry, "total", "总体情况", {"total": (subject, inquiry.total)})
    platforms = tuple(
        e for line in inquiry.platforms for e in declared(line, f"platform.{line.id}")
    )
    return replace(made, tables=(table(inquiry),), traced=made.traced + platforms)


def groups(inquiry: Inquiry) -> Section | None:
    """Each named group; None where config has none."""
    named = {
        f"group.{each.id}": (f"“{each.name}”组（共{len(each.members)}个账号）", each)
        for each in inquiry.groups
    }
    return _section(inquiry, "group", "分组情况", named) if named else None


def accounts(inquiry: Inquiry) -> Section:
    """Each account of ours."""
    named = {f"account.{each.id}": (each.spoken, each) for each in inquiry.accounts}
    return _section(inquiry, "account", "各账号情况", named)


def _section(
    inquiry: Inquiry, id_: str, title: str, lines: Mapping[str, tuple[str, Line]]
) -> Section:
    """Lines by the beginning of their ids, each with what its sentences call it."""
    speeches = [_Speech(inquiry, line, key, name) for key, (name, line) in lines.items()]
    return Section(
        id=id_,
        title=title,
        sentences=tuple(said for each in speeches for said in _of_line(each)),
        traced=tuple(said for each in speeches for said in declared(each.line, each.id)),
    )


@dataclass(frozen=True)
class _Speech:
    """What the sentences about one line share: what it is called, and its figures in their words."""

    inquiry: Inquiry
    line: Line
    id: str
    subject: str

    @property
    def basis(self) -> Basis:
        return self.inquiry.basis

    @cached_property
    def words(self) -> Words:
        return words_of(self.line.kinds)

    @cached_property
    def figures(self) -> Mapping[str, Statement]:
        """Each figure of the line in the words of the listing, by its key."""
        return {each.metric: self._worded(each) for each in declared(self.line, self.id)}

    def stated(self, sentence: str) -> list[Statement]:
        """The figures that one of the sentences states."""
        return [
            self.figures[each.key] for each in line_figures.FIGURES if each.sentence == sentence
        ]

    def behind(self, sentence: str) -> Trace:
        """What is behind all figures of a sentence, told or not."""
        return together(each.trace for each in self.stated(sentence))

    def _worded(self, each: Statement) -> Statement:
        words, metric = self.words, each.metric
        word = {
            "posts": output_words(self.basis),
            "views": whole_words(self.basis) + words.views,
            "readers": f"各{words.measure}{words.readers}合计",
        }.get(metric) or (BY_KEY[metric].word if metric in BY_KEY else each.word)
        gained = self.basis.kind == "gained" and metric != "posts"
        return replace(
            each,
            word=word,
            measure=each.measure or words.measure,
            items=words.measure,
            way="change" if gained else each.way,
            marks=self.inquiry.marks(metric),
            parts=tuple(self._parts(metric)) if metric in self.line.figures else (),
        )

    @cached_property
    def _within(self) -> list[Line]:
        """The groups and accounts within the line."""
        own = set(self.line.members)
        there = (*self.inquiry.groups, *self.inquiry.accounts) if len(own) > 1 else ()
        return [
            each for each in there if len(each.members) < len(own) and own.issuperset(each.members)
        ]

    def _parts(self, metric: str) -> Iterator[Count]:
        """The same figure of the groups and accounts within the line, and of its best post."""
        yield from (figure for each in self._within if (figure := each.figures[metric]) is not None)
        best = self.line.best
        if best is not None and best.metric == metric and not best.figure.exact:
            yield best.figure


def _of_line(speech: _Speech) -> Iterator[Sentence]:
    yield _total(speech)
    yield from _best(speech)
    yield from _hits(speech)
    yield from _others(speech)
    account, line = speech.id.startswith("account."), speech.line
    for name, text in (
        ("left_out", left_out(speech.basis, line.young, line.unobserved, speech.words.measure)),
        ("coverage", _covered(speech) if account else _incomplete(speech)),
        ("ends", _ends(speech) if account else ""),
    ):
        if text:
            yield Sentence(f"{speech.id}.{name}", f"{speech.subject}{text}。")


def _total(speech: _Speech) -> Sentence:
    """Works and views; readers where they are all there is or stand beside, never added to them."""
    line, id_ = speech.line, f"{speech.id}.total"
    when = f"{speech.subject}在{speech.inquiry.period.title}"
    if not line.posts:
        said = f"{nothing(speech.basis)}，各项均为{wording.NO_DATA}（不是 0）。"
        return sentence(id_, when, said, trace=speech.behind("total"))
    shown = [each for each in speech.stated("total") if each.value is not None]
    reach = joined([*shown, _no_views(speech)], "，")
    posts, every = speech.figures["posts"], speech.behind("total")
    return sentence(
        id_, when, posts, gone(line.deleted, speech.words.measure), "，", reach, "。", trace=every
    )


def _no_views(speech: _Speech) -> str:
    views, figures = speech.words.views, speech.line.figures
    if figures["views"] is not None:
        return ""
    hidden = why(speech.basis, _source(speech), views)
    if figures["readers"] is not None and speech.basis.kind != "gained":
        hidden = f"{_source(speech)}只有{speech.words.readers}，没有次数，二者不能换算"
    return f"{views}{wording.NO_DATA}：{hidden}"


def _source(speech: _Speech) -> str:
    name = speech.line.platform_name
    return f"所用的{name}数据" if name else "所用数据"


def _best(speech: _Speech) -> Iterator[Sentence]:
    best, basis, measure = speech.line.best, speech.basis, speech.words.measure
    whole = None if best is None else speech.line.figures[best.metric]
    if best is None or whole is None:
        return
    gained = basis.kind == "gained"
    if gained and best.figure.low <= 0:
        return
    sure = "" if whole.bound == "exact" else "按已有数据，"
    post = best.post
    word, name = word_of(best.metric, words_of([post.kind])), wording.title(post.title)
    way: Way = "change" if gained else "single"
    figure = Statement(
        id=f"{speech.id}.best", value=best.figure, trace=Trace(posts=(post.post_id,), metrics=(best.metric,)),
        word="" if gained else word, measure=UNITS[best.metric], way=way, marks=speech.inquiry.marks(best.metric),
    )  # fmt: skip
    lead = f"期内{word}增加最多的单{measure}为" if gained else f"单{measure}最高为"
    at = f"满{basis.days}天时" if basis.kind == "aged" else ""
    yield sentence(figure.id, speech.subject, sure, lead, name, f"，{at}", figure, "。")


def _hits(speech: _Speech) -> Iterator[Sentence]:
    line = speech.line
    told = any(any(n.values()) for side in (line.hits, line.unknown_hits) for n in side.values())
    if not line.posts and not told:
        return
    parts = [_hits_of(speech, metric) for metric, counts in line.hits.items() if counts]
    if parts:
        # a metric that no post shows could be told of none: all posts would be listed
        none = all(isinstance(each, str) for part in parts for each in part)
        every = Trace(accounts=line.members, metrics=tuple(line.hits)) if none else None
        yield sentence(f"{speech.id}.hits", speech.subject, joined(parts, "；"), "。", trace=every)


def _hits_of(speech: _Speech, metric: str) -> Sequence[Piece]:
    """How many passed each threshold of a metric; where none shows it, that this cannot be told."""
    line, word = speech.line, word_of(metric, speech.words)
    counts, unknown = line.hits[metric], line.unknown_hits[metric]
    proofs = (metric, "readers") if metric == "views" else (metric,)
    shown = any(line.figures[each] is not None for each in proofs)
    if not shown and line.posts and not any(counts.values()):
        marks = "、".join(f"“{wording.mark(each)}”" for each in counts)
        return [f"{word}是否达到{marks}无法判断（没有可用的数据）"]
    figures = [
        Statement(
            id=f"{speech.id}.hits.{metric}.{threshold}", value=number, least=unknown[threshold] > 0 or line.incomplete,
            trace=Trace(accounts=line.members, metrics=(metric,), reaching=((metric, threshold),)),
            word=f"“{wording.mark(threshold)}”以上", measure=speech.words.measure, way="count",
            items=speech.words.measure, unsure=unknown[threshold],
        )
        for threshold, number in counts.items()
    ]  # fmt: skip
    passed = "期内新达到" if speech.basis.kind == "gained" else ""
    return [f"{word}{passed}", *joined(figures, "、")]


def _others(speech: _Speech) -> Iterator[Sentence]:
    """Likes, comments, shares …; those that no source shows are named as such."""
    if not speech.line.posts:
        return
    figures = speech.stated("others")
    shown = [each for each in figures if each.value is not None]
    hidden = "、".join(each.word for each in figures if each.value is None)
    absent = f"{hidden}{wording.NO_DATA}（{why(speech.basis, _source(speech))}）" if hidden else ""
    said = joined([joined(shown, "，"), absent], "；")
    yield sentence(f"{speech.id}.others", speech.subject, said, "。", trace=speech.behind("others"))


def _covered(speech: _Speech) -> str:
    cover = speech.line.coverage
    if cover.first is None or cover.last is None:
        return "没有覆盖本期的文件或采集"
    gaps = "、".join(span_words(*each) for each in cover.gaps)
    said = f"的数据覆盖{span_words(cover.first, cover.last)}"
    said += f"（其间{gaps}没有数据）" if gaps else ""
    if cover.open_parts:
        edges = "、".join(moment_words(each) for each in cover.open_parts)
        said += f"；导出达到条数上限，{edges}以前的作品没有读全，以上各数均为下限"
    return said


def _incomplete(speech: _Speech) -> str:
    """Of several accounts: which of them nothing was read of (a line without figures says so itself), and whether posts
    are known to be missing."""
    said, line = [], speech.line
    members = [each for each in speech.inquiry.accounts if each.id in line.members and line.posts]
    unread = [e.name for e in members if not e.posts and e.coverage.first is None]
    if unread:
        names = "、".join(f"“{name}”" for name in unread[:_NAMED])
        names += "等" if unread[_NAMED:] else ""
        number = counted(len(unread), "个")
        said.append(f"中有{number}没有覆盖本期的文件或采集，以上各数不含：{names}")
    if line.incomplete:
        said.append("中有账号的导出达到条数上限，作品没有读全，以上各数均为下限")
    return "；".join(said)


def _ends(speech: _Speech) -> str:
    """On *gained*: how far the nearest observations were from the period's ends."""
    inquiry, cover = speech.inquiry, speech.line.coverage
    if speech.basis.kind != "gained" or cover.closing is None:
        return ""
    end = min(inquiry.period.end, inquiry.as_of)
    distance = distance_words(end, cover.closing)
    closing = f"期末值取自{moment_words(cover.closing)}的观测（{distance}）"
    if cover.opening is None:
        return f"期初以前没有观测，期初前发布的作品无法计算增量；{closing}"
    distance = distance_words(inquiry.period.start, cover.opening)
    return f"期初值取自{moment_words(cover.opening)}的观测（{distance}）；{closing}"
