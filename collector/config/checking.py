"""Reading a config file and checking it against a model: every fault as a Chinese line, with its path and a hint."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from collector.config.sections import Strict, like
from collector.words import said

#: What a config knows that no file says.
_BESIDE = frozenset({"folder", "fingerprint", "home"})
Checked = TypeVar("Checked", bound=Strict)


class ConfigError(Exception):
    """The config cannot be used; the text lists every fault in Chinese, one a line."""


def read(path: Path) -> str:
    """The text of the config file ``path``. Raises ConfigError."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(
            f"没有找到配置文件 {path}。请先运行 collect init，或用 --config 指明"
        ) from None
    except UnicodeDecodeError as problem:
        raise ConfigError(
            f"配置文件 {path} 不是 UTF-8 编码。请用记事本打开，另存为，编码选 UTF-8"
        ) from problem
    except OSError as problem:
        raise ConfigError(f"读不了配置文件 {path}：{said(problem)}。请核对 --config") from problem


def toml(text: str, path: Path) -> dict[str, Any]:
    """What the text of the file ``path`` says, not checked yet. Raises ConfigError."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise ConfigError(f"{path} 格式有误：{_toml_fault(str(problem))}") from problem


def checked(kind: type[Checked], raw: Mapping[str, Any], path: Path, **beside: Any) -> Checked:
    """What the file ``path`` says, as ``kind``, which knows its folder and ``beside`` too. Raises ConfigError listing
    every fault."""
    beside["folder"] = path.resolve().parent
    clash = [name for name in beside if name in raw]
    if clash:
        raise ConfigError(f"{path} 有误：\n  {clash[0]}：不认识的键")
    try:
        return kind(**raw, **beside)
    except ValidationError as problem:
        faults = "\n".join(f"  {_fault(each, kind)}" for each in problem.errors())
        raise ConfigError(f"{path} 有 {problem.error_count()} 处要改：\n{faults}") from problem


def read_secret(folder: Path, env: str, file: str, what: str) -> str:
    """A secret that a config in ``folder`` names by ``…_env`` or ``…_file``; empty where it names none. Raises
    ConfigError."""
    if env:
        value = os.environ.get(env, "").strip()
        if not value:
            raise ConfigError(f"{what}：环境变量 {env} 没有设置")
        return value
    if file:
        try:
            return (folder / file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as problem:
            why = said(problem) if isinstance(problem, OSError) else "不是 UTF-8"
            raise ConfigError(f"{what}：读不了 {Path(file).name}（{why}）") from problem
    return ""


def _toml_fault(said: str) -> str:
    place = re.search(r"line (\d+), column (\d+)", said)
    where = f"第{place[1]}行第{place[2]}列" if place else "文件末尾"
    return f"{where}看不懂。常见原因：文字没有加引号、引号或括号没有成对（{said}）"


def _fault(error: Any, config: type[BaseModel]) -> str:
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
    section = _model_in(config.model_fields[str(location[0])].annotation) if location else None
    fields = (section or config).model_fields
    beside = _BESIDE if section is None else ()
    return [each.alias or n for n, each in fields.items() if n not in beside]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that an annotation is about: ``AccountConfig`` in ``tuple[AccountConfig, ...]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)
