"""Files that are on their way, files that belong to a record, and bytes that are to be erased."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from cpims.accounts.models import User
from cpims.records.models import Record


class Upload(models.Model):
    """A file that somebody is sending, or has sent and not yet attached.

    ``wrapped`` is the file's own key under the instance's; ``content_id`` is what its bytes are called in the store.
    """

    id = models.UUIDField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.TextField()
    record_id = models.UUIDField()
    field_name = models.TextField()
    attachment_type = models.TextField()
    size = models.BigIntegerField()
    sha256 = models.TextField()
    content_id = models.UUIDField(unique=True)
    wrapped = models.BinaryField()
    state = models.TextField(default="open")
    problem = models.TextField(default="")
    received = models.BigIntegerField(default=0)
    pieces = ArrayField(models.IntegerField(), default=list)
    content_type = models.TextField(default="")
    content_size = models.BigIntegerField(default=0)
    has_thumbnail = models.BooleanField(default=False)
    begun_at = models.DateTimeField()
    touched_at = models.DateTimeField()

    class Meta:
        app_label = "cpims"
        db_table = "uploads"
        indexes = [
            models.Index(fields=["user", "id"], name="uploads_of_user"),
            models.Index(fields=["touched_at"], name="uploads_untouched"),
        ]


class Attachment(models.Model):
    """A file that belongs to a record. ``wrapped`` is its own key under the record's: who erases that erases the file.

    ``upload_id`` is the id under which a device sent it, and is known to the device before anybody else knows the file.
    """

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="attachments")
    upload_id = models.UUIDField(unique=True)
    field_name = models.TextField()
    attachment_type = models.TextField()
    file_name = models.TextField()
    date = models.DateField(null=True)
    description = models.TextField(null=True)
    comments = models.TextField(null=True)
    is_current = models.BooleanField(default=False)
    signature_provided_by = models.TextField(null=True)
    attached_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    attached_by_name = models.TextField()
    content_id = models.UUIDField(unique=True)
    wrapped = models.BinaryField()
    content_type = models.TextField()
    size = models.BigIntegerField()
    has_thumbnail = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "cpims"
        db_table = "attachments"
        indexes = [models.Index(fields=["record", "id"], name="attachments_of_record")]


class Erasure(models.Model):
    """Bytes that nothing refers to any more: written down with what made them so, gone when the store has forgotten them."""

    id = models.BigAutoField(primary_key=True)
    names = ArrayField(models.TextField())
    at = models.DateTimeField()

    class Meta:
        app_label = "cpims"
        db_table = "erasures"
