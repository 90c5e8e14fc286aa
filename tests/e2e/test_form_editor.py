"""An administrator changes what is asked: a form from its making to its end, and a worker who has one open goes on undisturbed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.screen import Worker
from tests.e2e.test_work import one_of_mine
from tests.running import LiveServer

SIZES = [("en", 1280, "light"), ("ar", 360, "dark")]


def sheet(page: Page) -> Locator:
    return page.locator("dialog[open]")


def part(page: Page, name: str) -> Locator:
    """A part of the question that is open, by the end of its id."""
    return sheet(page).locator(f"[id$='-{name}']").first


def form_id(name: str) -> int:
    from cpims.forms.models import Form

    return int(Form.objects.get(unique_id=name).pk)


def open_form(worker: Worker, name: str) -> None:
    worker.go(f"/admin/forms/{form_id(name)}")
    expect(worker.page.locator("ol button[data-question]").first).to_be_visible()


def add(worker: Worker, kind: str) -> None:
    worker.button("admin.forms.add").click()
    sheet(worker.page).locator(f"button[data-type={kind}]").click()
    expect(part(worker.page, "display_name-en")).to_be_visible()


def say_in(page: Page, name: str, **texts: str) -> None:
    for locale, text in texts.items():
        part(page, f"{name}-{locale}").fill(text)


def done(worker: Worker) -> None:
    sheet(worker.page).get_by_role("button", name=worker.words["admin.forms.done"], exact=True).click()
    expect(sheet(worker.page)).to_have_count(0)


def save(worker: Worker) -> Any:
    """Press the button at the foot; what was sent and what came back."""
    with worker.page.expect_response(lambda r: "/api/v2/forms/" in r.url and r.request.method == "PATCH") as answered:
        worker.page.get_by_role("button", name=worker.words["admin.save"], exact=True).click()
    return answered.value


def is_saved(worker: Worker) -> None:
    expect(worker.page.get_by_text(worker.words["admin.forms.all_saved"], exact=True)).to_be_visible()


def test_a_question_is_added_while_a_worker_has_the_form_open(
    browser: Browser, demo_site: LiveServer, demo_db: None, tmp_path: Path
) -> None:
    from cpims.forms.models import Field
    from cpims.records.models import Record

    amina = Worker(browser, demo_site.url, width=1280, locale="en")
    amina.sign_in("amina")
    path = one_of_mine(amina)
    case = Record.objects.get(pk=path.rsplit("/", 1)[1])
    amina.go(f"{path}/basic_identity/edit")
    nickname = amina.page.locator("#answer-name_nickname")
    nickname.fill("Half wr")

    esther = Worker(browser, demo_site.url, width=1280, locale="en")
    esther.sign_in("esther")
    page = esther.page
    open_form(esther, "basic_identity")
    add(esther, "select_box")
    say_in(page, "display_name", en="Way to school", fr="Chemin de l’école", ar="الطريق إلى المدرسة")
    expect(part(page, "name")).to_have_value("way_to_school")
    for place, (code, texts) in enumerate(
        {
            "on_foot": {"en": "On foot", "fr": "À pied", "ar": "مشيًا"},
            "by_bus": {"en": "By bus", "fr": "En bus", "ar": "بالحافلة"},
        }.items()
    ):
        sheet(page).locator("[id$='-option_strings_text-add']").click()
        say_in(page, f"option_strings_text-{place}-display_text", **texts)
        expect(part(page, f"option_strings_text-{place}-id")).to_have_value(code)
    condition = sheet(page).locator("fieldset[id$='-display_conditions_record']")
    condition.get_by_role("button", name=esther.words["admin.build.add"], exact=True).click()
    asked = condition.locator("input[id$='-question']")
    asked.fill("Sex")
    page.get_by_role("option", name=re.compile(r"^Sex\b")).first.click()
    answer = condition.locator("[id$='-answer']").first
    sex = str(case.data["sex"])
    if answer.evaluate("e => e.tagName") == "SELECT":
        answer.select_option(sex)
    else:
        condition.locator(f"input[value={sex}]").check()
    esther.look("a new question")
    esther.picture(tmp_path / "question.png")
    done(esther)
    preview = page.frame_locator("iframe").first
    expect(preview.locator("#answer-name_nickname, [id*='name_nickname']").first).to_be_attached()
    answered = save(esther)
    assert answered.status == 200, answered.text()
    sent = answered.request.post_data_json["data"]
    fresh = next(field for field in sent["fields"] if field["name"] == "way_to_school")
    assert all(set(field) == {"name", "order"} for field in sent["fields"] if field is not fresh)
    is_saved(esther)
    esther.look("a form")
    esther.picture(tmp_path / "form.png")
    stored = Field.objects.get(form__unique_id="basic_identity", name="way_to_school").attributes
    assert [option["id"] for option in stored["option_strings_text"]] == ["on_foot", "by_bus"]
    assert stored["option_strings_text"][1]["display_text"]["ar"] == "بالحافلة"
    assert sex in json.dumps(stored["display_conditions_record"])

    # Amina’s device hears of it under her hands: what she typed stays, and she types on.
    with amina.page.expect_response(lambda r: r.url.endswith("/sync/configuration") and r.status == 200) as heard:
        amina.page.evaluate("() => { window.dispatchEvent(new Event('online')) }")
    assert "way_to_school" in heard.value.text()
    nickname.press_sequentially("itten")
    expect(nickname).to_have_value("Half written")
    expect(amina.page.locator("#answer-way_to_school, [name=answer-way_to_school]")).to_have_count(0)
    assert amina.save() == 200
    case.refresh_from_db()
    assert case.data["name_nickname"] == "Half written"

    # With the next look at the form the new question is there, and is answered like any other.
    amina.page.locator(f"a[href$='{path}/basic_identity/edit']").first.click()
    question = amina.page.get_by_role("group", name=re.compile("^Way to school")).or_(
        amina.page.get_by_label(re.compile("^Way to school"))
    )
    expect(question.first).to_be_visible()
    choice = amina.page.locator("[name=answer-way_to_school][value=by_bus]")
    if choice.count():
        choice.check()
    else:
        amina.page.locator("#answer-way_to_school").select_option("by_bus")
    assert amina.save() == 200
    case.refresh_from_db()
    assert case.data["way_to_school"] == "by_bus"

    # Put away, the question is no longer asked; its answer stays, and it comes back as it was.
    page.locator("button[data-question=way_to_school]").click()
    sheet(page).get_by_role("button", name=esther.words["admin.forms.question.away"], exact=True).click()
    expect(page.get_by_text(esther.words["admin.forms.going"], exact=True)).to_be_visible()
    assert save(esther).status == 200
    is_saved(esther)
    assert Field.objects.get(form__unique_id="basic_identity", name="way_to_school").retired_at is not None
    case.refresh_from_db()
    assert case.data["way_to_school"] == "by_bus"
    esther.button("admin.forms.add").click()
    page.get_by_role("tab").nth(-1).click()
    sheet(page).locator("button[data-name=way_to_school]").click()
    done(esther)
    assert save(esther).status == 200
    is_saved(esther)
    assert Field.objects.get(form__unique_id="basic_identity", name="way_to_school").retired_at is None
    amina.close()
    esther.close()


def test_two_administrators_at_one_form_and_nothing_is_lost(
    browser: Browser, demo_site: LiveServer, demo_db: None, tmp_path: Path
) -> None:
    from cpims.forms.models import Field

    esther = Worker(browser, demo_site.url, width=1280, locale="en")
    esther.sign_in("esther")
    page = esther.page
    open_form(esther, "consent")
    first = page.locator("button[data-question]").first
    name = str(first.get_attribute("data-question"))
    first.click()
    if not part(page, "help_text-en").is_visible():
        sheet(page).locator("summary").first.click()
    say_in(page, "help_text", en="Ask in a quiet place.")
    done(esther)

    # She is called away and comes back: her change is still there, and is not anybody else’s.
    page.get_by_role("link", name=esther.words["admin.forms.title"]).click()
    sheet(page).get_by_role("button", name=esther.words["admin.forms.leave.keep"], exact=True).click()
    expect(page.locator("main h1")).to_have_text(esther.words["admin.forms.title"])
    page.reload()
    expect(page.locator("main h1")).to_have_text(esther.words["admin.forms.title"])
    open_form(esther, "consent")
    expect(page.get_by_text(esther.words["admin.forms.resumed"], exact=True)).to_be_visible()

    # Meanwhile somebody else changes the same help, and another question.
    token = page.context.cookies()
    csrf = next(one["value"] for one in token if one["name"] == "CSRF-TOKEN")
    others = page.evaluate(
        """async ([id, name, token]) => {
          const form = (await (await fetch(`/api/v2/forms/${id}`)).json()).data;
          const fields = form.fields.map((one) => ({name: one.name, order: one.order}));
          fields.find((one) => one.name === name).help_text = {en: "Ask twice."};
          const other = fields.find((one) => one.name !== name);
          other.help_text = {en: "Theirs alone."};
          const reply = await fetch(`/api/v2/forms/${id}`, {method: "PATCH", body: JSON.stringify({data: {fields}}),
            headers: {"Content-Type": "application/json", "X-CSRF-Token": decodeURIComponent(token)}});
          return [reply.status, other.name];
        }""",
        [form_id("consent"), name, csrf],
    )
    assert others[0] == 200
    assert save(esther).status == 412
    told = page.get_by_role("alert").filter(has_text=esther.words["admin.forms.meanwhile"])
    expect(told).to_contain_text("Ask twice.")
    esther.look("changed by somebody else")
    esther.picture(tmp_path / "meanwhile.png")
    saved = Field.objects.get(form__unique_id="consent", name=name).attributes["help_text"]["en"]
    assert saved == "Ask twice.", "nothing was written over"
    assert save(esther).status == 200
    is_saved(esther)
    help_of = dict(Field.objects.filter(form__unique_id="consent").values_list("name", "attributes__help_text__en"))
    assert (help_of[name], help_of[others[1]]) == ("Ask in a quiet place.", "Theirs alone.")

    # What is wrong is said at its question before anything is sent, and what the server refuses too.
    add(esther, "radio_button")
    say_in(page, "display_name", en="Really!")
    done(esther)
    page.get_by_role("button", name=esther.words["admin.save"], exact=True).click()
    problems = page.get_by_role("alert").filter(has_text=esther.words["admin.forms.options.needed"])
    expect(problems).to_be_focused()
    expect(problems).to_contain_text(esther.words["field.display_name_signs"])
    problems.get_by_role("button").first.click()
    expect(part(page, "display_name-en")).to_be_focused()
    esther.look("a question with mistakes")
    say_in(page, "display_name", en="Sex")
    part(page, "name").fill("sex")
    sheet(page).locator("[id$='-option_strings_text-add']").click()
    say_in(page, "option_strings_text-0-display_text", en="Yes")
    done(esther)
    refused = save(esther)
    assert refused.status == 422
    expect(page.locator("li", has=page.locator("button[data-question^='+']"))).to_contain_text(
        esther.words["field.type_elsewhere"].split("{")[0].strip()
    )
    esther.button("admin.forms.discard").click()
    is_saved(esther)
    esther.close()


def test_a_form_is_made_arranged_put_away_and_brought_back(
    browser: Browser, demo_site: LiveServer, demo_db: None, tmp_path: Path
) -> None:
    from cpims.forms.models import Form

    esther = Worker(browser, demo_site.url, width=360, locale="en")
    esther.sign_in("esther")
    page = esther.page
    esther.go("/admin/forms")
    page.get_by_role("link", name=esther.words["admin.forms.new"], exact=True).click()
    page.get_by_label(re.compile(r"^Name \(English\)")).fill("Home visit")
    page.get_by_label(re.compile(r"^Name \(Français\)")).fill("Visite à domicile")
    page.get_by_label(re.compile(f"^{esther.words['admin.forms.form.group']}")).select_option(index=1)
    esther.look("a new form")
    esther.picture(tmp_path / "new.png")
    page.get_by_role("button", name=esther.words["admin.create"], exact=True).click()
    expect(page.locator("main h1")).to_have_text("Home visit")
    expect(page.get_by_text(esther.words["admin.forms.questions.none"], exact=True)).to_be_visible()
    made = Form.objects.get(name__en="Home visit")

    # A table of rows gets a form of its own, in the same breath.
    add(esther, "subform")
    say_in(page, "display_name", en="People at home", fr="Personnes à la maison")
    done(esther)
    add(esther, "date_field")
    say_in(page, "display_name", en="Day of the visit")
    part(page, "date_validation").select_option("not_future_date")
    done(esther)
    # By keyboard alone: the day comes first.
    up = page.get_by_role("button", name=esther.words["admin.forms.up"].replace("{name}", "Day of the visit"))
    up.focus()
    page.keyboard.press("Enter")
    expect(up).to_be_focused()
    expect(page.locator("ol button[data-question]").first).to_contain_text("Day of the visit")
    assert save(esther).status == 200
    is_saved(esther)
    rows = Form.objects.get(name__en="People at home")
    assert (rows.is_nested, rows.parent_form, rows.module_ids) == (True, "case", made.module_ids)
    assert list(made.fields.order_by("order").values_list("name", "subform")) == [
        ("day_of_the_visit", None),
        ("people_at_home", rows.pk),
    ]
    esther.look("a form on a phone")
    esther.picture(tmp_path / "phone.png")
    page.get_by_role("tab", name=esther.words["admin.forms.settings"]).click()
    expect(page.get_by_role("region", name=esther.words["admin.forms.who"])).to_be_visible()
    esther.look("settings of a form")
    esther.picture(tmp_path / "settings.png")

    # It moves up in its group, by one request.
    esther.go("/admin/forms")
    place = page.get_by_role("button", name=esther.words["admin.forms.up"].replace("{name}", "Home visit"))
    with page.expect_response(lambda r: r.url.endswith("/forms/arrange")) as moved:
        place.click()
    assert moved.value.status == 200
    made.refresh_from_db()
    before = list(
        Form.objects.filter(form_group_id=made.form_group_id, parent_form="case", is_nested=False, retired_at=None)
        .order_by("order_form_group", "order", "id")
        .values_list("pk", flat=True)
    )
    assert before[-2] == made.pk
    expect(place).to_be_focused()

    esther.go(f"/admin/forms/{made.pk}")
    page.get_by_role("tab", name=esther.words["admin.forms.settings"]).click()
    esther.button("admin.forms.form.away").click()
    sheet(page).get_by_role("button", name=esther.words["admin.forms.form.away"], exact=True).click()
    expect(page.locator("main h1")).to_have_text(esther.words["admin.forms.title"])
    expect(page.get_by_role("link", name="Home visit")).to_have_count(0)
    page.get_by_label(esther.words["admin.forms.show_away"]).check()
    gone = page.get_by_role("region", name=esther.words["admin.forms.gone"])
    expect(gone).to_contain_text("Home visit")
    esther.look("forms that were put away")
    gone.get_by_role("button", name=esther.words["admin.forms.back"], exact=True).click()
    expect(page.get_by_role("link", name="Home visit")).to_be_visible()
    made.refresh_from_db()
    assert made.retired_at is None
    esther.close()


@pytest.mark.parametrize(("locale", "width", "scheme"), SIZES)
def test_the_screens_in_every_direction(
    browser: Browser, demo_site: LiveServer, demo_db: None, locale: str, width: int, scheme: str, tmp_path: Path
) -> None:
    esther = Worker(browser, demo_site.url, width=width, locale=locale, scheme=scheme)
    esther.sign_in("esther")
    page = esther.page
    esther.go("/admin/forms")
    expect(page.locator("main ol li").first).to_be_visible()
    esther.look("forms")
    esther.picture(tmp_path / f"forms-{locale}.png")
    page.get_by_role("searchbox").fill("consent")
    expect(page.locator("main ol li").first).to_be_visible()
    open_form(esther, "basic_identity")
    esther.look("a form")
    esther.picture(tmp_path / f"form-{locale}.png")
    page.locator("button[data-question=sex]").click()
    expect(part(page, "display_name-ar")).to_have_attribute("dir", "rtl")
    expect(part(page, "display_name-en")).to_have_attribute("dir", "ltr")
    esther.look("a question")
    esther.picture(tmp_path / f"question-{locale}.png")
    done(esther)
    esther.button("admin.forms.add").click()
    expect(sheet(page).locator("button[data-type]").first).to_be_visible()
    esther.look("adding a question")
    esther.picture(tmp_path / f"adding-{locale}.png")
    sheet(page).get_by_role("tab").nth(1).click()
    expect(sheet(page).locator("button[data-name]").first).to_be_visible()
    esther.look("adding a question of another form")
    page.keyboard.press("Escape")
    page.get_by_role("tab", name=esther.words["admin.forms.settings"]).click()
    expect(page.locator("#form-name-ar")).to_be_visible()
    esther.look("settings")
    esther.picture(tmp_path / f"settings-{locale}.png")
    if width < 600:
        page.get_by_role("tab", name=esther.words["admin.forms.preview"]).click()
        expect(page.locator("iframe")).to_be_visible()
        esther.look("preview")
        esther.picture(tmp_path / f"preview-{locale}.png")
    esther.close()


def test_a_worker_finds_nothing_to_change(browser: Browser, demo_site: LiveServer) -> None:
    amina = Worker(browser, demo_site.url, width=360, locale="en")
    amina.sign_in("amina")
    amina.go("/admin/forms")
    expect(amina.page.locator("main")).to_contain_text(amina.words["admin.none.title"])
    amina.close()


def test_in_production_forms_are_only_looked_at(browser: Browser, demo_site: LiveServer, demo_db: None) -> None:
    from cpims.settings.models import Instance

    Instance.objects.update(closed=True)
    try:
        esther = Worker(browser, demo_site.url, width=360, locale="en")
        esther.sign_in("esther")
        open_form(esther, "consent")
        expect(esther.page.get_by_text(esther.words["admin.forms.closed"], exact=True)).to_be_visible()
        expect(esther.page.get_by_role("button", name=esther.words["admin.save"], exact=True)).to_have_count(0)
        expect(esther.button("admin.forms.add")).to_have_count(0)
        esther.page.locator("button[data-question]").first.click()
        expect(part(esther.page, "display_name-en")).to_be_disabled()
        esther.look("a form that is closed")
        esther.close()
    finally:
        Instance.objects.update(closed=False)
