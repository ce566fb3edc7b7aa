"""Web addresses: their parts, whether two name the same page, and as pages write them."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urljoin, urlsplit


def split(url: str) -> SplitResult:
    """An address in its parts; all of them empty where it is none (``http://[``)."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")


def same_address(one: str, other: str) -> bool:
    """Whether two addresses name the same page, apart from http or https and a fragment."""
    first, second = (
        (each.netloc.lower(), each.path.rstrip("/"), each.query)
        for each in map(split, (one, other))
    )
    return first == second


def same_host(one: str, other: str) -> bool:
    """Whether two web addresses lie on the same host and port."""
    first, second = split(one), split(other)
    web = {"http", "https"}
    return {first.scheme, second.scheme} <= web and first.netloc.lower() == second.netloc.lower()


def joined(base: str, address: str) -> str:
    """An address as a page writes it, in full and without fragment; empty where it is no web address."""
    if not address.strip():
        return ""
    try:
        full = urlsplit(urljoin(base, address.strip()))
        host = full.hostname
    except ValueError:  # a bracket without its pair
        return ""
    if full.scheme not in ("http", "https") or not host:
        return ""
    return full._replace(fragment="").geturl()


def without_fragment(url: str) -> str:
    """A web address without its fragment; empty where it is none."""
    return joined(url, url)


def place(url: str) -> tuple[str, str]:
    """Host (small letters, without port) and path of an address; both empty where it is none."""
    parts = split(url.strip())
    return (parts.hostname or "").lower(), parts.path


def in_path(url: str, hosts: frozenset[str], shape: re.Pattern[str]) -> str:
    """The id that ``shape`` (its group 1) finds in the path of an address of these hosts; else empty."""
    host, path = place(url)
    match = shape.fullmatch(path) if host in hosts else None
    return match[1] if match else ""
