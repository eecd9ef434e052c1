"""A fitted index: an index with the statistics and weights of a run.

It scores other units, or a new period, by these statistics and weights, without the data of the run.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import file_digest
from importlib.metadata import version
from math import isinf
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from polars.exceptions import PanicException
from pydantic import TypeAdapter

from indicia import fitted_file
from indicia import index as indices
from indicia.data import escape_formulas, fingerprint, hash_rows, open_appender, repeated_hashes, slices, write
from indicia.data.stream import SLICE
from indicia.definition import RANK, Origin
from indicia.errors import (
    DataError,
    DefinitionError,
    IndiciaError,
    MethodFailure,
    NothingKept,
    PluginWarning,
    join_names,
)
from indicia.methods import Method
from indicia.progress import Progress, silent
from indicia.result import Inputs, Result, as_json, compare_manifests
from indicia.run import methods_needing_all_units, score
from indicia.stages.read import check_units, kept_units

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy.typing as npt

    from indicia.citations import Citation
    from indicia.definition import Data, Definition
    from indicia.index import Index
    from indicia.stages.stage import Fitted

MAX_REPEATED_UNITS = 1_000_000
"""The most repeated hashes of a stream whose units are compared by name, to limit memory."""


@dataclass(frozen=True, repr=False)
class FittedIndex:
    """An index whose statistics and weights are fixed."""

    index: Index
    fitted: Fitted
    origin: Mapping[str, Any]
    """The versions, the number of rows and the hash of the data that the index was fitted to."""
    verified: bool = True
    """True if a checksum proves that the file is unchanged; files of form 1 have no checksum."""

    def with_encoding(self, encoding: str) -> FittedIndex:
        """Return the same fitted index for tables with another text encoding."""
        return replace(self, index=self.index.with_options(settings={"data.encoding": encoding}))

    def score(self, table: object) -> Result:
        """Score and rank the units of a table by the fitted statistics and weights."""
        return self.score_frame(self._read_table(table))

    def score_frame(self, frame: pl.DataFrame) -> Result:
        """Score and rank the units of a frame that `index.read_table` returned."""
        index = self.index
        definition = _with_units_of(index.definition, frame)
        with _attributed_to_file(self.verified):
            scored = score(definition, index.tree, frame, self.fitted)
        result = Result(
            definition,
            scored,
            frame,
            index.catalogue,
            index.origin,
            index.tree,
            self.origin["methodology"],
            self._fingerprint,
        )
        _ = result.bands_of_rows  # raises an error for a figure beyond all bands, before anything is written
        return result

    def cite(self) -> tuple[Citation, ...]:
        """Return the works to cite for the index as it was fitted; see `Index.cite`."""
        return self._inputs({}).citations

    @cached_property
    def _fingerprint(self) -> dict[str, Any]:
        """The fingerprint of the fitted statistics and weights."""
        checksum = fitted_file.checksum(fitted_file.content_of(self.fitted))
        return {"sha256": checksum, "to": dict(self.origin["data"]), "citations": self.origin.get("citations")}

    def stream(
        self,
        source: str | Path,
        output: str | Path,
        size: int = SLICE,
        progress: Progress = silent,
        manifest: Path | None = None,
        escape: bool = False,
    ) -> Streamed:
        """Score a CSV, TSV or Parquet file in slices; write the scores to a file, in the same order and without ranks.

        Memory holds a hash of eight bytes for each row, which finds repeated units.

        Parameters
        ----------
        source, output : path
            The table and the file of scores.
        size : int
            The approximate number of bytes of a slice.
        progress : callable
            Receives the number of bytes that are done and the number of all.
        manifest : path, optional
            The file for the manifest, written with the output.
        escape : bool
            Put an apostrophe before texts that a spreadsheet would take for formulas.
        """
        _check_rows_stand_alone(self.index.definition.data)
        source, output = Path(source), Path(output)
        rows, outside, hashes = 0, dict.fromkeys(self.fitted.ranges, 0), bytearray()
        data = self.index.definition.data
        manifests = {} if manifest is None else {manifest: lambda: as_json(self.stream_inputs(source).manifest)}
        with open_appender(output, manifests) as append:
            for part in slices(source, data.encoding, size, progress, data.separator):
                frame = self._read(part)
                try:
                    hashes += hash_rows(kept_units(frame, self.index.definition)).tobytes()
                    result = self.score_frame(frame)
                except NothingKept:
                    continue
                scores = result.scores.drop(result.scored.ranks.columns)
                append(escape_formulas(scores) if escape else scores)
                rows += len(result.scores)
                for name, names in result.scored.outside.items():
                    outside[name] += len(names)
            self._check_once(source, size, repeated_hashes(hashes))
            if rows == 0:
                raise NothingKept(f'"{source.name}" has no row to score', where=str(source))
        return Streamed(rows, {name: count for name, count in outside.items() if count})

    def stream_inputs(self, source: Path) -> Inputs:
        """Return the inputs of the scores of a file, which is identified by the hash of its bytes."""
        with source.open("rb") as file:
            data = {"sha256": file_digest(file, "sha256").hexdigest(), "bytes": source.stat().st_size}
        return self._inputs(data)

    def _inputs(self, data: Mapping[str, Any]) -> Inputs:
        index = self.index
        return Inputs(index.definition, index.tree, index.catalogue, data, index.origin, self._fingerprint)

    def _read(self, part: pl.DataFrame) -> pl.DataFrame:
        """Read a slice; a row that `without` names may stand in another slice."""
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=r"without in \[data\]")
            return self._read_table(part)

    def _read_table(self, table: object) -> pl.DataFrame:
        """Read a table; it needs no column that only the fitted statistics used."""
        return self.index.read_table(table, uses=self.fitted.columns)

    def _check_once(self, source: Path, size: int, repeated: npt.NDArray[np.uint64]) -> None:
        """Refuse repeated units in a file: compare the names of the units whose hashes are repeated."""
        if not len(repeated):
            return
        definition, rows = self.index.definition, []
        data = definition.data
        for part in slices(source, data.encoding, size, separator=data.separator):
            with suppress(NothingKept):
                units = kept_units(self._read(part), definition)
                rows.append(units.filter(np.isin(hash_rows(units), repeated[:MAX_REPEATED_UNITS])))
        check_units(pl.concat(rows), str(data.unit), data.period)

    def write(self, path: str | Path) -> None:
        """Write the fitted index as JSON."""
        path = Path(path)
        content = {
            "fitted": dict(self.origin),
            "index": as_json_value(_relocated(self.index.raw, self.index.origin.folder, path.parent)),
            "variant": self.index.chosen,
            **fitted_file.content_of(self.fitted),
        }
        write(fitted_file.rendered(content), path)

    def __repr__(self) -> str:
        return f"FittedIndex({self.index!r})"


@contextmanager
def _attributed_to_file(verified: bool) -> Iterator[None]:
    """Report an unexpected error as a fault of the fitted index, unless a checksum proves that its file is unchanged.

    This includes the failure of a method, since its statistics come from the file.
    """
    try:
        yield
    except (Exception, PanicException) as error:
        if verified or (isinstance(error, IndiciaError) and not isinstance(error, MethodFailure)):
            raise
        raise DefinitionError(
            f"the statistics of the fitted index are not those of its methods: {type(error).__name__}",
            remedy="fit the index again; --traceback shows where it fails",
        ) from error


def _check_rows_stand_alone(data: Data) -> None:
    """Refuse a format that needs more than the rows of a slice, such as the rows of each indicator."""
    whole = ("skip_rows", "header_rows", "footer_rows", "range", "query", "table", "wide", "long", "joins")
    used = [word for word in whole if getattr(data, word) != type(data).model_fields[word].default]
    if used:
        raise DataError(
            f"a table with {join_names(used, len(used))} in [data] cannot be read slice by slice",
            remedy="score it as a whole, without --stream",
        )


@dataclass(frozen=True)
class Streamed:
    """The size of a scored stream."""

    rows: int
    outside: Mapping[str, int]
    """The number of values outside the fitted range, by indicator."""


def fit(index: Index, table: object = None) -> FittedIndex:
    """Score an index and keep the statistics and weights of the run.

    DefinitionError for methods that need all units: ranks, comparisons of pairs, imputation from rows.
    """
    if faults := list(methods_needing_all_units(index.tree)):
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
    frame = index.read_table(table)
    result = index.score_frame(frame)
    origin = {
        "indicia": version("indicia"),
        "polars": pl.__version__,
        "plugins": result.plugins,
        "methodology": result.methodology,
        "data": {"sha256": fingerprint(frame), "rows": len(result.scores)},
        "citations": [work.record for work in result.cite()],
    }
    return FittedIndex(_for_new_data(index), result.scored.fitted, origin)


def read(
    path: str | Path,
    plugins: Iterable[str | Path] = (),
    *,
    allow_code: bool = False,
    only_plugins: Iterable[str] | None = None,
) -> FittedIndex:
    """Read a fitted index, and warn about plugins of another version.

    Its plugin files are loaded if `allow_code` is True; see `indicia.read`.
    """
    path = Path(path)
    file, contents = fitted_file.read(path)
    index = indices.load_index(file.index, Origin(path), plugins, allow_code=allow_code, only_plugins=only_plugins)
    fitted_versions, present_versions = file.fitted.plugins, index.catalogue.versions
    common = fitted_versions.keys() & present_versions.keys()
    current, former = (
        {"plugins": {plugin: versions[plugin] for plugin in common}} for versions in (present_versions, fitted_versions)
    )
    for difference in compare_manifests(current, former).items:
        warnings.warn(f"not as it was fitted: {difference}", PluginWarning, stacklevel=2)
    index = index if file.variant is None else index.variant(file.variant)
    _check_indicators(index.definition, contents, path)
    return FittedIndex(index, contents, file.fitted.model_dump(), verified=file.sha256 is not None)


def _check_indicators(definition: Definition, fitted: Fitted, path: Path) -> None:
    """Refuse fitted values of indicators that the index does not have."""
    names = (*fitted.ranges, *fitted.left_out, *fitted.constant, *fitted.neutral)
    if unknown := [name for name in names if name not in definition.indicators]:
        raise DefinitionError(
            f"{path} was fitted to indicators that its index does not have: {join_names(unknown)}",
            remedy="fit the index again",
        )


def _for_new_data(index: Index) -> Index:
    """Return an index without tables that belong to the data of its fit: of cells, and of what stands outside."""
    raw = {key: value for key, value in index.raw.items() if key != "outside"}
    data = dict(raw.get("data", {}))
    if "path" in (data.get("attributes") or {}):
        del data["attributes"]
    return replace(index, raw={**raw, **({"data": data} if data else {})})


def _relocated(raw: Mapping[str, Any], folder: Path, new: Path) -> dict[str, Any]:
    """Return a definition with paths of plugins for another folder, without keys that a fitted index does not need.

    Weightings are left out, because the weights are fixed and a weighting may name files.
    """
    needed = {key: value for key, value in raw.items() if key not in ("reference", "weights")}
    for table in ("dimensions", "variants"):
        if table in needed:
            needed[table] = {name: _without_weighting(value) for name, value in needed[table].items()}
    for name, table in needed.get("variants", {}).items():
        if "dimensions" in table:
            dimensions = {part: _without_weighting(value) for part, value in table["dimensions"].items()}
            needed["variants"][name] = {**table, "dimensions": dimensions}
    if "methodology" in needed:
        needed["methodology"] = _without_weighting(needed["methodology"])
    data = {key: value for key, value in raw.get("data", {}).items() if key != "path"}
    plugins = [os.path.relpath(folder / file, new) for file in raw.get("plugins", [])]
    return {**needed, "data": data, **({"plugins": plugins} if plugins else {})}


def _without_weighting(stages: Mapping[str, Any]) -> dict[str, Any]:
    needed = {key: value for key, value in stages.items() if key != "weighting"}
    levels = [_without_weighting(level) for level in needed.get("levels", ())]
    return {**needed, **({"levels": levels} if levels else {})}


def _with_units_of(definition: Definition, frame: pl.DataFrame) -> Definition:
    """Return a definition whose rules of eligibility name units of this table only, since it may lack other units."""
    only, without = definition.eligible.only, definition.eligible.without
    if only is None and not without:
        return definition
    units = set(frame[str(definition.data.unit)])

    def in_table(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in names if name in units)

    eligible = {"only": None if only is None else in_table(only), "without": in_table(without)}
    return definition.model_copy(update={"eligible": definition.eligible.model_copy(update=eligible)})


def as_json_value(value: Any) -> Any:
    """Return a part of a definition as a value that JSON can hold."""
    if isinstance(value, Method):
        return {"method": value.name, **TypeAdapter(type(value)).dump_python(value, mode="json")}
    if isinstance(value, Mapping):
        return {str(key): as_json_value(part) for key, part in value.items()}
    if isinstance(value, float) and isinf(value):  # a limit of a range of bands; JSON has no infinity
        return str(value)
    return [as_json_value(part) for part in value] if isinstance(value, (list, tuple)) else value
