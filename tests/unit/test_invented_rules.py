"""What a demo takes for somebody's telephone, address or number, and what passes."""

from __future__ import annotations

import pytest

from cpims.records.rules.invented import real_looking, what_is_real


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("telephone_current", "+962 79 555 0101", "demo.real_phone"),
        ("telephone_current", "0795550101", "demo.real_phone"),
        ("telephone_current", "٠٧٩٥٥٥٠١٠١", "demo.real_phone"),
        ("telephone_current", "+999 79555010 / 0795550101", "demo.real_phone"),
        ("relation_telephone", "00962795550101", "demo.real_phone"),
        ("notes_text", "Call her aunt: +249 912 345 678, after six.", "demo.real_phone"),
        ("notes_text", "Call 00249912345678", "demo.real_phone"),
        ("notes_text", "noor.haddad@gmail.com", "demo.real_email"),
        ("notes_text", "write to x@my-example.org.uk", "demo.real_email"),
        ("name_first", "217-14C01234", "demo.real_number"),
        ("unhcr_individual_no", "217-00012345", "demo.real_number"),
        ("national_id_no", "AB-2026-00417", "demo.real_number"),
        ("inquirer_id_no", "9871234567", "demo.real_number"),
    ],
)
def test_what_looks_real(name, text, code):
    assert what_is_real(name, text) == code


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("telephone_current", "+99979555010"),
        ("telephone_current", "00999 7955 5010"),
        ("telephone_current", "0912"),
        ("telephone_current", "none"),
        ("notes_text", "Seen on 2026-03-02 at 09:30, again 2026-03-04; case 1234567."),
        ("notes_text", "amina@example.org, bilal@agency.example, x@host.test"),
        ("notes_text", "0b6a8f6e-1111-4222-8333-000011234567"),
        ("unhcr_individual_no", "999-00012345"),
        ("national_id_no", "999 1234 5678"),
        ("national_id_no", "N-77"),
        ("registration_date", "2026-03-02"),
        ("number_of_siblings", "12345678"),
    ],
)
def test_what_passes(name, text):
    assert what_is_real(name, text) is None


def test_where_it_stands_is_told_and_what_stood_before_is_left_alone():
    values = {
        "family_details_section": [{"unique_id": "x", "relation_telephone": "0795550101"}, {"relation_name": "Mariam"}],
        "telephone_current": "0795550102",
        "national_id_no": 9871234567,
        "name_first": "Noor",
        "siblings": None,
    }
    found = real_looking(values, {"telephone_current": "0795550102"})
    assert [(problem.pointer, problem.code) for problem in found] == [
        ("/family_details_section/0/relation_telephone", "demo.real_phone"),
        ("/national_id_no", "demo.real_number"),
    ]
