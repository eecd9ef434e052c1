"""The table of a run over partitions, and what such a run refuses."""

from __future__ import annotations

import warnings
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from indicia.callers import warn
from indicia.catalogue.over_partitions import Verdict, verdict, verdict_on_formula
from indicia.catalogue.reference import methods_over_partitions
from indicia.data.notation import CellKind, cell_kind, inferred
from indicia.data.parse import NO_ROWS
from indicia.data.partition_files import place_below
from indicia.data.read_partition import read
from indicia.data.table_partitions import ROWS, TablePartition, TablePartitions, check_format, find_partitions
from indicia.definition import Node, columns_of_numbers, columns_of_rows, text_columns
from indicia.errors import DataError, DefinitionError, IndiciaError, NothingKept, UnknownColumn, join_names
from indicia.formulas import record
from indicia.methods import MatrixAggregation, Method
from indicia.partitions.partition import NeedsAllRows
from indicia.stages.frozen import statistics_that_hold
from indicia.stages.plugin_boundary import attribute_errors_to
from indicia.stages.score_formula import score_formula
from indicia_engines.engine import Here

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from indicia.data import NumberFormat
    from indicia.scorable import Scorable
    from indicia.tables.fitted import Fitted
    from indicia_partitions.replay import Mapper


@dataclass(frozen=True)
class Refusal:
    """A method that needs all rows, the part of the index that uses it, and the reason."""

    kind: str
    method: str
    part: str
    """The indicator or node."""
    needs: str


def check_can_run_in_partitions(index: Scorable) -> None:
    """Refuse an index with methods that need all rows at once.

    Parameters
    ----------
    index : Index or FittedIndex

    Raises
    ------
    NeedsAllRows
        If there are such methods; the error names each with its indicators or nodes, and the methods of its kind that
        run over partitions.
    """
    refusals = list(refusals_of(index.tree, statistics_that_hold(index.definition, index.tree)))
    if not refusals:
        return
    parts: dict[tuple[str, str], list[str]] = {}
    for refusal in refusals:
        parts.setdefault((refusal.method, refusal.needs), []).append(refusal.part)
    methods = [f"{method} of {join_names(names)}" for (method, _), names in parts.items()]
    kinds = dict.fromkeys(refusal.kind for refusal in refusals if refusal.kind != _RULE)
    instead = [f"{kind} = {join_names(methods_over_partitions(index.catalogue, kind), 8)}" for kind in kinds]
    if any(refusal.kind == _RULE for refusal in refusals):
        instead.append("missing = skip, propagate, value or group_mean")
    raise NeedsAllRows(
        f"{'; '.join(methods)}: {'this needs' if len(refusals) == 1 else 'these need'} all rows at once, and the table "
        "is read in partitions",
        where="\n".join(f"{method}: {needs}" for method, needs in parts),
        remedy=f"run the index in memory (--engine memory), or choose {'; '.join(instead)}",
    )


def refusals_of(tree: Node, fitted: Fitted | None = None) -> Iterator[Refusal]:
    """Yield the methods of a tree that need all rows.

    `fitted` has the statistics and weights of a fitted index that hold for the tree: they need no rows.
    """
    nodes = {node.id: node for node in tree.nodes()}
    for kind, stage, part, method in _methods_of(tree):
        of_fit = fitted is not None and part not in fitted.computed_at(stage)
        own = _verdict_on(method, part, nodes.get(part) if kind == "aggregation" else None, of_fit=of_fit)
        if own is not None and not own.runs and not (of_fit and kind == "weighting"):
            yield Refusal(kind, method.name, part, own.needs)
    for node in tree.nodes():
        if node.missing.policy == "parent":
            yield Refusal(_RULE, f"parent(within={node.missing.within})", node.id, _PARENT)


def _verdict_on(method: Method, part: str, node: Node | None, *, of_fit: bool) -> Verdict | None:
    """Return the verdict on a method of a part; an aggregation gets the components of its node.

    A formula that raises an error is not refused here: the run states the error.
    """
    with suppress(IndiciaError), attribute_errors_to(method, part):
        if node is None or isinstance(method, MatrixAggregation):
            return verdict(method, of_fit=of_fit)
        return verdict_on_formula(record(score_formula(node, incomplete=True)), of_fit=of_fit)
    return None


_RULE = "missing"
_PARENT = "it looks up the value of the parent of a unit, whose row may stand in another partition"


