"""Whom a draft speaks of: accounts by name or id, platforms, groups, topics, everything together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from adapters import platforms
from reports.centre import AccountInfo, Centre
from reports.drafts.reading.text import fold
from reports.drafts.reading.words import TOTALS, WORDS

#: Fewer signs of a name tell nobody.
_TELLING = 3
SubjectKind = Literal["total", "group", "platform", "account", "topic", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenOf:
    """``accounts``: ids, in the order of config. ``topic``: only its posts. ``number``: how many accounts the draft
    says they are (两个客户端); ``any``: one of them (另一客户端)."""

    kind: SubjectKind
    words: str
    accounts: tuple[str, ...] = ()
    topic: str = ""
    platform: str = ""
    number: int | None = None
    any: bool = False


@dataclass(slots=True)
class Lexicon:
    """All words that a draft may name, by their first sign; ``find`` gives the longest that stands there."""

    subjects: dict[str, tuple[SpokenOf, ...]] = field(default_factory=dict)
    by_sign: dict[str, list[str]] = field(default_factory=dict)
    total: SpokenOf = field(default_factory=lambda: SpokenOf(kind="total", words=""))
    named: dict[str, tuple[str, str]] = field(default_factory=dict)

    def masked(self, name: str, platform: str = "") -> tuple[SpokenOf, ...]:
        """The one account of ours that XX融媒 stands for, where no other fits; on a platform where one is given."""
        shape = _mask(name)
        if shape is None:
            return ()
        fits = {
            one.accounts: one
            for word, found in self.subjects.items()
            for one in found
            if one.kind == "account" and platform in ("", one.platform) and shape.fullmatch(word)
        }
        ours = [one for one in fits.values() if set(one.accounts) <= set(self.total.accounts)]
        return (ours[0],) if len(ours) == 1 else ()

    def masked_programme(self, name: str) -> str:
        """The one programme that 《XX新闻》 stands for."""
        shape = _mask(name)
        if shape is None:
            return ""
        fits = [
            each
            for word, (sort, each) in self.named.items()
            if sort == "PROGRAMME" and shape.fullmatch(word)
        ]
        return fits[0] if len(fits) == 1 else ""

    def find(self, text: str, place: int) -> str:
        for word in self.by_sign.get(text[place], ()):
            if text.startswith(word, place):
                return word
        return ""

    def sort(self, word: str) -> tuple[str, str] | None:
        """The terminal of a word and what it stands for."""
        return self.named.get(word) or WORDS.get(word)


def _mask(name: str) -> re.Pattern[str] | None:
    """A name in which X stands for a place that is not told; None for any other name."""
    parts = re.split(r"[Xx×]+", name)
    return re.compile(".+".join(map(re.escape, parts))) if len(parts) == 2 else None


def lexicon(centre: Centre, outlets: Iterable[str] = (), programmes: Iterable[str] = ()) -> Lexicon:
    """``outlets``: the media that placements are on record of, ``programmes``: those of own broadcast; a name of an
    account or a word of every draft outranks them."""
    found = Lexicon()
    ours = [each for each in centre.accounts if each.owner == "ours"]
    counted = tuple(each.id for each in ours if not each.ledger)
    found.total = SpokenOf(kind="total", words=centre.name, accounts=counted)
    _add(found, (centre.name, *_short(centre.name)), found.total)
    for each in centre.accounts:
        subject = SpokenOf(
            kind="account", words=each.name or each.id, accounts=(each.id,), platform=each.platform
        )
        _add(found, _names(each, centre.name), subject)
    for group in dict.fromkeys(each.group for each in ours if each.group):
        members = tuple(each.id for each in ours if each.group == group)
        names = (group, f"{group}组", f"{group}账号", f"{group}矩阵", f"{group}类账号")
        _add(found, names, SpokenOf(kind="group", words=group, accounts=members))
    for platform in platforms.BY_KEY.values():
        members = tuple(each.id for each in ours if each.platform == platform.key)
        for word in () if platform.key == "ledger" else platform.words:
            subject = SpokenOf(kind="platform", words=word, accounts=members, platform=platform.key)
            slips = [f"{word[:-1]}好"] if word.endswith("号") else []
            _add(found, (word, f"{word}账号", *slips), subject)
    for topic in centre.topics:
        _add(found, (topic.name,), replace(found.total, kind="topic", words=topic.name, topic=topic.name))  # fmt: skip
    _add(found, [word for word in TOTALS if word not in found.subjects], found.total)
    for terminal, media in (("OUTLET", outlets), ("PROGRAMME", programmes)):
        for name in media:
            plain = _folded(name)
            if len(plain) >= 2 and plain not in found.subjects and plain not in WORDS:
                found.named.setdefault(plain, (terminal, name))
    for word in sorted({*found.subjects, *WORDS, *found.named}, key=len, reverse=True):
        found.by_sign.setdefault(word[0], []).append(word)
    return found


def _names(info: AccountInfo, centre: str) -> Iterator[str]:
    """A name, the name without the platform's word at its end (unless that is but the place's name), and the id."""
    name = _folded(info.name)
    yield name
    yield info.id
    for word in (*platforms.BY_KEY[info.platform].words, info.platform_name):
        stem = name.removesuffix(word) if word else name
        if stem != name and len(stem) >= _TELLING + centre.startswith(stem):
            yield stem


def _short(name: str) -> Iterator[str]:
    """云岭县融媒体中心 → 云岭融媒体中心, 云岭县融媒中心, 云岭融媒中心."""
    for sign in "县区市旗":
        at = name.find(sign)
        if at > 0:
            short = name[:at] + name[at + 1 :]
            yield short
            yield short.replace("融媒体", "融媒")
    yield name.replace("融媒体", "融媒")


def _folded(name: str) -> str:
    return fold(name).plain.strip("“”\"'《》")


def _add(found: Lexicon, words: Iterable[str], subject: SpokenOf) -> None:
    for word in words:
        plain = _folded(word)
        if len(plain) < 2:
            continue
        there = found.subjects.get(plain, ())
        if all(each.accounts != subject.accounts or each.kind != subject.kind for each in there):
            found.subjects[plain] = (*there, subject)


def combine(first: tuple[SpokenOf, ...], second: tuple[SpokenOf, ...]) -> tuple[SpokenOf, ...]:
    """Two names side by side: a name and its platform are the accounts that both mean; everything together and a
    part are the part; a topic narrows either. None in common: an unknown account of that name."""
    found = [_both(left, right) for left in first for right in second]
    known = tuple(each for each in found if each.kind != "unknown")
    return tuple(dict.fromkeys(known or found))


def _both(left: SpokenOf, right: SpokenOf) -> SpokenOf:
    if "topic" in (left.kind, right.kind):
        topic, other = (left, right) if left.kind == "topic" else (right, left)
        if other.kind in ("total", "topic"):
            return topic
        if other.topic == topic.topic:
            return other
        return replace(other, topic=topic.topic, words=f"{other.words}“{topic.words}”")
    if left.kind == "total":
        return right
    if right.kind == "total":
        return left
    common = tuple(each for each in left.accounts if each in right.accounts)
    if left.kind == "unknown":
        return left
    words = f"{left.words}{right.words}" if right.kind == "platform" else right.words
    if common:
        named = left if left.kind == "account" else right
        return replace(named, accounts=common, words=named.words)
    if left.kind == "account" and right.kind == "account":
        return right
    if right.kind == "unknown" or "account" in (left.kind, right.kind):
        return SpokenOf(kind="unknown", words=words)
    return right


def together(run: list[tuple[SpokenOf, ...]]) -> tuple[SpokenOf, ...]:
    """Several subjects named in a row, as one."""
    if len(run) == 1:
        return run[0]
    first = [each[0] for each in run]
    if any(each.kind == "unknown" for each in first):
        return (next(each for each in first if each.kind == "unknown"),)
    accounts = tuple(dict.fromkeys(name for each in first for name in each.accounts))
    words = "、".join(each.words for each in first)
    topic = next((each.topic for each in first if each.topic), "")
    return (SpokenOf(kind="group", words=words, accounts=accounts, topic=topic),)
