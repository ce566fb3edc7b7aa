"""The words that every draft is read by: those of words.toml and the metrics' own (adapters.metrics)."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from adapters import metrics
from reports.drafts.reading.numbers import PREFIXES as MANNERS

#: Words of a sentence that states how figures are made: nothing there is claimed.
DEFINING = (
    "口径", "爆款线", "数据时点", "配置指纹", "是指", "指来源", "数据覆盖", "期初值取自", "期末值取自",
    "台账单列", "计分", "未经核实", "不列入本表", "核对", "不作环比的", "不作同比的", "不作比较的",
)  # fmt: skip
#: The same for a part of a sentence between ；.
PART_DEFINING = ("是否达到", "不作")
#: Words of a clause that is about no reach: prizes, training, people at a real place.
OUTSIDE = (
    "奖", "获评", "评为", "荣获", "表彰", "培训", "走访", "接待", "慰问", "观众", "派出", "出动", "招聘", "志愿", "来访", "捐",
    "参会", "党课", "会议", "研讨", "党日", "谈话",
)  # fmt: skip
#: An aim is no fact.
PLANNED = (
    "力争", "计划", "预计", "下一步", "目标是", "明年", "下半年将", "争取", "预期", "奋斗目标", "确保达到",
)  # fmt: skip
#: What everything together is called, beside the centre's own name.
TOTALS = (
    "全平台", "各平台", "各个平台", "各大平台", "全部平台", "所有平台", "我中心", "本中心", "该中心", "全中心", "中心各平台",
    "全部账号", "所有账号", "各账号", "全媒体平台", "新媒体平台", "新媒体矩阵", "各新媒体平台", "新媒体各平台", "全网平台",
    "县融媒体中心", "区融媒体中心", "市融媒体中心", "融媒体中心", "县融媒中心", "融媒中心", "全媒体矩阵", "传播矩阵",
    "本单位", "我单位", "中心",
)  # fmt: skip


def _words() -> dict[str, tuple[str, str]]:
    text = files("reports.drafts.reading").joinpath("words.toml").read_text(encoding="utf-8")
    found: dict[str, tuple[str, str]] = {}
    tables = {
        "METRIC": {key: " ".join(each.words) for key, each in metrics.BY_KEY.items()},
        **tomllib.loads(text),
    }
    for terminal, groups in tables.items():
        for name, words in groups.items():
            for word in words.split():
                found.setdefault(word, (terminal, name))
    for word in MANNERS:
        found.setdefault(word, ("FILL", ""))
    return found


#: Word → its terminal and what it stands for.
WORDS = _words()
