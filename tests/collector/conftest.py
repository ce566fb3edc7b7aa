"""Fixtures for tests that go to a server of this machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import responses

from collector.fetching import fetch
from tests.server.site import Site


@pytest.fixture
def site(no_network: responses.RequestsMock) -> Iterator[Site]:
    """A server; requests to it alone go through, any other still raises."""
    with Site() as made:
        no_network.add_passthru(f"{made.url}/")
        yield made


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses and patience of a run, so short that nobody waits for a test."""
    for name, seconds in {
        "FIRST_PAUSE": 0.01,
        "PAUSE_LIMIT": 0.03,
        "CONNECT_SECONDS": 1.0,
        "READ_SECONDS": 0.5,
        "TOTAL_SECONDS": 0.6,
    }.items():
        monkeypatch.setattr(fetch, name, seconds)
