"""The first config.toml of a centre: accounts proposed from a heap of downloaded files (what each may be called, and why; nothing
is decided, a person confirms it), and its text, written only where it is usable and none lies there yet."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from adapters import platforms
from adapters.tables.units import folded
from collector.config.loading import parse
from collector.intake.heap import OWN, Finding
from collector.intake.joining import Parts, folder_of, name_of
from collector.intake.naming import id_in


@dataclass(slots=True, kw_only=True)
class NewAccount:
    """An account as config.toml will have it. ``columns``: headings of its own table → fields."""

    id: str
    platform: str
    name: str
    group: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Proposed(NewAccount):
    """An account that files tell of. ``key`` names it as long as its first file is there. ``sure``: its platform is
    beyond doubt; ``named``: so told by the files, else the name only holds its place. ``why``: what was concluded from
    what, in sentences. ``unread``: headings over numbers that nobody knows."""

    key: str
    sure: bool
    named: bool
    files: list[Finding]
    why: list[str]
    unread: tuple[str, ...] = ()


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


def key_of(*parts: str) -> str:
    """A short name for what these words tell, as forms carry it."""
    return hashlib.sha256("/".join(parts).encode("utf-8", "replace")).hexdigest()[:10]


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
    # a table of followers alone that says of no account: any may be meant
    asked = [e for e in heap if e.platform == "ledger" and not e.works and not e.owners]
    left = [each for each in heap if each.platform and each not in asked]
    kinds: dict[str, set[str]] = {}
    for each in left:
        for folder in each.folders:
            kinds.setdefault(folder, set()).add(each.platform)
    shared = {folder for folder, there in kinds.items() if len(there) > 1}
    accounts: list[Proposed] = []
    for platform in platforms.NAMES:
        files = [each for each in left if each.platform == platform]
        parts = Parts(files, shared)
        accounts += [_proposed(platform, each, shared) for each in parts.parts]
        asked += parts.asked
    _declare(accounts, left)
    owners = [name for each in left if each.platform == "ledger" for _, name in each.owners if name]
    mentioned = list(dict.fromkeys(owners))
    _name_by_ledgers(accounts, mentioned)
    _tell_apart(accounts)
    return Proposal(accounts=accounts, asked=asked, unread=unread, mentioned=mentioned)


def _proposed(platform: str, files: list[Finding], shared: set[str]) -> Proposed:
    about = platforms.BY_KEY[platform]
    sure = all(each.sure for each in files)
    why = [_platform_said(platform, files, sure=sure)]
    names = Counter(name_of(each, shared) for each in files)
    del names["", ""]
    folder = next(filter(None, (folder_of(each, shared) for each in files)), "")
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
    key = key_of(platform, *files[0].folders, files[0].name)
    unread = tuple(
        dict.fromkeys(heading for each in files if each.is_table for heading in each.unread)
    )
    return Proposed(
        key=key, platform=platform, id=id_in(folder), name=name, group=group_of(platform), sure=sure, named=named, files=files,
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
        found = Proposed(
            key=key_of(f"{platform}|{name}"), platform=platform, id="", name=name, group=group_of(platform),
            sure=True, named=True, files=[], why=[f"“{sheet.name}”里有它的作品"],
        )  # fmt: skip
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


_HEAD = """\
# 爆款的配置。改完后运行 collect check 检查。路径相对于本文件。

[centre]
name = {name}

[storage]
url = "sqlite:///data/baokuan.db"     # 数据库
captures = "data/captures"            # 原始文件的留存

[inbox]
path = "inbox"                        # 导出的文件放到 inbox/<账号 id>/

[hits]                                # 多少算爆款
views = [100_000, 1_000_000]
likes = [10_000]
"""


def text_of(centre: str, accounts: Iterable[NewAccount]) -> str:
    """The text of a config.toml."""
    return _HEAD.format(name=_toml(centre)) + "".join(map(_account, accounts))


def _account(account: NewAccount) -> str:
    values = {
        "id": account.id, "platform": account.platform, "name": account.name, "group": account.group,
    }  # fmt: skip
    lines = [f"{key} = {_toml(value)}" for key, value in values.items() if value]
    if account.columns:
        pairs = ", ".join(
            f"{_toml(one)} = {_toml(other)}" for one, other in account.columns.items()
        )
        lines.append(f"columns = {{ {pairs} }}")
    return "\n[[accounts]]\n" + "\n".join(lines) + "\n"


def _toml(text: str) -> str:
    """A TOML basic string: JSON's quoting is a subset of it, but for DEL."""
    return json.dumps(text.strip(), ensure_ascii=False).replace("\x7f", "\\u007f")


def write(path: Path, text: str) -> None:
    """Write config.toml, whole or not at all. Raises ConfigError where the text cannot be used, and FileExistsError
    where there is one already: it is never overwritten."""
    parse(text, path)
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with draft.open("w", encoding="utf-8", newline="\n") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            raise
        except OSError:  # a disk without links (exFAT)
            with path.open("x", encoding="utf-8", newline="\n") as out:
                out.write(text)
    finally:
        draft.unlink(missing_ok=True)
