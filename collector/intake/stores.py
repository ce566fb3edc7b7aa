"""Which place keeps the captures of a centre."""

from __future__ import annotations

from collector.config.loading import Config
from collector.intake.captures import Captures, Folder


def captures_of(config: Config) -> Captures:
    """Where config keeps captures. Nothing is opened yet."""
    if (folder := config.captures_folder) is not None:
        return Folder(folder)
    from collector.intake.bucket import Bucket

    return Bucket(config.captures)
