"""Installing the service with the operating system, asking after it, taking it away: a systemd unit on Linux, an entry
of the Task Scheduler on Windows, from templates/. Every step is a command of the system's own, run through one function,
so that it can be shown, refused and tested.

Quoting: systemd.syntax(7), systemd.service(5) "Command lines", systemd.exec(5); Task Scheduler's schema 1.2.
"""

from __future__ import annotations

import locale
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath
from string import Template
from typing import Literal
from xml.sax.saxutils import escape

from collector.config.loading import OUT, Config
from storage.database import file_of

#: The service's own user on Linux, where nobody else is named.
USER = "baokuan"
_SECRETS_TEXT = """\
# 密钥，一行一个，名字与 config.toml 里的 …_env 一致。只有 root 能读。改完后运行 systemctl restart baokuan
# MAIL_PASSWORD=邮箱的授权码
"""


@dataclass(frozen=True, slots=True)
class CommandResult:
    """How a command ended and what it said."""

    code: int
    text: str


#: Runs a command, with bytes for its standard input; never raises.
Call = Callable[[Sequence[str], bytes], CommandResult]


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """The system at hand: what keeps services there (None: nothing that we know), who asks, how to ask it."""

    keeper: Literal["systemd", "tasks"] | None
    admin: bool
    user: str
    call: Call


@dataclass(frozen=True, slots=True)
class State:
    """Whether the service is installed and runs, and what the system says of it."""

    installed: bool
    running: bool
    said: str


class Failed(Exception):
    """A step did not succeed; the text says which, and what the system said."""


def here() -> Machine:
    """This machine."""
    keeper: Literal["systemd", "tasks"] | None = None
    if os.name == "nt":
        keeper = "tasks"
    elif Path("/run/systemd/system").is_dir():
        keeper = "systemd"
    return Machine(keeper=keeper, admin=_is_admin(), user=_user(), call=call)


