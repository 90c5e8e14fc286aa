"""Files as offices write them, and files that only look like tables."""

from __future__ import annotations

import io
import zipfile

import pytest
from xlsxwriter import Workbook

from cpims.imports.formats import SheetUnreadable, address, read_sheet
from cpims.imports.rules.columns import Head, read_heads, read_tick
from cpims.imports.rules.plans import ImportInvalid, Kind

NAMES = "user_name;full_name\nhéloïse;Héloïse Dupré\n"


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "windows-1252"),
    ],
)
def test_encodings_are_told_apart(encoding: str, told: str) -> None:
    sheet = read_sheet(NAMES.encode(encoding))
    assert sheet.rows == [["user_name", "full_name"], ["héloïse", "Héloïse Dupré"]]
    assert sheet.encoding == told


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_are_told_apart(separator: str) -> None:
    text = separator.join(['"a,b;c|d"', "x", "y"]) + "\r\n" + separator.join(["1", "2", "3"])
    sheet = read_sheet(text.encode())
    assert sheet.rows == [["a,b;c|d", "x", "y"], ["1", "2", "3"]]
    assert sheet.separator == separator


def test_arabic_and_quoted_lines_stay_whole() -> None:
    sheet = read_sheet('اسم,"two\nlines"\nنور,"a ""word"""\n'.encode())
    assert sheet.rows == [["اسم", "two\nlines"], ["نور", 'a "word"']]


def test_formulas_are_told_and_guarded_texts_are_texts() -> None:
    sheet = read_sheet(b"a,b\n=1+1,'=not one\n+963 11,'+963 11\n")
    assert sheet.rows[1:] == [["=1+1", "=not one"], ["+963 11", "+963 11"]]
    assert {place: found.code for place, found in sheet.wrong.items()} == {(1, 0): "import.cell.formula"}


def workbook() -> bytes:
    target = io.BytesIO()
    book = Workbook(target)
    page = book.add_worksheet()
    rich = book.add_format({"bold": True})
    page.write_string(0, 0, "user_name")
    page.write_string(0, 2, "phone")
    page.write_number(1, 0, 12)
    page.write_number(1, 2, 1.5)
    page.write_formula(2, 0, "=1+1", value=2)
    page.write_boolean(2, 1, True)
    page.write_rich_string(3, 2, "a", rich, "b", "c")
    page.write_string(5, 0, " =kept ")
    book.add_worksheet("other").write_string(0, 0, "not read")
    book.close()
    return target.getvalue()


def test_a_workbook_is_read_cell_by_cell() -> None:
    sheet = read_sheet(workbook())
    assert sheet.rows == [
        ["user_name", "", "phone"],
        ["12", "", "1.5"],
        ["2", "true"],
        ["", "", "abc"],
        [],
        ["=kept"],
    ]
    assert {place: found.code for place, found in sheet.wrong.items()} == {(2, 0): "import.cell.formula"}


def remade(name: str, content: bytes) -> bytes:
    """The workbook with one part exchanged."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, content if part == name else old.read(part))
    return target.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet>&a;</worksheet>'
FAR = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="%s"><c r="%s"><v>1</v></c></row></sheetData></worksheet>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "import.file.empty"),
        (b"a,b\n\x81\x8d,\xff\n", "import.file.not_text"),
        (b'a,b\n"open,1\n', "import.file.not_csv"),
        (b"a," * 300, "import.file.too_many_columns"),
        (b"a\n" * 100_002, "import.file.too_many_rows"),
        (b"a" * (10 * 1024 * 1024 + 1), "import.file.too_large"),
        (b"PK\x03\x04 no zip", "import.file.not_workbook"),
        (remade(SHEET, b"<broken"), "import.file.not_workbook"),
        (remade(SHEET, BOMB), "import.file.not_workbook"),
        (remade("xl/workbook.xml", b"<workbook/>"), "import.file.not_workbook"),
        (remade(SHEET, FAR % (b"200000", b"A200000")), "import.file.too_many_rows"),
        (remade(SHEET, FAR % (b"1", b"ZZ1")), "import.file.too_many_columns"),
        (remade(SHEET, b" " * (201 * 1024 * 1024)), "import.file.too_large"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_what_is_no_table_is_refused_with_its_reason(content: bytes, code: str) -> None:
    with pytest.raises(SheetUnreadable) as refusal:
        read_sheet(content)
    assert [problem.code for problem in refusal.value.problems] == [code]


def test_cells_are_named_as_spreadsheets_name_them() -> None:
    assert [address(16, 2), address(0, 25), address(0, 26), address(0, 701), address(4, None)] == [
        "C17",
        "Z1",
        "AA1",
        "ZZ1",
        "5",
    ]


@pytest.mark.parametrize(
    "heads",
    [
        ["user_name", "role_unique_id", "Groups"],
        ["User name", "ROLE", "user groups"],
        ["Nom d'utilisateur", "Rôle", "Groupes d’utilisateurs"],
        ["nombre de usuario", "rol", "Grupos de usuarios"],
        ["اسم المستخدم", "الدور", "مجموعات المستخدمين"],
    ],
)
def test_columns_are_known_in_four_languages(heads: list[str]) -> None:
    found, ignored = read_heads(Kind.USERS, [*heads, "Shoe size", ""], ())
    assert list(found.values()) == [Head("user_name"), Head("role_unique_id"), Head("user_group_unique_ids")]
    assert ignored == [3]


@pytest.mark.parametrize(
    "head", ["name_ar", "Place name (ar)", "Nom du lieu [AR]", "placename:ar", "Nombre del lugar ar"]
)
def test_a_name_has_its_language(head: str) -> None:
    found, ignored = read_heads(Kind.LOCATIONS, ["place_code", "name", head, "name_xx"], ("en", "ar"))
    assert list(found.values()) == [Head("code"), Head("placename", "en"), Head("placename", "ar")]
    assert ignored == [3]


def test_a_column_that_is_needed_or_stands_twice_is_told() -> None:
    with pytest.raises(ImportInvalid) as refusal:
        read_heads(Kind.USERS, ["Role", "rôle"], ())
    assert [problem.code for problem in refusal.value.problems] == ["import.heading.twice", "import.heading.missing"]


def test_yes_and_no_are_read_in_four_languages() -> None:
    assert [read_tick(word) for word in ("Yes", "OUI", "sí", "نعم", "1", "true")] == [True] * 6
    assert [read_tick(word) for word in ("no", "Non", "لا", "0", "FALSE")] == [False] * 5
    assert read_tick("perhaps") is None
