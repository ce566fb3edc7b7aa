"""What people are told, and that they are told it once: hits, early words; whatever the chats do."""

from __future__ import annotations

import multiprocessing
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from apprise.plugins.wecombot import NotifyWeComBot

from adapters.records import about, at_least
from collector.announce import announcing, chats
from tests.collector import robots
from tests.collector.robots import CONFIG, PATHS, TAKEN, Room, room, said
from tests.server.faults import in_turn, reset, silent, status
from tests.server.site import Reply, Site
from tests.storage.build import DAY, post

HOUR = 3_600
#: 2026-01-11 12:00 in Shanghai, in seconds after START.
NOON = 10 * DAY + 12 * HOUR


@pytest.fixture
def chat(tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch) -> Room:
    return room(tmp_path, site, monkeypatch)


def crossing(chat: Room, *looks: tuple[int, object], key: str = "1", **others: object) -> None:
    """A post of 2026-01-10 12:00 with these views, each seen so many seconds before NOON."""
    for before, views in looks:
        made = post(
            f"作品{key}",
            NOON - DAY,
            key=key,
            views=views,
            url=f"https://yunling.cn/{key}",
            **others,
        )
        chat.store.put([made], NOON - before)


def test_a_hit_is_told_once(chat: Room) -> None:
    crossing(chat, (4 * HOUR, 90_000), (HOUR, 105_200))
    told = chat.tell(NOON)
    (text,) = chat.heard()
    assert text.split("\n") == [
        "【爆款】有作品越过界限",
        "云岭云 “作品1” 阅读量超10.5万人次（“10万+”）",
        "“10万+”在1月11日08:00至11:00之间越过",
        "https://yunling.cn/1",
    ]
    assert [line.partition("：")[2] for line in told.lines] == ["爆款 1 条，企业微信已接收"]
    assert told.problems == ()
    for later in (0, 60, HOUR, 5 * DAY):
        assert chat.tell(NOON + later) == type(told)()
    assert len(chat.heard()) == 1
    assert chat.states() == [("hit", "1:views:100000", "accepted")]


def test_a_hundred_wan_is_told_of_itself(chat: Room) -> None:
    crossing(chat, (9 * HOUR, 500), (4 * HOUR, 105_000))
    chat.tell(NOON)
    crossing(chat, (3 * HOUR, 700_000))
    chat.tell(NOON)
    crossing(chat, (0, 1_052_000))
    chat.tell(NOON)
    assert [text.split("\n")[1:3] for text in chat.heard()] == [
        [
            "云岭云 “作品1” 阅读量10.5万人次（“10万+”）",
            "“10万+”在1月11日03:00至08:00之间越过",
        ],
        [
            "云岭云 “作品1” 阅读量超105万人次（“100万+”）",
            "“100万+”在1月11日09:00至12:00之间越过",
        ],
    ]


def test_both_at_once_are_one_message_and_both_are_marked(chat: Room) -> None:
    crossing(chat, (HOUR, 1_052_000))
    chat.tell(NOON)
    (text,) = chat.heard()
    assert text.split("\n") == [
        "【爆款】有作品越过界限",
        "云岭云 “作品1” 阅读量超105万人次（“100万+”）",
        "“100万+”1月11日11:00首次看到时已越过",
        "“10万+”1月11日11:00首次看到时已越过",
        "https://yunling.cn/1",
    ]
    assert chat.states() == [
        ("hit", "1:views:1000000", "accepted"),
        ("hit", "1:views:100000", "accepted"),
    ]


def test_a_bound_is_told_as_what_it_proves(chat: Room) -> None:
    crossing(chat, (HOUR, at_least(100_001)))
    crossing(chat, (HOUR, about(100_000, 10_000, cut=None)), key="2")  # 10万, perhaps rounded up
    chat.tell(NOON)
    (text,) = chat.heard()
    assert text.split("\n")[1] == "云岭云 “作品1” 阅读量超10万人次（“10万+”）"
    assert "100万" not in text
    assert "作品2" not in text


def test_another_metric_stands_in_the_same_entry(chat: Room) -> None:
    crossing(chat, (HOUR, 105_000), likes=12_000)
    chat.tell(NOON)
    (text,) = chat.heard()
    assert text.split("\n")[1:-1] == [
        "云岭云 “作品1” 点赞1.2万次（“1万+”）",
        "“1万+”1月11日11:00首次看到时已越过",
        "云岭云 “作品1” 阅读量10.5万人次（“10万+”）",
        "“10万+”1月11日11:00首次看到时已越过",
    ]


