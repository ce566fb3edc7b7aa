"""Accounts proposed from a heap of downloaded files, while there is no config: which belong together, what each may be
called, and why. Nothing here is decided: a person confirms it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from adapters import platforms
from adapters.tables.units import folded
from collector.config.founding import NewAccount
from collector.intake.heap import OWN, Finding
from collector.intake.naming import alike, id_in, name_in

#: Works that two lists without ids share before they are those of one account, and that two lists of one name have in
#: one period, all different, before they are those of two.
_SHARED, _APART = 2, 3


@dataclass(slots=True, kw_only=True)
class Proposed:
    """An account that files tell of. ``key`` names it as long as its first file is there. ``sure``: its platform is
    beyond doubt; ``named``: so told by the files, else the name only holds its place. ``why``: what was concluded from
    what, in sentences. ``columns``: headings over numbers that nobody knows."""

    key: str
    platform: str
    id: str
    name: str
    sure: bool
    named: bool
    files: list[Finding]
    why: list[str]
    unread: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def group(self) -> str:
        return group_of(self.platform)

    @property
    def account(self) -> NewAccount:
        return NewAccount(
            id=self.id,
            platform=self.platform,
            name=self.name,
            group=self.group,
            columns=self.columns,
        )


@dataclass(slots=True, kw_only=True)
class Proposal:
    """``asked``: files of which only the platform is known. ``unread``: those that nobody reads. ``mentioned``: names that
    the rows of ledgers give to accounts."""

    accounts: list[Proposed]
    asked: list[Finding]
    unread: list[Finding]
    mentioned: list[str]

    @property
    def homeless(self) -> list[str]:
        """Names in ledgers that no proposed account has: their rows would be refused."""
        names = {folded(each.name) for each in self.accounts}
        return [each for each in self.mentioned if folded(each) not in names]


def group_of(platform: str) -> str:
    """The group under which the accounts of a platform are usually summed up."""
    each = platforms.BY_KEY[platform]
    if platform == "ledger":
        return ""
    if platform == "wechat_mp":
        return "公众号"
    return "自有平台" if each.site else "短视频" if each.kind == "video" else "资讯平台"


def propose(heap: Sequence[Finding]) -> Proposal:
    """The accounts that a heap of files tells of."""
    unread = [each for each in heap if not each.platform]
    asked = [each for each in heap if _is_of_nobody(each)]
    left = [each for each in heap if each.platform and each not in asked]
    kinds: dict[str, set[str]] = {}
    for each in left:
        for folder in each.folders:
            kinds.setdefault(folder, set()).add(each.platform)
    shared = {folder for folder, there in kinds.items() if len(there) > 1}
    accounts: list[Proposed] = []
    for platform in platforms.NAMES:
        files = [each for each in left if each.platform == platform]
        parts = _Parts(files, shared)
        accounts += [_proposed(platform, each, parts, shared) for each in parts.whole()]
        asked += parts.untold()
    _declare(accounts, left)
    owners = [name for each in left if each.platform == "ledger" for _, name in each.owners if name]
    mentioned = list(dict.fromkeys(owners))
    _name_by_ledgers(accounts, mentioned)
    _tell_apart(accounts)
    return Proposal(accounts=accounts, asked=asked, unread=unread, mentioned=mentioned)


def _is_of_nobody(each: Finding) -> bool:
    """A table of followers alone that says of no account: any may be meant."""
    return each.platform == "ledger" and not each.works and not each.owners


@dataclass
class _Parts:
    """Files of one platform, joined as far as something says that they are one account's."""

    files: list[Finding]
    shared: set[str]
    _of: list[int] = field(init=False)
    _asked: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._of = list(range(len(self.files)))
        self._join_equal(lambda each: {each.owner} - {""})
        self._join_equal(lambda each: each.strong)
        self._join_by_works()
        self._join_equal(lambda each: {name_of(each, self.shared)[0]} - {""})
        self._join_equal(lambda each: {_folder(each, self.shared)} - {""})
        self._join_the_rest()

    def whole(self) -> Iterator[list[Finding]]:
        for part in self._parts().values():
            files = [each for each in part if not any(each is other for other in self._asked)]
            if files:
                yield files

    def untold(self) -> list[Finding]:
        return self._asked

    def _parts(self) -> dict[int, list[Finding]]:
        found: dict[int, list[Finding]] = {}
        for each, at in zip(self.files, self._of, strict=True):
            found.setdefault(at, []).append(each)
        return found

    def _join(self, one: int, other: int) -> None:
        """Join two parts, unless something says that they are two accounts."""
        parts = self._parts()
        both = [*parts.get(one, ()), *parts.get(other, ())]
        owners = {each.owner for each in both if each.owner}
        names = {name_of(each, self.shared)[0] for each in both} - {""}
        if one != other and len(owners) < 2 and len(names) < 2:
            self._of = [min(one, other) if at in (one, other) else at for at in self._of]

    def _join_equal(self, signs: object) -> None:
        """Join the files that have a sign in common."""
        assert callable(signs)
        first: dict[str, int] = {}
        for at, each in enumerate(self.files):
            for sign in signs(each):
                self._join(self._of[first.setdefault(sign, at)], self._of[at])

    def _join_by_works(self) -> None:
        """Join lists without ids that share works; one that shares works with two owners' is neither's."""
        parts = self._parts()
        keys = {at: set().union(*(each.weak for each in part)) for at, part in parts.items()}
        owned = {at for at, part in parts.items() if any(each.owner for each in part)}
        pairs = [
            (one, other)
            for one, other in combinations(parts, 2)
            if len(keys[one] & keys[other])
            >= max(1, min(_SHARED, len(keys[one]), len(keys[other])))
        ]
        claimed = Counter(
            each for pair in pairs if len(owned & {*pair}) == 1 for each in {*pair} - owned
        )
        for one, other in pairs:
            if all(claimed[each] < 2 for each in (one, other)):
                self._join(self._of[one], self._of[other])

    def _join_the_rest(self) -> None:
        """What nothing tells of goes to the only account there is; of several it may be any, and is asked about."""
        parts = self._parts()
        told = [at for at, part in parts.items() if any(_tells(each, self.shared) for each in part)]
        rest = [at for at in parts if at not in told]
        apart = {
            at
            for pair in combinations(parts, 2)
            if _differ(*(parts[at] for at in pair))
            for at in pair
        }
        if apart & {*rest}:
            told = [at for at in parts if at in told or at in apart]
            rest = [at for at in rest if at not in apart]
        if len(told) > 1:
            self._asked = [each for at in rest for each in parts[at]]
            return
        for at in rest:
            self._join(
                self._of[self.files.index(parts[(told or rest)[0]][0])],
                self._of[self.files.index(parts[at][0])],
            )


