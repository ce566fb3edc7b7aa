"""``collect probe``: one page, which adapter reads it and what it found; for an unknown site a config to paste."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from adapters import platforms
from adapters.records import METRICS, Post
from collector.app import App, account_option, answer, config_option, json_option, pass_app
from collector.probe import checking
from collector.probe.probing import Probe, aim_at, bare_config, fault_of, lines, probe
from collector.visits.visiting import fetcher_of

SECONDS = 180.0


@click.command("probe")
@config_option
@click.argument("url", metavar="网址", default="")
@account_option("按这个账号（id）的配置来读。")
@json_option
@pass_app
@click.pass_context
def probe_command(ctx: click.Context, app: App, url: str, only: str, as_json: bool) -> None:
    """试读一个网址：用哪种读法、读到什么。没见过的网站，给出可以直接粘贴的配置。只取这一页，什么也不存。
    还没有 config.toml 也能用。不写网址、只写 --account：试一试这个账号自己的接口，每个数旁边写着到后台哪里去对。"""
    if only and not url:
        ctx.exit(_check(app, only, as_json=as_json))
    if not url:
        raise click.UsageError("请写要试读的网址；要试账号自己的接口，请写 --account 和账号的 id")
    if fault := fault_of(url):
        raise click.UsageError(fault)
    config = app.config if only or app.config_path.exists() else bare_config()
    account = config.account(only) if only else None
    fetcher = fetcher_of(config, app.now, SECONDS)
    found = probe(fetcher, aim_at(config, url, app.now.date(), account))
    answer(as_json, lambda: _as_data(found), lines(found))
    if found.problem is not None and found.proposal is None:
        ctx.exit(1)


def _check(app: App, only: str, *, as_json: bool) -> int:
    """Try the interface of an account; the exit code."""
    account = app.config.account(only)
    assert account is not None  # the option has looked
    adapter = checking.interface(account)
    if adapter is None:
        platform = platforms.BY_KEY[account.platform]
        advice = "请在 config.toml 里写 appid 和 secret_env，见使用手册 16.1"
        if platform.credential is None:
            advice = f"{platform.name}没有程序会读的接口"
        raise click.UsageError(f"账号“{only}”没有写接口凭据：{advice}。试读网页，请写网址")
    fetcher = fetcher_of(app.config, app.now, SECONDS)
    done = checking.check(fetcher, adapter, account, app.now.date())
    answer(
        as_json,
        lambda: [checking.as_data(each) for each in done],
        checking.lines(adapter, account, done),
    )
    return int(any(each.problem is not None for each in done))


def _as_data(found: Probe) -> dict[str, Any]:
    aim, problem, proposal = found.aim, found.problem, found.proposal
    return {
        "adapter": aim.adapter.name,
        "platform": aim.account.platform,
        "account": aim.account.id if aim.known else None,
        "asked": aim.request.url,
        "url": found.page.url if found.page else None,
        "status": found.page.status if found.page else None,
        "about": found.about,
        "outcome": problem.outcome if problem else "ok",
        "problem": str(problem) if problem else "",
        "posts": [_post_data(each) for each in found.posts],
        "follow": [{"url": each.url, "about": each.about} for each in found.follow],
        "proposal": None
        if proposal is None
        else {
            "toml": proposal.toml,
            "platform": proposal.platform,
            "page": dict(proposal.page),
            "posts": [_post_data(each) for each in proposal.posts],
            "leads_to": list(proposal.leads_to),
            "candidates": [asdict(each) for each in proposal.candidates],
            "todo": list(proposal.todo),
        },
    }


def _post_data(post: Post) -> dict[str, Any]:
    counts = {n: c for n in METRICS if (c := getattr(post.metrics, n)) is not None}
    return {
        "title": post.title,
        "published_at": post.published_at.isoformat() if post.published_at else None,
        "date_only": post.date_only,
        "key": post.key,
        "url": post.url,
        "state": post.state,
        "author": post.author,
        "column": post.column,
        "figures": {n: {"value": c.value, "bound": c.bound} for n, c in counts.items()},
    }
