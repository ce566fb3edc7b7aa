"""作品: all posts to look through, narrowed and sorted, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from adapters.moments import SHANGHAI
from adapters.records import METRICS
from collector.web.showing import Cell, Listing, page, published, state_word, whole
from collector.web.site import site
from reports import wording
from reports.periods import YEARS
from reports.section import Link
from reports.vocabulary import HEADINGS
from storage.bulk import seconds
from storage.views import catalogue
from storage.views.catalogue import COUNTED, ORDERS, Wanted
from storage.views.history import StoredPost
from storage.writing import tags

PAGE = Blueprint("posts", __name__, url_prefix="/posts")

#: Posts on one page, and in a file that is taken away.
ON_PAGE, IN_FILE = 50, 10_000


@PAGE.get("/")
def show() -> Response | str:
    here = site()
    wanted, faults = _wanted()
    in_file = request.args.get("as") in ("csv", "xlsx")
    number = 1 if in_file else max(1, whole(request.args, "page", 1))
    most = IN_FILE if in_file else ON_PAGE
    with here.reading() as connection:
        count = catalogue.count(connection, wanted)
        found = (
            catalogue.rows(connection, wanted, first=(number - 1) * ON_PAGE, most=most)
            if count
            else []
        )
        labels = [each.tag for each in tags.tags(connection)]
    return page(
        "posts.html",
        _listing(found, f"{COUNTED} 条以上" if count > COUNTED else f"{count} 条"),
        wanted=wanted,
        faults=faults,
        accounts=here.config.accounts,
        topics=here.config.topics,
        labels=labels,
        marks=[(each, wording.mark(each)) for each in here.config.thresholds.get("views", ())],
        orders=[
            (each, "发布时间" if each == "published_at" else HEADINGS[each]) for each in ORDERS
        ],
        given=request.args,
        number=number,
        pages=[(word, _turned(to)) for word, to in _turns(number, count)],
    )


def _wanted() -> tuple[Wanted, list[str]]:
    """What the address asks for, and what of it cannot be understood."""
    given, faults = request.args, []
    since, until = _day(given.get("since", "")), _day(given.get("until", ""))
    for name, day in (("从", since), ("到", until)):
        if isinstance(day, str):
            faults.append(f"“{name}”应是日期，如 2026-07-01，不是“{wording.short(day, 20)}”")
    topic = next((each for each in site().config.topics if each.name == given.get("topic")), None)
    order = given.get("order", "published_at")
    hit = given.get("hit", "")
    return Wanted(
        accounts=tuple(filter(None, given.getlist("account"))),
        words=tuple(given.get("q", "")[:200].split()),
        since=seconds(since) if isinstance(since, datetime) else None,
        until=seconds(until + timedelta(days=1)) if isinstance(until, datetime) else None,
        hit=int(hit) if hit.isascii() and hit.isdecimal() and len(hit) < 12 else None,
        tag=given.get("tag", "")[:100],
        any_words=topic.keywords if topic else (),
        any_columns=topic.columns if topic else (),
        any_tags=topic.tags if topic else (),
        order=order if order in ORDERS else "published_at",
        falling=given.get("way") != "up",
    ), faults


def _day(text: str) -> datetime | str | None:
    """A day at its beginning in Shanghai; the text itself where it is none."""
    if not text:
        return None
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=SHANGHAI)
    except ValueError:
        return text
    return day if day.year in YEARS else text


def _listing(found: list[StoredPost], said: str) -> Listing:
    """The posts; a metric that none of them shows has no column."""
    metrics = [name for name in METRICS if any(name in each.latest for each in found)]
    names = site().config.names
    rows: list[tuple[Cell, ...]] = [
        (
            Link(each.title, f"{request.script_root}/posts/{each.post_id}"),
            names.get(each.account, each.account),
            published(each),
            *(each.latest.get(name) for name in metrics),
            state_word(each.state),
        )
        for each in found
    ]
    return Listing(
        id="posts",
        title=f"作品（{said}）",
        headings=("标题", "账号", "发布时间", *(HEADINGS[name] for name in metrics), "状态"),
        rows=rows,
        empty="没有这样的作品。放宽上面的条件再看；还没有导入过文件的，请到“导入”。",
    )


def _turns(number: int, count: int) -> Iterator[tuple[str, int]]:
    """The pages to turn to."""
    if number > 1:
        yield "上一页", number - 1
    if number * ON_PAGE < count:
        yield "下一页", number + 1


def _turned(to: int) -> str:
    given = [
        (name, each) for name, each in request.args.items(multi=True) if name != "page" and each
    ]
    return f"{request.script_root}{request.path}?{urlencode([*given, ('page', to)])}"
