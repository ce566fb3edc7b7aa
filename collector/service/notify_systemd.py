"""Words to systemd: READY=1, WATCHDOG=1, STOPPING=1. Nothing where no systemd listens (by hand, or on Windows)."""

from __future__ import annotations

import os
import socket

#: Where systemd listens.
_SOCKET = "NOTIFY_SOCKET"


def notify(words: str) -> bool:
    """Send ``words`` (``READY=1``); whether anybody was there to hear. Never raises: a word that is lost does no harm."""
    address = os.environ.get(_SOCKET, "")
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
