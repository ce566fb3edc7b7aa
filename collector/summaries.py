"""From config to a written summary: which accounts, which moment, which files."""

from __future__ import annotations

from reports.figures import AccountInfo, Centre

from adapters.registry import PLATFORMS
from collector.config import Config

#: Where summaries go unless --out says otherwise, beside config.toml.
OUT = "reports_out"
FORMATS = ("md", "json", "xlsx")


def centre_of(config: Config) -> Centre:
    """A centre as the reports need to know it."""
    return Centre(
        name=config.centre.name,
        accounts=tuple(
            AccountInfo(
                id=each.id,
                name=each.name,
                platform=each.platform,
                platform_name=PLATFORMS[each.platform],
                group=each.group,
                owner=each.owner,
            )
            for each in config.accounts
        ),
        thresholds=config.thresholds,
        fingerprint=config.fingerprint,
    )
