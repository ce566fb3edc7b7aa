"""微信公众平台 (docs/platforms.md §2): downloads of mp.weixin.qq.com and pages saved from the client.

| file | shows | hides |
|---|---|---|
| 已通知内容, 16 or 14 columns | views, readers, shares, sharers | likes, looks, comments; the time of day |
| 已发表内容, 9 columns (2026) | readers and sharers: people, not times | views, shares, and the same |
| 内容分析·趋势 (tendency) | the account's readers, sharers, favourites and posts by day | a full list of articles |
| 用户分析 (an HTML table) | followers, gained and lost, by day | |
| an article saved in the client | views up to 100,000, likes, looks, shares, favourites, comments | readers |
| its public page, fetched (``_wechat_public``) | alive or not, title, time | every figure |

Times of exports are Beijing dates without a time. An article is identified by ``<mid>_<idx>`` of its
address, which the data API calls msgid.
"""

from __future__ import annotations

from collections.abc import Iterator

from adapters import _wechat_public as public
from adapters._wechat_days import account_figures, blocks
from adapters._wechat_links import HOST, identified
from adapters._wechat_page import is_page, read_page
from adapters._wechat_tables import CHANNELS, DAYS, NOTIFIED, PUBLISHED, TOP, USERS, top_article
from adapters.contract import Account, Adapter, File, FileRecord, Sheet
from adapters.records import METRICS
from adapters.tables.columns import Found, find
from adapters.tables.reader import read

WHOLE_SHEETS = (NOTIFIED, PUBLISHED, USERS)
SIDE_BY_SIDE = (CHANNELS, DAYS, TOP)


def recognises(file: File, account: Account) -> bool:
    return is_page(file) or any(True for sheet in file.sheets for _ in _tables(sheet))


def read_file(file: File, account: Account) -> Iterator[FileRecord]:
    """Posts and the account's figures. A saved page without an article raises what it says instead:
    Gone, Blocked, Unclear or LayoutChanged."""
    if is_page(file):
        yield read_page(file)
        return
    for sheet in file.sheets:
        for found in _tables(sheet):
            yield from _read(found)


def _tables(sheet: Sheet) -> Iterator[Found]:
    """Every known table of a sheet, the ones that stand side by side too."""
    parts = list(blocks(sheet))
    candidates = [(part, SIDE_BY_SIDE) for part in parts] or [(sheet, WHOLE_SHEETS)]
    for part, layouts in candidates:
        found = next(filter(None, (find(part, layout) for layout in layouts)), None)
        if found is not None:
            yield found


def _read(found: Found) -> Iterator[FileRecord]:
    if found.layout in (USERS, CHANNELS, DAYS):
        return account_figures(found)
    return read(found, top_article if found.layout is TOP else identified)


ADAPTER = Adapter(
    name="wechat_mp",
    platforms=frozenset({"wechat_mp"}),
    file_metrics=frozenset(METRICS),
    recognises=recognises,
    read_file=read_file,
    visit=public.visit,
    read=public.read,
    hosts=(HOST,),
)
