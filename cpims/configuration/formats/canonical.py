"""A whole configuration as one document: the same configuration gives the same bytes, and so the same hash."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Mapping
from typing import Any, Final

from cpims.lib.errors import Invalid, Problem
from cpims.lib.json import BadJson, canonical, loads

FORMAT: Final = "cpims-configuration/1"
#: The longest document that is read, before and after it is unpacked.
LONGEST: Final = 64 * 1024 * 1024
Document = Mapping[str, Any]


class DocumentInvalid(Invalid):
    """This is not a configuration that can be read here."""

    code = "configuration.document_invalid"


def _texts(value: Any) -> bool:
    return isinstance(value, dict)


def _things(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, dict) for one in value.values())


def _forms(value: Any) -> bool:
    return _things(value) and all(_listed(one.get("fields"), "name") for one in value.values())


def _lookups(value: Any) -> bool:
    return _things(value) and all(_listed(one.get("values"), "id") for one in value.values())


def _listed(value: Any, key: str) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) and isinstance(one.get(key), str) for one in value)


#: Every part of a document and what it must be.
PARTS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "settings": _texts,
    "contact_information": _texts,
    "code_of_conduct": _texts,
    "modules": _things,
    "lookups": _lookups,
    "locations": _things,
    "agencies": _things,
    "user_groups": _things,
    "forms": _forms,
    "roles": _things,
    "grants": _things,
}


def written(document: Document) -> bytes:
    """The bytes of a document; its hash is over them."""
    return canonical(document)


def hash_of(content: bytes) -> str:
    """The hash by which a configuration is known."""
    return hashlib.sha256(content).hexdigest()


def packed(content: bytes) -> bytes:
    """The bytes as they are kept."""
    return zlib.compress(content, 9)


def unpacked(content: bytes) -> bytes:
    """The bytes as they were written."""
    return zlib.decompress(content)


def read_document(content: bytes) -> Document:
    """A document from its bytes.

    Raises: DocumentInvalid.
    """
    if len(content) > LONGEST:
        raise DocumentInvalid([Problem("", "configuration.document_too_long", {"limit": LONGEST})])
    try:
        return checked_document(loads(content))
    except BadJson as error:
        raise DocumentInvalid([Problem("", "body.malformed")]) from error


def checked_document(value: Any) -> Document:
    """A value that has every part of a configuration, and no other.

    Raises: DocumentInvalid, with every part that is missing, unknown or of another shape.
    """
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise DocumentInvalid([Problem("/format", "configuration.format_unknown", {"format": FORMAT})])
    problems = [
        Problem(f"/{part}", "configuration.part_invalid", {"part": part})
        for part, fits in PARTS.items()
        if not fits(value.get(part))
    ]
    problems += [
        Problem(f"/{part}", "configuration.part_unknown", {"part": part})
        for part in value
        if part not in PARTS and part != "format"
    ]
    if problems:
        raise DocumentInvalid(problems)
    return value
