"""A browser that is a program of its own with a profile on a disk: it can be killed, switched on again, and looked into."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from playwright.sync_api import Browser, Error, Page

from tests.e2e.screen import Worker, words
from tests.running import CHROMIUM_FLAGS, find_chromium


class Phone(Worker):
    """One person at one device that keeps its memory when it is switched off."""

    def __init__(self, browser: Browser, url: str, profile: Path, *, width: int = 360, locale: str) -> None:
        self.url, self.locale, self.words = url, locale, words(locale)
        self.width, self.profile, self.program = width, profile, browser.browser_type
        self.problems: list[str] = []
        self.switch_on()

    def switch_on(self, *, online: bool = True) -> Page:
        """The browser starts; without a network when she is in the field."""
        self.context = self.program.launch_persistent_context(
            self.profile,
            executable_path=find_chromium(),
            args=CHROMIUM_FLAGS,
            headless=True,
            viewport={"width": self.width, "height": 740 if self.width < 600 else 900},
            locale=self.locale,
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(20_000)
        self.context.set_offline(not online)
        self.page = self.context.pages[0] if self.context.pages else self.context.new_page()
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        return self.page

    def kill(self) -> None:
        """The battery is empty: the program and all its parts end at once, nothing is written any more."""
        pids = self._pids()
        assert pids, "the browser of this profile does not run"
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        try:
            self.context.close()
        except Error:
            pass
        (self.profile / "SingletonLock").unlink(missing_ok=True)

    def slow(self, times: int) -> None:
        """The processor of a cheap telephone."""
        self.context.new_cdp_session(self.page).send("Emulation.setCPUThrottlingRate", {"rate": times})

    def _pids(self) -> list[int]:
        """The processes that work on this profile and on no other: each was started with its address."""
        flag = f"--user-data-dir={self.profile}".encode()
        found: list[int] = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                arguments = (folder / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if flag in arguments:
                found.append(int(folder.name))
        return found
