"""Documents as other programs print them: LibreOffice makes a PDF, poppler reads its pages."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


def pages(file: Path, folder: Path) -> list[str]:
    """The text of each page that LibreOffice makes of a Word file; ``folder`` takes the PDF and the office's profile."""
    subprocess.run(
        [tool("soffice"), f"-env:UserInstallation={(folder / 'office').as_uri()}", "--headless",
         "--convert-to", "pdf", "--outdir", str(folder), str(file)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return read(folder / f"{file.stem}.pdf")


def read(pdf: Path) -> list[str]:
    """The text of each page."""
    text = subprocess.run(
        [tool("pdftotext"), "-raw", str(pdf), "-"],
        check=True, capture_output=True, timeout=60,
    ).stdout.decode("utf-8")  # fmt: skip
    return text.split("\f")[:-1]


def tool(*names: str) -> str:
    """The first of these programs that is here."""
    path = next((found for each in names if (found := shutil.which(each))), None)
    assert path, f"{names[0]}: .ci/run installs it"
    return path


def letters(text: str) -> str:
    """Letters and digits alone: what a line break or a font's own signs leave as it is."""
    return "".join(each for each in text if each.isalnum())
