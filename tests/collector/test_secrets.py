"""What is taken out of answers and addresses, and what stays."""

from __future__ import annotations

import pytest

from collector.config.secrets import kept_address, pieces, shown, stripped

COOKIE = "SUB=_2AkMRabcdef; SSOLoginState=1723456789; MLOGIN=1; XSRF=%7B12ab34cd%7D"


def test_pieces_are_the_values_that_could_be_secrets() -> None:
    found = pieces([COOKIE, "", "77_token-of-the-api"])
    assert b"_2AkMRabcdef" in found
    assert b"77_token-of-the-api" in found
    assert b"{12ab34cd}" in found
    assert COOKIE.encode() in found
    assert b"1723456789" not in found  # a time, which pages show as well
    assert b"1" not in found
    assert b"" not in found
    assert found == sorted(found, key=len, reverse=True)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"<a href='/s?pass_ticket=AbCdEfGh12&x=1'>", b"<a href='/s?pass_ticket=***&x=1'>"),
        (b'{"access_token":"77_abcdefgh"}', b'{"access_token":"***"}'),
        (b'{"xsecToken": "ABq1-x_9Zz=="}', b'{"xsecToken": "***"}'),
        (b'{\\"xsec_token\\":\\"ABq1-x_9Zz\\"}', b'{\\"xsec_token\\":\\"***\\"}'),
        (b"u=https%3A%2F%2Fx%3Fxsec_token%3DABq1-x_9Zz&n=5", b"u=https%3A%2F%2Fx%3Fxsec_token%3D***&n=5"),
        (b"the word access_token is invalid or not latest", b"the word access_token is invalid or not latest"),
        (b'{"token": "x", "views": 12345678, "key": "BV1Yl4y1c7Xk"}',) * 2,
        (b"/s?key=BV1Yl4y1c7Xk&uin=12345678",) * 2,
        (b"I say _2AkMRabcdef here", b"I say *** here"),
        (b"at 1723456789",) * 2,
    ],
)  # fmt: skip
def test_stripped(before: bytes, after: bytes) -> None:
    assert stripped(before, pieces([COOKIE])) == after


def test_wechat_pages_carry_two_more() -> None:
    page = b'<a href="/mp/x?uin=MTIzNDU2Nzg5&amp;key=0a1b2c3d4e5f&amp;mid=2651000777&amp;idx=1">'
    told = b'<a href="/mp/x?uin=***&amp;key=***&amp;mid=2651000777&amp;idx=1">'
    assert stripped(page, [], wechat=True) == told
    assert stripped(page, []) == page


def test_addresses() -> None:
    note = "https://www.xiaohongshu.com/explore/68d0?xsec_token=ABq1-x_9Zz%3D&xsec_source=pc"
    assert kept_address(note) == note  # it does not open without
    assert shown(f"{note}：笔记看不了。请核对") == (
        "https://www.xiaohongshu.com/explore/68d0?xsec_token=***&xsec_source=pc：笔记看不了。请核对"
    )
    article = "https://mp.weixin.qq.com/s?__biz=M==&mid=1&pass_ticket=AbCdEfGh12&key=0a1b2c3d4e"
    for hide in (kept_address, shown):
        assert hide(article) == "https://mp.weixin.qq.com/s?__biz=M==&mid=1&pass_ticket=***&key=***"
    placeholder = "https://api.weixin.qq.com/datacube/x?access_token={access_token}"
    assert kept_address(placeholder) == shown(placeholder) == placeholder
