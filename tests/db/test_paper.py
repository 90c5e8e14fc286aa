"""A case on paper: what its reader may see and nothing else, in every language, and written down before it leaves."""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4

import pypdf
import pytest

from cpims.accounts.models import Role
from cpims.audit.models import ChangeEntry, SightingEntry
from cpims.exports.rules.words import runs_right_to_left
from cpims.forms.actions import put_forms
from cpims.forms.models import Form, FormGrant
from cpims.lib.messages import sentence
from cpims.records.models import Record
from cpims.settings.models import Instance
from tests.api.client import Reply, as_
from tests.cast import AT, MODULE, register

pytestmark = pytest.mark.usefixtures("cast")

LOCALES = ("en", "fr", "es", "ar")
SCHOOL = {
    "unique_id": "school",
    "parent_form": "case",
    "name": {"en": "School", "fr": "École", "es": "Escuela", "ar": "المدرسة"},
    "description": {
        "en": "Where the child learns",
        "fr": "Où l’enfant apprend",
        "es": "Dónde estudia",
        "ar": "أين يتعلم",
    },
    "module_ids": [MODULE],
    "order": 90,
    "fields": [
        {
            "name": "school_goes",
            "type": "radio_button",
            "display_name": {"en": "Goes to school", "fr": "Va en classe", "es": "Va a clase", "ar": "يذهب إلى الصف"},
            "option_strings_text": [
                {"id": "daily", "display_text": {"en": "Daily", "fr": "Quotidien", "es": "Diario", "ar": "يوميا"}},
                {"id": "never", "display_text": {"en": "Never", "fr": "Jamais", "es": "Nunca", "ar": "أبدا"}},
            ],
        },
        {"name": "school_code", "type": "calculated", "display_name": {"en": "Worked out"}},
    ],
}


@pytest.fixture(autouse=True)
def languages(cast: None) -> None:
    """The instance speaks all four."""
    instance = Instance.objects.get()
    instance.data |= {"locales": list(LOCALES)}
    instance.configuration += 1
    instance.save()


@pytest.fixture
def school(cast: None) -> Form:
    """A form in four languages that workers may fill."""
    form = put_forms(forms=[SCHOOL], actor=None, at=AT)["school"]
    for role in Role.objects.filter(unique_id__in=["role-worker", "role-supervisor"]):
        FormGrant.objects.get_or_create(form=form, role=role, defaults={"access": "rw"})
    return form


def printed(case: Record, who: str, **asked: Any) -> Reply:
    return as_(who).post(f"/api/cpims/v1/cases/{case.id}/print", asked)


def pages_of(reply: Reply) -> list[str]:
    assert reply.status == 200, reply.raw[:500]
    assert reply.headers["Content-Type"] == "application/pdf"
    assert reply.headers["Cache-Control"] == "no-store"
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(reply.raw)).pages]


def text_of(reply: Reply) -> str:
    return "\n".join(pages_of(reply))


def says(text: str, *sentences: str) -> bool:
    """Is each word there? A PDF keeps joined Arabic letters in the order in which they are drawn: there, the word's letters side by side."""
    letters = "".join(sign for sign in text if sign.isalnum())
    return all(_has(word.strip(".:,،"), text, letters) for one in sentences for word in one.split())


def _has(word: str, text: str, letters: str) -> bool:
    if word.isascii() or not runs_right_to_left(word):
        return word in text
    wanted = sorted(sign for sign in word if sign.isalnum())
    return any(sorted(letters[at : at + len(wanted)]) == wanted for at in range(len(letters)))


def sightings(case: Record) -> list[tuple[str, str, str]]:
    rows = SightingEntry.objects.filter(record_ids__contains=[case.id], action="print")
    return list(rows.order_by("id").values_list("actor_name", "road", "outcome"))


