"""Draws of the weights of one node, shape (draws, k), each of which sums to 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indicia.errors import DataError, DefinitionError, join_names, suggest
from indicia_robustness.sampling import check_draws
from indicia_robustness.weight_regions.draws import weights_in_box

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from indicia.methods import Array


def spread(weights: Array, share: float, draws: int, random: np.random.Generator) -> Array:
    """Multiply each weight by an independent uniform number from 1 - share to 1 + share, and scale to sum 1.

    `weights` (k,) are 0 or more. DefinitionError for a share above 1, which would make weights negative.

    Source: Saisana, Saltelli & Tarantola (2005), Journal of the Royal Statistical Society A 168(2).

    >>> spread(np.array([0.5, 0.5]), 0.0, 2, np.random.default_rng(1)).tolist()
    [[0.5, 0.5], [0.5, 0.5]]
    """
    check_draws(draws)
    if not 0 <= share <= 1:
        raise DefinitionError(
            f"a spread of {share:g} is not between 0 and 1: "
            + ("weights would turn negative" if share > 1 else "it is a share of the weight"),
            remedy="weights = { spread = 0.25 }",
        )
    scaled_weights = _scaled(weights)
    return _to_sum_1(scaled_weights * random.uniform(1 - share, 1 + share, (draws, len(scaled_weights))))


def dirichlet(weights: Array, concentration: float, draws: int, random: np.random.Generator) -> Array:
    """Draw weights from the Dirichlet distribution whose mean is `weights` (k,).

    The variance of a weight is w (1 - w) / (concentration + 1), so a larger concentration keeps draws nearer to the
    mean. A weight of 0 stays 0. DefinitionError for a concentration that is not positive.

    >>> drawn = dirichlet(np.array([0.7, 0.3, 0.0]), 50.0, 1000, np.random.default_rng(1))
    >>> drawn.mean(axis=0).round(2).tolist()
    [0.7, 0.3, 0.0]
    """
    check_draws(draws)
    if not 0 < concentration < np.inf:
        raise DefinitionError(
            f"a concentration of {concentration:g} is not positive", remedy="weights = { dirichlet = 50 }"
        )
    scaled_weights = _scaled(weights)
    drawn = np.zeros((draws, len(scaled_weights)))
    positive = scaled_weights > 0
    drawn[:, positive] = random.dirichlet(concentration * scaled_weights[positive], draws)
    return drawn


def simplex(count: int, draws: int, random: np.random.Generator) -> Array:
    """Draw `count` weights, uniform over all weights that sum to 1.

    >>> simplex(3, 10_000, np.random.default_rng(1)).mean(axis=0).round(1).tolist()
    [0.3, 0.3, 0.3]
    """
    check_draws(draws)
    return random.dirichlet(np.ones(count), draws)


def ranges(low: Array, high: Array, draws: int, random: np.random.Generator) -> Array:
    """Draw weights within limits, uniform over all such weights that sum to 1.

    `low` and `high` (k,) are the limits of each weight. DefinitionError if no weights within them sum to 1.

    >>> drawn = ranges(np.array([0.2, 0.0, 0.0]), np.array([0.4, 1.0, 0.1]), 100, np.random.default_rng(1))
    >>> bool((drawn >= [0.2, 0, 0]).all() and (drawn <= [0.4, 1, 0.1]).all())
    True
    """
    check_draws(draws)
    return weights_in_box(low, high, draws, random)


def table(columns: Mapping[str, Sequence[float]], names: Sequence[str], which: npt.NDArray[np.int64]) -> Array:
    """Return the weights of the stakeholders with the numbers `which` (draws,), from 0.

    `columns` has the weights of each component, a value for each stakeholder. Columns not in `names` are ignored, so
    that one table serves all nodes; the same `which` for all nodes chooses the same stakeholders. Every row is scaled
    to sum 1. DataError for a missing name, columns of different lengths, or a row without valid weights.

    >>> table({"growth": [1, 3], "nature": [1, 1]}, ["growth", "nature"], np.array([1, 0, 1])).tolist()
    [[0.75, 0.25], [0.5, 0.5], [0.75, 0.25]]
    """
    for name in names:
        if name not in columns:
            raise DataError(
                f'the stakeholders\' weights have no column "{name}"',
                remedy=suggest(name, columns) or f"add a column {name}",
            )
    if len({len(columns[name]) for name in names}) != 1:
        raise DataError(
            f"the columns {join_names(names)} of the stakeholders' weights are not equally long",
            remedy="one row per stakeholder, with a number in every column",
        )
    rows = np.array([columns[name] for name in names], dtype=float).T
    if not len(rows):
        raise DataError("the table of stakeholders' weights has no row", remedy="one row per stakeholder")
    valid = np.isfinite(rows).all(axis=1) & (rows >= 0).all(axis=1) & (rows.sum(axis=1) > 0)
    if not valid.all():
        number = int(valid.argmin())
        raise DataError(
            f"stakeholder {number + 1} has no weights for {join_names(names)}: they are numbers from 0 up, not all 0",
            where=", ".join(f"{name} {value:g}" for name, value in zip(names, rows[number], strict=True)),
            remedy="complete the row, or leave the person out",
        )
    return _to_sum_1(rows)[which]


def _scaled(weights: Array) -> Array:
    raw = np.asarray(weights, dtype=float)
    if not (np.isfinite(raw).all() and (raw >= 0).all() and raw.sum() > 0):
        raise DefinitionError(
            "weights are numbers from 0 up, not all 0",
            where=join_names(f"{weight:g}" for weight in raw),
            remedy="at least one weight must be above 0, and none below 0",
        )
    scaled: Array = raw / raw.sum()
    return scaled


def _to_sum_1(drawn: Array) -> Array:
    scaled: Array = drawn / drawn.sum(axis=1, keepdims=True)
    return scaled
