"""Forms, lists, places, modules and settings over HTTP: Primero's contract."""

from __future__ import annotations

import base64

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpims.forms.models import Field, Form
from cpims.locations.models import Location
from cpims.lookups.models import Lookup
from cpims.modules.models import Module
from tests.api.client import as_
from tests.cast import MODULE, text
from tests.configured import configuration, happenings, hire_translator, option, put_home, question

SCHOOL = {
    "unique_id": "school",
    "name": {"en": "School"},
    "parent_form": "case",
    "module_ids": [MODULE],
    "fields": [question("school_name"), question("grade", "select_box", option_strings_text=[option("one")])],
}


def test_amina_reads_all_forms_in_one_flat_list(cast):
    put_home()
    caller = as_("amina")
    reply = caller.get("/api/v2//forms")
    assert reply.status == 200 and set(reply.json) == {"data"}
    forms = {form["unique_id"]: form for form in reply.data}
    assert {"basic_identity", "home", "visit_rows", "concern_rows", "sensitive"} <= set(forms)
    home, rows = forms["home"], forms["visit_rows"]
    assert (
        home["name"] == {"en": "Home", "ar": "البيت"}
        and home["module_ids"] == [MODULE]
        and home["parent_form"] == "case"
    )
    assert rows["is_nested"] is True and rows["visible"] is False
    fields = {field["name"]: field for field in home["fields"]}
    assert fields["visits"]["subform_section_id"] == rows["id"] and "subform_unique_id" not in fields["visits"]
    assert fields["safe_to_call"]["option_strings_text"][0] == {
        "id": "always",
        "display_text": {"en": "Always", "ar": ""},
    }
    assert (
        fields["home_notes"]["help_text"] == {"en": "", "ar": ""}
        and fields["home_notes"]["form_section_id"] == home["id"]
    )
    assert all(isinstance(field["id"], int) for form in reply.data for field in form["fields"])
    assert None not in home.values() and all(None not in field.values() for field in home["fields"])


def test_the_list_of_forms_is_read_once_and_not_sent_twice(cast):
    caller = as_("amina")
    first = caller.get("/api/v2/forms")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        again = caller.get("/api/v2/forms")
    assert again.raw == first.raw
    assert not [q for q in queries.captured_queries if "fields" in q["sql"] or '"forms"' in q["sql"]]
    tag = first.headers["ETag"]
    unchanged = caller.get("/api/v2/forms", if_none_match=tag)
    assert unchanged.status == 304 and unchanged.raw == b""
    as_("esther").post("/api/v2/forms", {"data": SCHOOL})
    changed = caller.get("/api/v2/forms", if_none_match=tag)
    assert changed.status == 200 and "school" in {form["unique_id"] for form in changed.data}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("unique_id=home", {"home"}),
        ("record_type=incident", set()),
        ("module_id=primeromodule-none", set()),
        ("unique_id=visit_rows&exclude_subforms=1", set()),
        ("record_type=case&module_id=primeromodule-cp&unique_id=visit_rows", {"visit_rows"}),
    ],
)
def test_forms_are_narrowed(cast, query, names):
    put_home()
    assert {form["unique_id"] for form in as_("amina").get(f"/api/v2/forms?{query}").data} == names


def test_esther_makes_reads_changes_and_puts_away_a_form(cast):
    esther = as_("esther")
    made = esther.post("/api/v2/forms", {"data": SCHOOL})
    assert made.status == 200 and made.data["unique_id"] == "school" and len(made.data["fields"]) == 2
    address = f"/api/v2/forms/{made.data['id']}"
    changed = esther.patch(address, {"data": {"name": {"ar": "المدرسة"}, "core_form": True}})
    assert changed.status == 200 and changed.data == {"id": made.data["id"]}
    assert changed.json["metadata"]["ignored"] == [{"pointer": "/core_form", "code": "form.key_not_permitted"}]
    read = esther.get(address)
    assert read.data["name"] == {"en": "School", "ar": "المدرسة"} and read.data["core_form"] is False
    gone = esther.delete(address)
    assert gone.status == 200 and gone.data == {"id": made.data["id"]}
    assert esther.get(address).status == 404
    assert [event for event, subject in happenings() if subject == "form:school"] == [
        "form.created",
        "form.changed",
        "form.retired",
    ]


