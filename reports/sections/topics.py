"""Topics (专题): posts chosen by words, columns and tags in the period, per platform and account, and over all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from reports import wording
from reports.figures.figure import Figure, figure, of_amount, plain
from reports.figures.topics import Part, Topic, platforms, topics
from reports.inquiry import Inquiry
from reports.paper.called import called, views_word
from reports.section import Cell, Chart, Link, Section, Series, Table
from reports.sections.topic_growth import grown_most
from reports.sections.topic_sentences import sentences
from reports.statement import Matter, Statement, Trace, Way, ranked
from reports.vocabulary import words_of
from reports.wording import Spread

#: In the column of platforms: the row of a topic over all of them.
TOGETHER = "合计"


def section(inquiry: Inquiry) -> Section | None:
    """None where config has no topics; JSON then has an empty list."""
    found = topics(inquiry)
    if not found:
        return Section(id="topic", title="专题宣传", data={"topics": []})
    tables: tuple[Table, ...] = (_table(inquiry, found),)
    if inquiry.topic:
        tables += tuple(_posts(inquiry, each) for each in found if each.best)
    return Section(
        id="topic",
        title="专题宣传",
        sentences=tuple(said for topic in found for said in sentences(inquiry, topic)),
        tables=tables,
        charts=tuple(_charts(inquiry, found)),
        traced=tuple(each for topic in found for each in _listed(inquiry, topic)),
        data={"topics": [_data(inquiry, each) for each in found]},
        matters=ranked(_matters(inquiry, found)),
    )


def _matters(inquiry: Inquiry, found: Sequence[Topic]) -> Iterator[Matter]:
    most = None if inquiry.topic else grown_most(inquiry, found)
    for each in found:
        made = _matter(inquiry, each)
        if most is not None and each.info.name == most[0]:
            note = f"专题发稿数的增加与{most[1].title}相比。"
            made = replace(made, remark="发稿数增加最多", note=note)
        yield made


def _matter(inquiry: Inquiry, topic: Topic) -> Matter:
    """A topic's posts and views, then those of each account, the most viewed first."""
    infos, id_ = {each.id: each for each in inquiry.ours}, f"topic.{topic.info.name}"
    name = f"专题“{topic.info.name}”"
    parts = ranked(
        Matter(
            subject=called(infos[key]),
            statements=tuple(
                _figures(inquiry, f"{id_}.account.{key}", f"{name}{infos[key].name}", part, [infos[key].platform])
            ),
            size=_size(part),
        )
        for key, part in topic.accounts.items()
    )  # fmt: skip
    platforms = [infos[key].platform for key in topic.accounts]
    return Matter(
        subject=f"{wording.line(topic.info.name).removesuffix('专题')}专题",
        statements=tuple(_figures(inquiry, id_, name, topic.total, platforms, whole="总")),
        parts=parts,
        size=_size(topic.total),
    )


def _size(part: Part) -> tuple[int, ...]:
    views = figure(part.views, incomplete=part.incomplete)
    return (-1 if views is None else views.value, len(part.posts))


def _figures(
    inquiry: Inquiry, id_: str, name: str, part: Part, platforms: Sequence[str] = (), *, whole: str = ""
) -> Iterator[Statement]:  # fmt: skip
    """Posts, views and readers of a topic or a part of it; without ``platforms`` they are listed and not said."""
    posts, gained = tuple(part.posts), inquiry.basis.kind == "gained"
    verb = {"published": "发稿", "gained": "", "aged": f"发布并满{inquiry.basis.days}天的作品"}
    yield Statement(
        id=f"{id_}.posts", name=f"{name}作品数", value=len(posts), least=part.incomplete, trace=Trace(posts=posts),
        metric="posts", word=verb[inquiry.basis.kind] if whole else "", measure=words_of(part.kinds).measure,
        way="count" if platforms and not gained else "",
    )  # fmt: skip
    way: Way = "change" if gained else "sum"
    word = f"{'' if gained else whole}{views_word(platforms, part.kinds)}" if platforms else ""
    for metric, heading, total in (
        ("views", "阅读/播放量", part.views),
        ("readers", "阅读人数", part.readers),
    ):
        yield Statement(
            id=f"{id_}.{metric}", name=f"{name}{heading}", value=figure(total, incomplete=part.incomplete),
            trace=Trace(posts=posts, metrics=(metric,)), metric=metric, word=word, measure="人次",
            way=way if platforms and metric == "views" else "",
            marks=tuple(inquiry.centre.thresholds.get("views", ())),
        )  # fmt: skip


