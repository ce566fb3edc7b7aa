"""A draft with its edits: in Word as tracked changes with comments, which leave runs and styles as they are; in text
in place. A Word draft with the comments of a check."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any

from reports.documents.opening import Unreadable, open_document
from reports.drafts.filling.answers import Edit
from reports.drafts.filling.filler import OPEN_MARK
from reports.drafts.reading.paragraphs import DraftText, decoded
from reports.drafts.reading.word_files import SIGNS, Located, W, comment, comments_by, located

#: Name and initials of who edits, and of who checks.
_EDITOR, _CHECKER = ("爆款", "款"), ("爆款核对", "核")
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_IN_FIELD = "空在域里，改了会被 Word 更新掉，请自己填"
_MACROS = "Word 文件带宏，没有填。请在 Word 里另存为不带宏的 .docx 再试"


def revised(
    content: bytes, draft: DraftText, edits: Sequence[Edit], now: datetime, *, tracked: bool
) -> tuple[bytes, list[Edit]]:
    """The draft's bytes with the edits, and the edits as they were made; ``tracked`` holds for Word. Raises Unreadable."""
    if draft.kind == "docx":
        return revised_word(content, edits, now, tracked=tracked)
    text, code = decoded(content)
    return revised_text(text, draft, edits).encode(code), list(edits)


def annotated(
    content: bytes, comments: Iterable[tuple[int, int, int, str]], now: datetime
) -> bytes:
    """A Word draft's bytes with comments: (paragraph, start, end, text), paragraphs counted as ``word_files`` gives
    them; nothing else differs, earlier comments stay. ``now`` (aware) dates them. Raises Unreadable."""
    document = open_document(content)
    places = list(located(document))
    for paragraph, start, end, text in comments:
        where = places[paragraph]
        inside = [each.run for each in where.pieces if each.start < end and each.end > start]
        if runs := inside or [each.run for each in where.pieces[:1]]:
            comment(document, where, (runs[0], runs[-1]), text, _CHECKER, now)
    return _saved(document)


