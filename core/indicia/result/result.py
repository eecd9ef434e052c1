"""The result of a run: its tables, each computed when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from shlex import quote
from typing import TYPE_CHECKING, Any, ClassVar, cast

import polars as pl
import polars.selectors as cs

from indicia.analyses import Table, tables_of
from indicia.arguments import names_its_arguments
from indicia.data import read_table, sorted_rows, with_figures
from indicia.definition import ROOT, Definition, Leaf, Node, Origin, Reference
from indicia.errors import IndiciaError, join_names, pluralise, suggest
from indicia.notes import Count, Note, Shares
from indicia.outcome import Outcome
from indicia.presentation import ResultCharts, ResultTable, registered
from indicia.result.aggregates import Aggregates
from indicia.result.declared import ResultTables
from indicia.result.inputs import Inputs, methods_in_one_line
from indicia.result.manifests import Reproduction, compare_manifests, published_ranks, with_set, with_table
from indicia.result.outside import Neighbours, OutsideValues, correlations, neighbour_means, read_neighbours
from indicia.result.run_citations import manifest_of
from indicia.result.statistics import statistics, trends
from indicia.run import (
    IMPUTED_SHARE,
    CellAttributes,
    ImputedValues,
    Scored,
    classify,
    count_bands,
    fills_gaps,
    find_imputed,
    weights,
)
from indicia.stages.details import (
    details_of_units,
    table_of_aggregation,
    table_of_indicators,
    table_of_weighting,
    tables_of_aggregation,
    tables_of_indicators,
    tables_of_weighting,
)
from indicia.stages.rank import indicator_ranks, lowest_ranks_first, node_ranks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from indicia.catalogue import Catalogue
    from indicia.citations import Citation
    from indicia.methods import Method
    from indicia.stages.stage import Change


def cells(scored: Scored, unit: str, period: str | None, attributes: pl.DataFrame) -> pl.DataFrame:
    """Return the cells that stages changed, in the order of the stages, indicators and rows.

    `attributes` has the attributes of values, a row for each; the columns of an empty table are left out.
    """
    keys = scored.units.select(unit, *([period] if period else []))
    rows = [_changed_cells(keys, change, name) for change in scored.changes for name in change.after.columns]
    kinds = {"indicator": pl.String, "stage": pl.String, "before": pl.Float64, "after": pl.Float64, "why": pl.String}
    empty = keys.clear().with_columns(pl.lit(None, kind).alias(name) for name, kind in kinds.items())
    changed = pl.concat([empty, *rows])
    return _with_attributes(changed, attributes, keys.columns) if len(attributes) else changed


def _with_attributes(cells: pl.DataFrame, attributes: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Return the cells with the attributes of their values; a value that was missing has none."""
    on = [*key, "indicator"]
    # an attribute is left out if it has no value at all, so that no column is empty
    kept = [column for column in attributes.drop(*on, "value") if column.null_count() < len(column)]
    frame = cells.join(
        attributes.select(*on, *(column.name for column in kept)), on=on, how="left", maintain_order="left"
    )
    is_missing = pl.col("before").is_null()
    return frame.with_columns(pl.when(~is_missing).then(pl.col(column.name)).alias(column.name) for column in kept)


def _changed_cells(keys: pl.DataFrame, change: Change, name: str) -> pl.DataFrame:
    before, after = change.before[name], change.after[name]
    is_changed = before.ne_missing(after)
    return keys.filter(is_changed).with_columns(
        pl.lit(name).alias("indicator"),
        pl.lit(change.stage).alias("stage"),
        before.filter(is_changed).alias("before"),
        after.filter(is_changed).alias("after"),
        change.reasons(name).filter(is_changed).alias("why"),
    )


