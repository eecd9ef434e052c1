"""Which alternative of each choice each run takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indicia.definition import STAGES, Node
from indicia.errors import DefinitionError
from indicia.robustness import sampling
from indicia.robustness.result import Factor

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    import polars as pl

    from indicia.definition import Robustness
    from indicia.methods import Array

    Whole = npt.NDArray[np.int64]

LEFT_OUT = ("indicators", "dimensions")
"""The choices of a part that is left out, or of none."""


def factors_of(varied: Robustness, tree: Node, persons: pl.DataFrame | None) -> list[Factor]:
    """Return the choices that are varied, and their alternatives; `persons` is the table of weights, if any."""
    factors = [Factor(stage, tuple(getattr(varied, stage))) for stage in STAGES if getattr(varied, stage)]
    if varied.weights is not None:
        factors.append(Factor("weights", range(varied.draws) if persons is None else _rows(persons)))
    parts = {
        "indicators": [leaf.id for leaf in tree.leaves()],
        "dimensions": [part.id for part in tree.components if isinstance(part, Node)],
    }
    for word in LEFT_OUT:
        if getattr(varied, word):
            if len(parts[word]) < 2:
                raise DefinitionError(
                    f"there are no {word} of which one could be left out",
                    remedy=f"take {word} out of [robustness]; leaving one out needs two or more",
                )
            factors.append(Factor(word, (None, *parts[word])))
    if varied.data is not None:
        factors.append(Factor("data", range(varied.draws)))
    return factors


def design_of(varied: Robustness, factors: Sequence[Factor], seed: int) -> Whole:
    """Return which alternative of each factor a run takes, shape (runs, factors): for Sobol' indices, then free."""
    draws, base = varied.draws, varied.sensitivity
    several = [at for at, factor in enumerate(factors) if len(factor.alternatives) > 1]
    if base is not None and not several:
        raise DefinitionError("one draw has nothing that shifts could be due to", remedy="draws = 1_000")
    sampling.check_draws(draws + (base or 0) * (len(several) + 2))
    free = chosen(factors, sampling.monte_carlo(draws, len(factors), sampling.generator(seed, "design")))
    for at, factor in enumerate(factors):
        if factor.name in ("weights", "data") and len(factor.alternatives) == draws:
            free[:, at] = _order(factor)  # a set of its own for each draw
    if base is None:
        return free
    crossed = np.zeros((base * (len(several) + 2), len(factors)), dtype=np.int64)
    crossed[:, several] = chosen([factors[at] for at in several], _crossed(base, len(several), seed))
    return np.concatenate([crossed, free])


def _crossed(base: int, factors: int, seed: int) -> Array:
    """Return the uniform numbers of the design for Sobol' indices.

    The halves of 0 to 1, and so two methods, are met in all combinations of d columns by 2^d points and no fewer.
    With fewer for both samples together, columns of theirs may choose alike in every row, and the choice would seem
    to change nothing; so which row of one meets which of the other is left to chance.
    """
    if base < 2**factors:
        raise DefinitionError(
            f"sensitivity = {base} is too few to try the combinations of {factors} choices",
            remedy=f"sensitivity = {2**factors}, or more",
        )
    u = sampling.saltelli(base, factors, sampling.generator(seed, "sensitivity"))
    if base >= 4**factors:
        return u
    a, b = u[:base], u[base : 2 * base][sampling.generator(seed, "pairing").permutation(base)]
    mixed = np.repeat(a[None], factors, axis=0)
    for at in range(factors):
        mixed[at, :, at] = b[:, at]
    return np.concatenate([a, b, mixed.reshape(-1, factors)])


def chosen(factors: Sequence[Factor], u: Array) -> Whole:
    """Return which alternative of each factor uniform numbers (runs, factors) choose, in whatever order they come."""
    return np.stack([_chosen(factor, column) for factor, column in zip(factors, u.T, strict=True)], axis=1)


def _chosen(factor: Factor, u: Array) -> Whole:
    return _order(factor)[sampling.alternative(u, len(factor.alternatives))]


def _order(factor: Factor) -> Whole:
    """Return the alternatives in an order that is the same wherever they stand: methods by name, persons by weights."""
    numbers = range(len(factor.alternatives))
    if factor.name in STAGES or (factor.name == "weights" and not isinstance(factor.alternatives, range)):
        return np.array(sorted(numbers, key=lambda at: str(factor.alternatives[at])), dtype=np.int64)
    return np.array(numbers, dtype=np.int64)


def _rows(persons: pl.DataFrame) -> list[tuple[object, ...]]:
    """Return the weights that each person gives, in the order of the names of the columns."""
    return persons.select(sorted(persons.columns)).rows()
