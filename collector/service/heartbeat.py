"""What outside monitors go by: a small file, written anew each time, an address that is asked while all is well, and
words to systemd.

The address may be a secret (healthchecks.io and the like): it is in no log. Nothing here ever raises.
"""

from __future__ import annotations

import http.client
import json
import logging
import os
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

from collector.bounded import TooLate, within
from collector.config.loading import Config, ConfigError
from collector.words import said

LOG = logging.getLogger("collector.service")
#: How long a monitor may take between two bytes, and all in all; it is waited for in a thread of its own.
SECONDS, WHOLE_SECONDS = 10.0, 30.0
_asking = threading.Lock()
_writing = threading.Lock()


def beat(config: Config, state: Mapping[str, object]) -> threading.Thread | None:
    """Write ``state`` (JSON, told by the service) into [service] heartbeat_file and ask the address in the variable
    heartbeat_url_env, unless the database has a problem: then silence is the alarm. Returns the thread that asks."""
    _write(config, state)
    if state.get("database_problem") or state.get("state") == "stopped":
        return None
    try:
        address = config.secret(config.service.heartbeat_url_env, "", "[service] 的心跳地址")
    except ConfigError as problem:
        LOG.warning("%s", problem)
        return None
    if not address or not _asking.acquire(blocking=False):  # the last one is still waited for
        return None
    thread = threading.Thread(target=_ask_once, args=(address,), name="heartbeat", daemon=True)
    thread.start()
    return thread


def _write(config: Config, state: Mapping[str, object]) -> None:
    """Whole or not at all, so that a reader never sees half of it."""
    if not config.service.heartbeat_file:
        return
    path = config.path(config.service.heartbeat_file)
    partial = path.with_name(f"{path.name}.part")
    try:
        text = json.dumps(state, ensure_ascii=False, indent=1, default=str)
        with _writing:
            path.parent.mkdir(parents=True, exist_ok=True)
            partial.write_text(f"{text}\n", encoding="utf-8")
            partial.replace(path)
    except OSError as problem:
        LOG.warning("写不了心跳文件 %s：%s", path.name, said(problem))


def _ask_once(address: str) -> None:
    try:
        problem = ask(address)
    finally:
        _asking.release()
    if problem:
        LOG.warning("外部监控的心跳地址没有通：%s", problem)


def ask(address: str) -> str:
    """GET ``address``, certificates verified; empty where it answered well, otherwise why not, without the address.
    The standard library's client: requests would weigh on the idle service."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "地址写得不对"
    if parts.scheme not in ("http", "https") or not host:
        return "地址写得不对，应以 https:// 开头"
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(host, port, timeout=SECONDS)
    target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    try:
        status = within(WHOLE_SECONDS, lambda: _status(connection, target))
    except ssl.SSLCertVerificationError as problem:
        return f"证书不可信（{problem.verify_message}）"
    except (TimeoutError, TooLate):
        return f"{SECONDS:.0f} 秒内没有回答"
    except ConnectionRefusedError:
        return "对方拒绝连接"
    except socket.gaierror:
        return "找不到对方的主机，请检查网络"
    except OSError as problem:
        return said(problem)
    except (http.client.HTTPException, UnicodeError) as problem:  # its words may hold the address
        return f"对方的回答看不懂（{type(problem).__name__}）"
    finally:
        with suppress(OSError):  # ends what still drips
            if connection.sock is not None:
                socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)
        connection.close()
    return "" if status < 300 else f"对方回答 {status}"


def _status(connection: http.client.HTTPConnection, target: str) -> int:
    connection.request("GET", target, headers={"User-Agent": "baokuan"})
    return connection.getresponse().status


def notify(words: str) -> bool:
    """Tell systemd ``words`` (READY=1, WATCHDOG=1, STOPPING=1; sd_notify(3)); whether anybody was there to hear. A word
    that is lost does no harm."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address or not hasattr(socket, "AF_UNIX"):
        return False
    if address.startswith("@"):  # an abstract socket
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.sendto(words.encode(), address)
    except OSError:
        return False
    return True
