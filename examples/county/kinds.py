"""What a summary must say beyond sums: topics, placements, live streams, own broadcast, followers, named posts. Computed
here from what the files show, by docs/definitions.md and by nothing of the program's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from county.exports import Export
from county.ledgers import LEDGER_DAY, OUTLETS, Follower
from county.tables import _AUTHORS, _COLUMNS
from county.truth import (
    _SECOND,
    AS_OF,
    PERIODS,
    Answer,
    Story,
    Value,
    _counted,
    _moment,
    _sum,
    _within,
    stories,
)
from county.works import DAY, end_of

#: The topics of config.toml: words of the title, columns.
TOPICS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "防汛救灾": (("防汛", "洪水", "暴雨"), ("防汛救灾",)),
    "移风易俗": (("移风易俗", "丧事简办", "喜事新办"), ()),
    "茶叶节": (("茶叶节", "茶开园", "明前茶"), ()),
    "高考": (("高考",), ()),
}
#: A window of hours, beside the usual periods: the flood, to an hour of its last day.
WINDOW = ("2026-07-14..2026-07-19T16", ("2026-07-14T00:00:00+08:00", "2026-07-19T16:00:00+08:00"))
#: Numbers of the ledger's rows by sheet: see ledgers.py.
LIVE, BROADCAST = range(1_000, 2_000), range(2_000, 10_000)


def kinds(exports: Sequence[Export], followers: Sequence[Follower]) -> list[Answer]:
    """One answer a period, basis and as-of moment."""
    told = stories(exports)
    rows = {each.name: each for each in exports if each.account == "ledger"}
    (ledger,) = rows.values()
    found = []
    for basis in ("published", "aged:7"):
        for period, span in (*PERIODS.items(), WINDOW):
            for as_of in AS_OF:
                answer: Answer = {"period": period, "basis": basis, "as_of": as_of}
                answer["topics"] = _topics(told, span, basis, as_of)
                answer["tops"] = _tops(told, span, basis, as_of)
                answer["output"] = _output(told, span, basis, as_of)
                if _moment(as_of) >= end_of(LEDGER_DAY):
                    answer |= _ledger(ledger, told["ledger"], span)
                answer["followers"] = _followers(followers, span, as_of)
                found.append(answer)
    return found


def _chosen(
    account: str, told: Iterable[Story], span: tuple[str, str], basis: str, as_of: str | None
) -> list[tuple[Story, datetime]]:
    """The counted posts of an account, each with the moment at which it is valued."""
    limit, found = _moment(as_of), []
    for each in told:
        if not _within(each, span):
            continue
        if basis == "published":
            if _counted(each, limit):
                found.append((each, limit))
            continue
        age = each.published + 7 * DAY
        if (
            age <= limit
            and any(age - DAY <= when <= age for when, _ in each.seen)
            and _counted(each, age)
        ):
            found.append((each, age))
    return found


def _all(
    told: dict[str, list[Story]], span: tuple[str, str], basis: str, as_of: str | None
) -> dict[str, list[tuple[Story, datetime]]]:
    return {
        account: _chosen(account, each, span, basis, as_of)
        for account, each in told.items()
        if account != "ledger"
    }


def _column(account: str, story: Story) -> str:
    return _COLUMNS[story.work.number % 5] if account in ("app", "portal") else ""


def _title(story: Story, as_of: str | None) -> str:
    """Its newest title by as-of."""
    shown = story.at(_moment(as_of))
    assert shown is not None
    return shown.title


def _topics(
    told: dict[str, list[Story]], span: tuple[str, str], basis: str, as_of: str | None
) -> dict[str, Answer]:
    found: dict[str, Answer] = {}
    for name, (words, columns) in TOPICS.items():
        accounts: dict[str, Answer] = {}
        values: list[Value | None] = []
        for account, posts in _all(told, span, basis, as_of).items():
            ours = [
                (story, at)
                for story, at in posts
                if any(word in _title(story, as_of) for word in words)
                or _column(account, story) in columns
            ]
            if ours:
                part = [story.value("views", at) for story, at in ours]
                accounts[account] = {"posts": len(ours), "views": _sum(part)}
                values += part
        found[name] = {"posts": len(values), "views": _sum(values), "accounts": accounts}
    return found


def _tops(
    told: dict[str, list[Story]], span: tuple[str, str], basis: str, as_of: str | None
) -> list[list[Any]]:
    """The five most viewed posts of all accounts: title, account, views."""
    ranked = []
    for account, posts in _all(told, span, basis, as_of).items():
        for story, at in posts:
            value = story.value("views", at)
            if value is not None:
                ranked.append((value[0], _title(story, as_of), account))
    ranked.sort(key=lambda each: -each[0])
    return [[title, account, value] for value, title, account in ranked[:5]]


def _output(
    told: dict[str, list[Story]], span: tuple[str, str], basis: str, as_of: str | None
) -> dict[str, Answer]:
    """Originals and reprints of the client, whose files say so, and posts by column and by author."""
    posts = [story for story, _ in _all(told, span, basis, as_of)["app"]]
    original = sum(each.work.number % 4 != 1 for each in posts)
    return {
        "app": {
            "posts": len(posts),
            "originals": original,
            "reprints": len(posts) - original,
            "columns": dict(sorted(Counter(_column("app", each) for each in posts).items())),
            "authors": dict(
                sorted(Counter(_AUTHORS[each.work.seed % 4] for each in posts).items())
            ),
        }
    }


def _ledger(ledger: Export, told: list[Story], span: tuple[str, str]) -> Answer:
    """Placements by level, outlet and medium; live sessions and their views; issues and items of programmes."""
    within = {each.work.number: each for each in told if _within(each, span)}
    rows = ledger.write.keywords["sheets"]  # type: ignore[attr-defined]
    level = {name: (rank, medium) for name, rank, medium in OUTLETS}
    numbered = list(enumerate(rows["外宣"][1:]))
    placed = [row for number, row in numbered if number in within]
    lives = [story for number, story in within.items() if number in LIVE]
    views = {each.work.title: each.seen[-1][1].figures["views"] or 0 for each in lives}
    programmes: dict[str, list[int]] = {}
    start, end = (_moment(each) for each in span)
    for day, column, _issue, items in rows["播出"][1:]:
        if start <= end_of(day.isoformat()).replace(hour=0, minute=0, second=0) < end:
            programmes.setdefault(column, []).append(items)
    return {
        "placements": {
            "levels": dict(Counter(level[row[2]][0] for row in placed)),
            "outlets": dict(Counter(row[2] for row in placed)),
            "media": dict(Counter(level[row[2]][1] for row in placed)),
            "front_page": sum(row[5] == "是" for row in placed),
        },
        "live": {
            "sessions": len(lives),
            "views": sum(views.values()) if lives else None,
            "best": max(views, key=lambda each: views[each]) if views else None,
        },
        "broadcast": {
            name: {"issues": len(items), "items": sum(items)}
            for name, items in sorted(programmes.items())
        },
    }


def _followers(
    followers: Iterable[Follower], span: tuple[str, str], as_of: str | None
) -> dict[str, list[int | None]]:
    """Each account's followers at the period's two ends: the last standing value at or before each, and
    not after as-of."""
    start, end = (_moment(each) for each in span)
    found: dict[str, list[int | None]] = {}
    known = _moment(as_of)
    for at, moment in enumerate((min(start, known), min(end - _SECOND, known))):
        for each in sorted(followers, key=lambda each: each.day):
            ends = found.setdefault(each.account, [None, None])
            if end_of(each.day.isoformat()) <= moment:
                ends[at] = each.value
    return dict(sorted(found.items()))
