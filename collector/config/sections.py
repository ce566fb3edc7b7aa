"""The sections of config.toml, each with what it may hold. Every refusal is a ValueError in Chinese."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from sqlalchemy.exc import ArgumentError

from adapters import platforms
from adapters.contract import Account
from adapters.records import METRICS, Kind
from collector.fetching.politeness import gap_of
from reports.centre import Letter
from storage.postgres import address

#: Fields that ``columns`` may name; those of a ledger, only there.
LEDGER_FIELDS = ("outlet", "level", "medium", "category", "front_page", "issue", "items", "account")
FIELDS = (
    "title", "url", "published_at", *METRICS, "author", "column", "original", "kind", "followers", "key",
    *LEDGER_FIELDS,
)  # fmt: skip
#: Days as crontabs name them; numbers are refused: programs do not agree whether 0 is Sunday or Monday.
_DAYS = "(?:mon|tue|wed|thu|fri|sat|sun)"


def like(name: str, known: Iterable[str]) -> str:
    """A hint at the known name that a wrong one resembles; empty where none does."""
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"，是不是想写“{near[0]}”" if near else ""


# ── what a value may be; each gives the value back or raises ValueError ──


def _variable(name: str) -> str:
    """The value is not repeated: it may be the secret itself, which where it is hexadecimal could be a name as well."""
    long = len(name) >= 20 and "_" not in name and any(sign.isdigit() for sign in name)
    if name and (long or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name)):
        raise ValueError("应是环境变量的名字（字母、数字、下划线），不是 cookie 或密钥本身")
    return name


def _folder(name: str) -> str:
    fits = re.fullmatch(r"[^\\/:*?\"<>|\s.][^\\/:*?\"<>|\s]*", name)
    if not fits or name == "done" or len(name.encode()) > 100:
        raise ValueError('要能作文件夹名：不含空格和 \\ / : * ? " < > |，不以点开头，也不能是 done')
    return name


def _platform(key: str) -> str:
    if key not in platforms.NAMES:
        hint, known = like(key, platforms.NAMES), "、".join(platforms.NAMES)
        raise ValueError(f"没有平台“{key}”{hint}，可用：{known}")
    return key


_DATABASES = "例如 sqlite:///data/baokuan.db 或 postgresql://用户名@服务器/数据库名"


def _database(url: str) -> str:
    try:
        kind = address(url).get_backend_name()
    except (ArgumentError, ValueError):
        raise ValueError(f"不是数据库地址，{_DATABASES}") from None
    if kind not in ("sqlite", "postgresql"):
        raise ValueError(f"不支持“{kind}”数据库，{_DATABASES}")
    return url


#: What the address of a bucket begins with.
S3 = "s3://"
_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[\w.-]+)*/?", re.ASCII)


def captures_place(place: str) -> str:
    """A folder, or a bucket with a prefix."""
    if "://" in place and (not _BUCKET.fullmatch(place) or "/." in place):
        raise ValueError("应是一个文件夹，或对象存储的 s3://存储桶/前缀，例如 s3://baokuan/yunling")
    return place


def _rate(rate: str) -> str:
    gap_of(rate)
    return rate


def origin(url: str) -> str:
    """A whole http address without a login, or nothing. Raises ValueError in Chinese."""
    try:
        parts = urlsplit(url)
        good = bool(parts.hostname) and parts.scheme in ("http", "https")
        good = good and parts.username is None and (parts.port or 1) > 0
    except ValueError:  # a port that is no number
        good = False
    if url and not good:
        raise ValueError("应是完整的网址，例如 http://127.0.0.1:8000，不带用户名和密码")
    return url


def _crontab(text: str) -> str:
    *numbers, day = text.lower().split() or [""]
    good = len(numbers) == 4 and all(re.fullmatch(r"[\d*,/-]+", each) for each in numbers)
    if text and not good:
        raise ValueError('应是“分 时 日 月 星期”五项，例如 "45 12 * * mon"，不用时写 ""')
    if text and not re.fullmatch(rf"\*|{_DAYS}(?:[,-]{_DAYS})*", day):
        raise ValueError("星期请写 mon tue wed thu fri sat sun 或 *，不写数字")
    return text.lower()


def mail_address(text: str) -> str:
    """An address that a message can be sent from or to, as it is. Raises ValueError in Chinese for any other."""
    from email.errors import MessageError
    from email.headerregistry import Address

    try:
        good = text.isascii() and Address(addr_spec=text).addr_spec == text
    except (MessageError, ValueError, IndexError):  # whatever the parser of headers makes of it
        good = False
    if not good:
        raise ValueError(
            f"“{text}”不是邮箱地址" + ("" if text.isascii() else "：只能用半角的英文和数字")
        )
    return text


def _title(text: str) -> str:
    known = ("{centre}", "{period}")
    for each in re.findall(r"\{[^{}]*\}?|\}", text):
        if each not in known:
            raise ValueError(
                f"标题里的“{each}”看不懂{like(each, known)}。"
                "花括号只用来写 {centre}（单位名称）和 {period}（时期），别的照原样写"
            )
    return text


def _shares(shares: dict[str, tuple[float, ...]]) -> dict[str, tuple[float, ...]]:
    for name, parts in shares.items():
        if name != str(len(parts)) or abs(sum(parts) - 1) > 1e-9:
            raise ValueError(f"“{name}”应是 {name} 个人的份额，加起来是 1，例如 2 = [0.6, 0.4]")
    return shares


_Item = TypeVar("_Item")
#: TOML's lists; strict pydantic takes a tuple alone for a tuple.
Many = Annotated[tuple[_Item, ...], Field(strict=False)]
Text = Annotated[str, Field(min_length=1)]
Positive = Annotated[int, Field(ge=1)]
Weight = Annotated[float, Field(ge=0)]
Variable = Annotated[str, AfterValidator(_variable)]
Crontab = Annotated[str, AfterValidator(_crontab)]
MailAddress = Annotated[str, AfterValidator(mail_address)]
Level = Literal["中央", "省", "市", "县"]
Work = Literal["posts", "picks", "views", "placements"]
ColumnField = Literal[FIELDS]  # type: ignore[valid-type]
Metric = Literal[METRICS]  # type: ignore[valid-type]
Scored = Literal[("posts", *METRICS)]  # type: ignore[valid-type]
Index = Literal[("wci-14.2a", "weighted", "posts", *METRICS)]  # type: ignore[valid-type]
Stated = Literal[("posts", "followers", *METRICS)]  # type: ignore[valid-type]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class CentreConfig(Strict):
    name: Text
    timezone: Literal["Asia/Shanghai"] = "Asia/Shanghai"
    week_starts: Literal["monday", "sunday"] = "monday"
    contact: str = ""


class StorageConfig(Strict):
    """``password_env``, ``password_file``: what holds the password of a PostgreSQL user; the address names none then."""

    url: Annotated[Text, AfterValidator(_database)] = "sqlite:///data/baokuan.db"
    password_env: Variable = ""
    password_file: str = ""
    captures: Annotated[Text, AfterValidator(captures_place)] = "data/captures"
    keep_captures_days: Positive = 400


class InboxConfig(Strict):
    """``watch``: folders into which people download, such as ``~/Downloads``; exports of ours are copied from there."""

    path: Text = "inbox"
    watch: Many[Text] = ()


class AccountConfig(Strict):
    id: Annotated[Text, AfterValidator(_folder)]
    platform: Annotated[Text, AfterValidator(_platform)]
    name: Text
    group: str = ""
    owner: Literal["ours", "peer", "outlet"] = "ours"
    level: Literal["", Level] = ""
    uid: str = ""
    url: str = ""
    inside: bool = False  # an own site in the centre's own network
    cookie_env: Variable = ""  # of an own site: it goes where ``url`` leads, and nowhere else
    cookie_file: str = ""
    kind: Literal[Kind, ""] = ""
    page: dict[str, str] = {}  # selectors of an own site
    appid: str = ""  # of the owner's interface, as is the secret
    secret_env: Variable = ""
    secret_file: str = ""
    columns: dict[str, ColumnField] = {}

    @model_validator(mode="after")
    def _fits_its_platform(self) -> AccountConfig:
        if (self.cookie_env or self.cookie_file) and not self.is_site:
            if platforms.BY_KEY[self.platform].site:
                raise ValueError("写了 cookie 还要写 url：cookie 只发给 url 的那个网站")
            raise ValueError(f"这个平台的 cookie 请写到 [platforms.{self.platform}] 里")
        self._has_a_whole_credential()
        wrong = sorted({*self.columns.values()} & {*LEDGER_FIELDS})
        if wrong and self.platform != "ledger":
            raise ValueError(f"columns 里的 {'、'.join(wrong)} 只能用在台账账号")
        return self

    def _has_a_whole_credential(self) -> None:
        """An interface is entered with an id and a secret, or not at all."""
        secret = self.secret_env or self.secret_file
        if not self.appid and not secret:
            return
        platform = platforms.BY_KEY[self.platform]
        if platform.credential is None:
            raise ValueError(
                f"{platform.name}没有程序会读的接口，请去掉 appid、secret_env 和 secret_file"
            )
        called, hidden = platform.credential
        if not self.appid:
            raise ValueError(f"写了接口密钥，还要写 appid：{platform.name}的 {called}")
        if not secret:
            raise ValueError(
                f"写了 appid，还要写 secret_env（放 {hidden} 的环境变量的名字）或 secret_file（放它的文件）"
            )

    @property
    def is_site(self) -> bool:
        """Whether its pages lie on a site of its own."""
        return platforms.BY_KEY[self.platform].site and bool(self.url)

    @property
    def default_kind(self) -> str:
        return self.kind or platforms.BY_KEY[self.platform].kind

    def for_adapters(self, others: tuple[tuple[str, str, str], ...] = ()) -> Account:
        """The account as adapters know it; ``others``: id, platform and name of every account of config."""
        told = self.model_dump(include={"id", "platform", "name", "uid", "url", "columns", "page"})
        return Account(**told, others=others)


class PlatformConfig(Strict):
    """How a platform's pages are asked. ``base_url`` stands for all of its hosts; the cookie is for the platform's own
    host, over https."""

    rate: Annotated[str, AfterValidator(_rate)] = "20/min"
    concurrency: Annotated[int, Field(ge=1, le=8)] = 1
    cookie_env: Variable = ""
    cookie_file: str = ""
    base_url: Annotated[str, AfterValidator(origin)] = ""


class TopicConfig(Strict):
    name: Text
    keywords: Many[str] = ()
    columns: Many[str] = ()
    tags: Many[str] = ()


class ScheduleConfig(Strict):
    """When the service does what: crontab expressions (minute hour day month weekday), Shanghai time; empty: never."""

    collect: Crontab = "7 * * * *"  # what is due by age; the inbox is watched all the time
    mail: Crontab = "45 12 * * mon"  # when Sunday's WeChat figures are there
    summary: Crontab = "15 13 1 1,4,7,10 *"  # of the quarter that has ended
    backup: Crontab = "30 3 * * *"
    clean_up: Crontab = "0 4 * * *"


class MailConfig(Strict):
    """Where mail goes out. ``security``: ssl (usually port 465), starttls (587) or none (this machine only)."""

    model_config = ConfigDict(populate_by_name=True)

    host: Text
    port: Annotated[int, Field(ge=0, le=65_535)] = 0  # 0: the usual one
    security: Literal["ssl", "starttls", "none"] = "ssl"
    ca_file: str = ""  # certificates to trust instead of the system's
    username: str = ""
    password_env: Variable = ""
    password_file: str = ""
    sender: Annotated[MailAddress, Field(alias="from", min_length=3)]
    to: Annotated[Many[MailAddress], Field(min_length=1)]
    hits: bool = True  # a mail for each hit as well
    folder: Text = "data/mail"  # rendered messages stay here

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

    urls_env: Variable = ""
    urls_file: str = ""
    max_age_days: Positive = 7  # nothing older than this is announced
    early: Weight = 5.0  # times its account's median at the same age; 0: never
    early_views: Positive = 1_000  # fewer are never worth an early word


class ServiceConfig(Strict):
    """Where the service leaves its traces; the addresses of outside monitors may hold a secret."""

    logs: Text = "data/logs"
    backups: Text = "data/backups"
    keep_backups: Positive = 14
    heartbeat_file: str = "data/heartbeat.json"
    heartbeat_url_env: Variable = ""


class PlacementsConfig(Strict):
    """Points of a placement by its outlet's level; a piece scores once, at its highest (就高不就低)."""

    points: dict[Level, Weight] = {"中央": 10.0, "省": 5.0, "市": 2.0, "县": 1.0}


