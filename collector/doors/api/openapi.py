"""The OpenAPI document of the interface, drawn from its definition.

python -m collector.doors.api.openapi > docs/openapi.json
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any

from collector.doors.api.endpoints import ENDPOINTS, Endpoint
from collector.doors.api.parameters import Parameter
from collector.doors.api.schemas import COMPONENTS, Schema, ref, thing

VERSION = "1"
_WORDS = """\
只读：只有 GET。请求头写 Authorization: Bearer 令牌（collect token add 名字 --for 数据），令牌不写在网址里。
null 是没有数据，不是 0。数都是总结里的数。每个答复写明口径（basis）、截至时间（as_of）和资料的缺口（gaps）。
答复带 ETag，下次用 If-None-Match 带回来，没有变就答 304。"""
#: The refusals that any address may give.
_PROBLEMS = (400, 401, 404, 405, 429, 503)


def document(root: str = "") -> dict[str, Any]:
    """The whole of it, as JSON has it. ``root``: below which path the page answers."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "爆款数据接口", "version": VERSION, "description": _WORDS},
        "servers": [{"url": f"{root}/api/v1"}],
        "security": [{"token": []}],
        "paths": {re.sub(r"<int:(\w+)>", r"{\1}", e.path): {"get": _get(e)} for e in ENDPOINTS},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": COMPONENTS
            | {answer_name(each): thing(each.answer, each.words) for each in ENDPOINTS},
            "responses": {
                "Problem": _content("没有答复", ref("Problem"), "application/problem+json")
            },
        },
    }


def answer_name(endpoint: Endpoint) -> str:
    """What the schema of an endpoint's answer is called."""
    return f"{endpoint.name.title()}Answer"


def _get(endpoint: Endpoint) -> dict[str, Any]:
    head, _, rest = endpoint.words.partition("。")
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
        for name in re.findall(r"<int:(\w+)>", endpoint.path)
    ]
    answers = {"200": _content(head, ref(answer_name(endpoint)), "application/json")}
    problems = {str(code): {"$ref": "#/components/responses/Problem"} for code in _PROBLEMS}
    return {
        "operationId": endpoint.name,
        "summary": head,
        "description": rest,
        "parameters": [*in_path, *map(_parameter, endpoint.parameters)],
        "responses": answers | {"304": {"description": "没有变"}} | problems,
    }


def _parameter(each: Parameter) -> dict[str, Any]:
    schema = dict(each.schema)
    if each.default not in (None, ""):
        schema["default"] = each.default
    return {"name": each.name, "in": "query", "description": each.words, "schema": schema}


def _content(words: str, schema: Schema, kind: str) -> dict[str, Any]:
    return {"description": words, "content": {kind: {"schema": schema}}}


def text() -> str:
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
