"""What runs and results look like in a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any

import click
from sqlalchemy import Engine

from collector import words
from collector.intake.importing import Result
from collector.run import Run
from collector.service.lock import Taken, held
from collector.words import PAGES
from storage.database import StorageError
from storage.writing.writer import Stored

#: How long a person waits for another reader of the inbox, and what is said meanwhile.
PATIENCE_SECONDS = 600.0
#: Headings of a file that are named; the others are counted.
NAMED = 40
#: Addresses named for one kind of trouble; the others are counted, and all are in --json.
ALIKE = 3
WAITING = "采集服务或另一个窗口正在读收件夹，等它读完……"


@contextmanager
def progress() -> Iterator[Callable[[int, int, str], None]]:
    """A progress bar on a terminal; nothing where the output goes to a file."""
    if not sys.stderr.isatty():
        yield lambda _done, _total, _name: None
        return
    from rich.console import Console  # 42 ms: only where somebody watches
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (
        *("{task.description}", BarColumn(), MofNCompleteColumn(), "{task.fields[rate]}"),
        *("还要", TimeRemainingColumn()),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("读取文件", rate="")
        asked = False

        def tell(done: int, total: int, name: str) -> None:
            nonlocal asked
            if name == PAGES and not asked:  # pages have a pace of their own
                bar.reset(task)
                asked = True
            speed = bar.tasks[0].speed
            rate = f"每分钟 {speed * 60:.0f} 个" if speed else ""
            what = f"采集{name}" if asked else f"读取 {name}"
            bar.update(task, completed=done, total=total, description=what[:60], rate=rate)

        yield tell


@contextmanager
def reading_alone(engine: Engine) -> Iterator[None]:
    """Be the inbox's one reader; another one is waited for, which is said. Raises StorageError where it takes long."""
    try:
        with held(engine, "inbox", PATIENCE_SECONDS, lambda: click.echo(WAITING, err=True)):
            yield
    except Taken:
        raise StorageError("等了 10 分钟，收件夹仍有人在读。请稍后再运行一次") from None


def result_lines(result: Result) -> Iterator[str]:
    """A source, its outcome and counts; then what a person should know about it."""
    head = f"[{words.OUTCOMES[result.outcome]}] {result.account} / {result.source}"
    stored = result.stored
    if stored is None:
        yield (
            f"{head}：{result.problem.removeprefix(f'{result.source}：')}"
            if result.problem
            else head
        )
        return
    counts = [f"作品 {stored.posts} 条（新 {stored.new_posts}）"] if stored.posts else []
    counts += [f"账号数据 {stored.figures} 项"] if stored.figures else []
    counts += [f"未采用 {stored.bad} 行"] if stored.bad else []
    counts += [f"新爆款 {stored.hits} 个"] if stored.hits else []
    when = ""
    if result.observed is not None:
        when = f"；数据时间 {result.observed.at:%Y-%m-%d %H:%M}（{result.observed.how}）"
    yield f"{head}：{'，'.join(counts) or '文件里没有数据行'}{when}"
    yield from _remarks(stored)
    if result.failed and not (stored.bad and str(stored.bad_rows[0]) in result.problem):
        yield f"    {result.problem}"
    for bad in stored.bad_rows[:5]:
        yield f"    {bad}"
    if stored.bad > 5:
        yield f"    ……共 {stored.bad} 行，可加 --json 看全部"


def _remarks(stored: Stored) -> Iterator[str]:
    """What was odd about a file that was read."""
    unknown = {name: None for each in stored.headings for name in each.unknown}
    missing = {name: None for each in stored.headings for name in each.missing}
    if unknown:
        more = f"……共 {len(unknown)} 栏" if len(unknown) > NAMED else ""
        yield f"    不认识的栏目，没有采用：{'、'.join(list(unknown)[:NAMED])}{more}"
    if missing:
        yield f"    这种表通常有、这次没有的栏目：{'、'.join(missing)}"
    yield from (f"    {each.what}" for each in stored.remarks[:20])
    if stored.zeros:
        yield f"    有 {stored.zeros} 行各项数据都是 0，作品却发布了一天以上，请核对是不是没有取到数"
    if stored.cut_off:
        yield "    行数到了平台导出的上限，更早的作品可能不在里面，合计按“至少”计"
    if stored.retitled:
        yield f"    有 {stored.retitled} 篇改过标题，旧标题留有记录"
    if stored.pairs:
        yield f"    有 {stored.pairs} 处疑似同一篇作品，请运行 collect match 决定"
    yield from (f"    {words.fall_line(fall)}" for fall in stored.falls[:5])
    if stored.removed or stored.added:
        yield f"    与上一版相比：新增 {len(stored.added)} 条，去掉 {len(stored.removed)} 条"
        yield from (f"      去掉：{title}" for title in stored.removed[:10])