def test_others_hits_are_not_ours_to_tell(chat: Room) -> None:
    chat.store.put([post("邻县的", NOON - DAY, key="9", views=300_000)], NOON, account="b")
    chat.tell(NOON)
    assert chat.heard() == []
    assert chat.states() == []


#: Published and looked at so many days before NOON; views then; whether it is news (a week is the limit).
AGES: list[tuple[str, int | None, list[tuple[int, int]], bool]] = [
    ("looked at long ago", 60, [(30, 200_000)], False),
    ("young, first seen above", 2, [(0, 200_000)], True),
    ("old, first seen above: nobody knows when it crossed", 60, [(0, 200_000)], False),
    ("old, but seen to cross now", 60, [(20, 90_000), (0, 200_000)], True),
    ("seen to cross eight days ago", 60, [(9, 90_000), (8, 200_000)], False),
    ("seen to cross six days ago", 60, [(9, 90_000), (6, 200_000)], True),
    ("of unknown age, first seen above", None, [(0, 200_000)], False),
]


@pytest.mark.parametrize(
    ("published", "looks", "told"), [a[1:] for a in AGES], ids=[a[0] for a in AGES]
)
def test_only_news_is_told(
    chat: Room, published: int | None, looks: list[tuple[int, int]], told: bool
) -> None:
    start = 100 * DAY
    born = None if published is None else start - published * DAY
    for before, views in looks:
        made = post("作品", born, key="1", views=views)
        chat.store.put([made], start - before * DAY)
    chat.tell(start)
    assert len(chat.heard()) == told
    assert chat.store.count("hit") == 1
    assert [row[0] is None for row in chat.store.rows("SELECT announced_at FROM hit")] == [False]


