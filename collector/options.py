"""Options that several commands share, and what they turn into."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from collector.app import App

pass_app = click.make_pass_decorator(App)


def config_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--config`` after the command too, as people type it."""

    def remember(ctx: click.Context, _: click.Parameter, value: Path | None) -> None:
        if value is not None:
            ctx.ensure_object(App).config_path = value

    return click.option(
        "--config",
        type=click.Path(path_type=Path),
        metavar="文件",
        expose_value=False,
        is_eager=True,
        callback=remember,
        help="配置文件。",
    )(command)


class Moment(click.ParamType[datetime]):
    """A date (its end) or a time, in Shanghai where no zone is given."""

    name = "时间"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        from reports.periods import parse_moment

        if isinstance(value, datetime):
            return value
        try:
            return parse_moment(value)
        except ValueError as problem:
            self.fail(str(problem), param, ctx)


def confirm(question: str, *, yes: bool) -> None:
    """Ask a person at a terminal; a program that calls ``collect`` has made up its mind."""
    if not yes and sys.stdin.isatty():
        click.confirm(question, abort=True)


class Since(Moment):
    """A date (its beginning) or a time."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        moment = super().convert(value, param, ctx)
        bare = isinstance(value, str) and len(value.strip()) == len("2026-10-01")
        return moment.replace(hour=0, minute=0, second=0) if bare else moment
