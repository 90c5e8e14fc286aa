"""Forms are put into another order, and what was put away is found and brought back."""

from __future__ import annotations

from cpims.audit.models import ChangeEntry
from cpims.forms.models import Field, Form
from cpims.settings.models import Instance
from tests.api.client import as_

OURS, THEIRS = "/api/cpims/v1/forms", "/api/v2/forms"


def number(unique_id: str) -> int:
    return Form.objects.get(unique_id=unique_id).pk


def form_events() -> int:
    return ChangeEntry.objects.filter(event="form.changed").count()


def test_forms_change_places_all_at_once(cast):
    esther = as_("esther")
    one, other = number("consent"), number("basic_identity")
    before = form_events()
    wish = {"forms": [{"id": one, "order": 20, "order_form_group": 30}, {"id": other, "order": 15}]}
    reply = esther.post(f"{OURS}/arrange", wish)
    assert reply.status == 200, reply.json
    assert [row["id"] for row in reply.data] == [one, other]
    served = {form["id"]: form for form in esther.get(THEIRS).data}
    assert (served[one]["order"], served[one]["order_form_group"], served[other]["order"]) == (20, 30, 15)
    assert form_events() == before + 2
    # The same again moves nothing and is no event.
    assert esther.post(f"{OURS}/arrange", wish).status == 200
    assert form_events() == before + 2


def test_one_unknown_form_and_nothing_moves(cast):
    one = number("consent")
    before = (form_events(), Form.objects.get(pk=one).order)
    reply = as_("esther").post(f"{OURS}/arrange", {"forms": [{"id": one, "order": 99}, {"id": 10**6, "order": 1}]})
    assert (reply.status, reply.json["errors"][0]["code"]) == (404, "form.not_found")
    reply = as_("esther").post(f"{OURS}/arrange", {"forms": [{"id": one, "order": 9}, {"id": one, "order": 8}]})
    assert (reply.status, reply.codes[0]) == (422, "form.twice")
    assert as_("esther").post(f"{OURS}/arrange", {"forms": [{"id": one, "order": "9"}]}).status == 422
    assert (form_events(), Form.objects.get(pk=one).order) == before


def test_a_form_that_was_put_away_comes_back_as_it_was(cast):
    esther = as_("esther")
    made = esther.post(
        THEIRS,
        {
            "data": {
                "name": {"en": "Water"}, "parent_form": "case", "module_ids": ["primeromodule-cp"],
                "fields": [
                    {"name": "well", "type": "text_field", "display_name": {"en": "Well"}},
                    {"name": "tap", "type": "tick_box", "display_name": {"en": "Tap"}},
                ],
            }
        },
    )  # fmt: skip
    assert made.status == 200, made.json
    form = made.data["id"]
    kept = [{"name": "tap"}]
    assert esther.patch(f"{THEIRS}/{form}", {"data": {"fields": kept}}).status == 200
    assert [row["name"] for row in esther.get(f"{OURS}/{form}/retired").data] == ["well"]
    assert esther.delete(f"{THEIRS}/{form}").status == 200
    assert [row["id"] for row in esther.get(f"{OURS}/retired").data] == [form]
    assert esther.get(f"{OURS}/{form}/retired").status == 404

    reply = esther.post(f"{OURS}/{form}/bring_back")
    assert (reply.status, reply.data) == (200, {"id": form})
    assert [row["name"] for row in esther.get(f"{THEIRS}/{form}").data["fields"]] == ["tap"]
    assert esther.get(f"{OURS}/retired").data == []
    assert esther.post(f"{OURS}/{form}/bring_back").status == 404, "it is in use already"
    # A question comes back by being named, with all that was said of it.
    assert esther.patch(f"{THEIRS}/{form}", {"data": {"fields": [{"name": "tap"}, {"name": "well"}]}}).status == 200
    well = esther.get(f"{THEIRS}/{form}").data["fields"][1]
    assert (well["name"], well["type"], well["display_name"]["en"]) == ("well", "text_field", "Well")


def test_a_form_that_no_longer_fits_stays_away(cast):
    """Meanwhile another form asks under the same name for something else."""
    esther = as_("esther")
    ids = []
    for name, kind in (("First", "text_field"), ("Second", "numeric_field")):
        if ids:
            assert esther.delete(f"{THEIRS}/{ids[0]}").status == 200
        fields = [{"name": "shoe_size", "type": kind, "display_name": {"en": "Shoe size"}}]
        values = {"name": {"en": name}, "parent_form": "case", "module_ids": ["primeromodule-cp"], "fields": fields}
        made = esther.post(THEIRS, {"data": values})
        assert made.status == 200, made.json
        ids.append(made.data["id"])
    before = form_events()
    reply = esther.post(f"{OURS}/{ids[0]}/bring_back")
    assert (reply.status, reply.codes[0]) == (422, "field.type_elsewhere")
    assert Form.objects.get(pk=ids[0]).retired_at is not None
    assert form_events() == before
    assert Field.objects.filter(form_id=ids[0], retired_at__isnull=True).count() == 1


def test_where_forms_come_by_promotion_alone_that_is_said_and_nothing_is_changed(cast):
    esther = as_("esther")
    assert esther.get(f"{OURS}/retired").json["metadata"] == {"closed": False}
    Instance.objects.update(closed=True)
    before = form_events()
    assert esther.get(f"{OURS}/retired").json["metadata"] == {"closed": True}
    one = number("consent")
    for reply in (
        esther.post(f"{OURS}/arrange", {"forms": [{"id": one, "order": 99}]}),
        esther.post(f"{OURS}/{one}/bring_back"),
        esther.patch(f"{THEIRS}/{one}", {"data": {"visible": False}}),
    ):
        assert (reply.status, reply.codes) == (409, ["configuration.closed"])
    assert form_events() == before
    assert Form.objects.get(pk=one).order != 99
