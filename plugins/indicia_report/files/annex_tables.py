"""The tables of an annex: fewer columns than the tables of an audit, with figures of three decimals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.analyses import Column, Kind
from indicia.definition import text
from indicia.documents.blocks import TextTable

if TYPE_CHECKING:
    import polars as pl

    from indicia.audit import Audit

ROWS = 250
"""The largest number of rows of a table in an annex."""


def annex_table(audit: Audit, name: str, language: str | None) -> TextTable:
    """Return the first rows of a table of an audit as texts; units have their labels in a language."""
    declared, frame = audit.declared[name], audit.frame(name)
    if name == "node_correlations":
        frame = _own_correlations(frame)
    if name == "intervals":
        frame = _intervals(audit, frame, language)
    columns = {
        key: column or Column(key, Kind.FIGURE, "a figure of the node")
        for key, column in declared.declared_columns(frame, audit.names_in_columns).items()
        if key in declared.brief or not declared.brief
    }
    shown = frame.select(*columns).head(ROWS)
    decimals = {key: 1 if column.kind is Kind.RANK else 3 for key, column in columns.items()}
    cells = [[_cell(value, decimals[column.name]) for value in column] for column in shown]
    more = len(frame) - len(shown)
    notes = [f"The first {ROWS} of {len(frame):,} rows; indicia audit --show {name} writes all"] if more > 0 else []
    return TextTable(
        [column.replace("_", " ") for column in shown.columns],
        list(zip(*cells, strict=True)),
        [not column.kind.is_text for column in columns.values()],
        declared.caption,
        notes,
    )


def _own_correlations(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each part: its correlation with its node, with the node without it, and with the index."""
    keys = ("node", "item")
    own, rest, index = (frame.filter(relation=relation) for relation in ("own", "rest", "index"))
    return (
        own.select(*keys, "units", "r", "low", "high")
        .join(rest.select(*keys, without_it="r"), on=keys, how="left", maintain_order="left")
        .join(index.select(*keys, with_index="r"), on=keys, how="left", maintain_order="left")
    )


def _intervals(audit: Audit, frame: pl.DataFrame, language: str | None) -> pl.DataFrame:
    """Return the ranks with one column of names: the labels, or the units if labels are missing or repeated."""
    data = audit.definition.data
    label, unit = text(data.label, language), str(data.unit)
    labels = frame[label] if label in frame.columns else frame[unit]
    name = label if labels.null_count() == 0 and labels.n_unique() == len(frame) and label in frame.columns else unit
    return frame.select(name, "rank", "median", "lower", "upper", "tier")


def _cell(value: object, decimals: int = 3) -> str:
    """Return a value as text, a number with a few decimals.

    >>> [_cell(value) for value in (0.25, 1e-9, -1e-9, 1234.5, None, float("nan"), 3, "a")]
    ['0.250', '<0.001', '0.000', '1,234', '', '', '3', 'a']
    """
    if value is None or value != value:
        return ""
    if not isinstance(value, float):
        return str(value)
    least = 10.0**-decimals
    if 0 < value < least / 2:
        return f"<{least:.{decimals}f}"
    written = f"{value:,.{0 if abs(value) >= 1000 else decimals}f}"
    return written.removeprefix("-") if float(written.replace(",", "")) == 0 else written
