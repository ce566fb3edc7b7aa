"""Staff by author and month, by the centre's own weights; only where config allows it to be shown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor

from reports import measure, wording
from reports.centre import StaffInfo
from reports.figures.staffing import PICK, Staffing, Work, staffing
from reports.inquiry import Inquiry
from reports.measure import Measure, fact
from reports.section import Section, Sentence, Series, Table, bars
from reports.statement import Statement, Trace
from reports.vocabulary import HEADINGS

#: Authors that the chart draws; the tables have all.
_DRAWN = 15
_WORDS = {
    "posts": "每个作品",
    "picks": f"每个{PICK}",
    "views": "每万次阅读",
    "placements": "外宣得分乘以",
}


People = Sequence["AuthorWork"]


@dataclass(frozen=True, slots=True)
class AuthorWork:
    """What one author did, over all or in a month; no name: what names no author. ``posts``: behind it."""

    name: str | None
    month: str | None
    work: Work
    staff: StaffInfo
    posts: Collection[int] = ()

    @property
    def score(self) -> Fraction:
        return self.work.score(self.staff)

    @property
    def score_words(self) -> str | float:
        """A bound is cut, not rounded."""
        if not self.work.unsure:
            return float(self.score)
        return f"至少{wording.share(Fraction(floor(self.score * 100), 100))}"

    @property
    def trace(self) -> Trace:
        return Trace(posts=tuple(sorted(self.posts)), metrics=("views",))


def _share(
    key: str, heading: str, of: Callable[[Work], Fraction], *, narrow: bool = True
) -> Measure[AuthorWork]:
    """Shares of works or pieces: fractions, in JSON rounded to six decimals."""
    return fact(
        heading, lambda each: float(of(each.work)), key, lambda each: _number(of(each.work)), narrow=narrow
    )  # fmt: skip


_NAME: Measure[AuthorWork] = fact(
    "作者", lambda each: each.name or "（没有署名）", "author", lambda each: each.name
)
_MONTH: Measure[AuthorWork] = fact("月份", lambda each: each.month, "month")
#: What an author's work amounts to.
WORK: tuple[Measure[AuthorWork], ...] = (
    fact("署名", lambda each: each.work.bylines, "bylines"),
    _share("posts", "作品（折算）", lambda work: work.posts),
    _share("picks", f"{PICK}（折算）", lambda work: work.picks, narrow=False),
    fact(HEADINGS["views"], lambda each: each.work.figure, "views"),
    _share("placements", "外宣件数（折算）", lambda work: work.pieces, narrow=False),
    _share("points", "外宣得分", lambda work: work.points),
    fact("总分", lambda each: each.score_words, "score", lambda each: _number(each.score)),
)
#: An author's month in JSON.
DATA: tuple[Measure[AuthorWork], ...] = (
    _NAME,
    _MONTH,
    *WORK,
    fact("", lambda each: "at_least" if each.work.unsure else "exact", "score_bound"),
)


def section(inquiry: Inquiry) -> Section | None:
    """None where config does not show staff figures."""
    staff = inquiry.centre.staff
    if staff is None:
        return None
    made = staffing(inquiry, staff)
    people = [
        AuthorWork(name, None, work, staff, made.traces[name])
        for name, work in made.people().items()
    ]
    people.sort(key=lambda each: (-each.score, each.name or ""))
    by_month = sorted(made.parts.items(), key=lambda each: (each[0][1], each[0][0]))
    months = [AuthorWork(name, month, work, staff) for (name, month), work in by_month]
    nobody = [AuthorWork(None, None, made.nobody, staff)]
    nobody = nobody if made.nobody.bylines or made.nobody.pieces else []
    drawn = people[:_DRAWN]
    values = tuple(round(float(each.score), 2) for each in drawn)
    scores = Series("总分", values, tuple(at for at, e in enumerate(drawn) if e.work.unsure))
    note = "有的作品没有阅读/播放次数，总分是下限" if scores.at_least else ""
    return Section(
        id="staff",
        title="人员工作量",
        sentences=tuple(_sentences(inquiry, staff, made, people)),
        tables=tuple(_tables(people, nobody, months)) if people else (),
        charts=bars("staff", "人员总分", "分", [each.name or "" for each in drawn], scores, note=note),
        traced=tuple(map(_scored, people)),
        data={"staff": [measure.data(DATA, each) for each in (*months, *nobody)]},
    )  # fmt: skip


def _sentences(
    inquiry: Inquiry, staff: StaffInfo, made: Staffing, people: People
) -> Iterator[Sentence]:
    """How many there are, and how their work is scored; the tables say who did what."""
    trace, title = Trace(accounts=inquiry.total.members, metrics=("views",)), inquiry.period.title
    if not people:
        said = f"{title}没有读到署名的作品和外宣稿件，人员工作量{wording.NO_DATA}。"
        yield Sentence("staff.total", said, trace)
        return
    nobody = made.nobody
    counts = ((nobody.bylines, "个作品"), (int(nobody.pieces), "件外宣"))
    left = "、".join(f"{number}{unit}" for number, unit in counts if number)
    left = f"；另有{left}没有署名，未计入个人" if left else ""
    said = f"{title}有署名的作品和外宣稿件涉及{len(people)}人{left}。"
    yield Sentence("staff.total", said, trace)
    yield Sentence("staff.method", _method(inquiry, staff))
    if unsure := sum(each.work.unsure > 0 for each in people):
        yield Sentence(
            "staff.unsure",
            f"有的作品没有阅读/播放次数或只知下限，{unsure}个人的阅读量和总分是下限（标“至少”）。",
        )


def _method(inquiry: Inquiry, staff: StaffInfo) -> str:
    weights = "、".join(f"{_WORDS[name]}{each:g}" for name, each in staff.weights.items() if each)
    shares = "；".join(
        f"{number}人合作按{'、'.join(f'{part * 100:.6g}%' for part in each)}"
        for number, each in sorted(staff.shares.items())
    )
    divided = f"按署名顺序分摊（{shares}，其余平均）" if shares else "由署名者平均分摊"
    basis = "；作品按发布时间计入，与口径无关，阅读量按所用口径"
    return (
        f"计分办法由本单位设定：{weights}；合作稿{divided}；外宣同一稿件就高不就低，按最高级别计一次。"
        f"作者取自作品的作者一栏，编辑、校对、审核不计{basis if inquiry.basis.kind != 'published' else ''}。"
    )


def _tables(people: People, nobody: People, months: People) -> Iterator[Table]:
    yield measure.table("staff", "人员工作量（合计）", (_NAME, *WORK), (*people, *nobody))
    if len({each.month for each in months}) > 1:
        bylines, posts, *others = WORK
        columns = (_MONTH, _NAME, bylines, replace(posts, narrow=False), *others)
        yield measure.table("staff.months", "人员工作量（按月）", columns, months)


def _scored(person: AuthorWork) -> Statement:
    score, unsure = person.score, person.work.unsure > 0
    value = floor(score * 10_000) / 10_000 if unsure else round(float(score), 4)
    return Statement(
        id=f"staff.{person.name}.score", name=f"{person.name}总分", value=value, trace=person.trace, by="made",
        least=unsure,
    )  # fmt: skip


def _number(number: Fraction) -> int | float:
    return int(number) if number.denominator == 1 else round(float(number), 6)
