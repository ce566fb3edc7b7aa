"""Ways of writing one address are one address; another page is another."""

from __future__ import annotations

import pytest

from storage.identity.keys import canonical

ONE = canonical("https://www.yunling.example/news/1.html?id=7&page=2")


@pytest.mark.parametrize(
    "written",
    [
        "http://www.yunling.example/news/1.html?id=7&page=2",
        " https://WWW.yunling.example/news/1.html?page=2&amp;id=7#top ",
        "https://www.yunling.example/news/1.html?id=7&page=2&utm_source=wx&from=timeline&isappinstalled=0",
        "https://www.yunling.example/news/1.html?id=7&amp;page=2&amp;spm_id_from=333&amp;bd_vid=1",
    ],
)
def test_one_address(written: str) -> None:
    assert canonical(written) == ONE


@pytest.mark.parametrize(
    "written",
    [
        "https://www.yunling.example/news/1.html?id=8&page=2",
        "https://m.yunling.example/news/1.html?id=7&page=2",
    ],
)
def test_another_address(written: str) -> None:
    assert canonical(written) != ONE
