"""The sentences about a topic: what came of it over all, on each platform, and how its posts were chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reports import wording
from reports.centre import AccountInfo
from reports.figures.figure import Figure, figure, of_amount
from reports.figures.topics import Part, Topic, platforms
from reports.inquiry import Inquiry
from reports.periods import day_words
from reports.section import Sentence
from reports.sections.lines import nothing
from reports.statement import Trace
from reports.vocabulary import words_of
from reports.wording import Spread, exactly


def sentences(inquiry: Inquiry, topic: Topic) -> Iterator[Sentence]:
    """All sentences of a topic; ids: topic.<name>.total, topic.<name>.<platform> …"""
    id_, subject = f"topic.{topic.info.name}", f"“{topic.info.name}”专题"
    whole = topic.total
    yield Sentence(f"{id_}.total", _total(inquiry, subject, topic), trace_of(whole))
    for platform, (infos, part) in platforms(inquiry, topic).items():
        said = f"{subject}：{who(infos)}{_amounts(inquiry, part, infos[0].platform_name)}。"
        yield Sentence(f"{id_}.{platform}", said, trace_of(part))
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


def _total(inquiry: Inquiry, subject: str, topic: Topic) -> str:
    whole = topic.total
    title, basis = inquiry.period.title, inquiry.basis
    if not whole.posts:
        why = "没有读到符合的作品" if basis.kind == "published" else nothing(basis)
        return f"{title}，{subject}{why}，阅读播放量{wording.NO_DATA}（不是 0）。"
    words = words_of(whole.kinds)
    number = _number(whole, words.measure)
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
        parts = [figure(each.views, incomplete=each.incomplete) for each in _parts(inquiry, topic)]
        said = _amount(inquiry, prefix + words.views, views, "人次", parts)
    elif readers is not None:
        parts = [
            figure(each.readers, incomplete=each.incomplete) for each in _parts(inquiry, topic)
        ]
        said = f"{words.views}{wording.NO_DATA}，{_amount(inquiry, words.readers, readers, '人', parts)}"
    else:
        said = f"{words.views}{wording.NO_DATA}：{_why(inquiry, '数据')}"
    return f"{title}，{subject}{output}{gone}，{said}。"


def _amounts(inquiry: Inquiry, part: Part, platform: str) -> str:
    """``18条、播放量约246.7万人次``; readers where they are all there is."""
    words = words_of(part.kinds)
    number = _number(part, words.measure)
    views = figure(part.views, incomplete=part.incomplete)
    if views is not None:
        return f"{number}、{_amount(inquiry, words.views, views, '人次')}"
    readers = figure(part.readers, incomplete=part.incomplete)
    if readers is not None:
        said = _amount(inquiry, words.readers, readers, "人")
        return f"{number}、{said}，{words.views}{wording.NO_DATA}（只有人数，不能换算）"
    return f"{number}，{words.views}{wording.NO_DATA}（{_why(inquiry, f'{platform}数据')}）"


def _parts(inquiry: Inquiry, topic: Topic) -> Iterator[Part]:
    """What the topic's total is made of: platforms and accounts."""
    yield from (part for _, part in platforms(inquiry, topic).values())
    yield from topic.accounts.values()


def _amount(
    inquiry: Inquiry, word: str, amount: Figure, unit: str, parts: Sequence[Figure | None] = ()
) -> str:
    marks = inquiry.centre.thresholds.get("views", ())
    say = wording.change if inquiry.basis.kind == "gained" else wording.total
    within = [each.spread for each in parts if each is not None]
    missing = f"（其中{_count(amount.missing)}无数据）" if amount.missing else ""
    return wording.whole(amount.spread, within, marks, unit, word=word, say=say) + missing


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
        f"{subject}{sure}单{words.measure}最高为{wording.title(post.title)}（{info.spoken}），"
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


def who(infos: Sequence[AccountInfo]) -> str:
    """The accounts of one platform, by name where there is only one."""
    name = infos[0].platform_name
    if len(infos) > 1:
        return f"{name}{len(infos)}个账号"
    return infos[0].spoken


def trace_of(part: Part) -> Trace:
    return Trace(posts=tuple(part.posts), metrics=("views", "readers"))


def _number(part: Part, measure: str) -> str:
    spread = Spread(len(part.posts), None) if part.incomplete else exactly(len(part.posts))
    return wording.count(spread, measure)


def _count(number: int) -> str:
    return wording.count(exactly(number), "条")
