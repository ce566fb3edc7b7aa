"""Tags by hand: given, taken back, known by a moment, and what becomes of them when posts turn out to be one."""

from __future__ import annotations

import pytest

from storage import database
from storage.known import Known
from storage.writing import tags
from storage.writing.changes import Mistaken
from tests.storage.build import DAY, Store, epoch, post


def give(store: Store, tag: str, *posts: int) -> int:
    with database.writing(store.engine) as connection:
        return tags.give(connection, posts, tag, store.act("加标签"))


def take(store: Store, tag: str, *posts: int) -> int:
    with database.writing(store.engine) as connection:
        return tags.take(connection, posts, tag, store.act("去标签"))


def tagged(store: Store, tag: str, known_by: int | None = None) -> set[int]:
    with database.reading(store.engine) as connection:
        known = None if known_by is None else Known.by(connection, epoch(known_by))
        return tags.tagged(connection, [tag], known)[tag]


def three(store: Store) -> None:
    store.put([post(f"稿{n}", n, key=str(n), views=n) for n in (1, 2, 3)], DAY)


def test_given_and_taken_back_by_what_was_known(store: Store) -> None:
    three(store)
    before = store.clock
    assert give(store, "救援", 1, 2) == 2
    given = store.clock
    assert give(store, "救援", 2, 3) == 1  # 2 has it
    assert take(store, "救援", 1) == 1
    assert take(store, "救援", 1) == 0
    assert tagged(store, "救援", before) == set()
    assert tagged(store, "救援", given) == {1, 2}
    assert tagged(store, "救援") == {2, 3}
    assert give(store, "救援", 1) == 1
    assert tagged(store, "救援") == {1, 2, 3}
    with database.reading(store.engine) as connection:
        assert [(each.tag, each.posts) for each in tags.tags(connection)] == [("救援", 3)]
        assert tags.tags_of(connection, 2) == ["救援"]
    rows = store.rows("SELECT kind, target, author FROM change ORDER BY change_id")
    assert rows == [("tag", "tag:救援", "张三")] * 4


def test_a_merged_post_brings_its_tag(store: Store) -> None:
    # the same second on a full minute: likely one post retitled, a person decides
    store.put([post("旧题", 60, views=1)], DAY)
    store.put([post("新题", 60, views=2)], 2 * DAY)
    (pair,) = store.rows("SELECT pair_id, post_id, other_id FROM pair")
    assert set(pair[1:]) == {1, 2}
    give(store, "救援", 2)
    tagged_then = store.clock
    store.settle(pair[0], same=True)
    assert tagged(store, "救援") == {1}
    assert tagged(store, "救援", tagged_then) == {2}
    assert give(store, "救援", 1) == 0
    assert take(store, "救援", 2) == 1  # by its old number
    assert tagged(store, "救援") == set()


@pytest.mark.parametrize("tag", ["", "  ", "长" * 41, "两\n行"])
def test_what_is_no_tag(store: Store, tag: str) -> None:
    three(store)
    with pytest.raises(Mistaken, match="不能用"):
        give(store, tag, 1)
    assert store.count("tag") == 0


def test_a_post_that_is_not_there(store: Store) -> None:
    three(store)
    with pytest.raises(Mistaken, match="没有编号为 9 的作品"):
        give(store, "救援", 1, 9)
    assert store.count("tag") == 0


def test_a_tag_is_the_same_however_wide_it_is_typed() -> None:
    assert tags.cleaned(" ＡＩ 展播 ") == "AI 展播"
