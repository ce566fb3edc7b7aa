"""Putting a finished document where it belongs: wholly or not at all."""

from __future__ import annotations

import errno
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_WORDS = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限，或正被别的程序打开",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘是只读的",
    errno.ENOSPC: "磁盘已满",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EEXIST: "路径中有一段不是文件夹",
    errno.ENAMETOOLONG: "名字太长",
}


class DocumentError(OSError):
    """A document could not be written: says which and what to do, in Chinese."""


def write(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path`` as ``replacing`` does."""
    with replacing(path) as partial:
        partial.write_bytes(content)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file beside ``path`` to write to, which takes its place once it is whole; an older document stays until then.
    The folder is made where it is missing. Two at once do not write to one file: the last to end stays. Raises
    DocumentError."""
    partial = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        partial.replace(path)
    except OSError as problem:
        _drop(partial, problem)
        if isinstance(problem, DocumentError):
            raise
        raise DocumentError(
            f"写不了 {path}：{why(problem)}。"
            "若它正在 Excel 或 WPS 里打开，请先关闭；否则请检查文件夹的权限和磁盘空间"
        ) from problem
    except BaseException as problem:
        _drop(partial, problem)
        raise


def _drop(partial: Path, problem: BaseException) -> None:
    try:
        partial.unlink(missing_ok=True)
    except OSError as left:
        problem.add_note(f"{partial}: {left}")


def why(problem: OSError) -> str:
    """What the operating system says, in Chinese where it is common."""
    return _WORDS.get(problem.errno or 0) or problem.strerror or str(problem)


def packed(content: bytes) -> bytes:
    """A Word file's parts packed again, all with the earliest time that a zip knows: the same document, the same bytes."""
    made = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            info = ZipInfo(name)
            info.compress_type = ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            info.create_system = 0
            new.writestr(info, old.read(name))
    return made.getvalue()
