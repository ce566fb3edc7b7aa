"""Makes the Word templates that are shipped: ``python -m tools.word_templates`` after a change here or in
``word_styles``. Everything in them is a named style; their variables are those of ``reports/documents/word.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from reports.documents.word import LISTED, PATH
from tools.word_styles import LISTING, PAPER, blank, finished, table_of_variables


def paper() -> bytes:
    """The template of the paper."""
    document = blank(PAPER)
    say = document.add_paragraph
    say("{{ title }}", "Title")
    _when(say, "addressee", "主送")
    say("{%p for chapter in chapters %}")
    _when(say, "chapter.title", "Heading 1")
    say("{%p for paragraph in chapter.paragraphs %}")
    _run_in(say("", "Body Text"), "paragraph", "段首标题")
    say("{%p endfor %}")
    say("{%p endfor %}")
    say("{%p if notes.text %}")
    _run_in(say("", "数据说明"), "notes", "段首说明")
    say("{%p endif %}")
    say("{%p for table in tables %}")
    say("{%p if loop.first %}")
    say("附表：{{ table.entry }}", "附表目录首项")
    say("{%p else %}")
    say("{{ table.entry }}", "附表目录")
    say("{%p endif %}")
    say("{%p endfor %}")
    say("{%p for line in signature %}")
    say("{%p if loop.first %}")
    say("{{ line }}", "落款")
    say("{%p else %}")
    say("{{ line }}", "日期")
    say("{%p endif %}")
    say("{%p endfor %}")
    say("{%p for table in tables %}")
    say(
        "{%p if loop.first and signature %}"
    )  # below a signature tables begin a page, else they follow the text
    say("{{ table.caption }}", "首个附表题")
    say("{%p else %}")
    say("{{ table.caption }}", "附表题")
    say("{%p endif %}")
    _table(document)
    say("{%p endfor %}")
    return finished(document)


def listing() -> bytes:
    """The template of the full listing."""
    document = blank(LISTING)
    (section,) = document.sections
    for header in (section.header, section.even_page_header):
        header.paragraphs[0].text = "{{ centre }}"
    say = document.add_paragraph
    say("{{ title }}", "Title")
    say("{{ subtitle }}", "Subtitle")
    say("{%p for section in sections %}")
    say("{%p if section.number %}")
    say("{{ section.heading }}", "Heading 1")
    say("{%p else %}")
    say("{{ section.heading }}", "说明标题")
    say("{%p endif %}")
    say("{%p for paragraph in section.paragraphs %}")
    say("{%p if section.number %}")
    say("{{ paragraph }}", "Body Text")
    say("{%p else %}")
    say("{{ paragraph }}", "说明文字")
    say("{%p endif %}")
    say("{%p endfor %}")
    say("{%p for chart in section.charts %}")
    say("{{ chart.picture }}", "图")
    say("{{ chart.caption }}", "Caption")
    _when(say, "chart.note", "图表注")
    say("{%p endfor %}")
    say("{%p for table in section.tables %}")
    say("{{ table.caption }}", "表题")
    _table(document)
    say("{%p endfor %}")
    say("{%p endfor %}")
    return finished(document)


#: Every template that is shipped, and what makes it.
MADE: Mapping[Path, Callable[[], bytes]] = {PATH: paper, LISTED: listing}


def _when(say: Callable[[str, str], Any], name: str, style: str) -> None:
    """A paragraph that is there where the variable is not empty."""
    say(f"{{%p if {name} %}}", "Normal")
    say(f"{{{{ {name} }}}}", style)
    say("{%p endif %}", "Normal")


def _table(document: Any) -> None:
    """A table and its note. What ends it takes no room: an empty line could be all that stands on a last page."""
    table_of_variables(document)
    _when(document.add_paragraph, "table.note", "图表注")
    document.add_paragraph("", "表后")


def _run_in(paragraph: Any, name: str, style: str) -> None:
    """A paragraph whose heading runs in at its beginning."""
    paragraph.add_run(f"{{{{ {name}.heading }}}}", style)
    paragraph.add_run(f"{{{{ {name}.text }}}}")


if __name__ == "__main__":
    for path, make in MADE.items():
        path.write_bytes(make())
