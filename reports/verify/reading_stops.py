"""Marks between words: what held before them and does not hold after, and where a list of parts begins."""

from __future__ import annotations

from dataclasses import replace

from reports.verify.said import Said
from reports.verify.sentence import Sentence
from reports.verify.tokens import Token


def read_stop(sentence: Sentence, at: int, token: Token) -> None:
    """A comma, semicolon, colon, bracket or joining mark."""
    if token.text == "（":
        sentence.kept.append(replace(sentence.said, run=list(sentence.said.run)))
        _part(sentence, exhaustive=True)
    said = sentence.said
    said.raw, said.best_now, said.hot, said.average, said.level = "", False, False, False, ""
    said.metric_at, said.title_now, said.placed_now = -9, False, False
    if token.text == "）" and sentence.kept:
        _close(sentence, said)
    elif token.text == "：":
        said.earlier = ""
        _part(sentence, exhaustive=True)
    elif token.sort == "join":
        sentence.joined = said.whole is not None
    if token.text in ("，", "；"):
        said.kind = said.original = said.earlier = ""
        said.kind_of = ()
        said.gain = said.falls = said.front = False
    if token.text == "；":
        _semicolon(sentence)


def _close(sentence: Sentence, inside: Said) -> None:
    """After （…） what stood before it holds again; 《…》（云岭发布）names whose post it is."""
    sentence.said = sentence.kept.pop()
    sentence.said.last = inside.last or sentence.said.last
    if sentence.said.title_now and inside.run:
        sentence.said.run = inside.run


def _semicolon(sentence: Sentence) -> None:
    """What holds for a part of a sentence ends with it; so does a list whose parts stood with 、 between."""
    said = sentence.said
    said.best = said.single = said.another = said.fresh = False
    said.title, said.day, said.stranger = "", None, ""
    listed = sentence.joined or sentence.of_whole() is not None
    if listed and said.whole is not None and not sentence.kept:
        whole = sentence.reader.claims[said.whole]
        said.last = tuple(each.what for each in whole.readings)
        said.whole, said.run, sentence.joined = None, list(sentence.before_list), False


def read_part(sentence: Sentence, at: int, token: Token) -> None:
    """其中 and the like: what follows are some of the whole."""
    _part(sentence, exhaustive=False)


def _part(sentence: Sentence, *, exhaustive: bool) -> None:
    claims = sentence.reader.claims
    mine = claims and claims[-1].sentence_number == sentence.reader.number_of_sentences
    if mine and sentence.said.whole is None:
        sentence.said.whole, sentence.said.all_parts = len(claims) - 1, exhaustive
        sentence.before_list = list(sentence.said.run)
