"""The names of accounts and of their views in running text, as the platforms use them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from adapters import platforms
from reports.centre import AccountInfo
from reports.vocabulary import words_of


def called(info: AccountInfo) -> str:
    """``“看云岭”抖音号``; ``“云岭头条号”`` where the name says it itself."""
    name, platform = info.name or info.id, platforms.BY_KEY[info.platform]
    says = any(name != word and name.endswith(word) for word in platform.words)
    return f"“{name}”" if says else f"“{name}”{platform.account}"


def views_word(keys: Iterable[str], kinds: Collection[str]) -> str:
    """播放量 of video platforms whatever the kind of the work, 阅读量 of articles; 阅读播放量 where both are added.
    ``keys``: of platforms; ``kinds``: of posts, which decide where a platform shows both."""
    own = {platforms.BY_KEY[key].views for key in keys}
    if "" in own:
        own = (own - {""}) | {words_of(kinds).views}
    return own.pop() if len(own) == 1 else "阅读播放量"
