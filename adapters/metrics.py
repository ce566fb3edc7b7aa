"""Every figure of a post or an account, in one table: its key, its words, its unit, whether it counts people.

Times and people are never added together and never stand for each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """``word``: in a sentence (点赞). ``heading``: of a table of ours. ``unit``: its measure word.

    ``columns``: headings of people's own tables that mean it, and words of drafts too; ``terse``: headings that are no
    figure in running text (阅读); ``said``: further words of drafts. ``people``: it counts people, not times.
    ``standing``: true at a moment, not of a post: it does not add up over time.
    """

    key: str
    word: str
    heading: str
    unit: str
    columns: tuple[str, ...] = ()
    terse: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    people: bool = False
    standing: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """What running text calls it."""
        return (*self.columns, *self.said)


def _metric(
    key: str, word: str, heading: str, unit: str, columns: str, *, terse: str = "", said: str = "",
    people: bool = False, standing: bool = False,
) -> Metric:  # fmt: skip
    return Metric(
        key=key, word=word, heading=heading, unit=unit, columns=tuple(columns.split()),
        terse=tuple(terse.split()), said=tuple(said.split()), people=people, standing=standing,
    )  # fmt: skip


#: Figures of posts in the order in which they are stored, then those of accounts.
BY_KEY: Mapping[str, Metric] = {
    each.key: each
    for each in (
        _metric(
            "views", "阅读/播放量", "阅读/播放量", "人次",
            "阅读量 阅读数 阅读次数 阅读人次 总阅读量 总阅读次数 浏览量 浏览数 浏览次数 浏览人次 点击量 点击数 点击次数 点击人次"
            " 播放量 播放数 播放次数 播放人次 观看量 观看次数 观看人次 访问量 访问次数 访问人次",
            terse="阅读 浏览 播放 PV pv",
            said="阅读播放量 阅读/播放量 阅读总量 阅读播放总量 播放总量 点击总量 浏览总量 观看总量 访问总量 阅览量 点播量"
            " 收看量 收看人次 总阅读 总播放 总点击 总浏览 总观看 总访问 总流量 阅读点击量 阅读浏览量 点击阅读量 浏览阅读量"
            " 点击浏览量 播放阅读量 观看浏览量 浏览观看量",
        ),
        _metric(
            "readers", "阅读人数", "阅读人数", "人",
            "阅读人数 总阅读人数 浏览人数 观看人数 播放人数 访问人数",
            terse="UV uv", said="阅读（观看）人数 收看人数 阅读用户数 围观人数 直播人数 在线人数", people=True,
        ),
        _metric(
            "likes", "点赞", "点赞数", "次", "点赞数 点赞量 点赞次数 点赞",
            said="点赞总量 点赞总数 获赞量 获赞数 获赞",
        ),
        _metric(
            "comments", "评论", "评论数", "条", "评论数 评论量 评论条数 评论 留言数 留言量 留言", said="评论总量",
        ),
        _metric(
            "shares", "分享", "分享数", "次",
            "分享数 分享量 分享次数 分享 转发数 转发量 转发次数 转发", said="分享总量 转发总量",
        ),
        _metric("sharers", "分享人数", "分享人数", "人", "分享人数 转发人数", people=True),
        _metric("favourites", "收藏", "收藏数", "次", "收藏数 收藏量 收藏次数 收藏", said="收藏总量"),
        _metric(
            "looks", "在看（推荐）", "在看（推荐）数", "次", "在看数 在看量 在看",
            said="在看（推荐）数 在看（推荐） 推荐数",
        ),
        _metric(
            "followers", "粉丝", "粉丝数", "人",
            "粉丝数 粉丝量 粉丝总数 总粉丝数 累计粉丝数 累计关注人数",
            said="粉丝总量 粉丝数量 粉丝人数 总粉丝 粉丝 关注人数 关注用户 用户总数 用户数 注册用户 订阅用户 订阅数 关注数"
            " 用户",
            people=True, standing=True,
        ),
    )
}  # fmt: skip
