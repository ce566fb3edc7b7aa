"""The start: a folder without config.toml becomes a centre, from its name and a heap of downloaded files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as Answer

from adapters import platforms
from adapters.records import METRICS
from adapters.tables.units import folded
from collector.config.loading import ConfigError
from collector.intake.founding import (
    NewAccount,
    Proposal,
    key_of,
    other,
    propose,
    text_of,
    write,
)
from collector.intake.heap import OWN, Finding
from collector.intake.naming import alike
from collector.web.desk import desk
from collector.web.handing import hand_in
from collector.web.heap import heap
from collector.web.showing import led, page
from collector.web.signing import needs
from collector.web.site import site, visitor
from reports import vocabulary

PAGE = Blueprint("start", __name__, url_prefix="/start")

GROUPS = ("公众号", "短视频", "资讯平台", "自有平台")


class Unfinished(Exception):
    """What a person must still fill in, in Chinese."""


@PAGE.get("/")
def show() -> Response | str | Answer:
    return page("start.html", **_values({})) if site().is_new else _begun()


@PAGE.get("/list")
def rows() -> str:
    """The proposal alone, for the page that looks again after files have come."""
    return render_template("proposal.html", **_values({}))


def _values(typed: Mapping[str, str]) -> dict[str, object]:
    found = propose(heap().findings())
    return {
        "found": found,
        "typed": typed,
        "platforms": platforms.NAMES,
        "own": OWN,
        "groups": GROUPS,
        "metrics": [(each, vocabulary.HEADINGS[each]) for each in METRICS],
        "asked": [
            (
                _key(files[0]),
                files,
                [one for one in found.accounts if files[0].platform in ("ledger", one.platform)],
            )
            for files in _alike(found.asked)
        ],
    }


def _alike(files: list[Finding]) -> list[list[Finding]]:
    """Files of one kind, about which one question is enough."""
    groups: dict[str, list[Finding]] = {}
    for each in files:
        groups.setdefault(_key(each), []).append(each)
    return list(groups.values())


def _key(each: Finding) -> str:
    return key_of(each.platform, alike(each.name))


@PAGE.post("/files")
@needs("编辑")
def take_in() -> Answer:
    """Files for the heap, with the folders that they lay in."""
    return hand_in(heap().receive, url_for(".show")) if site().is_new else _begun()


@PAGE.post("/clear")
@needs("编辑")
def clear() -> Answer:
    """Begin again without files."""
    heap().clear()
    return redirect(url_for(".show"))


@PAGE.post("/confirm")
@needs("编辑")
def confirm() -> Answer | Response | tuple[Response | str, int]:
    """Write config.toml as the person left the proposal, and give the files to the desk, with what was said of them."""
    with heap().lock:
        if not site().is_new:
            return _begun()
        found = propose(heap().findings())
        try:
            chosen = dict(_chosen(found, request.form))
            accounts = _merged(chosen)
            write(site().config_path, text_of(_centre(request.form), accounts.values()))
        except FileExistsError:
            return _begun()
        except (Unfinished, ConfigError) as problem:
            flash(str(problem).replace(str(site().config_path), "config.toml"), "bad")
            return page("start.html", **_values(request.form)), 422
        homes = _homes(found, {key: accounts[_same(each)].id for key, each in chosen.items()})
        given = heap().hand_over(desk(), homes, visitor().name)
    told = f"已写好 config.toml，有 {len(accounts)} 个账号。{given} 个文件正在看，看完点“全部接收”就存入"
    return led(told, to="imports.show")


def _begun() -> Answer:
    """There is a config already: files that still lie here go to the desk, which finds out whose they are."""
    with heap().lock:
        left = {each.path: ("", "") for each in heap().findings() if each.platform}
        if left:
            heap().hand_over(desk(), left, visitor().name)
    return led("config.toml 已经写好了，没有再写", to="imports.show")


def _centre(form: Mapping[str, str]) -> str:
    name = form.get("centre", "").strip()
    if not name:
        raise Unfinished("请写单位名称，如 云岭县融媒体中心")
    return name[:100]


def _chosen(found: Proposal, form: Mapping[str, str]) -> Iterator[tuple[str, NewAccount]]:
    """The proposed accounts that a person leaves in, as that person has them, by the key of the proposal."""
    if form.get("shown", "").split() != [each.key for each in found.accounts]:
        raise Unfinished("文件有变化，下面是新的结果，请再看一遍，再点“确认”")
    taken: set[str] = set()
    for each in found.accounts:
        if not form.get(f"use-{each.key}"):
            continue
        name = form.get(f"name-{each.key}", "").strip()[:60]
        if not name:
            raise Unfinished(f"“{each.name}”那一行没有写名称；不要这个账号，就把它前面的勾去掉")
        platform = form.get(f"platform-{each.key}", each.platform)
        platform = platform if not each.sure and platform in OWN else each.platform
        moved = platform != each.platform and each.id.rstrip("0123456789") == each.platform
        account_id = other(platform if moved else each.id, taken, "")
        taken.add(account_id.casefold())
        columns = {
            heading: metric
            for at, heading in enumerate(each.unread)
            if (metric := form.get(f"column-{each.key}-{at}", "")) in METRICS
        }
        yield each.key, NewAccount(
            id=account_id, platform=platform, name=name, group=form.get(f"group-{each.key}", "").strip()[:40],
            columns={**each.columns, **columns},
        )  # fmt: skip


def _same(account: NewAccount) -> tuple[str, str]:
    """Two rows of one platform and one name are one account."""
    return account.platform, folded(account.name)


def _merged(chosen: Mapping[str, NewAccount]) -> dict[tuple[str, str], NewAccount]:
    accounts: dict[tuple[str, str], NewAccount] = {}
    for each in chosen.values():
        accounts.setdefault(_same(each), each)
    if not accounts:
        raise Unfinished("至少要有一个账号：请先交上来一些下载的文件，并留下要的账号")
    return accounts


def _homes(found: Proposal, ids: Mapping[str, str]) -> dict[Path, tuple[str, str]]:
    """The account of each file and why; empty where the desk must find out."""
    said = f"开始时{visitor().name}确认的"
    homes = {
        file.path: (ids[each.key], said)
        for each in found.accounts
        if each.key in ids
        for file in each.files
    }
    for each in found.asked:
        account = ids.get(request.form.get(f"asked-{_key(each)}", ""), "")
        homes[each.path] = (account, said if account else "")
    return homes
