"""What is sent to whom: claimed before the network is touched, settled after. Times are UTC seconds.

A row is one message (``what`` it is, the ``subject`` it is about) to one recipient, for ever: it cannot be claimed
twice. ``claimed``: being sent, until ``next_try_at`` at the latest; past that, the process that sent it is dead and it
is not known whether it went out (``unclear``). ``waiting``: refused for the time being, tried again from
``next_try_at``. ``accepted``: a server took it, which does not say that anybody received it. ``refused``, and
``superseded`` (a newer one went out instead), are ends.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, Connection, func, select, update

from storage import schema
from storage.bulk import insert_rows, next_id

State = Literal["claimed", "waiting", "accepted", "refused", "unclear", "superseded"]
#: Longer than any try takes (collector.mail.smtp: ten steps of 30 s at most).
PATIENCE = 900
LOST = "发送途中程序被中断"
_AGAIN: tuple[State, ...] = ("waiting",)

_T = schema.delivery.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """``problem`` is in Chinese; ``path`` is the rendered message below the mail folder. ``claimed_at`` is the moment
    of the first try, ``settled_at`` of the newest answer."""

    number: int
    what: str
    subject: str
    recipient: str
    state: State
    claimed_at: int
    settled_at: int | None
    tries: int
    next_try_at: int | None
    problem: str | None
    path: str | None


def claim(
    connection: Connection,
    what: str,
    subject: str,
    recipient: str,
    now: int,
    *,
    path: str | None = None,
) -> int | None:
    """The number of a new delivery that the caller alone is to send; None where it is there already. To be committed
    before anything is sent."""
    return _insert(connection, what, subject, recipient, "claimed", now, path=path)


def line_up(
    connection: Connection, what: str, subject: str, recipient: str, now: int
) -> int | None:
    """The number of a new delivery that waits for its first try, by whoever claims it then (``claim_again``); None
    where it is there already."""
    return _insert(connection, what, subject, recipient, "waiting", now)


def claim_again(
    connection: Connection,
    number: int,
    now: int,
    *,
    states: Collection[State] = _AGAIN,
    path: str | None = None,
) -> bool:
    """Claim a delivery that was not accepted for another try; False where it is in none of ``states`` (any more). The
    day that a waiting one is given counts from its first try; another's from now."""
    row = connection.execute(select(_T.state, _T.claimed_at).where(_T.delivery_id == number)).one()
    if row.state not in states:
        return False
    changed: dict[str, object] = {} if path is None else {"path": path}
    connection.execute(
        update(schema.delivery)
        .where(_T.delivery_id == number)
        .values(
            state="claimed",
            claimed_at=row.claimed_at if row.state == "waiting" else now,
            tries=_T.tries + 1 if row.state == "waiting" else 1,
            next_try_at=now + PATIENCE,
            **changed,
        )
    )
    return True


def settle(
    connection: Connection,
    number: int,
    state: State,
    now: int,
    *,
    problem: str | None = None,
    next_try_at: int | None = None,
) -> None:
    """What came of a try. ``waiting`` needs ``next_try_at``; all but ``accepted`` have a ``problem``."""
    if (state == "waiting") is not (next_try_at is not None):
        raise ValueError("waiting, and nothing else, has a next try")
    connection.execute(
        update(schema.delivery)
        .where(_T.delivery_id == number)
        .values(state=state, settled_at=now, next_try_at=next_try_at, problem=problem)
    )


def supersede(
    connection: Connection, what: str, subject: str, recipient: str, now: int, by: str
) -> bool:
    """A newer message went instead of this one: it is not sent (any more). False where it has already been
    accepted, refused or claimed."""
    if _insert(connection, what, subject, recipient, "superseded", now, problem=by) is not None:
        return True
    found = one(connection, what, subject, recipient)
    if found is None or found.state != "waiting":
        return False
    settle(connection, found.number, "superseded", now, problem=by)
    return True


def waiting(connection: Connection, now: int, what: str | None = None) -> list[Delivery]:
    """Deliveries whose next try is due, the oldest first."""
    due = (_T.state == "waiting") & (_T.next_try_at <= now)
    return _found(connection, due if what is None else due & (_T.what == what))


def any_due(connection: Connection, now: int) -> bool:
    """Whether anything waits whose next try is due, or was claimed by a process that is dead."""
    due = _T.state.in_(("waiting", "claimed")) & (_T.next_try_at <= now)
    return connection.execute(select(_T.delivery_id).where(due).limit(1)).first() is not None


def unsent(connection: Connection) -> int:
    """How many are on their way: they wait, or are being sent."""
    query = select(func.count()).where(_T.state.in_(("waiting", "claimed")))
    return int(connection.execute(query).scalar_one())


def of(
    connection: Connection, what: str, subject: str | None = None, *, since: int = 0
) -> list[Delivery]:
    """Deliveries of a kind (about one subject), claimed from ``since`` on, the oldest first."""
    chosen = (_T.what == what) & (_T.claimed_at >= since)
    return _found(connection, chosen if subject is None else chosen & (_T.subject == subject))


def by_number(connection: Connection, number: int) -> Delivery:
    (found,) = _found(connection, _T.delivery_id == number)
    return found


def last(connection: Connection, what: str) -> Delivery | None:
    """The newest delivery of a kind that was tried; None where there is none."""
    found = _found(connection, (_T.what == what) & (_T.state != "superseded"))
    return max(found, key=lambda each: (each.claimed_at, each.number), default=None)


def lost(connection: Connection, now: int, what: str | None = None) -> list[Delivery]:
    """Claims of processes that are dead."""
    dead = (_T.state == "claimed") & (_T.next_try_at <= now)
    return _found(connection, dead if what is None else dead & (_T.what == what))


def abandon(connection: Connection, now: int, what: str | None = None) -> list[Delivery]:
    """Claims of processes that are dead become ``unclear``: they may or may not have gone out. Returns them."""
    dead = lost(connection, now, what)
    for each in dead:
        settle(connection, each.number, "unclear", now, problem=LOST)
    return [by_number(connection, each.number) for each in dead]


def one(connection: Connection, what: str, subject: str, recipient: str) -> Delivery | None:
    """The delivery of a message to a recipient; None where there is none."""
    same = (_T.what == what) & (_T.subject == subject) & (_T.recipient == recipient)
    return next(iter(_found(connection, same)), None)


def _found(connection: Connection, chosen: ColumnElement[bool]) -> list[Delivery]:
    query = select(schema.delivery).where(chosen).order_by(_T.claimed_at, _T.delivery_id)
    return [
        Delivery(number=row["delivery_id"], **{n: row[n] for n in row if n != "delivery_id"})
        for row in connection.execute(query).mappings()
    ]


def _insert(
    connection: Connection,
    what: str,
    subject: str,
    recipient: str,
    state: State,
    now: int,
    *,
    path: str | None = None,
    problem: str | None = None,
) -> int | None:
    """The number of a new delivery; None where it is there already."""
    if one(connection, what, subject, recipient) is not None:
        return None
    number = next_id(connection, _T.delivery_id)
    tried = state == "claimed"
    settled = now if state == "superseded" else None
    again = {"claimed": now + PATIENCE, "waiting": now}.get(state)
    row = (
        *(number, what, subject, recipient, state, now, settled),
        *(1 if tried else 0, again, problem, path),
    )
    insert_rows(connection, schema.delivery, [row])
    return number
