"""A number in its sentence: a note, hits, a start, a row, or a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reports.verify import patterns
from reports.verify.claims import What
from reports.verify.numbers import Number
from reports.verify.reading_claims import make_claim, subjects_of
from reports.verify.reading_hits import heading_of, hits_of
from reports.verify.reading_subjects import bracketed
from reports.verify.reading_whats import whats_of
from reports.verify.sentence import Sentence
from reports.verify.subjects import Subject, combine
from reports.verify.tokens import Token
from reports.verify.words import CLAUSE_DEFINING


def read_number(sentence: Sentence, at: int, token: Token) -> None:
    """Makes the claims of a number and of those in a row with it, or passes it over."""
    number = token.number
    assert number is not None
    if _at(sentence, number.digits_at) < sentence.first:
        heading_of(sentence, at, number)
        return
    if _defines(sentence, token):
        return
    if sentence.text.plain[max(0, number.start - 1) : number.start] == "不":  # 不是 0
        return
    if _note(sentence, at, number) or hits_of(sentence, at, number):
        return
    if _start(sentence, at, number) or _row(sentence, at):
        return
    whats = whats_of(sentence, at, number)
    if not whats:
        sentence.ignore(number.start, number.end)
        return
    following = sentence.words[at + 1] if at + 1 < len(sentence.words) else None
    if whats[0].kind == "accounts" and following is not None and following.subjects:
        make_claim(sentence, number, whats, following.subjects)
        return
    _counted(sentence, at, whats, number)


def _counted(sentence: Sentence, at: int, whats: tuple[What, ...], number: Number) -> None:
    """A figure, or a row of figures of the same sort."""
    run = patterns.run(sentence.words, at)
    _perhaps_hits(sentence, at, whats[0])
    subjects = _pairs(sentence, at, run)
    apart = whats[0].kind == "live" and patterns.is_subset(sentence.words, at)
    sentence.said.stranger = sentence.said.stranger or ("共" if apart else "")
    for place, subject in zip(run, subjects, strict=True):
        each = sentence.words[place].number
        assert each is not None
        named = None if whats[0].kind == "placements" else bracketed(sentence, place)
        whose = combine(subject or subjects_of(sentence)[0], named) if named else subject
        make_claim(sentence, each, whats, whose, shared=number)
    sentence.taken = max(sentence.taken, run[-1])
    sentence.said.last = whats
    if number.measure not in patterns.COUNTS:
        sentence.said.measured = whats


def _perhaps_hits(sentence: Sentence, at: int, what: What) -> None:
    """10W+稿件2篇，短视频5条: the short videos may be those that are hits; a sum may be theirs, a best of a kind."""
    said = sentence.said
    if what.kind == "kind" and said.last and said.last[0].kind == "hits":
        verb = any(each.sort in ("verb", "metric") for each in sentence.words[max(0, at - 3) : at])
        said.stranger = said.stranger or ("" if verb else sentence.words[sentence.back(at)].text)
    before = {each.text for each in sentence.words[max(0, at - 2) : at]}
    if what.kind == "sum" and said.last and said.last[0].kind == "hits":
        said.stranger = said.stranger or min(before & {"合计", "共", "总计", "累计"}, default="")
    kinds = [each.text for each in sentence.words[:at] if each.sort == "kind"]
    everybody = all(each.kind == "total" for each in subjects_of(sentence)[0])
    if what.kind == "best" and kinds and everybody:  # 最高的文章, of all
        said.stranger = said.stranger or kinds[0]


def _start(sentence: Sentence, at: int, number: Number) -> bool:
    """由15.1万增至16.2万: of followers those at the period's start; else it is not said of when."""
    said = sentence.said
    if not patterns.is_start(sentence.words, at):
        return False
    if said.metric == "followers":
        make_claim(sentence, number, (What(kind="followers", name="start"),), None)
    elif said.earlier or said.metric:
        what = What(
            kind="posts" if said.metric in ("", "posts") else "sum",
            metric=said.metric.removeprefix("posts"),
        )
        earlier, said.earlier = said.earlier, said.earlier or "before"
        raw, said.raw = said.raw, said.raw or "" if earlier else "由"
        make_claim(sentence, number, (what,), None)
        said.earlier, said.raw, said.stranger = earlier, raw, ""
    return True


def _row(sentence: Sentence, at: int) -> bool:
    """点赞、评论分别为1次、2条: each number its own word of the row."""
    run = patterns.run(sentence.words, at, mixed=True)
    row = patterns.row(sentence.words, at, len(run)) if len(run) > 1 else []
    if not row:
        return False
    for token, place in zip(row, run, strict=True):
        number = sentence.words[place].number
        assert number is not None
        match token.sort:
            case "metric":
                sentence.said.metric, sentence.said.fresh = token.name, True
            case "kind":
                sentence.said.kind, sentence.said.kind_of = token.name, token.subjects
            case "period":
                sentence.said.day = token.period
            case "original":
                sentence.said.original = token.name
            case _:
                sentence.said.level, sentence.said.placement = token.name, True
        metric = token.sort == "metric"  # 评论12061条 counts no works
        said = patterns.measured(sentence.said, number, None) if metric else ()
        whats = said or whats_of(sentence, place, number)
        if whats:
            make_claim(sentence, number, whats, None)
            sentence.said.last = whats
    sentence.taken = max(sentence.taken, run[-1])
    return True


def _pairs(sentence: Sentence, at: int, run: Sequence[int]) -> Sequence[tuple[Subject, ...] | None]:
    """公众号、抖音分别为158万、360万: each number its subject; else the sentence's for all."""
    mine = sentence.said.run
    if len(run) > 1 and len(mine) == len(run):
        return mine
    if len(run) > 1 and not sentence.said.single:
        some = tuple(replace(each, any=True) for each in subjects_of(sentence)[0])
        return [some] * len(run)
    return [None] * len(run)


def _at(sentence: Sentence, place: int) -> int:
    return sentence.text.at[place] if place < len(sentence.text.at) else len(sentence.original)


def _defines(sentence: Sentence, token: Token) -> bool:
    plain = sentence.text.plain
    start = max(plain.rfind("；", 0, token.start), sentence.words[0].start)
    end = plain.find("；", token.end)
    clause = plain[start : end if end > 0 else sentence.words[-1].end]
    return any(each in clause for each in CLAUSE_DEFINING)


def _note(sentence: Sentence, at: int, number: Number) -> bool:
    """（其中49条无数据）（另有3条无法判断）, 未满7天0篇: posts that were left out."""
    name = patterns.note(sentence.words, at, in_cell=sentence.first > 0)
    if not name:
        return False
    if name == "apart":
        sentence.ignore(number.start, number.end)
        return True
    last = sentence.said.last[0] if sentence.said.last else What(kind="sum", metric="views")
    if name == "unknown":
        what = replace(last, kind="unknown")
    elif name == "missing":
        said = sentence.said.metric if sentence.said.metric not in ("posts", "followers") else ""
        metric = (said if sentence.said.fresh else last.metric) or said or "views"
        what = What(kind="missing", metric=metric)
    else:
        what = What(kind=name)  # type: ignore[arg-type]
    make_claim(sentence, number, (what,), None)
    return True