def test_a_form_that_was_served_can_be_sent_back(cast):
    form = put_home()
    esther = as_("esther")
    served = esther.get(f"/api/v2/forms/{form.pk}").data
    books = happenings()
    reply = esther.patch(f"/api/v2/forms/{form.pk}", {"data": {k: v for k, v in served.items() if k != "id"}})
    assert reply.status == 200
    after = esther.get(f"/api/v2/forms/{form.pk}").data
    assert [f["name"] for f in after["fields"]] == [f["name"] for f in served["fields"]]
    assert {f["id"] for f in after["fields"]} == {f["id"] for f in served["fields"]}
    assert len(happenings()) <= len(books) + 1


def test_a_client_made_number_is_answered_with_204(cast):
    esther = as_("esther")
    assert esther.post("/api/v2/forms", {"data": SCHOOL | {"id": 80_000}}).status == 204
    assert esther.get("/api/v2/forms/80000").data["unique_id"] == "school"
    again = esther.post("/api/v2/forms", {"data": SCHOOL | {"id": 80_000, "unique_id": "school_2"}})
    assert again.status == 409 and again.codes == ["form.exists"]


def test_every_problem_comes_with_primeros_words(cast):
    number = configuration()
    wrong = SCHOOL | {"name": {"en": ""}, "fields": [question("Bad Name"), {"name": "b", "type": "text_field"}]}
    reply = as_("esther").post("/api/v2/forms", {"data": wrong})
    assert reply.status == 422 and configuration() == number
    assert {(error["detail"], error["message"][0]) for error in reply.json["errors"]} == {
        ("name", "errors.models.form_section.presence_of_name"),
        ("fields/0/name", "errors.models.field.name_format"),
        ("fields/1/display_name", "errors.models.field.display_name_presence"),
    }


def test_the_second_of_two_edits_is_told(cast):
    form = put_home()
    seen = as_("farid").get(f"/api/v2/forms/{form.pk}").data["updated_at"]
    assert (
        as_("esther").patch(f"/api/v2/forms/{form.pk}", {"data": {"name": {"en": "A"}}}, if_match=f'"{seen}"').status
        == 200
    )
    late = as_("farid").patch(f"/api/v2/forms/{form.pk}", {"data": {"name": {"en": "B"}}}, if_match=f'"{seen}"')
    assert late.status == 412 and late.codes == ["form.stale"]
    assert as_("farid").get(f"/api/v2/forms/{form.pk}").data["name"]["en"] == "A"


def _addresses() -> list[tuple[str, str]]:
    form = Form.objects.filter(is_nested=False).first()
    lookup, place, module = Lookup.objects.first(), Location.objects.first(), Module.objects.first()
    assert form and lookup and place and module
    return [
        ("POST", "/api/v2/forms"),
        ("GET", f"/api/v2/forms/{form.pk}"),
        ("GET", "/api/v2/forms/999999"),
        ("PATCH", f"/api/v2/forms/{form.pk}"),
        ("PUT", f"/api/v2/forms/{form.pk}"),
        ("PATCH", "/api/v2/forms/999999"),
        ("DELETE", f"/api/v2/forms/{form.pk}"),
        ("POST", "/api/v2/lookups"),
        ("GET", f"/api/v2/lookups/{lookup.pk}"),
        ("PATCH", f"/api/v2/lookups/{lookup.pk}"),
        ("DELETE", f"/api/v2/lookups/{lookup.pk}"),
        ("DELETE", "/api/v2/lookups/999999"),
        ("POST", "/api/v2/locations"),
        ("POST", "/api/v2/locations/update_bulk"),
        ("POST", "/api/v2/locations/import"),
        ("GET", f"/api/v2/locations/{place.pk}"),
        ("PATCH", f"/api/v2/locations/{place.pk}"),
        ("DELETE", f"/api/v2/locations/{place.pk}"),
        ("GET", "/api/v2/primero_modules"),
        ("GET", f"/api/v2/primero_modules/{module.pk}"),
        ("PATCH", f"/api/v2/primero_modules/{module.pk}"),
    ]


@pytest.mark.parametrize("name", ["amina", "bilal", "chantal", "dawit"])
def test_workers_are_refused_everywhere_before_the_body_is_read(cast, name):
    number, books, caller = configuration(), happenings(), as_(name)
    for method, path in _addresses():
        reply = caller.send(method, path, None if method in ("GET", "DELETE") else ["not", "even", "an object"])
        assert (method, path, reply.status, reply.codes) == (method, path, 403, ["forbidden"])
    assert (configuration(), happenings()) == (number, books)


def test_nobody_gets_in_without_signing_in(cast):
    stranger = as_(None)
    for method, path in [*_addresses(), ("GET", "/api/v2/forms"), ("GET", "/api/v2/lookups"), ("GET", "/api/v2/locations"),
                         ("GET", "/api/v2/system_settings")]:  # fmt: skip
        reply = stranger.send(method, path, None if method in ("GET", "DELETE") else {"data": {}})
        assert (path, reply.status) == (path, 401) and "error" in reply.json


