"""Opening a Word file that somebody sent: within size, and without what could make more of itself than it is."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable
from typing import IO, Any

#: A file with more parts than this, or larger when unpacked, is no text that somebody wrote.
MOST_PARTS = 5_000
MOST_BYTES = 64_000_000
#: The text of a long book is a tenth of this; pictures may be larger. A tree in memory takes ten times its text.
MOST_XML = 24_000_000
_DAMAGED = (
    "Word 文件打不开：可能没有下载完、已损坏，或者设了密码。请在 Word 里另存为新的 .docx 再试"
)
_LARGE = "Word 文件展开后太大，不像一份总结，没有打开"


class Unreadable(ValueError):
    """A file that cannot be read; says in Chinese what to do."""


def open_document(content: bytes) -> Any:
    """A python-docx document with a body. Raises Unreadable for what is none or may do harm."""
    from docx import Document
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    damage = (
        *(OpcError, LxmlError, zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError),
        *(NotImplementedError, LookupError, ValueError, AttributeError, TypeError, AssertionError),
    )
    try:
        _refuse_harm(content)
        document = Document(io.BytesIO(content))
        roots = [getattr(each, "_element", None) for each in document.part.package.iter_parts()]
        _refuse_types(each for each in roots if each is not None)
        if document.element.body is None:
            raise Unreadable(_DAMAGED)
    except Unreadable:
        raise
    except damage as problem:  # python-docx believes what a package says of itself
        raise Unreadable(_DAMAGED) from problem
    return document


def _refuse_harm(content: bytes) -> None:
    """zipfile never unpacks more of a part than the directory states, so its sizes can be believed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or sum(each.file_size for each in parts) > MOST_BYTES:
            raise Unreadable(_LARGE)
        xml = 0
        for part in parts:
            with archive.open(part) as stream:
                if _is_xml(stream):
                    xml += part.file_size
                elif part.filename.endswith((".xml", ".rels")):
                    raise Unreadable(_DAMAGED)
        if xml > MOST_XML:
            raise Unreadable(_LARGE)


def _is_xml(stream: IO[bytes]) -> bool:
    """Whether an element is found in a part, whatever it is called. Raises Unreadable where a document type comes
    before it: that is the only place where one can be."""
    from lxml import etree

    safe: dict[str, Any] = {"resolve_entities": False, "load_dtd": False, "no_network": True}
    try:
        for _, root in etree.iterparse(stream, events=("start",), **safe):
            _refuse_types([root])
            return True
    except etree.XMLSyntaxError:  # a picture, or damage
        return False
    return False


def _refuse_types(roots: Iterable[Any]) -> None:
    if any(each.getroottree().docinfo.doctype for each in roots):
        raise Unreadable("Word 文件里有不该有的定义（DOCTYPE），没有打开")
