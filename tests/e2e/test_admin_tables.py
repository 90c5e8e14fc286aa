"""Lists, places, settings, whom to turn to, what is promised: looked after on the screen, and terms of use at the door."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.api.test_daily import decide
from tests.api.test_terms import paper
from tests.e2e.screen import Worker
from tests.e2e.test_admin import control, save
from tests.running import LiveServer


def test_a_list_from_its_making_to_its_end(browser: Browser, demo_site: LiveServer, demo_db: None) -> None:
    from cpims.lookups.models import Lookup

    esther = Worker(browser, demo_site.url, width=1280, locale="en")
    esther.sign_in("esther")
    page, words = esther.page, esther.words
    esther.go("/admin/lookups")
    page.get_by_role("link", name=words["admin.lookups.new"]).click()
    # Everything needs English words; nothing was made without.
    before = Lookup.objects.count()
    assert save(esther, "admin.create", "/v2/lookups") == 422
    expect(page.get_by_role("alert")).to_contain_text(words["lookup.name_en"])
    assert Lookup.objects.count() == before
    control(page, words["admin.lookups.name"].replace("{language}", "English")).fill("Shelters")
    for english, arabic in (("Tent", "خيمة"), ("House", "بيت"), ("School", "")):
        page.get_by_role("button", name=words["admin.lookups.add"]).click()
        sheet = page.locator("dialog[open]")
        if english == "Tent":
            sheet.get_by_role("button", name=words["admin.lookups.take_over"]).click()
            expect(sheet.locator("[aria-invalid=true]")).to_have_count(1)
            esther.look("a new option")
        for language, text in (("English", english), ("العربية", arabic)):
            sheet.get_by_label(words["admin.lookups.text"].replace("{language}", language)).fill(text)
        sheet.get_by_role("button", name=words["admin.lookups.take_over"]).click()
        expect(sheet).to_have_count(0)
    page.get_by_role("button", name=words["admin.lookups.up"].replace("{option}", "School")).click()
    expect(page.get_by_role("button", name=words["admin.lookups.up"].replace("{option}", "School"))).to_be_focused()
    assert save(esther, "admin.create", "/v2/lookups") == 200
    expect(page.get_by_role("button", name=words["admin.lookups.drop"])).to_be_visible()
    made = Lookup.objects.get(name__en="Shelters")
    assert [one["id"] for one in made.values] == ["tent", "school", "house"]
    assert made.values[0]["display_text"]["ar"] == "خيمة"
    # Retired, it is kept and can come back.
    page.get_by_role("button", name=words["admin.lookups.retire"].replace("{option}", "Tent")).click()
    assert save(esther, "admin.save", "/v2/lookups") == 200
    back = page.get_by_role("button", name=words["admin.lookups.bring_back"].replace("{option}", "Tent"))
    expect(back).to_be_visible()
    made.refresh_from_db()
    assert made.values[0]["disabled"] is True
    back.click()
    assert save(esther, "admin.save", "/v2/lookups") == 200
    made.refresh_from_db()
    assert not made.values[0].get("disabled")
    esther.look("a list")
    page.get_by_role("button", name=words["admin.lookups.drop"]).click()
    sheet = page.locator("dialog[open]")
    sheet.get_by_role("button", name=words["admin.lookups.drop"], exact=True).click()
    expect(page.locator("main h1")).to_have_text(words["admin.lookups.title"])
    made.refresh_from_db()
    assert made.retired_at is not None
    # A list that questions use says which, and cannot go.
    used = Lookup.objects.get(unique_id="lookup-gender")
    esther.go(f"/admin/lookups/{used.id}")
    expect(page.get_by_text(words["admin.lookups.drop.used"])).to_be_visible()
    expect(page.get_by_role("button", name=words["admin.lookups.drop"])).to_have_count(0)
    esther.close()


def test_the_tree_of_places(browser: Browser, demo_site: LiveServer, demo_db: None) -> None:
    from cpims.locations.models import Location

    province = Location.objects.filter(admin_level=1).order_by("code")[0]
    country = Location.objects.get(code=province.hierarchy[0])
    esther = Worker(browser, demo_site.url, width=360, locale="en")
    esther.sign_in("esther")
    page, words = esther.page, esther.words
    esther.go("/admin/places")
    page.get_by_role("link", name=country.placename["en"], exact=True).click()
    page.locator("main li").get_by_role("link", name=province.placename["en"], exact=True).click()
    path = page.get_by_role("navigation", name=words["admin.places.path"])
    expect(path.get_by_role("link", name=province.placename["en"])).to_have_attribute("aria-current", "location")
    page.get_by_role("link", name=words["admin.places.new"]).click()
    control(page, words["admin.places.code"]).fill("not a code")
    assert save(esther, "admin.create", "/v2/locations") == 422
    expect(page.locator("form")).to_contain_text(words["location.code"])
    expect(page.locator("form")).to_contain_text(words["location.placename_en"])
    control(page, words["admin.places.code"]).fill("ZZ77")
    control(page, words["admin.places.name"].replace("{language}", "English")).fill("Lantern Camp")
    assert save(esther, "admin.create", "/v2/locations") == 200
    expect(page.get_by_role("link", name="Lantern Camp")).to_be_visible()
    made = Location.objects.get(code="ZZ77")
    assert made.hierarchy == [*province.hierarchy, "ZZ77"]
    # Found from the top, by a part of its code; what was typed is not in the address.
    esther.go("/admin/places")
    search = page.get_by_role("searchbox")
    search.fill("zz7")
    search.press("Enter")
    page.get_by_role("link", name="Lantern Camp").click()
    assert "zz7" not in page.url.lower()
    expect(page.locator("main")).to_contain_text(province.placename["en"])
    control(page, words["admin.places.name"].replace("{language}", "العربية")).fill("مخيم الفانوس")
    page.get_by_label(words["admin.places.off"]).check()
    assert save(esther, "admin.save", "/v2/locations") == 200
    made.refresh_from_db()
    assert made.disabled and made.placename["ar"] == "مخيم الفانوس"
    esther.look("a place")
    esther.close()


def test_settings_and_whom_to_turn_to(browser: Browser, demo_site: LiveServer, demo_db: None) -> None:
    from cpims.settings.models import ContactInformation, Instance

    esther = Worker(browser, demo_site.url, width=1280, locale="en")
    esther.sign_in("esther")
    page, words = esther.page, esther.words
    esther.go("/admin/settings")
    page.get_by_role("link", name=re.compile(re.escape(words["admin.settings.group.limits"]))).click()
    box = control(page, words["admin.settings.system_options.maximum_users"])
    box.fill("many")
    assert save(esther, "admin.save", "/system_settings") == 422
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(page.locator("form")).to_contain_text(words["settings.maximum"])
    box.fill("500")
    with page.expect_request(lambda r: r.method == "PATCH") as sent:
        page.get_by_role("button", name=words["admin.save"], exact=True).click()
    assert sent.value.post_data_json == {"data": {"system_options": {"maximum_users": 500}}}
    expect(page.locator("body")).to_contain_text(words["admin.saved"])
    options = Instance.objects.get().data["system_options"]
    assert options["maximum_users"] == 500 and options["timelines"]["high"]
    esther.go("/admin/settings/ages")
    control(page, words["admin.settings.age_ranges"].replace("{of}", "primero")).fill("0 - 5, 3 - 9")
    assert save(esther, "admin.save", "/system_settings") == 422
    expect(page.locator("form [aria-invalid=true]")).to_have_count(1)
    control(page, words["admin.settings.age_ranges"].replace("{of}", "primero")).fill("0 - 5, 6 - 12, 13 - 17, 18+")
    assert save(esther, "admin.save", "/system_settings") == 200
    assert Instance.objects.get().data["age_ranges"]["primero"][1] == "6 - 12"
    esther.go("/admin/contact")
    control(page, words["admin.contact.support_forum"]).fill("javascript:1")
    assert save(esther, "admin.save", "/contact_information") == 422
    control(page, words["admin.contact.support_forum"]).fill("https://help.example")
    control(page, words["admin.contact.name"]).fill("Help desk")
    assert save(esther, "admin.save", "/contact_information") == 200
    assert ContactInformation.objects.get().name == "Help desk"
    esther.close()


def test_several_users_at_once(browser: Browser, demo_site: LiveServer, demo_db: None) -> None:
    from cpims.accounts.models import User, UserGroup

    group = UserGroup.objects.exclude(users__user_name__in=["amina", "dawit"]).filter(disabled=False)[0]
    esther = Worker(browser, demo_site.url, width=1280, locale="en")
    esther.sign_in("esther")
    page, words = esther.page, esther.words
    esther.go("/admin/users")
    for name in ("amina", "esther"):
        search = page.get_by_role("searchbox")
        search.fill(name)
        search.press("Enter")
        full = User.objects.get(user_name=name).full_name
        page.get_by_label(words["admin.users.choose"].replace("{name}", full)).check()
    page.get_by_role("button", name=words["admin.users.many.join"]).click()
    sheet = page.locator("dialog[open]")
    sheet.get_by_label(re.compile(f"^{words['admin.group']}")).select_option(group.unique_id)
    esther.look("several users")
    sheet.get_by_role("button", name=re.compile("2")).click()
    expect(page.get_by_role("alert")).to_contain_text("1")
    expect(page.get_by_role("alert").locator("li")).to_have_count(1)  # one's own groups are not one's own to give
    amina = User.objects.get(user_name="amina")
    assert group in amina.groups.all()
    esther.close()


@pytest.fixture
def _no_terms_after(demo_db: None) -> Iterator[None]:
    """The other tests of this site know no terms of use."""
    from cpims.accounts.models import Agency

    yield
    Agency.objects.update(terms_of_use_enabled=False)
    decide(enforce_terms_of_use=False, code_of_conduct_enabled=False)


def test_the_code_of_conduct_and_terms_of_use(
    browser: Browser, demo_site: LiveServer, demo_db: None, _no_terms_after: None, tmp_path: Path
) -> None:
    """Published and uploaded by an administrator, they stand before a worker's screens until she has accepted both."""
    from cpims.accounts.models import User

    amina = User.objects.get(user_name="amina")
    esther = Worker(browser, demo_site.url, width=1280, locale="en")
    esther.sign_in("esther")
    page, words = esther.page, esther.words
    esther.go("/admin/conduct")
    control(page, words["admin.conduct.name"]).fill("What we promise")
    control(page, words["admin.conduct.text"]).fill("I do no harm.")
    assert save(esther, "admin.conduct.publish", "/codes_of_conduct") == 200
    expect(page.get_by_role("heading", name=words["admin.conduct.who"])).to_be_visible()
    expect(page.locator("main")).to_contain_text(words["admin.conduct.not_asked"])
    esther.look("code of conduct")
    file = tmp_path / "terms.pdf"
    file.write_bytes(paper())
    esther.go(f"/admin/agencies/{amina.agency_id}")
    with page.expect_response(lambda r: r.request.method == "PATCH") as switched:
        page.get_by_label(words["admin.terms.on"]).click()
    assert switched.value.status == 200
    with page.expect_response(lambda r: r.request.method == "PATCH") as sent:
        page.locator("input[type=file]").set_input_files(file)
    assert sent.value.status == 200
    expect(page.get_by_role("link", name=words["terms.open"])).to_be_visible()
    esther.look("an agency with terms of use")
    esther.close()

    decide(enforce_terms_of_use=True, code_of_conduct_enabled=True)
    worker = Worker(browser, demo_site.url, width=360, locale="ar", scheme="dark")
    asked: list[int] = []
    worker.page.on("response", lambda r: asked.append(r.status) if "/cases" in r.url or "/sync/" in r.url else None)
    worker.page.goto(f"{demo_site.url}/app/")
    worker.sign_in("amina")
    worker.button("conduct.accept").click()
    heading = worker.page.locator("main h1")
    expect(heading).to_have_text(worker.words["terms.heading"])
    accept = worker.page.get_by_role("button", name=worker.words["terms.accept"])
    expect(accept).to_be_disabled()
    worker.look("terms of use")
    assert asked == []
    with worker.page.expect_download() as kept:
        worker.page.get_by_role("link", name=worker.words["terms.open"]).click()
    assert Path(kept.value.path()).read_bytes().startswith(b"%PDF-")
    accepted = User.objects.filter(user_name="amina", terms_of_use_accepted_on__isnull=False)
    assert not accepted.exists()
    accept.click()
    expect(worker.page.get_by_role("navigation").first).to_be_visible()
    assert accepted.filter(code_of_conduct_id__isnull=False).exists()
    worker.close()


