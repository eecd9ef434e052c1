"""Random numbers of a method, which belong to the run, the method, the draw and the unit."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    import numpy.typing as npt

    from indicia.methods.contract import Array

    Bits: TypeAlias = npt.NDArray[np.uint64]

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
