"""Cases, their history, and who has seen them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from cpims.api.shapes.envelope import Changed, Day, Ignored, Moment, Paged, Shape

RecordAction = Literal[
    "close",
    "reopen",
    "enable_disable_record",
    "add_note",
    "services_section_from_case",
    "incident_details_from_case",
    "attribute",
    "incident_from_case",
    "add_registry_record",
    "case_from_family",
    "link_family_record",
]


class Case(Shape):
    """A child's case as this viewer may read it: the fixed names below, and the answers of every form she may read.

    Stored answers without a value are left out. ``name`` is asterisks where the child's names are hidden.
    """

    model_config = ConfigDict(strict=True, extra="allow")

    id: str
    enabled: bool
    last_updated_at: Moment
    case_id_display: str | None = None
    short_id: str | None = None
    module_id: str | None = None
    name: str | None = None
    age: int | None = None
    sex: str | None = None
    status: str | None = None
    workflow: str | None = None
    record_state: bool | None = None
    hidden_name: bool | None = None
    owned_by: str | None = None
    owned_by_full_name: str | None = None
    owned_by_agency_id: str | None = None
    created_at: Moment | None = None
    registration_date: Day | None = None
    date_closure: Day | None = None
    risk_level: str | None = None
    flag_count: int | None = None
    alert_count: int | None = None
    record_in_scope: bool | None = None
    permitted_forms: dict[str, Literal["r", "rw"]] | None = Field(
        None, description="where a role was lent with a referral: the forms with which she sees the case, and no others"
    )
    permitted_form_actions: dict[str, list[str]] | None = None


class AnyRecord(Shape):
    """A record as this viewer may read it: the fixed names below, and the answers of every form she may read.

    Stored answers without a value are left out.
    """

    model_config = ConfigDict(strict=True, extra="allow")

    id: str
    enabled: bool
    last_updated_at: Moment
    short_id: str | None = None
    module_id: str | None = None
    status: str | None = None
    record_state: bool | None = None
    owned_by: str | None = None
    owned_by_full_name: str | None = None
    owned_by_agency_id: str | None = None
    created_at: Moment | None = None
    date_closure: Day | None = None
    flag_count: int | None = None
    alert_count: int | None = None
    record_in_scope: bool | None = None


class Incident(AnyRecord):
    """Something that happened to a child, or a violation."""

    incident_id_display: str | None = None
    incident_code: str | None = None
    incident_case_id: str | None = Field(None, description="the case that it was opened on")
    case_id_display: str | None = None
    incident_date: Day | None = None
    incident_date_derived: Day | None = Field(
        None, description="its day, or the first of the days over which it happened"
    )
    date_of_first_report: Day | None = None
    survivor_code: str | None = None


class TracingRequest(AnyRecord):
    """Somebody looks for one or more children."""

    tracing_request_id_display: str | None = None
    relation_name: str | None = None
    inquiry_date: Day | None = None
    tracing_names: list[str] | None = Field(None, description="the names of all the children who are looked for")
    tracing_request_subform_section: list[dict[str, Any]] | None = Field(None, description="one row for each child")


class Family(AnyRecord):
    """A family, with its members."""

    family_id_display: str | None = None
    family_name: str | None = None
    family_number: str | None = None
    family_registration_date: Day | None = None
    family_members: list[dict[str, Any]] | None = Field(None, description="one row for each member")


class RegistryRecord(AnyRecord):
    """Somebody who is registered beside the children: a foster carer, a farmer."""

    registry_id_display: str | None = None
    registry_type: str | None = None
    registry_no: str | None = None
    name: str | None = Field(None, description="asterisks where it is hidden")
    registration_date: Day | None = None


class CaseAnswers(Shape):
    """Answers by the name of their question; for a new case also ``id`` (made by the client) and ``module_id``.

    Rows of a subform are merged by ``unique_id``; ``_destroy: true`` removes one.
    """

    model_config = ConfigDict(strict=True, extra="allow")

    id: str | None = None
    module_id: str | None = None


class Seen(Shape):
    """What the worker saw when she began: an edit of the same answer by somebody else meanwhile is then a conflict."""

    revision: int
    values: dict[str, Any]


class NewCase(Shape):
    """A child to be registered."""

    data: CaseAnswers


class CaseEdit(Shape):
    """Answers that changed, perhaps with one act, and what was seen before."""

    data: CaseAnswers | None = None
    record_action: RecordAction | None = None
    base: Seen | None = None


class RecordEdit(Shape):
    """Answers that changed, perhaps with one act, and what was seen before."""

    data: CaseAnswers | None = None
    record_action: Literal["close", "reopen", "enable_disable_record"] | None = None
    base: Seen | None = None


class Missing(Shape):
    """Something that is still to be answered."""

    pointer: str
    code: str
    form: str | None = None


class CaseRead(Changed):
    """The revision of a case, and what is still missing on it as far as this viewer may read."""

    revision: int
    incomplete: list[Missing]
    notices: list[Ignored] | None = None
    age_recorded_on: str | None = Field(None, description="the day on which the age was last written down")
    quarantined: int | None = Field(
        None, description="answers of others that wait for her decision; for the owner only"
    )


class CaseList(Paged):
    """Where in the list this page lies."""

    next: str | None = Field(None, description="send it as ``after`` with the same request to go on from here")


class Match(Shape):
    """Why a search found a record."""

    kind: str = Field(
        description="name_same, name_beginning, name_sound, name_script (the same in another script), name_near (a typing "
        "error away), name_some (not every word), identifier, identifier_part, phone"
    )
    field: str = Field(description="the field that was found")


class CaseFinds(CaseList):
    """Where in the list this page lies, and why a search found its cases."""

    reasons: dict[str, Match] | None = Field(None, description="the reason for each id of the page, in a search")


class CaseSearch(Shape):
    """A list request in a body: the same names as the list's query parameters, filters among them."""

    model_config = ConfigDict(strict=True, extra="allow")

    query: str | None = None
    any: bool | None = Field(None, description="names, codes and telephone numbers at once")
    phonetic: bool | None = Field(None, description="names that sound alike, in any script")
    phone_number: bool | None = None
    id_search: bool | None = None
    fields: str | list[str] | None = Field(None, description="``short``, or names")
    order_by: str | None = None
    order: Literal["asc", "desc"] | None = None
    page: int | None = None
    per: int | None = None
    after: str | None = Field(None, description="where an earlier page of the same list ended (its ``next``)")


