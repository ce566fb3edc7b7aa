"""The wall clock is set while the service runs: it looks and works on, by a time of its own."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from collector.service import serving as real_time
from collector.service.serving import Serving
from collector.service.watching import Accepted
from collector.service.works import WorkResult
from tests.collector.centre import CONFIG, centre
from tests.collector.service.live import live, until
from tests.collector.service.simulated import quick_database
from tests.storage.build import SHANGHAI

EACH_MINUTE = CONFIG + '\n[schedule]\ncollect = "* * * * *"\n'
#: Where Debian, Fedora and those who build it themselves have it.
FAKETIME = next(
    (
        str(each)
        for place in ("lib/*/faketime", "lib64/faketime", "local/lib/faketime")
        for each in Path("/usr").glob(f"{place}/libfaketimeMT.so.1")
    ),
    "",
)


class Children:
    """Works that only say when they were asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def run(self, name: str, path: Path, config: str, sure_at: int | None) -> WorkResult:
        self.asked.append(name)
        return WorkResult("done")


@pytest.mark.parametrize("jumps", [(-40,), (40, -40), (400, -800)])
def test_turns_come_whatever_the_clock_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jumps: tuple[int, ...]
) -> None:
    monkeypatch.setattr(real_time, "TICK_SECONDS", 0.02)
    monkeypatch.setattr(real_time, "WATCH_SECONDS", 0.02)
    now = [datetime(2026, 10, 8, 6, 30, 30, tzinfo=SHANGHAI)]
    made = centre(tmp_path, CONFIG + '\n[schedule]\ncollect = "0 * * * *"\n')
    config = made.folder / "config.toml"
    engine = quick_database(tmp_path / "data.db", now[0])
    children = Children()
    going = Serving(
        accepted=Accepted(config),
        engine=engine,
        clock=lambda: now[0],
        still_held=lambda: True,
        set_up_logs=lambda _config: None,
        beat=lambda *_: None,
        children=children,  # type: ignore[arg-type]
    )
    watching = Thread(target=going.watch)
    watching.start()
    try:
        for days in jumps:
            now[0] += timedelta(days=days)
            seen = going.looked
            until(lambda seen=seen: going.looked > seen)  # type: ignore[misc]
            children.asked.clear()
            now[0] += timedelta(hours=1)
            until(lambda: "collect" in children.asked)
    finally:
        going.stop.set()
        watching.join()
        for each in going.threads.values():
            each.join()
        engine.dispose()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux" or not FAKETIME, reason="libfaketime is not installed")
@pytest.mark.parametrize("days", [(-40, 0), (40, 0)], ids=["back and forth", "ahead and back"])
def test_the_live_service_goes_on_when_the_clock_is_set(
    tmp_path: Path, days: tuple[int, int]
) -> None:
    made = centre(tmp_path, EACH_MINUTE)
    ahead = tmp_path / "ahead"
    ahead.write_text("+0\n")
    faked = {
        "LD_PRELOAD": FAKETIME,
        "FAKETIME_TIMESTAMP_FILE": str(ahead),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    with live(made, faked) as serving:
        for each in days:
            ahead.write_text(f"{each:+d}d\n")
            then = datetime.now(SHANGHAI) + timedelta(days=each)

            def collected(then: datetime = then) -> bool:
                """A pass that began by the clock as it was set, minutes at most before or after."""
                with closing(sqlite3.connect(made.folder / "data" / "baokuan.db")) as connection:
                    sql = "SELECT started_at FROM job WHERE name = 'collect' AND outcome = 'done'"
                    began = [row[0] for row in connection.execute(sql) if row[0]]
                return any(0 <= at - then.timestamp() < 300 for at in began)

            until(collected, 200)
        assert serving.stop() == 0
