"""``collect`` with the service's patience cut down, so that a test need not wait minutes for its next try.

python -m tests.soak.quick --config FILE serve
"""

from __future__ import annotations

from collector.cli import main
from collector.service import serve, ticking, turns

if __name__ == "__main__":
    for module, name in ((turns, "TICK_SECONDS"), (serve, "TICK_SECONDS"), (ticking, "PAUSE")):
        assert hasattr(module, name)
        setattr(module, name, 4)
    main()
