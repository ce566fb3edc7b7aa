"""Words that name whom a sentence speaks of: accounts, groups, topics, posts by title, names not known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from reports.verify.sentence import Sentence
from reports.verify.subjects import Subject, combine
from reports.verify.tokens import Token, platform_after

#: Words between two names of one subject: 云岭发布的官方微信公众号.
_BINDING = frozenset({"的", "官方", "旗下", "运营", "平台", "各", "新闻", "微信", "矩阵"})
_MEDIA = {"网站": "网", "客户端": "端"}
#: What the names of media end with.
_MEDIUM = re.compile(r"(?:社|日报|晚报|时报|电视台|央视|央广|卫视|新闻|人民|光明|强国|总台)$")


def read_subject(sentence: Sentence, at: int, token: Token) -> None:
    """An account, group, platform or topic by its name."""
    said = sentence.said
    subjects = token.subjects
    if sentence.media and token.text in _MEDIA:
        said.level, said.placement = _MEDIA[token.text], True
        return
    if all(each.kind == "topic" for each in subjects):
        _topic(sentence, at, token)
        return
    if all(each.kind == "platform" and not each.accounts for each in subjects):
        subjects = tuple(replace(each, kind="unknown") for each in subjects)
    counted = sentence.words[at - 1].number if at else None
    if counted is not None and counted.measure in ("个", "家"):
        subjects = tuple(replace(each, number=counted.value) for each in subjects)
    if _another(sentence, at):
        subjects = tuple(replace(each, any=True) for each in subjects)
    _join_run(sentence, at, subjects)
    media = sentence.words[at - 1].sort == "raw" and _MEDIUM.search(said.raw) if at else None
    said.stranger = said.raw if media else ""  # 新华社客户端
    said.raw = ""


def _join_run(sentence: Sentence, at: int, subjects: tuple[Subject, ...]) -> None:
    """A subject is bound to the one before, joined to it, or stands in its place; media named before are past."""
    said = sentence.said
    if said.placement and not said.placed_now:
        said.placement, said.level = False, ""
    before = _since_subject(sentence, at)
    if before is not None and said.run and all(e.text in _BINDING for e in before):
        said.run[-1] = combine(said.run[-1], subjects)
    elif before and said.run and all(e.sort == "join" for e in before):
        said.run.append(subjects)
    else:
        said.run = [subjects]
        if said.live and not said.metric:
            said.live = False
    if sentence.topic:
        said.run[-1] = combine(sentence.topic, said.run[-1])


def bracketed(sentence: Sentence, at: int) -> tuple[Subject, ...] | None:
    """59.6万（客户端）: one name and nothing else in brackets right after the number at ``at``; None where there is none."""
    texts = [each.text for each in sentence.words[at + 1 : at + 6]]
    if texts[:1] != ["（"] or "）" not in texts:
        return None
    inside = sentence.words[at + 2 : at + 1 + texts.index("）")]
    found: tuple[Subject, ...] = ()
    for each in inside:
        if each.sort != "subject" and each.text not in _BINDING:
            return None
        if each.subjects:
            found = combine(found, each.subjects) if found else each.subjects
    if not found or any(each.kind in ("topic", "total") for each in found):
        return None
    return tuple(each if each.accounts else replace(each, kind="unknown") for each in found)


def read_accounts(sentence: Sentence, at: int, token: Token) -> None:
    """11个账号, where nobody is named and there are so many in all."""
    total, counted = sentence.reader.lexicon.total, sentence.words[at - 1].number if at else None
    if not sentence.said.run and counted is not None and counted.value == len(total.accounts):
        sentence.said.run = [(total,)]


def _another(sentence: Sentence, at: int) -> bool:
    place = sentence.words[at].start
    return sentence.text.plain[max(0, place - 2) : place].endswith(("另一", "一个", "某"))


def _topic(sentence: Sentence, at: int, token: Token) -> None:
    following = sentence.words[at + 1].sort if at + 1 < len(sentence.words) else ""
    if not (token.named or following == "column"):
        sentence.said.raw += token.text
        return
    sentence.topic = sentence.reader.topic = token.subjects
    said = sentence.said
    said.run = [combine(token.subjects, said.run[-1])] if said.run else [token.subjects]
    said.raw = ""


def _since_subject(sentence: Sentence, at: int) -> Sequence[Token] | None:
    """The tokens since the last subject or its platform; None where there was none."""
    for back in range(at - 1, max(at - 6, -1), -1):
        if sentence.words[back].sort == "subject" or _names_account(sentence, sentence.words[back]):
            return sentence.words[back + 1 : at]
    return None


def _names_account(sentence: Sentence, token: Token) -> bool:
    return token.sort == "title" and bool(platform_after(sentence.text.plain, token.end))


def read_title(sentence: Sentence, at: int, token: Token) -> None:
    """《…》 is a post, a column, or an account that no list has."""
    said = sentence.said
    said.raw = ""
    if _names_account(sentence, token):
        word = platform_after(sentence.text.plain, token.end)
        said.run = [(Subject(kind="unknown", words=f"“{token.name}”{word}"),)]
        return
    if at + 1 < len(sentence.words) and sentence.words[at + 1].sort == "column":
        said.column = token.name
    else:
        said.title, said.title_now = token.name, True


def read_raw(sentence: Sentence, at: int, token: Token) -> None:
    """Words that are not known, with the short ones right before them (省台)."""
    said = sentence.said
    if not said.raw:
        back = at
        while (
            back
            and sentence.words[back - 1].sort == "fill"
            and len(sentence.words[back - 1].text) == 1
        ):
            back -= 1
        said.raw_from = sentence.words[back].start
    said.raw = sentence.text.plain[said.raw_from : token.end]


def read_kind(sentence: Sentence, at: int, token: Token) -> None:
    """Within a list of groups a group's name is the group."""
    if token.subjects and sentence.of_whole() is not None:
        read_subject(sentence, at, token)
    else:
        sentence.said.kind, sentence.said.kind_of = token.name, token.subjects
