"""Two instances that belong together: the pair, sets of changes, and what was promoted."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from cpims.api.shapes.configuration_versions import ConfigurationChange
from cpims.api.shapes.envelope import Moment, Paged, Shape

ChangeSetState = Literal["draft", "proposed", "approved", "promoted", "rejected", "stale"]


class PairedInstance(Shape):
    """One of the two instances, as far as it is known here."""

    uuid: str
    name: str
    kind: Literal["demo", "production"]
    url: str
    public_key: str = Field(description="Ed25519, base64")
    hash: str | None = Field(description="of its configuration; of the other instance, as it was told last")
    version: int | None = Field(description="number of its newest version")
    closed: bool | None = Field(description="does its configuration change by promotion only?")


class OtherInstance(PairedInstance):
    """The other instance of the pair."""

    paired_at: Moment


class FoundDrift(Shape):
    """This instance is configured otherwise than its newest version says."""

    found_at: Moment
    expected: str
    found: str
    changes: list[ConfigurationChange] = Field(description="the first 200")
    total: int


class PairStanding(Shape):
    """This instance and the other one, and how they stand to each other."""

    model_config = ConfigDict(strict=True, populate_by_name=True)

    here: PairedInstance = Field(alias="self")
    other: OtherInstance | None
    state: Literal["in_sync", "ahead", "diverged", "unpaired", "unknown"] = Field(
        description="ahead: demo holds changes that are not in production yet; diverged: production was changed by another road"
    )
    since: Moment | None
    drift: FoundDrift | None
    checked_at: Moment | None


class PairWrite(Shape):
    """The other instance, as its own page or ``cpims promotion key`` tells it."""

    uuid: str
    name: str = Field(max_length=200)
    kind: Literal["demo", "production"]
    url: str = Field(max_length=500)
    public_key: str


class ChangeSetOpen(Shape):
    """What the set is for; ``state_file`` is production's signed file when production cannot be reached."""

    title: str
    reason: str = ""
    state_file: dict[str, Any] | None = None


class ChangeSetWrite(Shape):
    """What to change of a draft; what is not named stays."""

    title: str | None = None
    reason: str | None = None
    chosen: list[str] | None = Field(None, description="ids of changes")


class ChangeSet(Shape):
    """Changes that go to production together."""

    id: str
    number: int
    title: str
    reason: str
    state: ChangeSetState
    base_hash: str = Field(description="what stood in production when the set was made")
    target_hash: str | None = Field(description="what production stands at afterwards; fixed when the set is proposed")
    total: int = Field(description="how many changes could be chosen")
    chosen: int
    created_by: str
    created_at: Moment
    proposed_by: str | None
    proposed_at: Moment | None
    approved_by: str | None
    approved_at: Moment | None
    rejected_by: str | None
    rejected_at: Moment | None
    rejected_reason: str
    promoted_by: str | None
    promoted_at: Moment | None
    actions: list[str] = Field(
        description="what the viewer may do with it now: change, propose, approve, reject, promote, file"
    )


class ChoosableChange(ConfigurationChange):
    """One change that may be chosen or left out."""

    id: str
    chosen: bool
    needs: list[str] = Field(description="ids of changes that this one cannot go without")


class ChangeSetProblem(Shape):
    """Why the set cannot go as it is chosen."""

    code: str
    params: dict[str, Any]
    change: str | None = Field(description="id of the change that it is about")


class WholeChangeSet(ChangeSet):
    """A set with its changes (a page of them) and what stands against it."""

    changes: list[ChoosableChange]
    problems: list[ChangeSetProblem]


class ChangesPage(Paged):
    """Where this page of the changes lies."""


class RejectionSent(Shape):
    """Why."""

    reason: str


class PromotionSent(Shape):
    """A signed file: its text, or what it holds."""

    file: str | None = None
    content: dict[str, Any] | None = None


class Promotion(Shape):
    """Changes that came to this instance."""

    id: str
    title: str
    reason: str
    before: str
    after: str
    version: int
    source: Literal["https", "file"]
    proposed_by: str
    approved_by: str
    received_by: str | None = Field(description="who uploaded the file; null when the other instance sent it")
    received_at: Moment
    again: bool = Field(False, description="it was here before: nothing was changed")
    rolled_back_at: Moment | None
    rolled_back_by: str | None
    can_roll_back: bool


class PairAnswer(Shape):
    """What one instance answers the other; signed in the header."""

    model_config = ConfigDict(strict=True, extra="allow")


class SignedFile(Shape):
    """What was signed, and the signature over it."""

    signed: dict[str, Any]
    signature: str
