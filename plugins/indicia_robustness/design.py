"""The design of runs: the alternative of each choice in each run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indicia.definition import STAGES, Node
from indicia.errors import DefinitionError
from indicia_robustness import sampling
from indicia_robustness.imputations import IMPUTATIONS
from indicia_robustness.random_methods import RANDOM, SETS
from indicia_robustness.result import Factor

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy.typing as npt
    import polars as pl

    from indicia.definition import Robustness
    from indicia.methods import Array

    Integers = npt.NDArray[np.int64]

LEFT_OUT = ("indicators", "dimensions")
"""The choices that leave out one part, or no part."""


def factors_of(
    varied: Robustness,
    tree: Node,
    persons: pl.DataFrame | None,
    needed_parts: Collection[str] = (),
    *,
    is_random: bool = False,
) -> list[Factor]:
    """Return the choices that vary, with their alternatives.

    `persons` is the table of weights, if there is one; `needed_parts` are the parts that no draw leaves out. If a
    weighting or an aggregation `is_random`, each draw has random numbers of its own.
    """
    factors = [Factor(stage, tuple(getattr(varied, stage))) for stage in STAGES if getattr(varied, stage)]
    if varied.imputations is not None:
        factors.append(Factor(IMPUTATIONS, range(varied.imputations)))
    if varied.weights is not None:
        factors.append(Factor("weights", range(varied.draws) if persons is None else _rows(persons)))
    parts = {
        "indicators": list(tree.indicators),
        "dimensions": [part.id for part in tree.components if isinstance(part, Node)],
    }
    for word in LEFT_OUT:
        if word in varied.left_out:
            if len(parts[word]) < 2:
                raise DefinitionError(
                    f"leaving out one of the {word} needs two or more",
                    remedy=f"take {word} out of leave_out in [robustness]",
                )
            factors.append(Factor(word, (None, *(part for part in parts[word] if part not in needed_parts))))
    if varied.data is not None:
        factors.append(Factor("data", range(varied.draws)))
    if is_random:
        factors.append(Factor(RANDOM, range(varied.draws)))
    return factors


def design_of(varied: Robustness, factors: Sequence[Factor], seed: int) -> Integers:
    """Return the alternative of each factor in each run, (runs, factors): runs for Sobol' indices, then other draws."""
    draws, base = varied.draws, varied.sensitivity
    varied_factors = [number for number, factor in enumerate(factors) if len(factor.alternatives) > 1]
    if base is not None and not varied_factors:
        raise DefinitionError("Sobol' indices need a choice with two alternatives or more", remedy="draws = 1_000")
    sampling.check_draws(draws + (base or 0) * (len(varied_factors) + 2))
    drawn = chosen(factors, sampling.monte_carlo(draws, len(factors), sampling.generator(seed, "design")))
    for number, factor in enumerate(factors):
        if factor.name in SETS and len(factor.alternatives) == draws:
            drawn[:, number] = order_of(factor)  # each draw has its own set of weights, errors or numbers
        elif factor.name == IMPUTATIONS:  # the same number of draws of each, or one draw more
            drawn[:, number] = np.arange(draws) % len(factor.alternatives)
    if base is None:
        return drawn
    crossed = np.zeros((base * (len(varied_factors) + 2), len(factors)), dtype=np.int64)
    crossed[:, varied_factors] = chosen(
        [factors[number] for number in varied_factors], _crossed(base, len(varied_factors), seed)
    )
    return np.concatenate([crossed, drawn])


def _crossed(base: int, factors: int, seed: int) -> Array:
    """Return the uniform numbers of the design for Sobol' indices.

    With d choices between two methods, a sample needs 2^d points for all combinations, and two samples need 4^d points
    for all pairs of combinations. With fewer points, both samples may choose the same method in every row, so that this
    choice would seem to have no effect. A random pairing of their rows avoids this.
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
    for column in range(factors):
        mixed[column, :, column] = b[:, column]
    return np.concatenate([a, b, mixed.reshape(-1, factors)])


def chosen(factors: Sequence[Factor], u: Array) -> Integers:
    """Return the alternatives that uniform numbers (runs, factors) choose, independent of their order in the file."""
    return np.stack([_chosen(factor, column) for factor, column in zip(factors, u.T, strict=True)], axis=1)


def _chosen(factor: Factor, u: Array) -> Integers:
    return order_of(factor)[sampling.alternative(u, len(factor.alternatives))]


def order_of(factor: Factor) -> Integers:
    """Return an order of alternatives that is independent of the index file: methods by name, persons by weights."""
    numbers = range(len(factor.alternatives))
    if factor.name in STAGES or (factor.name == "weights" and not isinstance(factor.alternatives, range)):
        return np.array(sorted(numbers, key=lambda number: str(factor.alternatives[number])), dtype=np.int64)
    return np.array(numbers, dtype=np.int64)


def _rows(persons: pl.DataFrame) -> list[tuple[object, ...]]:
    """Return the weights of each person, by the names of the columns."""
    return persons.select(sorted(persons.columns)).rows()
