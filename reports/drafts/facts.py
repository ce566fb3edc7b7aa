"""The true figure behind a claim: where the number lies, or why nobody here can say."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from adapters.records import Count
from reports.drafts import of_ledgers, of_lines, of_posts, of_topics
from reports.drafts.claims import Reading, What
from reports.drafts.source import Fact, Source, made_of
from reports.drafts.subjects import Subject


def fact(source: Source, reading: Reading) -> Fact:
    """What one reading of a claim states, as the data have it."""
    subject, what = reading.subject, reading.what
    why = ""
    if what.kind == "other":
        why = f"“{what.name}”不在采集的指标里，没有可以核对的数据"
    elif subject.kind == "unknown":
        theirs = f"稿件说的是{subject.words}，不是本单位"
        why = theirs if "中心" in subject.words else f"config.toml 里没有账号{subject.words}"
    elif not subject.accounts:
        why = f"config.toml 里没有“{subject.words}”的账号"
    if why:
        return Fact(value=None, name=subject.words, why=why)
    if subject.topic:
        return of_topics.topic(source, subject, what)
    return _LOOK_UP[what.kind](source, subject, what)


def _number_of_accounts(source: Source, subject: Subject, what: What) -> Fact:
    return made_of(subject, "账号数", Count(len(subject.accounts)), measure="个")


_LOOK_UP: Mapping[str, Callable[[Source, Subject, What], Fact]] = {
    "sum": of_lines.total, "posts": of_lines.posts, "kind": of_lines.posts, "original": of_lines.originality,
    "reprint": of_lines.originality, "hits": of_lines.hits, "missing": of_lines.left_out, "unknown": of_lines.left_out,
    "deleted": of_lines.left_out, "young": of_lines.left_out, "unobserved": of_lines.left_out,
    "best": of_posts.best, "ranked": of_posts.ranked, "post": of_posts.post, "any_post": of_posts.any_post,
    "column": of_posts.column,
    "accounts": _number_of_accounts, "followers": of_ledgers.followers, "follower_gain": of_ledgers.followers,
    "live": of_ledgers.live, "live_views": of_ledgers.live, "placements": of_ledgers.placements,
    "issues": of_ledgers.programme, "items": of_ledgers.programme,
}  # fmt: skip
