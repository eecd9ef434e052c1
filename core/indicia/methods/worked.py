"""Worked examples: figures of a publication that a method reproduces."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FIGURES = ("prepared", "normalised", "weights", "facts", "scores", "ranks", "with", "together")
"""The figures that an example may state.

The values of each indicator after imputation and treatment, and after normalisation; the weights and the facts of a
weighting by name; scores and ranks of the units in the order of the table; the agreement of the first ranking with each
of the others by name, and of all rankings together.
"""


@dataclass(frozen=True)
class WorkedExample:
    """A table, a method with its parameters, and the figures that the source prints for them.

    Parameters
    ----------
    table
        The columns by name, with the column "unit". For an agreement and a consensus, each other column is a ranking.
        None is a missing value.
    expected
        The figures of the source, by the names of `FIGURES`: `{"scores": [0.2, 0], "ranks": [2, 1]}`.
    source
        The publication, with page or table where it helps; "by hand" if the figures follow from its formula.
    parameters
        The parameters of the method, as an index file writes them.
    indicators
        The direction of each indicator, or its table in an index file: `{"x": "cost", "y": {"bounds": [0, 10]}}`.
        Default: all columns but "unit" are benefits.
    weights
        The weights of indicators, or of the rankings for a consensus, by name.
    methodology
        Other words of the methodology: `{"normalisation": "none"}`, `{"missing": "skip"}`.
    data
        The columns of the table that are periods or groups: `{"period": "year"}`.
    precision
        The largest difference from the figures of the source, such as 5e-5 for four decimals.
    warning
        A part of the warning that the run gives, if the figures come with one.

    Examples
    --------
    >>> example = WorkedExample({"unit": ["A", "B"], "x": [3, 4]}, {"scores": [0, 1]}, "OECD/JRC (2008); by hand")
    >>> example.directions
    {'x': 'benefit'}
    """

    table: Mapping[str, Sequence[Any]]
    expected: Mapping[str, Any]
    source: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    indicators: Mapping[str, Any] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    methodology: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    precision: float = 1e-12
    warning: str = ""

    def __post_init__(self) -> None:
        if not self.source.strip():
            raise ValueError("a worked example names its source")
        if "unit" not in self.table:
            raise ValueError('the table of a worked example has no column "unit"')
        if unknown := [name for name in self.expected if name not in FIGURES]:
            raise ValueError(f"a worked example cannot expect {', '.join(unknown)}: it has {', '.join(FIGURES)}")
        if not self.expected:
            raise ValueError(f"a worked example expects one of {', '.join(FIGURES)}")
        lengths = {name: len(column) for name, column in self.table.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"the columns of a worked example differ in length: {lengths}")

    @property
    def words(self) -> dict[str, dict[str, Any]]:
        """The table of each indicator in an index file, with its weight."""
        groups = self.data.get("groups", ())
        others = {"unit", self.data.get("period"), *([groups] if isinstance(groups, str) else groups)}
        chosen = self.indicators or {name: "benefit" for name in self.table if name not in others}
        words: dict[str, dict[str, Any]] = {
            name: {"direction": word} if isinstance(word, str) else dict(word) for name, word in chosen.items()
        }
        for name, weight in self.weights.items():
            words.setdefault(name, {})["weight"] = weight
        return words

    @property
    def directions(self) -> dict[str, str]:
        """The direction of each indicator."""
        return {name: word.get("direction", "benefit") for name, word in self.words.items()}
