"""A downloaded file as it is, while there is no config: which platform it is of, whose it says it is, what is in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from adapters import platforms
from adapters.contract import Account, Adapter, File, Sheet
from adapters.errors import Invalid, SourceError
from adapters.files import open_file
from adapters.records import AccountFigures, Headings, Post
from adapters.registry import ADAPTERS, LAST, choose
from adapters.registry import records as read_records
from adapters.tables.cells import as_text
from adapters.tables.units import folded
from collector.intake.inbox import explained
from collector.intake.naming import name_in
from collector.intake.placing import OWN_HEADINGS
from storage.identity.keys import strong_keys, weak_key

#: Records of a file that are looked at, and rows that are searched for names.
_RECORDS, _ROWS = 20_000, 5_000
#: Headings over the names of accounts, as tables and the files of crawlers have them; over platforms.
_NAMES = frozenset(
    {
        "账号",
        "帐号",
        "账号名称",
        "公众号",
        "公众号名称",
        "昵称",
        "用户昵称",
        "nickname",
        "screen_name",
    }
)
_PLATFORMS = frozenset({"平台", "发布平台", "平台名称"})
#: A sheet of comments names those who commented.
_NO_WORKS = frozenset({"comment_id", "评论内容"})
#: Platforms of which nobody but the reader of own tables reads a file.
OWN = tuple(
    key
    for key in platforms.NAMES
    if not any(
        key in each.platforms and each.recognises for each in ADAPTERS.values() if each.name != LAST
    )
)


@dataclass(slots=True, kw_only=True)
class Finding:
    """What a file tells. ``folders``: those it lay in, outermost first. ``platform`` empty: nobody reads it, and
    ``problem`` says why; ``sure``: no other kind of table looks like it. ``owners``: (platform or empty, name) of the
    accounts that its rows name → how many rows. ``owner``: what alone tells its account (公众号的 biz). ``strong`` and
    ``weak``: the keys of its works. ``unread``: headings over numbers that nobody knows.
    ``example``: one of its titles, by which a person knows it."""

    path: Path
    name: str
    folders: tuple[str, ...] = ()
    platform: str = ""
    sure: bool = False
    problem: str = ""
    owners: Counter[tuple[str, str]] = field(default_factory=Counter)
    owner: str = ""
    strong: set[str] = field(default_factory=set)
    weak: set[str] = field(default_factory=set)
    days: list[date] = field(default_factory=list)
    works: int = 0
    example: str = ""
    faults: list[str] = field(default_factory=list)
    unread: tuple[str, ...] = ()
    followers: dict[str, tuple[date | None, int]] = field(default_factory=dict)
    account_days: int = 0
    programmes: Counter[str] = field(default_factory=Counter)
    outlets: Counter[str] = field(default_factory=Counter)
    called: str = ""

    @property
    def is_table(self) -> bool:
        """Whether it is a table of one's own, that only its owner can name."""
        return self.platform in OWN

    def lines(self) -> Iterator[str]:
        """What is in it, in words."""
        if self.works:
            span = f"，{min(self.days)} 至 {max(self.days)}" if self.days else ""
            yield f"{self.works} 条{span}" + (f"，例如“{self.example}”" if self.example else "")
        if self.account_days:
            yield f"账号数据 {self.account_days} 行"
        for name, (day, value) in self.followers.items():
            yield f"粉丝：{name or '本账号'} {value:,}" + (f"（{day}）" if day else "")
        for word, found in (("栏目", self.programmes), ("媒体", self.outlets)):
            if found:
                yield f"{word}：{'、'.join(each for each, _ in found.most_common(6))}" + (
                    f" 等 {len(found)} 个" if len(found) > 6 else ""
                )
        if self.faults:
            yield f"有 {len(self.faults)} 行读不懂，例如：{self.faults[0]}"


def look(path: Path, name: str, folders: Sequence[str] = ()) -> Finding:
    """What the file at ``path``, called ``name``, tells. Nothing is raised: what is wrong with it is said in it."""
    finding = Finding(path=path, name=name, folders=tuple(folders), called=name_in(name))
    try:
        file = open_file(path, name=name)
        claimed = _claimed(file, finding)
        if claimed is None:
            finding.problem = "不像任何平台的导出文件，也不像台账或自制的表"
            return finding
        finding.platform, adapter, finding.sure = claimed
        finding.owners = _owners(file)
        _read(finding, file, adapter)
    except (SourceError, OSError) as problem:
        finding.platform, finding.problem = "", str(explained(problem, name))
    return finding


