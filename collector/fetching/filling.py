"""What stands for the placeholders of an owner's interface: put into a request just before it is sent, and taken out of
whatever comes back."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import quote

from adapters.contract import APPID, SECRET, Adapter, Request, Signing
from adapters.errors import Refused
from collector.config.secrets import pieces, stripped
from collector.fetching.hosts import same_place


@dataclass(frozen=True, kw_only=True)
class Filling:
    """Placeholder → what goes there. Nothing of it is ever shown."""

    values: Mapping[str, str] = field(default_factory=dict, repr=False)

    def into_address(self, url: str) -> str:
        """An address as it is asked; what is put there is quoted."""
        return self._filled(url, quoted=True)

    def into(self, value: Any) -> Any:
        """Text, or a body or headers of text, with the placeholders filled."""
        if isinstance(value, str):
            return self._filled(value)
        if isinstance(value, Mapping):
            return {name: self.into(each) for name, each in value.items()}
        return [self.into(each) for each in value] if isinstance(value, tuple | list) else value

    def out_of(self, body: bytes) -> bytes:
        """An answer without the secrets, which some platforms repeat; the rest byte for byte."""
        return stripped(body, self._secrets) if self._secrets else body

    def out_of_text(self, text: str) -> str:
        """The same of a text."""
        return self.out_of(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")

    @cached_property
    def _secrets(self) -> list[bytes]:
        """The id is none: it stands in answers as the account's own number."""
        return pieces([each for name, each in self.values.items() if name != APPID])

    def _filled(self, text: str, *, quoted: bool = False) -> str:
        for name, value in self.values.items():
            text = text.replace(name, quote(value, safe="") if quoted else value)
        return text


#: For what has no credential.
NO_FILLING = Filling()


def must_be_safe(adapter: Adapter, request: Request) -> None:
    """A credential goes to the adapter's own hosts, over https, and nowhere else. Raises Refused."""
    if not request.url.startswith("https://") or not same_place(request.url, adapter.hosts):
        advice = "请把这一行发给维护人员"
        raise Refused("这个地址不是接口自己的，没有发出凭据", target=request.url, advice=advice)


def signing(
    filling: Filling, method: str, url: str, body: bytes | str | None, at: datetime
) -> Signing:
    """What a signature of a request is made of; its nonce is fresh."""
    return Signing(
        method=method,
        url=filling.into_address(url),
        body=body if isinstance(body, bytes) else b"",
        appid=filling.values[APPID],
        secret=filling.values[SECRET],
        at=at,
        nonce=secrets.token_hex(16),
    )
