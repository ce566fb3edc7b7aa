"""A centre with its page, asked without a network; and its clock, which tests set."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.security import generate_password_hash
from werkzeug.test import TestResponse

from adapters.moments import SHANGHAI
from collector.web.server import create
from collector.web.site import Site
from storage.bulk import seconds
from storage.operations import people
from storage.operations.people import Person, Role

CONFIG = """
[centre]
name = "青禾县融媒体中心"

[[accounts]]
id = "douyin"
platform = "douyin"
name = "看青禾"
group = "短视频"
"""


@dataclass
class Clock:
    """The time that the page believes it is."""

    now: datetime = field(default_factory=lambda: datetime(2026, 10, 8, 9, 30, tzinfo=SHANGHAI))

    def __call__(self) -> datetime:
        return self.now

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)


class Browser(FlaskClient):
    """A browser that sends a form with the token of the page that it has open."""

    token = ""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        kwargs.setdefault("base_url", "http://127.0.0.1:8720")
        if kwargs.get("method") == "POST":
            kwargs["headers"] = {"Origin": kwargs["base_url"], **(kwargs.get("headers") or {})}
        if kwargs.get("method") == "POST" and kwargs.pop("with_token", True):
            kwargs["data"] = {**(kwargs.get("data") or {}), "csrf_token": self.token}
        answer = super().open(*args, **kwargs)
        if answer.mimetype == "text/html" and (
            found := re.search(r'csrf_token" value="([^"]+)"', answer.text)
        ):
            self.token = found[1]
        return answer


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def centre(tmp_path: Path, clock: Clock) -> Iterator[Site]:
    """The page of a centre on its own PC."""
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    made = Site(config_path=tmp_path / "config.toml", guarded=False, owner="小林", clock=clock)
    yield made
    made.close()


@pytest.fixture
def browser(centre: Site) -> FlaskClient:
    """A browser on the centre's own PC."""
    return browse(centre)


def browse(centre: Site, address: str = "") -> FlaskClient:
    """Another browser on the page of ``centre``."""
    app = create(centre, address)
    app.test_client_class = Browser
    return app.test_client()


PASSWORDS: dict[str, tuple[Role, str]] = {
    "李主任": ("主任", "kan-yi-kan-8"),
    "小林": ("编辑", "dao-ru-wen-jian"),
    "老周": ("管理员", "guan-li-yuan-1"),
}


@pytest.fixture
def office(tmp_path: Path, clock: Clock) -> Iterator[Site]:
    """The page of a centre that the whole office can reach."""
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    made = Site(config_path=tmp_path / "config.toml", guarded=True, clock=clock)
    with made.writing() as connection:
        for name, (role, password) in PASSWORDS.items():
            kept = generate_password_hash(password, method="scrypt:1024:8:1")
            people.put(
                connection,
                Person(
                    name=name, role=role, password=kept, added_at=seconds(clock()), added_by="老周"
                ),
            )
    yield made
    made.close()


def enter(browser: FlaskClient, name: str, password: str = "", **more: str) -> int:
    browser.get("/enter")
    data = {"name": name, "password": password or PASSWORDS[name][1], **more}
    return browser.post("/enter", data=data).status_code
