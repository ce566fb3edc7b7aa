"""Every platform, in one table: its key in config, its names, what its accounts and its figures are called.

A platform that is added here is known to config, to the adapters of own tables, to the reports and to the reading of drafts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adapters.records import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """``name``: as a person reads it. ``account``: what stands behind the name of an account there (抖音号).

    ``said``: its further spellings in drafts. ``kind``: of a post where neither the file nor config says.
    ``views``: its own word for its views whatever the kind of the post; empty where the kind decides. ``pictures``:
    its 图文 is a post of pictures. ``site``: its pages lie on a site of the account's own. ``credential``: what the
    platform calls the id and the secret of its owners' interface, where one is read (config: ``appid``, ``secret_env``).
    """

    key: str
    name: str
    account: str
    said: tuple[str, ...] = ()
    kind: Kind = "article"
    views: str = ""
    pictures: bool = False
    site: bool = False
    credential: tuple[str, str] | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """All its names in running text, the longest first."""
        return tuple(sorted({self.name, self.account, *self.said}, key=len, reverse=True))


_PLAYED = "播放量"
_READ = "阅读量"

#: In the order in which they are shown.
BY_KEY: Mapping[str, Platform] = {
    each.key: each
    for each in (
        Platform(
            key="wechat_mp", name="微信公众号", account="微信公众号", views=_READ, credential=("AppID", "AppSecret"),
            said=("微信公众平台", "公众号", "微信", "微信订阅号", "订阅号"),
        ),
        Platform(
            key="wechat_channels", name="视频号", account="视频号", said=("微信视频号",), kind="video", views=_PLAYED,
        ),
        Platform(
            key="douyin", name="抖音", account="抖音号", kind="video", views=_PLAYED, pictures=True,
            said=("抖音平台", "抖音账号", "抖音短视频"), credential=("小程序 AppID", "小程序 AppSecret"),
        ),
        Platform(
            key="kuaishou", name="快手", account="快手号", kind="video", views=_PLAYED, pictures=True,
            said=("快手平台", "快手账号", "快手短视频"), credential=("app_id", "app_secret"),
        ),
        Platform(
            key="toutiao", name="今日头条", account="头条号", said=("今日头条号", "头条"),
        ),
        Platform(
            key="weibo", name="微博", account="微博", said=("新浪微博", "官方微博", "微博账号", "微博号"), views=_READ,
            credential=("AppId", "AppSecret"),
        ),
        Platform(
            key="bilibili", name="B站", account="B站账号", kind="video", views=_PLAYED,
            said=("哔哩哔哩", "b站", "bilibili", "B站号"), credential=("client_id", "app secret"),
        ),
        Platform(key="xiaohongshu", name="小红书", account="小红书号", pictures=True),
        Platform(
            key="app", name="客户端", account="客户端", site=True,
            said=("新闻客户端", "手机客户端", "手机新闻客户端", "移动客户端", "APP", "App", "app"),
        ),
        Platform(
            key="portal", name="网站", account="网站", site=True,
            said=("门户网站", "新闻网站", "政府网站", "官方网站", "新闻门户"),
        ),
        Platform(
            key="baijiahao", name="百家号", account="百家号", said=("百度百家号",),
            credential=("app_id", "app_token"),
        ),
        Platform(key="qq_om", name="企鹅号", account="企鹅号"),
        Platform(key="netease", name="网易号", account="网易号"),
        Platform(key="sohu", name="搜狐号", account="搜狐号"),
        Platform(key="ledger", name="台账", account="台账"),
    )
}  # fmt: skip
#: Key → the name a person reads.
NAMES: Mapping[str, str] = {key: each.name for key, each in BY_KEY.items()}
#: What a table may call a platform → its key.
BY_WORD: Mapping[str, str] = {
    word: each.key
    for each in BY_KEY.values()
    for word in (each.key, *each.words)
    if each.key != "ledger"
}
