"""What goes out by hand: ``collect mail``, the weekly mail now, again, or looked at first; ``collect notify``, what is to be
announced, and a test of every group chat."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from collector.app import App, config_option, pass_app
from collector.config.sections import mail_address
from collector.words import said

if TYPE_CHECKING:
    from collector.mail.delivering import Sent
    from reports.periods import Period


class _Address(click.ParamType[str]):
    name = "邮箱"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return mail_address(value)
        except ValueError as problem:
            self.fail(str(problem), param, ctx)


@click.command("mail")
@config_option
@click.option(
    "--week", "named", metavar="周", default="", help="哪一周，例如 2026-W38；默认是最近的整周。"
)
@click.option(
    "--preview", type=click.Path(path_type=Path, file_okay=False), metavar="文件夹",
    help="只写出邮件的网页、文字、表格和 .eml，不发送。",
)  # fmt: skip
@click.option("--to", "recipient", type=_Address(), metavar="邮箱", help="只发给这个地址。")
@click.option("--test", "testing", is_flag=True, help="发一封简短的测试邮件，说明服务器怎么答复。")
@pass_app
@click.pass_context
def mail_command(
    ctx: click.Context,
    app: App,
    named: str,
    preview: Path | None,
    recipient: str | None,
    testing: bool,
) -> None:
    """把最近一周的周报发给 [mail] 里的收件人；已发过的不再发。加 --preview 先看一看，加 --test 试一试邮箱设置。"""
    if testing and (named or preview):
        raise click.UsageError("--test 不能和 --week、--preview 一起用")
    if preview is not None and recipient:
        raise click.UsageError("--preview 不发送，不能和 --to 一起用")
    if testing:
        if not _test(app, recipient):
            ctx.exit(1)
        return
    week = _week(app, named)
    if preview is not None:
        _preview(app, week, preview)
    elif not _send(app, week, recipient, explicit=bool(named)):
        ctx.exit(1)


def _week(app: App, named: str) -> Period:
    from collector.mail.mailing import due_week
    from reports.weekly.weeks import parse_week

    if not named:
        return due_week(app.config, app.now)
    try:
        week = parse_week(named, app.config.centre.week_starts)
    except ValueError as problem:
        raise click.BadParameter(str(problem), param_hint="--week") from problem
    if week.start > app.now:
        raise click.BadParameter(f"{week.title}还没有到", param_hint="--week")
    return week


def _send(app: App, week: Period, recipient: str | None, *, explicit: bool) -> bool:
    """Whether every recipient has it now."""
    from collector.mail.mailing import send_weekly
    from collector.service.trust import doubt

    if week.end > app.now:
        raise click.UsageError(f"{week.title}还没有结束，不能发送；可以加 --preview 先看")
    if doubted := doubt(app.engine, app.config, app.now):
        raise click.ClickException(doubted)
    sent = send_weekly(
        app.engine,
        app.config,
        app.now,
        week=week if explicit else None,
        to=[recipient] if recipient else None,
        again=("refused", "waiting", "unclear") if recipient else ("refused", "waiting"),
    )
    click.echo(f"{week.title}的周报：")
    for line in sent_lines(sent):
        click.echo(f"  {line}")
    unclear = [each.recipient for each in sent if each.state == "unclear"]
    if unclear:
        click.echo(
            f"是否送达不明的，请先问收件人；确实没有收到，再运行 collect mail --week {week.name} --to 邮箱"
        )
    return all(each.good for each in sent)


def sent_lines(sent: Iterable[Sent]) -> Iterable[str]:
    """One line for each recipient."""
    for each in sent:
        before = "" if each.tried else "（早先已处理，这次没有再发）"
        yield f"{each.recipient}：{each.text}{before}"


def _preview(app: App, week: Period, folder: Path) -> None:
    from collector.mail.mailing import made
    from reports.mail import messages

    value, rendered = made(app.engine, app.config, week, app.now)
    mail = app.config.mail
    sender, to = (mail.sender, mail.to[0]) if mail else ("baokuan@localhost", "preview@localhost")
    message = messages.weekly(
        messages.Envelope(app.config.centre.name, sender, to, app.now), value, rendered
    )
    files = {
        "html": rendered.html.encode(),
        "txt": rendered.text.encode(),
        "docx": rendered.paper,
        "xlsx": rendered.workbook,
        "eml": message.as_bytes(policy=messages.POLICY),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for ending, content in files.items():
            path = folder / f"{messages.file_name(value)}.{ending}"
            path.write_bytes(content)
            click.echo(f"写出 {path}")
    except OSError as problem:
        raise click.ClickException(f"写不了 {folder}：{said(problem)}") from problem
    click.echo(f"主题：{value.subject}（没有发送）")


def _test(app: App, recipient: str | None) -> bool:
    """Whether the server took the test mail."""
    from collector.mail.smtp import account_of, send
    from reports.mail import messages

    mail, password = account_of(app.config)
    good = True
    for address in (recipient,) if recipient else mail.to:
        envelope = messages.Envelope(app.config.centre.name, mail.sender, address, app.now)
        text = f"这是{app.config.centre.name}的“爆款”程序发出的测试邮件。能看到它，说明 [mail] 的设置可用。\n"
        message = messages.plain(envelope, "爆款测试邮件", text, about="test")
        answer = send(mail, password, message, address)
        good &= answer.state == "accepted"
        click.echo(f"{address}：{_WORDS[answer.state]}{answer.words}")
    if good:
        click.echo("服务器接收了测试邮件，请到收件箱看一看；没有的话，看看垃圾邮件里有没有")
    return good


_WORDS = {
    "accepted": "服务器已接收",
    "temporary": "暂时没有发出。",
    "refused": "没有发出。",
    "unclear": "是否送达不明。",
}


@click.command("notify")
@config_option
@click.option("--test", "testing", is_flag=True, help="给每个群发一条测试消息，说明各自怎么答复。")
@pass_app
@click.pass_context
def notify_command(ctx: click.Context, app: App, testing: bool) -> None:
    """把还没有通知过的爆款、预警、故障发给 [notify] 里的群和 [mail] 里的收件人；每条只发一次。加 --test 先试一试群机器人。"""
    good = _test_chats(app) if testing else _announce(app)
    if not good:
        ctx.exit(1)


def _test_chats(app: App) -> bool:
    from collector.announce.recipients import chats_of

    found = chats_of(app.config)
    for problem in found.problems:
        click.echo(f"[有误] {problem}")
    if not found.usable and not found.problems:
        click.echo("config.toml 里没有写群机器人。写法见使用手册“群通知”")
        return False
    good = not found.problems
    for chat in found.usable:
        text = f"【爆款】{app.config.centre.name}的测试消息，{app.now:%Y-%m-%d %H:%M}。收到它，群通知就设好了"
        answer = chat.send("", text)
        good = good and answer.state == "accepted"
        mark = {
            "accepted": "成功",
            "temporary": "暂时没有成功",
            "refused": "被拒绝",
            "unclear": "不明",
        }
        click.echo(f"[{mark[answer.state]}] {chat.name}：{answer.words}")
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
