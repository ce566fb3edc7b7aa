"""A centre narrowed to some of its accounts: what a summary about a single account or a group knows of config.

Nothing in it may pass for the whole centre: its name says which accounts it is about, a group of which only some accounts are
asked about is no group any longer, and what config says of others (rankings among more accounts, stated figures of the
whole) is left out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from reports.centre import AccountInfo, Centre

#: So many accounts the name of a narrowed centre lists; so many its notes.
_NAMED, _TOLD = 3, 10


def narrowed(centre: Centre, accounts: Collection[str], groups: Collection[str]) -> Centre:
    """The centre with these accounts (by id or name) and those of these groups alone; as it is where neither names any.
    Raises ValueError, in Chinese, for one that config does not have."""
    if not accounts and not groups:
        return centre
    chosen: set[str] = set()
    for named in accounts:
        found = [each.id for each in centre.accounts if named == each.id]
        found = found or [each.id for each in centre.accounts if named == each.name]
        if len(found) != 1:
            ids = "、".join(each.id for each in centre.accounts)
            what = "里没有账号" if not found else "里不止一个账号叫"
            raise ValueError(f"config.toml {what}“{named}”，请写账号的 id，现有：{ids}")
        chosen.update(found)
    for named in groups:
        members = {each.id for each in centre.accounts if each.group == named}
        if not members:
            there = dict.fromkeys(each.group for each in centre.accounts if each.group)
            raise ValueError(
                f"config.toml 里没有分组“{named}”，现有：{'、'.join(there) or '（没有）'}"
            )
        chosen |= members
    kept = [each for each in centre.accounts if each.id in chosen]
    if not any(each.owner == "ours" for each in kept):
        raise ValueError("所选的都是同行或外部媒体的账号；总结要有本单位的账号")
    left_out = {each.group for each in centre.accounts if each.id not in chosen}
    whole = {each.group for each in kept if each.group} - left_out
    known = chosen | whole
    return replace(
        centre,
        name=centre.name + _called(kept, groups if len(groups) == 1 and not accounts else ()),
        accounts=tuple(each if each.group in whole else replace(each, group="") for each in kept),
        ranks=tuple(each for each in centre.ranks if chosen.issuperset(each.accounts)),
        baselines=tuple(each for each in centre.baselines if each.of in known),
        only=_told(kept, [each for each in centre.accounts if each.id not in chosen]),
    )


def _called(kept: Sequence[AccountInfo], groups: Collection[str]) -> str:
    """``“公众号”组``, ``“云岭发布”微信公众号``, ``“甲”、“乙”、“丙”等5个账号``."""
    if groups:
        return "".join(f"“{each}”组" for each in groups)
    if len(kept) == 1:
        return kept[0].called
    names = "、".join(f"“{each.name or each.id}”" for each in kept[:_NAMED])
    return f"{names}{'等' if len(kept) > _NAMED else ''}{len(kept)}个账号"


def _told(kept: Sequence[AccountInfo], others: Sequence[AccountInfo]) -> str:
    names = "、".join(each.called for each in kept[:_TOLD])
    more = f"等（共{len(kept)}个）" if len(kept) > _TOLD else ""
    ours = [each for each in others if each.owner == "ours"]
    accounts = sum(not each.ledger for each in ours)
    rest = f"，本单位的其他{accounts}个账号不在内" if accounts else ""
    rest += "，台账不在内" if len(ours) > accounts else ""
    return f"只统计{names}{more}{rest}。"
