"""What people are told when it happens: hits, early words, what broke and what works again. One entry is a few lines
of plain text, made of stored facts alone; times are Asia/Shanghai."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby

from adapters.errors import untargeted
from adapters.moments import SHANGHAI
from reports import growth, wording
from reports.hits import HitRow
from reports.periods import here
from reports.vocabulary import OUTCOMES
from storage.operations.attempts import INTERFACE, POSTS
from storage.operations.troubles import Trouble
from storage.views.growth import Grown

#: The first line of a message. Robots of 钉钉 and 飞书 let only messages with an agreed word in: it is 爆款.
HEADS = {
    "hit": "【爆款】有作品越过界限",
    "early": "【爆款】预警：苗头，还不是爆款",
    "trouble": "【爆款】数据来源出了问题",
    "recovered": "【爆款】数据来源已恢复",
}


def hit_entry(rows: Sequence[HitRow], now: datetime) -> str:
    """One post's hits that are told together: its figure, each mark with when it was crossed, its link."""
    lines = []
    for _, group in groupby(sorted(rows, key=_by_metric), key=lambda each: each.hit.metric):
        marks = list(group)
        lines.append(marks[0].text)
        lines += [f"“{wording.mark(each.hit.threshold)}”{_crossing(each, now)}" for each in marks]
    first = rows[0]
    if first.deleted:
        lines.append("作品已删除")
    if first.hit.url:
        lines.append(first.hit.url)
    return "\n".join(lines)


def _by_metric(row: HitRow) -> tuple[str, int]:
    return row.hit.metric, -row.hit.threshold


def _crossing(row: HitRow, now: datetime) -> str:
    if row.before is None:
        return f"{when(row.after, now)}首次看到时已越过"
    same_day = row.before.date() == row.after.date()
    until = f"{row.after:%H:%M}" if same_day else when(row.after, now)
    return f"在{when(row.before, now)}至{until}之间越过"


def early_entry(early: Grown, name: str, now: datetime) -> str:
    """A young post far above what its account is used to, and how that is known."""
    seen = when(here(early.seen_at), now)
    lines = [
        f"{name} {wording.title(early.title)} {growth.stands(early)}",
        growth.multiple(early),
        f"（{growth.median(early)}；本作品取{seen}的数）",
    ]
    return "\n".join([*lines, early.url] if early.url else lines)


def trouble_entry(trouble: Trouble, names: Mapping[str, str], now: datetime) -> str:
    """What does not work, since when, and what to do. ``names``: accounts' and platforms' names by id."""
    since = when(here(trouble.since), now)
    head = f"{source_words(trouble, names)}：{OUTCOMES[trouble.outcome]}，{since}起"
    problem = wording.line(untargeted(trouble.problem, trouble.source))
    return f"{head}\n{problem}" if problem else head


def recovered_entry(trouble: Trouble, names: Mapping[str, str], now: datetime) -> str:
    """What works again, from when to when it did not."""
    assert trouble.ended_at is not None
    since, ended = when(here(trouble.since), now), when(here(trouble.ended_at), now)
    again = "又可用了" if trouble.kind == "credential" else "又读到了"
    return f"{source_words(trouble, names)}：{ended}{again}（{since}起不通）"


def source_words(trouble: Trouble, names: Mapping[str, str]) -> str:
    """A source or credential as people call it."""
    name = names.get(trouble.account or trouble.source, trouble.account or trouble.source)
    if trouble.kind == "credential":
        return f"{name}的接口密钥" if trouble.source == INTERFACE else f"{name}的登录（cookie）"
    if trouble.source == POSTS:
        return f"{name}的作品页"
    if trouble.source == INTERFACE:
        return f"{name}的数据接口"
    page = "://" in trouble.source
    return f"{name}的{'列表页' if page else '文件'} {trouble.source}"


def when(moment: datetime, now: datetime) -> str:
    """``9月3日08:10``; with its year where that is not this one."""
    year = "" if moment.year == now.astimezone(SHANGHAI).year else f"{moment.year}年"
    return f"{year}{moment.month}月{moment.day}日{moment:%H:%M}"
