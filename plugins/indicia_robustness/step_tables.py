"""Weights and values changed step by step, one at a time, with the ranks that follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import polars as pl

from indicia.errors import IndiciaError, join_names
from indicia.methods.numbers import widened
from indicia.run import ROWS_PER_BATCH, Draws, draws_per_batch, score_draws, score_probes
from indicia_robustness.baseline import Baseline, first_by
from indicia_robustness.probe_margins import single_cells
from indicia_robustness.steps import StepWords, steps_of_parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from indicia.definition import Node
    from indicia.methods import Array

    Integers = npt.NDArray[np.int64]

OtherWeights: TypeAlias = Literal["proportional", "equal"]
"""The rule by which the other weights of a node make room: in proportion to their sizes, or by equal amounts."""

BELOW_ZERO = "another weight would be below 0"
BEYOND = "a weight is from 0 to 1"


def weight_steps(baseline: Baseline, words: StepWords, others: OtherWeights) -> pl.DataFrame:
    """Return the scores and ranks of all units after each step of each weight: a row for each step and unit."""
    names = [part.id for node in baseline.weighable for part in node.components]
    steps = steps_of_parts(words, names)
    frames = [
        _steps_of_weight(baseline, node, number, *steps[part.id].of(_weights(baseline, node)[[number]]), others)
        for node in baseline.weighable
        for number, part in enumerate(node.components)
        if part.id in steps
    ]
    figures = dict.fromkeys(("score", "rank", "shift"), pl.Float64)
    changed = {"of": pl.String, "part": pl.String, "change": pl.Float64, "weight": pl.Float64, "unit": pl.String}
    schema = {**changed, **figures, "fault": pl.String}
    return pl.concat(frames) if frames else pl.DataFrame(schema=schema)


def _weights(baseline: Baseline, node: Node) -> Array:
    return np.asarray(baseline.nominal.node_weights[node.id].values, dtype=float)


def _steps_of_weight(
    baseline: Baseline, node: Node, number: int, changes: Array, values: Array, others: OtherWeights
) -> pl.DataFrame:
    change, value = changes[0], values[0]
    low, high = widened(0, 1)
    beyond = (value < low) | (value > high)
    value = np.where(beyond, value, value.clip(0, 1))
    weights = moved_weights(_weights(baseline, node), number, value, others)
    possible = ~beyond & (weights >= 0).all(axis=1)
    count = len(baseline.names)
    scores, ranks = np.full((2, len(value), count), np.nan)
    places = np.flatnonzero(possible)
    for some, run in _score_weights(baseline, node, weights, places):
        scores[some], ranks[some] = run[:, baseline.rows], baseline.ranked(run)
    faults = [
        BEYOND if is_beyond else None if fits else BELOW_ZERO for is_beyond, fits in zip(beyond, possible, strict=True)
    ]
    frame = pl.DataFrame(
        {
            "of": [node.id] * (len(value) * count),
            "part": [node.components[number].id] * (len(value) * count),
            "change": np.repeat(change, count),
            "weight": np.repeat(value, count),
            "unit": baseline.names * len(value),
            "score": scores.ravel(),
            "rank": ranks.ravel(),
            "shift": (ranks - baseline.nominal_ranks).ravel(),
            "fault": pl.Series(faults, dtype=pl.String).repeat_by(count).explode(),
        }
    )
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None))


def moved_weights(weights: Array, number: int | Integers, value: Array, others: OtherWeights) -> Array:
    """Return weights (m, k) in which one has new values (m,), and the others make room for it.

    `number` is the place of the weight, one for all or one for each, (m,).

    >>> moved_weights(np.array([0.4, 0.5, 0.1]), 0, np.array([0.5]), "equal").round(3).tolist()
    [[0.5, 0.45, 0.05]]
    >>> moved_weights(np.array([0.4, 0.5, 0.1]), 0, np.array([0.5]), "proportional").round(3).tolist()
    [[0.5, 0.417, 0.083]]
    """
    w = weights / weights.sum()
    numbers = np.broadcast_to(number, len(value))
    rest = np.arange(len(w)) != numbers[:, None]
    shares = rest / (len(w) - 1)
    if others == "proportional":
        total = (w * rest).sum(axis=1, keepdims=True)
        # a weight of 1 leaves the others no proportions, so that they share alike
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = np.where(total > 0, w * rest / total, shares)
    result: Array = w + (w[numbers] - value)[:, None] * shares
    result[np.arange(len(value)), numbers] = value
    return np.where(np.abs(result) < 1e-15, 0.0, result)


def _score_weights(
    baseline: Baseline, node: Node, weights: Array, places: Integers
) -> Iterator[tuple[Integers, Array]]:
    """Yield the places of weights and the scores (places, rows) with them, in batches."""
    step = draws_per_batch(baseline.nominal, errors=False)
    for start in range(0, len(places), step):
        some = places[start : start + step]
        yield some, score_draws(baseline.definition, baseline.nominal, Draws(len(some), {node.id: weights[some]}))


def value_steps(baseline: Baseline, words: StepWords, units: int) -> pl.DataFrame:
    """Return the score and rank of a unit after each step of each of its values."""
    tree = baseline.nominal.tree
    names = [leaf.id for leaf in tree.leaves() if leaf.id in tree.counting]
    steps = steps_of_parts(words, names)
    chosen = baseline.order[:units]
    columns: list[list[Array]] = []
    for number, name in enumerate(names):
        if name in steps:
            present = baseline.nominal.raw.values[name].cast(pl.Float64).to_numpy()[baseline.rows][chosen]
            change, value = steps[name].of(present)
            shape = value.shape
            of_step = [np.repeat(chosen, shape[1]), np.full(shape, number).ravel(), change.ravel(), value.ravel()]
            columns.append([*of_step, np.repeat(present, shape[1])])
    parts = [np.concatenate(column) for column in zip(*columns, strict=True)] if columns else [np.empty(0)] * 5
    is_present = np.isfinite(parts[4]) & np.isfinite(parts[3])
    change, value = parts[2][is_present], parts[3][is_present]
    unit, leaf = parts[0][is_present].astype(np.int64), parts[1][is_present].astype(np.int64)
    scores, ranks, moved, firsts, faults = _score_values(baseline, names, unit, leaf, value)
    frame = pl.DataFrame(
        {
            "indicator": [names[number] for number in leaf.tolist()],
            "change": change,
            "value": value,
            "score": scores,
            "rank": ranks,
            "shift": ranks - baseline.nominal_ranks[unit],
            "others_moved": moved,
            "first": firsts,
            "fault": faults,
        },
        schema_overrides=dict.fromkeys(("indicator", "first", "fault"), pl.String),
    )
    names_of_units = pl.Series("unit", [baseline.names[number] for number in unit.tolist()], dtype=pl.String)
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None)).insert_column(0, names_of_units)


def _score_values(
    baseline: Baseline, names: Sequence[str], unit: Integers, leaf: Integers, value: Array
) -> tuple[Array, Array, list[int | None], list[str | None], list[str | None]]:
    """Return scores and ranks of the changed units, the number of others that move, the first units, and faults."""
    scores, ranks = np.full((2, len(value)), np.nan)
    moved: list[int | None] = [None] * len(value)
    firsts: list[str | None] = [None] * len(value)
    faults: list[str | None] = [None] * len(value)
    rows = np.flatnonzero(baseline.rows)
    pending = _portions(np.arange(len(value)), max(1, ROWS_PER_BATCH // len(baseline.nominal.units)))
    while pending:
        some = pending.pop()
        cells = single_cells(names, leaf[some], value[some])
        try:
            run = score_probes(baseline.definition, baseline.nominal, rows[unit[some]], cells).ranked
        except IndiciaError as error:
            if len(some) == 1:
                faults[int(some[0])] = error.reason
            else:
                pending.extend(np.array_split(some, 2))
            continue
        new = baseline.ranked(run)
        places = np.arange(len(some)), unit[some]
        scores[some], ranks[some] = run[:, baseline.rows][places], new[places]
        differs = (new != baseline.nominal_ranks) & np.isfinite(new)
        differs[places] = False
        for place, count, of_step in zip(some.tolist(), differs.sum(axis=1).tolist(), new, strict=True):
            moved[place] = count
            firsts[place] = join_names(first_by(baseline.names, of_step))
    return scores, ranks, moved, firsts, faults


def _portions(numbers: Integers, size: int) -> list[Integers]:
    return [numbers[start : start + size] for start in range(0, len(numbers), size)][::-1]