def _table(inquiry: Inquiry, found: Sequence[Topic]) -> Table:
    infos = {each.id: each for each in inquiry.ours}
    rows: list[tuple[Cell, ...]] = []
    for topic in found:
        rows.append((topic.info.name, TOGETHER, "", *_cells(topic.total)))
        for key, part in topic.accounts.items():
            info = infos[key]
            rows.append((topic.info.name, info.platform_name, info.name, *_cells(part)))
    return Table(
        id="topics",
        title="专题",
        headings=("专题", "平台", "账号", "作品数", "阅读/播放量", "阅读人数"),
        rows=tuple(rows),
    )


def _cells(part: Part) -> tuple[Cell, ...]:
    number: Cell = len(part.posts)
    if part.incomplete:
        spread = Spread(len(part.posts), None)
        number = Figure(value=len(part.posts), bound="at_least", spread=spread)
    views, readers = (
        figure(each, incomplete=part.incomplete) for each in (part.views, part.readers)
    )
    return number, views, readers


def _posts(inquiry: Inquiry, topic: Topic) -> Table:
    names = {each.id: each.name for each in inquiry.ours}
    rows = tuple(
        (
            place,
            Link(post.title, post.url),
            names[post.account],
            of_amount(post.amounts["views"]),
        )
        for place, post in enumerate(topic.best, 1)
    )
    return Table(
        id=f"topic.{topic.info.name}.posts",
        title=f"“{topic.info.name}”专题阅读播放量最高的作品",
        headings=("名次", "标题", "账号", "阅读/播放量"),
        rows=rows,
    )


def _charts(inquiry: Inquiry, found: Sequence[Topic]) -> Iterator[Chart]:
    """Topics against each other; of a single one, its platforms."""
    if len(found) == 1:
        id_, title = "topic_platforms", f"“{found[0].info.name}”专题各平台阅读播放量"
        bars = [
            (infos[0].platform_name, part) for infos, part in platforms(inquiry, found[0]).values()
        ]
    else:
        id_, title = "topics", "各专题阅读播放量"
        bars = [(each.info.name, each.total) for each in found]
    amounts = [figure(part.views, incomplete=part.incomplete) for _, part in bars]
    if sum(each is not None for each in amounts) < 2:
        return
    least = tuple(i for i, each in enumerate(amounts) if each and each.bound == "at_least")
    yield Chart(
        id=id_,
        title=title,
        kind="bar",
        categories=tuple(name for name, _ in bars),
        series=(
            Series(
                "阅读/播放量",
                tuple(None if each is None else each.value for each in amounts),
                at_least=least,
            ),
        ),
        unit="人次",
        note="有作品无数据或作品没有读全的，为下限。" if least else "",
    )


def _listed(inquiry: Inquiry, topic: Topic) -> Iterator[Statement]:
    """The figures of platforms, and of their accounts where there are several."""
    id_, name = f"topic.{topic.info.name}", f"专题“{topic.info.name}”"
    for platform, (infos, part) in platforms(inquiry, topic).items():
        yield from _figures(inquiry, f"{id_}.{platform}", f"{name}{infos[0].platform_name}", part)
        for info in infos if len(infos) > 1 else ():
            there = topic.accounts[info.id]
            yield from _figures(inquiry, f"{id_}.{platform}.{info.id}", f"{name}{info.name}", there)


def _data(inquiry: Inquiry, topic: Topic) -> dict[str, Any]:
    platforms = {each.id: each.platform for each in inquiry.ours}
    return {
        "name": topic.info.name,
        "from": inquiry.period.start.isoformat(timespec="seconds"),
        "to": inquiry.period.end.isoformat(timespec="seconds"),
        "posts": len(topic.total.posts),
        "views": plain(figure(topic.total.views, incomplete=topic.total.incomplete)),
        "platforms": [
            {
                "platform": platforms[key],
                "account": key,
                "posts": len(part.posts),
                "views": plain(figure(part.views, incomplete=part.incomplete)),
            }
            for key, part in topic.accounts.items()
        ],
    }