def _methods_of(tree: Node) -> Iterator[tuple[str, str, str, Method]]:
    """Yield the methods of a tree: the kind, the stage of its statistics, the indicator or node, and the method."""
    for leaf in tree.leaves():
        for kind, stage, method in (
            ("imputation", "imputation", leaf.imputation),
            ("treatment", "treatment", leaf.treatment),
            ("treatment", "transform", leaf.transform),
            ("normalisation", "normalisation", leaf.normalisation),
        ):
            if method is not None:
                yield kind, stage, leaf.id, method
    for node in tree.nodes():
        if len(node.components) > 1:
            yield "weighting", "weighting", node.id, node.weighting
        yield "aggregation", "aggregation", node.id, node.aggregation
        for stage, rescaling in (("rescaling", node.rescaling), ("as_component", node.as_component)):
            if rescaling is not None:
                yield "normalisation", stage, node.id, rescaling


@dataclass(frozen=True)
class PartitionedTable:
    """The partitions of the table of an index, and the reader of their rows."""

    source: TablePartitions
    """The files of the table, and their cuts."""
    reader: PartitionReader

    @classmethod
    def of(cls, index: Scorable, source: object, engine: Mapper, *, rows: int = ROWS) -> PartitionedTable:
        """Find the partitions of a table, by default of the table of the index file.

        Methods that need all rows at once are refused before anything is read.

        Parameters
        ----------
        index : Index or FittedIndex
        source : path, glob or URL, optional
            A folder of files, a pattern, or a large file.
        engine : Mapper
            Looks at the cells of columns whose type no file tells, such as periods in text.
        rows : int
            The rows of a partition, about.

        Raises
        ------
        DefinitionError
            If the index has no data, or the source is neither a path nor a text.
        NeedsAllRows
            For methods that need all rows at once.
        DataError
            If a file cannot be read, or lacks a column.
        """
        check_can_run_in_partitions(index)
        data = index.definition.data
        if source is None and data.path is None:
            raise DefinitionError(
                "the index has no data", where=index.origin.where(["data"]), remedy='write path = "parts/" in [data]'
            )
        if source is not None and not isinstance(source, str | Path):
            raise DefinitionError(
                f"{type(source).__name__} is no table in partitions",
                remedy="name a folder, a pattern or a file; frames are scored in memory",
            )
        place = place_below(index.origin.folder, str(data.path)) if source is None else source
        partitions = partitions_of_index(index, place, rows=rows)
        return cls(partitions, reader_of(index, partitions, engine))

    @property
    def partitions(self) -> Sequence[TablePartition]:
        """The partitions, in their order."""
        return self.source.partitions

    @property
    def record(self) -> dict[str, Any]:
        """The facts on the table in manifests."""
        files = {each.path for partition in self.partitions for each in partition.slices}
        return {"sha256": self.source.fingerprint, "files": len(files), "partitions": len(self.partitions)}


def read_all_partitions(index: Scorable, source: str | Path) -> pl.DataFrame:
    """Read all partitions of a table into memory, as `read_table` of the index reads a table.

    Parameters
    ----------
    index : Index
    source : path, glob or URL
        A folder of files or a pattern.

    Raises
    ------
    DataError
        If a file cannot be read, or lacks a column.
    """
    table = partitions_of_index(index, source)
    reader = reader_of(index, table, Here("memory"))
    frames = [frame for partition in table.partitions if not (frame := reader(partition)).is_empty()]
    if not frames:
        raise NothingKept("the partitions have no row to score", where=str(source))
    return pl.concat(frames).rechunk()


