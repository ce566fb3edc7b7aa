"""A process of its own that stores one large reading; test_durability kills it while it writes.

python -m tests.storage.killed DATABASE_URL ROUND
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from adapters.records import Post
from storage import database
from tests.storage.build import DAY, Store, post

POSTS = 6_000


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def records(round_: int) -> Iterator[Post]:
    for number in range(POSTS):
        if number == POSTS // 10:
            say("writing")
        yield post(
            f"稿{number}", number * 61, key=str(number), views=number * (round_ + 1), row=number + 2
        )
    say("read")


if __name__ == "__main__":
    url, round_text = sys.argv[1:]
    store = Store(database.open_database(url))
    store.clock += int(round_text) * 3_600
    stored = store.put(
        records(int(round_text)), (10 + int(round_text)) * DAY, source=f"{round_text}.xlsx"
    )
    say("stored")
