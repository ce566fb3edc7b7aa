"""What lies in the inbox: ``inbox/<account id>/<file>``. Files are looked at here, not opened; what cannot be
taken is named and stays where it is."""

from __future__ import annotations

import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from adapters.errors import Invalid
from collector.config import Config
from collector.config_sections import AccountConfig
from collector.words import said

DONE = "done"
#: What browsers and Excel leave while a file is not whole, and what systems leave everywhere.
_UNFINISHED = (".crdownload", ".part", ".tmp", ".download", ".partial")
_NOISE = {"thumbs.db", "desktop.ini", ".ds_store"}
#: A file changed this recently may still be growing: it is looked at twice.
_FRESH_SECONDS, _LOOK_SECONDS = 2.0, 0.3


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file and the account whose folder it lies in; ``problem`` where it cannot be taken."""

    account: AccountConfig
    path: Path
    problem: Invalid | None = None


def scan(config: Config, only: str = "", *, make: bool = True) -> Iterator[Incoming]:
    """The files in the inbox, by account in the order of config; ``make`` makes folders that lack."""
    inbox = config.path(config.inbox.path)
    for account in config.accounts:
        if only and account.id != only:
            continue
        folder = inbox / account.id
        if make:
            folder.mkdir(parents=True, exist_ok=True)
        if not folder.is_dir():
            continue
        for path in sorted(folder.iterdir()):
            if path.name != DONE and not _is_noise(path):
                yield Incoming(account, path, _problem(path, inbox))


def strays(config: Config) -> list[str]:
    """What lies in the inbox outside any account's folder."""
    inbox = config.path(config.inbox.path)
    known = {each.id for each in config.accounts}
    if not inbox.is_dir():
        return []
    return [
        each.name
        for each in sorted(inbox.iterdir())
        if each.name not in known and not _is_noise(each)
    ]


def settled(path: Path, pause: Callable[[float], None] = time.sleep) -> bool:
    """Whether a file is whole: one changed just now is looked at twice."""
    before = path.stat()
    if time.time() - before.st_mtime < _FRESH_SECONDS:
        pause(_LOOK_SECONDS)
        after = path.stat()
        return (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    return True


def put_away(path: Path, sha256: str, now: datetime) -> Path | None:
    """Move a stored file to ``done/``; the same bytes lie there once. None where another program holds
    it open (Windows): it is stored all the same, and moved by the next run."""
    done = path.parent / DONE
    done.mkdir(exist_ok=True)
    mark = f"-{sha256[:8]}-"
    there = next((each for each in done.iterdir() if mark in each.name), None)
    target = there or done / _short(f"{now:%Y%m%d-%H%M%S}{mark}", path.name)
    try:
        path.replace(target)
    except FileNotFoundError:
        return target  # a run beside this one moved it first
    except OSError:
        return None
    return target


def _short(front: str, name: str) -> str:
    """Names of 255 bytes cannot grow: the middle of the old name gives way, its ending stays."""
    stem, ending = Path(name).stem, Path(name).suffix
    room = 250 - len(front.encode()) - len(ending.encode())
    kept = stem.encode()[: max(room, 0)].decode(errors="ignore")
    return f"{front}{kept}{ending}"


def _is_noise(path: Path) -> bool:
    name = path.name
    return name.startswith((".", "~$")) or name.lower() in _NOISE


def is_whole(name: str) -> bool:
    """Whether a file of this name is to be read: no noise, and nothing that a browser or Excel still works on."""
    return not _is_noise(Path(name)) and not name.lower().endswith(_UNFINISHED)


def _problem(path: Path, inbox: Path) -> Invalid | None:
    """Why a file cannot be taken, or None."""
    if path.name.lower().endswith(_UNFINISHED):
        return Invalid("文件还没有下载完", target=path.name, advice="下载完成后再运行一次")
    try:
        mode = path.lstat().st_mode
        inside = path.resolve(strict=True).is_relative_to(inbox.resolve())
    except OSError as problem:
        return Invalid(
            f"打不开：{said(problem)}", target=path.name, advice="请检查文件是否还在、是否有权限"
        )
    if stat.S_ISLNK(mode) and not inside:
        return Invalid(
            "这是指向收件夹以外的链接，没有读取", target=path.name, advice="请把文件本身复制进来"
        )
    if path.is_dir():
        return Invalid("这是文件夹", target=path.name, advice="请把里面的文件直接放在账号文件夹下")
    if not path.is_file():
        return Invalid("这不是普通文件", target=path.name, advice="请把它移走")
    return None
