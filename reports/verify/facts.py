"""The true figure behind a claim: where the number lies, or why nobody here can say.

Made for one period and one basis; valid until the next one is made (it reads the inquiry's view).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from reports import wording
from reports.figure import figure
from reports.figures import Line, group_lines
from reports.inquiry import Inquiry
from reports.topics import Topic, joined, topics
from reports.verify.claims import Reading, What
from reports.verify.subjects import Subject
from reports.verify.text import fold
from reports.vocabulary import HEADINGS
from reports.wording import Spread, exactly
from storage.identity import normal_title
from storage.series import Amount, PostValue, View
from storage.standing import Standing, standing

#: How many of the highest posts 某篇 may mean.
_ANY = 50
_LEVELS = ("中央", "省", "市", "县")
_NO_QUOTES = {ord(sign): None for sign in "“”‘’\"'"}
#: Fewer signs tell no title from another.
_TELLING = 6
_MEDIA = ("报", "台", "网", "端")
_KINDS = {"article": "文章", "video": "视频", "image": "图片", "live": "直播"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """``spread`` None: it cannot be said, for the reason ``why``. ``name`` says what was looked up. ``single``: one
    post's figure, not a sum; ``notes``: what stands beside it (gaps, posts without data). ``others``: figures that the
    words may mean as well (any post); ``wrong``: what is said besides the number is not so, ``why`` says how."""

    spread: Spread | None
    name: str
    why: str = ""
    measure: str = ""
    metric: str = ""
    single: bool = False
    notes: tuple[str, ...] = ()
    others: tuple[Spread, ...] = ()
    wrong: bool = False


class Facts:
    """Looks figures up for readings of claims."""

    def __init__(self, inquiry: Inquiry) -> None:
        self.inquiry = inquiry
        self.accounts = {each.id: each for each in inquiry.centre.accounts}
        self._lines: dict[tuple[str, ...], Line] = {}

    def of(self, reading: Reading) -> Fact:
        subject, what = reading.subject, reading.what
        if what.kind == "other":
            return _none(reading, f"“{what.name}”不在采集的指标里，没有可以核对的数据")
        if subject.kind == "unknown":
            return _none(reading, f"config.toml 里没有账号{subject.words}")
        if not subject.accounts:
            return _none(reading, f"config.toml 里没有“{subject.words}”的账号")
        if subject.topic:
            return self._topic(subject, what)
        return _LOOK_UP[what.kind](self, subject, what)

    def line(self, accounts: Sequence[str]) -> Line:
        """What several accounts amount to together."""
        key = tuple(accounts)
        if key not in self._lines:
            infos = [replace(self.accounts[each], group="·") for each in key]
            self._lines[key] = group_lines(self.inquiry.centre, infos, self.inquiry.loaded)[0]
        return self._lines[key]

    # figures of lines

    def sum(self, subject: Subject, what: What) -> Fact:
        line = self.line(subject.accounts)
        figure = line.figures[what.metric]
        made = _fact(
            subject, HEADINGS[what.metric], None, metric=what.metric, notes=self._notes(line)
        )
        if figure is not None:
            beside = (f"其中{figure.missing}个作品无数据",) if figure.missing else ()
            return replace(
                made, spread=figure.spread, measure=_unit(what.metric), notes=(*beside, *made.notes)
            )
        readers = line.figures["readers"] if what.metric == "views" else None
        if readers is not None and self.inquiry.basis.kind != "gained":
            said = f"只有阅读人数（{wording.cell(readers.spread)}人），次数只知道不少于它，二者不能换算"
            low = Spread(readers.spread.low, None)
            return replace(made, spread=low, measure="人次", notes=(said, *made.notes))
        return replace(made, why=self._why_none(line, what.metric))

    def _why_none(self, line: Line, metric: str) -> str:
        if not line.posts:
            return self._why_empty(line)
        source = line.platform_name or "所用"
        hidden = f"{source}的数据不显示{HEADINGS[metric]}"
        return f"{hidden}，或期初没有可比的数值" if self.inquiry.basis.kind == "gained" else hidden

    def _why_empty(self, line: Line) -> str:
        title = self.inquiry.period.title
        cover = line.coverage
        if cover.first is None:
            return f"没有覆盖{title}的文件或采集"
        return {
            "published": f"{title}没有读到作品",
            "gained": f"{title}没有可计增量的观测",
            "aged": f"{title}没有满{self.inquiry.basis.days}天且当天有观测的作品",
        }[self.inquiry.basis.kind]

    def _notes(self, line: Line) -> tuple[str, ...]:
        from reports.periods import span_words

        cover, period = line.coverage, self.inquiry.period
        found = []
        if line.incomplete:
            found.append("导出达到条数上限，作品没有读全，各数是下限")
        if cover.first is None or cover.last is None:
            found.append("没有覆盖本期的文件或采集")
        elif cover.first > period.start.date() or cover.last < period.last_day or cover.gaps:
            gaps = "、".join(span_words(*each) for each in cover.gaps)
            found.append(
                f"数据覆盖{span_words(cover.first, cover.last)}"
                + (f"，其间{gaps}没有数据" if gaps else "")
            )
        return tuple(found)

    def posts(self, subject: Subject, what: What) -> Fact:
        line = self.line(subject.accounts)
        name = {"posts": "作品数", "kind": f"{_KINDS.get(what.name, '')}作品数"}[what.kind]
        made = _fact(subject, name, None, measure="条", notes=self._notes(line))
        if not line.posts and line.coverage.first is None:
            return replace(made, why=self._why_empty(line))
        number = line.posts if what.kind == "posts" else line.kinds.get(what.name, 0)
        return replace(made, spread=Spread(number, None if line.incomplete else number))

    def originality(self, subject: Subject, what: What) -> Fact:
        line = self.line(subject.accounts)
        totals = [
            self.inquiry.loaded.totals[each]
            for each in subject.accounts
            if each in self.inquiry.loaded.totals
        ]
        original, reprint = (
            sum(each.originals for each in totals),
            sum(each.reprints for each in totals),
        )
        number = original if what.kind == "original" else reprint
        unmarked = 0 if what.name else line.posts - original - reprint
        name = "原创作品数" if what.kind == "original" else "转载作品数"
        made = _fact(subject, name, None, measure="篇", notes=self._notes(line))
        if not original + reprint:
            return replace(made, why="数据里没有标明原创还是转载")
        high = None if line.incomplete else number + unmarked
        beside = (f"另有{unmarked}个作品没有标明",) if unmarked else ()
        return replace(made, spread=Spread(number, high), notes=(*beside, *made.notes))

    def hits(self, subject: Subject, what: What) -> Fact:
        line = self.line(subject.accounts)
        marks = self.inquiry.centre.thresholds.get(what.metric, ())
        threshold = what.threshold or min(marks, default=0)
        name = f"{HEADINGS[what.metric]}{wording.mark(threshold)}的作品数"
        made = _fact(subject, name, None, measure="条", metric=what.metric, notes=self._notes(line))
        if threshold not in line.hits.get(what.metric, {}):
            return replace(made, why="增量口径只统计 config.toml 里设的爆款线")
        sure, unknown = line.hits[what.metric][threshold], line.unknown_hits[what.metric][threshold]
        if not line.posts and line.coverage.first is None:
            return replace(made, why=self._why_empty(line))
        beside = (f"另有{unknown}个作品无法判断",) if unknown else ()
        high = None if line.incomplete else sure + unknown
        return replace(made, spread=Spread(sure, high), notes=(*beside, *made.notes))

    def left_out(self, subject: Subject, what: What) -> Fact:
        line = self.line(subject.accounts)
        if what.kind == "unknown":
            number = line.unknown_hits.get(what.metric, {}).get(what.threshold, 0)
        elif what.kind == "missing":
            figure = line.figures[what.metric]
            number = line.posts if figure is None else figure.missing
        else:
            number = getattr(line, what.kind)
        name = {
            "unknown": "无法判断的作品数",
            "missing": "无数据的作品数",
            "deleted": "已删除的作品数",
        }
        return _fact(subject, name.get(what.kind, "未计入的作品数"), exactly(number), measure="条")

    # single posts

    def best(self, subject: Subject, what: What) -> Fact:
        line = self.line(subject.accounts)
        name = f"单篇最高{HEADINGS[what.metric]}"
        made = _fact(
            subject,
            name,
            None,
            measure=_unit(what.metric),
            metric=what.metric,
            single=True,
            notes=self._notes(line),
        )
        post = self._top(subject.accounts, what.metric)
        if post is None:
            return replace(made, why=self._why_none(line, what.metric))
        amount = post.amounts[what.metric]
        title = wording.title(post.title)
        beside = f"最高的是{title}"
        if what.name and not self._is_best(subject, what, amount):
            return replace(
                made,
                spread=None,
                why=f"最高的不是“{what.name}”，而是{title}（{wording.cell(_spread(amount))}）",
                wrong=True,
            )
        return replace(made, spread=_spread(amount), notes=(beside, *made.notes))

    def _is_best(self, subject: Subject, what: What, amount: Amount) -> bool:
        """Whether a post of that title has the greatest figure, or may have it."""
        named = self._named(subject.accounts, what.name)
        shown = [each.amounts[what.metric] for each in named if what.metric in each.amounts]
        return any(each.value >= amount.value or each.high is None for each in shown)

    def _top(self, accounts: Sequence[str], metric: str) -> PostValue | None:
        found = next(self.inquiry.view.posts(accounts, top=1, by=metric), None)
        return found if found is not None and metric in found.amounts else None

    def post(self, subject: Subject, what: What) -> Fact:
        named = self._named(subject.accounts, what.name)
        made = _fact(
            subject,
            f"“{what.name}”的{HEADINGS[what.metric]}",
            None,
            measure=_unit(what.metric),
            metric=what.metric,
            single=True,
        )
        if not named:
            return replace(
                made,
                why=f"{self.inquiry.period.title}没有找到标题是“{what.name}”的作品或叫这个名字的专题",
            )
        shown = [each for each in named if what.metric in each.amounts]
        if not shown:
            return replace(made, why=f"这个作品的数据里没有{HEADINGS[what.metric]}")
        if len(shown) == 1:
            return replace(made, spread=_spread(shown[0].amounts[what.metric]))
        low = min(each.amounts[what.metric].low for each in shown)
        highs = [each.amounts[what.metric].high for each in shown]
        whole = [each for each in highs if each is not None]
        spread = Spread(low, max(whole) if len(whole) == len(highs) else None)
        each = tuple(_spread(post.amounts[what.metric]) for post in shown)
        return replace(made, spread=spread, others=each, notes=(f"有{len(shown)}个作品叫这个标题",))

    def any_post(self, subject: Subject, what: What) -> Fact:
        """Some post: the greatest figures of single posts are all meant."""
        posts = self.inquiry.view.posts(subject.accounts, top=_ANY, by=what.metric)
        values = [
            _spread(each.amounts[what.metric]) for each in posts if what.metric in each.amounts
        ]
        return replace(
            self.best(subject, replace(what, kind="best", name="")), others=tuple(values)
        )

    def _named(self, accounts: Iterable[str], title: str) -> list[PostValue]:
        """The posts of that title; where there is none, those whose title begins with it or holds it."""
        wanted = _title(title.removesuffix("…"))
        numbers = [] if title.endswith("…") else self._titles.get(wanted, [])
        if not numbers and (len(wanted) >= _TELLING or title.endswith("…")):
            starts = [
                n for name, there in self._titles.items() if name.startswith(wanted) for n in there
            ]
            numbers = starts or [
                n for name, there in self._titles.items() if wanted in name for n in there
            ]
        mine = set(accounts)
        return [each for each in self.inquiry.view.get(numbers).values() if each.account in mine]

    @cached_property
    def _titles(self) -> Mapping[str, list[int]]:
        found: dict[str, list[int]] = {}
        for post in self.inquiry.view.posts():
            found.setdefault(_title(post.title), []).append(post.post_id)
        return found

    # accounts and ledgers

    def number_of_accounts(self, subject: Subject, what: What) -> Fact:
        return _fact(subject, "账号数", exactly(len(subject.accounts)), measure="个")

    def followers(self, subject: Subject, what: What) -> Fact:
        question = self.inquiry.view.question
        moments = (min(question.start, question.as_of), question.closing)
        told = standing(self.inquiry.connection, "followers", moments, self.inquiry.known)
        found = [told.get(account, [None, None]) for account in subject.accounts]
        gain = what.kind == "follower_gain"
        name = "期内新增粉丝" if gain else f"期{'初' if what.name else '末'}粉丝数"
        made = _fact(subject, name, None, measure="人")
        spreads = [
            _gained(*each) if gain else _stood(each[0 if what.name else 1]) for each in found
        ]
        known = [each for each in spreads if each is not None]
        if not known:
            return replace(made, why="没有读到这些账号的粉丝数")
        if gain and any((start is None) != (end is None) for start, end in found):
            return replace(made, why="有账号在期初或期末没有粉丝数，增长算不全")
        highs = [each.high for each in known if each.high is not None]
        there = Spread(
            sum(each.low for each in known), sum(highs) if len(highs) == len(known) else None
        )
        missing = len(spreads) - len(known)
        if not missing:
            return replace(made, spread=there)
        beside = (f"其中{missing}个账号没有粉丝数",)
        if gain:
            return replace(made, spread=there, notes=beside)
        return replace(made, spread=Spread(there.low, None), others=(there,), notes=beside)

    def live(self, subject: Subject, what: What) -> Fact:
        rows = self._listed("live", subject)
        made = _fact(subject, "直播场次", None, measure="场")
        if rows is None:
            return replace(made, why="没有读到直播台账，各账号的数据里也没有直播")
        if what.kind == "live":
            return replace(made, spread=exactly(len(rows)))
        made = replace(
            made,
            name=f"直播{HEADINGS[what.metric]}",
            measure=_unit(what.metric),
            metric=what.metric,
        )
        posts = self._published([each.post_id for each in rows])
        shown = [
            each.amounts[what.metric] for each in posts.values() if what.metric in each.amounts
        ]
        if not shown:
            return replace(made, why="直播的资料里没有这个数")
        if what.name == "best":
            most = max(shown, key=lambda each: each.value)
            return replace(
                made, name=f"单场最高{HEADINGS[what.metric]}", spread=_spread(most), single=True
            )
        hidden = len(rows) - len(shown)
        highs = [each.high for each in shown]
        whole = hidden == 0 and all(each is not None for each in highs)
        high = sum(each for each in highs if each is not None) if whole else None
        beside = (f"其中{hidden}场无数据",) if hidden else ()
        return replace(made, spread=Spread(sum(each.low for each in shown), high), notes=beside)

    def _published(self, numbers: Sequence[int]) -> Mapping[int, PostValue]:
        """Posts at their newest value, whatever the basis."""
        view = self.inquiry.view
        if numbers and self.inquiry.basis.kind != "published":
            question = replace(view.question, basis="published")
            view = View(self.inquiry.connection, question, "published")
        return view.get(numbers)

    def _listed(self, kind: str, subject: Subject) -> list[_Row] | None:
        """The posts of the period, by their day; None where none of any time is on record. A ledger's belong to all."""
        from storage.listed import listed

        question = self.inquiry.view.question
        ours = {each.id for each in self.inquiry.ours}
        wanted = set(subject.accounts) if subject.kind in ("account", "platform") else ours
        rows = [
            each
            for each in listed(self.inquiry.connection, question, (kind,))
            if each.account in ours
        ]
        if (
            not rows
            or rows[0].published_at >= question.end
            or max(e.seen_at for e in rows) < question.start
        ):
            return None
        within = [each for each in rows if question.start <= each.published_at < question.end]
        return [
            _Row(each.post_id, each.account, each.column, each.details)
            for each in within
            if each.account in wanted or kind == "item"
        ]

    def placements(self, subject: Subject, what: What) -> Fact:
        from reports.placed import placed

        found = placed(self.inquiry)
        made = _fact(subject, f"外宣{what.name}刊发篇数", None, measure="篇")
        period = self.inquiry.period
        if (
            found.since is None
            or found.until is None
            or found.since >= period.end
            or found.until < period.start
        ):
            return replace(made, why="没有覆盖这个时期的外宣台账")
        rows = found.placements
        if what.name == "头版":
            if not found.marks_front:
                return replace(made, why="外宣台账没有标注头版")
            return replace(made, spread=exactly(sum(each.front_page for each in rows)))
        if what.name in _LEVELS:
            there = sum(each.level == what.name for each in rows)
            unstated = sum(each.level not in _LEVELS for each in rows)
            return replace(made, spread=Spread(there, there + unstated))
        if what.name in _MEDIA:
            return replace(made, spread=exactly(sum(each.medium == what.name for each in rows)))
        if what.name:
            names = {each.outlet for each in rows}
            outlets = {each for each in names if each == what.name} or {
                each for each in names if what.name in each
            }
            if not outlets:
                return replace(made, why=f"外宣台账里没有媒体“{what.name}”")
            return replace(made, spread=exactly(sum(each.outlet in outlets for each in rows)))
        return replace(made, spread=exactly(len(rows)))

    def programme(self, subject: Subject, what: What) -> Fact:
        rows = self._listed("item", subject)
        made = _fact(
            subject,
            f"《{what.name}》" if what.name else "自办栏目",
            None,
            measure="期" if what.kind == "issues" else "条",
        )
        there = [
            each
            for each in rows or ()
            if not what.name or normal_title(each.column) == normal_title(what.name)
        ]
        if not there:
            return replace(made, why=f"播出台账里没有栏目“{what.name}”")
        if what.kind == "issues":
            return replace(made, spread=exactly(len(there)))
        told = [
            int(each.details["items"]) for each in there if each.details.get("items", "").isdigit()
        ]
        if not told:
            return replace(made, why="播出台账没有填条数")
        return replace(
            made, spread=Spread(sum(told), sum(told) if len(told) == len(there) else None)
        )

    def column(self, subject: Subject, what: What) -> Fact:
        mine = set(subject.accounts)
        posts = [
            e
            for e in self.inquiry.view.posts()
            if e.account in mine and normal_title(e.column) == normal_title(what.name)
        ]
        made = _fact(subject, f"“{what.name}”栏目作品数", None, measure="篇")
        if not posts:
            return replace(made, why=f"没有叫“{what.name}”的专题、栏目或作品")
        return replace(made, spread=exactly(len(posts)))

    # topics

    def _topic(self, subject: Subject, what: What) -> Fact:
        topic = next((each for each in self._topics if each.info.name == subject.topic), None)
        made = _fact(subject, f"专题“{subject.topic}”", None)
        if topic is None:
            return replace(made, why="没有读到这个专题")
        there = {key: part for key, part in topic.accounts.items() if key in subject.accounts}
        part = joined(there.values())
        if what.kind in ("posts", "kind", "missing", "deleted", "accounts", "young", "unobserved"):
            number = {
                "young": topic.young,
                "unobserved": topic.unobserved,
                "missing": part.views.missing,
                "deleted": part.deleted,
                "accounts": len(there),
            }.get(what.kind, len(part.posts))
            high = None if part.incomplete and what.kind != "accounts" else number
            return replace(
                made, name=f"{made.name}作品数", measure="条", spread=Spread(number, high)
            )
        if what.kind in ("best", "post", "any_post"):
            return self._topic_best(topic, subject, what, made)
        if what.kind != "sum" or what.metric not in ("views", "readers"):
            return replace(made, why="专题只核对篇数、阅读播放量和最高的作品")
        whole = figure(getattr(part, what.metric), incomplete=part.incomplete)
        name = f"{made.name}{HEADINGS[what.metric]}"
        made = replace(made, name=name, measure=_unit(what.metric), metric=what.metric)
        if whole is None:
            why = "这些平台的数据不显示阅读播放量" if part.posts else "没有读到符合的作品"
            return replace(made, why=why)
        beside = (f"其中{whole.missing}个作品无数据",) if whole.missing else ()
        return replace(made, spread=whole.spread, notes=beside)

    def _topic_best(self, topic: Topic, subject: Subject, what: What, made: Fact) -> Fact:
        shown = [each for each in topic.best if each.account in subject.accounts]
        if what.metric != "views" or not shown:
            return replace(made, why="专题的单篇只核对阅读播放量最高的几篇")
        best = shown[0]
        amount = _spread(best.amounts["views"])
        made = replace(
            made, name=f"{made.name}单篇最高", measure="人次", metric="views", single=True
        )
        wanted = _title(what.name.removesuffix("…"))
        if what.name and not _title(best.title).startswith(wanted):
            why = f"最高的不是“{what.name}”，而是{wording.title(best.title)}（{wording.cell(amount)}）"
            return replace(made, why=why, wrong=what.kind == "best")
        return replace(made, spread=amount)

    @cached_property
    def _topics(self) -> tuple[Topic, ...]:
        return topics(self.inquiry)


