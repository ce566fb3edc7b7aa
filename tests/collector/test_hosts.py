"""Where addresses lead."""

from __future__ import annotations

import pytest
import responses

from collector.fetching.hosts import host_of, is_private, proxies_for, same_place, through
from collector.fetching.sending import session

NAMES = {
    "public.example.com": ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"],
    "inner.example.com": ["10.1.2.3"],
    "mixed.example.com": ["93.184.215.14", "192.168.1.1"],
    "zone.example.com": ["fe80::1%eth0"],
    "nowhere.example.com": [],
}


@pytest.mark.parametrize(
    ("host", "private"),
    [
        ("public.example.com", False), ("inner.example.com", True), ("mixed.example.com", True),
        ("zone.example.com", True), ("nowhere.example.com", False),
        ("localhost", True), ("LOCALHOST.", True), ("db.localhost", True),
        ("127.0.0.1", True), ("127.8.8.8", True), ("0.0.0.0", True),  # noqa: S104
        ("10.0.0.1", True), ("172.16.0.1", True),
        ("192.168.0.1", True), ("169.254.169.254", True), ("100.64.0.1", True), ("224.0.0.1", True),
        ("255.255.255.255", True), ("8.8.8.8", False), ("223.5.5.5", False),
        ("[::1]", True), ("[fe80::1]", True), ("[fc00::1]", True), ("[ff02::1]", True), ("[::]", True),
        ("[::ffff:10.0.0.1]", True), ("[::ffff:127.0.0.1]", True), ("[::ffff:8.8.8.8]", False),
        ("[64:ff9b::a00:1]", True), ("[2002:a00:1::]", True), ("[2606:4700::1]", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("port", ["", ":8080"])
def test_private(host: str, private: bool, port: str) -> None:
    assert is_private(f"http://{host}{port}/x", lambda name: NAMES[name]) is private


def test_an_address_that_is_none_is_private() -> None:
    assert is_private("http://[x/", lambda _name: [])


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("https://m.weibo.cn/x", True), ("https://M.Weibo.CN/x", True), ("https://m.weibo.cn:443/x", True),
        ("http://m.weibo.cn/x", True), ("https://m.weibo.cn:8443/x", False), ("https://weibo.cn/x", False),
        ("https://evil.m.weibo.cn/x", False), ("https://m.weibo.cn.evil.com/x", False),
        ("https://m.weibo.cn@evil.com/x", False), ("https://user@m.weibo.cn/x", False),
        ("ftp://m.weibo.cn/x", False), ("file:///etc/passwd", False), ("//m.weibo.cn/x", False),
        ("http://own.cn:8080/x", True), ("http://own.cn/x", False), ("http://own.cn:99999/x", False),
        ("http://[x/", False), ("", False),
    ],
)  # fmt: skip
def test_same_place(url: str, same: bool) -> None:
    assert same_place(url, ("m.weibo.cn", "own.cn:8080")) is same


def test_through() -> None:
    url = "https://m.weibo.cn/a/b?c=1"
    assert through(url, "") == url
    assert through(url, "http://127.0.0.1:9000/") == "http://127.0.0.1:9000/a/b?c=1"
    assert host_of(url) == "m.weibo.cn"
    assert host_of("http://[x") == ""


def test_this_machine_is_reached_without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.example.com:3128")
    monkeypatch.setenv("no_proxy", "inner.example.org")
    proxies_for.cache_clear()
    try:
        assert proxies_for("http://127.0.0.1:9000") == {}
        assert proxies_for("http://localhost:9000") == {}
        assert proxies_for("http://inner.example.org") == {}
        assert proxies_for("http://outer.example.org")["http"] == "http://proxy.example.com:3128"
    finally:
        proxies_for.cache_clear()


def test_a_session_keeps_no_cookie(no_network: responses.RequestsMock) -> None:
    made = session()
    no_network.get("https://a.example.com/", headers={"Set-Cookie": "sid=1; Path=/"})
    made.get("https://a.example.com/")
    made.get("https://a.example.com/")
    assert len(made.cookies) == 0
    assert "Cookie" not in no_network.calls[1].request.headers
    assert "python" not in str(made.headers["User-Agent"]).lower()