@pytest.mark.parametrize("noun", ["forms", "lookups", "locations", "primero_modules"])
def test_what_is_not_there_is_404_whatever_the_id_looks_like(cast, noun):
    esther = as_("esther")
    first = {"forms": Form, "lookups": Lookup, "locations": Location, "primero_modules": Module}[noun].objects.first()
    arabic = str(first.pk).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    for number in ("999999", "abc", "-1", "1.5", arabic, "9" * 30):
        assert esther.get(f"/api/v2/{noun}/{number}").status == 404
        assert esther.patch(f"/api/v2/{noun}/{number}", {"data": {}}).status == 404


def test_lists_of_options(cast):
    esther, amina = as_("esther"), as_("amina")
    page = amina.get("/api/v2/lookups?per=2&page=2&order_by=unique_id")
    assert page.json["metadata"] == {"total": 3, "per": 2, "page": 2}
    assert [row["unique_id"] for row in page.data] == ["lookup-risk"]
    clinics = {"name": {"en": "Clinics"}, "values": [option("north"), option("south")]}
    made = esther.post("/api/v2/lookups", {"data": clinics | {"unique_id": "lookup-clinics"}})
    assert made.status == 200 and made.data["values"][0] == {"id": "north", "display_text": {"en": "North", "ar": ""}}
    assert made.data["locked"] is False and made.data["name"] == {"en": "Clinics", "ar": ""}
    address = f"/api/v2/lookups/{made.data['id']}"
    changed = esther.patch(address, {"data": {"values": [option("east")], "unique_id": "lookup-other"}})
    assert [value["id"] for value in changed.data["values"]] == ["east", "north", "south"]
    assert changed.json["metadata"]["ignored"] == [{"pointer": "/unique_id", "code": "lookup.key_not_permitted"}]
    assert amina.get("/api/v2/lookups?per=999").json["metadata"]["total"] == 4
    assert esther.delete(address).status == 200 and esther.get(address).status == 404
    used = Lookup.objects.get(unique_id="lookup-gender")
    refused = esther.delete(f"/api/v2/lookups/{used.pk}")
    assert refused.status == 409 and refused.codes == ["lookup.in_use"]
    assert refused.json["errors"][0]["params"]["fields"] == ["basic_identity/sex"]
    wrong = esther.post("/api/v2/lookups", {"data": {"name": {"ar": "قائمة"}}})
    assert wrong.status == 422 and wrong.json["errors"][0]["message"] == ["errors.models.lookup.name_presence"]


def test_places(cast):
    esther, amina = as_("esther"), as_("amina")
    page = amina.get("/api/v2/locations?order_by=code&order=desc&per=2")
    assert page.json["metadata"] == {"total": 4, "per": 2, "page": 1}
    assert [row["code"] for row in page.data] == ["KA02", "KA0101"] and set(page.data[0]) == {
        "id",
        "code",
        "type",
        "disabled",
        "name",
    }
    whole = amina.get("/api/v2/locations?hierarchy=true&per=5000").data
    assert whole[2]["hierarchy"] == ["KA", "KA01", "KA0101"] and whole[2]["admin_level"] == 2
    made = esther.post(
        "/api/v2/locations", {"data": {"code": "KA03", "parent_code": "KA", "placename": {"en": "West"}}}
    )
    assert made.status == 200 and made.data["name"]["en"] == "KA::West" and made.data["hierarchy"] == ["KA", "KA03"]
    number = made.data["id"]
    changed = esther.patch(f"/api/v2/locations/{number}", {"data": {"placename": {"en": "Far west"}, "code": "KA9"}})
    assert changed.data["placename"]["en"] == "Far west" and changed.data["code"] == "KA03"
    assert changed.json["metadata"]["ignored"] == [{"pointer": "/code", "code": "location.key_not_permitted"}]
    bulk = esther.post("/api/v2/locations/update_bulk", {"data": [{"id": number, "disabled": True}]})
    assert bulk.status == 200 and bulk.json["metadata"]["total"] == 1 and bulk.data[0]["disabled"] is True
    assert [row["code"] for row in amina.get("/api/v2/locations?disabled[0]=true").data] == ["KA03"]
    assert esther.post("/api/v2/locations/update_bulk", {"data": {"id": number}}).status == 422
    assert esther.delete(f"/api/v2/locations/{number}").data == {"id": number}
    assert esther.get(f"/api/v2/locations/{number}").data["disabled"] is True
    hire_translator()
    assert as_("yusuf").get("/api/v2/locations").status == 403


