"""config.toml: the one place where a centre describes itself. Unknown keys and bad values are errors, each
with its path and a hint; all of them are reported at once."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from adapters.contract import PLATFORMS, Account
from adapters.records import METRICS, Kind
from collector.politeness import gap_of
from collector.words import said

#: Where a person keeps the file, unless --config or the environment says otherwise.
FILE, VARIABLE = "config.toml", "COLLECT_CONFIG"
#: Fields that ``columns`` may name (design.md, Config).
FIELDS = (
    "title", "url", "published_at", *METRICS, "author", "column", "original", "kind", "followers", "key",
)  # fmt: skip
#: Kind of an account's posts where neither the file nor config says.
DEFAULT_KIND: Mapping[str, Kind] = {
    "douyin": "video",
    "kuaishou": "video",
    "wechat_channels": "video",
    "bilibili": "video",
}
_ID = re.compile(r"[^\\/:*?\"<>|\s.][^\\/:*?\"<>|\s]*")

Text = Annotated[str, Field(min_length=1)]
Positive = Annotated[int, Field(ge=1)]


def variable(name: str) -> str:
    """The name of an environment variable. Raises ValueError without repeating it: it may be the secret itself."""
    if name and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise ValueError("应是环境变量的名字(字母、数字、下划线),不是 cookie 或密钥本身")
    return name


class ConfigError(Exception):
    """The config cannot be used; the text lists every fault in Chinese, one a line."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class CentreConfig(_Strict):
    name: Text
    timezone: Literal["Asia/Shanghai"] = "Asia/Shanghai"
    week_starts: Literal["monday", "sunday"] = "monday"
    contact: str = ""


class StorageConfig(_Strict):
    url: Text = "sqlite:///data/baokuan.db"
    captures: Text = "data/captures"
    keep_captures_days: Positive = 400

    @field_validator("url")
    @classmethod
    def _is_url(cls, url: str) -> str:
        try:
            kind = make_url(url).get_backend_name()
        except ArgumentError:
            raise ValueError("不是数据库地址,例如 sqlite:///data/baokuan.db") from None
        if kind not in ("sqlite", "postgresql"):
            raise ValueError(f"不支持“{kind}”数据库,请写 sqlite:///data/baokuan.db")
        return url


class InboxConfig(_Strict):
    path: Text = "inbox"


class AccountConfig(_Strict):
    id: Text
    platform: Text
    name: Text
    group: str = ""
    owner: Literal["ours", "peer", "outlet"] = "ours"
    level: Literal["", "中央", "省", "市", "县"] = ""
    uid: str = ""
    url: str = ""
    kind: Literal[Kind, ""] = ""
    page: dict[str, str] = Field(default_factory=dict)  # selectors of an own site
    appid: str = ""  # of the owner's WeChat data API
    secret_env: str = ""
    secret_file: str = ""
    columns: dict[str, Literal[FIELDS]] = Field(default_factory=dict)  # type: ignore[valid-type]

    @field_validator("id")
    @classmethod
    def _is_folder(cls, value: str) -> str:
        if not _ID.fullmatch(value) or value == "done" or len(value.encode()) > 100:
            raise ValueError(
                '要能作文件夹名:不含空格和 \\ / : * ? " < > |,不以点开头,也不能是 done'
            )
        return value

    @field_validator("platform")
    @classmethod
    def _is_platform(cls, value: str) -> str:
        if value not in PLATFORMS:
            raise ValueError(
                f"没有平台“{value}”{_like(value, PLATFORMS)},可用:{'、'.join(PLATFORMS)}"
            )
        return value

    @field_validator("secret_env")
    @classmethod
    def _is_name(cls, value: str) -> str:
        return variable(value)

    @property
    def default_kind(self) -> str:
        return self.kind or DEFAULT_KIND.get(self.platform, "article")

    def for_adapters(self) -> Account:
        return Account(
            id=self.id,
            platform=self.platform,
            name=self.name,
            uid=self.uid,
            url=self.url,
            columns=self.columns,
            page=self.page,
        )


