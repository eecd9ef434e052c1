"""The order of values, for methods that compare units."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TypeAlias

    import numpy as np
    import numpy.typing as npt

    from indicia.methods.contract import Array

    Places: TypeAlias = npt.NDArray[np.int64]
    Mask: TypeAlias = npt.NDArray[np.bool_]


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
