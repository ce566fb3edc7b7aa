"""Staff by author and month, by the centre's own weights; only where config allows it to be shown."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import floor
from typing import Any

from adapters.records import data_of
from reports import wording
from reports.centre import StaffInfo
from reports.figures.staffing import PICK, Staffing, Work, staffing
from reports.inquiry import Inquiry
from reports.section import Cell, Chart, Section, Sentence, Series, Table
from reports.statement import Statement, Trace

#: Authors that the chart draws; the tables have all.
_DRAWN = 15
_HEADINGS = (
    "署名",
    "作品（折算）",
    f"{PICK}（折算）",
    "阅读/播放量",
    "外宣件数（折算）",
    "外宣得分",
    "总分",
)
_WORDS = {
    "posts": "每个作品",
    "picks": f"每个{PICK}",
    "views": "每万次阅读",
    "placements": "外宣得分乘以",
}


def section(inquiry: Inquiry) -> Section | None:
    """None where config does not show staff figures."""
    staff = inquiry.centre.staff
    if staff is None:
        return None
    made = staffing(inquiry, staff)
    people = sorted(made.people().items(), key=lambda each: (-each[1].score(staff), each[0]))
    return Section(
        id="staff",
        title="人员工作量",
        sentences=tuple(_sentences(inquiry, staff, made, people)),
        tables=tuple(_tables(staff, made, people)),
        charts=tuple(_charts(staff, people)),
        traced=tuple(_traced(staff, made, people)),
        data={"staff": list(_data(staff, made))},
    )


People = list[tuple[str, Work]]


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
    if unsure := sum(work.unsure > 0 for _, work in people):
        yield Sentence(
            "staff.unsure",
            f"有的作品没有阅读/播放次数或只知下限，{unsure}个人的阅读量和总分是下限（标“至少”）。",
        )


def _score(staff: StaffInfo, work: Work) -> str:
    """A bound is cut, not rounded."""
    score = work.score(staff)
    return wording.share(Fraction(floor(score * 100), 100) if work.unsure else score)


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


def _tables(staff: StaffInfo, made: Staffing, people: People) -> Iterator[Table]:
    if not people:
        return
    rows = [(name, *_cells(staff, work)) for name, work in people]
    if made.nobody.bylines or made.nobody.pieces:
        rows.append(("（没有署名）", *_cells(staff, made.nobody)))
    yield Table(
        id="staff",
        title="人员工作量（合计）",
        headings=("作者", *_HEADINGS),
        rows=tuple(rows),
        narrow=(0, 1, 2, 4, 6, 7),
    )
    by_month = sorted(made.parts.items(), key=lambda each: (each[0][1], each[0][0]))
    if len({month for (_, month), _ in by_month}) > 1:
        yield Table(
            id="staff.months",
            title="人员工作量（按月）",
            headings=("月份", "作者", *_HEADINGS),
            rows=tuple((month, name, *_cells(staff, work)) for (name, month), work in by_month),
            narrow=(0, 1, 2, 5, 7, 8),
        )


def _cells(staff: StaffInfo, work: Work) -> tuple[Cell, ...]:
    score = work.score(staff)
    return (
        work.bylines,
        float(work.posts),
        float(work.picks),
        work.figure,
        float(work.pieces),
        float(work.points),
        f"至少{_score(staff, work)}" if work.unsure else float(score),
    )


def _charts(staff: StaffInfo, people: People) -> Iterator[Chart]:
    drawn = people[:_DRAWN]
    if len(drawn) > 1:
        bounds = tuple(at for at, (_, work) in enumerate(drawn) if work.unsure)
        yield Chart(
            id="staff",
            title="人员总分",
            kind="bar",
            categories=tuple(name for name, _ in drawn),
            series=(
                Series("总分", tuple(round(float(w.score(staff)), 2) for _, w in drawn), bounds),
            ),
            unit="分",
            note="有的作品没有阅读/播放次数，总分是下限" if bounds else "",
        )


def _traced(staff: StaffInfo, made: Staffing, people: People) -> Iterator[Statement]:
    for name, work in people:
        score = work.score(staff)
        value = floor(score * 10_000) / 10_000 if work.unsure else round(float(score), 4)
        yield Statement(
            id=f"staff.{name}.score", name=f"{name}总分", value=value, trace=_own(made, name),
            by="made", least=work.unsure > 0,
        )  # fmt: skip


def _own(made: Staffing, name: str) -> Trace:
    return Trace(posts=tuple(sorted(made.traces[name])), metrics=("views",))


def _data(staff: StaffInfo, made: Staffing) -> Iterator[dict[str, Any]]:
    """Shares of posts are fractions, rounded to six decimals; author null: posts that name none."""
    for (name, month), work in sorted(
        made.parts.items(), key=lambda each: (each[0][1], each[0][0])
    ):
        yield {"author": name, "month": month, **_figures(staff, work)}
    if made.nobody.bylines or made.nobody.pieces:
        yield {"author": None, "month": None, **_figures(staff, made.nobody)}


def _figures(staff: StaffInfo, work: Work) -> dict[str, Any]:
    return {
        "bylines": work.bylines,
        "posts": _number(work.posts),
        "picks": _number(work.picks),
        "views": data_of(work.figure),
        "placements": _number(work.pieces),
        "points": _number(work.points),
        "score": _number(work.score(staff)),
        "score_bound": "at_least" if work.unsure else "exact",
    }


def _number(number: Fraction) -> int | float:
    return int(number) if number.denominator == 1 else round(float(number), 6)
