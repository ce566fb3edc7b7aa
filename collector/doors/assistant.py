"""What an assistant may ask over MCP: the true figures of this centre, each with its id, basis and as-of.

Everything is read; nothing is written. No answer holds a secret, a capture or a path: a source is told by its file's or
host's name, with the sheet, the row and the number of the attempt by which ``collect explain`` leads on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from sqlalchemy import Connection

from adapters.records import Count
from collector import explaining
from collector.app import App
from collector.config.loading import Config, ConfigError, load
from collector.doors.telling import fields, number, row, scope, without_kept
from collector.summaries import centre_of, last_quarter, present
from reports import wording
from reports.basis import parse_basis
from reports.documents.data import as_data as summary_data
from reports.drafts.checking import outcome
from reports.drafts.checking.lookups import Ground
from reports.drafts.reading import paragraphs
from reports.inquiry import Inquiry
from reports.periods import parse_moment, parse_period
from reports.statement import Statement
from reports.summary import build, inquire, stated
from reports.tidy.columns import COLUMNS, Row
from reports.tidy.rows import Sources, by_id, post_row, rows, series_rows
from reports.tracing import walk
from reports.vocabulary import HEADINGS
from storage.bulk import seconds
from storage.database import StorageError, open_read_only, reading
from storage.known import Known
from storage.views import history

#: As long as the report of a year; a longer text is checked in parts.
LONGEST = 50_000
#: Of what was asked, as it is said back, and of a sentence that says what is wrong with it.
QUOTED, SAID = 60, 500
#: What is told where nothing else is asked for, and at most.
SHOWN, MOST = 50, 500
_SHAPES = {table: fields(columns) for table, columns in COLUMNS.items()}

INSTRUCTIONS = """\
县级融媒体中心的传播数据，都来自采集到的原始文件和接口，每个数字都能查到出处。
引用数字时照抄句子（text），写明口径（basis）和截至时间（as_of）；不要自己相加、换算、四舍五入。
null 是没有数据，不是 0；数字的 value 是数，bound 是 at_least 的是下限，about 的是约数。
basis：published 期内发布作品的累计值；gained 期内净增；aged:7 发布满 7 天时的值。
写好的文字先用 verify 核对，有“不符”或“应改写法”的照 true、suggestion 改。"""


def server(app: App) -> MCPServer[Any]:
    """The tools over the database of ``app``, to be run over stdio. Raises StorageError."""
    open_read_only(app.config.database_url)
    desk = Assistant(app.config_path, app.clock)
    made: MCPServer[Any] = MCPServer(
        "baokuan", title="爆款", instructions=INSTRUCTIONS, log_level="WARNING"
    )
    reads = ToolAnnotations(read_only_hint=True, open_world_hint=False)
    for tool in (desk.summary, desk.hits, desk.series, desk.explain, desk.verify):
        made.add_tool(tool, annotations=reads)
    return made


@dataclass(frozen=True, slots=True)
class Assistant:
    """Where questions are answered, each from config and the database as they are then: an assistant stays open for days.
    Each tool's docstring is what the assistant is told of it."""

    config_path: Path
    clock: Callable[[], datetime]

    def summary(
        self, period: str = "", basis: str = "published", as_of: str = "", about: str = "total"
    ) -> dict[str, Any]:
        """一个时期的总结：句子，以及编号以 about 开头的数字（如 total、group、account.douyin、topic、followers）。
        单个账号的句子也只说编号以 about 开头的：about 写 account 是各账号的，空着是全部。
        period 如 2026Q3、2026-09、2026-W38、2026-09-01..2026-09-10，不写是最近有作品的季度；as_of 如 2026-10-08，不写是现在。"""
        with self._inquiry(period, basis, as_of) as inquiry:
            made = build(
                inquiry.connection,
                inquiry.centre,
                inquiry.period,
                basis,
                inquiry.as_of,
                inquiry.known_by,
            )
            data = summary_data(made)
            figures = [each for each in made.figures if each.id.startswith(about)]
            if not figures:
                starts = dict.fromkeys(each.id.partition(".")[0] for each in made.figures)
                raise ToolError(
                    f"没有编号以“{_quoted(about)}”开头的数字，可用：{'、'.join(starts)}"
                )
            return {
                **scope(made),
                "centre": data["centre"],
                "thresholds": data["thresholds"],
                "sentences": [
                    each
                    for each in data["sentences"]
                    if each["id"].startswith(about) or not each["id"].startswith("account.")
                ],
                "figures": [_figure(each) for each in figures[:MOST]],
                "left_off": max(0, len(figures) - MOST),
            }

    def hits(
        self, period: str = "", basis: str = "published", as_of: str = "", account: str = "",
        metric: str = "", limit: int = SHOWN,
    ) -> dict[str, Any]:  # fmt: skip
        """一个时期的爆款，最近越线的在前：作品、越过的线（threshold）、越线在哪两次观测之间、现在的数（figure）和出处。
        account 是账号的 id，metric 如 views、likes；都不写就是全部。一篇作品越过几条线就有几行。"""
        with self._inquiry(period, basis, as_of) as inquiry:
            _one_of("账号", account, {e.id: e.name for e in inquiry.centre.accounts})
            _one_of("爆款线", metric, {each: HEADINGS[each] for each in inquiry.centre.thresholds})
            names = [each.name for each in COLUMNS["hits"]]
            at, what = names.index("account"), names.index("metric")
            found = [
                each
                for each in rows(inquiry, "hits")
                if account in ("", each[at]) and metric in ("", each[what])
            ]
            shown = found[: _number(limit)]
            return {
                **scope(inquiry),
                "hits": [_row("hits", each) for each in shown],
                "left_off": len(found) - len(shown),
            }

    def series(self, post: str, limit: int = MOST) -> dict[str, Any]:
        """一篇作品的全部观测，按时间先后。post 写编号、链接、平台编号或标题的一部分；不止一篇时列出各篇，请用编号再问。"""
        with self._reading() as (connection, config):
            found = history.find_posts(connection, post)
            if not found:
                raise ToolError(f"没有找到作品“{_quoted(post)}”")
            accounts = by_id(centre_of(config))
            if len(found) > 1:
                return {
                    "posts": [_row("posts", post_row(accounts, e, e.keys)) for e in found],
                    "perhaps_more": len(found) >= history.FOUND,
                }
            (one,) = found
            now = present(connection, self.clock())
            place = {one.post_id: (one.account, one.published_at)}
            looks = list(series_rows(Sources(connection), place, Known(), seconds(now)))
            shown = looks[-_number(limit) :]
            return {
                "as_of": now.isoformat(),
                "post": _row("posts", post_row(accounts, one, one.keys)),
                "observations": [_row("observations", each) for each in shown],
                "left_off": len(looks) - len(shown),
            }

    def explain(
        self, id: str, period: str = "", basis: str = "published", as_of: str = "", top: int = 10  # noqa: A002
    ) -> dict[str, Any]:  # fmt: skip
        """总结里的一句话、一个数字（summary 给出的 id）从哪里来：由哪些作品的哪次观测得来，在哪个文件的第几行。"""
        with self._inquiry(period, basis, as_of) as inquiry:
            found = stated(inquiry, id)
            if found is None:
                raise ToolError(
                    f"这份总结里没有编号为“{_quoted(id)}”的句子或数字，请用 summary 给出的 id"
                )
            walked = walk(inquiry.connection, inquiry, found.trace, _number(top))
            told: dict[str, Any] = without_kept(explaining.as_data(inquiry, found, walked))
            return told

    def verify(
        self, text: str, period: str = "", basis: str = "published", as_of: str = ""
    ) -> dict[str, Any]:
        """核对一段文字（可以有 Markdown 标题和表格）里的数字：逐个说属实、应改写法、不符还是无法核对，应为多少（true）、
        可以怎样写（suggestion），有没有自相矛盾。period 不写，看文字里写的时期。"""
        if len(text) > LONGEST:
            raise ToolError(f"文字太长了，请分成几段，每段不超过 {LONGEST} 字")
        with _plainly():
            wanted = parse_period(period) if period else None
            parse_basis(basis)
            draft = paragraphs.read("文字.md", text.encode("utf-8", "replace"))
        with self._reading() as (connection, config):
            moment, now = self._moments(connection, as_of)
            ground = Ground(
                connection=connection,
                centre=centre_of(config),
                basis=basis,
                as_of=moment,
                known_by=now,
            )
            checked = outcome.verify(draft, ground, period=wanted, today=now.date())
            data = outcome.as_data(checked, "文字")
            return data | _first("claims", data["claims"], MOST)

    @contextmanager
    def _reading(self) -> Iterator[tuple[Connection, Config]]:
        """The database and config as they are now. What is wrong with them is for the people at the computer."""
        try:
            config = load(self.config_path)
            with reading(open_read_only(config.database_url)) as connection:
                yield connection, config
        except ConfigError as problem:
            raise ToolError(
                "config.toml 现在有错或不见了，请在那台电脑上运行 collect check 看看"
            ) from problem
        except StorageError as problem:
            raise ToolError("数据库现在用不了，请在那台电脑上运行 collect status 看看") from problem

    @contextmanager
    def _inquiry(self, period: str, basis: str, as_of: str) -> Iterator[Inquiry]:
        with self._reading() as (connection, config):
            with _plainly():
                wanted = parse_period(period) if period else last_quarter(connection, config)
                if wanted is None:
                    raise ValueError("还没有任何作品的数据")
                moment, now = self._moments(connection, as_of)
                found = inquire(connection, centre_of(config), wanted, basis, moment, now)
            yield found

    def _moments(self, connection: Connection, as_of: str) -> tuple[datetime, datetime]:
        """As-of, and the moment by which all that is stored was told."""
        now = present(connection, self.clock())
        with _plainly():
            return (parse_moment(as_of) if as_of else now), now


