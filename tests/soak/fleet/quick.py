"""``collect`` with a province's patience cut down: seconds instead of minutes between looks, tries and signs of life.

python -m tests.soak.fleet.quick fleet work --province FILE
"""

from __future__ import annotations

from collector.cli import main
from collector.fleet import tasks, working
from collector.service import children
from storage.fleet import setbacks

#: Between two looks at what fell due.
LOOK_SECONDS = 3
#: A worker that was not heard of for so long is taken for dead.
DEAD_SECONDS = 6.0
_PATIENCE = (
    (tasks, "EACH", f"* * * * * */{LOOK_SECONDS}"),
    (tasks, "BEAT_SECONDS", 1.5),
    (tasks, "DEAD_SECONDS", DEAD_SECONDS),
    (working, "PAUSE", 2),
    (setbacks, "_WAIT", 2),
    (setbacks, "_GROWTH", 1),
    (children, "WAIT_SECONDS", 10.0),
)


if __name__ == "__main__":
    for module, name, value in _PATIENCE:
        assert hasattr(module, name)
        setattr(module, name, value)
    main()
