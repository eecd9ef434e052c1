"""The tables of an inspection of a table in partitions: indicators, correlations, periods and groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia_partitions.declared import PartitionsInspectionTables

if TYPE_CHECKING:
    from indicia_audit.checks import IndicatorFacts, Subject
    from indicia_partitions.inspected_rows import InspectedRows

_AGAINST, _SIGNIFICANT = -0.4, 2.0
"""The correlation below which two indicators run against each other, and its least t value; as in memory."""


def indicators(rows: InspectedRows, subject: Subject) -> pl.DataFrame:
    """Return the table of indicators: the statistics of all rows, in the order of the index file."""
    against = _against(rows, subject)
    return PartitionsInspectionTables.indicators.frame(
        _of_indicator(rows, subject, name, against.get(name, [])) for name in rows.indicators
    )


def _of_indicator(rows: InspectedRows, subject: Subject, name: str, against: list[str]) -> dict[str, Any]:
    facts, state = subject.indicators[name], rows.indicators[name]
    skewness, kurtosis = state.raw
    after = state.prepared if facts.treatment or state.is_transformed else (None, None)
    return {
        "indicator": name,
        "direction": facts.direction,
        "direction_source": "stated" if facts.direction_stated else "assumed",
        "direction_conflict": any(name in each.names for each in subject.observations("direction")),
        "measure": facts.measure or None,
        "weight": facts.weight,
        "present": state.present,
        "of": state.rows,
        "share": state.present / state.rows,
        "imputed": state.imputed,
        "imputed_share": state.imputed / state.rows,
        "imputed_by": facts.imputation or None,
        "minimum": state.lowest,
        "minimum_units": state.low.listed if state.low else None,
        "first_quartile": state.quartiles[0],
        "median": state.median,
        "third_quartile": state.quartiles[2],
        "maximum": state.highest,
        "maximum_units": state.high.listed if state.high else None,
        "mean": state.mean,
        "deviation": state.standard_deviation,
        "skewness": skewness,
        "kurtosis": kurtosis,
        "treated": state.changed,
        "treated_by": facts.treatment or None,
        "skewness_treated": after[0],
        "kurtosis_treated": after[1],
        "outliers": state.outliers,
        "zeros": state.zeros,
        "against": ", ".join(against) or None,
    }


def _against(rows: InspectedRows, subject: Subject) -> dict[str, list[str]]:
    """Return, by indicator, the other indicators of its dimension that run against it."""
    r, n = np.nan_to_num(rows.correlations.correlations), rows.correlations.counts
    signs = [_sign(subject.indicators[name]) for name in rows.correlations.names]
    r = r * np.outer(signs, signs)
    with np.errstate(invalid="ignore", divide="ignore"):
        t = np.abs(r) * np.sqrt((n - 2) / np.maximum(1 - r * r, 1e-300))
    is_against = (r < _AGAINST) & (t > _SIGNIFICANT) & (n > 4)
    place = {name: number for number, name in enumerate(rows.correlations.names)}
    against: dict[str, list[str]] = {}
    for node in subject.nodes.values():
        names = [name for name in node.components if name in place]
        for name in names:
            others = [other for other in names if is_against[place[name], place[other]]]
            if others:
                against.setdefault(name, []).extend(others)
    return against


def _sign(facts: IndicatorFacts) -> float:
    """Return the sign with which a value raises the score; 0 for targets, which have none."""
    signs = {"benefit": 1.0, "cost": -1.0}
    return signs.get(facts.direction, 0.0) * signs[facts.direction_of_dimension]


def correlations(rows: InspectedRows) -> pl.DataFrame:
    """Return a row for each pair of indicators: the correlation, and the number of rows that have both values."""
    names, r, n = rows.correlations.names, rows.correlations.correlations, rows.correlations.counts
    pairs = [(i, k) for i in range(len(names)) for k in range(i + 1, len(names))]
    return PartitionsInspectionTables.correlations.frame(
        (names[i], names[k], None if np.isnan(r[i, k]) else float(r[i, k]), int(n[i, k])) for i, k in pairs
    )


def periods(rows: InspectedRows, period: str | None) -> pl.DataFrame:
    """Return the table of periods: the units in each, and the share of present values."""
    table = PartitionsInspectionTables.periods
    if period is None:
        return table.frame([])
    return _of_sizes(rows, period, "period", "units").cast(table.types_of(table.columns))  # type: ignore[arg-type]


def groups(rows: InspectedRows, columns: tuple[str, ...]) -> pl.DataFrame:
    """Return the table of groups: the rows of each group of each column, and the share of present values."""
    empty = PartitionsInspectionTables.groups.frame([])
    frames = [
        _of_sizes(rows, column, "group", "rows").select(pl.lit(column).alias("column"), pl.all()).cast(empty.schema)
        for column in columns
    ]
    return pl.concat([empty, *frames])


def _of_sizes(rows: InspectedRows, column: str, name: str, noun: str) -> pl.DataFrame:
    cells = pl.col("\0rows") * len(rows.indicators)
    return (
        rows.sizes[column]
        .sort(column, nulls_last=True)
        .select(
            pl.col(column).cast(pl.String).alias(name),
            pl.col("\0rows").alias(noun),
            pl.col("\0present").alias("present"),
            cells.alias("of"),
            (pl.col("\0present") / cells).alias("share"),
        )
    )
