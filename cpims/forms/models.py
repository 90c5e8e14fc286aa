"""Forms and their fields as configured, and which role may read or fill which form."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from cpims.accounts.models import Role


class Form(models.Model):
    """A form, or (``is_nested``) the form of a subform's rows. ``attributes`` holds what only the client reads."""

    unique_id = models.TextField(unique=True)
    parent_form = models.TextField()
    name = models.JSONField(default=dict)
    description = models.JSONField(default=dict)
    help_text = models.JSONField(default=dict)
    module_ids = ArrayField(models.TextField(), default=list)
    visible = models.BooleanField(default=True)
    is_nested = models.BooleanField(default=False)
    core_form = models.BooleanField(default=False)
    editable = models.BooleanField(default=True)
    order = models.IntegerField(default=0)
    order_form_group = models.IntegerField(default=0)
    order_subform = models.IntegerField(default=0)
    form_group_id = models.TextField(null=True)
    attributes = models.JSONField(default=dict)
    retired_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "cpims"
        db_table = "forms"


class Field(models.Model):
    """A question on a form; retired, never deleted, for answers outlive it. ``attributes`` holds Primero's optional field keys as the API shows them."""

    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="fields")
    name = models.TextField()
    type = models.TextField()
    order = models.IntegerField(default=0)
    visible = models.BooleanField(default=True)
    disabled = models.BooleanField(default=False)
    display_name = models.JSONField(default=dict)
    subform = models.ForeignKey(Form, on_delete=models.PROTECT, null=True, related_name="used_by")
    attributes = models.JSONField(default=dict)
    retired_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "cpims"
        db_table = "fields"
        constraints = [models.UniqueConstraint(fields=["form", "name"], name="one_field_of_a_name_per_form")]


class FormGrant(models.Model):
    """A role may read (``r``) or read and fill (``rw``) a form."""

    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="grants")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="form_grants")
    access = models.TextField(choices=[("r", "r"), ("rw", "rw")])

    class Meta:
        app_label = "cpims"
        db_table = "form_grants"
        constraints = [models.UniqueConstraint(fields=["role", "form"], name="one_grant_per_role_and_form")]
