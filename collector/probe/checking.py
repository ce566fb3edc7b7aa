"""An owner's interface asked once, as nobody but the owner can: each of its calls, and beside each figure where to compare it
in the platform's back-end. Nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from adapters import metrics, platforms
from adapters.contract import Adapter, Request
from adapters.moments import SHANGHAI
from adapters.records import METRICS, AccountFigures, Count, Post, data_of
from collector import words
from collector.config.sections import AccountConfig
from collector.fetching.credentials import call_of
from collector.fetching.fetch import Fetcher
from collector.intake.comparing import said
from collector.probe.probing import Aim, Probe, probe
from collector.visits.asking import page_adapters

#: A call that gives nothing is asked for so many days, or posts, before it is told so.
TRIES = 3
#: So many posts of a call are named.
SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A figure to compare. ``name`` is its key, ``where`` it stands in the back-end; None: the interface did not give it."""

    name: str
    count: Count | None
    where: str

    @property
    def word(self) -> str:
        """The figure as a person reads it, and a blank; empty where only ``where`` says what it is."""
        known = metrics.BY_KEY.get(self.name)
        return f"{known.heading} " if known else ""


def interface(account: AccountConfig) -> Adapter | None:
    """The interface that is asked for an account; None where it names no credential."""
    return next((each for each in page_adapters(account) if each.own_api is not None), None)


def check(fetcher: Fetcher, adapter: Adapter, account: AccountConfig, today: date) -> list[Probe]:
    """Each call of an interface, asked until it gives something; then one request of each call that they lead to."""
    assert adapter.start is not None
    asked = account.for_adapters()
    done: list[Probe] = []
    waiting = [*adapter.start(asked, today)]
    while waiting:
        calls: dict[str, list[Request]] = {}
        for each in waiting:
            calls.setdefault(call_of(each.url), []).append(each)
        waiting, before = [], {call_of(each.aim.request.url) for each in done}
        for name, requests in calls.items():
            if name in before:
                continue
            for request in requests[:TRIES]:
                found = probe(fetcher, Aim(adapter, asked, request, known=True))
                if found.problem is None:
                    break
                if fetcher.credentials and fetcher.credentials.closed:
                    return [*done, found]  # there is no token: every other call would say the same
            done.append(found)
            waiting += found.follow
    return done


def compared(adapter: Adapter, record: Post | AccountFigures) -> list[Compared]:
    """The figures of a record, those that a post should have and has not too."""
    assert adapter.own_api is not None
    places = adapter.own_api.compare
    if isinstance(record, AccountFigures):
        head = "" if record.day is None else "day."
        return [
            Compared(name=name, count=count, where=places.get(f"{head}{name}", ""))
            for name, count in record.figures.items()
        ]
    shown = {
        name: count for name in METRICS if (count := getattr(record.metrics, name)) is not None
    }
    usual = adapter.page_metrics - adapter.rare_metrics
    names = usual | shown.keys() if usual & shown.keys() else shown.keys()
    beside = {
        name: Count(value)
        for name, value in record.beside.items()
        if name in places and isinstance(value, int)
    }
    return [
        Compared(name=name, count=count, where=places.get(name, ""))
        for name, count in (
            *((each, shown.get(each)) for each in METRICS if each in names),
            *beside.items(),
        )
    ]


def told(found: Probe) -> list[tuple[str, list[Compared]]]:
    """What one call gave: the first posts and the latest day of each figure, each with its figures."""
    adapter = found.aim.adapter
    records = [
        (f"{each.title or each.key}{_when(each)}", compared(adapter, each))
        for each in found.posts[:SHOWN]
    ]
    latest: dict[tuple[bool, str], tuple[str, Compared]] = {}
    for each in sorted(found.figures, key=lambda one: str(one.day or one.observed_at or "")):
        day = each.day or (each.observed_at and each.observed_at.astimezone(SHANGHAI).date())
        for one in compared(adapter, each):
            latest[each.day is None, one.name] = f"账号，{day or '现在'}", one
    heads = dict.fromkeys(head for head, _ in latest.values())
    days = [(head, [one for at, one in latest.values() if at == head]) for head in heads]
    return records + days


def lines(adapter: Adapter, account: AccountConfig, done: list[Probe]) -> Iterator[str]:
    """What came of a check, line by line."""
    yield f"接口：{adapter.name}（{platforms.NAMES[account.platform]}，账号 {account.id}）"
    for found in done:
        yield ""
        yield f"取了：{call_of(found.aim.request.url)}{f'（{key}）' if (key := found.aim.request.key) else ''}"
        if found.problem is not None:
            problem = str(found.problem).removeprefix(f"{found.problem.target}：")
            yield f"  [{words.OUTCOMES[found.problem.outcome]}] {problem}"
            continue
        yield f"  通过：{_amount(found)}"
        for head, figures in told(found):
            yield f"  {head}"
            for each in figures:
                number = "没有给，记作没有数据" if each.count is None else said(each.count)
                place = f"　对：{each.where}" if each.where else ""
                yield f"    {each.word}{number}{place}"
    yield ""
    yield "以上只是试取，什么也没有存。请照“对”的地方到后台看一看：一样的就可以用了；不一样的，请把这一段发给维护人员"


def as_data(found: Probe) -> dict[str, Any]:
    """One call, for other programs."""
    return {
        "adapter": found.aim.adapter.name,
        "asked": found.aim.request.url,
        "key": found.aim.request.key,
        "outcome": found.problem.outcome if found.problem else "ok",
        "problem": str(found.problem) if found.problem else "",
        "records": [
            {
                "of": head,
                "figures": [
                    {"name": e.name, "count": data_of(e.count), "compare": e.where} for e in figures
                ],
            }
            for head, figures in told(found)
        ],
        "follow": len(found.follow),
    }


def _when(post: Post) -> str:
    if post.published_at is None:
        return ""
    there = post.published_at.astimezone(SHANGHAI)
    return f"（{there:%Y-%m-%d}）" if post.date_only else f"（{there:%Y-%m-%d %H:%M}）"


def _amount(found: Probe) -> str:
    parts = {
        "篇作品": len(found.posts),
        "条账号数据": len(found.figures),
        "个要接着取的": len(found.follow),
    }
    return (
        "，".join(f"{number} {what}" for what, number in parts.items() if number) or "里面没有内容"
    )
