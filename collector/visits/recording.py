"""What became of a task, from the answer to rows: read, judged, stored with its outcome and its capture.

A list that always had posts and now has none, or a figure that every post had and now none has, means that the layout has
changed: a silent "success" with 0 rows would hide it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import Connection, Engine

from adapters.contract import Page, PageRecord, Request
from adapters.errors import Gone, Invalid, LayoutChanged, SourceError
from adapters.records import METRICS, Post
from collector.config.loading import Config
from collector.config.secrets import kept_address, shown
from collector.intake import captures
from collector.intake.importing import Result
from collector.intake.naming import Observed
from collector.visits.asked import note
from collector.visits.asking import LIST, Task
from reports.vocabulary import HEADINGS
from storage.bulk import seconds
from storage.database import RowsRefused, reading
from storage.identity.keys import sure_keys
from storage.operations.due import Find, past_finds
from storage.writing import writes
from storage.writing.reading import Reading, capture_numbers
from storage.writing.writes import ReadingBatch

FROM = "采集时间"
#: Headers by which a host tells whether an answer has changed.
MARKS = {"etag": "etag", "last-modified": "modified"}
#: A list with fewer than this is too short to be surprised by.
ENOUGH = 3
#: A metric that at least this share of the posts showed in the past is expected.
USUAL = 0.5


@dataclass(slots=True)
class Answered:
    """What became of a task: its page and what was read from it, or why there is nothing.

    ``same_as``: the number of the kept answer that the host says is still true.
    """

    task: Task
    page: Page | None = None
    kept: captures.Capture | None = None
    same_as: int | None = None
    marks: Mapping[str, str] = field(default_factory=dict)
    records: Sequence[PageRecord] = ()
    problem: SourceError | None = None

    @property
    def outcome(self) -> str:
        if self.problem is not None:
            return self.problem.outcome
        return "ok" if self.same_as is None else "unchanged"

    @property
    def posts(self) -> list[tuple[int, Post]]:
        """Its posts, each with its place in the answer."""
        return [(at, each) for at, each in enumerate(self.records) if isinstance(each, Post)]


def read(answered: Answered) -> None:
    """Read the page; an adapter that fails on it has met a form it does not know."""
    assert answered.page is not None and answered.task.adapter.read is not None
    try:
        answered.records = list(answered.task.adapter.read(answered.page))
    except Exception as problem:  # one bad page never stops the rest; its outcome tells of it
        answered.problem = explained(problem, answered.task)


def explained(problem: Exception, task: Task) -> SourceError:
    """Whatever went wrong with a page, as what is told of it."""
    if isinstance(problem, SourceError):
        return problem
    address, advice = task.request.url, "没有存入；请把这一行连同原件发给维护人员"
    if isinstance(problem, RowsRefused):
        return Invalid(str(problem), target=address, advice=advice)
    what = f"读这个回答时程序出错（{type(problem).__name__}：{problem}）"
    return LayoutChanged(what, target=address, advice=advice)


def too_long(task: Task) -> Result:
    """The outcome of an address that is not asked for."""
    address = shown(task.request.url[:60])
    problem = Invalid(f"地址有{len(task.request.url)}个字符，太长，没有访问", target=f"{address}…")
    return Result(
        account=task.account.id,
        source=f"{address}…",
        kind="page",
        outcome=problem.outcome,
        problem=str(problem),
    )


@dataclass(slots=True, kw_only=True)
class Recorder:
    """Stores answers of one run, inside the caller's transaction: ``begin`` it, then ``record`` each."""

    config: Config
    run_id: int
    desk: ReadingBatch = field(init=False)
    kept: Mapping[str, int] = field(init=False)  # sha256 → number of the capture

    def begin(
        self, connection: Connection, answers: Sequence[Answered], now: datetime
    ) -> dict[str, int]:
        """Look up what all answers need; the numbers of the accounts."""
        self.desk = ReadingBatch.of(connection)
        kept = [(each.kept.sha256, each.kept.size, each.kept.path) for each in answers if each.kept]
        self.kept = capture_numbers(connection, kept, seconds(now))
        return writes.accounts_known(connection, self.config.kinds)

    def record(
        self, connection: Connection, answered: Answered, numbers: Mapping[str, int], now: datetime
    ) -> Result:
        """One answer with all it showed, or the outcome alone: an answer that is not ok changes no figure."""
        task = answered.task
        result = Result(
            account=task.account.id,
            source=shown(task.source),
            adapter=task.adapter.name,
            kind="page",
            outcome=answered.outcome,
        )
        reading = self._reading(answered, now)
        if answered.problem is not None:
            result.problem = shown(str(answered.problem))
            account = numbers[task.account.id]
            attempt = writes.failed(
                connection, reading, result.outcome, result.problem, account, self.desk
            )
            if isinstance(answered.problem, Gone) and "deleted" in answered.problem.cases:
                keys = sure_keys(task.request.key, task.request.url)
                post_id = task.post_id or writes.post_of(connection, account, keys)
                if post_id is not None:
                    writes.mark_deleted(connection, reading, attempt, post_id)
            return result
        records = [each for each in answered.records if not isinstance(each, Request)]
        result.stored = writes.store(connection, reading, records, numbers, self.desk)
        result.observed = Observed(reading.observed_at, reading.observed_from)
        return result

    def passed(
        self,
        connection: Connection,
        task: Task,
        span: tuple[int, int],
        numbers: Mapping[str, int],
        now: datetime,
    ) -> None:
        """A list went well from end to end: what it reaches."""
        reading = Reading(
            run_id=self.run_id,
            account=task.account.id,
            source=f"{task.adapter.name} 列表",
            adapter=task.adapter.name,
            kind="pass",
            observed_at=now,
            observed_from=FROM,
            recorded_at=now,
        )
        writes.passed(connection, reading, numbers[task.account.id], span)

    def _reading(self, answered: Answered, now: datetime) -> Reading:
        task, page = answered.task, answered.page
        moment = page.fetched_at if page else now
        number = answered.same_as
        if answered.kept is not None:
            number = self.kept[answered.kept.sha256]
        request = note(task.request, page)
        if "url" in request:
            request["url"] = kept_address(request["url"])
        return Reading(
            run_id=self.run_id,
            account=task.account.id,
            source=kept_address(task.source),
            adapter=task.adapter.name,
            kind="api" if task.adapter.own_api else "page",
            observed_at=moment,
            observed_from=FROM,
            recorded_at=now,
            capture_id=number,
            default_kind=task.account.default_kind,
            accounts=self.config.called,
            outcome=answered.outcome,
            request={**request, **answered.marks},
            remarks=_remarks(answered),
        )


