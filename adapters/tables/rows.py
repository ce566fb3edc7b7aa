"""Rows of a table that are no work: what a person adds up below, and who filled the table in. In one place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from adapters.contract import Cell, Row
from adapters.tables.counts import NO_FIGURE, count, tried
from adapters.tables.dates import published
from adapters.tables.units import folded

#: What says that a row sums others up or averages them, whatever its date.
_SUM = (
    r"合计|小计|总计|共计|累计|总和|总共|求和|平均|均值|[篇条日周月]均|总[数量]|总(?=阅读|播放|浏览|点击|观看|访问|点赞|评论|转发|分享|收藏|互动)"
    r"|最[高低大小](?=[值数])|中位|标准差|共有?(?=\d)|grandtotal|subtotal|total|sum|average|avg|mean"
)
#: What says so where the row has no date; a work may be called so too (一周新闻汇总).
_WEAK = (
    r"汇总|统计|全部|总|共|人均|最[高低大小多少]|环比|同比|同期|占比|比例|百分比|增幅|降幅|净增|涨|增长|下降|增减|相比|较|目标|任务|完成|[上去前]年|上[月周]"
    r"|[承接上转过下次]+页|max|min|count"
)
#: Of when and of what it may be (9月1日至30日合计, 视频类小计, 总阅读量).
_WITH = (
    r"\d+年度?|\d+月份?|\d+[日号]|第?[一二三四\d]+季度|[上下]半年|第?[一二三四五\d]+[周期]|[本当上全今去前这每][年季月周期页日天度]|季度|至今|截[至止]"
    r"|目前|当前|期间|以上|类|全[县市区]|所有|各|公众号|视频号|微信|抖音|快手|微博|头条|客户端|网站|平台|账号|图文|短?视频|直播|文章|稿件|作品|发稿|发布|推送|内容"
    r"|阅读|播放|浏览|点击|观看|访问|点赞|评论|转发|分享|收藏|互动|粉丝|在看|推荐|人次|[量数值次率篇条个件部人总共占年月日]|数据|情况|比上?"
    r"|[及和与/、:=至到~—,，+|.-]|\d[\d.,]*[万亿%]?"
)
#: No way back into it: a long title costs no more than its length.
_WORDS = re.compile(rf"(?:{_SUM}|{_WEAK}|{_WITH})++", re.IGNORECASE)
_SUMS = re.compile(_SUM, re.IGNORECASE)
_WEAKER = re.compile(_WEAK, re.IGNORECASE)
#: What is called so whatever it is of (云岭发布合计), and what is called so where nothing else is said.
_ENDS = re.compile(r"\w{1,6}(?:合计|小计|总计|共计)")
_ALONE = re.compile(
    r"(?:[与较比]?(?:上[月周年]|[去上]年)(?:同期)?|环比|同比)(?:增长|增幅|增减|下降|相比)?率?|[承接上转过下次]+页|总?汇总|(?:数据)?汇总(?:数据)?"
    r"|总|共|全部|最[高低大小]|人均|占比|百分比|净增长?数?|涨幅|增幅|增长率|完成率|完成情况|目标值?|任务数|max|min|count",
    re.IGNORECASE,
)
#: Longer ones are titles.
_LONGEST = 60
#: Who answers for a table, and when it was made. A work is never called so.
_SIGNED = (
    r"填表|填报|制表|审核|审批|审签|审定|初审|终审|复审|复核|核对|核实|校对|统计|填写|录入|报送|抄送|编制|签发|责任?编辑?|值班|主任|台长|局长|领导|负责|分管领导"
    r"|联系|经办|上报|盖章|公章|签章|签字|签名|主管|打印|导出|下载|电话|更新|汇总"
)
_ROLE = (
    r"人员|人|者|员|单位|部门|日期|时间|截止时间|截至时间|领导|电话|方式|签字|签名|盖章|公章|签章"
)
_SIGN = re.compile(
    rf"(?:部门|单位)?(?:{_SIGNED})(?:{_ROLE})*(?:\((?:{_ROLE}|手写|章)\))?[:].{{0,40}}"
    rf"|(?:部门|单位)?(?:{_SIGNED})(?:人员|人|者|单位|日期|时间|电话)(?:\((?:{_ROLE}|章)\))?"
    rf"|单位\((?:{_ROLE}|章)\)[:]?.{{0,30}}|审核|制表|填表|盖章|公章|签字|签章"
)
#: A remark below the table; a work may begin so too, if it has a time.
_REMARK = re.compile(
    r"(?:备注|说明|注释|附注|附|注|注意|备考|数据来源|来源|统计口径|统计范围|统计时段|口径|附件)\d*[:].*|[*※].*"
    r"|备注|说明|注|\(?以下(?:空白|无正文)\)?|完|end|待?续|续表|以上(?:数据|为|是|内容).*|(?:数据|统计)?截[至止].*|(?:注|备注|说明)\d+[.、].*",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"[【】\[\]“”\"《》「」]")
#: Quick looks: what has none of these signs is none of those above.
_MAY_SUM = re.compile("[净涨计均和总最比较汇同增降占全共目任完中标页上去前TtSsAaMmCcGg]")
_MAY_SIGN = re.compile(
    r"[\W_]*[填制审初终复核校统录报抄编签责值主台局领负分联经上盖公打导下电更汇部单]"
)
_MAY_REMARK = re.compile(r"[\W_]*[备说注附数来口统以截完待续e]|\s*[*※]", re.IGNORECASE)
_ASIDE = re.compile(r"\([^()]*\)?")
_figure = partial(count, missing=NO_FIGURE)
_FRAME = "*#-—=·~<>《》“”\"'、，,。.:："


def is_total(cell: object, *, dated: bool = False) -> bool:
    """Whether a cell says that its row sums up or compares others. ``dated``: the row has a date, as a work has."""
    if not isinstance(cell, str) or len(cell) > _LONGEST or not _MAY_SUM.search(cell):
        return False
    text = _BRACKETS.sub("", folded(cell)).strip(_FRAME)
    text = text[1:-1] if text.startswith("(") and text.endswith(")") else text
    text = _ASIDE.sub("", text).strip(_FRAME)
    if _ENDS.fullmatch(text) or _ALONE.fullmatch(text):
        return True
    return bool(_WORDS.fullmatch(text)) and bool(
        _SUMS.search(text) or (not dated and _WEAKER.search(text))
    )


def is_caption(cell: object) -> bool:
    """Whether a cell that stands alone in its row says when or of what the rows below are (9月, 第一周, 短视频)."""
    return isinstance(cell, str) and bool(_WORDS.fullmatch(_BRACKETS.sub("", folded(cell))))


def is_signature(cell: object) -> bool:
    """Whether a cell says who filled the table in or answers for it (填表人：张三)."""
    return (
        isinstance(cell, str)
        and len(cell) <= _LONGEST
        and bool(_MAY_SIGN.match(cell))
        and bool(_SIGN.fullmatch(folded(cell).strip("()[]*")))
    )


def is_remark(cell: object) -> bool:
    """Whether a cell begins as a remark below a table does (备注：以上数据截至9月30日)."""
    return (
        isinstance(cell, str)
        and bool(_MAY_REMARK.match(cell))
        and bool(_REMARK.fullmatch(folded(cell).strip("()[]【】")))
    )


def is_no_work(
    row: Row, title: str, time_cell: Cell, leading: Sequence[int], figures: Sequence[int]
) -> bool:
    """Whether a row sums up, compares, remarks or signs instead of being a work. ``leading``: the columns before the
    title that may say so; ``figures``: those that hold figures."""
    dated = time_cell not in (None, "")
    if is_total(title, dated=dated) or is_total(time_cell, dated=True):
        return True
    if leading and any(is_total(row[at], dated=dated) for at in leading):
        return True
    if not (title and dated):
        if any(map(is_total, row)):
            return True
        filled = [cell for cell in row if cell not in (None, "")]
        if len(filled) == 1 and is_caption(filled[0]) and tried(published, time_cell) is None:
            return True  # of several days (9月); 2026-07-31 is a day of its own
    if not any(map(_says, row)):
        return True  # a line drawn across
    first_text: Cell = ""
    for cell in row:
        if isinstance(cell, str) and cell.strip():
            first_text = cell
            break
    if _is_below(row, first_text, time_cell, figures):
        return True
    return title != first_text and _is_below(row, title, time_cell, figures)


def _is_below(row: Row, text: Cell, time_cell: Cell, figures: Sequence[int]) -> bool:
    """Whether ``text`` begins a line below the table: then the row has no figures either."""
    signed = is_signature(text)
    if not signed and not is_remark(text):
        return False
    if any(tried(_figure, row[at]) is not None for at in figures):
        return False
    return time_cell in (None, "") or (
        isinstance(time_cell, str) and (signed or is_signature(time_cell) or is_remark(time_cell))
    )


def _says(cell: Cell) -> bool:
    if isinstance(cell, str):
        return cell[:1].isalnum() or any(map(str.isalnum, cell))
    return cell is not None