def _claimed(file: File, finding: Finding) -> tuple[str, Adapter, bool] | None:
    """The platform of a file, who reads it, and whether it can be no other's."""
    fits = []
    for key in platforms.NAMES:
        if key not in OWN:
            try:
                fits.append((key, choose(file, Account(id=key, platform=key))))
            except Invalid:
                continue
    sure = [each for each in fits if each[1].name in OWN_HEADINGS]
    if len(sure) == 1:
        return (*sure[0], True)
    words = "/".join((*finding.folders, finding.name))
    said = [each for each in fits if any(word in words for word in platforms.BY_KEY[each[0]].words)]
    if len(said) == 1 or len(fits) == 1:
        return (*(said or fits)[0], len(said) == 1)
    if fits:
        return None
    key = _own_platform(words, finding.called)
    try:
        return key, choose(file, Account(id=key, platform=key)), False
    except Invalid:
        return None


def _own_platform(words: str, called: str) -> str:
    """The platform that a table of one's own is likely to be of, by its name; a person is asked to look."""
    said = [key for key in OWN if any(word in words for word in platforms.BY_KEY[key].words)]
    if len(said) == 1:
        return said[0]
    return "portal" if called.endswith("网") else "app"


def _owners(file: File) -> Counter[tuple[str, str]]:
    """The accounts that the rows of a file name."""
    found: Counter[tuple[str, str]] = Counter()
    for sheet in file.sheets:
        for number, row in enumerate(sheet.head):
            heads = [as_text(cell).strip() for cell in row]
            at = next((at for at, each in enumerate(heads) if each in _NAMES), None)
            kind = next((at for at, each in enumerate(heads) if each in _PLATFORMS), None)
            if (
                (at, kind) != (None, None)
                and not _NO_WORKS & {*heads}
                and len([*filter(None, heads)]) > 2
            ):
                found.update(_named(sheet, number, at, kind))
                break
    return found


def _named(sheet: Sheet, head: int, at: int | None, kind: int | None) -> Iterator[tuple[str, str]]:
    for row in islice(sheet.rows(), head + 1, _ROWS):
        name, platform = (
            as_text(row[each]).strip() if each is not None and each < len(row) else ""
            for each in (at, kind)
        )
        name = "".join(each for each in name if each.isprintable())
        if 0 < len(name) <= 60 or platform:
            yield (
                platforms.BY_WORD.get(folded(platform), platforms.BY_WORD.get(platform, "")),
                name[:60],
            )


def _read(finding: Finding, file: File, adapter: Adapter) -> None:
    others = tuple((name, platform or OWN[0], name) for platform, name in finding.owners if name)
    account = Account(id="?", platform=finding.platform, others=others)
    owners = set()
    for each in islice(read_records(adapter, file, account), _RECORDS):
        if isinstance(each, Invalid):
            finding.faults.append(str(each).removeprefix(f"{finding.name}："))
        elif isinstance(each, Headings):
            known = (*finding.unread, *_numeric(file.sheets[each.sheet], each))
            finding.unread = tuple(dict.fromkeys(known))
        elif isinstance(each, AccountFigures):
            _figures(finding, each)
        elif isinstance(each, Post):
            _work(finding, each)
            owners.add(parse_qs(urlsplit(each.url).query).get("__biz", [""])[0])
    if len(owners - {""}) == 1:
        finding.owner = max(owners)


def _work(finding: Finding, post: Post) -> None:
    finding.works += 1
    finding.example = finding.example or " ".join(post.title.split())[:30]
    finding.strong.update(strong_keys(post))
    if post.published_at is not None:
        finding.days.append(post.published_at.date())
        if post.title:
            finding.weak.add(weak_key(post))
    if post.kind == "item" and post.column:
        finding.programmes[post.column] += 1
    if outlet := post.details.get("outlet"):
        finding.outlets[outlet] += 1


def _figures(finding: Finding, figures: AccountFigures) -> None:
    finding.account_days += 1
    count = figures.figures.get("followers")
    day = figures.day or (figures.observed_at.date() if figures.observed_at else None)
    if count is not None:
        before = finding.followers.get(figures.account)
        if before is None or (day or date.min) >= (before[0] or date.min):
            finding.followers[figures.account] = (day, count.value)


def _numeric(sheet: Sheet, headings: Headings) -> Iterator[str]:
    """The unknown headings that stand over numbers: a figure that nobody reads."""
    heads = next(
        (
            row
            for row in sheet.head
            if {*headings.unknown} & {as_text(cell).strip() for cell in row}
        ),
        (),
    )
    for at, cell in enumerate(heads):
        heading = as_text(cell).strip()
        below = [as_text(row[at]) for row in sheet.head if row is not heads and at < len(row)]
        if heading in headings.unknown and any(
            each.strip().replace(",", "").isdecimal() for each in below
        ):
            yield heading
