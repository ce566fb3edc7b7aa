"""The content files of NanmiCoder/MediaCrawler, csv, xlsx or json (docs/platforms.md §11): what public pages show, so
views only for 快手 and B站. Each row has the moment at which it was crawled. A search file also holds other people's posts
and nothing that tells them apart: use the file of the account itself (creator)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from adapters.contract import Account, Adapter, File, FileRecord
from adapters.records import Kind, Post
from adapters.tables.columns import Column, Layout, filled, first, kept
from adapters.tables.counts import DASHES
from adapters.tables.dates import unix
from adapters.tables.reader import read

#: 小红书 ``type``.
TYPES: Mapping[str, Kind] = {"normal": "image", "video": "video"}
_NEVER_KEPT = (
    "desc aweme_type video_type user_id sec_uid short_user_id user_unique_id user_signature creator_hash"
    " nickname avatar gender profile_url ip_location cover_url video_cover_url video_download_url"
    " music_download_url note_download_url video_play_url source_keyword create_date_time"
    " last_update_time image_list tag_list xsec_token"
)
_COMMON = (
    Column("last_modify_ts", "detail:crawled_at", usual=False),
    *kept(_NEVER_KEPT, "none", usual=False),
)


def _layout(name: str, *columns: Column, always: Kind | None = None) -> Layout:
    """``always``: the kind of all its posts."""
    return Layout(
        name=f"MediaCrawler {name}",
        columns=(*columns, *_COMMON),
        missing=DASHES | {"None"},
        timestamps=True,
        kind=always,
        kinds=TYPES.get,
        forbidden=frozenset({"comment_id"}),  # the sheet Comments names the post as well
    )


#: A work: its heading of the id, what else tells the file, and the other figures.
_WORK = partial(filled, needed=True, title="title", published_at="create_time")
LAYOUTS = {
    "douyin": _layout(
        "dy",
        *_WORK(key="aweme_id", likes="liked_count"),
        *filled(url="aweme_url", favourites="collected_count"),
        *filled(comments="comment_count", shares="share_count"),
    ),
    "kuaishou": _layout(
        "ks",
        *_WORK(key="video_id", views="viewd_count"),  # the tool's own spelling
        *filled(url="video_url", likes="liked_count"),
    ),
    "weibo": _layout(
        "wb",
        *_WORK(key="note_id", title="content", comments="comments_count", shares="shared_count"),
        *filled(url="note_url", likes="liked_count"),
    ),
    "xiaohongshu": _layout(
        "xhs",
        *_WORK(key="note_id", kind="type", published_at="time", favourites="collected_count"),
        *filled(url="note_url", likes="liked_count"),
        *filled(comments="comment_count", shares="share_count"),
        *kept("video_url", "none", usual=False),
    ),
    "bilibili": _layout(
        "bili",
        *_WORK(key="video_id", views="video_play_count"),
        *filled(url="video_url", likes="liked_count", favourites="video_favorite_count"),
        *filled(shares="video_share_count", comments="video_comment"),
        *kept("video_coin_count video_danmaku"),
        *kept("disliked_count", "none", usual=False),
        always="video",
    ),
}


def recognises(file: File, account: Account) -> bool:
    return any(first(file, [LAYOUTS[account.platform]]))


def read_file(file: File, account: Account) -> Iterator[FileRecord]:
    for found in first(file, [LAYOUTS[account.platform]]):
        yield from read(found, _finish)


def _finish(post: Post) -> Post:
    if not post.key:
        raise ValueError("没有作品编号")
    details = dict(post.details)
    crawled = details.pop("crawled_at", "")
    return replace(
        post,
        title=" ".join(post.title.split()),
        url=post.url.split("?")[0],  # 小红书 puts a session token behind it
        details=details,
        observed_at=unix(crawled) if crawled else None,
    )


ADAPTER = Adapter(
    name="media_crawler",
    platforms=frozenset(LAYOUTS),
    file_metrics=frozenset({"views", "likes", "comments", "shares", "favourites"}),
    recognises=recognises,
    read_file=read_file,
)
