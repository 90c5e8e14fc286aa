"""Giving, changing and switching off accounts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, connection, transaction
from django.db.models import F

from cpims.access.rules.administration import BeyondYourRights, may_look_after, require_may_place, require_may_stand_in
from cpims.access.rules.catalogue import SUPER_RESOURCES, Scope
from cpims.access.rules.viewer import Viewer, require
from cpims.accounts.actions.invitations import end_invitations, lay_invitation
from cpims.accounts.actions.passwords import password_problems, seal_password
from cpims.accounts.actions.sign_in import end_sessions
from cpims.accounts.events import PasswordChanged, UserChanged, UserCreated, UserDisabled, UserEnabled
from cpims.accounts.models import Agency, Role, User, UserGroup
from cpims.accounts.queries.conduct import find_conduct
from cpims.accounts.queries.people import facts_of, manages, person_of, said_of, standard_users
from cpims.accounts.rules.refusals import LastSuperUser, NotYourself, UserExists, UserInvalid, UserNotFound
from cpims.accounts.rules.users import OWN_KEYS, PLAIN, email_of, user_name_of, user_problems
from cpims.audit.actions import record
from cpims.audit.events import differences
from cpims.lib.errors import Problem
from cpims.lib.ids import new_token
from cpims.lib.queue import put_off
from cpims.lib.sequences import HIGHEST, step_over
from cpims.lib.transactions import atomic
from cpims.locations.models import Location
from cpims.settings.queries import Decided, configuration_number, settings_at

ACCOUNTS_LOCK: Final = 0x6370_6163  # "cpac"
FOLLOW: Final = "records.follow_owner"
#: What her records follow her in.
MOVES: Final = frozenset(
    {"agency_unique_id", "user_group_unique_ids", "location", "agency_office", "code", "full_name"}
)


def hold_accounts() -> None:
    """One at a time where the number of accounts, or the last super-user, is at stake."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s::bigint)", [ACCOUNTS_LOCK])


def decided_now() -> Decided:
    """The settings that hold now."""
    return settings_at(configuration_number())


@atomic
def create_user(*, values: Mapping[str, Any], actor: Viewer | None, at: datetime, trusted: bool = False) -> User:
    """An administrator gives somebody an account. Without a password, she is invited by mail to choose one.

    ``actor`` is empty for packs and commands; ``trusted`` passwords (of invented people) are not checked.
    Raises: Forbidden, BeyondYourRights, UserInvalid.
    Records: UserCreated; UserInvited.
    """
    if actor is not None:
        require(actor, "user", "create")
    hold_accounts()
    user = User(user_name="", created_at=at, updated_at=at, reset_nonce=new_token())
    decided = decided_now()
    problems = user_problems(values, new=True, locales=decided.locales)
    role, agency, groups = _placed(values, problems)
    if actor is not None:
        require_may_place(
            actor,
            agency=agency.unique_id if agency else None,
            groups=[group.unique_id for group in groups or ()],
            handed=facts_of(role) if role else None,
        )
    if role is None and "role_unique_id" not in values:
        problems.append(_primero("role_unique_id", "user.role.required", "role_ids"))
    if agency is None and not {"agency_id", "agency_unique_id"} & set(values):
        problems.append(_primero("agency_id", "user.agency.required", "organization"))
    if not _is_misshapen(problems) and not any(p.pointer == "/user_name" for p in problems):
        user.user_name = user_name_of(values["user_name"])
        if User.objects.filter(user_name=user.user_name).exists():
            problems.append(_primero("user_name", "user.user_name.taken", "user_name_uniqueness"))
    _lay(user, values, role, decided, problems)
    _need_terms(agency, decided, problems)
    password = values.get("password") or ""
    if password and not trusted and isinstance(password, str):
        problems += password_problems(password, user.user_name)
    _raise(problems)
    assert role is not None and agency is not None
    user.role, user.agency = role, agency
    user.disabled = bool(values.get("disabled"))
    if "services" not in values:
        user.services = list(agency.services)
    if not user.disabled:
        _require_room(user, decided)
    user.password = seal_password(password) if password else ""
    if values.get("id") is not None:
        _give_number(user, values["id"])
    _save(user)
    user.groups.set(groups or ())
    record(UserCreated(subject=subject_of(user), changes=differences({}, said_of(user))), actor=actor, at=at)
    if not password and user.email and actor is not None and not user.disabled:
        lay_invitation(user=user, actor=actor, at=at)
    return user


