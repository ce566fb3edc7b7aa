"""Which numbers a phrase allows (docs/definitions.md §3), and whether it is true of a figure.

A phrase allows one range of numbers. ``strict`` is the range by which a statement is judged; ``loose`` is the widest
that an ordinary reader would accept: whatever lies outside it contradicts the phrase beyond doubt.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from adapters.records import Count
from reports.drafts.reading.numbers import Number, trailing

Verdict = Literal["true", "false", "open"]
Limits = tuple[int, int | None]


def judge(number: Number, figure: Count, marks: Iterable[int] = ()) -> Verdict:
    """``true`` where the phrase holds for every value that the figure's limits allow, ``false`` where for none, else
    ``open``."""
    if number.fraction:
        return "false"
    holds = figure.within(*strict(number, marks, bound=not figure.exact))
    return "open" if holds is None else "true" if holds else "false"


def strict(number: Number, marks: Iterable[int] = (), *, bound: bool = False) -> Limits:
    """The least and the greatest number that the phrase is true of; an empty stretch has least > greatest.

    ``bound``: the figure is itself a bound, of which 超 and 突破 say no more than that it lies above.
    """
    value, zeros = number.value, trailing(number.value)
    match number.manner:
        case "about":
            step = number.step if number.step > 1 else min(zeros, _second(value))
            low = value - step // 2
            return max(low, _mark(value, marks)), value + max(step - step // 2 - 1, 0)
        case "near":
            least = -(-value * 97 // 100)
            return max(least, value - zeros + 1) if zeros > 1 else least, value - 1
        case "over":
            step = zeros if zeros > 1 else _second(value)
            return value + 1, None if bound else value + step - 1
        case "reach":
            step = zeros if zeros > 1 else _second(value)
            return value, None if bound or number.bare else value + step - 1
        case "some":
            return value + 1, _some(value, zeros) if value >= 10 else value
        case "least":
            return value, None
        case "most":
            return 0, value
        case "under":
            return 0, value - 1
        case "range":
            return value, number.top
        case _:
            return value, value


def loose(number: Number) -> Limits:
    """What an ordinary reader would grant at the most."""
    value, zeros = number.value, max(trailing(number.value), number.step)
    match number.manner:
        case "about":
            slack = max(min(zeros, _second(value)), number.step) // 2
            return value - slack, value + slack
        case "near":
            return value * 9 // 10, value
        case "over" | "reach" | "least":
            return value, None
        case "some":
            return value + 1, max(value * 11 // 10, value + zeros - 1, value + 1)
        case "under":
            return 0, value
        case "most" | "range":
            return strict(number)
        case _ if number.step > 1:
            return value - number.step + 1, value + number.step - 1
        case _:
            return value, value


def is_loose(number: Number, figure: Count) -> bool:
    """Whether a figure that is known is the one that the phrase means, wrongly put: 45.3万 for 453,409. What has no upper
    limit (超, 以上) is wrongly put within a tenth."""
    low, high = loose(number)
    most = number.value * 11 // 10 if high is None else high
    return figure.exact and not number.fraction and low <= figure.low <= most


def _some(value: int, zeros: int) -> int:
    """The greatest n of X余: X is n cut to two leading digits (one below 100), n < 1.1 X (1.5 X)."""
    step = 10 if value < 100 else _second(value)
    top = value + (step if value % step == 0 else zeros) - 1
    limit = -(-value * (15 if value < 100 else 11) // 10) - 1
    return min(top, limit)


def _second(value: int) -> int:
    """What the second leading digit is worth."""
    return int(10 ** max(len(str(value)) - 2, 0))


def _mark(value: int, marks: Iterable[int]) -> int:
    """The greatest configured threshold or power of 万 that ``value`` reaches: 约 must not jump over it."""
    power, reached = 10_000, 0
    while power <= value:
        reached, power = power, power * 10
    return max([reached, *(each for each in marks if each <= value)])
