"""Works in short-lived processes of their own, so that the service itself stays small and outlives any of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, Timer

from collector.service.ticking import Answer

#: A work that has not ended by then never will.
LIMIT_SECONDS = 6 * 3_600
#: From being asked to end to being ended: a transaction in hand then rolls back.
PATIENCE_SECONDS = 8.0

#: Without a console window on Windows, and not reached by a Ctrl-C that is meant for the service.
if sys.platform == "win32":
    _FLAGS = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    _GROUP = None
else:
    _FLAGS, _GROUP = 0, 0


@dataclass(slots=True)
class Children:
    """The processes under way. ``log`` is told every line that a work says beside its answer."""

    log: Callable[[str], None]
    lock: Lock = field(default_factory=Lock)
    running: set[subprocess.Popen[bytes]] = field(default_factory=set)
    stopping: bool = False

    def run(self, name: str, path: Path, config: str, sure_at: int | None = None) -> Answer:
        """Do a work and wait for its answer. ``path`` and ``config``: the config file and the text of it that counts;
        ``sure_at``: the moment it is, UTC seconds, None where the clock is doubted."""
        environment = os.environ | {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
        with self.lock:
            if self.stopping:
                return Answer("stopped")
            try:
                child = subprocess.Popen(  # noqa: S603 - our own program
                    [sys.executable, "-m", "collector.service.child", name],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    env=environment,
                    creationflags=_FLAGS,
                    process_group=_GROUP,
                )
            except OSError as problem:
                return Answer("failed", f"启动不了子进程：{problem.strerror or problem}")
            self.running.add(child)
        late = Timer(LIMIT_SECONDS, child.kill)
        late.daemon = True
        late.start()
        try:
            return self._follow(
                child, name, {"path": str(path.resolve()), "config": config, "sure_at": sure_at}
            )
        finally:
            late.cancel()
            with self.lock:
                self.running.discard(child)
            _close(child)
            assert child.stdout is not None
            child.stdout.close()

    def _follow(
        self, child: subprocess.Popen[bytes], name: str, told: dict[str, str | int | None]
    ) -> Answer:
        assert child.stdin is not None
        assert child.stdout is not None
        answer = None
        try:
            child.stdin.write(json.dumps(told).encode() + b"\n")
            child.stdin.flush()
        except (
            OSError,
            ValueError,
        ) as problem:  # it died at once, or was let go; what it said tells why
            self.log(f"{name}：{problem}")
        for raw in child.stdout:
            line = raw.decode(errors="replace").rstrip()
            answer = _answer(line) or answer
            if line and _answer(line) is None:
                self.log(f"{name}：{line}")
        code = child.wait()
        if answer is not None:
            return answer
        if self.stopping:
            return Answer("stopped")
        return Answer("failed", f"子进程意外结束（退出码 {code}），没有完成")

    def stop(self) -> None:
        """Ask all of them to end; those that do not in time are ended. Returns at once; ``run`` returns then."""
        with self.lock:
            self.stopping = True
            children = list(self.running)
        for child in children:
            _close(child)
            hard = Timer(PATIENCE_SECONDS, child.kill)
            hard.daemon = True
            hard.start()


def _close(child: subprocess.Popen[bytes]) -> None:
    """Let go of the child's input: it ends as soon as it can."""
    assert child.stdin is not None
    try:
        child.stdin.close()
    except OSError:  # its end is closed already
        return


def _answer(line: str) -> Answer | None:
    """The answer on a line of output; None where it is something else."""
    if not line.startswith('{"outcome"'):
        return None
    try:
        return Answer(**json.loads(line))
    except (ValueError, TypeError):
        return None
