"""The page under an attacker's hands and an unlucky person's: what is refused, what is told to whom, what goes on."""

from __future__ import annotations

import errno
import io
import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from flask.testing import FlaskClient

from collector.config.web import WebConfig
from collector.intake.placing import place
from collector.web.server import Web, create, serve
from collector.web.showing import Listing, _csv
from collector.web.signing import hashed
from collector.web.site import Site
from storage.database import StorageError
from storage.operations import people, uploads
from tests.collector.test_placing import TWO
from tests.collector.web.conftest import Clock, browse, enter
from tests.collector.web.test_imports import Office, listed

#: What every role may send: it asks, or it is about oneself.
FOR_ALL = {"check.check", "signing.enter", "signing.leave"}
HUGE = str(10**30)
ODD = [
    HUGE,
    "9" * 5_000,
    "-1",
    "x",
    "¹",
    "%00",
    "a%00b",
    "%ff%fe",
    "%25_",
    "9999-12-31",
    "0001-01-01",
]
ODD += [
    "0001",
    "9999",
    "9999-W53",
    "9999-12-31T23:59:59",
    "2026-09-30T10:00:00%2B99:99",
    "x" * 20_000,
]
ADDRESSES = [
    *(f"/posts/?{name}=" for name in ("page", "q", "account", "since", "until", "hit", "tag")),
    *(f"/reports/?{name}=" for name in ("period", "basis", "as_of", "known_by", "topic")),
    "/reports/file?format=md&as_of=",
    "/reports/file?format=",
    "/reports/figure?id=",
    "/originals/1/?sheet=",
    "/originals/1/?row=",
    "/posts/",
    "/originals/",
    "/import/withdraw/",
    "/settings/restore/",
    "/static/",
    "/",
]


@pytest.fixture
def desk_office(tmp_path: Path, clock: Clock) -> Iterator[Office]:
    """The page with a file that was read."""
    made = Office(tmp_path, clock)
    made.hand_in(("看青禾.csv", listed(tmp_path, [("标题一", "2026-09-01 10:00:00", 1_000)])))
    made.act("whose", 1, account=TWO[0][0])
    made.act("take", 1)
    yield made
    made.site.close()


# ── what is asked ──


def test_no_address_breaks_a_page(desk_office: Office) -> None:
    asked = [f"{address}{value}" for address in ADDRESSES for value in ODD]
    broken = [each[:80] for each in asked if desk_office.browser.get(each).status_code >= 500]
    assert broken == []


def test_no_form_breaks_a_page(desk_office: Office) -> None:
    pages = ["/posts/1/tag", "/posts/1/correct", "/posts/1/story", "/posts/1/pair/1", "/check/"]
    pages += [f"/posts/{HUGE}/tag", f"/posts/1/pair/{HUGE}", f"/import/withdraw/{HUGE}"]
    pages += ["/import/take", "/import/whose", "/import/leave", "/settings/people"]
    fields = ("tag", "value", "reason", "metric", "other", "number", "account", "name", "text", "period", "basis")  # fmt: skip
    for page in pages:
        for value in (HUGE, "-1", "\x00", "９", "9999-12-31", "x" * 20_000, "'\"><script>"):
            data = dict.fromkeys(fields, value)
            assert desk_office.browser.post(page, data=data).status_code < 500, (page, value[:20])


def test_a_number_that_is_none_does_not_mean_all(desk_office: Office, tmp_path: Path) -> None:
    desk_office.hand_in(("另一.csv", listed(tmp_path, [("标题二", "2026-09-02 10:00:00", 2_000)])))
    desk_office.act("whose", 2, account=TWO[0][0])
    for number in ("abc", "", "0", HUGE):
        desk_office.browser.post("/import/take", data={"number": number})
        assert desk_office.states()[-1] == "ready", number


# ── who asks ──


def test_whoever_only_reads_sends_nothing_that_changes(office: Site) -> None:
    browser = browse(office)
    enter(browser, "李主任")
    browser.get("/check/")
    rules = [
        each
        for each in browser.application.url_map.iter_rules()
        if "POST" in (each.methods or ()) and each.endpoint not in FOR_ALL
    ]
    assert len(rules) > 10
    for rule in rules:
        page = re.sub(r"<[^>]*>", "1", rule.rule)
        assert browser.post(page).status_code == 403, page


