"""Whose a file is that lies in no account's folder. Nothing is credited by guess: an account is found by what the file
names, by the works in it or the figures of the account that are already known, or by being the only one that it can be;
else a person is asked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection

from adapters import platforms
from adapters.contract import Adapter, File
from adapters.errors import Invalid, SourceError
from adapters.files import open_file
from adapters.records import AccountFigures, Post
from adapters.registry import UNMISTAKABLE, choose
from adapters.registry import records as read_records
from adapters.tables.units import folded
from collector.config.loading import Config
from collector.config.sections import AccountConfig
from collector.intake.inbox import named
from storage.bulk import seconds, select_in
from storage.identity.keys import strong_keys, weak_key

#: Works of a file that are looked up among those known, and rows of it that are read for it.
_WORKS, _ROWS = 400, 2_000
#: Figures of an account that agree before they are known to be its own.
_AGREE = 3
#: Readers of files that no other platform has: their headings are nobody else's words.
OWN_HEADINGS = (*UNMISTAKABLE, "ledger", "weibo_spider", "weibo_crawler", "article_exporter")


@dataclass(frozen=True, slots=True)
class FileAccount:
    """The account of a file (its id), and how it is known. ``account`` empty: nobody can say; ``fits`` are those that it
    may be, and ``why`` says what is missing. ``export``: it is surely one of a platform of theirs."""

    account: str
    why: str
    fits: tuple[str, ...] = ()
    export: bool = False


def place(connection: Connection, config: Config, path: Path, name: str = "") -> FileAccount:
    """Say whose the file at ``path`` is; ``name`` is what it was called before it was uploaded. Raises SourceError where
    it cannot be opened at all, OSError where it cannot be read."""
    called = name or named(path)
    file = open_file(path, name=called)
    readers = dict(_readers(config, file))
    found = _whose(connection, config, file, called, readers)
    export = any(readers[each].name in OWN_HEADINGS for each in found.fits)
    return replace(found, export=export)


def _whose(
    connection: Connection, config: Config, file: File, called: str, readers: dict[str, Adapter]
) -> FileAccount:
    fits = [each for each in config.accounts if each.id in readers]
    if not fits:
        return FileAccount(
            "", "没有一个账号读得懂它：它不像任何平台的导出文件，也不像台账或自制的表"
        )
    ids = tuple(each.id for each in fits)
    said = [each.id for each in fits if _is_named(each, called, config)]
    works = {each.id: list(_works(config, each, file, readers[each.id])) for each in fits}
    owned = _owner_in(works)
    if owned:
        return FileAccount(owned, "表里写着账号", ids)
    known = _known(connection, works)
    if len(known) == 1:
        return _agreed(known[0], "里面有这个账号已有的作品", said, ids)
    if len(known) > 1:
        return FileAccount("", "里面的作品在不止一个账号里有", tuple(known))
    told = _by_figures(connection, works)
    if len(told) == 1:
        return _agreed(told[0], "里面的账号数据和这个账号已知的一样", said, ids)
    if len(said) == 1:
        return FileAccount(said[0], "文件名写着它", ids)
    if len(fits) == 1 and readers[ids[0]].name in OWN_HEADINGS:
        return FileAccount(
            ids[0],
            f"它是{platforms.NAMES[fits[0].platform]}的导出文件，这个平台只有这一个账号",
            ids,
        )
    return FileAccount("", "看不出是哪个账号的", tuple(said) or ids)


def _agreed(account: str, why: str, said: Sequence[str], fits: tuple[str, ...]) -> FileAccount:
    """An account, unless the file's name says another."""
    if said and account not in said:
        return FileAccount("", "文件名写的账号，和里面作品所属的账号不一样", (account, *said))
    return FileAccount(account, why, fits)


def _readers(config: Config, file: File) -> Iterator[tuple[str, Adapter]]:
    """The accounts (their ids) for which some adapter reads the file, each with it."""
    for each in config.accounts:
        try:
            yield each.id, choose(file, config.for_adapters(each))
        except Invalid:
            continue


