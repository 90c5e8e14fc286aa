"""The rooms and floors of the house: names, files, sizes, imports, and what nobody may do anywhere."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from pathlib import Path

import pytest

from tests.consistency.reading import (
    CPIMS,
    ROOM_FILES,
    ROOT,
    Module,
    files,
    functions,
    imports,
    is_public,
    modules,
    rooms,
)

FORBIDDEN_NAMES = {
    "utils",
    "helpers",
    "services",
    "managers",
    "signals",
    "mixins",
    "base",
    "constants",
    "misc",
    "common",
}
FORBIDDEN_NAMES |= {name.removesuffix("s") for name in FORBIDDEN_NAMES} | {"util", "helper"}
LONG, TOO_LONG = 400, 600
#: Made by a program, or data: their length says nothing.
UNMEASURED = ("web/src/api/schema.ts", "web/package-lock.json")
#: The only places where SQL may look into the answers (`data`), with the reason.
UNPACKS_DATA = {
    "cpims/management/demo/caseload.py": "writes whole demo cases",
}
FOUND_MANY = 200


def test_the_reader_sees_the_house() -> None:
    assert len(modules()) > FOUND_MANY
    assert {"access", "accounts", "audit", "cases", "forms", "records"} <= set(rooms())


def test_every_room_says_what_lives_in_it() -> None:
    silent = [room for room in rooms() if not ast.get_docstring(Module(CPIMS / room / "__init__.py").tree)]
    assert silent == []


def test_no_file_has_a_name_that_says_nothing() -> None:
    named = [
        m.place for m in modules("cpims", "config", "tests") if FORBIDDEN_NAMES & set(m.path.with_suffix("").parts)
    ]
    web = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "web" / "src").rglob("*")
        if path.suffix != ".css" and path.name.split(".")[0].lower() in FORBIDDEN_NAMES
    ]
    assert named + web == []


def test_only_the_six_kinds_of_file_stand_in_a_room() -> None:
    strange = [
        module.place
        for module in modules()
        if module.place.startswith("cpims/") and module.room in rooms() and module.kind not in ROOM_FILES | {"__init__"}
    ]
    assert strange == []


def _sources() -> list[Path]:
    suffixes = {".py", ".ts", ".tsx", ".css", ".sh", ".mjs"}
    return [
        path
        for path in files()
        if path.suffix in suffixes
        and path.relative_to(ROOT).as_posix() not in UNMEASURED
        and "migrations" not in path.parts
    ]


def test_no_file_is_too_long() -> None:
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines()) for path in _sources()}
    for place, length in lengths.items():
        if LONG < length <= TOO_LONG:
            warnings.warn(f"{place} has {length} lines; above {LONG} it should become a folder", stacklevel=1)
    assert {place: length for place, length in lengths.items() if length > TOO_LONG} == {}


def test_pure_files_import_nothing_of_the_outside() -> None:
    """import-linter holds this along chains of imports; here the packages that only a whitelist can name."""
    allowed = sys.stdlib_module_names | {
        "cpims",
        "orjson",
        "rapidfuzz",
        "yaml",
        "pydantic",
        "babel",
        "typst",
        "xlsxwriter",
        "PIL",
        "mutagen",
        "pikepdf",
    }
    outside = [
        f"{module.place}:{line} imports {name}"
        for module in modules()
        if module.kind in {"rules", "events", "formats"}
        for name, line in imports(module)
        if name.split(".")[0] not in allowed
    ]
    assert outside == []


def test_only_the_api_speaks_http() -> None:
    speaks = re.compile(r"^(ninja|granian|django\.(http|shortcuts|views|urls|middleware|template))(\.|$)")
    mouths = [
        f"{module.place}:{line} imports {name}"
        for module in modules()
        if module.room != "api" and module.place not in {"config/urls.py", "config/wsgi.py"}
        for name, line in imports(module)
        if speaks.match(name)
    ]
    assert mouths == []


def test_the_api_writes_nothing_itself() -> None:
    """Routes call one action or query; the ORM's writing verbs stand downstairs."""
    verbs = {"create", "bulk_create", "save", "delete", "update", "update_or_create", "get_or_create", "bulk_update"}
    writes = []
    for module in modules():
        if module.room != "api":
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in verbs:
                owner = ast.unparse(node.func.value)
                if ".objects" in owner or node.func.attr in {"save", "bulk_create", "update_or_create"}:
                    writes.append(f"{module.place}:{node.lineno} {owner}.{node.func.attr}")
    assert writes == []


