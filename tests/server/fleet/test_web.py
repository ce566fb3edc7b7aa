"""The page of a province: its staff see the fleet, each centre's people their own centre alone, whatever they ask for."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

import pytest
from sqlalchemy import URL, Text
from werkzeug.security import generate_password_hash
from werkzeug.test import Client, TestResponse

from collector.config.web import WebConfig
from collector.fleet.province import Province, load
from collector.fleet.summarising import summarise
from collector.fleet.web import Houses, houses
from collector.run import collect
from collector.web.server import NoPeople
from storage import schema
from storage.bulk import seconds
from storage.database import open_database, writing
from storage.operations import people, tokens
from storage.operations.people import Person, Role
from tests.server.fleet.build import NOW, drop, rows, write_province
from tests.storage.conftest import administered

HOST = "http://10.1.2.3:8730"
GUARDED = WebConfig(listen="0.0.0.0:8730")
#: Stands in every text of qingshi's tables.
MARK = "青石暗记"
SOON = NOW + timedelta(hours=1)


@dataclass
class Browser:
    """A browser with its cookies, as browsers send them: by their path."""

    app: Houses
    cookies: dict[tuple[str, str], str] = field(default_factory=dict)
    token: str = ""

    def ask(self, path: str, data: Mapping[str, str] | None = None, **more: Any) -> TestResponse:
        headers = dict(more.pop("headers", {}))
        sent = [f"{n}={v}" for (n, at), v in self.cookies.items() if _goes(urlsplit(path).path, at)]
        if sent:
            headers.setdefault("Cookie", "; ".join(sent))
        if data is not None:
            headers.setdefault("Origin", HOST)
            more.update(method="POST", data={**data, "csrf_token": self.token})
        more.setdefault("base_url", HOST)
        more.setdefault("buffered", True)
        answer = Client(self.app, use_cookies=False).open(path, headers=headers, **more)
        for each in answer.headers.getlist("Set-Cookie"):
            pair, *about = each.split("; ")
            name, _, value = pair.partition("=")
            at = next((part[5:] for part in about if part.startswith("Path=")), "/")
            self.cookies[name, at] = value
        if answer.mimetype == "text/html" and (
            found := re.search(r'csrf_token" value="([^"]+)"', answer.text)
        ):
            self.token = found[1]
        return answer

    def enter(self, root: str, name: str, password: str = "") -> int:
        self.ask(f"{root}/enter")
        return self.ask(
            f"{root}/enter", {"name": name, "password": password or PASSWORD}
        ).status_code


def _goes(path: str, at: str) -> bool:
    """Whether a browser sends a cookie of a path (RFC 6265, 5.1.4)."""
    return path == at or path.startswith(at if at.endswith("/") else f"{at}/")


PASSWORD = "mi-ma-mi-ma-1"


def put(url: str, name: str, role: Role) -> None:
    engine = open_database(url)
    kept = generate_password_hash(PASSWORD, method="scrypt:1024:8:1")
    with writing(engine) as connection:
        people.put(
            connection,
            Person(name=name, role=role, password=kept, added_at=seconds(NOW), added_by="test"),
        )
    engine.dispose()


@pytest.fixture(scope="session")
def filled(bare: URL, template: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """Both centres with data, people of the same names, and a mark in every text of qingshi's: a database, a folder."""
    with administered(bare) as connection:
        connection.exec_driver_sql(f"CREATE DATABASE filled TEMPLATE {template}")
    folder = tmp_path_factory.mktemp("filled")
    province = load(write_province(folder, bare.set(database="filled")))
    for key, views in (("yunling", [150_000, 7]), ("qingshi", [120_000, 3])):
        drop(province, key, views)
        text = (province.folder / f"{key}.toml").read_text("utf-8")
        config = province.centre(key, text)
        engine = open_database(config.database_url)
        collect(engine, config, now=NOW, occasion="service", pages=False)
        engine.dispose()
        put(config.database_url, "小林", "编辑")
        put(config.database_url, "老周", "管理员")
        made = summarise(text, province.place(key), province.home(key), key, ["2026Q4", "2026Q3"], "published", SOON)  # fmt: skip
        assert made == ""
    put(province.url, "省里人", "主任")
    mark(province)
    return "filled", folder


def copied(bare: URL, filled: tuple[str, Path], folder: Path) -> Province:
    """A province of its own like the one that was filled."""
    template, source = filled
    name = f"p{uuid4().hex}"
    with administered(bare) as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    shutil.copytree(source, folder, dirs_exist_ok=True)
    return load(write_province(folder, bare.set(database=name)))


