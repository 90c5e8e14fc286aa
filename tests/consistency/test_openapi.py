"""The description of the API is the API: every route is in it, and what comes out has the shape that it names."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from cpims.api.http.openapi import QUERY
from cpims.api.shapes.routes import ROUTES
from cpims.management.contracts.api import described, every_route
from cpims.management.launch.prepare import node_environment
from tests.consistency.reading import CONTRACTS, ROOT, read

WEB = ROOT / "web"


def written() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(read(CONTRACTS / "openapi.json"))
    return found


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in written()["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_every_route_has_its_shapes() -> None:
    routes = {route.key for route in every_route()}
    assert len(routes) > 40
    assert routes - set(ROUTES) == set(), "routes without an entry in cpims/api/shapes/routes.py"
    assert set(ROUTES) - routes == set(), "entries without a route"


def test_what_is_written_is_what_the_routes_say() -> None:
    assert written() == json.loads(json.dumps(described())), "run `cpims openapi`, then `npm run api` in web/"


def test_every_reference_leads_somewhere() -> None:
    document = written()

    def walk(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                yield value["$ref"]
            for below in value.values():
                yield from walk(below)
        elif isinstance(value, list):
            for below in value:
                yield from walk(below)

    references = set(walk(document))
    assert len(references) > 30
    for reference in references:
        here: Any = document
        for step in reference.removeprefix("#/").split("/"):
            assert step in here, reference
            here = here[step]


def test_every_operation_can_be_understood() -> None:
    names = []
    for path, method, operation in operations():
        names.append(operation["operationId"])
        assert operation["summary"], (path, method)
        given = {entry["name"] for entry in operation["parameters"] if entry["in"] == "path"}
        assert given == set(re.findall(r"\{(\w+)\}", path)), (path, method)
        assert all(entry.get("description") or entry["in"] == "path" for entry in operation["parameters"]), path
        assert any(status.startswith("2") for status in operation["responses"]), (path, method)
        if method != "get" and path.startswith("/api"):
            assert "403" in operation["responses"], (path, method)
    assert len(names) == len(set(names))


def test_no_parameter_is_described_and_never_read() -> None:
    used = {name for entry in ROUTES.values() for name in entry.query}
    assert set(QUERY) - used == set()


def test_the_clients_types_are_made_of_it(tmp_path: Any) -> None:
    environment = node_environment()
    program = shutil.which("npx", path=environment.get("PATH"))
    if program is None or not (WEB / "node_modules" / "openapi-typescript").exists():
        pytest.skip("the web's packages are not installed here")
    made = tmp_path / "schema.ts"
    subprocess.run(
        [program, "--no-install", "openapi-typescript", str(CONTRACTS / "openapi.json"), "-o", str(made)],
        cwd=WEB,
        env=environment,
        check=True,
        capture_output=True,
        timeout=120,
    )
    assert made.read_text() == (WEB / "src" / "api" / "schema.ts").read_text(), "run `npm run api` in web/"
