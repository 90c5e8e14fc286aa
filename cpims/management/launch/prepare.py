"""All the set-up before a start: Python packages, the ``cpims`` command, the web pages. Needs Python alone.

What is done is remembered by a stamp (a digest of what it was made from), so a second call has nothing to do.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

from cpims.management.launch.steps import Step, run_quietly, step
from cpims.management.launch.words import ROOT, Stop, complain

VENV = Path(os.environ.get("CPIMS_VENV", "") or ROOT / ".venv")
PYTHON = VENV / "bin" / "python"
LOCKS = ROOT / "requirements"
WEB = ROOT / "web"
STAMPS = VENV / "stamps"
LOG = VENV / "setup.log"
_LAUNCHER = """#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
exec "$here/python" -m cpims.management.cli "$@"
"""


def _digest(*parts: str | bytes | Path) -> str:
    digest = hashlib.sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) else part.encode() if isinstance(part, str) else part
        digest.update(f"{len(content)}:".encode() + content)
    return digest.hexdigest()


def _stamp(name: str) -> str:
    try:
        return (STAMPS / name).read_text()
    except OSError:
        return ""


def _put_stamp(name: str, value: str) -> None:
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / name).write_text(value)


def _packages_wanted(part: str) -> str:
    return _digest(sys.version, str(ROOT), LOCKS / f"{part}.lock")


def packages_ready(part: str) -> bool:
    """Whether the locked packages of ``run`` or ``dev`` are installed."""
    accepted = ("dev",) if part == "dev" else ("run", "dev")
    return PYTHON.exists() and any(_stamp(name) == _packages_wanted(name) for name in accepted)


def install_packages(part: str) -> None:
    """Install the locked Python packages, each checked against its hash.

    Raises: Stop.
    """
    wanted = _packages_wanted(part)
    if not _can_write(VENV):
        raise Stop("ops.setup.folder", path=VENV)
    VENV.mkdir(parents=True, exist_ok=True)
    LOG.write_text("")
    moved = (VENV / "made-for").exists() and (VENV / "made-for").read_text() != _digest(sys.version, str(ROOT))
    if not PYTHON.exists() or moved or not _has_pip():
        with step("ops.setup.venv"):
            _make_venv()
        LOG.write_text("")
    (VENV / "made-for").write_text(_digest(sys.version, str(ROOT)))
    with step("ops.setup.packages") as shown:
        _pip_install(part, shown=shown, failure="ops.setup.packages_failed")
        _install_command()
    _put_stamp(part, wanted)


def _make_venv() -> None:
    argv = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        why = (done.stdout + done.stderr).strip()
        shutil.rmtree(VENV, ignore_errors=True)
        raise Stop("ops.setup.no_venv" if "ensurepip" in why else "ops.setup.venv_failed", why=why, version=_version())


def _pip_install(lock: str, *, shown: Step, failure: str) -> None:
    argv: list[str | Path] = [PYTHON, "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--no-deps"]
    argv += ["--require-hashes", "--only-binary", ":all:", "--progress-bar", "off", "-r", LOCKS / f"{lock}.lock"]
    run_quietly(argv, shown=shown, log=LOG, failure=failure, cwd=ROOT)


def _version() -> str:
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def _has_pip() -> bool:
    return subprocess.run([str(PYTHON), "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0


def _install_command() -> None:
    packages = next((VENV / "lib").glob("python*/site-packages"))
    (packages / "cpims-here.pth").write_text(f"{ROOT}\n")
    launcher = VENV / "bin" / "cpims"
    launcher.unlink(missing_ok=True)
    launcher.write_text(_LAUNCHER)
    launcher.chmod(0o755)


def web_wanted() -> str:
    """A digest of everything that the built web pages are made from."""
    digest = hashlib.sha256()
    for top in (WEB, ROOT / "contracts"):
        for folder, names, files in os.walk(top):
            names[:] = sorted(name for name in names if name not in ("node_modules", "dist", "dev-dist", "coverage"))
            for name in sorted(files):
                path = Path(folder) / name
                digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def web_ready() -> bool:
    """Whether the built web pages are there and made from what lies in ``web/`` now."""
    return (WEB / "dist" / "index.html").exists() and _stamp("web") == web_wanted()


def node_environment() -> dict[str, str]:
    """An environment in which ``node`` and ``npm`` are found: the machine's where they fit, else those from PyPI.

    Raises: Stop.
    """
    if _node_fits(os.environ.get("PATH", "")):
        return dict(os.environ)
    bundled = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    wanted = _packages_wanted("node")
    if not _node_fits(str(VENV / "bin")) or _stamp("node") != wanted:
        with step("ops.setup.node") as shown:
            _pip_install("node", shown=shown, failure="ops.setup.node_failed")
        _put_stamp("node", wanted)
    return {**os.environ, "PATH": bundled}


def _node_fits(path: str) -> bool:
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if not node or not npm:
        return False
    try:
        done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False, timeout=20)
        numbers = tuple(int(part) for part in done.stdout.strip().lstrip("v").split(".")[:2])
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return False
    return (20, 19) <= numbers < (21, 0) or numbers >= (22, 12)


def install_web_packages(env: dict[str, str]) -> None:
    """Install the locked packages of the web pages.

    Raises: Stop.
    """
    wanted = _digest(sys.version, str(ROOT), WEB / "package-lock.json")
    if _stamp("web-packages") == wanted and (WEB / "node_modules").is_dir():
        return
    if not _can_write(WEB / "node_modules"):
        raise Stop("ops.setup.folder", path=WEB)
    with step("ops.setup.web_packages") as shown:
        argv: list[str | Path] = ["npm", "ci", "--no-audit", "--no-fund"]
        run_quietly(argv, shown=shown, log=LOG, failure="ops.setup.web_packages_failed", cwd=WEB, env=env)
    _put_stamp("web-packages", wanted)


def build_web() -> None:
    """Build the web pages.

    Raises: Stop.
    """
    wanted = web_wanted()
    env = node_environment()
    install_web_packages(env)
    if not _can_write(WEB / "dist"):
        raise Stop("ops.setup.folder", path=WEB)
    with step("ops.setup.web") as shown:
        run_quietly(["npm", "run", "build"], shown=shown, log=LOG, failure="ops.setup.web_failed", cwd=WEB, env=env)
    _put_stamp("web", wanted)


def _can_write(path: Path) -> bool:
    while not path.exists():
        path = path.parent
    if not os.access(path, os.W_OK | os.X_OK):
        return False
    try:
        return not os.statvfs(path).f_flag & os.ST_RDONLY
    except OSError:
        return False


def prepare(part: str) -> None:
    """Do whatever of the set-up is not done yet.

    Raises: Stop.
    """
    if packages_ready(part) and web_ready() and (part == "run" or (WEB / "node_modules").is_dir()):
        return
    VENV.parent.mkdir(parents=True, exist_ok=True)
    if not _can_write(VENV):
        raise Stop("ops.setup.folder", path=VENV.parent)
    VENV.mkdir(exist_ok=True)
    handle = os.open(VENV.parent / f"{VENV.name}.lock", os.O_RDWR | os.O_CREAT, stat.S_IRUSR | stat.S_IWUSR)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not packages_ready(part):
            install_packages(part)
        if not (WEB / "package.json").exists():
            raise Stop("ops.setup.no_web", path=WEB)
        if part == "dev":
            install_web_packages(node_environment())
        if not web_ready():
            build_web()
    finally:
        os.close(handle)


def main() -> int:
    """``python -m cpims.management.launch.prepare run|dev``: prints only what it does."""
    part = sys.argv[1] if len(sys.argv) > 1 else "run"
    try:
        prepare(part)
    except Stop as problem:
        sys.stderr.write(f"\n{problem}\n")
        return 1
    except KeyboardInterrupt:
        complain("ops.setup.interrupted")
        return 130
    except OSError as error:
        complain("ops.setup.os_error", path=error.filename or "", why=error.strerror or str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
