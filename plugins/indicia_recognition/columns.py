"""The roles of the columns of a table, inferred from names and cells: unit, label, period, groups, indicators."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.errors import DefinitionError, suggest
from indicia_recognition.column_cells import TEXTS
from indicia_recognition.keys import Candidates, Units, unit_and_period
from indicia_recognition.number_columns import number_roles, remedy_for_text, text_roles
from indicia_recognition.sample import sample_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from indicia_recognition.observation import Observation


@dataclass(frozen=True)
class Inferred:
    """The roles of the columns of a table."""

    unit: str
    label: str | None
    period: str | None
    groups: tuple[str, ...]
    indicators: tuple[str, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Columns without a role, with the reason."""
    doubtful: tuple[str, ...] = ()
    """The columns of numbers without a role, which the user may want as indicators."""
    observations: tuple[Observation, ...] = ()
    """The rules that decided on a role, or on none, with their evidence."""

    @property
    def doubts(self) -> list[str]:
        """A sentence for each column of numbers that has no role or an unexpected one, with the remedy."""
        doubtful = set(self.doubtful)
        return [str(each) for each in self.observations if each.effect != "left_out" or doubtful & set(each.names)]

    def data(self) -> dict[str, Any]:
        """Return the `[data]` table of an index file with these roles."""
        roles = {"unit": self.unit, "label": self.label, "period": self.period, "groups": list(self.groups)}
        return {word: value for word, value in roles.items() if value}


def infer(
    frame: pl.DataFrame,
    *,
    unit: str | None = None,
    label: str | None = None,
    period: str | None = None,
    groups: Sequence[str] = (),
    indicators: Iterable[str] | None = None,
    costs: Collection[str] = (),
) -> Inferred:
    """Infer the roles without an argument; a table without a column that names the units is an error.

    Indicators are the columns of numbers except row numbers, codes, ranks, years, groups, and columns that are empty,
    constant or a copy of another. `costs` are indicators in any case.

    >>> table = pl.DataFrame({"city": ["Lima", "Oslo"], "region": ["S", "S"], "year": [2020, 2020], "gdp": [3.0, 4.0]})
    >>> roles = infer(table)
    >>> roles.unit, roles.period, roles.indicators
    ('city', 'year', ('gdp',))
    """
    schema = frame.schema
    indicator_columns = None if indicators is None else tuple(indicators)
    stated = [column for column in (unit, label, period, *groups, *(indicator_columns or ())) if column]
    for column in stated:
        if column not in schema:
            raise DefinitionError(f'unknown column "{column}"', remedy=suggest(column, schema))
    others = [column for column in schema if column not in stated]
    table = Candidates(frame, sample_rows(frame), tuple(column for column in others if column not in costs))
    unit, period = unit_and_period(table, unit, period)
    units = Units.of(table, unit, period)
    texts = text_roles(table, units, label, groups)
    all_groups, observations = texts.groups, texts.observations
    if indicator_columns is None:
        numbers = [column for column in others if schema[column].is_numeric() or schema[column] == pl.Boolean]
        columns = [column for column in numbers if column not in (unit, period)]
        of_numbers = number_roles(table, units, columns, costs=costs, may_be_groups=not groups)
        indicator_columns, all_groups = of_numbers.indicators, (*all_groups, *of_numbers.groups)
        observations = (*observations, *of_numbers.observations)
    if not indicator_columns:
        raise _no_indicators(frame, table, observations)
    for name in costs:
        if name not in indicator_columns:
            raise DefinitionError(f'cost "{name}" is no indicator', remedy=suggest(name, indicator_columns))
    order = {column: position for position, column in enumerate(frame.columns)}
    observations = tuple(sorted(observations, key=lambda each: order[each.names[0]]))
    left_out = {
        each.names[0]: each.sentence.partition(" is left out: ")[2]
        for each in observations
        if each.effect == "left_out"
    }
    doubtful = tuple(name for name in left_out if name in table.mixed or schema[name] not in TEXTS)
    return Inferred(unit, texts.label, period, all_groups, indicator_columns, left_out, doubtful, observations)


def _no_indicators(frame: pl.DataFrame, table: Candidates, observations: Sequence[Observation]) -> DefinitionError:
    candidate = next(iter(table.mixed), None)
    reasons = [each.sentence for each in observations if each.rule not in ("text", "text_among_numbers")]
    if candidate:
        remedy = remedy_for_text(candidate)
    elif len(frame.columns) == 1:
        remedy = "commas, semicolons, tabs or bars separate columns; --set 'data.separator=;' states another character"
    else:
        remedy = None
    return DefinitionError(
        "the table has no numeric column to build an index from",
        where="\n".join([f"columns: {', '.join(frame.columns)}", *reasons]),
        remedy=remedy,
    )
