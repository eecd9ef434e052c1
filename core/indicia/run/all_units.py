"""The methods of a tree that need all units at once, and so cannot score a table in slices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia.methods import MatrixAggregation, MatrixImputation, SeriesImputation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.definition import Node


def methods_needing_all_units(tree: Node, *, with_last_values: bool = False) -> Iterator[str]:
    """Yield the methods that need all units at once, each with its indicator or node.

    `with_last_values` leaves out the imputations that need only the last values of each unit beside the rows.
    """
    for leaf in tree.leaves():
        if isinstance(leaf.imputation, MatrixImputation) or (
            isinstance(leaf.imputation, SeriesImputation) and not (with_last_values and leaf.imputation.carries_forward)
        ):
            yield f"{leaf.imputation.name} of {leaf.id}"
        if leaf.normalisation.whole_column:
            yield f"{leaf.normalisation.name} of {leaf.id}"
    for node in tree.nodes():
        # a fitted index does not know which columns a matrix reads in each row
        if isinstance(node.aggregation, MatrixAggregation) and (
            not node.aggregation.row_by_row or node.aggregation.used_columns
        ):
            yield f"{node.aggregation.name} of {node.id}"
        for method in (node.rescaling, node.as_component):
            if method is not None and method.whole_column:
                yield f"{method.name} of {node.id}"
