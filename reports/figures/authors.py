"""Splits an author line of a platform or ledger into names: ``记者 张三、李四 通讯员 王五``."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from reports.wording import line, short

#: Words that say what somebody did or is, beside the name of an author.
ROLES = frozenset({
    "文", "图", "摄", "摄影", "摄像", "图片", "文字", "图文", "文图", "视频", "作者", "撰文", "撰稿", "供稿", "供图",
    "拍摄", "剪辑", "配音", "出镜", "主播", "航拍", "海报", "制图", "设计", "策划", "整理", "采写", "记者", "通讯员",
    "特约记者", "实习记者", "见习记者", "全媒体记者", "融媒体记者", "本报记者", "本台记者", "首席记者", "实习生",
    "特约通讯员", "本报通讯员",
})  # fmt: skip
#: Those whose names are no authors' of a piece; they stand before the names.
NO_AUTHORS = frozenset({
    "编辑", "责编", "责任编辑", "本期编辑", "编审", "校对", "审核", "初审", "复审", "二审", "终审", "三审", "监制",
    "总监制", "审签", "签发", "来源", "值班编委", "值班主任",
})  # fmt: skip
_LONG = sorted((each for each in ROLES if len(each) > 2 or each == "记者"), key=len, reverse=True)
#: Signs of a name; more is a text that got into the column.
_LONGEST = 40
_ASIDE = re.compile(r"[（(【\[][^（()）】\]]*[)）】\]]")
_SEPARATOR = re.compile(r"[、,;/|&+:]")
_LATIN = re.compile(r"[A-Za-z]")


@lru_cache(maxsize=4_096)
def authors(text: str) -> tuple[str, ...]:
    """The authors in the order of their names, each once; empty where the line names none."""
    folded = _ASIDE.sub(" ", unicodedata.normalize("NFKC", line(text)))
    found: list[str] = []
    counted = True
    for part in _SEPARATOR.split(folded):
        for word in _words(part):
            if word in ROLES or word in NO_AUTHORS:
                counted = word in ROLES
                continue
            name = short(_name(word), _LONGEST)
            if counted and name and name not in found:
                found.append(name)
    return tuple(found)


def _words(part: str) -> list[str]:
    """Names are divided by blanks; a blank inside a name of two signs (``张 三``) or of Latin letters divides nothing."""
    words: list[str] = []
    for each in part.split():
        if words and (
            (len(words[-1]) == 1 and len(each) == 1)
            or (_LATIN.search(words[-1]) and _LATIN.search(each))
        ):
            joint = " " if _LATIN.search(each) else ""
            words[-1] += f"{joint}{each}"
        else:
            words.append(each)
    return words


def _name(word: str) -> str:
    """Without a role written onto its front (``本报记者张三``) and 等 at its end."""
    for role in _LONG:
        if word.startswith(role) and len(word) > len(role) + 1:
            return word.removeprefix(role)
    return word[:-1] if word.endswith("等") and len(word) > 2 else word if word != "等" else ""
