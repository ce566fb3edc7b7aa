"""The sentences of a summary, ready to paste. Every number in them is worded by wording.py; here stands only what is
said beside it: what was left out, what no source shows, which days were read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from adapters.metrics import BY_KEY
from reports import wording
from reports.figures.figure import Figure
from reports.figures.totals import Basis, Line
from reports.inquiry import Inquiry
from reports.periods import distance_words, moment_words, span_words
from reports.section import Sentence
from reports.statement import Trace
from reports.vocabulary import OTHERS, UNITS, Words, word_of, words_of
from reports.wording import Spread, exactly

#: Accounts that a sentence names; the table of coverage has all.
_NAMED = 10


def of_total(inquiry: Inquiry) -> tuple[Sentence, ...]:
    """Everything that is ours but the ledgers."""
    subject = f"{inquiry.centre.name}{len(inquiry.total.members)}个账号"
    return tuple(_of_line(inquiry, inquiry.total, "total", subject))


def of_group(inquiry: Inquiry, line: Line) -> Iterator[Sentence]:
    subject = f"“{line.name}”组（共{len(line.members)}个账号）"
    yield from _of_line(inquiry, line, f"group.{line.id}", subject)


def of_account(inquiry: Inquiry, line: Line) -> Iterator[Sentence]:
    yield from _of_line(inquiry, line, f"account.{line.id}", _subject(line))


def _subject(line: Line) -> str:
    return f"“{line.name}”" + (line.platform_name if line.platform_name != line.name else "")


@dataclass(frozen=True, slots=True)
class _Speech:
    """What the sentences about one line share."""

    inquiry: Inquiry
    line: Line
    subject: str
    words: Words

    @property
    def basis(self) -> Basis:
        return self.inquiry.basis

    def posts(self, number: int, *, unsure: bool = False) -> str:
        """A count of posts; at least as many where posts are missing or undecided."""
        spread = Spread(number, None) if unsure or self.line.incomplete else exactly(number)
        return wording.count(spread, self.words.measure)

    def amount(self, metric: str, figure: Figure, measure: str, word: str = "") -> str:
        """A sum with its word before it."""
        word = word or word_of(metric, self.words)
        missing = wording.count(exactly(figure.missing), self.words.measure)
        beside = f"（其中{missing}无数据）" if figure.missing else ""
        if metric == "comments" and self.basis.kind != "gained":
            return f"{word}{wording.count(figure.spread, measure)}{beside}"
        marks = self.inquiry.centre.thresholds.get(metric, ())
        say = wording.change if self.basis.kind == "gained" else wording.total
        parts = self._parts(metric)
        return wording.whole(figure.spread, parts, marks, measure, word=word, say=say) + beside

    def _parts(self, metric: str) -> Iterator[Spread]:
        """The same figure of the groups and accounts within the line, and of its best post."""
        own = set(self.line.members)
        for each in (*self.inquiry.groups, *self.inquiry.accounts):
            figure = each.figures[metric]
            if figure is not None and set(each.members) < own:
                yield figure.spread
        best = self.line.best
        if best is not None and best.metric == metric and not best.figure.spread.exact:
            yield best.figure.spread


def _of_line(inquiry: Inquiry, line: Line, id_: str, subject: str) -> Iterator[Sentence]:
    speech = _Speech(inquiry, line, subject, words_of(line.kinds))
    parts = {
        "total": _total(speech),
        "best": _best(speech),
        "hits": _hits(speech),
        "others": _others(speech),
        "left_out": _left_out(speech),
        "coverage": _covered(speech) if id_.startswith("account.") else _incomplete(speech),
        "ends": _ends(speech) if id_.startswith("account.") else "",
    }
    for name, text in parts.items():
        if text:
            yield Sentence(f"{id_}.{name}", text, _trace(line, name))


def _trace(line: Line, name: str) -> Trace | None:
    """What lies behind a sentence of a line; none behind what was left out or read."""
    metrics = {
        "total": ("views", "readers"),
        "hits": tuple(line.hits),
        "others": OTHERS,
    }
    if name == "best" and line.best is not None:
        return Trace(posts=(line.best.post_id,), metrics=(line.best.metric,))
    if name not in metrics:
        return None
    if name != "hits":
        return Trace(accounts=line.members, metrics=metrics[name])
    # a metric that no post shows could be told of none: all of them would be listed
    shown = [metric for metric in metrics[name] if _is_shown(line, metric) and line.hits[metric]]
    return Trace(
        accounts=line.members,
        metrics=tuple(shown) or metrics[name],
        reaching=tuple((metric, min(line.hits[metric])) for metric in shown),
    )


def _is_shown(line: Line, metric: str) -> bool:
    proofs = (metric, "readers") if metric == "views" else (metric,)
    return any(line.figures[each] is not None for each in proofs)


def _total(speech: _Speech) -> str:
    line = speech.line
    if not line.posts:
        return f"{speech.subject}{_when(speech)}{nothing(speech.basis)}，各项均为{wording.NO_DATA}（不是 0）。"
    deleted = wording.count(exactly(line.deleted), speech.words.measure)
    gone = f"（其中{deleted}已删除，保留最后数值）" if line.deleted else ""
    return f"{speech.subject}{_output(speech)}{gone}，{_reach(speech)}。"


def nothing(basis: Basis) -> str:
    """Why there is nothing to add up or to count."""
    return {
        "published": "没有读到作品",
        "gained": "没有可计增量的观测",
        "aged": f"没有满{basis.days}天且当天有观测的作品",
    }[basis.kind]


def _when(speech: _Speech) -> str:
    return f"在{speech.inquiry.period.title}"


def _output(speech: _Speech) -> str:
    number = speech.posts(speech.line.posts)
    if speech.basis.kind == "gained":
        return f"{_when(speech)}有观测可计增量的作品{number}"
    if speech.basis.kind == "aged":
        return f"{_when(speech)}发布、满{speech.basis.days}天且当天有观测的作品{number}"
    return f"{_when(speech)}共发稿{number}"


def _reach(speech: _Speech) -> str:
    """Views, and readers where they are all there is or stand beside; never added to each other."""
    views, readers = speech.line.figures["views"], speech.line.figures["readers"]
    prefix = {"published": "总", "gained": "期内", "aged": f"满{speech.basis.days}天时总"}[
        speech.basis.kind
    ]
    said = []
    if views is not None:
        said.append(speech.amount("views", views, "人次", prefix + speech.words.views))
    if readers is not None:
        word = f"各{speech.words.measure}{speech.words.readers}合计"
        said.append(speech.amount("readers", readers, "人", word))
    if views is None and readers is None:
        return f"{speech.words.views}{wording.NO_DATA}：{_why(speech, speech.words.views)}"
    if views is None:
        only = f"{_source(speech)}只有{speech.words.readers}，没有次数，二者不能换算"
        if speech.basis.kind == "gained":
            only = _why(speech, speech.words.views)
        said.append(f"{speech.words.views}{wording.NO_DATA}：{only}")
    return "，".join(said)


def _why(speech: _Speech, what: str = "") -> str:
    """Why a figure does not exist. A gain may be missing for want of an earlier value as well."""
    hidden = f"{_source(speech)}不显示{what}"
    return f"{hidden}，或期初没有可比的数值" if speech.basis.kind == "gained" else hidden


def _source(speech: _Speech) -> str:
    name = speech.line.platform_name
    return f"所用的{name}数据" if name else "所用数据"


def _best(speech: _Speech) -> str:
    best = speech.line.best
    whole = None if best is None else speech.line.figures[best.metric]
    if best is None or whole is None:
        return ""
    figure, measure = best.figure, speech.words.measure
    sure = "" if whole.bound == "exact" else "按已有数据，"
    words = words_of([best.kind])
    marks = speech.inquiry.centre.thresholds.get(best.metric, ())
    unit = "人次" if best.metric == "views" else "人"
    word, name = word_of(best.metric, words), wording.title(best.title)
    if speech.basis.kind == "gained":
        if figure.spread.low <= 0:
            return ""
        said = wording.change(figure.spread, marks, unit)
        return f"{speech.subject}{sure}期内{word}增加最多的单{measure}为{name}，{said}。"
    said = wording.single(figure.spread, marks, unit)
    at = f"满{speech.basis.days}天时" if speech.basis.kind == "aged" else ""
    return f"{speech.subject}{sure}单{measure}最高为{name}，{at}{word}{said}。"


def _hits(speech: _Speech) -> str:
    line = speech.line
    said = any(
        n
        for side in (line.hits, line.unknown_hits)
        for each in side.values()
        for n in each.values()
    )
    if not line.posts and not said:
        return ""
    parts = [
        _hits_of(speech, metric, counts, line.unknown_hits[metric])
        for metric, counts in line.hits.items()
        if counts
    ]
    return f"{speech.subject}{'；'.join(parts)}。" if parts else ""


def _hits_of(
    speech: _Speech, metric: str, counts: Mapping[int, int], unknown: Mapping[int, int]
) -> str:
    word, figures = word_of(metric, speech.words), speech.line.figures
    proof = (metric, "readers") if metric == "views" else (metric,)
    nothing = all(figures[each] is None for each in proof)
    if nothing and speech.line.posts and not any(counts.values()):
        marks = "、".join(f"“{wording.mark(each)}”" for each in counts)
        return f"{word}是否达到{marks}无法判断（没有可用的数据）"
    passed = "期内新达到" if speech.basis.kind == "gained" else ""
    said = []
    for threshold, number in counts.items():
        unsure = unknown[threshold]
        beside = (
            f"（另有{wording.count(exactly(unsure), speech.words.measure)}无法判断）"
            if unsure
            else ""
        )
        many = speech.posts(number, unsure=unsure > 0)
        said.append(f"“{wording.mark(threshold)}”以上{many}{beside}")
    return f"{word}{passed}{'、'.join(said)}"


def _others(speech: _Speech) -> str:
    """Likes, comments, shares …; those that no source shows are named as such."""
    line = speech.line
    if not line.posts:
        return ""
    shown, hidden = [], []
    for metric in OTHERS:
        figure = line.figures[metric]
        if figure is None:
            hidden.append(BY_KEY[metric].word)
        else:
            shown.append(speech.amount(metric, figure, UNITS[metric]))
    absent = f"{'、'.join(hidden)}{wording.NO_DATA}（{_why(speech)}）" if hidden else ""
    return f"{speech.subject}{'；'.join(each for each in ('，'.join(shown), absent) if each)}。"


def _left_out(speech: _Speech) -> str:
    line, days = speech.line, speech.basis.days
    if speech.basis.kind != "aged" or not (line.young or line.unobserved):
        return ""
    young = wording.count(exactly(line.young), speech.words.measure)
    unobserved = wording.count(exactly(line.unobserved), speech.words.measure)
    return f"{speech.subject}另有未满{days}天{young}、该时点无观测{unobserved}，均未计入。"


def _covered(speech: _Speech) -> str:
    cover = speech.line.coverage
    if cover.first is None or cover.last is None:
        return f"{speech.subject}没有覆盖本期的文件或采集。"
    gaps = "、".join(span_words(*each) for each in cover.gaps)
    said = f"{speech.subject}的数据覆盖{span_words(cover.first, cover.last)}"
    said += f"（其间{gaps}没有数据）" if gaps else ""
    if cover.open_parts:
        edges = "、".join(moment_words(each) for each in cover.open_parts)
        said += f"；导出达到条数上限，{edges}以前的作品没有读全，以上各数均为下限"
    return f"{said}。"


def _incomplete(speech: _Speech) -> str:
    """Of several accounts: which of them nothing was read of, and whether posts are known to be missing."""
    said = []
    if unread := _unread(speech):
        names = "、".join(f"“{name}”" for name in unread[:_NAMED]) + (
            "等" if unread[_NAMED:] else ""
        )
        number = wording.count(exactly(len(unread)), "个")
        said.append(f"中有{number}没有覆盖本期的文件或采集，以上各数不含：{names}")
    if speech.line.incomplete:
        said.append("中有账号的导出达到条数上限，作品没有读全，以上各数均为下限")
    return f"{speech.subject}{'；'.join(said)}。" if said else ""


def _unread(speech: _Speech) -> list[str]:
    """The accounts of a line that has figures of which there are none; where it has none it says so itself."""
    if not speech.line.posts:
        return []
    members = set(speech.line.members)
    return [
        each.name
        for each in speech.inquiry.accounts
        if each.id in members and not each.posts and each.coverage.first is None
    ]


def _ends(speech: _Speech) -> str:
    """On *gained*: how far the nearest observations were from the period's ends."""
    inquiry, cover = speech.inquiry, speech.line.coverage
    if speech.basis.kind != "gained" or cover.closing is None:
        return ""
    end = min(inquiry.period.end, inquiry.as_of)
    closing = (
        f"期末值取自{moment_words(cover.closing)}的观测（{distance_words(end, cover.closing)}）"
    )
    if cover.opening is None:
        return f"{speech.subject}期初以前没有观测，期初前发布的作品无法计算增量；{closing}。"
    distance = distance_words(inquiry.period.start, cover.opening)
    return (
        f"{speech.subject}期初值取自{moment_words(cover.opening)}的观测（{distance}）；{closing}。"
    )
