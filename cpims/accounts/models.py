"""People and where they stand: agencies, user groups, roles, accounts, sessions."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class Agency(models.Model):
    """An organisation whose workers use this instance."""

    unique_id = models.TextField(unique=True)
    agency_code = models.TextField(unique=True)
    order = models.IntegerField(default=0)
    name = models.JSONField(default=dict)
    description = models.JSONField(default=dict)
    telephone = models.TextField(null=True)
    services = ArrayField(models.TextField(), default=list)
    logo_enabled = models.BooleanField(default=False)
    pdf_logo_option = models.BooleanField(default=False)
    terms_of_use_enabled = models.BooleanField(default=False)
    terms_of_use_uploaded_at = models.DateTimeField(null=True)
    exclude_agency_from_lookups = models.BooleanField(default=False)
    disabled = models.BooleanField(default=False)
    #: Switched off because a configuration that was applied does not know it; while it is, it is in no document.
    retired_at = models.DateTimeField(null=True)
    contact_email = models.TextField(null=True)
    contact_name = models.TextField(null=True)
    contact_phone = models.TextField(null=True)
    notes = models.TextField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "cpims"
        db_table = "agencies"


class UserGroup(models.Model):
    """A team: people who may see each other's cases when their scope is ``group``."""

    unique_id = models.TextField(unique=True)
    name = models.TextField(unique=True)
    description = models.TextField(null=True)
    core_resource = models.BooleanField(default=False)
    disabled = models.BooleanField(default=False)
    retired_at = models.DateTimeField(null=True)
    agencies = models.ManyToManyField(Agency, related_name="groups", db_table="user_group_agencies")
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "cpims"
        db_table = "user_groups"


class Role(models.Model):
    """What its holders may do (``permissions``, Primero's role JSON) and how far they see (``group_permission``)."""

    unique_id = models.TextField(unique=True)
    name = models.TextField(unique=True)
    description = models.TextField(null=True)
    permissions = models.JSONField(default=dict)
    group_permission = models.TextField(default="self")
    is_manager = models.BooleanField(default=False)
    referral = models.BooleanField(default=False)
    transfer = models.BooleanField(default=False)
    referral_authorization = models.BooleanField(default=False)
    reporting_location_level = models.SmallIntegerField(null=True)
    disabled = models.BooleanField(default=False)
    retired_at = models.DateTimeField(null=True)
    user_category = models.TextField(null=True)
    module_unique_ids = ArrayField(models.TextField(), default=list)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "cpims"
        db_table = "roles"


class User(models.Model):
    """An account. ``access_epoch`` rises with every change of what she may see or do; her sessions follow at once."""

    user_name = models.TextField(unique=True)
    full_name = models.TextField()
    code = models.TextField(null=True)
    email = models.TextField(null=True, unique=True)
    phone = models.TextField(null=True)
    position = models.TextField(null=True)
    location = models.TextField(null=True)
    reporting_location_code = models.TextField(null=True)
    time_zone = models.TextField(default="UTC")
    locale = models.TextField(null=True)
    disabled = models.BooleanField(default=False)
    unverified = models.BooleanField(default=False)
    self_registered = models.BooleanField(default=False)
    duplicate = models.BooleanField(default=False)
    send_mail = models.BooleanField(default=True)
    receive_webpush = models.BooleanField(default=False)
    settings = models.JSONField(null=True)
    services = ArrayField(models.TextField(), default=list)
    agency_office = models.TextField(null=True)
    code_of_conduct_id = models.BigIntegerField(null=True)
    code_of_conduct_accepted_on = models.DateTimeField(null=True)
    terms_of_use_accepted_on = models.DateTimeField(null=True)
    data_processing_consent_provided_on = models.DateTimeField(null=True)
    registration_stream = models.TextField(null=True)
    identity_provider_unique_id = models.TextField(null=True)
    password = models.TextField(default="")
    #: When she last chose her password herself; empty while it is one that somebody else gave her.
    own_password_at = models.DateTimeField(null=True)
    first_sign_in_at = models.DateTimeField(null=True)
    reset_nonce = models.TextField(default="")
    access_epoch = models.BigIntegerField(default=1)
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="users")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="users")
    groups = models.ManyToManyField(UserGroup, related_name="users", db_table="user_user_groups")
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "cpims"
        db_table = "users"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user_name=models.functions.Lower("user_name")), name="user_name_is_lower_case"
            ),
        ]


class Invitation(models.Model):
    """A one-time link by which somebody comes in, and what became of it; kept as a digest, so nobody can use it but she.

    ``address`` is where it was mailed; empty when an operator handed it over. ``delivered_at``: a mail server took it.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations")
    address = models.TextField(default="")
    digest = models.BinaryField(null=True, unique=True)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure = models.TextField(default="")
    opened_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "cpims"
        db_table = "invitations"
        indexes = [models.Index(fields=["user", "-invited_at"], name="invitations_of_user")]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(used_at__isnull=True, revoked_at__isnull=True),
                name="one_open_invitation",
            )
        ]


class CodeOfConduct(models.Model):
    """What everybody here promises. The newest holds; earlier ones stay, for people accepted them."""

    title = models.TextField()
    content = models.TextField()
    created_on = models.DateTimeField()
    created_by = models.TextField()

    class Meta:
        app_label = "cpims"
        db_table = "codes_of_conduct"


class Device(models.Model):
    """A browser on which somebody works: it holds a secret of its own (kept here as a digest) and tells how it stands.

    What it told last: ``unsent`` acts since ``oldest_unsent_at``, ``kept`` records, how full its store is.
    """

    id = models.UUIDField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="devices")
    name = models.TextField()
    platform = models.TextField(default="")
    digest = models.BinaryField()
    created_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now())
    last_sync_at = models.DateTimeField(null=True)
    unsent = models.IntegerField(default=0)
    oldest_unsent_at = models.DateTimeField(null=True)
    kept = models.IntegerField(default=0)
    storage_used = models.BigIntegerField(null=True)
    storage_quota = models.BigIntegerField(null=True)
    storage_persisted = models.BooleanField(null=True)
    field_mode = models.BooleanField(default=False)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.TextField(default="")
    wiped_at = models.DateTimeField(null=True)
    told_on = models.DateField(null=True)

    class Meta:
        app_label = "cpims"
        db_table = "devices"
        indexes = [
            models.Index(fields=["user", "-seen_at"], name="devices_of_user"),
            models.Index(fields=["seen_at"], name="devices_unsent", condition=models.Q(unsent__gt=0)),
        ]


class Session(models.Model):
    """A sign-in that is still alive. The cookie's secret is kept as a digest only.

    A session of a device lives until the device is revoked; its row stays, so that the device learns why.
    """

    digest = models.BinaryField(unique=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="sessions")
    device = models.ForeignKey(Device, null=True, on_delete=models.PROTECT, related_name="sessions")
    created_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "cpims"
        db_table = "sessions"


class SignInTry(models.Model):
    """A try to sign in or to reset a password, counted against guessing. Keys are digests, not names or addresses."""

    key = models.BinaryField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "cpims"
        db_table = "sign_in_tries"
        indexes = [models.Index(fields=["key", "at"], name="tries_by_key")]
