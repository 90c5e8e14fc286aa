"""One catalogue for each language: the same sentences, the same gaps, none missing, none left over."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest

from tests.consistency.icu import NotIcu, read_message
from tests.consistency.reading import CONTRACTS, ROOT, files, modules, read

MESSAGES = CONTRACTS / "messages"
LOCALES = sorted(path.name for path in MESSAGES.iterdir())
#: The plural forms of a language beside `other` (CLDR). A plural that has one of them has all; `=0` and the like count.
PLURALS = {
    "ar": {"zero", "one", "two", "few", "many"},
    "en": {"one"},
    "es": {"one", "many"},
    "fr": {"one", "many"},
}
#: Names that a key may begin with because the rest of it is made while running, each with the place that does.
MADE_WHILE_RUNNING = re.compile(
    r"[`\"']((?:[a-z][a-z0-9_]*\.)+)(?:\$\{|\{|[\"'] ?\+)",
)
#: Sentences that are the same in English and here, because the word is.
SAME_AS_ENGLISH = {
    "ar": set[str](),
    "es": {
        "admin.rollout.sheet.roles",
        "admin.rollout.side.demo",
        "ops.doctor.python",
        "pack.check.error",
        "pack.part.roles",
        "renderer.tally.total",
        "shell.demo",
    },
    "fr": {
        "account.email",
        "admin.audit.type.configuration",
        "admin.audit.type.incident",
        "admin.audit.type.module",
        "admin.configuration.area.modules",
        "admin.configuration.kind.production",
        "admin.configuration.title",
        "admin.configuration.version",
        "admin.configuration.version.name",
        "admin.configuration.versions",
        "admin.contact.organization",
        "admin.invitations.title",
        "admin.lookups.option",
        "admin.lookups.options",
        "admin.modules.one",
        "admin.places.code",
        "admin.rollout.column.notes",
        "admin.rollout.column.type",
        "admin.rollout.requirements.versions",
        "admin.rollout.sheet.fields",
        "admin.rollout.sheet.options",
        "admin.rollout.side.production",
        "casefile.sections",
        "files.day",
        "files.description",
        *(
            f"kinds.incidents.{key}"
            for key in ("cases.title", "casefile.title", "cases.column.child", "cases.name.none")
        ),
        "list.sheet.incident",
        "matching.likelihood.possible",
        "ops.doctor.python",
        "permission.of.incident",
        "print.code.incident",
        "renderer.tally.total",
        "task.type.service",
        "ui.pages",
    },
}
ENGLISH = re.compile(r"(?i)\b(?:the|and|with|this|is|not|your|cannot|was|has|are|for|it|there|must|be)\b")
TERMS = ROOT / "docs" / "terms.md"
NO_WORDS = re.compile(r"^[\s\d.,:;·•–—…/+×%()\[\]*#|<>«»→←↑↓✓-]*$")


def fragments(locale: str) -> dict[str, dict[str, str]]:
    return {path.name: json.loads(read(path)) for path in sorted((MESSAGES / locale).glob("*.json"))}


@cache
def catalogue(locale: str) -> dict[str, str]:
    return {key: text for part in fragments(locale).values() for key, text in part.items()}


@cache
def server_text() -> str:
    return "\n".join(module.text for module in modules())


@cache
def web_text() -> str:
    found = [*(ROOT / "web" / "src").rglob("*.ts"), *(ROOT / "web" / "src").rglob("*.tsx")]
    return "\n".join(read(path) for path in sorted(found) if path.name != "schema.ts")


def said(text: str) -> str:
    """What a person reads of a sentence: without gaps, addresses, settings and paths."""
    return re.sub(r"\{\w+\}|\w+://\S*|[\w.]+@[\w.]+|\b[A-Z_]+=\S+|/\S+", "", text)


def test_there_are_four_languages_and_many_sentences() -> None:
    assert sorted(PLURALS) == LOCALES
    assert len(catalogue("en")) > 300


@pytest.mark.parametrize("locale", LOCALES)
def test_no_key_stands_twice(locale: str) -> None:
    seen: dict[str, str] = {}
    twice = []
    for name, part in fragments(locale).items():
        twice += [f"{key}: {seen[key]} and {name}" for key in part if key in seen]
        seen |= dict.fromkeys(part, name)
    assert twice == []


def test_every_language_says_everything() -> None:
    for locale in LOCALES:
        assert set(catalogue("en")) - set(catalogue(locale)) == set(), locale
        assert set(catalogue(locale)) - set(catalogue("en")) == set(), locale
        assert [key for key, text in catalogue(locale).items() if not text.strip()] == []


def test_no_sentence_was_left_in_english() -> None:
    arabic = re.compile(r"[\u0600-\u06ff]")
    words = re.compile(r"[a-z]{4,}")
    left = [
        key
        for key, text in catalogue("ar").items()
        if not arabic.search(text)
        and words.search(re.sub(r"\{[^}]*\}|https?://\S+|[\w.]+@[\w.]+", "", text))
        and not key.startswith(("ops.cli.usage",))
    ]
    assert left == []


@pytest.mark.parametrize("locale", ["es", "fr"])
def test_no_latin_sentence_was_left_in_english(locale: str) -> None:
    english = catalogue("en")
    same = {key for key, text in catalogue(locale).items() if text == english.get(key)}
    assert {key for key in same if re.search(r"[A-Za-z]{3}", said(english[key]))} == SAME_AS_ENGLISH[locale]
    assert [key for key, text in catalogue(locale).items() if ENGLISH.search(said(text))] == []


def test_a_worker_is_addressed_politely() -> None:
    familiar = {
        "es": re.compile(r"(?i)\b(?:tú|tu|tus|te|ti|contigo|vos|vosotros)\b"),
        "fr": re.compile(r"(?i)\b(?:tu|te|toi|ton|ta|tes)\b"),
    }
    for locale, words in familiar.items():
        assert [key for key, text in catalogue(locale).items() if words.search(said(text))] == [], locale


def test_signs_are_set_as_each_language_sets_them() -> None:
    """An apostrophe quotes in this grammar; French spaces its colons; a Spanish question also opens with its sign."""
    quoting = [key for locale in ("ar", "es", "fr") for key, text in catalogue(locale).items() if "'" in text]
    assert quoting == []
    lists_signs = {"field.display_name_signs", "form.name_signs", "pack.not_yaml", "pack.privacy_missing"}
    french = re.compile(
        r"(?<![\u00a0\u202f])(?:[?!](?!\w)|»)|(?<![\u00a0\u202f]);|(?<![\u00a0\u202f:,]) ?:(?=\s|$|\})|«(?![\u00a0\u202f])"
    )
    found = [key for key, text in catalogue("fr").items() if key not in lists_signs and french.search(said(text))]
    assert found == []
    spanish = [
        key
        for key, text in catalogue("es").items()
        if key not in lists_signs and any(text.count(sign) != text.count(opening) for sign, opening in ("?¿", "!¡"))
    ]
    assert spanish == []


def _unused_words() -> list[tuple[str, str]]:
    """(language, word) of the second table of docs/terms.md."""
    table = read(TERMS).partition("## Words that are not used")[2]
    return [(row[0], row[1]) for row in re.findall(r"^\| (\w\w) \| ([^|]+?) \|", table, flags=re.M)]


@pytest.mark.parametrize(("locale", "word"), _unused_words())
def test_one_thing_has_one_word(locale: str, word: str) -> None:
    """The words that docs/terms.md does not use stand in no sentence (Arabic: with the article and particles before it)."""
    before, after = (r"(?<!\w)[وفبكل]{0,2}(?:ال|ل)?", r"(?!\w)") if locale == "ar" else (r"\b", r"s?\b")
    found = re.compile(f"(?i){before}{re.escape(word)}{after}")
    assert [key for key, text in catalogue(locale).items() if found.search(text)] == []


def test_terms_are_given_in_every_language() -> None:
    table = read(TERMS).partition("## The terms")[2].partition("## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line.startswith("|")
    ]
    assert rows[0] == ["English", "French", "Spanish", "Arabic"]
    assert len(rows) > 40
    assert [row for row in rows if len(row) != 4 or not all(row)] == []
    assert len({row[0] for row in rows}) == len(rows)
    assert len(_unused_words()) > 10


@pytest.mark.parametrize(
    "broken",
    [
        "{",
        "}",
        "{a",
        "{}",
        "{a, plural}",
        "{a, plural, one {x}}",
        "{a, plural, other {x} other {y}}",
        "{a, what, x}",
        "'{a",
    ],
)
def test_the_reader_of_messages_refuses_what_is_broken(broken: str) -> None:
    with pytest.raises(NotIcu):
        read_message(broken)


def test_the_reader_of_messages_sees_gaps_and_forms() -> None:
    found = read_message("{n, plural, =0 {none} one {# of {all}} other {# '{x}'}} {when, date, medium} don’t")
    assert found.gaps == {"n": "plural", "all": "text", "when": "date"}
    assert found.choices == [("n", "plural", frozenset({"=0", "one", "other"}))]


@pytest.mark.parametrize("locale", LOCALES)
def test_every_sentence_can_be_read(locale: str) -> None:
    broken = []
    for key, text in catalogue(locale).items():
        try:
            read_message(text)
        except NotIcu as problem:
            broken.append(f"{key}: {problem}")
    assert broken == []


def test_every_language_has_the_same_gaps() -> None:
    for locale in LOCALES:
        differing = []
        for key, text in catalogue("en").items():
            one, other = read_message(text).gaps, read_message(catalogue(locale).get(key, text)).gaps
            if one != other:
                differing.append(f"{key}: {one} in English, {other}")
        assert differing == [], locale


@pytest.mark.parametrize("locale", LOCALES)
def test_plurals_have_the_forms_of_the_language(locale: str) -> None:
    """A plural that is worded by number has every form of the language, and none that the language does not know."""
    lacking = []
    for key, text in catalogue(locale).items():
        for name, kind, forms in read_message(text).choices:
            exact = {"=0": "zero", "=1": "one", "=2": "two"}
            given = {exact.get(form, form) for form in forms} - {"other"}
            worded = any(not form.startswith("=") for form in forms - {"other"})
            if kind == "plural" and worded and not PLURALS[locale] <= given:
                lacking.append(f"{key}: {name} lacks {sorted(PLURALS[locale] - given)}")
            strange = {form for form in forms if not form.startswith("=")} - PLURALS[locale] - {"other"}
            if kind == "plural" and strange:
                lacking.append(f"{key}: {name} has {sorted(strange)}")
    assert lacking == []


def test_the_server_offers_the_languages_of_the_catalogue() -> None:
    default = re.search(r'"CPIMS_LOCALES", ""\) or "([\w,]+)"', read(ROOT / "config" / "environment.py"))
    assert default is not None
    assert default[1].split(",")[0] == "en"
    assert sorted(default[1].split(",")) == LOCALES


def test_every_key_that_is_used_exists() -> None:
    web = set(re.findall(r"(?<![\w.])t\(\s*[\"'`]([a-z][\w.-]*\.[\w.-]+)[\"'`]", web_text()))
    server = set(re.findall(r"\bsentence\([^)]*?[\"']([a-z_]+(?:\.[a-z_]+)+)[\"']", server_text()))
    assert len(web) > 100
    assert (web | server) - set(catalogue("en")) == set()


def test_every_key_is_used() -> None:
    """A key is used when code names it whole, or begins it and makes the rest while running, or a contract lists it."""
    code = server_text() + web_text()
    whole = set(re.findall(r"[\"'`]([a-z][\w-]*(?:\.[\w-]+)+)[\"'`]", code))
    begun = {start for start in MADE_WHILE_RUNNING.findall(code) if start.count(".") >= 1}
    errors = json.loads(read(CONTRACTS / "errors.json"))
    listed = set(errors["refusals"]) | set(errors["problems"]) | set(errors["answers"])
    listed |= {f"event.{name}" for name in json.loads(read(CONTRACTS / "events.json"))}
    unused = [
        key
        for key in catalogue("en")
        if key not in whole | listed
        and f'"{key}"' not in code
        and key.rpartition(".")[0] not in whole
        and not any(key.startswith(start) for start in begun)
    ]
    assert unused == []


def test_every_event_has_a_label() -> None:
    for locale in LOCALES:
        events = json.loads(read(CONTRACTS / "events.json"))
        assert [name for name in events if f"event.{name}" not in catalogue(locale)] == [], locale


def test_every_way_of_saying_no_has_a_sentence() -> None:
    errors = json.loads(read(CONTRACTS / "errors.json"))
    for locale in LOCALES:
        known = catalogue(locale)
        assert [code for code in errors["refusals"] if code not in known] == [], locale
        assert [code for code in errors["problems"] if code not in known] == [], locale
        assert [code for code in errors["answers"] if f"renderer.problem.{code}" not in known] == [], locale


def _screens() -> list[Path]:
    return sorted(path for path in (ROOT / "web" / "src").rglob("*.tsx") if not path.name.endswith(".test.tsx"))


def test_no_sentence_stands_in_a_screen() -> None:
    """Text between tags, and the attributes that a person reads or hears, come from the catalogue."""
    spoken = re.compile(r"\b(?:aria-label|title|placeholder|alt|label|hint|message)=\"([^\"{}]*[A-Za-z]{2}[^\"{}]*)\"")
    between = re.compile(r"<[a-zA-Z][^<>]*[^=<>]>\s*([^<>{}]*[A-Za-z]{2}[^<>{}]*?)\s*</")
    found = []
    names = {"CPIMS"}
    for path in _screens():
        text = re.sub(r"/\*.*?\*/|//[^\n]*", "", read(path), flags=re.S)
        for pattern in (spoken, between):
            for match in pattern.finditer(text):
                said = match[1].strip()
                if said not in names and not NO_WORDS.match(said) and not re.search(r"[;=]|=>|\breturn\b", said):
                    found.append(f"{path.relative_to(ROOT)}: {said}")
    assert found == []


def test_fragments_are_flat() -> None:
    for path in files():
        if MESSAGES in path.parents:
            assert path.suffix == ".json", path
            assert all(isinstance(text, str) for text in json.loads(read(path)).values()), path
