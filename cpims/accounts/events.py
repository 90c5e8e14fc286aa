"""What can have happened to accounts, roles, agencies and user groups. Never a password, a link or a digest of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cpims.audit.events import Event


@dataclass(frozen=True, kw_only=True)
class UserCreated(Event):
    """Somebody was given an account."""

    name: ClassVar[str] = "user.created"


@dataclass(frozen=True, kw_only=True)
class UserChanged(Event):
    """An account was changed."""

    name: ClassVar[str] = "user.changed"


@dataclass(frozen=True, kw_only=True)
class UserDisabled(Event):
    """An account was switched off; its sessions ended."""

    name: ClassVar[str] = "user.disabled"


@dataclass(frozen=True, kw_only=True)
class UserEnabled(Event):
    """An account was switched on again."""

    name: ClassVar[str] = "user.enabled"


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(Event):
    """The password of an account was changed, by herself or by somebody else."""

    name: ClassVar[str] = "user.password_changed"


@dataclass(frozen=True, kw_only=True)
class PasswordResetRequested(Event):
    """Somebody asked for a link to set a new password."""

    name: ClassVar[str] = "user.password_reset_requested"


@dataclass(frozen=True, kw_only=True)
class AdministratorInvited(Event):
    """The first administrator was given her one-time link."""

    name: ClassVar[str] = "user.administrator_invited"


@dataclass(frozen=True, kw_only=True)
class UserInvited(Event):
    """Somebody was invited by a one-time link; ``about`` says by mail or by the operator."""

    name: ClassVar[str] = "user.invited"


@dataclass(frozen=True, kw_only=True)
class InvitationSent(Event):
    """An invitation was sent; ``about`` says whether a mail server took it."""

    name: ClassVar[str] = "user.invitation_sent"


@dataclass(frozen=True, kw_only=True)
class InvitationFailed(Event):
    """An invitation could not be sent; ``about`` says why."""

    name: ClassVar[str] = "user.invitation_failed"


@dataclass(frozen=True, kw_only=True)
class InvitationOpened(Event):
    """Somebody opened the link of an invitation for the first time."""

    name: ClassVar[str] = "user.invitation_opened"


@dataclass(frozen=True, kw_only=True)
class RoleCreated(Event):
    """A role was made."""

    name: ClassVar[str] = "role.created"


@dataclass(frozen=True, kw_only=True)
class RoleChanged(Event):
    """A role was changed."""

    name: ClassVar[str] = "role.changed"


@dataclass(frozen=True, kw_only=True)
class RoleRetired(Event):
    """A role that nobody holds was put away."""

    name: ClassVar[str] = "role.retired"


@dataclass(frozen=True, kw_only=True)
class AgencyCreated(Event):
    """An agency was entered."""

    name: ClassVar[str] = "agency.created"


@dataclass(frozen=True, kw_only=True)
class AgencyChanged(Event):
    """An agency was changed."""

    name: ClassVar[str] = "agency.changed"


@dataclass(frozen=True, kw_only=True)
class AgencyDisabled(Event):
    """An agency was switched off."""

    name: ClassVar[str] = "agency.disabled"


@dataclass(frozen=True, kw_only=True)
class UserGroupCreated(Event):
    """A user group was made."""

    name: ClassVar[str] = "user_group.created"


@dataclass(frozen=True, kw_only=True)
class UserGroupChanged(Event):
    """A user group was changed."""

    name: ClassVar[str] = "user_group.changed"


@dataclass(frozen=True, kw_only=True)
class UserGroupDisabled(Event):
    """A user group that nobody belongs to was put away."""

    name: ClassVar[str] = "user_group.disabled"


@dataclass(frozen=True, kw_only=True)
class CodeOfConductPublished(Event):
    """A code of conduct was published; everybody is asked to accept it."""

    name: ClassVar[str] = "code_of_conduct.published"


@dataclass(frozen=True, kw_only=True)
class DeviceRegistered(Event):
    """Somebody's browser was registered as a device of hers; ``about`` names it."""

    name: ClassVar[str] = "device.registered"


@dataclass(frozen=True, kw_only=True)
class DeviceRenamed(Event):
    """A device was given another name."""

    name: ClassVar[str] = "device.renamed"


@dataclass(frozen=True, kw_only=True)
class DeviceRevoked(Event):
    """A device was revoked; its sessions ended, and at its next contact it hands over and wipes itself."""

    name: ClassVar[str] = "device.revoked"


@dataclass(frozen=True, kw_only=True)
class DeviceWiped(Event):
    """A device confirmed that it holds nothing any more."""

    name: ClassVar[str] = "device.wiped"
