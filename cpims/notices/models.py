"""Alerts that stand on a record, and each person's notices."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from cpims.accounts.models import User
from cpims.records.models import Record


class Alert(models.Model):
    """Something on a record that somebody should look at. There is one for each reason and type at most."""

    id = models.UUIDField(primary_key=True)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="alerts")
    alert_for = models.TextField()
    type = models.TextField()
    form_unique_id = models.TextField(default="")
    date = models.DateField()

    class Meta:
        app_label = "cpims"
        db_table = "alerts"
        constraints = [
            models.UniqueConstraint(fields=["record", "alert_for", "type"], name="one_alert_of_a_type"),
        ]


class Notice(models.Model):
    """One person is told of one thing that happened to a record. ``entry`` is its place in the book of changes.

    ``batch`` is what many notices came of at once (one act for many cases): of them only the first is mailed to a person.
    ``mail`` is ``wanted`` until the mail is handed over (``sent``) or was
    given up (``failed``); empty when she wants none. No name and no answer is here.
    """

    id = models.UUIDField(primary_key=True)
    entry = models.BigIntegerField()
    event = models.TextField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    happened_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True)
    mail = models.TextField(default="")
    mail_tries = models.SmallIntegerField(default=0)
    mail_after = models.DateTimeField(null=True)
    batch = models.TextField(default="", db_default="")

    class Meta:
        app_label = "cpims"
        db_table = "notices"
        constraints = [models.UniqueConstraint(fields=["entry", "user"], name="one_notice_of_a_happening")]
        indexes = [
            models.Index(fields=["user", "-entry"], name="notices_of_user"),
            models.Index(fields=["user"], name="notices_unread", condition=models.Q(read_at__isnull=True)),
            models.Index(fields=["entry"], name="notices_to_mail", condition=models.Q(mail="wanted")),
            models.Index(fields=["batch", "user"], name="notices_of_batch", condition=~models.Q(batch="")),
        ]


class NoticeMark(models.Model):
    """How far the sealed book of changes was read for notices; one row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)

    class Meta:
        app_label = "cpims"
        db_table = "notice_mark"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="notice_mark_is_one_row")]
