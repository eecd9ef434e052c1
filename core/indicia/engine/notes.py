"""What a reader of a ranking must know of how it came about."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.definition import ROOT
from indicia.notes import Count, Names, Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from indicia.definition import Eligible, Node
    from indicia.engine.prepare import Change
    from indicia.engine.screen import Screened
    from indicia.engine.weigh import Weighed


def screened_notes(screened: Screened, unit: str) -> Iterator[Note]:
    """Say what screening left out."""
    if screened.indicators:
        yield Note("screened_indicators", parts=Names.of(screened.indicators))
    if screened.left_out.is_empty():
        return
    if names := _named(screened.left_out.filter(pl.col(unit).is_not_null()), before="found"):
        count = _count(screened.left_out, names, before="found")
        yield Note("screened_units", count=count, units=Names.of(names))


def changed_notes(changes: Iterable[Change]) -> Iterator[Note]:
    """Say how many cells each stage changed, and where."""
    counts: dict[str, Counter[str]] = {}
    for change in changes:
        found = counts.setdefault(change.stage, Counter())
        for name in change.after.columns:
            found[name] += int(change.before[name].ne_missing(change.after[name]).sum())
    for stage, found in counts.items():
        yield Note(stage, count=Count(found.total(), "value"), parts=Names.of(found, 3))


def said(tree: Node, weighed: Mapping[str, Weighed], reweighted: pl.DataFrame, scores: pl.Series) -> Iterator[Note]:
    """Yield the notes of a run, one line each."""
    if simulated := [leaf.id for leaf in tree.leaves() if leaf.spec.simulated]:
        yield Note("simulated", parts=Names.of(simulated, len(simulated)))
    skipped = reweighted if reweighted.is_empty() else reweighted.filter(pl.col("scored"))
    if len(skipped):
        names, nodes = _named(skipped, before="node"), skipped["node"].unique(maintain_order=True)
        count = _count(skipped, names, before="node")
        yield Note("rescaled_weights", count=count, nodes=Names.of(nodes), units=Names.of(names))
    if without_score := scores.null_count():
        without = _named(reweighted.filter(pl.col("node") == ROOT, ~pl.col("scored")), before="node")
        yield Note("no_score", count=Count(without_score, "row"), units=Names.of(without))
    for node in tree.nodes():
        given = np.array([part.weight for part in node.components])
        if (
            len(given) > 1
            and (given != 1).any()
            and abs(given.sum() - 1) > 1e-9
            and weighed[node.id].keys is None
            and np.allclose(given / given.sum(), weighed[node.id].values)
        ):
            yield Note("sum_of_weights", part=Names.of([node.id]), sum=f"{given.sum():g}")


def unranked(eligible: Eligible, units: pl.Series, scores: pl.Series, ranks: pl.Series) -> Iterator[Note]:
    """Name the units that have a score and that a rule of `[eligible]` keeps from being ranked; if all, count them."""
    if eligible == type(eligible)():
        return
    kept_out = {"without": units.is_in(list(eligible.without))}
    if eligible.only is not None:
        kept_out["only"] = ~units.is_in(list(eligible.only))
    if ranks.count():
        for rule, rows in kept_out.items():
            if names := units.filter(rows & scores.is_not_null()).unique(maintain_order=True).to_list():
                yield Note("kept_out", rule=rule, units=Names.of(names))
        return
    noun = "unit" if units.is_unique().all() else "row"
    yield Note(
        "none_ranked",
        **{rule: Count(int(kept_out[rule].sum()) if rule in kept_out else 0, noun) for rule in ("only", "without")},
        scoreless=Count(scores.null_count(), noun),
    )


def _named(frame: pl.DataFrame, before: str) -> list[str]:
    """Return the units of a frame, in a panel each with its period, once each: what stands before a column."""
    about = pl.col(frame.columns[: frame.columns.index(before)]).cast(pl.String)
    return frame.select(pl.concat_str(about, separator=" ")).to_series().unique(maintain_order=True).to_list()


def _count(frame: pl.DataFrame, names: list[str], before: str) -> Count:
    return Count(len(names), "row" if frame.columns.index(before) > 1 else "unit")
