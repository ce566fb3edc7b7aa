"""A paragraph folded for reading: full-width signs, spaces and line breaks inside numbers, thousands commas.
Every folded sign knows where it stood, so that a claim can be pointed at in the draft."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Half-width punctuation that stands for Chinese punctuation once numbers are whole.
_PUNCTUATION = str.maketrans(",;:()!?", "，；：（）！？")
_GROUPS = re.compile(r"(?<!\d)(?<!\d[.,])\d{1,3}(?:(?:[,，][ \n]?| )\d{3}){1,5}(?!\d)")
#: Full-width signs and the many kinds of space; the line break stays.
_NARROW = {code: code - 0xFEE0 for code in range(ord("！"), ord("～") + 1)} | {
    code: " " for code in range(0x3001) if chr(code).isspace() and chr(code) != "\n"
}
_SPACE = re.compile("[ \n]+")
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
)


@dataclass(frozen=True, slots=True)
class Text:
    """``plain`` is the folded text; ``at[i]`` is where its sign ``i`` stands in the original."""

    plain: str
    at: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where ``plain[start:end]`` stands in the original, half-open; both 0 for nothing."""
        if not start < end:
            return (0, 0)
        return self.at[start], self.at[end - 1] + 1


def fold(original: str) -> Text:
    """Full-width signs become half-width ones, one for one; what is not seen, and space inside numbers, goes."""
    text = _quoted(original.translate(_NARROW))
    dropped = _dropped(text)
    dropped.update(match.start() for match in _UNSEEN.finditer(text))
    if not dropped:
        return Text(text.translate(_PUNCTUATION), tuple(range(len(text))))
    kept = [place for place in range(len(text)) if place not in dropped]
    return Text("".join(text[place] for place in kept).translate(_PUNCTUATION), tuple(kept))


def _quoted(text: str) -> str:
    """Straight quotation marks, where they come in pairs, as Chinese ones."""
    if not text.count('"') or text.count('"') % 2:
        return text
    parts = text.split('"')
    return parts[0] + "".join(
        f"{'“' if at % 2 else '”'}{part}" for at, part in enumerate(parts[1:], 1)
    )


def _dropped(text: str) -> set[int]:
    """Commas and spaces inside a number, and all space that separates no two words of Latin signs or numbers."""
    dropped = {
        place
        for match in _GROUPS.finditer(text)
        for place in range(*match.span())
        if not text[place].isdigit()
    }
    for match in _SPACE.finditer(text):
        start, end = match.span()
        dropped.update(range(start + _separates(text, start, end), end))
    return dropped


def _separates(text: str, start: int, end: int) -> bool:
    """Space between two Latin words or numbers; a line break inside a number is none."""
    if start == 0 or end == len(text):
        return False
    before, after = text[start - 1], text[end]
    if before.isdigit() and after.isdigit():
        return "\n" not in text[start:end]
    if before in ",." and "\n" in text[start:end] and after.isdigit():
        return False
    return before.isascii() and after.isascii() and before.isalnum() and after.isalnum()
