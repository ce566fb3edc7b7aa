"""Write examples/inbox and examples/truth.json again: an invented county's year, from fixed seeds.

Run ``python examples/make_county.py [FOLDER]``. It needs xlwt (``pip install xlwt``) for the .xls files that
公众号 gives; without it those are left as they are, and named. Nothing here imports the program.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from county.exports import Export, exports  # noqa: E402
from county.kinds import kinds  # noqa: E402
from county.ledgers import Follower, ledger, tendency, users  # noqa: E402
from county.truth import truth  # noqa: E402


def everything() -> tuple[list[Export], list[Follower]]:
    """Every file of the county, and the followers that its files state."""
    files, followers = exports(), []
    for export, stated in (*users(), ledger()):
        files.append(export)
        followers += stated
    files.append(tendency())
    return files, followers


def write(folder: Path) -> list[Path]:
    """Write all files below ``folder``; returns those that had to be left out for want of xlwt."""
    files, followers = everything()
    left_out = []
    has_xlwt = importlib.util.find_spec("xlwt") is not None
    for export in files:
        path = folder / "inbox" / export.account / export.name
        path.parent.mkdir(parents=True, exist_ok=True)
        if needs_xlwt(export) and not has_xlwt:
            left_out.append(path)
        else:
            export.write(path)
    (folder / "truth.json").write_bytes(
        _json(truth(files, followers) | {"kinds": kinds(files, followers)}).encode()
    )
    return left_out


def needs_xlwt(export: Export) -> bool:
    return export.name.endswith(".xls") and "user_analysis" not in export.name


def _json(value: dict[str, Any]) -> str:
    """JSON with a line for each file and each account of each summary."""
    lines = [f'"centre": {_line(value["centre"])}']
    lines.append('"files": [\n' + ",\n".join(map(_line, value["files"])) + "\n]")
    summaries = []
    for each in value["summaries"]:
        head = ", ".join(f'"{name}": {_line(each[name])}' for name in ("period", "basis", "as_of"))
        parts = (f'"{name}": {_block(each[name])}' for name in ("accounts", "groups"))
        summaries.append(f"{{{head},\n{', '.join(parts)}}}")
    lines.append('"summaries": [\n' + ",\n".join(summaries) + "\n]")
    lines.append(f'"followers": {_line(value["followers"])}')
    lines.append('"kinds": [\n' + ",\n".join(map(_line, value["kinds"])) + "\n]")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _block(answers: dict[str, Any]) -> str:
    return "{\n" + ",\n".join(f'"{name}": {_line(each)}' for name, each in answers.items()) + "\n}"


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    missing = write(target)
    for path in missing:
        print(f"没有安装 xlwt,未重写:{path.name}")
    print(f"已写入 {target}")
