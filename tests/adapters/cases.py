"""A case is a file beside its expectation: ``cases/<adapter>/<file>`` and ``<file>.json``.

The JSON says ``account`` (platform, and columns where needed), optionally ``post``/``encoding``, and what must come
out: ``posts`` and ``figures`` (only fields that differ from the default), ``invalid`` (sheet, row, a part of the text)
and ``headings`` (what is unknown or missing). Expected values are typed from the file's own bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from adapters.contract import Account, FileRecord, Request
from adapters.files import open_file
from adapters.records import AccountFigures, Count, Headings, Metrics, Post, Remark
from adapters.registry import choose, records
from storage.values import encode_one

CASES = Path(__file__).parent / "cases"


def all_cases() -> list[Path]:
    """Every case file, found by its expectation."""
    return sorted(each.with_suffix("") for each in CASES.glob("*/*.json"))


def expectation(case: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(Path(f"{case}.json").read_text(encoding="utf-8"))
    return loaded


def account_of(expected: dict[str, Any]) -> Account:
    return Account(**{"id": "case", **expected["account"]})


def read_case(case: Path) -> tuple[str, list[FileRecord]]:
    """The name of the adapter that claims the case, and what it reads."""
    expected = expectation(case)
    account = account_of(expected)
    file = open_file(case, encoding=expected.get("encoding", ""), post=expected.get("post", ""))
    adapter = choose(file, account)
    return adapter.name, list(records(adapter, file, account))


def plain(record: Any) -> Any:
    """A record as JSON: fields that differ from their default; exact counts as bare numbers."""
    if isinstance(record, Count):
        return record.value if record.bound == "exact" else _count(record)
    if isinstance(record, Metrics | Post | AccountFigures | Request):
        shown = {}
        for each in fields(record):
            value = getattr(record, each.name)
            if each.default is not MISSING and value == each.default:
                continue
            shown[each.name] = plain(value)
        return {name: value for name, value in shown.items() if value != {}}
    if isinstance(record, dict):
        return {name: plain(value) for name, value in record.items()}
    return record.isoformat() if hasattr(record, "isoformat") else record


def _count(record: Count) -> dict[str, Any]:
    shown: dict[str, Any] = {"value": record.value, "bound": record.bound}
    if record.bound == "about":
        code = encode_one(record) or ""
        shown |= {"unit": int(code[1:]), "cut": {"~": None, "c": True, "r": False}[code[0]]}
    return shown


def as_expectation(records: Iterable[FileRecord]) -> dict[str, Any]:
    """What came out, in the form in which expectations are written."""
    shown: dict[str, Any] = {
        name: [] for name in ("posts", "figures", "invalid", "headings", "remarks")
    }
    for record in records:
        if isinstance(record, Post):
            shown["posts"].append(plain(record))
        elif isinstance(record, AccountFigures):
            shown["figures"].append(plain(record))
        elif isinstance(record, Headings):
            shown["headings"].append(
                {
                    "layout": record.layout,
                    "unknown": list(record.unknown),
                    "missing": list(record.missing),
                }
            )
        elif isinstance(record, Remark):
            shown["remarks"].append(record.what)
        else:
            shown["invalid"].append({"sheet": record.sheet, "row": record.row, "what": record.what})
    return shown
