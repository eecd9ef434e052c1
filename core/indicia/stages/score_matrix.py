"""Scores of aggregations that compute with the matrix of all units, or of a block of its rows."""

from __future__ import annotations

from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia import tracing
from indicia.catalogue import installed
from indicia.catalogue.over_partitions import verdict
from indicia.definition import Leaf, Node, Part
from indicia.errors import MethodError, join_names
from indicia.formulas import USED, FixedStatistics, Weight, record
from indicia.formulas import Node as FormulaNode
from indicia.methods import Aggregation, Array, MatrixAggregation, MatrixContext, Normalisation, RandomNumbers
from indicia.methods.noise import without_noise
from indicia.methods.profile import profile
from indicia.partitions.mergeable import error_of_method
from indicia.stages.normalise import NormalisationFormula
from indicia.stages.plugin_boundary import attribute_errors_to, checked_array, numbers_of_rows
from indicia.stages.score_formula import ComponentInput, ScoreFormula, direction
from indicia.tables.evaluate import evaluate
from indicia.tables.weights import NodeWeights, weights_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy.typing as npt

    from indicia.tables.scope import StatisticsScope


_NODE = "rows"


def score_rows(
    components: Sequence[str],
    costs: npt.NDArray[np.bool_],
    method: Aggregation,
    normalisation: Normalisation | None,
    values: Array,
    weights: Array,
) -> Array:
    """Return the scores of rows of raw values by an aggregation.

    Parameters
    ----------
    components
        The names of the k components.
    costs
        The components that are costs, shape (k,).
    method
        The aggregation.
    normalisation
        The normalisation before it; None for its default.
    values
        Raw values, shape (n, k), without gaps.
    weights
        The weights of the components, shape (k,), with sum 1.

    Returns
    -------
    Array
        Finite scores, shape (n,).
    """
    if method.draws_random_numbers:
        raise ValueError(f"{method.name} draws random numbers for units, and cannot score rows that are none")
    raw = pl.DataFrame(dict(zip(components, np.asfortranarray(values).T, strict=True)))
    if normalisation is None:
        chosen = installed().choose("normalisation", method.canonical_normalisation)
        assert isinstance(chosen, Normalisation)
        normalisation = chosen
    z = _normalised(raw, costs, method, normalisation)
    profiles = profile(z, components)
    if outside := [name for name in components if not profiles[name].within(method.domain)]:
        raise ValueError(f"{method.name} needs {method.domain.value} values, unlike those of {join_names(outside)}")
    as_costs = costs if not method.oriented else np.zeros_like(costs)
    if isinstance(method, MatrixAggregation):
        scores = method.score_units(
            np.asfortranarray(z.to_numpy(writable=True)), weights.copy(), MatrixContext(tuple(components), as_costs)
        )
    else:
        inputs = tuple(
            ComponentInput(name, (_NODE, name), "cost" if cost else "benefit")
            for name, cost in zip(components, as_costs, strict=True)
        )
        formula = record(ScoreFormula(method, _NODE, inputs, incomplete=False))
        of_components: dict[FormulaNode, float | pl.Expr] = {
            Weight("weight", (), (_NODE, name)): float(weight) for name, weight in zip(components, weights, strict=True)
        }
        scores = evaluate(z, {_NODE: formula}, weights=of_components, whole_column=True).frame[_NODE].to_numpy()
    if not np.isfinite(scores).all():
        raise ValueError(f"{method.name} gives no finite score of some of the rows")
    return np.asarray(scores, dtype=float)


def _normalised(
    raw: pl.DataFrame, costs: npt.NDArray[np.bool_], method: Aggregation, normalisation: Normalisation
) -> pl.DataFrame:
    """Return the rows after the normalisation, which negates or inverts costs if the aggregation is oriented."""
    formulas = {}
    for (name, column), cost in zip(profile(raw, raw.columns).items(), costs.tolist(), strict=True):
        is_cost = cost and method.oriented
        domain = normalisation.cost_domain if is_cost else normalisation.domain
        mirrored = is_cost and not normalisation.has_cost_formula()
        if not (column.mirrored() if mirrored else column).within(domain):
            raise ValueError(
                f"{normalisation.name}, the normalisation of {method.name}, needs {domain.value} values, unlike {name}"
            )
        fixed = FixedStatistics()
        formulas[name] = record(
            NormalisationFormula(normalisation, name, is_cost, fixed, target_range=None, key=(), constant=False)
        )
    return evaluate(raw, formulas, whole_column=True).frame