class StaffConfig(Strict):
    """The centre's own weights of its staff's work. ``weights``: a post, a pick (tag 优稿), 10,000 views; placements
    by [placements] points. ``shares``: of co-authors in the order of their names, by their number; equal otherwise."""

    show: bool = False
    weights: dict[Work, Weight] = {"posts": 1.0, "picks": 5.0, "views": 1.0, "placements": 1.0}
    shares: Annotated[dict[str, Many[Weight]], AfterValidator(_shares)] = {}


class RankConfig(Strict):
    """A ranking within a group of accounts, ours and peers'. ``index``: wci-14.2a, a metric, or ``weighted`` with
    ``weights`` (each figure as a share of the group's highest, times its weight, out of 100)."""

    name: Text
    accounts: Annotated[Many[Text], Field(min_length=2)]
    index: Index = "views"
    weights: dict[Scored, Weight] = {}

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
    figures: Annotated[dict[Stated, Annotated[int, Field(ge=0)]], Field(min_length=1)]
    source: str = ""


class ReportConfig(Strict):
    """``template``: a centre's own Word template (docxtpl) of the paper. ``tops``: how many named posts a list holds.
    The rest is the paper's opening and closing (reports.centre.Letter)."""

    template: str = ""
    tops: Positive = 10
    title: Annotated[Text, AfterValidator(_title)] = Letter().title
    addressee: str = ""
    signature: str = ""
    date: str = ""
