"""How many files of the product a command enters, and the lines that stand in them: the way that a reader has to go.

``python -m bench.entered``: each command on the example county, in this process, with a trace of every function that is
called. A file counts once any function of it ran; importing it alone does not count.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from click.testing import CliRunner

from collector.cli import main

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("adapters", "collector", "reports", "storage")
SENTENCE = "2026年第三季度，“看云岭”抖音号发布33条，播放量约320万人次。"


def entered(arguments: Sequence[str]) -> set[Path]:
    """The files of the product whose functions ``collect`` with these arguments calls."""
    seen: set[CodeType] = set()

    importing = (
        0  # modules whose top level is running: class bodies and tables made there are no way to go
    )

    def called(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal importing
        if frame.f_code.co_name == "<module>":
            importing += {"call": 1, "return": -1}.get(event, 0)
        elif event == "call" and not importing:
            seen.add(frame.f_code)

    sys.setprofile(called)
    try:
        result = CliRunner().invoke(main, list(arguments))
    finally:
        sys.setprofile(None)
    if result.exit_code:
        raise SystemExit(f"{' '.join(arguments)}: {result.output}")
    files = {Path(code.co_filename) for code in seen}
    return {
        each
        for each in files
        if each.is_relative_to(ROOT) and each.relative_to(ROOT).parts[0] in PACKAGES
    }


def measure(folder: Path) -> None:
    config = str(folder / "config.toml")
    shutil.copy(ROOT / "config.toml", folder)
    one = max((ROOT / "examples" / "inbox" / "douyin").iterdir())
    (folder / "inbox" / "douyin").mkdir(parents=True)
    shutil.copy(one, folder / "inbox" / "douyin")
    draft = folder / "draft.txt"
    draft.write_text(SENTENCE, "utf-8")
    base = ["--config", config]
    report(["now", "--json"], base)
    shutil.copytree(ROOT / "examples" / "inbox", folder / "inbox", dirs_exist_ok=True)
    CliRunner().invoke(main, [*base, "now", "--json"])
    report(["report", "2026Q3", "--format", "md"], base)
    report(["verify", str(draft), "--period", "2026Q3"], base)
    report(["explain", "--period", "2026Q3", "total.views"], base)


def report(arguments: list[str], base: Sequence[str]) -> None:
    files = entered([*base, *arguments])
    lines = sum(len(each.read_text("utf-8").splitlines()) for each in files)
    print(f"collect {arguments[0]:<8} {len(files):>4} files {lines:>7,} lines")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as where:
        measure(Path(where))
    product = [path for name in PACKAGES for path in (ROOT / name).rglob("*.py")]
    total = sum(len(each.read_text("utf-8").splitlines()) for each in product)
    print(f"product          {len(product):>4} files {total:>7,} lines")
