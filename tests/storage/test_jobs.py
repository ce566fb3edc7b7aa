"""The tables of the service: due times, starts, misses, and what was known of them when."""

from __future__ import annotations

from storage.database import reading, writing
from storage.operations import jobs
from storage.operations.jobs import Miss
from tests.storage.build import Store

HOUR, DAY = 3_600, 86_400
DAWN = 1_790_000_000  # any moment


def due(*numbers: int) -> list[int]:
    return [DAWN + number * HOUR for number in numbers]


def miss(first: int, last: int, number: int, why: str, made_up: int | None) -> Miss:
    return Miss(
        job="collect",
        first_due=DAWN + first * HOUR,
        last_due=DAWN + last * HOUR,
        number=number,
        why=why,
        made_up_at=made_up,
    )


def test_misses_in_a_row_are_one_and_known_from_when_they_were_noticed(store: Store) -> None:
    back = DAWN + 5 * HOUR + 600
    with writing(store.engine) as connection:
        jobs.begin_counting(connection, "collect", "0 * * * *", DAWN)
        (first,) = due(1)
        jobs.note_due(connection, "collect", [first], None)
        jobs.start(connection, "collect", first, first + 2, None)
        jobs.end(connection, "collect", first, first + 60, "done", run_id=7)
        jobs.note_due(connection, "collect", due(2, 3, 4, 5), "off")
        assert jobs.waiting(connection) == {"collect": DAWN + 5 * HOUR}
        assert jobs.misses(connection, 0, back) == ()  # nothing is missed that may still start
        jobs.start(connection, "collect", DAWN + 5 * HOUR, back, None)
        assert jobs.misses(connection, 0, back) == (miss(2, 5, 4, "off", None),)
        jobs.end(connection, "collect", DAWN + 5 * HOUR, back + 90, "done")
        assert jobs.waiting(connection) == {}
    with reading(store.engine) as connection:
        assert jobs.misses(connection, 0, back) == (miss(2, 5, 4, "off", back),)
        assert jobs.misses(connection, *due(3, 5)) == (miss(3, 4, 2, "off", back),)
        assert jobs.misses(connection, 0, back, known_by=back - 1) == ()
        assert jobs.misses(connection, 0, back, known_by=back) == (miss(2, 5, 4, "off", back),)
        assert jobs.counted(connection, "collect", back) == jobs.Counted(
            DAWN + 5 * HOUR, "0 * * * *"
        )
        assert jobs.last_runs(connection)["collect"].started_at == back


def test_a_start_that_was_cut_off_is_a_miss_until_it_is_made_up(store: Store) -> None:
    (first,), back = due(1), DAWN + 2 * HOUR
    with writing(store.engine) as connection:
        jobs.begin_counting(connection, "collect", "0 * * * *", DAWN)
        jobs.note_due(connection, "collect", [first], None)
        jobs.start(connection, "collect", first, first, None)
        assert jobs.cut_off(connection, back) == ["collect"]
        assert jobs.cut_off(connection, back + 1) == []
        assert jobs.waiting(connection) == {"collect": back}
        assert jobs.misses(connection, 0, back) == (miss(1, 1, 1, "interrupted", None),)
        assert jobs.misses(connection, 0, back, known_by=back - 1) == ()
        jobs.start(connection, "collect", back, back + 5, None)
        jobs.end(connection, "collect", back, back + 9, "failed", problem="出错")
        assert jobs.misses(connection, 0, back) == (miss(1, 1, 1, "interrupted", None),)
        jobs.note_due(connection, "collect", due(3), None)
        third, fourth = due(3, 4)
        jobs.start(connection, "collect", third, third, None)
        jobs.end(connection, "collect", third, fourth, "done")
        assert jobs.misses(connection, 0, back) == (miss(1, 1, 1, "interrupted", DAWN + 3 * HOUR),)


def test_a_job_that_is_dropped_and_taken_up_again_misses_nothing_between(store: Store) -> None:
    with writing(store.engine) as connection:
        assert jobs.counted(connection, "mail", DAWN + DAY) is None
        jobs.begin_counting(connection, "mail", "45 12 * * mon", DAWN)
        jobs.note_due(connection, "mail", due(1), None)
        jobs.drop(connection, "mail", DAWN + 2 * HOUR)
        assert jobs.counted(connection, "mail", DAWN + DAY) is None
        assert jobs.waiting(connection) == {}
        jobs.begin_counting(connection, "mail", "0 8 * * *", DAWN + 9 * HOUR)
        assert jobs.counted(connection, "mail", DAWN + DAY) == jobs.Counted(
            DAWN + 9 * HOUR, "0 8 * * *"
        )
        jobs.forget_future(connection, DAWN + 3 * HOUR)  # the clock had been ahead
        assert jobs.counted(connection, "mail", DAWN + DAY) is None


def test_the_life_of_the_service(store: Store) -> None:
    with writing(store.engine) as connection:
        assert jobs.service(connection) is None
        first = jobs.start_service(connection, "xmt-pc", 7, "0.1.0", DAWN)
        jobs.seen(connection, first, DAWN + 60)
        second = jobs.start_service(connection, "xmt-pc", 8, "0.1.0", DAWN + HOUR)
        jobs.stopped(connection, second, DAWN + 2 * HOUR)
        last = jobs.service(connection)
    assert last == jobs.Service(
        service_id=second,
        host="xmt-pc",
        pid=8,
        version="0.1.0",
        started_at=DAWN + HOUR,
        seen_at=DAWN + 2 * HOUR,
        stopped_at=DAWN + 2 * HOUR,
    )
