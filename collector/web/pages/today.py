"""今天: hits since Monday, what came in last, what is still to be fetched this week, what failed and what to do."""

from __future__ import annotations

from flask import Blueprint, Response

from collector.web.showing import page

PAGE = Blueprint("today", __name__)


@PAGE.get("/")
def show() -> Response | str:
    return page("today.html")
