"""Every form of a case, in the browser: filled in, saved, read back equal; what is wrong is named at its place and never sent."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from playwright.sync_api import Browser, Response, expect

from tests.api.test_every_form import FORMS, MODULE, PACKS
from tests.conftest import Databases
from tests.e2e.filling import Hands, Paper, differences, fields_of_row, hang, is_asked, wrong_answers
from tests.e2e.screen import Worker, is_delivery, outcome
from tests.filling import Filler
from tests.running import LiveServer, start_server


def _forms_to_fill() -> list[str]:
    """The forms of a case that a super-user may fill in, as the pack files say; the one for children released is granted below."""
    granted = yaml.safe_load((PACKS[0] / "roles" / "super_user.yaml").read_text())["form_section_read_write"]
    for pack in PACKS[1:]:
        granted |= yaml.safe_load((pack / "grants.yaml").read_text()).get("role-superuser", {})
    writable = {form for form, access in granted.items() if access == "rw"} | {"caafag_profile"}
    return [form for kind, form in FORMS if kind == "case" and form in writable]


CASE_FORMS = _forms_to_fill()
ASK = """async ([path, method, data]) => {
  const token = document.cookie.match(/CSRF-TOKEN=([^;]+)/);
  const reply = await fetch(path, {
    method,
    headers: {'Content-Type': 'application/json', 'X-CSRF-Token': token ? decodeURIComponent(token[1]) : ''},
    body: data === null ? undefined : JSON.stringify({data}),
  });
  return {status: reply.status, body: await reply.json()};
}"""


@dataclass
class Desk:
    """Farid at one device, and what the site told him of its forms."""

    worker: Worker
    forms: dict[str, dict[str, Any]]
    options: dict[str, tuple[str, ...]]
    places: list[str]
    labels: dict[str, dict[str, set[str]]]
    sent: list[Response] = field(default_factory=list)

    def ask(self, path: str, method: str = "GET", data: Any = None) -> Any:
        """Ask the server from inside the page."""
        reply = self.worker.page.evaluate(ASK, [path, method, data])
        assert reply["status"] == 200, reply
        return reply["body"]

    def hands(self, seed: int) -> Hands:
        """Hands that give the same answers for the same seed."""
        return Hands(self.worker, Filler(self.options, self.places, seed), self.labels)

    def stands_as(self, locale: str, width: int) -> None:
        """Take another language and another device from the next page on."""
        self.worker.locale = locale
        self.worker.page.set_viewport_size({"width": width, "height": 740 if width < 600 else 900})
        self.worker.page.evaluate("(locale) => localStorage.setItem('cpims.locale', locale)", locale)

    def save(self) -> int:
        """Save, complete or not; the status that came back."""
        page, before = self.worker.page, len(self.sent)
        page.get_by_role("button", name=self.worker.words["casefile.save"], exact=True).click()
        anyway = page.get_by_role("button", name=self.worker.words["casefile.save_anyway"], exact=True)
        for _ in range(300):
            if len(self.sent) > before:
                return outcome(self.sent[-1])
            if anyway.is_visible():
                anyway.click()
            page.wait_for_timeout(50)
        raise AssertionError("nothing was sent")


@pytest.fixture(scope="module")
def site(databases: Databases, built_web: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A site with every pack loaded and nobody's cases."""
    from cpims.accounts.models import Role
    from cpims.forms.models import Form, FormGrant

    name = databases.copy()
    databases.use(name)
    databases.allowed = True
    for pack in PACKS:
        call_command("load_pack", str(pack), verbosity=0)
    call_command("demo", cases=0, seed=1, passwords="fixed", verbosity=0)
    # The page on release and reintegration is open to its own role only; here Farid is let in, to try it like the others.
    role, form = Role.objects.get(unique_id="role-superuser"), Form.objects.get(unique_id="caafag_profile")
    FormGrant.objects.create(role=role, form=form, access="rw")
    databases.close()
    databases.allowed = False
    log = tmp_path_factory.mktemp("forms") / "web.log"
    server = start_server(databases.cluster.address(database=name), log, CPIMS_WEB_DIST=str(built_web))
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def desk(browser: Browser, site: LiveServer) -> Iterator[Desk]:
    """One device for all forms, signed in once."""
    farid = Worker(browser, site.url, width=360, locale="en")
    farid.sign_in("farid")
    made = Desk(farid, {}, {}, [], defaultdict(dict))
    made.forms = hang(made.ask("/api/v2/forms?per=1000")["data"])
    for lookup in made.ask("/api/v2/lookups?per=1000")["data"]:
        made.options[lookup["unique_id"]] = tuple(option["id"] for option in lookup["values"])
        for option in lookup["values"]:
            labels = made.labels[lookup["unique_id"]]
            labels.setdefault(option["display_text"]["en"], set()).add(option["id"])
    for place in made.ask("/api/v2/locations?per=1000")["data"]:
        made.places.append(place["code"])
        *parents, own = place["name"]["en"].split("::")
        for source in ("Location", "ReportingLocation"):
            made.labels[source].setdefault(own + " › ".join(parents), set()).add(place["code"])
    for user in made.ask("/api/v2/users?per=1000")["data"]:
        made.labels["User"].setdefault(user.get("full_name") or user["user_name"], set()).add(user["user_name"])
    for agency in made.ask("/api/v2/agencies?per=1000")["data"]:
        name = agency["name"]
        made.labels["Agency"][name["en"] if isinstance(name, dict) else name] = {agency["unique_id"]}
    farid.page.on("response", lambda one: made.sent.append(one) if is_delivery(one) else None)
    yield made
    farid.close()


