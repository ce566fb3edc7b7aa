"""Rules for every test: no network, and the real samples only where they are there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import responses

#: Other people's real files lie beside a developer's working copy; they are never committed.
SHARED = Path(__file__).resolve().parents[2] / "shared"
SAMPLES, TRIALS = SHARED / "samples", SHARED / "trials"
#: Why a test that reads them is skipped.
WITHOUT = "real samples are not on this machine"


@pytest.fixture(autouse=True)
def no_network() -> Iterator[responses.RequestsMock]:
    """Any request that a test did not announce raises ConnectionError."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of other people's real files; a test that asks for it is skipped where there is none."""
    if not SAMPLES.is_dir():
        pytest.skip(WITHOUT)
    return SAMPLES


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says once, at the end of a run, how many tests wanted real samples that a clone does not hold."""
    skipped = terminalreporter.stats.get("skipped", [])
    count = sum(WITHOUT in str(each.longrepr) for each in skipped)
    if count:
        terminalreporter.write_line(
            f"{count} tests of real samples skipped: {WITHOUT} ({SHARED.name}/ beside the clone)"
        )
