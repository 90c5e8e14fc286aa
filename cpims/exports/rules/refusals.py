"""Why a paper is not printed."""

from __future__ import annotations

from cpims.lib.errors import Invalid


class PrintInvalid(Invalid):
    """What was asked for cannot be printed: an unknown language or form."""

    code = "print.invalid"


class ScriptWithoutFont(Invalid):
    """There is no font here for a script that is needed; nothing is printed with letters missing."""

    code = "print.script_without_font"
