"""How a number is shortened: the digits that are shown of it, and the ways to round to them.

Below 10,000 all digits are shown, below 100万 those of 万 with one decimal, below 1亿 whole 万, above 亿 with one decimal.
"""

from __future__ import annotations

from adapters.records import Count

WAN, YI = 10_000, 100_000_000


def step_of(number: int) -> int:
    """The value of the last digit shown of ``number``."""
    if number < WAN:
        return 1
    if number < 100 * WAN:
        return WAN // 10
    return WAN if number < YI else YI // 10


def cut(number: int) -> int:
    """Rounded down."""
    return number // step_of(number) * step_of(number)


def up(number: int) -> int:
    """Rounded up."""
    return -(-number // step_of(number)) * step_of(number)


def half_up(number: int) -> int:
    """Rounded to the nearer one."""
    step = step_of(number)
    return (number + step // 2) // step * step


def is_shown(number: int) -> bool:
    """Whether it needs no rounding."""
    return cut(number) == number


def reaches_mark(low: int, shown: int, marks: frozenset[int]) -> bool:
    """Whether ``shown`` reaches a configured threshold or a 1, 10, 100, 1000万, 1亿 … that ``low`` is below."""
    power = WAN
    while power <= low:
        power *= 10
    return power <= shown or any(low < each <= shown for each in marks)


def shown(number: int) -> str:
    """A number that needs no rounding at the digits of its size: 9999, 59.6万, 158万, 1.2亿."""
    if number < WAN:
        return str(number)
    if number < YI:
        return f"{decimal(number * 10 // WAN)}万"
    return f"{decimal(number * 10 // YI)}亿"


def decimal(tenths: int) -> str:
    """12 → ``1.2``."""
    whole, part = divmod(tenths, 10)
    return f"{whole}.{part}" if part else str(whole)


def below(number: int) -> int:
    """The number of fewest digits that reads well and that ``number`` surely exceeds: 1578 → 1500, 20000 → 19000."""
    for digits in (2, 1):
        step = int(10 ** max(len(str(number)) - digits, 0))
        if number // step * step < number:
            return number // step * step
    return max(number - step_of(number), 0)


def leading(count: Count) -> int | None:
    """X of X余: cut to two leading digits (one below 100), n < 1.1 X (1.5 X for one digit); None where
    it is not true."""
    if count.high is None or count.low < 10 or len(str(count.high)) > len(str(count.low)):
        return None
    step = 10 if count.low < 100 else 10 ** (len(str(count.low)) - 2)
    lead = count.low // step * step
    top = lead * (15 if count.low < 100 else 11)
    true = count.high // step * step == lead < count.low and count.high * 10 < top
    return lead if true else None
