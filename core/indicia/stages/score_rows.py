"""Score rows that are no units, such as the characteristic objects of an expert, by another aggregation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.catalogue import installed
from indicia.errors import join_names
from indicia.formulas import FixedStatistics, Weight, record
from indicia.methods import MatrixAggregation, MatrixContext, Normalisation
from indicia.stages.normalise import NormalisationFormula
from indicia.stages.score_formula import ComponentInput, ScoreFormula
from indicia.statistics.profile import profile
from indicia.tables.evaluate import evaluate

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from indicia.formulas import Node
    from indicia.methods import Aggregation, Array

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
        of_components: dict[Node, float | pl.Expr] = {
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