def run_lines(run: Run) -> Iterator[str]:
    """Every source of a run, and a last line that sums up."""
    files = [each for each in run.results if each.kind == "file"]
    pages = [each for each in run.results if each.kind == "page"]
    for result in files:
        yield from result_lines(result)
    yield from page_lines(pages)
    for stray in run.strays:
        yield f"[有误] 收件夹里的“{stray.name}”：{stray.why.removeprefix(f'{stray.name}：')}"
    if not run.results:
        yield "收件夹里没有新文件。把平台后台导出的文件放进 inbox 文件夹后再运行"
        return
    new = sum(each.stored.new_posts for each in run.results if each.stored)
    same = sum(each.outcome == "unchanged" for each in files)
    failed = sum(each.failed for each in run.results)
    parts = [f"共 {len(files)} 个文件"] if files else []
    parts += [f"{len(pages)} 个网页"] if pages else []
    parts += [f"新作品 {new} 条"] if new else []
    parts += [f"{same} 个此前已导入"] if same else []
    parts += [f"{failed} 个有问题，见上"] if failed else []
    if same == len(run.results):
        parts.append("没有增加任何内容")
    yield "，".join(parts)


def page_lines(results: Sequence[Result]) -> Iterator[str]:
    """Account by account, in the order in which they were first asked."""
    accounts = dict.fromkeys(each.account for each in results)
    for account in accounts:
        own = [each for each in results if each.account == account]
        yield from _well([each for each in own if not each.failed])
        yield from _troubles([each for each in own if each.failed])


def _well(results: Sequence[Result]) -> Iterator[str]:
    stored = [each.stored for each in results if each.stored is not None]
    if not stored:
        yield from (
            f"[{words.OUTCOMES[e.outcome]}] {e.source}：{e.problem}" for e in results if e.problem
        )
        return
    same = sum(each.outcome == "unchanged" for each in results)
    counts = [f"作品 {sum(e.posts for e in stored)} 条（新 {sum(e.new_posts for e in stored)}）"]
    figures, hits = sum(each.figures for each in stored), sum(each.hits for each in stored)
    counts += [f"账号数据 {figures} 项"] if figures else []
    counts += [f"新爆款 {hits} 个"] if hits else []
    counts += [f"{same} 个网页没有变化"] if same else []
    yield f"[{words.OUTCOMES['ok']}] {results[0].account} / 网页 {len(stored)} 个：{'，'.join(counts)}"
    falls = [fall for each in stored for fall in each.falls]
    yield from (f"    {words.fall_line(fall)}" for fall in falls[:5])


def _troubles(results: Sequence[Result]) -> Iterator[str]:
    """Alike ones together: the first of them in full, where else it happened, and how often."""

    def kind(result: Result) -> tuple[str, str]:
        return result.outcome, result.problem.replace(result.source, "")

    for (outcome, _), alike in groupby(sorted(results, key=kind), key=kind):
        first, *others = alike
        said = first.problem.removeprefix(f"{first.source}：")
        yield f"[{words.OUTCOMES[outcome]}] {first.account} / {first.source}：{said}"
        yield from (f"    同样：{each.source}" for each in others[: ALIKE - 1])
        if len(others) >= ALIKE:
            yield f"    ……这样的网页共 {len(others) + 1} 个，可加 --json 看全部"


def result_json(result: Result) -> dict[str, Any]:
    """A source as other programs read it."""
    stored = result.stored or Stored(0)
    observed = result.observed
    return {
        "account": result.account,
        "source": result.source,
        "outcome": result.outcome,
        "problem": result.problem,
        "adapter": result.adapter,
        "observed_at": observed.at.isoformat() if observed else None,
        "observed_from": observed.how if observed else None,
        "posts": stored.posts,
        "new_posts": stored.new_posts,
        "figures": stored.figures,
        "bad_rows": [str(each) for each in stored.bad_rows],
        "bad_row_count": stored.bad,
        "unknown_headings": sorted({name for each in stored.headings for name in each.unknown}),
        "missing_headings": sorted({name for each in stored.headings for name in each.missing}),
        "remarks": [each.what for each in stored.remarks],
        "zero_rows": stored.zeros,
        "removed": stored.removed,
        "added": stored.added,
    }
