"""The subject of checks: the facts about the data of an index, before any score."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia_audit.checks.data_facts import IndicatorFacts, NodeFacts
from indicia_audit.checks.distributions import distribution, kurtosis_of, skewness_of
from indicia_audit.checks.indicator_statistics import StatisticsOfRows
from indicia_statistics.coherence import Coherence
from indicia_statistics.node_importance import Importance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from indicia.methods import Array
    from indicia_audit.checks.data_facts import MapFile, PanelFacts, TableObservation, Topic, WaiverFacts
    from indicia_audit.checks.distributions import Distribution
    from indicia_audit.checks.draw_facts import DrawFacts
    from indicia_audit.checks.indicator_statistics import IndicatorStatistics, Sample
    from indicia_audit.checks.rescoring import Rescorer
    from indicia_audit.checks.run_facts import RunFacts


@dataclass(frozen=True, eq=False)
class Subject:
    """The data of an index as checks see them; rows are units, in a panel units in periods.

    All frames have the same rows in the same order. A frame of indicators has one Float64 column for each indicator.

    >>> frame = pl.DataFrame({"gdp": [1.0, None, 3.0]})
    >>> subject = Subject.of(pl.DataFrame({"city": ["Lima", "Oslo", "Pune"]}), frame)
    >>> subject.row_names.to_list(), subject.raw["gdp"].null_count()
    (['Lima', 'Oslo', 'Pune'], 1)
    """

    unit: str
    """The column of the units."""
    period: str | None
    """The column of the periods, in a panel."""
    labels: tuple[str, ...]
    groups: tuple[str, ...]
    """The columns of groups."""
    units: pl.DataFrame
    """Unit, period, labels and groups of the rows that take part."""
    raw: pl.DataFrame
    """The values before anything is filled or treated, after division by denominators."""
    filled: pl.DataFrame
    """The values after the imputation."""
    treated: pl.DataFrame
    """The values after the treatment of outliers."""
    capped: pl.DataFrame
    """The values after the floor and the cap, in the unit of measure of the bounds."""
    prepared: pl.DataFrame
    """The values as they are normalised, after transforms."""
    indicators: Mapping[str, IndicatorFacts]
    nodes: Mapping[str, NodeFacts]
    """The dimensions and the index, whose name is "index"."""
    denominators: pl.DataFrame
    """Numeric columns of sizes: columns that indicators are divided by, and columns with such names; may be empty."""
    unused: Mapping[str, str] = field(default_factory=dict)
    """Columns of the table without a role, with the reason."""
    table_observations: tuple[TableObservation, ...] = ()
    """The observations of the recognition about the table as it was read."""
    years: pl.DataFrame = field(default_factory=pl.DataFrame)
    """The year of each value, an Int64 column for each indicator with years; imputed and missing values have none."""
    used_columns: pl.DataFrame = field(default_factory=pl.DataFrame)
    """Columns of the data that methods use beside the indicators, by name."""
    weights_of_units: tuple[str, ...] = ()
    """The columns of `used_columns` that weigh units in statistics, such as the population."""
    table_units: pl.Series = field(default_factory=lambda: pl.Series([], dtype=pl.String))
    """The units of all rows of the table, including rows that screening leaves out."""
    run: RunFacts | None = None
    """The results of the run; None in `indicia check`, which computes no scores."""
    draws: DrawFacts | None = None
    """The ranks of an uncertainty analysis; only in an audit."""
    rescorer: Rescorer | None = None
    """Further runs of the index; only in an audit."""
    outside: pl.DataFrame = field(default_factory=pl.DataFrame)
    """The variables outside the index for the units of `run`, a Float64 column for each."""
    panel: PanelFacts | None = None
    """The scores of the period of `run` and of the period before; only in an audit of a panel."""
    neighbours: pl.DataFrame = field(default_factory=pl.DataFrame)
    """The pairs of neighbours: unit, neighbour, weight."""
    standard_errors: pl.DataFrame = field(default_factory=pl.DataFrame)
    """The standard errors of the values in `raw` for the units of `run`, a Float64 column for each indicator with some.

    0 where a value has none; only in an audit.
    """
    is_full: bool = False
    """True if checks that take long are to look, too."""
    waivers: tuple[WaiverFacts, ...] | None = None
    """The waivers with their effect on the findings of the other checks; None until these have looked."""
    similar: Subject | None = None
    """The facts about a similar index, of which the statistics of equal nodes are taken over."""
    missing_publication_facts: tuple[str, ...] = ()
    """The keys of `[publication]` that the index does not state, and readers miss; none for an index in no file."""
    map: MapFile | None = None
    """The file of shapes of `[map]`; None without `[map]`, and for a sample of a table in partitions."""
    absences: Mapping[str, str] = field(default_factory=dict)
    """By a word of `NEEDS`, the reason why this index has no such facts, if it is not the usual one."""
    sample: Sample | None = None
    """The rows of the frames, if they are a sample of a table in partitions; None for all rows."""
    merged_statistics: Mapping[str, IndicatorStatistics] = field(default_factory=dict)
    """The statistics of all rows by indicator, if the rows are in partitions."""

    @classmethod
    def of(
        cls,
        units: pl.DataFrame,
        raw: pl.DataFrame,
        *,
        period: str | None = None,
        groups: tuple[str, ...] = (),
        filled: pl.DataFrame | None = None,
        treated: pl.DataFrame | None = None,
        weights_of_units: pl.DataFrame | None = None,
        **facts: Any,
    ) -> Subject:
        """Return a subject for tests; nothing but the units and the raw values need be given.

        Parameters
        ----------
        units : polars.DataFrame
            The units in the first column, then periods and groups.
        raw : polars.DataFrame
            The indicators, a row for each row of `units`.
        period : str, optional
            The column of periods; by default there is none.
        groups : tuple of str, optional
            The columns of groups; by default none.
        filled, treated : polars.DataFrame, optional
            The indicators after imputation and after treatment; by default as before.
        weights_of_units : polars.DataFrame, optional
            The columns of weights of units; by default none.
        **facts
            Further fields, such as `run`, which replace those that follow from the values.

        Returns
        -------
        Subject
            The facts.
        """
        after_imputation = raw if filled is None else filled
        after_treatment = after_imputation if treated is None else treated
        names = tuple(raw.columns)
        share = 1 / len(names) if names else 1.0
        weights = pl.DataFrame() if weights_of_units is None else weights_of_units
        subject = cls(
            unit=units.columns[0],
            period=period,
            labels=(),
            groups=groups,
            units=units,
            raw=raw,
            filled=after_imputation,
            treated=after_treatment,
            capped=after_treatment,
            prepared=after_treatment,
            indicators={name: IndicatorFacts(name, weight=share) for name in names},
            nodes={"index": NodeFacts(names, names, "skip")},
            denominators=pl.DataFrame(),
            used_columns=weights,
            weights_of_units=tuple(weights.columns),
            table_units=units[units.columns[0]].cast(pl.String),
        )
        return replace(subject, **facts)

    def observations(self, topic: Topic) -> tuple[TableObservation, ...]:
        """Return the observations of a topic.

        Parameters
        ----------
        topic : str
            The topic, such as "totals".

        Returns
        -------
        tuple of TableObservation
            What the reading of the table has seen.
        """
        return tuple(observation for observation in self.table_observations if observation.topic == topic)

    def has(self, need: str) -> bool:
        """Return whether the subject has the facts that a word of `NEEDS` names.

        Parameters
        ----------
        need : str
            A word of `NEEDS`.

        Returns
        -------
        bool
            True if the facts are there.
        """
        return need in _HAS and _HAS[need](self)

    @cached_property
    def coherence(self) -> Coherence:
        """The correlations, reliability and components of each node, computed once for all checks."""
        if self.run is None:
            raise ValueError('coherence needs scores: write needs = ("scores",)')
        run, similar = self.run, self.similar.coherence if self.similar else None
        order = run.units.arg_sort()  # resampled tables then do not depend on the order of the rows
        components = {node: frame[order] for node, frame in run.components.items()}
        return Coherence(components, run.scores[order], run.costs, run.distances, run.weights, similar=similar)

    @cached_property
    def importance(self) -> Importance:
        """The importance of the parts of each node beside their weights, computed once for all checks."""
        if self.run is None:
            raise ValueError('importance needs scores: write needs = ("scores",)')
        run, similar = self.run, self.similar.importance if self.similar else None
        weights = {node: values for node, values in run.weights.items() if node not in run.unweighted}
        return Importance(run.components, run.scores, weights, run.effective_weights, similar)

    @cached_property
    def places(self) -> frozenset[str]:
        """All names that a finding may have as its place."""
        names = {
            *self.indicators,
            *self.nodes,
            *self.units.columns,
            *self.unused,
            *self.denominators.columns,
            *self.used_columns.columns,
            *self.outside.columns,
        }
        names |= {facts.column for facts in self.indicators.values()}
        names |= {name for observation in self.table_observations for name in observation.names}
        names |= set(self.table_units.drop_nulls()) | set(self.period_names)
        names |= {waiver.where for waiver in self.waivers or () if waiver.where}
        return frozenset(names | set(self.unit_names.drop_nulls()))

    @cached_property
    def unit_names(self) -> pl.Series:
        """The unit of each row, as text."""
        return self.units[self.unit].cast(pl.String).alias("unit")

    @cached_property
    def periods(self) -> pl.Series | None:
        """The period of each row, as text; None without periods."""
        return None if self.period is None else self.units[self.period].cast(pl.String).alias("period")

    @cached_property
    def period_names(self) -> list[str]:
        """The periods as text, in their order; empty without periods."""
        if self.period is None:
            return []
        return [str(value) for value in self.units[self.period].drop_nulls().unique().sort().cast(pl.String)]

    @cached_property
    def row_names(self) -> pl.Series:
        """The unit of each row, with its period in a panel."""
        if self.periods is None:
            return self.unit_names.alias("row")
        return pl.select(pl.concat_str(self.unit_names, self.periods, separator=" ").alias("row")).to_series()

    @property
    def rows_noun(self) -> str:
        """The noun for the rows: "unit", in a panel "row"."""
        return "unit" if self.period is None else "row"

    @cached_property
    def imputed(self) -> pl.DataFrame:
        """True where a missing value was filled, by indicator."""
        return self.raw.select(
            (pl.col(name).is_null() & self.filled[name].is_not_null()).alias(name) for name in self.raw.columns
        )

    @cached_property
    def changed(self) -> pl.DataFrame:
        """True where the treatment of outliers changed a value, by indicator."""
        return self.filled.select(
            (pl.col(name).ne_missing(self.treated[name])).alias(name) for name in self.filled.columns
        )

    @cached_property
    def statistics(self) -> Mapping[str, IndicatorStatistics]:
        """The statistics of each indicator over all rows, even if the frames have a sample of rows."""
        return self.merged_statistics or {name: StatisticsOfRows(self, name) for name in self.raw.columns}

    @cached_property
    def distributions(self) -> dict[str, Distribution]:
        """The distribution of the values before the treatment, by indicator; without indicators that have no value."""
        facts_by_name = {name: distribution(self.raw[name]) for name in self.raw.columns}
        return {name: facts for name, facts in facts_by_name.items() if facts is not None}

    @cached_property
    def skewness(self) -> dict[str, float | None]:
        """The skewness of the values before the treatment, by indicator: see `skewness_of`."""
        return skewness_of(self.raw)

    @cached_property
    def kurtosis(self) -> dict[str, float | None]:
        """The excess kurtosis of the values before the treatment, by indicator: see `kurtosis_of`."""
        return kurtosis_of(self.raw)

    @cached_property
    def oriented(self) -> dict[str, Array]:
        """The values before treatment, by indicator, larger is better; NaN where missing. Targets are left out.

        The direction of an indicator is its effect on the score of the dimension, which may be a cost itself.
        """
        signs = {"benefit": 1.0, "cost": -1.0}
        return {
            name: self.raw[name].to_numpy() * (signs[facts.direction] * signs[facts.direction_of_dimension])
            for name, facts in self.indicators.items()
            if facts.direction in signs
        }

    @cached_property
    def sizes(self) -> pl.DataFrame:
        """Columns of sizes: those that indicators are divided by, and those that weigh units."""
        further = [name for name in self.weights_of_units if name not in self.denominators.columns]
        return pl.DataFrame([*self.denominators.get_columns(), *(self.used_columns[name] for name in further)])

    def bounds_by_row(self, name: str) -> pl.DataFrame | None:
        """Return the ends of the fixed scale of an indicator, columns low and high; None if it has no such scale.

        Parameters
        ----------
        name : str
            The indicator.

        Returns
        -------
        polars.DataFrame or None
            The columns `low` and `high`, a row for each row of the data.
        """
        facts = self.indicators[name]
        if facts.group_of_bounds is not None:
            groups = self.units[facts.group_of_bounds].cast(pl.String)
            return pl.DataFrame(
                [
                    groups.replace_strict(
                        list(facts.bounds_of_groups),
                        [bounds[end] for bounds in facts.bounds_of_groups.values()],
                        default=None,
                        return_dtype=pl.Float64,
                    ).alias(column)
                    for end, column in enumerate(("low", "high"))
                ]
            )
        if facts.bounds is None:
            return None
        low, high = facts.bounds
        ends = {"low": float(low), "high": float(high)}
        return pl.select(pl.repeat(end, len(self.units)).alias(column) for column, end in ends.items())

    def rows_where(self, mask: pl.Series) -> Iterator[tuple[int, str, str | None]]:
        """Yield the number, unit and period of the rows where a mask is true, sorted by unit and period.

        Parameters
        ----------
        mask : polars.Series of bool
            A value for each row.

        Yields
        ------
        tuple of int, str, and str or None
            The number, the unit and the period of a row.
        """
        periods = pl.repeat(None, len(mask), dtype=pl.String, eager=True) if self.periods is None else self.periods
        frame = pl.DataFrame([self.unit_names, periods.alias("period")]).with_row_index("\0row")
        yield from frame.filter(mask).sort("unit", "period").select("\0row", "unit", "period").iter_rows()


_HAS: dict[str, Callable[[Subject], bool]] = {
    "periods": lambda subject: len(subject.period_names) > 1,
    "groups": lambda subject: bool(subject.groups),
    "dimensions": lambda subject: len(subject.nodes) > 1,
    "imputation": lambda subject: any(column.any() for column in subject.imputed),
    "treatment": lambda subject: any(facts.treatment for facts in subject.indicators.values()),
    "denominators": lambda subject: subject.sizes.width > 0 or subject.outside.width > 0,
    "weights of units": lambda subject: bool(subject.weights_of_units),
    "bounds": lambda subject: any(facts.bounds or facts.group_of_bounds for facts in subject.indicators.values()),
    "years": lambda subject: subject.years.width > 0,
    "scores": lambda subject: subject.run is not None,
    "draws": lambda subject: subject.draws is not None,
    "sensitivity": lambda subject: subject.draws is not None and subject.draws.sensitivity.height > 0,
    "rescoring": lambda subject: subject.rescorer is not None,
    "full": lambda subject: subject.is_full,
    "outside": lambda subject: subject.outside.width > 0,
    "neighbours": lambda subject: subject.neighbours.height > 0,
    "standard errors": lambda subject: subject.standard_errors.width > 0,
    "sources": lambda subject: subject.run is not None and subject.run.averages_sources,
    "findings": lambda subject: subject.waivers is not None,
}
"""The test of a subject for each word of `NEEDS`."""
