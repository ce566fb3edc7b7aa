"""The paper that is handed in: what it says of the example county, and what no paper of any county may say."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection

from adapters.records import Count, Post, at_least, between
from reports.centre import Centre, TopicInfo
from reports.drafts.checking.lookups import Ground
from reports.drafts.checking.outcome import verify
from reports.drafts.reading import paragraphs
from reports.figures.totals import Summary
from reports.paper.paper import piece
from reports.paper.plan import paper
from reports.periods import parse_period
from reports.statement import Statement, Trace
from reports.summary import build
from tests.conftest import LATER
from tests.reports.county import at
from tests.reports.paper_rules import broken
from tests.reports.small import account, summary, work

#: What the paper of the third quarter says, in this order; the figures are those of examples/truth.json.
FACTS = (
    "云岭县融媒体中心2026年第三季度传播情况",
    "11个账号共发布作品287条（篇），总阅读播放量超668万人次，获点赞超21.5万次；可统计的“10万+”作品8条，其中“100万+”2条",
    "期末粉丝合计超53.6万人",
    "一、爆款作品",
    "“看云岭”抖音号《凌晨的云岭，全城在找一个孩子》播放量超234万人次、获点赞约8.6万次",
    "“云岭视界”视频号《洪水里，他把最后一件救生衣递了出去》播放量超148万人次",
    "突破“100万+”",
    "“云岭云”客户端《滚动播报｜云岭县防汛救灾最新消息》阅读量59.6万人次",
    "“云岭快报”快手号《冲锋舟上的二十四小时》播放量超31.8万人次",
    "“看云岭”抖音号《一个人的教学点，三十四年》播放量超18.7万人次",
    "“云岭头条号”《直升机为云岭被困村寨投送物资》播放量超16.4万人次",
    "“云岭发布”微信公众号《连夜转移132人，无一伤亡——云岭防汛一线直击》阅读量超12.8万人次",
    "“看云岭”抖音号《零点的升旗手》播放量超11.9万人次",
    "点赞量“1万+”作品6条",
    "二、各平台情况",
    "（一）短视频。共发布作品98条，总播放量约536万人次，环比增长约293.3%",
    "“看云岭”抖音号发布33条，播放量约320万人次，其中“10万+”3条；“云岭视界”视频号发布26条，播放量约166万人次；",
    "“云岭快报”快手号发布27条，播放量约45.3万人次；“云岭影像”B站账号发布12条，播放量约4.3万人次。",
    "微信公众号。共发布72篇。“云岭发布”46篇，阅读量约26.8万人次，比上季度增加约15.2万人次；“云岭融媒”26篇，阅读人数约7.8万人。",
    "三、重点主题宣传",
    "防汛救灾专题发稿35条，总阅读播放量超264万人次，其中“云岭视界”视频号4条、播放量约149万人次，",
    "“云岭云”客户端7篇、阅读量约61.2万人次",
    "移风易俗专题发稿23条",
    "四、对外宣传",
    "在中央、省、市级媒体刊发稿件33篇，其中中央级7篇、省级15篇、市级11篇、头版5篇。中央级为神州新闻网4篇、华夏日报示例版3篇；",
    "五、广播电视和网络直播",
    "制作播出《云岭新闻》40期337条、《茶乡故事》3期3条。开展网络直播6场，累计观看约4.9万人次，单场最高超1.4万人次。",
    "数据说明",
    "“云岭融媒”微信公众号、“云岭微博”不显示阅读播放量，其49条（篇）作品不在阅读播放量和“10万+”的统计之内",
    "粉丝为各账号相加",
)
PERIODS = (
    ("2025Q4", "published"), ("2026Q1", "published"), ("2026Q2", "published"), ("2026Q3", "published"),
    ("2026H1", "published"), ("2026", "published"), ("2026-09", "published"), ("2026-W38", "published"),
    ("2026-07-10..2026-07-31T16", "published"), ("2024", "published"), ("2026Q3", "gained"),
    ("2026H1", "gained"), ("2026Q3", "aged:7"), ("2026Q2", "aged:30"),
)  # fmt: skip


_MADE: dict[tuple[str, str, str], Summary] = {}


def _built(county: tuple[Connection, Centre], period: str, basis: str, topic: str = "") -> Summary:
    """A summary of the county, built once for the tests that read it."""
    asked = (period, basis, topic)
    if asked not in _MADE:
        connection, centre = county
        moments = (LATER, LATER)
        _MADE[asked] = build(connection, centre, parse_period(period), basis, *moments, topic=topic)
    return _MADE[asked]


def test_it_says_the_facts_of_the_quarter_in_their_order(
    example_county: tuple[Connection, Centre],
) -> None:
    text = paper(_built(example_county, "2026Q3", "published")).text
    place = 0
    for fact in FACTS:
        found = text.find(fact, place)
        assert found >= 0, f"{fact}\nnot after\n{text[:place]}"
        place = found + len(fact)


def test_the_table_of_accounts_has_their_followers(
    example_county: tuple[Connection, Centre],
) -> None:
    """Those of the ledger of the 30th of September; the website has none."""
    tables = paper(_built(example_county, "2026Q3", "published")).tables
    (table,) = (each for each in tables if each.id == "paper.accounts")
    told = {row[0]: row[table.headings.index("期末粉丝")] for row in table.rows}
    assert told["看云岭"] == Count(161_900)
    assert told["云岭新闻网"] == "—"
    assert isinstance(told["合计"], Count)
    assert (told["合计"].low, told["合计"].missing) == (536_136, 1)


@pytest.mark.parametrize(("period", "basis"), PERIODS)
def test_no_paper_of_the_example_county_breaks_a_rule(
    example_county: tuple[Connection, Centre], period: str, basis: str
) -> None:
    made = _built(example_county, period, basis)
    assert not list(broken(paper(made), made))


@pytest.mark.parametrize("topic", ["防汛救灾", "高考"])
def test_the_paper_of_a_topic_is_about_it_alone(
    example_county: tuple[Connection, Centre], topic: str
) -> None:
    made = _built(example_county, "2026-07-10..2026-07-31T16", "published", topic)
    found = paper(made)
    assert not list(broken(found, made))
    assert f"{topic}专题" in found.text or f"“{topic}”专题" in found.text
    assert len(found.chapters) == 1


@pytest.mark.parametrize(("period", "basis"), PERIODS)
def test_every_figure_has_an_id_of_its_own(
    example_county: tuple[Connection, Centre], period: str, basis: str
) -> None:
    made = _built(example_county, period, basis)
    ids = [each.id for section in made.sections for each in section.figures]
    assert [key for key, times in Counter(ids).items() if times > 1] == []


def test_the_same_summary_gives_the_same_paper(example_county: tuple[Connection, Centre]) -> None:
    made = _built(example_county, "2026Q3", "published")
    assert paper(made) == paper(made)


def test_a_village_matrix_of_182_accounts_names_the_largest(tmp_path: Path) -> None:
    accounts = [account(f"a{n}", f"村务{n}", "wechat_mp") for n in range(170)]
    accounts += [account(f"b{n}", f"乡音{n}", "douyin", "乡镇抖音") for n in range(12)]
    works = {each.id: [work("村里的事", views=100 + n)] for n, each in enumerate(accounts)}
    made = summary(tmp_path, accounts, works)
    found = paper(made)
    assert not list(broken(found, made))
    text = found.text
    assert "（一）微信公众号。共发布170条，总阅读量约3.1万人次" in text
    assert "其中“村务169”1条，阅读量269人次；“村务168”1条，阅读量268人次；“村务167”1条" in text
    assert "村务166" not in text
    accounts_table = next(each for each in found.tables if each.id == "paper.accounts")
    assert len(accounts_table.rows) == 183  # and all together


def test_one_account_alone_says_each_figure_once(tmp_path: Path) -> None:
    made = summary(
        tmp_path, [account("a", "看云岭", "douyin")], {"a": [work("晨", views=12_345, likes=9)]}
    )
    found = paper(made)
    assert not list(broken(found, made))
    (opening,) = found.body
    assert (
        opening.text
        == "2026年第三季度，“看云岭”抖音号共发布作品1条，总播放量约1.2万人次，获点赞9次。"
    )


def test_an_account_without_any_figure_is_named_with_its_works(tmp_path: Path) -> None:
    accounts = [account("a", "看云岭", "douyin"), account("b", "云岭声音", "app")]
    made = summary(
        tmp_path, accounts, {"a": [work("晨", views=500)], "b": [work("播报", kind="article")]}
    )
    found = paper(made)
    assert not list(broken(found, made))
    assert "“云岭声音”客户端发布1篇。" in found.text
    assert "“云岭声音”客户端不显示阅读播放量，其1条（篇）作品不在" in found.notes.text


def test_nothing_in_the_period(tmp_path: Path) -> None:
    made = summary(
        tmp_path, [account("a", "看云岭", "douyin")], {"a": [work("晨", (3, 1), views=5)]}
    )
    found = paper(made)
    assert not list(broken(found, made))
    (opening,) = found.body
    assert opening.text == "2026年第三季度，云岭县融媒体中心没有可统计的作品。"
    assert not found.tables


def test_only_ledgers(tmp_path: Path) -> None:
    rows = [
        work(
            "茶香", kind="placement", details={"outlet": "江原日报", "level": "省", "medium": "报"}
        ),
        work(
            "雨后", kind="placement", details={"outlet": "云川日报", "level": "市", "medium": "报"}
        ),
    ]
    made = summary(tmp_path, [account("t", "台账", "ledger")], {"t": rows})
    found = paper(made)
    assert not list(broken(found, made))
    assert [each.title for each in found.chapters] == ["一、对外宣传"]
    assert "在省、市级媒体刊发稿件2篇，其中省级1篇、市级1篇。" in found.text


TITLES = (
    "第一行\n第二行",
    "他说“走吧”，就走了",
    "读《边城》想到的",
    "#云岭 #防汛",
    "🎉开园啦🎉",
    "长" * 200,
    "",
    "=1+1",
    "结尾有句号。",
    "\u202e倒过来",
)


@pytest.mark.parametrize("title", TITLES)
def test_no_title_breaks_a_sentence(tmp_path: Path, title: str) -> None:
    accounts = [account("a", "抖音", "douyin"), account("b", "看云岭", "douyin")]
    works = {
        "a": [work(title, (8, 1), views=200_000), work("平常", (8, 3), views=10)],
        "b": [work("寻常", (8, 2), views=100_000)],
    }
    made = summary(tmp_path, accounts, works)
    found = paper(made)
    assert not list(broken(found, made))
    assert all(len(each) <= 32 for each in _book_titles(found.text))


def _book_titles(text: str) -> list[str]:
    return [part.partition("》")[0] for part in text.split("《")[1:]]


def test_two_works_of_one_title_are_told_apart_by_their_day(tmp_path: Path) -> None:
    same = [work("云岭天气", (8, day), views=150_000 + day) for day in (1, 2)]
    made = summary(tmp_path, [account("a", "看云岭", "douyin")], {"a": same})
    text = paper(made).text
    assert "《云岭天气》（8月2日）播放量超15万人次，“看云岭”抖音号《云岭天气》（8月1日）" in text


@pytest.mark.parametrize(
    ("views", "said"),
    [
        (9_999, "总播放量9999人次"),
        (99_999, "总播放量近10万人次"),
        (100_000, "总播放量10万人次"),
        (100_000_000, "总播放量1亿人次"),
        (at_least(100_000), "总播放量超9.9万人次"),
        (at_least(100_001), "总播放量超10万人次"),
    ],
)
def test_round_numbers(tmp_path: Path, views: int | Count, said: str) -> None:
    made = summary(tmp_path, [account("a", "看云岭", "douyin")], {"a": [work("晨", views=views)]})
    found = paper(made)
    assert not list(broken(found, made))
    assert f"{said}" in found.text


def test_a_figure_of_nothing_is_not_said(tmp_path: Path) -> None:
    made = summary(
        tmp_path, [account("a", "看云岭", "douyin")], {"a": [work("晨", views=0, likes=0)]}
    )
    found = paper(made)
    assert not list(broken(found, made))
    assert "总播放量" not in found.text.partition("数据说明")[0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (between(-5_000, 30_000), ""),  # it rose or it fell
        (between(-5_000, 0), ""),
        (between(0, 30_000), ""),
        (at_least(-5_000), ""),
        (at_least(0), ""),
        (Count(0), ""),
        (at_least(2), ""),
        (at_least(3), "播放量增加超2人次"),
        (at_least(30_000), "播放量增加超2.9万人次"),
        (Count(5), "播放量增加5人次"),
        (Count(-12_000), "播放量减少1.2万人次"),
        (between(-20_400, -20_100), "播放量减少约2万人次"),
    ],
)
def test_a_change_is_said_where_it_is_sure_which_way_it_went(change: Count, said: str) -> None:
    made = piece(
        Statement(id="x", value=change, trace=Trace(), word="播放量", measure="人次", way="change")
    )
    assert (made.text if made else "") == said


def test_a_whole_never_looks_smaller_than_its_part(tmp_path: Path) -> None:
    """569,800 of one account beside an account without figures: the group is 超56.9万 by itself, its part 约57万."""
    accounts = [
        account("a", "甲", "app", "自有"), account("b", "乙", "app", "自有"), account("c", "丙", "app", "自有"),
        account("d", "丁", "douyin", "视频"),
    ]  # fmt: skip
    works = {
        "a": [work("一", kind="article", views=569_800)],
        "b": [work("二", kind="article", views=10)],
        "c": [work("三", kind="article")],
        "d": [work("四", views=7)],
    }
    found = paper(summary(tmp_path, accounts, works))
    (chapter,) = (each for each in found.chapters if each.title.endswith("各平台情况"))
    assert [each.text for each in chapter.paragraphs] == [
        "（一）客户端。共发布3篇，可统计的总阅读量约57万人次。“甲”1篇，阅读量约57万人次；“乙”1篇，阅读量10人次；“丙”1篇。",
        "（二）视频。“丁”抖音号发布1条，播放量7人次。",
    ]


def test_a_period_that_is_not_over_says_how_far_the_data_go(tmp_path: Path) -> None:
    moment = at(9, 10)
    made = summary(
        tmp_path, [account("a", "看云岭", "douyin")], {"a": [work("晨", views=500)]}, as_of=moment
    )
    assert paper(made).text.splitlines()[1].startswith("2026年第三季度（截至9月10日），")


def test_a_record_is_said_only_where_nothing_earlier_can_have_been_higher(tmp_path: Path) -> None:
    accounts = [account("a", "看云岭", "douyin")]
    earlier = work("去年", (3, 1), views=at_least(100_000))

    def said(first: object, folder: Path) -> str:
        folder.mkdir()
        works = {"a": [first, work("今夏", views=1_500_000)]}
        return paper(summary(folder, accounts, works)).text  # type: ignore[arg-type]

    sure = said(work("去年", (3, 1), views=120_000), tmp_path / "sure")
    assert "《今夏》播放量150万人次、为本中心单条最高、首次突破“100万+”" in sure
    assert "就2026年3月1日以来存有阅读播放数据的作品而言" in sure
    capped = said(earlier, tmp_path / "capped")
    assert "单条最高" not in capped
    assert "首次" not in capped


def test_nothing_is_the_first_where_what_is_kept_begins_with_the_period(tmp_path: Path) -> None:
    accounts = [account("a", "看云岭", "douyin")]
    first = replace(work("初", views=10), published_at=at(7, 1, 0))
    works = {"a": [first, work("今夏", views=1_500_000)]}
    text = paper(summary(tmp_path, accounts, works)).text
    assert "《今夏》播放量150万人次" in text
    assert "单条最高" not in text
    assert "首次" not in text


#: Works of two topics in the second and the third quarter, and the topic of which it is said that it grew most.
@pytest.mark.parametrize(
    ("before", "now", "most"),
    [
        ((2, 3), (4, 4), "防汛"),
        ((2, 3), (2, 1), ""),
        ((2, 2), (3, 3), ""),
        ((2, 2), (1, 3), "春耕"),
    ],
)
def test_the_topic_that_grew_most(
    tmp_path: Path, before: tuple[int, int], now: tuple[int, int], most: str
) -> None:
    topics = tuple(TopicInfo(name=each, keywords=(each,)) for each in ("防汛", "春耕"))
    accounts = [account("a", "看云岭", "douyin")]
    works: list[Post] = []
    for months, numbers, looked_at in (((4, 5, 6), before, at(7, 8)), ((7, 8, 9), now, at(10, 8))):
        works += [work("始", (months[0], 1), views=1), work("终", (months[2], 30), views=1)]
        for topic, number in zip(topics, numbers, strict=True):
            works += [work(f"{topic.name}{n}", (months[1], n + 1), views=9) for n in range(number)]
        quarter = f"2026Q{months[2] // 3}"
        made = summary(
            tmp_path, accounts, {"a": works}, period=quarter, as_of=looked_at, topics=topics
        )
    text = paper(made).text
    said = [line.partition("专题")[0] for line in text.splitlines() if "发稿数增加最多" in line]
    assert said == ([most] if most else []), text


def test_growth_from_one(tmp_path: Path) -> None:
    accounts = [account("a", "看云岭", "douyin")]
    works = [work("始", (4, 1), views=1), work("终", (6, 30), views=0)]
    summary(tmp_path, accounts, {"a": works}, period="2026Q2", as_of=at(7, 8))
    works += [work("初", (7, 1), views=2), work("末", (9, 30), views=1)]
    made = summary(tmp_path, accounts, {"a": works})
    percents = {each["percent"] for each in made.data["comparisons"] if each["metric"] == "views"}
    assert 200.0 in percents, percents  # 1, then 3


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("甲", "数据没有覆盖整期的账号：“甲”（7月20日—9月10日）。"),
        ("甲乙丙", "“甲”（7月20日—9月10日）、“乙”（7月20日—9月10日）、“丙”（7月20日—9月10日）。"),
        ("甲乙丙丁", "账号：“甲”、“乙”、“丙”、“丁”，最后的数据在9月10日。"),
    ],
)
def test_accounts_whose_data_do_not_reach_over_the_period(
    tmp_path: Path, names: str, said: str
) -> None:
    accounts = [account(each, each, "douyin") for each in names]
    works = {each: [work("始", (7, 20), views=1), work("终", (9, 10), views=1)] for each in names}
    assert said in paper(summary(tmp_path, accounts, works)).text


def test_moments_are_those_of_the_summary(tmp_path: Path) -> None:
    made = summary(
        tmp_path,
        [account("a", "看云岭", "douyin")],
        {"a": [work("晨", views=500)]},
        as_of=datetime(2026, 10, 8, 23, 59, 59, tzinfo=at(1, 1).tzinfo),
    )
    assert "数据截至2026年10月8日，" in paper(made).notes.text


#: On *gained* and *aged* only what a reader of drafts can tell of them.
CHECKED = tuple(each for each in PERIODS if each[1] == "published")


@pytest.mark.parametrize(("period", "basis"), CHECKED)
def test_every_figure_of_the_paper_is_found_and_true(
    example_county: tuple[Connection, Centre], period: str, basis: str
) -> None:
    connection, centre = example_county
    written = paper(_built(example_county, period, basis))
    asked = Ground(connection=connection, centre=centre, basis=basis, as_of=LATER, known_by=LATER)
    draft = paragraphs.read("稿.md", written.text.encode())
    made = verify(draft, asked, period=parse_period(period), today=LATER.date())
    assert [(e.claim.words, e.outcome, e.why) for e in made.checked if e.outcome != "属实"] == []
    assert not made.contradictions
    figures = sum(bool(piece.id) for each in written.body for piece in each.pieces)
    assert len(made.checked) >= figures
