"""The first config.toml of a centre: its text from a name and accounts, written only where it is usable and none lies
there yet."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from collector.config.loading import parse

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


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account as config.toml will have it. ``columns``: headings of its own table → fields."""

    id: str
    platform: str
    name: str
    group: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


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
