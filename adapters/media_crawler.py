"""The content files of NanmiCoder/MediaCrawler, csv, xlsx or json (docs/platforms.md §11).

Shows: what each platform's public pages show. Counts are text and may be ``None``, which means missing; times are Unix
seconds or milliseconds; each row has the moment at which it was crawled. Hides: what the platform hides, so there are
views only for 快手 and B站. A search file also holds other people's posts and, since 2026-07, nothing that tells them
apart: use the file of the account itself (creator).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from adapters.contract import Account, Adapter, File, FileRecord
from adapters.records import Kind, Post
from adapters.tables.columns import Column, Layout, first
from adapters.tables.counts import DASHES
from adapters.tables.dates import unix
from adapters.tables.reader import read


def _note_kind(text: str) -> Kind | None:
    """小红书 ``type``: video; ``normal`` is a note of pictures."""
    return "video" if text == "video" else "image" if text == "normal" else None


_NEVER_KEPT = (
    "desc aweme_type video_type user_id sec_uid short_user_id user_unique_id user_signature creator_hash"
    " nickname avatar gender profile_url ip_location cover_url video_cover_url video_download_url"
    " music_download_url note_download_url video_play_url source_keyword create_date_time"
    " last_update_time image_list tag_list xsec_token"
)
_COMMON = (
    Column("last_modify_ts", "detail:crawled_at", usual=False),
    *(Column(heading, unit="none", usual=False) for heading in _NEVER_KEPT.split()),
)


def _layout(name: str, *columns: Column, kind: Kind | None = None) -> Layout:
    return Layout(
        name=f"MediaCrawler {name}",
        columns=(*columns, *_COMMON),
        missing=DASHES | {"None"},
        timestamps=True,
        kind=kind,
        kinds=_note_kind,
        forbidden=frozenset({"comment_id"}),  # the sheet Comments names the post as well
    )


LAYOUTS = {
    "douyin": _layout(
        "dy",
        Column("aweme_id", "key", needed=True),
        Column("title", "title", needed=True),
        Column("create_time", "published_at", needed=True),
        Column("liked_count", "likes", needed=True),
        Column("collected_count", "favourites"),
        Column("comment_count", "comments"),
        Column("share_count", "shares"),
        Column("aweme_url", "url"),
    ),
    "kuaishou": _layout(
        "ks",
        Column("video_id", "key", needed=True),
        Column("title", "title", needed=True),
        Column("create_time", "published_at", needed=True),
        Column("liked_count", "likes"),
        Column("viewd_count", "views", needed=True),  # the tool's own spelling
        Column("video_url", "url"),
    ),
    "weibo": _layout(
        "wb",
        Column("note_id", "key", needed=True),
        Column("content", "title", needed=True),
        Column("create_time", "published_at", needed=True),
        Column("liked_count", "likes"),
        Column("comments_count", "comments", needed=True),
        Column("shared_count", "shares", needed=True),
        Column("note_url", "url"),
    ),
    "xiaohongshu": _layout(
        "xhs",
        Column("note_id", "key", needed=True),
        Column("type", "kind", needed=True),
        Column("title", "title", needed=True),
        Column("time", "published_at", needed=True),
        Column("liked_count", "likes"),
        Column("collected_count", "favourites", needed=True),
        Column("comment_count", "comments"),
        Column("share_count", "shares"),
        Column("note_url", "url"),
        Column("video_url", unit="none", usual=False),
    ),
    "bilibili": _layout(
        "bili",
        Column("video_id", "key", needed=True),
        Column("title", "title", needed=True),
        Column("create_time", "published_at", needed=True),
        Column("liked_count", "likes"),
        Column("video_play_count", "views", needed=True),
        Column("video_favorite_count", "favourites"),
        Column("video_share_count", "shares"),
        Column("video_comment", "comments"),
        Column("video_coin_count"),
        Column("video_danmaku"),
        Column("disliked_count", unit="none", usual=False),
        Column("video_url", "url"),
        kind="video",
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
