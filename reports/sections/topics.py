"""Topics (专题): posts chosen by words, columns and tags in the period, per platform and account, and over all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from reports import wording
from reports.centre import AccountInfo
from reports.figure import Figure, figure, of_amount
from reports.inquiry import Inquiry
from reports.periods import day_words
from reports.section import Cell, Chart, Link, Section, Sentence, Series, Table, Trace, Traced
from reports.topics import Part, Topic, joined, topics
from reports.vocabulary import words_of
from reports.wording import Spread, exactly


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
        sentences=tuple(said for topic in found for said in _sentences(inquiry, topic)),
        tables=tables,
        charts=tuple(_charts(inquiry, found)),
        traced=tuple(each for topic in found for each in _traced(inquiry, topic)),
        data={"topics": [_data(inquiry, each) for each in found]},
    )


def _sentences(inquiry: Inquiry, topic: Topic) -> Iterator[Sentence]:
    id_, subject = f"topic.{topic.info.name}", f"“{topic.info.name}”专题"
    whole = topic.total
    yield Sentence(f"{id_}.total", _total(inquiry, subject, whole), _trace(whole))
    for platform, (infos, part) in _platforms(inquiry, topic).items():
        said = f"{subject}：{_who(infos)}{_amounts(inquiry, part, infos[0].platform_name)}。"
        yield Sentence(f"{id_}.{platform}", said, _trace(part))
    if topic.best and inquiry.basis.kind != "gained":
        best = topic.best[0]
        trace = Trace(posts=(best.post_id,), metrics=("views",))
        yield Sentence(f"{id_}.best", _best(inquiry, subject, topic), trace)
    if edge := "；".join(_edge(inquiry, topic)):
        yield Sentence(f"{id_}.edge", f"{subject}：{edge}。")
    if topic.young or topic.unobserved:
        days = inquiry.basis.days
        said = f"另有未满{days}天{_count(topic.young)}、该时点无观测{_count(topic.unobserved)}，均未计入"
        yield Sentence(f"{id_}.left_out", f"{subject}{said}。")
    yield Sentence(f"{id_}.chosen", _chosen(subject, topic))


def _total(inquiry: Inquiry, subject: str, whole: Part) -> str:
    title, basis = inquiry.period.title, inquiry.basis
    if not whole.posts:
        return f"{title}，{subject}没有读到符合的作品，阅读播放量{wording.NO_DATA}（不是 0）。"
    words = words_of(whole.kinds)
    number = _posts_of(whole, words.measure)
    output = {
        "published": f"共发稿{number}",
        "gained": f"有观测可计增量的作品{number}",
        "aged": f"发布、满{basis.days}天且当天有观测的作品{number}",
    }[basis.kind]
    gone = f"（其中{_count(whole.deleted)}已删除，保留最后数值）" if whole.deleted else ""
    views = figure(whole.views, incomplete=whole.incomplete)
    readers = figure(whole.readers, incomplete=whole.incomplete)
    prefix = {"published": "总", "gained": "期内", "aged": f"满{basis.days}天时总"}[basis.kind]
    if views is not None:
        said = f"{prefix}{_amount(inquiry, words.views, views, '人次')}"
    elif readers is not None:
        said = f"{words.views}{wording.NO_DATA}，{_amount(inquiry, words.readers, readers, '人')}"
    else:
        said = f"{words.views}{wording.NO_DATA}：{_why(inquiry, '数据')}"
    return f"{title}，{subject}{output}{gone}，{said}。"


def _amounts(inquiry: Inquiry, part: Part, platform: str) -> str:
    """``18条、播放量约246.7万人次``; readers where they are all there is."""
    words = words_of(part.kinds)
    number = _posts_of(part, words.measure)
    views = figure(part.views, incomplete=part.incomplete)
    if views is not None:
        return f"{number}、{_amount(inquiry, words.views, views, '人次')}"
    readers = figure(part.readers, incomplete=part.incomplete)
    if readers is not None:
        said = _amount(inquiry, words.readers, readers, "人")
        return f"{number}、{said}，{words.views}{wording.NO_DATA}（只有人数，不能换算）"
    return f"{number}，{words.views}{wording.NO_DATA}（{_why(inquiry, f'{platform}数据')}）"


def _amount(inquiry: Inquiry, word: str, amount: Figure, unit: str) -> str:
    marks = inquiry.centre.thresholds.get("views", ())
    if inquiry.basis.kind == "gained":
        said = wording.change(amount.spread, marks, unit)
    else:
        said = wording.total(amount.spread, marks, unit)
    missing = f"（其中{_count(amount.missing)}无数据）" if amount.missing else ""
    return f"{word}{said}{missing}"


def _why(inquiry: Inquiry, source: str) -> str:
    hidden = f"所用的{source}不显示"
    return f"{hidden}，或期初没有可比的数值" if inquiry.basis.kind == "gained" else hidden


def _best(inquiry: Inquiry, subject: str, topic: Topic) -> str:
    post = topic.best[0]
    info = next(each for each in inquiry.ours if each.id == post.account)
    words = words_of([post.kind])
    amount = of_amount(post.amounts["views"])
    said = wording.single(amount.spread, inquiry.centre.thresholds.get("views", ()), "人次")
    sure = "" if amount.bound == "exact" and not topic.total.views.missing else "按已有数据，"
    return (
        f"{subject}{sure}单{words.measure}最高为{wording.title(post.title)}（{_who([info])}），"
        f"{words.views}{said}。"
    )


def _edge(inquiry: Inquiry, topic: Topic) -> Iterator[str]:
    """What is known of posts without a clock at a window's edge."""
    if topic.day_out:
        day = day_words(inquiry.period.start.date(), year=False)
        yield f"{day}另有{_count(topic.day_out)}只有日期、没有时刻，按当天0时计，在起点之前，未计入"
    if topic.day_in:
        day = day_words(inquiry.period.end.date(), year=False)
        yield f"{day}的{_count(topic.day_in)}只有日期、没有时刻，按当天0时计，已计入"


