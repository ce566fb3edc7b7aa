"""What the answers look like, as JSON Schema: rows from the columns of the tidy tables, so that a column is said once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from collector.doors.telling import Field, fields
from reports.tidy.columns import COLUMNS, SUMMARY

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
DAY: Schema = {"type": "string", "format": "date"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
FLAG: Schema = {"type": "boolean"}
_TYPES: Mapping[str, Schema] = {
    "text": TEXT,
    "word": TEXT,
    "count": WHOLE,
    "moment": MOMENT,
    "day": DAY,
    "flag": FLAG,
}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def maybe(schema: Schema) -> Schema:
    """``schema``, or null: not shown or not known."""
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    return {**schema, "type": [schema["type"], "null"]}


def many(schema: Schema, words: str = "") -> Schema:
    return {"type": "array", "items": schema} | ({"description": words} if words else {})


def thing(properties: Schema, words: str = "") -> Schema:
    """An object that has all of these and nothing else."""
    made = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    return made | ({"description": words} if words else {})


def said(schema: Schema, words: str) -> Schema:
    return {**schema, "description": words}


def _row(shape: Sequence[Field], words: str, more: Schema | None = None) -> Schema:
    return thing({each.name: _field(each) for each in shape} | (more or {}), words)


def _field(each: Field) -> Schema:
    if each.missing is not None:
        schema = ref("Sum")
    elif each.figure:
        schema = maybe(ref("Figure"))
    else:
        schema = maybe(_TYPES[each.column.type])
    unit = f"（{each.column.unit}）" if each.column.unit else ""
    return said(schema, f"{each.column.words}{unit}")


_ABOVE = "真实值最多比 value 大多少；0 不会更大；null 上不封顶"
_FIGURE: Schema = {
    "value": said(WHOLE, "数"),
    "below": said(WHOLE, "真实值最多比 value 小多少；0 不会更小"),
    "above": said(maybe(WHOLE), _ABOVE),
    "bound": {
        "type": "string",
        "enum": ["exact", "about", "at_least"],
        "description": "怎样得知：exact 准确、about 约数、at_least 下限",
    },
}
_SUM: Schema = {
    "value": said(maybe(WHOLE), "合计；null 没有作品显示这一项，不是 0"),
    "below": maybe(WHOLE),
    "above": said(maybe(WHOLE), _ABOVE),
    "bound": {"type": ["string", "null"], "enum": [*_FIGURE["bound"]["enum"], None]},
    "known": said(WHOLE, "显示这一项的作品数"),
    "missing": said(WHOLE, "不显示这一项的作品数；大于 0 时合计是下限"),
}
_SPAN = thing({"first": DAY, "last": DAY}, "连续的日子，两头都算")
_LINE: Schema = {
    "hits": many(
        thing({"metric": TEXT, "threshold": WHOLE, "posts": ref("Figure")}),
        "达到各条爆款线的作品数；有的作品无法判断时是下限",
    )
}

SHAPES = {name: fields(columns) for name, columns in COLUMNS.items()}
#: A post as it is now is made of several observations: where each is from stands in its series.
SHAPES["posts"] = tuple(
    each for each in SHAPES["posts"] if each.name not in ("file", "sheet", "row", "attempt_id")
)
LINES = fields(SUMMARY)
#: Name → schema of what several answers hold.
COMPONENTS: Schema = {
    "Figure": thing(_FIGURE, "一个数。真实的数在 value − below 到 value + above 之间"),
    "Sum": thing(_SUM, "一个合计"),
    "Span": _SPAN,
    "Coverage": thing(
        {
            "account": TEXT,
            "account_name": TEXT,
            "first_day": said(maybe(DAY), "资料覆盖的第一个发布日；null 没有资料"),
            "last_day": said(maybe(DAY), "资料覆盖的最后一个发布日"),
            "gaps": many(ref("Span"), "其间没有资料的发布日"),
            "incomplete": said(FLAG, "是否确知有作品没有读到"),
            "lacking": said(maybe(TEXT), "资料不足之处；null 覆盖整个时期"),
            "observed_at": said(maybe(MOMENT), "最近的观测时间；null 没有观测"),
        },
        "一个账号的资料覆盖这个时期的哪些日子",
    ),
    "Post": _row(SHAPES["posts"], "一篇作品和它现在的数；每个数的出处见它的 series"),
    "Observation": _row(SHAPES["observations"], "一次观测，看到的累计数"),
    "Hit": _row(SHAPES["hits"], "一篇作品越过一条爆款线"),
    "Line": _row(LINES, "合计、分组或平台", _LINE),
    "AccountLine": _row(SHAPES["accounts"], "一个账号", _LINE),
    "Failing": thing(
        {
            "account": TEXT,
            "source": said(TEXT, "文件名，或网址的主机"),
            "outcome": TEXT,
            "since": MOMENT,
            "failures": WHOLE,
        },
        "一个读不到的来源",
    ),
    "Problem": thing(
        {
            "type": TEXT,
            "title": TEXT,
            "status": WHOLE,
            "detail": said(TEXT, "出了什么事，该怎么办"),
        },
        "没有答复的缘故（RFC 9457）",
    ),
}
