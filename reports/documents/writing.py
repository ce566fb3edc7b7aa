"""Putting a finished document where it belongs: wholly or not at all."""

from __future__ import annotations

from pathlib import Path


class DocumentError(OSError):
    """A document could not be written: says which and what to do, in Chinese."""


def write(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path``, its folder made where it is missing; an older document stays until the new
    one is whole. Raises DocumentError."""
    partial = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(content)
        partial.replace(path)
    except OSError as problem:
        try:
            partial.unlink(missing_ok=True)
        except OSError as left:
            problem.add_note(f"{partial}: {left}")
        raise DocumentError(
            f"写不了 {path}：{problem.strerror or problem}。"
            "若它正在 Excel 或 WPS 里打开，请先关闭；否则请检查文件夹的权限和磁盘空间"
        ) from problem
