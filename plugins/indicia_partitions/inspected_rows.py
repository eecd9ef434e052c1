"""Facts of rows and indicators for an inspection over partitions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from math import sqrt
from operator import add
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.errors import NothingKept
from indicia.partitions.central_moments import MergeMoments
from indicia.partitions.mergeable import ByKey, Collected, MergeEach
from indicia.partitions.partition import NoRows, Partition, for_each
from indicia.partitions.quantiles import Quantile, ask_quantiles
from indicia.run import accept_partition, prepare_partition
from indicia.stages.rank import check_eligible
from indicia.stages.stage import nodes_taking_part
from indicia_audit.checks.indicator_statistics import BeyondBounds, beyond_bounds_of, first_row_of
from indicia_audit.inspection.subject import subject_of
from indicia_partitions.summary import NoteTally, merged_tallies
from indicia_statistics.moments import without_bias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from indicia.methods import Array
    from indicia.partitions.central_moments import State
    from indicia.run.plan import Step
    from indicia.scorable import Scorable
    from indicia_audit.checks import Subject
    from indicia_audit.checks.indicator_statistics import Shape

    Quartiles = tuple[float | None, ...]


_FENCE = 1.5
"""The distance from the quartiles, in interquartile ranges, beyond which a value is an outlier (Tukey 1977)."""
_NAMES = 3
"""The number of rows with an extreme value that are named."""


@dataclass(frozen=True)
class ExtremeValue:
    """An extreme value of a column, with the rows that have it."""

    value: float
    first_row: tuple[str, str]
    """The first row by unit and period; the name of a row, which has both, comes last in each pair."""
    rows: int
    names: tuple[str, ...]
    """The first names of rows, sorted."""

    @classmethod
    def of(cls, subject: Subject, name: str, value: float | None) -> ExtremeValue | None:
        """Return an extreme value of an indicator of a partition; None without values."""
        if value is None:
            return None
        has_value = (subject.raw[name] == value).fill_null(value=False)
        names = subject.row_names.filter(has_value)
        first = first_row_of(subject, name, value)
        unit = subject.unit_names.filter(has_value).sort()[0]
        return cls(value, (str(unit), first), len(names), tuple(names.sort().head(_NAMES)))

    def with_rows_of(self, other: ExtremeValue) -> ExtremeValue:
        """Return this value with the rows of an equal value of other rows."""
        names = sorted((*self.names, *other.names))[:_NAMES]
        return ExtremeValue(self.value, min(self.first_row, other.first_row), self.rows + other.rows, tuple(names))

    @property
    def listed(self) -> str:
        """The rows in words, three of them by name."""
        more = self.rows - len(self.names)
        return ", ".join(self.names) + (f" and {more} more" if more else "")


@dataclass(frozen=True)
class IndicatorState:
    """The counts, moments and extremes of an indicator in some rows; see `IndicatorStatistics`."""

    rows: int
    zeros: int
    imputed: int
    changed: int
    outliers: int
    still_missing: int
    """The number of values that are missing after transforms."""
    is_transformed: bool
    distinct: tuple[float, ...]
    """The first three different values, which tell whether there are more than two."""
    low: ExtremeValue | None
    high: ExtremeValue | None
    moments: tuple[State, State]
    """The central moments of the values after the treatment of outliers, and after transforms."""
    beyond_bounds: BeyondBounds | None
    moments_of_all: State
    """The central moments of all rows before anything is filled."""
    quartiles: tuple[float | None, ...]
    """The quartiles of all rows before anything is filled."""

    @classmethod
    def of(
        cls, subject: Subject, name: str, moments_of_all: State, quartiles: tuple[float | None, ...]
    ) -> IndicatorState:
        """Return the state of the rows of a partition, given the moments and quartiles of all rows."""
        raw, treated, prepared = subject.raw[name], subject.treated[name], subject.prepared[name]
        lowest, highest = raw.min(), raw.max()
        between = raw.filter(raw.is_between(lowest, highest, closed="none")).head(1) if raw.count() else ()
        ends = dict.fromkeys(end for end in (lowest, highest, *between) if end is not None)
        of_treated = MergeMoments().state(treated)
        of_prepared = of_treated if prepared.equals(treated, null_equal=True) else MergeMoments().state(prepared)
        return cls(
            rows=len(raw),
            zeros=int((raw == 0.0).sum()),
            imputed=int(subject.imputed[name].sum()),
            changed=int(subject.changed[name].sum()),
            outliers=_outliers(raw, quartiles),
            still_missing=prepared.null_count(),
            is_transformed=not prepared.equals(subject.filled[name], null_equal=True),
            distinct=tuple(ends),
            low=ExtremeValue.of(subject, name, lowest),  # type: ignore[arg-type]
            high=ExtremeValue.of(subject, name, highest),  # type: ignore[arg-type]
            moments=(of_treated, of_prepared),
            beyond_bounds=beyond_bounds_of(subject, name),
            moments_of_all=moments_of_all,
            quartiles=quartiles,
        )

    def __add__(self, other: IndicatorState) -> IndicatorState:
        treated, prepared = (
            MergeMoments().join(own, others) for own, others in zip(self.moments, other.moments, strict=True)
        )
        beyond = None
        if self.beyond_bounds is not None and other.beyond_bounds is not None:
            beyond = BeyondBounds(
                *(own + others for own, others in zip(self.beyond_bounds, other.beyond_bounds, strict=True))
            )
        return IndicatorState(
            rows=self.rows + other.rows,
            zeros=self.zeros + other.zeros,
            imputed=self.imputed + other.imputed,
            changed=self.changed + other.changed,
            outliers=self.outliers + other.outliers,
            still_missing=self.still_missing + other.still_missing,
            is_transformed=self.is_transformed or other.is_transformed,
            distinct=tuple(dict.fromkeys((*self.distinct, *other.distinct)))[:3],
            low=_end(self.low, other.low, is_highest=False),
            high=_end(self.high, other.high, is_highest=True),
            moments=(treated, prepared),
            beyond_bounds=beyond,
            moments_of_all=self.moments_of_all,
            quartiles=self.quartiles,
        )

    @property
    def present(self) -> int:
        """The number of values before anything is filled."""
        return self.moments_of_all[0]

    @property
    def lowest(self) -> float | None:
        """The lowest value before anything is filled."""
        return self.low.value if self.low else None

    @property
    def highest(self) -> float | None:
        """The highest value before anything is filled."""
        return self.high.value if self.high else None

    @property
    def lowest_row(self) -> str:
        """The first unit by name that has the lowest value, with its period in a panel."""
        return self.low.first_row[1] if self.low else ""

    @property
    def highest_row(self) -> str:
        """The first unit by name that has the highest value, with its period in a panel."""
        return self.high.first_row[1] if self.high else ""

    @property
    def median(self) -> float | None:
        """The median before anything is filled."""
        return self.quartiles[1]

    @property
    def mean(self) -> float | None:
        """The mean before anything is filled."""
        return self.moments_of_all[1] if self.present else None

    @property
    def standard_deviation(self) -> float | None:
        """The standard deviation before anything is filled, with the divisor n - 1."""
        n, _, squares, *_ = self.moments_of_all
        return sqrt(squares / (n - 1)) if n > 1 else None

    @property
    def has_two_values(self) -> bool:
        """True if there are two different values at most."""
        return len(self.distinct) <= 2

    @property
    def raw(self) -> Shape:
        """The skewness and excess kurtosis before anything is filled."""
        return shape_of(self.moments_of_all)

    @property
    def treated(self) -> Shape:
        """The skewness and excess kurtosis after the treatment of outliers."""
        return shape_of(self.moments[0])

    @property
    def prepared(self) -> Shape:
        """The skewness and excess kurtosis after transforms."""
        return shape_of(self.moments[1])

    @property
    def treated_values(self) -> int:
        """The number of values after the treatment of outliers."""
        return self.moments[0][0]

    @property
    def prepared_values(self) -> int:
        """The number of values after transforms."""
        return self.moments[1][0]


def shape_of(state: State) -> Shape:
    """Return the bias-corrected skewness and excess kurtosis of merged moments, as `checks.moments` does."""
    n, _, m2, m3, m4 = state
    if n < 3 or m2 == 0:
        return None, None
    return without_bias((m3 / n) / (m2 / n) ** 1.5, (m4 / n) / (m2 / n) ** 2 - 3, n)


def _end(first: ExtremeValue | None, second: ExtremeValue | None, *, is_highest: bool) -> ExtremeValue | None:
    if first is None or second is None:
        return first or second
    if first.value == second.value:
        return first.with_rows_of(second)
    return first if (first.value > second.value) == is_highest else second


def _outliers(values: pl.Series, quartiles: tuple[float | None, ...]) -> int:
    first, _, third = quartiles
    if first is None or third is None:
        return 0
    fence = _FENCE * (third - first)
    return int(((values < first - fence) | (values > third + fence)).sum())


_FRAMES = ("units", "raw", "filled", "treated", "capped", "prepared", "denominators", "used_columns")
"""The frames of a subject; all have the same rows."""


@dataclass(frozen=True)
class InspectedRows:
    """The facts about the rows of a partition, which merge, and a sample of these rows."""

    rows: int
    dimensions: int
    """The number of dimensions that take part."""
    step: int
    """The distance between the rows of the sample, in the order of all rows."""
    indicators: Mapping[str, IndicatorState]
    correlations: CorrelationState
    sizes: Mapping[str, pl.DataFrame]
    """The numbers of rows and of present values by period, and by each column of groups."""
    tallies: tuple[NoteTally, ...]
    """The notes of the stages."""
    sample: Subject
    table_sample: pl.DataFrame
    """Rows of the table as it was read."""


def merge_inspected(parts: Sequence[InspectedRows]) -> InspectedRows:
    """Return the facts about the rows of all partitions, in their order."""
    first = parts[0]
    subjects = [part.sample for part in parts]
    frames: dict[str, Any] = {name: _concatenated([getattr(subject, name) for subject in subjects]) for name in _FRAMES}
    table_units = pl.concat([subject.table_units for subject in subjects])
    return InspectedRows(
        rows=sum(part.rows for part in parts),
        dimensions=first.dimensions,
        step=first.step,
        indicators={name: reduce(add, (part.indicators[name] for part in parts)) for name in first.indicators},
        correlations=reduce(add, (part.correlations for part in parts)),
        sizes={column: _sizes([part.sizes[column] for part in parts], column) for column in first.sizes},
        tallies=merged_tallies([tally for part in parts for tally in part.tallies], ()),
        sample=replace(first.sample, **frames, table_units=table_units),
        table_sample=_concatenated([part.table_sample for part in parts]),
    )


@dataclass(frozen=True)
class InspectJob:
    """Prepares the facts about the rows of a partition; no score is computed."""

    index: Scorable
    read: Callable[[Any], pl.DataFrame]
    """Reads a partition, as `read_table` of the index reads a table."""
    rows_of_sample: int
    """The largest number of rows of the sample."""
    accepts: bool = True
    """False to leave out the stages after the transforms, which refuse gaps, constants and too few units."""

    def __call__(self, item: Any, partition: Partition) -> InspectedRows:
        """Return the facts about the rows of a partition.

        Raises
        ------
        DataError
            If the methodology does not accept the data.
        """
        frame = self.read(item)
        if frame.is_empty():
            raise NoRows(NothingKept("the data have no rows"))
        definition, tree = self.index.definition, self.index.tree
        with self.index.origin.located():
            try:
                steps = prepare_partition(definition, tree, frame, partition)
            except NothingKept as error:  # `where` in [data] or screening leaves out each row of this partition
                raise NoRows(error) from error
            check_eligible(definition, steps[-1].table)
            subject = subject_of(definition, tree, steps, unused={})
            table, later = steps[0].table.source, (lambda: accept_partition(definition, tree, steps[-1].table))
            facts, accepted = ask_facts(partition, subject, len(table), later if self.accepts else list)
        step = -(-facts.rows_of_table // self.rows_of_sample)
        in_table, in_subject = (slice(-before % step, None, step) for before in facts.rows_before)
        (root,) = nodes_taking_part([tree], [*steps, *accepted][-1].table)
        return InspectedRows(
            rows=len(subject.raw),
            dimensions=sum(1 for _ in root.nodes()) - 1,
            step=step,
            indicators={
                name: IndicatorState.of(subject, name, facts.moments[name], facts.quartiles[name])
                for name in subject.raw.columns
            },
            correlations=CorrelationState.of(subject.raw, list(facts.moments.values())),
            sizes={column: _own_sizes(subject, column) for column in _columns_of_sizes(subject)},
            tallies=tuple(_tallies([*steps, *accepted])),
            sample=_rows_of(subject, in_subject),
            table_sample=table[in_table],
        )


def _tallies(steps: Sequence[Step]) -> list[NoteTally]:
    return [
        NoteTally.of(note, (place, number))
        for place, step in enumerate(steps)
        for number, note in enumerate(step.record.notes)
    ]


def _rows_of(subject: Subject, rows: slice) -> Subject:
    """Return a subject with some of its rows."""
    frames: dict[str, Any] = {name: getattr(subject, name) for name in _FRAMES}
    frames = {name: frame[rows] if frame.width else frame for name, frame in frames.items()}
    return replace(subject, **frames, table_units=subject.table_units[rows])


def _concatenated(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(frames, how="vertical_relaxed", rechunk=True) if frames[0].width else frames[0]


def _columns_of_sizes(subject: Subject) -> list[str]:
    return list(dict.fromkeys([*([subject.period] if subject.period else []), *subject.groups]))


def _own_sizes(subject: Subject, column: str) -> pl.DataFrame:
    present = subject.raw.select(pl.sum_horizontal(pl.all().is_not_null().cast(pl.Int64)).alias("\0present"))
    rows = pl.repeat(1, len(subject.raw), dtype=pl.Int64, eager=True).alias("\0rows")
    return _sizes([pl.DataFrame([subject.units[column], rows, *present])], column)


def _sizes(frames: Sequence[pl.DataFrame], column: str) -> pl.DataFrame:
    """Return the numbers of rows and of present values by period or group."""
    merge = ByKey((column,), (("\0rows", "sum"), ("\0present", "sum")))
    return merge.aggregate(pl.concat(frames, how="vertical_relaxed"))


@dataclass(frozen=True, eq=False)
class CorrelationState:
    """Sums of standardised values over the rows that have both of two indicators, (indicators, indicators)."""

    names: tuple[str, ...]
    counts: Array
    sums: Array
    """Of the indicator of the row."""
    squares: Array
    products: Array

    @classmethod
    def of(cls, frame: pl.DataFrame, moments: Sequence[State]) -> CorrelationState:
        """Return the sums of the rows of a partition, given the moments of each column over all rows."""
        x = np.column_stack([frame[name].to_numpy() for name in frame.columns])
        means = np.array([state[1] for state in moments])
        scales = np.array([(state[2] / state[0]) ** 0.5 if state[0] else 0.0 for state in moments])
        present = ~np.isnan(x)
        z = np.where(present, (x - means) / np.where(scales > 0, scales, 1.0), 0.0)
        m = present.astype(float)
        return cls(tuple(frame.columns), m.T @ m, z.T @ m, (z * z).T @ m, z.T @ z)

    def __add__(self, other: CorrelationState) -> CorrelationState:
        return CorrelationState(
            self.names,
            self.counts + other.counts,
            self.sums + other.sums,
            self.squares + other.squares,
            self.products + other.products,
        )

    @property
    def correlations(self) -> Array:
        """The correlation of each pair; NaN where an indicator does not vary over the rows that have both."""
        with np.errstate(invalid="ignore", divide="ignore"):
            covariance = self.products - self.sums * self.sums.T / self.counts
            variance = self.squares - self.sums * self.sums / self.counts
            varies = variance > 1e-14 * np.maximum(self.squares, 1e-300)
            r = covariance / np.sqrt(variance * variance.T)
        return np.where(varies & varies.T, r, np.nan)


_PROBABILITIES = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class FactsOfAllRows:
    """Facts of all rows, in the round in which all of them are known."""

    rows_of_table: int
    """The number of rows of the table as it was read."""
    rows_before: tuple[int, int]
    """The numbers of rows of earlier partitions: in the table, and of those that take part."""
    moments: Mapping[str, State]
    """The central moments of each indicator before anything is filled."""
    quartiles: Mapping[str, Quartiles]


def ask_facts(
    partition: Partition, subject: Subject, rows_of_table: int, later: Callable[[], list[Step]]
) -> tuple[FactsOfAllRows, list[Step]]:
    """Return the facts of all rows, and the outcome of `later`; all questions are asked in the same rounds.

    Raises
    ------
    Pending
        If some of them are not known yet.
    """
    questions: list[Callable[[], Any]] = [
        lambda: _rows(partition, rows_of_table, len(subject.raw)),
        lambda: _moments(partition, subject),
        lambda: _quartiles(partition, subject),
        later,
    ]
    (rows, before), moments, quartiles, steps = for_each(partition, questions, lambda question: question())
    return FactsOfAllRows(rows, before, moments, quartiles), steps


def _rows(partition: Partition, of_table: int, of_subject: int) -> tuple[int, tuple[int, int]]:
    """Return the number of rows of the table, and the numbers of rows of earlier partitions."""
    own = ((partition.number, of_table, of_subject),)
    rows = partition.ask("inspection: rows", Collected(), lambda: own)
    before = [(table, subject) for number, table, subject in rows if number < partition.number]
    return sum(table for _, table, _ in rows), (sum(pair[0] for pair in before), sum(pair[1] for pair in before))


def _moments(partition: Partition, subject: Subject) -> Mapping[str, State]:
    merge = MergeEach(tuple((name, MergeMoments()) for name in subject.raw.columns))

    def state() -> dict[str, State]:
        return {column.name: MergeMoments().state(column) for column in subject.raw}

    moments: Mapping[str, State] = partition.ask("inspection: moments", merge, state)
    return moments


def _quartiles(partition: Partition, subject: Subject) -> dict[str, Quartiles]:
    """Return the quartiles of each indicator, interpolated linearly as `checks.distribution` does."""
    columns = subject.raw.get_columns()
    quantiles = [
        Quantile(place, probability, interpolation)
        for place in range(len(columns))
        for probability in _PROBABILITIES
        for interpolation in ("lower", "higher")
    ]
    values: Sequence[Any] = [
        value[0] for value in ask_quantiles(partition, "inspection: quartiles", quantiles, columns)
    ]
    moments = _moments(partition, subject)
    width = 2 * len(_PROBABILITIES)
    return {
        column.name: tuple(
            _interpolated(
                values[width * place + 2 * k], values[width * place + 2 * k + 1], probability, moments[column.name][0]
            )
            for k, probability in enumerate(_PROBABILITIES)
        )
        for place, column in enumerate(columns)
    }


def _interpolated(low: float | None, high: float | None, probability: float, present: int) -> float | None:
    if low is None or high is None:
        return None
    part = probability * (present - 1) % 1.0
    return float(low * (1 - part) + high * part)
