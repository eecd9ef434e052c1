"""The runs of an index for elementary effects: trajectories on which one choice, or one weight, moves at a time.

Morris (1991), Technometrics 33(2). A weight has the levels of a grid of p levels, and moves by p / (2 (p - 1)) of its
range, up or down. A choice between methods, or of the part that is left out, moves from one alternative to another. A
choice between drawn sets moves from one set to another set that no other trajectory has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indicia.errors import DefinitionError
from indicia_robustness.design import order_of
from indicia_robustness.elementary import Steps, Trajectories
from indicia_robustness.random_methods import RANDOM
from indicia_robustness.sampling import check_draws, generator

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from indicia.definition import Robustness
    from indicia.methods import Array
    from indicia.run import Scored
    from indicia_robustness.result import Factor

    Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class MultipliedWeights:
    """The weights of an index, multiplied by the levels of a grid; they follow the drawn sets of weights."""

    multipliers: Mapping[tuple[str, str], Array]
    """The factor of the weight of a part in each run, (runs,), by node and part."""

    def extended(self, sets: Mapping[str, Array], scored: Scored) -> dict[str, Array]:
        """Return sets of weights, (sets, k) by node, with the multiplied weights of a run after the drawn ones."""
        result = dict(sets)
        for node in scored.tree.counting_nodes():
            if node.id in result:
                factors = [self.multipliers[node.id, part.id] for part in node.components]
                weights = scored.node_weights[node.id].values * np.stack(factors, axis=1)
                result[node.id] = np.concatenate([result[node.id], weights / weights.sum(axis=1, keepdims=True)])
        return result


@dataclass(frozen=True)
class MorrisDesign:
    """The runs of trajectories, with the step of each input."""

    names: tuple[str, ...]
    """The inputs: choices, and weights of parts."""
    runs: Integers
    """The alternative of each factor in each run, (runs, factors)."""
    steps: Steps
    weights: MultipliedWeights | None

    @classmethod
    def of(cls, varied: Robustness, factors: Sequence[Factor], nominal: Scored, seed: int) -> MorrisDesign:
        """Return the trajectories of an index, which is scored as `nominal` without changes."""
        assert varied.morris is not None
        inputs = _inputs(varied, factors, nominal, seed)
        if not inputs:
            raise DefinitionError(
                "elementary effects need a choice with two alternatives or more", remedy="--weights ±25%"
            )
        count, trajectories = len(inputs), varied.morris
        check_draws(trajectories * (count + 1))
        random = generator(seed, "morris", "order")
        place = random.permuted(np.tile(np.arange(count), (trajectories, 1)), axis=1)
        points = np.arange(count + 1)
        moved = place[:, None, :] < points[None, :, None]  # (trajectories, points, inputs)
        levels = np.stack([each.start for each in inputs], axis=1), np.stack([each.end for each in inputs], axis=1)
        values = np.where(moved, levels[1][:, None], levels[0][:, None]).reshape(-1, count)
        before = place + (count + 1) * np.arange(trajectories)[:, None]
        steps = Steps(before, before + 1, np.stack([each.size for each in inputs], axis=1))
        runs = np.zeros((len(values), len(factors)), dtype=np.int64)
        multipliers = {}
        for column, each in enumerate(inputs):
            if each.part is None:
                runs[:, each.factor] = values[:, column].astype(np.int64)
            else:
                multipliers[each.part] = values[:, column]
                runs[:, each.factor] = varied.draws + np.arange(len(values))  # the sets after the drawn ones
        return cls(
            tuple(each.name for each in inputs), runs, steps, MultipliedWeights(multipliers) if multipliers else None
        )


def with_trajectories(design: Integers, morris: MorrisDesign, draws: int) -> tuple[Integers, Trajectories]:
    """Return a design with the runs of trajectories before its last draws, and the steps among all runs."""
    first = len(design) - draws
    steps = Steps(morris.steps.before + first, morris.steps.after + first, morris.steps.size)
    runs = np.concatenate([design[:first], morris.runs, design[first:]])
    return runs, Trajectories(morris.names, steps, len(morris.runs))


@dataclass(frozen=True)
class _Input:
    """An input of trajectories: its values before and after its step, (trajectories,), and the size of the step."""

    name: str
    factor: int
    """The number of the factor to which the input belongs."""
    start: Array
    end: Array
    size: Array
    part: tuple[str, str] | None = None
    """The node and the part whose weight moves."""


def _inputs(varied: Robustness, factors: Sequence[Factor], nominal: Scored, seed: int) -> list[_Input]:
    assert varied.morris is not None
    inputs: list[_Input] = []
    for number, factor in enumerate(factors):
        if factor.name == "weights" and varied.weights is not None and varied.weights.spread is not None:
            inputs += _weight_inputs(varied, number, nominal, seed)
        elif factor.name in ("weights", "data") and isinstance(factor.alternatives, range):
            inputs.append(_set_input(varied, factor, number))
        elif len(factor.alternatives) > 1 and factor.name != RANDOM:  # all runs of trajectories have the same numbers
            inputs.append(_choice_input(varied.morris, factor, number, seed))
    return inputs


def _choice_input(trajectories: int, factor: Factor, number: int, seed: int) -> _Input:
    """Return a choice that moves from one alternative to another, each equally likely.

    The sign of the step does not depend on the order in which a user lists the alternatives.
    """
    random, count = generator(seed, "morris", factor.name), len(factor.alternatives)
    order = order_of(factor)
    start = random.integers(0, count, trajectories)
    end = (start + random.integers(1, count, trajectories)) % count
    return _Input(factor.name, number, order[start].astype(float), order[end].astype(float), np.sign(end - start))


def _set_input(varied: Robustness, factor: Factor, number: int) -> _Input:
    """Return a choice that moves from one drawn set to another; no two trajectories share a set."""
    assert varied.morris is not None
    if len(factor.alternatives) < 2 * varied.morris:
        raise DefinitionError(
            f"{varied.morris} trajectories need two sets of {factor.name} each, and there are "
            f"{len(factor.alternatives)}",
            remedy=f"draws = {2 * varied.morris}, or more",
        )
    start: Array = 2.0 * np.arange(varied.morris, dtype=np.float64)
    return _Input(factor.name, number, start, start + 1, np.ones(varied.morris))


def _weight_inputs(varied: Robustness, number: int, nominal: Scored, seed: int) -> list[_Input]:
    """Return an input for the weight of each part: the factor that multiplies it, on a grid over its range."""
    assert varied.morris is not None
    assert varied.weights is not None
    assert varied.weights.spread is not None
    spread, levels = varied.weights.spread, varied.levels
    if spread >= 1:
        raise DefinitionError(
            "with a spread of 1, all weights may be 0 at a point of the grid", remedy="weights = { spread = 0.9 }"
        )
    nodes = [node for node in nominal.tree.counting_nodes() if len(node.components) > 1]
    pairs = [(node.id, part.id) for node in nodes for part in node.components]
    parts = [part for _, part in pairs]
    delta = levels / (2 * (levels - 1))
    inputs = []
    for node, part in pairs:
        random = generator(seed, "morris", "weights", node, part)
        low = random.integers(0, levels // 2, varied.morris) / (levels - 1)
        upwards = random.random(varied.morris) < 0.5
        width = 2 * spread
        start: Array = 1 - spread + width * np.where(upwards, low, low + delta)
        end: Array = 1 - spread + width * np.where(upwards, low + delta, low)
        name = f"weights.{part}" if parts.count(part) == 1 else f"weights.{node}.{part}"
        inputs.append(_Input(name, number, start, end, np.where(upwards, delta, -delta), (node, part)))
    return inputs
