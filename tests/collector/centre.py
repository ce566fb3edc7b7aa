"""A small centre in a temporary folder, for tests of everything above the adapters."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from collector.app import App

NOW = datetime.fromisoformat("2026-10-08T09:00:00+08:00")

CONFIG = """\
[centre]
name = "云岭县融媒体中心"

[web]
listen = "127.0.0.1:0"

[[accounts]]
id = "douyin"
platform = "douyin"
name = "云岭发布抖音号"
group = "短视频"

[[accounts]]
id = "kehu"
platform = "app"
name = "云岭融媒客户端"
group = "客户端"

[[accounts]]
id = "taizhang"
platform = "ledger"
name = "台账"
"""

HEAD = (
    "作品名称",
    "发布时间",
    "体裁",
    "审核状态",
    "播放量",
    "点赞量",
    "分享量",
    "评论量",
    "收藏量",
)
Line = tuple[str, str, int | str]


@dataclass
class Centre:
    """A centre's folder and the program looking at it at a fixed time."""

    folder: Path
    now: datetime = NOW

    @property
    def app(self) -> App:
        return App(config_path=self.folder / "config.toml", clock=lambda: self.now)

    def inbox(self, account: str) -> Path:
        folder = self.folder / "inbox" / account
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def douyin(self, name: str, lines: Sequence[Line], folder: Path | None = None) -> Path:
        """A work list of 抖音 as csv: (title, time, plays); the other counts are derived from plays."""
        path = (folder or self.inbox("douyin")) / name
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(HEAD)
            for title, moment, plays in lines:
                likes = plays // 10 if isinstance(plays, int) else plays
                writer.writerow((title, moment, "1min-视频", "公开", plays, likes, 1, 2, 3))
        return path


def centre(folder: Path, config: str = CONFIG) -> Centre:
    """A fresh centre below ``folder``."""
    (folder / "config.toml").write_text(config, encoding="utf-8")
    return Centre(folder)
