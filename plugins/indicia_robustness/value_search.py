"""The values nearest to the present ones at which a margin is reached, for many indicators at the same time."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from indicia.methods import Array

    Integers = npt.NDArray[np.int64]
    Margins: TypeAlias = Callable[[Integers, Array], Array]
    """Margins (m,) at values (m,) of the variables with these numbers (m,); negative where the goal is missed."""

_GROWTH = 8.0
"""The factor by which a step grows until it reaches the goal."""
_ROUNDS = 100
"""The largest number of rounds of the search for a root; a smooth margin needs about ten, a step about fifty."""

_DISTANCES = np.geomspace(1 / 8, 64, 37)
"""The shares of a range at which margins that may rise and fall are computed."""

_BESIDE = 1e-11
"""The share of a bracket by which a point lies beside another, to tell a smooth margin from a step."""


def nearest_values(margins: Margins, start: Array, far: Array, step: Array, margin_at_start: float | Array) -> Array:
    """Return, for each variable (k,), the value nearest to `start` at which the margin is 0 or more; NaN if none is.

    A margin that rises from `start` to `far` is assumed. `step` is the first step; `far` is the furthest value.

    >>> square = lambda numbers, values: values**2 - 2
    >>> nearest_values(square, np.array([0.0]), np.array([100.0]), np.array([1.0]), -2.0).round(9).tolist()
    [1.414213562]
    """
    numbers = np.arange(len(start))
    at_far = margins(numbers, far) if len(start) else np.empty(0)
    active = numbers[at_far >= 0]
    low, high = start.copy(), far.copy()
    below, above = np.full(len(start), margin_at_start), at_far.copy()
    side, size = np.sign(far - start), step.copy()
    while len(active):
        is_short = np.abs(far - start)[active] > size[active]
        active = active[is_short]
        if not len(active):
            break
        values = start[active] + side[active] * size[active]
        at_values = margins(active, values)
        met = at_values >= 0
        high[active[met]], above[active[met]] = values[met], at_values[met]
        low[active[~met]], below[active[~met]] = values[~met], at_values[~met]
        active = active[~met]
        size[active] *= _GROWTH
    nearest = np.full(len(start), np.nan)
    reached = numbers[at_far >= 0]
    nearest[reached] = roots(
        lambda places, values: margins(reached[places], values),
        low[reached],
        high[reached],
        below[reached],
        above[reached],
    )
    return nearest


def first_values(margins: Margins, start: Array, far: Array, span: Array, margin_at_start: float | Array) -> Array:
    """Return the value nearest to `start` at which a margin that may rise and fall is 0 or more; NaN if none is seen.

    The margins are computed at distances from an eighth of `span` to 64 times as much, and the value is sought before
    the first distance at which the goal is reached. A narrower interval of values that reach it may be overlooked.

    >>> hill = lambda numbers, values: 1 - (values - 3) ** 2
    >>> first_values(hill, np.array([0.0]), np.array([1e6]), np.array([1.0]), -8.0).round(9).tolist()
    [2.0]
    """
    nearest, low, below = np.full(len(start), np.nan), start.copy(), np.full(len(start), margin_at_start)
    active, side = np.arange(len(start)), np.sign(far - start)
    for share in _DISTANCES:
        active = active[np.abs(far - start)[active] > share * span[active]]
        if not len(active):
            break
        values = start[active] + share * side[active] * span[active]
        at_values = margins(active, values)
        met = at_values >= 0
        hits = active[met]
        nearest[hits] = roots(_of(margins, hits), low[hits], values[met], below[hits], at_values[met])
        active = active[~met]
        low[active], below[active] = values[~met], at_values[~met]
    return nearest


def _of(margins: Margins, variables: Integers) -> Margins:
    """Return the margins of some variables, which are numbered anew."""
    return lambda numbers, values: margins(variables[numbers], values)


def roots(margins: Margins, low: Array, high: Array, below: Array, above: Array) -> Array:
    """Return the ends of brackets at which the margin is 0 or more, narrowed to the last digits.

    Source: Chandrupatla (1997), Advances in Engineering Software 28(3): inverse quadratic steps, or else halving.
    """
    a, b, fa, fb = high.copy(), low.copy(), _above(above), below.copy()
    c, fc, share = a.copy(), fa.copy(), np.full(len(a), 0.5)
    best, level = high.copy(), np.zeros(len(a), dtype=bool)
    beside = _BESIDE * np.abs(high - low)
    active = np.flatnonzero(below < 0)
    for _ in range(_ROUNDS):
        if not len(active):
            break
        x = a[active] + share[active] * (b[active] - a[active])
        margin = margins(active, x)
        f = _above(margin)
        best[active[f > 0]] = x[f > 0]
        # a margin of 0 is the root of a smooth margin if it is negative beside it, else the edge of a step is elsewhere
        is_root = level[active] & (f < 0) & (fa[active] == np.finfo(float).tiny)
        same = np.sign(f) == np.sign(fa[active])
        kept, turned = active[same], active[~same]
        c[kept], fc[kept] = a[kept], fa[kept]
        c[turned], fc[turned] = b[turned], fb[turned]
        b[turned], fb[turned] = a[turned], fa[turned]
        a[active], fa[active] = x, f
        tolerance = 2 * np.finfo(float).eps * np.maximum(np.abs(a[active]), np.abs(b[active]))
        share[active] = _share(a[active], b[active], c[active], fa[active], fb[active], fc[active], tolerance)
        is_new, width = (margin == 0) & ~level[active], np.abs(b[active] - a[active])
        new = active[is_new]
        share[new] = np.minimum(0.5, beside[new] / width[is_new])
        level[active] = is_new
        active = active[(width > 2 * tolerance) & ~is_root]
    return best


def _above(margins: Array) -> Array:
    """Return margins in which 0 counts as reached."""
    return np.where(margins == 0, np.finfo(float).tiny, margins)


def _share(a: Array, b: Array, c: Array, fa: Array, fb: Array, fc: Array, tolerance: Array) -> Array:
    """Return the share of the way from a to b at which the margin is computed next."""
    with np.errstate(divide="ignore", invalid="ignore"):
        xi, phi, alpha = (a - b) / (c - b), (fa - fb) / (fc - fb), (c - a) / (b - a)
        is_smooth = (1 - np.sqrt(1 - xi) < phi) & (phi < np.sqrt(xi))
        quadratic = fa / (fb - fa) * fc / (fb - fc) + alpha * fa / (fc - fa) * fb / (fc - fb)
        least = np.minimum(0.5, tolerance / np.abs(b - a))
    share = np.where(is_smooth & np.isfinite(quadratic), quadratic, 0.5)
    return np.clip(share, least, 1 - least)
