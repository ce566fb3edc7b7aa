"""How the figures of a summary were made (口径), as sentences: basis, moments, what is counted, what a hit is, and when
nobody was looking."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from adapters.metrics import BY_KEY
from reports import measure, wording
from reports.figures import missing
from reports.figures.totals import Line, covered_words, lacking
from reports.inquiry import Inquiry
from reports.listing import counted
from reports.measure import Measure, fact
from reports.periods import day_words, moment_words
from reports.section import Section, Sentence, Table
from storage.bulk import seconds
from storage.operations.jobs import Miss, misses
from storage.views.coverage import kinds
from storage.writing.changes import waiting

#: More misses than these stand in a table of their own.
_FEW = 5
#: More accounts than this are not named in a sentence; the table has them.
_NAMED = 10
#: Kind of a reading → what it is called, its measure.
_KINDS = {"file": ("导出文件", "个"), "page": ("网页", "次"), "api": ("数据接口", "次")}


def notes(inquiry: Inquiry) -> Section:
    """The last part of a summary: 数据说明."""
    missed = _missed(inquiry)
    pairs = waiting(inquiry.view, [info.id for info in inquiry.ours])
    ours = {info.id for info in inquiry.ours}
    found = {key: each for key, each in kinds(inquiry.view).items() if key in ours}
    tables = (_sources_table(inquiry, found),) if inquiry.accounts else ()
    return Section(
        id="note",
        title="数据说明",
        sentences=tuple(_notes(inquiry, missed, _sources(inquiry, found), pairs)),
        tables=(*tables, _misses_table(inquiry, missed)) if len(missed) > _FEW else tables,
        data={"proposed_pairs": pairs},
    )


def _notes(
    inquiry: Inquiry, missed: tuple[Miss, ...], sources: str, pairs: int
) -> Iterator[Sentence]:
    for name, text in (
        ("only", inquiry.centre.only),
        ("basis", _basis(inquiry)),
        ("moments", _moments(inquiry)),
        ("open", _open(inquiry)),
        ("counted", _COUNTED),
        ("people", _PEOPLE),
        ("bounds", _BOUNDS),
        ("hits", _hits(inquiry)),
        ("apart", _apart(inquiry)),
        ("proposed", proposed(pairs)),
        ("sources", sources),
        ("misses", _misses(inquiry, missed)),
    ):
        if text:
            yield Sentence(f"note.{name}", text)


_COUNTED = "自见（私密）和审核中的作品不计；已删除的作品按最后一次数值计入，并注明数量。一稿多发按账号分别计。"
_PEOPLE = (
    "阅读、播放、点击为次数（人次），阅读人数为人数，二者分列，从不相加；分享次数与分享人数同此。"
)
_BOUNDS = f"“{wording.NO_DATA}”指来源不显示或没有可用的观测，不是 0；有作品无数据或只知下限时，合计写作“超…”“…及以上”或“至少…”。"


def _basis(inquiry: Inquiry) -> str:
    title, days = inquiry.period.title, inquiry.basis.days
    return {
        "published": f"口径：按发布统计。取{title}发布的作品，各取截至数据时点的累计数值。",
        "gained": f"口径：按增量统计。各作品{title}期末数值减期初数值，不论何时发布；"
        "期内发布的作品从 0 计起；数值下降照实列出，不作调整。",
        "aged": f"口径：按满{days}天统计。取{title}发布的作品，各取发布满{days}天时的数值；"
        f"未满{days}天、或满{days}天前一日之内没有观测的作品不计入，另列数量。",
    }[inquiry.basis.kind]


def _open(inquiry: Inquiry) -> str:
    """That the period reaches beyond as-of."""
    end = inquiry.period.end
    if end <= inquiry.as_of:
        return ""
    whole = (end.hour, end.minute, end.second) == (0, 0, 0)
    last = day_words((end - timedelta(days=1)).date()) if whole else moment_words(end)
    return f"{inquiry.period.title}到{last}才结束，数据只到{moment_words(inquiry.as_of)}，此后的不在内。"


def _moments(inquiry: Inquiry) -> str:
    config = inquiry.centre.fingerprint
    said = (
        f"数据时点：截至{moment_words(inquiry.as_of)}的观测；"
        f"以{moment_words(inquiry.known_by)}以前入库的资料为准（北京时间）"
    )
    return f"{said}；配置指纹 {config}。" if config else f"{said}。"


def _hits(inquiry: Inquiry) -> str:
    parts = [
        f"{BY_KEY[metric].word}{'、'.join(f'“{wording.mark(each)}”（{each}及以上）' for each in values)}"
        for metric, values in inquiry.centre.thresholds.items()
        if values
    ]
    if not parts:
        return ""
    nested = (
        "计期内越过该线的：期前已过低的一档、期内又过高的一档的，只计入高的一档"
        if inquiry.basis.kind == "gained"
        else "低的一档包含高的一档"
    )
    return (
        f"爆款线由本单位设定：{'；'.join(parts)}；{nested}。"
        "没有阅读次数而阅读人数已达到的，也计为达到；不能确定的另列为无法判断。"
    )


def _apart(inquiry: Inquiry) -> str:
    others = sum(info.owner != "ours" for info in inquiry.centre.accounts)
    ledgers = [info.name or info.id for info in inquiry.centre.accounts if info.ledger]
    said = f"同行及外部媒体账号{counted(others, '个')}不列入本表。" if others else ""
    if ledgers:
        said += f"台账（{'、'.join(ledgers)}）单列，不计入全部账号的合计。"
    return said


def proposed(pairs: int) -> str:
    """That so many pairs of works wait for a person; empty where there is none."""
    if not pairs:
        return ""
    return (
        f"所统计的作品中有{counted(pairs, '对')}疑似同一篇被读成两篇，尚未认定，暂按两篇计；"
        "运行 collect match 认定后，数字可能减少。"
    )


def _missed(inquiry: Inquiry) -> tuple[Miss, ...]:
    """Due times of the period at which nobody looked, as far as the summary knows of them."""
    until = min(inquiry.period.end, inquiry.as_of)
    found = misses(
        inquiry.connection,
        seconds(inquiry.period.start),
        seconds(until),
        seconds(inquiry.known_by),
    )
    return tuple(each for each in found if each.job in missing.GATHERING)


def _misses(inquiry: Inquiry, missed: tuple[Miss, ...]) -> str:
    if not missed:
        return ""
    each = "逐条见下表"
    if len(missed) <= _FEW:
        each = "；".join(missing.line(miss, inquiry.as_of, weekdays=False) for miss in missed)
    told = "。这些时候没有观测，数值取自前后的采集和文件"
    return f"本期定时采集{missing.totals(missed)}：{each}{told}。"


def _misses_table(inquiry: Inquiry, missed: Sequence[Miss]) -> Table:
    columns: tuple[Measure[Miss], ...] = (
        fact("应在何时", lambda each: missing.span(each, inquiry.as_of, weekdays=False)),
        fact("次数", lambda each: each.number),
        fact("情况", missing.what),
        fact("补采", lambda each: missing.late(each, inquiry.as_of, weekdays=False)),
    )
    return measure.table("note.misses", "未按时运行的采集", columns, missed)


#: Our accounts → kinds of sources → readings of the period's posts.
_Sources = Mapping[str, Mapping[str, int]]


def _sources(inquiry: Inquiry, found: _Sources) -> str:
    """``资料来源：导出文件86个、网页12次…``, and which accounts have none."""
    together: Counter[str] = Counter()
    for of_account in found.values():
        together.update(of_account)
    if not together:
        return (
            f"资料来源：没有读到含本期作品的文件、网页或接口，各项均为{wording.NO_DATA}（不是 0）。"
        )
    without = [line.name for line in inquiry.accounts if line.id not in found]
    said = f"资料来源（含本期作品的）：{_readings(together)}；各账号的来源和覆盖日期见下表。"
    if without:
        named = [f"“{wording.line(each)}”" for each in without]
        said += f"没有来源的账号：{wording.several(named, _NAMED, '个账号')}。"
    return said


def _sources_table(inquiry: Inquiry, found: _Sources) -> Table:
    """A row for each of our accounts."""
    columns: tuple[Measure[Line], ...] = (
        fact("账号", lambda line: line.name),
        fact("平台", lambda line: line.platform_name or line.platform or ""),
        fact("覆盖的发布日期", covered_words),
        fact("不足之处", lambda line: lacking(line, inquiry.period)),
        fact("来源", lambda line: _readings(found.get(line.id, {})) or wording.NO_DATA),
        fact("最近观测", _observed),
    )
    return measure.table("note.sources", "覆盖与来源", columns, inquiry.accounts)


def _readings(counts: Mapping[str, int]) -> str:
    """``导出文件3个、网页12次``."""
    return "、".join(
        f"{name}{counted(counts[kind], unit)}"
        for kind, (name, unit) in _KINDS.items()
        if counts.get(kind)
    )


def _observed(line: Line) -> str:
    moment = line.coverage.observed_at
    return wording.NO_DATA if moment is None else f"{moment:%Y-%m-%d}"
