"""Requests one by one: who is asked how, what is tried again, what is not followed. Nobody really waits."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import requests
import responses

from adapters.contract import Account, Adapter, Page, Request
from adapters.errors import Blocked, LoginExpired, Refused, SourceError, Unreachable
from collector.fetching import fetch, received
from collector.fetching.fetch import Fetcher, Manners
from collector.fetching.received import retry_after
from collector.fetching.sending import session
from tests.collector.clock import Clock

HOST, OTHER = "www.yunling.gov.cn", "img.yunling.gov.cn"
URL = f"https://{HOST}/a.html"
ACCOUNT = Account(id="site", platform="portal", url=f"https://{HOST}/")
ADAPTER = Adapter(
    name="x",
    platforms=frozenset({"portal"}),
    hosts=(HOST, OTHER),
    headers={"User-Agent": "Mozilla/5.0 (X11)", "Accept": "text/html"},
)
Mock = responses.RequestsMock


def fetcher(clock: Clock, **more: Any) -> Fetcher:
    given: dict[str, Any] = {
        "manners": {"portal": Manners(gap=3.0, cookie="sid=secret-of-ours")},
        "contact": "xmt@yunling.gov.cn",
        "deadline": clock.seconds + 7_200,
        "now": lambda: datetime(2026, 11, 1, 12, tzinfo=UTC),
        "monotonic": clock,
        "session": session(),
        "stop": clock,
        "resolve": lambda _host: ["93.184.215.14"],
        "uniform": lambda low, _high: low,
    }
    return Fetcher(**{**given, **more})


def get(made: Fetcher, url: str = URL, adapter: Adapter = ADAPTER, **more: Any) -> Page:
    """The page, or the problem raised."""
    page, problem = made.fetch(adapter, ACCOUNT, Request(url=url), more.pop("conditions", None))
    if problem is not None:
        raise problem
    return page


@pytest.fixture
def web(no_network: Mock) -> Mock:
    """A host without robots.txt."""
    no_network.get(f"https://{HOST}/robots.txt", status=404)
    return no_network


def test_what_is_sent(web: Mock) -> None:
    web.get(URL, "好")
    page = get(fetcher(Clock()), conditions={"If-None-Match": '"1"'})
    assert page.body == "好".encode()
    sent = web.calls[-1].request.headers
    assert sent["User-Agent"].startswith("Mozilla/5.0 (X11) baokuan/")
    assert sent["User-Agent"].endswith(" (+xmt@yunling.gov.cn)")
    assert "python" not in sent["User-Agent"].lower()
    assert sent["Cookie"] == "sid=secret-of-ours"
    assert sent["If-None-Match"] == '"1"'
    robots = web.calls[0].request.headers
    assert "Cookie" not in robots
    assert "If-None-Match" not in robots
    assert "baokuan/" in robots["User-Agent"]


def test_a_program_without_contact_says_its_name_all_the_same(web: Mock) -> None:
    web.get(URL, "x")
    get(fetcher(Clock(), contact=""))
    name = web.calls[-1].request.headers["User-Agent"]
    assert name.rpartition(" ")[2].startswith("baokuan/")


def test_robots_are_asked_for_once_and_their_delay_is_kept(no_network: Mock) -> None:
    no_network.get(f"https://{HOST}/robots.txt", "User-agent: *\nCrawl-delay: 10")
    no_network.get(URL, "x")
    clock = Clock()
    made = fetcher(clock)
    for _ in range(3):
        get(made)
    assert len(no_network.calls) == 4
    assert clock.seconds - 1_000 == pytest.approx(30, rel=0.02)


@pytest.mark.parametrize(
    ("header", "waited"), [("7", 7.0), ("0", 2.0), ("x", 2.0), ("", 2.0), ("200", 200.0)]
)
def test_too_many_requests_waits_as_it_is_told(web: Mock, header: str, waited: float) -> None:
    web.get(URL, status=429, headers={"Retry-After": header})
    web.get(URL, "x")
    clock = Clock()
    made = fetcher(clock, manners={"portal": Manners(gap=0.0)})
    assert get(made).body == b"x"
    assert sum(clock.waits) == pytest.approx(waited)


def test_a_date_is_understood_too() -> None:
    later = datetime.now(UTC) + timedelta(seconds=90)
    assert 85 <= retry_after(format_datetime(later, usegmt=True)) <= 90
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert retry_after("Wed, 99 Oct 2015") == retry_after("-3") == retry_after("1e9") == 0


def test_a_host_that_asks_for_a_day_is_left_alone(web: Mock) -> None:
    web.get(URL, status=429, headers={"Retry-After": "86400"})
    clock = Clock()
    made = fetcher(clock)
    for _ in range(2):
        with pytest.raises(Blocked, match="429"):
            get(made)
    assert len(web.calls) == 2  # robots.txt, and once the page
    assert sum(clock.waits) < 10


def test_too_many_requests_for_ever_is_blocked_with_its_answer(web: Mock) -> None:
    web.get(URL, "slow down", status=429)
    clock = Clock()
    page, problem = fetcher(clock).fetch(ADAPTER, ACCOUNT, Request(url=URL))
    assert isinstance(problem, Blocked)
    assert (page.status, page.body) == (429, b"slow down")
    assert len(web.calls) == 1 + fetch.TRIES_429


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500},
        {"status": 503},
        {"body": requests.ConnectionError("secret address")},
        {"body": requests.ReadTimeout("x")},
    ],
)
def test_no_answer_is_tried_again_with_growing_pauses(web: Mock, fault: dict[str, Any]) -> None:
    web.get(URL, **fault)
    clock = Clock()
    made = fetcher(clock, manners={"portal": Manners(gap=0.0)})
    with pytest.raises(Unreachable) as told:
        get(made)
    assert clock.waits == pytest.approx([2.0, 4.0])
    assert len(web.calls) == 1 + fetch.TRIES
    assert "secret" not in str(told.value)


def test_pauses_differ_from_run_to_run(web: Mock) -> None:
    web.get(URL, status=500)
    clock = Clock()
    made = fetcher(clock, manners={"portal": Manners(gap=0.0)}, uniform=lambda _low, high: high)
    with pytest.raises(Unreachable):
        get(made)
    assert clock.waits == pytest.approx([3.0, 6.0])


def test_a_host_that_never_answers_is_left_alone(web: Mock) -> None:
    web.get(URL, status=500)
    made = fetcher(Clock())
    for _ in range(fetch.PATIENCE + 5):
        with pytest.raises(Unreachable):
            get(made)
    assert len(web.calls) == 1 + fetch.PATIENCE * fetch.TRIES


def test_no_try_after_the_deadline_or_a_stop(web: Mock) -> None:
    web.get(URL, status=500)
    clock = Clock()
    with pytest.raises(Unreachable):
        get(fetcher(clock, deadline=clock.seconds + 4))
    assert len(web.calls) == 2
    stopped = Clock(until=1_003.0)
    with pytest.raises(Unreachable):
        get(fetcher(stopped))
    assert len(web.calls) == 3  # robots.txt of the second, and no more


@pytest.mark.parametrize("where", [f"https://{HOST}/b.html", "/b.html", f"https://{OTHER}/b.html"])
def test_redirects_to_allowed_hosts_are_followed(web: Mock, where: str) -> None:
    web.get(f"https://{OTHER}/robots.txt", status=404)
    web.get(URL, status=302, headers={"Location": where})
    target = where if where.startswith("https") else f"https://{HOST}{where}"
    web.get(target, "x")
    page = get(fetcher(Clock()))
    assert (page.url, page.body) == (target, b"x")
    assert ("Cookie" in web.calls[-1].request.headers) == (HOST in target)


@pytest.mark.parametrize(
    "where",
    [
        "https://evil.example.com/", "http://www.yunling.gov.cn:8080/", "https://www.yunling.gov.cn.evil.com/",
        "ftp://www.yunling.gov.cn/", "javascript:alert(1)", "//evil.example.com/x",
    ],
)  # fmt: skip
def test_no_other_place_is_followed(web: Mock, where: str) -> None:
    web.get(URL, "moved", status=302, headers={"Location": where})
    page = get(fetcher(Clock()))
    assert (page.status, page.body) == (302, b"")
    assert page.url != URL
    assert len(web.calls) == 2


def test_the_robots_of_the_place_led_to_are_obeyed(web: Mock) -> None:
    web.get(f"https://{OTHER}/robots.txt", "User-agent: *\nDisallow: /")
    web.get(URL, status=302, headers={"Location": f"https://{OTHER}/b.html"})
    with pytest.raises(Refused, match=r"robots\.txt"):
        get(fetcher(Clock()))


@pytest.mark.parametrize(
    "where",
    [
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://169.254.169.254/",
        f"https://{OTHER}/",
    ],
)
def test_nobody_is_led_from_a_public_to_a_private_address(web: Mock, where: str) -> None:
    web.get(URL, status=302, headers={"Location": where})
    names = {HOST: ["93.184.215.14"], OTHER: ["10.0.0.1"]}
    with pytest.raises(Refused, match="内网"):
        get(fetcher(Clock(), resolve=lambda host: names[host]))
    assert len(web.calls) == 2


def test_a_site_of_the_own_network_may_lead_within_it(web: Mock) -> None:
    web.get(URL, status=302, headers={"Location": "/b.html"})
    web.get(f"https://{HOST}/b.html", "x")
    assert get(fetcher(Clock(), resolve=lambda _host: ["10.0.0.1"])).body == b"x"


def test_an_address_outside_is_not_asked(no_network: Mock) -> None:
    with pytest.raises(Refused, match="允许"):
        get(fetcher(Clock()), "https://evil.example.com/")
    assert len(no_network.calls) == 0


def test_a_platform_that_cannot_be_asked(no_network: Mock) -> None:
    manners = Manners(problem=LoginExpired("没有 cookie", advice="请设置"))
    with pytest.raises(LoginExpired, match="没有 cookie"):
        get(fetcher(Clock(), manners={"portal": manners}))
    assert len(no_network.calls) == 0


def test_size_is_looked_at_while_it_comes(web: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(received, "MAX_BYTES", 1_000_000)
    web.get(URL, bytes(1_000_001))
    with pytest.raises(Refused, match="MB"):
        get(fetcher(Clock()))
    packed = gzip.compress(bytes(50_000_000))
    assert len(packed) < 60_000
    web.replace("GET", URL, packed, headers={"Content-Encoding": "gzip"})
    with pytest.raises(Refused, match="MB"):
        get(fetcher(Clock()))


@pytest.mark.parametrize(
    ("body", "encoding", "word"),
    [
        (gzip.compress(bytes(range(256)) * 100)[:-9], "gzip", "不完整"),
        (gzip.compress(b"x" * 1000, mtime=0)[:5], "gzip", "不完整"),
        (b"not packed at all", "gzip", "损坏"),
        (b"x", "br", "看不懂"),
    ],
)
def test_a_body_that_is_not_whole_is_none(web: Mock, body: bytes, encoding: str, word: str) -> None:
    web.get(URL, body, headers={"Content-Encoding": encoding})
    with pytest.raises(Unreachable, match=word):
        get(fetcher(Clock()))


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 200_000])
def test_packed_bodies_of_all_sizes(web: Mock, size: int) -> None:
    body = bytes(number * 7 % 251 for number in range(size))
    web.get(URL, gzip.compress(body, mtime=0), headers={"Content-Encoding": "gzip"})
    assert get(fetcher(Clock())).body == body


def test_what_a_slow_host_sends_is_not_waited_for(web: Mock) -> None:
    clock = Clock()

    def slowly(_asked: requests.PreparedRequest) -> tuple[int, dict[str, str], bytes]:
        clock.seconds += fetch.TOTAL_SECONDS + 1
        return 200, {}, b"x"

    web.add_callback("GET", URL, slowly)
    with pytest.raises(Unreachable, match="太慢"):
        get(fetcher(clock))


def test_a_robots_that_cannot_be_read_allows_nothing_for_now(no_network: Mock) -> None:
    no_network.get(f"https://{HOST}/robots.txt", status=503)
    made = fetcher(Clock())
    for _ in range(2):
        with pytest.raises(Unreachable, match=r"robots\.txt"):
            get(made)
    assert len(no_network.calls) == fetch.TRIES


def test_every_problem_says_where_and_what_to_do(no_network: Mock) -> None:
    no_network.get(f"https://{HOST}/robots.txt", status=503)
    with pytest.raises(SourceError) as told:
        get(fetcher(Clock()))
    assert told.value.target == URL
    assert told.value.advice
