"""The section ``[web]`` of config.toml: where the page answers, and whether it asks for a password."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

from collector.config.sections import Strict


def host_and_port(listen: str) -> tuple[str, int]:
    """``127.0.0.1:8720`` → its two parts. Raises ValueError, in Chinese."""
    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65_535:
        raise ValueError('应写成 "127.0.0.1:8720" 这样；办公室里都能看写 "0.0.0.0:8720"')
    return host.strip("[]"), int(port)


def is_loopback(host: str) -> bool:
    """Whether only this PC reaches ``host``; a name may lead anywhere."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _place(listen: str) -> str:
    if listen:
        host_and_port(listen)
    return listen


def _address(url: str) -> str:
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/")):
        raise ValueError("应是完整的网址，例如 https://baokuan.example.cn，后面不带路径")
    return url


class WebConfig(Strict):
    """The page. ``listen``: the address of this PC that it answers at, empty: none. ``address``: what people type where
    a proxy with a certificate stands before it (https://…). Beyond this PC a password is asked for."""

    listen: Annotated[str, AfterValidator(_place)] = "127.0.0.1:8720"
    address: Annotated[str, AfterValidator(_address)] = ""

    @property
    def guarded(self) -> bool:
        """Whether others than whoever sits at this PC can reach the page."""
        return bool(self.address) or not is_loopback(host_and_port(self.listen)[0])
