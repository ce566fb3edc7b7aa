"""Where a centre of a province lives: what the province gives each of its centres, instead of what its config says."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """``url``: the address of the centre's own tables, ``turns``: of the province's, where turns at hosts are taken;
    both with the password, so neither is ever shown. ``captures``: the place of its captures, a folder or
    ``s3://…``; empty where its own config says it."""

    url: str = field(repr=False)
    turns: str = field(repr=False)
    captures: str = ""
