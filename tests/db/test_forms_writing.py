from __future__ import annotations

import pytest

from cpims.audit.models import ChangeEntry
from cpims.forms.actions import put_forms
from cpims.forms.models import Field, Form
from tests.configured import AT, FORMS, configuration, configure


@pytest.fixture(autouse=True)
def _ground(db: None) -> None:
    configure()


def test_giving_the_same_forms_twice_changes_nothing() -> None:
    before, rows = configuration(), ChangeEntry.objects.count()
    put_forms(forms=FORMS, actor=None, at=AT)
    assert configuration() == before
    assert ChangeEntry.objects.count() == rows
    assert Form.objects.count() == 3
    assert Field.objects.count() == 6
