"""config.toml: the one place where a centre describes itself. Unknown keys and bad values are errors, each
with its path and a hint; all of them are reported at once."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator

from adapters import platforms
from adapters.contract import Account
from collector.config import sections
from collector.config.sections import like
from collector.config.web import WebConfig
from collector.words import said
from storage.postgres import address

#: Where a person keeps the file, unless --config or the environment says otherwise.
FILE, VARIABLE = "config.toml", "COLLECT_CONFIG"
#: Where summaries go unless --out says otherwise, beside it.
OUT = "reports_out"


class ConfigError(Exception):
    """The config cannot be used; the text lists every fault in Chinese, one a line."""


class Config(sections.Strict):
    """A centre as it describes itself. ``folder`` is where the file lies: paths are relative to it."""

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
        if env:
            value = os.environ.get(env, "").strip()
            if not value:
                raise ConfigError(f"{what}：环境变量 {env} 没有设置")
            return value
        if file:
            try:
                return self.path(file).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as problem:
                why = said(problem) if isinstance(problem, OSError) else "不是 UTF-8"
                raise ConfigError(f"{what}：读不了 {Path(file).name}（{why}）") from problem
        return ""

    @property
    def database_url(self) -> str:
        """The database's address, with the path of an SQLite file made absolute, and with the password of PostgreSQL's
        user: never to be shown. Raises ConfigError."""
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
    def captures_folder(self) -> Path:
        return self.path(self.storage.captures)

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

    def account(self, account_id: str) -> sections.AccountConfig | None:
        return next((each for each in self.accounts if each.id == account_id), None)

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


def read(path: Path) -> str:
    """The text of the config file ``path``. Raises ConfigError."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(
            f"没有找到配置文件 {path}。请先运行 collect init，或用 --config 指明"
        ) from None
    except UnicodeDecodeError as problem:
        raise ConfigError(
            f"配置文件 {path} 不是 UTF-8 编码。请用记事本打开，另存为，编码选 UTF-8"
        ) from problem
    except OSError as problem:
        raise ConfigError(f"读不了配置文件 {path}：{said(problem)}。请核对 --config") from problem


def parse(text: str, path: Path) -> Config:
    """Check the text of the config file ``path``. Raises ConfigError listing every fault."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise ConfigError(f"{path} 格式有误：{toml_fault(str(problem))}") from problem
    clash = [name for name in ("folder", "fingerprint") if name in raw]
    if clash:
        raise ConfigError(f"{path} 有误：\n  {clash[0]}：不认识的键")
    print_of = hashlib.sha256(json.dumps(raw, sort_keys=True, default=_plain).encode()).hexdigest()
    try:
        return Config(**raw, folder=path.resolve().parent, fingerprint=print_of[:12])
    except ValidationError as problem:
        faults = "\n".join(f"  {fault(each, Config)}" for each in problem.errors())
        raise ConfigError(f"{path} 有 {problem.error_count()} 处要改：\n{faults}") from problem


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def toml_fault(said: str) -> str:
    place = re.search(r"line (\d+), column (\d+)", said)
    where = f"第{place[1]}行第{place[2]}列" if place else "文件末尾"
    return f"{where}看不懂。常见原因：文字没有加引号、引号或括号没有成对（{said}）"


def fault(error: Any, config: type[BaseModel]) -> str:
    """One pydantic error of ``config`` as a Chinese line: path, what is wrong, what would be right."""
    where = _place(error["loc"])
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        name = str(error["loc"][-1])
        return f"{where}：不认识的键{like(name, _keys(config, error['loc'][:-1]))}"
    words = {
        "missing": "缺少这一项",
        "string_type": "应是文字，请加英文引号",
        "string_too_short": "不能为空",
        "int_type": "应是整数，不加引号",
        "int_from_float": "应是整数",
        "float_type": "应是数字，不加引号",
        "bool_type": "应是 true 或 false，不加引号",
        "greater_than_equal": f"应不小于 {context.get('ge')}",
        "less_than_equal": f"应不大于 {context.get('le')}",
        "literal_error": f"不能是“{error['input']}”，可用：{_expected(context)}",
        "tuple_type": "应是用方括号括起的一列值",
        "dict_type": "应是一组“键 = 值”",
        "model_type": "应是一节，例如 [centre]",
        "too_short": "至少要有一个",
    }
    if kind == "value_error":
        return f"{where}：{context['error']}" if where else str(context["error"])
    return f"{where}：{words.get(kind, error['msg'])}"


def _expected(context: Mapping[str, Any]) -> str:
    return (
        str(context.get("expected", "")).replace("'", "").replace(" or ", "、").replace(", ", "、")
    )


def _place(location: tuple[Any, ...]) -> str:
    text = ""
    for part in location:
        if isinstance(part, int):
            text += f"[第{part + 1}个]"
        elif part != "[key]":
            text += f".{part}" if text else str(part)
    return text


def _keys(config: type[BaseModel], location: tuple[Any, ...]) -> list[str]:
    """The keys that may stand at a place: the sections, or what one of them holds."""
    fields = config.model_fields
    if location and (section := _model_in(fields[str(location[0])].annotation)) is not None:
        fields = section.model_fields
    # a config knows its folder and its fingerprint too, which no file says
    return [each.alias or n for n, each in fields.items() if n not in ("folder", "fingerprint")]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that an annotation is about: ``AccountConfig`` in ``tuple[AccountConfig, ...]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)
