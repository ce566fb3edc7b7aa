"""Installing the service with the operating system, asking after it, and taking it away. Every step is a command of
the system's own, run through one function, so that it can be shown, refused and tested."""

from __future__ import annotations

import locale
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from collector.service.units import NAME, SECRETS, UNIT

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
