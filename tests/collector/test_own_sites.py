"""Sites of one's own: our cookie goes there and nowhere else, and an inside address is asked only where config says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import responses
from click.testing import CliRunner
from urllib3.exceptions import NewConnectionError

from adapters.contract import Account, Adapter, Request
from adapters.errors import Refused
from collector.cli import main
from collector.config.loading import ConfigError, parse
from collector.fetching import sending
from collector.fetching.fetch import Own
from collector.fetching.sending import session
from tests.collector.centre import centre
from tests.collector.clock import Clock
from tests.collector.network import NOW, Network
from tests.collector.test_fetch import HOST, URL, fetcher
from tests.server import faults
from tests.server import platforms as played
from tests.server.site import Site

COOKIE = "sid=Our-Own-Secret-Session"
READER = Adapter(name="own", platforms=frozenset({"portal"}))
OURS = Account(id="site", platform="portal", url=f"https://{HOST}/")
CENTRE = '[centre]\nname = "云岭县融媒体中心"\n'


def account(name: str, url: str, more: str = "") -> str:
    return f'\n[[accounts]]\nid = "{name}"\nplatform = "portal"\nname = "{name}"\nurl = "{url}/xw/"\n{more}\n'


@pytest.fixture
def peer(no_network: responses.RequestsMock) -> Iterator[Site]:
    """A second host, that records what it gets."""
    with Site() as made:
        no_network.add_passthru(f"{made.url}/")
        yield made


def two_sites(folder: Path, ours: Site, peer: Site, more: str) -> Network:
    text = CENTRE + account("ours", ours.url, f"inside = true\n{more}")
    text += account("peer", peer.url, 'inside = true\nowner = "peer"')
    text += '\n[platforms.portal]\nrate = "1000/s"\nconcurrency = 4\n'
    for each in (ours, peer):
        each.routes["/xw/"] = played.portal_list(["/info/1034/1080.htm"])
        each.routes["/info/1034/1080.htm"] = played.portal_article("春耕", "2026-10-30", views=77)
    return Network(centre(folder, text), ours)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("more", ['cookie_env = "OUR_COOKIE"', 'cookie_file = "../cookie.txt"'])
def test_a_cookie_of_ours_reaches_no_peer(
    site: Site, peer: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: str
) -> None:
    monkeypatch.setenv("OUR_COOKIE", COOKIE)
    (tmp_path / "cookie.txt").write_text(COOKIE, encoding="utf-8")
    (tmp_path / "centre").mkdir()
    net = two_sites(tmp_path / "centre", site, peer, more)
    site.routes["/info/1034/1080.htm"] = faults.moved(f"{peer.url}/sso?from=us")
    peer.routes["/sso?from=us"] = played.page("<html><title>登录</title></html>")
    run = net.run()
    assert {each.outcome for each in run.results if each.account == "peer"} == {"ok"}
    for there in site.asked("/xw/"):
        assert there.headers["cookie"] == COOKIE
    assert site.asked("/info/1034/1080.htm")[0].headers["cookie"] == COOKIE
    assert "cookie" not in site.asked("/robots.txt")[0].headers
    assert peer.seen
    for there in peer.seen:
        assert "cookie" not in there.headers
        assert COOKIE not in str(there)
    assert COOKIE.encode() not in net.everything_kept()


def test_a_cookie_that_would_go_to_every_site_is_refused(tmp_path: Path) -> None:
    text = CENTRE + account("ours", "https://www.yunling.gov.cn")
    for name in ("portal", "app"):
        with pytest.raises(ConfigError, match=r"写到要登录的那个账号里"):
            parse(f'{text}\n[platforms.{name}]\ncookie_env = "C"\n', tmp_path / "config.toml")


@pytest.mark.parametrize(
    ("lines", "word"),
    [
        ('platform = "weibo"\ncookie_env = "C"', r"\[platforms\.weibo\]"),
        ('platform = "portal"\ncookie_file = "c"', "还要写 url"),
        ('platform = "portal"\nurl = "https://a.cn/"\ncookie_env = "a=b"', "环境变量的名字"),
    ],
)
def test_a_cookie_without_a_site_is_refused(tmp_path: Path, lines: str, word: str) -> None:
    text = f'{CENTRE}\n[[accounts]]\nid = "a"\nname = "a"\n{lines}\n'
    with pytest.raises(ConfigError, match=word):
        parse(text, tmp_path / "config.toml")


def ours(clock: Clock, **more: Any) -> Any:
    return fetcher(clock, own={"site": Own(cookie=COOKIE)}, **more)


def ask(made: Any, url: str = URL, reader: Adapter = READER, whose: Account = OURS) -> None:
    made.fetch(reader, whose, Request(url=url))


@pytest.mark.parametrize(
    ("url", "whose", "sent"),
    [
        (URL, f"https://{HOST}/", True),
        (f"https://{HOST.upper()}:443/a.html", f"https://{HOST}/", True),
        (URL, f"https://{HOST}:443/", True),
        (f"http://{HOST}/a.html", f"https://{HOST}/", False),
        (URL, f"http://{HOST}/", False),
    ],
)
def test_scheme_host_and_port_are_those_it_was_set_for(
    no_network: responses.RequestsMock, url: str, whose: str, sent: bool
) -> None:
    for origin in {url.rpartition("/")[0]}:
        no_network.get(f"{origin}/robots.txt", status=404)
    no_network.get(url, "x")
    reader = Adapter(name="own", platforms=frozenset({"portal"}), own_api=None)
    made = ours(Clock())
    try:
        ask(made, url, reader, Account(id="site", platform="portal", url=whose))
    except Refused:  # a host that is written with a port is another one to the rule of hosts
        assert ":443" in whose
        return
    assert ("Cookie" in no_network.calls[-1].request.headers) is sent


def test_a_downgrade_is_refused(no_network: responses.RequestsMock) -> None:
    no_network.get(f"https://{HOST}/robots.txt", status=404)
    no_network.get(URL, status=302, headers={"Location": f"http://{HOST}/a.html"})
    plain = no_network.get(f"http://{HOST}/a.html", "x")
    with pytest.raises(Refused, match="不加密的 http，没有跟去"):
        ask(ours(Clock()))
    assert plain.call_count == 0


def test_a_downgrade_of_robots_is_refused_and_asked_once(
    no_network: responses.RequestsMock,
) -> None:
    no_network.get(
        f"https://{HOST}/robots.txt", status=301, headers={"Location": f"http://{HOST}/robots.txt"}
    )
    made = ours(Clock())
    for _ in range(2):
        with pytest.raises(Refused, match="不加密的 http"):
            ask(made)
    assert len(no_network.calls) == 1


def test_a_redirect_to_https_carries_no_cookie(no_network: responses.RequestsMock) -> None:
    for scheme in ("http", "https"):
        no_network.get(f"{scheme}://{HOST}/robots.txt", status=404)
    plain = f"http://{HOST}/a.html"
    no_network.get(plain, status=302, headers={"Location": URL})
    no_network.get(URL, "x")
    ask(ours(Clock()), plain, whose=Account(id="site", platform="portal", url=plain))
    first, last = (each for each in no_network.calls if str(each.request.url).endswith("a.html"))
    assert first.request.headers["Cookie"] == COOKIE
    assert "Cookie" not in last.request.headers


def test_a_platforms_cookie_is_for_the_platforms_own_site(
    no_network: responses.RequestsMock,
) -> None:
    """A platform may own further sites; the cookie that a person copied is that of its first host."""
    weibo = Adapter(
        name="w", platforms=frozenset({"portal"}), hosts=("m.weibo.cn", "passport.weibo.com")
    )
    for origin in ("https://m.weibo.cn", "http://m.weibo.cn", "https://passport.weibo.com"):
        no_network.get(f"{origin}/robots.txt", status=404)
        no_network.get(f"{origin}/x", "x")
        ask(fetcher(Clock()), f"{origin}/x", weibo)
        sent = "Cookie" in no_network.calls[-1].request.headers
        assert sent is (origin == "https://m.weibo.cn")


@pytest.mark.parametrize(
    ("url", "addresses", "inside", "asked"),
    [
        (URL, ["93.184.215.14"], False, True),
        (URL, ["93.184.215.14"], True, True),
        (URL, ["10.0.0.1"], False, False),
        (URL, ["10.0.0.1"], True, True),
        (URL, ["93.184.215.14", "192.168.1.9"], False, False),
        ("http://192.168.1.9/a.html", [], False, False),
        ("http://192.168.1.9/a.html", [], True, True),
        ("http://localhost/a.html", [], False, False),
        ("http://169.254.169.254/a.html", [], False, False),
    ],
)
def test_an_inside_address_is_asked_where_config_says_so(
    no_network: responses.RequestsMock, url: str, addresses: list[str], inside: bool, asked: bool
) -> None:
    no_network.get(url.replace("a.html", "robots.txt"), status=404)
    no_network.get(url, "x")
    made = fetcher(Clock(), resolve=lambda _host: addresses, own={"site": Own(inside=inside)})
    whose = Account(id="site", platform="portal", url=url)
    if asked:
        ask(made, url, whose=whose)
        return
    with pytest.raises(Refused, match="inside = true"):
        ask(made, url, whose=whose)
    assert len(no_network.calls) == 0


def test_inside_holds_for_its_account_alone(no_network: responses.RequestsMock) -> None:
    made = fetcher(Clock(), resolve=lambda _host: ["10.0.0.1"], own={"other": Own(inside=True)})
    with pytest.raises(Refused, match="内网"):
        ask(made)


@pytest.mark.usefixtures("quick")
def test_a_name_that_means_another_address_when_it_is_connected_to(site: Site) -> None:
    """The name server says a public address first, and this machine's then: nothing is sent."""
    for inside in (False, True):
        sending.begin(inside=inside)
        adapter = session().get_adapter(site.url)
        assert isinstance(adapter, sending.NotingAdapter)
        pool = adapter.poolmanager.connection_from_url(site.url)
        if inside:
            assert pool.request("GET", "/", retries=False).status == 404
        else:
            with pytest.raises(NewConnectionError, match="inside"):
                pool.request("GET", "/", retries=False)
            assert site.seen == []


