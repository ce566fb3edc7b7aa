"""Logs of the service: a rotating file of JSON lines for programs, plain lines for the journal or a window. Secrets
are taken out of every line after it is put together, tracebacks and all (collector.config.secrets)."""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from logging.handlers import RotatingFileHandler
from types import TracebackType
from typing import Any

from adapters.moments import SHANGHAI
from collector.config.loading import Config
from collector.config.secrets import hidden, secrets_of
from collector.words import said

FILE = "baokuan.jsonl"
BYTES, FILES = 5_000_000, 10
#: systemd's priorities, told at the front of a line (sd-daemon(3)).
_PRIORITY = {"DEBUG": 7, "INFO": 6, "WARNING": 4, "ERROR": 3, "CRITICAL": 2}
#: Loggers of others that talk too much below this.
_OTHERS = ("apscheduler", "urllib3", "apprise")
#: Those whose every word is said by the program in its own.
_SILENT = ("procrastinate", "psycopg")
Clean = Callable[[str], str]


class _Lines(logging.Formatter):
    """Lines from which secrets are taken out when they are put together."""

    def __init__(self, clean: Clean, *, journal: bool = False) -> None:
        super().__init__()
        self.clean = clean
        self.journal = journal


class JsonLines(_Lines):
    """JSON: time, level, logger, message, exception. One line a record."""

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(_safe(record))
        message = record.getMessage()
        told = {
            "time": _time(record).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self.clean(message),
        }
        if broken := text[len(message) :].strip():
            told["exception"] = self.clean(broken)
        return json.dumps(told, ensure_ascii=False)


class PlainLines(_Lines):
    """For people: in the journal each line with its priority and without a time, which the journal has itself."""

    def format(self, record: logging.LogRecord) -> str:
        told = self.clean(super().format(_safe(record)))
        if not self.journal:
            return f"{_time(record):%Y-%m-%d %H:%M:%S} {told}"
        mark = f"<{_PRIORITY.get(record.levelname, 6)}>"
        return "\n".join(mark + line for line in told.splitlines())


def _time(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, SHANGHAI)


def _safe(record: logging.LogRecord) -> logging.LogRecord:
    """A record whose message can be made: a wrong number of arguments loses no record."""
    try:
        record.getMessage()
    except (TypeError, ValueError, KeyError):
        record.msg, record.args = f"{record.msg} {record.args}", None
    return record


class _File(RotatingFileHandler):
    """Says once that it cannot write (a full disk), and goes on: a log never ends the service."""

    told = False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        problem = sys.exc_info()[1]
        if not self.told:
            self.told = True
            why = said(problem) if isinstance(problem, OSError) else type(problem).__name__
            _say(f"写不了日志文件：{why}")


class _Stream(logging.StreamHandler[Any]):
    """Where nobody listens any more (a closed pipe), nothing is said; logging's own words would show the record."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        return


def set_up(config: Config, *, journal: bool) -> None:
    """Log to the file in [service] logs and to standard error (``journal``: as systemd's journal reads it), from INFO
    on; uncaught exceptions and warnings too. A second call takes the place of the first, so that a reloaded config
    counts. Where the file cannot be written, the reason goes to standard error and the rest works."""
    set_up_stream(lambda: secrets_of(config), journal=journal)
    root = logging.getLogger()
    folder = config.path(config.service.logs)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = _File(folder / FILE, maxBytes=BYTES, backupCount=FILES, encoding="utf-8")
        file.setFormatter(JsonLines(lambda text: hidden(text, secrets_of(config))))
        root.addHandler(file)
    except OSError as problem:
        logging.getLogger(__name__).error("写不了日志文件夹 %s：%s", folder, said(problem))


def set_up_stream(secrets: Callable[[], list[str]], *, journal: bool) -> None:
    """``set_up`` without a file; ``secrets``: what no line may hold, as it is by then."""
    tear_down()
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    for name in _OTHERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    if sys.stderr is not None:  # Windows has none without a window
        stream = _Stream(sys.stderr)
        stream.setFormatter(PlainLines(lambda text: hidden(text, secrets()), journal=journal))
        root.addHandler(stream)
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread


def tear_down() -> None:
    """Take back what ``set_up`` did, files closed."""
    root = logging.getLogger()
    for each in list(root.handlers):
        if isinstance(each, _File | _Stream):
            root.removeHandler(each)
            each.close()
    logging.captureWarnings(False)
    sys.excepthook = sys.__excepthook__
    threading.excepthook = threading.__excepthook__


def _uncaught(
    kind: type[BaseException], problem: BaseException, trace: TracebackType | None
) -> None:
    logging.getLogger("collector").critical("程序出错", exc_info=(kind, problem, trace))


def _uncaught_in_thread(told: threading.ExceptHookArgs) -> None:
    if told.exc_value is not None:
        _uncaught(told.exc_type, told.exc_value, told.exc_traceback)


def _say(words: str) -> None:
    if sys.stderr is not None:
        sys.stderr.write(f"{words}\n")


def is_read_by_journal() -> bool:
    """Whether standard error goes to systemd's journal: it says which file that is."""
    try:
        look = os.fstat(2)
    except OSError:  # Windows without a window has no standard error
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{look.st_dev}:{look.st_ino}"
