"""What is told to systemd and to the Task Scheduler: read back by their own rules, not by ours."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from collector.cli import main
from collector.service import installing
from collector.service.installing import CommandResult, Machine
from tests.collector.centre import CONFIG, Centre, centre

TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
ODD = "爆款 100% $HOME 县"


def settings(unit: str) -> dict[str, str]:
    """The unit's settings, as systemd.syntax(7) reads lines."""
    lines = (line for line in unit.splitlines() if "=" in line and not line.startswith(("#", ";")))
    return dict(line.split("=", 1) for line in lines)


def words(line: str) -> list[str]:
    """Words of a command line or list by systemd.service(5): quotes, ``%%`` and, after the first, ``$$``."""
    found = [one or two for one, two in re.findall(r'"([^"]*)"|(\S+)', line)]
    assert not any(re.search(r"(?<!%)%(?!%)", each.replace("%%", "")) for each in found)
    plain = [each.replace("%%", "%") for each in found]
    return [plain[0], *(each.replace("$$", "$") for each in plain[1:])]


def plan(folder: str = f"/srv/{ODD}", user: str = "baokuan") -> installing.ServicePlan:
    where = PurePosixPath(folder)
    return installing.ServicePlan(
        program=where / ".venv/bin/python",
        config=where / "config.toml",
        user=user,
        writes=(where / "data", PurePosixPath("/mnt/共享 盘/inbox")),
    )


def test_odd_paths_arrive_whole() -> None:
    found = settings(installing.systemd_unit(plan()))
    folder = f"/srv/{ODD}"
    assert words(found["ExecStart"]) == [
        f"{folder}/.venv/bin/python", "-X", "utf8", "-m", "collector.cli",
        "--config", f"{folder}/config.toml", "serve",
    ]  # fmt: skip
    assert found["WorkingDirectory"] == folder.replace("%", "%%")
    assert words(found["ReadWritePaths"]) == [f"{folder}/data", "/mnt/共享 盘/inbox"]
    assert found["User"] == "baokuan"
    assert found["EnvironmentFile"] == "-/etc/baokuan/secrets.env"


def test_the_program_takes_the_command_line_that_it_writes() -> None:
    """Of both systems: what follows ``-m collector.cli`` is parsed by the program itself."""
    for arguments in (
        words(settings(installing.systemd_unit(plan()))["ExecStart"])[1:],
        plan().arguments,
    ):
        told = arguments[arguments.index("collector.cli") + 1 :]
        assert CliRunner().invoke(main, [*told, "-h"]).exit_code == 0, told
        assert CliRunner().invoke(main, [*told, "--no-such-option", "-h"]).exit_code == 2


def test_it_is_kept_running_and_shut_in() -> None:
    found = settings(installing.systemd_unit(plan()))
    wanted = {
        "Type": "notify",
        "Restart": "on-failure",
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateTmp": "yes",
        "RestrictAddressFamilies": "AF_UNIX AF_INET AF_INET6",
        "CapabilityBoundingSet": "",
        "WantedBy": "multi-user.target",
    }
    assert {name: found[name] for name in wanted} == wanted
    assert int(found["WatchdogSec"]) > 60


@pytest.mark.parametrize("folder", ["/home/zhang/爆款", "/root/x"])
def test_a_home_is_not_hidden_from_what_lies_in_it(folder: str) -> None:
    assert settings(installing.systemd_unit(plan(folder)))["ProtectHome"] == "read-only"


@pytest.mark.parametrize("folder", ['/srv/"x"', "/srv/a\\b", "/srv/a\nUser=root", "/srv/it's"])
def test_a_path_that_cannot_be_written_down_is_refused(folder: str) -> None:
    with pytest.raises(installing.Unfit, match="请换一个"):
        installing.systemd_unit(plan(folder))


def test_a_user_that_is_none_is_refused() -> None:
    with pytest.raises(installing.Unfit):
        installing.systemd_unit(plan(user="a b"))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_agrees(tmp_path: Path) -> None:
    folder = tmp_path / ODD
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (folder / "data").mkdir()
    path = tmp_path / "baokuan.service"
    path.write_text(installing.systemd_unit(plan(str(folder), "root")), encoding="utf-8")
    command = ["systemd-analyze", "verify", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "baokuan" in line]
    assert ours == []
    path.write_text(path.read_text("utf-8").replace("ProtectSystem=strict", "ProtectSystem=x"))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "protect system" in done.stderr  # it does look


def windows_plan(user: str = "县局\\张三") -> installing.ServicePlan:
    folder = PureWindowsPath(r"D:\爆款 & <数据>")
    return installing.ServicePlan(
        program=folder / ".venv" / "Scripts" / "python.exe",
        config=folder / "config.toml",
        user=user,
        writes=(),
    )


