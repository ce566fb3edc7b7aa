"""Which downloaded files belong together: by whose they say they are, by the works in them, by name, by folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, combinations

from collector.intake.heap import Finding
from collector.intake.naming import alike, id_in, name_in

#: Works that two lists without ids share before they are those of one account, and that two lists of one name have in
#: one period, all different, before they are those of two.
_SHARED, _APART = 2, 3


class Parts:
    """Files of one platform, joined as far as something says that they are one account's. ``asked``: those that may be
    any one's."""

    def __init__(self, files: list[Finding], shared: set[str]) -> None:
        self.shared = shared
        self.asked: list[Finding] = []
        self.order = {id(each): at for at, each in enumerate(files)}
        self.parts = [[each] for each in files]
        self._join_equal(lambda each: {each.owner} - {""})
        self._join_equal(lambda each: each.strong)
        self._join_by_works()
        self._join_equal(lambda each: {name_of(each, shared)[0]} - {""})
        self._join_equal(lambda each: {folder_of(each, shared)} - {""})
        self._join_the_rest()

    def _part(self, file: Finding) -> list[Finding]:
        return next(part for part in self.parts if any(each is file for each in part))

    def _join(self, one: Finding, other: Finding) -> None:
        """Join the parts of two files, unless something says that they are two accounts."""
        here, there = self._part(one), self._part(other)
        both = sorted((*here, *there), key=lambda each: self.order[id(each)])
        owners = {each.owner for each in both if each.owner}
        names = {name_of(each, self.shared)[0] for each in both} - {""}
        if here is not there and len(owners) < 2 and len(names) < 2:
            here[:] = both
            self.parts = [part for part in self.parts if part is not there]
            self.parts.sort(key=lambda part: self.order[id(part[0])])

    def _join_equal(self, signs: Callable[[Finding], set[str]]) -> None:
        """Join the files that have a sign in common."""
        first: dict[str, Finding] = {}
        for each in sorted(chain(*self.parts), key=lambda each: self.order[id(each)]):
            for sign in signs(each):
                self._join(first.setdefault(sign, each), each)

    def _join_by_works(self) -> None:
        """Join lists without ids that share works; one that shares works with two owners' is neither's."""
        parts = list(map(list, self.parts))
        keys = [set().union(*(each.weak for each in part)) for part in parts]
        owned = {at for at, part in enumerate(parts) if any(each.owner for each in part)}
        pairs = [
            (one, other)
            for one, other in combinations(range(len(parts)), 2)
            if len(keys[one] & keys[other])
            >= max(1, min(_SHARED, len(keys[one]), len(keys[other])))
        ]
        claimed = Counter(
            each for pair in pairs if len(owned & {*pair}) == 1 for each in {*pair} - owned
        )
        for one, other in pairs:
            if claimed[one] < 2 and claimed[other] < 2:
                self._join(parts[one][0], parts[other][0])

    def _join_the_rest(self) -> None:
        """What nothing tells of goes to the only account there is; of several it may be any, and is asked about."""
        parts = list(self.parts)
        told = {
            at
            for at, part in enumerate(parts)
            for each in part
            if each.owner or name_of(each, self.shared)[0] or folder_of(each, self.shared)
        }
        pairs = combinations(range(len(parts)), 2)
        apart = {at for pair in pairs if _differ(*(parts[at] for at in pair)) for at in pair}
        if apart - told:
            told |= apart
        known = [part for at, part in enumerate(parts) if at in told]
        rest = [part for at, part in enumerate(parts) if at not in told]
        if len(known) > 1:
            self.parts, self.asked = known, list(chain(*rest))
            return
        for part in rest:
            self._join((known or rest)[0][0], part[0])


def _differ(one: Sequence[Finding], other: Sequence[Finding]) -> bool:
    """Whether two lists of one name cover the same days with works that are all different."""
    for a in one:
        for b in other:
            if a.days and b.days and alike(a.name) == alike(b.name) and not a.weak & b.weak:
                here = sum(min(b.days) <= day <= max(b.days) for day in a.days)
                there = sum(min(a.days) <= day <= max(a.days) for day in b.days)
                if min(here, there) >= _APART:
                    return True
    return False


def folder_of(each: Finding, shared: set[str]) -> str:
    """The innermost folder of a file that is not one for all, for a month or for downloads."""
    own = (folder for folder in reversed(each.folders) if folder not in shared)
    return next((folder for folder in own if name_in(folder, ending=False) or id_in(folder)), "")


def name_of(each: Finding, shared: Iterable[str] = ()) -> tuple[str, str]:
    """What the account of a file is called, and what says so; empty where nothing does. A ledger is no account's."""
    if each.platform == "ledger":
        return "", ""
    names = {name for _, name in each.owners if name}
    if len(names) == 1:
        return names.pop(), "表里写着"
    if len(names) > 1:
        return "", ""
    if name := name_in(folder_of(each, {*shared}), ending=False):
        return name, f"文件夹叫“{name}”"
    return each.called, f"文件名里写着“{each.called}”" if each.called else ""