class PlatformConfig(_Strict):
    """How a platform's pages are asked. ``base_url`` stands for all of its hosts."""

    rate: str = "20/min"
    concurrency: Annotated[int, Field(ge=1, le=8)] = 1
    cookie_env: str = ""
    cookie_file: str = ""
    base_url: str = ""

    @field_validator("rate")
    @classmethod
    def _is_rate(cls, value: str) -> str:
        gap_of(value)
        return value

    @field_validator("cookie_env")
    @classmethod
    def _is_name(cls, value: str) -> str:
        return variable(value)

    @field_validator("base_url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        try:
            parts = urlsplit(value)
            good = bool(parts.hostname) and parts.scheme in ("http", "https")
            good = good and parts.username is None and (parts.port or 1) > 0
        except ValueError:  # a port that is no number
            good = False
        if value and not good:
            raise ValueError("应是完整的网址,例如 http://127.0.0.1:8000,不带用户名和密码")
        return value


class TopicConfig(_Strict):
    name: Text
    keywords: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @field_validator("keywords", "columns", "tags", mode="before")
    @classmethod
    def _list(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value


class Config(_Strict):
    """A centre as it describes itself. ``folder`` is where the file lies: paths are relative to it."""

    centre: CentreConfig
    storage: StorageConfig = StorageConfig()
    inbox: InboxConfig = InboxConfig()
    hits: dict[Literal[METRICS], tuple[Positive, ...]] = Field(  # type: ignore[valid-type]
        default_factory=lambda: {"views": (100_000, 1_000_000), "likes": (10_000,)}
    )
    accounts: tuple[AccountConfig, ...] = Field(min_length=1)
    topics: tuple[TopicConfig, ...] = ()
    platforms: dict[str, PlatformConfig] = Field(default_factory=dict)
    folder: Path
    fingerprint: str

    @field_validator("hits", mode="before")
    @classmethod
    def _thresholds(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return {n: tuple(each) if isinstance(each, list) else each for n, each in value.items()}
        return value

    @field_validator("accounts", "topics", mode="before")
    @classmethod
    def _tables(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @field_validator("platforms")
    @classmethod
    def _platforms(cls, value: dict[str, PlatformConfig]) -> dict[str, PlatformConfig]:
        for name in value:
            if name not in PLATFORMS:
                raise ValueError(f"没有平台“{name}”{_like(name, PLATFORMS)}")
        return value

    @model_validator(mode="after")
    def _unlike(self) -> Config:
        seen: dict[str, str] = {}
        for each in self.accounts:
            for call in {each.id, each.name}:
                if seen.setdefault(call.casefold(), each.id) != each.id or call == "":
                    raise ValueError(f"两个账号都叫“{call}”,id 和名称都不能重复")
        if len({each.id.casefold() for each in self.accounts}) != len(self.accounts):
            twice = [each.id for each in self.accounts]
            raise ValueError(
                f"账号 id 重复:{'、'.join(sorted({i for i in twice if twice.count(i) > 1}))}"
            )
        return self

    def path(self, relative: str) -> Path:
        """A path of the config, made absolute."""
        return (self.folder / relative).resolve()

    @property
    def database_url(self) -> str:
        """The database address with the path of an SQLite file made absolute."""
        url = make_url(self.storage.url)
        if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
            url = url.set(database=str(self.path(url.database)))
        return url.render_as_string(hide_password=False)

    def account(self, account_id: str) -> AccountConfig | None:
        return next((each for each in self.accounts if each.id == account_id), None)

    @property
    def called(self) -> Mapping[str, str]:
        """What a ledger row may call an account (id or name) → its id."""
        return {call: each.id for each in self.accounts for call in (each.id, each.name)}

    @property
    def thresholds(self) -> dict[str, list[int]]:
        return {metric: sorted(values) for metric, values in self.hits.items() if values}


#: Sections of design.md whose issues come later; they may stand in the file and do nothing yet.
LATER = ("schedule", "mail", "notify", "staff")


def load(path: Path) -> Config:
    """Read and check a config file. Raises ConfigError listing every fault."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(
            f"没有找到配置文件 {path}。请先运行 collect init,或用 --config 指明"
        ) from None
    except UnicodeDecodeError as problem:
        raise ConfigError(
            f"配置文件 {path} 不是 UTF-8 编码。请用记事本打开,另存为,编码选 UTF-8"
        ) from problem
    except OSError as problem:
        raise ConfigError(f"读不了配置文件 {path}:{said(problem)}。请核对 --config") from problem
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise ConfigError(f"{path} 格式有误:{_toml_fault(str(problem))}") from problem
    known = {name: value for name, value in raw.items() if name not in LATER}
    clash = [name for name in ("folder", "fingerprint") if name in raw]
    if clash:
        raise ConfigError(f"{path} 有误:\n  {clash[0]}:不认识的键")
    print_of = hashlib.sha256(json.dumps(raw, sort_keys=True, default=_plain).encode()).hexdigest()
    try:
        return Config(**known, folder=path.resolve().parent, fingerprint=print_of[:12])
    except ValidationError as problem:
        faults = "\n".join(f"  {_fault(each)}" for each in problem.errors())
        raise ConfigError(f"{path} 有 {problem.error_count()} 处要改:\n{faults}") from problem


def later_sections(path: Path) -> list[str]:
    """Sections that stand in the file and that this version does not use yet."""
    raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    return [name for name in LATER if name in raw]


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _toml_fault(said: str) -> str:
    place = re.search(r"line (\d+), column (\d+)", said)
    where = f"第{place[1]}行第{place[2]}列" if place else "文件末尾"
    return f"{where}看不懂。常见原因:文字没有加引号、引号或括号没有成对({said})"


def _fault(error: Any) -> str:
    """One pydantic error as a Chinese line: path, what is wrong, what would be right."""
    where = _place(error["loc"])
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        name = str(error["loc"][-1])
        return f"{where}:不认识的键{_like(name, _keys(error['loc'][:-1]))}"
    words = {
        "missing": "缺少这一项",
        "string_type": "应是文字,请加英文引号",
        "string_too_short": "不能为空",
        "int_type": "应是整数,不加引号",
        "int_from_float": "应是整数",
        "greater_than_equal": f"应不小于 {context.get('ge')}",
        "literal_error": f"不能是“{error['input']}”,可用:{_expected(context)}",
        "tuple_type": "应是用方括号括起的一列值",
        "dict_type": "应是一组“键 = 值”",
        "model_type": "应是一节,例如 [centre]",
        "too_short": "至少要有一个",
    }
    if kind == "value_error":
        return f"{where}:{context['error']}" if where else str(context["error"])
    return f"{where}:{words.get(kind, error['msg'])}"


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


def _keys(location: tuple[Any, ...]) -> list[str]:
    models: dict[str, type[BaseModel]] = {
        "centre": CentreConfig,
        "storage": StorageConfig,
        "inbox": InboxConfig,
        "accounts": AccountConfig,
        "topics": TopicConfig,
        "platforms": PlatformConfig,
    }
    model = models.get(str(location[0]), Config) if location else Config
    return [name for name in model.model_fields if name not in ("folder", "fingerprint")]


def _like(name: str, known: Any) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    return f",是不是想写“{near[0]}”" if near else ""
