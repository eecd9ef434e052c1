"""The computation of the tables of importance, inequality and neighbours."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import polars as pl

from indicia.definition import ROOT
from indicia.errors import DataError
from indicia_statistics.importance import importance
from indicia_statistics.inequality import dagum, inequality, theil
from indicia_statistics.least_squares import standardised_regression
from indicia_statistics.measures import Measure
from indicia_statistics.spatial import SpatialAutocorrelation, spatial_autocorrelation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from indicia.analyses import Table
    from indicia_audit.checks import RunFacts, Subject

MEASURES: tuple[Measure, ...] = tuple(measure for measure in get_args(Measure) if measure != "linear")
"""The measures of importance of the table `main_effects`."""

_MOST_GROUPS = 50
"""The largest number of groups whose pairs are compared."""


@dataclass(frozen=True)
class ImportanceTables:
    """The computation of the tables of `Importance`, by the same names."""

    subject: Subject
    declared: Mapping[str, Table]
    measures: Sequence[Measure] = MEASURES

    @cached_property
    def importance(self) -> pl.DataFrame:
        """The importance of the components of each node, and of all indicators for the index, beside their weights.

        `level` is "component", or "indicator" for the indicators of an index with dimensions. The columns are those of
        `indicia_statistics.node_importance.NodeImportance.parts`.
        """
        return self.subject.importance.table

    @cached_property
    def main_effects(self) -> pl.DataFrame:
        """The importance of the same parts by other measures: splines, local regressions, distance correlation.

        See `indicia.analysis.importance`. For 10,000 units and 50 indicators they take 10 to 20 seconds.
        """
        run = _run(self.subject)
        tables = []
        for node, level, values in self._levels():
            usable = [name for name in values.columns if _reason(values[name], run.scores[node]) is None]
            if usable:
                # in the order of names, so that rounding does not depend on the order of the data
                table = values.with_columns(run.scores[node].alias("\0score"))[run.units.arg_sort()]
                figures = importance(table, "\0score", dict.fromkeys(usable, 1.0), measures=self.measures)
                figures = figures.drop("weight", "variance_share").rename({"indicator": "component"})
                tables.append(figures.select(pl.lit(node).alias("node"), pl.lit(level).alias("level"), pl.all()))
        return (
            pl.concat(tables)
            if tables
            else self.declared["main_effects"].frame([]).select("node", "level", "component")
        )

    @cached_property
    def weights_for_importance(self) -> pl.DataFrame:
        """The weights of a weighted mean that would make importance equal to the weights of each node.

        `exact` is the one solution, `attainable` is true if all of its weights are 0 or more, and `closest` has the
        closest weights of 0 or more, each with the squared correlations of the components with the mean.
        """
        names = {"indicator": "component", "target": "weight", "weight": "exact", "r2": "exact_r2"}
        names |= {"closest_weight": "closest"}
        declared = self.declared["weights_for_importance"]
        tables = [declared.frame([])]
        for node, outcome in self.subject.importance.targets.items():
            if isinstance(outcome, str):
                tables.append(declared.frame([{"node": node, "reason": outcome}]))
                continue
            frame = outcome.rename(names)
            attainable = bool((frame["exact"] >= 0).all())
            frame = frame.with_columns(node=pl.lit(node), attainable=pl.lit(attainable), reason=pl.lit(None, pl.String))
            tables.append(frame.select(*declared.columns))
        return pl.concat(tables)

    @cached_property
    def coefficients(self) -> pl.DataFrame:
        """The standardised coefficients of a regression of the index on all of its indicators."""
        values = self.subject.importance.indicator_values
        table = values.with_columns(_run(self.subject).scores[ROOT])
        try:
            frame = standardised_regression(table, ROOT, values.columns)
        except DataError as error:
            return self.declared["coefficients"].frame([{"reason": error.what}])
        return frame.with_columns(reason=pl.lit(None, pl.String)).cast({"units": pl.Int64})

    @cached_property
    def inequality(self) -> pl.DataFrame:
        """Gini, half the squared coefficient of variation, Theil and Atkinson of each score and each indicator.

        `kind` is "score", or "indicator" for the values before normalisation. Units have equal weights.
        """
        rows: list[dict[str, Any]] = []
        for kind, column in self._amounts():
            values = column.drop_nulls()
            row: dict[str, Any] = {"column": column.name, "kind": kind, "units": len(values)}
            try:
                row |= dict(inequality(values.to_frame(), column.name).iter_rows())
            except DataError as error:
                row["reason"] = error.what
            rows.append(row)
        return self.declared["inequality"].frame(rows)

    @cached_property
    def inequality_by_group(self) -> pl.DataFrame:
        """Theil's T and Gini of each score and each indicator, within and between the groups of a column.

        Gini has Dagum's parts: within groups, net between groups, and `transvariation` by their overlap; they are
        missing for more than 50 groups.
        """
        return self.declared["inequality_by_group"].frame(
            {"group": group, "column": column.name, "kind": kind, **_by_group(column, labels)}
            for group, kind, column, labels in self._grouped_amounts()
        )

    @cached_property
    def inequality_by_pair(self) -> pl.DataFrame:
        """The Gini coefficient of each score and each indicator between two groups, and its parts in the total.

        `richer` is the group with the larger mean, and `distance` is 1 for two groups without overlap. See the pairs of
        `indicia.analysis.Dagum`. A column with negative values, or more than 50 groups, has no pairs; the `reason` is
        in `inequality_by_group`.
        """
        words = ("group", "column", "kind")
        tables = [self.declared["inequality_by_pair"].frame([])]
        for group, kind, column, labels in self._grouped_amounts():
            table = pl.DataFrame([column, labels]).drop_nulls()
            if table[labels.name].n_unique() <= _MOST_GROUPS:
                with suppress(DataError):  # the other table has the reason
                    pairs = dagum(table, column.name, labels.name).pairs
                    named = zip(words, (group, column.name, kind), strict=True)
                    tables.append(pairs.select(*(pl.lit(text).alias(word) for word, text in named), pl.all()))
        return pl.concat(tables)

    @cached_property
    def spatial(self) -> pl.DataFrame:
        """Moran's I and Geary's C of each score and each indicator, for the pairs of `[outside.neighbours]`."""
        if self._autocorrelation is None:
            return self.declared["spatial"].frame([]).select("column", "units", "moran", "geary")
        return self._autocorrelation.columns

    @cached_property
    def local_spatial(self) -> pl.DataFrame:
        """The local Moran's I of each unit, and its quadrant: its value, and that of its neighbours."""
        if self._autocorrelation is None:
            return self.declared["local_spatial"].frame([])
        return self._autocorrelation.units

    @cached_property
    def _autocorrelation(self) -> SpatialAutocorrelation | None:
        """The similarity of neighbours; None without neighbours or a column that bears it."""
        run, pairs = _run(self.subject), self.subject.neighbours
        if pairs.is_empty():
            return None
        place = pl.DataFrame({"name": run.units, "place": np.arange(len(run.units))})
        rows = pairs.join(place, left_on="unit", right_on="name", maintain_order="left")
        rows = rows.join(place, left_on="neighbour", right_on="name", maintain_order="left", suffix="_of_neighbour")
        first, second = (rows[name].to_numpy() for name in ("place", "place_of_neighbour"))
        weights = rows["weight"].to_numpy()
        table = pl.DataFrame([run.units.alias("unit"), *_scores_and_indicators(run, self.subject)])
        outcomes = []
        for name in table.columns[1:]:
            with suppress(DataError):  # too few neighbours have a value, or all have the same
                outcomes.append(spatial_autocorrelation(table, "unit", [name], first, second, weights))
        if not outcomes:
            return None
        columns, units = ([getattr(outcome, kind) for outcome in outcomes] for kind in ("columns", "units"))
        return SpatialAutocorrelation(pl.concat(columns), pl.concat(units))

    def _levels(self) -> Iterator[tuple[str, str, pl.DataFrame]]:
        """Yield the components of each node, and all indicators of an index with dimensions, with their level."""
        run, parts = _run(self.subject), self.subject.importance
        yield from ((node, "component", frame) for node, frame in run.components.items())
        if parts.indicators is not parts.nodes[ROOT]:
            yield ROOT, "indicator", parts.indicator_values

    def _grouped_amounts(self) -> Iterator[tuple[str, str, pl.Series, pl.Series]]:
        """Yield a column of groups, the kind of a score or indicator, its values, and the group of each of them."""
        places = _run(self.subject).rows
        for group in self.subject.groups:
            labels = self.subject.units[group].cast(pl.String)[places].alias("\0group")
            yield from ((group, kind, column, labels) for kind, column in self._amounts())

    def _amounts(self) -> Iterator[tuple[str, pl.Series]]:
        """Yield the scores, and the indicators before normalisation, with their kind."""
        run = _run(self.subject)
        yield from (("score", run.scores[node]) for node in run.scores.columns)
        filled = self.subject.filled
        yield from (("indicator", filled[name][run.rows].fill_nan(None)) for name in filled.columns)