@dataclass(frozen=True, slots=True)
class _Row:
    post_id: int
    account: str
    column: str
    details: Mapping[str, str] = field(default_factory=dict)


def _fact(subject: Subject, name: str, spread: Spread | None, **more: object) -> Fact:
    return Fact(spread=spread, name=f"{subject.words}：{name}", **more)  # type: ignore[arg-type]


def _none(reading: Reading, why: str) -> Fact:
    return Fact(spread=None, name=reading.subject.words, why=why)


def _spread(amount: Amount) -> Spread:
    return Spread(amount.low, amount.high)


def _title(title: str) -> str:
    """A title as it is compared: folded like a draft, without quotation marks; an empty one is （无标题） in summaries."""
    plain = fold(wording.line(title)).plain.translate(_NO_QUOTES)
    return normal_title(plain) or normal_title("（无标题）") or "（无标题）"


def _stood(value: Standing | None) -> Spread | None:
    return None if value is None else Spread(value.value.low, value.value.high)


def _gained(start: Standing | None, end: Standing | None) -> Spread | None:
    if start is None or end is None or start.value.high is None:
        return None
    high = end.value.high
    return Spread(
        end.value.low - start.value.high, None if high is None else high - start.value.low
    )


def _unit(metric: str) -> str:
    return {"views": "人次", "readers": "人", "sharers": "人", "comments": "条"}.get(metric, "次")


_LOOK_UP: Mapping[str, Callable[[Facts, Subject, What], Fact]] = {
    "sum": Facts.sum, "posts": Facts.posts, "kind": Facts.posts, "original": Facts.originality,
    "reprint": Facts.originality, "hits": Facts.hits, "best": Facts.best, "post": Facts.post,
    "any_post": Facts.any_post, "accounts": Facts.number_of_accounts, "followers": Facts.followers,
    "follower_gain": Facts.followers, "live": Facts.live, "live_views": Facts.live,
    "placements": Facts.placements, "issues": Facts.programme, "items": Facts.programme,
    "column": Facts.column, "missing": Facts.left_out, "unknown": Facts.left_out,
    "deleted": Facts.left_out, "young": Facts.left_out, "unobserved": Facts.left_out,
}  # fmt: skip
