"""What cases cannot say: addresses, pages without an article, and that no session token survives."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters._wechat_page import canonical
from adapters.contract import Account, File
from adapters.errors import Blocked, Gone, Invalid, LayoutChanged, SourceError, Unclear
from adapters.files import open_file
from adapters.records import Count, Post
from adapters.wechat_mp import read_file, recognises
from tests.adapters.cases import CASES, all_cases, read_case

MP = Account(id="fabu", platform="wechat_mp")
LONG = "https://mp.weixin.qq.com/s?__biz=MzA4MTIzNDU2Nw==&mid=2651000101&idx=1&sn=0a1b2c"


@pytest.mark.parametrize(
    ("given", "key", "url"),
    [
        (LONG, "2651000101_1", LONG),
        (LONG.replace("https", "http") + "&chksm=9f&scene=27#rd", "2651000101_1", LONG),
        (LONG.replace("&", "&amp;") + "&amp;key=SECRET&amp;pass_ticket=S", "2651000101_1", LONG),
        (LONG.replace("==", "%3D%3D"), "2651000101_1", LONG),
        (
            "https://mp.weixin.qq.com/s?sn=0a1b2c&idx=1&mid=2651000101&__biz=MzA4MTIzNDU2Nw==",
            "2651000101_1",
            LONG,
        ),
        ("http://mp.weixin.qq.com/s?mid=1#rd", "", "https://mp.weixin.qq.com/s?mid=1"),
        (
            "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStU_?key=SECRET&uin=1#wechat_redirect",
            "",
            "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStU_",
        ),
        (
            "https://mp.weixin.qq.com/s?src=11&timestamp=1789&ver=5&signature=ab&key=SECRET",
            "",
            "https://mp.weixin.qq.com/s?src=11&timestamp=1789&ver=5&signature=ab",
        ),
        (
            "https://mp.weixin.qq.com/mp/x?token=SECRET&wxtoken=S",
            "",
            "https://mp.weixin.qq.com/mp/x",
        ),
        ("https://www.example.gov.cn/a?id=7#top", "", "https://www.example.gov.cn/a?id=7"),
        ("https://evil.example/s?mid=1&idx=1", "", "https://evil.example/s?mid=1&idx=1"),
        ("xxx", "", "xxx"),
        ("http://[", "", "http://["),
        ("", "", ""),
    ],
)
def test_addresses(given: str, key: str, url: str) -> None:
    assert canonical(given) == (key, url)


@pytest.mark.parametrize(
    "case",
    [each for each in all_cases() if each.parent.name in ("wechat_mp", "article_exporter")],
    ids=lambda case: case.name,
)
def test_no_token_survives(case: Path) -> None:
    for record in read_case(case)[1]:
        assert "SECRET" not in repr(record)


def message(title: str, body: str = "", head: str = "") -> str:
    return (
        "<!DOCTYPE html><html><head><title></title><style>.weui-msg__title {color: red}</style>"
        f"{head}</head><body><div class='weui-msg__title warn'>\n {title} </div>{body}"
        "<script>var mid = '' || ''; x = {mid: 'mmbizwap:Monitor'}</script></body></html>"
    )


@pytest.mark.parametrize(
    ("title", "error", "cases"),
    [
        ("该内容已被发布者删除", Gone, ("deleted",)),
        ("The content has been deleted by the author.", Gone, ("deleted",)),
        ("此内容因违规无法查看", Gone, ("deleted", "violation")),
        ("此帐号已被屏蔽, 内容无法查看", Gone, ("account_banned",)),
        ("访问过于频繁,请用微信扫描二维码进行访问", Blocked, ()),
        ("未知错误，请稍后再试", Blocked, ()),
        ("参数错误", Unclear, ("bad_link", "expired_link")),
        ("一句没见过的话", Unclear, ()),
        ("", LayoutChanged, ()),
    ],
)
def test_messages(title: str, error: type[SourceError], cases: tuple[str, ...]) -> None:
    file = File(name="File.html", html=message(title))
    assert recognises(file, MP)
    with pytest.raises(error) as caught:
        list(read_file(file, MP))
    assert caught.value.cases == cases
    assert str(caught.value).startswith("File.html：")
    assert caught.value.advice


def test_the_reason_of_a_violation_is_told() -> None:
    reason = "<div class='weui-msg__desc'><p>由用户投诉并经平台审核</p></div>"
    with pytest.raises(Gone, match="由用户投诉并经平台审核"):
        list(read_file(File(name="a.html", html=message("此内容因违规无法查看", reason)), MP))


def test_a_figure_that_is_no_number_is_named() -> None:
    text = (CASES / "wechat_mp" / "File.html").read_text(encoding="utf-8")
    file = File(name="File.html", html=text.replace("read_num: '21130'", "read_num: '两万多'"))
    with pytest.raises(Invalid, match="read_num：看不懂的数字“两万多”"):
        list(read_file(file, MP))


@pytest.mark.parametrize("spaces", ["", " ", "\n   "])
def test_blanks_of_a_page_do_not_matter(spaces: str) -> None:
    text = (CASES / "wechat_mp" / "File.html").read_text(encoding="utf-8")
    text = text.replace(": '", f"{spaces}:{spaces}'").replace("' * 1", f"'{spaces}*{spaces}1")
    (post,) = read_file(File(name="File.html", html=text), MP)
    assert isinstance(post, Post)
    assert post.metrics.views == Count(21_130)
    assert post.metrics.views.value == 21130


def test_another_page_is_not_claimed(tmp_path: Path) -> None:
    path = tmp_path / "total.xls"
    path.write_text(
        "<html><title>微信公众平台</title><body>请扫码登录</body></html>", encoding="utf-8"
    )
    assert not recognises(open_file(path), MP)


def test_a_page_of_comments_only_says_nothing() -> None:
    with pytest.raises(LayoutChanged):
        list(read_file(File(name="a.html", html="<!-- cgiDataNew -->"), MP))


def test_escaped_signs_become_signs() -> None:
    text = (CASES / "wechat_mp" / "File.html").read_text(encoding="utf-8")
    title = r"\ud83d\ude00 \x3c\u4e91岭\x3e \'A\x26amp;B\'"
    text = text.replace("title: JsDecode('云岭大桥今日通车')", f"title: JsDecode('{title}')")
    (post,) = read_file(File(name="File.html", html=text), MP)
    assert isinstance(post, Post)
    assert post.title == "😀 <云岭> 'A&B'"


def test_a_page_may_write_its_values_in_either_quotes() -> None:
    page = (CASES / "wechat_mp" / "File.html").read_text(encoding="utf-8")
    begin = page.rindex("window.cgiDataNew")
    other = page[:begin] + page[begin:].replace("'", '"')
    one, same = (list(read_file(File(name="a.html", html=html), MP)) for html in (page, other))
    assert one == same
    (post,) = (each for each in one if isinstance(each, Post))
    assert post.metrics.views == Count(21_130)