def _chosen(subject: str, topic: Topic) -> str:
    info = topic.info
    rules = [
        f"{how}{'、'.join(f'“{each}”' for each in names)}"
        for how, names in (
            ("标题含", info.keywords),
            ("栏目为", info.columns),
            ("人工加有标签", info.tags),
        )
        if names
    ]
    said = "，或".join(rules) if rules else "（没有设定关键词、栏目或标签）"
    return f"{subject}指{said}的作品（多个词有其一即可；标题取截至数据时点的；台账不计）。"


def _platforms(inquiry: Inquiry, topic: Topic) -> dict[str, tuple[list[AccountInfo], Part]]:
    """Platform → its accounts with posts in the topic and these posts together; in the order of the config."""
    infos = {each.id: each for each in inquiry.ours}
    there: dict[str, list[AccountInfo]] = {}
    for key in topic.accounts:
        there.setdefault(infos[key].platform, []).append(infos[key])
    return {
        platform: (found, joined(topic.accounts[each.id] for each in found))
        for platform, found in there.items()
    }


def _who(infos: Sequence[AccountInfo]) -> str:
    name = infos[0].platform_name
    if len(infos) > 1:
        return f"{name}{len(infos)}个账号"
    return f"“{infos[0].name}”" + (name if name != infos[0].name else "")


def _table(inquiry: Inquiry, found: Sequence[Topic]) -> Table:
    infos = {each.id: each for each in inquiry.ours}
    rows: list[tuple[Cell, ...]] = []
    for topic in found:
        rows.append((topic.info.name, "合计", "", *_cells(topic.total)))
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
            (infos[0].platform_name, part) for infos, part in _platforms(inquiry, found[0]).values()
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


def _traced(inquiry: Inquiry, topic: Topic) -> Iterator[Traced]:
    id_, name = f"topic.{topic.info.name}", f"专题“{topic.info.name}”"
    yield from _traced_part(id_, name, topic.total)
    for platform, (infos, part) in _platforms(inquiry, topic).items():
        yield from _traced_part(f"{id_}.{platform}", f"{name}{infos[0].platform_name}", part)
        for info in infos if len(infos) > 1 else ():
            there = topic.accounts[info.id]
            yield from _traced_part(f"{id_}.{platform}.{info.id}", f"{name}{info.name}", there)


def _traced_part(id_: str, name: str, part: Part) -> Iterator[Traced]:
    posts = tuple(part.posts)
    yield Traced(
        id=f"{id_}.posts", name=f"{name}作品数", value=len(posts), trace=Trace(posts=posts)
    )
    for metric, word, total in (
        ("views", "阅读/播放量", part.views),
        ("readers", "阅读人数", part.readers),
    ):
        yield Traced(
            id=f"{id_}.{metric}",
            name=f"{name}{word}",
            value=figure(total, incomplete=part.incomplete),
            trace=Trace(posts=posts, metrics=(metric,)),
        )


def _trace(part: Part) -> Trace:
    return Trace(posts=tuple(part.posts), metrics=("views", "readers"))


def _data(inquiry: Inquiry, topic: Topic) -> dict[str, Any]:
    platforms = {each.id: each.platform for each in inquiry.ours}
    return {
        "name": topic.info.name,
        "from": inquiry.period.start.isoformat(timespec="seconds"),
        "to": inquiry.period.end.isoformat(timespec="seconds"),
        "posts": len(topic.total.posts),
        "views": _plain(topic.total),
        "platforms": [
            {
                "platform": platforms[key],
                "account": key,
                "posts": len(part.posts),
                "views": _plain(part),
            }
            for key, part in topic.accounts.items()
        ],
    }


def _plain(part: Part) -> dict[str, Any] | None:
    views = figure(part.views, incomplete=part.incomplete)
    return None if views is None else {"value": views.value, "bound": views.bound}


def _posts_of(part: Part, measure: str) -> str:
    spread = Spread(len(part.posts), None) if part.incomplete else exactly(len(part.posts))
    return wording.count(spread, measure)


def _count(number: int) -> str:
    return wording.count(exactly(number), "条")