SCREENS = (
    "/admin", "/admin/lookups", "/admin/lookups/new", "/admin/places", "/admin/places/new", "/admin/settings",
    "/admin/contact", "/admin/conduct", "/admin/users", "/admin/modules",
    *(f"/admin/settings/{one}" for one in
      ("general", "ages", "places", "work", "times", "approvals", "limits", "acceptance", "others")),
)  # fmt: skip


@pytest.mark.parametrize(("locale", "width", "scheme"), [("en", 360, "light"), ("ar", 1280, "dark")])
def test_the_screens_of_the_tables(
    browser: Browser, demo_site: LiveServer, demo_db: None, locale: str, width: int, scheme: str, tmp_path: Path
) -> None:
    from cpims.locations.models import Location
    from cpims.lookups.models import Lookup
    from cpims.modules.models import Module

    esther = Worker(browser, demo_site.url, width=width, locale=locale, scheme=scheme)
    esther.sign_in("esther")
    place = Location.objects.filter(admin_level=2)[0]
    lookup = Lookup.objects.get(unique_id="lookup-protection-concerns")
    module = Module.objects.get(unique_id="primeromodule-cp")
    more = (
        f"/admin/modules/{module.id}",
        f"/admin/lookups/{lookup.id}",
        f"/admin/places/{place.id}",
        f"/admin/places?below={place.hierarchy[1]}",
    )
    for path in (*SCREENS, *more):
        esther.go(path)
        expect(esther.page.locator("main form, main ul, main table, main ol").first).to_be_visible()
        esther.look(path)
        esther.picture(tmp_path / f"{re.sub('[/?=]', '-', path)}-{locale}-{width}.png")
    if width == 360:
        lines = esther.page.evaluate(
            "(name) => [...document.querySelectorAll('nav a')].find(a => a.textContent.trim() === name)"
            ".getClientRects().length && [...document.querySelectorAll('nav a')].map(a => a.scrollWidth > a.clientWidth)",
            esther.words["nav.admin"],
        )
        assert not any(lines), lines
    esther.close()
