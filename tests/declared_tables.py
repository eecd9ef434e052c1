"""The comparison of a table with its declaration: columns, types and the order of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indicia.analyses import IN_DATA, IN_INDEX, Kind
from indicia_statistics.analysis.drawn_ranks import DrawnRanks

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    import polars as pl


def faults_of(outcome: Any, name: str, frame: pl.DataFrame) -> list[str]:
    """Return a clause for each difference between a table of an outcome and its declaration."""
    table, names = outcome.declared[name], _names_in_columns(outcome)
    if not frame.width:
        return []  # an audit without draws
    if name == "attributes" and outcome.definition.data.period == "year":
        return []  # the year of a value stands in the place of the period
    faults = [*table.problems(frame, names)]
    if not (faults or table.is_in_order(frame, names)):
        faults.append(f"{name} is not sorted by {table.by}")
    if not faults and table.order == IN_DATA and not _is_in_data_order(outcome, frame):
        faults.append(f"{name} is not in the order of the data")
    if not faults and table.order == IN_INDEX:
        parts = next(column for column, of in table.declared_columns(frame).items() if of.kind is Kind.PART)
        indicators = outcome.definition.indicators
        keys, of_dimension = list(indicators), dict[str, list[int]]()
        for part in frame[parts]:
            if part in indicators:
                of_dimension.setdefault(str(indicators[part].dimension), []).append(keys.index(part))
        if any(places != sorted(places) for places in of_dimension.values()):
            faults.append(f"{name} is not in the order of the index file")
    return faults


def _names_in_columns(outcome: Any) -> Mapping[str, Container[str]]:
    if isinstance(outcome, DrawnRanks):  # they have units and no index
        return {"unit": (outcome.unit,), "period": (), "label": (), "group": (), "member": outcome.names}
    names: Mapping[str, Container[str]] = outcome.names_in_columns
    return names


def _is_in_data_order(outcome: Any, frame: pl.DataFrame) -> bool:
    units = outcome._labelled_units if hasattr(outcome, "_labelled_units") else outcome._units
    keys = [name for name in units.columns[:2] if name in frame.columns]
    place = {row: at for at, row in reversed([*enumerate(units.select(keys).rows())])}
    places = [place.get(row, -1) for row in frame.select(keys).rows()]
    return places == sorted(places)
