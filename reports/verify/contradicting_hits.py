"""Counts of hits against their thresholds, the totals, the best post and the number of all posts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from reports import wording
from reports.verify.stated import Contradiction, Stated, groups, made


def of_hits(said: Sequence[Stated]) -> Iterator[Contradiction]:
    """Hits against thresholds, totals and the best post of the same subject."""
    for group in groups(said, "hits", "sum", "best", "posts"):
        metrics = {each.reading.what.metric for each in group if each.reading.what.metric}
        posts = [each for each in group if each.reading.what.kind == "posts"]
        for metric in sorted(metrics):
            of = [each for each in group if each.reading.what.metric == metric]
            hits = _by_threshold(of)
            sums = [each for each in of if each.reading.what.kind == "sum"]
            bests = [each for each in of if each.reading.what.kind == "best"]
            yield from _nested(hits)
            for whole in sums:
                yield from _least(hits, whole)
                yield from (
                    made(f"单篇最高{best.words}比合计{whole.words}还多", best, whole)
                    for best in bests
                    if whole.high is not None and best.low > whole.high
                )
            for best in bests:
                yield from _best_and_hits(hits, best)
            for whole in posts:
                yield from _more_than_all(hits, whole)


def of_live(said: Sequence[Stated]) -> Iterator[Contradiction]:
    """The best session against all of them."""
    for group in groups(said, "live_views"):
        bests = [each for each in group if each.reading.what.name == "best"]
        wholes = [each for each in group if not each.reading.what.name]
        for best in bests:
            for whole in wholes:
                same = best.reading.what.metric == whole.reading.what.metric
                if same and whole.high is not None and best.low > whole.high:
                    yield made(f"单场最高{best.words}比合计{whole.words}还多", best, whole)


def _by_threshold(said: Sequence[Stated]) -> list[Stated]:
    """Counts of hits, the highest threshold first; the first claim of each."""
    found: dict[int, Stated] = {}
    for each in said:
        if each.reading.what.kind == "hits" and each.reading.what.threshold:
            found.setdefault(each.reading.what.threshold, each)
    return [found[threshold] for threshold in sorted(found, reverse=True)]


def _nested(hits: Sequence[Stated]) -> Iterator[Contradiction]:
    for higher, lower in combinations(hits, 2):
        if lower.high is not None and higher.low > lower.high:
            yield made(
                f"{_mark(higher)}的有{higher.words}，比{_mark(lower)}的{lower.words}还多（低的一档包含高的一档）",
                higher,
                lower,
            )


def _least(hits: Sequence[Stated], whole: Stated) -> Iterator[Contradiction]:
    """Hits × thresholds is the least that the total can be."""
    least, counted, parts = 0, 0, []
    for each in hits:
        number = max(each.low - counted, 0)
        least += number * each.reading.what.threshold
        if number:
            parts.append(f"{wording.mark(each.reading.what.threshold)[:-1]}×{number}")
        counted = max(counted, each.low)
    if whole.high is not None and least > whole.high:
        said = wording.total(wording.exactly(least))
        text = f"合计{whole.words}与爆款数矛盾：按{'、'.join(each.words for each in hits)}算，至少有{said}（{'＋'.join(parts)}）"
        yield made(text, whole, *hits)


def _best_and_hits(hits: Sequence[Stated], best: Stated) -> Iterator[Contradiction]:
    for each in hits:
        threshold = each.reading.what.threshold
        if each.low > 0 and best.high is not None and best.high < threshold:
            yield made(f"单篇最高{best.words}没有到{_mark(each)}，却有{each.words}达到", best, each)
        if each.high == 0 and best.low >= threshold:
            yield made(
                f"单篇最高{best.words}已到{_mark(each)}，却说达到的有{each.words}", best, each
            )


def _more_than_all(hits: Sequence[Stated], whole: Stated) -> Iterator[Contradiction]:
    for each in hits:
        if whole.high is not None and each.low > whole.high:
            yield made(f"达到{_mark(each)}的{each.words}比发稿总数{whole.words}还多", each, whole)


def _mark(said: Stated) -> str:
    return wording.mark(said.reading.what.threshold)
