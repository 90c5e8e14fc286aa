"""Violations in armed conflict and what hangs on them (module of monitoring and reporting): rows of one incident.

The rows lie in the incident's own answers under Primero's names. What lists and reports ask for is read off them, so
that nothing of a removed row lingers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from cpims.incidents.rules.deriving import Answers, day_of, rows_of

VIOLATIONS: Final = tuple(
    (
        "killing maiming recruitment sexual_violence abduction attack_on_hospitals attack_on_schools military_use "
        "denial_humanitarian_access deprivation_liberty"
    ).split()
)
ASSOCIATIONS: Final = ("sources", "perpetrators", "individual_victims", "group_victims", "responses")
OF: Final = "violations_ids"
LATE: Final = "is_late_verification"
VERIFIED: Final = "verified"
TALLIES: Final = ("violation_killed_tally", "violation_injured_tally", "violation_tally")
#: What is gathered on the incident from all of its violations: name there, name in the row.
FROM_VIOLATIONS: Final = {
    **{
        name: name
        for name in (
            "verified_ghn_reported weapon_type facility_impact facility_attack_type child_role abduction_purpose_single "
            "military_use_type types_of_aid_disrupted_denial ctfmr_verified_date"
        ).split()
    },
    "verification_status": "ctfmr_verified",
}
FROM_PERPETRATORS: Final = {
    "armed_force_group_party_names": "armed_force_group_party_name",
    "perpetrator_category": "perpetrator_category",
}
FROM_VICTIMS: Final = {
    name: name for name in ("individual_age", "individual_sex", "victim_deprived_liberty_security_reasons")
}
#: From children whose liberty was taken, whether it stands on the violation or on the victim.
FROM_DEPRIVED: Final = {
    "reasons_deprivation_liberty": "reasons_deprivation_liberty",
    "victim_facilty_victims_held": "facilty_victims_held",
    "torture_punishment_while_deprivated_liberty": "torture_punishment_while_deprivated_liberty",
}
#: Values told together with the kind of violation that they stand on: ``killing_verified``.
PAIRED: Final = {
    "violation_with_verification_status": "ctfmr_verified",
    "violation_with_weapon_type": "weapon_type",
    "violation_with_facility_impact": "facility_impact",
    "violation_with_facility_attack_type": "facility_attack_type",
}
ROWS: Final = frozenset((*VIOLATIONS, *ASSOCIATIONS))


def gathered(answers: Answers) -> dict[str, Any]:
    """What an incident tells of its violations, victims and perpetrators; nothing when it has none."""
    if ROWS.isdisjoint(answers):
        return {}
    violations = [(kind, row) for kind in VIOLATIONS for row in rows_of(answers, kind)]
    plain = [row for _, row in violations]
    victims = rows_of(answers, "individual_victims")
    deprived = [*rows_of(answers, "deprivation_liberty"), *victims]
    late = _distinct(kind for kind, row in violations if is_late(row, answers))
    found: dict[str, Any] = {}
    for rows, names in (
        (plain, FROM_VIOLATIONS),
        (rows_of(answers, "perpetrators"), FROM_PERPETRATORS),
        (victims, FROM_VICTIMS),
        (deprived, FROM_DEPRIVED),
    ):
        found |= {
            name: _distinct(v for row in rows for v in _values(row.get(source))) for name, source in names.items()
        }
    for name, source in PAIRED.items():
        found[name] = _distinct(f"{kind}_{value}" for kind, row in violations for value in _values(row.get(source)))
    named = {one for row in victims for one in _values(row.get(OF))}
    return found | {
        "individual_violations": _distinct(kind for kind, row in violations if row.get("unique_id") in named),
        "late_verified_violations": late,
        "has_late_verified_violations": bool(late),
        "child_types": _children(answers, plain),
    }


def is_late(violation: Mapping[str, Any], incident: Answers) -> bool:
    """Was a violation verified only after the quarter of a year in which it happened?"""
    verified = day_of(violation.get("ctfmr_verified_date"))
    if violation.get("ctfmr_verified") != VERIFIED or verified is None:
        return False
    is_range = incident.get("is_incident_date_range") in (True, "true")
    if day_of(incident.get("incident_date")) is None:
        return False
    happened = day_of(incident.get("incident_date_end" if is_range else "incident_date"))
    return happened is not None and verified > end_of_quarter(happened)


def end_of_quarter(day: date) -> date:
    """The last day of the quarter of a year in which a day lies."""
    first_after = date(day.year + 1, 1, 1) if day.month > 9 else date(day.year, (day.month - 1) // 3 * 3 + 4, 1)
    return first_after - timedelta(days=1)


def told(answers: Answers) -> dict[str, Any]:
    """The violations with whether each was verified late: computed when they are read, never kept."""
    return {
        kind: [dict(row) | {LATE: is_late(row, answers)} for row in rows_of(answers, kind)]
        for kind in VIOLATIONS
        if rows_of(answers, kind)
    }


def without_computed(sent: Answers) -> dict[str, Any]:
    """What was sent, without what is computed in its rows."""
    return {
        name: [{k: v for k, v in row.items() if k != LATE} if isinstance(row, Mapping) else row for row in value]
        if name in VIOLATIONS and isinstance(value, list)
        else value
        for name, value in sent.items()
    }


def strangers(stored: Answers, sent: Answers) -> list[str]:
    """Pointers to rows that name a violation which is not one of this incident's."""
    known = _known(stored, sent)
    return [
        f"/{name}/{row.get('unique_id') or place}/{OF}"
        for name in ASSOCIATIONS
        for place, row in enumerate(rows_of(sent, name))
        if OF in row and row.get("_destroy") is not True and not set(_values(row[OF])) <= known
    ]


