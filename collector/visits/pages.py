"""The pages of a run: asked host by host, kept, read, stored. One bad page never stops the rest.

Workers fetch and read; this thread alone stores. A host has no more requests under way than it allows, and one
more that waits for its turn, so that neither a slow host nor the database holds anybody up.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count

from sqlalchemy import Engine

from adapters.contract import Page, Request
from adapters.errors import Blocked
from collector.config.loading import Config
from collector.config.secrets import stripped
from collector.fetching.fetch import Fetcher
from collector.fetching.hosts import host_of
from collector.fetching.politeness import Gate
from collector.intake.captures import Captures, keep_bytes
from collector.intake.importing import Result
from collector.intake.stores import captures_of
from collector.visits.asking import LIST, Plan, Task
from collector.visits.passes import Passes
from collector.visits.recording import (
    MARKS,
    Answered,
    Recorder,
    disappointment,
    explained,
    read,
    too_long,
    whole,
)
from collector.words import PAGES, said
from storage.database import RowsRefused, StorageError, writing
from storage.operations.due import KeptAnswer

WORKERS = 128
#: A worker waits at most this long for its turn at a host; before that, others go first.
AHEAD = 0.4
#: Bytes of an address that is asked for: servers take no longer ones, nor does an index of PostgreSQL.
LONGEST = 2_000
#: Requests that one account may cause in a run: a list that leads on and on ends here.
MOST_REQUESTS = 3_000
#: Answers stored in one transaction at the most.
BATCH = 25
#: Times in a row that a host shows a wall instead of pages, after which it is left alone for this run.
WALLS = 10

Progress = Callable[[int, int, str], None]


@dataclass(slots=True, kw_only=True)
class Pages:
    """The page half of a run. ``secrets`` (cookies) are taken out of every answer before it is kept or read."""

    engine: Engine
    config: Config
    run_id: int
    fetcher: Fetcher
    plan: Plan
    secrets: Sequence[bytes] = ()
    store: Captures = field(init=False)
    passes: Passes = field(default_factory=Passes)
    waiting: dict[str, list[tuple[int, int, Task]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    order: count[int] = field(default_factory=count)
    busy: Counter[str] = field(default_factory=Counter)
    lists: Counter[str] = field(default_factory=Counter)  # under way
    walls: Counter[str] = field(default_factory=Counter)
    asked: set[tuple[str, str, str]] = field(default_factory=set)
    showed: set[tuple[str, str]] = field(default_factory=set)
    caused: Counter[str] = field(default_factory=Counter)
    running: set[Future[Answered]] = field(default_factory=set)
    arrived: list[Answered] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = captures_of(self.config)

    def collect(self, progress: Progress) -> list[Result]:
        """Ask, read and store everything; an interrupt lets what is under way end and stores it.

        Raises StorageError where the database cannot do its work.
        """
        for task in self.plan.tasks:
            self._add(task)
        with ThreadPoolExecutor(WORKERS, thread_name_prefix="page") as pool:
            try:
                while self.running or self._is_hopeful():
                    self._start(pool)
                    self._take(timeout=0.2)
                    left = sum(len(each) for each in self.waiting.values())
                    done = len(self.results)
                    progress(done, done + len(self.running) + left, PAGES)
            except BaseException:
                self.fetcher.stop.set()
                while self.running or self.arrived:
                    self._take(timeout=1.0)
                raise
        return self.results + self._not_reached()

    def _is_hopeful(self) -> bool:
        """Whether anything that waits can still have its turn before the deadline."""
        if self.fetcher.is_over:
            return False
        gates = (self._gate(tasks[0][2]) for tasks in self.waiting.values() if tasks)
        return any(gate.shut or gate.next_slot <= self.fetcher.deadline for gate in gates)

    def _gate(self, task: Task) -> Gate:
        manners = self.fetcher.manners_of(task.account.platform)
        return self.fetcher.gate(manners, task.request.url)

    def _not_reached(self) -> list[Result]:
        """What the deadline left over, or an early end: it has no outcome, and is due in the next run."""
        why = "采集被停止" if self.fetcher.stop.is_set() else "到了本次采集的时限"
        left = Counter(task.account.id for tasks in self.waiting.values() for _, _, task in tasks)
        return [
            Result(
                account=account,
                source=PAGES,
                kind="page",
                outcome="unreachable",
                problem=f"{why}，还有 {number} 个网页没有轮到。下次采集会接着采",
            )
            for account, number in left.items()
        ]

    def _add(self, task: Task) -> None:
        mark = (task.account.id, task.source, task.request.about)
        if mark in self.asked:
            if known := self.plan.known.get(mark[:2]):
                self.passes.known(task, known.published_at)
            return
        self.asked.add(mark)
        if len(task.source.encode("utf-8", "replace")) > LONGEST:
            self.results.append(too_long(task))
            self.passes.left_out(task)
            return
        self.passes.add(task)
        self.caused[task.account.id] += 1
        entry = (task.rank, next(self.order), task)
        heapq.heappush(self.waiting[host_of(task.request.url)], entry)

    def _start(self, pool: ThreadPoolExecutor) -> None:
        """Hand out as many tasks as each host takes at a time, and one that waits for its turn there."""
        if self.fetcher.is_over:
            return
        soon = min(self.fetcher.monotonic() + AHEAD, self.fetcher.deadline)
        for host, tasks in self.waiting.items():
            while tasks and self.busy[host] <= self._gate(tasks[0][2]).concurrency:
                task = tasks[0][2]
                gate = self._gate(task)
                if gate.shut is None and gate.next_slot > soon:
                    break
                if task.rank == 2 and self.lists[host]:
                    break  # a list may show all that its page would
                heapq.heappop(tasks)
                if task.rank == 2 and (task.account.id, task.request.key) in self.showed:
                    continue
                self.busy[host] += 1
                self.lists[host] += task.request.about == LIST
                self.running.add(pool.submit(self._answer, task))

    def _take(self, timeout: float) -> None:
        """Wait for answers, and store those that are there."""
        if not self.running:
            self.fetcher.stop.wait(timeout)
        finished, _ = wait(self.running, timeout=timeout, return_when=FIRST_COMPLETED)
        for future in finished:
            self.running.discard(future)
            self.arrived.append(future.result())
        while self.arrived:
            self._store(self.arrived[:BATCH])

    def _answer(self, task: Task) -> Answered:
        """In a worker: whatever goes wrong with a page is its outcome alone. Only a disk or a database that cannot do
        its work comes out (StorageError)."""
        answered = Answered(task)
        try:
            self._ask(answered)
        except StorageError:
            raise
        except Exception as problem:
            answered.problem = explained(problem, task)
        return answered

    def _ask(self, answered: Answered) -> None:
        """Fetch, keep, read. Raises a SourceError where nothing came back."""
        task = answered.task
        kept = self._kept_before(task)
        page, problem = self.fetcher.fetch(
            task.adapter, task.account.for_adapters(), task.request, _conditions(kept)
        )
        if kept is not None and page.status == 304:
            self._as_before(answered, page, kept)
        else:
            self._keep(answered, page)
        answered.problem = problem
        if problem is None:
            read(answered)
        if (
            isinstance(answered.problem, Blocked)
            and self.fetcher.credentials
            and task.adapter.own_api
        ):
            self.fetcher.credentials.no_more(task.account.id, task.request.url, answered.problem)

    def _kept_before(self, task: Task) -> KeptAnswer | None:
        """The kept answer with which a conditional request can be made."""
        kept = self.plan.kept.get((task.account.id, task.source))
        if kept is None or kept.url or task.request.body is not None:
            return None
        return kept if self.store.is_there(kept.path) else None

    def _as_before(self, answered: Answered, page: Page, kept: KeptAnswer) -> None:
        """The host says that nothing has changed: the kept bytes are read again, as of now."""
        answered.same_as = kept.capture_id
        marks = {"etag": kept.etag, "modified": kept.modified}
        answered.marks = {name: mark for name, mark in marks.items() if mark}
        headers = {"content-type": kept.content_type} if kept.content_type else {}
        body = self.store.read(kept.path)
        answered.page = replace(page, status=200, headers=headers, body=body)

    def _keep(self, answered: Answered, page: Page) -> None:
        """Secrets out, then kept, then read: so reading again sees the very same bytes."""
        wechat = answered.task.account.platform == "wechat_mp"
        body = stripped(page.body, self.secrets, wechat=wechat)
        try:
            answered.kept = keep_bytes(body, self.store)
        except OSError as problem:
            raise StorageError(f"存不了原件：{said(problem)}。请检查磁盘后再运行") from problem
        answered.page = replace(page, body=body)
        if page.status == 200:
            found = {name: page.headers.get(header, "") for header, name in MARKS.items()}
            answered.marks = {name: mark for name, mark in found.items() if mark}

    def _store(self, answers: Sequence[Answered]) -> None:
        """Store answers, then follow where they lead."""
        recorder = Recorder(config=self.config, run_id=self.run_id)
        now = self.fetcher.now()
        self.results += self._record(recorder, answers, now)
        del self.arrived[: len(answers)]
        for answered in answers:
            self._settle(answered)
        finished = list(self.passes.finished())
        if finished:
            with writing(self.engine) as connection:
                numbers = recorder.begin(connection, (), now)
                for task, span in finished:
                    recorder.passed(connection, task, span, numbers, now)

    def _record(
        self, recorder: Recorder, answers: Sequence[Answered], now: datetime
    ) -> list[Result]:
        """Store answers in one transaction. Where one of them can't be, each has its own, and of that one the outcome
        alone is stored."""
        try:
            for each in answers:
                if each.problem is None:
                    each.problem = disappointment(self.engine, each.task, each.records)
            with writing(self.engine) as connection:
                numbers = recorder.begin(connection, answers, now)
                return [recorder.record(connection, each, numbers, now) for each in answers]
        except Exception as problem:
            if isinstance(problem, StorageError) and not isinstance(problem, RowsRefused):
                raise
            if len(answers) > 1:
                return [found for each in answers for found in self._record(recorder, [each], now)]
            if answers[0].problem is not None:  # not even that it failed
                raise
            answers[0].problem = explained(problem, answers[0].task)
            return self._record(recorder, answers, now)

    def _settle(self, answered: Answered) -> None:
        """After an answer is stored: its host is free again, and what it leads to is asked next."""
        task = answered.task
        host = host_of(task.request.url)
        self.busy[host] -= 1
        self.lists[host] -= task.request.about == LIST
        if isinstance(answered.problem, Blocked):
            self.walls[host] += 1
            if self.walls[host] >= WALLS:
                self._gate(task).shut = answered.problem
        else:
            self.walls[host] = 0
        if answered.problem is None:
            self.showed |= {(task.account.id, key) for key in whole(answered)}
            for number, record in enumerate(answered.records):
                if isinstance(record, Request):
                    place = (*task.place, number) if task.place else ()
                    self._follow(Task(task.account, task.adapter, record, task.post_id, place))
        self.passes.ended(task, answered.outcome, answered.posts)

    def _follow(self, task: Task) -> None:
        """A request that an answer leads to; a known post is asked for only when it is due."""
        known = self.plan.known.get((task.account.id, task.source))
        if known is not None and not known.due and task.request.about != LIST:
            self.passes.known(task, known.published_at)
        elif self.caused[task.account.id] >= MOST_REQUESTS:
            self.passes.left_out(task)
        else:
            self._add(task)


def _conditions(kept: KeptAnswer | None) -> Mapping[str, str]:
    """The headers of a conditional request."""
    if kept is None:
        return {}
    marks = {"If-None-Match": kept.etag, "If-Modified-Since": kept.modified}
    return {name: value for name, value in marks.items() if value}