@pytest.mark.parametrize(("name", "sees"), [("李主任", False), ("小林", False), ("老周", True)])
def test_config_and_people_are_for_who_looks_after_them(
    office: Site, name: str, sees: bool
) -> None:
    browser = browse(office)
    enter(browser, name)
    page = browser.get("/settings/").text
    assert ("[[accounts]]" in page) is sees
    others = {"李主任", "小林", "老周"} - {name}
    assert all((each in page) is sees for each in others)
    office.config_path.write_text("nonsense = 1\n", encoding="utf-8")
    assert ("nonsense" in browser.get("/settings/").text) is sees


def test_a_stranger_is_told_nothing_of_files(
    office: Site,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    browser = browse(office)
    browser.get("/enter")

    def broken(*_: object) -> None:
        raise StorageError("打不开 /srv/secret/baokuan.db")

    monkeypatch.setattr(people, "person", broken)
    answer = browser.post("/enter", data={"name": "小林", "password": "x"})
    assert answer.status_code == 503
    assert "secret" not in answer.text


@pytest.mark.parametrize(("name", "sees"), [("李主任", False), ("小林", False), ("老周", True)])
def test_where_the_database_is_only_who_looks_after_it_is_told(
    office: Site,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    name: str,
    sees: bool,
) -> None:
    browser = browse(office)
    enter(browser, name)

    def away(*_: object, **__: object) -> None:
        raise StorageError("连不上数据库服务器：db.internal, port 5432, user baokuan")

    monkeypatch.setattr("collector.web.pages.posts.catalogue.count", away)
    answer = browser.get("/posts/")
    assert answer.status_code == 503
    assert ("db.internal" in answer.text) is sees
    assert "db.internal" in caplog.text


def test_an_error_shows_no_traceback(browser: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("/srv/secret")

    monkeypatch.setattr("collector.web.pages.posts.catalogue.count", broken)
    answer = browser.get("/posts/")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


# ── passwords ──


def test_a_stranger_cannot_keep_a_person_out(office: Site, clock: Clock) -> None:
    own = browse(office)
    assert enter(own, "小林") == 302
    own.post("/leave")
    stranger = browse(office)
    for _ in range(40):
        enter(stranger, "小林", "wrong-password")
        clock.later(minutes=61)
        enter(stranger, "小林", "wrong-password")
    assert enter(stranger, "小林") == 429
    assert enter(own, "小林") == 302
    assert enter(own, "李主任") == 429, "for another name it is a browser as any other"
    for _ in range(5):
        enter(own, "小林", "wrong-password")
    assert enter(own, "小林") == 429, "its own wrong passwords count"


@pytest.mark.parametrize(
    ("first", "second", "one"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:10.0.0.9", "10.0.0.9", True),
        ("10.0.0.9", "10.0.0.10", False),
    ],
)
def test_one_network_of_ipv6_is_one_who_tries(
    office: Site,
    first: str,
    second: str,
    one: bool,
) -> None:
    browser = browse(office)
    browser.get("/enter")
    for number in range(5):
        data = {"name": f"某人{number}", "password": "x"}
        browser.post("/enter", data=data, environ_base={"REMOTE_ADDR": first})
    data = {"name": "李主任", "password": "x"}
    for header in ({}, {"X-Forwarded-For": "1.2.3.4"}):
        answer = browser.post(
            "/enter", data=data, environ_base={"REMOTE_ADDR": second}, headers=header
        )
        assert answer.status_code == (429 if one else 403), header


def test_many_at_once_are_many(office: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A try counts before its password is checked."""
    seen: list[int] = []

    def slow(*_: object) -> bool:
        with office.reading() as connection:
            seen.append(people.waits_until(connection, ["name:小林"]))
        return False

    monkeypatch.setattr("collector.web.signing.check_password_hash", slow)
    browser = browse(office)
    for _ in range(5):
        enter(browser, "小林", "wrong-password")
    assert [each > 0 for each in seen] == [False] * 4 + [True]


def test_a_password_can_be_given_again_however_long() -> None:
    with pytest.raises(ValueError, match="最多"):
        hashed("长" * 257, "长" * 257)


def test_an_old_page_of_signing_in_asks_again_and_keeps_what_waits(office: Site) -> None:
    browser = browse(office)
    data = {"name": "小林", "password": "dao-ru-wen-jian", "to": "/posts/", "kept:tag": "字"}
    page = browser.post("/enter", data=data, with_token=False).text
    assert 'name="to" value="/posts/"' in page
    assert 'name="kept:tag" value="字"' in page
    assert "kept:name" not in page


# ── whose form it is ──


@pytest.mark.parametrize(
    ("origin", "code"),
    [
        ("null", 403),
        ("http://[", 403),
        ("http://127.0.0.1:8721", 403),
        ("https://127.0.0.1:8720", 403),
        ("http://127.0.0.1:8720.evil.example", 403),
        ("", 403),
        ("http://127.0.0.1:8720", 302),
    ],
)
def test_a_form_is_ours_or_refused(browser: FlaskClient, origin: str, code: int) -> None:
    browser.get("/settings/")
    assert browser.post("/settings/backup", headers={"Origin": origin}).status_code == code


def test_behind_a_proxy_its_address_is_ours(office: Site) -> None:
    browser = browse(office, "https://bk.example.cn")
    for host, origin, code in (
        ("https://bk.example.cn", "https://bk.example.cn", 403),
        ("http://127.0.0.1:8720", "https://bk.example.cn", 403),
        ("http://bk.example.cn", "https://bk.example.cn", 403),
    ):
        browser.get("/enter", base_url=host)
        sent = browser.post(
            "/enter", data={"name": "x", "password": "x"}, base_url=host, headers={"Origin": origin}
        )
        assert sent.status_code == code
    sent = browser.post(
        "/enter", base_url="http://bk.example.cn", headers={"Origin": "http://bk.example.cn"}
    )
    assert "名字或密码不对" not in sent.text, "the same name without the certificate"


def test_a_form_without_origin_gets_no_ready_made_one(centre: Site) -> None:
    app = create(centre)
    answer = app.test_client().post(
        "/settings/backup", base_url="http://127.0.0.1:8720", data={"a": "b"}
    )
    assert answer.status_code == 400
    assert "csrf_token" not in answer.text


@pytest.mark.parametrize(
    ("host", "own", "all_"),
    [
        ("192.168.1.20:8720", 421, 302),
        ("[fe80::1]:8720", 421, 302),
        (f"{socket.gethostname()}:8720", None, 302),
        ("evil.example", 421, 421),
        ("[", 421, 421),
        ("127.0.0.1.nip.io", 421, 421),
    ],
)
def test_without_passwords_only_this_pc_is_answered(
    centre: Site,
    office: Site,
    host: str,
    own: int | None,
    all_: int,
) -> None:
    for site, code in ((centre, own), (office, all_)):
        client = create(site).test_client()
        answer = client.get("/", environ_overrides={"HTTP_HOST": host})
        assert code is None or answer.status_code == code


# ── files ──


def test_a_full_disk_is_said(desk_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    data = {"file": (io.BytesIO(b"a,b\n"), "<b>x</b>\u202e.csv")}
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        answer = desk_office.browser.post(
            "/import/files", data=data, headers={"X-Requested-With": "fetch"}
        )
    assert (answer.status_code, answer.mimetype) == (422, "text/plain")
    assert "磁盘已满" in answer.text
    assert "\u202e" not in answer.text
    assert not list((desk_office.site.folder / "data/web/uploads").glob("*.part"))
    monkeypatch.setattr("werkzeug.wrappers.Request._get_file_stream", full)
    data = {"file": (io.BytesIO(b"a"), "x.csv")}
    answer = desk_office.browser.post("/import/files", data=data)
    assert answer.status_code == 507
    assert "磁盘已满" in answer.text


def test_five_hundred_bad_files_are_told_within_a_cookie(desk_office: Office) -> None:
    data = {
        "file": [
            (io.BytesIO(b""), f"{chr(0x4E00 + 7 * number) * 9}{chr(0x5E00 + 11 * number)}.csv")
            for number in range(520)
        ]
    }
    answer = desk_office.browser.post("/import/files", data=data)
    assert len(answer.headers["Set-Cookie"]) < 4_093
    page = desk_office.page()
    assert "是空的" in page
    assert re.search(r"还有 \d+ 条", page)


def test_one_file_that_breaks_the_program_keeps_no_other_waiting(
    desk_office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    def poisoned(*given: object) -> object:
        if given[-1] == "毒.csv":
            raise RecursionError
        return place(*given)  # type: ignore[arg-type]

    monkeypatch.setattr("collector.web.desk.place", poisoned)
    good = listed(tmp_path, [("标题三", "2026-09-03 10:00:00", 3_000)])
    page = desk_office.hand_in(("毒.csv", b"a,b\n1,2\n"), ("好.csv", good))
    assert desk_office.states()[1] == "failed"
    assert desk_office.states()[2] in ("ready", "asked")
    assert "程序出错" in page


def test_a_file_that_is_being_read_cannot_be_left(desk_office: Office, tmp_path: Path) -> None:
    desk_office.hand_in(("再.csv", listed(tmp_path, [("标题四", "2026-09-04 10:00:00", 4_000)])))
    desk_office.act("whose", 2, account=TWO[0][0])
    with desk_office.site.writing() as connection:
        uploads.change(connection, 2, ("ready",), state="taking")
    desk_office.browser.post("/import/leave", data={"number": "2"})
    assert desk_office.states()[-1] == "taking"
    desk_office.desk.work()
    assert desk_office.states()[-1] == "done"


def test_a_name_from_a_doctored_database_stays_in_its_folder(desk_office: Office) -> None:
    inside = desk_office.desk._path(7, "../../../../config.toml")
    assert inside.parent == desk_office.site.folder / "data/web/uploads/7"


def test_no_cell_of_a_csv_is_a_formula() -> None:
    texts = ("=1+1", " =1", "＝1", "+1", "@x", "\t=1", "普通", "-2", "－2")
    table = Listing(id="t", title="t", headings=("a", "b"), rows=[(each, -5) for each in texts])
    lines = _csv(table).decode("utf-8-sig").splitlines()[1:]
    assert [each.rpartition(",")[2] for each in lines] == ["-5"] * len(texts)
    assert [each for each in lines if not each.startswith("'")] == ["普通,-5"]


# ── the server itself ──


@pytest.fixture
def served(centre: Site) -> Iterator[Web]:
    web = serve(centre, WebConfig(listen="127.0.0.1:0"))
    thread = Thread(target=web.run, daemon=True)
    thread.start()
    yield web
    web.close()
    thread.join(5)


def raw(web: Web, sent: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", web.server.effective_port), timeout=10) as line:
        line.sendall(sent)
        line.shutdown(socket.SHUT_WR)
        got = b""
        while block := line.recv(65_536):
            got += block
        return got


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", b"421"),
        (
            b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
            b"421",
        ),
        (b"GET / HTTP/1.1\r\nHost: [\r\nConnection: close\r\n\r\n", b"421"),
        (b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", b"421"),
        (b"GET /%00%ff HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", b"404"),
        (
            b"GET /static/../../signing.py HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            b"404",
        ),
        (
            b"GET /static/%2e%2e/signing.py HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            b"404",
        ),
        (
            b"POST /import/files HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n",
            b"413",
        ),
    ],
)
def test_the_server_refuses(served: Web, sent: bytes, code: bytes) -> None:
    assert raw(served, sent).split(b" ", 2)[1] == code


def test_an_upload_cut_off_leaves_nothing(served: Web) -> None:
    head = b"POST /import/files HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n--x\r\n"
    raw(served, head)
    with served.site.reading() as connection:
        assert uploads.uploads(connection) == []
    assert not list((served.site.folder / "data/web").glob("uploads/*"))