def with_ties_cut(stored: Answers, sent: Answers) -> dict[str, Any]:
    """What was sent, and with it the ties of victims and others to violations that are removed: none is left hanging."""
    removed = _removed(sent)
    if not removed:
        return dict(sent)
    result = dict(sent)
    for name in ASSOCIATIONS:
        mine = {row.get("unique_id"): row for row in rows_of(sent, name)}
        cut: list[Mapping[str, Any]] = []
        for row in rows_of(stored, name):
            identity = row.get("unique_id")
            if removed.isdisjoint(_values(row.get(OF))) or OF in mine.get(identity, {}):
                continue
            rest = [one for one in _values(row.get(OF)) if one not in removed]
            cut.append({"unique_id": identity, **mine.get(identity, {}), OF: rest})
        if cut:
            touched = {row["unique_id"] for row in cut}
            result[name] = [row for row in rows_of(sent, name) if row.get("unique_id") not in touched] + cut
    return result


def _known(stored: Answers, sent: Answers) -> set[str]:
    ids = {str(row.get("unique_id")) for kind in VIOLATIONS for row in rows_of(stored, kind)}
    ids |= {str(row.get("unique_id")) for kind in VIOLATIONS for row in rows_of(sent, kind)}
    return ids - _removed(sent)


def _removed(sent: Answers) -> set[str]:
    return {
        str(row.get("unique_id")) for kind in VIOLATIONS for row in rows_of(sent, kind) if row.get("_destroy") is True
    }


def _children(answers: Answers, violations: Iterable[Mapping[str, Any]]) -> list[str]:
    tallies = [answers.get("incident_total_tally"), *(row.get(name) for row in violations for name in TALLIES)]
    return _distinct(
        key
        for tally in tallies
        if isinstance(tally, Mapping)
        for key, count in tally.items()
        if key != "total" and isinstance(count, int) and count > 0
    )


def _values(value: Any) -> list[Any]:
    if isinstance(value, list):
        return [one for one in value if one not in (None, "")]
    return [] if value in (None, "") else [value]


def _distinct(values: Iterable[Any]) -> list[Any]:
    return list(dict.fromkeys(values))
