"""What came of a probe, in words."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from adapters import platforms
from adapters.moments import SHANGHAI
from adapters.records import METRICS, Post
from collector import words
from collector.intake.comparing import STATE_WORDS, said
from collector.probe.probing import Probe
from collector.probe.proposing import PageProposal
from collector.words import metric_word

#: Of a long list so many are named.
SHOWN = 5


def fault_of(url: str) -> str:
    """Why this is no address that can be asked; empty where it is one."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme in ("http", "https") and parts.hostname:
        return ""
    return f"“{url}”不是网址，请写全，例如 https://www.example.com/news/1.html"


def lines(found: Probe) -> Iterator[str]:
    """What came of a probe, line by line."""
    aim = found.aim
    whose = f"，按账号 {aim.account.id} 的配置" if aim.known else ""
    yield f"读法：{aim.adapter.name}（{platforms.NAMES[aim.account.platform]}{whose}）"
    yield from _way_lines(found)
    if found.problem is not None and (aim.known or found.proposal is None):
        problem = str(found.problem).removeprefix(f"{found.problem.target}：")
        yield f"[{words.OUTCOMES[found.problem.outcome]}] {problem}"
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


def _proposal_lines(proposal: PageProposal, *, own: bool) -> Iterator[str]:
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
