"""``collect`` with the service's patience cut down, so that a test need not wait minutes for its next try.

python -m tests.soak.quick --config FILE serve
"""

from __future__ import annotations

from collector.cli import main
from collector.service import serving, ticking

if __name__ == "__main__":
    for module, name in ((serving, "TICK_SECONDS"), (ticking, "PAUSE")):
        assert hasattr(module, name)
        setattr(module, name, 4)
    main()
