"""Some of the changes between two configurations: all give the second, none the first, and each does only what it says."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cpims.configuration.formats.canonical import checked_document, written
from cpims.configuration.rules.differing import Change, changes_between
from cpims.promotion.rules.choosing import change_id, chosen_document, woven
from cpims.promotion.rules.needing import missing_needs, needs_of

NAMES = st.sampled_from("abcde")
WORDS = st.sampled_from(["one", "two", "three"])
TEXT = st.dictionaries(st.sampled_from(["en", "fr", "ar"]), WORDS, min_size=1, max_size=3)
LEAF = st.one_of(WORDS, st.integers(0, 2), st.booleans(), st.lists(WORDS, max_size=2), st.none())
WHOLE = st.dictionaries(
    st.sampled_from(["a", "b/c", "d~e", "f"]),
    st.recursive(
        LEAF.filter(lambda v: v is not None and v != []), lambda inner: st.dictionaries(NAMES, inner, max_size=2)
    ),
    max_size=4,
).map(lambda said: {key: value for key, value in said.items() if value != {}})
ORDERING = frozenset({"fields_order", "fields_numbers", "options_order"})


def _options(names: list[str], texts: list[dict[str, str]]) -> list[dict[str, Any]]:
    return [{"id": name, "display_text": text} for name, text in zip(names, texts, strict=False)]


OPTIONS = st.builds(_options, st.lists(NAMES, unique=True, max_size=4), st.lists(TEXT, min_size=4, max_size=4))


@st.composite
def fields(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Questions as a document holds them: by their numbers, of which two may be the same."""
    numbers = sorted(draw(st.lists(st.integers(0, 6), max_size=4)))
    names = draw(st.permutations("abcde"))
    made = []
    for name, number in zip(names, numbers, strict=False):
        said: dict[str, Any] = {"name": name, "type": "text_field", "order": number, "display_name": draw(TEXT)}
        options = draw(OPTIONS)
        if options:
            said["option_strings_text"] = options
        source = draw(st.sampled_from([None, "lookup a", "lookup b"]))
        if source:
            said["option_strings_source"] = source
        made.append(said)
    return made