@contextmanager
def _plainly() -> Iterator[None]:
    """What was asked wrongly is told to the assistant, in Chinese."""
    try:
        yield
    except ValueError as problem:
        raise ToolError(wording.short(str(problem), SAID)) from problem


def _quoted(asked: str) -> str:
    """What was asked, as it is said back: a slip may be a million characters long."""
    return wording.short(asked, QUOTED)


def _one_of(what: str, asked: str, there: Mapping[str, str]) -> None:
    """Nothing is known of what does not exist; that is not to be read as "none". ``there``: id → name."""
    if asked and asked not in there:
        known = "、".join(f"{each}（{name}）" for each, name in there.items())
        raise ToolError(f"没有{what}“{_quoted(asked)}”，现有：{known}")


def _first(name: str, there: Sequence[Any], most: int) -> dict[str, Any]:
    """The first of what an answer lists, and how many it leaves off."""
    return {name: there[:most], "left_off": max(0, len(there) - most)}


def _number(limit: int) -> int:
    return max(1, min(limit, MOST))


def _figure(figure: Statement) -> dict[str, Any]:
    """A figure with its id."""
    value = figure.value
    return {
        "id": figure.id,
        "name": figure.name,
        "value": number(value) if isinstance(value, Count) else value,
        "least": figure.least,
    }


def _row(table: str, cells: Row) -> dict[str, Any]:
    return row(_SHAPES[table], cells)
