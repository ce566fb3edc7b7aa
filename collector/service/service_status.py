"""How the service stands: running or not, what comes next, what was missed, what went out. Read for ``collect status``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Engine

from adapters.moments import SHANGHAI
from collector.config.loading import Config
from collector.service.lock import is_held
from collector.service.trust import left_word
from collector.service.works import jobs_of, next_dues
from collector.words import iso_row, minute
from reports.figures import missing
from reports.periods import day_words
from storage.bulk import seconds
from storage.database import StorageError
from storage.operations import deliveries, jobs
from storage.operations.deliveries import Delivery

#: A running service is seen once a minute; one that has not been for so long hangs, or sleeps with its machine.
_QUIET = timedelta(minutes=5)
_LATELY = timedelta(days=7)
#: Deliveries that may still be on their way, or did not arrive.
_UNSENT = ("waiting", "refused", "unclear")
_STATES = {
    "claimed": "正在发送",
    "waiting": "暂时没有发出，会自动再试",
    "accepted": "服务器已接收",
    "refused": "没有发出",
    "unclear": "不知道是否发出",
    "superseded": "由更新的一期代替",
}
_WHATS = {
    "weekly": "周报",
    "hit": "爆款通知",
    "early": "预警通知",
    "trouble": "故障通知",
    "recovered": "恢复通知",
}

Running = Literal["yes", "quiet", "no", "never"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStatus:
    """``next``: job → its next due time, nothing where nobody is there to keep it; ``misses`` and ``unsent`` of the
    last seven days; ``failed``: jobs whose last run went wrong; ``refused``: what is wrong with the config that the
    running service did not take, ``problem`` what it says of the database, ``clock`` of the clock; ``mails``: config
    asks for the weekly mail."""

    running: Running
    service: jobs.Service | None
    next: Mapping[str, datetime | None]
    misses: tuple[jobs.Miss, ...]
    runs: Mapping[str, jobs.Ran]
    mail: Delivery | None
    unsent: tuple[Delivery, ...]
    refused: str
    problem: str
    clock: str
    mails: bool

    @property
    def failed(self) -> list[jobs.Ran]:
        return [each for each in self.runs.values() if each.outcome == "failed"]


def service_status(
    engine: Engine, connection: Connection, config: Config, now: datetime
) -> ServiceStatus:
    """How the service of this database stands at ``now``. Raises StorageError, ConfigError."""
    since = seconds(now - _LATELY)
    service = jobs.service(connection)
    running = _running(engine, service, now)
    comes = next_dues(jobs_of(config), now)
    sent = [
        each for what in _WHATS for each in deliveries.of(connection, what, since=since)
        if each.state in _UNSENT
    ]  # fmt: skip
    return ServiceStatus(
        running=running,
        service=service,
        next={} if running in ("no", "never") else comes,
        misses=jobs.misses(connection, since, seconds(now)),
        runs=jobs.last_runs(connection),
        mail=deliveries.last(connection, "weekly"),
        unsent=tuple(sorted(sent, key=lambda each: each.claimed_at)),
        refused=left_word(config, "config_refused") if running == "yes" else "",
        problem=left_word(config, "database_problem") if running in ("yes", "quiet") else "",
        clock=left_word(config, "clock_problem") if running in ("yes", "quiet") else "",
        mails="mail" in comes,
    )


def _running(engine: Engine, service: jobs.Service | None, now: datetime) -> Running:
    if service is None:
        return "never"
    seen = datetime.fromtimestamp(service.seen_at, SHANGHAI)
    try:
        held = is_held(engine, "service")
    except StorageError:  # another person's lock: go by when it was last seen
        held = service.stopped_at is None and now - seen < _QUIET
    if not held:
        return "no"
    return "yes" if now - seen < _QUIET else "quiet"


def lines(found: ServiceStatus, now: datetime) -> Iterator[str]:
    """On a few lines, for people."""
    yield f"采集服务：{_service_words(found)}"
    if found.problem:
        yield f"服务说数据库这会儿用不了，好了会自动接着做：{found.problem}"
    if found.clock:
        yield found.clock
    if found.refused:
        yield f"config.toml 的改动有误，服务没有采用，仍按原来的运行：{found.refused}"
    if found.running in ("yes", "quiet"):
        yield f"接下来：{'、'.join(_comes(found, now))}"
    if found.misses:
        yield "近 7 天未按时运行："
        yield from (f"  {missing.line(each, now)}" for each in found.misses)
    for ran in found.failed:
        when = missing.moment(ran.started_at, now)
        yield f"[没有做成] {missing.JOBS[ran.job][0]} {when}：{ran.problem or '没有说明原因'}"
    if found.mail is not None:
        yield f"最近的周报：{_delivery(found.mail, now)}"
    elif found.mails:
        yield "最近的周报：还没有发过"
    yield from (f"[没有发出] {_delivery(each, now)}" for each in found.unsent)


def _service_words(found: ServiceStatus) -> str:
    service = found.service
    if service is None:
        return "还没有启动过。运行 collect serve，或用 collect service install 装成开机自动运行"
    started, seen = minute(service.started_at), minute(service.seen_at)
    place = f"主机 {service.host}，进程 {service.pid}，{started} 启动"
    if found.running == "yes":
        return f"在运行（{place}）"
    if found.running == "quiet":
        return f"在运行（{place}），但 {seen} 以后没有动静：电脑刚从休眠中醒来，或服务卡住了。几分钟后仍这样，请重新启动它"
    how = "停止" if service.stopped_at is not None else "最后一次有动静"
    return f"没有运行（{seen} {how}）。运行 collect serve，或用 collect service install 装成开机自动运行"


def _comes(found: ServiceStatus, now: datetime) -> Iterator[str]:
    """The next due times, soonest first."""
    known = [(at, name) for name, at in found.next.items() if at is not None]
    for at, name in sorted(known):
        day = "" if at.date() == now.date() else f"{day_words(at, year=at.year != now.year)} "
        yield f"{missing.JOBS[name][0]} {day}{at:%H:%M}"


def _delivery(each: Delivery, now: datetime) -> str:
    what = _WHATS.get(each.what, each.what)
    subject = f" {each.subject}" if each.what == "weekly" else ""
    when = missing.moment(each.settled_at or each.claimed_at, now)
    problem = f"：{each.problem}" if each.problem else ""
    return f"{what}{subject} → {each.recipient}，{when} {_STATES[each.state]}{problem}"


def as_data(found: ServiceStatus, now: datetime) -> dict[str, Any]:
    """The same for programs; times in ISO, Shanghai."""
    row = asdict(found.service) if found.service else {}
    names = ("host", "pid", "version", "started_at", "seen_at", "stopped_at")
    return {
        "service": {
            "running": found.running in ("yes", "quiet"),
            "state": found.running,
            **iso_row({name: row.get(name) for name in names}),
            "config_refused": found.refused,
            "database_problem": found.problem,
            "clock_problem": found.clock,
        },
        "next": {name: None if at is None else at.isoformat() for name, at in found.next.items()},
        "jobs": [iso_row(asdict(each)) for each in found.runs.values()],
        "misses": [
            iso_row(asdict(each)) | {"words": missing.line(each, now)} for each in found.misses
        ],
        "mail": None if found.mail is None else iso_row(asdict(found.mail)),
        "unsent": [iso_row(asdict(each)) for each in found.unsent],
    }
