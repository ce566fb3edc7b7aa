"""One suite over every adapter: modules, registry and cases agree, and every case reads as expected."""

from __future__ import annotations

from pathlib import Path

import pytest

import adapters
from adapters import platforms
from adapters.errors import Invalid
from adapters.records import Post
from adapters.registry import ADAPTERS
from tests.adapters.cases import CASES, all_cases, as_expectation, expectation, read_case

PUBLIC = {
    "records",
    "contract",
    "errors",
    "registry",
    "files",
    "platforms",
    "metrics",
    "moments",
    "exports",
}


def test_modules_registry_and_cases_agree() -> None:
    folder = Path(adapters.__path__[0])
    modules = {each.stem for each in folder.glob("*.py") if not each.stem.startswith("_")} - PUBLIC
    assert modules == set(ADAPTERS)
    assert {each.name for each in CASES.iterdir()} == {
        name for name, each in ADAPTERS.items() if each.read_file
    }
    assert all_cases(), "no cases were found"


def test_every_adapter_serves_known_platforms() -> None:
    for adapter in ADAPTERS.values():
        assert adapter.platforms and adapter.platforms <= platforms.NAMES.keys(), adapter.name


def test_declared_metrics_are_shown_by_the_cases() -> None:
    shown: dict[str, set[str]] = {name: set() for name in ADAPTERS}
    for case in all_cases():
        for post in expectation(case)["posts"]:
            shown[case.parent.name] |= set(post.get("metrics", {}))
    for name, adapter in ADAPTERS.items():
        if adapter.read_file:
            assert shown[name] == set(adapter.file_metrics), name


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: f"{case.parent.name}/{case.name}")
def test_case(case: Path) -> None:
    expected = expectation(case)
    name, records = read_case(case)
    assert name == case.parent.name
    got = as_expectation(records)
    for part in ("posts", "figures", "invalid", "remarks"):
        assert got[part] == expected.get(part, []), part
    if "headings" in expected:
        assert got["headings"] == expected["headings"]
    again = read_case(case)[1]  # Invalid is an exception and so compared by its text
    assert list(map(_comparable, again)) == list(map(_comparable, records)), "reading twice differs"
    keys = [each.key for each in records if isinstance(each, Post) and each.key]
    assert len(keys) == len(set(keys)), "ids are unique within a file"


def _comparable(record: object) -> object:
    return (str(record), record.sheet, record.row) if isinstance(record, Invalid) else record
