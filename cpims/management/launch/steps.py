"""Long steps that show that they are alive. Runs before any package is installed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from cpims.management.launch.words import Stop, text


class Step:
    """One long step: a line on the terminal that says what is done and for how long, or a line now and then in a log."""

    def __init__(self, title: str) -> None:
        """Name the step."""
        self.title = title
        self.note = ""
        self._begun = time.monotonic()
        self._done = threading.Event()
        self._terminal = sys.stdout.isatty()
        self._thread = threading.Thread(target=self._show, daemon=True)

    def begin(self) -> None:
        """Show the step."""
        if not self._terminal:
            self._write(f"  {self.title} …\n")
        self._thread.start()

    def end(self, outcome: str) -> None:
        """Show how it ended."""
        self._done.set()
        self._thread.join()
        seconds = time.monotonic() - self._begun
        start = "\r\033[K" if self._terminal else ""
        self._write(f"{start}  {self.title}: {outcome} ({seconds:.1f} s)\n")

    def _show(self) -> None:
        every = 0.2 if self._terminal else 5.0
        while not self._done.wait(every):
            seconds = int(time.monotonic() - self._begun)
            if self._terminal:
                self._write(f"\r\033[K  {self.title} … {self.note[:50]} {seconds} s")
            else:
                self._write(f"  {self.title} … {self.note[:60]} {seconds} s\n")

    def _write(self, line: str) -> None:
        sys.stdout.write(line)
        sys.stdout.flush()


@contextmanager
def step(key: str, **params: object) -> Iterator[Step]:
    """Show a step while it lasts, and how it ended."""
    shown = Step(text(key, **params))
    shown.begin()
    try:
        yield shown
    except BaseException:
        shown.end(text("ops.step.failed"))
        raise
    shown.end(text("ops.step.done"))


def run_quietly(
    argv: Sequence[str | Path],
    *,
    shown: Step,
    log: Path,
    failure: str,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> None:
    """Run a command whose output goes to a log; its latest line is shown beside the step.

    Raises: Stop with the end of that output when it fails.
    """
    lines: list[str] = []
    with log.open("a", encoding="utf-8") as file:
        child = subprocess.Popen(
            [str(part) for part in argv],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd=cwd,
            env=None if env is None else dict(env),
        )
        assert child.stdout is not None
        try:
            for line in child.stdout:
                file.write(line)
                lines = [*lines[-24:], line.rstrip()]
                if line.strip() and not line.startswith(("WARNING", "DEPRECATION", "npm warn")):
                    shown.note = line.strip()
            code = child.wait()
        except BaseException:
            child.terminate()
            child.wait()
            raise
    if code != 0:
        raise Stop(failure, tail="\n".join(lines), log=os.fspath(log), code=code)
