"""``collect fill``: exit codes, JSON, where it writes; the draft itself is never touched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from docx import Document

from tests.collector.centre import Centre
from tests.collector.test_verify import run, there, word, write

__all__ = ["there"]
TITLE = "# 2026年第三季度"


def test_all_filled_ends_well_and_the_draft_stays(there: Centre, tmp_path: Path) -> None:
    draft = write(tmp_path, f"{TITLE}\n\n云岭发布抖音号发布作品X条，总播放量约X万人次。\n")
    before = Path(draft).read_bytes()
    result = run(there, "fill", draft)
    assert result.exit_code == 0, result.output
    assert Path(draft).read_bytes() == before
    made = tmp_path / "稿-填数.md"
    assert made.read_text(encoding="utf-8").endswith(
        "云岭发布抖音号发布作品3条，总播放量约131万人次。\n"
    )
    assert "已填2处：" in result.output
    assert "X条 → 3条" in result.output
    assert run(there, "verify", str(made)).exit_code == 0


def test_what_is_left_open_is_said(there: Centre, tmp_path: Path) -> None:
    draft = write(tmp_path, f"{TITLE}\n\n云岭发布抖音号发布作品X条。开展主题党日活动X次。\n")
    out = tmp_path / "定稿.md"
    result = run(there, "fill", draft, "--out", str(out), "--json")
    assert result.exit_code == 1
    edits = json.loads(result.stdout)["edits"]
    assert [(each["sort"], each["old"], each["new"]) for each in edits] == [
        ("已填", "X条", "3条"),
        ("未填", "X次", "X次"),
    ]
    assert "党日活动X次〔待填〕" in out.read_text(encoding="utf-8")


def test_word_without_tracking(there: Centre, tmp_path: Path) -> None:
    draft = word(tmp_path, "2026年第三季度，云岭发布抖音号发布作品X条。")
    result = run(there, "fill", str(draft), "--plain")
    assert result.exit_code == 0, result.output
    made = Document(str(draft.with_name(f"{draft.stem}-填数.docx")))
    assert made.paragraphs[0].text.endswith("发布作品3条。")


@pytest.mark.parametrize(
    "arguments", [("--out", "稿.md"), ("--from", "2025"), ("--period", "昨天")]
)
def test_what_cannot_be_asked_is_refused(
    there: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, f"{TITLE}\n\n云岭发布抖音号发布作品X条。\n")
    result = run(there, "fill", "稿.md", *arguments)
    assert result.exit_code == 2
    assert (tmp_path / "稿.md").read_text(encoding="utf-8").endswith("X条。\n")
