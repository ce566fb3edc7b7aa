"""config.toml: the one place where a centre describes itself. Unknown keys and bad values are errors, each
with its path and a hint; all of them are reported at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path

from pydantic import Field, field_validator, model_validator

from adapters import platforms
from adapters.contract import Account
from collector.config import sections
from collector.config.checking import ConfigError as ConfigError
from collector.config.checking import checked, read, read_secret, toml
from collector.config.home import Home
from collector.config.web import WebConfig
from storage.postgres import address

#: Where summaries go unless --out says otherwise, beside it.
OUT = "reports_out"


class Config(sections.Strict):
    """A centre as it describes itself. ``folder`` is where the file lies: paths are relative to it. ``home``: what a
    province gives it; None where it is on its own."""

    centre: sections.CentreConfig
    storage: sections.StorageConfig = sections.StorageConfig()
    inbox: sections.InboxConfig = sections.InboxConfig()
    hits: dict[sections.Metric, sections.Many[sections.Positive]] = Field(
        default_factory=lambda: {"views": (100_000, 1_000_000), "likes": (10_000,)}
    )
    accounts: sections.Many[sections.AccountConfig] = Field(min_length=1)
    topics: sections.Many[sections.TopicConfig] = ()
    platforms: dict[str, sections.PlatformConfig] = Field(default_factory=dict)
    schedule: sections.ScheduleConfig = sections.ScheduleConfig()
    mail: sections.MailConfig | None = None
    notify: sections.NotifyConfig = sections.NotifyConfig()
    service: sections.ServiceConfig = sections.ServiceConfig()
    placements: sections.PlacementsConfig = sections.PlacementsConfig()
    staff: sections.StaffConfig = sections.StaffConfig()
    ranks: sections.Many[sections.RankConfig] = ()
    baselines: sections.Many[sections.BaselineConfig] = ()
    report: sections.ReportConfig = sections.ReportConfig()
    web: WebConfig = WebConfig()
    folder: Path
    fingerprint: str
    home: Home | None = Field(default=None, exclude=True, repr=False)

    @field_validator("platforms")
    @classmethod
    def _platforms(
        cls, value: dict[str, sections.PlatformConfig]
    ) -> dict[str, sections.PlatformConfig]:
        for name, each in value.items():
            if name not in platforms.NAMES:
                raise ValueError(f"没有平台“{name}”{sections.like(name, platforms.NAMES)}")
            if platforms.BY_KEY[name].site and (each.cookie_env or each.cookie_file):
                raise ValueError(
                    f"{name} 的 cookie 请写到要登录的那个账号里（[[accounts]] 的 cookie_env 或 cookie_file）："
                    "它只发给那个账号的网站"
                )
        return value

    @model_validator(mode="after")
    def _unlike(self) -> Config:
        seen: dict[str, int] = {}
        for number, each in enumerate(self.accounts):
            for call in {each.id, each.name}:
                if seen.setdefault(call.casefold(), number) != number:
                    raise ValueError(f"两个账号都叫“{call}”，id 和名称都不能重复")
        return self

    @model_validator(mode="after")
    def _are_known(self) -> Config:
        """What ranks and baselines name must be there."""
        ids, groups = {each.id for each in self.accounts}, {each.group for each in self.accounts}
        for rank in self.ranks:
            for each in rank.accounts:
                if each not in ids:
                    raise ValueError(
                        f"排名“{rank.name}”：没有账号“{each}”{sections.like(each, ids)}"
                    )
        for baseline in self.baselines:
            if baseline.of != "total" and baseline.of not in ids | groups:
                raise ValueError(
                    f"baselines：没有账号或分组“{baseline.of}”{sections.like(baseline.of, ids | groups)}"
                )
        return self

    def path(self, relative: str) -> Path:
        """A path of the config, made absolute."""
        return (self.folder / relative).resolve()

    def secret(self, env: str, file: str, what: str) -> str:
        """A secret named by ``…_env`` or ``…_file``; empty where neither is given. Raises ConfigError."""
        return read_secret(self.folder, env, file, what)

    @property
    def database_url(self) -> str:
        """The database's address, with the path of an SQLite file made absolute, and with the password of PostgreSQL's
        user: never to be shown. Raises ConfigError."""
        if self.home is not None:
            return self.home.url
        storage = self.storage
        url = address(storage.url)
        named = url.database or ":memory:"
        if url.get_backend_name() == "sqlite" and not named.startswith((":memory:", "file:")):
            url = url.set(database=str(self.path(named)))
        password = self.secret(
            storage.password_env, storage.password_file, "[storage] 的数据库密码"
        )
        if password:
            url = url.set(password=password)
        return url.render_as_string(hide_password=False)

    @property
    def captures(self) -> str:
        """Where captures are kept: a folder as config names it, or a bucket."""
        given = self.home.captures if self.home is not None else ""
        return given or self.storage.captures

    @property
    def captures_folder(self) -> Path | None:
        """The folder of captures; None where they lie in a bucket."""
        return None if self.captures.startswith(sections.S3) else self.path(self.captures)

    @property
    def inbox_folder(self) -> Path:
        return self.path(self.inbox.path)

    @property
    def names(self) -> dict[str, str]:
        """Account id → the name that people know."""
        return {each.id: each.name for each in self.accounts}

    @property
    def kinds(self) -> dict[str, str]:
        """Account id → its platform."""
        return {each.id: each.platform for each in self.accounts}

    @property
    def ours(self) -> list[str]:
        """The ids of our own accounts."""
        return [each.id for each in self.accounts if each.owner == "ours"]

    @cached_property
    def _accounts(self) -> dict[str, sections.AccountConfig]:
        return {each.id: each for each in self.accounts}

    def account(self, account_id: str) -> sections.AccountConfig | None:
        return self._accounts.get(account_id)

    def asks_pages(self, account: sections.AccountConfig) -> bool:
        """Whether an account's pages are asked: only where config says so, by the account's uid, url, page or appid,
        or by a section of its platform. Files alone never make the program go to the network."""
        told = account.uid or account.url or account.page or account.appid
        return bool(told) or account.platform in self.platforms

    @property
    def called(self) -> Mapping[str, str]:
        """What a ledger row may call an account (id or name) → its id."""
        return {call: each.id for each in self.accounts for call in (each.id, each.name)}

    def for_adapters(self, account: sections.AccountConfig) -> Account:
        """An account as an adapter of files knows it: a table may name the others."""
        return account.for_adapters(tuple((e.id, e.platform, e.name) for e in self.accounts))

    @property
    def thresholds(self) -> dict[str, list[int]]:
        return {metric: sorted(values) for metric, values in self.hits.items() if values}


def load(path: Path) -> Config:
    """Read and check a config file. Raises ConfigError listing every fault."""
    return parse(read(path), path)


def parse(text: str, path: Path, home: Home | None = None) -> Config:
    """Check the text of the config file ``path``, of a centre that lives at ``home`` (None: where its text says).
    Raises ConfigError listing every fault."""
    raw = toml(text, path)
    print_of = hashlib.sha256(json.dumps(raw, sort_keys=True, default=_plain).encode()).hexdigest()
    config = checked(Config, raw, path, fingerprint=print_of[:12], home=home)
    if home is not None and (fault := _unfit(config, home)):
        raise ConfigError(f"{path} 有误：\n  {fault}")
    return config


def _unfit(config: Config, home: Home) -> str:
    """What a centre of a province may not say of itself; empty where it says none of it."""
    of_province = {"url", "password_env", "password_file", *(["captures"] if home.captures else [])}
    for name in sorted(of_province & config.storage.model_fields_set):
        return f"storage.{name}：由全省的配置统一规定，请从这份配置里去掉"
    if config.inbox.watch:
        return "inbox.watch：全省的机器不看谁的下载文件夹，请从这份配置里去掉"
    if not config.inbox_folder.is_relative_to(config.folder):
        return "inbox.path：要在本中心自己的文件夹里，请写相对路径，例如 inbox"
    return ""


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
