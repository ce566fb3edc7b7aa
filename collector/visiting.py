"""The page half of a run, put together: what is due, one asker at a time, with the manners of config."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from filelock import FileLock, Timeout
from sqlalchemy import Engine

from collector.asking import plan
from collector.config import Config
from collector.credentials import Credentials
from collector.fetch import Fetcher, Manners
from collector.hosts import addresses, session
from collector.importing import Result
from collector.pages import Pages
from collector.politeness import gap_of
from collector.secrets import pieces, read_secret
from storage.database import reading

#: A run asks no longer than this; what is left is due in the next one.
RUN_SECONDS = 2 * 3_600


def ask(
    engine: Engine,
    config: Config,
    run_id: int,
    *,
    now: datetime,
    only: str,
    everything: bool,
    progress: Callable[[int, int, str], None],
    seconds: float = RUN_SECONDS,
) -> list[Result]:
    """Ask the pages that are due. A run beside this one asks them already: then nothing is asked twice."""
    with reading(engine) as connection:
        tasks = list(plan(connection, config, now, only=only, everything=everything))
    if not tasks:
        return []
    place = config.path(config.storage.captures)
    place.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(place / "asking.lock", timeout=0):
            fetcher = fetcher_of(config, now, seconds)
            secrets = pieces(each.cookie for each in fetcher.manners.values())
            pages = Pages(
                engine=engine, config=config, run_id=run_id, fetcher=fetcher, secrets=secrets
            )
            return pages.collect(tasks, progress)
    except Timeout:
        problem = "另一次采集正在访问网页,这次只读文件"
        return [Result(account="", source="网页", outcome="unchanged", problem=problem)]


def fetcher_of(config: Config, now: datetime, seconds: float) -> Fetcher:
    """A fetcher with the manners of config. Its clock runs from ``now``."""
    began = time.monotonic()
    shared = session()
    return Fetcher(
        manners=manners_of(config),
        contact=config.centre.contact,
        deadline=began + seconds,
        now=lambda: now + timedelta(seconds=int(time.monotonic() - began)),
        monotonic=time.monotonic,
        session=shared,
        resolve=addresses,
        token=Credentials(config, shared).token,
    )


def manners_of(config: Config) -> dict[str, Manners]:
    """How each platform is asked, its cookie read from where config says."""
    return {
        name: Manners(
            gap=gap_of(each.rate),
            concurrency=each.concurrency,
            cookie=read_secret(
                config, each.cookie_env, each.cookie_file, f"[platforms.{name}] 的 cookie"
            ),
            base_url=each.base_url,
        )
        for name, each in config.platforms.items()
    }
