"""What can be asked of a paper."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from cpims.api.shapes.envelope import Shape

CalendarName = Literal["gregorian", "ethiopic", "persian", "islamic-umalqura", "bikram-sambat"]


class PrintCase(Shape):
    """How a case is printed. Nothing said: the viewer's language, its usual calendar, every section she may read."""

    model_config = ConfigDict(strict=True, extra="forbid")

    locale: str | None = Field(None, description="one of the instance's languages")
    calendar: CalendarName | None = Field(None, description="how days are named")
    forms: list[str] | None = Field(None, description="only these sections, by the unique ids of their forms")


class PrintForms(PrintCase):
    """Which empty forms are printed. Nothing said: those she may fill; all of them for who looks after the forms."""

    module_id: str | None = Field(None, description="only forms of this part of the work")
    record_type: str = Field("case", description="forms of this kind of record")
