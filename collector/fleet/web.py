"""One server for a province: its own page for its staff, and below ``/c/<key>/`` each centre's page, as the centre would have
it alone: its own people, key, cookies, folder and tables. A centre's page is opened when it is first asked for and let go when
nobody has asked for a while; its database connections last as long as a request."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import Engine
from waitress.server import BaseWSGIServer

from collector.config.checking import ConfigError
from collector.config.loading import Config
from collector.config.web import WebConfig
from collector.fleet.province import Province
from collector.fleet.reporting import OTHER_TABLES, opened
from collector.web import signing
from collector.web.server import NoPeople, create, listening, url_of
from collector.web.site import Site, Visitor
from storage.database import StorageError, is_current, open_database, reading
from storage.fleet import centres
from storage.fleet.schema import TABLES
from storage.operations import people

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

#: A centre's page below the province's: its key, and what follows.
_MOUNT = re.compile(r"/c/([a-z][a-z0-9_]{0,40})(/.*)?", re.DOTALL)
#: Pages that are kept open at most, and for so many seconds without a request.
_MOST, _IDLE = 40, 1_800.0
#: Connections to the province's own tables.
_CONNECTIONS = {"pool_size": 2, "max_overflow": 6, "pool_recycle": 300}


@dataclass(slots=True, kw_only=True)
class FleetSite(Site):
    """The province as its page sees it: its people stand in its own tables."""

    province: Province
    _fleet: Engine | None = None

    @property
    def name(self) -> str:
        return self.province.province.name

    @property
    def is_new(self) -> bool:
        return False

    @property
    def fault(self) -> str:
        return ""

    @property
    def engine(self) -> Engine:
        """The province's own tables. Raises StorageError."""
        with self._opening:
            if self._fleet is None:
                engine = open_database(self.province.url, **_CONNECTIONS)
                if not is_current(engine, TABLES):
                    engine.dispose()
                    raise StorageError(OTHER_TABLES)
                self._fleet = engine
            return self._fleet

    def close(self) -> None:
        if self._fleet is not None:
            self._fleet.dispose()
            self._fleet = None


@dataclass(slots=True, kw_only=True)
class CentreSite(Site):
    """A centre of the province as its own page sees it. ``staff``: who of the province asks, if anybody; they read."""

    key: str
    fleet: FleetSite
    staff: Callable[[], Visitor | None]
    _text: str | None = None
    _own: Engine | None = None

    @property
    def is_new(self) -> bool:
        return False

    @property
    def config(self) -> Config:
        """Its config as it stands in the province's tables; the last good one while it has a fault. Raises ConfigError."""
        config, fault = self._look()
        if config is None:
            raise ConfigError(fault)
        return config

    @property
    def text(self) -> str:
        self._look()
        return self._text or ""

    def _look(self) -> tuple[Config | None, str]:
        with reading(self.fleet.engine) as connection:
            there = centres.centre(connection, self.key)
        with self._lock:
            if there is None:
                self._config, self._fault = None, "这个中心不在全省里了"
            elif there.config != self._text:
                self._text = there.config
                try:
                    self._config = self.fleet.province.centre(self.key, there.config)
                    self._fault = ""
                except ConfigError as problem:
                    self._fault = str(problem)
            return self._config, self._fault

    @property
    def engine(self) -> Engine:
        """Its own tables, of which no connection stays open between requests. Raises StorageError."""
        url = self.config.database_url
        with self._opening:
            if self._own is None:
                self._own = opened(url)
            return self._own

    def guest(self) -> Visitor | None:
        return self.staff()

    def close(self) -> None:
        if self._own is not None:
            self._own.dispose()
            self._own = None


@dataclass(slots=True)
class House:
    """A centre's page while it is open."""

    app: Flask
    site: CentreSite
    asked_at: float

    def close(self) -> None:
        self.app.extensions["desk"].end()
        self.site.close()


@dataclass(slots=True)
class Houses:
    """The application that answers for all: the province's own page, and the centres'."""

    site: FleetSite
    fleet: Flask
    address: str
    monotonic: Callable[[], float]
    open: dict[str, House] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        match = _MOUNT.fullmatch(environ.get("PATH_INFO", ""))
        house = self.house(match[1]) if match is not None and match[2] else None
        if match is None or house is None:
            return self.fleet(environ, start)
        root = environ.get("SCRIPT_NAME", "")
        below = {**environ, "SCRIPT_NAME": f"{root}/c/{match[1]}", "PATH_INFO": match[2]}
        return house.app(below, start)

    def house(self, key: str) -> House | None:
        """A centre's page; None where the province has no such centre."""
        with reading(self.site.engine) as connection:
            known = centres.centre(connection, key) is not None
        now = self.monotonic()
        with self.lock:
            gone = [each for each, there in self.open.items() if now - there.asked_at > _IDLE]
            if key not in self.open and known and len(self.open) - len(gone) >= _MOST:
                gone.append(min(self.open, key=lambda each: self.open[each].asked_at))
            left = [self.open.pop(each) for each in {*gone} - ({key} if known else set())]
            if not known and key in self.open:
                left.append(self.open.pop(key))
            if known and key not in self.open:
                self.open[key] = self._opened(key)
            if known:
                self.open[key].asked_at = now
            found = self.open.get(key)
        for each in left:
            each.close()
        return found

    def _opened(self, key: str) -> House:
        here = self.site
        site = CentreSite(
            config_path=here.province.place(key), guarded=here.guarded, owner=here.owner, clock=here.clock,
            key=key, fleet=here, staff=self.staff,
        )  # fmt: skip
        app = create(site, self.address, mount=f"/c/{key}")
        app.extensions["desk"].begin()
        return House(app, site, self.monotonic())

    def staff(self) -> Visitor | None:
        """Who of the province's staff asks for a centre's page: they may read it."""
        session = SecureCookieSessionInterface().open_session(self.fleet, request)
        found = None if session is None else signing.person_of(self.site, session)
        return None if found is None else Visitor(found.name, "主任", guest=True)

    def close(self) -> None:
        with self.lock:
            left, self.open = [*self.open.values()], {}
        for each in left:
            each.close()
        self.site.close()


@dataclass(slots=True)
class FleetWeb:
    """The server: ``run`` until ``close``."""

    houses: Houses
    server: BaseWSGIServer

    @property
    def url(self) -> str:
        return url_of(self.server)

    def run(self) -> None:
        self.server.run()

    def close(self) -> None:
        self.server.close()
        self.houses.close()


def houses(
    province: Province, web: WebConfig, clock: Callable[[], datetime], monotonic: Callable[[], float], owner: str = ""
) -> Houses:  # fmt: skip
    """The application. Raises NoPeople where others than this PC can reach it and nobody has a password, StorageError."""
    from collector.fleet.pages import PAGES

    site = FleetSite(
        config_path=province.folder / "province.toml", guarded=web.guarded, owner=owner, clock=clock, province=province
    )  # fmt: skip
    with site.reading() as connection:
        known = people.people(connection)
    if site.guarded and not known:
        site.close()
        raise NoPeople(
            "别的电脑也能打开这个网页，所以要先设密码：运行 collect fleet user add 名字 --role 管理员，再启动"
        )
    fleet = create(site, web.address, pages=(*PAGES, (signing.PAGE, "")))
    return Houses(site, fleet, web.address, monotonic)


def serve(made: Houses, web: WebConfig) -> FleetWeb:
    """The page, which listens already. Raises OSError where the port is taken."""
    app: Any = made
    return FleetWeb(made, listening(app, web.listen))
