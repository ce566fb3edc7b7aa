"""Topics (专题): posts of the period chosen by words, columns and tags, for each platform and account and in total."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from reports import measure, wording
from reports.centre import AccountInfo
from reports.figures.compared import past_lines, question_of_past, unfinished
from reports.figures.topics import Part, Topic, platforms, topics
from reports.figures.totals import Line, lacking
from reports.inquiry import Inquiry
from reports.measure import Measure, fact
from reports.periods import Period, earlier
from reports.section import Chart, Link, Section, Series, Table, bars
from reports.sections.topic_sentences import FIGURES, MEASURES, id_of, sentences, worded
from reports.statement import Matter, Statement, ranked
from reports.vocabulary import HEADINGS, views_word
from storage.views.view import PostValue, View

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
        charts=_charts(inquiry, found),
        traced=tuple(each for topic in found for each in _listed(inquiry, topic)),
        data={"topics": [_data(inquiry, each) for each in found]},
        matters=ranked(_matters(inquiry, found)),
    )


def _matters(inquiry: Inquiry, found: Sequence[Topic]) -> Iterator[Matter]:
    most = None if inquiry.topic else _grown_most(inquiry, found)
    for each in found:
        made = _matter(inquiry, each)
        if most is not None and each.info.name == most[0]:
            note = f"专题发稿数的增加与{most[1].title}相比。"
            made = replace(made, remark="发稿数增加最多", note=note)
        yield made


def _matter(inquiry: Inquiry, topic: Topic) -> Matter:
    """A topic's posts and views, then those of each account, the most viewed first."""
    infos, id_, name = {each.id: each for each in inquiry.ours}, id_of(topic), _name(topic)
    parts = ranked(
        Matter(
            subject=infos[key].called,
            statements=_said(inquiry, f"{id_}.account.{key}", f"{name}{infos[key].name}", part, [infos[key]]),
            size=_size(part),
        )
        for key, part in topic.accounts.items()
    )  # fmt: skip
    accounts = [infos[key] for key in topic.accounts]
    return Matter(
        subject=f"{wording.line(topic.info.name).removesuffix('专题')}专题",
        statements=_said(inquiry, id_, name, topic.total, accounts, whole=True),
        parts=parts,
        size=_size(topic.total),
    )


def _size(part: Part) -> tuple[int, ...]:
    drew = part.figure("views")
    return (-1 if drew is None else drew.value, len(part.posts))


def _said(
    inquiry: Inquiry, id_: str, name: str, part: Part, infos: Sequence[AccountInfo], *, whole: bool = False
) -> tuple[Statement, ...]:  # fmt: skip
    """Posts and views of a topic or an account's part of it in the words of the paper; readers are listed and not said."""
    basis, gained = inquiry.basis, inquiry.basis.kind == "gained"
    verb = {"published": "发稿", "gained": "", "aged": f"发布并满{basis.days}天的作品"}[basis.kind]
    word = views_word([each.platform for each in infos], part.kinds)
    posts, drew, readers = worded(inquiry, part, id_, name)
    return (
        replace(posts, word=verb if whole else "", way="" if gained else "count"),
        replace(drew, word=f"{'总' if whole and not gained else ''}{word}"),
        replace(readers, way=""),
    )


def _table(inquiry: Inquiry, found: Sequence[Topic]) -> Table:
    """Each topic over all, then account by account."""
    infos = {each.id: each for each in inquiry.ours}
    rows = [
        (topic, key, part)
        for topic in found
        for key, part in (("", topic.total), *topic.accounts.items())
    ]
    columns: tuple[Measure[tuple[Topic, str, Part]], ...] = (
        fact("专题", lambda row: row[0].info.name),
        fact("平台", lambda row: infos[row[1]].platform_name if row[1] else TOGETHER),
        fact("账号", lambda row: infos[row[1]].name if row[1] else ""),
        *measure.within(FIGURES, lambda row: row[2]),
    )
    return measure.table("topics", "专题", columns, rows)


