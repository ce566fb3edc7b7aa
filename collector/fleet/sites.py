"""A province and its centres as their pages see them (collector.web.site): config and people stand in the province's tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Engine

from collector.config.checking import ConfigError
from collector.config.loading import Config
from collector.fleet.province import Province
from collector.fleet.reporting import opened
from collector.web.site import Site, Visitor
from storage.database import reading
from storage.fleet import centres
from storage.fleet.schema import TABLES

#: Connections to the province's own tables.
_CONNECTIONS = {"pool_size": 2, "max_overflow": 6, "pool_recycle": 300}


@dataclass(slots=True, kw_only=True)
class FleetSite(Site):
    """The province as its page sees it: its people stand in its own tables. ``url``: their address, a secret."""

    province: Province
    url: str = field(repr=False)

    @property
    def name(self) -> str:
        return self.province.province.name

    @property
    def is_new(self) -> bool:
        return False

    @property
    def fault(self) -> str:
        return ""

    def _address(self) -> str:
        return self.url

    def _opened(self, url: str) -> Engine:
        """The province's own tables. Raises StorageError."""
        return opened(url, TABLES, **_CONNECTIONS)


@dataclass(slots=True, kw_only=True)
class CentreSite(Site):
    """A centre of the province as its own page sees it. ``staff``: who of the province asks, if anybody; they read."""

    key: str
    fleet: FleetSite
    staff: Callable[[], Visitor | None]
    _text: str | None = None

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

    def _opened(self, url: str) -> Engine:
        """Its own tables, of which no connection stays open between requests. Raises StorageError."""
        return opened(url)

    def guest(self) -> Visitor | None:
        return self.staff()
