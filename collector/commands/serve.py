"""``collect serve``: the service, in the foreground; whoever starts it (systemd, Task Scheduler) keeps it running."""

from __future__ import annotations

from functools import partial

import click
from sqlalchemy import Engine

from collector.app import App
from collector.options import config_option, pass_app
from collector.service.lock import Taken, held
from collector.words import minute
from storage.database import StorageError, is_current, open_database, reading
from storage.operations import jobs

#: ``collect status`` holds the lock for a moment to see whether anybody does.
_LOOKS = 2.0


@click.command("serve", short_help="一直运行：按时采集、看收件夹、发周报")
@config_option
@pass_app
@click.pass_context
def serve_command(ctx: click.Context, app: App) -> None:
    """一直运行：按 [schedule] 的时间采集、发周报、写季度总结、备份、清理；收件夹里有新文件，几秒内读入。

    按 Ctrl+C 停止；正在做的事做完一步就停，或者撤回，不会留下半截数据。"""
    from collector.service.logs import is_read_by_journal, set_up
    from collector.service.serving import Serving
    from collector.service.watching import Accepted

    accepted = Accepted(app.config_path)
    engine = open_database(accepted.config.database_url)
    try:
        with held(engine, "service", _LOOKS) as still_held:
            set_up_logs = partial(set_up, journal=is_read_by_journal())
            set_up_logs(accepted.config)
            click.echo(f"{accepted.config.centre.name}的采集服务在运行，按 Ctrl+C 停止")
            serving = Serving(
                accepted=accepted,
                engine=engine,
                clock=app.clock,
                still_held=still_held,
                set_up_logs=set_up_logs,
            )
            ctx.exit(serving.run())
    except Taken:
        click.echo(f"{_who(engine)}，没有再启动一个。要看它的状况，请运行 collect status", err=True)
        ctx.exit(1)
    finally:
        engine.dispose()


def _who(engine: Engine) -> str:
    """Who serves this database already."""
    try:
        if is_current(engine):
            with reading(engine) as connection:
                last = jobs.service(connection)
            if last is not None and last.stopped_at is None:
                since = minute(last.started_at)
                return f"采集服务已经在运行（主机 {last.host}，进程 {last.pid}，{since} 启动）"
    except StorageError as problem:
        return f"采集服务已经在运行（数据库这会儿用不了：{problem}）"
    return "采集服务已经在启动"
