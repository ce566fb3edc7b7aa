"""``collect hits`` on the example county, start to end, against ``python -c "import pandas"``, and ``collect -h`` against
``python -c pass``.

    python -m bench.starting
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path

from bench._common import ROOT, measured, paired, spent

PAIRS = 9


def main() -> None:
    python = sys.executable
    collect = (python, "-m", "collector.cli")
    with tempfile.TemporaryDirectory() as name:
        config = Path(name) / "config.toml"
        shutil.copy(ROOT / "config.toml", config)
        shutil.copytree(ROOT / "examples" / "inbox", Path(name) / "inbox")
        spent([*collect, "--config", str(config), "now"], good=(0, 1))
        hits = partial(spent, [*collect, "--config", str(config), "hits"])
        found = paired(hits, partial(spent, [python, "-c", "import pandas"]), PAIRS)
        found.show("collect hits", "import pandas", 1.3)
    usage, nothing = partial(spent, [*collect, "-h"]), partial(spent, [python, "-c", "pass"])
    paired(usage, nothing, PAIRS).show("collect -h", "python -c pass", 8)


if __name__ == "__main__":
    measured(main)
