"""The few ways in which a source can fail. Each carries its target and what to do, in Chinese,
because a person reads it; the class name is what code and the database go by."""

from __future__ import annotations

from typing import ClassVar, Literal

from adapters.readable import readable

Outcome = Literal[
    "ok",
    "unchanged",
    "blocked",
    "login_expired",
    "gone",
    "unclear",
    "layout_changed",
    "unreachable",
    "refused",
    "invalid",
]


class SourceError(Exception):
    """A source that gave no figures.

    ``what`` says what happened, ``advice`` what to do next, ``target`` which account, address or
    file and row. ``cases`` names which of several meanings it has (Gone) or may have (Unclear).
    """

    outcome: ClassVar[Outcome]

    def __init__(
        self, what: str, *, target: str = "", advice: str = "", cases: tuple[str, ...] = ()
    ) -> None:
        super().__init__(what)
        self.what = what
        self.target = target
        self.advice = advice
        self.cases = cases

    def __str__(self) -> str:
        text = f"{self.target}：{self.what}" if self.target else self.what
        return readable(f"{text}。{self.advice}" if self.advice else text)


def untargeted(problem: str, target: str) -> str:
    """A problem in words without the target before it; older records have a half-width colon between."""
    return problem.removeprefix(f"{target}：").removeprefix(f"{target}:")


class Blocked(SourceError):
    """Captcha, 403/412/418/432, an empty 200: try again later, believe nothing."""

    outcome = "blocked"


class LoginExpired(SourceError):
    """A cookie or token is missing, expired or refused."""

    outcome = "login_expired"


class Gone(SourceError):
    """The post is deleted, private or in review: ``cases`` says which."""

    outcome = "gone"


class Unclear(SourceError):
    """The platform answers several cases alike: ``cases`` lists them."""

    outcome = "unclear"


class LayoutChanged(SourceError):
    """A page or file no longer has the shape this adapter knows."""

    outcome = "layout_changed"


class Unreachable(SourceError):
    """DNS, time-out, 5xx: the only failure that is retried within a run."""

    outcome = "unreachable"


class Refused(SourceError):
    """robots.txt or our own policy says no."""

    outcome = "refused"


class Invalid(SourceError):
    """A file or row that cannot be believed. ``sheet`` is 0-based, ``row`` 1-based."""

    outcome = "invalid"

    def __init__(
        self,
        what: str,
        *,
        target: str = "",
        advice: str = "",
        cases: tuple[str, ...] = (),
        sheet: int = 0,
        row: int | None = None,
    ) -> None:
        super().__init__(what, target=target, advice=advice, cases=cases)
        self.sheet = sheet
        self.row = row