def test_a_first_import_of_old_files_tells_nothing_old_and_records_all(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = room(tmp_path, site, monkeypatch)
    old = [post(f"旧{n}", n * DAY, key=f"o{n}", views=100_000 + n) for n in range(300)]
    new = post("新作品", 398 * DAY, key="n", views=150_000, url="https://yunling.cn/n")
    made.store.put([*old, new], 400 * DAY)
    made.tell(400 * DAY)
    assert made.store.count("hit") == 301
    (text,) = made.heard()
    assert "“新作品”" in text
    assert "旧" not in text
    # a higher age later does not bring them back
    made.centre.folder.joinpath("config.toml").write_text(
        f"{CONFIG}max_age_days = 1000\n", encoding="utf-8"
    )
    made.tell(400 * DAY + HOUR)
    assert len(made.heard()) == 1


def test_a_hit_taken_back_before_it_was_told_is_not_told(chat: Room) -> None:
    crossing(chat, (4 * HOUR, 90_000), (HOUR, 105_000))
    chat.site.routes[PATHS["wecombot"]] = status(503)
    chat.tell(NOON)
    chat.store.retract(2)
    chat.site.routes[PATHS["wecombot"]] = said(TAKEN["wecombot"])
    chat.tell(NOON + 300)
    assert len(chat.heard()) == 1  # the one that was not taken
    assert chat.states() == [("hit", "1:views:100000", "superseded")]
    crossing(chat, (-HOUR, 110_000))
    chat.tell(NOON + HOUR)
    assert len(chat.heard()) == 1  # told once in its life: it had been on its way


#: Minutes of further tries: after 5, 10, 20, 40, 60 more, then every two hours; 1335 is the last within the day.
TRIES = (5, 15, 35, 75, 135, *range(255, 1_336, 120))
#: What a robot answers in turn; what is stored after the first announcement, after five minutes, after a day of tries.
LIMIT = said({"errcode": 45009, "errmsg": "api freq out of limit"})
ENDS: list[tuple[str, list[Reply], str, str, str, int]] = [
    (
        "busy, then taken",
        [status(503), said(TAKEN["wecombot"])],
        "waiting",
        "accepted",
        "accepted",
        2,
    ),
    (
        "too often, then taken",
        [LIMIT, said(TAKEN["wecombot"])],
        "waiting",
        "accepted",
        "accepted",
        2,
    ),
    ("429 for ever", [status(429)], "waiting", "waiting", "refused", 16),
    (
        "an error in a 200",
        [said({"errcode": 93000, "errmsg": "invalid webhook url"})],
        "refused",
        "refused",
        "refused",
        1,
    ),
    ("no such robot", [status(404)], "refused", "refused", "refused", 1),
    ("not what a robot says", [status(200, b"<html>")], "refused", "refused", "refused", 1),
    ("no answer: it may have arrived", [reset()], "unclear", "unclear", "unclear", 1),
]


@pytest.mark.parametrize(
    ("answers", "first", "second", "last", "sent"), [e[1:] for e in ENDS], ids=[e[0] for e in ENDS]
)
def test_what_becomes_of_a_message(
    chat: Room, answers: list[Reply], first: str, second: str, last: str, sent: int
) -> None:
    crossing(chat, (4 * HOUR, 90_000), (HOUR, 105_000))
    chat.site.routes[PATHS["wecombot"]] = in_turn(*answers)
    told = chat.tell(NOON)
    assert [state for *_, state in chat.states()] == [first]
    assert len(told.problems) == 1
    assert len(chat.heard()) == 1
    for try_, minutes in enumerate(TRIES, 1):
        chat.tell(NOON + minutes * 60 - 1)
        assert len(chat.heard()) <= try_  # no earlier than that
        chat.tell(NOON + minutes * 60)
        if try_ == 1:
            assert [state for *_, state in chat.states()] == [second]
    chat.tell(NOON + 2 * DAY)
    assert [state for *_, state in chat.states()] == [last]
    assert len(chat.heard()) == sent


def test_a_robot_that_does_not_answer_in_time(chat: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chats, "READ_SECONDS", 0.1)
    crossing(chat, (4 * HOUR, 90_000), (HOUR, 105_000))
    chat.site.routes[PATHS["wecombot"]] = silent(0.4)
    told = chat.tell(NOON)
    assert "可能已经发出" in told.problems[0]
    chat.tell(NOON + DAY)
    assert [state for *_, state in chat.states()] == ["unclear"]
    assert len(chat.heard()) == 1


def test_a_robot_that_cannot_be_reached_waits(chat: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    there = NotifyWeComBot.notify_url
    crossing(chat, (4 * HOUR, 90_000), (HOUR, 105_000))
    monkeypatch.setattr(NotifyWeComBot, "notify_url", "http://127.0.0.1:9/{key}")
    told = chat.tell(NOON)
    assert "连不上企业微信" in told.problems[0]
    monkeypatch.setattr(NotifyWeComBot, "notify_url", there)
    chat.tell(NOON + 300)
    assert [state for *_, state in chat.states()] == ["accepted"]
    assert len(chat.heard()) == 1


def test_one_that_fails_does_not_stop_the_others(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = room(tmp_path, site, monkeypatch, robots=("wecombot", "dingtalk", "feishu", "lark"))
    site.routes[PATHS["wecombot"]] = said({"errcode": 93000})
    site.routes[PATHS["feishu"]] = status(500)
    crossing(made, (4 * HOUR, 90_000), (HOUR, 105_000))
    told = made.tell(NOON)
    assert [len(made.heard(kind)) for kind in PATHS] == [1, 1, 1, 1]
    assert [state for *_, state in made.states()] == ["refused", "accepted", "waiting", "accepted"]
    assert len(told.lines) == len(told.problems) == 2


@pytest.mark.parametrize("moment", ["before it was sent", "after it was sent"])
def test_killed_on_the_way(chat: Room, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    """A claim that was never settled is 不明 and never sent again; what was not yet claimed is sent."""
    crossing(chat, (4 * HOUR, 90_000), (HOUR, 105_000))

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    if moment == "before it was sent":
        monkeypatch.setattr(announcing, "_claim", die)
    else:
        monkeypatch.setattr(announcing, "_settle", die)
    with pytest.raises(Killed):
        chat.tell(NOON)
    monkeypatch.undo()
    robots.at_home(chat.site, monkeypatch)
    sent = [] if moment == "before it was sent" else [1]
    assert len(chat.heard()) == len(sent)
    chat.tell(NOON + 60)
    told = chat.tell(NOON + HOUR)
    assert len(chat.heard()) == 1
    if sent:
        assert [state for *_, state in chat.states()] == ["unclear"]
        assert "是否发出不明" in told.problems[0]
        assert chat.tell(NOON + 2 * HOUR).problems == ()
    else:
        assert [state for *_, state in chat.states()] == ["accepted"]


def test_two_processes_tell_it_once(chat: Room) -> None:
    """Six at the same time, each with a connection of its own; the robot takes its time."""
    crossing(chat, (4 * HOUR, 90_000), (HOUR, 105_000))
    crossing(chat, (4 * HOUR, 90_000), (HOUR, 106_000), key="2")
    chat.site.delay = 0.05
    with ThreadPoolExecutor(6) as pool:
        for each in [pool.submit(chat.tell, NOON + n) for n in range(6)]:
            each.result()
    texts = "\n".join(chat.heard())
    assert [texts.count(f"https://yunling.cn/{n}") for n in (1, 2)] == [1, 1]
    assert [state for *_, state in chat.states()] == ["accepted", "accepted"]


def test_many_hits_are_few_messages_and_each_is_told_once(chat: Room) -> None:
    """40 posts of some 140 bytes; 企业微信 takes 2048 at a time and the third message fails at first."""
    for n in range(40):
        crossing(chat, (HOUR, 105_000 + 1_000 * n), key=f"{n:02}")
    taken = said(TAKEN["wecombot"])
    chat.site.routes[PATHS["wecombot"]] = in_turn(taken, taken, status(500), taken)
    chat.tell(NOON)
    assert len(chat.heard()) == 3
    waiting = [state for *_, state in chat.states()].count("waiting")
    assert 0 < waiting < 40
    chat.tell(NOON + 300)
    first, second, _failed, *rest = chat.heard()
    assert all(len(text.encode()) <= 2_048 for text in chat.heard())
    assert first.startswith("【爆款】有作品越过界限（1/")
    texts = "\n".join((first, second, *rest))
    assert [texts.count(f"https://yunling.cn/{n:02}") for n in range(40)] == [1] * 40
    assert {state for *_, state in chat.states()} == {"accepted"}


def test_chats_that_config_does_not_name_properly(chat: Room) -> None:
    """What waited for them goes out when they are named, to each that has not had it."""
    crossing(chat, (HOUR, 105_000))
    addresses = chat.centre.folder / "robots.txt"
    addresses.write_text(f"wecombot://\n{robots.ADDRESSES['lark']}\n", encoding="utf-8")
    told = chat.tell(NOON)
    assert told.problems == (
        "群通知：爆款 1 条，[notify]：第1行的地址看不懂，请照手册核对（例如 wecombot://机器人的key/）",
    )
    assert [state for *_, state in chat.states()] == ["accepted", "waiting"]
    addresses.write_text("\n".join(robots.ADDRESSES.values()), encoding="utf-8")
    chat.tell(NOON + HOUR)
    assert [len(chat.heard(kind)) for kind in PATHS] == [1, 1, 1, 1]
    states = [state for *_, state in chat.states()]
    assert states == ["accepted", "superseded", "accepted", "accepted", "accepted"]
    chat.tell(NOON + DAY)
    assert [len(chat.heard(kind)) for kind in PATHS] == [1, 1, 1, 1]


def test_chats_that_are_never_named_properly(chat: Room) -> None:
    crossing(chat, (HOUR, 105_000))
    (chat.centre.folder / "robots.txt").unlink()
    for minutes in (0, *TRIES):
        chat.tell(NOON + minutes * 60)
    assert chat.states() == [("hit", "1:views:100000", "refused")]
    (row,) = chat.store.rows("SELECT problem FROM delivery")
    assert row[0].startswith("试了一天没有发成：[notify]：读不了 robots.txt")


def test_nobody_to_tell_leaves_it_new(chat: Room) -> None:
    crossing(chat, (HOUR, 105_000))
    config = chat.centre.folder / "config.toml"
    config.write_text(CONFIG.replace('urls_file = "robots.txt"', ""), encoding="utf-8")
    assert chat.tell(NOON).lines == ()
    assert chat.states() == []
    config.write_text(CONFIG, encoding="utf-8")
    chat.tell(NOON)
    assert len(chat.heard()) == 1


def test_a_robot_taken_out_of_config(chat: Room) -> None:
    crossing(chat, (HOUR, 105_000))
    chat.site.routes[PATHS["wecombot"]] = status(500)
    chat.tell(NOON)
    (chat.centre.folder / "robots.txt").write_text(robots.ADDRESSES["lark"], encoding="utf-8")
    told = chat.tell(NOON + HOUR)
    assert "已没有这个收件人" in told.problems[0]
    assert [state for *_, state in chat.states()] == ["refused"]
    assert chat.heard("lark") == []


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")
def test_processes_one_of_them_killed(chat: Room) -> None:
    """Processes at once, the first killed before it could note that its message went out."""
    crossing(chat, (4 * HOUR, 90_000), (HOUR, 105_000))
    folder, url = str(chat.centre.folder), chat.site.url
    spawn = multiprocessing.get_context("forkserver")
    spawn.set_forkserver_preload([robots.__name__])  # what they need is imported once
    first = spawn.Process(target=robots.announce_at, args=(folder, url, NOON, "_settle"))
    first.start()
    first.join()
    assert first.exitcode == -signal.SIGKILL
    crossing(chat, (2 * HOUR, 90_000), (HOUR, 106_000), key="2")
    others = [
        spawn.Process(target=robots.announce_at, args=(folder, url, NOON + 1_000)) for _ in range(3)
    ]
    for each in others:
        each.start()
    for each in others:
        each.join()
    assert [each.exitcode for each in others] == [0, 0, 0]
    texts = "\n".join(chat.heard())
    assert [texts.count(f"https://yunling.cn/{n}") for n in (1, 2)] == [1, 1]
    assert chat.states() == [
        ("hit", "1:views:100000", "unclear"),
        ("hit", "2:views:100000", "accepted"),
    ]


def test_an_early_word_is_marked_and_told_once_and_the_hit_is_told_as_well(chat: Room) -> None:
    """Ten posts had 1000 … 10000 views after three and a half hours: the upper of the middle two is 6000."""
    for n in range(1, 11):
        moment = NOON - n * DAY
        made = post(f"旧{n}", moment, key=f"o{n}", views=1_000 * n)
        chat.store.put([made], moment + 3 * HOUR + 1_800)
    young = {"key": "y", "url": "https://yunling.cn/y"}
    chat.store.put([post("新", NOON, views=37_500, **young)], NOON + 3 * HOUR)
    chat.tell(NOON + 3 * HOUR)
    chat.tell(NOON + 4 * HOUR)
    (text,) = chat.heard()
    assert text.split("\n") == [
        "【爆款】预警：苗头，还不是爆款",
        "云岭云 “新” 发布3小时，阅读量超3.7万人次",
        "达到本账号同龄作品中位数的6.2倍",  # 6.25
        "（中位数6000人次，共10篇，都取发布后3小时至4小时的数；本作品取1月11日15:00的数）",
        "https://yunling.cn/y",
    ]
    chat.store.put([post("新", NOON, views=101_000, **young)], NOON + 5 * HOUR)
    chat.tell(NOON + 5 * HOUR)
    assert [t.split("\n")[0] for t in chat.heard()] == [
        "【爆款】预警：苗头，还不是爆款",
        "【爆款】有作品越过界限",
    ]
    assert chat.states() == [("early", "11", "accepted"), ("hit", "11:views:100000", "accepted")]


def test_an_early_word_that_waited_until_it_was_a_hit_is_dropped(chat: Room) -> None:
    for n in range(1, 11):
        moment = NOON - n * DAY
        chat.store.put([post(f"旧{n}", moment, key=f"o{n}", views=100)], moment + 3 * HOUR)
    chat.store.put([post("新", NOON, key="y", views=5_000)], NOON + 3 * HOUR)
    chat.site.routes[PATHS["wecombot"]] = status(503)
    chat.tell(NOON + 3 * HOUR)
    chat.site.routes[PATHS["wecombot"]] = said(TAKEN["wecombot"])
    chat.store.put([post("新", NOON, key="y", views=150_000)], NOON + 4 * HOUR)
    chat.tell(NOON + 4 * HOUR)
    assert chat.states() == [
        ("early", "11", "superseded"),
        ("hit", "11:views:100000", "accepted"),
    ]
    assert len(chat.heard()) == 2


@pytest.mark.parametrize("early", [0, 60])
def test_no_early_word_where_config_wants_none(chat: Room, early: int) -> None:
    config = chat.centre.folder / "config.toml"
    config.write_text(f"{CONFIG}early = {early}\n", encoding="utf-8")
    for n in range(1, 11):
        moment = NOON - n * DAY
        chat.store.put([post(f"旧{n}", moment, key=f"o{n}", views=100)], moment + 3 * HOUR)
    chat.store.put([post("新", NOON, key="y", views=5_000)], NOON + 3 * HOUR)
    chat.tell(NOON + 3 * HOUR)
    assert chat.heard() == []
