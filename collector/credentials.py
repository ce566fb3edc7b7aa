"""Tokens of the owner's WeChat data API: fetched once a run from the account's id and secret, kept in memory only.

``stable_token`` gives the same token until it runs out, so that two programs of one centre do not take it
away from each other (exports.md §12: 40001 "access_token is invalid or not latest").
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

import requests

from adapters.errors import LoginExpired, Unreachable
from collector.config import AccountConfig, Config
from collector.hosts import through
from collector.secrets import read_secret

TOKEN_URL = "https://api.weixin.qq.com/cgi-bin/stable_token"  # noqa: S105 - an address


@dataclass(slots=True)
class Credentials:
    """The tokens of a run, by account. Thread-safe."""

    config: Config
    session: requests.Session
    lock: Lock = field(default_factory=Lock)
    tokens: dict[str, str] = field(default_factory=dict)

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
            if account_id not in self.tokens:
                self.tokens[account_id] = self._fetch(account)
            return self.tokens[account_id]

    def _fetch(self, account: AccountConfig) -> str:
        secret = read_secret(
            self.config, account.secret_env, account.secret_file, f"账号 {account.id} 的接口密钥"
        )
        platform = self.config.platforms.get(account.platform)
        url = through(TOKEN_URL, platform.base_url if platform else "")
        body = {"grant_type": "client_credential", "appid": account.appid, "secret": secret}
        try:
            answer = self.session.post(url, json=body, timeout=(10, 20)).json()
        except (requests.RequestException, ValueError) as problem:
            raise Unreachable(
                "取不到接口令牌", target=account.id, advice="请检查网络;下次采集会再试"
            ) from problem
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token:
            code = answer.get("errcode") if isinstance(answer, dict) else "?"
            raise LoginExpired(
                f"微信不给接口令牌(错误 {code})",
                target=account.id,
                advice="40164 请把本机 IP 加入公众平台的白名单;其余请核对 appid 和密钥",
            )
        return token
