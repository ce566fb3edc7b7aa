"""Numbers that are thresholds of hits, and the counts beside them."""

from __future__ import annotations

from reports.verify import patterns
from reports.verify.claims import What
from reports.verify.numbers import Number
from reports.verify.reading_claims import make_claim, subjects_of
from reports.verify.reading_subjects import bracketed
from reports.verify.sentence import Sentence
from reports.verify.subjects import Subject, combine


def heading_of(sentence: Sentence, at: int, number: Number) -> None:
    """A column of hits: the cell counts them, or those of which it cannot be told."""
    if not hits_of(sentence, at, number) and patterns.is_threshold(number):
        metric = (
            sentence.said.metric
            if sentence.said.metric not in ("", "posts", "followers")
            else "views"
        )
        sentence.said.last = (What(kind="hits", metric=metric, threshold=number.value),)


def hits_of(sentence: Sentence, at: int, number: Number) -> bool:
    """Whether the number at ``at`` belongs to hits; makes the claims of those."""
    found = patterns.hits(sentence.words, at, in_cell=sentence.first > 0)
    if found is None:
        return _bare_hits(sentence, at, number)
    metrics = (found.metric,) if found.metric else _of_hits(sentence)
    whose = _of_kind(sentence, at, found.last)
    for threshold, place in found.pairs:
        counted = sentence.words[place].number
        assert counted is not None
        whats = [What(kind="hits", metric=each, threshold=threshold) for each in metrics]
        named = bracketed(sentence, place)
        mine = combine(whose or subjects_of(sentence)[0], named) if named else whose
        make_claim(sentence, counted, whats, mine)
        sentence.said.last = (whats[0],)
    if found.metric:
        sentence.said.metric = found.metric
    sentence.taken = max(sentence.taken, found.last)
    return True


def _of_kind(sentence: Sentence, at: int, last: int) -> tuple[Subject, ...] | None:
    """“1万+”短视频4条, where no account is named: those of the group 短视频, or not known whose."""
    subjects = subjects_of(sentence)[0]
    kinds = [each for each in sentence.words[at : last + 1] if each.sort == "kind"]
    if not kinds or not all(each.kind == "total" for each in subjects):
        return None
    if not kinds[0].subjects:
        sentence.said.stranger = sentence.said.stranger or kinds[0].text
        return None
    return (*kinds[0].subjects, *subjects)


def _of_hits(sentence: Sentence) -> tuple[str, ...]:
    """Of which metric the hits are: the clause's own, that of the hits before, else views or what was said."""
    said = sentence.said
    own = said.metric if said.metric not in ("", "posts", "followers") else ""
    if own and (said.metric_at >= 0 or sentence.first):
        return (own,)
    if said.last and said.last[0].kind == "hits":
        return (said.last[0].metric,)
    return ("views",) if own in ("", "views") else ("views", own)


def _bare_hits(sentence: Sentence, at: int, number: Number) -> bool:
    """没有“10万+”以上作品: nothing is counted, but what follows may be about them."""
    if not patterns.is_bare_threshold(sentence.words, at, number):
        return False
    own = (
        sentence.said.metric if sentence.said.metric not in ("", "posts", "followers") else "views"
    )
    sentence.said.last = (What(kind="hits", metric=own, threshold=number.value),)
    return True
