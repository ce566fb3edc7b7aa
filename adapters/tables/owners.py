"""Whose a row is, where a table names accounts or platforms: the account of config that is meant, and never one that
only happens to own the folder."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from adapters.contract import Account
from adapters.platforms import BY_KEY, BY_WORD
from adapters.tables.cells import as_text
from adapters.tables.columns import FoundTable, data_rows
from adapters.tables.rows import is_total
from adapters.tables.units import folded


@dataclass(frozen=True)
class Owners:
    """``several``: the table names more than one. ``default``: the account of a row that names none."""

    account: Account
    several: bool
    default: str

    def of(self, name: str, platform: str) -> str:
        """The id of the account of a row; empty for the folder's own. Raises ValueError where config has no such
        account."""
        if not name and not platform:
            if self.several:
                raise ValueError("没有写是哪个账号或平台，不知道算谁的")
            return self.default
        if not self.several:
            return self.default
        found = named(self.account, name, platform)
        if found is None:
            said = "、".join(filter(None, (platform, name)))
            raise ValueError(f"“{said}”不是 config.toml 里的账号，不知道算谁的")
        return "" if found == self.account.id else found

    @cached_property
    def platforms(self) -> dict[str, str]:
        """The id of each account → its platform; empty: the folder's own."""
        return {each[0]: each[1] for each in self.account.others} | {"": self.account.platform}


def owners(found: FoundTable, account: Account, default: str = "") -> Owners:
    """Who the rows of a table belong to. One name throughout is the folder's own account, whatever it is called there,
    unless it is that of another account or platform."""
    at = {column.field: index for index, column in found.columns}
    places = (at.get("account"), at.get("detail:platform"))
    if places == (None, None):
        return Owners(account, several=False, default=default)
    said: set[tuple[str, str]] = set()
    for _, row in data_rows(found):
        cells = [
            as_text(row[each]) if each is not None and each < len(row) else "" for each in places
        ]
        if any(cells) and not any(map(is_total, row)):
            said.add((cells[0], cells[1]))
    if len(said) != 1:
        return Owners(account, several=bool(said), default=default)
    name, platform = said.pop()
    meant = named(account, name, platform)
    foreign = BY_WORD.get(folded(platform or name), account.platform) != account.platform
    if meant is None and not foreign:
        return Owners(account, several=False, default=default)
    return Owners(account, several=True, default=default)


def named(account: Account, name: str, platform: str) -> str | None:
    """The id of the one account of config that a name and a platform mean; None where none or several are meant."""
    kind = BY_WORD.get(folded(platform), platform if platform in BY_KEY else "")
    if platform and not kind:  # a column 平台 that holds names
        name, platform = name or platform, ""
    if name and not kind and folded(name) in BY_WORD and not _called(account, name):
        name, kind = "", BY_WORD[folded(name)]
    own = (account.id, account.platform, account.name)
    known = dict.fromkeys((own, *account.others))
    fits = [
        each
        for each in known
        if (not kind or each[1] == kind)
        and (not name or folded(name) in map(folded, (each[0], each[2])))
    ]
    if own in fits and (len(fits) == 1 or not name):
        return account.id
    return fits[0][0] if len(fits) == 1 else None


def _called(account: Account, name: str) -> bool:
    every = ((account.id, account.platform, account.name), *account.others)
    return any(folded(name) in map(folded, (each[0], each[2])) for each in every)
