"""``collect notify``: what is to be announced, by hand; and a test of every group chat."""

from __future__ import annotations

import click

from collector.app import App
from collector.options import config_option, pass_app


@click.command("notify")
@config_option
@click.option("--test", "testing", is_flag=True, help="给每个群发一条测试消息，说明各自怎么答复。")
@pass_app
@click.pass_context
def notify_command(ctx: click.Context, app: App, testing: bool) -> None:
    """把还没有通知过的爆款、预警、故障发给 [notify] 里的群和 [mail] 里的收件人；每条只发一次。加 --test 先试一试群机器人。"""
    good = _test(app) if testing else _announce(app)
    if not good:
        ctx.exit(1)


def _test(app: App) -> bool:
    from collector.announce.channels.configured import channels

    found = channels(app.config)
    for problem in found.problems:
        click.echo(f"[有误] {problem}")
    if not found.usable and not found.problems:
        click.echo("config.toml 里没有写群机器人。写法见使用手册“群通知”")
        return False
    good = not found.problems
    for channel in found.usable:
        text = f"【爆款】{app.config.centre.name}的测试消息，{app.now:%Y-%m-%d %H:%M}。收到它，群通知就设好了"
        answer = channel.send(text)
        good = good and answer.state == "accepted"
        mark = {
            "accepted": "成功",
            "temporary": "暂时没有成功",
            "refused": "被拒绝",
            "unclear": "不明",
        }
        click.echo(f"[{mark[answer.state]}] {channel.name}：{answer.words}")
    return good


def _announce(app: App) -> bool:
    from collector.announce.announcing import announce
    from collector.service.trust import doubt

    if doubted := doubt(app.engine, app.config, app.now):
        click.echo(f"[有问题] {doubted}")
        return False
    told = announce(app.engine, app.config, app.now)
    for line in told.lines:
        click.echo(f"[已通知] {line}")
    for problem in told.problems:
        click.echo(f"[有问题] {problem}")
    if not told.lines and not told.problems:
        click.echo("没有要通知的")
    return not told.problems