def _remarks(answered: Answered) -> dict[str, Any]:
    """What the next look at this source goes by: how much it showed, and which posts it showed wholly."""
    found = shows(answered.records)
    remarks: dict[str, Any] = {}
    if answered.task.request.about == LIST or found.posts > 1:
        remarks |= {"found": found.found, "shown": dict(found.shown)}
        if keys := whole(answered):
            remarks["showed"] = keys
    return remarks


def whole(answered: Answered) -> list[str]:
    """Keys of the posts of which a list showed every figure that their own pages show."""
    adapter = answered.task.adapter
    metrics = adapter.page_metrics - adapter.rare_metrics
    if answered.task.request.about != LIST or not metrics:
        return []
    return [
        each.key
        for _, each in answered.posts
        if each.key
        and all(getattr(each.metrics, name) is not None for name in METRICS if name in metrics)
    ]


# ── what a source usually shows ──


@dataclass(frozen=True, slots=True)
class Shows:
    """How much an answer shows: posts and what it leads to, and how many posts show each metric."""

    found: int
    posts: int
    shown: Mapping[str, int]


def shows(records: Sequence[PageRecord]) -> Shows:
    """Counts the records of one answer; the next page of a list is none of its entries."""
    posts = [each for each in records if isinstance(each, Post)]
    found = sum(not isinstance(each, Request) or each.about != LIST for each in records)
    shown = Counter(
        name for each in posts for name in METRICS if getattr(each.metrics, name) is not None
    )
    return Shows(found, len(posts), shown)


def disappointment(
    engine: Engine, task: Task, records: Sequence[PageRecord]
) -> LayoutChanged | None:
    """What is wrong with an answer that shows much less than its source did in the past; None where nothing is."""
    now = shows(records)
    if task.request.about != LIST and now.posts < ENOUGH:
        return None
    with reading(engine) as connection:
        past = past_finds(connection, task.account.id, task.source)
    usual = int(median(each.found for each in past)) if past else 0
    if not now.found and usual >= ENOUGH and not task.request.depth:  # a further page may be empty
        return LayoutChanged(
            f"列表是空的，而以往有 {usual} 条左右",
            target=task.request.url,
            advice="版式可能变了，或被限制访问，没有当作“没有作品”。请稍后再采，仍如此请升级程序",
        )
    lost = [name for name in METRICS if _is_lost(name, now, past)]
    if lost:
        words = "、".join(HEADINGS[name] for name in lost)
        return LayoutChanged(
            f"{now.posts} 篇作品都没有{words}，而以往是显示的",
            target=task.request.url,
            advice="版式可能变了，没有存入。请升级程序，或先用后台导出的文件",
        )
    return None


def _is_lost(name: str, now: Shows, past: Sequence[Find]) -> bool:
    """Whether a metric that most posts showed in every past look is nowhere now."""
    if not past or now.posts < ENOUGH or now.shown.get(name):
        return False
    return all(
        each.found >= ENOUGH and each.shown.get(name, 0) >= USUAL * each.found for each in past
    )
