"""A claim made of a number: whom it may be about, of which figure, period and basis."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from reports.verify.claims import Claim, Reading, What
from reports.verify.numbers import Manner, Number
from reports.verify.sentence import Sentence
from reports.verify.subjects import Subject, together

_PLACING = frozenset({"刊发", "刊播", "刊载", "刊登", "发表", "播发", "采用"})
_LEADING = re.compile(r"^(?:先后|分别|被|在|于|由|向|获)+")


def subjects_of(sentence: Sentence) -> tuple[tuple[Subject, ...], bool]:
    """Whom the sentence speaks of, and whether it says so itself. Where it does not: whom the text before spoke
    of, or everything together."""
    said = sentence.said
    if said.run:
        return together(said.run), False
    total = (sentence.reader.lexicon.total,)
    if not (sentence.reader.named or sentence.reader.headed):
        return tuple(dict.fromkeys((*total, *sentence.reader.carried))), True
    if sentence.reader.topic:
        return tuple(
            dict.fromkeys((*sentence.reader.topic, *sentence.reader.carried, *total))
        ), True
    return tuple(dict.fromkeys((*sentence.reader.carried, *total))), True


def make_claim(
    sentence: Sentence,
    number: Number,
    whats: Sequence[What],
    subject: tuple[Subject, ...] | None,
    *,
    shared: Number | None = None,
) -> None:
    """The claim that ``number`` is one of ``whats``, of ``subject`` or else of whom the sentence speaks."""
    said, reader = sentence.said, sentence.reader
    said.stranger = said.raw or said.stranger
    subjects = subjects_of(sentence)[0] if subject is None else subject
    start, end = sentence.text.span(number.start, number.end)
    from_, to = sentence.text.span(sentence.words[0].start, sentence.words[-1].end)
    whole = said.whole if said.whole != len(reader.claims) else None
    reader.claims.append(
        Claim(
            paragraph=sentence.paragraph,
            sentence=sentence.original[max(from_, sentence.first and 0) : to].strip(),
            sentence_number=reader.number_of_sentences,
            start=start,
            end=end,
            words=sentence.original[start:end].strip(),
            number=number,
            readings=(*_readings(sentence, subjects, whats),),
            period=sentence.now(),
            against=sentence.against,
            basis=_basis(sentence, whats[0]),
            gain=said.gain,
            falls=said.falls,
            earlier=said.earlier,
            compared=said.earlier or sentence.compared,
            unsure=said.stranger,
            whole=whole,
            all_parts=said.all_parts,
            planned=sentence.planned,
            weak=not said.run and not reader.named,
            shared=_shared(shared, number),
        )
    )


def _readings(
    sentence: Sentence, subjects: Sequence[Subject], whats: Sequence[What]
) -> Iterator[Reading]:
    raw = sentence.said.raw
    if raw and whats[0].kind == "posts" and _placing(sentence):
        whats = (What(kind="placements"), *whats)
    for one in subjects:
        for what in whats:
            outlet = what.kind == "placements" and not what.name and raw
            placed = replace(what, name=_LEADING.sub("", raw)) if outlet else what
            yield Reading(_whose(sentence, one, what), placed)
    if whats[0].kind == "kind":
        own = sentence.of_whole() or What(kind="posts")
        yield from (Reading(each, own) for each in sentence.said.kind_of)
    if whats[0].kind == "posts" and raw:
        yield from (Reading(one, What(kind="column", name=raw)) for one in subjects)


def _whose(sentence: Sentence, subject: Subject, what: What) -> Subject:
    """Ledgers of placements and programmes are the centre's, whomever the text speaks of."""
    centre = what.kind in ("placements", "issues", "items") and subject.kind != "unknown"
    return sentence.reader.lexicon.total if centre and not subject.topic else subject


def _placing(sentence: Sentence) -> bool:
    """刊发 with words that are not known: in a medium that no ledger has."""
    return any(each.text in _PLACING for each in sentence.words)


def _basis(sentence: Sentence, what: What) -> str:
    if sentence.said.gain and what.kind in ("sum", "best", "post", "any_post"):
        return "gained"
    return sentence.said.basis


def _shared(first: Number | None, number: Number) -> Manner:
    """What stands before the first number of a row may hold for the rounded ones after it."""
    if first is None or first is number or number.manner != "plain" or number.step == 1:
        return "plain"
    return first.manner if first.manner in ("about", "near", "over", "reach") else "plain"
