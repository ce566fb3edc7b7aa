"""The province's own page: how each centre fares, what its figures of this quarter and the last are, what is set aside, who
works."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from flask import Blueprint, Response, abort, redirect
from sqlalchemy import Connection
from werkzeug.wrappers import Response as Answer

from adapters.records import Count
from collector.config.checking import ConfigError
from collector.fleet import reporting
from collector.fleet.looking import LOOK, aside_words, called
from collector.fleet.sites import FleetSite
from collector.source_states import failing
from collector.web.showing import Cell, Listing, download, moment, page
from collector.web.site import Kept, site
from reports.fleet.province import Province as Value
from reports.fleet.states import lags, silences
from reports.periods import Period, parse_period, quarter_of
from reports.section import Link
from storage.bulk import seconds
from storage.database import HEAD, StorageError, explained
from storage.fleet import centres, setbacks, workers
from storage.fleet.centres import Centre
from storage.operations import attempts

PAGE = Blueprint("fleet", __name__)
PAGES = ((PAGE, "全省"),)

#: Of one quarter that is looked at, with what is kept of it by the minute.
_values: Kept[Value] = Kept(4)
_fares: Kept[list[Fare]] = Kept(1)
#: A worker that was not seen for so many seconds may have ended without a word.
_QUIET = 120


@dataclass(frozen=True, slots=True)
class Fare:
    """How a centre fares: when it was last collected (UTC seconds), how many of its sources fail, or why nothing is known."""

    centre: Centre
    last_run: int | None = None
    failing: int | None = None
    problem: str = ""


def here() -> FleetSite:
    """The province of this request."""
    return cast("FleetSite", site())


@PAGE.get("/")
def show() -> Response | str:
    """Everything at one look."""
    now = here().clock()
    this = quarter_of(now)
    last = quarter_of(this.start - timedelta(days=1))
    values = [_value(each, now) for each in (this, last)]
    with here().reading() as connection:
        known = setbacks.setbacks(connection)
        working = workers.workers(connection)
    aside = [each for each in known if each.aside_at is not None]
    return page(
        "fleet.html",
        _centres(_fared(now), values, aside),
        _aside(aside),
        _waiting([each for each in known if each.aside_at is None and each.problem]),
        _workers(working, seconds(now)),
        _silent(values[1]),
        values=values,
        formats=[*reporting.WRITERS],
    )


@PAGE.get("/c/<key>")
def lead(key: str) -> Answer:
    """A centre's page begins below its own path."""
    with here().reading() as connection:
        if centres.centre(connection, key) is None:
            abort(404)
    return redirect(f"/c/{key}/")


@PAGE.get("/report/<period>.<kind>")
def report(period: str, kind: str) -> Response:
    """The province's documents of a quarter, of what is kept now."""
    now = here().clock()
    try:
        span = parse_period(period)
    except ValueError as problem:
        abort(404, str(problem))
    if kind not in reporting.WRITERS:
        abort(404, "没有这种格式")
    with TemporaryDirectory() as folder:
        (file,) = reporting.draw(_value(span, now), Path(folder), [kind])
        return download(file.read_bytes(), file.name, "application/octet-stream")


def _value(period: Period, now: datetime) -> Value:
    """Of what the centres' stored summaries say by this minute; nothing is made anew."""
    minute = now.replace(second=0, microsecond=0)
    return _values.get(
        (here().province.url, period.name, minute),
        lambda: reporting.value(here().province, period, "published", minute),
    )


def _fared(now: datetime) -> list[Fare]:
    """Every centre, asked on one connection, at most once a minute."""
    minute = now.replace(second=0, microsecond=0)

    def make() -> list[Fare]:
        with here().reading() as connection:
            return [_fare(connection, each) for each in centres.centres(connection)]

    return _fares.get((here().province.url, minute), make)


