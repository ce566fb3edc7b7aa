"""A text in parts that a chat takes: limits are in bytes of UTF-8, and a Chinese character is three of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

#: Bytes of the mark at the head of a part, ``（12/34）``, at its longest.
_MARK = len("（999/999）".encode())


@dataclass(frozen=True, slots=True)
class Message:
    """One message, and the numbers of the entries that are told to their end when it has arrived."""

    text: str
    ends: tuple[int, ...]


def parts(head: str, entries: Sequence[str], limit: int) -> list[Message]:
    """``entries`` in as few messages of at most ``limit`` bytes as their order allows; each begins with ``head``, with
    ``（1/3）`` where there are several. An entry stays whole where one message can hold it; else it is parted
    between lines, and a line that alone is too long between characters."""
    room = limit - len(f"{head}\n".encode()) - _MARK
    if room < 8:
        raise ValueError(f"a message of {limit} bytes has no room beside its head")
    bodies: list[tuple[list[str], list[int]]] = []
    used = room  # so that the first piece opens the first part
    for number, entry in enumerate(entries):
        pieces = list(_pieces(entry, room))
        for place, piece in enumerate(pieces):
            gap = 1 if place == 0 and bodies and bodies[-1][0] else 0  # an empty line between two
            size = len(piece.encode()) + 1 + gap
            if used + size > room + 1:
                bodies.append(([], []))
                used, size, gap = 0, size - gap, 0
            bodies[-1][0].extend([""] * gap + [piece])
            used += size
            if place + 1 == len(pieces):
                bodies[-1][1].append(number)
    several = len(bodies) > 1
    return [
        Message(
            "\n".join((f"{head}（{at}/{len(bodies)}）" if several else head, *lines)),
            tuple(ends),
        )
        for at, (lines, ends) in enumerate(bodies, 1)
    ]


def _pieces(entry: str, room: int) -> Iterator[str]:
    """The entry as a whole, or where that is too long its lines, cut where they are too long."""
    if len(entry.encode()) <= room:
        yield entry
        return
    for line in entry.split("\n"):
        yield from _cut(line, room)


def _cut(line: str, room: int) -> Iterator[str]:
    start, size = 0, 0
    for at, character in enumerate(line):
        width = len(character.encode())
        if size + width > room:
            yield line[start:at]
            start, size = at, 0
        size += width
    yield line[start:]
