"""Every table of every room, gathered for Django; the tables themselves live in their rooms."""

from cpims.accounts.models import Agency, Role, Session, SignInTry, User, UserGroup
from cpims.audit.models import ChangeEntry, SightingEntry, SubjectKey
from cpims.forms.models import Field, Form, FormGrant
from cpims.locations.models import Location
from cpims.lookups.models import Lookup
from cpims.modules.models import Module
from cpims.records.models import Quarantine, Record
from cpims.settings.models import Instance
from cpims.sync.models import Receipt

__all__ = [
    "Agency",
    "ChangeEntry",
    "Field",
    "Form",
    "FormGrant",
    "Instance",
    "Location",
    "Lookup",
    "Module",
    "Quarantine",
    "Receipt",
    "Record",
    "Role",
    "Session",
    "SightingEntry",
    "SignInTry",
    "SubjectKey",
    "User",
    "UserGroup",
]
