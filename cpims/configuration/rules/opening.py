"""Which questions can ever be asked: conditions that are sound, can hold, and do not wait for each other in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cpims.configuration.rules.reach import Answer, atoms, outcomes, wrong_values
from cpims.configuration.rules.world import Question, World
from cpims.forms.rules.conditions import BrokenCondition, compile_condition, condition_of, fields_asked
from cpims.lib.errors import Problem

RECORD, ROW = "display_conditions_record", "display_conditions_subform"


def sound(container: Any) -> Any:
    """The condition in a container, if there is one that can be read."""
    try:
        expression = condition_of(container)
        if expression is not None:
            compile_condition(expression)
    except BrokenCondition:
        return None
    return expression


def condition_faults(place: str, expression: Any, answers: Mapping[str, Answer]) -> list[Problem]:
    """What keeps a sound condition from ever holding, all else aside."""
    faults: list[Problem] = []
    for atom in atoms(expression):
        wrong = wrong_values(atom, answers[atom.field]) if atom.field in answers else None
        if wrong is not None:
            code = "pack.condition_option" if wrong[0] == "option" else "pack.condition_type"
            faults.append(Problem(place, code, {"field": atom.field, "value": ", ".join(map(str, wrong[1]))}))
    if not faults and set(fields_asked(expression)) <= set(answers) and True not in outcomes(expression, answers):
        faults.append(Problem(place, "pack.condition_never", {"fields": ", ".join(sorted(fields_asked(expression)))}))
    return faults


def idle_conditions(world: World) -> Iterator[Problem]:
    """Conditions that hold whatever is answered: they say nothing."""
    for question, key, expression, answers in _conditions(world):
        if set(fields_asked(expression)) <= set(answers) and outcomes(expression, answers) == {True}:
            yield Problem(f"{question.place}/{key}", "pack.condition_idle")


def unreachable(world: World) -> Iterator[Problem]:
    """Every condition that no combination of answers can meet."""
    faulty: set[str] = set()
    for kind, questions in world.top.items():
        known = world.answers(kind)
        for place, form in {q.place.rsplit("/fields/", 1)[0]: q.form for q in questions if q.own}.items():
            expression = sound(form.get("display_conditions"))
            if expression is not None:
                found = condition_faults(f"{place}/display_conditions", expression, known)
                faulty |= {place} if found else set()
                yield from found
    for question, key, expression, answers in _conditions(world):
        found = condition_faults(f"{question.place}/{key}", expression, answers)
        if found:
            faulty.add(question.place)
        yield from found
    for kind in world.top:
        yield from _closed(world, kind, faulty)


def _conditions(world: World) -> Iterator[tuple[Question, str, Any, Mapping[str, Answer]]]:
    records = {kind: world.answers(kind) for kind in world.top}
    for question in world.own():
        record = records.get(question.form["parent_form"], {})
        row = world.row_answers(question.form["unique_id"]) if question.form.get("is_nested") else {}
        entry = question.entry
        shown = (entry.get("subform_section_configuration") or {}).get("display_conditions")
        inside = world.row_answers(str(entry.get("subform_unique_id")))
        for key, container, answers in (
            (RECORD, entry.get(RECORD), record),
            (ROW, entry.get(ROW), row),
            ("subform_section_configuration/display_conditions", shown, inside),
            *(
                (f"option_strings_condition/{tag}", asked, {**record, **row})
                for tag, asked in (entry.get("option_strings_condition") or {}).items()
            ),
        ):
            expression = sound(container)
            if expression is not None:
                yield question, key, expression, answers


def _closed(world: World, kind: str, faulty: set[str]) -> Iterator[Problem]:
    """Questions that wait for each other, so that none of them is ever asked."""
    questions, answers = world.top[kind], world.answers(kind)
    opened, names = _opened(questions, answers, lambda q: _of_record(q))
    for question in questions:
        form = question.place.rsplit("/fields/", 1)[0]
        if question.own and question.place not in opened and not {question.place, form} & faulty:
            yield _circle(question, answers, _of_record(question))
    for form_id in {str(q.entry.get("subform_unique_id")) for q in questions if q.entry["type"] == "subform"}:
        rows, inside = world.rows.get(form_id, ()), world.row_answers(form_id)
        open_rows, _ = _opened(rows, inside, lambda q: [sound(q.entry.get(ROW))])
        for question in rows:
            if not question.own or question.place in faulty:
                continue
            record = sound(question.entry.get(RECORD))
            if question.place not in open_rows:
                yield _circle(question, inside, [sound(question.entry.get(ROW))])
            elif (
                record is not None
                and fields_asked(record) <= set(answers)
                and True not in outcomes(record, answers, names)
            ):
                yield _circle(question, answers, [record])


def _of_record(question: Question) -> list[Any]:
    return [sound(question.form.get("display_conditions")), sound(question.entry.get(RECORD))]


def _opened(questions: Sequence[Question], answers: Mapping[str, Answer], of: Any) -> tuple[set[str], set[str]]:
    """The places and names of the questions that open, one after the other; some are filled without being asked."""
    places: set[str] = set()
    names = {question.name for question in questions if question.filled}
    waiting = list(questions)
    while True:
        still: list[Question] = []
        for question in waiting:
            wanted = [expression for expression in of(question) if expression is not None]
            whole = wanted[0] if len(wanted) == 1 else {"and": wanted}
            free = not wanted or not fields_asked(whole) <= set(answers)
            if free or True in outcomes(whole, answers, names):
                places.add(question.place)
                names.add(question.name)
            else:
                still.append(question)
        if len(still) == len(waiting):
            return places, names
        waiting = still


def _circle(question: Question, answers: Mapping[str, Answer], wanted: Sequence[Any]) -> Problem:
    """Named as a circle, or as form and field wanting what cannot be together."""
    asked = [expression for expression in wanted if expression is not None]
    fields = sorted(set().union(*map(fields_asked, asked)))
    together = True in outcomes({"and": asked}, answers) if asked else True
    code = "pack.condition_circle" if together else "pack.condition_never"
    return Problem(question.place, code, {"fields": ", ".join(fields), "value": question.name})