def _things(of: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(NAMES, of, max_size=3)


def _plain(**parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=parts)


DOCUMENT = st.fixed_dictionaries(
    {
        "format": st.just("cpims-configuration/1"),
        "settings": WHOLE,
        "contact_information": st.dictionaries(st.sampled_from(["name", "phone"]), WORDS),
        "code_of_conduct": st.dictionaries(st.sampled_from(["title", "content"]), WORDS),
        "modules": _things(
            _plain(name=WORDS, options=st.dictionaries(NAMES, st.integers(0, 2), min_size=1, max_size=2))
        ),
        "lookups": _things(st.fixed_dictionaries({"name": TEXT, "values": OPTIONS})),
        "locations": _things(_plain(placename=TEXT, parent=NAMES)),
        "agencies": _things(_plain(name=TEXT, disabled=st.booleans())),
        "user_groups": _things(_plain(name=WORDS, agency_unique_ids=st.lists(NAMES, min_size=1, unique=True))),
        "forms": _things(st.fixed_dictionaries({"name": TEXT, "fields": fields()}, optional={"help_text": TEXT})),
        "roles": _things(
            _plain(name=WORDS, permissions=st.dictionaries(NAMES, st.lists(WORDS, max_size=2), min_size=1, max_size=2))
        ),
        "grants": st.dictionaries(
            NAMES, st.dictionaries(NAMES, st.sampled_from(["r", "rw"]), min_size=1, max_size=2), max_size=3
        ),
    }
)
MANY = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def ids(changes: list[Change]) -> set[str]:
    return {change_id(change) for change in changes}


@MANY
@given(DOCUMENT, DOCUMENT)
def test_all_give_the_second_and_none_the_first(base: dict[str, Any], target: dict[str, Any]) -> None:
    checked_document(base)
    changes = changes_between(base, target)
    before = written(base)
    assert written(chosen_document(base, target, ids(changes))) == written(target)
    assert written(chosen_document(base, target, ())) == before
    assert written(base) == before


@MANY
@given(DOCUMENT, DOCUMENT, st.randoms(use_true_random=False))
def test_some_do_what_they_say_and_no_more(base: dict[str, Any], target: dict[str, Any], draw: Any) -> None:
    changes = changes_between(base, target)
    every = sorted(ids(changes))
    chosen = set(draw.sample(every, draw.randint(0, len(every))))
    made = chosen_document(base, target, chosen)
    checked_document(made)
    follows = {change_id(change) for change in changes if change.property in ORDERING}
    settled = {change_id(c) for c in changes_between(base, made) if c.property not in ORDERING and c.kind not in WHOLES}
    wanted = {
        change_id(c) for c in changes if c.property not in ORDERING and c.kind not in WHOLES and change_id(c) in chosen
    }
    assert settled == wanted - follows
    for form in made["forms"].values():
        numbers = [field["order"] for field in form["fields"]]
        assert numbers == sorted(numbers)


#: Told leaf by leaf: a value and something inside it are two changes, of which one alone may make both moot.
WHOLES = ("setting",)


@given(st.permutations("abcdef"), st.permutations("abcdef"), st.sets(st.sampled_from("abcdef")))
def test_lists_are_woven(first: list[str], second: list[str], members: set[str]) -> None:
    one, two = first[:4], second[:4]
    known = members & {*one, *two}
    made = woven(one, two, known)
    assert set(made) == known and len(made) == len(known)
    assert [name for name in made if name in one] == [name for name in one if name in known]


@MANY
@given(DOCUMENT, DOCUMENT)
def test_what_is_needed_is_there(base: dict[str, Any], target: dict[str, Any]) -> None:
    changes = changes_between(base, target)
    needs = needs_of(changes)
    every = ids(changes)
    assert set(needs) == every and missing_needs(needs, every) == []
    assert all(other in every and other != one for one in needs for other in needs[one])


def _document(**parts: Any) -> dict[str, Any]:
    empty = {part: {} for part in (
        "settings", "contact_information", "code_of_conduct", "modules", "lookups", "locations", "agencies",
        "user_groups", "forms", "roles", "grants",
    )}  # fmt: skip
    return {"format": "cpims-configuration/1", **empty, **parts}


def test_a_question_needs_its_list_and_a_right_its_role_and_form() -> None:
    question = {"name": "sex", "type": "select_box", "order": 1, "option_strings_source": "lookup lookup-sex"}
    rows = {"name": "visits", "type": "subform", "order": 2, "subform_unique_id": "visit_rows"}
    lookups = {"lookup-sex": {"name": {"en": "Sex"}, "values": []}}
    base = _document(forms={"basic": {"fields": []}}, lookups={}, roles={})
    target = _document(
        forms={"basic": {"fields": [question, rows]}, "visit_rows": {"fields": []}}, lookups=lookups,
        roles={"role-new": {"name": "New"}}, grants={"role-new": {"visit_rows": "rw"}},
    )  # fmt: skip

    def named(kind: str, thing: str) -> str:
        return next(change_id(c) for c in changes if c.kind == kind and c.thing.id == thing)

    changes = changes_between(base, target)
    needs = needs_of(changes)
    assert needs[named("field", "sex")] == [named("lookup", "lookup-sex")]
    assert needs[named("field", "visits")] == [named("form", "visit_rows")]
    assert needs[named("grant", "visit_rows")] == sorted([named("form", "visit_rows"), named("role", "role-new")])
    back = changes_between(target, base)
    gone = needs_of(back)
    changes = back
    assert gone[named("lookup", "lookup-sex")] == [named("field", "sex")]
    assert gone[named("form", "visit_rows")] == sorted([named("field", "visits"), named("grant", "visit_rows")])
    assert gone[named("field", "sex")] == []
    chosen = {named("lookup", "lookup-sex")}
    assert missing_needs(gone, chosen) == [(named("lookup", "lookup-sex"), named("field", "sex"))]
