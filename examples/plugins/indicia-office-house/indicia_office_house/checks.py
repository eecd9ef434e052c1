"""The rules of the office for publication, as checks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import polars as pl
from pydantic import Field

from indicia.checks import Check, Finding, Subject
from indicia_office_house.house import LEAST_UNITS

if TYPE_CHECKING:
    from collections.abc import Iterator

_SOURCE = "Statistics office, rules for the release of indices (example)"


@dataclass(frozen=True)
class SmallGroups(Check):
    """Find groups of so few units that a figure of the group tells too much about each of them."""

    code = "HO01"
    title = "groups that are too small to publish"
    severity = "error"
    source = _SOURCE
    needs = ("groups",)
    evidence = "all rows"
    why = "The mean of a group of two units and the score of one of them give the score of the other."
    example = 'The region North has two towns: "1 of 2 groups of region has fewer than 3 units: North (2)".'
    advice = "Merge small groups in the data, or leave the column out of groups in [data]."

    least: Annotated[int, Field(ge=2, description="smallest number of units of a group")] = LEAST_UNITS

    def look(self, subject: Subject) -> Iterator[Finding]:
        for column in subject.groups:
            rows = subject.units.select(pl.col(column).cast(pl.String), subject.unit).drop_nulls().unique()
            sizes = rows.group_by(column).len().sort(column)
            small = sizes.filter(pl.col("len") < self.least)
            if small.height:
                named = ", ".join(f"{name} ({size})" for name, size in small.head(5).rows())
                more = f" and {small.height - 5} more" if small.height > 5 else ""
                verb = "has" if small.height == 1 else "have"
                sentence = (
                    f"{small.height} of {sizes.height} groups of {column} {verb} fewer than {self.least} units: "
                    f"{named}{more}"
                )
                yield Finding(column, float(small["len"].min()), float(self.least), sentence, "merge small groups")

    @classmethod
    def planted(cls) -> tuple[Subject, str]:
        units = pl.DataFrame({"town": ["Ash", "Elm", "Fir", "Oak", "Yew"], "region": ["North"] * 2 + ["South"] * 3})
        return Subject.of(units, pl.DataFrame({"x": [1.0, 2.0, 3.0, 4.0, 5.0]}), groups=("region",)), "region"


@dataclass(frozen=True)
class NoDayOfRelease(Check):
    """Find an index file that does not state the day of release."""

    code = "HO02"
    title = "no day of release"
    severity = "error"
    source = _SOURCE
    evidence = "statistics"
    why = "All users get the figures at the same hour of a day that is announced."
    example = 'An index file states its publisher alone: "the day of release is not stated, so there is no embargo".'
    advice = "State the day in the index file: date = 2027-01-31 in [publication]."

    def look(self, subject: Subject) -> Iterator[Finding]:
        if "date" in subject.missing_publication_facts:
            sentence = "the day of release is not stated, so there is no embargo"
            yield Finding("index", None, None, sentence, "date = 2027-01-31 in [publication]")

    @classmethod
    def planted(cls) -> tuple[Subject, str]:
        subject = Subject.of(pl.DataFrame({"town": ["Ash"]}), pl.DataFrame({"x": [1.0]}))
        return replace(subject, missing_publication_facts=("date",)), "index"
