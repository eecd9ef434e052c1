"""The tables of an index file for checks and analyses: `[checks]`, `[[waivers]]` and `[analyses]`."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from indicia.definition.section import Section, Word


def _last_day(value: object) -> object:
    """Return a date of TOML, or a date in quotes as JSON has it; a number is no day."""
    if isinstance(value, str):
        with suppress(ValueError):
            return date.fromisoformat(value.strip())
    if type(value) is not date:
        raise ValueError(f"{value} is no day: write until = 2027-01-01")
    return value


LastDay = Annotated[date, BeforeValidator(_last_day, json_schema_input_type=date)]
"""A day."""


class Waiver(Section):
    """Findings of a check that are accepted, with the reason."""

    code: Word = Field(description='the code of the check: "D05"')
    where: str | None = Field(
        None, description="the indicator, unit, period or dimension of the finding; default: all of the check"
    )
    reason: Word = Field(description="why the finding is accepted")
    until: LastDay | None = Field(
        None, description="the last day on which the waiver accepts findings, such as 2027-01-01; default: no last day"
    )

    @property
    def reason_with_date(self) -> str:
        """The reason, with the last day if there is one."""
        return self.reason if self.until is None else f"{self.reason} (until {self.until})"


CheckTables = Annotated[
    dict[str, dict[str, Any]],
    Field(
        {},
        description="by the code of a check, its thresholds, the severity of its findings, and on = false to leave it "
        "out: [checks.D01] share = 0.5",
    ),
]
AnalysisTables = Annotated[
    dict[str, dict[str, Any]],
    Field({}, description="options of analyses, by the name of the analysis: [analyses.obstacles] top = 3"),
]
WaiverTables = Annotated[
    tuple[Waiver, ...], Field((), description="findings of checks that are accepted, with the reason")
]