def _run(subject: Subject) -> RunFacts:
    assert subject.run is not None
    return subject.run


def _scores_and_indicators(run: RunFacts, subject: Subject) -> list[pl.Series]:
    values = subject.importance.indicator_values
    return [*(run.scores[node] for node in run.scores.columns), *(values[name] for name in values.columns)]


def _reason(*columns: pl.Series) -> str | None:
    """Return the reason why importance and similarity cannot be computed from columns; None if they can."""
    both = pl.DataFrame([column.cast(pl.Float64).alias(str(place)) for place, column in enumerate(columns)])
    both = both.drop_nulls()
    if both.height < 4:
        return "fewer than 4 units"
    spread = both.select(pl.all().max() - pl.all().min() <= 1e-10 * pl.all().abs().max())
    return "one value" if any(spread.row(0)) else None


def _by_group(column: pl.Series, labels: pl.Series) -> dict[str, Any]:
    """Return the inequality within and between groups, or the reason why there is none."""
    table, name = pl.DataFrame([column, labels]).drop_nulls(), column.name
    row: dict[str, Any] = {"units": table.height, "groups": table[labels.name].n_unique()}
    try:
        parts = theil(table, name, labels.name)
        row |= {"theil_t": parts.total, "theil_within": parts.within, "theil_between": parts.between}
        if row["groups"] <= _MOST_GROUPS:
            gini = dagum(table, name, labels.name)
            row |= {"gini": gini.total, "gini_within": gini.within, "gini_between": gini.between}
            row["transvariation"] = gini.transvariation
    except DataError as error:
        row["reason"] = error.what.replace(" or its group is", " is")
    return row