class ListSheet(CaseSearch):
    """A list as a spreadsheet: the same request as for the list, without pages."""

    columns: list[str] | None = Field(None, description="names of questions, in order; usual ones when nothing is said")
    locale: str | None = Field(None, description="one of the instance's languages; hers when nothing is said")


class CountsAsked(Shape):
    """Which questions are counted, in which list. A question's own filter does not narrow its own counts."""

    model_config = ConfigDict(strict=True, extra="forbid")

    filters: dict[str, Any] = Field(default_factory=dict, description="as in the list")
    fields: list[str] = Field(description="names; ``loc:<question><level>`` counts places of a level")


class ValueCount(Shape):
    """How many cases have a value; ``capped``: that many or more."""

    value: str
    count: int
    capped: bool


class FieldCounts(Shape):
    """The values of a question that occur in a list."""

    field: str
    values: list[ValueCount]


class Counted(Shape):
    """How many there are; ``total_exact`` is false when there are more than 10,000 and the total is an estimate."""

    total: int
    total_exact: bool


class AnswerChange(Shape):
    """What an answer was before, and what it is after."""

    before: Any = Field(alias="from")
    to: Any


class HistoryEntry(Shape):
    """One change of a record, by today's field rights."""

    record_id: str
    record_type: str
    datetime: Moment
    user_name: str
    action: Literal["create", "update", "flag", "unflag"]
    record_changes: list[dict[str, AnswerChange]] = Field(description="``{field: {from, to}}`` each")
    event: str
    recorded_at: Moment
    revision: int | None


class TimelineEntry(Shape):
    """One thing that happened to a case, in the words of the work; what is empty is left out."""

    what: str = Field(description="what happened: registered, risk, assessed, service_done, referral_sent, closed …")
    at: Moment
    user_name: str
    full_name: str | None = None
    on: Day | None = Field(None, description="the day that was written down for it")
    question: str | None = Field(
        None, description="what ``value`` and ``before`` answer: a name, ``rows.name``, or ``approval``"
    )
    value: Any = None
    before: Any = None
    why: str | None = Field(None, description="the reason, or what was said with it")
    person: str | None = Field(None, description="the other one: to whom a case was handed on, or who had asked")
    names: list[str] | None = Field(None, description="of ``amended``: the first questions whose answers were changed")
    count: int | None = Field(None, description="of ``amended``: how many there were")


class StoryRead(Shape):
    """Where the story goes on."""

    next: int | None = Field(description="send it as ``before`` for what happened earlier; null when this was all")


class AccessEntry(Shape):
    """One time that somebody opened or changed a record."""

    id: int
    timestamp: Moment
    action: str
    record_type: str
    record_id: str
    user_name: str
    full_name: str | None
    role_name: str | None
