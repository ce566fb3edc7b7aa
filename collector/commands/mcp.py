"""``collect mcp``: true figures for an assistant, over standard input and output."""

from __future__ import annotations

from importlib.util import find_spec

import click

from collector.app import App, config_option, pass_app


@click.command("mcp")
@config_option
@pass_app
def mcp_command(app: App) -> None:
    """给智能助手（支持 MCP 的）查真实的数字：总结、爆款、作品的变化、数字的出处，核对它写的稿子。只读，由助手自己启动。"""
    if find_spec("mcp") is None:
        raise click.ClickException("没有安装助手接口的组件，请运行 pip install baokuan[mcp]")
    from collector.doors.assistant import server

    server(app).run("stdio")
