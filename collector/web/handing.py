"""Files that a browser hands in: several from a form, or one at a time from the page's script; how they are kept, and under
which names."""

from __future__ import annotations

import errno
import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import IO

from flask import Response, flash, redirect, request
from werkzeug.wrappers import Response as Answer

from adapters.files import MAX_BYTES
from collector.web.signing import by_script

_BLOCK = 2**20
#: What no file may be called on some system.
_UNFIT = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
#: The errors of a disk that takes no more.
DISK_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
#: Files in one request without the script of the page; with it they come one by one.
AT_ONCE = 500


def hand_in(keep: Callable[[IO[bytes], str], object], to: str) -> Answer:
    """Give each file of the request to ``keep``, with its name, or where it comes alone the path it had; then lead to
    ``to``. What cannot be kept is said there; the script is told in words."""
    files = [each for each in request.files.getlist("file") if each.filename]
    faults = [] if files else ["没有收到文件，请先选文件，或把文件拖到框里"]
    alone = request.form.get("path", "") if len(files) == 1 else ""
    for each in files[:AT_ONCE]:
        try:
            keep(each.stream, alone or each.filename or "")
        except ValueError as problem:
            faults.append(str(problem))
        except OSError as problem:
            full = problem.errno in DISK_FULL
            why = "磁盘已满，请腾出空间再传" if full else "存不到磁盘上，请看看磁盘和权限"
            faults.append(f"“{cleaned(each.filename or '')}”没有收下：{why}")
    if len(files) > AT_ONCE:
        more = len(files) - AT_ONCE
        faults.append(f"一次最多 {AT_ONCE} 个，后面的 {more} 个没有收下，请再传一次")
    if by_script():
        return Response("\n".join(faults), 422 if faults else 200, mimetype="text/plain")
    for fault in faults:
        flash(fault, "bad")
    return redirect(to)


def keep(stream: IO[bytes], partial: Path, called: str) -> tuple[int, str]:
    """Write what arrives to ``partial``; its size and SHA-256. Raises ValueError, in Chinese, where it is too large or
    empty; OSError where the disk is full."""
    digest, size = hashlib.sha256(), 0
    with partial.open("wb") as out:
        while block := stream.read(_BLOCK):
            size += len(block)
            if size > MAX_BYTES:
                raise ValueError(f"“{called}”超过 {MAX_BYTES // 2**20} MB 的上限，请按月分几次导出")
            digest.update(block)
            out.write(block)
    if not size:
        raise ValueError(f"“{called}”是空的，没有收下")
    return size, digest.hexdigest()


def cleaned(name: str) -> str:
    """What a file was called, as every system can keep it: no folders, no control signs, at most 180 bytes."""
    bare = _UNFIT.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip(" .")
    bare = "".join(each for each in bare if each.isprintable())
    if not bare or _RESERVED.fullmatch(bare):
        bare = f"文件_{bare}"
    stem, dot, ending = bare.rpartition(".")
    if dot and len(ending) <= 8:
        room = 180 - len(ending.encode()) - 1
        return f"{stem.encode()[:room].decode(errors='ignore')}.{ending}"
    return bare.encode()[:180].decode(errors="ignore")
