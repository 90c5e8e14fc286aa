"""Invitations by a one-time link."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Invitations by a one-time link, and when somebody came in by a password of her own."""

    dependencies = [("cpims", "0018_promotion")]
    operations = [
        migrations.AddField("user", "own_password_at", models.DateTimeField(null=True)),
        migrations.AddField("user", "first_sign_in_at", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.TextField(default="")),
                ("digest", models.BinaryField(null=True, unique=True)),
                ("invited_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
                ("failure", models.TextField(default="")),
                ("opened_at", models.DateTimeField(null=True)),
                ("used_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "invited_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cpims.user"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="invitations", to="cpims.user"
                    ),
                ),
            ],
            options={
                "db_table": "invitations",
                "indexes": [models.Index(fields=["user", "-invited_at"], name="invitations_of_user")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at__isnull", True), ("used_at__isnull", True)),
                        fields=("user",),
                        name="one_open_invitation",
                    )
                ],
            },
        ),
    ]
