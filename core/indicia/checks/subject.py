"""The subject of checks: the facts about the data of an index, before any score."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import polars as pl

from indicia.statistics.coherence import Coherence
from indicia.statistics.node_importance import Importance

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indicia.checks.draw_facts import DrawFacts
    from indicia.checks.panel_facts import PanelFacts
    from indicia.checks.rescoring import Rescorer
    from indicia.checks.run_facts import RunFacts
    from indicia.checks.waiver_facts import WaiverFacts
    from indicia.methods import Array

Direction: TypeAlias = Literal["benefit", "cost", "target", "interval"]


@dataclass(frozen=True)
class IndicatorFacts:
    """The words of the index file about an indicator."""

    column: str
    """The column of the table."""
    direction: Direction = "benefit"
    direction_of_dimension: Literal["benefit", "cost"] = "benefit"
    """`"benefit"` if a higher score of the dimension is better, `"cost"` if it is worse."""
    direction_stated: bool = True
    """False if the index file has no direction for the indicator, which then counts as a benefit."""
    measure: str = ""
    """The unit of measure."""
    bounds: tuple[float, float] | None = None
    """The ends of a fixed scale; of a target or interval the worst values. None if the normalisation reads no ends."""
    group_of_bounds: str | None = None
    """The column of groups, or of periods, between which the ends of the scale differ."""
    bounds_of_groups: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """The ends of the scale by group, if they differ."""
    per: str | None = None
    """The column that the values are divided by."""
    weight: float = 1.0
    """The share of the indicator in the index by the weights of the index file; all shares sum to 1."""
    imputation: str = ""
    """The method that fills missing values, as the index file writes it; empty for none."""
    treatment: str = ""
    """The method that treats outliers."""


@dataclass(frozen=True)
class NodeFacts:
    """A dimension, or the index itself."""

    components: tuple[str, ...]
    """The indicators and dimensions directly below."""
    indicators: tuple[str, ...]
    """All indicators below on which the score depends."""
    missing: str
    """The rule for missing components: refuse, skip, propagate, value, group_mean or parent."""
    weight: float = 1.0
    """The effective weight in the index, by the weights of the index file; 0 if the index does not depend on it."""
    votes: bool = False
    """True if the components vote by weight on each pair of units, as in the rule of Condorcet."""


Topic: TypeAlias = Literal["direction", "column", "row", "value", "scale", "alike", "period"]
"""The topic of an observation: a direction, a column that is no indicator, a row that is no unit, an impossible value,
a scale that changes, units of one name, a gap of periods."""


@dataclass(frozen=True)
class TableObservation:
    """A rule of the recognition that applies to the table as it was read."""

    topic: Topic
    rule: str
    """The name of the rule, such as "row_number"."""
    names: tuple[str, ...]
    """The indicators, columns or units that the rule applies to."""
    sentence: str
    """The evidence in one sentence."""
    remedy: str = ""
    """The way to overrule it."""


@dataclass(frozen=True)
class Distribution:
    """The order statistics and ties of the present values of a column."""

    present: int
    lowest: float
    first_quartile: float
    median: float
    third_quartile: float
    highest: float
    distinct: int
    """The number of different values."""
    zeros: int
    most_common: float
    """The most common value; of several, the lowest."""
    most_common_count: int
    outliers: int
    """The number of values further than 1.5 interquartile ranges from the quartiles (Tukey 1977)."""


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
    like: Subject | None = None
    """The facts about a similar index, of which the statistics of equal nodes are taken over."""
    absences: Mapping[str, str] = field(default_factory=dict)
    """By a word of `NEEDS`, the reason why this index has no such facts, if it is not the usual one."""

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
        indicators: Mapping[str, IndicatorFacts] | None = None,
        nodes: Mapping[str, NodeFacts] | None = None,
        denominators: pl.DataFrame | None = None,
        table_observations: tuple[TableObservation, ...] = (),
        unused: Mapping[str, str] | None = None,
        years: pl.DataFrame | None = None,
        weights_of_units: pl.DataFrame | None = None,
        run: RunFacts | None = None,
        draws: DrawFacts | None = None,
        rescorer: Rescorer | None = None,
        is_full: bool = False,
        waivers: tuple[WaiverFacts, ...] | None = None,
    ) -> Subject:
        """Return a subject for tests: the first column of `units` names the units, and nothing else need be given."""
        after_imputation = raw if filled is None else filled
        after_treatment = after_imputation if treated is None else treated
        names = tuple(raw.columns)
        share = 1 / len(names) if names else 1.0
        return cls(
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
            indicators=indicators or {name: IndicatorFacts(name, weight=share) for name in names},
            nodes=nodes or {"index": NodeFacts(names, names, "skip")},
            denominators=pl.DataFrame() if denominators is None else denominators,
            table_observations=table_observations,
            unused=unused or {},
            years=pl.DataFrame() if years is None else years,
            used_columns=pl.DataFrame() if weights_of_units is None else weights_of_units,
            weights_of_units=() if weights_of_units is None else tuple(weights_of_units.columns),
            table_units=units[units.columns[0]].cast(pl.String),
            run=run,
            draws=draws,
            rescorer=rescorer,
            is_full=is_full,
            waivers=waivers,
        )

    def observations(self, topic: Topic) -> tuple[TableObservation, ...]:
        """Return the observations of a topic."""
        return tuple(observation for observation in self.table_observations if observation.topic == topic)

    def has(self, need: str) -> bool:
        """Return whether the subject has the facts that a word of `NEEDS` names."""
        facts = self.indicators.values()
        match need:
            case "periods":
                return len(self.period_names) > 1
            case "groups":
                return bool(self.groups)
            case "dimensions":
                return len(self.nodes) > 1
            case "imputation":
                return any(column.any() for column in self.imputed)
            case "treatment":
                return any(indicator.treatment for indicator in facts)
            case "denominators":
                return self.denominators.width > 0
            case "weights of units":
                return bool(self.weights_of_units)
            case "bounds":
                return any(indicator.bounds or indicator.group_of_bounds for indicator in facts)
            case "years":
                return self.years.width > 0
            case "scores":
                return self.run is not None
            case "draws":
                return self.draws is not None
            case "sensitivity":
                return self.draws is not None and self.draws.sensitivity.height > 0
            case "rescoring":
                return self.rescorer is not None
            case "full":
                return self.is_full
            case "outside":
                return self.outside.width > 0
            case "neighbours":
                return self.neighbours.height > 0
            case "standard errors":
                return self.standard_errors.width > 0
            case "sources":
                return self.run is not None and self.run.averages_sources
            case "findings":
                return self.waivers is not None
        return False

    @cached_property
    def coherence(self) -> Coherence:
        """The correlations, reliability and components of each node, computed once for all checks."""
        if self.run is None:
            raise ValueError('coherence needs scores: write needs = ("scores",)')
        run, like = self.run, self.like.coherence if self.like else None
        order = run.units.arg_sort()  # resampled tables then do not depend on the order of the rows
        components = {node: frame[order] for node, frame in run.components.items()}
        return Coherence(components, run.scores[order], run.costs, run.weights, like=like)

    @cached_property
    def importance(self) -> Importance:
        """The importance of the parts of each node beside their weights, computed once for all checks."""
        if self.run is None:
            raise ValueError('importance needs scores: write needs = ("scores",)')
        run, like = self.run, self.like.importance if self.like else None
        return Importance(run.components, run.scores, run.weights, run.effective_weights, like)

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

    def bounds_by_row(self, name: str) -> pl.DataFrame | None:
        """Return the ends of the fixed scale of an indicator, columns low and high; None if it has no such scale."""
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
        """Yield the number, unit and period of the rows where a mask is true, sorted by unit and period."""
        periods = pl.repeat(None, len(mask), dtype=pl.String, eager=True) if self.periods is None else self.periods
        frame = pl.DataFrame([self.unit_names, periods.alias("period")]).with_row_index("\0row")
        yield from frame.filter(mask).sort("unit", "period").select("\0row", "unit", "period").iter_rows()


def distribution(column: pl.Series) -> Distribution | None:
    """Return the distribution of the present values of a column; None if there are none.

    >>> facts = distribution(pl.Series([1.0, 0.0, 2.0, 2.0, None, 30.0]))
    >>> facts.median, facts.most_common, facts.most_common_count, facts.outliers
    (2.0, 2.0, 2, 1)
    """
    values = column.drop_nulls().sort().to_numpy()
    n = len(values)
    if not n:
        return None
    # sorted values are equal in runs; the runs start where a value differs from the one before
    starts = np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1])))
    lengths = np.diff(starts, append=n)
    first, median, third = (_quantile(values, share) for share in (0.25, 0.5, 0.75))
    fence = 1.5 * (third - first)
    below, above = np.searchsorted(values, first - fence), np.searchsorted(values, third + fence, side="right")
    longest = int(lengths.argmax())
    return Distribution(
        present=n,
        lowest=float(values[0]),
        first_quartile=first,
        median=median,
        third_quartile=third,
        highest=float(values[-1]),
        distinct=len(starts),
        zeros=int(np.searchsorted(values, 0.0, side="right") - np.searchsorted(values, 0.0)),
        most_common=float(values[starts[longest]]),
        most_common_count=int(lengths[longest]),
        outliers=int(below + n - above),
    )


def _quantile(ordered: Array, share: float) -> float:
    """Return a quantile of sorted values, interpolated linearly (type 7 of Hyndman & Fan 1996)."""
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    part = place - low
    return float(ordered[low] * (1 - part) + ordered[high] * part)


def skewness_of(frame: pl.DataFrame) -> dict[str, float | None]:
    """Return the bias-corrected skewness of each column, as spreadsheets compute it (type 2 of Joanes & Gill 1998).

    The skewness of fewer than three values, or of equal values, is None.

    >>> round(skewness_of(pl.DataFrame({"x": [1.0, 2.0, 3.0, 10.0]}))["x"], 6)
    1.763633
    """
    return {name: moments(frame[name])[0] for name in frame.columns}


def kurtosis_of(frame: pl.DataFrame) -> dict[str, float | None]:
    """Return the bias-corrected excess kurtosis of each column (type 2 of Joanes & Gill 1998).

    The kurtosis of fewer than four values, or of equal values, is None.

    >>> round(kurtosis_of(pl.DataFrame({"x": [1.0, 2.0, 3.0, 10.0]}))["x"], 6)
    3.228
    """
    return {name: moments(frame[name])[1] for name in frame.columns}


def moments(column: pl.Series) -> tuple[float | None, float | None]:
    """Return the bias-corrected skewness and excess kurtosis of a column without its missing values."""
    values = column.drop_nulls().to_numpy()
    n = len(values)
    if n < 3 or (lowest := values.min()) == (highest := values.max()):
        return None, None
    scaled = values / max(abs(lowest), abs(highest))  # powers of large values could overflow
    distance = scaled - scaled.mean()
    square = distance * distance
    m2, m3, m4 = float(square.mean()), float((square * distance).mean()), float((square * square).mean())
    if m2**2 == 0.0:  # underflow: the values differ by less than their rounding
        return None, None
    skewness = m3 / m2**1.5 * float(np.sqrt(n * (n - 1))) / (n - 2)
    if n < 4:
        return skewness, None
    return skewness, ((n + 1) * (m4 / m2**2 - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))
