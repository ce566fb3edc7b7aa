"""What the error codes of WeChat's data API mean, and what to do about them (docs/platforms.md §2.6). Errors come with HTTP
200 and without a list."""

from __future__ import annotations

import re
from typing import Any

from adapters.answers.json import changed, code
from adapters.contract import Page
from adapters.errors import Blocked, LayoutChanged, LoginExpired, Refused, SourceError

_UPDATE = "请等程序更新；这段时间可从公众号后台下载“已通知内容”放进收件夹"
_RENEW = "程序下次会换新的令牌再取；仍不行时请核对 AppID 与 AppSecret，并确认没有别的程序在用同一个公众号取令牌"
#: errcode → error, what happened, what to do.
CODES: dict[int, tuple[type[SourceError], str, str]] = {
    61500: (LayoutChanged, "微信说日期的写法不对", _UPDATE),
    61501: (
        LayoutChanged,
        "微信说日期范围不对（一次最多一天或七天，最晚到昨天）",
        "请先核对电脑的日期和时区；都对时请等程序更新",
    ),
    47009: (LayoutChanged, "微信已停用这个接口", _UPDATE),
    45009: (
        Blocked,
        "今天的接口次数用完了",
        "已有数据不受影响，明天会再取；请看看是否还有别的程序在用",
    ),
    40001: (LoginExpired, "微信不认这个访问令牌", _RENEW),
    42001: (LoginExpired, "访问令牌过期了", _RENEW),
    48001: (
        Refused,
        "这个公众号没有数据接口的权限",
        "请到公众号后台的“接口权限”查看，需要已认证的账号；没有时请下载“已通知内容”放进收件夹",
    ),
    40164: (
        Refused,
        "这台电脑的网络地址不在公众号的 IP 白名单里",
        "请到公众号后台“开发接口管理→基本配置→IP白名单”加上这个地址",
    ),
}
_ADDRESS = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])", re.ASCII)


def error_of(tree: Any, page: Page) -> SourceError | None:
    """The error that an answer states; None where it states none (errcode 0, or none at all)."""
    target = page.request.url
    if not isinstance(tree, dict) or "errcode" not in tree:
        return None
    number = code(tree, "errcode", target=target)
    if number == 0:
        return None
    said = str(tree.get("errmsg", ""))
    if number not in CODES:
        return changed(f"没有见过的微信错误码 {number}（{said[:60]}）", target)
    error, what, advice = CODES[number]
    seen = _ADDRESS.search(said) if number == 40164 else None
    shown = f"{number}，{seen[0]}" if seen else str(number)
    return error(f"{what}（{shown}）", target=target, advice=advice)
