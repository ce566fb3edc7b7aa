"""A process that does one work of the service and ends: ``python -m collector.service.child WORK``.

Its parent writes one line of JSON to its standard input (the config's path and text: what the parent accepted counts,
not what lies on the disk by now) and keeps that open. When it closes, also because the parent died, the work is asked
to end early. The last line of standard output is the answer, in JSON; anything else there is for the log.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from contextlib import nullcontext
from pathlib import Path
from threading import Event, Thread

from collector.app import clock
from collector.config.loading import Config, parse
from collector.service.lock import Taken, held
from collector.service.ticking import Answer
from collector.service.trust import Trust
from collector.service.works import WORKS, tell
from storage.bulk import seconds
from storage.database import StorageError, open_database

#: How long a process that was left behind by a dead service is waited for: it ends by itself.
_WAIT_SECONDS = 30.0
_INPUT = 0


def main(name: str) -> int:
    """Do the work called ``name``; 0 where there is an answer."""
    told = json.loads(_line())
    stop = Event()
    Thread(target=_until_let_go, args=(stop,), daemon=True).start()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    answer = do(name, parse(told["config"], Path(told["path"])), stop, told["sure_at"])
    said = {"outcome": answer.outcome, "problem": answer.problem, "run_id": answer.run_id}
    sys.stdout.write(f"{json.dumps(said)}\n")
    sys.stdout.flush()
    return 0


def do(name: str, config: Config, stop: Event, sure_at: int | None) -> Answer:
    """Do a work by name; whatever goes wrong is an answer. ``sure_at``: the moment that the parent believes; where
    it believes none, or this process's clock says another day, nothing is done that cannot be taken back."""
    work, now = WORKS[name], clock()
    sure = sure_at is not None and Trust(sure_at).holds(seconds(now))
    if work.careful and not sure:
        return Answer("busy", "等电脑的时钟核对好再做")
    engine = open_database(config.database_url)
    try:
        with held(engine, "work", _WAIT_SECONDS) if work.alone else nullcontext():
            answer = work.do(engine, config, now, stop)
            told = work.tells and sure and answer.outcome == "done"
            return tell(engine, config, now, answer) if told else answer
    except Taken:
        return Answer("busy" if work.again else "failed", "前一个进程还没有结束")
    except StorageError as problem:
        return Answer("storage" if work.again else "failed", str(problem))
    except (
        Exception
    ) as problem:  # a fault of one work must not end the service; it is told as it is
        traceback.print_exc()
        return Answer("failed", f"程序出错（{type(problem).__name__}：{problem}），详见日志")
    finally:
        engine.dispose()


def _line() -> bytes:
    """The first line of standard input, read without a buffer: the rest of it belongs to the thread."""
    found = b""
    while not found.endswith(b"\n") and (part := os.read(_INPUT, 1)):
        found += part
    return found


def _until_let_go(stop: Event) -> None:
    while os.read(_INPUT, 4096):
        pass
    stop.set()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
