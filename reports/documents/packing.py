"""A Word file's bytes without the moment at which they were packed."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo


def packed(content: bytes) -> bytes:
    """The same files packed again, all with the earliest time that a zip knows: the same document, the same bytes."""
    made = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            info = ZipInfo(name)
            info.compress_type = ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            info.create_system = 0
            new.writestr(info, old.read(name))
    return made.getvalue()
