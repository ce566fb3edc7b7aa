"""Own broadcast: programmes, their issues and items, as a ledger keeps them; and live streams (直播): sessions, viewers of
each, the total. On every basis a session counts by its day, with its newest value: its figures are final when it ends
(docs/decisions.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from adapters.records import Count, added
from reports import measure, wording
from reports.figures.kept import LedgerRows, kept, remarks
from reports.figures.totals import Best, best_of
from reports.inquiry import Inquiry
from reports.listing import Piece, joined, sentence
from reports.measure import Measure, fact
from reports.periods import day_words, here
from reports.section import Cell, Link, Section, Sentence
from reports.statement import Matter, Statement, Trace, Way
from storage.views.posts import Listed
from storage.views.view import PostValue, View

#: Signs of a programme's name.
_LONG = 40


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme's issues in the period."""

    name: str
    issues: Sequence[Listed]

    @property
    def items(self) -> Count | None:
        """None where no issue says how many it had."""
        told = [int(each.details["items"]) for each in self.issues if "items" in each.details]
        missing = len(self.issues) - len(told)
        return Count(sum(told), missing=missing) if told else None

    @property
    def without_items(self) -> int:
        """Issues that do not say how many: where there are any, ``items`` is a lower bound."""
        return len(self.issues) if self.items is None else self.items.missing

    @property
    def trace(self) -> Trace:
        return Trace(posts=tuple(each.post_id for each in self.issues))


MEASURES: tuple[Measure[Programme], ...] = (
    fact("栏目", lambda each: each.name),
    Measure(
        "issues", "期数", lambda each: len(each.issues), lambda each: each.trace, number=True,
        word="，共播出", measure="期", way="count",
    ),
    Measure(
        "items", "条数", lambda each: each.items, lambda each: each.trace, by="made",
        data=lambda each: each.items and each.items.value, word="条数", measure="条", way="count",
    ),
    fact("", lambda each: each.without_items, "without_items"),
)  # fmt: skip


def section(inquiry: Inquiry) -> Section | None:
    """None where no ledger holds an issue of any time."""
    ledgers = {each.id for each in inquiry.centre.accounts if each.ledger and each.owner == "ours"}
    there = kept(inquiry, "item", ledgers)
    if not there.every:
        return None
    found = _programmes(there.rows)
    missing = "" if found else there.lacking("播出台账")
    told = {each.name: measure.data(MEASURES, each) for each in found}
    return Section(
        id="broadcast",
        title="自办播出",
        sentences=(_sentence(inquiry, found, missing),),
        tables=(measure.table("broadcast", "自办播出", MEASURES, found),) if found else (),
        matters=tuple(map(_matter, found)),
        data={"broadcast": None if missing else told},
    )


def _programmes(rows: Sequence[Listed]) -> list[Programme]:
    """Those with most issues first."""
    found: dict[str, list[Listed]] = {}
    for each in rows:
        found.setdefault(wording.short(each.column, _LONG), []).append(each)
    made = [Programme(name, issues) for name, issues in found.items()]
    return sorted(made, key=lambda each: (-len(each.issues), each.name))


def _sentence(inquiry: Inquiry, found: Sequence[Programme], missing: str) -> Sentence:
    """All of them together; the table says those of each programme."""
    id_, title = "broadcast.total", inquiry.period.title
    if missing:
        return Sentence(id_, f"{title}自办播出{wording.NO_DATA}：{missing}。")
    whole = Programme("", [each for there in found for each in there.issues])
    if not found:
        return sentence(id_, f"{title}没有自办栏目播出的记录（0期）。", trace=whole.trace)
    issues, items = measure.statements(MEASURES, whole, "broadcast", "")
    items = replace(items, word="" if items.value else items.word, items="")
    lacking = whole.without_items
    beside = f"（其中{lacking}期没有填条数）" if lacking else ""
    return sentence(id_, f"{title}自办栏目{len(found)}个", issues, "，", items, f"{beside}。")


def _matter(programme: Programme) -> Matter:
    """A programme with its issues and their items."""
    name = programme.name
    return Matter(
        subject=wording.book_title(name),
        statements=tuple(
            replace(each, word="", noun="" if each.metric == "items" else each.noun)
            for each in measure.statements(MEASURES, programme, f"broadcast.{name}", f"《{name}》")
        ),
        size=(len(programme.issues),),
    )


@dataclass(frozen=True, slots=True)
class Sessions:
    """The sessions of the period, by day. ``kept``: their rows, and the days of which their sources tell."""

    posts: tuple[PostValue, ...]
    kept: LedgerRows

    def total(self, metric: str) -> Count | None:
        return added(each.amounts.get(metric) for each in self.posts).stated()

    def trace(self, *metrics: str) -> Trace:
        """All of them."""
        posts = tuple(each.post_id for each in self.posts)
        return Trace(posts=posts, metrics=metrics, basis="published")

    @property
    def best(self) -> Best | None:
        """The session with most views; by viewers where none shows views."""
        return best_of(self.posts)


def _drew(metric: str, heading: str, word: str, unit: str) -> Measure[Sessions]:
    return Measure(
        metric, heading, lambda each: each.total(metric), lambda each: each.trace(metric), word=word, measure=unit,
        way="sum",
    )  # fmt: skip


SESSIONS: Measure[Sessions] = Measure(
    "sessions", "场次", lambda each: len(each.posts), lambda each: replace(each.trace(), basis=""), number=True,
    word="开展网络直播", measure="场", way="count",
)  # fmt: skip
#: Times and people, which are never added.
DREW = (_drew("views", "观看人次", "观看", "人次"), _drew("readers", "观看人数", "观看人数", "人"))


