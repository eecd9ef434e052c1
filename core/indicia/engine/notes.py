"""What a reader of a ranking must know of how it came about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.definition import ROOT
from indicia.errors import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indicia.definition import Node
    from indicia.engine.screen import Screened
    from indicia.engine.weigh import Weighed


def screened_notes(screened: Screened, unit: str) -> Iterator[str]:
    """Say what screening left out."""
    if screened.indicators:
        yield f"left out, too few units having them: {listed(screened.indicators)}"
    if names := screened.left_out[unit].drop_nulls().unique(maintain_order=True).to_list():
        yield f"{len(names)} unit(s) left out by screening: {listed(names)}"


def said(
    tree: Node, weighed: Mapping[str, Weighed], reweighted: pl.DataFrame, scores: pl.Series, unit: str
) -> Iterator[str]:
    """Yield the notes of a run, one line each."""
    if simulated := [leaf.id for leaf in tree.leaves() if leaf.spec.simulated]:
        yield f"simulated figures, not measured: {listed(simulated, len(simulated))}"
    skipped = reweighted.filter(pl.col("scored"))
    if len(skipped):
        names, nodes = (skipped[column].unique(maintain_order=True).to_list() for column in (unit, "node"))
        where = f"{len(names)} unit(s) in {listed(nodes)}"
        yield f"weights re-scaled over what is present for {where}: {listed(names)}"
    if count := scores.null_count():
        without = reweighted.filter(pl.col("node") == ROOT, ~pl.col("scored"))[unit].unique(maintain_order=True)
        yield f"no score for {count} row(s), too much being missing: {listed(without)}"
    for node in tree.nodes():
        given = np.array([part.weight for part in node.components])
        if (
            len(given) > 1
            and (given != 1).any()
            and abs(given.sum() - 1) > 1e-9
            and weighed[node.id].keys is None
            and np.allclose(given / given.sum(), weighed[node.id].values)
        ):
            yield f"weights of {node.id} sum to {given.sum():g} and are scaled to 1"
