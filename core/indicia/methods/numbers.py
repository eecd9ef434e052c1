"""Numbers for formulas: random numbers, rounding, the order of values and normal quantiles."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from math import inf
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from indicia.formulas import Expression, step

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    import numpy.typing as npt

    from indicia.methods.contract import Array

    Bits: TypeAlias = npt.NDArray[np.uint64]
    Places: TypeAlias = npt.NDArray[np.int64]
    Mask: TypeAlias = npt.NDArray[np.bool_]


SEED = 1
"""The seed of random methods, where the methodology states none."""


@dataclass(frozen=True)
class RandomNumbers:
    """The random numbers of a method that declares `is_random`.

    The numbers of a unit depend on the seed, on the names that the method states, and on the name and period of the
    unit: neither the order of the rows nor a further unit changes them. Another seed, such as that of another
    imputation, gives other numbers. The same names always give the same numbers, so that a method states other names
    for each use: `random.normal("noise", round, random.columns[j])`.

    Examples
    --------
    >>> random = RandomNumbers(1, identity_keys([("Lima",), ("Oslo",)]), ("gdp", "air"))
    >>> alone = RandomNumbers(1, identity_keys([("Oslo",)]), ("gdp", "air"))
    >>> bool(random.uniform("donor", "gdp")[1] == alone.uniform("donor", "gdp")[0])
    True
    >>> bool(random.of_unit(1, "donor").random() == alone.of_unit(0, "donor").random())
    True
    """

    seed: int
    """The seed of the run, or of an imputation."""
    keys: Bits
    """A number for each unit and period, shape (n,)."""
    columns: tuple[str, ...]
    """The names of the k indicators, in the order of the matrix."""
    group: tuple[str, ...] = ()
    """The group or period of the rows, if the method fills each separately."""

    def uniform(self, *names: object) -> Array:
        """Return independent uniform numbers, one for each unit.

        Parameters
        ----------
        *names
            Words or numbers that name this use of random numbers; their texts count.

        Returns
        -------
        Array
            Numbers above 0 and below 1, shape (n,).
        """
        # the top 53 bits number one of 2^53 equal parts of [0, 1]; the number is the middle of the part
        import numpy as np  # here, since declarations of methods need none

        return np.asarray(((self._bits(names) >> np.uint64(11)) + 0.5) * 2.0**-53, dtype=float)

    def normal(self, *names: object) -> Array:
        """Return independent standard normal numbers, one for each unit.

        Parameters
        ----------
        *names
            As in `uniform`.

        Returns
        -------
        Array
            Numbers, shape (n,).
        """
        # minus a half first, which is exact, so that the numbers are symmetric about 0
        import numpy as np  # here, since declarations of methods need none

        from indicia.formulas.normal import quantiles

        centred = (self._bits(names) >> np.uint64(11)) * 2.0**-53 - (0.5 - 2.0**-54)
        return quantiles(np.asarray(centred, dtype=float))

    def of_unit(self, unit: int, *names: object) -> np.random.Generator:
        """Return a generator of one unit, for any distribution.

        Parameters
        ----------
        unit
            The row of the unit, from 0.
        *names
            As in `uniform`.

        Returns
        -------
        numpy.random.Generator
            A new generator, which starts at the same numbers each time.
        """
        import numpy as np  # here, since declarations of methods need none

        return np.random.Generator(np.random.PCG64(int(self._bits(names)[unit])))

    def shared(self, *names: object) -> np.random.Generator:
        """Return a generator of all units together, such as for the parameters of a distribution.

        Parameters
        ----------
        *names
            As in `uniform`.

        Returns
        -------
        numpy.random.Generator
            A new generator, which starts at the same numbers each time.
        """
        import numpy as np  # here, since declarations of methods need none

        return np.random.Generator(np.random.PCG64(int(identity_keys([(self.seed, "shared", *self.group, *names)])[0])))

    def _bits(self, names: tuple[object, ...]) -> Bits:
        """Return 64 random bits of each unit."""
        return mix_bits(self.keys + identity_keys([(self.seed, *names)]))


def identity_keys(identities: Iterable[tuple[object, ...]]) -> Bits:
    """Return 64 bits for each identity, such as a unit and its period; they depend on its text only.

    >>> identity_keys([("Lima", 2020), ("Oslo", 2020)]).tolist()[1:] == identity_keys([("Oslo", 2020)]).tolist()
    True
    """
    # the length of each part is hashed with it, so that ("ab", "c") and ("a", "bc") differ
    texts = ("".join(f"{len(text)}:{text}" for text in map(str, parts)) for parts in identities)
    digests = (blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest() for text in texts)
    import numpy as np  # here, since declarations of methods need none

    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)


def mix_bits(bits: Bits) -> Bits:
    """Mix 64 bits in place, so that each bit depends on all others; the output function of SplitMix64."""
    import numpy as np  # here, since declarations of methods need none

    bits ^= bits >> np.uint64(30)
    bits *= np.uint64(0xBF58476D1CE4E5B9)
    bits ^= bits >> np.uint64(27)
    bits *= np.uint64(0x94D049BB133111EB)
    bits ^= bits >> np.uint64(31)
    return bits


def seed_of_node(seed: int, stage: str, node: str) -> int:
    """Return the seed of the weighting or the aggregation of a node, so that each has numbers of its own.

    >>> seed_of_node(1, "weighting", "health") == seed_of_node(1, "weighting", "safety")
    False
    """
    return int(identity_keys([(seed, stage, node)])[0])


def seed_of_draw(seed: int, draw: int) -> int:
    """Return the seed of the weightings and aggregations of one draw of an analysis with a seed.

    >>> seed_of_draw(1, 1) == seed_of_draw(1, 1), seed_of_draw(1, 1) == seed_of_draw(1, 2)
    (True, False)
    """
    return int(identity_keys([(seed, "draw", draw)])[0]) >> 32


def not_declared(kind: str) -> TypeError:
    """Return the error for a method that asks for random numbers, and whose class does not say so."""
    return TypeError(f"{kind} asks for random numbers: its class has to declare is_random = True")


def seed_of_imputation(seed: int, number: int) -> int:
    """Return the seed of one of several imputations; a run with this seed imputes the same values.

    >>> seed_of_imputation(1, 1) == seed_of_imputation(1, 1), seed_of_imputation(1, 1) == seed_of_imputation(1, 2)
    (True, False)
    """
    return int(identity_keys([(seed, "imputation", number)])[0]) >> 32


T = TypeVar("T")

_ABSOLUTE, _RELATIVE = 1e-9, 4e-15
"""The largest absolute and relative error of a decimal half in memory, which may be a little less than the half."""


_SLACK = 1e-9
"""The largest rounding error of a figure, as a share of the larger end of its range."""


def widened(low: float, high: float) -> tuple[float, float]:
    """Return the ends of a range, wider by the rounding error of a figure at an end.

    Every check that a computed figure lies in a stated range takes these ends: 100.00000000000001 / 100 is not above 1.
    A sum of weights is 1 if it lies in `widened(1, 1)`.

    >>> low, high = widened(0, 1)
    >>> low <= 100.00000000000001 / 100 <= high, low <= 1.001 <= high
    (True, False)
    """
    slack = _SLACK * max((abs(end) for end in (low, high) if abs(end) != inf), default=0.0)
    return low - slack, high + slack


def half_up(x: T, decimals: int) -> T:
    """Round half up to a number of decimals: 0.0005 is rounded up, although the machine may store a smaller number.

    Parameters
    ----------
    x
        An expression of a formula, or of polars.
    decimals
        The number of decimals.

    Returns
    -------
    Expression or polars.Expr
        The rounded values.

    Examples
    --------
    >>> import polars as pl
    >>> pl.DataFrame({"x": [0.285, 593518.695, -2.5]}).select(half_up(pl.col("x"), 2))["x"].to_list()
    [0.29, 593518.7, -2.5]
    """
    column: Any = x
    scale = 10.0**decimals
    rounded: T = (half_added(column * scale).floor() / scale).round(decimals)
    return rounded


def half_added(scaled: Any) -> Any:
    """Add a half and its largest error in memory; the floor of the result is the number rounded half up."""
    return scaled + (0.5 + _ABSOLUTE) + abs(scaled) * _RELATIVE


def sort_with_order(values: Array) -> tuple[Places, Array]:
    """Return the order of values from low to high, and the values in this order, faster than `numpy.argsort`.

    Parameters
    ----------
    values
        Numbers without NaN, shape (n,).

    Returns
    -------
    order
        The places of the values, shape (n,), whole numbers; equal values keep their order.
    ordered
        The values in this order, shape (n,).

    Notes
    -----
    The places are written into the last bits of the values, which are then sorted as whole numbers. Values that differ
    in these bits only are sorted afterwards.

    Examples
    --------
    >>> import numpy as np
    >>> places, ordered = sort_with_order(np.array([0.5, -1.0, 0.25]))
    >>> places.tolist(), ordered.tolist()
    ([1, 2, 0], [-1.0, 0.25, 0.5])
    """
    keys, bits = _keys(values)
    places = keys & ((1 << bits) - 1)
    ordered = values.take(places)
    if (ordered[1:] < ordered[:-1]).any():
        _sort_alike(places, values, *_alike(keys >> bits))
        ordered = values.take(places)
    return places, ordered


def order_with_ties(values: Array) -> tuple[Places, Mask]:
    """Return the order of values as `sort_with_order` does, and a mask of the values that equal the next value.

    Parameters
    ----------
    values
        Numbers without NaN, shape (n,).

    Returns
    -------
    order
        The places of the values, shape (n,).
    tied
        True for each value that equals the next value in this order, shape (n - 1,).

    Examples
    --------
    >>> import numpy as np
    >>> places, tied = order_with_ties(np.array([0.5, -1.0, 0.5]))
    >>> places.tolist(), tied.tolist()
    ([1, 0, 2], [False, True])
    """
    import numpy as np

    keys, bits = _keys(values)
    places = keys & ((1 << bits) - 1)
    kinds = keys >> bits
    tied = kinds[1:] == kinds[:-1]
    if len(close := np.flatnonzero(tied)):
        if (values[places[close + 1]] < values[places[close]]).any():
            _sort_alike(places, values, *_alike(kinds))
        tied[close] = values[places[close + 1]] == values[places[close]]
    return places, tied


def _keys(values: Array) -> tuple[Places, int]:
    """Return values as sorted whole numbers with their places in the last bits, and the number of these bits."""
    import numpy as np
    import polars as pl

    bits = max(len(values) - 1, 1).bit_length()
    keys = (values + 0.0).view(np.int64)  # turns -0.0 into 0.0, which has other bits
    if (keys < 0).any():
        keys ^= (keys >> 63) & np.iinfo(np.int64).max  # the bits of negative numbers are in reverse order
    keys &= ~((1 << bits) - 1)
    keys |= np.arange(len(values))
    return pl.Series(keys).sort(multithreaded=False).to_numpy(), bits


def _alike(kinds: Places) -> tuple[Places, Places]:
    """Return the places of values that share all but the last bits with a neighbour, and the bits that they share."""
    import numpy as np

    same = kinds[1:] == kinds[:-1]
    alike = np.flatnonzero(np.append(same, False) | np.append(False, same))
    return alike, kinds[alike]


def _sort_alike(places: Places, values: Array, alike: Places, kinds: Places) -> None:
    """Sort the values that share all but the last bits."""
    import numpy as np

    places[alike] = places[alike[np.lexsort((values[places[alike]], kinds))]]


def normal_quantile(beyond: Expression) -> Expression:
    """Return the quantile of the standard normal distribution at the probability 1/2 + `beyond`, row by row.

    Parameters
    ----------
    beyond
        The probability minus 1/2, between -1/2 and 1/2. This difference keeps its digits near the median, where the
        quantile is zero.

    Returns
    -------
    Expression
        The quantiles.
    """
    return step("normal_quantile", beyond)
