"""Works in short-lived processes of their own (``python -m collector.service.children WORK``), so that the service
itself stays small and outlives any of them.

The parent writes one line of JSON to its child's standard input (the config's path and text: what the parent accepted
counts, not what lies on the disk by now) and keeps that open. When it closes, also because the parent died, the work
is asked to end early. The last line of standard output is the result, in JSON; anything else there is for the log.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Event, Lock, Thread, Timer
from typing import IO

from collector.app import clock
from collector.config.home import Home
from collector.config.loading import Config, parse
from collector.service.lock import Taken, held
from collector.service.trust import Trust
from collector.service.works import WORKS, WorkResult, tell
from storage.bulk import seconds
from storage.database import StorageError, is_current, open_database

#: A work that has not ended by then never will.
LIMIT_SECONDS = 6 * 3_600
#: From being asked to end to being ended: a transaction in hand then rolls back.
PATIENCE_SECONDS = 8.0
#: How long a process that was left behind by a dead service is waited for: it ends by itself.
WAIT_SECONDS = 30.0
#: Between two looks whether the lock is still held.
HELD_SECONDS = 10.0
#: Without a console window on Windows, and not reached by a Ctrl-C that is meant for the service.
if sys.platform == "win32":
    _FLAGS = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    _GROUP = None
else:
    _FLAGS, _GROUP = 0, 0


# ── in the service ──


@dataclass(slots=True)
class Children:
    """The processes under way. ``log`` is told every line that a work says beside its result; ``asked``: to end."""

    log: Callable[[str], None]
    lock: Lock = field(default_factory=Lock)
    running: set[subprocess.Popen[bytes]] = field(default_factory=set)
    asked: set[subprocess.Popen[bytes]] = field(default_factory=set)
    stopping: bool = False

    def run(
        self,
        name: str,
        path: Path,
        config: str,
        sure_at: int | None = None,
        home: Home | None = None,
    ) -> WorkResult:
        """Do a work and wait for its result. ``path`` and ``config``: the config file and the text of it that counts;
        ``sure_at``: the moment it is, UTC seconds, None where the clock is doubted; ``home``: of a province's centre."""
        with self.lock:
            if self.stopping:
                return WorkResult("stopped")
            try:
                child = subprocess.Popen(  # noqa: S603 - our own program
                    [sys.executable, "-m", "collector.service.children", name],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    env=os.environ | {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"},
                    creationflags=_FLAGS,
                    process_group=_GROUP,
                )
            except OSError as problem:
                return WorkResult("failed", f"启动不了子进程：{problem.strerror or problem}")
            self.running.add(child)
        told = {
            "path": str(path.resolve()),
            "config": config,
            "sure_at": sure_at,
            "home": None if home is None else asdict(home),
        }
        late = _killing(child, LIMIT_SECONDS)
        try:
            return self._follow(child, name, json.dumps(told).encode() + b"\n")
        finally:
            late.cancel()
            with self.lock:
                self.running.discard(child)
                self.asked.discard(child)
            _let_go(child)
            _pipe(child.stdout).close()

    def _follow(self, child: subprocess.Popen[bytes], name: str, told: bytes) -> WorkResult:
        try:
            _pipe(child.stdin).write(told)
            _pipe(child.stdin).flush()
        except (
            OSError,
            ValueError,
        ) as problem:  # it died at once, or was let go: its words say why
            self.log(f"{name}：{problem}")
        result = None
        for raw in _pipe(child.stdout):
            line = raw.decode(errors="replace").rstrip()
            if (found := _result(line)) is not None:
                result = found
            elif line:
                self.log(f"{name}：{line}")
        code = child.wait()
        if result is None and child in self.asked:
            return WorkResult("stopped")
        return result or WorkResult("failed", f"子进程意外结束（退出码 {code}），没有完成")

    def stop(self) -> None:
        """``interrupt``, and begin none any more."""
        with self.lock:
            self.stopping = True
        self.interrupt()

    def interrupt(self) -> None:
        """Ask all of them to end; those that do not in time are ended. Returns at once; ``run`` returns then."""
        with self.lock:
            children = list(self.running)
            self.asked |= self.running
        for child in children:
            _let_go(child)
            _killing(child, PATIENCE_SECONDS)


def _killing(child: subprocess.Popen[bytes], seconds: float) -> Timer:
    """Ends the child by force after so many seconds, unless it is cancelled."""
    timer = Timer(seconds, child.kill)
    timer.daemon = True
    timer.start()
    return timer


def _let_go(child: subprocess.Popen[bytes]) -> None:
    """Close the child's input: it ends as soon as it can."""
    with suppress(OSError):  # its end is closed already
        _pipe(child.stdin).close()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def _result(line: str) -> WorkResult | None:
    """The result on a line of output; None where it is something else."""
    if not line.startswith('{"outcome"'):
        return None
    try:
        return WorkResult(**json.loads(line))
    except (ValueError, TypeError):
        return None


# ── in the child ──


def main(name: str) -> int:
    """Do the work called ``name``; 0 where there is a result."""
    told = json.loads(_line())
    stop = Event()
    Thread(target=_until_let_go, args=(stop,), daemon=True).start()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    home = None if told["home"] is None else Home(**told["home"])
    result = do(name, parse(told["config"], Path(told["path"]), home), stop, told["sure_at"])
    sys.stdout.write(f"{json.dumps(asdict(result))}\n")
    sys.stdout.flush()
    return 0


def do(name: str, config: Config, stop: Event, sure_at: int | None) -> WorkResult:
    """Do a work by name; whatever goes wrong is a result. ``sure_at``: the moment that the parent believes; where
    it believes none, or this process's clock says another day, nothing is done that cannot be taken back."""
    work, now = WORKS[name], clock()
    sure = sure_at is not None and Trust(sure_at).holds(seconds(now))
    if work.careful and not sure:
        return WorkResult("busy", "等电脑的时钟核对好再做")
    engine = open_database(config.database_url)
    try:
        with held(engine, "work", WAIT_SECONDS) if work.alone else nullcontext(_always) as is_held:
            if name != "prepare" and not is_current(engine):
                raise StorageError("数据库的表和本程序的版本不同。请升级程序，重新启动服务")
            with _as_long_as(is_held, stop) as is_lost:
                result = work.do(engine, config, now, stop)
            if is_lost() and result.outcome == "stopped":
                raise StorageError(
                    "和数据库的连接断过，别的进程可能已接着做：提前停下，已存的不受影响"
                )
            told = work.tells and sure and result.outcome == "done"
            return tell(engine, config, now, result) if told else result
    except Taken:
        return WorkResult("busy" if work.again else "failed", "前一个进程还没有结束")
    except StorageError as problem:
        return WorkResult("storage" if work.again else "failed", str(problem))
    except Exception as problem:  # a fault of one work must not end the service: told as it is
        traceback.print_exc()
        what = f"程序出错（{type(problem).__name__}：{problem}），详见日志"
        return WorkResult("failed", what)
    finally:
        engine.dispose()


def _always() -> bool:
    return True


@contextmanager
def _as_long_as(is_held: Callable[[], bool], stop: Event) -> Iterator[Callable[[], bool]]:
    """Sets ``stop`` once the lock is lost: a session of PostgreSQL may end while this process lives on, and another one
    begins the same work. Gives a question: was it lost?"""
    over, lost = Event(), Event()

    def watch() -> None:
        while not over.wait(HELD_SECONDS):
            if not is_held():
                lost.set()
                stop.set()
                return

    watching = Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield lost.is_set
    finally:
        over.set()
        watching.join()


def _line() -> bytes:
    """The first line of standard input, read without a buffer: the rest of it belongs to the thread."""
    found = b""
    while not found.endswith(b"\n") and (part := os.read(0, 1)):
        found += part
    return found


def _until_let_go(stop: Event) -> None:
    while os.read(0, 4096):
        pass
    stop.set()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