def _tells(each: Finding, shared: set[str]) -> bool:
    return bool(each.owner or name_of(each, shared)[0] or _folder(each, shared))


def _differ(one: Sequence[Finding], other: Sequence[Finding]) -> bool:
    """Whether two lists of one name cover the same days with works that are all different."""
    for a in one:
        for b in other:
            if a.days and b.days and alike(a.name) == alike(b.name) and not a.weak & b.weak:
                here = sum(min(b.days) <= day <= max(b.days) for day in a.days)
                there = sum(min(a.days) <= day <= max(a.days) for day in b.days)
                if min(here, there) >= _APART:
                    return True
    return False


def _folder(each: Finding, shared: set[str]) -> str:
    """The innermost folder of a file that is not one for all, for a month or for downloads."""
    own = (folder for folder in reversed(each.folders) if folder not in shared)
    return next((folder for folder in own if name_in(folder, ending=False) or id_in(folder)), "")


def name_of(each: Finding, shared: Iterable[str] = ()) -> tuple[str, str]:
    """What the account of a file is called, and what says so; empty where nothing does. A ledger is no account's."""
    if each.platform == "ledger":
        return "", ""
    names = {name for _, name in each.owners if name}
    if len(names) == 1:
        return names.pop(), "表里写着"
    if len(names) > 1:
        return "", ""
    if name := name_in(_folder(each, {*shared}), ending=False):
        return name, f"文件夹叫“{name}”"
    return each.called, f"文件名里写着“{each.called}”" if each.called else ""


def _proposed(platform: str, files: list[Finding], parts: _Parts, shared: set[str]) -> Proposed:
    about = platforms.BY_KEY[platform]
    sure = all(each.sure for each in files)
    why = [_platform_said(platform, files, sure=sure)]
    names = Counter(name_of(each, shared) for each in files)
    del names["", ""]
    folder = next(filter(None, (_folder(each, shared) for each in files)), "")
    name, reason = max(names, key=lambda each: names[each], default=("", ""))
    if platform == "ledger":
        name, reason = "台账", "台账里的外宣、直播、播出、粉丝各归各的"
    named = bool(name)
    if not named:
        name = id_in(folder) if folder and folder not in platforms.NAMES else about.account
        reason = "文件里没有写账号名称，先这样叫，请改成真的名称"
    why.append(reason)
    if len(files) > 1:
        why.append(_together(files, folder))
    key = hashlib.sha256(
        f"{platform}/{'/'.join(files[0].folders)}/{files[0].name}".encode("utf-8", "replace")
    ).hexdigest()[:10]
    unread = tuple(
        dict.fromkeys(heading for each in files if each.is_table for heading in each.unread)
    )
    return Proposed(
        key=key, platform=platform, id=id_in(folder), name=name, sure=sure, named=named, files=files,
        why=why, unread=unread,
    )  # fmt: skip