@pytest.mark.usefixtures("quick")
def test_probe_says_so(site: Site, tmp_path: Path) -> None:
    site.routes["/xw/"] = played.portal_list([f"/info/1034/108{n}.htm" for n in range(7)])
    for inside in ("false", "true"):
        text = CENTRE + account("ours", site.url, f"inside = {inside}")
        there = centre(tmp_path, text + '\n[platforms.portal]\nrate = "1000/s"\n')
        there.now = NOW
        said = CliRunner().invoke(main, ["probe", f"{site.url}/xw/"], obj=there.app)
        if inside == "false":
            assert said.exit_code == 1
            assert "在内网里，没有访问" in said.output
            assert "inside = true" in said.output
            assert site.seen == []
        else:
            assert said.exit_code == 0, said.output
            assert "内网" in said.output
            assert "接着读 7 个地址" in said.output


def test_robots_of_an_inside_site_are_not_asked_either(site: Site, tmp_path: Path) -> None:
    for inside, wanted in (("false", "在内网里"), ("true", "允许")):
        text = CENTRE + account("ours", site.url, f"inside = {inside}")
        there = centre(tmp_path, text + '\n[platforms.portal]\nrate = "1000/s"\n')
        arguments = ["platforms", "--platform", "portal", "--robots"]
        said = CliRunner().invoke(main, arguments, obj=there.app)
        assert wanted in said.output, said.output
        assert bool(site.seen) is (inside == "true")
