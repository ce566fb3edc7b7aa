"""The pages of a run on a terminal: a line for what went well with an account, a line for each kind of trouble."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from collector.intake.importing import Result
from collector.words import OUTCOMES, fall_line

#: Addresses named for one kind of trouble; the others are counted, and all are in --json.
NAMED = 3


def page_lines(results: Sequence[Result]) -> Iterator[str]:
    """Account by account, in the order in which they were first asked."""
    accounts = dict.fromkeys(each.account for each in results)
    for account in accounts:
        own = [each for each in results if each.account == account]
        yield from _well([each for each in own if not each.failed])
        yield from _troubles([each for each in own if each.failed])


def _well(results: Sequence[Result]) -> Iterator[str]:
    stored = [each.stored for each in results if each.stored is not None]
    if not stored:
        yield from (
            f"[{OUTCOMES[e.outcome]}] {e.source}：{e.problem}" for e in results if e.problem
        )
        return
    same = sum(each.outcome == "unchanged" for each in results)
    counts = [f"作品 {sum(e.posts for e in stored)} 条（新 {sum(e.new_posts for e in stored)}）"]
    figures, hits = sum(each.figures for each in stored), sum(each.hits for each in stored)
    counts += [f"账号数据 {figures} 项"] if figures else []
    counts += [f"新爆款 {hits} 个"] if hits else []
    counts += [f"{same} 个网页没有变化"] if same else []
    yield f"[{OUTCOMES['ok']}] {results[0].account} / 网页 {len(stored)} 个：{'，'.join(counts)}"
    falls = [fall for each in stored for fall in each.falls]
    yield from (f"    {fall_line(fall)}" for fall in falls[:5])


def _troubles(results: Sequence[Result]) -> Iterator[str]:
    """Alike ones together: the first of them in full, where else it happened, and how often."""

    def kind(result: Result) -> tuple[str, str]:
        return result.outcome, result.problem.replace(result.source, "")

    for (outcome, _), alike in groupby(sorted(results, key=kind), key=kind):
        first, *others = alike
        said = first.problem.removeprefix(f"{first.source}：")
        yield f"[{OUTCOMES[outcome]}] {first.account} / {first.source}：{said}"
        yield from (f"    同样：{each.source}" for each in others[: NAMED - 1])
        if len(others) >= NAMED:
            yield f"    ……这样的网页共 {len(others) + 1} 个，可加 --json 看全部"
