"""Fit an index: keep the statistics and weights of its run."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.callers import warn
from indicia.data import fingerprint
from indicia.definition import RANK
from indicia.errors import DefinitionError, IndiciaError, join_names
from indicia.fitted.fitted_index import FittedIndex
from indicia.fitted_words import variants_with_weighting, without_weightings
from indicia.index import Index
from indicia.methods import SeriesImputation
from indicia.result import Result
from indicia.run import methods_needing_all_units, score
from indicia.stages.kept import kept_of, parts_to_keep

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from indicia.citations import Citation
    from indicia.questions import Questions
    from indicia.run import Scored
    from indicia.tables.last_values import LastValues
    from indicia.types import TableLike

KEPT_BY_DEFAULT = ("bounds",)
"""The parts that an edition keeps of the earlier one, unless the user names others."""


def fit(
    index: Questions,
    table: TableLike | None = None,
    *,
    since: FittedIndex | None = None,
    keep: Sequence[str] | None = None,
) -> FittedIndex:
    """Score an index and keep the statistics and weights of the run; see `indicia.fit`."""
    if keep and since is None:
        raise DefinitionError(
            "keep names what is kept of an earlier edition, and there is none",
            where=f"keep = {list(keep)}",
            remedy="state it: since = fitted index",
        )
    check_can_be_fitted(index)
    frame = index.read_table(table)
    descent: dict[str, Any] = {}
    if since is None:
        result = index.score_frame(frame)
    else:
        result, descent = _result_since(index, frame, since, keep or KEPT_BY_DEFAULT)
    data = {"sha256": fingerprint(frame), "rows": len(result.scores)}
    record = {**record_of_fit(index, result.methodology, data, result.plugins, result.cite()), **descent}
    fitted = replace(result.scored.fitted, last_values=_last_values(index, result.scored))
    return FittedIndex.of(without_parts_of_data(index), fitted, record)


def record_of_fit(
    index: Questions,
    methodology: str,
    data: Mapping[str, Any],
    plugins: Mapping[str, str],
    citations: Sequence[Citation],
) -> dict[str, Any]:
    """Return the record of a fit: versions, the methods in one line, the data, and the works to cite."""
    return {
        "indicia": version("indicia"),
        "polars": pl.__version__,
        "plugins": dict(plugins),
        "methodology": methodology,
        "data": dict(data),
        "citations": [work.record for work in citations],
        **({"variants_with_weighting": variants_with_weighting(index.raw)} if index.definition.variants else {}),
        **({"weight_sets": list(index.definition.weights)} if index.definition.weights else {}),
    }


def _result_since(
    index: Questions, frame: pl.DataFrame, since: FittedIndex, keep: Sequence[str]
) -> tuple[Result, dict[str, Any]]:
    """Return the result by what is kept of an earlier edition, and the record of the descent."""
    before = since.definition.frozen
    assert before is not None
    kept = parts_to_keep(keep, before, index.definition, index.tree)
    # screening by the data drops indicators, which a run with statistics of an earlier one reads from these
    screens = index.definition.screening.indicators is not None
    left_out = index.score_frame(frame).scored.fitted.left_out if screens else ()
    held = kept_of(before, kept, index.tree, left_out)
    with index.origin.located(), _blamed_on_kept(index, frame):
        scored = score(index.definition, index.tree, frame, held)
    for warning in (*kept.notes, *scored.warnings):
        warn(warning)
    result = Result(index.definition, scored, frame, index.catalogue, index.origin, index.tree)
    descent = {**since.file, "sha256": since.fingerprint["sha256"], "kept": kept.record}
    return result, {"since": [descent, *since.record.get("since", ())]}


@contextmanager
def _blamed_on_kept(index: Questions, frame: pl.DataFrame) -> Iterator[None]:
    """Blame an error on what is kept of an earlier edition if the index can be scored without it.

    By the bounds of an earlier edition, a new value may score below 0, which some weightings and means do not take.
    """
    try:
        yield
    except IndiciaError as error:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            index.score_frame(frame)
        raise DefinitionError(
            f"{error.what} (by what is kept of the earlier edition)",
            where=error.where,
            remedy="keep the bounds of other indicators only (--keep bounds=A,B), or nothing of this edition",
        ) from error


def check_can_be_fitted(index: Questions) -> None:
    """Refuse a fitted index, and methods and bands that need all units."""
    if isinstance(index, FittedIndex):
        raise DefinitionError(
            "the index is fitted already",
            where=str(index.origin.path) if index.origin.path else None,
            remedy="fit the index file that it comes from",
        )
    if faults := list(methods_needing_all_units(index.tree, with_last_values=True)):
        raise DefinitionError(
            f"an index cannot be fitted with methods that need all units: {join_names(faults, 3)}",
            remedy="choose other methods, or run the index with all units",
        )
    for name, bands in index.definition.bands.items():
        if bands.shares is not None or bands.of == RANK:
            word = "shares" if bands.shares is not None else "of"
            raise DefinitionError(
                f"an index cannot be fitted with the bands {name}, which depend on the ranks of all units",
                where=index.origin.where(["bands", name, word]),
                remedy=f"thresholds of a score, or leave out [bands.{name}]",
            )


def _last_values(index: Questions, scored: Scored) -> LastValues | None:
    """Return the last value of each unit for imputations that carry it forward; None if the index has none of them."""
    carrying = [
        leaf
        for leaf in scored.tree.leaves()
        if isinstance(leaf.imputation, SeriesImputation) and leaf.imputation.carries_forward
    ]
    last_values = scored.last_values
    if carrying and last_values is None:
        raise DefinitionError(
            f"an index with {carrying[0].imputation} of {carrying[0].id} cannot be fitted to these periods: their "
            "place in time depends on the other periods of the table",
            where=index.origin.where(["data", "period"]),
            remedy="numbers, such as years, or dates as periods",
        )
    return last_values


def without_parts_of_data(index: Questions) -> Index:
    """Return an index without tables that belong to the data of its fit, and without weightings.

    These tables are of cells, and of what stands outside the index. The weights of the fit replace the weightings.
    """
    raw = {key: value for key, value in without_weightings(index.raw).items() if key != "outside"}
    data = dict(raw.get("data", {}))
    if "path" in (data.get("attributes") or {}):
        del data["attributes"]
    return Index({**raw, **({"data": data} if data else {})}, index.catalogue, index.origin, index.chosen)
