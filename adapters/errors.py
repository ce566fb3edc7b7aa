"""The few ways in which a source can fail. Each carries its target and what to do, in Chinese,
because a person reads it; the class name is what code and the database go by."""

from __future__ import annotations

import unicodedata
from typing import ClassVar, Literal

#: Marks that turn the writing direction round, so that a name shows another ending than it has.
_TURNS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})

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


def readable(text: str) -> str:
    """``text`` with � for each sign that is no writing: controls (escape sequences, line ends), bytes that are no text,
    turns of the writing direction."""
    if text.isprintable():
        return text
    return "".join("\ufffd" if _is_no_writing(sign) else sign for sign in text)


def _is_no_writing(sign: str) -> bool:
    return (
        unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(sign) in _TURNS
    )


class SourceError(Exception):
    """A source that gave no figures.

    ``what`` says what happened, ``advice`` what to do next, ``target`` which account, address or
    file and row. ``cases`` names which of several meanings it has (Gone) or may have (Unclear).
    """

    outcome: ClassVar[Outcome]

    def __init_subclass__(cls, outcome: Outcome) -> None:
        cls.outcome = outcome

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


class Blocked(SourceError, outcome="blocked"):
    """Captcha, 403/412/418/432, an empty 200: try again later, believe nothing."""


class LoginExpired(SourceError, outcome="login_expired"):
    """A cookie or token is missing, expired or refused."""


class Gone(SourceError, outcome="gone"):
    """The post is deleted, private or in review: ``cases`` says which."""


class Unclear(SourceError, outcome="unclear"):
    """The platform answers several cases alike: ``cases`` lists them."""


class LayoutChanged(SourceError, outcome="layout_changed"):
    """A page or file no longer has the shape this adapter knows."""


class Unreachable(SourceError, outcome="unreachable"):
    """DNS, time-out, 5xx: the only failure that is retried within a run."""


class Refused(SourceError, outcome="refused"):
    """robots.txt or our own policy says no."""


class Invalid(SourceError, outcome="invalid"):
    """A file or row that cannot be believed. ``sheet`` is 0-based, ``row`` 1-based."""

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


#: What to do about a file that cannot be read as it is.
EXPORT_AGAIN = "请从平台后台重新下载后再放进来"


def bad_file(name: str, what: str, advice: str = EXPORT_AGAIN) -> Invalid:
    """A file that is not read at all."""
    return Invalid(what, target=name, advice=advice)
