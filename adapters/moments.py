"""The clock of people and the length of a day, each said once."""

from __future__ import annotations

from zoneinfo import ZoneInfo

#: People's wall time; storage keeps UTC seconds.
SHANGHAI = ZoneInfo("Asia/Shanghai")
#: A day in seconds.
DAY = 86_400
