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
from importlib.metadata import version
from threading import Event
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from urllib3.util import Retry

from adapters.contract import CREDENTIAL, Account, Adapter, Page, Request
from adapters.errors import Blocked, Refused, SourceError, Unreachable
from collector.hosts import Resolver, is_private, origin_of, same_place, through
from collector.politeness import Cache, Gate, Robots

#: The largest page believed; a re-indented WeChat article has 4 MB (pages.md §7).
MAX_BYTES = 20 * 2**20
CONNECT_SECONDS, READ_SECONDS, TOTAL_SECONDS = 10.0, 20.0, 60.0
REDIRECTS = 5
#: Tried again within a run where there is no answer; a host that asks for a longer pause is left alone.
TRIES, LONGEST_PAUSE = 3, 300.0
ROBOTS_NAME = "baokuan"
DEFAULT_AGENT = "Mozilla/5.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How one platform is asked: seconds between requests, how many at a time, our own cookie, and an
    address that stands for all of its hosts (``base_url``: tests, or a proxy of the centre)."""

    gap: float = 3.0
    concurrency: int = 1
    cookie: str = ""
    base_url: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: ``url`` is the canonical address it came from, or leads to where it is not asked."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True, kw_only=True)
class Fetcher:
    """Executes requests for one run; workers share it. ``deadline`` is in ``monotonic`` seconds, ``stop``
    drains the run, ``token`` gives an account's token for addresses that hold the placeholder."""

    manners: Mapping[str, Manners]
    contact: str
    deadline: float
    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    session: requests.Session
    stop: Event = field(default_factory=Event)
    resolve: Resolver
    token: Callable[[str], str] = str
    gates: dict[str, Gate] = field(default_factory=dict)
    robots: Cache = field(default_factory=Cache)

    def fetch(self, adapter: Adapter, account: Account, request: Request) -> Page:
        """The answer to one request. Raises Refused, Unreachable or Blocked where there is none."""
        manners = self.manners.get(account.platform, Manners())
        hosts = adapter.hosts or (urlsplit(account.url).netloc.lower(),)
        if not same_place(request.url, hosts):
            raise Refused("不在允许访问的网站之列", target=request.url)
        if not adapter.own_api:
            self._obey_robots(manners, request.url, hosts)
        tries = 0
        while True:
            tries += 1
            problem, asked = self._try(adapter, account.id, manners, request, hosts)
            if isinstance(problem, Answer):
                return Page(
                    request=request,
                    account=account,
                    url=problem.url,
                    status=problem.status,
                    headers=problem.headers,
                    body=problem.body,
                    fetched_at=self.now(),
                )
            pause = max(asked, min(60.0, 2.0**tries) + random.uniform(0, 1))  # noqa: S311 - jitter
            hopeless = isinstance(problem, Unreachable) and tries >= TRIES
            too_long = pause > LONGEST_PAUSE or self.monotonic() + pause > self.deadline
            if hopeless or too_long or self.stop.is_set():
                raise problem
            self._gate(manners, request.url).hold(pause)

    def _try(
        self,
        adapter: Adapter,
        account_id: str,
        manners: Manners,
        request: Request,
        hosts: tuple[str, ...],
    ) -> tuple[Answer | SourceError, float]:
        """One try: an answer, or what was wrong and for how long the host asks to be left alone."""
        try:
            answer = self._follow(adapter.headers, manners, request, hosts, account_id)
        except Unreachable as problem:
            return problem, 0.0
        asked = _retry_after(answer.headers.get("retry-after", ""))
        if answer.status == 429:
            advice = "请在 [platforms] 里调低 rate,或稍后再采"
            return Blocked("请求过于频繁(429)", target=request.url, advice=advice), asked
        if answer.status >= 500:
            what = f"对方服务器出错({answer.status})"
            return Unreachable(what, target=request.url, advice="下次采集会再试"), asked
        return answer, 0.0

    def _follow(
        self,
        headers: Mapping[str, str],
        manners: Manners,
        request: Request,
        hosts: tuple[str, ...],
        account_id: str = "",
    ) -> Answer:
        """Follow redirects to allowed hosts. One that leads elsewhere is an answer of its own: the adapter
        sees where it leads. From a public to a private address nobody is led."""
        url = request.url
        private = is_private(url, self.resolve) if not manners.base_url else True
        for _ in range(REDIRECTS + 1):
            answer = self._once(headers, manners, replace(request, url=url), account_id)
            where = answer.headers.get("location", "")
            if not 300 <= answer.status < 400 or not where:
                return answer
            target = urljoin(through(url, manners.base_url), where)
            if manners.base_url and origin_of(target) == origin_of(manners.base_url):
                target = origin_of(url) + target[len(origin_of(target)) :]
            if not manners.base_url and not private and is_private(target, self.resolve):
                raise Refused("网页要转到内网地址,没有跟去", target=request.url)
            if not same_place(target, hosts):
                return Answer(answer.status, target, answer.headers, b"")
            url = target
        raise Unreachable("转来转去没有尽头", target=request.url, advice="下次采集会再试")

    def _once(
        self, headers: Mapping[str, str], manners: Manners, request: Request, account_id: str
    ) -> Answer:
        gate = self._gate(manners, request.url)
        if not gate.enter(self.deadline, self.stop.wait):
            raise Unreachable(
                "到了本次采集的时限,还没轮到", target=request.url, advice="下次采集会再试"
            )
        try:
            sent = through(request.url, manners.base_url)
            if CREDENTIAL in sent:
                sent = sent.replace(CREDENTIAL, self.token(account_id))
            with self.session.request(
                "GET" if request.body is None else "POST",
                sent,
                headers=self._headers(headers, manners, request),
                json=request.body,
                stream=True,
                allow_redirects=False,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
            ) as response:
                lower = {name.lower(): value for name, value in response.headers.items()}
                return Answer(response.status_code, request.url, lower, self._body(response))
        except (requests.RequestException, urllib3.exceptions.HTTPError) as problem:
            why = f"连不上({type(problem).__name__})"
            raise Unreachable(
                why, target=request.url, advice="请检查网络;下次采集会再试"
            ) from problem
        finally:
            gate.leave()

    def _body(self, response: requests.Response) -> bytes:
        """The unpacked body, within size and time: a bomb or a slow drip is cut off."""
        parts: list[bytes] = []
        size = 0
        end = min(self.monotonic() + TOTAL_SECONDS, self.deadline)
        for part in response.iter_content(65_536):
            size += len(part)
            if size > MAX_BYTES:
                raise Refused(f"回答超过 {MAX_BYTES // 2**20} MB,没有读完", target=response.url)
            if self.monotonic() > end or self.stop.is_set():
                raise Unreachable("回答太慢,没有等完", target=response.url, advice="下次采集会再试")
            parts.append(part)
        return b"".join(parts)

    def _headers(
        self, adapter_headers: Mapping[str, str], manners: Manners, request: Request
    ) -> dict[str, str]:
        """The adapter's headers, our name and the centre's contact, and the cookie config names."""
        headers = {**adapter_headers, **request.headers}
        base = headers.get("User-Agent", DEFAULT_AGENT)
        contact = f" (+{self.contact})" if self.contact else ""
        headers["User-Agent"] = f"{base} baokuan/{version('baokuan')}{contact}"
        if manners.cookie:
            headers["Cookie"] = manners.cookie
        return headers

    def _obey_robots(self, manners: Manners, url: str, hosts: tuple[str, ...]) -> None:
        origin = origin_of(url)
        robots = self.robots.get(origin, lambda: self._robots(manners, origin, hosts))
        if robots.text is None:
            advice = "下次采集会再试"
            raise Unreachable("读不到网站的 robots.txt,不能确定是否允许", target=url, advice=advice)
        if not robots.allows(url, ROBOTS_NAME):
            advice = "请改用后台导出的文件"
            raise Refused("网站的 robots.txt 不允许自动访问这个地址", target=url, advice=advice)
        gate = self._gate(manners, url)
        gate.gap = max(gate.gap, robots.delay(ROBOTS_NAME))

    def _robots(self, manners: Manners, origin: str, hosts: tuple[str, ...]) -> Robots:
        """RFC 9309: no such file means all is allowed; an error of the server means nothing is."""
        request = Request(url=f"{origin}/robots.txt", about="robots")
        try:
            answer = self._follow({}, manners, request, hosts)
        except Unreachable:
            return Robots(None)
        if answer.status >= 500 or answer.status == 429:
            return Robots(None)
        return Robots(answer.body.decode("utf-8", "replace") if answer.status == 200 else "")

    def _gate(self, manners: Manners, url: str) -> Gate:
        host = urlsplit(url).netloc.lower()
        gate = Gate(manners.gap, manners.concurrency, self.monotonic)
        return self.gates.setdefault(host, gate)


def _retry_after(header: str) -> float:
    """Seconds that a Retry-After header asks for; 0 where there is none that can be understood."""
    try:
        return float(Retry().parse_retry_after(header)) if header else 0.0
    except urllib3.exceptions.InvalidHeader:
        return 0.0
