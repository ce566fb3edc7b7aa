"""README.md and the manual stay true: their commands run, their files exist, their links lead somewhere.

Commands are run in a copy of the example county, by the program itself, with a clock that stands still and
without a network. Nothing is installed.
"""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import click
import pytest
import responses
from click.testing import CliRunner

from adapters import platforms
from adapters.tables.own_tables import SYNONYMS
from collector.app import App
from collector.cli import COMMANDS, main
from collector.config.sections import FIELDS
from collector.web.server import PAGES

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MANUAL = (ROOT / "docs" / "使用手册.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")

#: After the last export of the examples (2026-10-12) and the last date that the manual's commands name.
NOW = datetime.fromisoformat("2026-12-01T09:00:00+08:00")
#: Files that commands of the manual name, and what stands for them.
NAMED = {
    "作品列表导出.xlsx": ROOT / "examples" / "inbox" / "douyin" / "2026-10-12 作品列表导出.xlsx",
    "作品数据分析明细表.xlsx": ROOT / "tests" / "adapters" / "cases" / "kuaishou" / "detail.xlsx",
}
BACKUP = "备份.db"
#: Words that stand for something of the reader's own: such a command is checked, not run.
PLACEHOLDERS = ("…", "序号", "文件", "某词")
#: They run for ever, change the machine, ask for a password, or talk to chats, mail servers and platforms: their lines are
#: checked, not run.
NOT_RUN = frozenset(
    {"grant", "mcp", "probe", "serve", "service", "notify", "mail", "web", "user", "token", "fleet"}
)
#: Commands that change nothing but reports_out; the others each have a county of their own.
READERS = frozenset({"check", "explain", "export", "hits", "report", "status"})
#: What a person answers: a name, one account, done; or yes.
ANSWERS = {"init": "松山县融媒体中心\nwechat_mp\n松山发布\nfabu\n\n\n"}
#: Written by the program, kept out of the repository.
IGNORED = ("inbox/", "reports_out/")

_FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`(collect [^`\n]+)`")
_TICKED = re.compile(r"`([^`\s]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
#: Chinese and Western punctuation are one here.
_PLAIN = str.maketrans("，：；（）", ",:;()")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def fenced(text: str, language: str) -> list[str]:
    """The lines of all fenced blocks of a language, without comments."""
    blocks = [body for name, body in _FENCE.findall(text) if name == language]
    lines = (line.partition("  #")[0].strip() for body in blocks for line in body.splitlines())
    return [line for line in lines if line]


def told_to_collect() -> list[str]:
    """Every ``collect`` command of both papers, as what follows the word."""
    lines = [*fenced(README, "sh"), *fenced(MANUAL, "sh"), *fenced(README, "powershell")]
    lines += [line for text in (README, MANUAL) for line in _INLINE.findall(text)]
    starts = ("collect ", ".venv/bin/collect ", ".venv\\Scripts\\collect ")
    said = (line.partition("collect ")[2] for line in lines if line.startswith(starts))
    return sorted({line for line in said if not line.startswith("…")})


def _can_run(line: str) -> bool:
    """Not a placeholder, nor a bare mention of a command that needs arguments."""
    if any(each in line for each in PLACEHOLDERS):
        return False
    name, *arguments = line.split()
    if name in NOT_RUN:
        return False
    command = main.get_command(click.Context(main), name)
    return command is not None and (
        bool(arguments) or not any(each.required for each in command.params)
    )


RUNNABLE = [line for line in told_to_collect() if _can_run(line)]


@pytest.fixture(scope="session")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, str]:
    """The example county, and how ``collect now`` ended there with no network to go to."""
    folder = tmp_path_factory.mktemp("county")
    shutil.copy(ROOT / "config.toml", folder)
    shutil.copytree(ROOT / "examples" / "inbox", folder / "inbox")
    with responses.RequestsMock(assert_all_requests_are_fired=False):
        return folder, *run(folder, "now")


@pytest.fixture(scope="session")
def county(first_run: tuple[Path, int, str]) -> Path:
    """The example county, imported and backed up."""
    folder = first_run[0]
    code, said = run(folder, "backup", str(folder / BACKUP))
    assert code == 0, said
    return folder


def _no_names(*asked: object, **how: object) -> list[object]:
    raise OSError("no network in tests")


def run(folder: Path, *words: str, typed: str = "y\n") -> tuple[int, str]:
    app = App(config_path=folder / "config.toml", clock=lambda: NOW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("socket.getaddrinfo", _no_names)
        result = CliRunner().invoke(main, list(words), obj=app, input=typed)
    if "engine" in vars(app):
        app.engine.dispose()
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def test_the_papers_tell_of_every_command() -> None:
    assert {line.split()[0] for line in told_to_collect()} == set(COMMANDS)


@pytest.mark.parametrize("line", told_to_collect())
def test_commands_and_options_exist(line: str) -> None:
    words = line.split()
    command = main.get_command(click.Context(main), words[0])
    assert command is not None, line
    rest = [each for each in words[1:] if each not in ("命令", "…")]
    while rest and (isinstance(command, click.Group) or command.name == "at"):
        if command.name == "at":  # a centre's own command follows its key
            command, rest = main, rest[1:]
        elif isinstance(command, click.Group):
            found = command.get_command(click.Context(command), rest[0])
            assert found is not None, line
            command, rest = found, rest[1:]
    known = {name for each in command.params for name in (*each.opts, *each.secondary_opts)}
    assert {word for word in words if word.startswith("--")} <= known, line


@pytest.mark.parametrize("line", RUNNABLE)
def test_commands_run(
    line: str, county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = shlex.split(line)
    folder = county if words[0] in READERS else tmp_path / "county"
    if words[0] == "init":
        folder.mkdir()
    elif folder is not county:
        shutil.copytree(county, folder)
        for name, stands_for in NAMED.items():
            shutil.copy(stands_for, folder / name)
        if words[0] == "backup":
            (folder / BACKUP).unlink()
    monkeypatch.chdir(folder)
    code, said = run(folder, *words, typed=ANSWERS.get(words[0], "y\n"))
    assert code == 0, said


def test_the_first_run_is_fine(first_run: tuple[Path, int, str]) -> None:
    _, code, said = first_run
    assert code == 0, said
    assert "共 98 个文件" in said and "98 个文件" in README and "98 个文件" in MANUAL


def test_a_second_run_adds_nothing(county: Path, tmp_path: Path) -> None:
    folder = tmp_path / "county"
    shutil.copytree(county, folder)
    code, said = run(folder, "now")
    assert code == 0, said
    assert "没有新文件" in said
    assert "爆款 0 个" in said


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    told = {words[1] for text in (README, MANUAL) for words in _made(text)}
    assert {"now", "test"} <= told <= targets


def _made(text: str) -> Iterator[list[str]]:
    lines = [*fenced(text, "sh"), *re.findall(r"`(make [a-z-]+)`", text)]
    return (line.split() for line in lines if line.startswith("make "))


def test_powershell_does_what_make_does() -> None:
    lines = fenced(README, "powershell")
    assert lines[:5] == fenced(MANUAL, "powershell")
    recipe = MAKEFILE.replace("$(BIN)/", ".venv\\Scripts\\").replace("--editable", "-e")
    checks = [line for line in lines[6:] if not line.startswith(".venv\\Scripts\\pytest")]
    for line in checks:
        assert line in recipe, line
    assert ".venv\\Scripts\\collect now --config config.toml" in recipe
    assert "--no-deps --no-build-isolation -e ." in recipe
    assert "cp -R examples/inbox inbox" in recipe


def test_powershell_names_files_that_exist() -> None:
    for line in fenced(README, "powershell"):
        words = line.replace("\\", "/").split()
        named = [after for word, after in pairwise(words) if word == "-r"]
        named += [word for word in words if word.startswith("examples/") or word == "config.toml"]
        for each in named:
            assert (ROOT / each).exists(), line


def test_paths_exist() -> None:
    for name in _TICKED.findall(README):
        path = name.partition("<")[0]
        if "/" not in path and not path.endswith((".toml", ".lock", ".md", ".json")):
            continue
        if path.startswith((".venv/", *IGNORED)):
            continue
        assert (ROOT / path).exists(), name


@pytest.mark.parametrize(
    "paper",
    ["README.md", "CHANGELOG.md", *(f"docs/{each.name}" for each in (ROOT / "docs").glob("*.md"))],
)
def test_links_lead_somewhere(paper: str) -> None:
    here = ROOT / paper
    for link in _LINK.findall(here.read_text(encoding="utf-8")):
        name, _, anchor = link.partition("#")
        there = here.parent / name if name else here
        assert there.exists(), link
        if anchor:
            headings = _HEADING.findall(there.read_text(encoding="utf-8"))
            assert anchor in {_anchor(each) for each in headings}, link


def _anchor(heading: str) -> str:
    """As GitHub and Gitea make it: lower case, punctuation gone, spaces to hyphens."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_manual_names_every_field_and_true_headings() -> None:
    section = MANUAL.partition("## 10.")[2].partition("## 11.")[0]
    assert set(FIELDS) <= set(_TICKED.findall(section))
    for row in re.findall(r"^\| .+ \| `\w+` \|$", section, re.MULTILINE):
        headings, field = row.strip("| ").split(" | ")[1:]
        known = SYNONYMS[field.strip("`")].split()
        assert [each for each in headings.split("、") if each not in known] == [], row


def test_manual_quotes_messages_that_exist() -> None:
    sources = [
        path.read_text(encoding="utf-8").translate(_PLAIN)
        for package in ("adapters", "collector", "storage")
        for path in (ROOT / package).rglob("*.py")
    ]
    section = MANUAL.partition("## 13.")[2].partition("## 14.")[0]
    said = [row.split(" | ")[0][2:] for row in section.splitlines() if row.startswith("| ")][1:]
    assert len(said) > 10
    for message in said:
        for part in re.split("…|;", message.translate(_PLAIN)):
            assert any(part in source for source in sources), part


def test_manual_tells_of_every_platform() -> None:
    for words in platforms.NAMES.values():
        assert words.removeprefix("微信").removeprefix("今日") in MANUAL, words


def test_readme_is_short() -> None:
    assert len(README.splitlines()) <= 120


def test_every_page_is_pictured() -> None:
    """What stands in the menu has its picture in the manual; none is heavy, none is left over."""
    folder = ROOT / "docs" / "pictures"
    shown = {
        link.removeprefix("pictures/") for link in _LINK.findall(MANUAL) if "pictures/" in link
    }
    assert shown == {each.name for each in folder.glob("*.png")}
    assert {f"{word}.png" for _, word in PAGES if word} <= shown
    assert max(each.stat().st_size for each in folder.glob("*.png")) < 150_000
