"""What drips, and never ends by itself: each request has an end by the clock on the wall, and holds nobody else up."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import pytest
import responses

from adapters.contract import Account, Request
from adapters.errors import SourceError, Unreachable
from collector.announce import chats
from collector.bounded import TooLate, bounded, within
from collector.config.sections import MailConfig
from collector.fetching import fetch, politeness, ways
from collector.fetching.fetch import Fetcher, Manners, Own
from collector.fetching.hosts import addresses
from collector.fetching.politeness import Gate
from collector.fetching.sending import session
from collector.mail import smtp
from collector.service import heartbeat
from tests.collector.centre import centre
from tests.collector.network import NOW, Network
from tests.collector.test_own_sites import CENTRE, READER, account
from tests.server import faults
from tests.server import platforms as played
from tests.server.site import Reply, Site

pytestmark = pytest.mark.usefixtures("quick", "brief")
LONG = 8.0
OK = b"HTTP/1.1 200 OK\r\n"
DRIPS = {
    "a header": faults.endless(OK + b"X-Slow: ", b"a", LONG),
    "headers": faults.endless(OK, b"X-Slow: a\r\n", LONG, gap=0.1),
    "the first line": faults.endless(b"HTTP/1.1 2", b"0", LONG),
    "100 Continue": faults.endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n", LONG),
    "a body": faults.drip(LONG),
    "a chunked body": faults.endless(
        OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n", LONG
    ),
    "a chunk's size": faults.endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0", LONG),
    "a redirect's body": faults.endless(
        b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 99999\r\n\r\n", b"a", LONG
    ),
    "nothing": faults.silent(LONG),
}


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways, "PAGE_SECONDS", 1.5)


def real(**more: float) -> Fetcher:
    """A fetcher at the real time."""
    return Fetcher(
        manners={"portal": Manners(gap=0.0)},
        own={"ours": Own(inside=True)},
        contact="",
        deadline=time.monotonic() + more.get("seconds", 60),
        now=lambda: NOW,
        monotonic=time.monotonic,
        session=session(),
        resolve=addresses,
    )


def asked(made: Fetcher, url: str) -> float:
    """How long it takes until the page is given up."""
    began = time.monotonic()
    with pytest.raises(Unreachable):
        _, problem = made.fetch(
            READER, Account(id="ours", platform="portal", url=url), Request(url=url)
        )
        if problem is not None:
            raise problem
    return time.monotonic() - began


@pytest.mark.parametrize("what", DRIPS)
def test_whatever_drips_has_an_end(site: Site, what: str) -> None:
    site.routes["/a"] = DRIPS[what]
    assert asked(real(), f"{site.url}/a") < 3.0


@pytest.mark.parametrize("what", ["a header", "100 Continue", "a body"])
def test_robots_that_drip_have_an_end(site: Site, what: str) -> None:
    site.routes["/robots.txt"] = DRIPS[what]
    site.routes["/a"] = Reply(b"x")
    assert asked(real(), f"{site.url}/a") < 3.0


def test_a_chain_of_slow_redirects_has_an_end(site: Site) -> None:
    def slow(where: str) -> Callable[[object], Reply]:
        def answer(_seen: object) -> Reply:
            time.sleep(0.45)
            return faults.moved(where)

        return answer

    for number in range(9):
        site.routes[f"/{number}"] = slow(f"/{number + 1}")
    assert asked(real(), f"{site.url}/0") < 4.0


def test_a_handshake_that_drips_has_an_end(no_network: responses.RequestsMock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:  # takes connections, and says nothing
        url = f"https://127.0.0.1:{server.getsockname()[1]}/a"
        no_network.add_passthru(url.removesuffix("a"))
        assert asked(real(), url) < 6.0


def test_a_name_server_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> list[object]:
        time.sleep(LONG)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", never)
    monkeypatch.setattr("collector.fetching.hosts.NAME_SECONDS", 0.3)
    began = time.monotonic()
    assert addresses("slow.example.com") == []
    assert time.monotonic() - began < 2.0


def test_a_page_that_was_waited_for_in_vain_shuts_its_host(site: Site) -> None:
    site.routes["/a"] = DRIPS["a header"]
    made = real()
    asked(made, f"{site.url}/a")
    began = time.monotonic()
    with pytest.raises(SourceError, match="这次不再访问它"):
        made.fetch(
            READER,
            Account(id="ours", platform="portal", url=f"{site.url}/"),
            Request(url=f"{site.url}/b"),
        )
    assert time.monotonic() - began < 0.5


def test_a_host_that_is_slow_again_and_again_is_left_alone() -> None:
    gate = Gate(0.0, 1, time.monotonic)
    pages = 0
    while gate.shut is None:
        assert gate.enter(float("inf"), lambda _: False)
        gate.leave(60.0)
        pages += 1
    assert pages < 5
    brisk = Gate(0.0, 1, time.monotonic)
    for _ in range(3_000):
        brisk.leave(politeness.SLOW)
    assert brisk.shut is None


def test_a_host_that_asks_for_pauses_again_and_again_is_left_alone(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "LONGEST_PAUSE", 1.5)
    site.routes["/a"] = faults.status(429, Retry_After="1")
    made = real()
    with pytest.raises(SourceError, match="429"):
        _, problem = made.fetch(
            READER,
            Account(id="ours", platform="portal", url=site.url),
            Request(url=f"{site.url}/a"),
        )
        assert problem is not None
        raise problem
    assert len(site.asked("/a")) == 2


@pytest.fixture
def other(no_network: responses.RequestsMock) -> Iterator[Site]:
    with Site() as made:
        no_network.add_passthru(f"{made.url}/")
        yield made


@pytest.mark.parametrize("what", ["a header", "100 Continue", "a body"])
def test_a_run_ends_and_other_hosts_are_read(
    site: Site, other: Site, tmp_path: Path, what: str
) -> None:
    links = [f"/info/1034/{number}.htm" for number in range(1080, 1100)]
    text = CENTRE + account("slow", site.url, "inside = true")
    text += account("good", other.url, "inside = true")
    text += '\n[platforms.portal]\nrate = "1000/s"\nconcurrency = 4\n'
    site.routes["/xw/"] = played.portal_list(links)
    other.routes["/xw/"] = played.portal_list(links[:1])
    for link in links:
        site.routes[link] = DRIPS[what]
    other.routes[links[0]] = played.portal_article("春耕", "2026-10-30", views=77)
    net = Network(centre(tmp_path, text), other)
    began = time.monotonic()
    run = net.run()
    assert time.monotonic() - began < 15.0
    outcomes = {(each.account, each.outcome) for each in run.results if "/info/" in each.source}
    assert outcomes == {("slow", "unreachable"), ("good", "ok")}


def test_a_time_limit() -> None:
    began = time.monotonic()
    with pytest.raises(TooLate):
        within(0.2, lambda: time.sleep(LONG))
    assert time.monotonic() - began < 2.0
    assert within(LONG, lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        bounded(lambda: 1 // 0, lambda: False)


@contextmanager
def dripping(*lines: bytes) -> Iterator[int]:
    """A server that gives these lines in turn, each as soon as something was said to it (the first at once), and then
    a byte now and again without end."""

    def serve() -> None:
        there, _ = server.accept()
        with there, suppress(OSError):
            for number, line in enumerate(lines):
                if number:
                    there.recv(4_096)
                there.sendall(line)
            end = time.monotonic() + LONG
            while time.monotonic() < end:
                there.sendall(b"2")
                time.sleep(0.02)

    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


@pytest.mark.parametrize(
    ("lines", "state"),
    [
        ((b"",), "temporary"),
        ((b"220 a\r\n", b""), "temporary"),
        ((b"220 a\r\n", b"250 a\r\n", b"250 a\r\n", b"250 a\r\n", b"354 a\r\n", b""), "unclear"),
    ],
)
def test_a_mail_server_that_drips_has_an_end(
    monkeypatch: pytest.MonkeyPatch, lines: tuple[bytes, ...], state: str
) -> None:
    monkeypatch.setattr(smtp, "CONNECT_SECONDS", 0.5)
    monkeypatch.setattr(smtp, "WHOLE_SECONDS", 0.5)
    message = EmailMessage()
    message.set_content("周报")
    with dripping(*lines) as port:
        mail = MailConfig.model_validate(
            {
                "host": "127.0.0.1",
                "port": port,
                "security": "none",
                "from": "a@b.cn",
                "to": ("c@d.cn",),
            }
        )
        began = time.monotonic()
        assert smtp.send(mail, "", message, "c@d.cn").state == state
    assert time.monotonic() - began < 4.0


def test_a_chat_that_drips_has_an_end(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chats, "WHOLE_SECONDS", 0.5)
    site.routes["/robot"] = DRIPS["a header"]
    chat = replace(chats.CHATS["dingtalk"], address=lambda _plugin: f"{site.url}/robot")
    began = time.monotonic()
    answer = chats.post(chat, SimpleNamespace(verify_certificate=True), "好")
    assert answer.state == "unclear"
    assert time.monotonic() - began < 4.0


def test_a_monitor_that_drips_has_an_end(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "WHOLE_SECONDS", 0.5)
    site.routes["/beat"] = DRIPS["100 Continue"]
    began = time.monotonic()
    assert heartbeat.ask(f"{site.url}/beat")
    assert time.monotonic() - began < 4.0
