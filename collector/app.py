"""One invocation of ``collect``: where config is, what time it is, the database; and the options that commands share."""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from adapters.moments import SHANGHAI
from collector.config import FILE, VARIABLE

if TYPE_CHECKING:  # half a second, and not needed to say how a command is used
    from sqlalchemy import Engine

    from collector.config.loading import Config


def clock() -> datetime:
    """The present, in Shanghai. The only place where the program looks at the clock."""
    return datetime.now(SHANGHAI).replace(microsecond=0)


@dataclass
class App:
    """One invocation. ``clock`` is an argument so that tests can say what time it is."""

    config_path: Path = field(default_factory=lambda: Path(os.environ.get(VARIABLE, FILE)))
    clock: Callable[[], datetime] = clock

    @cached_property
    def now(self) -> datetime:
        return self.clock()

    @cached_property
    def config(self) -> Config:
        from collector.config.loading import load

        return load(self.config_path)

    @cached_property
    def engine(self) -> Engine:
        """The database, its tables up to date; raises StorageError."""
        from storage.database import open_database, prepare

        engine = open_database(self.config.database_url)
        self.saved = prepare(engine, self.now)
        return engine

    saved: Path | None = None

    def close(self) -> None:
        """Let go of the database, if it was opened; it opens again when it is asked for."""
        if "engine" in self.__dict__:
            self.engine.dispose()

    @property
    def author(self) -> str:
        """Who is at the keyboard; a service without a user has none."""
        try:
            return getpass.getuser()
        except (OSError, KeyError, ImportError):
            return ""


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


def account_option(
    help: str,  # noqa: A002 - as click calls it
    *,
    required: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """``--account``, as ``only``: the id of an account of config; empty where none is named."""

    def known(ctx: click.Context, _: click.Parameter, value: str) -> str:
        if value or required:
            config = ctx.ensure_object(App).config
            if config.account(value) is None:
                ids = "、".join(each.id for each in config.accounts)
                raise click.UsageError(f"config.toml 里没有账号“{value}”，现有：{ids}")
        return value

    return click.option(
        "--account", "only", metavar="账号", default=None if required else "", required=required,
        help=help, callback=known,
    )  # fmt: skip


def narrow_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--account`` and ``--group``, each as often as wanted, as ``accounts`` and ``groups``: what a summary is about."""
    for option, name, metavar, words in (
        ("--group", "groups", "分组", "只统计这个分组；可以写几次。"),
        ("--account", "accounts", "账号", "只统计这个账号（id 或名称）；可以写几次。"),
    ):
        command = click.option(option, name, metavar=metavar, multiple=True, help=words)(command)
    return command


#: So many pieces of JSON are printed at once.
_PART = 10_000

json_option = click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")


def answer(as_json: bool, data: Callable[[], Any], lines: Iterable[str]) -> None:
    """Print what a command has to say: ``data`` as JSON for other programs, else line by line."""
    if as_json:  # in parts: the whole text of it takes many times the memory of the data
        told = json.JSONEncoder(ensure_ascii=False, indent=2).iterencode(data())
        while part := "".join(islice(told, _PART)):
            click.echo(part, nl=False)
        click.echo()
        return
    for line in lines:
        click.echo(line)


@contextmanager
def told_as(error: type[click.ClickException], *kinds: type[Exception]) -> Iterator[None]:
    """Where one of these errors comes out it is told as ``error``: UsageError exits with 2, ClickException with 1."""
    try:
        yield
    except kinds as problem:
        raise error(str(problem)) from problem


class Careful(click.Group):
    """A group of commands in which no option takes another option for its value (``--preview -h``)."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, _with_values(self, ctx, args))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None and not isinstance(command, click.Group):
            rest = _with_values(command, click.Context(command, parent=ctx), rest)
        return name, command, rest


def _with_values(command: click.Command, ctx: click.Context, args: list[str]) -> list[str]:
    """``args``, of which help alone where it stands in the place of a value; any other option there is a mistake. click
    looks itself where the value may be left out."""
    options = {n: p for p in command.get_params(ctx) for n in (*p.opts, *p.secondary_opts)}
    at = 0
    while at < len(args) and args[at] != "--":
        option, value = options.get(args[at]), args[at + 1 : at + 2]
        takes = isinstance(option, click.Option) and not (option.is_flag or option.count)
        other = bool(value) and value[0] in options
        if isinstance(option, click.Option) and takes and other and not option._flag_needs_value:
            if value[0] in ctx.help_option_names:
                return value
            raise click.BadOptionUsage(args[at], f"选项 {args[at]!r} 后面要有值。", ctx)
        if isinstance(command, click.Group) and option is None:
            break  # the rest is the command's
        at += 2 if takes and not other else 1
    return args


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
