"""Import of a 100,000-row, 20-column xlsx, storage included, against pandas.read_excel with openpyxl only reading it.

Goal: at most a quarter of its time, peak memory under 300 MB.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from bench._common import figures, fresh, published

ROWS = 100_000
HEADINGS = (
    "作品名称", "发布时间", "体裁", "审核状态", "播放量", "完播率", "5s完播率", "封面点击率", "2s跳出率", "平均播放时长",
    "点赞量", "分享量", "评论量", "收藏量", "主页访问量", "粉丝增量", "甲", "乙", "丙", "丁",
)  # fmt: skip

OURS = """
import json, sys, time
from datetime import datetime, timedelta, timezone
from pathlib import Path
folder = Path(sys.argv[1])
began = time.perf_counter()
from collector.app import App
from collector.run import collect
now = datetime(2027, 6, 1, tzinfo=timezone(timedelta(hours=8)))
app = App(config_path=folder / "config.toml", clock=lambda: now)
run = collect(app.engine, app.config, now=now)
assert run.results[0].stored.posts == 100_000, run.results[0].problem
print(json.dumps({"seconds": time.perf_counter() - began}))
"""
PANDAS = """
import json, sys, time
began = time.perf_counter()
import pandas
frame = pandas.read_excel(sys.argv[1], engine="openpyxl", dtype=str)
assert len(frame) == 100_000
print(json.dumps({"seconds": time.perf_counter() - began}))
"""
CONFIG = """
[centre]
name = "测"
[[accounts]]
id = "douyin"
platform = "douyin"
name = "抖音"
"""


def workbook(path: Path) -> None:
    """A work list of 抖音 with four columns more, every cell a text, as the platform writes it."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"constant_memory": False})
    sheet = book.add_worksheet("Sheet1")
    sheet.write_row(0, 0, HEADINGS)
    for number in range(ROWS):
        views, likes, comments, shares, favourites, _ = figures(number, 3)
        row = (
            f"第{number}条作品 #云岭 #乡村振兴", f"{published(number):%Y-%m-%d %H:%M:%S}", "1min-视频", "公开",
            str(views), "0.064516", "0.253870", "-", "0.374613", "7.568111", str(likes), str(shares), str(comments),
            str(favourites), "9", "-1", "一", "二", "三", "四",
        )  # fmt: skip
        sheet.write_row(number + 1, 0, row)
    book.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
        inbox = folder / "inbox" / "douyin"
        inbox.mkdir(parents=True)
        path = folder / "作品列表.xlsx"
        workbook(path)
        theirs = fresh(PANDAS, str(path))
        path.rename(inbox / "2027-05-31 作品列表.xlsx")
        ours = fresh(OURS, str(folder))
    print(f"pandas+openpyxl, reading only : {theirs['seconds']:6.1f} s")
    print(
        f"collect now, stored           : {ours['seconds']:6.1f} s, peak {ours['peak_mb']:.0f} MB"
    )
    print(
        f"ratio                         : {ours['seconds'] / theirs['seconds']:6.2f}   (goal 0.25)"
    )
    print(json.dumps({"import_ratio": round(ours["seconds"] / theirs["seconds"], 3)}))


if __name__ == "__main__":
    main()
