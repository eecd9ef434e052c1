"""A fitted index, which scores other data with its statistics and weights.

A fitted index: an index with the statistics and weights of a run.

It scores other units, or a new period, by these statistics and weights, without the data of the run.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indicia.arguments import names_its_arguments
from indicia.callers import warn
from indicia.data import write
from indicia.data.stream import SLICE
from indicia.definition import Definition, Frozen, Node, Origin, Use, build_tree, uses_of
from indicia.errors import DefinitionError, IndiciaError, join_names, pluralise
from indicia.index import Index
from indicia.notes import Note
from indicia.progress import Progress, silent
from indicia.questions import Questions
from indicia.result import Inputs, Result, as_json
from indicia.result.inputs import methods_in_one_line
from indicia.run import score
from indicia.run.fitted_range import check_fitted_range
from indicia.stages.frozen import statistics_that_hold
from indicia_bundle import fitted_file
from indicia_bundle.fitted.streaming import Streamed, check_slices, score_slices
from indicia_bundle.fitted_words import as_json_value, relocated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import polars as pl

    from indicia.catalogue import Catalogue
    from indicia.citations import Citation
    from indicia.tables.fitted import Fitted
    from indicia.types import (
        AggregationChoice,
        ImputationChoice,
        NormalisationChoice,
        PositiveInt,
        Settings,
        TableLike,
        TreatmentChoice,
        WeightingChoice,
    )


_VARIANTS_WITH_WEIGHTING = "variants_with_weighting"
"""The key of the variants whose weighting the file leaves out."""


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
    file: Mapping[str, str] = field(default_factory=dict)
    """The name of the file, and the hash of its bytes; empty for a fitted index that was not read."""
    as_fitted: Index | None = None
    """The index of the fit; None if neither options nor a variant have changed it."""
    allows_outside: bool = False
    """True: data of which most rows lie outside the fitted range of an indicator are scored."""

    @classmethod
    def of(cls, index: Index, fitted: Fitted, record: Mapping[str, Any], **words: Any) -> FittedIndex:
        """Return the fitted index of an index.

        Parameters
        ----------
        index : Index
            The index of the fit.
        fitted : Fitted
            Its statistics and weights.
        record : mapping
            The versions, the number of rows and the hash of the data of the fit.
        **words
            Further fields of the class.

        Returns
        -------
        FittedIndex
            The fitted index.
        """
        return cls(index.raw, index.catalogue, index.origin, index.chosen, fitted, record, **words)

    @property
    def index(self) -> Index:
        """The index without its fitted statistics and weights."""
        return Index(self.raw, self.catalogue, self.origin, self.chosen)

    @cached_property
    def definition(self) -> Definition:
        """The definition, after all checks, with the fitted statistics and weights."""
        definition = self.index.definition
        if self.as_fitted is not None:
            self._check_screening(definition, self.as_fitted.definition)
        return definition.model_copy(update={"name": _scored_by(definition.name)}).with_frozen(self._frozen)

    def _check_screening(self, definition: Definition, of_fit: Definition) -> None:
        """Refuse another share of values that indicators need: the fit has decided which indicators are left out."""
        if definition.screening.indicators != of_fit.screening.indicators:
            raise DefinitionError(
                "the fitted index leaves out the indicators of its fit, whatever indicators in [screening] states",
                where=self.origin.where(["screening", "indicators"]),
                remedy="fit the index with this share: indicia fit",
            )

    @cached_property
    def tree(self) -> Node:
        """The tree of dimensions and indicators, with a method at every node; its weights are those of the fit."""
        return build_tree(self.definition, self.catalogue, self.origin)

    @cached_property
    def _frozen(self) -> Frozen:
        """The statistics and weights, and the methods of the fit."""
        index = self.as_fitted or self.index
        left_out = tuple(self.record.get("weight_sets", ()))
        frozen = Frozen(self.fitted, self.fingerprint, weight_sets=left_out)
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
        with_weighting = self.record.get(_VARIANTS_WITH_WEIGHTING, ())
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

    def refused_variants(self) -> Iterator[IndiciaError]:
        """Yield the error about each variant that is wrong; it is no fault that the file has no weights of some."""
        with_weighting = self.record.get(_VARIANTS_WITH_WEIGHTING, ())
        variants = {name: table for name, table in self.raw.get("variants", {}).items() if name not in with_weighting}
        return replace(self, raw={**self.raw, "variants": variants}).index.refused_variants()

    @property
    def kept(self) -> dict[str, list[str]]:
        """The parts of which an earlier edition has the bounds, statistics or weights, by kind; empty without one."""
        since = self.record.get("since") or [{"kept": {}}]
        return dict(since[0]["kept"])

    def allowing_outside(self) -> FittedIndex:
        """Return the same fitted index, which scores data that lie mostly outside its fitted ranges.

        `score`, `stream` and `score_partitions` refuse these data otherwise.

        Returns
        -------
        FittedIndex
            The fitted index without this check.
        """
        return replace(self, allows_outside=True)

    @names_its_arguments
    def score(self, table: TableLike | None = None) -> Result:
        """Score and rank the units of a table by the fitted statistics and weights.

        Parameters
        ----------
        table : path, frame, dict or "-", optional
            The data; "-" is standard input. By default there are none, which is an error.

        Returns
        -------
        Result
            Scores, ranks, weights and all that led to them.

        Raises
        ------
        IndiciaError
            If the table cannot be read or scored, or if at least three rows, and more than half of all, lie outside the
            fitted range of an indicator; see `allowing_outside`.
        """
        result = super().score(table)
        if not self.allows_outside:
            outside = {name: len(units) for name, units in result.scored.outside.items()}
            with self.origin.located():
                check_fitted_range(outside, len(result.scored.units))
        return result

    @names_its_arguments
    def with_encoding(self, encoding: str) -> FittedIndex:
        """Return the same fitted index for tables with another text encoding.

        Parameters
        ----------
        encoding : str
            The name of the encoding, such as "gb18030".

        Returns
        -------
        FittedIndex
            The fitted index, which reads tables in this encoding.
        """
        return self.with_options(settings={"data.encoding": encoding})

    @names_its_arguments
    def with_options(
        self,
        *,
        settings: Settings | None = None,
        imputation: ImputationChoice | None = None,
        treatment: TreatmentChoice | None = None,
        normalisation: NormalisationChoice | None = None,
        weighting: WeightingChoice | None = None,
        aggregation: AggregationChoice | None = None,
    ) -> FittedIndex:
        """Return the fitted index with other methods, by stage, or other settings, by dotted path.

        What was fitted for the other methods and settings stays; the rest is computed from the data that are scored.

        Parameters
        ----------
        settings : mapping, optional
            Words of an index file by dotted path; by default none changes.
        imputation, treatment, normalisation, weighting, aggregation : str, mapping or method, optional
            Methods: "name", "name(parameter=value)", a mapping with the key method, or an instance. By default those of
            the fit.

        Returns
        -------
        FittedIndex
            The changed index; this one stays as it is.
        """
        return self._changed(
            self.index.with_options(
                settings=settings,
                imputation=imputation,
                treatment=treatment,
                normalisation=normalisation,
                weighting=weighting,
                aggregation=aggregation,
            )
        )

    @names_its_arguments
    def variant(self, name: str | None) -> FittedIndex:
        """Return one of the variants, with the statistics and weights of this fit where its methods are the same.

        Parameters
        ----------
        name : str or None
            The name of a variant in `[variants]`; None for the index without any variant.

        Returns
        -------
        FittedIndex
            The fitted index with the words of the variant.
        """
        return self._changed(self.index.variant(name))

    def _changed(self, index: Index) -> FittedIndex:
        return replace(
            self, raw=index.raw, origin=index.origin, chosen=index.chosen, as_fitted=self.as_fitted or self.index
        )

    @names_its_arguments
    def read_table(self, table: TableLike | None = None, *, texts: Iterable[str] = ()) -> pl.DataFrame:
        """Read a table; it needs no column that only the fitted statistics used.

        Parameters
        ----------
        table : path, frame, dict or "-", optional
            The data; by default there are none, which is an error.
        texts : iterable of str, optional
            Further columns that stay text; by default none.

        Returns
        -------
        polars.DataFrame
            The rows of the table, with the columns of the index.

        Raises
        ------
        DefinitionError
            Without a table, since a fitted index has no data.
        DataError
            If the table cannot be read, or lacks a column of the index.
        """
        if table is None:
            name = self.origin.path.name if self.origin.path else "fitted.json"
            raise DefinitionError(
                "a fitted index has no data",
                where=str(self.origin.path) if self.origin.path else None,
                remedy=f"name a table too: TABLE -c {name}; in Python, the argument table",
            )
        return self.index.read_table(table, uses=[use.column.name for use in self.uses], texts=texts)

    @names_its_arguments
    def score_frame(self, frame: pl.DataFrame) -> Result:
        """Score and rank the units of a frame that `read_table` returned, by the fitted statistics and weights.

        Parameters
        ----------
        frame : polars.DataFrame
            The data, as `read_table` returns them.

        Returns
        -------
        Result
            Scores, ranks, weights and all that led to them.
        """
        definition = _with_units_of(self.definition, frame)
        with self.origin.located():
            scored = score(definition, self.tree, frame)
        for warning in scored.warnings:
            warn(warning)
        is_as_fitted = scored.fitted_by is not None and not scored.fitted_by.computed
        methodology = self.record["methodology"] if is_as_fitted else methods_in_one_line(scored.tree)
        result = Result(definition, scored, frame, self.catalogue, self.origin, self.tree, methodology)
        _ = result.bands_of_rows  # raises an error for a figure beyond all bands, before anything is written
        return result

    @names_its_arguments
    def inputs(self, frame: pl.DataFrame) -> Inputs:
        """Return the inputs of a result: the index, its methods, and a frame that `read_table` returned.

        Parameters
        ----------
        frame : polars.DataFrame
            The data, as `read_table` returns them.

        Returns
        -------
        Inputs
            The inputs, of which a manifest is written.
        """
        return self._inputs(frame)

    def cite(self) -> tuple[Citation, ...]:
        """Return the works to cite for the index as it was fitted; see `Index.cite`."""
        return self._inputs({}).citations

    @cached_property
    def fingerprint(self) -> dict[str, Any]:
        """The fingerprint of the fitted statistics and weights."""
        checksum = fitted_file.checksum(fitted_file.content_of(self.fitted))
        of_fit = {"to": dict(self.record["data"]), "citations": self.record["citations"]}
        return {**self.file, "sha256": checksum, **of_fit}

    @names_its_arguments
    def stream(
        self,
        source: str | Path,
        output: str | Path,
        size: PositiveInt = SLICE,
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
        size : int, optional
            The approximate number of bytes of a slice; by default 8 MB.
        progress : callable, optional
            Receives the number of bytes that are done and the number of all; by default nothing is reported.
        manifest : path, optional
            The file for the manifest, written with the output.
        escape : bool, default False
            Put an apostrophe before texts that a spreadsheet would take for formulas.

        Returns
        -------
        Streamed
            The number of rows, and of values outside the fitted range.
        """
        check_slices(self, self.fitted)
        source = Path(source)
        manifests = {} if manifest is None else {manifest: lambda: as_json(self.stream_inputs(source).manifest)}
        return score_slices(
            self,
            self.fitted,
            source,
            Path(output),
            size=size,
            progress=progress,
            manifests=manifests,
            escape=escape,
            allows_outside=self.allows_outside,
        )

    @names_its_arguments
    def stream_inputs(self, source: Path) -> Inputs:
        """Return the inputs of the scores of a file, which is identified by the hash of its bytes.

        Parameters
        ----------
        source : Path
            The file.

        Returns
        -------
        Inputs
            The inputs, of which a manifest is written.
        """
        with source.open("rb") as file:
            data = {"sha256": file_digest(file, "sha256").hexdigest(), "bytes": source.stat().st_size}
        return self._inputs(data)

    def _inputs(self, data: pl.DataFrame | Mapping[str, Any]) -> Inputs:
        return Inputs(self.definition, self.tree, self.catalogue, data, self.origin)

    @names_its_arguments
    def write(self, path: str | Path) -> None:
        """Write the fitted index as JSON.

        Parameters
        ----------
        path : path
            The file.

        Raises
        ------
        DefinitionError
            If other methods than those of the fit are chosen, of which there are no statistics or weights.
        """
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

    def _repr_html_(self) -> str:
        data = self.record["data"]
        rows = f" to {pluralise(int(data['rows']), 'row')}" if "rows" in data else ""
        return f"{self.index._repr_html_()}<p>fitted{rows}</p>"


def _scored_by(name: str | dict[str, str]) -> str | dict[str, str]:
    """Return the title of other data that an index scores, whose own title may state the year of its fit."""
    if isinstance(name, dict):
        return {language: Note("scored_by", name=own).in_language(language, {}) for language, own in name.items()}
    is_stated = name != Definition.model_fields["name"].default
    return str(Note("scored_by", name=name)) if is_stated else name


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