def _fare(connection: Connection, centre: Centre) -> Fare:
    try:
        config = here().province.centre(centre.key, centre.config)
        with explained(), centres.inside(connection, centre.key):
            if centres.version(connection) != HEAD:
                return Fare(centre, problem=reporting.OTHER_TABLES)
            last = attempts.runs(connection)[1]
            number = len(failing(connection, config))
            return Fare(centre, last, number)
    except (StorageError, ConfigError) as problem:
        return Fare(centre, problem=str(problem))


def _centres(fares: list[Fare], values: list[Value], aside: list[setbacks.Setback]) -> Listing:
    told = [{each.centre.key: each for each in value.telling} for value in values]
    headings = ["中心", "市", "最近采集", "失败的来源", "搁置的工作"]
    headings += [
        f"{value.period.name} {word}" for value in values for word in ("作品", "阅读播放量")
    ]
    rows: list[tuple[Cell, ...]] = []
    for fare in fares:
        key = fare.centre.key
        row: list[Cell] = [
            Link(fare.centre.name, f"/c/{key}/"), fare.centre.city, moment(fare.last_run), fare.failing,
            sum(each.centre == key for each in aside),
        ]  # fmt: skip
        for value in values:
            row += [_figure(value, key, "posts"), _figure(value, key, "views")]
        said = [fare.problem] if fare.problem else []
        for value, there in zip(values, told, strict=True):
            if key in there:
                said += [f"{value.period.title}：{each}" for each in lags(value, there[key])]
            else:
                why = next((each.why for each in value.silent if each.centre.key == key), "")
                said += [f"{value.period.title}：没有数据（{why}）"]
        rows.append((*row, "；".join(dict.fromkeys(said))))
    return Listing(
        id="centres", title="各中心", headings=(*headings, "说明"), rows=rows,
        empty="还没有中心。写好 province.toml 后运行 collect fleet init。",
    )  # fmt: skip


def _figure(value: Value, key: str, kind: str) -> Count | None:
    found = (each.count for each in value.centres.get(key, ()) if each.kind.key == kind)
    return next(found, None)


def _aside(found: list[setbacks.Setback]) -> Listing:
    rows = [
        (each.centre, called(each.job), moment(each.aside_at), aside_words(each)) for each in found
    ]
    return Listing(
        id="aside", title="搁置的工作", headings=("中心", "工作", "何时搁置", "说明"), rows=rows, empty="没有搁置的工作。"
    )  # fmt: skip


def _waiting(found: list[setbacks.Setback]) -> Listing:
    rows = [
        (each.centre, called(each.job), each.tries, moment(each.next_at), each.problem)
        for each in found
        if each.job != LOOK or each.problem
    ]
    return Listing(
        id="waiting", title="没有做成、还要再试的工作", headings=("中心", "工作", "试过", "下次", "原因"), rows=rows,
        empty="没有要再试的工作。",
    )  # fmt: skip


def _workers(found: list[workers.Worker], now: int) -> Listing:
    rows = [
        (f"{each.host} {each.pid}", each.version, moment(each.started_at), moment(each.seen_at), each.at_work or "—", said)
        for each in found
        if (said := "".join(_worked(each, now)))
    ]  # fmt: skip
    return Listing(
        id="workers", title="干活的机器", headings=("机器和进程", "版本", "启动", "最近", "在做", "状况"), rows=rows,
        empty="没有机器在干活。在每台机器上运行 collect fleet work。",
    )  # fmt: skip


def _worked(each: workers.Worker, now: int) -> Iterator[str]:
    if each.stopped_at is not None:
        yield f"已停下{'：' + each.problem if each.problem else ''}"
    elif now - each.seen_at > _QUIET:
        yield "很久没有动静，多半已中断"
    else:
        yield "在运行"


def _silent(value: Value) -> Listing:
    rows = [
        (each.centre.name, each.account or "全部", each.since, each.why) for each in silences(value)
    ]
    return Listing(
        id="silent", title=f"{value.period.title}没有数据的中心和账号",
        headings=("中心", "账号", "何时起没有数据", "说明"), rows=rows, empty="各中心、各账号都有数据。",
    )  # fmt: skip
