"""One figure of a summary: a number, what kind of number it is, and where the true one lies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from adapters.records import Bound, Count
from reports.wording import Spread
from storage.views.series import Amount, Sum


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A metric of one post or of many: the true number lies in ``spread``. ``missing``: how many of the posts do
    not show it. ``value`` is the lower bound where that is all that is known."""

    value: int
    bound: Bound
    spread: Spread
    missing: int = 0


def figure(total: Sum, *, incomplete: bool = False) -> Figure | None:
    """The figure that a sum amounts to (docs/definitions.md §8): None if no post shows it; a lower bound if some posts do
    not show it, posts are known to be missing (``incomplete``) or one of the values is itself a lower bound; ``about`` if
    the values are uncertain only by rounding."""
    if total.known == 0:
        return None
    high = None if incomplete or total.missing else total.high
    spread = Spread(total.low, high)
    value, bound = _bound(total.value, spread)
    return Figure(value=value, bound=bound, spread=spread, missing=total.missing)


def plain(amount: Figure | None) -> dict[str, Any] | None:
    """A figure as JSON has it."""
    return None if amount is None else {"value": amount.value, "bound": amount.bound}


def summed(amounts: Iterable[Amount | Count | None]) -> Sum:
    """Amounts of posts, or counts of accounts, added up; None: one that does not show it."""
    total = Sum()
    for each in amounts:
        part = Sum(missing=1) if each is None else Sum(each.value, each.low, each.high, 1)
        total.add(part)
    return total


def shown(amount: Amount | Count | None) -> Figure | None:
    """As a figure; None where no source shows it."""
    return None if amount is None else of_amount(amount)


def of_amount(amount: Amount | Count) -> Figure:
    spread = Spread(amount.low, amount.high)
    value, bound = _bound(amount.value, spread)
    return Figure(value=value, bound=bound, spread=spread)


def at_least(value: int, *, missing: int = 0, sure: bool = False) -> Figure:
    """A sum that is exact where it is ``sure`` and nothing is missing, and a lower bound otherwise."""
    exact = sure and not missing
    spread = Spread(value, value if exact else None)
    return Figure(
        value=value, bound="exact" if exact else "at_least", spread=spread, missing=missing
    )


def _bound(value: int, spread: Spread) -> tuple[int, Bound]:
    if spread.high is None:
        return spread.low, "at_least"
    return value, "exact" if spread.exact else "about"
