"""Values put in order, for methods that compare units."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TypeAlias

    import numpy as np
    import numpy.typing as npt

    from indicia.methods.contract import Array

    Places: TypeAlias = npt.NDArray[np.int64]
    Mask: TypeAlias = npt.NDArray[np.bool_]


def upwards(values: Array) -> tuple[Places, Array]:
    """Return the order of values from low to high, of equal ones the first first, and the values in it; none is NaN.

    Places are written into the last digits of the values, read as whole numbers: sorting these, several times faster
    than sorting places by values, brings both in order. Values that differ in these digits alone are put in order
    afterwards.

    >>> import numpy as np
    >>> places, ordered = upwards(np.array([0.5, -1.0, 0.25]))
    >>> places.tolist(), ordered.tolist()
    ([1, 2, 0], [-1.0, 0.25, 0.5])
    """
    keys, bits = _keys(values)
    places = keys & ((1 << bits) - 1)
    ordered = values.take(places)
    if (ordered[1:] < ordered[:-1]).any():
        _settle(places, values, *_alike(keys >> bits))
        ordered = values.take(places)
    return places, ordered


def neighbours(values: Array) -> tuple[Places, Mask]:
    """Return the order of values as `upwards` does, and which of them are equal to the one that follows.

    Where most values differ early, most of them need not be looked at again.

    >>> import numpy as np
    >>> places, tied = neighbours(np.array([0.5, -1.0, 0.5]))
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
            _settle(places, values, *_alike(kinds))
        tied[close] = values[places[close + 1]] == values[places[close]]
    return places, tied


def _keys(values: Array) -> tuple[Places, int]:
    """Return values as whole numbers, from low to high, with their places in the last bits, and how many these are."""
    import numpy as np
    import polars as pl

    bits = max(len(values) - 1, 1).bit_length()
    keys = (values + 0.0).view(np.int64)  # there is no negative zero then
    if (keys < 0).any():
        keys ^= (keys >> 63) & np.iinfo(np.int64).max  # the digits of a negative number rise as it falls
    keys &= ~((1 << bits) - 1)
    keys |= np.arange(len(values))
    return pl.Series(keys).sort(multithreaded=False).to_numpy(), bits


def _alike(kinds: Places) -> tuple[Places, Places]:
    """Return where values stand that differ in the last digits alone, if at all, and the digits before."""
    import numpy as np

    same = kinds[1:] == kinds[:-1]
    alike = np.flatnonzero(np.append(same, False) | np.append(False, same))
    return alike, kinds[alike]


def _settle(places: Places, values: Array, alike: Places, kinds: Places) -> None:
    """Put values in order that are alike in all but the last digits."""
    import numpy as np

    places[alike] = places[alike[np.lexsort((values[places[alike]], kinds))]]
