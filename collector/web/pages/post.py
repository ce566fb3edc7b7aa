"""One post: its growth, where each figure comes from down to the row of the file, and what a person says of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Blueprint, Response, abort, redirect, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response as Answer

from adapters import platforms
from adapters.records import METRICS
from collector.web import growing
from collector.web.showing import Cell, Listing, led, moment, page, state_word
from collector.web.signing import needs
from collector.web.site import site, visitor
from reports.hits import hit_row
from reports.section import Link
from reports.vocabulary import HEADINGS
from storage import schema
from storage.known import top_of
from storage.views import history
from storage.views.history import Observation, StoredPost
from storage.views.hit_list import hit_list
from storage.writing import changes, stories, tags
from storage.writing.changes import Act, Mistaken

PAGE = Blueprint("post", __name__, url_prefix="/posts/<int:number>")


@PAGE.get("/")
def show(number: int) -> Response | str:
    here = site()
    names = here.config.names
    with here.reading() as connection:
        found = _found(connection, number)
        if found.post_id != number:  # it was merged into another
            return redirect(url_for(".show", number=found.post_id))  # type: ignore[return-value]
        seen = history.observations(connection, number)
        labels = tags.tags_of(connection, number)
        told = history.fact_history(connection, number)
        pairs = [
            each
            for each in changes.pairs(connection)
            if number in (each.post.post_id, each.other.post_id)
        ]
        others = _elsewhere(connection, number)
        hits = [
            hit_row(each, names)
            for each in hit_list(connection, only=schema.hit.c.post_id == number)
        ]
        standing = [each for each in seen if each.reading.withdrawn_at is None]
        grown = growing.of_post(connection, here.config, found, standing, here.clock())
    metrics = [name for name in METRICS if any(name in each.figures for each in seen)]
    return page(
        "post.html",
        _observations(seen, metrics),
        *grown.tables,
        grown=grown,
        post=found,
        outside=Link("到平台上看", found.url),
        account=names.get(found.account, found.account),
        platform=platforms.NAMES.get(found.platform, found.platform),
        latest=[(HEADINGS[name], each) for name, each in found.latest.items()],
        state=state_word(found.state),
        hits=hits,
        labels=labels,
        told=[
            (each.name, each.value, moment(each.observed_at) if each.observed_at else "最初")
            for each in told
        ],
        pairs=pairs,
        elsewhere=others,
        metrics=[(name, HEADINGS[name]) for name in METRICS],
    )


def _found(connection: Connection, number: int) -> StoredPost:
    """The post that a number stands for now."""
    top = top_of(connection, [number])[number]
    found = history.posts_by_number(connection, [top]).get(top)
    return abort(404, "没有这篇作品。它可能从未存过，或导入已经撤回") if found is None else found


def _elsewhere(connection: Connection, number: int) -> list[StoredPost]:
    """Posts of other accounts that a person said are the same story."""
    told = stories.told(connection)
    numbers = {each for pair, same in told.items() if same and number in pair for each in pair} - {
        number
    }
    return sorted(
        history.posts_by_number(connection, numbers).values(), key=lambda each: each.post_id
    )


def _observations(seen: Sequence[Observation], metrics: Sequence[str]) -> Listing:
    rows: list[tuple[Cell, ...]] = [
        (
            moment(each.observed_at),
            *(each.figures.get(name) for name in metrics),
            Link(_source(each), _bytes_of(each)),
            each.reading.observed_from or "",
            moment(each.reading.recorded_at),
            _remark(each),
        )
        for each in seen
    ]
    return Listing(
        id="observations",
        title="每次观测，和它来自哪里",
        headings=(
            "观测时间",
            *(HEADINGS[name] for name in metrics),
            "来自",
            "时间怎么知道的",
            "存入时间",
            "说明",
        ),
        rows=rows,
        empty="还没有观测到数字。",
    )


def _source(each: Observation) -> str:
    if each.reading.correction:
        return each.reading.source
    place = f" 第{each.sheet + 1}张表第{each.row}行" if each.reading.kind == "file" else ""
    return f"{each.reading.source}{place}"


def _bytes_of(each: Observation) -> str:
    """Where the row, and the bytes that it was read from, can be seen."""
    told = each.reading
    if told.path is None or told.removed_at is not None:
        return ""
    return url_for("originals.show", attempt=told.attempt_id, sheet=each.sheet, row=each.row)


def _remark(each: Observation) -> str:
    told = each.reading
    said = []
    if told.correction:
        said.append(f"人工更正：{told.notes.get('reason', '')}")
    if told.withdrawn_at is not None:
        said.append(f"已于 {moment(told.withdrawn_at)} 撤回：{told.withdrawn_reason}")
    if told.removed_at is not None:
        said.append("原件已按期清理")
    if each.merged:
        said.append("原记在合并的另一篇上")
    said += [f"{name} {value}" for name, value in each.beside.items()]
    return "；".join(said)


# ── what a person says of it ──


def _act(reason: str) -> Act:
    return Act(author=visitor().name, reason=reason, now=site().clock())


def _do(number: int, done: str, deed: Callable[[Connection], object]) -> Answer:
    """Do a deed and say so, or say why it cannot be done; then show the post."""
    try:
        with site().writing() as connection:
            deed(connection)
    except Mistaken as problem:
        return led(str(problem), "bad", number=number)
    return led(done, number=number)


@PAGE.post("/tag")
@needs("编辑")
def tag(number: int) -> Answer:
    name = request.form.get("tag", "")
    done, deed = ("去掉了", tags.take) if request.form.get("take") else ("加上了", tags.give)
    return _do(number, f"{done}标签“{name}”", lambda at: deed(at, [number], name, _act("")))


@PAGE.post("/correct")
@needs("编辑")
def correct(number: int) -> Answer:
    digits = request.form.get("value", "").replace(",", "").replace("，", "").strip()
    reason, metric = request.form.get("reason", "").strip(), request.form.get("metric", "")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 15):
        words = "请写一个确切的整数，如 112300；约数（12万）不能用来更正"
        return led(words, "bad", number=number)
    if not reason:
        return led("请写明更正的原因，会留在记录里", "bad", number=number)
    if metric not in METRICS:
        abort(400, "请选一个指标")
    act, value = _act(reason), int(digits)
    done = "已更正，原数保留在记录里"
    return _do(number, done, lambda at: changes.correct(at, number, metric, value, act))


@PAGE.post("/pair/<int:pair>")
@needs("编辑")
def settle(number: int, pair: int) -> Answer:
    same = request.form.get("same") == "yes"
    reason = request.form.get("reason", "").strip() or "人工核对"
    done = "已合为一篇" if same else "已记为两篇"
    return _do(number, done, lambda at: changes.settle(at, pair, same, _act(reason)))


@PAGE.post("/story")
@needs("编辑")
def story(number: int) -> Answer:
    other = request.form.get("other", "").strip().removeprefix("#")
    if not (other.isascii() and other.isdecimal() and len(other) < 10):
        return led("请写另一篇的编号，在它的网址末尾", "bad", number=number)
    same = request.form.get("same") != "no"
    done = "已记为一稿多发" if same else "已记为不是一稿"
    return _do(number, done, lambda at: stories.tell(at, number, int(other), same, _act("")))
