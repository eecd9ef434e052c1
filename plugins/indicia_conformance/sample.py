"""Samples of parameters and tables, and the worked examples of a method."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from indicia_conformance.tolerance import BrokenPromise, Column

Columns: TypeAlias = Mapping[str, Column]
Words: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Sample:
    """A table, and the content of its index file without the method under test."""

    columns: Columns
    """The values by indicator; None is a missing value."""
    keys: Mapping[str, Sequence[Any]]
    """The column "unit" and, where the kind or the check uses them, "year", "group" and "parent".

    Also the columns of `Method.uses`.
    """
    costs: tuple[str, ...] = ()
    words: Mapping[str, Words] = field(default_factory=dict)
    """Keys and values of each indicator in the index file besides its direction, such as a weight."""
    methodology: Words = field(default_factory=dict)

    @property
    def numbers(self) -> dict[str, list[float]]:
        """The values of each indicator without its gaps."""
        return {name: [value for value in x if value is not None] for name, x in self.columns.items()}

    @property
    def rows(self) -> int:
        return len(self.keys["unit"])

    def take(self, rows: Iterable[int]) -> Sample:
        """Return the sample with these rows, in this order."""
        rows = list(rows)
        return replace(self, columns=take(self.columns, rows), keys=take(self.keys, rows))

    def repeat(self, rows: int) -> Sample:
        """Return the sample with its first rows repeated at the end as the unit "twin"."""
        more = self.take([*range(self.rows), *range(rows)])
        return replace(more, keys={**more.keys, "unit": [*self.keys["unit"], *["twin"] * rows]})

    def scale(self, factors: Mapping[str, float]) -> Sample:
        """Return the sample with each indicator, and its target, in another unit of measure."""
        words = {
            name: {word: value * factors[name] if word == "target" else value for word, value in words.items()}
            for name, words in self.words.items()
        }
        return replace(self, columns=scale(self.columns, factors), words=words)

    def with_weights(self, weights: Iterable[float]) -> Sample:
        """Return the sample with a weight for each indicator; surplus weights are ignored."""
        pairs = zip(self.columns, weights, strict=False)
        return replace(self, words={name: {**self.words.get(name, {}), "weight": weight} for name, weight in pairs})

    def with_methodology(self, **words: Any) -> Sample:
        return replace(self, methodology={**self.methodology, **words})

    def __str__(self) -> str:
        directions = {name: "cost" if name in self.costs else "benefit" for name in self.columns}
        cells = [f"{name} ({directions[name]}) = {list(x)}" for name, x in self.columns.items()]
        keys = [f"{name} = {list(key)}" for name, key in self.keys.items() if name != "unit" or len(self.keys) > 1]
        weights = [words["weight"] for words in self.words.values() if "weight" in words]
        words = [f"{word} = {value}" for word, value in self.methodology.items()]
        return "; ".join([*cells, *keys, *([f"weights {weights}"] if weights else []), *words])


@dataclass(frozen=True)
class Outcome:
    """The figures of a run in the order of the rows, or the error of the run."""

    prepared: Mapping[str, list[Any]] = field(default_factory=dict)
    normalised: Mapping[str, list[Any]] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    scores: list[Any] = field(default_factory=list)
    ranks: list[Any] = field(default_factory=list)
    error: str | None = None
    against_direction: bool = False
    """True if the error is that a better value scores less than a worse one."""

    def take(self, rows: Sequence[int]) -> Outcome:
        """Return the figures of these rows; weights belong to all rows and stay."""
        if self.error is not None:
            return self
        return replace(
            self,
            prepared=take(self.prepared, rows),
            normalised=take(self.normalised, rows),
            scores=[self.scores[row] for row in rows],
            ranks=[self.ranks[row] for row in rows],
        )


def take(columns: Mapping[str, Sequence[Any]], rows: Sequence[int]) -> dict[str, list[Any]]:
    """Return these rows of each column."""
    return {name: [x[row] for row in rows] for name, x in columns.items()}


def scale(columns: Columns, factors: Mapping[str, float]) -> dict[str, list[float | None]]:
    """Multiply each column by its factor."""
    return {name: [v if v is None else v * factors[name] for v in x] for name, x in columns.items()}


def mean_places(columns: Columns, costs: Iterable[str]) -> list[float]:
    """Return, for each row, 1 plus the mean number of rows that are worse, over its present indicators.

    Equal rows get equal numbers, and another unit of measure changes none.

    >>> mean_places({"x": [1.0, 5.0, None], "y": [3.0, 2.0, 2.0]}, costs=["y"])
    [1.0, 2.0, 2.0]
    """
    places: list[list[float]] = [[] for _ in next(iter(columns.values()))]
    for name, x in columns.items():
        better = [None if value is None else -value if name in costs else value for value in x]
        present = sorted(value for value in better if value is not None)
        for row, value in enumerate(better):
            if value is not None:
                places[row].append(bisect_left(present, value))
    return [1.0 + sum(row) / len(row) if row else 1.0 for row in places]


def costs_of(columns: Iterable[str]) -> tuple[str, ...]:
    """Return every second indicator: the costs of a sample, unless a check names other costs."""
    return tuple(columns)[1::2]


NUMBERS = {
    "imputation": 12,
    "treatment": 8,
    "normalisation": 15,
    "weighting": 24,
    "aggregation": 20,
    "agreement": 20,
    "consensus": 20,
}
"""The examples that are drawn for a promise, by kind; a table of four indicators tries a normalisation four times."""

LIMIT = 1000
"""The largest number of examples of a promise."""

SEED: int | None = None
"""Seed of the examples; None draws the same examples each time."""

PHASES: tuple[Phase, ...] = (Phase.generate, Phase.shrink)
"""A counterexample is reduced to the smallest that hypothesis can find."""


@contextmanager
def at_most(number: int, *, reduced: bool = True) -> Iterator[None]:
    """Draw at most this number of examples for a promise; if not `reduced`, keep a counterexample as it was drawn."""
    global LIMIT, PHASES
    before, (LIMIT, PHASES) = (LIMIT, PHASES), (number, PHASES if reduced else PHASES[:1])
    try:
        yield
    finally:
        LIMIT, PHASES = before


def try_examples(strategy: st.SearchStrategy[Any], holds: Callable[[Any], bool], number: int) -> bool:
    """Try a number of examples; return False if the method refused all of them."""
    scored = False

    @settings(
        max_examples=number,
        deadline=None,
        derandomize=True,
        database=None,
        report_multiple_bugs=False,
        phases=PHASES,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def each(example: Any) -> None:
        nonlocal scored
        scored |= holds(example)

    try:
        (each if SEED is None else seed(SEED)(each))()
    except ExceptionGroup as failures:  # hypothesis saw a promise that is broken in some runs of an example only
        broken = [failure for failure in failures.exceptions if isinstance(failure, BrokenPromise)]
        if not broken:
            raise
        raise broken[0] from failures
    return scored
