"""What is wrong with a config.toml, in Chinese: where it stands, what is wrong, what would be right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel

from collector.config.sections import like


def toml_fault(said: str) -> str:
    place = re.search(r"line (\d+), column (\d+)", said)
    where = f"第{place[1]}行第{place[2]}列" if place else "文件末尾"
    return f"{where}看不懂。常见原因：文字没有加引号、引号或括号没有成对（{said}）"


def fault(error: Any, config: type[BaseModel]) -> str:
    """One pydantic error of ``config`` as a Chinese line: path, what is wrong, what would be right."""
    where = _place(error["loc"])
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        name = str(error["loc"][-1])
        return f"{where}：不认识的键{like(name, _keys(config, error['loc'][:-1]))}"
    words = {
        "missing": "缺少这一项",
        "string_type": "应是文字，请加英文引号",
        "string_too_short": "不能为空",
        "int_type": "应是整数，不加引号",
        "int_from_float": "应是整数",
        "float_type": "应是数字，不加引号",
        "bool_type": "应是 true 或 false，不加引号",
        "greater_than_equal": f"应不小于 {context.get('ge')}",
        "less_than_equal": f"应不大于 {context.get('le')}",
        "literal_error": f"不能是“{error['input']}”，可用：{_expected(context)}",
        "tuple_type": "应是用方括号括起的一列值",
        "dict_type": "应是一组“键 = 值”",
        "model_type": "应是一节，例如 [centre]",
        "too_short": "至少要有一个",
    }
    if kind == "value_error":
        return f"{where}：{context['error']}" if where else str(context["error"])
    return f"{where}：{words.get(kind, error['msg'])}"


def _expected(context: Mapping[str, Any]) -> str:
    return (
        str(context.get("expected", "")).replace("'", "").replace(" or ", "、").replace(", ", "、")
    )


def _place(location: tuple[Any, ...]) -> str:
    text = ""
    for part in location:
        if isinstance(part, int):
            text += f"[第{part + 1}个]"
        elif part != "[key]":
            text += f".{part}" if text else str(part)
    return text


def _keys(config: type[BaseModel], location: tuple[Any, ...]) -> list[str]:
    """The keys that may stand at a place: the sections, or what one of them holds."""
    fields = config.model_fields
    if location and (section := _model_in(fields[str(location[0])].annotation)) is not None:
        fields = section.model_fields
    # a config knows its folder and its fingerprint too, which no file says
    return [each.alias or n for n, each in fields.items() if n not in ("folder", "fingerprint")]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that an annotation is about: ``AccountConfig`` in ``tuple[AccountConfig, ...]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)
