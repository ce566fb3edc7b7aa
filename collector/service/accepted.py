"""The config that counts: read again when its file changes; one that is faulty is refused and the old one kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from collector.config.loading import Config, ConfigError, parse, read
from collector.service.schedule import jobs_of


@dataclass(slots=True)
class Accepted:
    """The config file ``path`` as it was last accepted. ``refused``: what is wrong with what lies there now; empty
    where it is what counts."""

    path: Path
    text: str = ""
    config: Config = field(init=False)
    schedule: dict[str, str] = field(init=False)
    refused: str = ""
    _stamp: tuple[int, int] | None = None
    _looked: str = ""

    def __post_init__(self) -> None:
        """Raises ConfigError: without one good config there is nothing to do."""
        self._stamp = self._now()
        self.text = self._looked = read(self.path)
        self.config = parse(self.text, self.path)
        self.schedule = jobs_of(self.config)

    def look(self) -> bool:
        """Whether another config counts from now on."""
        stamp = self._now()
        if stamp == self._stamp and stamp is not None:
            return False
        self._stamp = stamp
        try:
            text = read(self.path)
            if text == self._looked and not self.refused:
                return False
            self._looked = text
            config = parse(text, self.path)
            if config.database_url != self.config.database_url:
                raise ConfigError("[storage] url 变了：换数据库要重新启动服务才会生效")
            schedule = jobs_of(config)
        except ConfigError as problem:
            self.refused = str(problem)
            return False
        changed = text != self.text
        self.text, self.config, self.schedule, self.refused = text, config, schedule, ""
        return changed

    def _now(self) -> tuple[int, int] | None:
        try:
            look = self.path.stat()
        except OSError:  # read() says what is wrong
            return None
        return look.st_size, look.st_mtime_ns