@pytest.mark.parametrize("locale", LOCALES)
def test_a_case_is_printed_in_each_language(school: Form, locale: str) -> None:
    case = register(name_last="حداد", telephone_current="+999790001122", school_goes="daily")
    pages = pages_of(printed(case, "amina", locale=locale))
    text = "\n".join(pages)
    names: Any = SCHOOL["fields"]
    assert says(text, SCHOOL["name"][locale], names[0]["display_name"][locale])  # type: ignore[index]
    assert says(text, names[0]["option_strings_text"][0]["display_text"][locale])
    assert not says(text, names[0]["option_strings_text"][1]["display_text"][locale])
    assert says(text, "Noor", "حداد") and "+999790001122" in text
    for page in pages:
        assert case.display_id in page
        assert says(page, sentence(locale, "print.confidential"), "amina")
    assert printed(case, "amina", locale=locale).headers["Content-Disposition"] == (
        f'attachment; filename="case-{case.display_id}.pdf"'
    )


def test_her_own_language_unless_she_asks_for_another() -> None:
    case = register(registration_date="2026-02-01")
    assert "1 February 2026" in text_of(printed(case, "amina"))
    assert "1 février 2026" in text_of(printed(case, "amina", locale="fr"))
    assert "2018" in text_of(printed(case, "amina", calendar="ethiopic"))


def test_what_she_may_not_read_is_not_printed() -> None:
    case = register()
    found = as_("farid").patch(f"/api/v2/cases/{case.id}", {"data": {"medical_findings": "hepatitis"}})
    assert found.status == 200
    assert "hepatitis" in text_of(printed(case, "chantal"))
    for who in ("amina", "bilal"):
        text = text_of(printed(case, who))
        assert "hepatitis" not in text and "medical" not in text and "Sensitive" not in text
    refused = printed(case, "amina", forms=["sensitive"])
    unknown = printed(case, "amina", forms=["no_such"])
    assert refused.status == unknown.status == 422
    assert refused.codes == unknown.codes == ["print.form_unknown"]
    assert refused.json["errors"][0]["pointer"] == "/forms/0"


def test_a_hidden_name_is_masked_on_paper_too() -> None:
    case = register(name_first="Zarifa", name_last="Qutb", name_nickname="Zuzu", hidden_name=True)
    for who in ("bilal", "chantal", "farid"):
        text = text_of(printed(case, who))
        assert "*******" in text
        assert not any(name in text for name in ("Zarifa", "Qutb", "Zuzu"))
    assert "Zarifa" in text_of(printed(case, "amina"))


def test_a_case_out_of_sight_looks_like_none() -> None:
    case = register()
    hidden = printed(case, "dawit")
    missing = as_("dawit").post(f"/api/cpims/v1/cases/{uuid4()}/print", {})
    assert hidden.status == missing.status == 404
    assert hidden.codes == missing.codes
    assert printed(case, "esther").status == 403
    assert [entry for entry in sightings(case) if entry[2] == "seen"] == []


def test_reading_is_not_printing() -> None:
    case = register()
    role = Role.objects.get(unique_id="role-worker")
    role.permissions = {"case": [action for action in role.permissions["case"] if action != "export_pdf"]}
    role.save()
    Instance.objects.update(configuration=Instance.objects.get().configuration + 1)
    assert as_("amina").get(f"/api/v2/cases/{case.id}").status == 200
    assert printed(case, "amina").status == 403


def test_each_print_is_written_down_and_a_refused_one_is_not() -> None:
    case = register()
    before = ChangeEntry.objects.count()
    assert printed(case, "amina").status == 200
    assert printed(case, "chantal", forms=["consent"]).status == 200
    assert printed(case, "amina", locale="tlh").json["errors"][0]["pointer"] == "/locale"
    assert printed(case, "amina", forms=["nothing"]).status == 422
    assert printed(case, "amina", pages=3).status == 422
    assert printed(case, "amina", calendar="mayan").status == 422
    assert sightings(case) == [("amina", "cases.print", "seen"), ("chantal", "cases.print", "seen")]
    assert SightingEntry.objects.get(action="print", actor_name="chantal").fields == "consent"
    log = as_("chantal").get(f"/api/v2/cases/{case.id}/access_log")
    assert [entry["user_name"] for entry in log.data if entry["action"] == "print"] == ["chantal", "amina"]
    assert ChangeEntry.objects.count() == before