class ContextTables:
    """The tables of a result that no score depends on."""

    if TYPE_CHECKING:  # the fields of `Result`
        definition: Definition
        scored: Scored
        table: pl.DataFrame
        catalogue: Catalogue
        origin: Origin
        planned: Node

    @cached_property
    def cell_attributes(self) -> CellAttributes:
        """The year, source, status and standard error of each value, beside the units of the result."""
        required = self.scored.fitted_by is None  # new data of a fitted index may lack the columns
        with self.origin.located():
            return CellAttributes.read(
                self.definition, self.table, self.scored.units, self.origin.folder, required=required
            )

    @property
    def attributes(self) -> pl.DataFrame:
        """A row for each value with attributes: unit, period, indicator, value as read, year, source, status and error.

        The table is empty if the index file has no `[data.attributes]`.
        """
        return self.cell_attributes.table

    @cached_property
    def aggregates(self) -> pl.DataFrame:
        """The scores of aggregates, such as a region: aggregate, name, period, score, dimensions, members, coverage.

        An aggregate has no rank. `members` is the number of its units with a score, and `coverage` their share of the
        weight of all its members; both are missing for a row of the table.
        """
        with self.origin.located():
            return Aggregates(self.definition, self.planned, self.scored, self.table).score()

    @cached_property
    def outside_data(self) -> OutsideValues:
        """The variables outside the index beside its units, and the units of their tables that the data do not have."""
        with self.origin.located():
            return OutsideValues.read(self.definition, self.catalogue, self.origin, self.table, self.scored.units)

    @property
    def outside_values(self) -> pl.DataFrame:
        """Unit, period, and a column for each variable of `[outside.variables]`, after its transform."""
        return self.outside_data.frame

    @cached_property
    def outside(self) -> pl.DataFrame:
        """The correlations of the index and its first-level dimensions with each variable, within each period."""
        return correlations(self.definition, self.scored, self.outside_data)

    @cached_property
    def neighbour_pairs(self) -> Neighbours | None:
        """The neighbours of `[outside.neighbours]`, with their weights; None without them."""
        with self.origin.located():
            return read_neighbours(self.definition, self.origin, self.table, self.scored.units)

    @cached_property
    def neighbours(self) -> pl.DataFrame:
        """The number of neighbours of each unit, its score, and the mean score of its neighbours (the spatial lag)."""
        return neighbour_means(self.definition, self.scored, self.neighbour_pairs)


_UNDECLARED = "further results of each unit"


@dataclass(frozen=True)
class _Source:
    """A table of further results: the method that reports it, its name there, and how it is read."""

    method: Method
    name: str
    read: Callable[[], pl.DataFrame]


def detail_tables_of(scored: Scored, node: str) -> dict[str, str]:
    """Return the tables of a node's methods, by name, each with what a row of it is."""
    sources = _sources(scored, node)
    return {name: source.method.detail_tables.get(source.name, _UNDECLARED) for name, source in sources.items()}


def details_of(scored: Scored, node: str, table: str | None) -> pl.DataFrame:
    """Return one of the tables of a node's methods, by default the first."""
    sources = _sources(scored, node)
    if not sources:
        raise _without_details(scored, node)
    name = next(iter(sources)) if table is None else table
    if name not in sources:
        raise IndiciaError(f'the methods of {node} have no table "{name}"', remedy=suggest(name, sources))
    frame, units = sources[name].read(), scored.units
    texts = [key for key in units.columns if frame.schema.get(key) == pl.String != units.schema[key]]
    return frame.with_columns(pl.col(key).cast(units.schema[key]) for key in texts)  # a period, as in other tables


def unit_details(scored: Scored) -> pl.DataFrame:
    """Return what the aggregation of the index reports of each unit, beside the units' columns: often nothing."""
    return with_figures(scored.units, details_of_units(scored.tree, scored.source))


def _sources(scored: Scored, name: str) -> dict[str, _Source]:
    """Return the tables of a node, which may be an indicator.

    The name of a method stands before that of its table if another method has one of this name too: "rancom pairs".
    """
    part, table = _part(scored, name), scored.source
    found: dict[str, _Source] = {}
    if isinstance(part, Node):
        for own in tables_of_aggregation(part):
            found[own] = _Source(part.aggregation, own, partial(table_of_aggregation, part, own, table))
        for own in tables_of_weighting(part, table):
            source = _Source(part.weighting, own, partial(table_of_weighting, part, own, table))
            found[f"{part.weighting.name} {own}" if own in found else own] = source
    indicators = _indicators(part)
    for own, method in tables_of_indicators(indicators, scored.records).items():
        source = _Source(method, own, partial(table_of_indicators, indicators, own, scored.records))
        found[f"{method.name} {own}" if own in found else own] = source
    return found


def _part(scored: Scored, name: str) -> Node | Leaf:
    parts: dict[str, Node | Leaf] = {part.id: part for part in _parts(scored)}
    if name not in parts:
        raise IndiciaError(f'"{name}" is no dimension or indicator', remedy=suggest(name, parts))
    return parts[name]


def _parts(scored: Scored) -> list[Node | Leaf]:
    return [*scored.tree.nodes(), *scored.tree.leaves()]


