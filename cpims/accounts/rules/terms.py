"""The terms of use of an agency: what may be uploaded, and what waits until they are accepted."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from cpims.lib.errors import NotFound, NotPermitted, Problem

LARGEST: Final = 10 * 1024 * 1024
LONGEST_NAME: Final = 255
CONTENT, FILE_NAME = "terms_of_use_base64", "terms_of_use_file_name"


class TermsNotAccepted(NotPermitted):
    """The terms of use of one's agency have to be accepted first."""

    code = "terms_of_use.not_accepted"


class TermsNotFound(NotFound):
    """There are no terms of use here."""

    code = "terms_of_use.not_found"


def owes_terms(*, enforced: bool, enabled: bool, uploaded: datetime | None, accepted: datetime | None) -> bool:
    """Are there terms of use that hold, which she has not accepted since they were uploaded?"""
    return enforced and enabled and uploaded is not None and (accepted is None or accepted < uploaded)


def read_terms(values: Mapping[str, Any]) -> tuple[bytes | None, list[Problem]]:
    """The paper that was sent, nothing when it is to be taken away, and what is wrong with it."""
    sent, name = values.get(CONTENT), values.get(FILE_NAME)
    wrong = [
        Problem(f"/{key}", "text.not_text") for key in (CONTENT, FILE_NAME) if not isinstance(values.get(key, ""), str)
    ]
    if wrong or not isinstance(sent, str):
        return None, wrong or [Problem(f"/{CONTENT}", "terms_of_use.required")]
    if not sent:
        return None, [Problem(f"/{CONTENT}", "terms_of_use.required")] if name else []
    if name is not None and (not name.lower().endswith(".pdf") or len(name) > LONGEST_NAME):
        return None, [Problem(f"/{FILE_NAME}", "terms_of_use.not_pdf")]
    if len(sent) > LARGEST * 4 // 3 + 4:
        return None, [Problem(f"/{CONTENT}", "terms_of_use.too_large", {"most": LARGEST // 1024**2})]
    try:
        content = base64.b64decode(sent, validate=True)
    except (binascii.Error, ValueError):
        return None, [Problem(f"/{CONTENT}", "terms_of_use.not_pdf")]
    if len(content) > LARGEST:
        return None, [Problem(f"/{CONTENT}", "terms_of_use.too_large", {"most": LARGEST // 1024**2})]
    return content, []
