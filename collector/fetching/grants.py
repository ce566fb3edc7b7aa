"""Tokens that can be renewed only by themselves: kept on disk, because the platform forgets the old one as it gives the new.

A token is written whole before anybody uses it, so that neither a crash nor a second program loses the only way to the
next one. The files hold secrets: they lie beside the other secrets of the centre and only their owner may read them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock

from adapters.contract import OwnerToken
from adapters.errors import LoginExpired

#: Where they lie, beside config.toml.
FOLDER = "secrets/grants"
#: A second program that renews the same token is waited for this long (seconds).
PATIENCE = 120.0


def grant_anew(account: str) -> str:
    """What a person does where there is no token that can be renewed."""
    return f"请运行 collect grant {account} 重新授权"


@dataclass(frozen=True, slots=True)
class Grants:
    """The kept tokens of a centre, by account (its id is a good name for a file)."""

    folder: Path

    def held(self, account: str) -> AbstractContextManager[object]:
        """Nobody else reads or renews the token of this account meanwhile. Raises filelock.Timeout."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return FileLock(self.folder / f"{account}.lock", timeout=PATIENCE)

    def kept(self, account: str) -> OwnerToken | None:
        """The token as it was kept last; None where none was. Raises LoginExpired where the file is damaged."""
        try:
            told = json.loads(self._place(account).read_text(encoding="utf-8"))
            return OwnerToken(
                access=told["access"],
                until=datetime.fromisoformat(told["until"]),
                refresh=told["refresh"],
                refresh_until=_moment(told["refresh_until"]),
                renew_from=_moment(told["renew_from"]),
            )
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as problem:
            raise LoginExpired(
                f"读不了存下的授权（{self._place(account).name}）",
                target=account,
                advice=grant_anew(account),
            ) from problem

    def begin(self, account: str) -> bool:
        """Note that the token is being renewed, until ``keep`` or ``settle``. Returns whether an earlier renewal never
        came to its end: the platform may have forgotten the token that is kept. Raises OSError."""
        try:
            with self._mark(account).open("x") as file:
                os.fsync(file.fileno())
        except FileExistsError:
            return True
        return False

    def settle(self, account: str) -> None:
        """A renewal came to its end. Raises OSError."""
        self._mark(account).unlink(missing_ok=True)

    def keep(self, account: str, token: OwnerToken) -> None:
        """Write a token down, whole or not at all. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        place = self._place(account)
        fresh = place.with_suffix(".new")
        told = {
            "access": token.access,
            "until": token.until.isoformat(),
            "refresh": token.refresh,
            "refresh_until": token.refresh_until and token.refresh_until.isoformat(),
            "renew_from": token.renew_from and token.renew_from.isoformat(),
        }
        fresh.unlink(missing_ok=True)
        fresh.touch(mode=0o600, exist_ok=False)
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(told, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(place)
        if os.name == "posix":  # elsewhere a folder cannot be flushed
            folder = os.open(self.folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        self.settle(account)

    def secrets(self) -> Iterator[str]:
        """All that is kept, as it is now; what cannot be read has none."""
        for place in self.folder.glob("*.json"):
            with suppress(LoginExpired):
                token = self.kept(place.stem)
                yield from () if token is None else (token.access, token.refresh)

    def _place(self, account: str) -> Path:
        return self.folder / f"{account}.json"

    def _mark(self, account: str) -> Path:
        return self.folder / f"{account}.renewing"


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
