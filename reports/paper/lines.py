"""The opening of the paper and its chapter on the channels: everything together, groups, accounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from adapters import platforms
from reports import wording
from reports.figures.totals import Line, Summary
from reports.periods import day_words
from reports.sections.line_figures import declared
from reports.statement import Matter, Statement, Way, ranked
from reports.vocabulary import views_word, words_of

#: Views, else readers, else likes: the figure by which a reader knows an account.
_REACH = ("views", "readers", "likes")
#: Sign in a period's name → what the one before it is called; a range has ``..``.
_BEFORE = (("..", "上期"), ("Q", "上季度"), ("W", "上周"), ("H", "上期"), ("-", "上月"))


class Lines:
    """What the lines of a summary have to say. ``growth``: subject → statements of growth, as the section on comparisons
    gives them; ``hits``: account → its works above the lowest threshold of views."""

    def __init__(
        self,
        summary: Summary,
        growth: Mapping[str, Sequence[Statement]],
        hits: Mapping[str, Statement],
    ) -> None:
        self.summary, self.growth, self.hits = summary, growth, hits
        self.infos = {each.id: each for each in summary.centre.accounts}
        self.kind = summary.basis.kind
        ledgers = {each.id for each in summary.centre.accounts if each.ledger}
        self.accounts = [each for each in summary.accounts if each.posts and each.id not in ledgers]

    def opening(self) -> Matter:
        """Everything together: works, reach, likes."""
        total = self.summary.total
        statements = [
            *self._posts("total", total, "共发布作品", "条（篇）"),
            *self._reach("total", total, "总"),
        ]
        if total.figures["likes"] is not None and total.figures["views"] is not None:
            statements.append(self._amount("total", total, "likes", "获点赞"))
        return Matter(subject="", statements=tuple(statements), parts=self.units())

    def units(self) -> tuple[Matter, ...]:
        """Groups, platforms of several accounts in no group, then accounts that are alone; the largest first."""
        there = {each.id: each for each in self.accounts}
        wholes = {f"group.{each.id}": each for each in self.summary.groups}
        wholes |= {f"platform.{each.id}": each for each in self.summary.platforms}
        made = []
        for id_, line in wholes.items():
            members = [there.pop(key) for key in line.members if key in there]
            if members:
                made.append(self._unit(id_, line, members))
        if there:
            alone = (self._account(each, named=True, growing=False) for each in there.values())
            made.append(Matter(subject="", statements=(), parts=ranked(alone), size=(-1,)))
        return ranked(made)

    def _unit(self, id_: str, line: Line, members: Sequence[Line]) -> Matter:
        single = len(members) == 1
        platform = None if line.platform is None else platforms.BY_KEY[line.platform]
        shown = [each for each in members if each.figures["views"] is not None]
        parts = ranked(
            self._account(each, named=single or platform is None, growing=shown == [each])
            for each in members
        )
        statements: tuple[Statement, ...] = ()
        if not single:
            statements = (
                *self._posts(id_, line, "共发布作品" if platform is None else "共发布"),
                *self._reach(id_, line, "总", shared=members),
            )
        name = platform.account if platform is not None and not single else line.name
        return Matter(subject=name, statements=statements, parts=parts, size=_size(line))

    def _account(self, line: Line, *, named: bool, growing: bool) -> Matter:
        """``named``: with what its platform calls an account, where its name does not say it. ``growing``: it stands for
        its group, whose only views are its own."""
        info = self.infos[line.id]
        id_ = f"account.{line.id}"
        statements = [
            *self._posts(id_, line, "发布" if named else ""),
            *self._reach(id_, line, ""),
            *(map(self._change, self._grown(id_, "views")) if growing else ()),
        ]
        reached = any(each.metric in _REACH for each in statements)
        if not reached and line.figures["likes"] is not None:
            statements.append(self._amount(id_, line, "likes", "获点赞"))
        hits = self.hits.get(line.id)
        if hits is not None and hits.value != 1:  # a single one stands in its chapter
            statements.append(hits)
        subject = info.called if named else f"“{info.name or info.id}”"
        return Matter(subject=subject, statements=tuple(statements), size=_size(line))

    def _posts(self, id_: str, line: Line, word: str, measure: str = "") -> Iterator[Statement]:
        """None on *gained*: how many works could be observed is no output."""
        if self.kind == "gained" or not line.posts:
            return
        words = words_of(line.kinds)
        if self.kind == "aged":
            word = f"发布并满{self.summary.basis.days}天的作品"
        mixed = measure if len({words_of([kind]).measure for kind in line.kinds}) > 1 else ""
        yield self._said(id_, line, "posts", word, "count", mixed or words.measure)

    def _reach(
        self, id_: str, line: Line, whole: str, *, shared: Sequence[Line] = ()
    ) -> Iterator[Statement]:
        """Views, or readers where there are no views. ``shared``: of what accounts it is a sum; where only one of them
        has the figure, it says the same, and its growth is the account's."""
        for metric in ("views", "readers"):
            if line.figures[metric] is None:
                continue
            holders = [each for each in shared if each.figures[metric] is not None]
            if shared and len(holders) < 2:
                return
            yield self._amount(id_, line, metric, self._word(line, metric, whole))
            if whole:
                yield from self._grown(id_, metric)
            return

    def _grown(self, id_: str, metric: str) -> Iterator[Statement]:
        """How a figure grew, in per cent."""
        yield from (each for each in self.growth.get(id_, ()) if each.metric == metric)

    def _change(self, grown: Statement) -> Statement:
        """Growth in the figure's own unit: ``比上季度增加约15.2万人次``."""
        before = next((word for sign, word in _BEFORE if sign in self.summary.period.name), "上期")
        word = f"比{before if grown.word == '环比' else '上年同期'}"
        return replace(grown, word=word, way="change", measure="人次")

    def _word(self, line: Line, metric: str, whole: str) -> str:
        if metric == "readers":
            return words_of(line.kinds).readers if line.platform != "wechat_mp" else "阅读人数"
        word = views_word([self.infos[key].platform for key in line.members], line.kinds)
        when = {"published": whole, "gained": "期内" if whole else "", "aged": whole}[self.kind]
        return f"{when}{word}"

    def _amount(self, id_: str, line: Line, metric: str, word: str) -> Statement:
        unit = {"views": "人次", "readers": "人"}.get(metric, "次")
        if self.kind == "gained":
            return self._said(id_, line, metric, word.removeprefix("获"), "change", unit)
        return self._said(id_, line, metric, word, "sum", unit)

    def _said(
        self, id_: str, line: Line, metric: str, word: str, way: Way, measure: str
    ) -> Statement:
        """A figure of a line, as the sections declare it, in the words of the paper."""
        listed = next(each for each in declared(line, id_) if each.metric == metric)
        marks = tuple(self.summary.centre.thresholds.get(metric, ()))
        return replace(listed, word=word, way=way, measure=measure, marks=marks)

    def subject(self) -> str:
        """``云岭县融媒体中心11个账号``; of a single one its name."""
        members = self.summary.total.members
        if len(members) == 1:
            return self.infos[members[0]].called
        return wording.line(self.summary.centre.counted(len(members)))

    def period_words(self) -> str:
        """``2026年第三季度``, and how far the data go where it is not over."""
        period, as_of = self.summary.period, self.summary.as_of
        if as_of >= period.end:
            return period.title
        return f"{period.title}（截至{day_words(as_of.date(), year=False)}）"


def _size(line: Line) -> tuple[int, ...]:
    """By views, then readers, then works."""
    views, readers = line.figures["views"], line.figures["readers"]
    return (
        -1 if views is None else views.value,
        -1 if readers is None else readers.value,
        line.posts,
    )
