"""What lies in the repository: nothing of one machine, nothing secret, nothing real."""

from __future__ import annotations

import re
from pathlib import Path

from tests.consistency.reading import ROOT, files, modules, read

#: Paths and names of the machine that somebody works on. Written in pieces, so that this file does not find itself.
OF_ONE_MACHINE = re.compile(
    "|".join(["/wo" + "rk/", "/ro" + "ot/", "/ho" + r"me/\w+/", "/Us" + "ers/", r"\b10\.\d+\.\d+\.\d+\b"])
)
#: Package indexes: locks carry hashes and no host names.
INDEX = re.compile(r"(?i)https?://[\w.-]*(pypi|pythonhosted|npmjs|artifactory|nexus|jfrog|registry|mirror)[\w.-]*")
SECRET = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_\w{30,}|\bxox[bp]-\w+")
TEXT = {
    ".py",
    ".ts",
    ".tsx",
    ".mjs",
    ".js",
    ".css",
    ".html",
    ".json",
    ".yaml",
    ".yml",
    ".toml",
    ".md",
    ".sh",
    ".lock",
    ".in",
    ".txt",
    "",
}


def texts() -> list[tuple[str, str]]:
    return [
        (path.relative_to(ROOT).as_posix(), read(path))
        for path in files()
        if path.suffix in TEXT and path.stat().st_size < 3_000_000 and b"\0" not in path.read_bytes()[:1000]
    ]


def _found(pattern: re.Pattern[str], allowed: re.Pattern[str] | None = None) -> list[str]:
    return [
        f"{place}:{number}: {match[0]}"
        for place, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        for match in [pattern.search(line)]
        if match and not (allowed and allowed.search(line))
    ]


def test_the_repository_is_read() -> None:
    assert len(texts()) > 300


def test_no_path_of_one_machine() -> None:
    assert _found(OF_ONE_MACHINE) == []


def test_no_package_index() -> None:
    assert _found(INDEX) == []


def test_no_secret() -> None:
    assert _found(SECRET) == []


def test_locks_pin_and_hash_everything() -> None:
    for lock in sorted((ROOT / "requirements").glob("*.lock")):
        text = read(lock)
        pinned = re.findall(r"^([a-z0-9][\w.-]*(?:\[[\w,]+\])?)==", text, re.M | re.I)
        unhashed = [
            entry.split("==")[0]
            for entry in re.split(r"\n(?=[A-Za-z0-9])", text)
            if "==" in entry.split("\n")[0] and "--hash=sha256:" not in entry
        ]
        assert pinned, lock.name
        assert unhashed == [], lock.name


def test_direct_dependencies_are_pinned_and_explained() -> None:
    import json
    import tomllib

    settings = tomllib.loads(read(ROOT / "pyproject.toml"))
    wanted = [*settings["project"]["dependencies"], *settings["dependency-groups"]["dev"]]
    web = json.loads(read(ROOT / "web" / "package.json"))
    npm = {**web.get("dependencies", {}), **web.get("devDependencies", {})}
    page = read(ROOT / "docs" / "dependencies.md")
    names = [re.split(r"[\[=<>~! ]", entry)[0] for entry in wanted] + list(npm)
    assert len(names) > 30
    assert [name for name in names if f"`{name}`" not in page] == []
    assert [f"{name} {version}" for name, version in npm.items() if not version[0].isdigit()] == []
    assert [entry for entry in settings["project"]["dependencies"] if "==" not in entry] == []


def test_versions_in_the_page_are_the_ones_in_use() -> None:
    import json

    page = read(ROOT / "docs" / "dependencies.md")
    pinned = dict(re.findall(r'"([\w.-]+)(?:\[[\w,-]+\])?==([\w.]+)"', read(ROOT / "pyproject.toml")))
    web = json.loads(read(ROOT / "web" / "package.json"))
    pinned |= web.get("dependencies", {}) | web.get("devDependencies", {})
    stale = [
        name
        for name, version in pinned.items()
        if (row := re.search(rf"^\| `{re.escape(name)}` \| ([^|]+) \|", page, re.M)) and row[1].strip() != version
    ]
    assert stale == []


def test_every_link_between_documents_leads_somewhere() -> None:
    broken = []
    for path in files():
        if path.suffix != ".md":
            continue
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", read(path)):
            if "://" not in target and not target.startswith("mailto:") and not (path.parent / target).exists():
                broken.append(f"{path.relative_to(ROOT)}: {target}")
    pictures = [entry for entry in broken if "docs/pictures/" in entry]
    assert [entry for entry in broken if entry not in pictures or (ROOT / "docs" / "pictures").exists()] == []


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))
    for path in sorted((ROOT / "docs" / "adr").glob("[0-9]*.md")):
        for heading in ("## Why", "## Decision", "## Consequences"):
            assert heading in read(path), f"{path.name}: {heading}"


def test_commands_and_settings_are_explained_to_operators() -> None:
    page = read(ROOT / "docs" / "operators.md")
    commands = {path.stem for path in (ROOT / "cpims/management/commands").glob("[a-z]*.py")}
    commands |= set(re.findall(r'^    "([a-z-]+)": _', read(ROOT / "cpims/management/cli.py"), re.M))
    internal = {"open-database"}
    text = page.replace("_", " ")
    assert [name for name in sorted(commands - internal) if f"cpims {name}".replace("_", " ") not in text] == []
    settings = set(re.findall(r'"((?:CPIMS|DATABASE)_[A-Z_]+)"', "\n".join(m.text for m in modules("config"))))
    assert len(settings) > 10
    assert [name for name in sorted(settings) if f"`{name}`" not in page and f"`{name}=" not in page] == []


def test_the_cast_of_the_stories_is_the_cast_of_the_demo() -> None:
    for name in ("amina", "bilal", "chantal", "dawit", "esther", "farid"):
        assert f"user_name: {name}," in read(Path(ROOT / "packs/demo/users.yaml"))
        assert name in read(ROOT / "README.md").lower()
