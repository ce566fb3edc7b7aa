"""Tokens of the owner's WeChat data API: fetched once a run from the account's id and secret, kept in memory only.

``stable_token`` returns the same token until it expires, so that two programs of one centre do not invalidate each
other's (docs/platforms.md §2.6).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock

from adapters.errors import LoginExpired, SourceError, Unreachable
from collector.config.loading import Config
from collector.config.secrets import read_secret
from collector.config.sections import AccountConfig
from collector.fetching.received import HttpAnswer

TOKEN_URL = "https://api.weixin.qq.com/cgi-bin/stable_token"  # noqa: S105 - an address
#: platform, address, what is sent as JSON → what came back
Post = Callable[[str, str, Mapping[str, str | int]], HttpAnswer]


@dataclass(slots=True)
class Credentials:
    """The tokens of a run, by account. Thread-safe."""

    config: Config
    post: Post
    lock: Lock = field(default_factory=Lock)
    tokens: dict[str, str] = field(default_factory=dict)
    refused: dict[str, SourceError] = field(default_factory=dict)

    def token(self, account_id: str) -> str:
        """The account's token. Raises LoginExpired or Unreachable, in words."""
        account = self.config.account(account_id)
        if account is None or not account.appid:
            raise LoginExpired(
                "没有配置接口凭据",
                target=account_id,
                advice="请在 config.toml 写明 appid 和 secret_env",
            )
        with self.lock:
            if account_id in self.refused:
                raise self.refused[account_id]
            if account_id not in self.tokens:
                try:
                    self.tokens[account_id] = self._fetch(account)
                except SourceError as problem:  # once a run is enough
                    self.refused[account_id] = problem
                    raise
            return self.tokens[account_id]

    def _fetch(self, account: AccountConfig) -> str:
        secret = read_secret(
            self.config, account.secret_env, account.secret_file, f"账号 {account.id} 的接口密钥"
        )
        if not secret:
            raise LoginExpired(
                "只写了 appid，没有接口密钥",
                target=account.id,
                advice="请在 config.toml 这个账号里写明 secret_env 或 secret_file",
            )
        body = {"grant_type": "client_credential", "appid": account.appid, "secret": secret}
        answer = self.post(account.platform, TOKEN_URL, body)
        try:
            said = json.loads(answer.body)
        except ValueError as problem:
            raise Unreachable(
                "微信没有给接口令牌，回答看不懂", target=account.id, advice="下次采集会再试"
            ) from problem
        token = said.get("access_token") if isinstance(said, dict) else None
        if not isinstance(token, str) or not token:
            code = said.get("errcode") if isinstance(said, dict) else "?"
            raise LoginExpired(
                f"微信不给接口令牌（错误 {code}）",
                target=account.id,
                advice="40164 请把本机 IP 加入公众平台的白名单；其余请核对 appid 和密钥",
            )
        return token