def score_matrix(node: Node, node_weights: NodeWeights, frame: pl.DataFrame, scope: StatisticsScope) -> pl.Series:
    """Return the scores of a matrix aggregation, which compares the units of each group with each other."""
    method = node.aggregation
    assert isinstance(method, MatrixAggregation)
    scores = np.empty(len(frame))
    for rows, values, weights in compared_groups(node, node_weights, frame, scope):
        with attribute_errors_to(node.aggregation, node.id):
            numbers = numbers_of_rows(node, frame, rows, scope)
            context = matrix_context(node, columns=used_of_rows(method, frame, rows), numbers=numbers)
            given = values, weights.copy(), context  # a method may write to its arguments; rows share the weights
            got = {"values": values, "weights": weights}
            result = tracing.called(method, node.id, got, partial(method.score_units, *given))
        scores[rows] = checked_array(method, node.id, result, (len(rows),))
    return pl.Series(node.id, scores)


def compared_groups(
    node: Node, node_weights: NodeWeights, frame: pl.DataFrame, scope: StatisticsScope
) -> Iterator[tuple[npt.NDArray[np.intp], Array, Array]]:
    """Yield the rows that are compared with each other, their values and their weights."""
    method = node.aggregation
    # if True, groups give the same scores as all rows together
    row_by_row = isinstance(method, MatrixAggregation) and method.row_by_row
    if scope.partition is not None and not row_by_row:
        reason = verdict(node.aggregation)
        raise error_of_method(f"{node.aggregation.name} of {node.id}", reason.needs if reason else "")
    if scope.reference is not None and not row_by_row:
        raise MethodError(
            f"{node.aggregation.name} of {node.id} compares units with each other, not with a reference period",
            remedy='statistics = "period", or another aggregation there',
        )
    columns = frame[[part.id for part in node.components]]
    matrix = np.asfortranarray(columns.to_numpy(writable=True))  # the order of sums depends on the memory layout
    group, order = np.ones(len(frame)), np.arange(len(frame))
    if scope.key and not row_by_row:
        group = frame.select(pl.struct(scope.key).rank("dense")).to_series().to_numpy()
        order = np.argsort(group, kind="stable")
    all_weights = np.atleast_2d(node_weights.values)[:1]
    if node_weights.keys is not None and not row_by_row:
        all_weights = frame.select(weights_of(node.id, [part.id for part in node.components], node_weights)).to_numpy()
    groups = np.split(order, np.flatnonzero(np.diff(group[order])) + 1)
    # figures that should be equal may differ by rounding noise: scores, and changes over time; `LevelNoise` has removed
    # the noise of other indicators
    noisy = [] if row_by_row else [number for number, part in enumerate(node.components) if _has_noise(part)]
    for rows in groups:
        with attribute_errors_to(node.aggregation, node.id):
            weights = _common_weights(all_weights if len(all_weights) == 1 else all_weights[rows])
        values = matrix if len(groups) == 1 else np.asfortranarray(matrix[rows])
        for number in noisy:
            values[:, number] = without_noise(pl.Series(values[:, number], nan_to_null=True)).to_numpy()
        yield rows, values, weights


def _has_noise(part: Part) -> bool:
    return not isinstance(part, Leaf) or part.normalisation.needs_periods


def matrix_context(
    node: Node,
    units: Sequence[str] | None = None,
    columns: Mapping[str, Array] = MappingProxyType({}),
    numbers: RandomNumbers | None = None,
) -> MatrixContext:
    """Return the names and directions of the components of a node, and what its aggregation gets of the units.

    These are the names of the units for further results, the used columns, and the random numbers of a random method.
    """
    costs = np.array([direction(node, part) == "cost" for part in node.components])
    names = tuple(part.id for part in node.components)
    return MatrixContext(names, costs, units, columns, partial(score_rows, names, costs), numbers)


def used_of_rows(method: Aggregation, frame: pl.DataFrame, rows: npt.NDArray[np.intp]) -> dict[str, Array]:
    """Return the columns that a method uses beside the components, for some rows."""
    return {name: frame[USED + name].gather(rows).to_numpy() for name in method.used_names}


def _common_weights(weights: Array) -> Array:
    """Return the weights that all rows of a comparison share; it is an error if weights differ between rows."""
    if (weights != weights[0]).any():
        raise ValueError("compares units whose weights differ: take statistics and weights over the same rows")
    first: Array = weights[0]
    return first