def opening(desk: Desk, conditions: dict[str, Any]) -> dict[str, Any]:
    """Answers with which a form is offered."""
    several = {
        one["name"]: one.get("multi_select", False)
        for form in desk.forms.values()
        for one in form["fields"]
        if form["parent_form"] == "case" and not form["is_nested"]
    }
    for operator, argument in conditions.items():
        if operator == "or":
            return opening(desk, argument[0])
        if operator == "and":
            return {name: value for part in argument for name, value in opening(desk, part).items()}
        ((name, value),) = argument.items()
        one = value[0] if isinstance(value, list) else value
        return {name: [one] if several[name] else one}
    return {}


def give_wrong(hands: Hands, element: str, text: str) -> None:
    """Type a wrong answer and go on to the next question."""
    control = hands.control(element)
    control.fill("")
    if text == "impossible":
        control.focus()
        hands.page.keyboard.type("02312015")  # the thirty-first of February
        control.blur()
        assert control.input_value() == ""
    else:
        control.fill(text)
        control.blur()


def try_all_wrong(hands: Hands, fields: list[Any], prefix: str) -> int:
    """Give each wrong answer that can be given here: each is named at its field. The number of fields left wrong."""
    tried = 0
    for one, control in list(hands.see(fields, prefix)):
        for text, code in wrong_answers(one):
            element = f"{control.id}-{one['tally'][0]['id']}" if one["type"] == "tally_field" else control.id
            give_wrong(hands, element, text)
            said = hands.worker.words[f"renderer.problem.{code}"]
            expect(hands.control(f"{control.id}-error"), f"{control.id}: {text}").to_have_text(said)
            expect(hands.control(element)).to_have_attribute("aria-invalid", "true")
        tried += bool(wrong_answers(one))
    return tried


@pytest.mark.parametrize("form_id", CASE_FORMS)
def test_filled_saved_read_back_and_refused(desk: Desk, form_id: str) -> None:
    worker, page, form = desk.worker, desk.worker.page, desk.forms[form_id]
    desk.stands_as("en", 360)
    opened = opening(desk, form.get("display_conditions") or {})
    case = desk.ask("/api/v2/cases", "POST", {"module_id": MODULE} | opened)["data"]["id"]
    worker.go(f"/cases/{case}/{form_id}/edit")
    expect(page.locator("article h2")).to_have_text(form["name"]["en"])

    hands = desk.hands(seed=11)
    paper = hands.fill(form["fields"])
    worker.look(f"{form_id}, filled in")
    asked = [one for one in form["fields"] if is_asked(one)]
    assert paper.answers or paper.rows or not asked, "nothing could be answered"
    if asked:
        assert desk.save() == 200
        expect(page.locator("article h2")).to_be_focused()
        stored = desk.ask(f"/api/v2/cases/{case}")
        assert differences(paper, stored["data"]) == []
        worker.fits(f"{form_id}, read")
        refuse_what_is_wrong(desk, hands, form, paper)
        after = desk.ask(f"/api/v2/cases/{case}")
        assert after["metadata"]["revision"] == stored["metadata"]["revision"]

    desk.stands_as("ar", 1280)
    worker.go(f"/cases/{case}/{form_id}/edit")
    expect(page.locator("article h2")).to_have_text(form["name"]["ar"])
    worker.look(f"{form_id}, on a desk")


def add_row(hands: Hands, section: str) -> str:
    """Begin another row; its identity."""
    hands.control(f"{section}-add").click()
    first = hands.page.locator(f"dialog[open] [id^='{section}-']").first
    expect(first).to_be_visible()
    return re.sub(rf"^{section}-([0-9a-f-]{{36}}).*$", r"\1", first.get_attribute("id") or "")


def refuse_what_is_wrong(desk: Desk, hands: Hands, form: dict[str, Any], paper: Paper) -> None:
    """Open the saved form again and spoil it: each fault is named at its field and row, and nothing leaves the device."""
    worker, page, before = desk.worker, desk.worker.page, len(desk.sent)
    page.get_by_role("link", name=re.compile("^" + worker.text("casefile.edit"))).first.click()
    expect(page.locator("article h2")).to_be_visible()
    spoilt = try_all_wrong(hands, form["fields"], "answer")
    for one in form["fields"]:
        for identity in paper.rows.get(one["name"], {}):
            section = f"answer-{one['name']}"
            if one["subform"].get("subform_append_only"):
                identity = add_row(hands, section)  # a stored row of such a list opens for reading only
            else:
                hands.control(f"{section}-{identity}").click()
            expect(page.locator("dialog[open]")).to_be_visible()
            in_row = try_all_wrong(hands, fields_of_row(one), f"{section}-{identity}")
            hands.done()
            if in_row:
                expect(hands.control(f"{section}-{identity}")).to_contain_text(re.compile(r"\d problem"))
            spoilt += in_row
    if spoilt:
        page.get_by_role("button", name=worker.words["casefile.save"], exact=True).click()
        problems = page.get_by_role("alert").filter(has=page.locator("button"))
        expect(problems).to_be_visible()
        assert problems.get_by_role("button").count() >= 1
        page.get_by_role("button", name=worker.words["casefile.discard"]).click()
        expect(page.locator("article h2")).to_be_visible()
    assert len(desk.sent) == before, "a wrong answer was sent"
