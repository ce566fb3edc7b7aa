"""docs/summary.schema.json beside the measures of the sections: each list of measures gives the keys of its part.

``python -m tests.reports.schema`` (``make schema``) writes the keys that are missing into the file; what a key means is
described there by hand.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reports.centre import RankInfo
from reports.measure import Measures
from reports.sections import (
    broadcast,
    comparisons,
    followers,
    hits,
    line_figures,
    output,
    ranks,
    staff,
    topic_sentences,
    works,
)

PATH = Path(__file__).resolve().parents[2] / "docs" / "summary.schema.json"
_TYPES = {
    "figure": {"$ref": "#/$defs/figure"},
    "number": {"$ref": "#/$defs/number"},
    "text": {"type": "string"},
}
_WIDE = 130
#: Columns whose words depend on what was asked: their keys do not.
_ANY: Any = None
_RANK = RankInfo(name="", accounts=(), index="posts")


def parts() -> Mapping[str, Measures[Any]]:
    """Place in the schema → the measures whose keys stand there."""
    return {
        "$defs/line": line_figures.FIGURES,
        "properties/hits/items": hits.DATA,
        "properties/tops/items": works.TOPS,
        "properties/output/items": output.DATA,
        "properties/topics/items/properties/platforms/items": topic_sentences.MEASURES[:2],
        "properties/followers/items": followers.MEASURES,
        "properties/stories/items": works.STORIES,
        "properties/stories/items/properties/posts/items": works.STORY_POSTS,
        "properties/broadcast/oneOf/1/additionalProperties": broadcast.MEASURES,
        "properties/ranks/items/properties/accounts/items": ranks.columns(_ANY, _RANK),
        "properties/staff/items": staff.DATA,
        "properties/comparisons/items": comparisons.columns(_ANY),
    }


def schema(measures: Measures[Any]) -> Mapping[str, str]:
    """The keys of JSON and the type of each: figure, number or text."""
    return {
        each.key: "number" if each.number else "text" if each.trace is None else "figure"
        for each in measures
        if each.key
    }


def missing(document: Any, measures: Mapping[str, Measures[Any]]) -> list[str]:
    """Puts the keys of measures into the document where it lacks them; gives their places."""
    added = []
    for place, each in measures.items():
        part = document
        for name in place.split("/"):
            part = part[int(name)] if isinstance(part, list) else part[name]
        for key, kind in schema(each).items():
            if key not in part["properties"]:
                part["properties"][key] = _TYPES[kind]
                added.append(f"{place}/{key}")
            if key not in part["required"]:
                part["required"].append(key)
    return added


def text(value: Any, indent: str = "") -> str:
    """As the file is laid out: what is short on one line."""
    short = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or len(indent) + len(short) <= _WIDE or not value:
        return short
    deeper = f"{indent}  "
    if isinstance(value, list):
        inner = [text(each, deeper) for each in value]
    else:
        inner = [f"{json.dumps(key)}: {text(each, deeper)}" for key, each in value.items()]
    ends = "[]" if isinstance(value, list) else "{}"
    return f"{ends[0]}\n{deeper}" + f",\n{deeper}".join(inner) + f"\n{indent}{ends[1]}"


if __name__ == "__main__":
    told = json.loads(PATH.read_text("utf-8"))
    if missing(told, parts()):
        PATH.write_text(text(told) + "\n", "utf-8")
