"""The tables of an inspection: a row for each indicator, unit, period and finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.errors import join_names
from indicia_audit.checks import moments
from indicia_audit.inspection.declared import InspectionTables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from indicia.methods import Array
    from indicia_audit.checks import Subject
    from indicia_audit.inspection.findings import ReportedFinding, SkippedCheck

_AGAINST = -0.4
"""The correlation, after costs are negated, below which two indicators run against each other (Becker et al. 2022)."""
_SIGNIFICANT = 2.0
"""The least t value of such a correlation: at small n, a correlation of −0.4 is no evidence."""
_ROWS = 20_000
"""The number of evenly spaced rows from which correlations are computed, where there are more."""


def indicators(subject: Subject) -> pl.DataFrame:
    """Return the table of indicators, in the order of the index file.

    `minimum`, `median`, `maximum`, `skewness`, `kurtosis`, `outliers`, `zeros`, `distinct` and `most_common_share` are
    of the values before anything is filled or treated; `of` is the number of rows.
    """
    against = _against(subject)
    return InspectionTables.indicators.frame(
        _of_indicator(subject, name, against.get(name, [])) for name in subject.indicators
    )


def _of_indicator(subject: Subject, name: str, against: Sequence[str]) -> tuple[object, ...]:
    facts, rows, values = subject.indicators[name], len(subject.raw), subject.distributions.get(name)
    imputed, treated = int(subject.imputed[name].sum()), int(subject.changed[name].sum())
    present = values.present if values else 0
    after = moments(subject.prepared[name]) if facts.treatment or _is_transformed(subject, name) else (None, None)
    return (
        name,
        facts.direction,
        "stated" if facts.direction_stated else "assumed",
        any(name in observation.names for observation in subject.observations("direction")),
        facts.measure or None,
        facts.weight,
        present,
        rows,
        present / rows if rows else None,
        imputed,
        imputed / rows if rows else None,
        facts.imputation or None,
        *((values.lowest, _holders(subject, name, values.lowest), values.median) if values else (None, None, None)),
        *((values.highest, _holders(subject, name, values.highest)) if values else (None, None)),
        subject.skewness[name],
        subject.kurtosis[name],
        treated,
        facts.treatment or None,
        *after,
        values.outliers if values else 0,
        values.zeros if values else 0,
        values.distinct if values else 0,
        values.most_common_count / present if values else None,
        ", ".join(against) or None,
    )


def _is_transformed(subject: Subject, name: str) -> bool:
    return not subject.prepared[name].equals(subject.filled[name], null_equal=True)


def _holders(subject: Subject, name: str, end: float) -> str:
    """Return the units that hold an extreme value, at most three of them by name."""
    names = subject.row_names.filter((subject.raw[name] == end).fill_null(value=False)).sort()
    return join_names(names.head(3)) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _against(subject: Subject) -> dict[str, list[str]]:
    """Return, by indicator, the other indicators of its dimension that run against it."""
    against: dict[str, list[str]] = {}
    step = -(-len(subject.raw) // _ROWS) or 1
    for node in subject.nodes.values():
        names = [name for name in node.components if name in subject.oriented]
        if len(names) < 2:
            continue
        r, n = _correlations(np.column_stack([subject.oriented[name][::step] for name in names]))
        with np.errstate(invalid="ignore", divide="ignore"):
            t = np.abs(r) * np.sqrt((n - 2) / np.maximum(1 - r * r, 1e-300))
        for row, column in zip(*np.nonzero((r < _AGAINST) & (t > _SIGNIFICANT) & (n > 4)), strict=True):
            against.setdefault(names[row], []).append(names[column])
    return against


def _correlations(x: Array) -> tuple[Array, Array]:
    """Return the correlations of all pairs of columns over the rows that have both, and the numbers of these rows."""
    present = ~np.isnan(x)
    centred = np.where(present, x - np.nanmean(np.where(present.any(axis=0), x, 0.0), axis=0), 0.0)
    size = np.abs(centred).max(axis=0)
    z, m = centred / np.where(size > 0, size, 1.0), present.astype(float)
    n = m.T @ m
    sums, squares, products = z.T @ m, (z * z).T @ m, z.T @ z
    with np.errstate(invalid="ignore", divide="ignore"):
        covariance = products - sums * sums.T / n
        variance = squares - sums * sums / n
        r = covariance / np.sqrt(variance * variance.T)
    return np.nan_to_num(r, nan=0.0, posinf=0.0, neginf=0.0), n


def units(subject: Subject) -> pl.DataFrame:
    """Return the table of units, in the order of the data.

    `missing` names the indicators without a value before anything was filled, and `imputed_weight` is the share of
    imputed values in the weights of the index file.
    """
    names = list(subject.raw.columns)
    absent = pl.concat_str(
        (pl.when(pl.col(name).is_null()).then(pl.lit(name)) for name in names), separator=", ", ignore_nulls=True
    )
    counted = subject.raw.select(
        pl.sum_horizontal(pl.col(name).is_not_null().cast(pl.Int64) for name in names).alias("present"),
        pl.lit(len(names), pl.Int64).alias("of"),
        pl.when(absent == "").then(None).otherwise(absent).alias("missing"),
    )
    imputed = subject.imputed.select(
        pl.sum_horizontal(pl.col(name).cast(pl.Int64) for name in names).alias("imputed"),
        pl.sum_horizontal(pl.col(name).cast(pl.Float64) * subject.indicators[name].weight for name in names).alias(
            "imputed_weight"
        ),
    )
    key = [subject.unit, *([subject.period] if subject.period else [])]
    frame = subject.units.select(key).hstack(counted).hstack(imputed)
    return frame.with_columns((pl.col("present") / pl.col("of")).alias("share")).select(
        *key, "present", "of", "share", "missing", "imputed", "imputed_weight"
    )


def periods(subject: Subject) -> pl.DataFrame:
    """Return the table of periods: the units in each, the share of present values, and the absent units."""
    return InspectionTables.periods.frame(_of_periods(subject))


def _of_periods(subject: Subject) -> Iterator[tuple[object, ...]]:
    if subject.periods is None:
        return
    everyone = subject.unit_names.unique().sort()
    present = subject.raw.select(pl.sum_horizontal(pl.all().is_not_null().cast(pl.Int64))).to_series()
    for period in subject.period_names:
        rows = subject.periods == period
        here = subject.unit_names.filter(rows)
        absent = everyone.filter(~everyone.is_in(here.implode())).to_list()
        count, cells = int(present.filter(rows).sum()), len(here) * subject.raw.width
        yield period, len(here), count, cells, count / cells, join_names(absent, 10) if absent else None


def findings(reported_findings: Sequence[ReportedFinding], period: str | None) -> pl.DataFrame:
    """Return the table of findings, the gravest first. The column `check` has the code."""
    rows = [
        (
            entry.code,
            entry.severity,
            entry.finding.where,
            entry.finding.period,
            entry.finding.value,
            entry.finding.threshold,
            entry.finding.sentence,
            entry.finding.remedy or None,
            entry.waiver,
        )
        for entry in reported_findings
    ]
    frame = InspectionTables.findings.frame(rows)
    return frame if period else frame.drop("period")


def skipped(skipped_checks: Sequence[SkippedCheck]) -> pl.DataFrame:
    """Return the table of the checks that did not look, with the reasons."""
    rows = [(skip.check.code, skip.check.title, skip.reason) for skip in skipped_checks]
    return InspectionTables.skipped.frame(rows)


def unused(columns: Mapping[str, str], rows: Mapping[str, str]) -> pl.DataFrame:
    """Return the table of the columns and rows of the data that have no role, with the reasons."""
    listed = [("column", name, reason) for name, reason in columns.items()]
    listed += [("row", name, reason) for name, reason in rows.items()]
    return InspectionTables.unused.frame(listed)
