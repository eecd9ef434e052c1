"""The sections [bands] and [aggregates] of an index file: classes of units, and scores of groups."""

from __future__ import annotations

from itertools import accumulate
from math import inf
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from indicia.definition.section import Column, Limit, Number, Section, Text, Whole, Word, Words, text

SCORE, RANK = "score", "rank"
"""The words of `of` for the score and the rank of the index."""


def _ranges(value: object) -> object:
    """Name the range that is no pair; pydantic would name the place in the pair only."""
    if isinstance(value, dict):
        for name, pair in value.items():
            if not isinstance(pair, (list, tuple)) or len(pair) != 2:
                raise ValueError(f'the range "{name}" is no pair of limits: "{name}" = [from, to]')
    return value


class Bands(Section):
    """The bands of one classification, such as deciles, grades or levels of risk; each unit is in one band."""

    name: Text | None = Field(None, description="the name that readers see; default: the key")
    of: str = Field(
        SCORE,
        description='the figure that is classified: "score" or "rank" of the index, a dimension (its score) or an '
        "indicator (its value before treatment)",
    )
    shares: Whole | tuple[Number, ...] | None = Field(
        None, description="the number of equal shares of the units, or a list of shares that sum to 1"
    )
    thresholds: tuple[Number, ...] | None = Field(None, description="the limits between bands, in ascending order")
    ranges: Annotated[dict[str, tuple[Limit, Limit]] | None, BeforeValidator(_ranges)] = Field(
        None, description="the bands by name, each with its limits from and to; inf and -inf are allowed"
    )
    names: tuple[Text, ...] | None = Field(
        None, description="shares, thresholds: the names of the bands, from the lowest figures up; default: 1, 2, 3, …"
    )
    closed: Literal["lower", "upper"] = Field(
        "lower", description="thresholds, ranges: the end of a band that belongs to it"
    )
    decimals: Whole | None = Field(
        None,
        ge=0,
        le=15,
        description="the number of decimals to which the figure is rounded half up before it is classified",
    )
    direction: Literal["benefit", "cost"] | None = Field(
        None,
        description="whether the bands of higher figures are better (benefit) or worse (cost), for the shades of "
        "pages and charts; default: as the figure",
    )
    within: Words = Field(
        (), description="shares: columns of groups; the units of each group are shared out separately"
    )
    note: Text | None = None

    @property
    def ordered_ranges(self) -> list[tuple[str, tuple[float, float]]]:
        """The ranges by name, from the lowest up."""
        return sorted((self.ranges or {}).items(), key=lambda entry: entry[1])

    @property
    def limits(self) -> tuple[float, ...]:
        """The limits between bands, ascending; none for shares."""
        if self.ranges is not None:
            return tuple(low for _, (low, _) in self.ordered_ranges[1:])
        return self.thresholds or ()

    @property
    def ends(self) -> tuple[float, float]:
        """The lowest and the highest figure that has a band."""
        ranges = self.ordered_ranges
        return (ranges[0][1][0], ranges[-1][1][1]) if ranges else (-inf, inf)

    @property
    def cumulative_shares(self) -> tuple[float, ...]:
        """The share of the units up to the end of each band; the last is 1, and bands by limits have none."""
        if self.shares is None:
            return ()
        if isinstance(self.shares, int):
            return tuple(place / self.shares for place in range(1, self.shares + 1))
        return (*accumulate(self.shares[:-1]), 1.0)

    @property
    def count(self) -> int:
        """The number of bands."""
        return len(self.cumulative_shares) or len(self.limits) + 1

    @property
    def has_names(self) -> bool:
        """True if the bands have names; others have numbers from 1."""
        return self.names is not None or self.ranges is not None

    def labels(self, language: str | None = None) -> list[str]:
        """Return the names of the bands in a language, or their numbers, from the lowest figures up."""
        if self.ranges is not None:
            return [name for name, _ in self.ordered_ranges]
        if self.names is not None:
            return [text(name, language) for name in self.names]
        return [str(number + 1) for number in range(self.count)]


class Aggregate(Section):
    """A group of units with a score of its own, such as the world: a row of the table, or a mean of members."""

    name: Text | None = None
    row: Word | None = Field(None, description="its unit in the table: a row that is scored by the same rules")
    members: Words = Field((), description="the units that belong to it")
    groups: Column | None = Field(None, description="a column of the groups: one aggregate for each group")
    weights: Column | None = Field(None, description="the column that weights the members; default: equal weights")
    of: Literal["scores", "values"] = Field(
        "scores",
        description="scores: the weighted means of the members' scores; values: the weighted means of their values, "
        "which are scored by the same rules",
    )
    note: Text | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Aggregate:
        stated = [word for word in ("row", "members", "groups") if getattr(self, word)]
        if len(stated) != 1:
            clause = f"states {' and '.join(stated)}" if stated else "states none of them"
            raise ValueError(f"an aggregate has either row, members or groups, and this {clause}")
        if self.row and (contrary := sorted({"weights", "of"} & self.model_fields_set)):
            raise ValueError(f"{' and '.join(contrary)} apply to members or groups, and row is scored as it stands")
        return self
