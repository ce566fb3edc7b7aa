"""Asking many pages: against Scrapy at the same limits per host, and against the time the limits themselves allow.

    python -m bench.fetch

A server of its own process plays 20 news sites on 20 ports, 50 pages each, and answers after 20 ms. Ours asks,
keeps, reads and stores; Scrapy asks and picks out title and number. Both obey robots.txt. What limits allow has no other
side. Goals hold on the clock, which is what is waited for. About five minutes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from bench._common import ROOT, fresh, goal, measured, paired, show

HOSTS, PAGES = 20, 50

SERVER = """
import asyncio, json, sys, time
hosts, pages, latency = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
seen = []
links = "".join(f'<li><a href="/info/1034/{n}.htm">x</a></li>' for n in range(1, pages))
LIST = f"<!DOCTYPE html><html><head><meta charset=utf-8></head><body><ul>{links}</ul></body></html>"
ARTICLE = ("<!DOCTYPE html><html><head><meta charset='utf-8'><meta name='ArticleTitle' content='云岭要闻 %s'>"
    "<meta name='PubDate' content='2026-%02d-%02d'><title>x</title></head><body><h2>云岭要闻 %s</h2>"
    "<div>浏览次数：%s</div>" + ("<p>" + "正文正文，" * 20 + "</p>") * 15
    + "<div class=footer>"
    + "<a href=/x/>栏目</a>" * 60 + "<script>" + "var a = 1;" * 800 + "</script>" + "</div>" + "</body></html>")
async def serve(reader, writer):
    port = writer.get_extra_info("sockname")[1]
    try:
        while True:
            head = await reader.readuntil(b"\\r\\n\\r\\n")
            path = head.split(b" ", 2)[1].decode()
            seen.append((port, path, time.monotonic()))
            await asyncio.sleep(latency)
            status, body = b"200 OK", b""
            if path == "/robots.txt":
                status = b"404 Not Found"
            elif path == "/seen":
                body = json.dumps(seen).encode()
                seen.clear()
            elif path.startswith("/xw/"):
                body = LIST.encode()
            else:
                n = path.split("/")[-1].split(".")[0]
                k = int(n)
                body = (ARTICLE % (f'{port}-{n}', k % 9 + 1, k % 27 + 1, n, 1000 + k)).encode()
            writer.write(b"HTTP/1.1 %b\\r\\nContent-Type: text/html; charset=utf-8\\r\\nContent-Length: %d\\r\\n\\r\\n%b"
                % (status, len(body), body))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()
async def main():
    servers = [await asyncio.start_server(serve, "127.0.0.1", 0) for _ in range(hosts)]
    print(json.dumps([each.sockets[0].getsockname()[1] for each in servers]), flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""

OURS = """
import json, sys
from bench._common import taken
from datetime import datetime
from pathlib import Path
from collector.app import App
from collector.run import collect
app = App(config_path=Path(sys.argv[1]))
engine, took = app.engine, {}
with taken(took):
    run = collect(engine, app.config, now=datetime.fromisoformat("2026-11-01T12:00:00+08:00"))
ok = sum(each.outcome == "ok" for each in run.results)
print(json.dumps(took | {"ok": ok, "problems": [e.problem for e in run.results if e.problem][:3]}))
"""

SCRAPY = """
import json, sys
from bench._common import taken
import scrapy
from scrapy.crawler import CrawlerProcess
ports, limit = json.loads(sys.argv[1]), int(sys.argv[2])
found = []
class Sites(scrapy.Spider):
    name = "sites"
    async def start(self):
        for port in ports:
            yield scrapy.Request(f"http://127.0.0.1:{port}/xw/index.html", meta={"download_slot": str(port)})
    def parse(self, response):
        found.append(1)
        for link in response.css("a::attr(href)").getall():
            yield response.follow(link, self.article, meta={"download_slot": response.meta["download_slot"]})
    def article(self, response):
        found.append((response.css("meta[name=ArticleTitle]::attr(content)").get(),
            int(response.css("div::text").re_first(r"(\\d+)"))))
process = CrawlerProcess({"LOG_ENABLED": False, "ROBOTSTXT_OBEY": True, "CONCURRENT_REQUESTS": 100,
    "CONCURRENT_REQUESTS_PER_DOMAIN": limit, "DOWNLOAD_DELAY": 0, "TELNETCONSOLE_ENABLED": False})
process.crawl(Sites)
took = {}
with taken(took):
    process.start()
print(json.dumps(took | {"ok": len(found)}))
"""


@contextmanager
def sites(hosts: int, pages: int, latency: float) -> Iterator[list[int]]:
    """The ports of the sites."""
    command = [sys.executable, "-c", SERVER, str(hosts), str(pages), str(latency)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


def config(folder: Path, ports: list[int], rate: str, concurrency: int) -> Path:
    text = '[centre]\nname = "云岭县"\n'
    for port in ports:
        text += f'[[accounts]]\nid = "s{port}"\nplatform = "portal"\nname = "s{port}"\n'
        text += f'url = "http://127.0.0.1:{port}/xw/index.html"\ninside = true\n'
    text += f'[platforms.portal]\nrate = "{rate}"\nconcurrency = {concurrency}\n'
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def ours(ports: list[int], rate: str, concurrency: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        return fresh(OURS, str(config(Path(name), ports, rate, concurrency)))


def against_scrapy(concurrency: int) -> None:
    with sites(HOSTS, PAGES, 0.020) as ports:
        mine = partial(ours, ports, "10000/s", concurrency)
        found = paired(mine, partial(fresh, SCRAPY, json.dumps(ports), str(concurrency)))
    wanted = HOSTS * PAGES
    for each in (*found.ours, *found.theirs):
        if each["ok"] != wanted:
            raise SystemExit(f"{each['ok']} of {wanted} pages: {each.get('problems')}")
    what = f"{wanted:,} pages of {HOSTS} hosts, {concurrency} at a time each"
    found.show(what, "Scrapy", 1, "wall_s")
    goal("    ratio of memory", found.ratio("peak_mb"), 1)


def at_the_limit(hosts: int, pages: int, per_second: int) -> None:
    """All hosts at their rate limit: the time it takes, and what each host saw in every window."""
    with sites(hosts, pages, 0.020) as ports:
        found = ours(ports, f"{per_second}/s", 1)
        seen = _seen(ports[0])
    allowed = pages / per_second  # robots.txt and all pages, one gap less than there are requests
    show(f"{hosts} hosts, {pages + 1} requests each, limit {per_second}/s", [found])
    goal("    time in that which the limit allows", found["wall_s"] / allowed, 1.05)
    most = max(_most(times, per_second) for times in seen.values())
    goal("    requests in the fullest second of any host", most, per_second)
    if found["ok"] != hosts * pages:
        raise SystemExit(f"{found['ok']} pages: {found['problems']}")


def _seen(port: int) -> dict[int, list[float]]:
    from urllib.request import urlopen

    with urlopen(f"http://127.0.0.1:{port}/seen") as answer:
        rows = json.loads(answer.read())
    found: dict[int, list[float]] = {}
    for at, path, moment in rows:
        if path != "/seen":
            found.setdefault(at, []).append(moment)
    return found


def _most(times: list[float], per_second: int) -> int:
    """The largest number of requests in any window of a second."""
    ordered = sorted(times)
    return max(sum(start <= each < start + 1.0 for each in ordered) for start in ordered)


def main() -> None:
    for concurrency in (1, 4):
        against_scrapy(concurrency)
    at_the_limit(20, 50, 5)
    at_the_limit(60, 25, 1)


if __name__ == "__main__":
    measured(main)
