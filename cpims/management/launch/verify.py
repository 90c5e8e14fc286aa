"""``make test`` and its parts: every check of both languages, then every test; pytest's count is the last line."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cpims.lib.processes import spawn, stop
from cpims.management.launch.prepare import VENV, WEB, node_environment
from cpims.management.launch.steps import step
from cpims.management.launch.words import ROOT, complain, say, text

AT_ONCE = 2
#: The same browser without its window around it: most tests need no window, and it takes half the time.
WINDOWLESS = "chromium-headless-shell"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@dataclass(frozen=True)
class Check:
    """One command that says yes or no."""

    name: str
    argv: Sequence[str]
    folder: Path = ROOT
    parts: frozenset[str] = field(default_factory=frozenset)


def _tool(name: str, *arguments: str) -> list[str]:
    return [str(VENV / "bin" / "python"), "-m", name, *arguments]


def _checks() -> list[Check]:
    lint, types, web, e2e = frozenset({"lint"}), frozenset({"types"}), frozenset({"web"}), frozenset({"e2e"})
    paths = [name for name in ("cpims", "config", "tests", "benchmarks") if any((ROOT / name).rglob("*.py"))]
    return [
        Check("ruff", _tool("ruff", "check", "--quiet", *paths), parts=lint),
        Check("ruff format", _tool("ruff", "format", "--check", "--quiet", *paths), parts=lint),
        Check("floors", [str(VENV / "bin" / "lint-imports"), "--no-cache"], parts=lint),
        Check("mypy", _tool("mypy"), parts=types),
        Check("eslint", ["npm", "run", "--silent", "lint"], WEB, lint | web),
        Check("tsc", ["npm", "run", "--silent", "types"], WEB, types | web),
        Check("vitest", ["npm", "run", "--silent", "test"], WEB, web),
        Check("vite", ["npm", "run", "--silent", "build"], WEB, web | e2e),
    ]


def _run(check: Check, env: Mapping[str, str]) -> bool:
    begun = time.monotonic()
    say("ops.verify.begin", name=check.name)
    child = spawn(check.argv, env=env, output=subprocess.PIPE, cwd=check.folder)
    try:
        output, _ = child.communicate()
    finally:
        stop(child, patience=5)
    good = child.returncode == 0
    if not good:
        sys.stdout.write(output.decode(errors="replace"))
    say(
        "ops.verify.passed" if good else "ops.verify.failed", name=check.name, seconds=f"{time.monotonic() - begun:.1f}"
    )
    return good


def find_chromium() -> str | None:
    """The Chromium on this machine, if there is one."""
    named = os.environ.get("CHROMIUM", "")
    if named:
        return named if Path(named).exists() else None
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def find_windowless() -> str | None:
    """The Chromium for tests that need no window; the whole one where there is no other, or one is named."""
    return (None if os.environ.get("CHROMIUM") else shutil.which(WINDOWLESS)) or find_chromium()


def _bring_chromium() -> bool:
    """Find a Chromium and its driver; as root on Debian install what is missing. False when the browser tests cannot run."""
    wanted = [] if find_chromium() else ["chromium", "fonts-noto-core"]
    wanted += [] if _driver_runs() else ["libatomic1"]
    spared = [] if os.environ.get("CHROMIUM") or shutil.which(WINDOWLESS) else [WINDOWLESS]
    if not wanted and not spared:
        return True
    if os.geteuid() == 0 and shutil.which("apt-get") and Path("/etc/debian_version").exists():
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "-qq", "install", "-y", "--no-install-recommends"]
        with step("ops.verify.chromium") as shown:
            for argv in (["apt-get", "-qq", "update"], [*install, *wanted], [*install, *spared]):
                shown.note = " ".join(argv)
                child = spawn(argv, env=env, output=subprocess.PIPE)
                try:
                    output, _ = child.communicate()
                finally:
                    stop(child, patience=5)
                if child.returncode != 0:
                    sys.stdout.write("\n" + output.decode(errors="replace")[-3000:])
    return find_chromium() is not None and _driver_runs()


def _driver_runs() -> bool:
    """Whether the browser's driver starts; on a very small Debian it lacks a library."""
    argv = _tool("playwright", "--version")
    return subprocess.run(argv, capture_output=True, check=False).returncode == 0


def _pytest(arguments: Sequence[str], env: Mapping[str, str]) -> int:
    """Run pytest on our own terminal; nothing it started outlives it."""
    child = spawn(_tool("pytest", *arguments), env=env, cwd=ROOT)
    try:
        return child.wait()
    finally:
        stop(child, number=signal.SIGINT, patience=30, again=30)


def verify(part: str) -> int:
    """Run the checks and tests of one part, or of all; the exit code says whether everything is well."""
    env = {**node_environment(), "PYTHONDONTWRITEBYTECODE": "1"}
    wanted = [check for check in _checks() if part == "all" or part in check.parts]
    failed = [check.name for check in wanted if not _run(check, env)]
    if part in ("lint", "types", "web"):
        return 1 if failed else 0
    arguments: list[str] = []
    if part == "unit":
        arguments = ["tests/unit"]
    elif part == "e2e":
        arguments = ["-m", "e2e"]
    if part in ("all", "e2e") and not _bring_chromium():
        complain("ops.verify.no_browser")
        failed.append(text("ops.verify.browser_tests"))
        if part == "e2e":
            return 1
        arguments = ["-m", "not e2e"]
    if part != "unit":
        # A file of tests is told by one process; each process has a database server of its own.
        arguments += ["-n", str(min(AT_ONCE, os.cpu_count() or 1)), "--dist", "loadfile", "--no-loadscope-reorder"]
    if failed:
        complain("ops.verify.failed_before", names=", ".join(failed))
    code = _pytest(arguments, {**env, "CPIMS_TEST_FAILED_CHECKS": ", ".join(failed)})
    return code or (1 if failed else 0)


if __name__ == "__main__":
    try:
        sys.exit(verify(sys.argv[1] if len(sys.argv) > 1 else "all"))
    except KeyboardInterrupt:
        sys.exit(130)
