"""Folders into which people download: what is an export of one of our accounts is copied to the inbox, once; everything
else is left alone, and nothing is ever moved."""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine

from adapters.errors import SourceError
from adapters.files import MAX_BYTES
from collector.config.loading import Config
from collector.intake.inbox import is_text, is_whole, settled, stamp
from collector.intake.placing import place
from storage.database import reading

#: Beside the database: what was looked at already, so that a file is opened once, whoever looks.
SEEN = "data/downloads.json"
#: What exports of platforms end in.
_ENDINGS = (".xlsx", ".xls", ".csv", ".htm", ".html", ".json")


def watched(config: Config) -> Iterator[Path]:
    """The files of the watched folders that may be exports; no links, nothing that is not whole."""
    for each in config.inbox.watch:
        folder = config.path(os.path.expanduser(each))  # noqa: PTH111 - ~ is no part of config's own folder
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                name = entry.name
                if (
                    name.lower().endswith(_ENDINGS)
                    and is_whole(name)
                    and is_text(name)
                    and _is_plain(entry)
                ):
                    yield Path(entry.path)


def _is_plain(entry: os.DirEntry[str]) -> bool:
    try:
        look = entry.stat(follow_symlinks=False)
    except OSError:
        return False
    return stat.S_ISREG(look.st_mode) and look.st_size <= MAX_BYTES


def take(engine: Engine, config: Config) -> list[Path]:
    """Copy what is new and ours to the inbox: to its account's folder, or beside the folders where a person must say whose
    it is. Returns the copies."""
    path = config.path(SEEN)
    seen = _seen(path)
    copies = []
    for file in watched(config):
        with suppress(OSError):
            there = list(stamp(file.stat()))
            if seen.get(str(file)) == there or not settled(file):
                continue
            copy = _copied(engine, config, file)
            copies += [copy] if copy is not None else []
            seen[str(file)] = there
    seen = {each: look for each, look in seen.items() if Path(each).exists()}
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".part")
    partial.write_text(json.dumps(seen, ensure_ascii=False), encoding="utf-8")
    partial.replace(path)
    return copies


def _copied(engine: Engine, config: Config, file: Path) -> Path | None:
    """The copy of a file that is an export of ours, in the inbox; None where it is something else. Raises OSError."""
    try:
        with reading(engine) as connection:
            found = place(connection, config, file)
        if not found.account and not found.export:
            return None
    except SourceError:
        return None
    folder = config.inbox_folder / found.account
    return copy_to(folder, file)


def copy_to(folder: Path, file: Path) -> Path:
    """A copy of ``file`` in ``folder`` (made where it lacks), beside what lies there already. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    copy, number = folder / file.name, 1
    while copy.exists():
        number += 1
        copy = folder / f"{file.stem} ({number}){file.suffix}"
    partial = copy.with_name(f"{copy.name}.part")  # which no reader of the inbox takes up
    shutil.copy2(file, partial)
    partial.replace(copy)
    return copy


def _seen(path: Path) -> dict[str, list[int]]:
    """What was looked at before; a damaged note costs a second look, no more."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
