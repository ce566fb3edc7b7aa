"""Posts that a person names on the command line or in a list: by number, address, platform id or words of the title."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection

from collector.words import said, short
from storage.views.history import FOUND, StoredPost, find_posts


def chosen(
    connection: Connection, wanted: Iterable[str], *, several: bool, hint: str = "请用编号指明，或加 --all 表示全都要"
) -> list[StoredPost]:  # fmt: skip
    """All posts that ``wanted`` names, each once. Raises UsageError, in Chinese, naming everything that was not found
    and, unless ``several`` may be meant, everything that fits more than one post, with a ``hint`` what to do then."""
    posts: dict[int, StoredPost] = {}
    problems = []
    for each in wanted:
        found = find_posts(connection, each)
        if not found:
            problems.append(f"没有找到作品“{short(each)}”")
        elif len(found) >= FOUND:
            problems.append(f"“{short(each)}”匹配的作品太多，请写得更具体")
        elif len(found) > 1 and not several:
            problems.append(f"“{short(each)}”不止一篇：")
            problems += [f"  {line}" for line in listed(found)]
            problems.append(f"  {hint}")
        else:
            posts |= {post.post_id: post for post in found}
    if problems:
        raise click.UsageError("\n".join(problems))
    return list(posts.values())


def the_post(connection: Connection, wanted: str) -> StoredPost:
    """The only post that is meant. Raises UsageError, in Chinese, where it is none or several."""
    (post,) = chosen(connection, [wanted], several=False, hint="请用编号指明")
    return post


def as_data(post: StoredPost) -> dict[str, Any]:
    """A post for other programs."""
    return {"post": post.post_id, "account": post.account, "title": post.title, "url": post.url}


def listed(posts: Iterable[StoredPost]) -> Iterator[str]:
    """A post on one line, with the number that other commands take."""
    for each in posts:
        yield f"{each.post_id}  {each.account}  {short(each.title)}"


def lines_of(path: Path) -> list[str]:
    """What a list names, one a line; empty lines are skipped. Raises UsageError where it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise click.UsageError(f"{path} 不是 UTF-8 文本，请另存为 UTF-8 的 txt，每行一篇") from None
    except OSError as problem:
        raise click.UsageError(f"读不了 {path}：{said(problem)}") from problem
    return [line.strip() for line in text.splitlines() if line.strip()]
