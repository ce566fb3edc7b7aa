"""A paragraph folded for reading: full-width signs, spaces and line breaks inside numbers, thousands commas.
Every folded sign knows where it stood, so that a claim can be pointed at in the draft."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

#: Half-width punctuation that stands for Chinese punctuation once numbers are whole.
_PUNCTUATION = str.maketrans(",;:()!?", "，；：（）！？")
_GROUPS = re.compile(r"(?<!\d)(?<!\d[.,])\d{1,3}(?:(?:[,，][ \n]?| )\d{3}){1,5}(?!\d)")
_LOOSE = re.compile(r" +")


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
    signs: list[str] = []
    at: list[int] = []
    for place, sign in enumerate(original):
        for each in _folded(sign):
            signs.append(each)
            at.append(place)
    text = _quoted("".join(signs))
    dropped = _dropped(text)
    kept = [place for place in range(len(text)) if place not in dropped]
    plain = "".join(text[place] for place in kept).translate(_PUNCTUATION)
    return Text(plain, tuple(at[place] for place in kept))


def _quoted(text: str) -> str:
    """Straight quotation marks, where they come in pairs, as Chinese ones."""
    if not text.count('"') or text.count('"') % 2:
        return text
    parts = text.split('"')
    return parts[0] + "".join(
        f"{'“' if at % 2 else '”'}{part}" for at, part in enumerate(parts[1:], 1)
    )


def _folded(sign: str) -> str:
    """One sign as one sign, or none where it is not seen."""
    if sign == "\n":
        return sign
    if sign.isspace():
        return " "
    if "！" <= sign <= "～":
        return chr(ord(sign) - 0xFEE0)
    if sign == "＋":
        return "+"
    return "" if unicodedata.category(sign) in ("Cf", "Cc", "Mn") else sign


def _dropped(text: str) -> set[int]:
    """Commas and spaces inside a number, and all space that separates no two words of Latin signs or numbers."""
    dropped = {
        place
        for match in _GROUPS.finditer(text)
        for place in range(*match.span())
        if not text[place].isdigit()
    }
    length = len(text)
    place = 0
    while place < length:
        if text[place] not in " \n":
            place += 1
            continue
        end = place
        while end < length and text[end] in " \n":
            end += 1
        if not _separates(text, place, end):
            dropped.update(range(place, end))
        else:
            dropped.update(range(place + 1, end))
        place = end
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
