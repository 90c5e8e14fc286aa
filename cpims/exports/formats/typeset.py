"""Setting a paper: its description goes to the typesetter as data, never as source, so that no answer is a command."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

from cpims.exports.formats.fonts import faces_in, fitted

TEMPLATE = Path(__file__).with_name("paper.typ")


@lru_cache(maxsize=1)
def _template() -> bytes:
    return TEMPLATE.read_bytes()


def typeset(paper: dict[str, Any], *, at: datetime, folders: Sequence[Path] = ()) -> bytes:
    """The paper as PDF.

    Raises: ScriptWithoutFont.
    """
    faces = faces_in(*folders)
    data = fitted(paper, faces.letters) | {"fonts": list(faces.families)}
    compiler = typst.Compiler(_template(), font_paths=faces.fonts, ignore_system_fonts=True)
    pages = compiler.compile(format="pdf", sys_inputs={"data": json.dumps(data)}, timestamp=at.replace(microsecond=0))
    if not isinstance(pages, bytes):
        raise TypeError("the typesetter gave no PDF")
    return pages