@atomic
def change_user(
    *,
    user_id: int,
    values: Mapping[str, Any],
    actor: Viewer | None,
    at: datetime,
    session_id: int | None = None,
    trusted: bool = False,
) -> User:
    """Somebody changes her own account, or an administrator another's. The code of conduct she accepts for herself only.

    Switching off and a new password end the account's sessions; her own new password keeps the one she used.
    Raises: Forbidden, UserNotFound, BeyondYourRights, UserInvalid, NotYourself, LastSuperUser.
    Records: UserChanged, UserDisabled or UserEnabled; PasswordChanged.
    """
    own = actor is not None and actor.user_id == user_id
    if actor is not None and not own:
        require(actor, "user", "write")
    hold_accounts()
    user = _held(user_id, actor)
    before = said_of(user)
    if own and values.get("disabled"):
        raise NotYourself
    if own and not OWN_KEYS.issuperset(values):
        raise BeyondYourRights(keys=sorted(set(values) - OWN_KEYS))
    decided = decided_now()
    accepts = own and isinstance(values.get("code_of_conduct_id"), int)
    conduct = find_conduct() if accepts else None
    problems = user_problems(values, new=False, locales=decided.locales, conduct=conduct.id if conduct else None)
    role, agency, groups = _placed(values, problems)
    _permit_moves(actor, user, values, role, agency, groups)
    name = values.get("user_name")
    if isinstance(name, str) and user_name_of(name) != user.user_name:
        problems.append(_primero("user_name", "user.user_name.fixed", "user_name"))
    _lay(user, values, role or user.role, decided, problems)
    if agency is not None and agency.pk != user.agency_id:
        _need_terms(agency, decided, problems)
    password = values.get("password") or ""
    if password and not trusted and isinstance(password, str):
        problems += password_problems(password, user.user_name)
    _raise(problems)
    user.role, user.agency = role or user.role, agency or user.agency
    if conduct is not None and user.code_of_conduct_id != conduct.id:
        user.code_of_conduct_id, user.code_of_conduct_accepted_on = conduct.id, at
    if own and values.get("accept_terms_of_use"):
        user.terms_of_use_accepted_on = at
    switched = "disabled" in values and values["disabled"] != user.disabled
    if switched:
        user.disabled = values["disabled"]
        if not user.disabled:
            _require_room(user, decided)
    if password:
        user.password, user.reset_nonce = seal_password(password), new_token()
        user.own_password_at = at if own else None
    if password or user.disabled or user.email != before["email"]:
        end_invitations(user.id, at=at)
    _keep_a_super_user(user, before)
    _save(user)
    if groups is not None:
        user.groups.set(groups)
    changes = differences(before, said_of(user))
    if changes or password:
        User.objects.filter(pk=user.pk).update(access_epoch=F("access_epoch") + 1, updated_at=at)
        user.refresh_from_db(fields=["access_epoch", "updated_at"])
    if user.disabled or password:
        end_sessions(user.id, but=session_id if own else None)
    if changes:
        kind = (UserDisabled if user.disabled else UserEnabled) if switched else UserChanged
        record(kind(subject=subject_of(user), changes=changes), actor=actor, at=at)
        if changes.keys() & MOVES:
            put_off(FOLLOW, user_id=user.id)
    if password:
        record(PasswordChanged(subject=subject_of(user)), actor=actor, at=at)
    return user


@atomic
def disable_user(*, user_id: int, actor: Viewer, at: datetime) -> User:
    """An administrator removes an account: it is switched off, for the name stands in the records of children.

    Raises: Forbidden, UserNotFound, NotYourself, LastSuperUser.
    Records: UserDisabled.
    """
    require(actor, "user", "manage")
    if actor.user_id == user_id:
        raise NotYourself
    return change_user(user_id=user_id, values={"disabled": True}, actor=actor, at=at)


def subject_of(user: User) -> str:
    """How the books name an account."""
    return f"user:{user.user_name}"


def _primero(key: str, code: str, name: str) -> Problem:
    return Problem(f"/{key}", code, {"primero": f"errors.models.user.{name}"})


def _raise(problems: list[Problem]) -> None:
    if problems:
        raise UserInvalid(problems)


def _is_misshapen(problems: list[Problem]) -> bool:
    """Is something of the wrong kind altogether, so that looking it up makes no sense?"""
    return any(problem.code.startswith(("text.", "value.")) for problem in problems)


def _held(user_id: int, actor: Viewer | None) -> User:
    held = User.objects.select_for_update(of=("self",)).select_related("role", "agency").filter(pk=user_id).first()
    if held is None or (actor is not None and not may_look_after(actor, person_of(held))):
        raise UserNotFound
    return held


def _placed(
    values: Mapping[str, Any], problems: list[Problem]
) -> tuple[Role | None, Agency | None, list[UserGroup] | None]:
    """The role, agency and groups that were named; groups are nothing when they were not named at all."""
    if _is_misshapen(problems):
        return None, None, None
    role = agency = groups = None
    if "role_unique_id" in values:
        role = Role.objects.filter(unique_id=values["role_unique_id"] or "").first()
        if role is None:
            problems.append(_primero("role_unique_id", "user.role.unknown", "role_ids"))
    for key, column in (("agency_id", "pk"), ("agency_unique_id", "unique_id")):
        if key in values:
            agency = Agency.objects.filter(**{column: values[key]}).first() if values[key] is not None else None
            if agency is None:
                problems.append(_primero(key, "user.agency.unknown", "organization"))
            break
    for key in ("user_group_unique_ids", "user_group_ids"):
        if key in values:
            names = {str(name) for name in values[key]}
            column = "unique_id" if key == "user_group_unique_ids" or not all(n.isdigit() for n in names) else "pk"
            groups = list(UserGroup.objects.filter(**{f"{column}__in": names}).order_by("id"))
            if len(groups) != len(names):
                problems.append(Problem(f"/{key}", "user.groups.unknown"))
            break
    return role, agency, groups


