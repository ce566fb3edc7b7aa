"""province.toml: where a province's database and folder are, and (for ``collect fleet init``) its centres. Secrets stand in
it by name only."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, field_validator, model_validator
from sqlalchemy.exc import ArgumentError

from collector.config.checking import ConfigError, checked, read, read_secret, toml
from collector.config.home import Home
from collector.config.loading import Config, parse
from collector.config.sections import Many, Strict, Text, Variable, captures_place
from storage.fleet.schema import of_centre, of_fleet
from storage.postgres import address

#: Where a person keeps the file, unless an argument or the environment says otherwise.
FILE, VARIABLE = "province.toml", "COLLECT_PROVINCE"


def _database(url: str) -> str:
    try:
        parsed = address(url)
    except (ArgumentError, ValueError):
        raise ValueError(_URL) from None
    if parsed.get_backend_name() != "postgresql":
        raise ValueError(f"全省要用 PostgreSQL，{_URL}")
    if parsed.password:
        raise ValueError("里面不能写密码：请用 password_env 写明密码在哪个环境变量里")
    return url


def _key(key: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", key):
        raise ValueError("只用小写英文字母、数字和下划线，以字母开头，不超过 41 个字，例如 yunling")
    return key


_URL = "例如 postgresql://用户名@服务器/数据库名"


class ProvinceConfig(Strict):
    """``folder``: what every machine sees, one folder a centre in it; ``captures``: left out, in each of these."""

    name: Text
    url: Annotated[Text, AfterValidator(_database)]
    password_env: Variable = ""
    password_file: str = ""
    folder: Text = "centres"
    captures: Annotated[str, AfterValidator(captures_place)] = ""


class CentreEntry(Strict):
    """``key`` names its folder and its tables; ``config``: its config.toml; ``city``: for ranks and subtotals."""

    key: Annotated[Text, AfterValidator(_key)]
    config: Text
    city: str = ""


class Province(Strict):
    """The file as it is. ``folder`` is where it lies: paths are relative to it."""

    province: ProvinceConfig
    centres: Many[CentreEntry] = ()
    folder: Path

    @field_validator("centres")
    @classmethod
    def _unlike(cls, value: tuple[CentreEntry, ...]) -> tuple[CentreEntry, ...]:
        keys = [each.key for each in value]
        twice = next((each for each in keys if keys.count(each) > 1), None)
        if twice is not None:
            raise ValueError(f"两个中心的 key 都是“{twice}”，不能重复")
        return value

    @model_validator(mode="after")
    def _whole_secret(self) -> Province:
        if self.province.password_env and self.province.password_file:
            raise ValueError("province.password_env 和 province.password_file 只写一个")
        return self

    def _with_password(self) -> str:
        told = self.province
        what = "[province] 的数据库密码"
        password = read_secret(self.folder, told.password_env, told.password_file, what)
        url = address(told.url)
        return (url.set(password=password) if password else url).render_as_string(
            hide_password=False
        )

    @property
    def url(self) -> str:
        """The address of the province's own tables, with the password: never to be shown. Raises ConfigError."""
        return of_fleet(self._with_password()).render_as_string(hide_password=False)

    def home(self, key: str) -> Home:
        """Where a centre lives. Raises ConfigError where the password cannot be read."""
        url = of_centre(self._with_password(), key).render_as_string(hide_password=False)
        return Home(url=url, turns=self.url, captures=self._captures(key))

    def _captures(self, key: str) -> str:
        place = self.province.captures
        if not place:
            return ""
        below = place if "://" in place else (self.folder / place).as_posix()
        return f"{below.rstrip('/')}/{key}"

    def place(self, key: str) -> Path:
        """The config file of a centre as the program names it: in the centre's own folder, which need not hold one."""
        return self.folder / self.province.folder / key / "config.toml"

    def centre(self, key: str, text: str) -> Config:
        """A centre of the province by the text of its config. Raises ConfigError."""
        return parse(text, self.place(key), self.home(key))


def load(path: Path) -> Province:
    """Read and check a province's file. Raises ConfigError listing every fault."""
    try:
        text = read(path)
    except ConfigError as problem:
        if path.exists():
            raise
        raise ConfigError(
            f"没有找到 {path}。请进入它所在的文件夹，或用 --province（或环境变量 {VARIABLE}）指明"
        ) from problem
    return checked(Province, toml(text, path), path)
