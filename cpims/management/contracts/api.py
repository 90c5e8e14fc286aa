"""The description of the API under the version of this program."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from cpims.api.http.openapi import Mounted, description, mounted
from cpims.api.shapes.route import V1, V2
from cpims.api.urls import v1, v2

PROJECT = Path(__file__).resolve().parents[3] / "pyproject.toml"


def every_route() -> list[Mounted]:
    """Every route of both APIs."""
    return [*mounted(v2, V2), *mounted(v1, V1)]


def described() -> dict[str, Any]:
    """The whole document, for the version that the source names."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    return description(every_route(), project["version"])
