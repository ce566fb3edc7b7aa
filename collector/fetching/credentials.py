"""What the owners' interfaces are entered with: secrets from where config says, tokens fetched for them when they are needed,
and a new one when the old is over. How each platform does it, its adapter says (``OwnApi``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock

from filelock import Timeout

from adapters.contract import (
    ACCESS_TOKEN,
    APPID,
    CODE,
    REDIRECT,
    REFRESH_TOKEN,
    SECRET,
    STATE,
    Account,
    Adapter,
    OwnApi,
    OwnerToken,
    Page,
    Request,
)
from adapters.errors import LoginExpired, SourceError, Unreachable
from collector.config.loading import Config, ConfigError
from collector.fetching.filling import Filling
from collector.fetching.grants import FOLDER, Grants, grant_anew
from collector.words import said

#: A token is over this long before its end: what is asked with it takes time.
EARLY = timedelta(seconds=60)
#: Sends a request of the program's own with a filling and gives the whole answer; raises Unreachable or Refused.
Send = Callable[[Adapter, Account, Request, Filling], Page]
Key = tuple[str, str]


def call_of(url: str) -> str:
    """Which call of an interface an address is: the address without what is asked. Platforms count by calls."""
    return url.partition("#")[0].partition("?")[0]


@dataclass(slots=True)
class Credentials:
    """Those of a run, by adapter and account. Thread-safe. ``closed``: why there is no token; ``spent``: why a call (by
    account and ``call_of``) is not asked any more."""

    config: Config
    send: Send
    now: Callable[[], datetime]
    tokens: dict[Key, OwnerToken] = field(default_factory=dict, repr=False)
    renewed: set[Key] = field(default_factory=set)
    closed: dict[Key, SourceError] = field(default_factory=dict)
    spent: dict[Key, SourceError] = field(default_factory=dict)
    locks: dict[Key, Lock] = field(default_factory=dict)

    def filling(self, adapter: Adapter, account: Account, url: str) -> Filling:
        """What a request of an account is filled with. Raises a SourceError, in words, where there is nothing, or where
        its call has said that there is no more today."""
        if no_more := self.spent.get((account.id, call_of(url))):
            raise type(no_more)(no_more.what, target=url, advice=no_more.advice)
        return self._told_once(adapter, account, lambda: self._filling(adapter, account))

    def anew(self, adapter: Adapter, account: Account, refused: Filling) -> Filling:
        """The same after an answer that did not take the token of ``refused``; of new tokens there is one a run."""

        def fresh() -> Filling:
            key = adapter.name, account.id
            token = self.tokens.get(key)
            if token and token.access == refused.values.get(ACCESS_TOKEN):
                if key in self.renewed:
                    return refused
                self.renewed.add(key)
                self.tokens[key] = replace(token, until=self.now())
            return self._filling(adapter, account)

        return self._told_once(adapter, account, fresh)

    def consent_at(self, account: Account, address: str, redirect: str, state: str) -> str:
        """The ``address`` at which a person consents, filled in. Raises LoginExpired where config names no credential."""
        appid = self._named(account).values[APPID]
        values = {APPID: appid, REDIRECT: redirect, STATE: state}
        return Filling(values=values).into_address(address)

    def granted(self, adapter: Adapter, account: Account, code: str) -> OwnerToken:
        """The first token for the code that a person's consent gave, kept. Raises a SourceError."""
        assert adapter.own_api is not None and adapter.own_api.grant is not None
        filling = Filling(values={**self._named(account).values, CODE: code})
        with self._grants(account) as grants:
            token = self._fetched(adapter, account, adapter.own_api.grant.exchange, filling)
            grants.keep(account.id, token)
        return token

    def no_more(self, account_id: str, url: str, problem: SourceError) -> None:
        """A call said that there is no more today: nobody asks in vain."""
        self.spent.setdefault((account_id, call_of(url)), problem)

    def _told_once(
        self, adapter: Adapter, account: Account, give: Callable[[], Filling]
    ) -> Filling:
        key = adapter.name, account.id
        with self.locks.setdefault(key, Lock()):  # of one account alone: a token may take its time
            if key not in self.closed:
                try:
                    return give()
                except SourceError as problem:  # once a run is enough
                    self.closed[key] = problem
            raise self.closed[key]

    def _filling(self, adapter: Adapter, account: Account) -> Filling:
        assert adapter.own_api is not None
        named = self._named(account)
        if adapter.own_api.read_token is None:
            return named
        token = self._token(adapter, adapter.own_api, account, named)
        return Filling(values={**named.values, ACCESS_TOKEN: token.access})

    def _named(self, account: Account) -> Filling:
        """What config names: the id and the secret."""
        section = self.config.account(account.id)
        if section is None or not section.appid:
            advice = "请在 config.toml 这个账号里写明 appid 和 secret_env"
            raise LoginExpired("没有配置接口凭据", target=account.id, advice=advice)
        what = f"账号 {account.id} 的接口密钥"
        try:
            secret = self.config.secret(section.secret_env, section.secret_file, what)
        except ConfigError as missing:
            raise LoginExpired(
                str(missing), advice="设置好后再采集一次；别的来源不受影响"
            ) from missing
        if not secret:
            advice = "请核对 config.toml 里 secret_env 或 secret_file 所指的地方"
            raise LoginExpired("接口密钥是空的", target=account.id, advice=advice)
        return Filling(values={APPID: section.appid, SECRET: secret})

    def _token(self, adapter: Adapter, api: OwnApi, account: Account, named: Filling) -> OwnerToken:
        key = adapter.name, account.id
        token = self.tokens.get(key)
        if token is None or self._is_over(token):
            if api.refresh is None:
                token = self._fetched(adapter, account, api.issue, named)
            else:
                token = self._kept(adapter, api, account, named, token)
            self.tokens[key] = token
        return token

    def _is_over(self, token: OwnerToken) -> bool:
        return min(token.until - EARLY, token.renew_from or token.until) <= self.now()

    def _kept(
        self,
        adapter: Adapter,
        api: OwnApi,
        account: Account,
        named: Filling,
        old: OwnerToken | None,
    ) -> OwnerToken:
        """The token that is kept on disk, renewed there first where it is over, or where it is ``old`` all the same."""
        with self._grants(account) as grants:
            token = grants.kept(account.id)
            if token is None:
                token = self._fetched(adapter, account, api.issue, named)
            elif not self._is_over(token) and (old is None or token.access != old.access):
                return token
            else:
                token = self._renewed(grants, adapter, account, named, token)
            grants.keep(account.id, token)
            return token

    def _renewed(
        self, grants: Grants, adapter: Adapter, account: Account, named: Filling, old: OwnerToken
    ) -> OwnerToken:
        """The next token. It is noted that it was asked for: nobody knows what a platform did that was not heard out."""
        api = adapter.own_api
        assert api is not None
        ends = old.refresh_until if old.renew_from is None else None
        if ends is not None and ends <= self.now():
            if api.issue is not None:
                return self._fetched(adapter, account, api.issue, named)
            raise LoginExpired("授权到期了", target=account.id, advice=grant_anew(account.id))
        broken_off = grants.begin(account.id)
        filling = Filling(values={**named.values, REFRESH_TOKEN: old.refresh})
        try:
            token = self._fetched(adapter, account, api.refresh, filling)
        except LoginExpired as problem:
            if api.issue is not None:
                return self._fetched(adapter, account, api.issue, named)
            if not broken_off:
                grants.settle(account.id)
                raise
            what = f"{problem.what}；上一次换令牌没有听到回答，可能平台已经换了、程序没有收到"
            raise LoginExpired(what, target=account.id, advice=grant_anew(account.id)) from None
        if ends is None:
            return token
        return replace(token, refresh_until=min(ends, token.refresh_until or ends))

    @contextmanager
    def _grants(self, account: Account) -> Iterator[Grants]:
        """The store, with the account's token held; what can go wrong with it, in words."""
        grants = Grants(self.config.path(FOLDER))
        try:
            with grants.held(account.id):
                yield grants
        except Timeout as problem:
            what, wait = "另一个程序正在换令牌", "下次采集会再试"
            raise Unreachable(what, target=account.id, advice=wait) from problem
        except OSError as problem:
            what, check = f"存不了授权（{said(problem)}）", f"请检查文件夹 {FOLDER} 能不能写"
            raise LoginExpired(what, target=account.id, advice=check) from problem

    def _fetched(
        self,
        adapter: Adapter,
        account: Account,
        ask: Callable[[Account], Request] | None,
        filling: Filling,
    ) -> OwnerToken:
        api = adapter.own_api
        assert api is not None and api.read_token is not None
        if ask is None:
            advice = f"请运行 collect grant {account.id}"
            raise LoginExpired("还没有授权", target=account.id, advice=advice)
        try:
            return api.read_token(self.send(adapter, account, ask(account), filling))
        except SourceError as problem:
            what = filling.out_of_text(problem.what)
            raise type(problem)(what, target=account.id, advice=problem.advice) from None
