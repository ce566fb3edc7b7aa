"""``collect probe``: one page, which adapter reads it and what it found; for an unknown site a config to paste."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import click

from adapters import platforms
from adapters.moments import SHANGHAI
from adapters.records import METRICS, Post
from collector import screen, words
from collector.app import App
from collector.intake.comparing import STATE_WORDS, said
from collector.options import account_option, config_option, pass_app
from collector.probe.probing import Probe, aim_at, bare_config, probe
from collector.probe.proposing import Proposal
from collector.visits.visiting import fetcher_of
from collector.words import metric_word

SECONDS = 180.0
SHOWN = 5


@click.command("probe")
@config_option
@click.argument("url", metavar="网址")
@account_option("按这个账号（id）的配置来读。")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
@pass_app
@click.pass_context
def probe_command(ctx: click.Context, app: App, url: str, only: str, as_json: bool) -> None:
    """试读一个网址：用哪种读法、读到什么。没见过的网站，给出可以直接粘贴的配置。只取这一页，什么也不存。
    还没有 config.toml 也能用。"""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise click.UsageError(f"“{url}”不是网址，请写全，例如 https://www.example.com/news/1.html")
    config = app.config if only or app.config_path.exists() else bare_config()
    account = config.account(only) if only else None
    fetcher, _ = fetcher_of(config, app.now, SECONDS)
    found = probe(fetcher, aim_at(config, url, app.now.date(), account))
    if as_json:
        words.as_json(_as_data(found))
    else:
        for line in _lines(found):
            click.echo(line)
    if found.problem is not None and found.proposal is None:
        ctx.exit(1)


def _lines(found: Probe) -> Iterator[str]:
    aim = found.aim
    whose = f"，按账号 {aim.account.id} 的配置" if aim.known else ""
    yield f"读法：{aim.adapter.name}（{platforms.NAMES[aim.account.platform]}{whose}）"
    yield from _way_lines(found)
    if found.problem is not None and (aim.known or found.proposal is None):
        problem = str(found.problem).removeprefix(f"{found.problem.target}：")
        yield f"[{screen.OUTCOMES[found.problem.outcome]}] {problem}"
    for post in found.posts[:SHOWN]:
        yield from _post_lines(post)
    if len(found.posts) > SHOWN:
        yield f"……共 {len(found.posts)} 篇"
    for figures in found.figures[:SHOWN]:
        day = f"{figures.day} " if figures.day else ""
        yield f"账号数据 {day}" + "、".join(f"{n} {said(c)}" for n, c in figures.figures.items())
    if found.follow:
        yield from _follow_lines(found)
    nothing = not (found.posts or found.figures or found.follow or found.proposal)
    if found.problem is None and nothing:
        yield "这一页没有读到内容"
    if found.proposal is not None:
        yield from _proposal_lines(found.proposal, own=found.aim.known)
    yield "以上只是试读，什么也没有存"


def _way_lines(found: Probe) -> Iterator[str]:
    asked = found.aim.request.url
    yield f"取了：{asked}"
    if found.inside:
        yield "  这个网址在内网里，账号写了 inside = true，所以访问了"
    if found.page is not None and found.page.url != asked:
        yield f"转到：{found.page.url}"
        if 300 <= found.page.status < 400:
            yield "  没有跟去；要看那里，请用那个网址再试一次"


def _post_lines(post: Post) -> Iterator[str]:
    yield f"标题：{post.title or '（无标题）'}"
    if post.published_at is not None:
        there = post.published_at.astimezone(SHANGHAI)
        yield "  发布时间：" + (
            f"{there:%Y-%m-%d}" if post.date_only else f"{there:%Y-%m-%d %H:%M:%S}"
        )
    shown = [
        f"{metric_word(name)} {said(count)}"
        for name in METRICS
        if (count := getattr(post.metrics, name)) is not None
    ]
    yield f"  数字：{'、'.join(shown) or '这一页没有显示'}"
    facts = {"作者": post.author, "栏目": post.column, **post.beside}
    if told := "、".join(f"{name} {value}" for name, value in facts.items() if value != ""):
        yield f"  其他：{told}"
    if post.state != "public":
        yield f"  状态：{STATE_WORDS[post.state]}"


def _follow_lines(found: Probe) -> Iterator[str]:
    counters = [each for each in found.follow if each.about == "counter"]
    others = [each for each in found.follow if each.about != "counter"]
    for each in counters:
        yield f"  浏览次数在另一个地址，采集时会读：{each.url}"
    if others:
        yield f"这是一个列表，采集时会接着读 {len(others)} 个地址，例如："
        yield from (f"  {each.url}" for each in others[:SHOWN])


def _proposal_lines(proposal: Proposal, *, own: bool) -> Iterator[str]:
    kind = f"选择器读到 {len(proposal.page)} 处" if proposal.page else "不用写选择器"
    yield ""
    yield f"{'可以改成' if own else '没有见过的网站，可以这样配置'}（{kind}，已在这一页上试过）："
    yield ""
    yield proposal.toml
    yield ""
    for post in proposal.posts[:1]:
        yield "按这个配置读到："
        yield from (f"  {line}" for line in _post_lines(post))
    if proposal.leads_to and not proposal.posts:
        yield f"按这个配置读到 {len(proposal.leads_to)} 个文章地址，例如："
        yield from (f"  {each}" for each in proposal.leads_to[:SHOWN])
    chosen = proposal.page.values()
    for there, head in ((True, "各处现在的值："), (False, "没有选用的位置：")):
        places = [each for each in proposal.candidates if (each.place in chosen) is there]
        if places:
            yield head
            yield from (f"  {e.field} = {e.place}  “{e.value[:40]}”" for e in places[:20])
    for wish in proposal.todo:
        yield f"还要做：{wish}"


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
            "candidates": [
                {"field": each.field, "place": each.place, "value": each.value}
                for each in proposal.candidates
            ],
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
