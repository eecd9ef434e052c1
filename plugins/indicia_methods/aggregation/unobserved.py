"""The unobserved components model: several measurements of one quantity, each with an error of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, NamedTuple

import numpy as np
from pydantic import Field

from indicia.errors import join_names
from indicia.methods import Array, MatrixAggregation, MatrixContext, Property

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.methods.contract import DetailTable
    from indicia_methods.arrays import Mask

_STEPS = 5_000
_TOLERANCE = 1e-14
"""The steps end when no parameter of standardised components changes by more."""
_NO_ERROR = 0.0005
"""The share of error in the variance of a component below which EM comes to 0 ever more slowly."""


@dataclass(frozen=True)
class UnobservedComponents(MatrixAggregation):
    """Estimate the quantity that all components measure with errors: the conditional mean under normal errors.

    Each component is a linear function of the unobserved quantity plus an error, whose variance differs between
    components. The quantity has mean 0 and variance 1 over the units. Parameters are maximum likelihood estimates by
    the EM algorithm. A component with a small error has a large weight; if the most likely error is 0, the score would
    be this component alone, which is an error unless `least_error` bounds it. With `missing = "skip"`, gaps are part of
    the model: the score of a unit depends on its present components, and its standard error grows with each gap. A
    component that falls as the others rise counts with a negative sign. The method needs three components. Weights do
    not count.
    """

    name = "unobserved_components"
    uses_weights = False
    reference = (
        "Kaufmann, Kraay & Zoido-Lobatón (1999), World Bank Policy Research Working Paper 2195; OECD/JRC (2008), "
        "Handbook on Constructing Composite Indicators, section 6.4"
    )
    formula = (
        r"\sum_j w_j \frac{z_j - \alpha_j}{\beta_j}, \quad w_j = \frac{\sigma_j^{-2}}{1 + \sum_i \sigma_i^{-2}}, \quad "
        r"z_j = \alpha_j + \beta_j (g + \varepsilon_j), \quad g \sim N(0, 1), \quad \varepsilon_j \sim N(0, \sigma_j^2)"
        "<least_error>"
    )
    symbols = {"least_error": r"\lambda"}
    variants = {"least_error": {None: "", ...: r", \quad \beta_j^2 \sigma_j^2 \ge \lambda s_j^2"}}
    example = "unobserved_components(least_error=0.005)"
    detail_tables = {
        "units": "the standard error of the score of a unit, and the weight of each component in it",
        "parameters": "the level, the slope and the variance of the error of a component",
    }
    minimum_units = 4
    iteration_tolerance = 1e-8
    properties = frozenset({Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})

    least_error: Annotated[
        float | None,
        Field(gt=0, lt=1, description="least share of error in the variance of a component; 0.005 is usual"),
    ] = None

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        z, is_present, model = self._estimate(values, context.components)
        mean, _ = _conditional(z, is_present, model)
        return mean

    def unit_details(
        self,
        values: Array,
        weights: Array,
        context: MatrixContext,
    ) -> Mapping[str, Sequence[float | str | None]]:
        z, is_present, model = self._estimate(values, context.components)
        _, variance = _conditional(z, is_present, model)
        of_units = variance[:, None] * np.where(is_present, model.precision, np.nan)
        details: dict[str, Sequence[float | str | None]] = {"standard error": np.sqrt(variance).tolist()}
        for name, column in zip(context.components, of_units.T, strict=True):
            details[f"weight of {name}"] = [None if np.isnan(weight) else weight for weight in column.tolist()]
        return details

    def detail_table(self, table: str, values: Array, weights: Array, context: MatrixContext) -> DetailTable:
        _, is_present, model = self._estimate(values, context.components)
        _, centre, scale = _standardise(values, is_present)
        return {
            "component": list(context.components),
            "alpha": centre + scale * model.level,
            "beta": scale * model.slope,
            "error variance": 1 / model.precision,
        }

    def _estimate(self, values: Array, names: Sequence[str]) -> tuple[Array, Mask, _Model]:
        """Return standardised values with 0 for gaps, the present cells, and the maximum likelihood estimate."""
        is_present = ~np.isnan(values)
        _refuse_too_few(values, is_present, names)
        z, _, _ = _standardise(values, is_present)
        model = _start(z)
        for _ in range(_STEPS):
            previous, model = model, _em_step(z, is_present, model, self.least_error or 0.0)
            if self.least_error is None and (model.variance < _NO_ERROR).any():
                raise _no_error(names, model)
            if max(np.abs(new - old).max() for new, old in zip(model, previous, strict=True)) <= _TOLERANCE:
                sign = 1.0 if model.slope.sum() >= 0 else -1.0
                return z, is_present, model._replace(slope=sign * model.slope)
        raise ValueError(
            f"EM does not converge in {_STEPS} steps: the components have too little in common, or the units are too "
            "few; leave out components, or take another aggregation"
        )


class _Model(NamedTuple):
    """The parameters of each component: z = level + slope g + error."""

    level: Array
    slope: Array
    variance: Array
    """The variance of the error of z, which is the square of the slope times that of the error of g."""

    @property
    def precision(self) -> Array:
        """The reciprocals of the variances of the errors of g."""
        precision: Array = self.slope**2 / self.variance
        return precision


def _refuse_too_few(values: Array, is_present: Mask, names: Sequence[str]) -> None:
    if len(names) < 3:
        raise ValueError(
            f"errors and a common quantity cannot be told apart from {len(names)} components: take three or more, or "
            "another aggregation"
        )
    if (units := int(is_present.any(axis=1).sum())) < 4:
        raise ValueError(f"{units} units are too few: take more units, or another rule for missing values")
    if lacking := [name for name, column in zip(names, is_present.T, strict=True) if column.sum() < 3]:
        raise ValueError(f"{join_names(lacking)} has values of fewer than three units: leave it out")
    spread = np.nanmax(values, axis=0) - np.nanmin(values, axis=0)
    if constant := [name for name, size in zip(names, spread, strict=True) if not size > 0]:
        raise ValueError(f"{join_names(constant)} does not vary: leave it out")


def _standardise(values: Array, is_present: Mask) -> tuple[Array, Array, Array]:
    """Return values with mean 0 and variance 1 over the units that have them, 0 for gaps; the means and deviations."""
    count, largest = is_present.sum(axis=0), np.nanmax(np.abs(values), axis=0)
    shares = np.nan_to_num(values / largest)  # squares of very large values overflow
    centre = shares.sum(axis=0) / count
    deviation = np.where(is_present, shares - centre, 0.0)
    scale = np.sqrt((deviation**2).sum(axis=0) / count)
    return deviation / scale, largest * centre, largest * scale


def _no_error(names: Sequence[str], model: _Model) -> ValueError:
    """Return the error for components whose most likely error is 0."""
    exact = [name for name, variance in zip(names, model.variance, strict=True) if variance < _NO_ERROR]
    return ValueError(
        f"the most likely error of {join_names(exact)} is 0, so that the score would be {exact[0]} alone: leave it "
        "out, add components, or bound the errors from below (least_error = 0.005)"
    )


def _start(z: Array) -> _Model:
    """Return parameters by the first principal component, with half of the variance as error."""
    _, vectors = np.linalg.eigh(z.T @ z)
    slope = vectors[:, -1] * np.sqrt(z.shape[1] / 2)
    return _Model(np.zeros(z.shape[1]), slope, np.full(z.shape[1], 0.5))


def _conditional(z: Array, is_present: Mask, model: _Model) -> tuple[Array, Array]:
    """Return the mean and the variance of the unobserved quantity of each unit, given its components."""
    deviation = np.where(is_present, z - model.level, 0.0)
    variance = 1 / (1 + is_present @ model.precision)
    return variance * (deviation @ (model.slope / model.variance)), variance


def _em_step(z: Array, is_present: Mask, model: _Model, least_error: float) -> _Model:
    """Return the next parameters: the quantity given the components, then a regression of each component on it."""
    mean, variance = _conditional(z, is_present, model)
    square, present = mean**2 + variance, is_present.astype(float)
    count, g, gg = present.sum(axis=0), mean @ present, square @ present
    zg, zz, total = mean @ z, (z**2).sum(axis=0), z.sum(axis=0)
    slope = (count * zg - g * total) / (count * gg - g**2)
    level = (total - slope * g) / count
    error = (zz - level * total - slope * zg) / count
    # the quantity of this step has another mean and variance than 0 and 1 (parameter expansion): convert to these
    shift = mean.mean()
    scale = np.sqrt(square.mean() - shift**2)
    return _Model(level + slope * shift, slope * scale, np.maximum(error, least_error))
