"""``collect hits``: the posts past a threshold, newest crossing first. Kept quick: few imports, one query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import click

from collector.app import App, account_option, answer, config_option, json_option, pass_app
from collector.words import metric_word
from reports import wording
from reports.hits import HitRow, hit_rows
from storage.database import reading
from storage.views.hit_list import hit_count

#: As many as a person scrolls through; --top and --json give more.
SHOWN = 100


@click.command("hits")
@config_option
@account_option("只看这一个账号（id）。")
@click.option(
    "--top", type=click.IntRange(min=1), metavar="条数", help="只列最近越过门槛的这么多条。"
)
@json_option
@pass_app
def hits_command(app: App, only: str, top: int | None, as_json: bool) -> None:
    """列出爆款：哪一篇、现在多少、在哪两次观测之间越过了门槛。"""
    accounts = [only] if only else None
    limit = top or (None if as_json else SHOWN)
    with reading(app.engine) as connection:
        hits = list(hit_rows(connection, app.config.names, accounts=accounts, top=limit))
        count = hit_count(connection, accounts=accounts)
    answer(as_json, lambda: [each.as_data() for each in hits], _lines(app, hits, count))


def _lines(app: App, hits: Sequence[HitRow], count: int) -> Iterator[str]:
    yield from hit_lines(hits)
    if count > len(hits):
        yield f"共 {count} 个，以上是最近的 {len(hits)} 个。看更多请加 --top {count}"
    if not hits:
        marks = "；".join(
            f"{metric_word(metric)} {'、'.join(map(str, values))}"
            for metric, values in app.config.thresholds.items()
        )
        yield f"还没有爆款（门槛：{marks}，在 config.toml 的 [hits] 里改）"


def hit_lines(hits: Iterable[HitRow]) -> Iterator[str]:
    """A post in a few lines: what it reached, when it crossed each mark, where it is."""
    found: dict[tuple[int, str], list[HitRow]] = {}
    for row in hits:
        found.setdefault((row.hit.post_id, row.hit.metric), []).append(row)
    for marks in found.values():
        first = max(marks, key=lambda each: each.hit.threshold)
        yield first.text + ("（已删除）" if first.deleted else "")
        yield from (f"    “{wording.mark(each.hit.threshold)}”：{each.crossing}" for each in marks)
        if first.hit.url:
            yield f"    {first.hit.url}"
