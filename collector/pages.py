"""The pages of a run: asked host by host, kept, read, stored. One bad page never stops the rest.

Workers fetch and read; this thread alone stores. A host has no more requests under way than it allows, so
that a slow one holds nobody up.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sqlalchemy import Connection, Engine

from adapters.contract import Page, PageRecord, Request
from adapters.errors import Gone, SourceError
from collector import captures
from collector.asked import note
from collector.asking import Task
from collector.config import Config
from collector.expecting import Expectations
from collector.fetch import Fetcher, Manners
from collector.importing import Result
from collector.observed import Observed
from collector.secrets import stripped
from storage import captured, writes
from storage.bulk import seconds
from storage.database import writing
from storage.writes import Reading

WORKERS = 32
#: Requests that one account may cause in a run: a list that leads on and on ends here.
MOST_REQUESTS = 3_000
#: Answers stored in one transaction at the most.
BATCH = 50

Progress = Callable[[int, int, str], None]


@dataclass(slots=True)
class Answered:
    """What became of a task: its page and what was read from it, or why there is nothing."""

    task: Task
    page: Page | None = None
    kept: captures.Kept | None = None
    records: Sequence[PageRecord] = ()
    problem: SourceError | None = None


@dataclass(slots=True, kw_only=True)
class Pages:
    """The page half of a run."""

    engine: Engine
    config: Config
    run_id: int
    fetcher: Fetcher
    secrets: Sequence[bytes] = ()
    waiting: dict[str, deque[Task]] = field(default_factory=lambda: defaultdict(deque))
    busy: Counter[str] = field(default_factory=Counter)
    asked: set[tuple[str, str]] = field(default_factory=set)
    caused: Counter[str] = field(default_factory=Counter)
    results: list[Result] = field(default_factory=list)

    def collect(self, tasks: Iterable[Task], progress: Progress) -> list[Result]:
        """Ask, read and store everything; an interrupt lets what is under way end and stores it.

        Raises StorageError where the database cannot do its work.
        """
        for task in tasks:
            self._add(task)
        done = 0
        expectations = Expectations(self.engine, self.config)
        with ThreadPoolExecutor(WORKERS, thread_name_prefix="page") as pool:
            running: set[Future[Answered]] = set()
            try:
                while running or (any(self.waiting.values()) and not self._over()):
                    running |= self._start(pool)
                    finished, running = wait(running, timeout=1.0, return_when=FIRST_COMPLETED)
                    answers = [each.result() for each in finished]
                    done += len(answers)
                    for start in range(0, len(answers), BATCH):
                        self._store(answers[start : start + BATCH], expectations)
                    progress(done, done + len(running) + self._left(), "网页")
            except KeyboardInterrupt:
                self.fetcher.stop.set()
                self._store([each.result() for each in running], expectations)
                raise
        return self.results

    def _over(self) -> bool:
        return self.fetcher.stop.is_set() or self.fetcher.monotonic() >= self.fetcher.deadline

    def _left(self) -> int:
        return sum(len(each) for each in self.waiting.values())

    def _add(self, task: Task) -> None:
        mark = (task.account.id, f"{task.request.url} {task.request.about}")
        if mark in self.asked or self.caused[task.account.id] >= MOST_REQUESTS:
            return
        self.asked.add(mark)
        self.caused[task.account.id] += 1
        self.waiting[urlsplit(task.request.url).netloc.lower()].append(task)

    def _start(self, pool: ThreadPoolExecutor) -> set[Future[Answered]]:
        """Hand out as many tasks as each host takes at a time."""
        started: set[Future[Answered]] = set()
        if self._over():
            return started
        for host, tasks in self.waiting.items():
            while tasks:
                manners = self.fetcher.manners.get(tasks[0].account.platform, Manners())
                if self.busy[host] >= manners.concurrency:
                    break
                self.busy[host] += 1
                started.add(pool.submit(self._answer, host, tasks.popleft()))
        return started

    def _answer(self, host: str, task: Task) -> Answered:
        """In a worker: fetch, keep, read."""
        answered = Answered(task)
        try:
            account = task.account.for_adapters()
            page = self.fetcher.fetch(task.adapter, account, task.request)
            answered.page = self._keep(page, answered)
            assert task.adapter.read is not None
            answered.records = list(task.adapter.read(answered.page))
        except SourceError as problem:
            answered.problem = problem
        return answered

    def _keep(self, page: Page, answered: Answered) -> Page:
        """Secrets out, then kept, then read: so reading again sees the very same bytes."""
        wechat = answered.task.account.platform == "wechat_mp"
        body = stripped(page.body, self.secrets, wechat=wechat)
        folder = self.config.path(self.config.storage.captures)
        answered.kept = captures.keep_bytes(body, folder)
        return Page(
            request=page.request,
            account=page.account,
            url=page.url,
            status=page.status,
            headers=page.headers,
            body=body,
            fetched_at=page.fetched_at,
        )

    def _store(self, answers: Sequence[Answered], expectations: Expectations) -> None:
        if not answers:
            return
        for answered in answers:
            self.busy[urlsplit(answered.task.request.url).netloc.lower()] -= 1
            expectations.judge(answered)
        with writing(self.engine) as connection:
            platforms = {each.id: each.platform for each in self.config.accounts}
            numbers = writes.accounts_known(connection, platforms)
            results = [self._record(connection, each, numbers) for each in answers]
        self.results += results
        for answered in answers:
            if answered.problem is None:
                for record in answered.records:
                    if isinstance(record, Request):
                        self._add(Task(answered.task.account, answered.task.adapter, record))

    def _record(
        self, connection: Connection, answered: Answered, numbers: dict[str, int]
    ) -> Result:
        task = answered.task
        result = Result(account=task.account.id, source=task.request.url, adapter=task.adapter.name)
        reading = self._reading(connection, answered)
        records = [each for each in answered.records if not isinstance(each, Request)]
        if answered.problem is not None:
            result.outcome, result.problem = answered.problem.outcome, str(answered.problem)
            account = numbers[task.account.id]
            attempt = writes.failed(connection, reading, result.outcome, result.problem, account)
            if isinstance(answered.problem, Gone) and "deleted" in answered.problem.cases:
                writes.mark_deleted(connection, reading, attempt, account, task.request.key)
            return result
        result.stored = writes.store(connection, reading, records, numbers)
        result.observed = Observed(reading.observed_at, reading.observed_from)
        return result

    def _reading(self, connection: Connection, answered: Answered) -> Reading:
        task = answered.task
        moment = answered.page.fetched_at if answered.page else self.fetcher.now()
        number = None
        if answered.kept is not None:
            kept = answered.kept
            number = captured.capture_number(
                connection, kept.sha256, kept.size, kept.path, seconds(moment)
            )
        return Reading(
            run_id=self.run_id,
            account=task.account.id,
            source=task.request.url,
            adapter=task.adapter.name,
            kind="page",
            observed_at=moment,
            observed_from="采集时间",
            recorded_at=self.fetcher.now(),
            capture_id=number,
            default_kind=task.account.default_kind,
            accounts=self.config.called,
            found=len(answered.records) if task.request.about == "list" else None,
            request=note(task.request, answered.page),
        )
