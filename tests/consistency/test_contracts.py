"""What the code promises, and what `contracts/` says it promises, are the same (`cpims contracts` writes it)."""

from __future__ import annotations

import json
import re

import pytest

from cpims.audit.events import Event
from cpims.lib.errors import Conflict, Invalid, NotFound, NotPermitted, Refusal, TooMany, Unauthenticated
from cpims.management.contracts import CATALOGUES, FOLDER, current, stored
from cpims.management.contracts.reading import our_classes
from tests.consistency.reading import CONTRACTS, imports, modules, read


def test_the_catalogues_are_read_from_here() -> None:
    assert FOLDER == CONTRACTS


@pytest.mark.parametrize("name", sorted(CATALOGUES))
def test_what_is_written_is_what_the_code_does(name: str) -> None:
    assert stored(name) == current(name), "run `cpims contracts` and look at what it changed"


def test_events_have_names_that_can_last() -> None:
    names = [event.__dict__["name"] for event in our_classes(Event) if isinstance(event.__dict__.get("name"), str)]
    assert len(names) > 30
    assert len(names) == len(set(names))
    assert [name for name in names if not re.fullmatch(r"[a-z][a-z_]*(\.[a-z][a-z_]*)+", name)] == []


def test_events_are_values() -> None:
    loose = [
        event.__qualname__
        for event in our_classes(Event)
        if not event.__dataclass_params__.frozen or not event.__doc__  # type: ignore[attr-defined]
    ]
    assert loose == []


def test_every_event_stands_in_the_events_of_its_room() -> None:
    assert [event.__module__ for event in our_classes(Event) if ".events" not in event.__module__] == []


def test_no_event_is_promised_and_never_recorded() -> None:
    """Each event is made somewhere in an action."""
    acts = "\n".join(module.text for module in modules() if module.kind == "actions")
    unmade = [
        event.__qualname__
        for event in our_classes(Event)
        if "name" in event.__dict__ and not re.search(rf"\b{event.__qualname__}\b", acts)
    ]
    assert unmade == []


def test_every_refusal_is_of_a_kind_that_has_a_status() -> None:
    kinds = (NotPermitted, NotFound, Conflict, Invalid, Unauthenticated, TooMany)
    alone = [
        refusal.__qualname__
        for refusal in our_classes(Refusal)
        if not issubclass(refusal, kinds) and refusal.__module__.split(".")[1] not in {"lib", "api"}
    ]
    assert alone == []


def test_a_refusal_never_tells_what_is_hidden() -> None:
    """403 and 404 carry no parameters, whoever raised them."""
    from django.test import RequestFactory

    from cpims.api.http.errors import error_response

    request = RequestFactory().get("/api/v2/cases/1")
    for kind in our_classes(Refusal):
        if issubclass(kind, (NotFound, NotPermitted)) and kind.__init__ is Refusal.__init__:
            body = json.loads(error_response(request, kind(name="Noor")).content)
            assert "Noor" not in json.dumps(body), kind


def test_permissions_are_known_by_one_list() -> None:
    """Wherever code asks for a permission by name, the catalogue has it."""
    known = json.loads(read(CONTRACTS / "permissions.json"))["resources"]
    asked = re.compile(r"\b(?:require|\w+\.may|\w+\.holds)\((?:\w+, )?[\"'](\w+)[\"'], ([^)]*)\)")
    unknown, count = [], 0
    for module in modules():
        for resource, rest in asked.findall(module.text):
            for action in re.findall(r"[\"'](\w+)[\"']", rest):
                count += 1
                if resource not in known or action not in known[resource]:
                    unknown.append(f"{module.place}: {resource}:{action}")
    assert count > 10
    assert unknown == []


def test_rooms_do_not_import_the_catalogues() -> None:
    """Catalogues are read from code, never the other way about."""
    assert [
        m.place
        for m in modules()
        for name, _ in imports(m)
        if "management.contracts" in name and m.room != "management"
    ] == []
