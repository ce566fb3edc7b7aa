"""Messages ready to be sent: one recipient each, Chinese subjects and file names as the standards want them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from reports import wording
from reports.mail.rendering import Rendered
from reports.weekly import Weekly

#: 7-bit: any server takes it.
POLICY = SMTP.clone(cte_type="7bit")
_OFFICE = "vnd.openxmlformats-officedocument."
#: Ending of an attached file → its type.
_TYPES = {"docx": f"{_OFFICE}wordprocessingml.document", "xlsx": f"{_OFFICE}spreadsheetml.sheet"}


@dataclass(frozen=True, slots=True)
class Envelope:
    """From whom, to whom, when. ``name`` stands before the sender's address."""

    name: str
    sender: str
    recipient: str
    now: datetime


def plain(envelope: Envelope, subject: str, text: str, *, about: str) -> EmailMessage:
    """A message of text alone; ``about`` tells it from others (it goes into the Message-ID)."""
    message = _headed(envelope, subject, about)
    message.set_content(text, cte="base64")
    return message


def weekly(envelope: Envelope, value: Weekly, rendered: Rendered) -> EmailMessage:
    """The weekly mail: text, HTML, the paper and the workbook."""
    message = _headed(envelope, value.subject, f"weekly.{value.name}")
    message.set_content(rendered.text, cte="base64")
    message.add_alternative(rendered.html, subtype="html", cte="base64")
    for ending, content in (("docx", rendered.paper), ("xlsx", rendered.workbook)):
        message.add_attachment(
            content, maintype="application", subtype=_TYPES[ending], filename=f"{file_name(value)}.{ending}"
        )  # fmt: skip
    return message


def file_name(value: Weekly) -> str:
    """``周报-2026-W38``, fit for any file system."""
    return f"周报-{value.name}"


def _headed(envelope: Envelope, subject: str, about: str) -> EmailMessage:
    message = EmailMessage(policy=POLICY)
    message["Subject"] = wording.line(subject)
    sender = wording.line(envelope.name)
    message["From"] = Address(display_name=sender, addr_spec=envelope.sender)
    message["To"] = Address(addr_spec=envelope.recipient)
    message["Date"] = format_datetime(envelope.now)
    message["Message-ID"] = _number(envelope, about)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    return message


def _number(envelope: Envelope, about: str) -> str:
    """The same for the same message to the same recipient at the same moment."""
    told = f"{about}\n{envelope.sender}\n{envelope.recipient}\n{envelope.now.isoformat()}"
    domain = envelope.sender.rpartition("@")[2]
    return f"<{hashlib.sha256(told.encode()).hexdigest()[:32]}@{domain}>"
