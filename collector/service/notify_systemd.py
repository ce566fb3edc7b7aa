"""Words to systemd: READY=1, WATCHDOG=1, STOPPING=1. Nothing where no systemd listens (by hand, or on Windows).
Environment variables: systemd.exec(5), sd_notify(3)."""

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


def is_read_by_journal() -> bool:
    """Whether standard error goes to systemd's journal: it says which file that is."""
    try:
        look = os.fstat(2)
    except OSError:  # Windows without a window has no standard error
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{look.st_dev}:{look.st_ino}"
