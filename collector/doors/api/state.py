"""How the program fares, for monitors: told as JSON (``status``) and as Prometheus reads it (``metrics``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from adapters.moments import DAY
from collector.config.loading import Config
from collector.doors.api.schemas import (
    FLAG,
    MOMENT,
    TEXT,
    WHOLE,
    Schema,
    many,
    maybe,
    ref,
    said,
    thing,
)
from collector.doors.telling import source_name
from collector.summaries import present
from collector.web.site import Kept
from collector.words import iso
from storage.bulk import seconds
from storage.operations import attempts, deliveries, jobs, uploads
from storage.operations.attempts import Holdings, Source

#: A service that runs is seen once a minute.
_QUIET = 300
#: A source that nobody looked at for so long is none any more.
_FORGOTTEN = 92 * DAY
#: What may wait → what that is.
_WAITING: Mapping[str, str] = {
    "uploads": "网页上交来、还没有存入的文件",
    "jobs": "到点了还没有开始的定时工作",
    "messages": "还没有发出的邮件和通知",
    "pairs": "等人判断是不是同一篇的作品",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredState:
    """What takes long to find out, as of ``at``. ``sources``: every source that was looked at of late;
    ``outcomes``: how many attempts ended in each way."""

    at: datetime
    held: Holdings
    sources: Sequence[Source]
    outcomes: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceState:
    """``runs``: how many there were; ``queue``: what waits → how many of it."""

    at: datetime
    stored: StoredState
    service: jobs.Service | None
    runs: int
    last_run: int | None
    queue: Mapping[str, int]

    @property
    def failing(self) -> list[Source]:
        return [each for each in self.stored.sources if each.failing]

    @property
    def running(self) -> bool:
        """Whether the service was seen just now."""
        there = self.service
        return (
            there is not None
            and there.stopped_at is None
            and seconds(self.at) - there.seen_at < _QUIET
        )


#: So long it is kept.
_KEPT = 300
_stored: Kept[StoredState] = Kept(1)


def state(connection: Connection, config: Config, now: datetime) -> ServiceState:
    """As of this minute; what is stored as of a few minutes ago, for in a year's attempts the sources take seconds."""
    minute = now.replace(second=0, microsecond=0)

    def make() -> StoredState:
        return StoredState(
            at=present(connection, minute),
            held=attempts.counts(connection),
            sources=attempts.fares(connection, seconds(now) - _FORGOTTEN),
            outcomes=attempts.tally(connection),
        )

    stored = _stored.get((config.database_url, seconds(now) // _KEPT), make)
    runs, last_run = attempts.runs(connection)
    return ServiceState(
        at=minute,
        stored=stored,
        service=jobs.service(connection),
        runs=runs,
        last_run=last_run,
        queue={
            "uploads": len(uploads.uploads(connection, uploads.OPEN)),
            "jobs": len(jobs.waiting(connection)),
            "messages": deliveries.unsent(connection),
            "pairs": stored.held.pairs,
        },
    )


def status(connection: Connection, config: Config, now: datetime) -> dict[str, Any]:
    """What ``/status`` answers."""
    found = state(connection, config, now)
    held, service = found.stored.held, found.service
    return {
        "basis": "state",
        "as_of": found.stored.at.isoformat(),
        "gaps": [
            {
                "account": each.account,
                "source": source_name(each.source),
                "outcome": each.outcome,
                "since": iso(each.failing_since or each.last_at),
                "failures": each.failures,
            }
            for each in found.failing
        ],
        "centre": config.centre.name,
        "service": {
            "running": found.running,
            "started_at": iso(service.started_at) if service else None,
            "seen_at": iso(service.seen_at) if service else None,
            "version": service.version if service else None,
        },
        "last_run": iso(found.last_run),
        "told_until": iso(held.told_until),
        "accounts": held.accounts,
        "posts": held.posts,
        "observations": held.observations,
        "hits": held.hits,
        "queue": dict(found.queue),
    }


#: Properties of what ``/status`` answers.
ANSWER: Schema = {
    "basis": said(TEXT, "总是 state：程序的状况"),
    "as_of": said(MOMENT, "截至这时存入的；service 和 queue 是现在的"),
    "gaps": many(ref("Failing"), "读不到的来源；空：都读得到"),
    "centre": said(TEXT, "单位"),
    "service": thing(
        {
            "running": said(FLAG, "采集服务五分钟内有没有动静"),
            "started_at": maybe(MOMENT),
            "seen_at": maybe(MOMENT),
            "version": maybe(TEXT),
        },
        "采集服务；各项 null：从来没有启动过",
    ),
    "last_run": said(maybe(MOMENT), "最近一次采集；null 还没有采集过"),
    "told_until": said(maybe(MOMENT), "最近一次存入数据"),
    "accounts": said(WHOLE, "有过数据的账号数"),
    "posts": WHOLE,
    "observations": WHOLE,
    "hits": WHOLE,
    "queue": thing(
        {name: said(WHOLE, words) for name, words in _WAITING.items()}, "什么在等，有几个"
    ),
}


# ── for Prometheus ──


def metrics(connection: Connection, config: Config, now: datetime) -> str:
    """The state in the text format 0.0.4. What is not known has no sample: it is not 0."""
    found = state(connection, config, now)
    return "".join(f"{line}\n" for each in _families(found) for line in _lines(*each))


#: Name, kind and words of a family, and its samples: labels → value.
Family = tuple[str, str, str, Mapping[tuple[tuple[str, str], ...], float | None]]


def _families(found: ServiceState) -> Iterator[Family]:
    held, service, at = found.stored.held, found.service, seconds(found.at)

    def one(name: str, kind: str, words: str, value: float | None) -> Family:
        return f"baokuan_{name}", kind, words, {(): value}

    yield one("service_running", "gauge", "采集服务五分钟内有动静为 1，没有为 0", found.running)
    seen = service.seen_at if service else None
    yield one("service_seen_timestamp_seconds", "gauge", "采集服务最近一次有动静的时间", seen)
    yield one("runs_total", "counter", "采集（一轮）的次数", found.runs)
    yield one("last_run_timestamp_seconds", "gauge", "最近一次采集开始的时间", found.last_run)
    yield one("told_timestamp_seconds", "gauge", "最近一次存入数据的时间", held.told_until)
    yield (
        "baokuan_attempts_total",
        "counter",
        "读来源的次数，按结果（outcome：ok、unchanged 之外都是没读成或没读全）",
        {(("outcome", name),): number for name, number in found.stored.outcomes.items()},
    )
    sources = _by_source(found.stored.sources)
    yield (
        "baokuan_source_age_seconds",
        "gauge",
        "来源最近一次读到是多少秒以前；从来没有读到过的没有这一项",
        {
            labels: None if good is None else max(0, at - good)
            for labels, (good, _) in sources.items()
        },
    )
    yield (
        "baokuan_source_failures",
        "gauge",
        "来源连续失败的次数，读得到的是 0",
        {labels: failures for labels, (_, failures) in sources.items()},
    )
    yield (
        "baokuan_queue",
        "gauge",
        f"在等的：{'；'.join(f'{name} {words}' for name, words in _WAITING.items())}",
        {(("what", name),): number for name, number in found.queue.items()},
    )
    yield one("posts", "gauge", "存有的作品数", held.posts)
    yield one("hits", "gauge", "存有的爆款数（一篇过几条线算几个）", held.hits)


def _by_source(
    sources: Sequence[Source],
) -> dict[tuple[tuple[str, str], ...], tuple[int | None, int]]:
    """Labels → when it was last read well, and how often in a row it was not. Files of an account are one source."""
    found: dict[tuple[tuple[str, str], ...], tuple[int | None, int]] = {}
    for each in sources:
        name = "" if each.kind == "file" else source_name(each.source)
        labels = (("account", each.account), ("kind", each.kind), ("source", name))
        good, failures = found.get(labels, (None, 0))
        newest = max((at for at in (good, each.good_at) if at is not None), default=None)
        found[labels] = newest, failures + each.failures
    return found


def _lines(
    name: str, kind: str, words: str, samples: Mapping[tuple[tuple[str, str], ...], float | None]
) -> Iterator[str]:
    there = [(labels, value) for labels, value in samples.items() if value is not None]
    if not there:
        return
    yield f"# HELP {name} {_escaped(words)}"
    yield f"# TYPE {name} {kind}"
    for labels, value in there:
        inside = ",".join(f'{label}="{_quoted(text)}"' for label, text in labels)
        yield f"{name}{f'{{{inside}}}' if inside else ''} {int(value)}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n")


def _quoted(text: str) -> str:
    return _escaped(text).replace('"', r"\"")
