"""Data envelopment analysis: the efficiency of units against a frontier of all units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import Field

from indicia.methods import Domain, MatrixAggregation, Property
from indicia_methods.aggregation.envelopment import Envelopment, distance, slacks

if TYPE_CHECKING:
    from indicia.methods import Array, MatrixContext
    from indicia_methods.aggregation.envelopment import Returns
    from indicia_methods.arrays import Integers, Mask

    Details = dict[str, list[float | str | None]]


_ABSENT = 2.0
"""Mark of a missing value: shares of the largest value lie between -1 and 1."""

_NEGLIGIBLE = 1e-13
"""Values up to this share of the largest are too small to divide by."""


@dataclass(frozen=True)
class _Plan:
    """The kinds of units (units of equal values are one kind) in sorted order, with inputs negated."""

    values: Array
    """Shares of the largest value of each component; 0 where a unit misses the component."""
    peers: Array
    """The same values, but all 0 for a unit that misses an input: otherwise the input would seem to be 0."""
    inputs: Mask
    missing: Mask
    """True where a unit misses a component."""
    kind: Integers
    """The kind of each unit."""

    @classmethod
    def of(cls, values: Array, inputs: Mask) -> _Plan:
        """Group units by their values; without an input, every unit gets the same input."""
        if not inputs.any():
            values, inputs = np.column_stack([values, np.ones(len(values))]), np.append(inputs, np.True_)
        largest: Array = np.fmax.reduce(values)
        shares = values / np.where(largest > 0, largest, 1.0) * np.where(inputs, -1.0, 1.0)
        distinct, kind = np.unique(np.nan_to_num(shares, nan=_ABSENT), axis=0, return_inverse=True)
        missing = distinct == _ABSENT
        if not (np.abs(distinct) > _NEGLIGIBLE).all():
            raise ValueError(f"some values are below {_NEGLIGIBLE:g} of the largest: remove or round them")
        values = np.where(missing, 0.0, distinct)
        misses_input = np.where(missing & inputs, 1.0, 0.0).max(axis=1, keepdims=True)
        return cls(values, values * (1 - misses_input), inputs, missing, kind.ravel())


@dataclass(frozen=True)
class Dea(MatrixAggregation):
    """Score the efficiency of units: possible reductions of inputs, or increases of outputs, against the best units.

    Costs are inputs and benefits are outputs, in raw values; without costs every unit has the same single input. The
    method ignores the weights of the methodology. `ccr` (constant returns to scale) and `bcc` (variable returns) change
    all inputs or all outputs by the same share; `sbm` (slacks-based measure) has a slack for each input and output. The
    orientation is to reduce inputs or to increase outputs; only sbm does `both`. The method compares a unit by the
    components that it has. A unit that misses an input is no peer; a unit without any input or any output scores 0.
    """

    name = "dea"
    uses_weights = False
    reference = (
        "Charnes, Cooper & Rhodes (1978), European Journal of Operational Research 2(6); Banker, Charnes & Cooper "
        "(1984), Management Science 30(9); Tone (2001), European Journal of Operational Research 130(3)"
    )
    formula = "<model>"
    variants = {
        "model": {
            "ccr": "<orientation>",
            "bcc": r"<orientation>, \; \sum_k \lambda_k = 1",
            "sbm": (
                r"\min \frac{1<orientation.inputs>}{1<orientation.outputs>}, \quad \sum_k \lambda_k x_k = x_i - s^-, "
                r"\; "
                r"\sum_k \lambda_k y_k = y_i + s^+, \; \lambda, s^-, s^+ \ge 0<returns>"
            ),
        },
        "orientation": {
            "input": (
                r"\min \theta, \quad \sum_k \lambda_k x_k \le \theta x_i, \; \sum_k \lambda_k y_k \ge y_i, \; \lambda "
                r"\ge "
                "0"
            ),
            "output": (
                r"\frac{1}{\max \theta}, \quad \sum_k \lambda_k x_k \le x_i, \; \sum_k \lambda_k y_k \ge \theta y_i, "
                r"\; "
                r"\lambda \ge 0"
            ),
            "both": "",
        },
        "orientation.inputs": {
            "input": r" - \frac1p \sum_j s^-_j / x_{ij}",
            "both": r" - \frac1p \sum_j s^-_j / x_{ij}",
            "output": "",
        },
        "orientation.outputs": {
            "output": r" + \frac1r \sum_j s^+_j / y_{ij}",
            "both": r" + \frac1r \sum_j s^+_j / y_{ij}",
            "input": "",
        },
        "returns": {
            "constant": "",
            "variable": r", \; \sum_k \lambda_k = 1",
        },
    }
    canonical_normalisation = "none"
    oriented = False
    domain = Domain.POSITIVE
    properties = frozenset({Property.MONOTONE, Property.SCALE_INVARIANT})

    detail_tables = {"units": "a unit: the efficient units that it is compared with"}

    model: Annotated[Literal["ccr", "bcc", "sbm"], Field(description="model of the distance to the frontier")] = "ccr"
    orientation: Annotated[
        Literal["input", "output", "both"] | None, Field(description="default: input; for sbm: both")
    ] = None
    returns: Annotated[Literal["constant", "variable"], Field(description="sbm: returns to scale")] = "constant"

    def __post_init__(self) -> None:
        if self.orientation == "both" and self.model != "sbm":
            raise ValueError(f"{self.model} is oriented to the input or to the output: choose one of these, or sbm")
        if self.returns == "variable" and self.model != "sbm":
            raise ValueError("returns belong to sbm: ccr has constant returns and bcc variable returns")

    @property
    def settings(self) -> dict[str, Any]:
        return {**self.parameters, "orientation": self._orientation}

    @property
    def _orientation(self) -> str:
        return self.orientation or ("both" if self.model == "sbm" else "input")

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        plan = _Plan.of(values, context.costs)
        return self._solve(plan)[0][plan.kind]

    def unit_details(self, values: Array, weights: Array, context: MatrixContext) -> Details:
        plan = _Plan.of(values, context.costs)
        return {"peers": self._solve(plan)[1].peers(plan.kind, context.units)}

    def _solve(self, plan: _Plan) -> tuple[Array, Envelopment]:
        orientation = self._orientation
        is_counted = ~plan.missing & (plan.values != 0)
        is_scored = (is_counted & plan.inputs).any(axis=1) & (is_counted & ~plan.inputs).any(axis=1)
        ignored = plan.missing & is_scored[:, None]  # other units score 0 below
        if self.model == "sbm":
            slack_costs, slack_gains = _slack_weights(plan, plan.inputs), _slack_weights(plan, ~plan.inputs)
            envelopment = slacks(
                plan.peers,
                plan.values,
                slack_costs * (orientation != "output"),
                slack_gains * (orientation != "input"),
                returns="any" if self.returns == "constant" else "exactly 1",
                ignored=ignored,
            )
            return np.where(is_scored, envelopment.value, 0.0), envelopment
        input_oriented = orientation == "input"
        direction = np.abs(plan.values) * (plan.inputs if input_oriented else ~plan.inputs)
        direction[~is_scored] = 1.0
        returns: Returns = "any" if self.model == "ccr" else "exactly 1"
        envelopment = distance(plan.peers, plan.values, direction, returns=returns, ignored=ignored)
        scores = 1 - envelopment.value if input_oriented else 1 / (1 + np.where(is_scored, envelopment.value, 0.0))
        return np.where(is_scored, scores, 0.0), envelopment


def _slack_weights(plan: _Plan, components: Mask) -> Array:
    """Return 1 / (m |x_j|) for the m components that count for a unit, and 0 for others."""
    is_counted = components & ~plan.missing
    count = is_counted.sum(axis=1, keepdims=True)
    worth: Array = np.divide(1.0, np.abs(plan.values) * count, out=np.zeros_like(plan.values), where=is_counted)
    return worth
