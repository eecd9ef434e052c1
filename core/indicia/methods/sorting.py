"""Values put in order, for methods that compare units."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TypeAlias

    import numpy as np
    import numpy.typing as npt

    from indicia.methods.contract import Array

    Places: TypeAlias = npt.NDArray[np.int64]


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
    import numpy as np
    import polars as pl

    bits = max(len(values) - 1, 1).bit_length()
    last_digits = (1 << bits) - 1
    keys = (values + 0.0).view(np.int64)  # there is no negative zero then
    if (keys < 0).any():
        keys ^= (keys >> 63) & np.iinfo(np.int64).max  # the digits of a negative number rise as it falls
    keys &= ~last_digits
    keys |= np.arange(len(values))
    keys = pl.Series(keys).sort(multithreaded=False).to_numpy()
    places = keys & last_digits
    ordered = values.take(places)
    if (ordered[1:] < ordered[:-1]).any():
        kinds = keys >> bits
        same = kinds[1:] == kinds[:-1]
        alike = np.flatnonzero(np.append(same, False) | np.append(False, same))
        places[alike] = places[alike[np.lexsort((ordered[alike], kinds[alike]))]]
        ordered[alike] = values[places[alike]]
    return places, ordered
