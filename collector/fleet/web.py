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
from waitress.server import BaseWSGIServer

from collector.config.web import WebConfig
from collector.fleet.pages import PAGES
from collector.fleet.province import Province
from collector.fleet.sites import CentreSite, FleetSite
from collector.web import signing
from collector.web.server import NoPeople, create, listening, url_of
from collector.web.site import Visitor
from storage.database import reading
from storage.fleet import centres
from storage.operations import people

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

#: A centre's page below the province's: its key, and what follows.
_MOUNT = re.compile(r"/c/([a-z][a-z0-9_]{0,40})(/.*)?", re.DOTALL)
#: Pages that are kept open at most, and for so many seconds without a request.
_MOST, _IDLE = 40, 1_800.0


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
    site = FleetSite(
        config_path=province.folder / "province.toml", guarded=web.guarded, owner=owner, clock=clock, province=province,
        url=province.url,
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
