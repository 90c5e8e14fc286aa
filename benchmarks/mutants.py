"""Take out one permission check at a time and see whether a test notices.

``python benchmarks/mutants.py`` copies the tree, applies each mutant below in turn, runs the tests that guard access,
and says which mutants survived. A survivor is a hole in the tests.
"""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.altering import Alteration, copy_of_tree, put_in

TESTS = [
    "tests/db/test_cases.py",
    "tests/api/test_cases.py",
    "tests/properties/test_sight_agrees.py",
    "tests/properties/test_search_sight.py",
    "tests/api/test_matrix.py",
]
AGREE = ("tests/properties/test_sight_agrees.py",)
VIEWS = ("tests/properties/test_saved_searches.py", "tests/api/test_daily.py", "tests/api/test_matrix.py")
PEOPLE = [
    "tests/db/test_accounts_users.py",
    "tests/db/test_accounts_roles.py",
    "tests/api/test_users.py",
    "tests/api/test_roles.py",
]


@dataclass(frozen=True)
class Mutant(Alteration):
    """One check taken out."""

    tests: tuple[str, ...] = tuple(TESTS)


MUTANTS = (
    Mutant("sight: group scope sees everybody", "cpims/records/models.py",
           "condition = Q(associated_user_groups__overlap=sorted(sight.groups))", "condition = Q()"),
    Mutant("sight: self scope sees everybody", "cpims/records/models.py",
           "condition = Q(associated_user_names__contains=[sight.user_name])", "condition = Q()"),
    Mutant("sight: modules are not looked at", "cpims/records/models.py",
           "condition &= Q(module__in=sorted(sight.modules))", "pass"),
    Mutant("read: one record is read without sight", "cpims/records/queries/reading.py",
           "Record.objects.visible_to(viewer).of_kind(kind).filter(pk=record_id).first()", "Record.objects.of_kind(kind).filter(pk=record_id).first()"),
    Mutant("read: no permission asked", "cpims/records/queries/reading.py", "    require(viewer, kind, action)\n", ""),
    Mutant("list: no permission asked", "cpims/records/queries/listing.py",
           "    require(viewer, kind, \"read\")\n    filtered = read_filters(query, kind=kind, viewer=viewer, today=today)\n    search", "    filtered = read_filters(query, kind=kind, viewer=viewer, today=today)\n    search"),
    Mutant("count: counts beyond sight", "cpims/records/queries/listing.py",
           "rows = Record.objects.visible_to(viewer).of_kind(kind).filter(filtered.condition)\n    total",
           "rows = Record.objects.of_kind(kind).filter(filtered.condition)\n    total"),
    Mutant("filter: unreadable fields filter", "cpims/records/queries/filtering.py",
           "if plain not in self.own_ids and not may_use(plain, self.viewer, self.kind.name):", "if False:"),
    Mutant("sort: unreadable fields sort", "cpims/records/queries/paging.py",
           "(name not in readable and name != \"created_at\")", "False", AGREE),
    Mutant("chips: unreadable fields are counted", "cpims/records/queries/counting.py",
           "if not may_use(plain, viewer, kind):", "if False:", AGREE),
    Mutant("chips: counts beyond sight", "cpims/records/queries/counting.py",
           "rows = Record.objects.visible_to(viewer).of_kind(kind)", "rows = Record.objects.of_kind(kind)", AGREE),
    Mutant("views: one that asks what she may not read is shown", "cpims/records/queries/saved.py",
           "if row.user_id == viewer.user_id or _is_hers_to_use(row, viewer, today)", "", VIEWS),
    Mutant("views: shared with everybody", "cpims/records/queries/saved.py",
           "Q(shared_groups__overlap=sorted(viewer.groups)) | Q(shared_roles__contains=[viewer.role])", "Q()", VIEWS),
    Mutant("views: another's is changed", "cpims/records/actions/saved.py",
           "filter(pk=search_id, user_id=actor.user_id)", "filter(pk=search_id)", VIEWS),
    Mutant("views: another's is found to be changed", "cpims/records/queries/saved.py",
           "filter(pk=number, user_id=viewer.user_id)", "filter(pk=number)", VIEWS),
    Mutant("views: kept with filters that she may not use", "cpims/records/actions/saved.py",
           "for name in unusable(wanted[\"filters\"], kind=kind, viewer=actor, today=today)", "for name in []", VIEWS),
    Mutant("search: found by what she reads on other records", "cpims/records/queries/searching.py",
           "modules.setdefault(names(kind, _readable(kind, viewer, module)), [])",
           "modules.setdefault(names(kind, _readable(kind, viewer, None)), [])"),
    Mutant("search: a part of a field that is not read", "cpims/records/queries/searching.py",
           "return pieces & _by_module(kind, viewer, identifier_names, lambda names: _holds_part(names, part))",
           "return pieces"),
    Mutant("serve: every field is readable", "cpims/records/queries/reading.py",
           "shown = shown_of(viewer, record.kind, record.module, None if names is None else frozenset(names))",
           "shown = frozenset(record.data)"),
    Mutant("serve: hidden names are shown", "cpims/records/queries/reading.py",
           "    if not record.hidden_name:\n        return\n", "    return\n"),
    Mutant("history: every field is shown", "cpims/records/queries/history.py",
           "        if name not in readable:\n            continue\n", ""),
    Mutant("history: hidden names are shown", "cpims/records/queries/history.py",
           "if (masked and ", "if (False and "),
    Mutant("history: no permission asked", "cpims/records/queries/history.py", "    require(viewer, kind, \"change_log\")\n", ""),
    Mutant("access log: no permission asked", "cpims/records/queries/history.py", "    require(viewer, kind, \"access_log\")\n", ""),
    Mutant("write: a record out of sight is held", "cpims/records/actions/writing.py",
           "Record.objects.visible_to(actor).of_kind(kind).hold(record_id)", "Record.objects.of_kind(kind).hold(record_id)"),
    Mutant("write: forms that may only be read are filled", "cpims/records/rules/fields.py",
           "if access != \"rw\":", "if access is None:"),
    Mutant("write: no permission asked", "cpims/cases/actions/amend.py",
           "        require(actor, \"case\", \"write\")\n        return\n", "        return\n"),
    Mutant("write: an act needs no permission", "cpims/cases/actions/amend.py", "    require(actor, \"case\", move)\n", ""),
    Mutant("write: closing needs no permission", "cpims/cases/actions/amend.py",
           "if needed and name not in opened and not actor.may(\"case\", needed):", "if False:"),
    Mutant("register: no permission asked", "cpims/cases/actions/register.py",
           "    require(actor, \"case\", \"create\")\n    outcome", "    outcome"),
    Mutant("CSRF: not asked", "cpims/api/http/auth.py",
           "            csrf.require_own_page(request, request.COOKIES.get(SESSION_COOKIE, \"\"))\n        keep_session", "            pass\n        keep_session"),
)  # fmt: skip


def main() -> int:
    """Run every mutant (or those whose name holds one of the words given); the exit code is the number of survivors."""
    words = sys.argv[1:]
    survivors = []
    with copy_of_tree() as tree:
        chosen = [m for m in MUTANTS if not words or any(w in m.name for w in words)]
        for number, mutant in enumerate(chosen, 1):
            killed_by, seconds = _try(tree, mutant)
            print(
                f"[{number}/{len(chosen)}] {'killed' if killed_by else 'SURVIVED'}  {mutant.name}  ({seconds:.0f} s)  {killed_by}",
                flush=True,
            )
            if not killed_by:
                survivors.append(mutant.name)
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} killed; survivors: {', '.join(survivors) or 'none'}")
    return len(survivors)


def _try(tree: Path, mutant: Mutant) -> tuple[str, float]:
    begun = time.monotonic()
    with put_in(tree, mutant):
        argv = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider", *mutant.tests]
        done = subprocess.run(argv, cwd=tree, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(f"{mutant.name}: the tests could not run\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    lines = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return (lines[0][:120] if done.returncode else ""), time.monotonic() - begun


if __name__ == "__main__":
    sys.exit(main())