def test_nothing_happens_behind_a_save() -> None:
    """No signals, no `save` or `delete` of our own, no `clean`: what happens stands in an action, in order."""
    found = []
    for module in modules():
        found += [
            f"{module.place}:{line} imports {name}"
            for name, line in imports(module)
            if re.match(r"^django\.(db\.models\.signals|dispatch|core\.signals)", name)
        ]
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef) and module.kind == "models":
                found += [
                    f"{module.place}:{f.lineno} {node.name}.{f.name}"
                    for f in node.body
                    if isinstance(f, ast.FunctionDef)
                    and f.name in {"save", "delete", "clean", "full_clean", "__init__"}
                ]
    assert found == []


def test_every_public_name_is_explained() -> None:
    """Modules, functions and classes of ours say in a sentence what they do."""
    silent = []
    for module in modules():
        if not ast.get_docstring(module.tree) and module.text.strip():
            silent.append(module.place)
        for node in module.tree.body:
            if not isinstance(node, (ast.FunctionDef, ast.ClassDef)) or not is_public(node.name):
                continue
            if not ast.get_docstring(node):
                silent.append(f"{module.place}:{node.lineno} {node.name}")
    assert silent == []


def test_questions_about_records_say_who_asks() -> None:
    """A public question about records takes a viewer."""
    unasked = []
    for module in modules():
        if module.room != "records" or module.kind != "queries":
            continue
        for function in functions(module.tree):
            names = {a.arg for a in [*function.args.args, *function.args.kwonlyargs]}
            is_question = re.match(r"^(find|get|count|list)_", function.name)
            if is_question and is_public(function.name) and "viewer" not in names:
                unasked.append(f"{module.place}:{function.lineno} {function.name}")
    assert unasked == []


def test_answers_are_not_unpacked_in_sql() -> None:
    """Filters, sorts and counts read promoted columns and facets: unpacking `data` costs twenty times as much."""
    unpacks = re.compile(r"\bdata__\w+|['\"(\s]data\s*(->|@>|\?|#>)|records\.data\s*->")
    found = [
        f"{module.place}:{number}"
        for module in modules()
        if module.place not in UNPACKS_DATA and module.room in {"records", "cases", "api", "exports", "analytics"}
        for number, line in enumerate(module.text.splitlines(), 1)
        if unpacks.search(line)
    ]
    assert found == []


def test_fences_stand() -> None:
    """The floors as import-linter reads them (pyproject.toml): floors, beats, pure, quiet, one mouth, no circles."""
    from importlinter.cli import lint_imports

    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True, no_logo=True) == 0


@pytest.mark.parametrize("contract", ["floors", "beats", "pure", "quiet", "mouth", "circles"])
def test_no_fence_was_taken_away(contract: str) -> None:
    import tomllib

    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    found = [entry for entry in settings["contracts"] if entry.get("id") == contract]
    assert len(found) == 1
    assert not found[0].get("ignore_imports"), "an exception to a floor needs an ADR, and this line with it"


def test_the_fences_name_every_room() -> None:
    import tomllib

    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    by_id = {entry["id"]: entry for entry in contracts}
    assert set(by_id["beats"]["containers"]) == {f"cpims.{room}" for room in rooms()}
    assert set(by_id["mouth"]["source_modules"]) == {f"cpims.{room}" for room in [*rooms(), "lib", "jobs"]}
