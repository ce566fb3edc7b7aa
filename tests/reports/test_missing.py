"""Misses in words."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from adapters.moments import SHANGHAI
from reports.figures import missing
from reports.figures.totals import Summary
from reports.periods import parse_period
from reports.summary import build
from storage.operations import jobs
from storage.operations.jobs import Miss
from tests.reports.county import CENTRE, county

NOW = datetime(2026, 10, 8, 9, 0, tzinfo=SHANGHAI)  # a Thursday


def at(text: str) -> int:
    return int(datetime.fromisoformat(f"2026-{text}:00+08:00").timestamp())


def miss(job: str, first: str, last: str, number: int, why: str, made_up: str | None) -> Miss:
    return Miss(
        job=job,
        first_due=at(first),
        last_due=at(last),
        number=number,
        why=why,
        made_up_at=None if made_up is None else at(made_up),
    )


@pytest.mark.parametrize(
    ("told", "line"),
    [
        (
            miss("collect", "10-07T02:00", "10-07T02:00", 1, "off", "10-07T08:10"),
            "周三 02:00 未运行（关机或服务停止），周三 08:10 补采",
        ),
        (
            miss("collect", "10-01T02:07", "10-03T08:07", 55, "asleep", "10-03T08:10"),
            "10月1日 02:07—10月3日 08:07 共55次未运行（电脑休眠），10月3日 08:10 补采",
        ),
        (
            miss("mail", "10-05T12:45", "10-05T12:45", 1, "interrupted", None),
            "周报邮件：周一 12:45 没有运行完（中途断电或被结束），还没有补发",
        ),
        (
            miss("quarter", "09-30T23:50", "09-30T23:50", 1, "busy", "10-01T00:40"),
            "季末采集：9月30日 23:50 未运行（前一项工作还没有做完），10月1日 00:40 补采",
        ),
    ],
)
def test_a_miss_in_words(told: Miss, line: str) -> None:
    assert missing.line(told, NOW) == line


def test_dates_where_a_document_is_read_later() -> None:
    told = miss("collect", "10-01T02:07", "10-03T08:07", 55, "storage", "10-03T08:10")
    assert (
        missing.line(told, NOW, weekdays=False)
        == "10月1日 02:07—10月3日 08:07 共55次未运行（数据库用不了），10月3日 08:10 补采"
    )
    late = datetime(2027, 1, 2, tzinfo=SHANGHAI)
    assert missing.moment(told.first_due, late) == "2026年10月1日 02:07"


def test_all_of_them_by_reason() -> None:
    told = [
        miss("collect", "10-01T02:07", "10-03T08:07", 55, "off", None),
        miss("collect", "10-05T02:07", "10-05T02:07", 1, "asleep", None),
        miss("collect", "10-06T02:07", "10-06T03:07", 2, "off", None),
    ]
    assert missing.totals(told) == "未按时运行58次（关机或服务停止57次、电脑休眠1次）"


def test_a_summary_states_when_nobody_was_looking(tmp_path: Path) -> None:
    def summary(known_by: datetime = NOW) -> Summary:
        return build(connection, CENTRE, parse_period("2026Q3"), "published", NOW, known_by)

    def note(made: Summary) -> str | None:
        return {each.id: each.text for each in made.sentences}.get("note.misses")

    back = at("09-30T08:10")
    with county(tmp_path) as connection:
        before = note(summary())
        jobs.begin_counting(connection, "collect", "7 2 * * *", at("06-01T00:00"))
        jobs.note_due(connection, "collect", [at("06-20T02:07")], "off")  # before the quarter
        jobs.note_due(connection, "collect", [at("09-28T02:07"), at("09-30T02:07")], "off")
        jobs.note_due(connection, "mail", [at("09-28T12:45")], "off")  # no observation is missing
        jobs.start(connection, "collect", at("09-30T02:07"), back, None)
        jobs.end(connection, "collect", at("09-30T02:07"), back + 60, "done")
        told = note(summary())
        not_yet = note(summary(datetime.fromtimestamp(back - 1, SHANGHAI)))
        for day in range(1, 13, 2):
            due = at(f"09-{day:02}T02:07")
            jobs.note_due(
                connection, "collect", [due, due + 86_400], None if day % 4 == 1 else "asleep"
            )
            jobs.start(connection, "collect", due + 86_400, due + 90_000, None)
            jobs.end(connection, "collect", due + 86_400, due + 90_060, "done")
        many = summary()
    assert before is None
    assert not_yet is None
    assert told == (
        "本期定时采集未按时运行2次（关机或服务停止2次）：9月28日 02:07—9月30日 02:07 共2次未运行"
        "（关机或服务停止），9月30日 08:10 补采。这些时候没有观测，数值取自前后的采集和文件。"
    )
    assert note(many) == (
        "本期定时采集未按时运行11次（关机或服务停止2次、电脑休眠6次、前一项工作还没有做完3次）："
        "逐条见下表。这些时候没有观测，数值取自前后的采集和文件。"
    )
    tables = [table for section in many.sections for table in section.tables]
    (table,) = (each for each in tables if each.id == "note.misses")
    assert table.rows[1] == (
        "9月3日 02:07—9月4日 02:07",
        2,
        "未运行（电脑休眠）",
        "9月4日 03:07 补采",
    )
    assert len(table.rows) == 7
