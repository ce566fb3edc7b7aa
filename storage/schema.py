"""Tables. Times are whole epoch seconds (UTC) on every engine; ids are text; NULL = not shown.

An ``attempt`` is one reading of one source (a file, a page, a correction by hand); its number grows with
``recorded_at``, so "what was known by then" is one comparison. An observation is one wide row
per look, clustered by post and time: 4–50 times faster than a row per metric (docs/architecture.md §7).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from adapters.records import METRICS, STATES

metadata = MetaData()

#: State of a post as stored: its place in records.STATES; 0 is public.
STATE_CODE = {name: code for code, name in enumerate(STATES)}
#: States that are counted in totals (docs/definitions.md §14: private posts are stored and not counted).
COUNTED = (STATE_CODE["public"], STATE_CODE["deleted"])

#: Outcomes of attempts that gave figures.
GOOD = ("ok", "unchanged", "invalid")
#: Kinds of sources: a pass goes through a list, a correction is made by hand.
KINDS = ("file", "page", "api", "pass", "correction")
#: Occasion of a run that asked nothing and read kept captures again.
REREAD = "reread"


def _figures() -> list[Column[Any]]:
    """The figures of a post. ``bounds``: NULL where every one is exact; see values.encode."""
    return [*(Column(name, BigInteger) for name in METRICS), Column("bounds", Text)]


def _place(*what: Column[Any]) -> list[Column[Any]]:
    """The key of what one reading showed of a post or an account (``what``): when, and where it stood in its source."""
    return [
        *what,
        Column("observed_at", BigInteger, primary_key=True),
        Column("attempt_id", Integer, primary_key=True),
        Column("sheet", SmallInteger, primary_key=True),
        Column("row", Integer, primary_key=True),
    ]


def _number(name: str) -> Column[int]:
    """The number of a row, or of what it is about, as (part of) its key."""
    return Column(name, Integer, primary_key=True, autoincrement=False)


account = Table(
    "account",
    metadata,
    _number("account_id"),
    Column("key", Text, nullable=False, unique=True),  # its id in config.toml
    Column("platform", Text, nullable=False),
)

run = Table(
    "run",
    metadata,
    _number("run_id"),
    Column("occasion", Text, nullable=False),  # now, import, reread, service …
    Column("started_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
)

capture = Table(
    "capture",
    metadata,
    _number("capture_id"),
    Column("sha256", Text, nullable=False, unique=True),
    Column("size", BigInteger, nullable=False),
    Column("path", Text, nullable=False),  # below the captures folder
    Column("stored_at", BigInteger, nullable=False),
    Column("removed_at", BigInteger),
)

attempt = Table(
    "attempt",
    metadata,
    _number("attempt_id"),
    Column("run_id", Integer, nullable=False),
    Column("account_id", Integer),
    Column("source", Text, nullable=False),  # file name or address
    Column("adapter", Text, nullable=False),
    Column("kind", Text, nullable=False),  # KINDS
    Column("outcome", Text, nullable=False),
    Column("problem", Text),
    Column("capture_id", Integer),
    Column("observed_at", BigInteger),  # the newest moment any of its figures is for
    Column("observed_from", Text),  # how that moment became known
    Column("recorded_at", BigInteger, nullable=False),
    Column("posts", Integer, nullable=False, default=0),
    Column("new_posts", Integer, nullable=False, default=0),
    Column("figures", Integer, nullable=False, default=0),
    Column("bad_rows", Integer, nullable=False, default=0),
    Column("first_published", BigInteger),
    Column("last_published", BigInteger),
    Column("cut_off", Boolean, nullable=False, default=False),  # at its row limit
    Column("notes", Text),  # JSON: headings, bad rows, differences
    Column("withdrawn_at", BigInteger),
    Column("withdrawn_reason", Text),
)
Index("attempt_account", attempt.c.account_id, attempt.c.source)
Index("attempt_capture", attempt.c.capture_id)
Index("attempt_recorded", attempt.c.recorded_at)
Index("attempt_observed", attempt.c.observed_at)
Index(
    "attempt_dated",
    *(attempt.c[name] for name in ("account_id", "kind", "observed_at", "posts", "figures")),
)
Index(
    "attempt_withdrawn",
    attempt.c.withdrawn_at,
    sqlite_where=attempt.c.withdrawn_at.is_not(None),
)

post = Table(
    "post",
    metadata,
    _number("post_id"),
    Column("account_id", Integer, nullable=False),
    Column("published_at", BigInteger),
    Column("date_only", Boolean, nullable=False),
    Column("kind", Text, nullable=False),
    Column("original", Boolean),
    Column("plain", Boolean, nullable=False),  # its value at t is its last observation by t
    Column("retold", Boolean, nullable=False),  # its facts changed: see the table fact
    Column("merged_into", Integer),
    Column("merged_at", BigInteger),
    Column("title", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("column", Text, nullable=False),
    Column("details", Text),  # JSON
)
Index("post_published", post.c.account_id, post.c.published_at)
Index("post_newest", post.c.published_at, post.c.post_id)
Index(
    "post_merged",
    post.c.merged_into,
    sqlite_where=post.c.merged_into.is_not(None),
)
Index(
    "post_not_plain",
    post.c.post_id,
    sqlite_where=text("NOT plain"),
)

#: SQL: kinds of which a centre has few, of which those that are counted by their publish time are looked up.
RARE = "kind NOT IN ('article', 'video')"
Index("post_kind", post.c.kind, sqlite_where=text(RARE))

post_key = Table(
    "post_key",
    metadata,
    _number("account_id"),
    Column("key", Text, primary_key=True),
    Column("post_id", Integer, nullable=False),
    sqlite_with_rowid=False,
)
Index("post_key_post", post_key.c.post_id)

fact = Table(
    "fact",
    metadata,
    _number("post_id"),
    Column("name", Text, primary_key=True),
    Column("observed_at", BigInteger, primary_key=True),
    Column("attempt_id", Integer, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)

observation = Table(
    "observation",
    metadata,
    *_place(_number("post_id")),
    Column("state", SmallInteger, nullable=False),
    *_figures(),
    sqlite_with_rowid=False,
)

beside = Table(
    "observation_beside",
    metadata,
    *_place(_number("post_id")),
    Column("figures", Text, nullable=False),  # JSON: heading → number or text, never summed
    sqlite_with_rowid=False,
)

latest = Table(
    "latest",
    metadata,
    _number("post_id"),
    Column("observed_at", BigInteger, nullable=False),
    Column("state", SmallInteger, nullable=False),
    *_figures(),
)

Index("latest_views", latest.c.views, latest.c.post_id)

account_observation = Table(
    "account_observation",
    metadata,
    *_place(_number("account_id"), Column("metric", Text, primary_key=True)),
    Column("value", BigInteger, nullable=False),
    Column("bounds", Text),
    Column("day", Text),  # a flow of this day; NULL for a standing value
    sqlite_with_rowid=False,
)

hit = Table(
    "hit",
    metadata,
    _number("post_id"),
    Column("metric", Text, primary_key=True),
    Column("threshold", BigInteger, primary_key=True),
    Column("before_at", BigInteger),  # last observation below; NULL: it was first seen above
    Column("after_at", BigInteger, nullable=False),  # first observation at or above
    Column("attempt_id", Integer, nullable=False),  # the one that showed it
    Column("value", BigInteger, nullable=False),
    Column("bounds", Text),
    Column("found_at", BigInteger, nullable=False),
    Column("announced_at", BigInteger),  # 0: too old when found, never to be announced
    Column("revoked", Boolean, nullable=False, default=False),
)

change = Table(
    "change",
    metadata,
    _number("change_id"),
    Column("changed_at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),  # retract, correct, match, tag
    Column("target", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("detail", Text),  # JSON
)

pair = Table(
    "pair",
    metadata,
    _number("pair_id"),
    Column("post_id", Integer, nullable=False),
    Column("other_id", Integer, nullable=False),
    Column("why", Text, nullable=False),
    Column("proposed_at", BigInteger, nullable=False),
    Column("settled_at", BigInteger),
    Column("same", Boolean),
    UniqueConstraint("post_id", "other_id"),
)

threshold = Table(
    "threshold",
    metadata,
    Column("metric", Text, primary_key=True),
    Column("threshold", BigInteger, primary_key=True),
)

# ── what the service keeps of its own doings ──

service = Table(
    "service",
    metadata,
    _number("service_id"),  # one row a start
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("version", Text, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),  # last tick: off from here to the next start
    Column("stopped_at", BigInteger),  # NULL: running, or ended without a word
)

job = Table(
    "job",
    metadata,
    Column("name", Text, primary_key=True),
    Column("due_at", BigInteger, primary_key=True),
    Column("started_at", BigInteger),  # NULL: not yet, or never
    Column("ended_at", BigInteger),
    Column("outcome", Text),  # done, failed, interrupted, missed; NULL: at work
    Column(
        "missed", Text
    ),  # why it did not start in time (storage.operations.jobs.WHYS); NULL: it did
    Column("made_up_at", BigInteger),  # when a later start made up for a miss
    Column("run_id", Integer),  # the pass over the sources that it made
    Column("problem", Text),
    sqlite_with_rowid=False,
)

delivery = Table(
    "delivery",
    metadata,
    _number("delivery_id"),
    Column("what", Text, nullable=False),  # weekly, hit, early, trouble, recovered
    Column("subject", Text, nullable=False),  # 2026-W38; post:metric:threshold; trouble number
    Column("recipient", Text, nullable=False),  # an address, or the name of a channel: no secret
    Column("state", Text, nullable=False),  # claimed, waiting, accepted, refused, superseded
    Column("claimed_at", BigInteger, nullable=False),
    Column("settled_at", BigInteger),
    Column("tries", Integer, nullable=False, default=0),
    Column("next_try_at", BigInteger),
    Column("problem", Text),
    Column("path", Text),  # the rendered message, below the mail folder
    UniqueConstraint("what", "subject", "recipient"),
)

trouble = Table(
    "trouble",
    metadata,
    _number("trouble_id"),
    Column("kind", Text, nullable=False),  # source, credential
    Column("account", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("problem", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("announced_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("end_announced_at", BigInteger),
)

summary = Table(
    "summary",
    metadata,
    _number("summary_id"),  # one row a written one
    Column(
        "occasion", Text, nullable=False
    ),  # asked, quarter, now (only the last one stays), export
    Column("period", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("from_at", BigInteger, nullable=False),
    Column("until_at", BigInteger, nullable=False),
    Column("as_of", BigInteger, nullable=False),
    Column("known_by", BigInteger, nullable=False),
)

# ── what people say of posts ──

tag = Table(
    "tag",
    metadata,
    _number("post_id"),
    Column("tag", Text, primary_key=True),
    Column("tagged_at", BigInteger, primary_key=True),
    Column("author", Text, nullable=False),
    Column("removed_at", BigInteger),
    sqlite_with_rowid=False,
)

story_link = Table(
    "story_link",
    metadata,
    _number("post_id"),  # the smaller number
    _number("other_id"),
    Column("told_at", BigInteger, primary_key=True),
    Column("same", Boolean, nullable=False),  # one story on two channels, or said not to be
    Column("author", Text, nullable=False),
    sqlite_with_rowid=False,
)

# ── who may use the page ──

person = Table(
    "person",
    metadata,
    Column("name", Text, primary_key=True),
    Column("role", Text, nullable=False),  # storage.operations.people.ROLES
    Column("password", Text, nullable=False),  # a salted hash
    Column("added_at", BigInteger, nullable=False),
    Column("added_by", Text, nullable=False),
)

sign_in = Table(
    "sign_in",
    metadata,
    Column("subject", Text, primary_key=True),  # a name or an address that gave wrong passwords
    Column("failures", Integer, nullable=False),  # in a row
    Column("failed_at", BigInteger, nullable=False),  # the last of them
)

token = Table(
    "token",
    metadata,
    Column("sha256", Text, primary_key=True),  # of the token
    Column("name", Text, nullable=False),  # where the screen hangs, which program
    Column("purpose", Text, nullable=False),  # storage.operations.tokens.Purpose
    Column("made_at", BigInteger, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("used_at", BigInteger),
    Column("revoked_at", BigInteger),
    Column("revoked_by", Text),
)

upload = Table(
    "upload",
    metadata,
    _number("upload_id"),
    Column("name", Text, nullable=False),  # what the file was called
    Column("size", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Column("added_by", Text, nullable=False),
    Column("state", Text, nullable=False),  # storage.operations.uploads
    Column("account", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("fits", Text, nullable=False),
    Column("found", Text, nullable=False),
)
