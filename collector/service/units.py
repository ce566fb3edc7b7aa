"""What is told to the operating system so that it keeps the service running: a systemd unit on Linux, an entry of the
Task Scheduler on Windows. Text from templates/; nothing here touches the system.

Quoting: systemd.syntax(7), systemd.service(5) "Command lines", systemd.exec(5); Task Scheduler's schema 1.2.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath
from string import Template
from xml.sax.saxutils import escape

from collector.config.loading import OUT, Config
from storage.database import file_of

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
    named = [
        config.storage.captures,
        config.inbox.path,
        config.service.logs,
        config.service.backups,
    ]
    paths = [config.path(each) for each in (*named, OUT)]
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
