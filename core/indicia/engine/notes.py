"""What a reader of a ranking must know of how it came about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.definition import ROOT
from indicia.errors import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from indicia.definition import Node
    from indicia.engine.prepare import Change
    from indicia.engine.screen import Screened
    from indicia.engine.weigh import Weighed


def screened_notes(screened: Screened, unit: str) -> Iterator[str]:
    """Say what screening left out."""
    if screened.indicators:
        yield f"left out, too few units having them: {listed(screened.indicators)}"
    if screened.left_out.is_empty():
        return
    if names := _named(screened.left_out.filter(pl.col(unit).is_not_null()), before="found"):
        yield f"{_count(screened.left_out, names, before='found')} left out by screening: {listed(names)}"


def changed_notes(changes: Iterable[Change]) -> Iterator[str]:
    """Say how many cells stages changed, and where."""
    for change in changes:
        counts = {name: int(change.before[name].ne_missing(change.after[name]).sum()) for name in change.after.columns}
        what = _CHANGED[change.stage]
        yield f"{sum(counts.values())} value(s) {what} in {listed(counts, 3)}"


_CHANGED = {
    "imputation": "imputed",
    "treatment": "changed as outliers",
    "cap": "capped",
    "clip": "clipped",
    "missing": "put in place of missing scores",
}


def said(tree: Node, weighed: Mapping[str, Weighed], reweighted: pl.DataFrame, scores: pl.Series) -> Iterator[str]:
    """Yield the notes of a run, one line each."""
    if simulated := [leaf.id for leaf in tree.leaves() if leaf.spec.simulated]:
        yield f"simulated figures, not measured: {listed(simulated, len(simulated))}"
    skipped = reweighted if reweighted.is_empty() else reweighted.filter(pl.col("scored"))
    if len(skipped):
        names, nodes = _named(skipped, before="node"), skipped["node"].unique(maintain_order=True)
        where = f"{_count(skipped, names, before='node')} in {listed(nodes)}"
        yield f"weights re-scaled over what is present for {where}: {listed(names)}"
    if count := scores.null_count():
        without = _named(reweighted.filter(pl.col("node") == ROOT, ~pl.col("scored")), before="node")
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


def _named(frame: pl.DataFrame, before: str) -> list[str]:
    """Return the units of a frame, in a panel each with its period, once each: what stands before a column."""
    about = pl.col(frame.columns[: frame.columns.index(before)]).cast(pl.String)
    return frame.select(pl.concat_str(about, separator=" ")).to_series().unique(maintain_order=True).to_list()


def _count(frame: pl.DataFrame, names: list[str], before: str) -> str:
    return f"{len(names)} {'row' if frame.columns.index(before) > 1 else 'unit'}(s)"
