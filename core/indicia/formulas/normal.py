"""Quantiles of the standard normal distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from typing import TypeAlias

    import numpy.typing as npt

    Array: TypeAlias = npt.NDArray[np.float64]


@np.errstate(divide="ignore", invalid="ignore")
def quantiles(q: Array) -> Array:
    """Return the quantiles at probabilities 1/2 + q, where |q| < 1/2 - 1.4e-11; NaN beyond |q| = 1/2.

    Wichura (1988), Algorithm AS 241, Applied Statistics 37(3), PPND16, accurate to about 1e-16. The third approximation
    of the paper, for the far tails, is left out: only ranks of more than 7e10 units need it, and the second
    approximation gives five digits there. The argument is an array, since polars would compute an expression again for
    every power.

    >>> quantiles(np.array([-0.475, 0.0, 0.475])).round(4).tolist()
    [-1.96, 0.0, 1.96]
    """
    distance = np.abs(q)
    r = 0.180625 - q**2
    quantile: Array = np.asarray(q * _polynomial(_A, r) / _polynomial((*_B, 1.0), r))
    in_tail = distance > 0.425
    r = np.sqrt(-np.log(0.5 - distance[in_tail])) - 1.6
    quantile[in_tail] = np.sign(q[in_tail]) * _polynomial(_C, r) / _polynomial((*_D, 1.0), r)
    return quantile


def _polynomial(coefficients: tuple[float, ...], x: Array) -> Array:
    """Evaluate a polynomial in place, from the highest power; `np.polyval` would copy x at each step."""
    value = coefficients[0] * x
    for coefficient in coefficients[1:-1]:
        value += coefficient
        value *= x
    value += coefficients[-1]
    return value


# The coefficients a, b, c and d of the paper, from the highest power to the lowest.
_A = (
    2.5090809287301226727e3,
    3.3430575583588128105e4,
    6.7265770927008700853e4,
    4.5921953931549871457e4,
    1.3731693765509461125e4,
    1.9715909503065514427e3,
    1.3314166789178437745e2,
    3.3871328727963666080e0,
)
_B = (
    5.2264952788528545610e3,
    2.8729085735721942674e4,
    3.9307895800092710610e4,
    2.1213794301586595867e4,
    5.3941960214247511077e3,
    6.8718700749205790830e2,
    4.2313330701600911252e1,
)
_C = (
    7.74545014278341407640e-4,
    2.27238449892691845833e-2,
    2.41780725177450611770e-1,
    1.27045825245236838258e0,
    3.64784832476320460504e0,
    5.76949722146069140550e0,
    4.63033784615654529590e0,
    1.42343711074968357734e0,
)
_D = (
    1.05075007164441684324e-9,
    5.47593808499534494600e-4,
    1.51986665636164571966e-2,
    1.48103976427480074590e-1,
    6.89767334985100004550e-1,
    1.67638483018380384940e0,
    2.05319162663775882187e0,
)
