"""How many random examples a test tries: a few, the same each time; in ``make soak`` as many others as BAOKUAN_FUZZ says."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_LONG = int(os.environ.get("BAOKUAN_FUZZ", "0"))


def tries(few: int) -> settings:
    return settings(
        max_examples=_LONG or few,
        derandomize=not _LONG,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
