"""Imputations by random draws, which show how uncertain the filled values are (multiple imputation)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from indicia.methods import Array, Property, RandomImputation, RandomNumbers, UsedColumn
from indicia_methods.imputation.standard import Covariates, restore, standardise, used_covariates
from indicia_methods.imputation.typical import Within, groups_of

if TYPE_CHECKING:
    from indicia_methods.arrays import Integers, Mask

_PROPERTIES = frozenset({Property.SCALE_INVARIANT, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})

_DEPENDENT = 1e-9
"""Predictors are linearly dependent if a singular value of their matrix is a smaller share of the largest one."""

_DIGITS = 12
"""Distances that agree to this number of decimals, in standard deviations, are equal."""

_CELLS = 4_000_000
"""Distances held at a time, which bounds the memory for any number of units."""


@dataclass(frozen=True)
class HotDeck(RandomImputation):
    """Fill with the value of a random unit that has the indicator, or of such a unit of the same group.

    With `bootstrap`, the donors are first drawn with replacement, so that several imputations vary as much as Rubin's
    rules ask (approximate Bayesian bootstrap). Units of a group without any value stay missing.
    """

    name = "hot_deck"
    reference = (
        "Rubin & Schenker (1986), JASA 81(394), doi:10.1080/01621459.1986.10478280; "
        "Andridge & Little (2010), International Statistical Review 78(1), doi:10.1111/j.1751-5823.2010.00103.x"
    )
    formula = r"x_i = x_l, \quad l \text{ a random unit <bootstrap>with a value}<within>"
    symbols = {"within": "g"}
    variants = {
        "bootstrap": {True: r"of a random sample, with replacement, of the units ", False: ""},
        "within": {None: "", ...: r", \ g_l = g_i"},
    }
    properties = _PROPERTIES

    within: Within = None
    bootstrap: Annotated[
        bool, Field(description="draw the donors with replacement first; needed for several imputations")
    ] = True

    @property
    def groups(self) -> tuple[str, ...]:
        return groups_of(self.within)

    def draw(self, values: Array, random: RandomNumbers) -> Array:
        filled = values.copy()
        for column, name in enumerate(random.columns):
            missing = np.isnan(values[:, column])
            # in ascending order, so that neither the order of the rows nor that of the indicators matters
            donors = np.sort(values[~missing, column])
            if len(donors) and missing.any():
                if self.bootstrap:
                    donors = donors[random.shared("bootstrap", name).integers(len(donors), size=len(donors))]
                filled[missing, column] = donors[_choose(random.uniform("donor", name)[missing], len(donors))]
        return filled


@dataclass(frozen=True)
class Chained(RandomImputation):
    """Fill by regressions of each indicator on all others, with random coefficients and errors, in several rounds.

    This is multiple imputation by chained equations (MICE, fully conditional specification). In each round, a Bayesian
    linear regression of each indicator with gaps gives a random draw of its coefficients, and each missing value is a
    random draw around its prediction. `matching` takes the present value of one of the `donors` with the nearest
    predictions instead (predictive mean matching), so that it fills with possible values only. The first values are
    those of random units. `covariates` are columns of the data that predict, and are no indicators.
    """

    name = "chained"
    reference = (
        "van Buuren & Groothuis-Oudshoorn (2011), Journal of Statistical Software 45(3), doi:10.18637/jss.v045.i03; "
        "Rubin (1987), Multiple Imputation for Nonresponse in Surveys; "
        "Little (1988), Journal of Business & Economic Statistics 6(3), for matching"
    )
    formula = (
        r"x_{ij} = <model>, \quad \dot\sigma^2 = \frac{\sum (x_j - X \hat\beta)^2}{\chi^2_{n - p}}, \quad "
        r"\dot\beta = \hat\beta + \dot\sigma (X^\top X)^{-1/2} z, \quad z \sim N(0, 1)"
    )
    symbols = {"donors": "d"}
    variants = {
        "model": {
            "normal": r"X_i \dot\beta + \dot\sigma e_i, \quad e_i \sim N(0, 1)",
            "matching": (
                r"x_{lj}, \quad l \text{ a random one of the } d \text{ units with the smallest } "
                r"|X_i \dot\beta - X_l \hat\beta|"
            ),
        },
    }
    properties = _PROPERTIES

    model: Annotated[
        Literal["normal", "matching"],
        Field(description="draw around the prediction, or take the value of a unit with a near prediction"),
    ] = "normal"
    donors: Annotated[int, Field(ge=1, description="matching: number of units with the nearest predictions")] = 5
    rounds: Annotated[int, Field(ge=1, le=1000, description="number of rounds")] = 10
    covariates: Covariates = ()

    @property
    def uses(self) -> tuple[UsedColumn, ...]:
        return used_covariates(self.covariates)

    def draw(self, values: Array, random: RandomNumbers) -> Array:
        missing = np.isnan(values)
        z, centre, scale = standardise(values)
        has_values = np.asarray(~missing.all(axis=0), dtype=bool)
        # by name, so that the order of the indicators in the index file does not matter
        by_name = sorted(range(len(random.columns)), key=lambda column: random.columns[column])
        incomplete = [column for column in by_name if missing[:, column].any() and has_values[column]]
        order = np.array([*by_name, *range(len(random.columns), values.shape[1])], dtype=np.int64)
        predictors = order[has_values[order]]
        for column in incomplete:
            gaps = missing[:, column]
            present = np.sort(z[~gaps, column])
            z[gaps, column] = present[_choose(random.uniform("start", random.columns[column])[gaps], len(present))]
        for number in range(self.rounds):
            for column in incomplete:
                x = np.column_stack([np.ones(len(z)), z[:, predictors[predictors != column]]])
                self._fill(z[:, column], missing[:, column], x, random, (number, random.columns[column]))
        filled = restore(values, missing & has_values, z, centre, scale)
        for column in incomplete if self.model == "matching" else ():
            gaps = missing[:, column]
            # the values of donors as they are, without the rounding of two conversions
            donors, place = np.sort(values[~gaps, column]), np.searchsorted(np.sort(z[~gaps, column]), z[gaps, column])
            filled[gaps, column] = donors[place]
        return filled

    def _fill(self, y: Array, gaps: Mask, x: Array, random: RandomNumbers, use: tuple[object, ...]) -> None:
        """Fill the gaps of y in place, by a regression on the columns of x."""
        fit = _Fit(x[~gaps], y[~gaps])
        drawn, deviation = fit.draw(random.shared("coefficients", *use))
        predicted = x[gaps] @ drawn
        if self.model == "normal":
            y[gaps] = predicted + deviation * random.normal("error", *use)[gaps]
        else:
            chosen = random.uniform("donor", *use)[gaps]
            y[gaps] = _match(predicted, x[~gaps] @ fit.coefficients, y[~gaps], self.donors, chosen)


class _Fit:
    """A linear regression, and the distribution of its coefficients with an uninformative prior."""

    def __init__(self, x: Array, y: Array) -> None:
        left, singular, right = np.linalg.svd(x, full_matrices=False)
        rank = int((singular > _DEPENDENT * singular[0]).sum())
        self._freedom = len(y) - rank
        if self._freedom < 1:
            raise ValueError(
                f"{len(y)} units that have an indicator are too few for its regression on {x.shape[1] - 1} others: "
                "impute fewer indicators together, or choose hot_deck"
            )
        left, singular, right = left[:, :rank], singular[:rank], right[:rank]
        self.coefficients: Array = right.T @ (left.T @ y / singular)
        # the symmetric root does not depend on the signs of singular vectors, which are arbitrary
        self._root: Array = right.T @ (right / singular[:, None])
        self._squares = float(((y - x @ self.coefficients) ** 2).sum())

    def draw(self, generator: np.random.Generator) -> tuple[Array, float]:
        """Return drawn coefficients, and the drawn standard deviation of errors."""
        deviation = float(np.sqrt(self._squares / generator.chisquare(self._freedom)))
        errors = generator.standard_normal(len(self.coefficients))
        return self.coefficients + deviation * (self._root @ errors), deviation


def _choose(uniform: Array, count: int) -> Integers:
    """Return the number, from 0, that each uniform number chooses among `count`."""
    return np.minimum((uniform * count).astype(np.int64), count - 1)


def _match(predicted: Array, of_donors: Array, values: Array, donors: int, chosen: Array) -> Array:
    """Return the value of a random one of the donors whose predictions are nearest; of equally near, the smallest."""
    by_value = np.argsort(values, kind="stable")
    ascending, of_donors = values[by_value], of_donors[by_value]
    count = min(donors, len(values))
    place = _choose(chosen, count)
    result, step = np.empty(len(predicted)), max(1, _CELLS // len(values))
    for start in range(0, len(predicted), step):
        rows = slice(start, start + step)
        distances = np.round(np.abs(predicted[rows, None] - of_donors), _DIGITS)
        order = np.argsort(distances, axis=1, kind="stable")
        result[rows] = ascending[np.take_along_axis(order, place[rows, None], axis=1)[:, 0]]
    return result
