"""What the program writes of the example county is true in its own eyes: every section, on every basis; and
``collect verify`` reads the documents that ``collect report`` writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from collector.app import App
from collector.cli import main
from collector.summaries import centre_of
from reports.drafts.checking.lookups import Ground
from reports.drafts.checking.outcome import verify
from reports.drafts.reading import paragraphs as drafts
from reports.periods import parse_period
from storage.database import reading
from tests.conftest import LATER as NOW
from tests.reports.test_drafts_round_trip import BASES, doubted, sentences, verified

ROOT = Path(__file__).resolve().parents[1]


def app(folder: Path) -> App:
    return App(config_path=folder / "config.toml", clock=lambda: NOW)


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), obj=app(folder))


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("period", ["2026Q3", "2026-01-22..2026-02-02T16"])
def test_every_sentence_of_every_section(county: Path, period: str, basis: str) -> None:
    there = app(county)
    centre = centre_of(there.config)
    with reading(there.engine) as connection:
        texts = [each.text for each in sentences(connection, centre, period, basis, NOW)]
        made = verified(connection, centre, period, basis, texts, NOW)
        assert doubted(made) == []
        assert [each.text for each in made.contradictions] == []
        assert made.counts["属实"] > 40


def test_the_written_document_is_true(county: Path, tmp_path: Path) -> None:
    """With its tables: nothing in it is false."""
    assert (
        run(
            county, "report", "2026Q3", "--format", "md", "--full", "--out", str(tmp_path)
        ).exit_code
        == 0
    )
    (path,) = tmp_path.glob("总结-2026Q3-完整.md")
    result = run(county, "verify", str(path), "--json")
    found = json.loads(result.stdout)
    wrong = [each for each in found["claims"] if each["verdict"] == "不符"]
    assert [(each["place"], each["sentence"], each["words"], each["true"]) for each in wrong] == []
    assert found["contradictions"] == []
    assert result.exit_code == 0


#: Sentence, its verdicts in order (T 属实, W 应改写法, F 不符, U 无法核对), whether it contradicts itself.
SENTENCES = json.loads((ROOT / "tests/reports/drafts/examples.json").read_text(encoding="utf-8"))
LETTERS = {"属实": "T", "应改写法": "W", "不符": "F", "无法核对": "U"}


def test_sentences_as_reports_have_them(county: Path) -> None:
    """Each is a draft of its own about 2026Q3."""
    there = app(county)
    centre = centre_of(there.config)
    wrong = []
    with reading(there.engine) as connection:
        asked = Ground(
            connection=connection, centre=centre, basis="published", as_of=NOW, known_by=NOW
        )
        for text, verdicts, contradictory in SENTENCES:
            draft = drafts.read("稿.md", text.encode())
            made = verify(draft, asked, period=parse_period("2026Q3"), today=NOW.date())
            found = "".join(LETTERS[each.outcome] for each in made.checked)
            if (found, bool(made.contradictions)) != (verdicts, contradictory):
                wrong.append((text, verdicts, found, [each.text for each in made.contradictions]))
    assert wrong == []
