"""What a source usually shows: a list that always had posts and now has none, silently, has changed its layout
(peers.md complaint 2: "success" with 0 rows)."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from adapters.errors import LayoutChanged
from adapters.records import Metrics, Post
from collector.config import Config
from storage.database import reading
from storage.due import past_finds

if TYPE_CHECKING:
    from collector.pages import Answered

#: A list with fewer than this is too short to be surprised by.
ENOUGH = 3
#: A page of several posts none of which shows any figure, where the platform shows some.
_NO_METRICS = Metrics()


class Expectations:
    """Compares answers with the past of their own source."""

    def __init__(self, engine: Engine, config: Config) -> None:
        self.engine = engine
        self.config = config

    def judge(self, answered: Answered) -> None:
        """Turn a silent emptiness into layout_changed."""
        task = answered.task
        if answered.problem is not None:
            return
        posts = [each for each in answered.records if isinstance(each, Post)]
        bare = [each for each in posts if each.metrics == _NO_METRICS]
        if task.adapter.page_metrics and len(posts) >= ENOUGH and len(bare) == len(posts):
            answered.problem = LayoutChanged(
                f"{len(posts)} 篇作品都没有数字,而这个平台平时是显示的",
                target=task.request.url,
                advice="版式可能变了,没有存入。请升级程序,或先用后台导出的文件",
            )
        elif task.request.about == "list" and not answered.records:
            self._judge_list(answered)

    def _judge_list(self, answered: Answered) -> None:
        task = answered.task
        with reading(self.engine) as connection:
            past = past_finds(connection, task.account.id, task.request.url)
        if past and median(past) >= ENOUGH:
            answered.problem = LayoutChanged(
                f"列表是空的,而以往有 {int(median(past))} 条左右",
                target=task.request.url,
                advice="版式可能变了,或被限制访问,没有当作“没有作品”。请稍后再采,仍如此请升级程序",
            )
