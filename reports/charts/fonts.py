"""The fonts of charts: Chinese is drawn on machines without Chinese fonts, and nothing is written to anybody's home."""

from __future__ import annotations

import os
import unicodedata
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from reports.documents.writing import DocumentError

#: Where Chinese fonts lie, tried in this order where the package's own is missing.
_SYSTEM = (
    "C:/Windows/Fonts/simhei.ttf",
    "C:/Windows/Fonts/Deng.ttf",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/System/Library/Fonts/STHeiti Light.ttc",
)
_MISSING = (
    "画图表要用的中文字体找不到：软件包 pylopdf-fonts-zh-cn 里没有，系统里也没有。"
    "请重新安装本程序的依赖，或在系统里安装黑体或思源黑体"
)
#: Matplotlib's own font: Arabic, Hebrew and some signs that a Chinese font lacks.
_BESIDE = "DejaVu Sans"


class FontMissing(DocumentError):
    """No font on this machine has Chinese: says what to do, in Chinese."""


def chinese() -> Path:
    """A font file that has Chinese: the package's, else the system's. Raises FontMissing."""
    import pylopdf_fonts_zh_cn

    for path in (pylopdf_fonts_zh_cn.sans_path(), *map(Path, _SYSTEM)):
        if path.is_file():
            return path
    raise FontMissing(_MISSING)


@cache
def families() -> tuple[str, ...]:
    """The families to draw with, known to matplotlib afterwards. Raises FontMissing."""
    manager = _manager()
    manager.addfont(chinese())
    return manager.ttflist[-1].name, _BESIDE


def drawable(text: str) -> str:
    """``text`` as charts can draw it: on one line, without invisible signs and without pictures that no font here
    has; □ stands for a letter that none has."""
    shown = "".join(_drawn(each) for each in text)
    return " ".join(shown.split())


def _drawn(sign: str) -> str:
    category = unicodedata.category(sign)
    if sign.isspace() or category == "Cc":
        return " "
    if category == "Cf" or unicodedata.name(sign, "").startswith("VARIATION SELECTOR"):
        return ""
    if ord(sign) in _signs():
        return sign
    return "□" if category[0] in "LN" else ""


@cache
def _signs() -> frozenset[int]:
    """Code points that one of the families has."""
    from matplotlib.font_manager import FontProperties, get_font

    known: set[int] = set()
    for family in families():
        path = _manager().findfont(FontProperties(family=family), fallback_to_default=False)
        known.update(get_font([path]).get_charmap())
    return frozenset(known)


@cache
def _manager() -> Any:
    """Matplotlib's fonts, loaded without a search through the system's fonts (seconds on Windows) and without a
    cache file: a service account may have no home that can be written."""
    wanted = {"MPL_IGNORE_SYSTEM_FONTS": "1"}
    with TemporaryDirectory(prefix="baokuan-") as folder:
        wanted["MPLCONFIGDIR"] = folder
        before = {name: os.environ.get(name) for name in wanted}
        os.environ.update(wanted)
        try:
            from matplotlib.font_manager import fontManager
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value
    return fontManager