def _permit_moves(
    actor: Viewer | None,
    user: User,
    values: Mapping[str, Any],
    role: Role | None,
    agency: Agency | None,
    groups: list[UserGroup] | None,
) -> None:
    if actor is None:
        return
    address, provider = (values.get(key, getattr(user, key)) for key in ("email", "identity_provider_unique_id"))
    takes_hold = values.get("password") or address != user.email or provider != user.identity_provider_unique_id
    revives = user.disabled and values.get("disabled") is False
    if actor.user_id != user.id and (takes_hold or revives):
        require_may_stand_in(actor, facts_of(user.role))
    stood = set(user.groups.values_list("unique_id", flat=True))
    moved = stood ^ {group.unique_id for group in groups} if groups is not None else set()
    require_may_place(
        actor,
        agency=agency.unique_id if agency and agency.pk != user.agency_id else None,
        groups=moved,
        handed=facts_of(role) if role and role.pk != user.role_id else None,
    )


def _lay(user: User, values: Mapping[str, Any], role: Role | None, decided: Decided, problems: list[Problem]) -> None:
    """Lay what was sent over the account, unless something is wrong with it already."""
    if _is_misshapen(problems):
        return
    for key in PLAIN:
        if key in values:
            value = values[key]
            setattr(
                user, key, value.strip() if isinstance(value, str) and key in ("full_name", "phone", "code") else value
            )
    user.full_name = user.full_name or ""
    user.time_zone = user.time_zone or "UTC"
    if values.get("email") is not None:
        user.email = email_of(values["email"])
        if user.email and User.objects.filter(email=user.email).exclude(pk=user.pk).exists():
            problems.append(_primero("email", "user.email.taken", "email_uniqueness"))
    if values.get("location"):
        place = Location.objects.filter(code=values["location"]).first()
        if place is None:
            problems.append(Problem("/location", "user.location.unknown"))
            return
        config = decided.values.get("reporting_location_config") or {}
        level = (
            config.get("admin_level", 2)
            if role is None or role.reporting_location_level is None
            else role.reporting_location_level
        )
        user.reporting_location_code = (place.hierarchy or [place.code])[: level + 1][-1]


def _need_terms(agency: Agency | None, decided: Decided, problems: list[Problem]) -> None:
    """Nobody comes to an agency whose terms of use everybody has to accept, before there are any."""
    if agency is None or decided.option("enforce_terms_of_use") is not True:
        return
    if agency.terms_of_use_enabled and agency.terms_of_use_uploaded_at is None:
        problems.append(Problem("/agency_id", "user.agency.no_terms"))


def _require_room(user: User, decided: Decided) -> None:
    """Refuse one more standard account than the instance allows."""
    most = decided.option("maximum_users")
    if most is None or user.role.user_category is not None or user.duplicate:
        return
    if standard_users().filter(disabled=False).exclude(pk=user.pk).count() >= most:
        raise UserInvalid(
            [Problem("/base", "user.limit_reached", {"most": most, "primero": "users.alerts.max_user_reached"})]
        )


def _keep_a_super_user(user: User, before: Mapping[str, Any]) -> None:
    """Refuse a change that leaves nobody who may do everything."""
    facts = facts_of(user.role)
    still = facts.is_super and facts.scope == Scope.ALL and not user.disabled
    if still or before["disabled"]:
        return
    supers = Role.objects.filter(manages(SUPER_RESOURCES), group_permission=Scope.ALL, disabled=False)
    was = supers.filter(unique_id=before["role_unique_id"]).exists()
    others = User.objects.filter(role__in=supers, disabled=False, unverified=False).exclude(pk=user.pk)
    if was and not others.exists():
        raise LastSuperUser


def _give_number(user: User, number: Any) -> None:
    if isinstance(number, bool) or not isinstance(number, int) or not 0 < number <= HIGHEST:
        raise UserInvalid([Problem("/id", "value.not_whole_number")])
    if User.objects.filter(pk=number).exists():
        raise UserExists(id=number)
    user.pk = number
    step_over("users", number)


def _save(user: User) -> None:
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        taken = "email" if "email" in str(error) else "user_name"
        raise UserInvalid([_primero(taken, f"user.{taken}.taken", f"{taken}_uniqueness")]) from error