def live(inquiry: Inquiry) -> Section:
    """Always there: without any record of live streams it says that nothing is known."""
    found = _sessions(inquiry)
    ledger = not inquiry.centre.only or any(each.ledger for each in inquiry.centre.accounts)
    never = (
        "没有读到直播台账，各账号的数据里也没有直播"
        if ledger
        else "所统计账号的数据里没有直播，台账不在内"
    )
    never += "（不是 0 场）"
    missing = "" if found.posts else found.kept.unknown("直播资料", never)
    names = {each.id: each.name for each in inquiry.ours}
    columns: tuple[Measure[PostValue], ...] = (
        fact("日期", lambda each: day_words(here(each.published_at).date())),
        fact("标题", lambda each: Link(each.title, each.url)),
        fact("账号", lambda each: names[each.account]),
        *(fact(of.heading, _amount(of.key)) for of in DREW),
    )
    told = measure.data((SESSIONS, DREW[0]), found)
    return Section(
        id="live",
        title="直播情况",
        sentences=tuple(_live_sentences(inquiry, found, missing)),
        tables=(measure.table("live", "直播", columns, found.posts),) if found.posts else (),
        matters=() if missing else (_live_matter(inquiry, found),),
        data={
            "live": {
                **told,
                **({"sessions": None} if missing else {}),
                "best": found.best and found.best.as_data(),
            }
        },
    )


def _amount(metric: str) -> Callable[[PostValue], Cell]:
    return lambda each: each.amounts.get(metric)


def _sessions(inquiry: Inquiry) -> Sessions:
    found = kept(inquiry, "live", {each.id for each in inquiry.ours})
    there = valued(inquiry, found.rows)
    return Sessions(posts=tuple(there[each.post_id] for each in found.rows), kept=found)


def valued(inquiry: Inquiry, rows: Sequence[Listed]) -> dict[int, PostValue]:
    """The sessions at their newest value, whatever the summary's basis."""
    view, numbers = inquiry.view, [each.post_id for each in rows]
    if numbers and inquiry.basis.kind != "published":
        question = replace(view.question, basis="published")
        view = View(inquiry.connection, question, "published")
    return view.get(numbers)


def _best_of(inquiry: Inquiry, found: Sessions) -> Statement | None:
    """What the best session drew: times, and people where nobody counts times."""
    if found.best is None:
        return None
    post, metric = found.best.post, found.best.metric
    (own,) = (each for each in DREW if each.key == metric)
    return Statement(
        id=f"live.best.{metric}", name="直播单场最高", value=found.best.figure,
        trace=Trace(posts=(post.post_id,), metrics=(metric,), basis="published"), metric=f"best.{metric}",
        word=own.word, measure=own.measure, way="single", marks=inquiry.marks(),
    )  # fmt: skip


def _live_sentences(inquiry: Inquiry, found: Sessions, missing: str) -> Iterator[Sentence]:
    """Times and people side by side, never added."""
    title = inquiry.period.title
    if missing:
        yield Sentence("live.total", f"{title}直播场次{wording.NO_DATA}：{missing}。")
        return
    start, every = f"{inquiry.centre.name}{title}", found.trace("views", "readers")
    said: list[Piece] = ["没有直播的记录（0场）"]
    if found.posts:
        sessions = replace(_figures(inquiry, found)[0], word="共直播")
        drew = [each for each in _figures(inquiry, found)[1:] if each.value is not None]
        none = f"观看量{wording.NO_DATA}（资料里没有写）"
        said = [sessions, "，", *(joined(drew, "，") or [none])]
    yield sentence("live.total", start, said, "。", trace=every)
    best = _best_of(inquiry, found)
    if best is not None and found.best is not None:
        post, metric = found.best.post, found.best.metric
        hidden = any(metric not in each.amounts for each in found.posts)
        exact = isinstance(best.value, Count) and best.value.exact
        sure = "按已有数据，" if hidden or not exact else ""
        day = day_words(here(post.published_at).date(), year=False)
        name = f"{sure}单场最高为{day}的{wording.title(post.title)}，"
        yield sentence("live.best", name, best, "。")
    apart = "直播按举办日期计入、取截至数据时点的数，与所用口径无关"
    beside = remarks(inquiry, found.kept, "直播资料", "场", apart)
    if beside := "；".join(each for each in (_twice(inquiry, found), beside) if each):
        yield Sentence("live.coverage", f"{beside}。")


def _figures(inquiry: Inquiry, found: Sessions) -> list[Statement]:
    """Sessions, times, people."""
    words = {"readers": "各场观看人数合计"}
    return [
        replace(
            each, name=f"直播{each.name}", items="场", marks=inquiry.marks(), word=words.get(each.metric, each.word)
        )
        for each in measure.statements((SESSIONS, *DREW), found, "live", "")
    ]  # fmt: skip


def _live_matter(inquiry: Inquiry, found: Sessions) -> Matter:
    """For the paper: sessions, what they drew together, and the best of them."""
    sessions, views, readers = _figures(inquiry, found)
    people: Way = "" if found.total("views") else "sum"
    statements = [
        sessions,
        replace(views, word="累计观看"),
        replace(readers, word="累计观看", way=people),
    ]
    if best := _best_of(inquiry, found):
        several: Way = "single" if len(found.posts) > 1 else ""
        statements.append(replace(best, word="单场最高", way=several))
    return Matter(subject="", statements=tuple(statements))


def _twice(inquiry: Inquiry, found: Sessions) -> str:
    """A session may stand in a ledger and be an account's post as well."""
    ledgers = {each.id for each in inquiry.ours if each.ledger}
    there = sum(each.account in ledgers for each in found.posts)
    if not there or there == len(found.posts):
        return ""
    beside = len(found.posts) - there
    return f"其中台账所列{there}场、各账号的直播作品{beside}场，同一场两处都有的会计为两场，请核对"
