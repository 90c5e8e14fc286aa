"""Who looks after people and rights: an account from its making to its end, roles side by side, who sees what and why."""

from __future__ import annotations

import re
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.screen import NAMES, Worker, words
from tests.e2e.test_passwords import NEW, make_link
from tests.running import LiveServer


def control(page: Page, label: str) -> Locator:
    """A control by the words beside it."""
    return page.get_by_label(re.compile(rf"^{re.escape(label)}")).first


def find(worker: Worker, key: str, typed: str) -> None:
    """Choose from a long list by typing."""
    box = control(worker.page, worker.words[key])
    box.fill(typed)
    listed = worker.page.get_by_role("option", name=re.compile(re.escape(typed))).first
    listed.click()
    box.press("Escape")


def save(worker: Worker, key: str, part: str) -> int:
    """Press the button at the foot of a form; the status that comes back."""
    with worker.page.expect_response(
        lambda r: part in r.url and r.request.method in ("POST", "PATCH") and r.status != 304
    ) as answered:
        worker.page.get_by_role("button", name=worker.words[key], exact=True).click()
    return answered.value.status


def tries_to_sign_in(browser: Browser, url: str, name: str, password: str) -> Worker:
    """Somebody at the door, with her name and password."""
    worker = Worker(browser, url, width=360, locale="en")
    worker.page.goto(f"{url}/app/")
    worker.page.get_by_role("button", name=NAMES["en"]).click()
    worker.page.locator("input[name=username]").fill(name)
    worker.page.locator("input[name=password]").fill(password)
    worker.page.keyboard.press("Enter")
    return worker


def test_an_administrator_makes_a_worker_and_ends_the_account(
    browser: Browser, demo_site: LiveServer, demo_db: None, tmp_path: Path
) -> None:
    from cpims.accounts.models import User

    name = f"zahra{uuid.uuid4().hex[:6]}"
    esther = Worker(browser, demo_site.url, width=1280, locale="en")
    esther.sign_in("esther")
    page = esther.page
    page.get_by_role("navigation", name=esther.words["shell.nav"]).get_by_role(
        "link", name=esther.words["nav.admin"]
    ).click()
    page.get_by_role("link", name=re.compile(f"^{esther.words['admin.users.title']}")).click()
    page.get_by_role("link", name=esther.words["admin.users.new"]).click()
    expect(page.locator("main h1")).to_have_text(esther.words["admin.users.new"])

    # Everything that is wrong is said at once, each beside its field, and nothing was made.
    before = User.objects.count()
    control(page, esther.words["admin.email"]).fill("no address")
    assert save(esther, "admin.create", "/v2/users") == 422
    for code in ("full_name.required", "user_name.required", "role.required", "agency.required", "email.format"):
        expect(page.locator("form")).to_contain_text(esther.words[f"user.{code}"])
    expect(control(page, esther.words["admin.full_name"])).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("alert")).to_be_focused()
    esther.look("a new account with mistakes")
    esther.picture(tmp_path / "mistakes.png")
    assert User.objects.count() == before

    control(page, esther.words["admin.full_name"]).fill("Zahra Noruzi")
    control(page, esther.words["admin.user_name"]).fill(name)
    find(esther, "admin.role", "CP Case Worker")
    find(esther, "admin.agency", "Kaluna Children")
    find(esther, "admin.groups", "Amberi team")
    control(page, esther.words["admin.email"]).fill(f"{name}@demo.example")
    assert save(esther, "admin.create", "/v2/users") == 200
    expect(page.locator("main h2").first).to_have_text("Zahra Noruzi")
    esther.look("an account")
    made = User.objects.get(user_name=name)
    assert made.role.unique_id == "role-cp-case-worker"
    assert [group.unique_id for group in made.groups.all()] == ["usergroup-amberi"]

    # She changes one thing, and only that is sent.
    with page.expect_request(lambda r: r.method == "PATCH") as sent:
        control(page, esther.words["admin.position"]).fill("Case worker in Amberi")
        page.get_by_role("button", name=esther.words["admin.save"], exact=True).click()
    assert sent.value.post_data_json == {"data": {"position": "Case worker in Amberi"}}
    expect(page.locator("body")).to_contain_text(esther.words["admin.saved"])

    # The worker takes the road of every invitation: a link by which she chooses a password herself.
    zahra = Worker(browser, demo_site.url, width=360, locale="en")
    zahra.page.goto(demo_site.url + make_link(name))
    for box in range(2):
        zahra.page.locator("input[type=password]").nth(box).fill(NEW)
    zahra.button("reset.go").click()
    expect(zahra.page.locator("input[type=password]")).to_have_count(0)
    zahra.go("/cases")
    zahra.close()

    page.get_by_role("button", name=esther.words["admin.user.switch_off"], exact=True).click()
    sheet = page.locator("dialog[open]")
    expect(sheet).to_contain_text(esther.words["admin.user.off.cases_unknown"])
    esther.look("switching an account off")
    esther.picture(tmp_path / "off.png")
    sheet.get_by_role("button", name=esther.words["admin.user.switch_off"], exact=True).click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator("main")).to_contain_text(esther.words["admin.off"])
    made.refresh_from_db()
    assert made.disabled

    late = tries_to_sign_in(browser, demo_site.url, name, NEW)
    expect(late.page.locator("body")).to_contain_text(late.text("signin.wrong"))
    late.close()

    # She is no longer among those in use; among those switched off she is, found by a part of her name.
    esther.go("/admin/users")
    search = page.get_by_role("searchbox")
    search.fill("noruzi")
    search.press("Enter")
    expect(page.locator("main")).to_contain_text(esther.words["admin.users.none"])
    assert "noruzi" not in page.url
    page.get_by_label(esther.words["admin.state"]).select_option("disabled")
    expect(page.get_by_role("link", name="Zahra Noruzi")).to_be_visible()
    esther.look("users")
    esther.close()


