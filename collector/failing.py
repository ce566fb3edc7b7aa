"""What fails now: files that lie in the inbox and could not be read, pages that do not answer as they should."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from adapters.errors import untargeted
from collector.config.loading import Config
from collector.intake.inbox import lying
from collector.words import minute
from storage.operations import attempts
from storage.views.history import StoredReading


@dataclass(frozen=True, slots=True)
class Failing:
    """A source that fails: since when, and what to do (as it was told)."""

    account: str
    source: str
    outcome: str
    problem: str
    since: int
    failures: int

    @property
    def said(self) -> str:
        """Since when, where it failed more than once, and what to do."""
        told = untargeted(self.problem, self.source) or "没有说明原因"
        if self.failures < 2:
            return told
        return f"{minute(self.since)} 起失败 {self.failures} 次；{told}"


def failing(connection: Connection, config: Config, readings: list[StoredReading]) -> list[Failing]:
    """Files whose last reading failed and that still lie in the inbox, and pages that fail, the longest first.
    ``readings``: the newest of each source."""
    there = lying(config)
    files = [
        Failing(
            each.account or "", each.source, each.outcome, each.problem or "", each.recorded_at, 1
        )
        for each in readings
        if each.kind == "file"
        and each.outcome not in ("ok", "unchanged")
        and not each.posts
        and (each.account, each.source) in there
    ]
    asked = [
        Failing(
            each.account,
            each.source,
            each.outcome,
            each.problem or "",
            each.failing_since or each.last_at,
            each.failures,
        )
        for each in attempts.sources(connection)
        if each.failing
    ]
    return sorted([*files, *asked], key=lambda each: (each.since, each.account, each.source))
