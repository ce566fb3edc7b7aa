"""A cookie pasted where its variable's name belongs is refused, and not repeated."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.config.loading import ConfigError, load

HEAD = """[centre]
name = "云岭县融媒体中心"
[[accounts]]
id = "gzh"
platform = "wechat_mp"
name = "云岭发布"
"""
SECRET = "SUB=_2AkMRxyz; SUBP=0033"
HEX = "abcdef0123456789abcdef0123456789"  # it could be a name


@pytest.mark.parametrize(
    ("more", "place"),
    [
        (f'secret_env = "{SECRET}"', "secret_env"),
        (f'appid = "1"\nsecret_env = "{HEX}"', "secret_env"),
        (f'[platforms.weibo]\ncookie_env = "{SECRET}"', "platforms.weibo.cookie_env"),
        ('[platforms.weibo]\nbase_url = "ftp://127.0.0.1/"', "platforms.weibo.base_url"),
        (
            '[platforms.weibo]\nbase_url = "http://me:_2AkMRxyz@127.0.0.1/"',
            "platforms.weibo.base_url",
        ),
        ('[platforms.weibo]\nbase_url = "http://127.0.0.1:99999"', "platforms.weibo.base_url"),
    ],
)
def test_a_value_that_may_be_secret_is_not_repeated(tmp_path: Path, more: str, place: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(HEAD + more + "\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(file)
    assert place in str(caught.value)
    assert "_2AkMRxyz" not in str(caught.value)
    assert HEX not in str(caught.value)
