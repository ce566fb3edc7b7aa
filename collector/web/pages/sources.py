"""来源: each source of pages, since when it fails, what was answered and what to do; the credentials; and an address to try."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from threading import Lock

from flask import Blueprint, Response, abort, request

from collector.probe.probing import aim_at, fault_of, lines, probe
from collector.source_states import LOGINS, NEVER, NONE, Group, Login, advice, groups, logins
from collector.visits.visiting import fetcher_of
from collector.web.showing import Cell, Listing, moment, page
from collector.web.signing import needs
from collector.web.site import site
from reports.vocabulary import OUTCOMES
from storage.operations.attempts import Source

PAGE = Blueprint("sources", __name__, url_prefix="/sources")

#: A person waits no longer than this for an address that is tried.
SECONDS = 60.0
#: Failing addresses of one group that are named; the others are counted.
NAMED = 20
_probing = Lock()


@PAGE.get("/")
def show() -> Response | str:
    return _page()


@PAGE.post("/probe")
@needs("编辑")
def try_address() -> Response | str:
    """Read one address as a visit would; nothing is stored. One at a time: each may hold a thread for a minute."""
    here = site()
    url, name = request.form.get("url", "").strip()[:2000], request.form.get("account", "")
    account = here.config.account(name) if name else None
    if name and account is None:
        return abort(400, "没有这个账号")
    if fault := fault_of(url):
        return _page(url=url, chosen=name, told=[fault])
    if not _probing.acquire(blocking=False):
        return _page(url=url, chosen=name, told=["别人正在试读一个网址，请过一分钟再点"])
    try:
        now = here.clock()
        with closing(fetcher_of(here.config, now, SECONDS)) as fetcher:
            found = probe(fetcher, aim_at(here.config, url, now.date(), account))
    finally:
        _probing.release()
    return _page(url=url, chosen=name, told=list(lines(found)))


def _page(url: str = "", chosen: str = "", told: Sequence[str] = ()) -> Response | str:
    """The page; ``told``: what came of trying ``url`` for the account ``chosen``."""
    here = site()
    config, now = here.config, here.clock()
    with here.reading() as connection:
        found = groups(connection, config, now.date())
        credentials = logins(connection, config, now)
    return page(
        "sources.html",
        _pages(found, config.names),
        _logins(credentials, now),
        accounts=config.accounts,
        url=url,
        chosen=chosen,
        told=told,
    )


def _pages(found: Sequence[Group], names: dict[str, str]) -> Listing:
    failing = sum(len(each.failing) for each in found)
    total = sum(len(each.members) for each in found)
    counted = (
        f"（{total} 个地址，{f'{failing} 个有问题' if failing else '都正常'}）" if total else ""
    )
    return Listing(
        id="pages",
        title=f"网页{counted}",
        headings=("账号", "来源", "状态", "最近读到", "从何时起失败", "失败次数", "怎么办"),
        rows=[row for each in found for row in _rows(each, names.get(each.account, each.account))],
        empty=NONE,
    )


def _rows(group: Group, name: str) -> Iterator[tuple[Cell, ...]]:
    """A group on a line, and each address of it that fails."""
    failing = group.failing
    if not group.members:
        yield name, group.label, "未采集", "", "", "", NEVER
        return
    if len(group.members) == 1 and failing:
        yield name, group.label, *_failing(failing[0])
        return
    parts = [f"{len(group.members)} 个地址"] if len(group.members) > 1 else []
    parts += [f"{group.gone} 个作品已不在"] if group.gone else []
    parts += [f"{len(failing)} 个有问题"] if failing else []
    label = f"{group.label}（{'，'.join(parts)}）" if parts else group.label
    yield name, label, "有问题" if failing else "正常", moment(group.good_at), "", "", ""
    for each in failing[:NAMED]:
        yield name, each.source, *_failing(each)
    if len(failing) > NAMED:
        yield name, f"……另有 {len(failing) - NAMED} 个", "有问题", "", "", "", ""


def _failing(each: Source) -> tuple[Cell, ...]:
    good = moment(each.good_at) if each.good_at is not None else "还没有读到过"
    since, word = moment(each.failing_since), OUTCOMES.get(each.outcome, each.outcome)
    return word, good, since, each.failures, advice(each)


def _logins(found: Sequence[Login], now: datetime) -> Listing:
    return Listing(
        id="logins",
        title="登录和密钥",
        headings=("状态", "说明"),
        rows=[(LOGINS[each.state], each.words(now)) for each in found],
        empty="config.toml 里没有写登录（cookie）或接口密钥，现在也用不着。",
    )
