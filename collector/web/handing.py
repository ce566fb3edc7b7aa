"""Files that a browser hands in: several from a form, or one at a time from the page's script."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO

from flask import Response, flash, redirect, request
from werkzeug.wrappers import Response as Answer

from collector.web.desk import DISK_FULL, cleaned
from collector.web.signing import by_script

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
