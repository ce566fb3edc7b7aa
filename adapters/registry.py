"""Every adapter, in one explicit table, and which of them reads a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from adapters import (
    article_exporter,
    baijiahao_api,
    bilibili,
    bilibili_api,
    douyin,
    douyin_api,
    h5,
    kuaishou,
    kuaishou_api,
    ledger,
    media_crawler,
    platforms,
    portal,
    table,
    toutiao,
    wechat_api,
    wechat_channels,
    wechat_mp,
    weibo,
    weibo_api,
    weibo_crawler,
    weibo_spider,
    xiaohongshu,
)
from adapters.contract import Account, Adapter, File, FileRecord
from adapters.errors import Invalid
from adapters.records import Remark

ADAPTERS: dict[str, Adapter] = {
    each.name: each
    for each in (
        article_exporter.ADAPTER,
        baijiahao_api.ADAPTER,
        bilibili.ADAPTER,
        bilibili_api.ADAPTER,
        douyin.ADAPTER,
        douyin_api.ADAPTER,
        h5.ADAPTER,
        kuaishou.ADAPTER,
        kuaishou_api.ADAPTER,
        ledger.ADAPTER,
        media_crawler.ADAPTER,
        portal.ADAPTER,
        table.ADAPTER,
        toutiao.ADAPTER,
        wechat_api.ADAPTER,
        wechat_channels.ADAPTER,
        wechat_mp.ADAPTER,
        weibo.ADAPTER,
        weibo_api.ADAPTER,
        weibo_crawler.ADAPTER,
        weibo_spider.ADAPTER,
        xiaohongshu.ADAPTER,
    )
}

#: Tried last: it reads any table, so it may speak only where no other does.
LAST = "table"
#: Exports whose headings no table of one's own has; those of B站 and 快手 are everybody's words.
UNMISTAKABLE = tuple(name for name, each in ADAPTERS.items() if each.distinct)


def choose(file: File, account: Account) -> Adapter:
    """The one adapter that reads this file for this account.

    The adapters of the account's platform are asked; ``table`` only where none of them serves the
    platform or the account names ``columns``. Raises Invalid when none or more than one claims it.
    """
    serving = [each for each in ADAPTERS.values() if account.platform in each.platforms]
    special = [each for each in serving if each.name != LAST and each.recognises]
    claims = [each for each in special if each.recognises and each.recognises(file, account)]
    table = ADAPTERS[LAST]
    if not claims and table in serving and table.recognises and (account.columns or not special):
        claims = [table] if table.recognises(file, account) else []
        if claims and not special:
            _refuse_other_platforms(file, account)
    if len(claims) == 1:
        return claims[0]
    platform = platforms.NAMES.get(account.platform, account.platform)
    if claims:
        names = "、".join(each.name for each in claims)
        raise Invalid(
            f"有 {len(claims)} 种读法都认得这个文件（{names}），无法确定用哪一种",
            target=file.name,
            advice="请保留平台原样的文件，一个文件只放一种表",
        )
    raise Invalid(
        f"不像{platform}的导出文件：{_seen(file)}",
        target=file.name,
        advice="请核对文件放对了账号文件夹，并按使用手册选择后台的下载项；自制的表可在 config.toml 的 columns 中写明各栏",
    )


def records(adapter: Adapter, file: File, account: Account) -> Iterator[FileRecord]:
    """What ``adapter`` reads in a file, and what of the file nobody reads."""
    assert adapter.read_file is not None
    for name in file.hidden:
        yield Remark(what=f"工作表“{name}”是隐藏的，没有读")
    yield from adapter.read_file(file, account)


def _refuse_other_platforms(file: File, account: Account) -> None:
    """A platform's own export in the folder of an own table: it was dropped into the wrong folder."""
    for name in UNMISTAKABLE:
        recognises = ADAPTERS[name].recognises
        assert recognises is not None
        if recognises(file, replace(account, platform=name, columns={})):
            raise Invalid(
                f"这像是{platforms.NAMES[name]}的导出文件",
                target=file.name,
                advice="请核对它属于哪个账号，放到那个账号的文件夹",
            )


def _seen(file: File) -> str:
    """What the file showed instead, so that a person can tell which download it is."""
    hidden = f"（隐藏的工作表没有读：{'、'.join(file.hidden)}）" if file.hidden else ""
    for sheet in file.sheets:
        for row in sheet.head:
            cells = [str(cell).strip() for cell in row if cell not in (None, "")]
            if cells:
                shown = "、".join(cell[:20] for cell in cells[:6])
                return f"首行是“{shown}”{hidden}"
    if file.html is not None:
        return "它是一个网页，里面没有认得的数据（也可能是登录页）"
    return "里面没有内容"