def _indicators(part: Node | Leaf) -> list[str]:
    return [leaf.id for leaf in part.leaves()] if isinstance(part, Node) else [part.id]


def _without_details(scored: Scored, node: str) -> IndiciaError:
    """Return the error for a node whose methods have no further results, which names the nodes that have some."""
    part = _part(scored, node)
    others = [other.id for other in _parts(scored) if _sources(scored, other.id)]
    what = f"{part.aggregation.name} of {node} has" if isinstance(part, Node) else f"the methods of {node} have"
    listed = f"; these have some: {join_names(others)}" if others else ""
    remedy = f"--node {quote(others[0])}" if others else "`indicia methods NAME` lists the tables that a method has"
    return IndiciaError(f"{what} no details beside scores and weights{listed}", remedy=remedy)


@dataclass(frozen=True, repr=False)
class Result(ContextTables, Outcome[ResultTable]):
    """Scores and ranks of the units, with the stages of their computation; frames have the order of the data."""

    declared: ClassVar[Mapping[str, Table]] = tables_of(ResultTables)
    table_names: ClassVar[tuple[ResultTable, ...]]
    _noun = "a result"

    scored: Scored
    table: pl.DataFrame
    catalogue: Catalogue
    origin: Origin
    planned: Node
    """The planned tree, before any indicator is left out because of its data."""
    fitted_by: str | None = None
    """The methodology of the fitted index, for a result that a fitted index computed."""

    @property
    def unit(self) -> str:
        """The column that names the units."""
        return str(self.definition.data.unit)

    @cached_property
    def scores(self) -> pl.DataFrame:
        """The units' columns, `score`, `rank`, and one column of scores per dimension.

        A column for each classification of `[bands]` follows the ranks.

        If the methodology fills gaps, the column `imputed_share` before the dimensions has the share of the weight of
        the index, 0 to 1, on imputed values.
        """
        nodes, ranks = self.scored.nodes, self.scored.ranks.get_columns()
        share = [self.imputed.share] if fills_gaps(self.scored.tree) else []
        bands = self.bands_of_rows.get_columns()
        dimensions = nodes.drop(ROOT).get_columns()
        return self.scored.units.hstack([nodes[ROOT].alias("score"), *ranks, *bands, *share, *dimensions])

    @cached_property
    def bands_of_rows(self) -> pl.DataFrame:
        """The bands of the rows of `scores`: a column for each classification of `[bands]`."""
        with self.origin.located():
            return classify(self.scored)

    @property
    def bands(self) -> pl.DataFrame:
        """The units' columns, and the band of each unit in each classification of `[bands]`.

        A column is an ordered category of names, or of numbers from 1 if the bands have no names. The first band has
        the lowest figures. A unit without a figure has no band.
        """
        self._check_bands()
        return self.scored.units.hstack(self.bands_of_rows.get_columns())

    @property
    def band_counts(self) -> pl.DataFrame:
        """The number and share of units in each band, with its limits: bands, period, band, from, to, units, share.

        An open band has no limit on one side. The limits of a share are the lowest and the highest figure of its units.
        """
        self._check_bands()
        return count_bands(self.scored, self.bands_of_rows)

    def _check_bands(self) -> None:
        if not self.definition.bands:
            raise IndiciaError(
                "the index has no bands", remedy='[bands.decile] of = "rank", shares = 10 in the index file makes some'
            )

    @cached_property
    def ranking(self) -> pl.DataFrame:
        """The scores by rank; panels by period, units without a rank last."""
        return self.scores[self._order]

    @cached_property
    def _order(self) -> pl.Series:
        """The numbers of the rows of `scores` in the order of the ranking."""
        period = self.definition.data.period
        by_rank = [period, "rank"] if period else ["rank"]
        score = pl.col("score") if "score" in self.lowest_first else pl.col("score").neg()
        return sorted_rows(self.scores, by_rank, [score, self.unit])

    @cached_property
    def lowest_first(self) -> frozenset[str]:
        """The columns of `scores` whose lowest score has rank 1."""
        nodes = (node.id for node in self.scored.tree.nodes() if lowest_ranks_first(self.definition, node))
        return frozenset("score" if name == ROOT else name for name in nodes)

    @cached_property
    def imputed(self) -> ImputedValues:
        """The values that are imputed or computed from imputed values, and the share of each unit's weight."""
        return find_imputed(self.scored)

    @names_its_arguments
    def marks(self, table: str) -> pl.DataFrame:
        """Return a mask of the figures of a table that are imputed or computed from imputed values.

        The mask has the rows of `frame(table)`, and a Boolean column for each column that may have such figures.

        Parameters
        ----------
        table : str
            The name of a table of the result.

        Returns
        -------
        polars.DataFrame
            Boolean columns; empty for a table without such figures.
        """
        if table not in ("scores", "prepared", "normalised", "contributions") or self.imputed.values.is_empty():
            return pl.DataFrame()
        frame, flags = self.frame(cast("ResultTable", table)), self.imputed.values
        if table == "scores":
            flags = flags[self._order].select(cs.by_name(self.scored.nodes.columns, require_all=False))
            flags = flags.rename({ROOT: "score"}, strict=False)
        return flags.select(
            (pl.col(name) & frame[name].is_not_null()).alias(name) for name in flags.columns if name in frame.columns
        )

    @property
    def prepared(self) -> pl.DataFrame:
        """The indicators before normalisation: denominated, imputed, treated, capped and transformed.

        Constant indicators, which are left out of the scores, come last.
        """
        frames = (self.scored.prepared, *(record.dropped_values for record in self.scored.records))
        return self.scored.units.hstack([column for frame in frames if frame is not None for column in frame])

    @property
    def normalised(self) -> pl.DataFrame:
        """The normalised indicators; a larger value raises the score of the dimension."""
        return self.scored.units.hstack(self.scored.normalised.get_columns())

    @cached_property
    def ranks(self) -> pl.DataFrame:
        """The ranks of the units by the index and by each dimension, within each period."""
        scored = self.scored
        ranks = node_ranks(self.definition, scored.tree, scored.units, scored.ranked)
        return scored.units.hstack(ranks.get_columns())

    @cached_property
    def indicator_ranks(self) -> pl.DataFrame:
        """The ranks of the units by the normalised values of each indicator, within each period."""
        scored = self.scored
        ranks = indicator_ranks(self.definition, scored.tree, scored.units, scored.normalised)
        return scored.units.hstack(ranks.get_columns())

    @cached_property
    def cells(self) -> pl.DataFrame:
        """Every cell that a stage changed: unit, period, indicator, stage, before, after, why.

        If values have attributes, the attributes of the values as read follow; an imputed value has none.
        """
        return cells(self.scored, self.unit, self.definition.data.period, self.cell_attributes.table)

    @cached_property
    def statistics(self) -> pl.DataFrame:
        """The statistics that formulas used: stage, subject, statistic, formula, group or period, value.

        Statistics of weightings are in `facts`.
        """
        return statistics(self.scored, self.unit, self.definition.data.period)

    @property
    def left_out(self) -> pl.DataFrame:
        """The units and indicators that screening left out, with the share of values present and the share required."""
        return self.scored.left_out

    @cached_property
    def trends(self) -> pl.DataFrame:
        """The trend of the score of each unit over the periods; see `indicia.analysis.trends`."""
        period = self.definition.data.period
        if period is None:
            raise IndiciaError("a trend needs periods", remedy='write period = "year" in [data]')
        return trends(self.scores, "score", unit=self.unit, period=period)

    @cached_property
    def weights(self) -> pl.DataFrame:
        """The weight of each indicator and dimension within its parent, and its effective weight in the index.

        Weights that differ between periods or groups have a row for each period or group, with its columns in front.
        """
        return weights(self.definition, self.scored.tree, self.scored.node_weights)

    @names_its_arguments
    def details(self, node: str = ROOT, table: str | None = None) -> pl.DataFrame:
        """Return a table of the further results of a node's methods, such as flows, pairs of units, or covariances.

        `indicia methods NAME` lists the tables of a method. A run with a fitted index has those of its own methods.

        Parameters
        ----------
        node : str, default "index"
            The key of a dimension or an indicator, or "index".
        table : str, optional
            The name of a table, one of `detail_tables(node)`; by default the first, which is `units` where the
            aggregation reports further columns of each unit.

        Returns
        -------
        polars.DataFrame
            The table. One of units has the units' columns in front, and other tables the period or the group where
            methods see these separately.

        Raises
        ------
        IndiciaError
            If there is no such node or table, or if no method of the node has further results.

        Examples
        --------
        >>> index = indicia.read("examples/human_development/index.toml")  # doctest: +SKIP
        >>> index.with_options(aggregation="promethee").score().details(table="pairs")  # doctest: +SKIP
        """
        return details_of(self.scored, node, table)

    @names_its_arguments
    def detail_tables(self, node: str = ROOT) -> dict[str, str]:
        """Return the tables of further results of a node's methods, by name, each with what a row of it is.

        Parameters
        ----------
        node : str, default "index"
            The key of a dimension or an indicator, or "index".

        Returns
        -------
        dict of str to str
            The names for `details`, in order; empty if no method of the node has further results.

        Raises
        ------
        IndiciaError
            If there is no such node.
        """
        return detail_tables_of(self.scored, node)

    @cached_property
    def contributions(self) -> pl.DataFrame:
        """The contribution of each indicator to the score of each unit, for trees of power means.

        The contributions sum to the score, up to the rounding of scores; if scores are rescaled, with a last column
        `constant`. `MeanTree.shares` explains the contribution to a geometric or other mean.
        """
        from indicia.means.contributions import contributions  # imported here, since a ranking needs none

        return self.scored.units.hstack(contributions(self.scored).get_columns())

    @property
    def reweighted(self) -> pl.DataFrame:
        """The units with missing components of a node, and whether they have a score there."""
        return self.scored.reweighted

    @property
    def facts(self) -> Mapping[str, Mapping[str, float | str]]:
        """The values that weightings report in addition to weights, by node, such as a consistency ratio."""
        return self.scored.facts

    @property
    def notes(self) -> tuple[Note, ...]:
        """The facts that a reader of the ranking must know."""
        withheld = [] if self.definition.publishes_raw_values else [Note("raw_values_withheld")]
        return (*self.inputs.notes, *self.scored.notes, *self._imputed_note(), *withheld)

    def _imputed_note(self) -> Iterator[Note]:
        key = self.definition.data.key
        if not fills_gaps(self.scored.tree):
            return
        rows = self.scored.units.select(unit=pl.concat_str(pl.col(key).cast(pl.String), separator=" "))
        rows = rows.with_columns(self.imputed.share).filter(pl.col(IMPUTED_SHARE) > 0)
        if len(rows):
            ordered = rows.sort(IMPUTED_SHARE, descending=True, maintain_order=True)
            count = Count(len(rows), "row" if len(key) > 1 else "unit")
            yield Note("imputed_share", count=count, shares=Shares(tuple(ordered.rows())))

    @cached_property
    def reproduction(self) -> list[Reproduction]:
        """The comparison with the published reference of the index file; empty if there is none."""
        reference = self.definition.reference
        if reference is None:
            return []
        if reference.top is not None:
            return [with_set(self.scores, reference, self.unit)]
        return with_table(self.scores, self._published(reference), reference, list(self.definition.data.key))

    @cached_property
    def published_ranks(self) -> pl.Series | None:
        """The rank of each row in the published reference of the index file; None without ranks or scores there."""
        reference, key = self.definition.reference, list(self.definition.data.key)
        if reference is None or reference.top is not None:
            return None
        lowest_first = "score" in self.lowest_first
        published = self._published(reference)
        return published_ranks(self.scored.units, published, reference, key, lowest_first=lowest_first)

    def _published(self, reference: Reference) -> pl.DataFrame:
        """Read the table of the published reference."""
        numbers = [column for column in (reference.score, reference.rank) if column]
        unit = reference.unit or self.unit
        return read_table(reference.path, text=[unit], numbers=numbers, folder=self.origin.folder)

    @property
    def methodology(self) -> str:
        """The methods of the run, in one line.

        If nodes differ, all methods are listed, from the index down. A method with many settings is listed once, with
        the number of its settings.
        """
        if self.fitted_by is not None:
            return self.fitted_by
        return methods_in_one_line(self.scored.tree)

    @property
    def plugins(self) -> dict[str, str]:
        """The plugins of the methods of the run, with their versions."""
        return self.inputs.plugins

    @cached_property
    def inputs(self) -> Inputs:
        """The inputs of the result: index, methods, plugins and table."""
        return Inputs(self.definition, self.planned, self.catalogue, self.table, self.origin)

    @property
    def fitted(self) -> Mapping[str, Any] | None:
        """The fingerprint of the statistics and weights of the fitted index; None for an index that is not fitted."""
        return self.inputs.fitted

    @names_its_arguments
    def differences(self, manifest: Mapping[str, Any]) -> list[str]:
        """Return a sentence for each difference between this run and the run of a manifest.

        Parameters
        ----------
        manifest : mapping
            The manifest of the other run, as `result.manifest` or a JSON file has it.

        Returns
        -------
        list of str
            The sentences; empty for equal runs.
        """
        return list(map(str, compare_manifests(self.manifest, manifest).items))

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The inputs of the result, with the facts and notes of the run.

        It has the versions and code of plugins, the hash of the data, and every setting of the methodology.
        """
        facts = {name: dict(facts) for name, facts in self.facts.items()}
        return {**self.inputs.manifest, **manifest_of(self.cite()), "facts": facts, "notes": list(self.notes)}

    @property
    def plot(self) -> ResultCharts:
        """The charts, as Altair objects: `result.plot.ranking()`, `result.plot(language="zh").profile("Lima")`.

        They need the extra `charts`; without it, the error names the command that installs it.
        """
        charts: ResultCharts = registered("plot")(self)
        return charts

    @names_its_arguments
    def export(self, path: str | Path, language: str | None = None, *, table: str | None = None) -> None:
        """Write the result to files, in the format of the ending.

        `.xlsx` is a workbook with live formulas, and `.json` is a document with its schema in a second file. `.csv`,
        `.tsv` and `.parquet` are a table with a row per value, with a codebook beside it. `.tex`, `.docx`, `.md` and
        `.html` are one table for a paper.
        A workbook needs the extra `excel`, and a Word document the extra `word`; without it, the error names the
        command that installs it.

        Parameters
        ----------
        path : path
            The file.
        language : str, optional
            The language of names and texts; by default the first of the index file.
        table : str, optional
            The table for a paper: "scores" (the default), "structure", "descriptive", "correlations", or a table of
            `table_names`.

        Examples
        --------
        >>> import indicia
        >>> result = indicia.read("index.toml").score()  # doctest: +SKIP
        >>> result.export("scores.xlsx")  # doctest: +SKIP
        """
        registered("export")(self, path, language, table)

    @names_its_arguments
    def frame(self, name: ResultTable) -> pl.DataFrame:
        """Return a table by its name, one of `table_names`.

        "scores" is the ranking, and "details" has the columns that the aggregation of the index reports of each unit;
        `details(node, table)` returns other tables of further results.

        Parameters
        ----------
        name : str
            The name of the table.

        Returns
        -------
        polars.DataFrame
            The table.

        Raises
        ------
        IndiciaError
            If there is no such table, or the index has nothing for it.
        """
        if name == "details":
            return unit_details(self.scored)
        return self.ranking if name == "scores" else super().frame(name)

    def cite(self) -> tuple[Citation, ...]:
        """Return the works to cite; see `Outcome.cite`."""
        return self.inputs.citations_with((), self.cell_attributes.sources)

    @property
    def _title_parts(self) -> list[str]:
        units, tree = self.scored.units[self.unit].n_unique(), self.scored.tree
        dimensions = sum(1 for _ in tree.nodes()) - 1
        sizes = [pluralise(units, "unit"), pluralise(len(list(tree.leaves())), "indicator")]
        sizes += [pluralise(dimensions, "dimension")] if dimensions else []
        return [self.methodology, *sizes]

    @property
    def _labelled_units(self) -> pl.DataFrame:
        return self.scored.units

    @property
    def shown_decimals(self) -> int:
        """The decimals of printed scores: the decimals of the index, or enough for about four digits."""
        decimals = self.scored.tree.decimals
        if decimals is not None:
            return decimals
        lowest, highest = self.scores["score"].min(), self.scores["score"].max()
        ends = [abs(float(end)) for end in (lowest, highest) if end is not None]  # type: ignore[arg-type]
        return 2 if max(ends, default=0.0) >= 10 else 4

    @property
    def _lines_printed(self) -> tuple[str, ...]:
        return (*self.notes, *map(str, self.reproduction))

    @property
    def _frames_printed(self) -> tuple[pl.DataFrame, ...]:
        """The ranking, with the rank and the columns that name a unit in front."""
        data = self.definition.data
        further = self.definition.methodology.ranks
        first = [column for column in (self.unit, *data.labels()[:1], data.period, *further) if column]
        ranks = [f"rank_{group}" for group in further]
        share = [IMPUTED_SHARE] if IMPUTED_SHARE in self.ranking.columns else []
        dimensions = self.scored.nodes.drop(ROOT).columns
        bands = self.bands_of_rows.columns
        return (self.ranking.select("rank", *ranks, *dict.fromkeys(first), "score", *bands, *share, *dimensions),)
