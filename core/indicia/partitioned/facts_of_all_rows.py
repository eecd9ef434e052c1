"""The facts of all rows that an inspection of a partition asks for: rows, moments and quartiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indicia.partitions.central_moments import MergeMoments
from indicia.partitions.merge import Collected, MergeEach
from indicia.partitions.partition import for_each
from indicia.partitions.quantiles import Quantile, ask_quantiles

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from indicia.checks import Subject
    from indicia.partitions.central_moments import State
    from indicia.partitions.partition import Partition
    from indicia.run.steps import Step

    Quartiles = tuple[float | None, ...]

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
