"""Acts are the only way to change what lasts: one transaction, named arguments, a time, a row in the book."""

from __future__ import annotations

import ast
import json
import re
from functools import cache

from tests.consistency.reading import CONTRACTS, Module, functions, imports, is_public, modules, read

#: Acts that write nothing into a book themselves, and why.
SILENT = {
    **dict.fromkeys(
        ("begin_upload", "take_piece", "finish_upload", "send_whole", "drop_upload"),
        "bytes that belong nowhere yet are no fact about a child; `attach_file` writes down that they came to a record",
    ),
    "put_notices_away": "that she has read a notice of hers is no fact about a child; the notice is from the book",
    "open_session": "`sign_in` has noted the sighting `login` before; a session is no fact about a child",
}
#: What `api`, `jobs` and commands may call in an actions module though it is no transaction of its own, and why.
NO_TRANSACTION = {
    "erase_bytes": "bytes of each file go in a transaction of their own: one that the store cannot forget holds no other up",
    "sweep_uploads": "each file is a transaction of its own",
    "sign_in": "tries must be counted even when the sign-in is refused",
    "viewer_id_by_basic": "tries must be counted even when the sign-in is refused",
    "keep_session": "one statement",
    "request_password_reset": "answers alike whether there is such an account; the act itself is inside",
    "perform_password_reset": "a failed try must be counted; the act itself is inside",
    "prove_device": "wrong ids and secrets must be counted even though they are refused",
    "tell_of_unsent_work": "looks at the hour; the act itself is inside",
    "send_unsent_notice": "background work: sends a mail, changes nothing",
    "invite_users": "tries must be counted even when too many are refused; the act itself is inside",
    "open_invitation": "a wrong link must be counted; the act itself is inside",
    "send_invitation": "background work: mails are no transaction; what came of one is an act inside",
    "tell_of_failed_invitation": "background work: sends a mail, changes nothing",
    "send_password_reset": "background work: sends a mail, changes nothing",
    "deliver_once": "wraps another act in one transaction with its receipt",
    "plan_import": "does what a table would do in a transaction that is taken back whole",
    "verify_pair_request": "a number that was used is taken even when the request is refused",
    "check_pair": "asks the other instance first; keeping what it told is an act of its own",
    "look_at_gates": "asks the other instance first; writing down what turned is an act of its own",
    "sign_waiver": "tries must be counted even when the password is wrong; the act itself is inside",
    "send_change_set": "asks the other instance first; what follows is an act of its own",
    "run_bulk": "each case of a job is a transaction of its own, with its result: it may be interrupted and goes on",
    "run_rematch": "each trace of a run is a transaction of its own, with the progress of the run: it may be interrupted and goes on",
    "deliver_items": "each item of a delivery is a transaction of its own: one that is refused never undoes another",
    "note_sighting": "one row of the book of sightings, kept even when the request is refused",
    "derive_records": "a batch is a transaction: a run may be cut off and goes on; it changes what is derived, no answer",
    "is_behind": "makes the row that says how far the records are; changes no record",
    "keep_field_indexes": "indexes are built beside the work, outside of any transaction",
    "tell_of_happenings": "one round of background work; its transaction is inside",
    "send_waiting_mail": "background work: hands one mail over; its transaction is inside",
    "seal_books": "one transaction for each book",
    "quarantine_answers": "keeps the answers and then refuses: the refusal must not undo the keeping",
    "forget_receipts": "one statement",
    "forget_old_tries": "one statement",
    "follow_owner": "works in batches, each a transaction: it may be interrupted and done again",
    "hold_configuration": "takes a lock, called inside a transaction",
    "make_subject_keys": "one statement, called inside a transaction",
    "record": "one row, called inside a transaction",
    "record_many": "called inside a transaction",
    "cancel_import": "one statement, of which the run itself hears; nothing was changed yet that the books would name",
    "tell_of_drift": "hands one mail over; nothing changes",
    "watched": "tells how far a run has come, over a connection of its own",
}
#: Public names of actions modules that decide and change nothing.
ASKS_ONLY = {
    "acts_on",
    "require_may_amend",
    "require_may_edit",
    "require_may_handle",
    "require_may_register",
    "preview_sharing",
    "about",
    "own_device",
    "owner_of",
    "page_of",
    "kept_keys",
    "subject_of",
    "link_for",
    "unknown_forms",
    "password_problems",
    "is_password",
    "seal_password",
}
WRITES = {"record", "record_many", "note_sighting"}
CALLERS = {"api", "jobs", "management"}


def acts() -> list[tuple[Module, ast.FunctionDef]]:
    return [(m, f) for m in modules() if m.kind == "actions" for f in functions(m.tree)]


def is_atomic(function: ast.FunctionDef) -> bool:
    return any(ast.unparse(d) in {"atomic", "transaction.atomic"} for d in function.decorator_list)


@cache
def called() -> dict[str, frozenset[str]]:
    """By name: what each function and each table of an actions module calls or names (a class made, a function handed
    on, what a room says of its acts)."""
    found: dict[str, frozenset[str]] = {}
    tables = [
        (node.target.id, node)
        for module in modules()
        if module.kind == "actions"
        for node in module.tree.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    ]
    for name, here in [(function.name, function) for _, function in acts()] + tables:
        names = {node.id for node in ast.walk(here) if isinstance(node, ast.Name)}
        names |= {node.attr for node in ast.walk(here) if isinstance(node, ast.Attribute)}
        found[name] = frozenset(names | set(found.get(name, ())))
    return found


