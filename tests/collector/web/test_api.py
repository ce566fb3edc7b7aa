"""``/api/v1`` and ``/metrics``: who may ask, what is answered about the example county, that it is what the OpenAPI document
says, and what is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator, FormatChecker
from werkzeug.test import TestResponse

from collector.app import App
from collector.cli import main
from collector.doors.api import openapi, periods, state
from collector.doors.api.endpoints import ENDPOINTS
from collector.web.server import create
from collector.web.site import Site
from storage.operations.attempts import Source
from tests.collector.web.conftest import Clock, browse, enter
from tests.conftest import LATER, ROOT

#: Address → the endpoint that answers it.
ASKED = {
    "/hits": "hits",
    "/hits?period=2026Q3&metric=views&per_page=3&page=2": "hits",
    "/hits?period=2026Q3&basis=gained": "hits",
    "/posts": "posts",
    "/posts?period=2026-09&order=views&way=asc&per_page=500": "posts",
    "/posts?q=云岭&account=douyin": "posts",
    "/posts/1/series": "series",
    "/posts/1/series?per_page=1": "series",
    "/summary": "summary",
    "/summary?period=2026Q3&basis=gained&as_of=2026-10-20": "summary",
    "/summary?period=2026Q3&basis=aged:7": "summary",
    "/summary?period=2019": "summary",
    "/coverage?period=2026": "coverage",
    "/status": "status",
}


@pytest.fixture(scope="module")
def asker(county: Path) -> Iterator[FlaskClient]:
    """A program on the PC of the example county."""
    site = Site(config_path=county / "config.toml", guarded=False, clock=lambda: LATER)
    yield create(site).test_client()
    site.close()


def ask(asker: FlaskClient, address: str, token: str = "", **headers: str) -> TestResponse:
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return asker.get(address, base_url="http://127.0.0.1:8720", headers=headers)


def data(asker: FlaskClient, address: str) -> Any:
    answer = ask(asker, f"/api/v1{address}")
    assert answer.status_code == 200, answer.text
    return json_of(answer)


def json_of(answer: TestResponse) -> Any:
    return json.loads(answer.text)


def validate(name: str, answer: Any) -> None:
    described = openapi.document()
    schema = {"$ref": f"#/components/schemas/{name}", "components": described["components"]}
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(answer)


# ── what the document says ──


def test_the_document_that_is_given_away_is_the_present_one(asker: FlaskClient) -> None:
    text = (ROOT / "docs" / "openapi.json").read_text("utf-8")
    assert text == openapi.text(), "python -m collector.doors.api.openapi > docs/openapi.json"
    assert data(asker, "/openapi.json") == json.loads(text)


def test_every_schema_is_one_and_every_reference_leads_somewhere() -> None:
    described = openapi.document()
    for schema in described["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    for name in re.findall(r'"#/([^"]+)"', openapi.text()):
        there: Any = described
        for part in name.split("/"):
            there = there[part]


def test_every_endpoint_is_asked_below() -> None:
    assert set(ASKED.values()) == {each.name for each in ENDPOINTS}


@pytest.mark.parametrize(("address", "name"), ASKED.items())
def test_answers_are_what_the_document_says(asker: FlaskClient, address: str, name: str) -> None:
    answer = data(asker, address)
    validate(f"{name.title()}Answer", answer)
    assert answer["basis"] and "gaps" in answer
    assert answer["as_of"].endswith("+08:00")


@pytest.mark.parametrize(
    ("address", "code", "part"),
    [
        ("/hits?period=上个季度", 400, "看不懂时间段"),
        ("/hits?period=2026Q3&period=2026Q2", 400, "写了两次"),
        ("/hits?basis=all", 400, "看不懂口径"),
        ("/hits?as_of=昨天", 400, "as_of"),
        ("/hits?metric=clicks", 400, "应是其中之一"),
        ("/hits?page=0", 400, "1 到 10000"),
        ("/hits?page=99999999999999999999", 400, "1 到 10000"),
        ("/hits?page=-1", 400, "1 到 10000"),
        ("/hits?page=１", 400, "1 到 10000"),
        ("/posts?page=10000", 400, "翻得太远"),
        ("/posts?per_page=501", 400, "1 到 500"),
        ("/posts?order=title;drop", 400, "应是其中之一"),
        (f"/posts?q={'字' * 101}", 400, "太长"),
        ("/posts?q=%00", 400, "看不见的字符"),
        ("/posts?account=%0d%0a", 400, "看不见的字符"),
        ("/posts?%ff=%fe", 400, "没有参数"),
        ("/posts?limit=5", 400, "没有参数“limit”"),
        ("/posts?token=abc", 400, "不能写在网址里"),
        ("/status?x=%0d%0aSet-Cookie:a=b", 400, "没有参数"),
        ("/posts/999999/series", 404, "没有这篇作品"),
        ("/posts/9999999999/series", 404, ""),
        ("/posts/../../config.toml", 404, ""),
        ("/posts/%2e%2e%2f%2e%2e%2fconfig.toml/series", 404, ""),
        ("/nothing", 404, ""),
        ("", 404, ""),
    ],
)
def test_what_cannot_be_answered_is_said_in_chinese(
    asker: FlaskClient, address: str, code: int, part: str
) -> None:
    answer = ask(asker, f"/api/v1{address}")
    assert answer.status_code == code, answer.text
    assert answer.mimetype == "application/problem+json"
    validate("Problem", json_of(answer))
    assert part in json_of(answer)["detail"]
    assert re.search("[一-龥]", json_of(answer)["detail"])
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("address", ["/api/v1/hits", "/metrics", "/api/v1/nothing"])
def test_nothing_but_reading(asker: FlaskClient, method: str, address: str) -> None:
    answer = asker.open(address, method=method, base_url="http://127.0.0.1:8720")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"
    assert answer.mimetype == "application/problem+json"


# ── what is answered ──


def test_pages_together_are_the_whole(asker: FlaskClient) -> None:
    for name in ("hits", "posts"):
        whole = data(asker, f"/{name}?period=2026Q3&per_page=500")
        assert whole["next_page"] is None
        found, page = [], 1
        while page is not None:
            part = data(asker, f"/{name}?period=2026Q3&per_page=40&page={page}")
            assert len(part[name]) <= 40
            found += part[name]
            page = part["next_page"]
        assert found == whole[name] and len(found) > 10


def test_an_answer_that_is_known_is_not_sent_again(asker: FlaskClient) -> None:
    for address in (*ASKED, "/openapi.json"):
        first = ask(asker, f"/api/v1{address}")
        again = ask(asker, f"/api/v1{address}", **{"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        other = ask(asker, f"/api/v1{address}", **{"If-None-Match": '"another"'})
        assert other.data == first.data
    assert first.headers["Cache-Control"] == "private, no-cache"


def test_what_is_missing_is_null(asker: FlaskClient) -> None:
    nothing = data(asker, "/summary?period=2019")
    views = nothing["total"]["views"]
    assert (views["value"], views["bound"], views["known"]) == (None, None, 0)
    assert nothing["gaps"] and all(each["lacking"] == "没有数据" for each in nothing["gaps"])
    posts = data(asker, "/posts?period=2026Q3&account=douyin")["posts"]
    assert posts and all(each["readers"] is None for each in posts)


def test_no_answer_leads_to_kept_bytes_or_folders(asker: FlaskClient, county: Path) -> None:
    told = "".join(ask(asker, f"/api/v1{address}").text for address in ASKED)
    told += ask(asker, "/metrics").text
    assert not any(word in told for word in (str(county), "sha256", "capture", "captures", "inbox"))
    assert '"file":"' in told


# ── who may ask ──


def token_of(office: Site, name: str, purpose: str = "数据") -> str:
    app = App(config_path=office.config_path, clock=office.clock)
    result = CliRunner().invoke(main, ["token", "add", name, "--for", purpose], obj=app)
    assert result.exit_code == 0, result.output
    return result.stdout.strip()


def tokens_said(office: Site, *arguments: str) -> str:
    app = App(config_path=office.config_path, clock=office.clock)
    result = CliRunner().invoke(main, ["token", *arguments], obj=app)
    return result.output


def test_a_token_opens_what_it_is_for_and_nothing_else(office: Site) -> None:
    told, watched = token_of(office, "大屏"), token_of(office, "监控机", "监控")
    program = create(office).test_client()
    assert ask(program, "/api/v1/status", told).status_code == 200
    assert ask(program, "/metrics", watched).status_code == 200
    for address, token in (
        ("/api/v1/status", watched),
        ("/metrics", told),
        ("/api/v1/status", ""),
        ("/metrics", ""),
        ("/api/v1/nothing", ""),
        ("/api/v1/status", told[:-1]),
        ("/api/v1/status", "x" * 5_000),
    ):
        answer = ask(program, address, token)
        assert answer.status_code == 401, address
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        validate("Problem", json_of(answer))
    basic = ask(program, "/api/v1/status", Authorization=f"Basic {told}")
    assert basic.status_code == 401
    for page in ("/", "/posts/", "/settings/", "/screen", f"/screen?token={told}"):
        assert ask(program, page, told).status_code == 302, "no page by a token"


def test_no_session_counts(office: Site) -> None:
    browser = browse(office)
    enter(browser, "老周")
    assert browser.get("/posts/").status_code == 200
    assert browser.get("/api/v1/status").status_code == 401


def test_a_token_is_stored_as_a_hash_and_its_use_is_noted(office: Site, clock: Clock) -> None:
    token = token_of(office, "大屏")
    assert "还没有用过" in tokens_said(office, "list") and token not in tokens_said(office, "list")
    program = create(office).test_client()
    assert ask(program, "/api/v1/status", token).status_code == 200
    assert f"最近 {clock.now:%Y-%m-%d %H:%M} 用过" in tokens_said(office, "list")
    assert "已有令牌" in tokens_said(office, "add", "大屏")
    office.close()
    kept = b"".join(each.read_bytes() for each in office.folder.rglob("*.db*"))
    assert token.encode() not in kept
    assert "已收回" in tokens_said(office, "remove", "大屏", "--yes")
    assert ask(program, "/api/v1/status", token).status_code == 401
    assert "没有“大屏”" in tokens_said(office, "remove", "大屏", "--yes")


def test_who_asks_too_often_waits(
    office: Site, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.web.programs.A_MINUTE", 3)
    eager, other = token_of(office, "甲"), token_of(office, "乙")
    program = create(office).test_client()
    codes = [ask(program, "/api/v1/status", eager).status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    assert ask(program, "/api/v1/status", eager).headers["Retry-After"] == "60"
    assert ask(program, "/api/v1/status", other).status_code == 200
    clock.later(minutes=1)
    assert ask(program, "/api/v1/status", eager).status_code == 200


def test_on_the_own_pc_a_wrong_token_is_said(centre: Site) -> None:
    program = create(centre).test_client()
    assert ask(program, "/api/v1/status").status_code == 200
    assert ask(program, "/api/v1/status", "wrong").status_code == 401


def test_another_site_is_told_nothing(asker: FlaskClient) -> None:
    answer = ask(asker, "/api/v1/status", Origin="https://evil.example")
    assert "Access-Control-Allow-Origin" not in answer.headers
    stranger = asker.get("/api/v1/status", base_url="http://evil.example")
    assert stranger.status_code == 421
    assert stranger.mimetype == "application/problem+json"


def test_without_data_it_is_said(centre: Site) -> None:
    program = create(centre).test_client()
    answer = ask(program, "/api/v1/hits")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert "还没有任何作品" in json_of(answer)["detail"]
    validate("StatusAnswer", json_of(ask(program, "/api/v1/status")))
    assert json_of(ask(program, "/api/v1/hits?period=2026Q3"))["hits"] == []


def test_before_there_is_a_centre(tmp_path: Path) -> None:
    site = Site(config_path=tmp_path / "config.toml", guarded=False)
    answer = ask(create(site).test_client(), "/api/v1/status")
    assert answer.status_code == 503
    validate("Problem", json_of(answer))
    site.close()


@pytest.mark.parametrize(
    "address",
    [
        "/metrics/",
        "/METRICS",
        "/api",
        "/API/v1/status",
        "/api/v1/status/",
        "/api%2Fv1/status",
        "//api/v1/status",
        "/./api/v1/status",
        "/api/v2/status",
        "/static/../api/v1/status",
    ],
)
def test_no_other_way_of_writing_an_address_leads_past_the_token(
    office: Site, address: str
) -> None:
    browser = browse(office)
    for _ in range(2):
        answer = browser.get(address)
        assert answer.status_code in (302, 308, 401, 404), address
        assert "baokuan_" not in answer.text and "as_of" not in answer.text
        enter(browser, "老周")


def test_the_head_of_an_answer(asker: FlaskClient) -> None:
    whole = ask(asker, "/api/v1/summary")
    head = asker.head("/api/v1/summary", base_url="http://127.0.0.1:8720")
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == whole.headers["ETag"]


def test_while_periods_are_made_the_page_goes_on(
    asker: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collector.doors.api.periods._room", BoundedSemaphore(1))
    assert ask(asker, "/api/v1/summary").status_code == 200
    periods._room.acquire()
    answer = ask(asker, "/api/v1/summary")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    validate("Problem", json_of(answer))
    assert ask(asker, "/api/v1/status").status_code == 200
    assert ask(asker, "/posts/").status_code == 200


# ── for Prometheus ──

_SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\\n]|\\.)*",?)+)\})? (-?\d+)')


def test_metrics_are_in_the_text_format(asker: FlaskClient) -> None:
    answer = ask(asker, "/metrics")
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.text.endswith("\n")
    kinds: dict[str, str] = {}
    samples: dict[tuple[str, str], int] = {}
    for line in answer.text.splitlines():
        if line.startswith("# HELP "):
            continue
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in kinds
            kinds[name] = kind
            continue
        found = _SAMPLE.fullmatch(line)
        assert found is not None, line
        assert found[1] in kinds
        assert (found[1], found[2] or "") not in samples, line
        samples[found[1], found[2] or ""] = int(found[3])
    assert all(kind in ("gauge", "counter") for kind in kinds.values())
    assert all((kind == "counter") == name.endswith("_total") for name, kind in kinds.items())
    assert samples["baokuan_posts", ""] == data(asker, "/status")["posts"] > 287
    assert samples["baokuan_runs_total", ""] == 1
    assert samples["baokuan_source_age_seconds", 'account="douyin",kind="file",source=""'] == 0
    assert samples["baokuan_queue", 'what="uploads"'] == 0
    assert "baokuan_service_seen_timestamp_seconds" not in kinds  # never started: not 0


def test_labels_are_escaped() -> None:
    source = Source(account='a"b\\c\nd', source="文件", kind="file", good_at=1)
    (labels,) = state._by_source([source])
    *_, line = state._lines("baokuan_x", "gauge", "一\\二\n三", {labels: 5})
    assert line == r'baokuan_x{account="a\"b\\c\nd",kind="file",source=""} 5'
    assert _SAMPLE.fullmatch(line)


def test_a_source_grows_old(county: Path) -> None:
    later = LATER + timedelta(days=3)
    site = Site(config_path=county / "config.toml", guarded=False, clock=lambda: later)
    told = ask(create(site).test_client(), "/metrics").text
    site.close()
    line = 'baokuan_source_age_seconds{account="douyin",kind="file",source=""} 259200'
    assert line in told.splitlines()
