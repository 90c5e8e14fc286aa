"""What an answer tells about a person: the class that exports and masks go by. Most fields get it from their type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

#: ``likeness`` is a face, a voice, a handwriting, a paper; ``none`` tells nothing that points at or harms a person.
PRIVACY: Final = ("name", "contact", "location", "identifier", "health", "violence", "free_text", "likeness", "none")
#: Types that hold no answer of their own.
WITHOUT_ANSWER: Final = frozenset({"separator", "subform", "custom", "link_to_form"})
UPLOADS: Final = frozenset({"photo_upload_box", "audio_upload_box", "document_upload_box", "signature"})
PLACES: Final = frozenset({"Location", "ReportingLocation"})
PEOPLE: Final = frozenset({"Agency", "User", "UserGroup"})

#: Words in the name of a field, and the class that they suggest; the first that fits counts.
_SPOKEN: Final[Mapping[str, frozenset[str]]] = {
    kind: frozenset(words.split())
    for kind, words in {
        "violence": "violence abuse abused rape gbv perpetrator exploitation trafficking trafficked neglect armed weapon "
        "torture maltreatment survivor assault harm suicide",
        "health": "health medical disability disabilities disabled hiv pregnant pregnancy diagnosis medication injury "
        "injuries illness disease vaccination nutrition psychosocial impairment",
        "contact": "telephone phone mobile email whatsapp contact",
        "location": "address landmark village street camp tent gps latitude longitude coordinates whereabouts",
        "name": "name names nickname nicknames surname",
        "identifier": "number id ids code passport serial birth certificate card ref un unhcr rc icrc registry",
    }.items()
}
#: The suggestions that count for answers that are chosen or counted; texts heed all of them.
_CHOSEN: Final = frozenset({"violence", "health"})
_DATED: Final = frozenset({"birth", "dob"})


def usual_class(field: Mapping[str, Any]) -> str | None:
    """The class that the type of a field gives it; nothing for a short text, which may hold anything."""
    kind, source = field.get("type"), field.get("option_strings_source")
    if kind == "textarea":
        return "free_text"
    if kind == "text_field":
        return "contact" if field.get("phone_number") else None
    if kind in UPLOADS:
        return "likeness"
    return "location" if source in PLACES else "none"


def suggested_class(field: Mapping[str, Any]) -> str | None:
    """The class that the name of a field suggests, where its type alone does not say enough."""
    kind, words = field.get("type"), set(str(field.get("name", "")).split("_"))
    if (
        kind in WITHOUT_ANSWER
        or usual_class(field) not in (None, "none")
        or field.get("option_strings_source") in PEOPLE
    ):
        return None
    if kind == "date_field":
        return "identifier" if words & _DATED else None
    spoken = next((name for name, signs in _SPOKEN.items() if words & signs), None)
    if kind == "text_field":
        return spoken or "free_text"
    return spoken if spoken in _CHOSEN else None


def class_of(field: Mapping[str, Any]) -> str:
    """The class that holds for a field: what was decided, else its type's, else the strictest that its name suggests."""
    decided = field.get("privacy")
    if decided in PRIVACY:
        return str(decided)
    return suggested_class(field) or usual_class(field) or "free_text"
