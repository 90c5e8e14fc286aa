"""What a row of the matrix says, and the bodies that several rows send."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.files import png


@dataclass(frozen=True)
class Row:
    """What a route answers to each of the cast."""

    method: str
    path: str
    ok: str = ""
    forbidden: str = ""
    hidden: str = ""
    body: Callable[[], Any] | None = None
    anonymous: int = 401
    queries: int | None = None
    success: int = 200

    def expected(self, name: str) -> int:
        """The status for one of the cast."""
        for status, names in ((self.success, self.ok), (403, self.forbidden), (404, self.hidden)):
            if name in names.split():
                return status
        raise KeyError(f"{self.method} {self.path} does not say what {name} sees")


def photo() -> Any:
    """A photo in one request."""
    content = base64.b64encode(png()).decode()
    return {"data": {"field_name": "photos", "attachment_type": "image", "file_name": "a.png", "attachment": content}}


def data(**values: Any) -> Callable[[], Any]:
    """A body with these values."""
    return lambda: {"data": dict(values)}
