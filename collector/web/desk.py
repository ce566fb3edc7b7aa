"""The desk of the page: files that people hand in lie here until they are read or left. One thread looks at them and
reads them, one after the other; what it was at when the server ended it does again, which changes nothing twice."""

from __future__ import annotations

import logging
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock, Thread
from typing import IO, cast

from flask import current_app

from adapters.errors import SourceError
from adapters.moments import DAY
from collector import screen
from collector.config.loading import ConfigError
from collector.config.sections import AccountConfig
from collector.intake.importing import Importer, Result, Wish
from collector.intake.inbox import explained
from collector.intake.placing import place
from collector.run import begin, collect
from collector.service.lock import Taken
from collector.web.handing import cleaned, keep
from collector.web.site import FOLDER, Site
from collector.words import OUTCOMES
from storage.bulk import seconds
from storage.database import StorageError, writing
from storage.operations import uploads
from storage.operations.uploads import Upload
from storage.writing import writes

LOG = logging.getLogger("collector.web")

#: Where a file is tried again after the database could not do its work, in seconds.
_AGAIN = 30.0
#: What the file in hand is given when the server ends.
PATIENCE = 5.0


@dataclass(slots=True)
class Desk:
    """The files of a site, and the thread that reads them."""

    site: Site
    stop: Event = field(default_factory=Event)
    hurry: Event = field(default_factory=Event)
    thread: Thread | None = None
    run_wanted: Event = field(default_factory=Event)
    run_told: str = ""  # what the last pass said that a person asked for here
    _arriving: Lock = field(default_factory=Lock)
    _part: int = 0

    def begin(self) -> None:
        for each in self._folder().glob(
            "*.part"
        ):  # of a process that was killed; an upload takes no day
            if self.site.clock().timestamp() - each.stat().st_mtime > DAY:
                each.unlink(missing_ok=True)
        self.thread = Thread(target=self._keep_working, name="desk", daemon=True)
        self.thread.start()

    def end(self) -> None:
        """End after the file in hand, or leave it to the next start where it takes long."""
        self.stop.set()
        self.hurry.set()
        if self.thread is not None:
            self.thread.join(PATIENCE)

    def receive(
        self, stream: IO[bytes], name: str, by: str, *, account: str = "", why: str = ""
    ) -> int:
        """Keep a file that arrives; its number. ``account``: whose a person has said it is, and ``why`` that is known.
        Raises ValueError, in Chinese, where it cannot be kept; OSError where the disk is full. Nothing of it stays then."""
        called = cleaned(name)
        folder = self._folder()
        folder.mkdir(parents=True, exist_ok=True)
        with self._arriving:
            self._part += 1
            partial = folder / f"{os.getpid()}-{self._part}.part"  # another process may serve too
        try:
            size, digest = keep(stream, partial, called)
            now = seconds(self.site.clock())
            with self.site.writing() as connection:
                number = uploads.add(
                    connection, name=called, size=size, sha256=digest, at=now, by=by
                )
                if account:
                    uploads.change(
                        connection, number, ("waiting", "asked"), account=account, why=why
                    )
                target = self._path(number, called)
                target.parent.mkdir(parents=True, exist_ok=True)
                partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
        self.hurry.set()
        return number

    def forget(self, number: int) -> None:
        """Throw the bytes away: they were read (and are kept as a capture), or left by a person."""
        shutil.rmtree(self._folder() / str(number), ignore_errors=True)

    def work(self) -> None:
        """Look at what waits, and read what is to be taken, until nothing of either is left."""
        while not self.stop.is_set():
            with self.site.reading() as connection:
                there = uploads.uploads(connection, ("taking", "waiting"))
            if not there:
                return
            for each in reversed(there):
                if self.stop.is_set():
                    return
                self._handle(each)

    def _handle(self, each: Upload) -> None:
        """One file. A fault of the program with it is said of it, and the files behind it go on."""
        try:
            self._take(each) if each.state == "taking" else self._look(each)
        except (StorageError, ConfigError):
            raise
        except Exception:
            LOG.exception("读“%s”时程序出错", each.name)
            self._say(each, "failed", found="读这个文件时程序出错了。请把它和日志发给维护程序的人")

    def _keep_working(self) -> None:
        while not self.stop.is_set():
            self.hurry.clear()
            try:
                if not self.site.is_new:
                    self.work()
                    self._pass()
            except (StorageError, ConfigError) as problem:
                LOG.error("导入的文件这会儿读不了，稍后再试：%s", problem)
            except Exception:
                LOG.exception("导入时程序出错，稍后再试")
            self.hurry.wait(_AGAIN)

    def _pass(self) -> None:
        """A pass over the inbox and the pages that are due, where a person asked for one."""
        if not self.run_wanted.is_set():
            return
        try:
            site, now = self.site, self.site.clock()
            run = collect(site.engine, site.config, now=now, occasion="page", stop=self.stop)
            self.run_told = "\n".join(screen.run_lines(run))
        except Taken:
            self.run_told = "别的程序正在读收件夹，请稍后再试"
        finally:
            self.run_wanted.clear()

    def _look(self, each: Upload) -> None:
        """Say what a file is, whose, and what reading it would change."""
        path, config = self._path(each.upload_id, each.name), self.site.config
        try:
            if each.account:  # a person said whose it is
                account, why, fits = each.account, each.why, each.fits
            else:
                with self.site.reading() as connection:
                    found = place(connection, config, path, each.name)
                account, why, fits = found.account, found.why, " ".join(found.fits)
        except (SourceError, OSError) as problem:
            told = str(explained(problem, each.name))
            self._say(each, "failed", found=told)
            return
        owner = config.account(account)
        if owner is None:
            self._say(each, "asked" if fits else "failed", why=why, fits=fits, found=why)
            return
        result = self._read(owner, path, dry_run=True)
        state = "ready" if result.taken else "failed"
        self._say(each, state, account=account, why=why, fits=fits, found=_lines(result))

    def _take(self, each: Upload) -> None:
        """Read a file into the database. What it makes known may say whose another is."""
        owner = self.site.config.account(each.account)
        if owner is None:
            self._say(each, "asked", account="", found="它的账号不在 config.toml 里了")
            return
        result = self._read(owner, self._path(each.upload_id, each.name))
        self._say(each, "done" if result.taken else "failed", found=_lines(result))
        if result.taken:
            self.forget(each.upload_id)
            with self.site.writing() as connection:
                for other in uploads.uploads(connection, ("asked",)):
                    uploads.change(connection, other.upload_id, ("asked",), state="waiting")

    def _read(self, owner: AccountConfig, path: Path, *, dry_run: bool = False) -> Result:
        """Read a file for an account, in a run of its own; in a dry run nothing of it stays."""
        engine, config, now = self.site.engine, self.site.config, self.site.clock()
        run_id = 0 if dry_run else begin(engine, config, "page", now)
        wish = Wish(dry_run=dry_run)
        importer = Importer(engine=engine, config=config, run_id=run_id, now=now, wish=wish)
        result = importer.import_file(owner, path)
        if not dry_run:
            with writing(engine) as connection:
                writes.end_run(connection, run_id, now)
        return result

    def _say(self, each: Upload, state: str, **values: str) -> None:
        with self.site.writing() as connection:
            uploads.change(connection, each.upload_id, (each.state,), state=state, **values)

    def _folder(self) -> Path:
        return self.site.folder / FOLDER / "uploads"

    def _path(self, number: int, name: str) -> Path:
        return (
            self._folder() / str(number) / cleaned(name)
        )  # a restored database may be a doctored one


def desk() -> Desk:
    """The desk of this request's site."""
    return cast("Desk", current_app.extensions["desk"])


def _lines(result: Result) -> str:
    """What became of a file, as the command line says it, without what stands beside it here."""
    head = f"[{OUTCOMES[result.outcome]}] {result.account} / {result.source}："
    return "\n".join(line.removeprefix(head).strip() for line in screen.result_lines(result))
