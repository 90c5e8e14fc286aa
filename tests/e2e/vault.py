"""The vault as tests meet it: what lies in the browser, who is asked, how she turns away and comes back."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.screen import Worker

PASSWORD = "input[name=password]"
DUMP = """async () => {
  const keys = [];
  const seen = [];
  const look = (value, where) => {
    if (value instanceof CryptoKey) { keys.push(where); return '[key]'; }
    if (value instanceof ArrayBuffer) value = new Uint8Array(value);
    if (ArrayBuffer.isView(value)) return new TextDecoder('latin1').decode(value);
    if (Array.isArray(value)) return value.map((one, i) => look(one, `${where}/${i}`));
    if (value && typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, look(v, `${where}/${k}`)]));
    return value;
  };
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((ok, no) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => ok(request.result);
      request.onerror = () => no(request.error);
    });
    for (const store of db.objectStoreNames) {
      const all = await new Promise((ok) => {
        const request = db.transaction(store).objectStore(store).getAll();
        request.onsuccess = () => ok(request.result);
      });
      seen.push({ name, store, all: all.map((one) => look(one, `${name}/${store}`)) });
    }
    db.close();
  }
  const cached = [];
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys()) cached.push(request.url);
  return { keys, seen, cached, local: JSON.stringify(localStorage), session: JSON.stringify(sessionStorage) };
}"""


def opened(page: Page) -> None:
    """The shell is there and nobody asks for a password."""
    expect(page.locator("main h1").first).to_be_visible()
    expect(page.locator(PASSWORD)).to_have_count(0)
    expect(page.locator("nav a[href='/app/account']:visible").first).to_be_visible()


def locked(page: Page) -> None:
    """The sign-in screen is there."""
    expect(page.locator("input[name=username]")).to_be_visible()


def type_in(page: Page, name: str, password: str) -> None:
    """Name and password on the page that is there."""
    page.locator("input[name=username]").fill(name)
    page.locator(PASSWORD).fill(password)
    page.keyboard.press("Enter")


def asked_to_sign_in(page: Page) -> list[str]:
    """Every sign-in that this page sends to the server from now on."""
    sent: list[str] = []
    page.on(
        "request", lambda r: sent.append(r.url) if r.url.endswith("/api/v2/tokens") and r.method == "POST" else None
    )
    return sent


def closed_and_opened_again(worker: Worker) -> Page:
    """She closes the tab and opens the app in another one."""
    worker.page.close()
    worker.page = worker.context.new_page()
    worker.page.on("pageerror", lambda error: worker.problems.append(str(error)))
    worker.page.goto(f"{worker.url}/app/")
    return worker.page


def set_pin(worker: Worker, pin: str) -> None:
    """On the account page."""
    worker.go("/account")
    worker.button("vault.pin.set").click()
    boxes = worker.page.locator("input[inputmode=numeric]")
    boxes.nth(0).fill(pin)
    boxes.nth(1).fill(pin)
    worker.button("vault.pin.save").click()
    expect(worker.button("vault.pin.change")).to_be_visible()


def lock_by_menu(worker: Worker) -> None:
    """She turns away from the device."""
    worker.page.locator("header").get_by_role("button", name=worker.text("shell.account")).click()
    worker.page.get_by_role("menuitem", name=worker.text("shell.lock")).click()