def _posts(inquiry: Inquiry, topic: Topic) -> Table:
    """The topic's most viewed works."""
    names = {each.id: each.name for each in inquiry.ours}
    columns: tuple[Measure[tuple[int, PostValue]], ...] = (
        fact("名次", lambda row: row[0]),
        fact("标题", lambda row: Link(row[1].title, row[1].url)),
        fact("账号", lambda row: names[row[1].account]),
        fact("阅读/播放量", lambda row: row[1].amounts["views"]),
    )
    title = f"“{topic.info.name}”专题阅读播放量最高的作品"
    return measure.table(f"{id_of(topic)}.posts", title, columns, list(enumerate(topic.best, 1)))


def _charts(inquiry: Inquiry, found: Sequence[Topic]) -> tuple[Chart, ...]:
    """Topics against each other; of a single one, its platforms."""
    if len(found) == 1:
        id_, title = "topic_platforms", f"“{found[0].info.name}”专题各平台阅读播放量"
        parts = platforms(inquiry, found[0]).values()
        drawn = [(infos[0].platform_name, part.figure("views")) for infos, part in parts]
    else:
        id_, title = "topics", "各专题阅读播放量"
        drawn = [(each.info.name, each.total.figure("views")) for each in found]
    if sum(each is not None for _, each in drawn) < 2:
        return ()
    least = any(each and each.bound == "at_least" for _, each in drawn)
    note = "有作品无数据或作品没有读全的，为下限。" if least else ""
    figures = Series.of(HEADINGS["views"], (each for _, each in drawn))
    return bars(id_, title, "人次", (name for name, _ in drawn), figures, note=note)


def _listed(inquiry: Inquiry, topic: Topic) -> Iterator[Statement]:
    """The figures of platforms, and of their accounts where there are several."""
    id_, name = id_of(topic), _name(topic)
    for platform, (infos, part) in platforms(inquiry, topic).items():
        said = f"{name}{infos[0].platform_name}"
        yield from measure.statements(MEASURES, part, f"{id_}.{platform}", said)
        for info in infos if len(infos) > 1 else ():
            there, said = topic.accounts[info.id], f"{name}{info.name}"
            yield from measure.statements(MEASURES, there, f"{id_}.{platform}.{info.id}", said)


def _data(inquiry: Inquiry, topic: Topic) -> dict[str, Any]:
    platforms = {each.id: each.platform for each in inquiry.ours}
    shown = MEASURES[:2]
    return {
        "name": topic.info.name,
        "from": inquiry.period.start.isoformat(timespec="seconds"),
        "to": inquiry.period.end.isoformat(timespec="seconds"),
        **measure.data(shown, topic.total),
        "platforms": [
            {"platform": platforms[key], "account": key, **measure.data(shown, part)}
            for key, part in topic.accounts.items()
        ],
    }


def _name(topic: Topic) -> str:
    return f"专题“{topic.info.name}”"


def _grown_most(inquiry: Inquiry, found: Sequence[Topic]) -> tuple[str, Period] | None:
    """(the topic whose number of works grew most, the period it is compared with); None where that cannot be told."""
    then = next(iter(earlier(inquiry.period).values()), None)
    if then is None or len(found) < 2 or inquiry.basis.kind != "published":
        return None
    if unfinished(inquiry) or _unlike(inquiry, inquiry.accounts, inquiry.period):
        return None
    past = past_lines(inquiry, then)
    accounts = tuple(past[f"account.{each.id}"] for each in inquiry.accounts)
    if _unlike(inquiry, accounts, then):
        return None
    view = View(inquiry.connection, question_of_past(inquiry, then), "topics_before")
    before = topics(replace(inquiry, period=then, view=view, accounts=accounts))
    grown = sorted(
        (len(now.total.posts) - len(old.total.posts), now.info.name)
        for now, old in zip(found, before, strict=True)
    )
    (second, _), (most, name) = grown[-2:]
    return (name, then) if most > max(second, 0) else None


def _unlike(inquiry: Inquiry, lines: Sequence[Line], period: Period) -> bool:
    ours = set(inquiry.total.members)
    return any(lacking(each, period) for each in lines if each.id in ours)
