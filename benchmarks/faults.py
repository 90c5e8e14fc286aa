"""Put one deliberate fault at a time into the store of the devices or the sync of the server, and see whether the stories find it.

``python -m benchmarks.faults`` copies the tree, puts in each fault below in turn and tells stories
(``tests/properties/test_adversary.py``), ``SEEDS`` (40) of them at most, until one fails. A fault that no story finds is a
hole in the stories. Words after the command choose among the faults.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.altering import Alteration, copy_of_tree, put_in

STORE = "web/src/store"


FAULTS = (
    Alteration("the cursor is kept before the records that it stands for", f"{STORE}/kept/holder.ts",
          "      await this.vault.write({ put, drop:",
          "      await this.vault.write({ put: put.splice(step.put.length, 1), drop: [] });\n"
          "      await this.vault.write({ put, drop:"),
    Alteration("a new id at each attempt of an item", f"{STORE}/outbox/outbox.ts",
          "    const back = (): Promise<void> => this.change(sent.map((item) => ({ ...item, state: \"waiting\" as const })));\n",
          "    const back = (): Promise<void> => this.exchange(sent.map((item) => ({ ...item, id: crypto.randomUUID(),"
          " state: \"waiting\" as const })), sent, null);\n"),
    Alteration("an item leaves the device before its answer has come", f"{STORE}/outbox/outbox.ts",
          "      try {\n        const told = readDelivered(",
          "      try {\n        await this.vault.dropMany(\"item\", [...sent.keys()]);\n        const told = readDelivered("),
    Alteration("a refused item is thrown away", f"{STORE}/outbox/outbox.ts",
          "        changed.push({ ...item, state: \"refused\", reason: null, refusal: one.refusal });",
          "        await this.vault.dropMany(\"item\", [item.id]);\n        this.list.update((all) => all.filter((had) => had.id !== item.id));"),
    Alteration("what is refused goes before what takes its place has come", f"{STORE}/outbox/outbox.ts",
          "    await this.vault.write({ put: [...fresh, ...heirs]",
          "    await this.vault.dropMany(\"item\", [...ids]);\n    await this.vault.write({ put: [...fresh, ...heirs]"),
    Alteration("no answer counts as yes", f"{STORE}/outbox/outbox.ts",
          "    await back();\n    this.misses += 1;\n",
          "    await this.forgetSent(sent.map((item) => ({ item: { ...item, state: \"confirmed\" as const }, view: null })));\n    this.misses += 1;\n"),
    Alteration("a registration does not come before what rests on it", f"{STORE}/outbox/resting.ts",
          "...(before === undefined ? [] : [before])", "...[]"),
    Alteration("what is out of sight stays on the device", f"{STORE}/kept/pages.ts",
          "    else drop.add(id);\n  }\n  const came", "  }\n  const came"),
    Alteration("rights changed, and fields that are not hers stay", f"{STORE}/kept/pages.ts",
          "    if (entry && held?.fields === entry.fields) {", "    if (entry && held) {"),
    Alteration("work of one goes out as whoever is signed in", f"{STORE}/outbox/outbox.ts",
          "all.filter((item) => item.owner !== owner || item.state", "all.filter((item) => item.state"),
    Alteration("what was confirmed is not asked for again", f"{STORE}/kept/kept.ts",
          "        wanted = added(wanted, record.id);\n", ""),
    Alteration("a pin is forgotten that was made while an answer was on its way", f"{STORE}/kept/pages.ts",
          " && !turned.has(id)));", "));"),
    Alteration("the server takes an item as often as it comes", "cpims/sync/actions/receipts.py",
          "receipt = Receipt.objects.create(user_id=actor.user_id, key=key[:200], request_digest=stamp)",
          "receipt = Receipt.objects.create(user_id=actor.user_id, key=str(timedelta(seconds=__import__('time').time())), request_digest=stamp)"),
    Alteration("the server does not look at what she saw", "cpims/records/actions/writing.py",
          "    if conflicts:\n        raise EditConflict", "    if conflicts and not sent:\n        raise EditConflict"),
    Alteration("the server compares only what is older by its revision", "cpims/records/actions/writing.py",
          "    if base is None:\n        return merge_patch", "    if base is None or base.revision >= record.revision:\n        return merge_patch"),
    Alteration("the feed skips what was sealed while it was asked", "cpims/sync/queries/feed.py",
          "    cursor = _place(end) if end < head.seq else head\n", "    cursor = _head(0)[0]\n"),
    Alteration("the feed does not tell what has gone", "cpims/sync/queries/feed.py",
          "    found.gone = _gone(outside, [r for r", "    found.gone = _gone([], [r for r"),
    Alteration("answers into a case that is no longer hers are dropped", "cpims/sync/actions/delivering.py",
          "        quarantine_answers(\n            record_id=item.record, values=item.values, actor=actor, at=at, quarantine_id=quarantine_id_of(item, actor)\n        )\n        raise\n",
          "        raise NoLongerYours from None\n"),
)  # fmt: skip


def main() -> int:
    """Put in every fault (or those whose name holds one of the words given); answers how many were not found."""
    words = sys.argv[1:]
    unseen = []
    with copy_of_tree("web/node_modules") as tree:
        chosen = [fault for fault in FAULTS if not words or any(word in fault.name for word in words)]
        for number, fault in enumerate(chosen, 1):
            stories, seconds, why = _try(tree, fault)
            found = f"found in story {stories}" if why else f"NOT FOUND in {stories} stories"
            print(f"[{number}/{len(chosen)}] {fault.name}: {found} ({seconds:.0f} s) {why}", flush=True)
            if not why:
                unseen.append(fault.name)
    print(f"{len(chosen) - len(unseen)} of {len(chosen)} found; not found: {', '.join(unseen) or 'none'}")
    return len(unseen)


def _try(tree: Path, fault: Alteration) -> tuple[int, float, str]:
    """How many stories were told, how long it took, and what the first that failed complained of."""
    begun = time.monotonic()
    given = {
        "CPIMS_TEST_SEEDS": os.environ.get("SEEDS", "40"),
        "CPIMS_TEST_SECONDS": "600",
        "CPIMS_TEST_FIRST_FAULT": "1",
    }
    argv = [sys.executable, "-m", "pytest", "tests/properties/test_adversary.py", "-q", "-s", "-p", "no:cacheprovider"]
    with put_in(tree, fault):
        done = subprocess.run(argv, cwd=tree, env=os.environ | given, capture_output=True, text=True, check=False)
    told = re.search(r"^(\d+) stories in", done.stdout, re.MULTILINE)
    complaint = re.search(r"^seed .*\n  (.*)", done.stdout, re.MULTILINE)
    if told is None:
        raise SystemExit(f"{fault.name}: no story was told\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return int(told[1]), time.monotonic() - begun, complaint[1][:160] if complaint else ""


if __name__ == "__main__":
    sys.exit(main())
