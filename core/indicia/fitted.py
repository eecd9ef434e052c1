"""A fitted index: an index with the statistics and weights of a run.

It scores other units, or a new period, by these statistics and weights, without the data of the run.
"""

from __future__ import annotations

import warnings
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import file_digest, sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from polars.exceptions import PanicException

from indicia import fitted_file
from indicia import index as indices
from indicia.data import escape_formulas, fingerprint, hash_rows, open_appender, repeated_hashes, slices, write
from indicia.data.stream import SLICE
from indicia.definition import RANK, Frozen, Origin, build_tree, uses_of
from indicia.errors import (
    DataError,
    DefinitionError,
    IndiciaError,
    IndiciaWarning,
    MethodFailure,
    NothingKept,
    PluginWarning,
    join_names,
)
from indicia.fitted_words import as_json_value, relocated, variants_with_weighting, without_weightings
from indicia.index import Index
from indicia.methods import SeriesImputation
from indicia.progress import Progress, silent
from indicia.questions import Questions
from indicia.result import Inputs, Result, as_json, compare_manifests
from indicia.result.methodology_line import methods_in_one_line
from indicia.run import methods_needing_all_units, score
from indicia.stages.frozen import statistics_that_hold
from indicia.stages.kept import kept_of, parts_to_keep
from indicia.stages.read import check_units, kept_units

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import numpy.typing as npt

    from indicia.catalogue import Catalogue
    from indicia.citations import Citation
    from indicia.definition import Data, Definition, Node, Use
    from indicia.run import Scored
    from indicia.tables.fitted import Fitted
    from indicia.tables.last_values import LastValues

MAX_REPEATED_UNITS = 1_000_000
"""The most repeated hashes of a stream whose units are compared by name, to limit memory."""


