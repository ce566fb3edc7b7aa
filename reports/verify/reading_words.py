"""Words that say which figure: metric, best or single post, level of media, change, period."""

from __future__ import annotations

import re

from reports.periods import Period
from reports.verify.sentence import VERBS, Sentence
from reports.verify.tokens import Token

#: Ranks among posts.
_RANKED = re.compile(r"前|排名|位列|位居|第.{1,3}(?:位|名|条)")


def read_single(sentence: Sentence, at: int, token: Token) -> None:
    """One post, or another than the best."""
    said = sentence.said
    said.another = token.text.startswith("另") and said.best
    if said.another:
        said.best = said.best_now = False
        said.title = ""
    said.single = True
    said.live = said.live or token.text == "单场"


def read_best(sentence: Sentence, at: int, token: Token) -> None:
    """最高, and the verb before it that names the metric."""
    sentence.said.best, sentence.said.best_now, sentence.said.another = True, True, False
    before = sentence.words[at - 1].text if at else ""
    if before in VERBS:  # 播放最高31.89万
        sentence.said.metric, sentence.said.fresh = VERBS[before], True


def read_basis(sentence: Sentence, at: int, token: Token) -> None:
    """Within so many days of each post."""
    sentence.said.basis = f"aged:{token.name}"


def read_placement(sentence: Sentence, at: int, token: Token) -> None:
    """A level, a medium or an outlet of media."""
    level = _level(sentence, at, token) if token.sort == "level" else token.name
    said = sentence.said
    joined = at > 1 and sentence.words[at - 1].sort == "join" and sentence.words[at - 2].sort
    if joined == token.sort == "outlet":
        level = f"{said.outlets}、{level}"
    said.outlets = level if token.sort == "outlet" else ""
    said.level, said.placement, said.placed_now = level, True, True
    said.raw = said.stranger = ""


def _level(sentence: Sentence, at: int, token: Token) -> str:
    """中央、省级媒体 are both; all of 中央、省、市 are no level."""
    before = sentence.words[max(0, at - 4) : at]
    if any(each.sort == "number" for each in before):
        return token.name
    short = ("中央", "省", "市", "县")
    levels = [e.name or e.text for e in before if e.sort == "level" or e.text in short]
    return "、".join((*levels, token.name)) if len(levels) < 2 else ""


def read_earlier(sentence: Sentence, at: int, token: Token) -> None:
    """上年同期 and the like."""
    sentence.said.earlier = sentence.compared = token.name


def read_original(sentence: Sentence, at: int, token: Token) -> None:
    """Originals or reprints."""
    sentence.said.original = token.name


def read_gain(sentence: Sentence, at: int, token: Token) -> None:
    """增长, 下降, 新增 …"""
    sentence.said.gain, sentence.said.falls = True, token.sort == "fall"
    sentence.said.changed = token.text not in ("新增", "净增", "增粉", "涨粉")


def read_other(sentence: Sentence, at: int, token: Token) -> None:
    """A figure that is not kept."""
    sentence.said.other, sentence.said.metric = token.text, ""


def read_ignored(sentence: Sentence, at: int, token: Token) -> None:
    """Words of which nothing is claimed."""
    sentence.ignore(token.start, token.end)
    if _RANKED.match(token.text):  # 阅读量前三的作品分别为: single posts
        sentence.said.single = True


def read_work(sentence: Sentence, at: int, token: Token) -> None:
    """Words for posts."""
    sentence.said.hot = sentence.said.hot or token.text in ("爆款", "爆文")


def read_metric(sentence: Sentence, at: int, token: Token) -> None:
    """A metric, or the number of posts; 总 takes back a single post."""
    said = sentence.said
    said.metric = token.name if token.sort == "metric" else "posts"
    said.metric_at, said.other, said.fresh = at, "", True
    whole = token.text.startswith("总") or (
        at > 0 and sentence.words[at - 1].text in ("总", "累计")
    )
    if whole and not (said.best_now or said.title_now):
        said.best = said.single = False
        said.title = ""


def read_period(sentence: Sentence, at: int, token: Token) -> None:
    """At a sentence's front, before a comma, it holds for the paragraph; elsewhere for the sentence, a single day
    up to the next ；. What is only compared with is no period of a claim."""
    plain, said = sentence.text.plain, sentence.said
    following = sentence.words[at + 1] if at + 1 < len(sentence.words) else None
    compared = plain[max(0, token.start - 1) : token.start] in ("比", "与", "较", "同")
    then = following is not None and following.sort == "earlier"
    if compared or then:
        if not sentence.compared:
            sentence.against = _same_part(token.period, sentence.now()) if then else token.period
        said.earlier = said.earlier or "last year"
        sentence.compared = sentence.compared or said.earlier
        return
    comma = following is not None and following.text == "，"
    if comma and all(each.sort in ("fill", "period", "raw") for each in sentence.words[:at]):
        sentence.reader.period = token.period
    elif token.period is not None and (token.period.end - token.period.start).days <= 1:
        said.day = token.period
    else:
        sentence.period, said.day = (token.period,), None


def _same_part(then: Period | None, now: Period | None) -> Period | None:
    """2021年同期 of a quarter is the same quarter of that year."""
    if then is None or now is None or then.start.year == now.start.year:
        return then
    years = now.start.year - then.start.year
    try:
        start, end = (each.replace(year=each.year - years) for each in (now.start, now.end))
    except ValueError:  # 29 February
        return None
    return Period(f"{start:%Y-%m-%d}..", start, end, f"{then.title}同期")
