"""A weekly value as plain text, as HTML that reads well on a phone, and as files. Renderers add nothing.

The mail speaks as the paper does: what passed a line, what was published and how it did, what is still to be done; the
tables are in the workbook.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from reports import wording
from reports.documents import content
from reports.paper.chapters import CHANNELS
from reports.paper.paper import Paper
from reports.section import Link, Section, Table
from reports.weekly import Weekly

#: A mail names as many works of a list; the workbook has them all.
WORKS = 5
_CLOSING = (
    "本邮件由“爆款”程序自动发出。呈报稿和完整的表见附件；每个数字都可以追溯到原始文件，"
    "在装有程序的电脑上运行 collect explain 加作品标题。"
)


@dataclass(frozen=True, slots=True)
class MailedWork:
    """A work in a list: its title, where it leads (may be empty), whose it is and what it drew."""

    title: str
    url: str
    about: str
    figure: str


@dataclass(frozen=True, slots=True)
class MailPart:
    """A part of the mail. ``look``: lead, state (something is to be done) or notes; ``more``: works left out."""

    title: str
    look: str = ""
    paragraphs: tuple[str, ...] = ()
    works: tuple[MailedWork, ...] = ()
    more: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail's parts."""

    text: str
    html: str
    paper: bytes
    workbook: bytes


def render(weekly: Weekly) -> Rendered:
    """All parts of the weekly mail; the same value gives the same text and HTML. Raises DocumentError where the
    centre's own template of the paper cannot be used."""
    import css_inline

    from reports.documents import word
    from reports.paper.plan import paper

    written = paper(weekly.whole)
    parts = list(_parts(weekly, written))
    html = css_inline.inline(
        _fill("weekly.html", weekly, parts), load_remote_stylesheets=False, keep_style_tags=False
    )
    return Rendered(
        text=_fill("weekly.txt", weekly, parts),
        html=html,
        paper=word.made(weekly.whole, written),
        workbook=_workbook(weekly),
    )


def _parts(weekly: Weekly, written: Paper) -> Iterator[MailPart]:
    """Those that have something to say, the most important first."""
    sections = {each.id: each for each in weekly.summary.sections}
    if (hits := sections.get("week.hits")) and hits.tables:
        works, more = _works(hits.tables)
        yield MailPart(title="爆款", paragraphs=_texts(hits), works=works, more=more)
    total = sections["week.total"]
    spoken = (each for each in written.chapters if not each.title or each.title.endswith(CHANNELS))
    running = [
        *(each.text for chapter in spoken for each in chapter.paragraphs),
        *(each.text for each in total.sentences if each.id == "week.change"),
    ]
    yield MailPart(
        title="本周传播", look="lead", paragraphs=tuple(map(wording.line, running)) or _texts(total)
    )
    tops = sections.get("week.tops")
    works, more = _works(tops.tables[:1] if tops else ())
    if works:
        yield MailPart(title="读得最多的作品", works=works, more=more)
    for id_, title in (
        ("week.todo", "还要下载的文件"),
        ("week.health", "需要处理"),
        ("week.silent", "两周未更新"),
    ):
        if id_ in sections:
            yield MailPart(title=title, look="state", paragraphs=_texts(sections[id_]))
    yield MailPart(title="", look="notes", paragraphs=(wording.line(written.notes.text),))


def _texts(section: Section) -> tuple[str, ...]:
    return tuple(wording.line(each.text) for each in section.sentences)


def _works(tables: Sequence[Table]) -> tuple[tuple[MailedWork, ...], str]:
    """The first works of lists of works, and how many are left out."""
    rows = [row for table in tables for row in table.rows]
    works = []
    for link, account, figure, *_ in rows[:WORKS]:
        assert isinstance(link, Link)
        title = wording.bare_title(link.text) or "（无标题）"
        url = link.url.strip()
        told = content.cell(account), content.cell(figure)
        works.append(MailedWork(title, url if _is_address(url) else "", *told))
    left = len(rows) - len(works)
    return tuple(works), f"另有{left}个，见附件。" if left else ""


def _fill(template: str, weekly: Weekly, parts: Sequence[MailPart]) -> str:
    title, period = wording.line(weekly.title), weekly.summary.period.title
    made = _templates().get_template(template)
    return str(made.render(title=title, period=period, closing=_CLOSING, parts=parts))


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
