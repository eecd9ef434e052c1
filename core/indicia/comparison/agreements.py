"""The agreement of methodologies that differ in a single choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.comparison.distinct import pairs_for_choice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from indicia.comparison.methodology import Methodology
    from indicia.methods import Array

_SCHEMA = {
    "choice": pl.String,
    "mean": pl.Float64,
    "least": pl.Float64,
    "pairs": pl.Int64,
    "methodology": pl.Int64,
    "label": pl.String,
    "other": pl.Int64,
    "other_label": pl.String,
}


def agreement_by_choice(
    choices: Sequence[str], methods: Sequence[Methodology], rankings: Sequence[int], agreement: Array, *, distance: bool
) -> pl.DataFrame:
    """Return the mean and the least agreement of two rankings that differ in a choice alone, a row for each choice.

    `agreement` (methodologies, methodologies) is a distance if `distance`; the least agreement is then the largest
    value. The choice with the least mean agreement comes first.
    """
    rows = list[tuple[object, ...]]()
    for choice in choices:
        examples = list(pairs_for_choice(choice, methods, rankings).values())
        values = np.array([agreement[pair] for pair in examples])
        if not examples:
            rows.append((choice, None, None, 0, None, None, None, None))
            continue
        place = int(values.argmax() if distance else values.argmin())
        pair = [methods[number] for number in examples[place]]
        of_pair = [fact for methodology in pair for fact in (methodology.number, methodology.label)]
        rows.append((choice, float(values.mean()), float(values[place]), len(examples), *of_pair))
    table = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    return table.sort("mean", descending=distance, nulls_last=True, maintain_order=True)
