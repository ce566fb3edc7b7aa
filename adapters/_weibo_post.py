"""One 微博 as an answer shows it (docs/platforms.md §7, fields of ``mblog``)."""

from __future__ import annotations

import re
from typing import Any

from adapters.answers.ago import shown
from adapters.answers.json import at, changed, figure, ident
from adapters.answers.pages import plain
from adapters.contract import Page
from adapters.records import Beside, Metrics, Post

SITE = "https://m.weibo.cn"
FIGURES = {"likes": "attitudes_count", "comments": "comments_count", "shares": "reposts_count"}


def post(page: Page, blog: dict[str, Any]) -> Post:
    """The Post of one ``mblog``. Raises LayoutChanged where something is absent or not understood."""
    target = page.request.url
    key = ident(blog, "id", target=target)
    if not re.fullmatch(r"[0-9]{10,19}", key) or str(blog.get("mid", key)) != key:
        raise changed(f"回答里的“id”不是微博编号：{key}", target)
    created = at(blog, "created_at", kind=str, target=target)
    try:
        published_at, date_only = shown(created, page.fetched_at)
    except ValueError as problem:
        raise changed(f"回答里的“created_at”：{problem}", target) from problem
    bid = blog.get("bid")
    counts = {metric: figure(blog, name, target=target) for metric, name in FIGURES.items()}
    video = _video(blog)
    return Post(
        title=_text(at(blog, "text", kind=str, target=target)),
        published_at=published_at,
        date_only=date_only,
        key=key,
        url=f"{SITE}/detail/{key}",
        kind="video" if video is not None else "article",
        original="retweeted_status" not in blog,
        metrics=Metrics(**counts),
        beside=_plays(video or {}, target),
        details={"bid": bid} if isinstance(bid, str) and re.fullmatch(r"[0-9A-Za-z]+", bid) else {},
    )


def _text(markup: str) -> str:
    """A post has no title: its text, as one line, stands for it; a long one is cut before “全文”."""
    return plain(markup.replace("<br", " <br")).removesuffix("...全文")


def _video(blog: dict[str, Any]) -> dict[str, Any] | None:
    """What a post says of its own video; None where it has none."""
    info = blog.get("page_info")
    return info if isinstance(info, dict) and info.get("type") == "video" else None


def _plays(video: dict[str, Any], target: str) -> dict[str, Beside]:
    """``play_count`` as it stands: ``9035434``, ``"651万"``, ``"345万次播放"``."""
    if video.get("play_count") in (None, ""):
        return {}
    figure(video, "play_count", target=target)  # what is not understood is not kept either
    return {"play_count": video["play_count"]}
