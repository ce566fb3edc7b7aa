"""A copy of a Word draft with a comment at each claim. Nothing else of the copy differs; earlier comments stay."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from reports.documents.opening import Unreadable, open_document
from reports.drafts.word_files import Located, located

_AUTHOR, _INITIALS = "爆款核对", "核"


def annotated(
    content: bytes, comments: Iterable[tuple[int, int, int, str]], now: datetime
) -> bytes:
    """The draft's bytes with comments: (paragraph, start, end, text), paragraphs counted as ``word_files`` gives
    them. ``now`` (aware) dates the comments. Raises Unreadable."""
    document = open_document(content)
    found = list(located(document))
    try:
        return _commented(document, found, comments, now)
    except (
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
    ) as problem:  # of its earlier comments
        raise Unreadable(
            "Word 文件里原有的批注看不懂，加不了批注。请在 Word 里另存为新的 .docx 再试"
        ) from problem


def _commented(
    document: Any,
    found: list[Located],
    comments: Iterable[tuple[int, int, int, str]],
    now: datetime,
) -> bytes:
    from docx.text.run import Run

    for paragraph, start, end, text in comments:
        runs = _runs(found[paragraph], start, end)
        if not runs:
            continue
        made = document.add_comment(
            runs=[Run(each, document) for each in runs],
            text=text,
            author=_AUTHOR,
            initials=_INITIALS,
        )
        made._comment_elm.date = now
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _runs(where: Located, start: int, end: int) -> list[Any]:
    """The first and the last run that hold the claim; outside a text box, where Word takes no comments."""
    inside = [each.run for each in where.pieces if each.start < end and each.end > start]
    if not inside:
        inside = [each.run for each in where.pieces[:1]]
    if not inside:
        return []
    box = [each for each in where.element.iterancestors() if each.tag.endswith("}txbxContent")]
    if box:
        outer = next((each for each in box[-1].iterancestors() if each.tag.endswith("}r")), None)
        return [] if outer is None else [outer]
    return [inside[0], inside[-1]]
