"""Score a large file in slices, by the statistics and weights of a fitted index."""

from __future__ import annotations

import warnings
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.data import escape_formulas, hash_rows, open_appender, repeated_hashes, slices
from indicia.errors import DataError, DefinitionError, NothingKept, join_names
from indicia.run.fitted_range import check_fitted_range
from indicia.stages.frozen import statistics_that_hold
from indicia.stages.read import check_units, kept_units

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import numpy.typing as npt

    from indicia.definition import Data
    from indicia.progress import Progress
    from indicia.questions import Questions
    from indicia.tables.fitted import Fitted


MAX_REPEATED_UNITS = 1_000_000
"""The most repeated hashes of a stream whose units are compared by name, to limit memory."""


@dataclass(frozen=True)
class Streamed:
    """The size of a scored stream."""

    rows: int
    outside: Mapping[str, int]
    """The number of values outside the fitted range, by indicator."""


def check_slices(index: Questions, fitted: Fitted) -> None:
    """Refuse methods and formats of tables that need more than the rows of a slice."""
    _check_rows_stand_alone(index.definition.data)
    held = statistics_that_hold(index.definition, index.tree)
    if held is not None and held.computed:
        raise DefinitionError(
            "methods other than those of the fit take statistics of all rows, and a slice has some of them",
            remedy="score the table as a whole, or fit the index with these methods",
        )
    if fitted.last_values is not None:
        raise DataError(
            "a table whose gaps are filled from other periods cannot be scored slice by slice",
            remedy="score it as a whole, without --stream",
        )


def score_slices(
    index: Questions,
    fitted: Fitted,
    source: Path,
    output: Path,
    *,
    size: int,
    progress: Progress,
    manifests: Mapping[Path, Callable[[], bytes]],
    escape: bool,
    allows_outside: bool,
) -> Streamed:
    """Write the scores of a file in slices; see `FittedIndex.stream`."""
    rows, outside, hashes = 0, dict.fromkeys(fitted.ranges, 0), bytearray()
    data = index.definition.data
    with open_appender(output, manifests) as append:
        for part in slices(source, data.encoding, size, progress, data.separator):
            frame = _read(index, part)
            try:
                hashes += hash_rows(kept_units(frame, index.definition)).tobytes()
                result = index.score_frame(frame)
            except NothingKept:
                continue
            scores = result.scores.drop(result.scored.ranks.columns)
            append(escape_formulas(scores) if escape else scores)
            rows += len(result.scores)
            for name, names in result.scored.outside.items():
                outside[name] += len(names)
        _check_once(index, source, size, repeated_hashes(hashes))
        if rows == 0:
            raise NothingKept(f'"{source.name}" has no row to score', where=str(source))
        if not allows_outside:
            check_fitted_range(outside, rows)
    return Streamed(rows, {name: count for name, count in outside.items() if count})


def _read(index: Questions, part: pl.DataFrame) -> pl.DataFrame:
    """Read a slice; a row that `without` names may stand in another slice."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"without in \[data\]")
        return index.read_table(part)


def _check_once(index: Questions, source: Path, size: int, repeated: npt.NDArray[np.uint64]) -> None:
    """Refuse repeated units in a file: compare the names of the units whose hashes are repeated."""
    if not len(repeated):
        return
    definition, rows = index.definition, []
    data = definition.data
    for part in slices(source, data.encoding, size, separator=data.separator):
        with suppress(NothingKept):
            units = kept_units(_read(index, part), definition)
            rows.append(units.filter(np.isin(hash_rows(units), repeated[:MAX_REPEATED_UNITS])))
    check_units(pl.concat(rows), str(data.unit), data.period)


def _check_rows_stand_alone(data: Data) -> None:
    """Refuse a format that needs more than the rows of a slice, such as the rows of each indicator."""
    words = ("skip_rows", "header_rows", "footer_rows", "range", "query", "table", "wide", "long", "joins")
    used = [word for word in words if getattr(data, word) != type(data).model_fields[word].default]
    if used:
        raise DataError(
            f"a table with {join_names(used, len(used))} in [data] cannot be read slice by slice",
            remedy="score it as a whole, without --stream",
        )