@cache
def reached(name: str) -> frozenset[str]:
    """Everything that a function comes to name, through the functions that it calls."""
    seen: set[str] = set()
    todo = [name]
    while todo:
        here = todo.pop()
        for other in called().get(here, ()):
            if other not in seen:
                seen.add(other)
                todo.append(other)
    return frozenset(seen)


def the_acts() -> list[tuple[Module, ast.FunctionDef]]:
    return [(m, f) for m, f in acts() if is_public(f.name) and is_atomic(f)]


def test_there_are_acts() -> None:
    assert len(the_acts()) > 30
    assert {f.name for _, f in the_acts()} == set(json.loads(read(CONTRACTS / "actions.json")))


def test_acts_take_named_arguments_and_a_time() -> None:
    wrong = []
    for module, function in the_acts():
        named = {argument.arg for argument in function.args.kwonlyargs}
        if function.args.args or function.args.vararg or "at" not in named:
            wrong.append(f"{module.place}:{function.lineno} {function.name}")
    assert wrong == []


def test_acts_are_told_who_acts() -> None:
    """Except what loads a pack or begins an instance: there `actor` may be nobody."""
    nobody = {"put_agencies", "put_user_groups", "put_roles", "put_users", "invite_first_administrator", "open_session"}
    nobody |= {"register_cases"}  # each new case names its own
    nobody |= {"resolve_duplicate"}  # the worker process compares what people wrote before
    nobody |= {"follow_family"}  # the worker process brings cases up to what was changed before
    nobody |= {"hear_device", "hand_over_items"}  # the device acts; whose it is stands in its row
    unasked = [
        f"{module.place}:{function.lineno} {function.name}"
        for module, function in the_acts()
        if "actor" not in {argument.arg for argument in function.args.kwonlyargs} and function.name not in nobody
    ]
    assert unasked == []


def test_acts_record_what_they_say() -> None:
    """Each act has a `Records:` line, comes to write in a book, and comes to name the events that it promises."""
    events = {entry["class"] for entry in json.loads(read(CONTRACTS / "events.json")).values()}
    wrong = []
    for module, function in the_acts():
        if function.name in SILENT:
            continue
        place = f"{module.place}:{function.lineno} {function.name}"
        recorded = re.search(r"^\s*Records: (.*?)(?=^\s*\w+: |\Z)", ast.get_docstring(function) or "", re.M | re.S)
        if recorded is None:
            wrong.append(f"{place} does not say what it records")
        elif not WRITES & reached(function.name):
            wrong.append(f"{place} never writes in a book")
        else:
            promised = {word for word in re.findall(r"\b[A-Z]\w+[a-z]\w*", recorded[1]) if word in events}
            wrong += [f"{place} never makes {name}" for name in promised - reached(function.name)]
            if not promised and "sighting" not in recorded[1]:
                wrong.append(f"{place} names no event")
    assert wrong == []


def test_what_is_called_from_outside_is_an_act() -> None:
    """API, jobs and commands call whole acts, never a half of one."""
    known = {f.name: is_atomic(f) for _, f in acts() if is_public(f.name)}
    halves = []
    for module in modules():
        if module.room not in CALLERS:
            continue
        for name, line in imports(module):
            where, _, function = name.rpartition(".")
            if (
                ".actions" in where
                and known.get(function) is False
                and function not in NO_TRANSACTION.keys() | ASKS_ONLY
            ):
                halves.append(f"{module.place}:{line} {function}")
    assert halves == []


def test_every_exception_is_still_needed() -> None:
    names = {f.name for _, f in acts()}
    assert (SILENT.keys() | NO_TRANSACTION.keys() | ASKS_ONLY) - names == set()
    assert SILENT.keys() - {f.name for _, f in the_acts()} == set()


def test_names_of_acts_begin_with_a_verb() -> None:
    verbs = re.compile(
        r"^(accept|add|amend|answer|apply|approve|ask|assign|attach|attest|arrange|begin|bring|cancel|change|close|confirm|create|detach|disable|drop|enable|end|erase|finish|follow|hand|hear|import|invite|keep|leave|let|link|load|look|open|pair|propose|publish|put|raise|receive|"
        r"refer|register|reject|relate|rename|reopen|request|resolve|retire|retry|return|revoke|roll|save|send|sign|take|transfer|turn|undo|withdraw)_"
    )
    assert [f.name for _, f in the_acts() if not verbs.match(f.name)] == []


def test_nothing_writes_records_but_acts() -> None:
    """The ORM's writing verbs on tables of ours stand in actions (and in commands that make a demo or restore)."""
    verbs = {"create", "bulk_create", "bulk_update", "update", "delete", "get_or_create", "update_or_create"}
    found = []
    for module in modules():
        if module.kind == "actions" or module.room in {"management", "lib"}:
            continue
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr in verbs and ".objects" in ast.unparse(node.func.value):
                found.append(f"{module.place}:{node.lineno}")
    assert found == []
