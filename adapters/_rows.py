"""Rows of a table that are no work: what a person adds up below, and who filled the table in. In one place."""

from __future__ import annotations

import re

from adapters._units import folded

#: What a row that sums others up is called, whatever its date.
_SUMS = (
    "累计|合计|总计|小计|共计|总和|总共|总数|总量|总|共|汇总|全部|平均值|平均数|平均|均值|篇均|条均|日均|月均|最高|最低|最大值|最小值|中位数|环比|同比"
    "|占比|增幅|增长率|完成率|total|subtotal|sum|average"
)
#: What it is called where it has no date; a work may be called so too.
_UNDATED = """
全部 总数 总量 汇总 统计 日均 月均 最高 最低 最大 最小 环比 同比 同比增长 环比增长 占比 增幅 增长率 增长 上月 上年同期
去年同期 较上月 较上年 目标 完成率
"""
#: What it may be of (9月合计, 视频类小计, 本月累计).
_OF = r"\w{0,6}?"
_STRONG = "合计|小计|总计|共计|总和|(?:[本当上全今][年季月周期日]|月|年|季度|至今)累计"
#: What is summed.
_WHAT = r"(?:数|值|量|数量|数据|篇数|条数|次数|(?:总)?(?:阅读|播放|浏览|点击|观看|访问)(?:量|数|次数)?)?"
#: What may follow: nothing, a number, something in brackets.
_AFTER = r"[:=]?(?:共?\d[\d.,]*[万亿]?(?:篇|条|个|件|部|次|人次)?|[(\[【].*[)\]】])?[:]?"
_TOTAL = re.compile(
    rf"(?:{_SUMS}|{_OF}(?:{_STRONG})|总(?:阅读|播放|浏览|点击)量?){_WHAT}{_AFTER}|共(?:有|计)?\d+[篇条个件部]",
    re.IGNORECASE,
)
_UNDATED_TOTAL = re.compile(
    rf"(?:{'|'.join(sorted(_UNDATED.split(), key=len, reverse=True))}){_WHAT}(?:[:(\[【=_\d-].*)?|共(?:有|计)?\d+[篇条个件部].*"
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
_BRACKETS = re.compile(r"[【】\[\]]")
_FRAME = "*#-—=·~<>《》“”\"'、，,。.:："
#: A quick look, anchored at the begin: what does not fit here is none of those above.
_MAY_SUM = re.compile(
    r"[\W_]*(?:[累合总小共平均篇条日月最中环同占增完全汇统上去较目]|total|sub|sum|ave)|.{0,16}(?:[合小总共累]\W*计|总\W*和)",
    re.IGNORECASE | re.DOTALL,
)
_MAY_SIGN = re.compile(r"[\W_]*[填制审复核校统录报负分联经上盖签主备说注附数来口以截]|\s*[*※]")


def is_total(cell: object, *, dated: bool = False) -> bool:
    """Whether a cell says that its row sums up or compares others. ``dated``: the row has a date, as a work has."""
    if not isinstance(cell, str) or not _MAY_SUM.match(cell):
        return False
    text = _BRACKETS.sub("", folded(cell)).strip(_FRAME)
    text = text[1:-1] if text.startswith("(") and text.endswith(")") else text
    return bool(_TOTAL.fullmatch(text)) or (not dated and bool(_UNDATED_TOTAL.fullmatch(text)))


def is_signature(cell: object) -> bool:
    """Whether a cell says who filled the table in or answers for it (填表人：张三)."""
    return (
        isinstance(cell, str)
        and bool(_MAY_SIGN.match(cell))
        and bool(_SIGN.fullmatch(folded(cell).strip("()[]*")))
    )


def is_remark(cell: object) -> bool:
    """Whether a cell begins as a remark below a table does (备注：以上数据截至9月30日)."""
    return (
        isinstance(cell, str)
        and bool(_MAY_SIGN.match(cell))
        and bool(_REMARK.fullmatch(folded(cell).strip("()[]【】")))
    )
