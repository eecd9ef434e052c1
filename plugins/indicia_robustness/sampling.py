"""Random numbers: uniform numbers for choices, designs for Sobol' indices, and normal errors of measurement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indicia.errors import DefinitionError, require_optional
from indicia.formulas.normal import quantiles
from indicia.limits import DRAWS
from indicia.methods.numbers import identity_keys, mix_bits

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.methods import Array
    from indicia.methods.numbers import Bits

    Integers = npt.NDArray[np.int64]


_CELLS = 16_384
"""The largest number of random numbers in a batch, which fits in the cache of a processor."""


def generator(seed: int, *names: str) -> np.random.Generator:
    """Return a separate generator (PCG64) for the names.

    Numbers for a name do not depend on draws for other names, or on the order of the draws. DefinitionError for a
    seed that is negative or no whole number.

    >>> generator(1, "weights", "economy").random() == generator(1, "weights", "economy").random()
    True
    >>> generator(1, "weights", "economy").random() == generator(1, "weights", "nature").random()
    False
    """
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise DefinitionError(f"the seed {seed!r} is not a whole number of 0 or more", remedy="seed = 1")
    key = [part for name in names for part in (len(name.encode()), *name.encode())]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(int(seed), spawn_key=key)))


def monte_carlo(draws: int, factors: int, random: np.random.Generator) -> Array:
    """Draw independent uniform numbers in [0, 1), shape (draws, factors).

    >>> monte_carlo(3, 2, generator(1)).shape
    (3, 2)
    """
    check_draws(draws)
    return random.random((draws, factors))


def saltelli(base: int, factors: int, random: np.random.Generator, *, crossed: bool = False) -> Array:
    """Draw the design of Saltelli: A, B, and for each factor A with a column of B; (base (factors + 2), factors).

    A and B are the halves of a set of scrambled Sobol' points in 2 × factors dimensions. Each has `base` rows; `base`
    is a power of two, because other numbers of points do not fill the space evenly. `crossed` adds for each factor B
    with a column of A, which few estimators need. `indices.blocks` divides outputs into the same parts. DefinitionError
    for a base that is no power of two, MissingDependency without scipy.

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
            f"the number of Sobol' points must be a power of two, and {base} is not",
            remedy=f"choose {below} or {2 * below}",
        )
    sequence = require_optional("scipy.stats", "quasi-random sampling", "scipy").qmc.Sobol(2 * factors, seed=random)
    points = sequence.random_base2(base.bit_length() - 1)
    a, b = points[:, :factors], points[:, factors:]
    crossings = [_with_column(a, b, factor) for factor in range(factors)]
    if crossed:
        crossings += [_with_column(b, a, factor) for factor in range(factors)]
    design: Array = np.concatenate([a, b, *crossings])
    return design


def keyed_normal(seed: int, name: str, keys: Bits, draws: Integers) -> Array:
    """Return independent standard normal numbers, shape (draws, keys); each belongs to its key and draw.

    `keys` (n,) come from `identity_keys`, and `draws` are numbers of draws, from 0. The number of a key in a draw does
    not depend on the other keys, so that neither the order of units nor a further unit changes it.

    Source: Steele, Lea & Flood (2014), OOPSLA '14, for SplitMix64: each key has a separate stream. The inverse of the
    distribution function transforms the bits into normal numbers.

    >>> lima, oslo = identity_keys([("Lima",), ("Oslo",)])
    >>> together = keyed_normal(1, "gdp", np.array([lima, oslo]), np.array([0, 1]))
    >>> bool((keyed_normal(1, "gdp", np.array([oslo]), np.array([1])) == together[1, 1]).all())
    True
    """
    start = mix_bits(keys + identity_keys([(seed, name)]))
    counters = (draws.astype(np.uint64)[:, None] + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    normal = np.empty((len(draws), len(keys)))
    step = max(1, _CELLS // max(1, len(draws)))
    for first in range(0, len(keys), step):
        batch = slice(first, first + step)
        bits = mix_bits(start[batch] + counters)
        # the top 53 bits number one of 2^53 equal parts of [0, 1]; the middle of a part, minus a half, is never ±1/2
        centred = (bits >> np.uint64(11)) * 2.0**-53 - (0.5 - 2.0**-54)
        normal[:, batch] = quantiles(np.asarray(centred, dtype=float))
    return normal


def alternative(u: Array, count: int) -> Integers:
    """Return the number of the alternative, from 0, that each uniform number chooses: ⌊u m⌋.

    >>> alternative(np.array([0.0, 0.49, 0.5, 0.99]), 2).tolist()
    [0, 0, 1, 1]
    """
    if count < 1:
        raise DefinitionError("a choice needs an alternative", remedy="name one alternative or more")
    return np.minimum((u * count).astype(np.int64), count - 1)  # u m may round up to m


def _with_column(first: Array, other: Array, column: int) -> Array:
    crossed = first.copy()
    crossed[:, column] = other[:, column]
    return crossed


def check_draws(draws: int) -> None:
    """Refuse a number of draws below 1 or above the limit.

    >>> check_draws(1)
    """
    if draws < 1:
        raise DefinitionError(f"the number of draws is {draws}, and must be 1 or more", remedy="draws = 1_000")
    if excess := DRAWS.excess(draws):
        raise DefinitionError(excess, remedy=f"ask for fewer; {DRAWS.remedy(draws)}")
