"""The xlsx of wechat-article-exporter (docs/platforms.md §11): articles of one or several 公众号, as the page inside the client
shows them: 喜欢 is ♡ (looks), 点赞 is 👍 (likes).

When the tool's credential has run out it writes 0 in every figure, and no article that could be opened has 0 reads:
such a row has no figures. Times are written in the zone of the person's browser; they are read as Beijing time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from adapters._wechat_page import identified
from adapters.contract import Account, Adapter, File, FileRecord
from adapters.records import METRICS, NO_METRICS, Kind, Metrics, Post
from adapters.tables.cells import as_text
from adapters.tables.columns import FoundTable, Layout, data_rows, filled, first, kept
from adapters.tables.counts import capped
from adapters.tables.reader import read

#: 文章类型; 音乐分享 and 音频分享 have no kind of ours.
KINDS: Mapping[str, Kind] = {
    "普通图文": "article",
    "文本分享": "article",
    "文章分享": "article",
    "短文": "article",
    "图片分享": "image",
    "视频分享": "video",
}

ARTICLES = Layout(
    name="wechat-article-exporter",
    columns=(
        *filled(key="ID", url="链接", title="标题", published_at="发布时间", needed=True),
        *filled(views="阅读", needed=True),
        *filled(likes="点赞", shares="分享", looks="喜欢", comments="留言"),
        *filled(author="作者", original="是否原创", kind="文章类型"),
        *kept("公众号 创建时间 所属合集", "text", usual=False),
        *kept("封面 摘要 文章内容", "none", usual=False),
    ),
    kinds=KINDS.get,
)


def recognises(file: File, account: Account) -> bool:
    return any(first(file, [ARTICLES]))


def read_file(file: File, account: Account) -> Iterator[FileRecord]:
    """One Post an article. Where a file holds several 公众号, a row of another one than the folder's says so
    in ``account``; a file of a single one is the folder's, whatever it is called there."""
    for found in first(file, [ARTICLES]):
        several = len(_names(found)) > 1
        yield from read(found, partial(_finish, account=account, several=several))


def _names(found: FoundTable) -> set[str]:
    at = next((index for index, column in found.columns if column.heading == "公众号"), None)
    if at is None:
        return set()
    return {as_text(row[at]) for _, row in data_rows(found)} - {""}


def _finish(post: Post, account: Account, several: bool) -> Post:
    name = str(post.beside.get("公众号", ""))
    other = name if several and name != account.name else ""
    return replace(identified(post), metrics=_metrics(post.metrics), account=other)


def _metrics(shown: Metrics) -> Metrics:
    values = [each.value for name in METRICS if (each := getattr(shown, name)) is not None]
    if shown.views is None or any(values):
        return replace(shown, views=capped(shown.views))
    return NO_METRICS


ADAPTER = Adapter(
    name="article_exporter",
    platforms=frozenset({"wechat_mp"}),
    file_metrics=frozenset({"views", "likes", "comments", "shares", "looks"}),
    recognises=recognises,
    read_file=read_file,
)
