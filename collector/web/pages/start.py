"""The start: a folder without config.toml becomes a centre."""

from __future__ import annotations

from flask import Blueprint, Response

from collector.web.showing import page

PAGE = Blueprint("start", __name__, url_prefix="/start")


@PAGE.get("/")
def show() -> Response | str:
    return page("start.html")
