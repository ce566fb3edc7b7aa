"""What outside monitors go by: a small file, written anew each time, and an address that is asked while all is well.

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

from collector.config.loading import Config, ConfigError
from collector.config.secrets import read_secret
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
        address = read_secret(config, config.service.heartbeat_url_env, "", "[service] 的心跳地址")
    except ConfigError as problem:
        LOG.warning("%s", problem)
        return None
    if not address or not _asking.acquire(blocking=False):  # the last one is still waited for
        return None
    thread = threading.Thread(target=_ask_once, args=(address,), name="heartbeat", daemon=True)
    thread.start()
    return thread


def left_word(config: Config, name: str) -> str:
    """What the file says under a name, as it was last written; empty where it says nothing."""
    if not config.service.heartbeat_file:
        return ""
    try:
        told = json.loads(config.path(config.service.heartbeat_file).read_text(encoding="utf-8"))
        return "" if told[name] is None else str(told[name])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


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
            os.replace(partial, path)  # noqa: PTH105
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
    """GET ``address``, certificates verified; empty where it answered well, otherwise why not, without the address."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "地址写得不对"
    if parts.scheme not in ("http", "https") or not host:
        return "地址写得不对，应以 https:// 开头"
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        secure = ssl.create_default_context()
        connection = http.client.HTTPSConnection(host, port, timeout=SECONDS, context=secure)
    else:
        connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
    late = threading.Timer(WHOLE_SECONDS, _cut, (connection,))
    late.daemon = True
    late.start()
    try:
        target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        connection.request("GET", target, headers={"User-Agent": "baokuan"})
        status = connection.getresponse().status
    except ssl.SSLCertVerificationError as problem:
        return f"证书不可信（{problem.verify_message}）"
    except TimeoutError:
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
        late.cancel()
        connection.close()
    return "" if status < 300 else f"对方回答 {status}"


def _cut(connection: http.client.HTTPConnection) -> None:
    """End the connection under a monitor that drips; what waits for it then fails."""
    with suppress(OSError):
        if connection.sock is not None:
            socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)
