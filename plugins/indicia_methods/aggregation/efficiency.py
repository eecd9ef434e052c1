"""Data envelopment analysis: how little a unit could use, or how much it could make, by the example of others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import Field

from indicia.methods import Domain, MatrixAggregation, Property
from indicia_methods.aggregation.envelopment import Found, distance, slacks

if TYPE_CHECKING:
    import numpy.typing as npt

    from indicia.methods import Array, MatrixContext
    from indicia_methods.aggregation.envelopment import Mask, Returns

    Told = dict[str, list[float | str | None]]


_MISSING = 2.0
"""A share that nothing has."""

_TRACE = 1e-13
"""What is no more than this share of the largest value cannot be told from nothing."""


@dataclass(frozen=True)
class _Plan:
    """Units that differ, in an order of their own, their inputs below zero."""

    values: Array
    """Shares of the largest of all; 0 where a unit misses a component."""
    peers: Array
    """The same, zero throughout where a unit misses an input: what it does with less than that is not known."""
    inputs: Mask
    free: Mask
    """Components that a unit misses."""
    kind: npt.NDArray[np.int64]
    """Which of them each unit is."""

    @classmethod
    def of(cls, values: Array, inputs: Mask) -> _Plan:
        """Take values apart; where there is no input, every unit has the same one."""
        if not inputs.any():
            values, inputs = np.column_stack([values, np.ones(len(values))]), np.append(inputs, np.True_)
        largest: Array = np.fmax.reduce(values)
        shares = values / np.where(largest > 0, largest, 1.0) * np.where(inputs, -1.0, 1.0)
        distinct, kind = np.unique(np.nan_to_num(shares, nan=_MISSING), axis=0, return_inverse=True)
        free = distinct == _MISSING
        if not (np.abs(distinct) > _TRACE).all():
            raise ValueError(f"some values are less than {_TRACE:g} of the largest: too little to divide by")
        known = np.where(free, 0.0, distinct)
        unknown = np.where(free & inputs, 1.0, 0.0).max(axis=1, keepdims=True)
        return cls(known, known * (1 - unknown), inputs, free, kind.ravel())


@dataclass(frozen=True)
class Dea(MatrixAggregation):
    """Score how efficient units are: how much less input would do, or how much more output could be, as others show.

    Costs are inputs and benefits outputs, as they are measured; without a cost every unit has one input, the same for
    all. The weights of the methodology do not count. `ccr` looks at the same share of all inputs or outputs, and
    multiples of units are examples too; `bcc` takes no examples but what is between units; `sbm` takes each input and
    output by its own slack. Oriented to the input, a unit is to use less, to the output to make more, and `both` is of
    sbm alone. A component that a unit misses does not count for it. Who misses an input is an example to nobody, and
    who has no input or no output at all scores 0.
    """

    name = "dea"
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

    model: Annotated[Literal["ccr", "bcc", "sbm"], Field(description="how the distance is measured")] = "ccr"
    orientation: Annotated[
        Literal["input", "output", "both"] | None, Field(description="input, where nothing is said; both for sbm")
    ] = None
    returns: Annotated[
        Literal["constant", "variable"], Field(description="sbm: whether multiples of units are examples too")
    ] = "constant"

    def __post_init__(self) -> None:
        if self.orientation == "both" and self.model != "sbm":
            raise ValueError(f"{self.model} is oriented to the input or to the output; sbm looks at both")
        if self.returns == "variable" and self.model != "sbm":
            raise ValueError("returns are chosen with sbm: those of ccr are constant, those of bcc variable")

    @property
    def settings(self) -> dict[str, Any]:
        return {**self.parameters, "orientation": self._orientation}

    @property
    def _orientation(self) -> str:
        return self.orientation or ("both" if self.model == "sbm" else "input")

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        plan = _Plan.of(values, context.costs)
        return self._found(plan)[0][plan.kind]

    def unit_details(self, values: Array, weights: Array, context: MatrixContext) -> Told:
        plan = _Plan.of(values, context.costs)
        return {"peers": self._found(plan)[1].peers(plan.kind, context.units)}

    def _found(self, plan: _Plan) -> tuple[Array, Found]:
        orientation = self._orientation
        counts = ~plan.free & (plan.values != 0)
        whole = (counts & plan.inputs).any(axis=1) & (counts & ~plan.inputs).any(axis=1)
        free = plan.free & whole[:, None]  # what has no inputs, or no outputs, makes nothing of something
        if self.model == "sbm":
            costs, gains = _worth(plan, plan.inputs), _worth(plan, ~plan.inputs)
            found = slacks(
                plan.peers,
                plan.values,
                costs * (orientation != "output"),
                gains * (orientation != "input"),
                returns="any" if self.returns == "constant" else "exactly 1",
                free=free,
            )
            return np.where(whole, found.value, 0.0), found
        of_inputs = orientation == "input"
        direction = np.abs(plan.values) * (plan.inputs if of_inputs else ~plan.inputs)
        direction[~whole] = 1.0
        returns: Returns = "any" if self.model == "ccr" else "exactly 1"
        found = distance(plan.peers, plan.values, direction, returns=returns, free=free)
        scores = 1 - found.value if of_inputs else 1 / (1 + np.where(whole, found.value, 0.0))
        return np.where(whole, scores, 0.0), found


def _worth(plan: _Plan, which: Mask) -> Array:
    """Return what one more of each of these components is worth to each unit, as a share of what it has."""
    counts = which & ~plan.free
    number = counts.sum(axis=1, keepdims=True)
    worth: Array = np.divide(1.0, np.abs(plan.values) * number, out=np.zeros_like(plan.values), where=counts)
    return worth