def call(command: Sequence[str], given: bytes = b"") -> CommandResult:
    """Run a command of the system."""
    program = shutil.which(command[0])
    if program is None:
        return CommandResult(127, f"没有找到命令 {command[0]}")
    done = subprocess.run(  # noqa: S603
        [program, *command[1:]],
        input=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    text = done.stdout.decode(locale.getpreferredencoding(False), errors="replace")
    return CommandResult(done.returncode, text.strip())


def _is_admin() -> bool:
    if hasattr(os, "geteuid"):
        return bool(os.geteuid() == 0)
    import ctypes  # Windows

    windll = getattr(ctypes, "windll")  # noqa: B009
    return bool(windll.shell32.IsUserAnAdmin())


def _user() -> str:
    """Who asks: on Linux the person behind sudo, on Windows DOMAIN\\\\name."""
    if os.name == "nt":
        return f"{os.environ.get('USERDOMAIN', '.')}\\{os.environ.get('USERNAME', '')}"
    return os.environ.get("SUDO_USER") or os.environ.get("USER", "root")


def install(machine: Machine, text: str, user: str, writes: Sequence[Path]) -> None:
    """Install or renew the service and start it. ``text``: the unit or the entry. Raises Failed; what was done before
    that stays and is done again the next time."""
    if machine.keeper == "tasks":
        _install_task(machine, text)
        return
    if machine.call(["id", "-u", user], b"").code:
        locked = ("--no-create-home", "--shell", "/usr/sbin/nologin")
        _must(machine, "useradd", "--system", "--user-group", *locked, user)
    for folder in map(str, writes):
        _must(machine, "mkdir", "-p", "--", folder)
        _must(machine, "chown", "-R", "--", f"{user}:", folder)
    if machine.call(["test", "-e", str(SECRETS)], b"").code:
        words = _SECRETS_TEXT.encode()
        _must(machine, "install", "-D", "-m", "0600", "/dev/stdin", str(SECRETS), given=words)
    _must(machine, "install", "-m", "0644", "/dev/stdin", str(UNIT), given=text.encode())
    _must(machine, "systemctl", "daemon-reload")
    _must(machine, "systemctl", "enable", NAME)
    _must(machine, "systemctl", "restart", NAME)


def _install_task(machine: Machine, text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{NAME}.xml"
        path.write_text(text, encoding="utf-16")
        machine.call(["schtasks", "/End", "/TN", NAME], b"")
        _must(machine, "schtasks", "/Create", "/TN", NAME, "/XML", str(path), "/F")
    _must(machine, "schtasks", "/Run", "/TN", NAME)


def uninstall(machine: Machine) -> None:
    """Stop the service and take it away; data, config and secrets stay. Raises Failed."""
    if machine.keeper == "tasks":
        machine.call(["schtasks", "/End", "/TN", NAME], b"")
        _must(machine, "schtasks", "/Delete", "/TN", NAME, "/F")
        return
    _must(machine, "systemctl", "disable", "--now", NAME)
    _must(machine, "rm", "-f", "--", str(UNIT))
    _must(machine, "systemctl", "daemon-reload")


def state(machine: Machine) -> State:
    """How the system sees the service."""
    if machine.keeper == "tasks":
        asked = machine.call(["schtasks", "/Query", "/TN", NAME, "/XML"], b"")
        if asked.code:
            return State(installed=False, running=False, said="")
        shown = machine.call(["schtasks", "/Query", "/TN", NAME, "/V", "/FO", "LIST"], b"")
        # 267009 (0x41301): "currently running", as Last Result in every language
        return State(installed=True, running="267009" in shown.text, said=shown.text)
    enabled = machine.call(["systemctl", "is-enabled", NAME], b"")
    active = machine.call(["systemctl", "is-active", NAME], b"")
    shown = machine.call(["systemctl", "status", "--no-pager", "--lines", "5", NAME], b"")
    installed = enabled.code == 0 or enabled.text in ("disabled", "static", "masked")
    return State(
        installed=installed, running=active.code == 0, said=shown.text if installed else ""
    )


def _must(machine: Machine, *command: str, given: bytes = b"") -> None:
    answered = machine.call(command, given)
    if answered.code:
        said = f"：{answered.text}" if answered.text else ""
        raise Failed(f"“{' '.join(command)}”没有成功（退出码 {answered.code}）{said}")


TEMPLATES = Path(__file__).parent / "templates"
NAME = "baokuan"
UNIT = PurePosixPath("/etc/systemd/system/baokuan.service")
#: Where the unit's secrets lie: systemd reads it as root, the service's user need not.
SECRETS = PurePosixPath("/etc/baokuan/secrets.env")
#: Folders that ProtectHome= hides.
_HOMES = ("/home", "/root", "/run/user")
#: Accounts of Windows itself have no password and are named by number in every language.
_SERVICE_ACCOUNTS = {"localservice": "S-1-5-19", "networkservice": "S-1-5-20", "system": "S-1-5-18"}


class Unfit(Exception):
    """A path or a name that the operating system's file cannot hold; says so in Chinese."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePlan:
    """What is to be run, by whom, where it writes, what else it must be able to read. Absolute paths of the system it
    is for."""

    program: PurePath  # python, of the virtual environment
    config: PurePath
    user: str
    writes: tuple[PurePath, ...]
    reads: tuple[PurePath, ...] = ()

    @property
    def arguments(self) -> list[str]:
        return ["-X", "utf8", "-m", "collector.cli", "--config", str(self.config), "serve"]


def writes_of(config: Config) -> tuple[Path, ...]:
    """The folders that the service writes to: below config's folder the first one of each path, elsewhere the folder
    itself. Those within another are left out."""
    named = [config.inbox.path, config.service.logs, config.service.backups, OUT]
    paths = [config.path(each) for each in named]
    if config.captures_folder is not None:
        paths.append(config.captures_folder)
    if config.mail is not None:
        paths.append(config.path(config.mail.folder))
    if config.service.heartbeat_file:
        paths.append(config.path(config.service.heartbeat_file).parent)
    if (database := file_of(config.database_url)) is not None:
        paths.append(database.parent)
    tops = {_top(each, config.folder) for each in paths}
    return tuple(sorted(each for each in tops if not any(up in tops for up in each.parents)))


def _top(path: Path, folder: Path) -> Path:
    if not path.is_relative_to(folder) or path == folder:
        return path
    return folder / path.relative_to(folder).parts[0]


def systemd_unit(plan: ServicePlan) -> str:
    """The unit's text. Raises Unfit."""
    for each in (plan.program, plan.config, *plan.writes):
        _must_fit(str(each), r"[\"'\\\x00-\x1f\x7f]")
    _must_fit(plan.user, r"[^A-Za-z0-9_.-]")
    seen = (plan.program, plan.config, *plan.writes, *plan.reads)
    home = "read-only" if any(map(in_home, seen)) else "yes"
    arguments = [_quoted(each).replace("$", "$$") for each in plan.arguments]
    return _filled(
        "baokuan.service",
        user=plan.user,
        folder=_specified(str(plan.config.parent)),
        command=" ".join([_quoted(str(plan.program)), *arguments]),
        secrets=str(SECRETS),
        writes=" ".join(_quoted(str(each)) for each in plan.writes),
        home=home,
    )


def _specified(text: str) -> str:
    return text.replace("%", "%%")


def _quoted(text: str) -> str:
    """One word of a list or a command line."""
    return f'"{_specified(text)}"'


def in_home(path: PurePath) -> bool:
    """Whether a path lies where other users may not look."""
    return any(path.is_relative_to(home) for home in _HOMES)


def windows_task(plan: ServicePlan) -> str:
    """The entry's XML, to be written in UTF-16. Raises Unfit."""
    for each in (str(plan.program), str(plan.config), plan.user):
        _must_fit(each, r"[\"\x00-\x1f]")
    account = _SERVICE_ACCOUNTS.get(plan.user.replace(" ", "").rpartition("\\")[2].lower())
    return _filled(
        "baokuan.task.xml",
        user=escape(account or plan.user),
        # S4U: also when nobody is logged on, without a stored password
        logon="ServiceAccount" if account else "S4U",
        program=escape(str(plan.program)),
        arguments=escape(subprocess.list2cmdline(plan.arguments)),
        folder=escape(str(plan.config.parent)),
    )


def _must_fit(text: str, unfit: str) -> None:
    if found := re.search(unfit, text):
        raise Unfit(
            f"“{text}”里有“{found[0]!r}”，装成服务时不能用，请换一个不含它的文件夹名或用户名"
        )


def _filled(template: str, **values: str) -> str:
    return Template((TEMPLATES / template).read_text(encoding="utf-8")).substitute(values)
