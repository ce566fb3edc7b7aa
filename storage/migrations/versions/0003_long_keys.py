"""Long keys of posts are cut as storage.identity.keys cuts them: an index of PostgreSQL does not hold them whole, and a
post must be found again by the key that stands on record."""

import re

import sqlalchemy as sa
from alembic import op

from storage.identity.keys import LONGEST, stored

revision = "0003"
down_revision = "0002"

#: What sets apart the works of one file that share all else: the second is the key of the first with a turn.
_TURN = re.compile(r"(.+)(#\d+)", re.DOTALL)


def upgrade() -> None:
    """Rename the long keys. No post, no figure is touched."""
    table = sa.table("post_key", sa.column("account_id"), sa.column("key"))
    connection = op.get_bind()
    wanted = sa.select(table.c.account_id, table.c.key)
    long = connection.execute(wanted.where(sa.func.length(table.c.key) > LONGEST)).all()
    firsts = {_turned(key)[0] for _, key in long}
    known = {
        (account_id, key)
        for first in firsts
        for account_id, key in connection.execute(wanted.where(table.c.key == first))
    }
    for account_id, key in long:
        first, turn = _turned(key)
        is_turn = (account_id, first) in known  # else a title that ends in #2026
        same = (table.c.account_id == account_id) & (table.c.key == key)
        renamed = f"{stored(first)}{turn}" if is_turn else stored(key)
        connection.execute(table.update().where(same).values(key=renamed))


def _turned(key: str) -> tuple[str, str]:
    """A key before its turn, and the turn; all of it where it has none."""
    found = _TURN.fullmatch(key)
    return (key, "") if found is None else (found[1], found[2])
