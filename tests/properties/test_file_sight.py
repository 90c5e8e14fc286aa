"""Bytes agree with what is shown: whoever sees a file on a record reads its bytes, and nobody else a single one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings

from cpims.accounts.models import Role, User
from cpims.forms.models import Form, FormGrant
from cpims.lib.secrets import make_secrets
from cpims.records.models import Record
from cpims.settings.models import Instance
from tests.api.client import as_
from tests.cast import register
from tests.files import attached, png, put_file_form
from tests.unit.test_file_cleaning import mp3, pdf

OURS = "/api/cpims/v1"
FILES = {
    "photos": ("image", png()),
    "recorded_audio": ("audio", mp3()),
    "other_documents": ("document", pdf()),
    "consent_signature": ("signature", png()),
}


@pytest.fixture
def form(cast: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Form]:
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, data=tmp_path))
    make_secrets(tmp_path / "secrets")
    yield put_file_form()


def rights(form: Form, access: str, photo: bool, reads: bool) -> None:
    """Give every role but the administrator's these rights."""
    for role in Role.objects.exclude(unique_id__in=("role-administrator", "role-super")):
        held = {"read", "write", "create", *(["view_photo"] if photo else [])} - (set() if reads else {"read"})
        Role.objects.filter(pk=role.pk).update(permissions={"case": sorted(held)})
        FormGrant.objects.filter(form=form, role=role).delete()
        if access:
            FormGrant.objects.create(form=form, role=role, access=access)
    for user in User.objects.all():
        User.objects.filter(pk=user.pk).update(access_epoch=user.access_epoch + 1)
    Instance.objects.update(configuration=Instance.objects.get().configuration + 1)


def shown_to(name: str, case: Record) -> set[int]:
    """The numbers of the files that somebody sees on a case."""
    reply = as_(name).get(f"/api/v2/cases/{case.id}")
    if reply.status != 200:
        return set()
    found = {int(str(reply.data["photo"]).rpartition("/")[2])} if reply.data.get("photo") else set()
    for field in FILES:
        value = reply.data.get(field)
        found |= {entry["id"] for entry in (value if isinstance(value, list) else [value] if value else [])}
    return found


@pytest.mark.parametrize("hidden", [False, True])
def test_bytes_are_read_by_whom_the_file_is_shown_and_by_nobody_else(form: Form, hidden: bool) -> None:
    case = register(hidden_name=hidden)
    numbers = {
        field: attached(case.id, content, field=field, kind=kind, name="Noor").pk
        for field, (kind, content) in FILES.items()
    }
    seen = unseen = 0
    for access, photo, reads in product(("", "r", "rw"), (False, True), (True, False)):
        rights(form, access, photo, reads)
        for name in ("amina", "bilal", "chantal", "dawit", "esther", "farid"):
            shown = shown_to(name, case)
            for field, number in numbers.items():
                path = f"cases/{case.id}/attachments/{number}"
                whole, part = as_(name).get(f"/api/v2/{path}"), as_(name).get(f"/api/v2/{path}", Range="bytes=0-3")
                allowed = number in shown
                assert (whole.status, part.status) == ((200, 206) if allowed else (whole.status, whole.status)), (
                    name, field, access, photo, reads,
                )  # fmt: skip
                assert allowed or whole.status in (403, 404)
                small = as_(name).get(f"{OURS}/{path}/thumbnail").status
                has_small = FILES[field][0] in ("image", "signature")
                assert small == (200 if allowed and has_small else whole.status if not allowed else 404)
                seen, unseen = seen + allowed, unseen + (not allowed)
    assert seen > 20 and unseen > 100
