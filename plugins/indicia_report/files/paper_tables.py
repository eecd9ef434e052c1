"""Tables on an index for papers: its structure, descriptive statistics and correlations of its indicators."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.data import numbers
from indicia.definition import ROOT, Node, text, unit_of_measure
from indicia.documents.blocks import TextTable
from indicia.documents.latex import slug
from indicia.documents.table_words import word
from indicia.errors import IndiciaError
from indicia.tables.periods import rows_of_period
from indicia_statistics.correlation import correlations
from indicia_statistics.moments import moments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from indicia.definition import Part
    from indicia.result import Result

MISSING = "–"
_FIGURES = 4
"""The significant figures of descriptive statistics."""


def structure_table(result: Result, language: str | None = None, period: object = None) -> TextTable:
    """Return the dimensions and indicators with unit of measure, direction, weights and source.

    Weights that differ between periods or groups are shown from the smallest to the largest. A column that would be
    empty is left out.
    """
    weights: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for parent, part, *figures in result.weights.select("parent", "id", "weight", "effective").iter_rows():
        weights.setdefault((parent, part), []).append((figures[0], figures[1]))
    rows = []
    for number, parent, part in _walk(result.scored.tree):
        within, effective = zip(*weights[parent, part.id], strict=True)
        measure, direction, source = _facts(result, part, language)
        name = _name(result, part.id, language)
        rows.append((number, name, measure, direction, _range(within), _range(effective), source))
    keys = ("number", "part", "unit_of_measure", "direction", "weight_within", "effective_weight", "source")
    table = TextTable(
        headings=[_heading(key, language) for key in keys],
        rows=rows,
        numbers=["weight" in key for key in keys],
        notes=[word("structure_note", language)],
        repeated=2,
        **_captions(result, "structure", language),
    )
    return table.without_empty_columns()


def descriptive_table(result: Result, language: str | None = None, period: object = None) -> TextTable:
    """Return the statistics of the values of each indicator before imputation and treatment, in one period."""
    shown_period, rows = rows_of_period(result.scored.source, period)
    values = result.scored.raw.values.filter(rows)
    printed = []
    for at, leaf in enumerate(result.scored.tree.leaves(), 1):
        column = numbers(values[leaf.id])
        names = [str(at), _name(result, leaf.id, language), text(leaf.spec.unit, language)]
        printed.append(names + _statistics(leaf.id, column[~np.isnan(column)]))
    keys = ["number", "indicator", "unit_of_measure", "count", "mean", "deviation", "minimum", "median", "maximum"]
    keys += ["skewness", "kurtosis"]
    table = TextTable(
        headings=[_heading(key, language) for key in keys],
        rows=printed,
        numbers=[at > 2 for at in range(len(keys))],
        notes=[
            *_period_note(shown_period, language),
            word("descriptive_note", language),
            *_simulated(result, language),
        ],
        repeated=2,
        **_captions(result, "descriptive", language),
    )
    return table.without_empty_columns()


def correlation_table(result: Result, language: str | None = None, period: object = None) -> TextTable:
    """Return the correlations of the normalised indicators with each other in one period; columns have numbers."""
    shown_period, rows = rows_of_period(result.scored.source, period)
    values = result.scored.normalised.filter(rows)
    leaves = [leaf.id for leaf in result.scored.tree.leaves()]
    varying = [name for name in leaves if values[name].drop_nulls().n_unique() > 1 and values[name].count() > 2]
    r: dict[tuple[str, str], float | None] = {}
    if len(varying) > 1:
        for a, b, value in correlations(values, varying).select("a", "b", "r").iter_rows():
            r[a, b] = r[b, a] = value
    printed = [
        [
            str(at),
            _name(result, name, language),
            *("1" if other == name else _fixed(r.get((name, other)), 2) for other in leaves[:at]),
            *([""] * (len(leaves) - at)),
        ]
        for at, name in enumerate(leaves, 1)
    ]
    return TextTable(
        headings=[*(_heading(key, language) for key in ("number", "indicator")), *map(str, range(1, len(leaves) + 1))],
        rows=printed,
        numbers=[False, False, *([True] * len(leaves))],
        notes=[
            *_period_note(shown_period, language),
            word("correlations_note", language),
            *_simulated(result, language),
        ],
        repeated=2,
        **_captions(result, "correlations", language),
    )


TABLES: Mapping[str, Callable[[Result, str | None, object], TextTable]] = {
    "structure": structure_table,
    "descriptive": descriptive_table,
    "correlations": correlation_table,
}
"""The tables of this module by name."""


def _walk(node: Node, number: str = "", listed: set[str] | None = None) -> Iterator[tuple[str, str, Part]]:
    """Yield the number, the parent and each part of the tree, parents first; a part below each of its parents."""
    listed = set() if listed is None else listed
    for at, part in enumerate(node.parts, 1):
        yield f"{number}{at}", node.id, part
        if isinstance(part, Node) and part.id not in listed:
            listed.add(part.id)
            yield from _walk(part, f"{number}{at}.", listed)


def _facts(result: Result, part: Part, language: str | None) -> tuple[str, str, str]:
    """Return unit of measure, direction and source; of a dimension the direction, if its parents have another."""
    if isinstance(part, Node):
        return "", word(part.direction, language) if part.opposes_parent else "", ""
    source = text(result.definition.source_for_readers(part.spec.source), language)
    return unit_of_measure(part, language), word(part.spec.direction, language), source


def _statistics(name: str, values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[str]:
    """Return the texts of the number of values and their statistics; a statistic without enough values is missing."""
    if not len(values):
        return ["0", *([MISSING] * 7)]
    deviation = float(values.std(ddof=1)) if len(values) > 1 else None
    figures = (values.mean(), deviation, values.min(), np.median(values), values.max())
    decimals = _decimals(float(np.abs(values).max()))
    skewness = kurtosis = None
    with suppress(IndiciaError):  # too few values, or a single one
        skewness, kurtosis = moments(pl.DataFrame({name: values}), [name]).select("skewness2", "kurtosis2").row(0)
    shown = [_fixed(None if figure is None else float(figure), decimals) for figure in figures]
    return [f"{len(values):,}", *shown, _fixed(skewness, 2), _fixed(kurtosis, 2)]


def _decimals(largest: float) -> int:
    """Return the decimals with which the largest number of a row has four significant figures."""
    return max(0, _FIGURES - 1 - math.floor(math.log10(largest))) if largest > 0 else 0


def _fixed(value: float | None, decimals: int) -> str:
    if value is None or not math.isfinite(value):
        return MISSING
    return f"{round(value, decimals) + 0.0:,.{decimals}f}"  # + 0.0: no minus sign before a zero


def _range(weights: Sequence[float]) -> str:
    """Return a weight with three decimals, or the smallest and the largest of several."""
    low, high = (_fixed(weight, 3) for weight in (min(weights), max(weights)))
    return low if low == high else f"{low}–{high}"


def _name(result: Result, part: str, language: str | None) -> str:
    definition = result.definition
    spec = definition.dimensions.get(part) or definition.indicators[part]
    return text(definition.name if part == ROOT else spec.name, language, part)


def _heading(key: str, language: str | None) -> str:
    heading = word(key, language)
    return heading if len(heading) == 1 else heading[:1].upper() + heading[1:]  # n is the number of values


def _period_note(period: str | None, language: str | None) -> list[str]:
    return [] if period is None else [word("of_period", language, period=period)]


def _simulated(result: Result, language: str | None) -> list[str]:
    """Return the note that names simulated indicators, if there are any."""
    names = {leaf.id: _name(result, leaf.id, language) for leaf in result.scored.tree.leaves()}
    return [note.in_language(language, names) for note in result.notes if note.kind == "simulated"]


def _captions(result: Result, table: str, language: str | None) -> dict[str, Any]:
    """Return the caption, the label and the language of a table."""
    colon = "：" if language == "zh" else ": "
    return {
        "caption": f"{text(result.definition.name, language)}{colon}{word(f'table_{table}', language)}",
        "label": f"{slug(text(result.definition.name))}-{table}",
        "language": "zh" if language == "zh" else "en",
    }
