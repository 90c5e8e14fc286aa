"""Every table of every room, gathered for Django; the tables themselves live in their rooms."""

from cpims.accounts.models import Agency, CodeOfConduct, Device, Invitation, Role, Session, SignInTry, User, UserGroup
from cpims.attachments.models import Attachment, Erasure, Upload
from cpims.audit.models import ChangeEntry, SightingEntry, SubjectKey
from cpims.bulk.models import BulkCase, BulkJob
from cpims.cases.models import DuplicateCheck, Task
from cpims.configuration.models import ConfigurationDocument, ConfigurationVersion
from cpims.families.models import CaseRelationship, FamilyLink
from cpims.flags.models import Flag
from cpims.forms.models import Field, Form, FormGrant
from cpims.imports.models import ImportRun
from cpims.locations.models import Location
from cpims.lookups.models import Lookup
from cpims.modules.models import Module
from cpims.notices.models import Alert, Notice, NoticeMark
from cpims.promotion.models import ChangeSet, Drift, Pair, PairNonce, Promotion
from cpims.records.models import Derivation, Quarantine, Record, SavedSearch, Sighted
from cpims.rollout.models import AcceptedDifference, Attestation, GateStanding, OtherSide, Requirements, Waiver
from cpims.settings.models import ContactInformation, Instance
from cpims.sync.models import Handover, Receipt
from cpims.tracing.models import Rematch, Trace, TraceMatch
from cpims.transitions.models import Consent, Transition

__all__ = [
    "AcceptedDifference",
    "Agency",
    "Alert",
    "Attachment",
    "Attestation",
    "BulkCase",
    "BulkJob",
    "CaseRelationship",
    "ChangeEntry",
    "ChangeSet",
    "CodeOfConduct",
    "ConfigurationDocument",
    "ConfigurationVersion",
    "Consent",
    "ContactInformation",
    "Derivation",
    "Device",
    "Drift",
    "DuplicateCheck",
    "Erasure",
    "FamilyLink",
    "Field",
    "Flag",
    "Form",
    "FormGrant",
    "GateStanding",
    "Handover",
    "ImportRun",
    "Instance",
    "Invitation",
    "Location",
    "Lookup",
    "Module",
    "Notice",
    "NoticeMark",
    "OtherSide",
    "Pair",
    "PairNonce",
    "Promotion",
    "Quarantine",
    "Receipt",
    "Record",
    "Rematch",
    "Requirements",
    "Role",
    "SavedSearch",
    "Session",
    "Sighted",
    "SightingEntry",
    "SignInTry",
    "SubjectKey",
    "Task",
    "Trace",
    "TraceMatch",
    "Transition",
    "Upload",
    "User",
    "UserGroup",
    "Waiver",
]
