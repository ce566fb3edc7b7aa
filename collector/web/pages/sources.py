"""来源: each source, since when it fails, what was answered."""

from __future__ import annotations

from flask import Blueprint, Response

from collector.web.showing import page

PAGE = Blueprint("sources", __name__, url_prefix="/sources")


@PAGE.get("/")
def show() -> Response | str:
    return page("sources.html")