def test_a_table_of_places(cast):
    def bring(lines: str):
        sent = {"file_name": "places.csv", "data_base64": base64.b64encode(lines.encode()).decode()}
        return as_("esther").post("/api/v2/locations/import", {"data": sent})

    good = bring("a,b,c,d\n#country+code,#country+name,#adm1+code,#adm1+name\nKA,KA,KA04,East\n")
    assert good.status == 200 and good.json == {
        "data": {
            "status": "success",
            "total": 1,
            "file_name": "places.csv",
            "success_total": 1,
            "failure_total": 0,
            "failures": [],
        },
        "errors": [],
    }
    bad = bring("a,b,c,d\n#country+code,#country+name,#adm1+code,#adm1+name\nKA,KA,KA05,\nKA,KA,KA06,Hills\n")
    assert bad.status == 422 and bad.data["status"] == "some_failure" and bad.data["failures"] == [1]
    assert bad.json["errors"][0] == {
        "message": "location.import.blank", "code": "location.import.blank", "row": 1, "params": {"column": "#adm1+name"},
    }  # fmt: skip
    assert Location.objects.filter(code="KA06").exists() and not Location.objects.filter(code="KA05").exists()


def test_modules(cast):
    esther = as_("esther")
    module = esther.get("/api/v2/primero_modules").data[0]
    assert module["unique_id"] == MODULE and module["options"] == module["module_options"] and module["workflows"] == {}
    assert {
        "list_filters",
        "list_headers",
        "field_map",
        "creation_field_map",
        "approvals_labels",
        "field_labels",
    } <= set(module)
    address = f"/api/v2/primero_modules/{module['id']}"
    changed = esther.patch(address, {"data": {"description": "Children", "name": "Other"}})
    assert changed.data["description"] == "Children" and changed.data["name"] == "CP"
    assert changed.json["metadata"]["ignored"] == [{"pointer": "/name", "code": "module.key_not_permitted"}]
    assert changed.data["form_section_unique_ids"] == module["form_section_unique_ids"] != []


def test_settings_for_whoever_is_signed_in(cast):
    amina = as_("amina")
    plain, extended = amina.get("/api/v2/system_settings").data, amina.get("/api/v2/system_settings?extended=true").data
    assert "modules" not in plain and "agencies" not in plain
    assert extended["modules"][0]["unique_id"] == MODULE and extended["agencies"][0]["unique_id"] == "agency-a"
    assert extended["agencies"][0]["name"] == {"en": "Agency a", "ar": "ع Agency a"} == text("Agency a")
    assert plain["default_locale"] == "en" and plain["rtl_locales"] == ["ar"] and plain["config_update_lock"] is False
    assert plain["system_options"]["maximum_attachments_per_record"] == 100
    assert plain["system_options"]["allow_case_creation_from_referral"] is True
    assert plain["phonetic_search_fields"]["cases"] == ["name", "name_nickname", "name_other"]
    assert plain["reporting_location_config"]["label_keys"] == ["district"]
    assert None not in plain.values()


def test_everybody_may_ask_who_we_are(cast):
    reply = as_(None).get("/api/v2//primero")
    assert reply.status == 200 and reply.data["sandbox_ui"] is True and reply.data["locales"] == ["en", "ar"]
    assert reply.data["agencies"] == [] and reply.data["config_ui"] == "full"


@pytest.mark.parametrize(
    ("path", "status"),
    [("", 204), ("/database", 204), ("/server", 204), ("/api", 204), ("/solr", 204), ("/elsewhere", 503)],
)
def test_health(db, path, status):
    reply = as_(None).get(f"/health{path}")
    assert reply.status == status and (status == 204 or reply.headers["Retry-After"] == "60")


def test_lists_cost_the_same_however_long_they_are(cast):
    def cost(path: str) -> int:
        caller = as_("esther")
        caller.get("/api/v2/primero")
        with CaptureQueriesContext(connection) as queries:
            assert caller.get(path).status == 200
        return len(queries)

    put_home()
    paths = (
        "/api/v2/locations?hierarchy=true",
        "/api/v2/forms?record_type=case",
        "/api/v2/system_settings?extended=true",
    )
    before = [cost(path) for path in paths]
    Location.objects.bulk_create(
        [Location(code=f"X{n}", hierarchy=[f"X{n}"], placename=text("x"), name=text("x")) for n in range(3)]
    )
    as_("esther").post("/api/v2/forms", {"data": SCHOOL})
    assert [cost(path) for path in paths] == before
    assert Field.objects.filter(form__unique_id="school").count() == 2
