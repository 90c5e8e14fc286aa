"""How accounts say no."""

from __future__ import annotations

from cpims.lib.errors import Conflict, Invalid, NotFound, TooMany, Unauthenticated


class UserNotFound(NotFound):
    """There is no such account, or not for this person."""

    code = "user.not_found"


class UserInvalid(Invalid):
    """Something about the account is wrong."""

    code = "user.invalid"


class UserExists(Conflict):
    """An account with this number is there already."""

    code = "user.exists"


class LastSuperUser(Conflict):
    """The instance would be left without anybody who may do everything."""

    code = "user.last_super_user"


class NotYourself(Conflict):
    """Nobody switches off her own account."""

    code = "user.not_yourself"


class RoleNotFound(NotFound):
    """There is no such role, or not for this person."""

    code = "role.not_found"


class RoleInvalid(Invalid):
    """Something about the role is wrong."""

    code = "role.invalid"


class RoleExists(Conflict):
    """A role with this id is there already."""

    code = "role.exists"


class RoleHeld(Conflict):
    """Somebody holds this role, so it cannot be put away."""

    code = "role.held"


class AgencyNotFound(NotFound):
    """There is no such agency, or not for this person."""

    code = "agency.not_found"


class AgencyInvalid(Invalid):
    """Something about the agency is wrong."""

    code = "agency.invalid"


class AgencyExists(Conflict):
    """An agency with this id or code is there already."""

    code = "agency.exists"


class GroupNotFound(NotFound):
    """There is no such user group, or not for this person."""

    code = "user_group.not_found"


class GroupInvalid(Invalid):
    """Something about the user group is wrong."""

    code = "user_group.invalid"


class GroupExists(Conflict):
    """A user group with this id is there already."""

    code = "user_group.exists"


class GroupHasMembers(Conflict):
    """People belong to this user group, so it cannot be put away."""

    code = "user_group.has_members"


class SignInRefused(Unauthenticated):
    """The name or the password is wrong; which of the two, or why else, is not told."""

    code = "session.refused"

    def __init__(self) -> None:
        """Say what Primero's clients show."""
        super().__init__(text="Invalid User name or password.")


class TriedTooOften(TooMany):
    """Too many tries in a short time."""

    code = "session.too_many_tries"


class ResetInvalid(Invalid):
    """The link or the new password cannot be used."""

    code = "user.reset_invalid"


class AdministratorExists(Conflict):
    """Somebody already looks after this instance; the first administrator's link is given once."""

    code = "user.administrator_exists"
