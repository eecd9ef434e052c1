"""The statistics and weights of a former run, by which other data are scored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from indicia.stages.stage import Record
    from indicia.tables.values import StatisticValues
    from indicia.tables.weights import Weighed


@dataclass(frozen=True)
class Fitted:
    """What the stages of a run took from its data, read from their records."""

    statistics: Mapping[str, StatisticValues]
    """The values of statistics, by stage."""
    weighed: Mapping[str, Weighed]
    ranges: Mapping[str, tuple[float | None, float | None]]
    """The smallest and the largest value of each indicator, as it was normalised."""
    left_out: tuple[str, ...] = ()
    """Indicators that screening left out."""
    constant: tuple[str, ...] = ()
    """Indicators that did not vary and take no part."""
    neutral: tuple[str, ...] = field(default=())
    """Indicators that did not vary and score neutrally."""

    @classmethod
    def of_records(cls, records: Iterable[Record]) -> Fitted:
        """Return the statistics and weights of a run."""
        statistics: dict[str, StatisticValues] = {}
        weighed: dict[str, Weighed] = {}
        by_stage: dict[str, Record] = {}
        for record in records:
            statistics[record.stage] = {**statistics.get(record.stage, {}), **record.statistics}
            weighed |= record.weights
            by_stage[record.stage] = record
        return cls(
            {stage: values for stage, values in statistics.items() if values},
            weighed,
            by_stage["normalisation"].ranges,
            by_stage["screening"].dropped,
            by_stage["constant"].dropped,
            by_stage["constant"].neutral,
        )

    def of(self, stage: str) -> StatisticValues:
        """Return the statistics of a stage."""
        return self.statistics.get(stage, {})