def test_the_task_starts_with_the_machine_and_never_times_out() -> None:
    xml = installing.windows_task(windows_plan())
    task = ElementTree.fromstring(xml.partition("?>")[2])  # noqa: S314

    def said(path: str) -> str | None:
        return task.findtext("/".join(TASK + each for each in path.split("/")))

    assert {each.tag.removeprefix(TASK) for each in task.find(f"{TASK}Triggers") or ()} == {
        "BootTrigger",
        "LogonTrigger",
    }
    assert said("Triggers/BootTrigger/Repetition/Interval") == "PT5M"
    assert said("Settings/MultipleInstancesPolicy") == "IgnoreNew"
    assert said("Settings/ExecutionTimeLimit") == "PT0S"
    assert said("Settings/RestartOnFailure/Interval") == "PT1M"
    assert 1 <= int(said("Settings/RestartOnFailure/Count") or 0) <= 255  # an unsigned byte
    assert said("Settings/DisallowStartIfOnBatteries") == "false"
    assert said("Principals/Principal/UserId") == "县局\\张三"
    assert said("Principals/Principal/LogonType") == "S4U"
    assert said("Actions/Exec/Command") == r"D:\爆款 & <数据>\.venv\Scripts\python.exe"
    assert said("Actions/Exec/WorkingDirectory") == r"D:\爆款 & <数据>"
    assert said("Actions/Exec/Arguments") == (
        r'-X utf8 -m collector.cli --config "D:\爆款 & <数据>\config.toml" serve'
    )


@pytest.mark.parametrize(
    ("user", "number"),
    [(r"NT AUTHORITY\LOCAL SERVICE", "S-1-5-19"), ("NetworkService", "S-1-5-20")],
)
def test_an_account_of_windows_itself(user: str, number: str) -> None:
    xml = installing.windows_task(windows_plan(user))
    assert f"<UserId>{number}</UserId>" in xml
    assert "<LogonType>ServiceAccount</LogonType>" in xml


def test_it_writes_below_few_folders(tmp_path: Path) -> None:
    outside = tmp_path / "共享"
    here = tmp_path / "centre"
    here.mkdir()
    more = f'\n[inbox]\npath = "{outside.as_posix()}"\n\n[service]\nbackups = "data/b/c"\n'
    config = centre(here, CONFIG + more).app.config
    assert set(installing.writes_of(config)) == {here / "data", here / "reports_out", outside}


# ── the commands, on a machine that only remembers what it was told ──


@dataclass
class Recorder:
    """Answers by the start of a command; everything else succeeds."""

    answers: dict[str, CommandResult] = field(default_factory=dict)
    told: list[tuple[str, ...]] = field(default_factory=list)
    given: dict[str, bytes] = field(default_factory=dict)

    def call(self, command: Sequence[str], given: bytes) -> CommandResult:
        self.told.append(tuple(command))
        if given:
            self.given[command[-1]] = given
        if "/XML" in command and "/Create" in command:
            self.given["xml"] = Path(command[command.index("/XML") + 1]).read_bytes()
        line = " ".join(command)
        found = (each for start, each in self.answers.items() if line.startswith(start))
        return next(found, CommandResult(0, ""))


def run(
    here: Centre,
    monkeypatch: pytest.MonkeyPatch,
    recorder: Recorder,
    *line: str,
    keeper: str | None = "systemd",
    admin: bool = True,
) -> Result:
    machine = Machine(keeper=keeper, admin=admin, user="县局\\张三", call=recorder.call)  # type: ignore[arg-type]
    monkeypatch.setattr(installing, "here", lambda: machine)
    return CliRunner().invoke(main, ["service", *line], obj=here.app)


@pytest.fixture
def here(tmp_path: Path) -> Centre:
    return centre(tmp_path)


