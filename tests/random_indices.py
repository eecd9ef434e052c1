"""Random indices with their tables, for tests that parts add up in any of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from hypothesis import strategies as st

MEANS = ("arithmetic", "geometric", "harmonic", "generalised(p=0.5)", "generalised(p=3)")


@st.composite
def random_indices(draw: st.DrawFn) -> tuple[dict[str, Any], pl.DataFrame]:
    """Draw a tree of two dimensions and a shared one, in any means, and a panel with gaps."""
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    names, rows = [f"x{number}" for number in range(7)], 12
    values = chance.uniform(1, 9, (rows, len(names)))
    values[6:][chance.random(values[6:].shape) < draw(st.sampled_from([0.0, 0.3]))] = np.nan
    values[0], values[1] = 1.0, 9.0  # at the ends of all scales
    values[2] = values[3]  # equal rows
    frame = pl.DataFrame({"unit": [f"u{row // 2}" for row in range(rows)], "year": [2020, 2021] * (rows // 2)})
    frame = frame.with_columns(pl.Series("group", [f"g{row // 2 % 2}" for row in range(rows)]))
    frame = frame.hstack(pl.DataFrame(values, schema=names, nan_to_null=True).get_columns())
    means = st.sampled_from(MEANS)
    rules = ("skip(minimum_share=0.3)", "skip(minimum_share=0.7)", "value(value=30)", "group_mean(within='group')")
    gaps = {"missing": draw(st.sampled_from(rules))}
    dimensions: dict[str, Any] = {
        "a": {"aggregation": draw(means), "weight": draw(st.floats(0.5, 4))},
        "b": {"aggregation": draw(means), "weight": 2.5, "decimals": draw(st.sampled_from([1, 15]))},
        "shared": {"aggregation": draw(means), "parent": ["a", "b"], "weight": {"a": 2, "b": 1}},
        "harm": {"aggregation": "arithmetic", "parent": "b", "direction": draw(st.sampled_from(["benefit", "cost"]))},
    }
    scale = "min_max(lower=1, upper=100)"
    if dimensions["harm"]["direction"] == "cost" or draw(st.booleans()):
        dimensions["harm"]["as_component"] = scale
    parents = dict(zip(names, ["a", "a", "b", "shared", "shared", "harm", "harm"], strict=True))
    indicators = {
        name: {
            "dimension": parents[name],
            "direction": draw(st.sampled_from(["benefit", "cost"])),
            "weight": draw(st.floats(0.5, 4)),
            **({"cap": 8} if draw(st.booleans()) else {}),
        }
        for name in names
    }
    index = {
        "data": {"unit": "unit", "period": "year", "groups": ["group"]},
        "dimensions": dimensions,
        "indicators": indicators,
        "methodology": {
            "normalisation": scale,
            "statistics": draw(st.sampled_from(["pooled", {"normalisation": "pooled", "rescaling": "period"}])),
            "weighting": "given",
            "levels": [{"aggregation": draw(means)}],
            **gaps,
        },
    }
    return index, frame
