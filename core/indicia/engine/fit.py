"""What a run takes from its data, to be put to other data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from indicia.engine.keyed import matched
from indicia.errors import DataError, listed
from indicia.methods import MatrixAggregation, MatrixImputation, SeriesImputation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indicia.definition import Node
    from indicia.engine.settle import Over, Settled
    from indicia.engine.weigh import Weighed


@dataclass(frozen=True)
class Fitted:
    """Statistics and weights of a run."""

    settled: Mapping[str, Settled]
    """Statistics, by stage."""
    weighed: Mapping[str, Weighed]
    ranges: Mapping[str, tuple[float | None, float | None]]
    """Between which values each prepared indicator lay."""
    left_out: tuple[str, ...] = ()
    """Indicators that screening left out."""
    constant: tuple[str, ...] = ()
    """Indicators that did not vary and take no part."""
    neutral: tuple[str, ...] = ()
    """Indicators that did not vary and score neutrally."""

    def of(self, stage: str) -> Settled:
        """Return the statistics of a stage."""
        return self.settled.get(stage, {})


def unfit(tree: Node) -> Iterator[str]:
    """Name the methods of a tree that cannot do without the units they were fitted to."""
    for leaf in tree.leaves():
        if isinstance(leaf.imputation, SeriesImputation | MatrixImputation):
            yield f"{leaf.imputation.name} of {leaf.id}"
        if leaf.normalisation.whole_column:
            yield f"{leaf.normalisation.name} of {leaf.id}"
    for node in tree.nodes():
        if isinstance(node.aggregation, MatrixAggregation) and not node.aggregation.row_by_row:
            yield f"{node.aggregation.name} of {node.id}"
        for method in (node.rescaling, node.as_component):
            if method is not None and method.whole_column:
                yield f"{method.name} of {node.id}"


def check_known(units: pl.DataFrame, fitted: Fitted, over: Over, weights_over: Over) -> None:
    """Refuse units of a period or group that nothing was fitted to."""
    statistics = [value for stage in fitted.settled.values() for value in stage.values()]
    keyed = [one for one in statistics if isinstance(one, pl.DataFrame) and one.columns[:-1] == list(over.key)]
    weights = [one.keys for one in fitted.weighed.values() if one.keys is not None]
    for what, key, known in (("statistics", over.key, keyed), ("weights", weights_over.key, weights)):
        if not (key and known):
            continue
        there = matched(known[0].select(key), units, key)
        new = units.select(key).unique(maintain_order=True).join(there, on=key, how="anti", nulls_equal=True)
        if len(new):
            names, fitted_to = ([" ".join(map(str, row)) for row in one.iter_rows()] for one in (new, there))
            raise DataError(
                f"no {what} were fitted for {' '.join(key)} {listed(names)}",
                remedy=f"known: {listed(fitted_to)}; fit the index to data that have it too",
            )


def check_weights(tree: Node, fitted: Fitted) -> None:
    """Refuse weights that are not those of the components of the tree."""
    for node in tree.nodes():
        one = fitted.weighed.get(node.id)
        rows = () if one is None or one.keys is None else (len(one.keys),)
        if one is None or one.values.shape != (*rows, len(node.components)) or not (one.values >= 0).all():
            raise DataError(f"the fitted index has no weights of the components of {node.id}", remedy="fit it again")


def outside(prepared: pl.DataFrame, units: pl.Series, fitted: Fitted) -> dict[str, list[str]]:
    """Return the units whose prepared value of an indicator lies outside the fitted range, by indicator."""
    found = {}
    for name, (low, high) in fitted.ranges.items():
        if low is None or high is None:
            continue
        beyond = (prepared[name] < low) | (prepared[name] > high)
        if beyond.any():
            found[name] = units.filter(beyond).to_list()
    return found
