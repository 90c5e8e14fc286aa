"""Passwords: making and checking them, slowly on purpose and not too many at once."""

from __future__ import annotations

import gzip
from functools import lru_cache
from pathlib import Path
from threading import BoundedSemaphore

from django.contrib.auth import password_validation
from django.contrib.auth.hashers import check_password, make_password

from cpims.accounts.rules.passwords import password_problem, plain
from cpims.lib.errors import Problem

#: Each check takes some hundred megabytes for a moment; more at once would starve the machine.
_AT_ONCE = BoundedSemaphore(2)


def seal_password(password: str) -> str:
    """What is stored of a password (argon2id)."""
    with _AT_ONCE:
        return make_password(password)


def is_password(password: str, stored: str) -> bool:
    """Is this the password? Takes as long when there is none to compare with."""
    with _AT_ONCE:
        fits = check_password(password[:1024], stored or _nobodys())
    return fits and bool(stored)


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return make_password("the password of nobody")


@lru_cache(maxsize=1)
def common_passwords() -> frozenset[str]:
    """The passwords that attackers try first."""
    path = Path(password_validation.__file__).with_name("common-passwords.txt.gz")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return frozenset(plain(line.strip()) for line in lines)


def password_problems(password: str, user_name: str) -> list[Problem]:
    """What is wrong with a new password."""
    code = password_problem(password, user_name, common_passwords())
    return [Problem("/password", code, {"primero": f"user.{code}"})] if code else []
