"""The results of a run, as checks see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class RunFacts:
    """Normalised values, scores, ranks and weights of one run, in a panel of one period.

    All frames have a row for each unit, in the order of `units`.
    """

    units: pl.Series
    """The names of the units, as text."""
    rows: npt.NDArray[np.int64]
    """The row of each unit in the frames of the subject, as integers."""
    components: Mapping[str, pl.DataFrame]
    """By node, the index included: its components as they enter its score, a Float64 column for each.

    An indicator is normalised and oriented; a dimension of the opposite direction has the opposite sign. A larger
    component raises the score of the node, or lowers it if the node is one of `distances`.
    """
    scores: pl.DataFrame
    """The score of each node as it is published, a column for each; the index is the column "index"."""
    ranks: pl.DataFrame
    """The rank of each node, 1 for the best, a Float64 column for each; null for a unit without a rank."""
    weights: Mapping[str, Mapping[str, float]]
    """By node, the weight of each component in the run, scaled to sum 1; empty if weights differ between groups."""
    effective_weights: Mapping[str, float]
    """The weight of each part in the index, the product along its path; empty if weights differ between groups."""
    methods: Mapping[str, Mapping[str, str]]
    """By node or indicator, the method of each stage as the index file writes it."""
    costs: frozenset[str] = frozenset()
    """The nodes of which a higher score is worse."""
    distances: frozenset[str] = frozenset()
    """The nodes whose score falls as components rise, such as a distance to the best components."""
    period: str | None = None
    """The period, in a panel."""
    ordinal: frozenset[str] = frozenset()
    """The indicators whose normalised values show the order of units, and no distances between them."""
    additive: frozenset[str] = frozenset()
    """The nodes whose score is a weighted sum of their components."""
    unweighted: frozenset[str] = frozenset()
    """The nodes whose score does not depend on weights, such as a product of components."""
    measurement: Mapping[str, str] = field(default_factory=dict)
    """By node, "formative" or "reflective", if the index file says so."""

    @cached_property
    def parts(self) -> dict[str, pl.Series]:
        """The values of each indicator and dimension as they enter a score, by name.

        Of a part of several dimensions, they are those of the dimension whose name comes first.
        """
        values: dict[str, pl.Series] = {}
        for node in sorted(self.components):
            for name in self.components[node].columns:
                values.setdefault(name, self.components[node][name])
        return values

    @property
    def averages_sources(self) -> bool:
        """True if the index is a plain mean of indicators that are stated to reflect one quantity."""
        parts = self.components["index"].columns
        weights = [self.weights.get("index", {}).get(part, 0.0) for part in parts]
        is_plain = len(self.components) == 1 and "index" in self.additive and max(weights) - min(weights) < 1e-9
        return is_plain and self.measurement.get("index") == "reflective"

    @classmethod
    def of(
        cls,
        components: Mapping[str, pl.DataFrame],
        *,
        units: Iterable[str] | None = None,
        weights: Mapping[str, Mapping[str, float]] | None = None,
        methods: Mapping[str, Mapping[str, str]] | None = None,
        ordinal: Iterable[str] = (),
    ) -> RunFacts:
        """Return facts for tests: the score of each node is the weighted mean of its components.

        Parameters
        ----------
        components : mapping of str to polars.DataFrame
            By node, the values of its components, a row for each unit.
        units : iterable of str, optional
            The names of the units; by default they are numbered.
        weights : mapping, optional
            By node, the weights of its components; by default they are equal.
        methods : mapping, optional
            By node, the methods by stage; by default none.
        ordinal : iterable of str, optional
            The nodes whose scores are ranks; by default none.

        Returns
        -------
        RunFacts
            The facts.

        Examples
        --------
        >>> parts = {"index": pl.DataFrame({"a": [1.0, 2.0, 4.0], "b": [3.0, 2.0, 8.0]})}
        >>> run = RunFacts.of(parts)
        >>> run.scores["index"].to_list(), run.ranks["index"].to_list()
        ([2.0, 2.0, 6.0], [2.0, 2.0, 1.0])
        """
        height = next(iter(components.values())).height
        names = [f"u{row}" for row in range(height)] if units is None else list(units)
        of_nodes = {
            node: (weights or {}).get(node) or dict.fromkeys(frame.columns, 1 / frame.width)
            for node, frame in components.items()
        }
        scores = pl.DataFrame(
            [
                frame.select(pl.sum_horizontal(pl.col(part) * weight for part, weight in of_nodes[node].items()))
                .to_series()
                .alias(node)
                for node, frame in components.items()
            ]
        )
        effective = {"index": 1.0}
        for node, parts in of_nodes.items():
            for part, weight in parts.items():
                effective[part] = effective.get(part, 0.0) + effective.get(node, 0.0) * weight
        return cls(
            units=pl.Series("unit", names, pl.String),
            rows=np.arange(height, dtype=np.int64),
            components=components,
            scores=scores,
            ranks=scores.select(pl.all().rank("min", descending=True).cast(pl.Float64)),
            weights=of_nodes,
            effective_weights=effective,
            methods=methods or {},
            ordinal=frozenset(ordinal),
            additive=frozenset(components),
        )
