"""A centre on PostgreSQL whose server, or whose session, is lost in the middle of ``collect now``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, Engine, event

from collector.app import App
from collector.cli import main
from storage.database import reading
from tests.collector.centre import CONFIG, Centre
from tests.storage.conftest import administered
from tests.storage.engines import PostgresServer, postgres_server, why_no_postgres

FILES = {
    f"9月{day}日.csv": [
        (f"稿{day}-{each}", f"2026-09-0{day} 08:00", day * 1_000) for each in "甲乙"
    ]
    for day in (1, 2, 3)
}
#: What is told of each post once all is stored: from the files, not from the program.
TRUTH = sorted((title, views) for lines in FILES.values() for title, _, views in lines)
#: When a session is ended: as a transaction begins (one that reads, or the next file's), or with all said but not committed.
MOMENTS = [("begin", 6), ("begin", 8), ("begin", 11), ("commit", 2), ("commit", 4), ("commit", 7)]


@pytest.fixture(scope="module")
def started() -> Iterator[PostgresServer]:
    why = why_no_postgres()
    if why is not None:
        pytest.skip(why)
    with postgres_server() as server:
        yield server


@pytest.fixture
def there(started: PostgresServer, tmp_path: Path) -> Centre:
    """A centre with three files in its inbox, in a schema of its own."""
    url = f"{started.url}?schema=s{abs(hash(tmp_path))}"
    text = CONFIG.replace("[web]", f'[storage]\nurl = "{url}"\n\n[web]')
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    centre = Centre(tmp_path)
    for name, lines in FILES.items():
        centre.douyin(name, lines)
    assert run(centre.app, "status").exit_code == 0  # the tables are made
    return centre


def run(app: App, *arguments: str) -> Result:
    try:
        return CliRunner().invoke(main, list(arguments), obj=app, catch_exceptions=False)
    finally:
        app.close()


def when(engine: Engine, moment: str, place: int, act: Callable[[Connection], None]) -> list[int]:
    """Do ``act`` at the ``place``-th time that a transaction begins or is about to be committed."""
    times, done = count(1), list[int]()

    def came(connection: Connection, *_: Any) -> None:
        if next(times) == place:
            done.append(place)
            act(connection)

    event.listen(engine, moment, came)
    return done


def stored(app: App) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """Posts with their views, and how often each file was imported."""
    with reading(app.engine) as connection:
        posts = connection.exec_driver_sql(
            "SELECT title, views FROM post JOIN latest USING (post_id) ORDER BY title"
        ).all()
        files = connection.exec_driver_sql(
            "SELECT source, count(*) FROM attempt WHERE outcome = 'ok' GROUP BY source ORDER BY source"
        ).all()
    app.close()
    return [tuple(each) for each in posts], [tuple(each) for each in files]


def whole(app: App) -> None:
    """Of each file all or nothing is stored."""
    posts, files = stored(app)
    assert posts == sorted((title, views) for name, _ in files for title, _, views in FILES[name])


def goes_on(there: Centre) -> None:
    """The next pass takes in what is left, and nothing twice."""
    result = run(there.app, "now")
    assert result.exit_code == 0, result.output
    posts, files = stored(there.app)
    assert posts == TRUTH
    assert files == [(name, 1) for name in sorted(FILES)]
    assert run(there.app, "rebuild", "--check").exit_code == 0


def end_session(connection: Connection) -> None:
    url = connection.engine.url
    held: Any = connection.connection.dbapi_connection
    with administered(url) as admin:
        admin.exec_driver_sql(f"SELECT pg_terminate_backend({held.info.backend_pid}, 5000)")


@pytest.mark.parametrize(("moment", "place"), MOMENTS)
def test_a_session_is_ended(there: Centre, moment: str, place: int) -> None:
    app = there.app
    done = when(app.engine, moment, place, end_session)
    result = run(app, "now")
    assert done
    assert result.exit_code == 1
    assert "已存的不受影响" in result.output
    whole(there.app)
    goes_on(there)


def test_the_server_is_lost(there: Centre, started: PostgresServer) -> None:
    app = there.app
    done = when(app.engine, "commit", 4, lambda _: started.stop())
    result = run(app, "now")
    assert done
    assert result.exit_code == 1
    assert "已存的不受影响" in result.output
    started.start()
    whole(there.app)
    goes_on(there)
