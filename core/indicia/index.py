"""An index: what an index file or a table without one defines, and the questions that it answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indicia.arguments import names_its_arguments
from indicia.callers import warn
from indicia.catalogue import Catalogue, installed
from indicia.data import TableAsRead, is_in_partitions, read_table
from indicia.data.partition_files import place_below
from indicia.definition import (
    STAGES,
    Definition,
    Node,
    Origin,
    Use,
    build_tree,
    check_names_in_tables,
    columns_of_numbers,
    define,
    define_variant,
    doubts,
    indicators_of,
    load,
    origin_of_variant,
    text,
    text_columns,
    tree_in_html,
    uses_of,
    with_options,
    with_table,
)
from indicia.errors import (
    DataError,
    DefinitionError,
    DubiousWarning,
    IndiciaError,
    PluginError,
    UnknownColumn,
    join_names,
    pluralise,
    suggest,
)
from indicia.notes import Names, Note
from indicia.packages import offered
from indicia.paths import check_path
from indicia.questions import Questions
from indicia.result import Inputs, Result
from indicia.run import score
from indicia.stages.normalise import targets_in_use

if TYPE_CHECKING:
    import polars as pl

    from indicia.asking import Recognised
    from indicia.types import (
        AggregationChoice,
        ImputationChoice,
        NormalisationChoice,
        Settings,
        TableLike,
        TreatmentChoice,
        WeightingChoice,
    )


@dataclass(frozen=True, repr=False)
class Index(Questions):
    """A composite index: the definition from the index file, and the catalogue of methods.

    `indicia.read` returns it. It answers questions: `score`, `compare`, `robustness`, `stability`, `check`, `audit`,
    `explain`, `move`, `reach`; `with_options` and `variant` return other indices.
    """

    raw: Mapping[str, Any]
    catalogue: Catalogue
    origin: Origin = field(default_factory=Origin)
    chosen: str | None = None
    """The variant that is scored; None for the index without any variant."""

    @cached_property
    def definition(self) -> Definition:
        """The definition, after all checks."""
        if self.chosen is not None:
            return define_variant(self.raw, self.chosen, self.origin, self.catalogue)
        definition = define(self.raw, self.origin, self.catalogue)
        check_names_in_tables(definition, self.origin)
        return definition

    @cached_property
    def tree(self) -> Node:
        """The tree of dimensions and indicators, with a method at every node."""
        if self.definition.analyses:
            from indicia.answers.ask import check_stated  # imported here, since few indices state analyses

            check_stated(self.definition, self.catalogue, self.origin)
        return build_tree(self.definition, self.catalogue, self.origin)

    @names_its_arguments
    def score_frame(self, frame: pl.DataFrame) -> Result:
        """Score and rank the units of a frame that `read_table` returned.

        Parameters
        ----------
        frame : polars.DataFrame
            The data, as `read_table` returns them.

        Returns
        -------
        Result
            Scores, ranks, weights and all that led to them.
        """
        with self.origin.located():
            scored = score(self.definition, self.tree, frame)
        period = self.definition.data.period
        periods = scored.units[period].n_unique() if period else 1
        for doubt in doubts(self.tree, self.definition, periods, scored.effective_weights):
            warn(doubt, DubiousWarning)
        for warning in (*scored.warnings, *self._idle_target_warnings()):
            warn(warning)
        result = Result(
            self.definition,
            scored,
            frame,
            self.catalogue,
            self.origin,
            self.tree,
        )
        # wrong attributes, variables, bands and aggregates are errors of the run, not of the first table with them
        _ = result.cell_attributes, result.bands_of_rows
        outside = self.definition.outside
        _ = outside.variables and result.outside, outside.neighbours and result.neighbours
        _ = self.definition.aggregates and result.aggregates
        return result

    def _idle_target_warnings(self) -> list[str]:
        """Return a warning for each target that neither the index nor one of its variants reads."""
        idle = {leaf.id for leaf in self.tree.leaves() if leaf.spec.target is not None} - targets_in_use(self.tree)
        for name in (None, *self.definition.variants) if idle else ():
            with suppress(IndiciaError):  # a variant that cannot be scored reads no target
                idle -= targets_in_use(self.variant(name).tree)
        return [
            f'the target of {name} counts for nothing: say direction = "target", or leave it out'
            for name in self.definition.indicators
            if name in idle
        ]

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
        return Inputs(self.definition, self.tree, self.catalogue, frame, self.origin)

    @names_its_arguments
    def read_table(
        self, table: TableLike | None = None, uses: Iterable[str] | None = None, *, texts: Iterable[str] = ()
    ) -> pl.DataFrame:
        """Read the data of the index: names of units as text, indicators as numbers.

        Parameters
        ----------
        table : path, frame, dict or "-", optional
            The data; by default the table of the index file.
        uses : iterable of str, optional
            The columns that methods use beside the indicators; by default those of the methods of the index.
        texts : iterable of str, optional
            Further columns that stay text; by default none.

        Returns
        -------
        polars.DataFrame
            The rows of the table, with the columns of the index.

        Raises
        ------
        DefinitionError
            If no table is given and the index has none.
        DataError
            If the table cannot be read, or lacks a column of the index.
        """
        if isinstance(table, TableAsRead):
            return table.frame
        data = self.definition.data
        if table is None and data.path is None:
            raise DefinitionError(
                "the index has no data", where=self.origin.where(["data"]), remedy='write path = "table.csv" in [data]'
            )
        if table is None or isinstance(table, (str, Path)):
            place = place_below(self.origin.folder, str(data.path)) if table is None else table
            if is_in_partitions(str(place)):
                rows: pl.DataFrame = offered("read_all_partitions")(self, place)
                return rows
        text_names = [*text_columns(self.definition), *texts]
        places = columns_of_numbers(self.definition)
        used = {use.column.name: use for use in self.uses if uses is None or use.column.name in uses}
        numbers, table_format = list({**places, **used}), data.format
        if {*text_names, *numbers}.issubset(getattr(table, "columns", ())):
            # a frame with the columns of the data is neither turned round nor joined again
            table_format = replace(table_format, wide=None, long=None, joins=())
        try:
            return read_table(
                data.path if table is None else table,
                table_format,
                text=list(dict.fromkeys(text_names)),
                numbers=numbers,
                folder=self.origin.folder if table is None else Path(),
                joins_folder=self.origin.folder,
            )
        except UnknownColumn as error:
            use = None if error.column in places else used.get(error.column)
            keys: Sequence[str] = use.word if use else places.get(error.column, ["data"])
            where = "\n".join(line for line in (self.origin.where(keys), error.where) if line)
            what = f"{error.what}, and {use.method} uses it" if use else error.what
            raise DataError(what, where=where, remedy=error.remedy) from error

    @property
    def uses(self) -> tuple[Use, ...]:
        """The columns that methods of the index use beside the indicators; none if its methods cannot be combined."""
        with suppress(IndiciaError):  # planning raises the error
            return uses_of(self.definition, self.tree)
        return ()

    @names_its_arguments
    def variant(self, name: str | None) -> Index:
        """Return one of the variants of the index; for None, the index without any variant.

        Parameters
        ----------
        name : str or None
            The name of a variant in `[variants]`; None for the index without any variant.

        Returns
        -------
        Index
            The index with the words of the variant.
        """
        return Index(self.raw, self.catalogue, origin_of_variant(self.origin, self.raw, name), name)

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
    ) -> Index:
        """Return the index with other methods, by stage, or other settings, by dotted path.

        A method takes the place of the choices of the methodology and of its levels; parts that state their own method
        keep it.

        Parameters
        ----------
        settings : mapping, optional
            Words of an index file by dotted path; by default none changes.
        imputation, treatment, normalisation, weighting, aggregation : str, mapping or method, optional
            Methods: "name", "name(parameter=value)", a mapping with the key method, or an instance. By default those of
            the index.

        Returns
        -------
        Index
            The changed index; this one stays as it is.

        Examples
        --------
        >>> import indicia
        >>> index = indicia.read({"data": {"unit": "city"}, "indicators": {"gdp": {}, "co2": {"direction": "cost"}}})
        >>> other = index.with_options(normalisation="z_score", settings={"indicators.gdp.weight": 2})
        >>> str(next(other.tree.leaves()).normalisation), next(other.tree.leaves()).weight
        ('z_score', 2.0)
        """
        methods = {
            "imputation": imputation,
            "treatment": treatment,
            "normalisation": normalisation,
            "weighting": weighting,
            "aggregation": aggregation,
        }
        raw = with_options(self.raw, self.chosen, settings, **methods)
        options = {f"methodology.{stage}" for stage, choice in methods.items() if choice is not None}
        options |= set(settings or ())
        origin = replace(self.origin, options=self.origin.options | options)
        if self.chosen is not None:  # an option may replace a word of the variant
            origin = origin_of_variant(origin, raw, self.chosen)
        return Index(raw, self.catalogue, origin, self.chosen)

    def __repr__(self) -> str:
        leaves = len(list(self.tree.leaves()))
        return f"Index({self.definition.name!r}, {leaves} indicators, {len(self.definition.dimensions)} dimensions)"

    def _repr_html_(self) -> str:
        definition = self.definition
        sizes = [
            pluralise(len(definition.indicators), "indicator"),
            pluralise(len(definition.dimensions), "dimension"),
            *([pluralise(len(definition.variants), "variant")] if definition.variants else []),
        ]
        title = " · ".join([text(definition.name), *([self.chosen] if self.chosen else []), *sizes])
        parts = {**definition.dimensions, **definition.indicators}
        names = {key: text(part.name, default=key) for key, part in parts.items()}
        return f"<p><b>{escape(title)}</b></p>{tree_in_html(self.tree, names)}"


def read(
    source: str | Path | Mapping[str, Any],
    plugins: Iterable[str | Path] = (),
    *,
    allow_code: bool = False,
    only_plugins: Iterable[str] | None = None,
) -> Index:
    """Read an index file, or a mapping with its keys; see `indicia.read`."""
    raw, origin = with_table(source, Origin()) if isinstance(source, Mapping) else load(Path(source))
    return load_index(raw, origin, plugins, allow_code=allow_code, only_plugins=only_plugins)


def load_index(
    raw: Mapping[str, Any],
    origin: Origin,
    plugins: Iterable[str | Path] = (),
    *,
    allow_code: bool = False,
    only_plugins: Iterable[str] | None = None,
) -> Index:
    """Return the index of a raw definition, and load its plugins if their code may run."""
    listed, trusted_files = raw.get("plugins", []), [Path(file) for file in plugins]
    files = [origin.folder / file for file in listed if isinstance(file, str)] if isinstance(listed, list) else []
    for file in (*files, *trusted_files):
        check_path(file)
    trusted = {file.resolve() for file in trusted_files}
    if untrusted := [str(file) for file in files if file.resolve() not in trusted and not allow_code]:
        raise PluginError(
            f"the index names plugins, and loading a plugin runs its code: {join_names(untrusted)}",
            where=origin.where(["plugins"]),
            remedy="look at the code, and if you trust it add --allow-code (in Python: allow_code=True)",
        )
    return Index(raw, installed([*files, *trusted_files], STAGES, only_plugins), origin)


def index_from_table(
    table: Any,
    *,
    indicators: object = None,
    missing: object = None,
    plugins: Iterable[str | Path] = (),
    only_plugins: Iterable[str] | None = None,
    settings: Mapping[str, Any] | None = None,
    encoding: str | None = None,
    methods: Mapping[str, object] | None = None,
    **roles: Any,
) -> tuple[Index, TableLike]:
    """Return a flat index of a table, with an indicator for each column, and the table.

    Parameters
    ----------
    table : path, frame, or a list of them
        The table; further tables are joined, or describe the indicators.
    indicators, missing : optional
        See `indicia.score`.
    settings : mapping, optional
        Words of an index file by dotted path; words of `[data]` decide how the table is read.
    methods : mapping, optional
        Choices by stage.
    **roles
        Columns by role: unit, label, period, groups, costs. Roles that are None or empty are inferred.
    """
    read_as: TableLike = table
    notes: tuple[Note, ...] = ()
    definition = None if encoding else _stated(table, indicators, settings, **roles)
    if definition is None:
        recognised = _recognise(table, indicators, settings, encoding, Path(), **roles)
        for doubt in recognised.doubts:
            warn(doubt, DubiousWarning)
        definition, notes, read_as = recognised.definition, recognised.notes, TableAsRead(recognised.frame)
    further = {key: value for key, value in (settings or {}).items() if not key.startswith("data.")}
    further |= {} if missing is None else {"methodology.missing": missing}
    catalogue = installed(map(Path, plugins), STAGES, only_plugins)
    raw = with_options(definition, None, further, **(methods or {}))
    raw, used = _without_used_columns(raw, catalogue, methods or {})
    notes = (*notes, *([Note("used_by_method", parts=Names.of(used))] if used else []))
    return Index(raw, catalogue, Origin(notes=notes)), read_as


def _stated(
    table: object,
    indicators: object,
    settings: Mapping[str, Any] | None,
    *,
    unit: str | None = None,
    label: str | None = None,
    period: str | None = None,
    groups: Iterable[str] = (),
    costs: Iterable[str] = (),
    vocabulary: object = None,
) -> dict[str, Any] | None:
    """Return the definition that a call states, if nothing is left to recognise; else None.

    Nothing is left in a frame whose column of units is named and names each row once, unless a period tells them apart,
    with columns of numbers for all indicators, whose directions are stated.
    """
    from polars import DataFrame  # imported here, since `--help` starts without polars

    if not (isinstance(table, DataFrame) and isinstance(indicators, Mapping) and unit in table.columns):
        return None
    if costs or vocabulary or any(word.startswith("data.") for word in settings or ()):
        return None
    specs = indicators_of(indicators)
    columns = [spec.get("column", name) for name, spec in specs.items()]
    numbers = {name for name, kind in table.schema.items() if kind.is_numeric()}
    if not (specs and all("direction" in spec for spec in specs.values()) and set(columns) <= numbers - {unit}):
        return None
    if period is None and table[unit].is_duplicated().any():
        return None
    roles = {"unit": unit, "label": label, "period": period, "groups": list(groups)}
    return {"data": {role: name for role, name in roles.items() if name}, "indicators": specs}


def _without_used_columns(
    raw: Mapping[str, Any], catalogue: Catalogue, methods: Mapping[str, object]
) -> tuple[dict[str, Any], list[str]]:
    """Return a definition without the indicators whose columns the chosen methods use, and these columns."""
    used: set[str] = set()
    for stage, choice in methods.items():
        with suppress(IndiciaError):  # planning raises the error
            used |= set(() if choice is None else catalogue.choose(stage, choice).used_names)
    indicators = raw["indicators"]
    columns = {name: spec.get("column", name) for name, spec in indicators.items()}
    rest = {name: spec for name, spec in indicators.items() if columns[name] not in used}
    return {**raw, "indicators": rest}, [column for column in columns.values() if column in used]


def draft_index_file(
    tables: Sequence[str],
    folder: Path,
    *,
    indicators: object = None,
    settings: Mapping[str, Any] | None = None,
    encoding: str | None = None,
    **roles: Any,
) -> tuple[str, Recognised]:
    """Return the text of an index file in `folder` for tables, and all that was recognised.

    The parameters are those of `index_from_table`.
    """
    recognised = _recognise(list(tables), indicators, settings, encoding, Path(), **roles)
    recognised = replace(recognised, indicators=_with_settings(recognised.indicators, settings or {}))
    source = str(recognised.source)
    stem = "Index" if source == "-" else Path(re.split(r"[#?]", source)[0].rstrip("/").rpartition("/")[2]).stem
    return offered("draft")(recognised, folder, name=recognised.name or stem), recognised


def _with_settings(
    indicators: Mapping[str, Mapping[str, Any]], settings: Mapping[str, Any]
) -> dict[str, Mapping[str, Any]]:
    """Return the words of the indicators with the settings for them; settings of `[data]` apply already."""
    changed = dict(indicators)
    for key, value in settings.items():
        if key.startswith("data."):
            continue
        name, _, word = key.removeprefix("indicators.").rpartition(".")
        if not key.startswith("indicators.") or not word:
            raise DefinitionError(
                f"init cannot set {key}", remedy="set words of [data] and [indicators], and write others into the file"
            )
        if name not in changed:
            raise DefinitionError(f'"{name}" is no indicator', remedy=suggest(name, changed))
        changed[name] = {**changed[name], word: value}
    return changed


def _recognise(
    table: object,
    indicators: object,
    settings: Mapping[str, Any] | None,
    encoding: str | None,
    folder: Path,
    **roles: Any,
) -> Recognised:
    """Recognise a table; words of `[data]` among the settings are stated by the user."""
    stated = {key.removeprefix("data."): value for key, value in (settings or {}).items() if key.startswith("data.")}
    if encoding:
        stated["encoding"] = encoding
    if isinstance(stated.get("groups"), str):  # a single group on the command line
        stated["groups"] = [stated["groups"]]
    raw = {"data": _nested(stated), "indicators": {}}
    data = define(raw, Origin(options=frozenset(f"data.{word}" for word in stated))).data
    named = {"unit": data.unit, "period": data.period, "groups": data.groups, "label": data.label}
    roles = {**roles, **{role: column for role, column in named.items() if column and not roles.get(role)}}
    specs = None if indicators is None else indicators_of(indicators)
    words = [word.partition(".")[0] for word in stated]
    recognised: Recognised = offered("recognise")(
        table, data.format, indicators=specs, where=data.where, words=words, folder=folder, **roles
    )
    return recognised


def _nested(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings by dotted path as tables in tables."""
    raw = with_options({}, None, {f"data.{word}": value for word, value in settings.items()})
    return dict(raw.get("data", {}))
