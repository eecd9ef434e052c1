"""Elementary effects of a sample of trajectories that the user brings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.arguments import names_its_arguments
from indicia.errors import DataError, DefinitionError, join_names, require_columns
from indicia_robustness.elementary import effect_statistics, effects_of, steps_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array


@dataclass(frozen=True)
class ElementaryEffects:
    """The elementary effects of inputs on an output."""

    statistics: pl.DataFrame
    """By input: the number of effects, mu, mu_star, sigma, and the interval of mu, `lower` to `upper`."""
    effects: pl.DataFrame
    """The effect of each input (columns) in each trajectory (rows)."""


@names_its_arguments
def elementary_effects(
    sample: pl.DataFrame, output: str = "y", *, trajectory: str = "trajectory", inputs: Sequence[str] | None = None
) -> ElementaryEffects:
    """Compute the elementary effects of Morris on a sample of trajectories: a screening of many inputs in few runs.

    From one point of a trajectory to the next, one input moves; its effect is the change of the output divided by the
    signed change of the input. mu is the mean of the effects of an input, mu_star the mean of their absolute values,
    and sigma their standard deviation (divisor r - 1). An input with a small mu_star has hardly any effect. A large
    sigma means that the effect depends on the other inputs, or is not linear. The interval of mu is mu ± 2 sigma / √r.

    Source: Morris (1991), Technometrics 33(2), for mu, sigma and the interval; Campolongo, Cariboni & Saltelli (2007),
    Environmental Modelling & Software 22(10), for mu_star.

    Parameters
    ----------
    sample : polars.DataFrame
        A row for each point, in the order of each trajectory. With inputs on a scale from 0 to 1, effects of different
        inputs can be compared.
    output : str, default "y"
        The column of the output.
    trajectory : str, default "trajectory"
        The column that numbers the trajectories.
    inputs : sequence of str, optional
        The columns of the inputs; by default all columns except the output, the trajectory, and one called `point`.

    Returns
    -------
    ElementaryEffects
        The tables `statistics` and `effects`.

    Raises
    ------
    UnknownColumn
        If a column is not in the sample.
    DataError
        If a value is missing or infinite, or a trajectory has another form.

    Examples
    --------
    >>> points = {"trajectory": [1, 1, 1, 2, 2, 2], "a": [0, 1, 1, 1, 1, 0], "b": [0, 0, 1, 1, 0, 0]}
    >>> sample = pl.DataFrame({**points, "y": [0, 2, 2, 3, 2, 0]})
    >>> elementary_effects(sample).statistics.select("input", "mu", "mu_star", "sigma").row(0)
    ('a', 2.0, 2.0, 0.0)
    """
    require_columns(sample, [output, trajectory, *(inputs or ())])
    names = [name for name in sample.columns if name not in (output, trajectory, "point")] if inputs is None else inputs
    if output in names or trajectory in names:
        raise DefinitionError(
            f"{output if output in names else trajectory} is no input", remedy="name the other columns, or omit inputs"
        )
    if not names:
        raise DataError("the sample has no input", remedy="a column for each input, beside trajectory and output")
    if sample[trajectory].null_count():
        raise DataError(f"{trajectory} is missing in some rows", remedy="number the trajectory of each point")
    ordered = sample.sort(trajectory, maintain_order=True)
    lengths = ordered.group_by(trajectory, maintain_order=True).len()
    if len(wrong := lengths.filter(pl.col("len") != len(names) + 1)):
        label, length = wrong.row(0)
        raise DataError(
            f"trajectory {label} has {length} points, and {len(names)} inputs need {len(names) + 1}: "
            f"{join_names(names)}",
            remedy='name the inputs, if other columns are none: inputs = ["a", "b"]',
        )
    values = _numbers(ordered, [*names, output])
    labels = lengths[trajectory].to_list()
    points = values[:, :-1].reshape(len(labels), len(names) + 1, len(names))
    effects = effects_of(values[:, -1], steps_of(points, names, labels))
    by_input = {name: effects[:, column] for column, name in enumerate(names)}
    table = pl.DataFrame(
        [pl.Series("trajectory", labels), *(pl.Series(name, column) for name, column in by_input.items())]
    )
    return ElementaryEffects(effect_statistics(effects, names), table)


def _numbers(table: pl.DataFrame, names: Sequence[str]) -> Array:
    """Return the columns as numbers, (rows, columns); DataError for a value that is none."""
    for name in names:
        if not table.schema[name].is_numeric():
            raise DataError(f"the column {name} has no numbers", remedy="inputs and outputs of a sample are numbers")
        if not table[name].cast(pl.Float64).is_finite().fill_null(False).all():
            raise DataError(f"{name} is missing or infinite in some rows", remedy="leave out the whole trajectory")
    return table.select(pl.col(list(names)).cast(pl.Float64)).to_numpy().astype(np.float64)
