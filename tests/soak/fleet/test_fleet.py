"""A shortened soak: ``python -m tests.soak --fleet --kills 200`` is the long one."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.storage.engines import why_no_postgres

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="ends by SIGTERM and SIGKILL"),
    pytest.mark.skipif(why_no_postgres() is not None, reason=str(why_no_postgres())),
]
#: BAOKUAN_KILLS=200 pytest tests/soak for more.
KILLS = int(os.environ.get("BAOKUAN_KILLS", "3"))


def test_a_province_under_kills(tmp_path: Path) -> None:
    pytest.importorskip("procrastinate")
    from tests.soak.fleet import killing

    figures = killing.run(tmp_path, KILLS, seed=3, centres=3)
    assert figures.faults == []
    assert figures.kills >= KILLS