def _saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def revised_word(
    content: bytes, edits: Sequence[Edit], now: datetime, *, tracked: bool
) -> tuple[bytes, list[Edit]]:
    """The file with the edits, and the edits as they were made: what stands in a field stays open. ``now`` (aware)
    dates the changes. Raises Unreadable."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if any("vbaproject" in each.lower() for each in archive.namelist()):
            raise Unreadable(_MACROS)
    document = open_document(content)
    places = list(located(document))
    numbered = document.element.xpath("//w:ins/@w:id | //w:del/@w:id")
    ids = [int(each) for each in numbered if each.isdigit()]
    pen = _Pen(document, now, tracked, max(ids, default=0) + 1, comments_by(document, _EDITOR[0]))
    done = []
    for each in sorted(edits, key=lambda one: (one.paragraph, -one.start)):
        where = places[each.paragraph]
        changed = each.text != each.old
        if changed and _in_field(where, each.start, each.end):
            each = replace(each, sort="未填", text=each.old, note=_IN_FIELD)  # noqa: PLW2901
        pen.edit(where, each)
        done.append(each)
    return _saved(document), sorted(done, key=lambda one: (one.paragraph, one.start))


def revised_text(text: str, draft: DraftText, edits: Sequence[Edit]) -> str:
    """A text with the edits in place; what stays open is marked once."""
    found: list[tuple[int, int, Edit]] = []
    starts, at = [], 0
    for paragraph in draft.paragraphs:
        start = text.find(paragraph.text, at)
        starts.append(start)
        at = start + len(paragraph.text) if start >= 0 else at
    for each in edits:
        if starts[each.paragraph] >= 0:
            start = starts[each.paragraph] + each.start
            found.append((start, start + each.end - each.start, each))
    for start, end, each in sorted(found, key=lambda one: one[0], reverse=True):
        marked = each.sort == "未填" and not text.startswith(OPEN_MARK, end)
        text = f"{text[:start]}{each.text}{OPEN_MARK if marked else ''}{text[end:]}"
    return text


@dataclass(slots=True)
class _Pen:
    """Writes edits into a document; ``number``: the last id of a change; ``said``: what our comments said
    before."""

    document: Any
    now: datetime
    tracked: bool
    number: int
    said: frozenset[str]

    def edit(self, where: Located, edit: Edit) -> None:
        """One edit: the part of its words that differs is struck out and the new one put behind it."""
        head = _alike(edit.old, edit.text)
        tail = _alike(edit.old[head:][::-1], edit.text[head:][::-1])
        start, end = edit.start + head, edit.end - tail
        new = edit.text[head : len(edit.text) - tail]
        if edit.text == edit.old:
            if self.tracked:
                runs = list(_cut(where, edit.start, edit.end))
                self._comment(where, edit, runs[0] if runs else None, runs[-1] if runs else None)
            return
        old = list(_cut(where, start, end))
        model = old[0] if old else _before(where, start)
        if model is None:
            return
        made = self._insertion(model, new) if new else None
        first, last = self._place(model, old, made)
        if self.tracked:
            self._comment(where, edit, first, last)

    def _place(self, model: Any, old: list[Any], made: Any) -> tuple[Any, Any]:
        """Puts the new run behind the old ones; the first and the last element of the change."""
        if not self.tracked:
            if made is not None:
                (old[-1] if old else model).addnext(made)
            for run in old:
                run.getparent().remove(run)
            return made, made
        struck = [self._wrapped("del", run) for run in old]
        for sign in (sign for run in old for sign in run.iter(f"{W}t")):
            sign.tag = f"{W}delText"
        behind = struck[-1] if struck else model
        if made is None:
            return struck[0], behind
        outer = _outside(behind)
        outer.addnext(made)
        return (struck[0] if struck and outer is behind else made), made

    def _insertion(self, model: Any, text: str) -> Any:
        run = deepcopy(model)
        run.clear_content()
        sign = run.makeelement(f"{W}t", {_SPACE: "preserve"})
        sign.text = text
        run.append(sign)
        return self._wrapped("ins", run) if self.tracked else run

    def _wrapped(self, name: str, run: Any) -> Any:
        """A mark around a run, in its place where it has one."""
        self.number += 1
        moment = self.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        stamp = {f"{W}id": str(self.number), f"{W}author": _EDITOR[0], f"{W}date": moment}
        mark = run.makeelement(f"{W}{name}", stamp)
        if run.getparent() is not None:
            run.addprevious(mark)
        mark.append(run)
        return mark

    def _comment(self, where: Located, edit: Edit, first: Any, last: Any) -> None:
        changed = edit.text != edit.old
        text = f"【{edit.sort}】{'' if changed else f'{edit.old}：'}{edit.note}"
        if changed or text not in self.said:
            comment(self.document, where, (first, last), text, _EDITOR, self.now)


def _alike(one: str, other: str) -> int:
    """How many signs two texts begin alike."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _in_field(where: Located, start: int, end: int) -> bool:
    """Whether a part of the words is what a field shows."""
    depth, inside = 0, set()
    for run in where.element.iter(f"{W}r"):
        for mark in run.iter(f"{W}fldChar"):
            depth += {"begin": 1, "end": -1}.get(mark.get(f"{W}fldCharType", ""), 0)
        if depth > 0 or next(run.iterancestors(f"{W}fldSimple"), None) is not None:
            inside.add(run)
    return any(
        each.run in inside
        for each in where.pieces
        if each.start < max(end, start + 1) and each.end > start
    )


def _cut(where: Located, start: int, end: int) -> Iterator[Any]:
    """Runs that hold just the words from ``start`` to ``end``, cut out of those that hold more."""
    for piece in where.pieces:
        if piece.start < end and piece.end > start:
            run = piece.run
            if end < piece.end:
                _split(run, end - piece.start)
            yield _split(run, start - piece.start) if start > piece.start else run


def _before(where: Located, at: int) -> Any:
    """The run after which something put in at ``at`` stands."""
    for piece in where.pieces:
        if piece.start < at <= piece.end:
            if at < piece.end:
                _split(piece.run, at - piece.start)
            return piece.run
    return where.pieces[0].run if where.pieces else None


def _split(run: Any, at: int) -> Any:
    """Cuts a run behind its first ``at`` signs; the new run behind it holds the rest."""
    rest = deepcopy(run)
    run.addnext(rest)
    place = 0
    for mine, other in zip(list(run), list(rest), strict=True):
        if mine.tag == f"{W}rPr":
            continue
        text = mine.text or "" if mine.tag == f"{W}t" else ""
        end = place + (len(text) if mine.tag == f"{W}t" else int(mine.tag in SIGNS))
        if mine.tag == f"{W}t":
            mine.text, other.text = text[: max(at - place, 0)], text[max(at - place, 0) :]
            mine.set(_SPACE, "preserve")
            other.set(_SPACE, "preserve")
        if place >= at:
            run.remove(mine)
        elif end <= at:
            rest.remove(other)
        place = end
    return rest


def _outside(element: Any) -> Any:
    """The element itself; inside somebody's insertion that one, cut behind the element."""
    parent = element.getparent()
    if parent.tag != f"{W}ins":
        return element
    rest = [*element.itersiblings()]
    if rest:
        other = parent.makeelement(parent.tag, dict(parent.attrib))
        parent.addnext(other)
        for each in rest:
            other.append(each)
    return parent
