"""The policy of the specification for the kinds of record beside cases (api.md §4, 6; docs/differences.md)."""

from __future__ import annotations

from cpims.access.rules.catalogue import ACTIONS
from tests.cast import MODULE
from tests.kinds import KINDS, PLURALS
from tests.properties.policy import V1, V2
from tests.properties.shapes import Oracle, Permissions, Rule, Shape, plain

#: Acts that a change may carry, where the kind has them.
ACTS = ("close", "reopen", "enable_disable_record")


def one_record(kind: str, *needed: str) -> Rule:
    """All of these actions and the record in sight: every kind is scoped as cases are."""

    def answers(shape: Shape) -> int:
        if not all(shape.may(kind, action) for action in needed):
            return 403
        return 200 if shape.sees_case() else 404

    return Rule({kind: list(needed)}, answers)


def held_record(kind: str, action: str) -> Rule:
    """The action and the record in her own hands."""

    def answers(shape: Shape) -> int:
        if not shape.may(kind, action):
            return 403
        return 200 if shape.stands == "own" and shape.sees_case() else 404

    return Rule({kind: [action]}, answers)


def _change(kind: str) -> Oracle:
    acts = [act for act in ACTS if act in ACTIONS[kind]]

    def answers(shape: Shape) -> int:
        if not shape.may(kind, "write", *acts):
            return 403
        if not shape.sees_case():
            return 404
        return 200 if shape.may(kind, "write") else 403

    return answers


def _make(kind: str) -> Oracle:
    def answers(shape: Shape) -> int:
        from_case = kind == "incident" and shape.may("case", "incident_from_case")
        if not shape.may(kind, "create") and not from_case:
            return 403
        return 200 if MODULE in shape.modules or shape.is_super else 422

    return answers


def _resolve(kind: str) -> Oracle:
    def answers(shape: Shape) -> int:
        if not (shape.may(kind, "flag", "resolve_any_flag") and shape.may(kind, "read")):
            return 403
        if not shape.sees_case():
            return 404
        return 200 if shape.stands == "own" or shape.may(kind, "resolve_any_flag") else 403

    return answers


def _without_alert(kind: str) -> Rule:
    """Taking an alert off: an action of its own where the kind has it; else for who manages the kind."""
    needs = ["remove_alert", "read"] if "remove_alert" in ACTIONS[kind] else ["manage"]
    return Rule({kind: needs}, one_record(kind, *needs).answers)


def _rules(kind: str) -> dict[tuple[str, str], Rule]:
    many, ours = f"{V2}/{PLURALS[kind]}", f"{V1}/{PLURALS[kind]}"
    one, his = f"{many}/{{{kind}_id}}", f"{ours}/{{{kind}_id}}"
    file, reads, writes = "/attachments/{attachment_id}", one_record(kind, "read"), one_record(kind, "write", "read")
    write: Permissions = {kind: ["write"]}
    flag: Permissions = {kind: ["read", "flag", "resolve_any_flag"]}
    return {
        ("GET", many): plain(kind, "read"),
        ("POST", many): Rule({kind: ["create"]}, _make(kind)),
        **{("POST", f"{ours}/{what}"): plain(kind, "read") for what in ("search", "count", "counts")},
        ("GET", one): reads,
        ("PATCH", one): Rule(write, _change(kind)),
        ("PUT", one): Rule(write, _change(kind)),
        ("DELETE", one): one_record(kind, "enable_disable_record", "read"),
        ("GET", one + "/record_history"): one_record(kind, "read", "change_log"),
        ("GET", one + "/access_log"): one_record(kind, "read", "access_log"),
        ("GET", one + "/flags"): one_record(kind, "flag", "read"),
        ("POST", one + "/flags"): one_record(kind, "flag", "read"),
        ("PATCH", one + "/flags/{flag_id}"): Rule(flag, _resolve(kind)),
        ("PUT", one + "/flags/{flag_id}"): Rule(flag, _resolve(kind)),
        ("GET", one + "/alerts"): reads,
        ("DELETE", one + "/alerts/{alert_id}"): _without_alert(kind),
        ("POST", one + "/attachments"): writes,
        ("GET", one + file): reads,
        **{(method, one + file): writes for method in ("PATCH", "PUT", "DELETE")},
        ("GET", f"{his}{file}/thumbnail"): reads,
        ("GET", f"{his}/quarantine"): held_record(kind, "read"),
        ("POST", f"{his}/quarantine/{{quarantine_id}}/resolve"): held_record(kind, "write"),
    }


RECORD_RULES: dict[tuple[str, str], Rule] = {key: rule for kind in KINDS for key, rule in _rules(kind).items()}
