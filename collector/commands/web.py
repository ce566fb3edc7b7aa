"""``collect web``: the page alone, and the browser opened on it."""

from __future__ import annotations

import webbrowser
from threading import Timer

import click

from collector.app import App, config_option, pass_app
from collector.config.web import WebConfig


@click.command("web")
@config_option
@click.option("--listen", metavar="地址", default="", help="在哪里打开，默认是 [web] listen。")
@click.option("--no-browser", is_flag=True, help="只打开网页，不打开浏览器。")
@pass_app
@click.pass_context
def web_command(ctx: click.Context, app: App, listen: str, no_browser: bool) -> None:
    """打开网页：看爆款、导入文件、写总结、核对稿件，都在浏览器里。在空文件夹里运行，从头带您开始。"""
    from collector.web.server import NoPeople, serve
    from collector.web.site import Site

    web = app.config.web if app.config_path.exists() else WebConfig()
    try:
        web = WebConfig(listen=listen or web.listen or WebConfig().listen, address=web.address)
    except ValueError as problem:
        raise click.UsageError("--listen 后面写成 127.0.0.1:8720 这样") from problem
    site = Site(config_path=app.config_path, guarded=web.guarded, owner=app.author, clock=app.clock)
    try:
        page = serve(site, web)
    except NoPeople as problem:
        click.echo(str(problem), err=True)
        ctx.exit(2)
    except OSError as problem:
        click.echo(
            f"没能打开 {web.listen}：{_said(problem)}。多半是已经打开了一个，或换一个 --listen",
            err=True,
        )
        ctx.exit(1)
    address = web.address or page.url
    click.echo(f"网页已打开：{address}\n不用时按 Ctrl+C 停止")
    if not no_browser:
        timer = Timer(0.5, webbrowser.open, (address,))
        timer.daemon = True
        timer.start()
    try:
        page.run()
    finally:
        page.close()


def _said(problem: OSError) -> str:
    from collector.words import said

    return said(problem)
