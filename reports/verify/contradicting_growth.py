"""A stated growth or change against the two figures beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reports.verify.stated import Contradiction, Stated, made


def of_growth(said: Sequence[Stated]) -> Iterator[Contradiction]:
    """比上年同期100万增长80%, beside 158万."""
    by_sentence: dict[int, list[Stated]] = {}
    for each in said:
        by_sentence.setdefault(each.claim.sentence_number, []).append(each)
    for group in by_sentence.values():
        percents = [each for each in group if each.reading.what.kind == "percent"]
        befores = [
            each
            for each in group
            if each.claim.earlier and each.reading.what.kind not in ("percent", "difference")
        ]
        changes = [each for each in group if each.reading.what.kind == "difference"]
        if not (percents or changes) or not befores:
            continue
        before = befores[-1]
        now = [
            e
            for e in group
            if not e.claim.earlier
            and e.reading.what.kind == before.reading.what.kind
            and e.reading.what.metric == before.reading.what.metric
        ]
        if now and percents:
            yield from _growth(now[0], before, percents[-1])
        if now and changes:
            yield from _change(now[0], before, changes[-1])


def _change(now: Stated, before: Stated, change: Stated) -> Iterator[Contradiction]:
    """33条 beside 39条 is 6 fewer."""
    if not change.claim.gain or None in (before.high, now.high, change.high):
        return
    sign = -1 if change.claim.falls else 1
    low, high = now.low - (before.high or 0), (now.high or 0) - before.low
    stated = sorted((sign * change.low, sign * (change.high or 0)))
    if stated[1] < low or stated[0] > high:
        yield made(f"由{before.words}到{now.words}，增减的不是{change.words}", now, before, change)


def _growth(now: Stated, before: Stated, percent: Stated) -> Iterator[Contradiction]:
    if not percent.claim.gain or before.low <= 0 or before.high is None or now.high is None:
        return
    sign = -1 if percent.claim.falls else 1
    least, most = (now.low / before.high - 1) * 100, (now.high / before.low - 1) * 100
    stated = sign * percent.claim.number.value
    if not least - 1 <= stated <= most + 1:
        middle = round((least + most) / 2, 1)
        said = f"{'增长' if middle >= 0 else '下降'}约{abs(middle):g}%"
        yield made(
            f"由{before.words}到{now.words}是{said}，不是{percent.words}", now, before, percent
        )
