"""The docs hold what the code points to: sections, files, tables; nothing tracked names what a clone does not hold."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import schema

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
FOLDERS = ("adapters", "storage", "reports", "collector", "tests", "bench", "examples", "docs")
WRITTEN = (".py", ".md", ".toml", ".lark", ".html", ".css", ".js")
#: Not ours to word: answers of platforms, files of the inbox.
RECORDED = (
    ROOT / "tests" / "adapters" / "pages",
    ROOT / "tests" / "adapters" / "cases",
    ROOT / "examples" / "inbox",
)

_PAPER = re.compile(r"(?<![\w./-])(?:[A-Za-z_.-]+/)*[A-Za-z_-]+\.md\b")
_ISSUE = re.compile(r"\b[Ii]ssues? ?#?\d+")
_SECTIONS = re.compile(r"docs/(\w+)\.md((?:,? (?:and )?§\d+(?:\.\d+)?(?:–§\d+)?)+)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_HEADING = re.compile(r"^#+ (\d+(?:\.\d+)?) ", re.MULTILINE)
_TICKED = re.compile(r"`([\w./-]+)`")


def files() -> list[Path]:
    """Every text file that one of us wrote."""
    inside = (each for folder in FOLDERS for each in (ROOT / folder).rglob("*"))
    above = (ROOT / "Makefile", ROOT / ".ci" / "run", *ROOT.glob("*.md"), *ROOT.glob("*.toml"))
    written = [each for each in inside if each.suffix in WRITTEN and each.is_file()]
    return sorted(
        each for each in (*written, *above) if not any(each.is_relative_to(far) for far in RECORDED)
    )


def said(path: Path) -> str:
    """What a file tells its readers: comments and docstrings of code, else all of it."""
    text = path.read_text(encoding="utf-8")
    return "\n".join(_told(text)) if path.suffix == ".py" else text


def _told(code: str) -> Iterator[str]:
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.COMMENT or token.string.startswith('"""'):
            yield token.string


@pytest.fixture(scope="module")
def told() -> dict[Path, str]:
    return {each: said(each) for each in files()}


def test_no_file_names_a_paper_that_a_clone_lacks(told: dict[Path, str]) -> None:
    assert len(told) > 300
    lacking = {
        (str(path.relative_to(ROOT)), name)
        for path, text in told.items()
        for name in _PAPER.findall(text)
        if not any((folder / name).exists() for folder in (ROOT, path.parent))
    }
    assert lacking == set()


def test_no_file_names_an_issue(told: dict[Path, str]) -> None:
    found = {str(path.relative_to(ROOT)): _ISSUE.findall(text) for path, text in told.items()}
    assert {path: numbers for path, numbers in found.items() if numbers} == {}


def test_sections_that_are_pointed_to_exist(told: dict[Path, str]) -> None:
    pointed = {
        (name, number)
        for text in told.values()
        for name, numbers in _SECTIONS.findall(text)
        for number in _NUMBER.findall(numbers)
    }
    assert len(pointed) > 30
    for name in {name for name, _ in pointed}:
        known = _HEADING.findall((DOCS / f"{name}.md").read_text(encoding="utf-8"))
        assert {number for each, number in pointed if each == name} - set(known) == set(), name


@pytest.mark.parametrize("name", ["architecture", "decisions", "definitions", "platforms"])
def test_paths_exist(name: str) -> None:
    ticked = _TICKED.findall((DOCS / f"{name}.md").read_text(encoding="utf-8"))
    paths = [each for each in ticked if each.startswith(tuple(f"{each}/" for each in FOLDERS))]
    assert [each for each in paths if not (ROOT / each).exists()] == []


def test_every_table_is_told_of() -> None:
    section = (DOCS / "architecture.md").read_text(encoding="utf-8").partition("## 4 ")[2]
    rows = re.findall(r"^\| (`.+?) \|", section.partition("## 5 ")[0], re.MULTILINE)
    assert {each for row in rows for each in re.findall(r"`(\w+)`", row)} == set(
        schema.metadata.tables
    )