@dataclass(frozen=True)
class PartitionReader:
    """Reads the rows of a partition for an index; it can be pickled.

    The type of a period in text files, or of a column of text that `where` names, follows from the cells of all
    partitions: "2020" is a number in a partition even if another one has "2020/21", which makes both text.
    """

    index: Scorable
    columns: tuple[str, ...]
    """The columns that the index reads."""
    kinds: Mapping[str, CellKind]
    """The kinds of the columns whose type follows from the cells of all partitions."""

    def __call__(self, partition: TablePartition) -> pl.DataFrame:
        """Return the rows of a partition as `read_table` of the index does; no rows if it has none.

        Raises
        ------
        DataError
            A file cannot be read, or has text where numbers belong; the error names the file.
        """
        rows = read(partition, self.columns)
        if rows.is_empty():
            return rows
        numbers = self.index.definition.data.format.numbers
        typed = [inferred(rows[name], numbers).cast(kind.dtype) for name, kind in self._converted().items()]
        texts = [name for name, kind in self.kinds.items() if kind.dtype == pl.String]
        try:
            with warnings.catch_warnings():
                # a row that `without` names may stand in another partition
                warnings.filterwarnings("ignore", message=r"without in \[data\]")
                return self.index.read_table(rows.with_columns(typed), texts=texts)
        except DataError as error:
            if error.what == NO_ROWS:  # each row is blank, or `without` names it
                return rows.clear()
            lines = [line for line in (error.where or "").splitlines() if line != "the polars frame"]
            error.where = "\n".join([*lines, f"{partition.where}; rows are counted from there"])
            raise

    def _converted(self) -> dict[str, CellKind]:
        return {name: kind for name, kind in self.kinds.items() if kind.dtype != pl.String}


def partitions_of_index(index: Scorable, source: str | Path, *, rows: int = ROWS) -> TablePartitions:
    """Find the partitions of a table, and check the columns that an index reads in each file.

    Parameters
    ----------
    index : Scorable
        The index, fitted or not.
    source : str or Path
        A folder, a glob or a file; see `find_partitions`.
    rows : int
        The rows of a partition, about.
    """
    check_format(index.definition.data.format)
    try:
        return find_partitions(source, rows=rows, table_format=index.definition.data.format, columns=columns_of(index))
    except UnknownColumn as error:
        places = columns_of_numbers(index.definition)
        lines = (index.origin.where(places.get(error.column, ["data"])), error.where)
        raise DataError(error.what, where="\n".join(line for line in lines if line), remedy=error.remedy) from error


def columns_of(index: Scorable) -> tuple[str, ...]:
    """Return the columns of the table that an index reads."""
    definition = index.definition
    used = [use.column.name for use in index.uses]
    roles = (*text_columns(definition), *columns_of_rows(definition), *columns_of_numbers(definition), *used)
    return tuple(dict.fromkeys((*roles, *definition.data.format.columns)))


def reader_of(index: Scorable, partitions: TablePartitions, engine: Mapper) -> PartitionReader:
    """Return the reader of partitions; the types of a few columns of text are decided by the cells of all partitions.

    Columns of units and of indicators, and columns whose type stands in the files, take no look at the cells.

    Parameters
    ----------
    index : Scorable
        The index, fitted or not.
    partitions : TablePartitions
        The partitions of its table.
    engine : Mapper
        Maps the look at the cells over partitions.
    """
    definition, columns = index.definition, columns_of(index)
    decided = {*text_columns(definition), *columns_of_numbers(definition), *(use.column.name for use in index.uses)}
    undecided = tuple(
        name for name in columns if name not in decided and partitions.schema[name] in (pl.String, pl.Null)
    )
    data = definition.data
    look = LookAtCells(undecided, data.format.numbers, str(data.unit), tuple(name.strip() for name in data.without))
    kinds, absent = dict.fromkeys(undecided, CellKind.EMPTY), set(look.without)
    for of_partition, names in engine.map(look, partitions.partitions if undecided or absent else ()):
        kinds = {name: max(kind, of_partition[name]) for name, kind in kinds.items()}
        absent -= names
    if absent:
        listed = join_names(name for name in look.without if name in absent)
        message = f"without in [data] names {listed}, but no row of {data.unit} has this name"
        warn(message)
    return PartitionReader(index, columns, kinds)


@dataclass(frozen=True)
class LookAtCells:
    """Finds the kinds of some columns in a partition, and the rows that `without` names; it can be pickled."""

    columns: tuple[str, ...]
    numbers: NumberFormat
    unit: str
    without: tuple[str, ...]

    def __call__(self, partition: TablePartition) -> tuple[dict[str, CellKind], set[str]]:
        """Return the kind of each column, and the names of `without` that have a row."""
        rows = read(partition, [*self.columns, *([self.unit] if self.without else [])])
        kinds = {name: cell_kind(rows[name].cast(pl.String), self.numbers) for name in self.columns}
        if not self.without:
            return kinds, set()
        names = rows[self.unit].cast(pl.String).str.strip_chars()
        return kinds, set(names.filter(names.is_in(self.without)))