@pytest.mark.parametrize(("locale", "width", "scheme"), [("en", 1280, "light"), ("ar", 360, "dark")])
def test_screens_of_the_administration(
    browser: Browser, demo_site: LiveServer, locale: str, width: int, scheme: str, tmp_path: Path
) -> None:
    esther = Worker(browser, demo_site.url, width=width, locale=locale, scheme=scheme)
    esther.sign_in("esther")
    page = esther.page
    for path, row in (
        ("/admin", None),
        ("/admin/users", "main table tbody a, main li a"),
        ("/admin/roles", "main table tbody a, main li a"),
        ("/admin/groups", "main table tbody a, main li a"),
        ("/admin/agencies", "main table tbody a, main li a"),
    ):
        esther.go(path)
        if row is None:
            for entry in ("users", "roles", "access", "groups", "agencies"):
                expect(page.locator(f"main li a[href$='/admin/{entry}']")).to_be_visible()
        else:
            expect(page.locator(row).first).to_be_visible()
        esther.look(path)
        esther.picture(tmp_path / f"{path.replace('/', '-')}-{locale}.png")
        if row is not None:
            page.locator(row).nth(1).click()
            expect(page.locator("main form")).to_be_visible()
            esther.look(f"{path}, one of them")
            esther.picture(tmp_path / f"{path.replace('/', '-')}-one-{locale}.png")
            esther.go(f"{path}/new")
            expect(page.locator("main form")).to_be_visible()
            esther.look(f"{path}, a new one")
    # Another language is turned to on the spot, with the words of these screens.
    other = "ar" if locale == "en" else "en"
    page.get_by_role("button", name=esther.words["shell.account"]).click()
    page.get_by_role("menuitemradio", name=NAMES[other]).click()
    expect(page.locator("main h1")).to_have_text(words(other)["admin.agencies.new"])
    esther.close()


