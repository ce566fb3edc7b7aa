"""The content files of NanmiCoder/MediaCrawler, csv, xlsx or json (docs/platforms.md §11): what public pages show, so
views only for 快手 and B站. Each row has the moment at which it was crawled. A search file also holds other people's posts
and nothing that tells them apart: use the file of the account itself (creator)."""

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


def _layout(
    name: str,
    *others: Column,
    needed: str,
    always: Kind | None = None,
    title: str = "title",
    published_at: str = "create_time",
    **headings: str,
) -> Layout:
    """``headings``: field → the tool's heading; those of ``needed``, the id, the title and the time tell the file. ``always``:
    the kind of all its posts."""
    fields = {"title": title, "published_at": published_at, **headings}
    told = {"key", "title", "published_at", *needed.split()}
    return Layout(
        name=f"MediaCrawler {name}",
        columns=(
            *(Column(heading, field, needed=field in told) for field, heading in fields.items()),
            *others,
            *_COMMON,
        ),
        missing=DASHES | {"None"},
        timestamps=True,
        kind=always,
        kinds=_note_kind,
        forbidden=frozenset({"comment_id"}),  # the sheet Comments names the post as well
    )


LAYOUTS = {
    "douyin": _layout(
        "dy", needed="likes", key="aweme_id", url="aweme_url",
        likes="liked_count", favourites="collected_count", comments="comment_count", shares="share_count",
    ),
    "kuaishou": _layout(
        "ks", needed="views", key="video_id", url="video_url",
        likes="liked_count", views="viewd_count",  # the tool's own spelling
    ),
    "weibo": _layout(
        "wb", needed="comments shares", key="note_id", title="content", url="note_url",
        likes="liked_count", comments="comments_count", shares="shared_count",
    ),
    "xiaohongshu": _layout(
        "xhs", Column("video_url", unit="none", usual=False),
        needed="kind favourites", key="note_id", kind="type", published_at="time", url="note_url",
        likes="liked_count", favourites="collected_count", comments="comment_count", shares="share_count",
    ),
    "bilibili": _layout(
        "bili",
        Column("video_coin_count"),
        Column("video_danmaku"),
        Column("disliked_count", unit="none", usual=False),
        needed="views", always="video", key="video_id", url="video_url",
        likes="liked_count", views="video_play_count", favourites="video_favorite_count",
        shares="video_share_count", comments="video_comment",
    ),
}  # fmt: skip


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