def _is_named(account: AccountConfig, name: str, config: Config) -> bool:
    """Whether a file's name holds the account's name or id, or the platform of which it is the only account. Where a
    longer name of another account holds this one's, that one is meant."""
    text = name.casefold()
    for each in config.accounts:
        if len(each.name) > len(account.name) and folded(account.name) in folded(each.name):
            text = text.replace(each.name.casefold(), " ")
    same = [each for each in config.accounts if each.platform == account.platform]
    words = platforms.BY_KEY[account.platform].words if len(same) == 1 else ()
    return any(_holds(text, each) for each in (account.id, account.name, *words))


def _holds(text: str, word: str) -> bool:
    """Whether a word stands in a text; one of letters must stand alone (app is not in happy)."""
    if not word.isascii():
        return folded(word) in folded(text)
    alone = rf"(?<![a-z0-9]){re.escape(word.casefold())}(?![a-z0-9])"
    return re.search(alone, text) is not None


def _works(
    config: Config, account: AccountConfig, file: File, reader: Adapter
) -> Iterator[Post | AccountFigures]:
    """The first records of a file, read for an account; rows that are not understood are left out."""
    try:
        for each in islice(read_records(reader, file, config.for_adapters(account)), _ROWS):
            if isinstance(each, Post | AccountFigures):
                yield each
    except SourceError:
        return


def _owner_in(works: dict[str, list[Post | AccountFigures]]) -> str:
    """The account that the rows themselves name: whoever reads them, they belong to the same ones. Of several the one
    with the most; empty where the rows name none."""
    owners = {
        reader: Counter(each.account or reader for each in records)
        for reader, records in works.items()
        if records
    }
    first = next(iter(owners.values()), Counter[str]())
    named_by_rows = any(each.account for records in works.values() for each in records)
    if not named_by_rows or any(each != first for each in owners.values()):
        return ""
    return max((each for each in first if each in works), key=lambda each: first[each], default="")


def _known(connection: Connection, works: dict[str, list[Post | AccountFigures]]) -> list[str]:
    """The accounts that have one of the works already: by the platform's id or its address, else by time and title."""
    found = []
    for account, records in works.items():
        posts = [each for each in islice(records, _WORKS) if isinstance(each, Post)]
        keys = {key for each in posts for key in (*strong_keys(each), weak_key(each))}
        sql = "SELECT DISTINCT a.key FROM post_key k JOIN account a ON a.account_id = k.account_id WHERE k.key IN (??)"
        if account in {row[0] for row in select_in(connection, sql, sorted(keys))}:
            found.append(account)
    return found


def _by_figures(connection: Connection, works: dict[str, list[Post | AccountFigures]]) -> list[str]:
    """The accounts that a file without works tells of: figures of the same moments that are known already, three at
    least equal and not zero, none different."""
    found = []
    for account, records in works.items():
        if any(isinstance(each, Post) for each in records):
            continue
        told = {
            (metric, seconds(each.observed_at)): count.value
            for each in records
            if isinstance(each, AccountFigures) and each.observed_at and not each.account
            for metric, count in each.figures.items()
            if count.exact
        }
        known = _figures_of(connection, account, sorted({moment for _, moment in told}))
        both = {key for key in told if key in known}
        equal = sum(bool(told[key]) for key in both if told[key] in known[key])
        if equal >= _AGREE and all(told[key] in known[key] for key in both):
            found.append(account)
    return found


def _figures_of(
    connection: Connection, account: str, moments: Sequence[int]
) -> dict[tuple[str, int], set[int]]:
    """What is known of an account at these moments (UTC seconds), exactly: (metric, moment) → values."""
    sql = (
        "SELECT o.metric, o.observed_at, o.value FROM account_observation o"
        " JOIN account a ON a.account_id = o.account_id JOIN attempt t ON t.attempt_id = o.attempt_id"
        " WHERE a.key = ? AND o.bounds IS NULL AND t.withdrawn_at IS NULL AND o.observed_at IN (??)"
    )
    found: dict[tuple[str, int], set[int]] = {}
    for metric, moment, value in select_in(connection, sql, moments, account):
        found.setdefault((metric, moment), set()).add(value)
    return found
