"""Who may enter the page, as what; and that a session's end loses nothing that was typed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from collector.web.site import Site
from storage.operations import people
from tests.collector.web.conftest import CONFIG, Clock, browse, enter


def test_on_the_own_pc_nobody_is_asked(browser: FlaskClient) -> None:
    assert browser.get("/").status_code == 200


@pytest.mark.parametrize("page", ["/", "/settings/", "/sources/"])
def test_beyond_it_everybody_is(office: Site, page: str) -> None:
    answer = browse(office).get(page)
    assert answer.status_code == 302
    assert answer.location.startswith("/enter?to=")


def test_a_password_opens_the_page_it_was_asked_for(office: Site) -> None:
    browser = browse(office)
    browser.get("/enter?to=/settings/")
    answer = browser.post(
        "/enter", data={"name": "小林", "password": "dao-ru-wen-jian", "to": "/settings/"}
    )
    assert answer.location == "/settings/"
    assert "小林（编辑）" in browser.get("/settings/").text


@pytest.mark.parametrize(
    "to", ["//evil.example/x", "https://evil.example", "/\\evil.example", "javascript:1"]
)
def test_no_address_leads_out(office: Site, to: str) -> None:
    browser = browse(office)
    browser.get("/enter")
    data = {"name": "小林", "password": "dao-ru-wen-jian", "to": to}
    assert browser.post("/enter", data=data).location == "/"


def test_cookies_are_for_this_page_alone(office: Site) -> None:
    browser = browse(office, "https://bk.example.cn")
    browser.get("/enter", base_url="https://bk.example.cn")
    data = {"name": "小林", "password": "dao-ru-wen-jian"}
    cookie = browser.post("/enter", data=data, base_url="https://bk.example.cn").headers[
        "Set-Cookie"
    ]
    assert {"HttpOnly", "SameSite=Strict", "Secure"} <= set(cookie.split("; "))


@pytest.mark.parametrize(
    ("name", "password"), [("小林", "wrong-password"), ("没有的人", "dao-ru-wen-jian"), ("", "")]
)
def test_wrong_passwords_are_refused_alike(office: Site, name: str, password: str) -> None:
    browser = browse(office)
    browser.get("/enter")
    answer = browser.post("/enter", data={"name": name, "password": password})
    assert answer.status_code == 403
    assert "名字或密码不对" in answer.text


def test_five_wrong_passwords_make_the_name_and_the_address_wait(
    office: Site, clock: Clock
) -> None:
    browser = browse(office)
    for _ in range(5):
        assert enter(browser, "小林", "wrong-password") == 403
    assert enter(browser, "小林") == 429, "the right one waits too"
    assert enter(browser, "李主任") == 429, "as does another name from the same address"
    clock.later(seconds=31)
    assert enter(browser, "小林", "wrong-password") == 403
    clock.later(seconds=31)
    assert enter(browser, "小林") == 429, "each further one doubles the wait"
    clock.later(seconds=31)
    assert enter(browser, "小林") == 302
    assert enter(browser, "小林", "wrong-password") == 403, "the right one begins the count anew"


def test_four_wrong_passwords_are_forgiven(office: Site) -> None:
    browser = browse(office)
    assert [enter(browser, "小林", "wrong-password") for _ in range(4)] == [403] * 4
    assert enter(browser, "小林") == 302


@pytest.mark.parametrize(
    ("name", "page", "code"),
    [
        ("李主任", "/settings/backup", 403),
        ("李主任", "/sources/probe", 403),
        ("小林", "/settings/people", 403),
        ("老周", "/settings/people/remove", 302),
    ],
)
def test_a_role_does_what_it_may(office: Site, name: str, page: str, code: int) -> None:
    browser = browse(office)
    enter(browser, name)
    browser.get("/settings/")
    assert browser.post(page, data={"name": "谁也不是"}).status_code == code


def test_a_person_taken_away_is_out_at_once(office: Site) -> None:
    browser = browse(office)
    enter(browser, "小林")
    assert browser.get("/").status_code == 200
    with office.writing() as connection:
        people.remove(connection, "小林")
    assert browser.get("/").status_code == 302


def test_the_last_who_may_add_people_stays(office: Site) -> None:
    browser = browse(office)
    enter(browser, "老周")
    browser.get("/settings/")
    browser.post("/settings/people/remove", data={"name": "老周"})
    assert "最后一个管理员" in browser.get("/settings/").text
    assert browser.get("/").status_code == 200


def test_what_was_typed_outlives_the_session(office: Site, clock: Clock) -> None:
    browser = browse(office)
    enter(browser, "老周")
    browser.get("/settings/")
    browser.delete_cookie("baokuan", domain="127.0.0.1")
    typed = {"name": "新人<script>", "role": "编辑"}
    answer = browser.post(
        "/settings/people", data={**typed, "password": "not-to-be-kept", "again": "x"}
    )
    assert 'name="kept:name" value="新人&lt;script&gt;"' in answer.text
    assert "not-to-be-kept" not in answer.text
    kept = {f"kept:{name}": value for name, value in typed.items()}
    data = {"name": "老周", "password": "guan-li-yuan-1", "to": "/settings/people", **kept}
    answer = browser.post("/enter", data=data)
    assert 'action="/settings/people"' in answer.text
    assert 'name="name" value="新人&lt;script&gt;"' in answer.text
    assert 'name="role" value="编辑"' in answer.text


def test_a_form_of_before_a_restart_is_sent_again_by_a_click(centre: Site) -> None:
    browser = browse(centre)
    answer = browser.post("/settings/backup", data={"note": "字"}, with_token=False)
    assert 'action="/settings/backup"' in answer.text
    assert 'name="note" value="字"' in answer.text
    assert not list(centre.folder.glob("data/backups/*")), "nothing is done before the click"


def test_forms_of_other_sites_and_other_names_are_refused(browser: FlaskClient) -> None:
    browser.get("/settings/")
    sent = browser.post("/settings/backup", headers={"Origin": "http://evil.example"})
    assert sent.status_code == 403
    for host in ("evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8720"):
        assert browser.get("/", base_url=f"http://{host}").status_code == 421, host
    for host in ("127.0.0.1:8720", "localhost:8720", "[::1]:8720"):
        assert browser.get("/", base_url=f"http://{host}").status_code == 200, host


def test_every_answer_is_closed_to_other_sites(browser: FlaskClient) -> None:
    for page in ("/", "/nothing-here", "/static/page.css"):
        with browser.get(page) as answer:
            headers = answer.headers
        policy = headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe-inline" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


def test_templates_hold_no_script_and_no_style_of_their_own() -> None:
    folder = Path(__file__).parents[3] / "collector" / "web" / "templates"
    for each in folder.glob("*.html"):
        text = each.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|\|\s*safe\b", text), (
            each.name
        )


def test_a_fault_of_config_is_told_and_the_last_good_one_works_on(
    centre: Site, browser: FlaskClient
) -> None:
    assert browser.get("/").status_code == 200
    centre.config_path.write_text(CONFIG + "\nnonsense = 1\n", encoding="utf-8")
    answer = browser.get("/")
    assert answer.status_code == 200
    assert "config.toml 有错" in answer.text


def test_an_empty_folder_begins_with_the_start(tmp_path: Path, clock: Clock) -> None:
    browser = browse(Site(config_path=tmp_path / "config.toml", guarded=False, clock=clock))
    assert browser.get("/settings/").location == "/start/"
    assert browser.get("/start/").status_code == 200
