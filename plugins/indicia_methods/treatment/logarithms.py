"""Transforms by the natural logarithm."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from indicia.methods import Array, Domain, Expression, MergedColumn, Statistics, Treatment, where
from indicia_methods.treatment.moments import Learning, shape_of, skewness

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_SYMMETRIC = 1e-12
"""The skewness of symmetric values is 0, and differs from it by rounding errors only."""

_OFFSETS = {"plain": 0.0, "shifted": 1.0, "range": 0.01, "reflected": 0.01}


@dataclass(frozen=True)
class Log(Learning):
    """Take the natural logarithm of the value, or of its distance to the smallest value.

    In the forms `range`, `reflected` and `gii`, values that are all equal stay unchanged. `gii` has no value if the
    largest value is 1 or less, since it would reverse the order. In the form `reflected`, a skewness below 1e-12 counts
    as 0, since that of symmetric values is rounding error.
    """

    name = "log"
    reference = (
        "OECD/JRC (2008), Handbook on Constructing Composite Indicators; the forms: Becker, Caperna, Del Sorbo, "
        "Norlén, Papadimitriou & Saisana (2022), Journal of Open Source Software 7(78)"
    )
    changes_scale = True
    formula = "y = <form>"
    symbols = {"offset": "c"}
    variants = {
        "form": {
            "plain": r"\ln(x<offset>)",
            "shifted": r"\ln(x - \min x<offset>)",
            "range": r"\ln(x - \min x + c R), \quad R = \max x - \min x",
            "reflected": (
                r"\ln(x - \min x + c R) \text{ if } G_1 > 0, \text{ else } -\ln(\max x - x + c R), \quad R = \max x - "
                r"\min x, \quad G_1 \text{ the skewness}"
            ),
            "gii": r"\ln \left( (\max x - 1) \frac{x - \min x}{R} + 1 \right), \quad R = \max x - \min x",
        },
        "offset": {
            0.0: "",
            ...: " + c",
        },
    }
    size = 3
    detail_tables = {
        "treatment": "an indicator, in another form than plain: the number of changed values, the smallest and largest "
        "value of the formula, and with reflected upper_tail, 1 or 0 as the longer tail is the upper one or not",
    }

    form: Annotated[
        Literal["plain", "shifted", "range", "reflected", "gii"],
        Field(description="argument of the logarithm; reflected shortens the longer tail"),
    ] = "plain"
    offset: Annotated[
        float | None,
        Field(ge=0, description="c; default 0 (plain), 1 (shifted) or 0.01 (range, reflected)"),
    ] = None

    def __post_init__(self) -> None:
        if self.form == "gii" and self.offset is not None:
            raise ValueError("the form gii has no offset")
        if self.form not in ("plain", "gii") and not self._offset > 0:
            raise ValueError(f"the form {self.form} needs an offset above 0, since the smallest value is at distance 0")

    @property
    def _offset(self) -> float:
        return _OFFSETS.get(self.form, 0.0) if self.offset is None else self.offset

    @property
    def settings(self) -> dict[str, Any]:
        return {**self.parameters, "offset": self._offset}

    @property
    def domain(self) -> Domain:
        if self.form != "plain":
            return Domain.REAL
        return Domain.NON_NEGATIVE if self._offset > 0 else Domain.POSITIVE

    def treat(self, x: Expression, s: Statistics) -> Expression:
        return (x + self._offset).log() if self.form == "plain" else super().treat(x, s)

    @property
    def reports_figures(self) -> bool:
        return self.form != "plain"

    def name_learned(self, *learned: Expression) -> Mapping[str, Expression]:
        named = dict(zip(("smallest", "largest", "upper_tail"), learned, strict=True))
        shown = {"plain": 0, "shifted": 1, "reflected": 3}.get(self.form, 2)
        return dict(list(named.items())[:shown])

    def learn(self, values: Array) -> Sequence[float]:
        tail = float(skewness(values) > _SYMMETRIC) if self.form == "reflected" else 1.0
        return values.min(), values.max(), tail

    merges = True

    def learn_merged(self, column: MergedColumn) -> Sequence[float]:
        shape = shape_of(column)
        return shape.smallest, shape.largest, float(shape.g1 > _SYMMETRIC) if self.form == "reflected" else 1.0

    def at(self, x: Expression, *learned: Expression) -> Expression:
        smallest, largest, upper_tail = learned
        spread = largest - smallest
        match self.form:
            case "shifted":
                return (x - smallest + self._offset).log()
            case "range":
                y = (x - smallest + self._offset * spread).log()
            case "reflected":
                reflected = -(largest - x + self._offset * spread).log()
                y = where(upper_tail > 0, (x - smallest + self._offset * spread).log(), reflected)
            case _:
                y = where(largest > 1, ((largest - 1) * (x - smallest) / spread + 1).log(), nan)
        return where((spread > 0) & x.is_not_null(), y, x)


@dataclass(frozen=True)
class Logit(Treatment):
    """Take the logarithm of x / (u - x), for shares x of a whole u: small differences near both ends count more.

    There is no value at 0 and at u, unless a margin keeps values away from both ends.
    """

    name = "logit"
    reference = (
        "Berkson (1944), Journal of the American Statistical Association 39(227), doi:10.1080/01621459.1944.10500699"
    )
    example = "logit(whole=100)"
    changes_scale = True
    formula = r"y = \ln \frac{x}{u - x}<margin>"
    symbols = {"whole": "u", "margin": "m"}
    variants = {
        "margin": {
            0.0: "",
            ...: r", \quad x \text{ held to } [m u, (1 - m) u]",
        },
    }

    whole: Annotated[float, Field(gt=0, description="u: 1 for shares, 100 for per cent")] = 1.0
    margin: Annotated[
        float, Field(ge=0, lt=0.5, description="smallest distance of values from both ends, as a share of the whole")
    ] = 0.0

    @property
    def domain(self) -> Domain:
        return Domain.REAL if self.margin > 0 else Domain.POSITIVE

    def treat(self, x: Expression, s: Statistics) -> Expression:
        if self.margin > 0:
            x = x.clip(self.margin * self.whole, (1 - self.margin) * self.whole)
        return (x / (self.whole - x)).log()
