"""What lies in the inbox: ``inbox/<account id>/<file>``. Files are looked at here, not opened; what cannot be
taken is named and stays where it is."""

from __future__ import annotations

import os
import stat
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from adapters.errors import Invalid, SourceError, readable
from collector.config.loading import Config
from collector.config.sections import AccountConfig
from collector.intake.naming import PUT_AWAY
from collector.words import said
from storage.database import RowsRefused

DONE = "done"
#: What browsers and Excel leave while a file is not whole, and what systems leave everywhere.
_UNFINISHED = (".crdownload", ".part", ".tmp", ".download", ".partial")
_NOISE = {"thumbs.db", "desktop.ini", ".ds_store"}
#: A file changed this recently may still be growing: it is looked at twice.
_FRESH_SECONDS, _LOOK_SECONDS = 2.0, 0.3


#: Size and time (ns) of a file's last change.
Stamp = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file and the account whose folder it lies in; ``problem`` where it cannot be taken."""

    account: AccountConfig
    path: Path
    problem: SourceError | None = None

    @property
    def name(self) -> str:
        return named(self.path)


def named(path: Path) -> str:
    """A file's name as people are shown it: one in the bytes of another system (GBK, from an archive or a share) as
    it was probably meant."""
    if is_text(path.name):
        return readable(path.name)
    return readable(os.fsencode(path.name).decode("gb18030", "replace"))


def is_text(name: str) -> bool:
    """Whether a file's name is text, not bytes that this system cannot decode."""
    return not any("\ud800" <= sign <= "\udfff" for sign in name)


def scan(config: Config, only: str = "", *, make: bool = True) -> Iterator[Incoming]:
    """The files in the inbox, by account in the order of config; ``make`` makes folders that lack."""
    inbox = config.inbox_folder
    for account in config.accounts:
        if only and account.id != only:
            continue
        folder = inbox / account.id
        try:
            if make:
                folder.mkdir(parents=True, exist_ok=True)
            found = sorted(folder.iterdir()) if folder.is_dir() else []
        except FileExistsError:
            what = "这里应该是账号的文件夹，却是一个文件或坏了的链接"
            advice = "请把它移走，再运行一次"
            yield Incoming(account, folder, Invalid(what, target=account.id, advice=advice))
            continue
        except OSError as problem:
            yield Incoming(account, folder, explained(problem, account.id))
            continue
        for path in found:
            if path.name != DONE and not _is_noise(path):
                yield Incoming(account, path, unfit(path, inbox))


def lying(config: Config) -> set[tuple[str, str]]:
    """(account, file as it is called in the database) of all that lies in the inbox."""
    return {(each.account.id, PUT_AWAY.sub("", each.name)) for each in scan(config, make=False)}


def strays(config: Config) -> list[str]:
    """Folders in the inbox that are no account's."""
    known = {each.id for each in config.accounts} | {DONE}
    return [named(each) for each in _lying(config) if each.name not in known and not each.is_file()]


def loose(config: Config) -> list[Path]:
    """Files that lie in the inbox itself, in no account's folder."""
    return [each for each in _lying(config) if each.is_file() or each.is_symlink()]


def _lying(config: Config) -> list[Path]:
    inbox = config.inbox_folder
    try:
        found = sorted(inbox.iterdir()) if inbox.is_dir() else []
    except OSError:  # each account's folder tells of it (scan)
        return []
    return [each for each in found if not _is_noise(each)]


def settled(path: Path, pause: Callable[[float], None] = time.sleep) -> bool:
    """Whether a file is whole: one changed just now is looked at twice."""
    before = path.stat()
    if time.time() - before.st_mtime < _FRESH_SECONDS:
        pause(_LOOK_SECONDS)
        return stamp(before) == stamp(path.stat())
    return True


def stamp(look: os.stat_result) -> Stamp:
    """What changes when a file is written to."""
    return look.st_size, look.st_mtime_ns


def put_away(path: Path, sha256: str, now: datetime, folder: Path | None = None) -> None:
    """Move a stored file to ``done/`` of its folder (or of ``folder``); the same bytes lie there once. Raises Invalid where
    that cannot be done (on Windows while another program holds it open): it is stored all the same, and moved by the
    next run."""
    done = (folder or path.parent) / DONE
    mark = f"-{sha256[:8]}-"
    try:
        done.mkdir(parents=True, exist_ok=True)
        there = next((each for each in done.iterdir() if mark in each.name), None)
        path.replace(there or done / _short(f"{now:%Y%m%d-%H%M%S}{mark}", named(path)))
    except OSError as problem:
        raise Invalid(
            f"已经存入，但没能移到 done 文件夹（{said(problem)}）",
            target=named(path),
            advice="请看看 done 是不是文件夹、能不能写，文件是否正被别的程序打开，然后再运行一次，不会重复计数",
        ) from problem


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


def explained(problem: Exception, name: str) -> SourceError:
    """Whatever went wrong with a file, as what is told of it."""
    if isinstance(problem, SourceError):
        return problem
    if isinstance(problem, OSError):
        advice = "请检查文件是否还在、有没有权限、是否正被别的程序打开，然后再运行一次"
        return Invalid(f"读不了：{said(problem)}", target=name, advice=advice)
    if isinstance(problem, RowsRefused):
        return Invalid(str(problem), target=name, advice="请核对文件，改好后再放进来")
    where = traceback.extract_tb(problem.__traceback__)[-1]
    what = f"{type(problem).__name__}，{Path(where.filename).name} 第 {where.lineno} 行"
    advice = "别的文件不受影响。请把这个文件和这句话发给维护程序的人"
    return Invalid(f"程序读不了它（{what}）", target=name, advice=advice)


def unfit(path: Path, inbox: Path | None = None) -> SourceError | None:
    """Why a file cannot be taken, or None. Of those in ``inbox`` no link may lead out of it."""
    try:
        return _unfit(path, named(path), inbox)
    except Exception as problem:  # a loop of links, a name that no call takes
        return explained(problem, named(path))


def _unfit(path: Path, name: str, inbox: Path | None) -> Invalid | None:
    if not is_text(path.name):
        return Invalid(
            "文件名不是这台电脑的编码（多半是压缩包里的 GBK 名字）",
            target=name,
            advice=f"请改名，例如改成“{name}”，再运行一次",
        )
    if name.lower().endswith(_UNFINISHED):
        return Invalid("文件还没有下载完", target=name, advice="下载完成后再运行一次")
    if inbox is not None and stat.S_ISLNK(path.lstat().st_mode):
        if not path.exists():
            return Invalid("这个链接指向的文件不在，或绕成了圈", target=name, advice="请把它移走")
        if not path.resolve().is_relative_to(inbox.resolve()):
            return Invalid(
                "这是指向收件夹以外的链接，没有读取", target=name, advice="请把文件本身复制进来"
            )
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        return Invalid("这是文件夹", target=name, advice="请把里面的文件直接放在账号文件夹下")
    if not stat.S_ISREG(mode):
        return Invalid("这不是普通文件", target=name, advice="请把它移走")
    return None
