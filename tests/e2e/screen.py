"""A worker's hands and eyes: what she does on the screens, in her language."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Response, expect

from cpims.management.demo.filling import FIXED_PASSWORD
from tests.running import ROOT

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
NAMES = {"en": "English", "ar": "العربية"}


def words(locale: str) -> dict[str, str]:
    """The whole catalogue of a locale."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "contracts" / "messages" / locale).glob("*.json")):
        found |= json.loads(path.read_text())
    return found


DELIVER = "/api/cpims/v1/sync/deliver"


def is_delivery(response: Response) -> bool:
    """Is this the answer to what was sent from the outbox?"""
    return response.url.endswith(DELIVER)


def outcome(response: Response) -> int:
    """What became of the last thing that was sent: 200 when the server took it, else the status of the refusal."""
    if response.status != 200:
        return response.status
    last = response.json()["data"][-1]
    return 200 if last["outcome"] == "accepted" else int(last["errors"][0]["status"])


class Worker:
    """One person at one device."""

    def __init__(self, browser: Browser, url: str, *, width: int, locale: str, scheme: str = "light") -> None:
        self.url, self.locale, self.words = url, locale, words(locale)
        height = 740 if width < 600 else 900
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, locale=locale, color_scheme=scheme, reduced_motion="reduce"
        )
        self.context.set_default_timeout(20_000)
        self.page: Page = self.context.new_page()
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))

    def close(self) -> None:
        """Put the device away; a script that broke on the way fails the test."""
        self.context.close()
        assert not self.problems, self.problems

    def text(self, key: str) -> str:
        """A sentence of the catalogue, up to its first gap."""
        return self.words[key].split("{")[0].strip()

    def button(self, key: str) -> Any:
        """A button by its message key."""
        return self.page.get_by_role("button", name=re.compile(re.escape(self.text(key)))).first

    def sign_in(self, name: str) -> None:
        """Open the page, choose the language, sign in."""
        self.page.goto(f"{self.url}/app/")
        self.page.get_by_role("button", name=NAMES[self.locale]).click()
        expect(self.page.locator("html")).to_have_attribute("lang", self.locale)
        self.page.locator("input[name=username]").fill(name)
        self.page.locator("input[name=password]").fill(FIXED_PASSWORD)
        self.page.keyboard.press("Enter")
        expect(self.page.locator("input[name=password]")).to_have_count(0)
        expect(self.page.locator("main h1")).to_be_visible()
        # From here on a page that loads anew takes the key from the one before, by the service worker's memory.
        self.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")

    def go(self, path: str) -> None:
        """Open an address of the app and wait for its title."""
        self.page.goto(f"{self.url}/app{path}")
        expect(self.page.locator("main h1").first).to_be_visible(timeout=20_000)

    def answer(self, name: str, value: str) -> None:
        """Write an answer."""
        self.page.locator(f"#answer-{name}").fill(value)

    def choose(self, name: str, value: str) -> None:
        """Tick one of the offered answers."""
        self.page.locator(f"input[name=answer-{name}][value={value}]").check()

    def pick(self, name: str, labels: list[str]) -> None:
        """Choose from a long list by typing; Escape puts the list away."""
        box = self.page.locator(f"#answer-{name}")
        for label in labels:
            box.fill(label)
            self.page.locator(f"#answer-{name}-list [role=option]").first.click()
        box.press("Escape")
        expect(self.page.locator(f"#answer-{name}-list")).to_be_hidden()

    def save(self) -> int:
        """Save, complete or not; the status that came back."""
        with self.page.expect_response(is_delivery) as sent:
            self.page.get_by_role("button", name=self.words["casefile.save"], exact=True).click()
            anyway = self.page.get_by_role("button", name=self.text("casefile.save_anyway"), exact=True)
            while not sent.is_done():
                if anyway.is_visible():
                    anyway.click()
                    break
                self.page.wait_for_timeout(50)
        return outcome(sent.value)

    def axe(self, screen: str) -> None:
        """Nothing serious or critical for who uses a keyboard or a screen reader."""
        self.page.evaluate(AXE.read_text())
        found = self.page.evaluate(
            "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
            ".filter(v => ['serious', 'critical'].includes(v.impact))"
            ".map(v => ({id: v.id, nodes: v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' ' + n.failureSummary)}))"
        )
        assert not found, f"{screen} ({self.locale}): {json.dumps(found, ensure_ascii=False, indent=1)}"

    def fits(self, screen: str) -> None:
        """Nothing hangs over the side of the screen."""
        over = self.page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{screen} is {over} px too wide"

    def look(self, screen: str) -> None:
        """Every check that holds on every screen."""
        self.axe(screen)
        self.fits(screen)
        expected = "rtl" if self.locale == "ar" else "ltr"
        assert self.page.locator("html").get_attribute("dir") == expected

    def picture(self, path: Path) -> None:
        """Keep what she sees."""
        self.page.screenshot(path=str(path))