def test_only_the_sections_that_were_chosen() -> None:
    case = register(consent_given=True, consent_reason="Spoke with the mother")
    text = text_of(printed(case, "amina", forms=["consent"]))
    assert "Spoke with the mother" in text
    assert "Noor" not in text and "Basic" not in text
    everything = text_of(printed(case, "amina"))
    assert "Noor" in everything and says(everything, "Nothing is written yet in: Protection")
    assert says(text_of(printed(case, "amina", forms=["closure"])), sentence("en", "print.nothing"))


def test_rows_and_places_are_written_out() -> None:
    rows = [
        {"protection_concern_type": "separated", "concern_details": "lost at the\ncrossing"},
        {"protection_concern_type": "child_labour", "concern_details": '#panic("caught") *not bold*'},
    ]
    case = register(location_current="KA0101", protection_concern_detail_subform_section=rows)
    text = text_of(printed(case, "amina"))
    assert "KA0101, KA01, KA" in text
    assert "lost at the\ncrossing" in text
    assert '#panic("caught") *not bold*' in text
    assert "child_labour" in text


def test_a_name_in_a_script_without_a_font_is_refused_whole() -> None:
    case = register(name_first="你好")
    refused = printed(case, "amina")
    assert refused.status == 422
    assert refused.codes == ["print.script_without_font"]
    assert refused.json["errors"][0]["params"] == {"scripts": "Cjk"}
    assert sightings(case) == []


def test_a_demo_says_so_on_each_page_and_a_real_instance_does_not() -> None:
    case = register()
    for kind, there in (("demo", True), ("production", False)):
        Instance.objects.update(kind=kind)
        for page in pages_of(printed(case, "amina")):
            assert says(page, sentence("en", "print.demo")) is there
        assert says(text_of(as_("amina").post("/api/cpims/v1/forms/print", {})), sentence("en", "print.demo")) is there


@pytest.mark.parametrize("locale", LOCALES)
def test_empty_forms_are_printed_in_each_language(school: Form, locale: str) -> None:
    register(name_first="Zarifa")
    text = text_of(as_("amina").post("/api/cpims/v1/forms/print", {"locale": locale, "forms": ["school"]}))
    names: Any = SCHOOL["fields"]
    assert says(text, SCHOOL["name"][locale], SCHOOL["description"][locale])  # type: ignore[index]
    assert says(text, *(option["display_text"][locale] for option in names[0]["option_strings_text"]))
    assert says(text, sentence(locale, "print.form.one"), sentence(locale, "print.form.case"))
    assert "Zarifa" not in text and "Worked" not in text


def test_which_empty_forms() -> None:
    def titles(who: str, **asked: Any) -> list[str]:
        reply = as_(who).post("/api/cpims/v1/forms/print", asked)
        text = text_of(reply)
        return [name for name in ("Basic Identity", "Consent", "Sensitive") if name in text]

    assert titles("amina") == ["Basic Identity", "Consent"]
    assert titles("esther") == ["Basic Identity", "Consent", "Sensitive"]
    assert titles("amina", forms=["sensitive"]) == ["Sensitive"]
    assert titles("amina", module_id=MODULE, forms=["consent"]) == ["Consent"]
    for wrong in ({"module_id": "no-such"}, {"record_type": "incident"}, {"forms": []}):
        refused = as_("amina").post("/api/cpims/v1/forms/print", wrong)
        assert (refused.status, refused.codes) == (422, ["print.no_form"])
    assert as_("amina").post("/api/cpims/v1/forms/print", {"forms": ["concern_rows"]}).codes == ["print.form_unknown"]
