"""Announcements by mail: a real server, the message as it arrives, each address of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from tests.collector.mail.server import PASSWORD, USER, Authority, Script, authority, serving
from tests.collector.robots import CONFIG, PATHS, Room, room, said
from tests.server.site import Site
from tests.storage.build import DAY, post

HOUR = 3_600
NOON = 10 * DAY + 12 * HOUR
TO = ("zhuren@yunling.example.cn", "bianji@yunling.example.cn")


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("ca"))


@dataclass
class Post:
    """A room with mail, and the server's script."""

    room: Room
    script: Script

    def taken(self) -> list[tuple[str, EmailMessage]]:
        found = []
        for each in self.script.taken:
            (to,) = each.rcpt_tos
            assert isinstance(each.content, bytes)
            message = message_from_bytes(each.content, policy=default)
            assert isinstance(message, EmailMessage)
            found.append((to, message))
        return found


def configured(room_: Room, port: int, ca: Path, *lines: str) -> None:
    section = (
        f'[mail]\nhost = "127.0.0.1"\nport = {port}\nca_file = "{ca.as_posix()}"\nusername = "{USER}"\n'
        f'password_env = "MAIL_PASSWORD"\nfrom = "{USER}"\nto = ["{TO[0]}", "{TO[1]}"]\n'
    )
    text = f"{CONFIG}\n{section}" + "\n".join(lines)
    (room_.centre.folder / "config.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def letters(
    tmp_path: Path, site: Site, monkeypatch: pytest.MonkeyPatch, trusted: Authority
) -> Iterator[Post]:
    monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)
    script = Script()
    with serving(script, "ssl", trusted.context("127.0.0.1")) as port:
        made = room(tmp_path, site, monkeypatch)
        configured(made, port, trusted.file)
        yield Post(made, script)


def crossing(letters: Post, *numbers: int) -> None:
    for n in numbers:
        for before, views in ((4 * HOUR, 90_000), (HOUR, 105_200)):
            made = post(
                f"作品{n}", NOON - DAY, key=str(n), views=views, url=f"https://yunling.cn/{n}"
            )
            letters.room.store.put([made], NOON - before)


def test_a_hit_goes_to_each_address_and_the_chat(letters: Post) -> None:
    crossing(letters, 1)
    told = letters.room.tell(NOON)
    assert len(told.lines) == 3
    assert told.problems == ()
    assert len(letters.room.heard()) == 1
    assert [to for to, _ in letters.taken()] == list(TO)
    for to, message in letters.taken():
        assert message["To"] == to
        assert message["Subject"] == "爆款：云岭云“作品1”"
        assert message["From"].addresses[0].display_name == "云岭县融媒体中心 爆款"
        assert message["From"].addresses[0].addr_spec == USER
        assert message["Date"].datetime.isoformat() == "2026-01-11T12:00:00+08:00"
        assert message.get_content().splitlines() == [
            "【爆款】有作品越过界限",
            "云岭云 “作品1” 阅读量超10.5万人次（“10万+”）",
            "“10万+”在1月11日08:00至11:00之间越过",
            "https://yunling.cn/1",
        ]
    letters.room.tell(NOON + DAY)
    assert len(letters.taken()) == 2


def test_several_hits_are_one_mail(letters: Post) -> None:
    crossing(letters, 1, 2, 3)
    letters.room.tell(NOON)
    subjects = [message["Subject"] for _, message in letters.taken()]
    assert subjects == ["有作品越过界限（3条）"] * 2


@pytest.mark.parametrize(
    ("stage", "answer", "state"),
    [
        ("RCPT", "451 4.7.1 Greylisted", "waiting"),
        ("RCPT", "550 5.1.1 No such user", "refused"),
        ("AUTH", "535 Error: authentication failed", "refused"),
        ("dot", "hang up", "unclear"),
        ("connect", "hang up", "waiting"),
    ],
)
def test_mail_that_fails_does_not_stop_the_chat(
    letters: Post, stage: str, answer: str, state: str
) -> None:
    crossing(letters, 1)
    letters.script.answers = {stage: answer}
    letters.room.tell(NOON)
    assert [each for *_, each in letters.room.states()] == [state, state, "accepted"]
    letters.script.answers = {}
    letters.script.taken.clear()
    letters.room.tell(NOON + HOUR)
    assert len(letters.taken()) == (2 if state == "waiting" else 0)
    assert len(letters.room.heard()) == 1


def test_a_chat_that_fails_does_not_stop_mail(letters: Post) -> None:
    crossing(letters, 1)
    letters.room.site.routes[PATHS["wecombot"]] = said({"errcode": 93000})
    letters.room.tell(NOON)
    assert [each for *_, each in letters.room.states()] == ["accepted", "accepted", "refused"]


def test_without_its_password_mail_waits(letters: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    crossing(letters, 1)
    monkeypatch.delenv("MAIL_PASSWORD")
    told = letters.room.tell(NOON)
    assert "环境变量 MAIL_PASSWORD 没有设置" in told.problems[0]
    monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)
    letters.room.tell(NOON + 300)
    assert len(letters.taken()) == 2


def test_hits_are_mailed_only_where_wanted(letters: Post) -> None:
    config = letters.room.centre.folder / "config.toml"
    config.write_text(f"{config.read_text(encoding='utf-8')}hits = false\n", encoding="utf-8")
    crossing(letters, 1)
    letters.room.tell(NOON)
    assert letters.taken() == []
    assert len(letters.room.heard()) == 1
