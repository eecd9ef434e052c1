"""Sobol' indices of a sample that the user brings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import polars as pl

from indicia.arguments import names_its_arguments
from indicia.errors import DataError, DefinitionError, join_names, require_columns, suggest
from indicia_robustness.estimators import CROSSED, ESTIMATORS, Order
from indicia_robustness.indices import blocks, bootstrap, sobol
from indicia_robustness.sample_layout import saltelli_layout
from indicia_robustness.sampling import generator
from indicia_statistics.analysis.draw_tables import LABELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.methods import Array
    from indicia_robustness.estimators import Runs
    from indicia_robustness.indices import Interval


@names_its_arguments
def sobol_indices(
    sample: pl.DataFrame,
    output: str = "y",
    *,
    inputs: Sequence[str] | None = None,
    estimators: Literal["default", "all"] | Sequence[str] = "default",
    interval: Interval | None = "percentile",
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 1,
    sample_variance: bool = False,
) -> pl.DataFrame:
    """Estimate the Sobol' indices of inputs from a sample, with any estimator and bootstrap intervals.

    The sample has one of two shapes. With a row for each run, it has the columns of the inputs and of the output, and
    its runs are a design of Saltelli: A, B, and A with each column of B, part by part or row by row as SALib lists
    them; also B with each column of A. With a row for each row of the design, it has the columns `y_a`, `y_b` and
    `y_ab1`, `y_ab2`, … of the output y, and perhaps `y_ba1`, …; a name may take the place of the number: `y_ab_gdp`.

    First-order indices: saltelli2010_centred (the default), saltelli2010, jansen1999, homma1996, homma1996_centred,
    janon2014, martinez2011, azzini2020. Total indices: jansen1999 (the default), homma1996, homma1996_centred,
    sobol2007, sobol2007_centred, janon2014, martinez2011, azzini2020. Estimates are not clipped to 0 to 1.

    Source: Saltelli et al. (2010), Computer Physics Communications 181(2); Jansen (1999), ibid. 117; Homma & Saltelli
    (1996), Reliability Engineering & System Safety 52(1); Sobol' et al. (2007), ibid. 92(7); Janon et al. (2014),
    ESAIM: Probability and Statistics 18; Azzini, Mara & Rosati (2020), arXiv 2006.08232.

    Parameters
    ----------
    sample : polars.DataFrame
        The sample.
    output : str, default "y"
        The column of the output, or the beginning of the names of its columns.
    inputs : sequence of str, optional
        The columns of the inputs; by default all columns except the output and a label of runs.
    estimators : "default", "all" or a sequence of str, default "default"
        The estimators of both orders; "all" are those for which the sample has the runs.
    interval : {"percentile", "basic", "normal", "bca"}, optional
        The bootstrap interval; default "percentile", and None for estimates alone.
    level : float, default 0.95
        The confidence of the interval.
    resamples : int, default 1000
        The number of resamples of the rows of the design.
    seed : int, default 1
        The seed of the resamples.
    sample_variance : bool, default False
        True to divide the variance of A and B by 2 N - 1, in place of 2 N.

    Returns
    -------
    polars.DataFrame
        `input`, `order` ("first" or "total"), `estimator`, `value`, `lower` and `upper`.

    Raises
    ------
    UnknownColumn
        If a column is not in the sample.
    DataError
        If the runs are no design of Saltelli, or an output is missing or infinite.
    DefinitionError
        If there is no such estimator, or it needs runs that the sample does not have.

    Examples
    --------
    >>> u = np.random.default_rng(1).random((4, 4096))
    >>> y = {"y_a": u[0] + u[1], "y_b": u[2] + u[3], "y_ab1": u[2] + u[1], "y_ab2": u[0] + u[3]}
    >>> found = sobol_indices(pl.DataFrame(y), interval=None)
    >>> found.filter(order="total").select("input", "estimator", pl.col("value").round(1)).rows()
    [('1', 'jansen1999', 0.5), ('2', 'jansen1999', 0.5)]
    """
    runs, names = _runs(sample, output, inputs)
    rows: list[pl.DataFrame] = []
    for order in get_args(Order):
        for name in _estimators(order, estimators, runs.ba is not None):
            columns: dict[str, Any] = {"value": sobol(runs, order, name, sample_variance=sample_variance)[:, 0]}
            if interval is not None:
                low, high = bootstrap(
                    runs,
                    order,
                    generator(seed, "bootstrap", order),
                    estimator=name,
                    resamples=resamples,
                    level=level,
                    interval=interval,
                    sample_variance=sample_variance,
                )
                columns |= {"lower": low[:, 0], "upper": high[:, 0]}
            words = {"input": names, "order": [order] * len(names), "estimator": [name] * len(names)}
            rows.append(pl.DataFrame({**words, **columns}, nan_to_null=True))
    return pl.concat(rows)


def _estimators(order: Order, wanted: Literal["default", "all"] | Sequence[str], has_crossed: bool) -> list[str]:
    """Return the names of the estimators of an order; an unknown name is refused."""
    known = list(ESTIMATORS[order])
    if wanted == "default":
        return known[:1]
    if wanted == "all":
        return [name for name in known if has_crossed or (order, name) not in CROSSED]
    every = dict.fromkeys(name for names in ESTIMATORS.values() for name in names)
    for name in wanted:
        if name not in every:
            raise DefinitionError(f'unknown estimator "{name}"', remedy=suggest(name, every))
    return [name for name in known if name in wanted]


def _runs(sample: pl.DataFrame, output: str, inputs: Sequence[str] | None) -> tuple[Runs, list[str]]:
    """Return the outputs of a sample by the parts of its design, and the names of its inputs."""
    if f"{output}_a" in sample.columns:
        return _from_parts(sample, output, inputs)
    require_columns(sample, [output, *(inputs or ())])
    labels = {*LABELS, "row"}
    names = list(inputs or (name for name in sample.columns if name != output and name.lower() not in labels))
    if not names:
        raise DataError("the sample has no input", remedy="a column for each input, beside the output")
    codes = sample.select(pl.col(name).rank("dense").cast(pl.Int64) for name in names).fill_null(0).to_numpy()
    layout = saltelli_layout(codes)
    if layout is None:
        raise DataError(
            f"the {len(sample)} runs are no design of Saltelli of {len(names)} inputs: {join_names(names)}",
            remedy="list A, B, and A with each column of B in turn; if other columns are no inputs, name those that "
            "are: inputs = […]",
        )
    values = _outputs(sample, [output])[:, 0]
    return blocks(values[layout.order.ravel()], len(names), crossed=layout.crossed), names


def _from_parts(sample: pl.DataFrame, output: str, inputs: Sequence[str] | None) -> tuple[Runs, list[str]]:
    """Return the outputs of a sample with a column for each part of the design."""
    mixed = f"{output}_ab"
    found = [name.removeprefix(mixed).removeprefix("_") for name in sample.columns if name.startswith(mixed)]
    names = found if inputs is None else list(inputs)
    separator = "_" if f"{mixed}_{names[0] if names else ''}" in sample.columns else ""
    if not names:
        raise DataError(
            f"the sample has {output}_a, and no output of A with a column of B",
            remedy=f"a column for each input: {mixed}1, {mixed}2, …",
        )
    crossed = [f"{output}_ba{separator}{name}" for name in names]
    has_crossed = all(name in sample.columns for name in crossed)
    columns = [f"{output}_a", f"{output}_b", *(f"{mixed}{separator}{name}" for name in names)]
    require_columns(sample, columns)
    values = _outputs(sample, [*columns, *(crossed if has_crossed else ())])
    return blocks(values.T.ravel(), len(names), crossed=has_crossed), names


def _outputs(sample: pl.DataFrame, names: Sequence[str]) -> Array:
    """Return outputs, (rows, columns); DataError for one that is missing, infinite, or no number."""
    for name in names:
        column = sample[name]
        if not column.dtype.is_numeric():
            raise DataError(f"the column {name} has no numbers", remedy="the output of a run is a number")
        if not column.cast(pl.Float64).is_finite().fill_null(False).all():
            raise DataError(
                f"{name} is missing or infinite in some rows", remedy="leave out this row in all parts of the design"
            )
    return sample.select(pl.col(list(names)).cast(pl.Float64)).to_numpy().astype(np.float64)
