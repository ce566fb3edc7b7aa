"""How a province's figures were made and what they leave out: said once, in the listing and in the paper."""

from __future__ import annotations

from collections.abc import Iterator

from reports import listing, wording
from reports.basis import Basis
from reports.fleet.province import Province
from reports.fleet.ranking import not_compared
from reports.fleet.states import lags
from reports.vocabulary import HEADINGS

#: Centres that a sentence names; the tables have all.
NAMED = 10


def notes(province: Province) -> Iterator[tuple[str, str]]:
    """(name, sentence) of how the figures were made and what they leave out; the paper says the same."""
    yield "moments", f"各数由各中心存着的总结相加，数据截至{province.dated}。"
    yield "basis", basis_words(province.basis)
    yield "covered", _covered(province)
    yield "lag", _lagging(province)
    yield (
        "apart",
        (
            "阅读、播放、观看按次数，阅读人数按人数，两者不相加；总阅读播放量是各类次数之和，其中的阅读量、播放量另列。"
            "粉丝为各中心、各账号相加，同一人关注几个账号的重复计算；同一件外宣稿件由几个中心报送的，各计一次。"
        ),
    )
    yield "hidden", _hidden(province)
    yield "lines", _different(province)
    yield "left_out", _left_out(province)
    yield "ranks", _not_compared(province)


def basis_words(basis: Basis) -> str:
    """What is counted, and when each work is valued."""
    days = basis.days
    return {
        "published": "口径为期内发布作品的累计数值。",
        "gained": "口径为期内各作品数值的净增量，不论何时发布，下降照实列出。",
        "aged": f"口径为期内发布的作品满{days}天时的数值，未满{days}天或该时点没有观测的未计入。",
    }[basis.kind]


def _covered(province: Province) -> str:
    if not province.silent:
        return f"{province.asked}个中心都有本期的数据。"
    named = "、".join(f"{each.centre.name}（{each.why}）" for each in province.silent[:NAMED])
    more = f"等{len(province.silent)}个" if len(province.silent) > NAMED else ""
    return f"{province.asked}个中心中{len(province.silent)}个没有本期的数据，各数都不含它们（不是 0）：{named}{more}。"


def _lagging(province: Province) -> str:
    behind = [(each, why) for each in province.telling if (why := lags(province, each))]
    if not behind:
        return ""
    named = "、".join(f"{each.centre.name}（{'，'.join(why)}）" for each, why in behind[:NAMED])
    more = f"等{len(behind)}个" if len(behind) > NAMED else ""
    return f"数据与别的中心不齐的：{named}{more}，已计入的只是其已有的部分。"


def _hidden(province: Province) -> str:
    """Works without views, and centres without the figure."""
    whole = next((each for each in province.total if each.kind.key == "views"), None)
    if whole is None or whole.count is None or not whole.count.missing:
        return ""
    without = len(province.telling) - whole.shown
    none = f"，其中{without}个中心全部作品都没有" if without else ""
    return f"{whole.count.missing}条（篇）作品的来源不显示阅读播放量，不在其内{none}。"


def _different(province: Province) -> str:
    """Lines that not every centre has."""
    said = []
    for each in province.total:
        kind = each.kind
        lacking = [
            told.centre.name
            for told in province.telling
            if kind.threshold and kind.threshold not in told.summary["thresholds"].get(kind.metric, ())
        ]  # fmt: skip
        if lacking:
            names = wording.several(lacking, NAMED, "个中心")
            said.append(
                f"{HEADINGS[kind.metric]}{wording.mark(kind.threshold)}只统计设有这条线的中心，不含{names}"
            )
    return f"各中心的爆款线不同：{'；'.join(said)}。" if said else ""


def _left_out(province: Province) -> str:
    """On *aged*: how many works are too young, or were not observed at that age."""
    young, unseen = (
        sum(int(each.total["left_out"][name]) for each in province.telling)
        for name in ("young", "unobserved")
    )
    text = listing.left_out(province.basis, young, unseen, "条")
    return f"{text}。" if text else ""


def _not_compared(province: Province) -> str:
    names = not_compared(province.telling)
    if not names:
        return ""
    return f"加权指数是在各中心自己的组内折算的，不同中心之间不可比，没有排名：{wording.several(names, NAMED, '个')}。"
