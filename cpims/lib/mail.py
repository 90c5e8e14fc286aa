"""Mail: over SMTP where an operator named a server, otherwise as files in the instance's own folder."""

from __future__ import annotations

import os
import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings

from cpims.lib.clock import now
from cpims.lib.ids import new_id

PATIENCE = 20.0


class CannotSend(RuntimeError):
    """The mail could not be handed over; it may be tried again."""


class MailRefused(CannotSend):
    """The mail server refuses this address, or the address is none: trying again does not help."""


def send_mail(*, to: str, subject: str, text: str, key: str = "") -> bool:
    """Send one mail to one person; answers whether a mail server took it, for without one it is kept as a file.

    What may be sent again after a crash has a ``key``: both have one Message-ID, one file.
    Raises: CannotSend, MailRefused.
    """
    message = EmailMessage()
    try:
        message["From"] = settings.ENVIRONMENT.mail_from
        message["To"] = Address(addr_spec=to)
        message["Subject"] = " ".join(subject.split())
    except (ValueError, IndexError) as error:
        raise MailRefused("the address cannot be used") from error
    message["Date"] = format_datetime(now())
    message["Message-ID"] = f"<{key}@cpims.invalid>" if key else make_msgid(domain="cpims.invalid")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    url = settings.ENVIRONMENT.mail_url
    if url:
        _hand_over(url, message)
        return True
    _keep(settings.ENVIRONMENT.data / "mail", message, key)
    return False


def _keep(folder: Path, message: EmailMessage, key: str) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark = new_id().hex[:8]
    begun = folder / f".{mark}"
    handle = os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(bytes(message))
    begun.rename(folder / f"{key or f'{now():%Y%m%dT%H%M%S%f}-{mark}'}.eml")


def _hand_over(url: str, message: EmailMessage) -> None:
    """``smtp://user:password@host:587`` (encrypted by STARTTLS; ``?tls=never`` for a server on this machine) or ``smtps://``."""
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    plain = parse_qs(parts.query).get("tls") == ["never"]
    context = ssl.create_default_context()
    try:
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=PATIENCE, context=context)
        elif parts.scheme == "smtp":
            server = smtplib.SMTP(host, parts.port or (25 if plain else 587), timeout=PATIENCE)
        else:
            raise CannotSend("CPIMS_MAIL_URL must begin with smtp:// or smtps://")
        with server:
            if parts.scheme == "smtp" and not plain:
                server.starttls(context=context)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        for_ever = all(code >= 500 for code, _ in error.recipients.values())
        raise (MailRefused if for_ever else CannotSend)(type(error).__name__) from error
    except (OSError, smtplib.SMTPException) as error:
        raise CannotSend(type(error).__name__) from error
