"""Rows of a table that are no work: what a person adds up below, and who filled the table in. In one place."""

from __future__ import annotations

import re

from adapters._units import folded

#: What a row is called that sums up or compares others.
_SUMS = """
累计 合计 总计 全部 小计 共计 总和 总数 总量 汇总 平均 均值 篇均 条均 日均 月均 最高 最低 最大 最小 最大值 最小值 中位数
环比 同比 占比 增幅 增长率 增长 上月 上年同期 去年同期 较上月 较上年 目标 完成率 total sum average subtotal
"""
#: What a sum may be of (9月合计, 视频类小计).
_OF = r"(?:\w{0,6}?)"
_STRONG = "合计|小计|总计|共计|总和"
_SUFFIX = r"(?:数|值|量|数量|数据|阅读量|播放量|浏览量|点击量|篇数|条数|次数)?"
#: What may follow: the end, a colon, a bracket, a number, a dash.
_AFTER = r"(?:[:(\[【=_-].*|共?\d.*|为\d.*)?"
_TOTAL = re.compile(
    rf"(?:{'|'.join(sorted(_SUMS.split(), key=len, reverse=True))}|{_OF}(?:{_STRONG})){_SUFFIX}{_AFTER}"
    r"|共(?:有|计)?\d+[篇条个件部].*",
    re.IGNORECASE,
)
#: Who answers for a table. A work is never called so.
_SIGNED = "填表|填报|制表|审核|审批|审签|复核|核对|校对|统计|填写|录入|报送|负责|分管领导|联系|经办|上报|盖章|签字|签名|主管"
_SIGN = re.compile(
    rf"(?:{_SIGNED})(?:人员|人|者|员|单位|部门|日期|时间|截止时间|截至时间|领导|电话|方式)?(?:签字|签名|电话|姓名)?[:].{{0,20}}"
    rf"|(?:{_SIGNED})(?:人员|人|者|单位|日期|时间|电话)"
)
#: A remark below the table; a work may begin so too, if it has a time.
_REMARK = re.compile(
    r"(?:备注|说明|注释|附注|附|注|注意|备考|数据来源|来源|统计口径|统计范围|统计时段|口径|附件)\d*[:].*|[*※].*"
    r"|备注|说明|注|\(?以下(?:空白|无正文)\)?|以上(?:数据|为|是|内容).*|(?:数据|统计)?截[至止].*|(?:注|备注|说明)\d+[.、].*"
)
_FRAME = "【】()[]*#-—=·~<>《》“”\"'、，,。.:："
#: A quick look: no row of a table that has none of these signs is one of those above.
_HINT = re.compile(
    r"计|均|总|累|全部|汇|最|中位|比|增|目标|完成率|上[月年]|去年|较上|共|填|制表|审|核|校|录入|报送|负责|领导|联系|经办|签|盖|主管|注|说明|附|来源"
    r"|口径|截|以[上下]|[*※]|total|sum|average",
    re.IGNORECASE,
)


def is_total(cell: object) -> bool:
    """Whether a cell says that its row sums up or compares others."""
    if not isinstance(cell, str) or not _HINT.search(cell):
        return False
    text = folded(cell)
    stripped = text.strip(_FRAME)
    return bool(stripped) and bool(_TOTAL.fullmatch(text) or _TOTAL.fullmatch(stripped))


def is_signature(cell: object) -> bool:
    """Whether a cell says who filled the table in or answers for it (填表人：张三)."""
    return (
        isinstance(cell, str)
        and bool(_HINT.search(cell))
        and bool(_SIGN.fullmatch(folded(cell).strip("()[]*")))
    )


def is_remark(cell: object) -> bool:
    """Whether a cell begins as a remark below a table does (备注：以上数据截至9月30日)."""
    return (
        isinstance(cell, str)
        and bool(_HINT.search(cell))
        and bool(_REMARK.fullmatch(folded(cell).strip("()[]【】")))
    )
