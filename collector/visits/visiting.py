"""The page half of a run, put together: what is due, one asker at a time, with the manners of config."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from threading import Event

from sqlalchemy import Engine

from adapters.errors import LoginExpired
from collector.config.loading import Config, ConfigError
from collector.config.secrets import pieces
from collector.config.sections import AccountConfig, PlatformConfig
from collector.fetching.credentials import Credentials
from collector.fetching.fetch import Fetcher, Manners, Own
from collector.fetching.hosts import addresses
from collector.fetching.politeness import gap_of
from collector.fetching.sending import session
from collector.fetching.turns import SharedHosts
from collector.intake.importing import Result
from collector.service.lock import Taken, held
from collector.visits.asking import plan
from collector.visits.pages import Pages
from collector.words import PAGES
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
    seconds: float | None = None,
    stop: Event | None = None,
) -> list[Result]:
    """Ask the pages that are due. A run beside this one asks them already: then nothing is asked twice. ``stop``
    ends it early."""
    try:
        with held(engine, "asking"):
            with reading(engine) as connection:
                made = plan(connection, config, now, only=only, everything=everything)
            if not made.tasks:
                return []
            fetcher = fetcher_of(config, now, seconds or RUN_SECONDS)
            fetcher.stop = stop or fetcher.stop
            cookies = [each.cookie for each in fetcher.manners.values()]
            cookies += [each.cookie for each in fetcher.own.values()]
            pages = Pages(
                engine=engine,
                config=config,
                run_id=run_id,
                fetcher=fetcher,
                plan=made,
                secrets=pieces(cookies),
            )
            with closing(fetcher):
                return pages.collect(progress)
    except Taken:
        problem = "另一次采集正在访问网页，这次只读文件"
        return [Result(account="", source=PAGES, kind="page", outcome="unchanged", problem=problem)]


def fetcher_of(config: Config, now: datetime, seconds: float) -> Fetcher:
    """A fetcher with the manners and the credentials of config. Its clock runs from ``now``."""
    began = time.monotonic()
    fetcher = Fetcher(
        manners=manners_of(config),
        own={each.id: _own(config, each) for each in config.accounts if each.is_site},
        contact=config.centre.contact,
        deadline=began + seconds,
        now=lambda: now + timedelta(seconds=int(time.monotonic() - began)),
        monotonic=time.monotonic,
        session=session(),
        resolve=addresses,
        shared=SharedHosts(config.home.turns, time.monotonic) if config.home else None,
    )
    fetcher.credentials = Credentials(config, fetcher.ask_token, fetcher.now)
    return fetcher


def manners_of(config: Config) -> dict[str, Manners]:
    """How each platform is asked, its cookie read from where config says."""
    return {name: _manners(config, name, each) for name, each in config.platforms.items()}


def _manners(config: Config, name: str, platform: PlatformConfig) -> Manners:
    cookie, problem = _cookie(config, f"[platforms.{name}]", platform)
    return Manners(
        gap=gap_of(platform.rate),
        concurrency=platform.concurrency,
        cookie=cookie,
        base_url=platform.base_url,
        problem=problem,
    )


def _own(config: Config, account: AccountConfig) -> Own:
    cookie, problem = _cookie(config, f"账号 {account.id}", account)
    return Own(cookie=cookie, inside=account.inside, problem=problem)


def _cookie(
    config: Config, whose: str, section: PlatformConfig | AccountConfig
) -> tuple[str, LoginExpired | None]:
    """A cookie, read from where config says, or why it cannot be."""
    try:
        what = f"{whose} 的 cookie"
        return config.secret(section.cookie_env, section.cookie_file, what), None
    except ConfigError as missing:
        return "", LoginExpired(str(missing), advice="设置好后再采集一次；别的来源不受影响")
