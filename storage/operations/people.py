"""People who may use the page, and how often a wrong password was given. Times are UTC seconds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from sqlalchemy import Connection, delete, insert, select

from adapters.moments import DAY
from storage import schema

Role = Literal["主任", "编辑", "管理员"]
#: Each role may do what the ones before it may.
ROLES: tuple[Role, ...] = get_args(Role)

#: Wrong passwords in a row that are forgiven; from then on each doubles the wait.
FORGIVEN = 5
_FIRST_WAIT, _LONGEST_WAIT = 30, 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person of the page. ``password`` is the hash of one."""

    name: str
    role: Role
    password: str
    added_at: int
    added_by: str


def people(connection: Connection) -> list[Person]:
    """Everyone who may sign in, by name."""
    table = schema.person
    rows = connection.execute(select(table).order_by(table.c.name))
    return [Person(**row._mapping) for row in rows]


def person(connection: Connection, name: str) -> Person | None:
    table = schema.person
    row = connection.execute(select(table).where(table.c.name == name)).first()
    return None if row is None else Person(**row._mapping)


def put(connection: Connection, someone: Person) -> None:
    """Add a person, or give a known one another role and password, who then waits for nothing."""
    table = schema.person
    connection.execute(delete(table).where(table.c.name == someone.name))
    row = {each: getattr(someone, each) for each in Person.__slots__}
    connection.execute(insert(table).values(row))
    succeeded(connection, [f"name:{someone.name}"])


def remove(connection: Connection, name: str) -> None:
    connection.execute(delete(schema.person).where(schema.person.c.name == name))


def waits_until(connection: Connection, subjects: Iterable[str]) -> int:
    """Until when one of ``subjects`` (a name, an address) must wait before it may try a password again; 0: not at all."""
    table = schema.sign_in
    found = connection.execute(select(table).where(table.c.subject.in_(list(subjects))))
    return max(
        (row.failed_at + _wait(row.failures) for row in found if _wait(row.failures)), default=0
    )


def _wait(failures: int) -> int:
    over = failures - FORGIVEN
    return 0 if over < 0 else min(_FIRST_WAIT << min(over, 10), _LONGEST_WAIT)


def failed(connection: Connection, subjects: Iterable[str], now: int) -> None:
    """Note a wrong password: from the fifth in a row on, each makes its subjects wait twice as long. What is a day old
    is forgotten."""
    table = schema.sign_in
    connection.execute(delete(table).where(table.c.failed_at < now - DAY))
    for subject in subjects:
        same = table.c.subject == subject
        before = connection.execute(select(table.c.failures).where(same)).scalar() or 0
        connection.execute(delete(table).where(same))
        connection.execute(
            insert(table).values(subject=subject, failures=before + 1, failed_at=now)
        )


def succeeded(connection: Connection, subjects: Iterable[str]) -> None:
    """Forget wrong passwords: the right one was given."""
    table = schema.sign_in
    connection.execute(delete(table).where(table.c.subject.in_(list(subjects))))