def test_print_touches_nothing(here: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder()
    done = run(here, monkeypatch, recorder, "install", "--print", "--user", "zhang", admin=False)
    assert done.exit_code == 0, done.output
    assert recorder.told == []
    assert settings(done.output)["User"] == "zhang"
    assert str(here.folder / "config.toml") in done.output
    done = run(here, monkeypatch, recorder, "install", "--print", keeper="tasks")
    assert "<UserId>县局\\张三</UserId>" in done.output
    assert recorder.told == []


def test_install_on_linux(here: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder({"id": CommandResult(1, "no such user"), "test": CommandResult(1, "")})
    done = run(here, monkeypatch, recorder, "install", "--user", "baokuan")
    assert done.exit_code == 0, done.output
    assert [each[0] for each in recorder.told] == [
        "id", "useradd", *["mkdir", "chown"] * 3, "test", "install", "install", *["systemctl"] * 3,
    ]  # fmt: skip
    chowned = [each[-1] for each in recorder.told if each[0] == "chown"]
    assert chowned == [str(here.folder / name) for name in ("data", "inbox", "reports_out")]
    secrets = next(each for each in recorder.told if "0600" in each)
    assert secrets[-1] == "/etc/baokuan/secrets.env"
    assert b"=" in recorder.given["/etc/baokuan/secrets.env"]
    unit = recorder.given["/etc/systemd/system/baokuan.service"].decode()
    assert settings(unit)["User"] == "baokuan"
    assert recorder.told[-3:] == [
        ("systemctl", "daemon-reload"),
        ("systemctl", "enable", "baokuan"),
        ("systemctl", "restart", "baokuan"),
    ]


def test_installed_again_it_keeps_the_secrets(
    here: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder()
    assert run(here, monkeypatch, recorder, "install", "--user", "baokuan").exit_code == 0
    assert "useradd" not in {each[0] for each in recorder.told}
    assert "/etc/baokuan/secrets.env" not in recorder.given


def test_without_rights_it_says_how(here: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder()
    for what in ("install", "uninstall"):
        done = run(here, monkeypatch, recorder, what, *["--user", "x"][: 2 * (what == "install")], admin=False)  # fmt: skip
        assert done.exit_code == 1
        assert "请这样运行" in done.output
        assert f"sudo {sys.executable} -m collector.cli --config" in done.output
        done = run(here, monkeypatch, recorder, what, keeper="tasks", admin=False)
        assert done.exit_code == 1
        assert "以管理员身份运行" in done.output
    assert recorder.told == []


def test_a_step_that_fails_is_told(here: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder({"systemctl enable": CommandResult(1, "Unit is masked.")})
    done = run(here, monkeypatch, recorder, "install", "--user", "baokuan")
    assert done.exit_code == 1
    assert (
        "没有装好：“systemctl enable baokuan”没有成功（退出码 1）：Unit is masked." in done.output
    )
    assert recorder.told[-1][1] == "enable"


def test_no_systemd_is_said(here: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    for what in ("install", "status", "uninstall"):
        words = [what, "--user", "x"] if what == "install" else [what]
        done = run(here, monkeypatch, Recorder(), *words, keeper=None)
        assert done.exit_code == 1
        assert "没有 systemd" in done.output
        assert "serve" in done.output


@pytest.mark.parametrize(
    ("answers", "words", "code"),
    [
        ({}, "已安装，正在运行", 0),
        ({"systemctl is-active": CommandResult(3, "failed")}, "已安装，没有在运行", 1),
        (
            {"systemctl is-enabled": CommandResult(4, "not-found"), "systemctl is-active": CommandResult(4, "inactive")},
            "没有安装",
            1,
        ),
    ],
)  # fmt: skip
def test_status_on_linux(
    here: Centre,
    monkeypatch: pytest.MonkeyPatch,
    answers: dict[str, CommandResult],
    words: str,
    code: int,
) -> None:
    done = run(here, monkeypatch, Recorder(answers), "status")
    assert (done.exit_code, words in done.output) == (code, True), done.output


def test_uninstall_on_linux(here: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder()
    done = run(here, monkeypatch, recorder, "uninstall")
    assert done.exit_code == 0
    assert recorder.told[-3:] == [
        ("systemctl", "disable", "--now", "baokuan"),
        ("rm", "-f", "--", "/etc/systemd/system/baokuan.service"),
        ("systemctl", "daemon-reload"),
    ]
    recorder = Recorder({"systemctl is-": CommandResult(4, "not-found")})
    assert "不用卸载" in run(here, monkeypatch, recorder, "uninstall").output
    assert "rm" not in {each[0] for each in recorder.told}


def test_windows_from_end_to_end(here: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder({"schtasks /Query /TN baokuan /V": CommandResult(0, "上次结果: 267009")})
    done = run(here, monkeypatch, recorder, "install", keeper="tasks")
    assert done.exit_code == 0, done.output
    assert [each[1] for each in recorder.told] == ["/End", "/Create", "/Run"]
    assert recorder.given["xml"].startswith(b"\xff\xfe")  # UTF-16, as its first line says
    ElementTree.fromstring(recorder.given["xml"])  # noqa: S314
    assert "正在运行" in run(here, monkeypatch, recorder, "status", keeper="tasks").output
    recorder.told.clear()
    assert run(here, monkeypatch, recorder, "uninstall", keeper="tasks").exit_code == 0
    assert recorder.told[-1][:2] == ("schtasks", "/Delete")


def test_a_command_that_is_not_there() -> None:
    answered = installing.call(["no-such-command-here"], b"")
    assert answered.code == 127
    assert "没有找到命令" in answered.text


def test_a_real_command_gets_its_input() -> None:
    echo = "import sys; sys.stdout.write(sys.stdin.read()); sys.exit(3)"
    answered = installing.call([sys.executable, "-c", echo], "县".encode())
    assert (answered.code, answered.text) == (3, "县")
