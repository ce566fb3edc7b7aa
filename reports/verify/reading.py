"""From the words of a paragraph to its claims: a small machine that walks over the words of a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from reports.periods import Period
from reports.verify import patterns
from reports.verify.claims import Claim, Ignored, Reading, What, WhatKind
from reports.verify.numbers import Manner, Number
from reports.verify.said import Said
from reports.verify.spans import Frame
from reports.verify.subjects import Lexicon, Subject, combine, together
from reports.verify.text import Text
from reports.verify.tokens import Token, platform_after, sentences, tokens
from reports.verify.words import CLAUSE_DEFINING, DEFINING, PLANNED

#: Words between two names of one subject: 云岭发布的官方微信公众号.
_BINDING = frozenset({"的", "官方", "旗下", "运营", "平台", "各", "新闻", "微信", "矩阵"})
_MEASURED = frozenset({"", "人次", "次", "人", "户", "名", "户次", "篇次", "条次"})
_VERBS = {"转发": "shares", "推荐": "looks"} | dict.fromkeys(
    ("播放", "阅读", "点击", "浏览", "观看", "收看"), "views"
)
_PLACING = frozenset({"刊发", "刊播", "刊载", "刊登", "发表", "播发", "采用"})
_LEADING = re.compile(r"^(?:先后|分别|被|在|于|由|向|获)+")
_MEDIA = {"网站": "网", "客户端": "端"}
_COUNTS = patterns.COUNTS
#: Ranks among posts, and what the names of media end with.
_RANKED = re.compile(r"前|排名|位列|位居|第.{1,3}(?:位|名|条)")
_MEDIUM = re.compile(r"(?:社|日报|晚报|时报|电视台|央视|央广|卫视|新闻|人民|光明|强国|总台)$")


@dataclass(slots=True)
class Reader:
    """Reads paragraph after paragraph; what one leaves open is taken from the one before."""

    lexicon: Lexicon
    frame: Frame
    claims: list[Claim] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)
    carried: tuple[Subject, ...] = ()
    topic: tuple[Subject, ...] = ()
    period: Period | None = None
    headed: bool = False  # a heading has
    named: bool = False  # the paragraph has said of whom it speaks
    under: Period | None = None  # the period that the heading above names
    level: int = 0  # of that heading
    number_of_sentences: int = 0

    def read(self, paragraph: int, text: Text, original: str, start: int = 0) -> None:
        """All claims of a paragraph whose numbers stand at or after ``start`` in the original (what lies before is
        a table's heading, read with each cell)."""
        self.period = self.under or self.frame.default
        self.topic, self.named = (), False
        for words in sentences(tokens(text.plain, self.lexicon, self.frame)):
            self.number_of_sentences += 1
            _Sentence(self, paragraph, text, original, words, start).read()


@dataclass(slots=True)
class _Sentence:
    reader: Reader
    paragraph: int
    text: Text
    original: str
    words: Sequence[Token]
    first: int
    said: Said = field(default_factory=Said)
    kept: list[Said] = field(default_factory=list)
    taken: int = -1
    planned: bool = False
    media: bool = False
    compared: str = ""
    against: Period | None = None
    period: tuple[Period | None, ...] = ()
    before_list: list[tuple[Subject, ...]] = field(default_factory=list)
    joined: bool = False
    topic: tuple[Subject, ...] = ()

    def read(self) -> None:
        plain = "".join(each.text for each in self.words if each.sort != "title")
        if any(each in plain for each in DEFINING):
            return
        self.planned = any(each in plain for each in PLANNED)
        self.said.marked = any(each in plain for each in ("注明", "标明", "标注"))
        self.said.broadcast = "播出" in plain
        self.media = "介质" in plain
        for at, token in enumerate(self.words):
            if at > self.taken:
                self._step(at, token)
        if self.said.run:
            self.reader.carried, self.reader.named = together(self.said.run), True

    def _step(self, at: int, token: Token) -> None:
        if token.sort in _STEPS:
            _STEPS[token.sort](self, at, token)
        elif token.sort in _FLAGS:
            setattr(self.said, token.sort, True)

    def _single(self, at: int, token: Token) -> None:
        said = self.said
        said.another = token.text.startswith("另") and said.best
        if said.another:
            said.best = said.best_now = False
            said.title = ""
        said.single = True
        said.live = said.live or token.text == "单场"

    def _best(self, at: int, token: Token) -> None:
        self.said.best, self.said.best_now, self.said.another = True, True, False
        before = self.words[at - 1].text if at else ""
        if before in _VERBS:  # 播放最高31.89万
            self.said.metric, self.said.fresh = _VERBS[before], True

    def _basis_said(self, at: int, token: Token) -> None:
        self.said.basis = f"aged:{token.name}"

    def _placed(self, at: int, token: Token) -> None:
        level = self._level(at, token) if token.sort == "level" else token.name
        said = self.said
        joined = at > 1 and self.words[at - 1].sort == "join" and self.words[at - 2].sort
        if joined == token.sort == "outlet":
            level = f"{said.outlets}、{level}"
        said.outlets = level if token.sort == "outlet" else ""
        said.level, said.placement, said.placed_now = level, True, True
        said.raw = said.stranger = ""

    def _before(self, at: int, token: Token) -> None:
        self.said.earlier = self.compared = token.name

    def _original(self, at: int, token: Token) -> None:
        self.said.original = token.name

    def _gain(self, at: int, token: Token) -> None:
        self.said.gain, self.said.falls = True, token.sort == "fall"
        self.said.changed = token.text not in ("新增", "净增", "增粉", "涨粉")

    def _other(self, at: int, token: Token) -> None:
        self.said.other, self.said.metric = token.text, ""

    def _passed_over(self, at: int, token: Token) -> None:
        self._ignore(token.start, token.end)
        if _RANKED.match(token.text):  # 阅读量前三的作品分别为: single posts
            self.said.single = True

    def _some_of(self, at: int, token: Token) -> None:
        self._part(exhaustive=False)

    def _work(self, at: int, token: Token) -> None:
        self.said.hot = self.said.hot or token.text in ("爆款", "爆文")

    def _level(self, at: int, token: Token) -> str:
        """中央、省级媒体 are both; all of 中央、省、市 are no level."""
        before = self.words[max(0, at - 4) : at]
        if any(each.sort == "number" for each in before):
            return token.name
        short = ("中央", "省", "市", "县")
        levels = [e.name or e.text for e in before if e.sort == "level" or e.text in short]
        return "、".join((*levels, token.name)) if len(levels) < 2 else ""

    def _kind(self, at: int, token: Token) -> None:
        """Within a list of groups a group's name is the group."""
        if token.subjects and self._of_whole() is not None:
            self._subject(at, token)
        else:
            self.said.kind, self.said.kind_of = token.name, token.subjects

    def _stop(self, at: int, token: Token) -> None:
        if token.text == "（":
            self.kept.append(replace(self.said, run=list(self.said.run)))
            self._part(exhaustive=True)
        said = self.said
        said.raw, said.best_now, said.hot, said.average, said.level = "", False, False, False, ""
        said.metric_at, said.title_now, said.placed_now = -9, False, False
        if token.text == "）" and self.kept:
            self._close(said)
        elif token.text == "：":
            said.earlier = ""
            self._part(exhaustive=True)
        elif token.sort == "join":
            self.joined = said.whole is not None
        if token.text in ("，", "；"):
            said.kind = said.original = said.earlier = ""
            said.kind_of = ()
            said.gain = said.falls = said.front = False
        if token.text == "；":
            self._semicolon()

    def _close(self, inside: Said) -> None:
        """After （…） what stood before it holds again; 《…》（云岭发布）names whose post it is."""
        self.said = self.kept.pop()
        self.said.last = inside.last or self.said.last
        if self.said.title_now and inside.run:
            self.said.run = inside.run

    def _semicolon(self) -> None:
        """What holds for a part of a sentence ends with it; so does a list whose parts stood with 、 between."""
        said = self.said
        said.best = said.single = said.another = said.fresh = False
        said.title, said.day, said.stranger = "", None, ""
        listed = self.joined or self._of_whole() is not None
        if listed and said.whole is not None and not self.kept:
            whole = self.reader.claims[said.whole]
            said.last = tuple(each.what for each in whole.readings)
            said.whole, said.run, self.joined = None, list(self.before_list), False

    def _part(self, *, exhaustive: bool) -> None:
        claims = self.reader.claims
        mine = claims and claims[-1].sentence_number == self.reader.number_of_sentences
        if mine and self.said.whole is None:
            self.said.whole, self.said.all_parts = len(claims) - 1, exhaustive
            self.before_list = list(self.said.run)

    def _of_whole(self) -> What | None:
        """“10万+”以上作品至少8条：公众号1篇: the parts are of the same figure."""
        if self.said.whole is None:
            return None
        what = self.reader.claims[self.said.whole].readings[0].what
        return what if what.kind == "hits" else None

    def _raw(self, at: int, token: Token) -> None:
        """Words that are not known, with the short ones right before them (省台)."""
        said = self.said
        if not said.raw:
            back = at
            while (
                back and self.words[back - 1].sort == "fill" and len(self.words[back - 1].text) == 1
            ):
                back -= 1
            said.raw_from = self.words[back].start
        said.raw = self.text.plain[said.raw_from : token.end]

    def _period(self, at: int, token: Token) -> None:
        """At a sentence's front, before a comma, it holds for the paragraph; elsewhere for the sentence, a single day
        up to the next ；. What is only compared with is no period of a claim."""
        plain, said = self.text.plain, self.said
        following = self.words[at + 1] if at + 1 < len(self.words) else None
        compared = plain[max(0, token.start - 1) : token.start] in ("比", "与", "较", "同")
        then = following is not None and following.sort == "earlier"
        if compared or then:
            if not self.compared:
                self.against = _same_part(token.period, self._now()) if then else token.period
            said.earlier = said.earlier or "last year"
            self.compared = self.compared or said.earlier
            return
        comma = following is not None and following.text == "，"
        if comma and all(each.sort in ("fill", "period", "raw") for each in self.words[:at]):
            self.reader.period = token.period
        elif token.period is not None and (token.period.end - token.period.start).days <= 1:
            said.day = token.period
        else:
            self.period, said.day = (token.period,), None

    def _now(self) -> Period | None:
        """The period that a claim made here is of."""
        return self.said.day or (self.period[0] if self.period else self.reader.period)

    def _subject(self, at: int, token: Token) -> None:
        said = self.said
        subjects = token.subjects
        if self.media and token.text in _MEDIA:
            said.level, said.placement = _MEDIA[token.text], True
            return
        if all(each.kind == "topic" for each in subjects):
            self._topic(at, token)
            return
        if all(each.kind == "platform" and not each.accounts for each in subjects):
            subjects = tuple(replace(each, kind="unknown") for each in subjects)
        counted = self.words[at - 1].number if at else None
        if counted is not None and counted.measure in ("个", "家"):
            subjects = tuple(replace(each, number=counted.value) for each in subjects)
        if self._another(at):
            subjects = tuple(replace(each, any=True) for each in subjects)
        self._join_run(at, subjects)
        media = self.words[at - 1].sort == "raw" and _MEDIUM.search(said.raw) if at else None
        said.stranger = said.raw if media else ""  # 新华社客户端
        said.raw = ""

    def _join_run(self, at: int, subjects: tuple[Subject, ...]) -> None:
        """A subject is bound to the one before, joined to it, or stands in its place; media named before are past."""
        said = self.said
        if said.placement and not said.placed_now:
            said.placement, said.level = False, ""
        before = self._since_subject(at)
        if before is not None and said.run and all(e.text in _BINDING for e in before):
            said.run[-1] = combine(said.run[-1], subjects)
        elif before and said.run and all(e.sort == "join" for e in before):
            said.run.append(subjects)
        else:
            said.run = [subjects]
            if said.live and not said.metric:
                said.live = False
        if self.topic:
            said.run[-1] = combine(self.topic, said.run[-1])

    def _accounts(self, at: int, token: Token) -> None:
        """11个账号, where nobody is named and there are so many in all."""
        total, counted = self.reader.lexicon.total, self.words[at - 1].number if at else None
        if not self.said.run and counted is not None and counted.value == len(total.accounts):
            self.said.run = [(total,)]

    def _another(self, at: int) -> bool:
        place = self.words[at].start
        return self.text.plain[max(0, place - 2) : place].endswith(("另一", "一个", "某"))

    def _topic(self, at: int, token: Token) -> None:
        following = self.words[at + 1].sort if at + 1 < len(self.words) else ""
        if not (token.named or following == "column"):
            self.said.raw += token.text
            return
        self.topic = self.reader.topic = token.subjects
        said = self.said
        said.run = [combine(token.subjects, said.run[-1])] if said.run else [token.subjects]
        said.raw = ""

    def _since_subject(self, at: int) -> Sequence[Token] | None:
        """The tokens since the last subject or its platform; None where there was none."""
        for back in range(at - 1, max(at - 6, -1), -1):
            if self.words[back].sort == "subject" or self._names_account(self.words[back]):
                return self.words[back + 1 : at]
        return None

    def _names_account(self, token: Token) -> bool:
        return token.sort == "title" and bool(platform_after(self.text.plain, token.end))

    def _title(self, at: int, token: Token) -> None:
        said = self.said
        said.raw = ""
        if self._names_account(token):
            word = platform_after(self.text.plain, token.end)
            said.run = [(Subject(kind="unknown", words=f"“{token.name}”{word}"),)]
            return
        if at + 1 < len(self.words) and self.words[at + 1].sort == "column":
            said.column = token.name
        else:
            said.title, said.title_now = token.name, True

    def _metric(self, at: int, token: Token) -> None:
        said = self.said
        said.metric = token.name if token.sort == "metric" else "posts"
        said.metric_at, said.other, said.fresh = at, "", True
        whole = token.text.startswith("总") or (
            at > 0 and self.words[at - 1].text in ("总", "累计")
        )
        if whole and not (said.best_now or said.title_now):
            said.best = said.single = False
            said.title = ""

    # numbers

    def _number(self, at: int, token: Token) -> None:
        number = token.number
        assert number is not None
        if self._at(number.digits_at) < self.first:
            self._heading(at, number)
            return
        if self._defines(token):
            return
        if self.text.plain[max(0, number.start - 1) : number.start] == "不":  # 不是 0
            return
        if self._note(at, number) or self._hits(at, number):
            return
        if self._start(at, number) or self._row(at):
            return
        whats = self._whats(at, number)
        if not whats:
            self._ignore(number.start, number.end)
            return
        following = self.words[at + 1] if at + 1 < len(self.words) else None
        if whats[0].kind == "accounts" and following is not None and following.subjects:
            self._claim(number, whats, following.subjects)
            return
        self._counted(at, whats, number)

    def _counted(self, at: int, whats: tuple[What, ...], number: Number) -> None:
        """A figure, or a row of figures of the same sort."""
        run = patterns.run(self.words, at)
        self._perhaps_hits(at, whats[0])
        subjects = self._pairs(at, run)
        apart = whats[0].kind == "live" and patterns.is_subset(self.words, at)
        self.said.stranger = self.said.stranger or ("共" if apart else "")
        for place, subject in zip(run, subjects, strict=True):
            each = self.words[place].number
            assert each is not None
            self._claim(each, whats, subject, shared=number)
        self.taken = max(self.taken, run[-1])
        self.said.last = whats
        if number.measure not in _COUNTS:
            self.said.measured = whats

    def _perhaps_hits(self, at: int, what: What) -> None:
        """10W+稿件2篇，短视频5条: the short videos may be those that are hits; a sum may be theirs, a best of a kind."""
        said = self.said
        if what.kind == "kind" and said.last and said.last[0].kind == "hits":
            verb = any(each.sort in ("verb", "metric") for each in self.words[max(0, at - 3) : at])
            said.stranger = said.stranger or ("" if verb else self.words[self._back(at)].text)
        before = {each.text for each in self.words[max(0, at - 2) : at]}
        if what.kind == "sum" and said.last and said.last[0].kind == "hits":
            said.stranger = said.stranger or min(
                before & {"合计", "共", "总计", "累计"}, default=""
            )
        kinds = [each.text for each in self.words[:at] if each.sort == "kind"]
        everybody = all(each.kind == "total" for each in self._subjects()[0])
        if what.kind == "best" and kinds and everybody:  # 最高的文章, of all
            said.stranger = said.stranger or kinds[0]

    def _start(self, at: int, number: Number) -> bool:
        """由15.1万增至16.2万: of followers those at the period's start; else it is not said of when."""
        said = self.said
        if not patterns.is_start(self.words, at):
            return False
        if said.metric == "followers":
            self._claim(number, (What(kind="followers", name="start"),), None)
        elif said.earlier or said.metric:
            what = What(
                kind="posts" if said.metric in ("", "posts") else "sum",
                metric=said.metric.removeprefix("posts"),
            )
            earlier, said.earlier = said.earlier, said.earlier or "before"
            raw, said.raw = said.raw, said.raw or "" if earlier else "由"
            self._claim(number, (what,), None)
            said.earlier, said.raw, said.stranger = earlier, raw, ""
        return True

    def _row(self, at: int) -> bool:
        """点赞、评论分别为1次、2条: each number its own word of the row."""
        run = patterns.run(self.words, at, mixed=True)
        row = patterns.row(self.words, at, len(run)) if len(run) > 1 else []
        if not row:
            return False
        for token, place in zip(row, run, strict=True):
            number = self.words[place].number
            assert number is not None
            match token.sort:
                case "metric":
                    self.said.metric, self.said.fresh = token.name, True
                case "kind":
                    self.said.kind, self.said.kind_of = token.name, token.subjects
                case "period":
                    self.said.day = token.period
                case "original":
                    self.said.original = token.name
                case _:
                    self.said.level, self.said.placement = token.name, True
            metric = token.sort == "metric"  # 评论12061条 counts no works
            said = patterns.measured(self.said, number, None) if metric else ()
            whats = said or self._whats(place, number)
            if whats:
                self._claim(number, whats, None)
                self.said.last = whats
        self.taken = max(self.taken, run[-1])
        return True

    def _heading(self, at: int, number: Number) -> None:
        """A column of hits: the cell counts them, or those of which it cannot be told."""
        if not self._hits(at, number) and patterns.is_threshold(number):
            metric = (
                self.said.metric if self.said.metric not in ("", "posts", "followers") else "views"
            )
            self.said.last = (What(kind="hits", metric=metric, threshold=number.value),)

    def _pairs(self, at: int, run: Sequence[int]) -> Sequence[tuple[Subject, ...] | None]:
        """公众号、抖音分别为158万、360万: each number its subject; else the sentence's for all."""
        mine = self.said.run
        if len(run) > 1 and len(mine) == len(run):
            return mine
        if len(run) > 1 and not self.said.single:
            some = tuple(replace(each, any=True) for each in self._subjects()[0])
            return [some] * len(run)
        return [None] * len(run)

    def _at(self, place: int) -> int:
        return self.text.at[place] if place < len(self.text.at) else len(self.original)

    def _defines(self, token: Token) -> bool:
        plain = self.text.plain
        start = max(plain.rfind("；", 0, token.start), self.words[0].start)
        end = plain.find("；", token.end)
        clause = plain[start : end if end > 0 else self.words[-1].end]
        return any(each in clause for each in CLAUSE_DEFINING)

    def _note(self, at: int, number: Number) -> bool:
        """（其中49条无数据）（另有3条无法判断）, 未满7天0篇: posts that were left out."""
        name = patterns.note(self.words, at, in_cell=self.first > 0)
        if not name:
            return False
        if name == "apart":
            self._ignore(number.start, number.end)
            return True
        last = self.said.last[0] if self.said.last else What(kind="sum", metric="views")
        if name == "unknown":
            what = replace(last, kind="unknown")
        elif name == "missing":
            said = self.said.metric if self.said.metric not in ("posts", "followers") else ""
            metric = (said if self.said.fresh else last.metric) or said or "views"
            what = What(kind="missing", metric=metric)
        else:
            what = What(kind=name)  # type: ignore[arg-type]
        self._claim(number, (what,), None)
        return True

    def _hits(self, at: int, number: Number) -> bool:
        found = patterns.hits(self.words, at, in_cell=self.first > 0)
        if found is None:
            return self._bare_hits(at, number)
        metrics = (found.metric,) if found.metric else self._of_hits()
        whose = self._of_kind(at, found.last)
        for threshold, place in found.pairs:
            counted = self.words[place].number
            assert counted is not None
            whats = [What(kind="hits", metric=each, threshold=threshold) for each in metrics]
            self._claim(counted, whats, whose)
            self.said.last = (whats[0],)
        if found.metric:
            self.said.metric = found.metric
        self.taken = max(self.taken, found.last)
        return True

    def _of_kind(self, at: int, last: int) -> tuple[Subject, ...] | None:
        """“1万+”短视频4条, where no account is named: those of the group 短视频, or not known whose."""
        subjects = self._subjects()[0]
        kinds = [each for each in self.words[at : last + 1] if each.sort == "kind"]
        if not kinds or not all(each.kind == "total" for each in subjects):
            return None
        if not kinds[0].subjects:
            self.said.stranger = self.said.stranger or kinds[0].text
            return None
        return (*kinds[0].subjects, *subjects)

    def _of_hits(self) -> tuple[str, ...]:
        """Of which metric the hits are: the clause's own, that of the hits before, else views or what was said."""
        said = self.said
        own = said.metric if said.metric not in ("", "posts", "followers") else ""
        if own and (said.metric_at >= 0 or self.first):
            return (own,)
        if said.last and said.last[0].kind == "hits":
            return (said.last[0].metric,)
        return ("views",) if own in ("", "views") else ("views", own)

    def _bare_hits(self, at: int, number: Number) -> bool:
        """没有“10万+”以上作品: nothing is counted, but what follows may be about them."""
        if not patterns.is_bare_threshold(self.words, at, number):
            return False
        own = self.said.metric if self.said.metric not in ("", "posts", "followers") else "views"
        self.said.last = (What(kind="hits", metric=own, threshold=number.value),)
        return True

    def _whats(self, at: int, number: Number) -> tuple[What, ...]:
        said = self.said
        following = self.words[at + 1] if at + 1 < len(self.words) else None
        if number.measure in ("%", "个百分点", "倍", "‰"):
            return self._rate(number)
        if number.measure not in _MEASURED and number.measure not in _COUNTS:
            return ()
        number = self._plainly(at, number)
        others = said.metric != "followers" or self.compared in ("last year", "before")
        counts = number.measure in _COUNTS and said.metric in ("", "posts")
        changed = said.gain and said.changed and counts
        if changed or (said.gain and self.compared and others):
            return (self._changed("difference", number),)
        last = said.last[0].kind if said.last else ""
        if (
            said.earlier
            and not said.gain
            and said.metric_at < 0
            and last in ("sum", "posts", "followers")
        ):
            return tuple(self._then(each) for each in said.last)
        whole = self._of_whole()
        if whole is not None and number.measure in _COUNTS:
            return (whole,)
        if number.measure in _COUNTS:
            adjacent = said.metric_at == self._back(at)
            return self._fronts(patterns.counted(said, number, following, adjacent=adjacent))
        return patterns.measured(said, number, following)

    def _fronts(self, whats: tuple[What, ...]) -> tuple[What, ...]:
        """中央媒体刊发7篇（头版2篇）: of those, or of all."""
        if self.said.whole is None or not whats or whats[0].name != "头版":
            return whats
        whole = self.reader.claims[self.said.whole].readings[0].what
        return (What(kind="placements", name=f"{whole.name}头版"), *whats)

    def _plainly(self, at: int, number: Number) -> Number:
        """播放43202次, 转发6次 name a metric by its verb; 发布作品33个 counts works."""
        back = self._back(at)
        before = self.words[back] if back >= 0 else None
        said = self.said
        if before is not None and before.text in _VERBS and number.measure not in _COUNTS:
            said.metric, said.fresh = _VERBS[before.text], True
        if (
            before is not None
            and number.measure == "个"
            and before.sort in ("work", "kind", "posts")
        ):
            return replace(number, measure="条")
        return number

    def _rate(self, number: Number) -> tuple[What, ...]:
        """A percentage is of interest beside a metric or a comparison."""
        said = self.said
        if number.measure == "%" and said.gain:
            return (self._changed("percent", number),)
        about = said.metric or said.gain or said.earlier
        return (What(kind="percent", metric=said.metric),) if about else ()

    def _then(self, what: What) -> What:
        return replace(what, name="start") if what.kind == "followers" else what

    def _changed(self, kind: WhatKind, number: Number) -> What:
        """A change of what was said last: its ``name`` is the kind of that figure."""
        last = self.said.last[0] if self.said.last else None
        if last is not None and last.kind == "follower_gain":
            return What(kind=kind, metric="followers", name="followers")
        if last is not None and last.kind in ("placements", "live", "live_views", "kind"):
            plain = not last.name
            return What(kind=kind, metric=last.metric, name=last.kind if plain else "")
        if last is None or last.kind not in ("sum", "posts", "followers"):
            if last is not None and last.kind == "difference":
                return replace(last, kind=kind)
            metric = self.said.metric
            return What(
                kind=kind, metric=metric, name="sum" if metric not in ("", "posts") else metric
            )
        return What(kind=kind, metric=last.metric, name=last.kind)

    def _back(self, at: int) -> int:
        """The last token before ``at`` that is no filler."""
        back = at - 1
        while (
            back >= 0
            and self.words[back].sort in ("fill", "respect", "gain", "fall")
            and self.words[back].text not in _VERBS
        ):
            back -= 1
        return back

    def _subjects(self) -> tuple[tuple[Subject, ...], bool]:
        """Whom the sentence speaks of, and whether it says so itself. Where it does not: whom the text before spoke
        of, or everything together."""
        said = self.said
        if said.run:
            return together(said.run), False
        total = (self.reader.lexicon.total,)
        if not (self.reader.named or self.reader.headed):
            return tuple(dict.fromkeys((*total, *self.reader.carried))), True
        if self.reader.topic:
            return tuple(dict.fromkeys((*self.reader.topic, *self.reader.carried, *total))), True
        return tuple(dict.fromkeys((*self.reader.carried, *total))), True

    def _claim(
        self,
        number: Number,
        whats: Sequence[What],
        subject: tuple[Subject, ...] | None,
        *,
        shared: Number | None = None,
    ) -> None:
        said, reader = self.said, self.reader
        said.stranger = said.raw or said.stranger
        subjects = self._subjects()[0] if subject is None else subject
        start, end = self.text.span(number.start, number.end)
        from_, to = self.text.span(self.words[0].start, self.words[-1].end)
        whole = said.whole if said.whole != len(reader.claims) else None
        reader.claims.append(
            Claim(
                paragraph=self.paragraph,
                sentence=self.original[max(from_, self.first and 0) : to].strip(),
                sentence_number=reader.number_of_sentences,
                start=start,
                end=end,
                words=self.original[start:end].strip(),
                number=number,
                readings=(*self._readings(subjects, whats),),
                period=self._now(),
                against=self.against,
                basis=self._basis(whats[0]),
                gain=said.gain,
                falls=said.falls,
                earlier=said.earlier,
                compared=said.earlier or self.compared,
                unsure=said.stranger,
                whole=whole,
                all_parts=said.all_parts,
                planned=self.planned,
                weak=not said.run and not reader.named,
                shared=_shared(shared, number),
            )
        )

    def _readings(self, subjects: Sequence[Subject], whats: Sequence[What]) -> Iterator[Reading]:
        raw = self.said.raw
        if raw and whats[0].kind == "posts" and self._placing():
            whats = (What(kind="placements"), *whats)
        for one in subjects:
            for what in whats:
                outlet = what.kind == "placements" and not what.name and raw
                placed = replace(what, name=_LEADING.sub("", raw)) if outlet else what
                yield Reading(self._whose(one, what), placed)
        if whats[0].kind == "kind":
            own = self._of_whole() or What(kind="posts")
            yield from (Reading(each, own) for each in self.said.kind_of)
        if whats[0].kind == "posts" and raw:
            yield from (Reading(one, What(kind="column", name=raw)) for one in subjects)

    def _whose(self, subject: Subject, what: What) -> Subject:
        """Ledgers of placements and programmes are the centre's, whomever the text speaks of."""
        centre = what.kind in ("placements", "issues", "items") and subject.kind != "unknown"
        return self.reader.lexicon.total if centre and not subject.topic else subject

    def _placing(self) -> bool:
        """刊发 with words that are not known: in a medium that no ledger has."""
        return any(each.text in _PLACING for each in self.words)

    def _basis(self, what: What) -> str:
        if self.said.gain and what.kind in ("sum", "best", "post", "any_post"):
            return "gained"
        return self.said.basis

    def _ignore(self, start: int, end: int) -> None:
        from_, to = self.text.span(start, end)
        if from_ >= self.first:
            words = self.original[from_:to].strip()
            self.reader.ignored.append(Ignored(self.paragraph, words))


def _shared(first: Number | None, number: Number) -> Manner:
    """What stands before the first number of a row may hold for the rounded ones after it."""
    if first is None or first is number or number.manner != "plain" or number.step == 1:
        return "plain"
    return first.manner if first.manner in ("about", "near", "over", "reach") else "plain"


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


#: Sort of a word → what it does to what the sentence says.
_STEPS: Mapping[str, Callable[[_Sentence, int, Token], None]] = {
    "subject": _Sentence._subject, "title": _Sentence._title, "number": _Sentence._number,
    "metric": _Sentence._metric, "posts": _Sentence._metric, "period": _Sentence._period,
    "stop": _Sentence._stop, "join": _Sentence._stop, "aged": _Sentence._basis_said, "kind": _Sentence._kind,
    "level": _Sentence._placed, "medium": _Sentence._placed, "outlet": _Sentence._placed, "earlier": _Sentence._before,
    "original": _Sentence._original, "gain": _Sentence._gain, "fall": _Sentence._gain, "other": _Sentence._other,
    "raw": _Sentence._raw, "ignored": _Sentence._passed_over, "part": _Sentence._some_of, "work": _Sentence._work,
    "best": _Sentence._best, "account": _Sentence._accounts, "single": _Sentence._single,
}  # fmt: skip
_FLAGS = frozenset({"live", "placement", "front", "average"})
