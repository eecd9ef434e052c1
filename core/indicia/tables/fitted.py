"""The statistics and weights of a former run, by which other data are scored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    import polars as pl

    from indicia.formulas import Question
    from indicia.tables.last_values import LastValues
    from indicia.tables.scope import StatisticValues
    from indicia.tables.weights import NodeWeights


@dataclass(frozen=True, eq=False)
class Fitted:
    """The statistics and weights that a run computed from its data, read from the records of its stages."""

    statistics: Mapping[str, StatisticValues]
    """The values of statistics, by stage."""
    node_weights: Mapping[str, NodeWeights]
    ranges: Mapping[str, tuple[float | None, float | None]]
    """The smallest and the largest value of each indicator, as it was normalised."""
    left_out: tuple[str, ...] = ()
    """Indicators that screening left out."""
    constant: tuple[str, ...] = ()
    """Constant indicators that are left out."""
    neutral: tuple[str, ...] = field(default=())
    """Constant indicators that get the neutral score."""
    sources: Mapping[str, Mapping[Question, pl.DataFrame]] = field(default_factory=dict)
    """By stage, the units that provide the values of parents."""
    columns: tuple[str, ...] = ()
    """The columns that are no indicators and that formulas read in each row, so that other data need them too."""
    components: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The components of each node of the former run; empty for a run of the same methodology."""
    computed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By stage, the indicators and nodes whose statistics or weights are computed from the data that are scored.

    The former run prepared them by other methods. Nothing is computed in a run of the same methodology.
    """
    last_values: LastValues | None = None
    """The last value of each unit, for imputations that carry it forward; only a fitted index has them."""

    def of(self, stage: str) -> StatisticValues:
        """Return the statistics of a stage."""
        return self.statistics.get(stage, {})

    def computed_at(self, *stages: str) -> frozenset[str]:
        """Return the indicators and nodes whose statistics or weights are computed from the data at these stages."""
        return frozenset[str]().union(*(self.computed.get(stage, ()) for stage in stages))

    def has_other_components(self, node: str, names: Sequence[str]) -> bool:
        """Return whether the former run had other components of a node; False if it is not known."""
        return node in self.components and self.components[node] != tuple(names)

    def weights_of(self, node: str, names: Sequence[str]) -> NodeWeights | None:
        """Return the weights of these components of a node, scaled to sum 1; None if the former run lacks a weight."""
        weights, components = self.node_weights.get(node), self.components.get(node)
        if weights is None or components is None or components == tuple(names):
            return weights
        if not set(names) <= set(components):
            return None
        places = [components.index(name) for name in names]
        return weights.of_components(places) if weights.values.shape[-1] == len(components) else None


def computed_of(fitted: Fitted | None, names: Iterable[str], *stages: str) -> Collection[str]:
    """Return the names whose statistics are computed from the data; all of them without a former run."""
    return frozenset(names) if fitted is None else fitted.computed_at(*stages).intersection(names)
