"""Rules for every test: no network, and the shared samples only where they are there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import responses

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"


@pytest.fixture(autouse=True)
def no_network() -> Iterator[responses.RequestsMock]:
    """Any request that a test did not announce raises ConnectionError."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of other people's real files; they are never committed here."""
    if not SAMPLES.is_dir():
        pytest.skip("shared/samples is not on this machine")
    return SAMPLES