def _platform_said(platform: str, files: Sequence[Finding], *, sure: bool) -> str:
    name = platforms.NAMES[platform]
    if sure:
        return "是台账" if platform == "ledger" else f"是{name}的导出文件"
    if platform in OWN:
        return f"是自制的表，先当作{name}的，请核对平台"
    return f"表头像{name}的导出文件，请核对平台"


def _together(files: Sequence[Finding], folder: str) -> str:
    if len({each.owner for each in files}) == 1 and files[0].owner:
        return f"{len(files)} 个文件的网址都是这个号的"
    if folder:
        return f"{len(files)} 个文件在文件夹“{folder}”里，或有相同的作品"
    return f"{len(files)} 个文件有相同的作品，或没有看出是另一个账号的"


def _declare(accounts: list[Proposed], files: Iterable[Finding]) -> None:
    """Accounts that a sheet of all channels names by platform and name are proposed too; the sheet goes to the one that
    it tells most of."""
    for each in files:
        told = Counter({pair: rows for pair, rows in each.owners.items() if pair[0]})
        if each.platform == "ledger" or not each.is_table or len(told) < 2:
            continue
        home = next(one for one in accounts if any(each is file for file in one.files))
        home.files = [file for file in home.files if file is not each]
        if not home.files:
            accounts.remove(home)
        there = [_declared(accounts, platform, name, each) for platform, name in told]
        readable = [
            (rows, -at) for at, rows in enumerate(told.values()) if there[at].platform in OWN
        ]
        at = -max(readable or [(rows, -at) for at, rows in enumerate(told.values())])[1]
        there[at].files.append(each)
        if (
            not readable
        ):  # config must say a column, so that its platform's reader is not the only one
            there[at].columns = {"标题": "title"}


def _declared(accounts: list[Proposed], platform: str, name: str, sheet: Finding) -> Proposed:
    name = name or platforms.BY_KEY[platform].account
    same = [each for each in accounts if each.platform == platform]
    found = next((each for each in same if folded(each.name) == folded(name)), None)
    if found is None:
        key = hashlib.sha256(f"{platform}|{name}".encode("utf-8", "replace")).hexdigest()[:10]
        said = f"“{sheet.name}”里有它的作品"
        found = Proposed(
            key=key,
            platform=platform,
            id="",
            name=name,
            sure=True,
            named=True,
            files=[],
            why=[said],
        )
        accounts.append(found)
    return found


def _name_by_ledgers(accounts: Sequence[Proposed], mentioned: Sequence[str]) -> None:
    """An account without a name, the only one of its platform, is what ledgers call by a name with its platform's."""
    for each in accounts:
        words = platforms.BY_KEY[each.platform].words
        said = [name for name in mentioned if any(word in name for word in words)]
        same = [one for one in accounts if one.platform == each.platform]
        if not each.named and len(same) == len(said) == 1:
            each.name, each.named = said[0], True
            each.why[1] = f"台账里有“{said[0]}”，带着平台的名字"


def _tell_apart(accounts: Sequence[Proposed]) -> None:
    """Give each its own id and name, as config wants them."""
    ids: set[str] = set()
    names = Counter(folded(each.name) for each in accounts)
    taken: set[str] = set()
    for each in accounts:
        each.id = other(each.id or each.platform, ids, "")
        ids.add(each.id.casefold())
        if names[folded(each.name)] > 1 and each.named:
            each.why.append("几个平台上同名，名称后面加了平台")
            each.name = f"{each.name}（{platforms.NAMES[each.platform]}）"
    for each in accounts:
        others = taken | (ids - {each.id.casefold()})
        each.name = other(each.name, others, " ")
        taken.add(each.name.casefold())


def other(wanted: str, taken: set[str], gap: str) -> str:
    """``wanted``, or with the first number behind it that makes it another than those ``taken``."""
    found, number = wanted, 1
    while found.casefold() in taken:
        number += 1
        found = f"{wanted}{gap}{number}"
    return found
