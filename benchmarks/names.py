"""How well names are found: recall, rank and precision of name search by script, on the vectors of ``contracts``.

``nice python benchmarks/names.py`` prints the table and writes it to ``benchmarks/results/names.md``. Needs no database:
keys, candidates and order are the pure functions that server and client use. Every name of the vectors is looked for among
all of them and among some thousand more that are put together from their words, so that common names are common.
"""

from __future__ import annotations

import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from cpims.matching.rules import name_keys, name_likeness, name_similarity, search_words  # noqa: E402

VECTORS = ROOT / "contracts" / "vectors" / "names.json"
RESULTS = ROOT / "benchmarks" / "results" / "names.md"
FILLING = 3_000
SEED = 7
FIRST_PAGE = 10
THRESHOLDS = (0.6, 0.7, 0.8, 0.85, 0.9)
SCRIPTS = {
    "Latn": "Latin", "Arab": "Arabic", "Cyrl": "Cyrillic", "Ethi": "Ethiopic", "Mymr": "Burmese", "Beng": "Bengali",
}  # fmt: skip


class Names:
    """Names in memory, found by their keys as the database finds them: every word, or any, also mistyped."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Take up the names once."""
        self.holders: dict[str, set[str]] = defaultdict(set)
        for text in texts:
            for key in name_keys(text):
                self.holders[key].add(text)

    def find(self, query: str) -> list[str]:
        """Those that answer a search, the best first."""
        found: set[str] = set()
        for word in search_words(query):
            for key in (*word.keys, *word.mistyped):
                found |= self.holders.get(key, set())
        return sorted(found, key=lambda text: (-name_likeness(query, text).score, text))


def script_of_pair(pair: dict[str, Any]) -> str:
    """The script that a pair is about: the one that is not Latin."""
    scripts = {pair["a"]["script"], pair["b"]["script"]}
    other = sorted(scripts - {"Latn"})
    if not other:
        return "Latin"
    return SCRIPTS[other[0]] + (" and Latin" if "Latn" in scripts else "")


def mistyped(text: str, chance: random.Random) -> str:
    """A name with one letter of its longest word left out, doubled, or changed with its neighbour."""
    word = max(text.split(), key=len)
    at = chance.randrange(1, max(len(word) - 1, 2))
    changed = chance.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
        ]
    )
    return text.replace(word, changed, 1)


def filling(texts: list[str], chance: random.Random) -> list[str]:
    """More names, put together from the words of those that are there, by script."""
    words: dict[bool, list[str]] = defaultdict(list)
    for text in texts:
        words[text.isascii()] += text.split()
    return [" ".join(chance.sample(words[chance.random() < 0.5], 3)) for _ in range(FILLING)]


def share(part: int, whole: int) -> str:
    """A part of a whole as a percentage, with the numbers."""
    return f"{100 * part / whole:.0f} % ({part}/{whole})" if whole else "–"


def measure() -> list[str]:
    """The lines of the tables."""
    pairs = json.loads(VECTORS.read_text(encoding="utf-8"))["cases"]
    texts = sorted({pair[side]["text"] for pair in pairs for side in ("a", "b")})
    chance = random.Random(SEED)
    alone, among = Names(texts), Names([*texts, *filling(texts, chance)])
    same = [pair for pair in pairs if pair["label"] == "same"]
    rows: dict[str, list[int]] = defaultdict(lambda: [0] * 6)
    kinds: dict[str, list[int]] = defaultdict(lambda: [0] * 3)
    for pair in same:
        for asked, there in (("a", "b"), ("b", "a")):
            query, stored = pair[asked]["text"], pair[there]["text"]
            few, many, typed = (
                [text for text in names.find(search) if text != query]
                for names, search in ((alone, query), (among, query), (alone, mistyped(query, chance)))
            )
            counted = (
                1, stored in few, stored in few[:1], stored in few[:FIRST_PAGE], stored in many[:FIRST_PAGE],
                stored in typed[:FIRST_PAGE],
            )  # fmt: skip
            for name in (script_of_pair(pair), "all"):
                rows[name] = [a + int(b) for a, b in zip(rows[name], counted, strict=True)]
            kinds[pair["kind"]] = [
                a + int(b)
                for a, b in zip(kinds[pair["kind"]], (1, stored in few, stored in many[:FIRST_PAGE]), strict=True)
            ]
    lines = [
        "| script | searches | found | first | among the first 10 | … of some 3,500 names | … with a typing error |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in sorted(rows, key=lambda one: (one == "all", one)):
        total, *counts = rows[name]
        lines.append(f"| {name} | {total} | " + " | ".join(share(count, total) for count in counts) + " |")
    lines += [
        "",
        "| how the two spellings differ | searches | found | among the first 10 of some 3,500 |",
        "|---|---|---|---|",
    ]
    for name in sorted(kinds):
        total, found, first = kinds[name]
        lines.append(f"| {name} | {total} | {share(found, total)} | {share(first, total)} |")
    return [*lines, "", *_decided(pairs)]


def _decided(pairs: list[dict[str, Any]]) -> list[str]:
    others = sorted({pair["kind"] for pair in pairs if pair["label"] == "different"})
    lines = [
        "| likeness from | recall | precision, all pairs | precision, unrelated names | "
        + " | ".join(f"{kind} taken for the same" for kind in others)
        + " |",
        "|---" * (4 + len(others)) + "|",
    ]
    scored = [(pair, name_similarity(pair["a"]["text"], pair["b"]["text"])) for pair in pairs]
    for threshold in THRESHOLDS:
        taken = [pair for pair, score in scored if score >= threshold]
        right = sum(pair["label"] == "same" for pair in taken)
        wrong = {kind: sum(pair["kind"] == kind and pair["label"] == "different" for pair in taken) for kind in others}
        whole = {kind: sum(pair["kind"] == kind for pair, _ in scored) for kind in others}
        everything = sum(pair["label"] == "same" for pair, _ in scored)
        cells = [
            share(right, everything),
            share(right, right + sum(wrong.values())),
            share(right, right + wrong["unrelated"]),
        ]
        lines.append(f"| {threshold} | " + " | ".join([*cells, *(share(wrong[k], whole[k]) for k in others)]) + " |")
    return lines


def main() -> None:
    """Print the tables and keep them."""
    lines = measure()
    print("\n".join(lines))
    head = [
        "# How well names are found",
        "",
        "Made by `benchmarks/names.py` on `contracts/vectors/names.json` (140 pairs of one name written twice, 110 pairs of two",
        "people). Each spelling is searched and the other must come up. Siblings, parents and lookalikes share most of a name:",
        "likeness alone does not tell them apart and is never asked to; it only orders what a person looks at.",
        "",
    ]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text("\n".join([*head, *lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
