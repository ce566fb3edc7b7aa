"""The sections of config.toml, each with what it may hold. Every refusal is a ValueError in Chinese."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from adapters import platforms
from adapters.contract import Account
from adapters.records import METRICS, Kind
from collector.fetching.politeness import gap_of
from reports.centre import Letter

#: Fields that ``columns`` may name; those of a ledger, only there.
LEDGER_FIELDS = ("outlet", "level", "medium", "category", "front_page", "issue", "items", "account")
FIELDS = (
    "title", "url", "published_at", *METRICS, "author", "column", "original", "kind", "followers", "key",
    *LEDGER_FIELDS,
)  # fmt: skip
_ID = re.compile(r"[^\\/:*?\"<>|\s.][^\\/:*?\"<>|\s]*")

Text = Annotated[str, Field(min_length=1)]
Positive = Annotated[int, Field(ge=1)]


def variable(name: str) -> str:
    """The name of an environment variable. Raises ValueError without repeating it: it may be the secret itself."""
    if name and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise ValueError("应是环境变量的名字（字母、数字、下划线），不是 cookie 或密钥本身")
    return name


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class CentreConfig(Strict):
    name: Text
    timezone: Literal["Asia/Shanghai"] = "Asia/Shanghai"
    week_starts: Literal["monday", "sunday"] = "monday"
    contact: str = ""


class StorageConfig(Strict):
    url: Text = "sqlite:///data/baokuan.db"
    captures: Text = "data/captures"
    keep_captures_days: Positive = 400

    @field_validator("url")
    @classmethod
    def _is_url(cls, url: str) -> str:
        try:
            kind = make_url(url).get_backend_name()
        except ArgumentError:
            raise ValueError("不是数据库地址，例如 sqlite:///data/baokuan.db") from None
        if kind not in ("sqlite", "postgresql"):
            raise ValueError(f"不支持“{kind}”数据库，请写 sqlite:///data/baokuan.db")
        return url


class InboxConfig(Strict):
    path: Text = "inbox"


class AccountConfig(Strict):
    id: Text
    platform: Text
    name: Text
    group: str = ""
    owner: Literal["ours", "peer", "outlet"] = "ours"
    level: Literal["", "中央", "省", "市", "县"] = ""
    uid: str = ""
    url: str = ""
    inside: bool = False  # an own site in the centre's own network
    cookie_env: str = ""  # of an own site: it goes where ``url`` leads, and nowhere else
    cookie_file: str = ""
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
                '要能作文件夹名：不含空格和 \\ / : * ? " < > |，不以点开头，也不能是 done'
            )
        return value

    @field_validator("platform")
    @classmethod
    def _is_platform(cls, value: str) -> str:
        if value not in platforms.NAMES:
            raise ValueError(
                f"没有平台“{value}”{like(value, platforms.NAMES)}，可用：{'、'.join(platforms.NAMES)}"
            )
        return value

    @field_validator("secret_env", "cookie_env")
    @classmethod
    def _is_name(cls, value: str) -> str:
        return variable(value)

    @model_validator(mode="after")
    def _has_a_site(self) -> AccountConfig:
        if (self.cookie_env or self.cookie_file) and not self.is_site:
            if platforms.BY_KEY[self.platform].site:
                raise ValueError("写了 cookie 还要写 url：cookie 只发给 url 的那个网站")
            raise ValueError(f"这个平台的 cookie 请写到 [platforms.{self.platform}] 里")
        return self

    @property
    def is_site(self) -> bool:
        """Whether its pages lie on a site of its own."""
        return platforms.BY_KEY[self.platform].site and bool(self.url)

    @property
    def default_kind(self) -> str:
        return self.kind or platforms.BY_KEY[self.platform].kind

    @model_validator(mode="after")
    def _fields_fit(self) -> AccountConfig:
        wrong = sorted({*self.columns.values(), ""} & {*LEDGER_FIELDS})
        if wrong and self.platform != "ledger":
            raise ValueError(f"columns 里的 {'、'.join(wrong)} 只能用在台账账号")
        return self

    def for_adapters(self, others: tuple[tuple[str, str, str], ...] = ()) -> Account:
        """The account as adapters know it; ``others``: id, platform and name of every account of config."""
        return Account(
            id=self.id,
            platform=self.platform,
            name=self.name,
            uid=self.uid,
            url=self.url,
            columns=self.columns,
            page=self.page,
            others=others,
        )


class PlatformConfig(Strict):
    """How a platform's pages are asked. ``base_url`` stands for all of its hosts; the cookie is for the platform's own
    host, over https."""

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
            raise ValueError("应是完整的网址，例如 http://127.0.0.1:8000，不带用户名和密码")
        return value


class TopicConfig(Strict):
    name: Text
    keywords: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @field_validator("keywords", "columns", "tags", mode="before")
    @classmethod
    def _list(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


#: Names of days that a crontab may use; numbers are refused: programs do not agree whether 0 is Sunday or Monday.
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CRON_PART = re.compile(r"[\d*,/-]+")
_CRON_DAY = re.compile(rf"\*|(?:{'|'.join(DAYS)})(?:[,-](?:{'|'.join(DAYS)}))*")


class ScheduleConfig(Strict):
    """When the service does what: crontab expressions (minute hour day month weekday), Shanghai time; empty: never."""

    collect: str = "7 * * * *"  # what is due by age; the inbox is watched all the time
    mail: str = "45 12 * * mon"  # when Sunday's WeChat figures are there
    summary: str = "15 13 1 1,4,7,10 *"  # of the quarter that has ended
    backup: str = "30 3 * * *"
    clean_up: str = "0 4 * * *"

    @field_validator("*")
    @classmethod
    def _is_crontab(cls, value: str) -> str:
        parts = value.split()
        good = len(parts) == 5 and all(_CRON_PART.fullmatch(each) for each in parts[:4])
        if value and not good:
            raise ValueError('应是“分 时 日 月 星期”五项，例如 "45 12 * * mon"，不用时写 ""')
        if value and not _CRON_DAY.fullmatch(parts[4].lower()):
            raise ValueError("星期请写 mon tue wed thu fri sat sun 或 *，不写数字")
        return value.lower()


class MailConfig(Strict):
    """Where mail goes out. ``security``: ssl (usually port 465), starttls (587) or none (this machine only)."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)

    host: Text
    port: Annotated[int, Field(ge=0, le=65_535)] = 0  # 0: the usual one
    security: Literal["ssl", "starttls", "none"] = "ssl"
    ca_file: str = ""  # certificates to trust instead of the system's
    username: str = ""
    password_env: str = ""
    password_file: str = ""
    sender: Annotated[str, Field(alias="from", min_length=3)]
    to: Annotated[tuple[Text, ...], Field(min_length=1)]
    hits: bool = True  # a mail for each hit as well
    folder: Text = "data/mail"  # rendered messages stay here

    @field_validator("to", mode="before")
    @classmethod
    def _list(cls, value: Any) -> Any:
        return _as_tuple(value)

    @field_validator("sender", "to")
    @classmethod
    def _is_address(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        for each in (value,) if isinstance(value, str) else value:
            if not re.fullmatch(r"[^@\s<>,;:\"]+@[^@\s<>,;:\"]+", each):
                raise ValueError(f"“{each}”不是邮箱地址")
        return value

    @field_validator("password_env")
    @classmethod
    def _is_name(cls, value: str) -> str:
        return variable(value)

    @model_validator(mode="after")
    def _is_safe(self) -> MailConfig:
        if self.security == "none" and self.host not in ("localhost", "127.0.0.1", "::1"):
            raise ValueError(
                '不加密只能用于本机（localhost），请把 security 写成 "ssl" 或 "starttls"'
            )
        return self

    @property
    def actual_port(self) -> int:
        return self.port or {"ssl": 465, "starttls": 587, "none": 25}[self.security]


class NotifyConfig(Strict):
    """Group chats, by Apprise addresses, one a line, from the environment or a file: they hold secrets."""

    urls_env: str = ""
    urls_file: str = ""
    max_age_days: Positive = 7  # nothing older than this is announced
    early: Annotated[float, Field(ge=0)] = (
        5.0  # times its account's median at the same age; 0: never
    )
    early_views: Positive = 1_000  # fewer are never worth an early word

    @field_validator("early", mode="before")
    @classmethod
    def _number(cls, value: Any) -> Any:
        return float(value) if isinstance(value, int) and not isinstance(value, bool) else value

    @field_validator("urls_env")
    @classmethod
    def _is_name(cls, value: str) -> str:
        return variable(value)


class ServiceConfig(Strict):
    """Where the service leaves its traces; the addresses of outside monitors may hold a secret."""

    logs: Text = "data/logs"
    backups: Text = "data/backups"
    keep_backups: Positive = 14
    heartbeat_file: str = "data/heartbeat.json"
    heartbeat_url_env: str = ""

    @field_validator("heartbeat_url_env")
    @classmethod
    def _is_name(cls, value: str) -> str:
        return variable(value)


Weight = Annotated[float, Field(ge=0)]
Level = Literal["中央", "省", "市", "县"]
Work = Literal["posts", "picks", "views", "placements"]
_POINTS: dict[Level, float] = {"中央": 10.0, "省": 5.0, "市": 2.0, "县": 1.0}
_WEIGHTS: dict[Work, float] = {"posts": 1.0, "picks": 5.0, "views": 1.0, "placements": 1.0}


def _floats(value: Any) -> Any:
    """Whole numbers stand for floats too."""
    if not isinstance(value, dict):
        return value
    return {
        name: float(each) if isinstance(each, int) and not isinstance(each, bool) else each
        for name, each in value.items()
    }


class PlacementsConfig(Strict):
    """Points of a placement by its outlet's level; a piece scores once, at its highest (就高不就低)."""

    points: dict[Level, Weight] = Field(default_factory=_POINTS.copy)

    @field_validator("points", mode="before")
    @classmethod
    def _numbers(cls, value: Any) -> Any:
        return _floats(value)


class StaffConfig(Strict):
    """The centre's own weights of its staff's work. ``weights``: a post, a pick (tag 优稿), 10,000 views; placements
    by [placements] points. ``shares``: of co-authors in the order of their names, by their number; equal otherwise."""

    show: bool = False
    weights: dict[Work, Weight] = Field(default_factory=_WEIGHTS.copy)
    shares: dict[str, tuple[Weight, ...]] = Field(default_factory=dict)

    @field_validator("weights", mode="before")
    @classmethod
    def _numbers(cls, value: Any) -> Any:
        return _floats(value)

    @field_validator("shares", mode="before")
    @classmethod
    def _lists(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {
            n: tuple(map(float, each)) if isinstance(each, list) else each
            for n, each in value.items()
        }

    @field_validator("shares")
    @classmethod
    def _are_whole(cls, value: dict[str, tuple[float, ...]]) -> dict[str, tuple[float, ...]]:
        for name, parts in value.items():
            if name != str(len(parts)) or abs(sum(parts) - 1) > 1e-9:
                raise ValueError(f"“{name}”应是 {name} 个人的份额，加起来是 1，例如 2 = [0.6, 0.4]")
        return value


class RankConfig(Strict):
    """A ranking within a group of accounts, ours and peers'. ``index``: wci-14.2a, a metric, or ``weighted`` with
    ``weights`` (each figure as a share of the group's highest, times its weight, out of 100)."""

    name: Text
    accounts: Annotated[tuple[Text, ...], Field(min_length=2)]
    index: Literal[("wci-14.2a", "weighted", "posts", *METRICS)] = "views"  # type: ignore[valid-type]
    weights: dict[Literal[("posts", *METRICS)], Weight] = Field(default_factory=dict)  # type: ignore[valid-type]

    @field_validator("accounts", mode="before")
    @classmethod
    def _list(cls, value: Any) -> Any:
        return _as_tuple(value)

    @field_validator("weights", mode="before")
    @classmethod
    def _numbers(cls, value: Any) -> Any:
        return _floats(value)

    @model_validator(mode="after")
    def _has_weights(self) -> RankConfig:
        if (self.index == "weighted") is not bool(self.weights):
            raise ValueError('index = "weighted" 时要写 weights，别的指数不写')
        return self


class BaselineConfig(Strict):
    """Figures of an earlier period that a person states: compared with, marked 未核实. ``of``: total, a group's name
    or an account's id. ``figures``: posts or a metric, or followers."""

    period: Text
    of: Text = "total"
    figures: Annotated[
        dict[Literal[("posts", "followers", *METRICS)], Annotated[int, Field(ge=0)]],  # type: ignore[valid-type]
        Field(min_length=1),
    ]
    source: str = ""


class ReportConfig(Strict):
    """``template``: a centre's own Word template (docxtpl) of the paper. ``tops``: how many named posts a list holds.
    The rest is the paper's opening and closing (reports.centre.Letter)."""

    template: str = ""
    tops: Positive = 10
    title: Text = Letter().title
    addressee: str = ""
    signature: str = ""
    date: str = ""

    @field_validator("title")
    @classmethod
    def _is_pattern(cls, value: str) -> str:
        known = ("{centre}", "{period}")
        for each in re.findall(r"\{[^{}]*\}?|\}", value):
            if each not in known:
                raise ValueError(
                    f"标题里的“{each}”看不懂{like(each, known)}。"
                    "花括号只用来写 {centre}（单位名称）和 {period}（时期），别的照原样写"
                )
        return value


def like(name: str, known: Any) -> str:
    """A hint at the known name that a wrong one resembles; empty where none does."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"，是不是想写“{near[0]}”" if near else ""


#: Section → what may stand in it; tables of tables are named too.
SECTIONS: Mapping[str, type[BaseModel]] = {
    "centre": CentreConfig,
    "storage": StorageConfig,
    "inbox": InboxConfig,
    "accounts": AccountConfig,
    "topics": TopicConfig,
    "platforms": PlatformConfig,
    "schedule": ScheduleConfig,
    "mail": MailConfig,
    "notify": NotifyConfig,
    "service": ServiceConfig,
    "placements": PlacementsConfig,
    "staff": StaffConfig,
    "ranks": RankConfig,
    "baselines": BaselineConfig,
    "report": ReportConfig,
}
