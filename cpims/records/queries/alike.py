"""Records that may speak of a person, by the index of keys: they alone are compared."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from cpims.access.rules.viewer import Viewer
from cpims.matching.rules.candidates import CandidateKeys
from cpims.records.models import RecordQuerySet
from cpims.records.queries.searching import (
    CANDIDATES,
    NOBODY,
    gather_ids,
    identifier_names,
    phone_names,
    with_names,
)
from cpims.records.queries.setup import readable_fields

#: So many of one telephone number, or of one number of a card, are looked at; more share it in a camp.
MOST_OF_A_PHONE = 40


def find_alike(ours: RecordQuerySet, keys: CandidateKeys, *, kind: str, viewer: Viewer) -> list[UUID]:
    """Of ``ours``, the records that may speak of the person of these keys, at most 150, the likeliest ways first.

    Shows: records whose keys are of fields that she reads; hidden names answer their owner alone.
    """
    branches = [(with_names(kind, viewer, way.groups), way.most) for way in keys.ways]
    readable = readable_fields(viewer, kind, None)
    if branches and keys.born is not None and readable & {"age", "date_of_birth"}:
        strictest, most = branches[0]
        first, last = keys.born
        branches.insert(0, (strictest & Q(birth_from__lte=last, birth_to__gte=first), most))
    names = phone_names(kind, readable)
    if keys.phones and names:
        told = [f"{name}={key}" for name in names for key in keys.phones]
        branches.insert(0, (Q(phones__overlap=told), MOST_OF_A_PHONE))
    numbers = [f"{name}={key}" for name, key in keys.identifiers if name in identifier_names(kind, readable)]
    if numbers:
        branches.insert(0, (Q(identifiers__overlap=numbers), MOST_OF_A_PHONE))
    return gather_ids(ours, [(condition, most) for condition, most in branches if condition != NOBODY])[:CANDIDATES]