def test_two_roles_side_by_side_and_one_made(
    browser: Browser, demo_site: LiveServer, demo_db: None, tmp_path: Path
) -> None:
    from cpims.accounts.models import Role

    worker, lead = (Role.objects.get(unique_id=f"role-cp-{one}") for one in ("case-worker", "manager"))
    esther = Worker(browser, demo_site.url, width=1280, locale="en")
    esther.sign_in("esther")
    page = esther.page
    esther.go(f"/admin/roles/{worker.id}")
    page.get_by_role("link", name=esther.words["admin.compare.with"]).click()
    page.get_by_label(esther.words["admin.compare.other"]).select_option(str(lead.id))
    table = page.get_by_role("table")
    scope = table.get_by_role("row").filter(has_text=esther.words["admin.scope"])
    expect(scope).to_contain_text(esther.words["admin.scope.self"])
    expect(scope).to_contain_text(esther.words["admin.scope.group"])
    expect(scope).to_contain_text(esther.words["admin.compare.differs"])
    differing = table.get_by_role("row").filter(has_text=esther.words["admin.compare.differs"])
    count = differing.count()
    assert count > 5
    expect(page.get_by_role("status").filter(has_text=str(count))).to_be_visible()
    esther.look("two roles compared")
    esther.picture(tmp_path / "compared.png")
    page.get_by_label(esther.words["admin.compare.only"]).uncheck()
    expect(table.get_by_role("row").filter(has_not_text=esther.words["admin.compare.differs"]).nth(5)).to_be_visible()
    expect(differing).to_have_count(count)
    esther.look("two roles compared, all of it")

    # A role of her own making: found by typing, ticked, saved; the server stores just that.
    esther.go("/admin/roles/new")
    name = f"Observer {uuid.uuid4().hex[:6]}"
    control(page, esther.words["admin.name"]).fill(name)
    assert save(esther, "admin.create", "/v2/roles") == 422
    expect(page.locator("main form")).to_contain_text(esther.words["role.permissions.required"])
    page.get_by_label(esther.words["admin.rights.search"]).fill("cases history")
    group = page.get_by_role("group", name=esther.words["permission.of.case"])
    group.get_by_label(esther.words["permission.change_log"]).check()
    page.get_by_label(esther.words["admin.rights.search"]).fill("cases read")
    group.get_by_label(esther.words["permission.read"], exact=True).check()
    esther.look("a role")
    esther.picture(tmp_path / "role.png")
    assert save(esther, "admin.create", "/v2/roles") == 200
    expect(page.locator("main h2").first).to_have_text(name)
    assert Role.objects.get(name=name).permissions["case"] == ["read", "change_log"]
    esther.close()


def test_why_somebody_sees_a_case(browser: Browser, demo_site: LiveServer, demo_db: None, tmp_path: Path) -> None:
    from cpims.records.models import Record

    case = Record.objects.filter(kind="case", owned_by="amina").first()
    assert case is not None
    farid = Worker(browser, demo_site.url, width=1280, locale="en")
    farid.sign_in("farid")
    page = farid.page
    for who, key in (("chantal", "sees"), ("dawit", "sees_not")):
        farid.go("/admin/access")
        find(farid, "admin.access.who", who)
        control(page, farid.words["admin.access.record"]).fill(f"{demo_site.url}/app/cases/{case.id}/summary")
        assert save(farid, "admin.access.go", "/permission_simulator") == 200
        expect(page.locator("main")).to_contain_text(farid.words[f"admin.access.{key}"])
        assert str(case.id) not in page.url
        farid.look(f"why {who} sees a case")
        farid.picture(tmp_path / f"{who}.png")
    reason = farid.words["admin.access.missing.own"]
    expect(page.locator("main")).to_contain_text(reason)
    farid.close()

    # Who may see no case learns nothing of one: the answer is about all of them, and says so.
    esther = Worker(browser, demo_site.url, width=360, locale="ar")
    esther.sign_in("esther")
    esther.go("/admin/access")
    find(esther, "admin.access.who", "chantal")
    control(esther.page, esther.words["admin.access.record"]).fill(str(case.id))
    assert save(esther, "admin.access.go", "/permission_simulator") == 200
    main = esther.page.locator("main")
    expect(main).to_contain_text(esther.words["admin.access.why.not_yours"])
    expect(main).not_to_contain_text(esther.words["admin.access.sees"])
    esther.look("what a supervisor may see")
    esther.picture(tmp_path / "nothing.png")
    esther.close()


def test_a_case_worker_finds_none_of_it(browser: Browser, demo_site: LiveServer) -> None:
    amina = Worker(browser, demo_site.url, width=1280, locale="en")
    amina.sign_in("amina")
    page = amina.page
    nav = page.get_by_role("navigation", name=amina.words["shell.nav"])
    expect(nav.get_by_role("link", name=amina.words["nav.account"])).to_be_visible()
    expect(nav.get_by_role("link", name=amina.words["nav.admin"])).to_have_count(0)
    amina.go("/admin")
    expect(page.locator("main")).to_contain_text(amina.words["admin.none.title"])
    for path in ("users", "users/2", "users/new", "roles", "roles/1", "roles/compare", "access", "groups", "agencies"):
        amina.go(f"/admin/{path}")
        expect(page.locator("main")).to_contain_text(amina.words["admin.none.title"])
        expect(page.locator("main form, main table, main li")).to_have_count(0)
    amina.look("nothing to look after")
    answer = page.evaluate("async () => (await fetch('/api/v2/users', {headers: {Accept: 'application/json'}})).status")
    assert answer == 403
    amina.close()
