"""The keys that identify a post: the platform's id, else the canonical address, else account, time and title
(docs/definitions.md §14). Two rows of one file that carry no id are never merged."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from adapters.records import Post

#: Parameters that say how a reader came, not what is read.
_TRACKING = re.compile(
    r"(utm_\w+|spm\w*|from|share\w*|scene|chksm|key|pass_ticket|xsec_\w+|timestamp|wx\w+|isappinstalled"
    r"|is_from_webapp|app|source|ref\w*|vd_source|_t|tt_from|from_\w+|gclid|fbclid|bd_vid|nsukey|mpshare|srcid|ascene|clicktime|enterid"
    r"|exportkey|acctmode|tracelog)",
    re.IGNORECASE,
)
_HASHTAG = re.compile(r"#[^#\s]+#?")
_SIGNS = re.compile(r"[\W_]+")
#: Signs of a key beyond which it is cut. An index of PostgreSQL holds 2,704 bytes, a sign has up to four. Keys are on
#: record: another number here needs a migration (0003 is that of this one).
LONGEST = 600
_ZERO_WIDTH = re.compile(r"[\u200b\u200c\u200d\u2060\ufeff]+")


def canonical(url: str) -> str:
    """An address without scheme, fragment and tracking parameters, so that two ways to one page are one.
    Empty where it is no web address."""
    parts = urlsplit(url.strip().replace("&amp;", "&"))  # as a page's source writes it
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return ""
    query = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _TRACKING.fullmatch(name)
    )
    path = parts.path.rstrip("/") or "/"
    return urlunsplit(("", parts.netloc.lower(), path, urlencode(query), "")).removeprefix("//")


def normal_title(title: str) -> str:
    """A title as it is compared: without blanks and zero-width signs, full-width forms folded."""
    text = "".join(unicodedata.normalize("NFKC", title).split())
    return text if text.isprintable() else _ZERO_WIDTH.sub("", text)


def loose_title(title: str) -> str:
    """A title by its words alone: without hashtags, blanks, punctuation and emoji, which exports and pages write
    differently; of one that is nothing but hashtags, their words. Empty where there is no word at all."""
    folded = unicodedata.normalize("NFKC", title)
    bare = _SIGNS.sub("", _HASHTAG.sub("", folded)) or _SIGNS.sub("", folded)
    return bare.casefold()


def stored(key: str) -> str:
    """A key as it stands on record: a long one (a caption of a thousand signs as a title) gives way from its middle
    on to the digest of all of it."""
    if len(key) <= LONGEST:
        return key
    digest = sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{key[: LONGEST // 2]}~{digest}"


def sure_keys(key: str, url: str) -> list[str]:
    """The keys of a platform's id and of an address ("": none), the surest first, as they stand on record."""
    found = [stored(f"id:{key}")] if key else []
    if url and (address := canonical(url)):
        found.append(stored(f"url:{address}"))
    return found


def strong_keys(post: Post) -> Sequence[str]:
    """The keys that alone say which post it is, the surest first."""
    return sure_keys(post.key, post.url) if post.key or post.url else ()


def weak_key(post: Post, second: int | None = None) -> str:
    """Account + publish time + title, for sources without ids; the outlet of a placement belongs to it. ``second``: the
    publish time in UTC, where it is known already."""
    moment, when = post.published_at, ""
    if moment is not None:
        known = int(moment.timestamp()) if second is None else second
        when = f"{moment:%Y%m%d}" if post.date_only else str(known)
    outlet = post.details.get("outlet", "")
    return stored(f"at:{when}|{normal_title(post.title)}" + (f"|{outlet}" if outlet else ""))
