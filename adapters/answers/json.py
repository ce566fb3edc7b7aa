"""JSON as answers carry it: whole, or inside a script. What an answer must hold is asked for by its
path, and a path that is not there is LayoutChanged naming it, never a default."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NoReturn, TypeVar

from adapters.errors import LayoutChanged, Unreachable
from adapters.records import Beside, Count, Metrics
from adapters.tables.counts import count
from adapters.tables.dates import unix

T = TypeVar("T")
CHANGED = "平台可能改版了，这次的数据没有采用，已有数据不受影响；请等程序更新，或改用后台导出的文件"
_NO_SIGN: frozenset[str] = frozenset()


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(parse_constant=_constant)


def whole(body: bytes, target: str) -> Any:
    """The whole body as JSON (UTF-8). Raises Unreachable where it ends too early, LayoutChanged where it is no JSON."""
    try:
        text = body.decode("utf-8-sig").strip()
        value, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError) as problem:
        raise _broken(problem, len(body), target) from problem
    if end != len(text):
        raise changed("回答的末尾有多余的内容", target)
    return value


def embedded(text: str, name: str, target: str) -> Any:
    """The object or list assigned to ``name`` in a script of a page; None where nothing assigns it. Raises as ``whole``."""
    failure: Exception | None = None
    for begun in re.finditer(re.escape(name) + r"\s*=\s*(?=[\[{])", text):
        try:
            return _DECODER.raw_decode(text, begun.end())[0]
        except (ValueError, RecursionError) as problem:
            failure = failure or problem
    if failure is not None:
        raise _broken(failure, len(text), target) from failure
    return None


def _broken(problem: Exception, length: int, target: str) -> LayoutChanged | Unreachable:
    if isinstance(problem, json.JSONDecodeError):
        unended = problem.pos >= len(problem.doc) or problem.msg.startswith("Unterminated string")
    else:
        unended = isinstance(problem, UnicodeDecodeError) and problem.end >= length
    return cut_off("回答", target) if unended else changed("回答不是认得的数据格式", target)


def cut_off(what: str, target: str) -> Unreachable:
    """An answer that stops before its end."""
    advice = "多半是网络不稳，程序下次会再取"
    return Unreachable(f"{what}没有收完整就断了", target=target, advice=advice)


def changed(what: str, target: str) -> LayoutChanged:
    """LayoutChanged with what a person can do about it."""
    return LayoutChanged(what, target=target, advice=CHANGED)


@contextmanager
def understood(target: str, where: str = "") -> Iterator[None]:
    """A ValueError inside is LayoutChanged, in its words behind ``where``."""
    try:
        yield
    except ValueError as problem:
        raise changed(f"{where}{problem}", target) from problem


def at(tree: Any, *path: str | int, kind: type[T], target: str) -> T:
    """What stands at a path (keys and places). Raises LayoutChanged where it is absent or of another kind."""
    value = tree
    for number, step in enumerate(path):
        present = (
            step in value
            if isinstance(value, dict)
            else isinstance(value, list) and isinstance(step, int) and step < len(value)
        )
        if not present:
            raise changed(f"回答里没有“{_name(path[: number + 1])}”", target)
        value = value[step]
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise changed(f"回答里的“{_name(path)}”不是原来的样子", target)
    return _sound(value)


def _sound(value: T) -> T:
    """Text that can be stored: platforms cut texts, half of a cut emoji is no character, and PostgreSQL holds no NUL."""
    if isinstance(value, str) and any(
        "\ud800" <= sign <= "\udfff" or sign == "\0" for sign in value
    ):
        whole = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return type(value)(whole.replace("\0", ""))
    return value


def figure(
    tree: Any, *path: str | int, target: str, hidden: frozenset[str] = _NO_SIGN
) -> Count | None:
    """The count at a path; None only where one of the ``hidden`` signs stands there. Raises LayoutChanged for anything
    else."""
    value = at(tree, *path, kind=object, target=target)
    if isinstance(value, str | int) and str(value).strip() in hidden:
        return None
    if not isinstance(value, str | int | float) or (isinstance(value, str) and not value.strip()):
        raise changed(f"回答里的“{_name(path)}”不是数字", target)
    with understood(target, f"回答里的“{_name(path)}”："):
        return count(value, missing=_NO_SIGN)


def metrics(
    tree: Any,
    *path: str | int,
    names: Mapping[str, str],
    target: str,
    hidden: frozenset[str] = _NO_SIGN,
) -> Metrics:
    """The figures of the object at a path; ``names``: metric → its key there. Raises as ``figure`` does."""
    return Metrics(
        **{
            metric: figure(tree, *path, key, target=target, hidden=hidden)
            for metric, key in names.items()
        }
    )


def rarer(
    tree: Any, names: Mapping[str, str], target: str, hidden: frozenset[str] = _NO_SIGN
) -> dict[str, Beside]:
    """Counts to keep beside a post: heading → key. An absent one is left out, and so is a bound: there are none beside."""
    found: dict[str, Beside] = {}
    for heading, key in names.items():
        shown = figure(tree, key, target=target, hidden=hidden) if key in tree else None
        if shown is not None and shown.exact:
            found[heading] = shown.value
    return found


def moment(tree: Any, *path: str | int, target: str) -> datetime:
    """The Unix time (s or ms) at a path. Raises LayoutChanged where there is none."""
    value = at(tree, *path, kind=object, target=target)
    with understood(target, f"回答里的“{_name(path)}”："):
        if not isinstance(value, str | int | float):
            raise ValueError(f"看不懂的时间戳“{value}”")
        return unix(value)


def ident(tree: Any, *path: str | int, target: str) -> str:
    """The id at a path, as text. Raises LayoutChanged where there is none."""
    value = at(tree, *path, kind=object, target=target)
    if isinstance(value, bool) or not isinstance(value, str | int) or value in ("", 0):
        raise changed(f"回答里的“{_name(path)}”不是编号", target)
    return str(value)


def code(tree: Any, *path: str | int, target: str) -> int:
    """The number of a state or an error at a path, as text in some answers. Raises LayoutChanged where there is none."""
    value = at(tree, *path, kind=object, target=target)
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,10}", value):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return at(tree, *path, kind=int, target=target)


def _name(path: tuple[str | int, ...]) -> str:
    return ".".join(str(step) for step in path) or "整个回答"