@pytest.fixture(scope="module")
def there(bare: URL, filled: tuple[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Province:  # fmt: skip
    """For tests that change no table."""
    return copied(bare, filled, tmp_path_factory.mktemp("there"))


@pytest.fixture
def own(bare: URL, filled: tuple[str, Path], tmp_path: Path) -> Province:
    """For a test that does."""
    return copied(bare, filled, tmp_path)


def mark(province: Province) -> None:
    """What a person may read in qingshi's tables gets the mark: titles, names, notes, whatever is text."""
    engine = open_database(province.home("qingshi").url)
    keep = {
        ("account", "key"), ("account", "platform"), ("post", "kind"), ("post", "state"), ("person", "role"),
        ("person", "password"), ("person", "name"), ("attempt", "outcome"), ("attempt", "kind"), ("capture", "path"),
        ("alembic_version", "version_num"), ("attempt", "notes"), ("attempt", "adapter"), ("attempt", "observed_from"),
        ("run", "occasion"), ("hit", "metric"),
    }  # fmt: skip
    with writing(engine) as connection:
        for table in schema.metadata.sorted_tables:
            for column in table.columns:
                if (
                    isinstance(column.type, Text)
                    and not column.foreign_keys
                    and not column.primary_key
                    and (table.name, column.name) not in keep
                ):
                    nested = connection.begin_nested()
                    try:
                        quoted = f'"{column.name}"'
                        connection.exec_driver_sql(
                            f"UPDATE \"{table.name}\" SET {quoted} = {quoted} || '{MARK}' WHERE {quoted} IS NOT NULL"
                        )
                        nested.commit()
                    except Exception:  # a column that a check limits holds no words of people
                        nested.rollback()
    engine.dispose()
    assert rows(
        province.home("qingshi").url, f"SELECT count(*) FROM post WHERE strpos(title, '{MARK}') > 0"
    ) == [(2,)]


def opened(province: Province) -> Houses:
    return houses(province, GUARDED, lambda: SOON, lambda: 0.0)


@pytest.fixture(scope="module")
def app(there: Province) -> Iterator[Houses]:
    made = opened(there)
    yield made
    made.close()


@pytest.fixture
def own_app(own: Province) -> Iterator[Houses]:
    made = opened(own)
    yield made
    made.close()


def editor_of(app: Houses) -> Browser:
    """An editor of yunling, signed in there."""
    made = Browser(app)
    assert made.enter("/c/yunling", "小林") == 302
    return made


@pytest.fixture
def editor(app: Houses) -> Browser:
    return editor_of(app)


def crawl(browser: Browser, start: str, most: int = 400) -> dict[str, TestResponse]:
    """Every address that pages below ``start`` lead to on this host."""
    found: dict[str, TestResponse] = {}
    waiting = [start]
    while waiting and len(found) < most:
        path = waiting.pop()
        if path in found:
            continue
        found[path] = answer = browser.ask(path)
        links = (
            re.findall(r'(?:href|src|action|data-\w+)="([^"#]+)"', answer.text)
            if answer.mimetype == "text/html"
            else []
        )
        links += [answer.headers["Location"]] if "Location" in answer.headers else []
        for each in links:
            to = urlsplit(urljoin(f"{HOST}{path}", unescape(each)))
            if to.netloc == urlsplit(HOST).netloc and to.path.startswith("/"):
                waiting.append(to.path + (f"?{to.query}" if to.query else ""))
    return found


def unpacked(data: bytes) -> bytes:
    """What a file says, also one that is packed."""
    if not data.startswith(b"PK"):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return b"".join(archive.read(each) for each in archive.namelist())


# ── what is shown to whom ──


def test_the_staff_sees_the_fleet(app: Houses) -> None:
    staff = Browser(app)
    assert staff.ask("/").headers["Location"] == "/enter?to=/"
    assert staff.enter("", "省里人") == 302
    page = staff.ask("/").text
    for words in (
        "云山省",
        "云岭县融媒体中心",
        "青石县融媒体中心",
        "没有机器在干活",
        'href="/c/yunling/"',
    ):
        assert words in page, words
    assert "2 个中心中 2 个有数据" in page
    assert "150007" in page
    took = staff.ask("/report/2026Q4.json")
    assert json.loads(took.data)["province"] == "云山省"
    assert "attachment" in took.headers["Content-Disposition"]
    assert staff.ask("/report/2026Q4.exe").status_code == 404
    assert staff.ask("/report/nichts.md").status_code == 404


def test_the_staff_reads_a_centre_and_changes_nothing(app: Houses) -> None:
    staff = Browser(app)
    staff.enter("", "省里人")
    page = staff.ask("/c/yunling/")
    assert page.status_code == 200
    assert "云岭县融媒体中心" in page.text
    assert "省里人（全省）" in page.text
    staff.ask("/c/yunling/check/")
    for path in ("posts/1/tag", "import/take", "settings/people", "import/run"):
        assert staff.ask(f"/c/yunling/{path}", {"tag": "x", "number": "1"}).status_code in (
            403,
            404,
        ), path


def test_a_centre_page_is_its_own(app: Houses, editor: Browser) -> None:
    page = editor.ask("/c/yunling/posts/").text
    assert "作品0" in page
    assert MARK not in page
    assert (
        editor.ask("/c/yunling").headers["Location"].endswith("/c/yunling/")
        or editor.ask("/c/yunling").status_code == 302
    )
    names = {(name, at) for name, at in editor.cookies}
    assert ("baokuan_c_yunling", "/c/yunling/") in names
    assert all(at.startswith("/c/yunling/") for _, at in names)


def test_a_crawl_of_one_centre_never_shows_another(app: Houses, editor: Browser) -> None:
    found = crawl(editor, "/c/yunling/")
    inside = {
        path
        for path, answer in found.items()
        if answer.status_code == 200 and path.startswith("/c/yunling/")
    }
    assert len(inside) > 30, sorted(found)
    for path, answer in found.items():
        assert answer.status_code < 500, path
        for secret in (MARK, "青石", "qingshi"):
            assert secret.encode() not in unpacked(answer.data), (path, secret)
    assert not [
        path for path in found if not path.startswith("/c/yunling")
    ]  # no way leads out of it


def test_a_stranger_is_shown_nothing(app: Houses) -> None:
    for start in ("/", "/c/yunling/", "/c/qingshi/"):
        for path, answer in crawl(Browser(app), start).items():
            assert answer.status_code < 500, path
            for secret in (MARK, "作品0", "看云岭"):
                assert secret.encode() not in answer.data, (path, secret)


# ── hostile requests ──


def test_a_cookie_of_one_centre_opens_no_other(app: Houses, editor: Browser) -> None:
    own = editor.cookies["baokuan_c_yunling", "/c/yunling/"]
    for name in ("baokuan_c_yunling", "baokuan_c_qingshi", "baokuan", "session", "baokuan_browser"):
        for path in ("/c/qingshi/", "/c/qingshi/posts/", "/c/qingshi/reports/", "/"):
            answer = Browser(app).ask(path, headers={"Cookie": f"{name}={own}"})
            assert answer.status_code == 302, (name, path)
            assert "enter" in answer.headers["Location"]


PATHS = (
    "/c/yunling/../qingshi/", "/c/yunling/..%2fqingshi/", "/c/yunling/%2e%2e/qingshi/posts/", "/c/yunling//c/qingshi/",
    "/c/yunling/c/qingshi/posts/", "/c//qingshi/", "//c/qingshi/posts/", "/c/./qingshi/", "/C/qingshi/posts/", "/c/QINGSHI/",
    "/c/qingshi%00/", "/c/yunling%2f..%2fqingshi/", "/c/yunling\\..\\qingshi/", "/c/yunling/static/../../qingshi/posts/",
    "/c/yunling/static/..%2f..%2f..%2fcentres/qingshi/data/web/session.key", "/c/yunling;/c/qingshi/", "/c/qingshi/%0d%0aX:1",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_no_path_leads_into_another_centre(app: Houses, editor: Browser, path: str) -> None:
    own = "; ".join(f"{name}={value}" for (name, _), value in editor.cookies.items())
    answer = editor.ask(path, headers={"Cookie": own})
    assert answer.status_code in (302, 308, 404, 400), answer.status_code
    assert MARK not in answer.text
    if "Location" in answer.headers:
        to = urlsplit(urljoin(f"{HOST}{path}", answer.headers["Location"])).path
        again = editor.ask(to, headers={"Cookie": own})
        assert MARK not in again.text


def test_ids_of_another_centre_are_not_there(own_app: Houses, own: Province) -> None:
    """Numbers are each centre's own: what only the other has is not there."""
    editor = editor_of(own_app)
    drop(own, "qingshi", list(range(30)), "many 作品.csv")
    config = own.centre("qingshi", (own.folder / "qingshi.toml").read_text("utf-8"))
    engine = open_database(config.database_url)
    collect(engine, config, now=NOW, occasion="service", pages=False)
    engine.dispose()
    for number in range(3, 25):
        for path in ("posts/{}", "originals/{}/", "originals/{}/bytes", "posts/{}/growth"):
            answer = editor.ask(f"/c/yunling/{path.format(number)}")
            assert answer.status_code == 404, (path, number)
    editor.ask("/c/yunling/posts/1/")
    for path in ("posts/20/tag", "posts/20/correct", "import/take", "import/withdraw/20"):
        editor.ask(
            f"/c/yunling/{path}",
            {"tag": "偷", "number": "1", "metric": "views", "value": "9", "reason": "偷"},
        )
    for table in ("tag", "change", "upload"):
        assert rows(own.home("qingshi").url, f"SELECT count(*) FROM {table}") == [(0,)], table


def test_a_form_of_one_centre_is_none_of_another(app: Houses, editor: Browser) -> None:
    token = editor.token
    other = Browser(app)
    other.enter("/c/qingshi", "小林")
    other.token = token
    editor.ask("/c/yunling/posts/1")
    assert (
        other.ask("/c/qingshi/posts/1/tag", {"tag": "偷"}).status_code != 302
        or "resume" in other.ask("/c/qingshi/posts/1/tag", {"tag": "偷"}).text
    )


def test_a_token_of_one_centre_opens_no_other(app: Houses, there: Province) -> None:
    made = {}
    for key in ("yunling", "qingshi"):
        engine = open_database(there.home(key).url)
        with writing(engine) as connection:
            made[key] = tokens.add(connection, "大屏", "data", at=seconds(NOW), by="test")
            made[f"{key} wall"] = tokens.add(connection, "墙", "screen", at=seconds(NOW), by="test")
        engine.dispose()
    asker = Browser(app)
    header = {"Authorization": f"Bearer {made['yunling']}"}
    assert asker.ask("/c/yunling/api/v1/hits?period=2026Q4", headers=header).status_code == 200
    for path in (
        "/c/qingshi/api/v1/hits",
        "/c/qingshi/api/v1/posts",
        "/c/qingshi/metrics",
        "/api/v1/hits",
        "/metrics",
    ):
        answer = asker.ask(path, headers=header)
        assert answer.status_code == 401, path
        assert MARK not in answer.text
    spoken = json.loads(asker.ask("/c/yunling/api/v1/openapi.json", headers=header).data)
    assert spoken["servers"] == [{"url": "/c/yunling/api/v1"}]
    for key in ("yunling", "qingshi"):
        wall = made[f"{key} wall"]
        other = {"yunling": "qingshi", "qingshi": "yunling"}[key]
        assert asker.ask(f"/c/{key}/screen/?token={wall}").status_code == 200
        assert asker.ask(f"/c/{other}/screen/?token={wall}").status_code == 302


@pytest.mark.parametrize("host", ["evil.example.cn", "10.1.2.3.evil.cn", "qingshi", ""])
def test_another_host_is_not_answered(app: Houses, editor: Browser, host: str) -> None:
    for path in ("/", "/c/yunling/"):
        answer = editor.ask(path, headers={"Host": host} if host else {"Host": "a b"})
        assert answer.status_code in (400, 421), (host, path)
        assert "作品0" not in answer.text


def test_who_asks_is_not_told_by_headers(app: Houses) -> None:
    told = {
        "X-Forwarded-Prefix": "/c/qingshi", "X-Script-Name": "/c/qingshi", "X-Original-URL": "/c/qingshi/posts/",
        "X-Forwarded-For": "127.0.0.1", "X-Forwarded-User": "老周", "Remote-User": "老周",
    }  # fmt: skip
    answer = Browser(app).ask("/c/yunling/posts/", headers=told)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/c/yunling/enter")


@pytest.mark.parametrize(
    "to",
    [
        "//evil.cn",
        "/c/qingshi/",
        "/",
        "/c/yunling/../qingshi/",
        "/c/yunling/%2e%2e/qingshi/",
        "https://evil.cn/",
        "/c/yunling//evil.cn",
    ],
)
def test_signing_in_leads_nowhere_else(app: Houses, to: str) -> None:
    browser = Browser(app)
    browser.ask("/c/yunling/enter")
    answer = browser.ask("/c/yunling/enter", {"name": "小林", "password": PASSWORD, "to": to})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/c/yunling/")


def test_a_session_that_was_planted_is_not_signed_in_by_its_victim(app: Houses) -> None:
    thief = Browser(app)
    thief.ask("/c/yunling/enter")
    planted = dict(thief.cookies)
    victim = Browser(app, dict(planted))
    victim.ask("/c/yunling/enter")
    victim.enter("/c/yunling", "小林")
    thief.cookies = planted
    assert thief.ask("/c/yunling/posts/").status_code == 302


def test_the_staff_taken_away_reads_no_centre_any_more(own_app: Houses, own: Province) -> None:
    app, there = own_app, own
    staff = Browser(app)
    staff.enter("", "省里人")
    assert staff.ask("/c/qingshi/").status_code == 200
    engine = open_database(there.url)
    with writing(engine) as connection:
        people.remove(connection, "省里人")
    engine.dispose()
    assert staff.ask("/c/qingshi/").status_code == 302
    assert staff.ask("/").status_code == 302


def test_the_people_of_a_centre_are_none_of_the_province(app: Houses) -> None:
    for name in ("小林", "老周"):
        assert Browser(app).enter("", name) == 403
    assert Browser(app).enter("/c/qingshi", "省里人") == 403


def test_who_has_left_the_province_has_no_page(own_app: Houses, own: Province) -> None:
    app, there, editor = own_app, own, editor_of(own_app)
    assert editor.ask("/c/yunling/").status_code == 200
    engine = open_database(there.url)
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE centre SET left_at = 1 WHERE key = 'yunling'")
    engine.dispose()
    assert (
        editor.ask("/c/yunling/posts/").status_code == 302
    )  # the province's own page asks who it is
    assert "yunling" not in app.open


def test_files_handed_in_lie_in_the_own_folder(
    app: Houses, editor: Browser, there: Province
) -> None:
    editor.ask("/c/yunling/import/")
    answer = Client(app, use_cookies=False).open(
        "/c/yunling/import/files", method="POST", base_url=HOST,
        headers={"Cookie": "; ".join(f"{n}={v}" for (n, _), v in editor.cookies.items()), "Origin": HOST},
        data={"csrf_token": editor.token, "file": (io.BytesIO(b"x,y\n1,2\n"), "../../qingshi/inbox/a.csv")},
    )  # fmt: skip
    assert answer.status_code in (302, 422)
    assert not list((there.place("qingshi").parent).rglob("a.csv"))
    assert rows(there.home("qingshi").url, "SELECT count(*) FROM upload") == [(0,)]


# ── the server ──


def test_nothing_answers_beyond_this_pc_without_people(province: Province) -> None:
    with pytest.raises(NoPeople):
        houses(province, GUARDED, lambda: NOW, lambda: 0.0)
    with pytest.raises(NoPeople):
        houses(province, WebConfig(address="https://bk.example.cn"), lambda: NOW, lambda: 0.0)
    made = houses(province, WebConfig(), lambda: NOW, lambda: 0.0, "值班")
    assert Browser(made).ask("/", base_url="http://127.0.0.1:8730").status_code == 200
    assert Browser(made).ask("/", base_url="http://10.1.2.3:8730").status_code == 421
    made.close()


def test_pages_nobody_asks_for_are_let_go_and_connections_with_them(there: Province) -> None:
    time = [0.0]
    made = houses(there, GUARDED, lambda: SOON, lambda: time[0])
    staff = Browser(made)
    staff.enter("", "省里人")
    for key in ("yunling", "qingshi"):
        assert staff.ask(f"/c/{key}/posts/").status_code == 200
    assert {*made.open} == {"yunling", "qingshi"}
    here = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    assert rows(there.url, here)[0][0] <= 1 + 8  # this one, and a few of the province's own
    time[0] = 3_600.0
    staff.ask("/c/yunling/")
    assert {*made.open} == {"yunling"}
    made.close()


def test_a_config_that_was_changed_counts_at_once(own_app: Houses, own: Province) -> None:
    there, editor = own, editor_of(own_app)
    engine = open_database(there.url)
    with writing(engine) as connection:
        connection.exec_driver_sql(
            "UPDATE centre SET config = replace(config, '云岭县融媒体中心', '新云岭中心') WHERE key = 'yunling'"
        )
    engine.dispose()
    assert "新云岭中心" in editor.ask("/c/yunling/").text