@dataclass(frozen=True, repr=False)
class FittedIndex(Questions):
    """An index whose statistics and weights are fixed: they are those of the data of its fit.

    It answers the questions of an index. Statistics and weights are computed from the data that are given only where an
    option or an alternative chooses other methods than those of the fit; a note names them.
    """

    raw: Mapping[str, Any]
    catalogue: Catalogue
    origin: Origin
    chosen: str | None
    fitted: Fitted
    record: Mapping[str, Any]
    """The versions, the number of rows and the hash of the data that the index was fitted to."""
    verified: bool = True
    """True if a checksum proves that the file is unchanged; files of form 1 have no checksum."""
    file: Mapping[str, str] = field(default_factory=dict)
    """The name of the file, and the hash of its bytes; empty for a fitted index that was not read."""
    as_fitted: Index | None = None
    """The index of the fit; None if neither options nor a variant have changed it."""

    @classmethod
    def of(cls, index: Index, fitted: Fitted, record: Mapping[str, Any], **words: Any) -> FittedIndex:
        """Return the fitted index of an index."""
        return cls(index.raw, index.catalogue, index.origin, index.chosen, fitted, record, **words)

    @property
    def index(self) -> Index:
        """The index without its fitted statistics and weights."""
        return Index(self.raw, self.catalogue, self.origin, self.chosen)

    @cached_property
    def definition(self) -> Definition:
        """The definition, after all checks, with the fitted statistics and weights."""
        return self.index.definition.with_frozen(self._frozen)

    @cached_property
    def tree(self) -> Node:
        """The tree of dimensions and indicators, with a method at every node; its weights are those of the fit."""
        return build_tree(self.definition, self.catalogue, self.origin)

    @cached_property
    def _frozen(self) -> Frozen:
        """The statistics and weights, and the methods of the fit."""
        index = self.as_fitted or self.index
        left_out = tuple(self.record.get("weight_sets", ()))
        frozen = Frozen(self.fitted, self._fingerprint, weight_sets=left_out)
        tree = build_tree(index.definition.with_frozen(frozen), index.catalogue, index.origin)
        return replace(
            frozen,
            tree=tree,
            scopes=index.definition.methodology.statistics,
            lacks_weights_of=self._variant_with_other_weights,
        )

    @property
    def _variant_with_other_weights(self) -> str | None:
        """The name of the variant, if its weighting is not that of the fit, whose weights the file has."""
        of_fit = self.chosen if self.as_fitted is None else self.as_fitted.chosen
        with_weighting = self.record.get("variants_with_weighting", ())
        if self.chosen == of_fit or {self.chosen, of_fit}.isdisjoint(with_weighting):
            return None
        return "the index without a variant" if self.chosen is None else f'the variant "{self.chosen}"'

    @property
    def uses(self) -> tuple[Use, ...]:
        """The columns that methods read in each row beside the indicators, or from which they compute statistics."""
        with suppress(IndiciaError):  # planning raises the error
            held = statistics_that_hold(self.definition, self.tree)
            assert held is not None
            return tuple(
                use
                for use in uses_of(self.definition, self.tree)
                if use.column.name in held.columns or held.computed_at(use.stage)
            )
        return ()

    def _refused_variants(self) -> Iterator[IndiciaError]:
        """Yield the error about each variant that is wrong; it is no fault that the file has no weights of some."""
        with_weighting = self.record.get("variants_with_weighting", ())
        variants = {name: table for name, table in self.raw.get("variants", {}).items() if name not in with_weighting}
        return replace(self, raw={**self.raw, "variants": variants}).index._refused_variants()

    @property
    def kept(self) -> dict[str, list[str]]:
        """The parts of which an earlier edition has the bounds, statistics or weights, by kind; empty without one."""
        since = self.record.get("since") or [{"kept": {}}]
        return dict(since[0]["kept"])

    def with_encoding(self, encoding: str) -> FittedIndex:
        """Return the same fitted index for tables with another text encoding."""
        return self.with_options(settings={"data.encoding": encoding})

    def with_options(self, *, settings: Mapping[str, Any] | None = None, **methods: object) -> FittedIndex:
        """Return the fitted index with other methods, by stage, or other settings, by dotted path.

        What was fitted for the other methods and settings stays; the rest is computed from the data that are scored.
        """
        return self._changed(self.index.with_options(settings=settings, **methods))

    def variant(self, name: str | None) -> FittedIndex:
        """Return one of the variants, with the statistics and weights of this fit where its methods are the same."""
        return self._changed(self.index.variant(name))

    def _changed(self, index: Index) -> FittedIndex:
        return replace(
            self, raw=index.raw, origin=index.origin, chosen=index.chosen, as_fitted=self.as_fitted or self.index
        )

    def read_table(self, table: object = None) -> pl.DataFrame:
        """Read a table; it needs no column that only the fitted statistics used.

        DefinitionError without a table, since a fitted index has no data.
        """
        if table is None:
            name = self.origin.path.name if self.origin.path else "fitted.json"
            raise DefinitionError(
                "a fitted index has no data",
                where=str(self.origin.path) if self.origin.path else None,
                remedy=f"name a table too: TABLE -c {name}; in Python, the argument table",
            )
        return self.index.read_table(table, uses=[use.column.name for use in self.uses])

    def score_frame(self, frame: pl.DataFrame) -> Result:
        """Score and rank the units of a frame that `read_table` returned, by the fitted statistics and weights."""
        definition = _with_units_of(self.definition, frame)
        with self.origin.located(), _attributed_to_file(self.verified):
            scored = score(definition, self.tree, frame)
        for warning in scored.warnings:
            warnings.warn(warning, IndiciaWarning, stacklevel=2)
        is_as_fitted = scored.fitted_by is not None and not scored.fitted_by.computed
        methodology = self.record["methodology"] if is_as_fitted else methods_in_one_line(scored.tree)
        result = Result(definition, scored, frame, self.catalogue, self.origin, self.tree, methodology)
        _ = result.bands_of_rows  # raises an error for a figure beyond all bands, before anything is written
        return result

    def inputs(self, frame: pl.DataFrame) -> Inputs:
        """Return the inputs of a result: the index, its methods, and a frame that `read_table` returned."""
        return self._inputs(frame)

    def cite(self) -> tuple[Citation, ...]:
        """Return the works to cite for the index as it was fitted; see `Index.cite`."""
        return self._inputs({}).citations

    @cached_property
    def _fingerprint(self) -> dict[str, Any]:
        """The fingerprint of the fitted statistics and weights."""
        checksum = fitted_file.checksum(fitted_file.content_of(self.fitted))
        of_fit = {"to": dict(self.record["data"]), "citations": self.record.get("citations")}
        return {**self.file, "sha256": checksum, **of_fit}

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
        _check_rows_stand_alone(self.definition.data)
        held = statistics_that_hold(self.definition, self.tree)
        if held is not None and held.computed:
            raise DefinitionError(
                "methods other than those of the fit take statistics of all rows, and a slice has some of them",
                remedy="score the table as a whole, or fit the index with these methods",
            )
        if self.fitted.last_values is not None:
            raise DataError(
                "a table whose gaps are filled from other periods cannot be scored slice by slice",
                remedy="score it as a whole, without --stream",
            )
        source, output = Path(source), Path(output)
        rows, outside, hashes = 0, dict.fromkeys(self.fitted.ranges, 0), bytearray()
        data = self.definition.data
        manifests = {} if manifest is None else {manifest: lambda: as_json(self.stream_inputs(source).manifest)}
        with open_appender(output, manifests) as append:
            for part in slices(source, data.encoding, size, progress, data.separator):
                frame = self._read(part)
                try:
                    hashes += hash_rows(kept_units(frame, self.definition)).tobytes()
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

    def _inputs(self, data: pl.DataFrame | Mapping[str, Any]) -> Inputs:
        return Inputs(self.definition, self.tree, self.catalogue, data, self.origin)

    def _read(self, part: pl.DataFrame) -> pl.DataFrame:
        """Read a slice; a row that `without` names may stand in another slice."""
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=r"without in \[data\]")
            return self.read_table(part)

    def _check_once(self, source: Path, size: int, repeated: npt.NDArray[np.uint64]) -> None:
        """Refuse repeated units in a file: compare the names of the units whose hashes are repeated."""
        if not len(repeated):
            return
        definition, rows = self.definition, []
        data = definition.data
        for part in slices(source, data.encoding, size, separator=data.separator):
            with suppress(NothingKept):
                units = kept_units(self._read(part), definition)
                rows.append(units.filter(np.isin(hash_rows(units), repeated[:MAX_REPEATED_UNITS])))
        check_units(pl.concat(rows), str(data.unit), data.period)

    def write(self, path: str | Path) -> None:
        """Write the fitted index as JSON; DefinitionError if other methods than those of the fit are chosen."""
        held = statistics_that_hold(self.definition, self.tree)
        if held is not None and held.computed:
            names = frozenset[str]().union(*held.computed.values())
            raise DefinitionError(
                f"the fitted index has no statistics or weights for the chosen methods of {join_names(sorted(names))}",
                remedy="fit the index with these methods: indicia fit",
            )
        path = Path(path)
        content = {
            "fitted": dict(self.record),
            "index": as_json_value(relocated(self.raw, self.origin.folder, path.parent)),
            "variant": self.chosen,
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
    words = ("skip_rows", "header_rows", "footer_rows", "range", "query", "table", "wide", "long", "joins")
    used = [word for word in words if getattr(data, word) != type(data).model_fields[word].default]
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


KEPT_BY_DEFAULT = ("bounds",)
"""What an edition keeps of the earlier one, unless the user names other parts."""


def fit(
    index: Questions,
    table: object = None,
    *,
    since: FittedIndex | None = None,
    keep: Sequence[str] = KEPT_BY_DEFAULT,
) -> FittedIndex:
    """Score an index and keep the statistics and weights of the run; see `indicia.fit`."""
    _check_can_be_fitted(index)
    frame = index.read_table(table)
    descent: dict[str, Any] = {}
    if since is None:
        result = index.score_frame(frame)
    else:
        result, descent = _result_since(index, frame, since, keep)
    record = {
        "indicia": version("indicia"),
        "polars": pl.__version__,
        "plugins": result.plugins,
        "methodology": result.methodology,
        "data": {"sha256": fingerprint(frame), "rows": len(result.scores)},
        "citations": [work.record for work in result.cite()],
        **({"variants_with_weighting": names} if (names := variants_with_weighting(index.raw)) else {}),
        **({"weight_sets": list(index.definition.weights)} if index.definition.weights else {}),
        **descent,
    }
    fitted = replace(result.scored.fitted, last_values=_last_values(index, result.scored))
    return FittedIndex.of(_for_new_data(index), fitted, record)


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
    with index.origin.located(), _attributed_to_file(since.verified), _blamed_on_kept(index, frame):
        scored = score(index.definition, index.tree, frame, held)
    for warning in (*kept.notes, *scored.warnings):
        warnings.warn(warning, IndiciaWarning, stacklevel=3)
    result = Result(index.definition, scored, frame, index.catalogue, index.origin, index.tree)
    descent = {**since.file, "sha256": since._fingerprint["sha256"], "kept": kept.record}
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


def _check_can_be_fitted(index: Questions) -> None:
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
    name_and_hash = {"path": path.name, "file_sha256": sha256(path.read_bytes()).hexdigest()}
    return FittedIndex.of(
        index, contents, file.fitted.model_dump(), verified=file.sha256 is not None, file=name_and_hash
    )


def _check_indicators(definition: Definition, fitted: Fitted, path: Path) -> None:
    """Refuse fitted values of indicators that the index does not have."""
    carried = fitted.last_values.series if fitted.last_values is not None else ()
    names = (*fitted.ranges, *fitted.left_out, *fitted.constant, *fitted.neutral, *carried)
    if unknown := [name for name in names if name not in definition.indicators]:
        raise DefinitionError(
            f"{path} was fitted to indicators that its index does not have: {join_names(unknown)}",
            remedy="fit the index again",
        )


def _for_new_data(index: Questions) -> Index:
    """Return an index without tables that belong to the data of its fit, and without weightings.

    These tables are of cells, and of what stands outside the index. The weights of the fit replace the weightings.
    """
    raw = {key: value for key, value in without_weightings(index.raw).items() if key != "outside"}
    data = dict(raw.get("data", {}))
    if "path" in (data.get("attributes") or {}):
        del data["attributes"]
    return Index({**raw, **({"data": data} if data else {})}, index.catalogue, index.origin, index.chosen)


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
