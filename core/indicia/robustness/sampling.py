"""Uniform numbers that choices are drawn by: independent ones, or a design for Sobol' indices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indicia.errors import DefinitionError, optional

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.methods import Array

    Whole = npt.NDArray[np.int64]


def generator(seed: int, *names: str) -> np.random.Generator:
    """Return a generator (PCG64) of its own for whatever the names say.

    What is drawn for one name stays the same whether or not others are drawn, and in whatever order. DefinitionError
    where the seed is no whole number from 0.

    >>> generator(1, "weights", "economy").random() == generator(1, "weights", "economy").random()
    True
    >>> generator(1, "weights", "economy").random() == generator(1, "weights", "nature").random()
    False
    """
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise DefinitionError(f"the seed {seed!r} is no whole number from 0", remedy="seed = 1")
    key = [part for name in names for part in (len(name.encode()), *name.encode())]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(int(seed), spawn_key=key)))


def monte_carlo(draws: int, factors: int, random: np.random.Generator) -> Array:
    """Draw independent uniform numbers from 0 up to, but not, 1, shape (draws, factors).

    >>> monte_carlo(3, 2, generator(1)).shape
    (3, 2)
    """
    check_draws(draws)
    return random.random((draws, factors))


def saltelli(base: int, factors: int, random: np.random.Generator, *, crossed: bool = False) -> Array:
    """Draw the design of Saltelli: A, B, and A with one column of B, per factor; shape (base (factors + 2), factors).

    A and B are the halves of one set of scrambled Sobol' points in 2 × factors dimensions, each with `base` rows, a
    power of two, without which the points would not fill the space evenly. `crossed` adds B with one column of A, per
    factor, which few estimators ask for. `indices.blocks` cuts results into the same parts. Needs scipy;
    DefinitionError where the base is no power of two, MissingDependency without scipy.

    Source: Saltelli (2002), Computer Physics Communications 145(2); Matoušek (1998), Journal of Complexity 14(4), for
    the scrambling.

    >>> design = saltelli(4, 2, generator(1))
    >>> a, b, ab1, ab2 = design.reshape(4, 4, 2)
    >>> bool((ab1[:, 0] == b[:, 0]).all() and (ab1[:, 1] == a[:, 1]).all())
    True
    """
    check_draws(base)
    if base & (base - 1):
        below = 1 << (base.bit_length() - 1)
        raise DefinitionError(
            f"Sobol' points come in powers of two, and {base} is none", remedy=f"choose {below} or {2 * below}"
        )
    sequence = optional("scipy.stats", "quasi-random sampling", "scipy").qmc.Sobol(2 * factors, seed=random)
    points = sequence.random_base2(base.bit_length() - 1)
    a, b = points[:, :factors], points[:, factors:]
    crossings = [_with_column(a, b, at) for at in range(factors)]
    if crossed:
        crossings += [_with_column(b, a, at) for at in range(factors)]
    design: Array = np.concatenate([a, b, *crossings])
    return design


def alternative(u: Array, count: int) -> Whole:
    """Return which of `count` alternatives, from 0, each uniform number chooses: ⌊u m⌋.

    >>> alternative(np.array([0.0, 0.49, 0.5, 0.99]), 2).tolist()
    [0, 0, 1, 1]
    """
    if count < 1:
        raise DefinitionError("there is nothing to choose from", remedy="name one alternative or more")
    return np.minimum((u * count).astype(np.int64), count - 1)  # u m may round up to m


def _with_column(of: Array, other: Array, at: int) -> Array:
    crossed = of.copy()
    crossed[:, at] = other[:, at]
    return crossed


def check_draws(draws: int) -> None:
    """Refuse to draw nothing.

    >>> check_draws(1)
    """
    if draws < 1:
        raise DefinitionError(f"{draws} draws are none", remedy="draws = 1_000")
