"""A weekly value as plain text, as HTML that reads well on a phone, and as a workbook. Renderers add nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from unicodedata import east_asian_width
from urllib.parse import urlsplit

from reports import wording
from reports.documents import content
from reports.section import Cell, Chart, Link, Section, Table
from reports.weekly import Weekly
from reports.weekly.overall import NONE

#: A mail shows as many rows of a table; the workbook has them all.
ROWS = 20
#: The width of a chart in inches: on a phone its 9-point words are then as large as the text around them.
_INCHES, _DPI = 3.7, 200
#: A column asks for no more characters than this.
_WIDEST = 11.0
#: So many characters of a table stand side by side on a phone 360 pixels wide; what a cell has around its text.
_PHONE, _AROUND = 21.0, 0.8
#: Parts that look different: what is said first, what is wrong, what is said in small type.
_LOOKS = {"week.total": "lead", "note": "notes"}
_CLOSING = (
    "本邮件由“爆款”程序自动发出。呈报稿和完整的表见附件；每个数字都可以追溯到原始文件，"
    "在装有程序的电脑上运行 collect explain 加作品标题。"
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart drawn: ``name`` is its content id in a message."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail's parts. ``html`` refers to ``pictures`` as ``cid:<name>``."""

    text: str
    html: str
    pictures: tuple[Picture, ...]
    paper: bytes
    workbook: bytes


def render(weekly: Weekly) -> Rendered:
    """All parts of the weekly mail; the same value gives the same text and HTML. Raises DocumentError where the
    centre's own template of the paper cannot be used."""
    import css_inline

    from reports.documents import word
    from reports.paper.plan import paper

    pictures = tuple(_pictures(weekly))
    names = {each.name: f"cid:{each.name}" for each in pictures}
    html = css_inline.inline(
        _fill("weekly.html", weekly, names), load_remote_stylesheets=False, keep_style_tags=False
    )
    return Rendered(
        text=_fill("weekly.txt", weekly, {}),
        html=html,
        pictures=pictures,
        paper=word.made(weekly.whole, paper(weekly.whole)),
        workbook=_workbook(weekly),
    )


def standing_alone(rendered: Rendered) -> str:
    """The HTML with its pictures inside, to be opened in a browser."""
    from base64 import b64encode

    html = rendered.html
    for each in rendered.pictures:
        data = b64encode(each.content).decode()
        html = html.replace(f'"cid:{each.name}"', f'"data:image/png;base64,{data}"')
    return html


def _pictures(weekly: Weekly) -> list[Picture]:
    from reports.charts import png

    return [
        Picture(_name(chart), png(chart, width=_INCHES, height=_height(chart), dpi=_DPI))
        for section in weekly.summary.sections
        for chart in content.charts(section)
    ]


def _height(chart: Chart) -> float | None:
    """Seven columns need not be as high as a page's; bars take what they need."""
    return 2.2 if chart.kind == "column" else None


def _name(chart: Chart) -> str:
    return f"{chart.id}@baokuan"


def _fill(template: str, weekly: Weekly, pictures: Mapping[str, str]) -> str:
    made: str = (
        _templates()
        .get_template(template)
        .render(
            title=wording.line(weekly.title),
            period=weekly.summary.period.title,
            closing=_CLOSING,
            sections=[_section(each, pictures) for each in weekly.summary.sections],
        )
    )
    return made


@cache
def _templates():  # type: ignore[no-untyped-def]  # jinja2 is imported when a mail is made
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _section(section: Section, pictures: Mapping[str, str]) -> dict[str, object]:
    look = _LOOKS.get(section.id, "")
    if section.id == "week.health":
        good = all(each.id == "week.good" for each in section.sentences)
        look = "state fine" if good else "state"
    return {
        "title": wording.line(section.title),
        "look": look,
        "sentences": [wording.line(each.text) for each in section.sentences],
        "tables": [_table(each) for each in section.tables],
        "charts": [
            {
                "title": wording.line(each.title),
                "source": pictures.get(_name(each), ""),
                "words": content.chart_words(each),
                "note": wording.line(each.note),
            }
            for each in content.charts(section)
        ],
    }


def _table(table: Table) -> dict[str, object]:
    whole = content.narrow(table)
    rows = [[_cell(each) for each in row] for row in whole.rows[:ROWS]]
    more = len(whole.rows) - len(rows)
    right = [_is_numbers(whole.rows, at) for at in range(len(whole.headings))]
    return {
        "title": wording.line(table.title),
        "posts": bool(whole.rows) and isinstance(whole.rows[0][0], Link),
        "headings": whole.headings,
        "widths": _widths(whole.headings, rows, right),
        "right": right,
        "rows": rows,
        "more": f"另有{wording.count(wording.exactly(more), '行')}，见附件。" if more else "",
    }


def _widths(
    headings: Sequence[str], rows: Sequence[Sequence[Mapping[str, str]]], right: Sequence[bool]
) -> list[int]:
    """Shares of the width: figures as much as they need on a narrow phone, names and titles, which break, the rest."""
    columns = zip(headings, *[[cell["text"] for cell in row] for row in rows], strict=True)
    wanted = [min(_WIDEST, max(map(_ems, texts))) + _AROUND for texts in columns]
    figures = sum(each for each, number in zip(wanted, right, strict=True) if number)
    names = sum(wanted) - figures
    rest = max(_PHONE - figures, _PHONE / 4)  # what is left for the names
    shares = [each if n else each * rest / names for each, n in zip(wanted, right, strict=True)]
    return [int(100 * each / sum(shares)) for each in shares]


def _ems(text: str) -> float:
    return sum(1 if east_asian_width(each) in "WFA" else 0.55 for each in text)


def _is_numbers(rows: Sequence[Sequence[Cell]], at: int) -> bool:
    """Whether a column is read as figures: numbers, words of numbers, dashes."""
    return at > 0 and all(
        not isinstance(row[at], Link)
        and (not isinstance(row[at], str) or _starts_like_number(str(row[at])))
        for row in rows
    )


def _starts_like_number(text: str) -> bool:
    return text.lstrip("约近超逾+-")[:1].isdigit() or text == NONE


def _cell(value: Cell) -> dict[str, str]:
    text = NONE if value is None else content.cell(value)
    url = value.url.strip() if isinstance(value, Link) else ""
    return {"text": text, "url": url if _is_address(url) else ""}


def _is_address(url: str) -> bool:
    """Whether a link may be offered to a click: javascript: and the like may not."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https") and bool(parts.netloc) and not any(map(str.isspace, url))
    )


def _workbook(weekly: Weekly) -> bytes:
    from reports.documents.workbook import render as write

    with TemporaryDirectory() as folder:
        path = Path(folder) / "weekly.xlsx"
        write(weekly.summary, path)
        return path.read_bytes()
