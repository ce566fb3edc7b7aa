"""Fetches an adapter's requests politely: turn by turn, within limits, and only where it is allowed.

It forges no signature, solves no captcha and keeps no cookie: what a host sets is forgotten, what config
names is sent. What a platform's answer means is the adapter's business; only what is no answer at all
(no connection, 5xx, too large, not allowed) is decided here.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from importlib.metadata import version
from itertools import count
from threading import Event
from urllib.parse import urljoin

import requests
import urllib3

from adapters.contract import Account, Adapter, Page, Request
from adapters.errors import Blocked, Refused, SourceError, Unreachable
from collector.bounded import TooLate, bounded
from collector.fetching import sending
from collector.fetching.credentials import Credentials
from collector.fetching.filling import NO_FILLING, Filling, must_be_safe, signing
from collector.fetching.hosts import (
    Resolver,
    host_of,
    is_private,
    origin_of,
    proxies_for,
    same_place,
    through,
)
from collector.fetching.politeness import Cache, Gate, Robots
from collector.fetching.received import (
    ENCODINGS,
    HttpAnswer,
    body_of,
    broken,
    no_answer,
    retry_after,
)
from collector.fetching.turns import SharedHosts
from collector.fetching.ways import Manners, Own, Way, cookies_for
from storage.database import StorageError

CONNECT_SECONDS, READ_SECONDS, TOTAL_SECONDS = 10.0, 20.0, 60.0
#: What is under way when a run is over or stopped may take this long.
DRAIN_SECONDS = 10.0
REDIRECTS = 5
#: How often a request is sent within a run where there is no answer, and where the host says "too many".
TRIES, TRIES_429 = 3, 4
#: Seconds before the second try, doubled each time up to the limit; a host that asks for more than the longest
#: pause, at once or one after the other, is left alone for the rest of the run.
FIRST_PAUSE, PAUSE_LIMIT, LONGEST_PAUSE = 2.0, 60.0, 300.0
#: Requests in a row that a host did not answer, after which it is left alone for the rest of the run.
PATIENCE = 3
ROBOTS_NAME = "baokuan"
ROBOTS_BYTES = 512 * 1024  # as RFC 9309 asks at least
DEFAULT_AGENT = "Mozilla/5.0"
__all__ = ["Fetcher", "HttpAnswer", "Manners", "Own", "retry_after"]


@dataclass(slots=True, kw_only=True)
class Fetcher:
    """Executes requests for one run; workers share it. ``manners`` by platform, ``own`` by account; ``deadline`` is in
    ``monotonic`` seconds; ``stop`` drains the run and is what everybody waits on; ``credentials`` are those of owners'
    interfaces; ``shared``: where other machines ask the same hosts."""

    manners: Mapping[str, Manners]
    contact: str
    deadline: float
    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    session: requests.Session
    resolve: Resolver
    own: Mapping[str, Own] = field(default_factory=dict)
    stop: Event = field(default_factory=Event)
    credentials: Credentials | None = None
    shared: SharedHosts | None = None
    uniform: Callable[[float, float], float] = random.uniform
    gates: dict[str, Gate] = field(default_factory=dict)
    robots: Cache = field(default_factory=Cache)

    @property
    def is_over(self) -> bool:
        """Whether the run is stopped or out of time."""
        return self.stop.is_set() or self.monotonic() >= self.deadline

    def fetch(
        self,
        adapter: Adapter,
        account: Account,
        request: Request,
        conditions: Mapping[str, str] | None = None,
    ) -> tuple[Page, SourceError | None]:
        """The answer to one request, and what was wrong where it is none. ``conditions`` are the headers of a
        conditional request. Raises Refused or Unreachable where nothing came back."""
        manners, own = self.manners_of(account.platform), self.own.get(account.id, Own())
        problem = manners.problem or own.problem  # of a cookie, which an interface does not get
        if problem is not None and adapter.own_api is None:
            raise _about(problem, problem.what, request.url)
        hosts = adapter.hosts or (host_of(account.url),)
        if not same_place(request.url, hosts):
            raise Refused(
                "不在允许访问的网站之列", target=request.url, advice="请核对 config.toml 里的 url"
            )
        inside = own.inside or bool(adapter.hosts) or bool(manners.base_url)
        self._must_be_public(request.url, inside)
        gate = self.gate(manners, request.url)
        if gate.shut is not None:
            what = f"这个网站刚才没有让看（{gate.shut.what}），这次不再访问它"
            raise _about(gate.shut, what, request.url)
        way = Way(
            manners=manners,
            hosts=hosts,
            inside=inside,
            headers=adapter.headers,
            conditions=conditions or {},
            cookies=cookies_for(adapter, account, request, manners, own),
            robots=adapter.own_api is None,
            own_api=adapter.own_api,
            filling=self._filling(adapter, account, request),
        )
        if way.robots:
            self._obey_robots(way, request.url, request.url)
        page, problem = self._page(way, account, request, gate)
        if problem is None and adapter.own_api and adapter.own_api.is_stale:
            assert self.credentials is not None
            if adapter.own_api.is_stale(page):
                fresh = self.credentials.anew(adapter, account, way.filling)
                if fresh != way.filling:
                    return self._page(replace(way, filling=fresh), account, request, gate)
        return page, problem

    def _page(
        self, way: Way, account: Account, request: Request, gate: Gate
    ) -> tuple[Page, SourceError | None]:
        try:
            answer, problem = self._patiently(way, request)
        except Unreachable as nothing:
            if not self.is_over:
                gate.note(nothing, PATIENCE)
            raise
        gate.note(problem, PATIENCE)
        return self._as_page(answer, account, request, way.filling), problem

    def _as_page(
        self, answer: HttpAnswer, account: Account, request: Request, filling: Filling
    ) -> Page:
        """The answer as adapters get it, without the secrets that went with the request."""
        headers = {name: filling.out_of_text(text) for name, text in answer.headers.items()}
        return Page(
            request=request,
            account=account,
            url=answer.url,
            status=answer.status,
            headers=headers,
            body=filling.out_of(answer.body),
            fetched_at=self.now(),
        )

    def ask_token(
        self, adapter: Adapter, account: Account, request: Request, filling: Filling
    ) -> Page:
        """Send a request for a token, once: its answer as it is, for nobody but ``Credentials``. Raises Unreachable
        or Refused."""
        must_be_safe(adapter, request)
        way = self._own_way(account.platform, request.url)
        way = replace(way, own_api=adapter.own_api, filling=filling)
        answer = self._once(way, request, request.url)
        return self._as_page(answer, account, request, NO_FILLING)

    def _filling(self, adapter: Adapter, account: Account, request: Request) -> Filling:
        """What an owner's interface is entered with. Raises a SourceError where there is nothing."""
        if adapter.own_api is None:
            return NO_FILLING
        assert self.credentials is not None
        must_be_safe(adapter, request)
        return self.credentials.filling(adapter, account, request.url)

    def robots_of(self, platform: str, url: str, account_id: str = "") -> Robots:
        """What the robots.txt of an address's host says; of an own site, with the manners of its account."""
        inside = not account_id or self.own.get(account_id, Own()).inside
        self._must_be_public(url, inside)
        way = self._own_way(platform, url, inside=inside)
        return self.robots.get(origin_of(url), lambda: self._robots(way, origin_of(url)))

    def _own_way(self, platform: str, url: str, *, inside: bool = True) -> Way:
        return Way(self.manners_of(platform), (host_of(url),), inside=inside, robots=False)

    def manners_of(self, platform: str) -> Manners:
        """Those of config, or the usual ones."""
        return self.manners.get(platform, Manners())

    def _must_be_public(self, url: str, inside: bool) -> None:
        if not inside and is_private(url, self.resolve):
            advice = "确是本单位自己的网站，请在 config.toml 的这个账号里写 inside = true"
            raise Refused("这个网址在内网里，没有访问", target=url, advice=advice)

    def _patiently(self, way: Way, request: Request) -> tuple[HttpAnswer, SourceError | None]:
        """Try until there is an answer or no hope of one. Raises Unreachable where nothing came back."""
        paused = 0.0
        for tries in count(1):
            answer, problem, asked = self._try(way, request)
            if problem is None:
                assert answer is not None
                return answer, None
            gate = self.gate(way.manners, request.url)
            pause = min(PAUSE_LIMIT, FIRST_PAUSE * 2.0 ** (tries - 1)) * self.uniform(1.0, 1.5)
            pause = max(asked, pause)
            paused += pause
            if paused > LONGEST_PAUSE or way.left.seconds <= 0:
                gate.shut = problem
            limit = TRIES_429 if isinstance(problem, Blocked) else TRIES
            too_late = self.monotonic() + pause > self.deadline
            if tries >= limit or gate.shut is not None or too_late or self.stop.is_set():
                if asked:
                    gate.pass_on(asked)
                if answer is None:
                    raise problem
                return answer, problem
            gate.hold(pause)
        raise AssertionError("count() does not end")

    def _try(
        self, way: Way, request: Request
    ) -> tuple[HttpAnswer | None, SourceError | None, float]:
        """One try: an answer, what was wrong, and for how long the host asks to be left alone."""
        try:
            answer = self._follow(way, request)
        except Unreachable as problem:
            return None, problem, 0.0
        asked = retry_after(answer.headers.get("retry-after", ""))
        if answer.status == 429:
            advice = "请在 config.toml 的 [platforms] 里调低 rate，或稍后再采"
            return answer, Blocked("请求过于频繁（429）", target=request.url, advice=advice), asked
        if answer.status >= 500:
            return answer, no_answer(f"对方服务器出错（{answer.status}）", request.url), asked
        return answer, None, 0.0

    def _follow(self, way: Way, request: Request) -> HttpAnswer:
        """Follow redirects to allowed hosts. One that leads elsewhere is an answer of its own: the adapter
        sees where it leads. From a public to a private address nobody is led."""
        url, base = request.url, way.manners.base_url
        for _ in range(REDIRECTS + 1):
            if way.robots and url != request.url:
                self._obey_robots(way, url, request.url)
            answer = self._once(way, request, url)
            where = answer.headers.get("location", "")
            if not 300 <= answer.status < 400 or not where or way.own_api:
                return answer  # an interface leads nowhere: a secret goes where it was meant to go
            target = _led_to(url, where, base, request.url)
            if not base and not is_private(url, self.resolve) and is_private(target, self.resolve):
                advice = "请在浏览器里打开核对，可能网站已被改动"
                raise Refused("网页要转到内网地址，没有跟去", target=request.url, advice=advice)
            if not same_place(target, way.hosts):
                return HttpAnswer(answer.status, target, answer.headers, b"")
            if url.startswith("https:") and target.startswith("http:"):
                advice = "网站确实只有 http 的，请把 config.toml 里的 url 改成 http:// 开头"
                what = "网站从加密的 https 转到不加密的 http，没有跟去"
                raise Refused(what, target=request.url, advice=advice)
            url = target
        raise no_answer("转来转去没有尽头", request.url)

    def _once(self, way: Way, request: Request, url: str) -> HttpAnswer:
        """Send one request in its turn and take its whole answer. Raises Unreachable or Refused."""
        asked = self._prepared(way, request, url)
        gate = self.gate(way.manners, url)
        if not gate.enter(self.deadline, self.stop.wait):
            why = "采集停下了" if self.stop.is_set() else "到了本次采集的时限"
            raise no_answer(f"{why}，还没轮到", request.url)
        began = self.monotonic()
        last = began + min(TOTAL_SECONDS, way.left.seconds)

        def late() -> bool:
            """An answer is waited for no longer; a stopped run is less patient."""
            end = min(last, began + DRAIN_SECONDS) if self.stop.is_set() else last
            return gate.is_lost() or self.monotonic() > min(end, self.deadline + DRAIN_SECONDS)

        def exchange() -> HttpAnswer:
            """The whole answer from the wire; in a thread of its own, since nothing else ends every kind of wait."""
            place, started = str(asked.url), self.monotonic()
            sending.begin(inside=way.inside)
            # not Session.send: it reads the whole body of a redirect, whatever its size
            with self.session.get_adapter(place).send(
                asked,
                stream=True,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                verify=True,
                proxies=proxies_for(origin_of(place)),
            ) as response:
                gate.sent(started, sending.lag())
                headers = {name.lower(): value for name, value in response.headers.items()}
                body = body_of(response, request.url, late)
                return HttpAnswer(response.status_code, url, headers, body)

        try:
            return bounded(exchange, late)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as problem:
            # the words of the cause may hold what was filled in
            raise broken(problem, request.url) from (None if way.own_api else problem)
        except TooLate as problem:
            if gate.is_lost():
                what = "和数据库断开太久，轮到别的机器访问这个网站了，没有等完它的回答"
                raise StorageError(f"{what}。下次采集会接着采") from problem
            raise no_answer("回答太慢，没有等完", request.url) from problem
        finally:
            took = self.monotonic() - began
            way.left.seconds -= took
            gate.leave(took)

    def _prepared(self, way: Way, request: Request, url: str) -> requests.PreparedRequest:
        """The request as it goes over the wire, so that nothing is left to do when its turn comes."""
        asked = requests.PreparedRequest()
        sent = through(way.filling.into_address(url), way.manners.base_url)
        method = "GET" if request.body is None else "POST"
        body = None if request.body is None else way.filling.into(request.body)
        headers = way.filling.into(self._headers(way, request, url))
        try:
            asked.prepare(method, sent, headers, json=body)
        except requests.RequestException as problem:
            raise broken(problem, request.url) from None  # its words may hold what was filled in
        if way.own_api and way.own_api.sign:
            told = signing(way.filling, method, url, asked.body, self.now())
            asked.headers.update(way.own_api.sign(told))
        return asked

    def _headers(self, way: Way, request: Request, url: str) -> dict[str, str]:
        """The adapter's headers, our name and the centre's contact; to the host asked, what is meant for it."""
        headers = {"Accept": "*/*", "Accept-Encoding": ENCODINGS, **way.headers, **request.headers}
        headers |= way.special(request.url, url)
        base = headers.get("User-Agent", DEFAULT_AGENT)
        contact = f" (+{self.contact})" if self.contact else ""
        headers["User-Agent"] = f"{base} baokuan/{_version()}{contact}"
        return headers

    def _obey_robots(self, way: Way, url: str, target: str) -> None:
        """Raises Refused where the host's robots.txt says no, Unreachable where it cannot be read."""
        robots = self.robots.get(origin_of(url), lambda: self._robots(way, origin_of(url)))
        if isinstance(robots.problem, Refused):
            raise _about(robots.problem, robots.problem.what, target)
        if robots.rules is None:
            raise no_answer("读不到网站的 robots.txt，不能确定是否允许", target)
        if not robots.allows(url, ROBOTS_NAME):
            advice = "请改用后台导出的文件"
            raise Refused("网站的 robots.txt 不允许自动访问这个地址", target=target, advice=advice)
        self.gate(way.manners, url).widen(robots.delay(ROBOTS_NAME))

    def _robots(self, way: Way, origin: str) -> Robots:
        """RFC 9309: no such file means all is allowed; an error of the server means nothing is."""
        request = Request(url=f"{origin}/robots.txt", about="robots")
        agent = {name: text for name, text in way.headers.items() if name == "User-Agent"}
        try:
            answer, problem = self._patiently(
                replace(way, headers=agent, conditions={}, cookies={}, robots=False),
                request,
            )
        except SourceError as nothing:
            return Robots(None, nothing)
        if problem is not None:
            return Robots(None, problem)
        body = answer.body[:ROBOTS_BYTES] if answer.status == 200 else b""
        return Robots(body.decode("utf-8-sig", "replace"))

    def gate(self, manners: Manners, url: str) -> Gate:
        """The turnstile of an address's host."""
        host = host_of(url)
        if (known := self.gates.get(host)) is not None:
            return known
        if self.shared is None:
            return self.gates.setdefault(
                host, Gate(manners.gap, manners.concurrency, self.monotonic)
            )
        return self.gates.setdefault(host, self.shared.gate(host, manners.gap))

    def close(self) -> None:
        """The run is over."""
        if self.shared is not None:
            self.shared.close()


def _about(why: SourceError, what: str, target: str) -> SourceError:
    """The same kind of problem, of another request."""
    return type(why)(what, target=target, advice=why.advice)


def _led_to(url: str, where: str, base_url: str, target: str) -> str:
    """The canonical address to which a redirect of ``url`` leads. Raises Unreachable where it is none."""
    try:
        found = urljoin(through(url, base_url), where)
        if base_url and origin_of(found) == origin_of(base_url):
            found = origin_of(url) + found[len(origin_of(found)) :]
    except ValueError as problem:
        raise no_answer("网站转到了一个看不懂的地址", target) from problem
    return found


@cache
def _version() -> str:
    return version("baokuan")
