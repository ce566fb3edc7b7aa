"""``collect grant``: the owner of an account lets the program ask for it, at the platform's own page, and the token is kept."""

from __future__ import annotations

import re
import secrets
import webbrowser
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import click

from adapters import platforms
from adapters.errors import SourceError, untargeted
from adapters.moments import SHANGHAI
from collector.app import App, config_option, pass_app
from collector.probe import checking
from collector.source_states import SOON
from collector.visits.visiting import fetcher_of

SECONDS = 180.0
_WEB = re.compile(r"https?://[^\s/]+\S*")
_BARE = re.compile(r"[^\s?&=#/]{4,2000}")


@click.command("grant")
@config_option
@click.argument("account_id", metavar="账号")
@click.option(
    "--redirect", metavar="网址", default="", help="开放平台的应用里登记的回调地址，不写会问。"
)
@click.option("--no-browser", is_flag=True, help="只写出授权的网址，不打开浏览器。")
@pass_app
@click.pass_context
def grant_command(
    ctx: click.Context, app: App, account_id: str, redirect: str, no_browser: bool
) -> None:
    """给账号授权，程序才能用它的接口取数（快手、B站）：在浏览器里用这个账号登录、点同意，再把转到的地址粘贴回来。
    到期后再运行一次。授权存在 secrets/grants 里，只有您的系统账户能读，不会显示。"""
    account = app.config.account(account_id)
    if account is None:
        ids = "、".join(each.id for each in app.config.accounts)
        raise click.UsageError(f"config.toml 里没有账号“{account_id}”，现有：{ids}")
    adapter = checking.interface(account)
    api = adapter.own_api if adapter else None
    if adapter is None or api is None or api.grant is None:
        raise click.UsageError(_no_need(account.platform, bool(account.appid)))
    fetcher = fetcher_of(app.config, app.now, SECONDS)
    assert fetcher.credentials is not None
    asked, state = account.for_adapters(), secrets.token_urlsafe(12)
    while not _WEB.fullmatch(redirect):
        redirect = click.prompt("应用里登记的回调地址（https:// 开头）").strip()
    try:
        address = fetcher.credentials.consent_at(asked, api.grant.address, redirect, state)
        click.echo(f"请在浏览器里打开下面的网址，用“{account.name}”登录，点同意：\n\n{address}\n")
        if not no_browser:
            webbrowser.open(address)
        click.echo(f"同意以后，浏览器会转到 {redirect} 开头的地址（打不开也没有关系）")
        code = _code(click.prompt("请把地址栏里的整个地址粘贴到这里"), state)
        token = fetcher.credentials.granted(adapter, asked, code)
    except SourceError as problem:
        raise click.ClickException(f"没有授权成。{untargeted(str(problem), account.id)}") from None
    click.echo("授权好了，已经存下。" + _until(token.refresh_until))
    done = checking.check(fetcher, adapter, account, app.now.date())
    for line in checking.lines(adapter, account, done):
        click.echo(line)
    click.echo(f"这些作品若不是“{account.name}”的，是登录错了账号：请退出登录，再授权一次")
    ctx.exit(int(any(each.problem is not None for each in done)))


def _no_need(platform: str, is_named: bool) -> str:
    """Why an account cannot be granted."""
    name, named = platforms.NAMES[platform], platforms.BY_KEY[platform].credential
    if named is None:
        return f"{name}没有程序会读的接口"
    if not is_named:
        return (
            f"请先在 config.toml 的这个账号里写 appid（{named[0]}）和 secret_env，见使用手册 16.1"
        )
    return f"{name}的接口不用授权，写好 appid 和密钥就能用；试一试：collect probe --account"


def _code(pasted: str, state: str) -> str:
    """The code in the address that the platform led to, or the code alone. Raises UsageError where there is none."""
    pasted = pasted.strip()
    if _BARE.fullmatch(pasted):
        return pasted
    try:
        told = parse_qs(urlsplit(pasted).query)
    except ValueError:
        told = {}
    if told.get("state", [state]) != [state]:
        raise click.UsageError("这个地址是另一次授权的，请重新运行 collect grant，用新的网址")
    if len(told.get("code", [])) != 1:
        raise click.UsageError("这个地址里没有 code：可能没有点同意，或没有复制完整，请重新运行")
    return told["code"][0]


def _until(moment: datetime | None) -> str:
    if moment is None:
        return ""
    day = moment.astimezone(SHANGHAI)
    return f"{day:%Y-%m-%d} 到期，到期前 {SOON} 天起会提醒您再授权一次"
