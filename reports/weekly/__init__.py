"""The weekly mail's value: what a week amounts to, beside the week before, and what is wrong with the data."""

from reports.weekly.building import Weekly, build

__all__ = ["Weekly", "build"]
