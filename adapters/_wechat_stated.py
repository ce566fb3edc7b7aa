"""What a saved WeChat page states about its article, in whichever place its type of page puts it (docs/platforms.md §2.3)."""

from __future__ import annotations

from adapters._wechat_script import Values, assigned, in_scripts, object_at, plain_text, scripts


class Stated:
    """What a page states: its ``cgiDataNew``, else the assignments of its scripts (older pages; pages cut down
    to some lines, whose scripts have lost their tags)."""

    def __init__(self, html: str) -> None:
        found = (object_at(html, at, "cgiDataNew") for at in in_scripts(html, "cgiDataNew"))
        self.values: Values = next((each for each in found if each and "svr_time" in each), {})
        code = "" if {"mid", "idx"} <= self.values.keys() else scripts(html)
        self.code = code if self.values or assigned(code, "ct") else html

    def text(self, name: str, variable: str = "") -> str:
        """The text under ``name``, else of the script's ``variable``; empty where nothing is said."""
        value = self.values.get(name)
        if not isinstance(value, str) or not value:
            value = assigned(self.code, variable or name, as_key=name == "svr_time")
        return plain_text(value)

    def bar(self) -> Values:
        """``appmsg_bar_data``: the figures, empty for whoever is not logged in."""
        if self.values:
            user = self.values.get("user_info")
            bar = user.get("appmsg_bar_data") if isinstance(user, dict) else None
            return bar if isinstance(bar, dict) else {}
        at = self.code.find("appmsg_bar_data")
        while at >= 0:
            bar = object_at(self.code, at, "appmsg_bar_data")
            if bar and "get_data_succ" in bar:
                return bar
            at = self.code.find("appmsg_bar_data", at + 1)
        return {}

    def copyright(self) -> str:
        info = self.values.get("copyright_info")
        return str(info.get("copyright_stat", "")) if isinstance(info, dict) else ""
