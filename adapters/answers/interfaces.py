"""How the answers of owners' interfaces are read alike: the code that each carries, what it means, how long a token lives."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from adapters.answers.json import at, changed, code, whole
from adapters.answers.pages import Meaning, refuse
from adapters.contract import Page
from adapters.errors import LoginExpired, SourceError, Unreachable
from adapters.moments import SHANGHAI

#: Dates beyond it are no life of a token.
LAST_YEAR = 9_000
#: Answers that say nothing.
NOTHING = frozenset({b"", b"{}", b"[]", b"null"})
_NONE: Mapping[int, re.Pattern[str]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """The codes of an interface. ``of``: whose, in words. ``places``: where a code may stand; the first that is not
    ``good`` counts; an answer without any is of another shape, unless they are ``optional``. ``messages``: where the words
    beside it stand. ``stale``: codes that say that the token is no longer good. ``worth``: code → what of its message
    helps a person (an address)."""

    of: str
    meanings: Mapping[int, Meaning]
    places: tuple[tuple[str, ...], ...] = (("code",),)
    messages: tuple[tuple[str, ...], ...] = (("message",),)
    good: int = 0
    optional: bool = False
    stale: frozenset[int] = frozenset()
    worth: Mapping[int, re.Pattern[str]] = field(default_factory=lambda: _NONE)

    def tree(self, page: Page) -> Any:
        """The JSON of a good answer. Raises what status and code say, Unreachable for an answer that says nothing: it is
        no wall, as on a page, and comes right by itself."""
        target = page.request.url
        if page.status != 200:  # such an answer may carry a code all the same, which says more
            self._check_refusal(page)
        if page.status == 200 and page.body.removeprefix(BOM_UTF8).strip() in NOTHING:
            raise Unreachable(f"{self.of}给了一个空的回答", target=target, advice="程序下次会再取")
        refuse(page)
        tree = whole(page.body, target)
        self.check(tree, target)
        return tree

    def check(self, tree: Any, target: str) -> None:
        """Raises what the code of an answer says; nothing where it is good."""
        numbers = list(self._numbers(tree, target))
        if not numbers and not self.optional:
            raise changed("回答里没有错误码", target)
        number = next((each for each in numbers if each != self.good), self.good)
        if number == self.good:
            return
        said = next((each for place in self.messages if (each := _text(tree, place))), "")
        if number not in self.meanings:
            raise changed(f"没有见过的{self.of}错误码 {number}（{said[:60]}）", target)
        pattern = self.worth.get(number)
        seen = pattern.search(said) if pattern is not None else None
        raise self.meanings[number].of(target, f"{number}，{seen[0]}" if seen else number)

    def is_stale(self, page: Page) -> bool:
        """Whether an answer says that the token is no longer good."""
        try:
            tree = whole(page.body, page.request.url)
            return not self.stale.isdisjoint(self._numbers(tree, page.request.url))
        except SourceError:
            return False

    def _check_refusal(self, page: Page) -> None:
        target = page.request.url
        try:
            numbers = list(self._numbers(whole(page.body, target), target))
        except SourceError:
            numbers = []
        if known := next((each for each in numbers if each in self.meanings), None):
            raise self.meanings[known].of(target, known)
        if page.status == 401:
            advice = "请核对 config.toml 里这个账号的 appid 和密钥"
            raise LoginExpired(f"{self.of}不认这个凭据（HTTP 401）", target=target, advice=advice)

    def _numbers(self, tree: Any, target: str) -> Iterator[int]:
        for place in self.places:
            holder = tree
            for step in place[:-1]:
                holder = holder.get(step) if isinstance(holder, dict) else None
            if isinstance(holder, dict) and place[-1] in holder:
                yield code(holder, place[-1], target=target)


def token_at(tree: Any, *path: str, page: Page) -> str:
    """The token at a path of an answer. Raises LayoutChanged where there is none."""
    target = page.request.url
    found = at(tree, *path, kind=str, target=target)
    if not found or found != found.strip():
        raise changed(f"回答里的“{'.'.join(path)}”不是令牌", target)
    return found


def ends_in(tree: Any, *path: str, page: Page) -> datetime:
    """When a token ends whose life in seconds stands at a path, as number or text, counted from the answer.

    Raises LayoutChanged where none stands there.
    """
    return _ends(page.fetched_at, code(tree, *path, target=page.request.url), path, page)


def ends_at(tree: Any, *path: str, page: Page) -> datetime:
    """When a token ends whose last moment stands at a path as a Unix time (s). Raises LayoutChanged where none does, or
    one that was over when the answer came."""
    moment = code(tree, *path, target=page.request.url)
    began = page.fetched_at.timestamp()
    return _ends(page.fetched_at, int(moment - began), path, page)


def past_day(text: str, page: Page) -> date:
    """A day (``2026-10-31``) that was over in Shanghai when the answer came. Raises LayoutChanged for any other text."""
    try:
        day = date.fromisoformat(text)
    except ValueError as problem:
        raise changed(f"回答里的“date”不是日期：“{text[:30]}”", page.request.url) from problem
    if day >= page.fetched_at.astimezone(SHANGHAI).date():
        raise changed(f"回答里有还没有过完的一天：{text}", page.request.url)
    return day


def _ends(began: datetime, seconds: int, path: tuple[str, ...], page: Page) -> datetime:
    try:
        end = began + timedelta(seconds=seconds)
    except OverflowError:
        end = datetime.max.replace(tzinfo=SHANGHAI)
    if seconds <= 0 or end.year > LAST_YEAR:
        raise changed(f"回答里的“{'.'.join(path)}”不是期限", page.request.url)
    return end


def _text(tree: Any, place: tuple[str, ...]) -> str:
    for step in place:
        tree = tree.get(step) if isinstance(tree, dict) else None
    return tree if isinstance(tree, str) else ""
