"""Indicia builds, compares and audits composite indices.

`score` ranks a table in one call, and `read` opens an index file, whose index answers further questions: `compare`,
`robustness`, `stability`, `audit`, `explain`. `fit` keeps the statistics of a run for other data, `diff` compares two
editions, and `pack` writes all of an index into one file. `indicia.types` has types for annotations.

>>> import indicia
>>> table = {"city": ["Lima", "Oslo", "Pune"], "income": [3.0, 9.0, 1.0], "co2": [2.0, 7.0, 2.5]}
>>> result = indicia.score(table, indicators={"income": "benefit", "co2": "cost"})
>>> result.ranking["city"].to_list()
['Lima', 'Oslo', 'Pune']
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from indicia.arguments import names_its_arguments
from indicia.errors import IndiciaError, IndiciaWarning, join_names
from indicia.packages import offered
from indicia.presentation import register

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from indicia import analysis as analysis
    from indicia import checks as checks
    from indicia import citations as citations
    from indicia import methods as methods
    from indicia import outputs as outputs
    from indicia import testing as testing
    from indicia import types as types
    from indicia.answers.answer import Answer
    from indicia.asking import (
        Comparison,
        Edition,
        EditionDifference,
        EditionLike,
        EngineName,
        FittedIndex,
        Pack,
        Recast,
        Replay,
        Robust,
    )
    from indicia.index import Index
    from indicia.result import Result
    from indicia.types import (
        AggregationChoice,
        ImputationChoice,
        IndicatorsLike,
        MissingChoice,
        NonNegativeFloat,
        NormalisationChoice,
        PositiveInt,
        Settings,
        TableLike,
        TreatmentChoice,
        WeightingChoice,
    )

__all__ = [
    "Comparison",
    "FittedIndex",
    "Index",
    "IndiciaError",
    "IndiciaWarning",
    "Result",
    "Robust",
    "diff",
    "fit",
    "pack",
    "read",
    "read_fitted",
    "recast",
    "replay",
    "score",
]


# Each function imports what it needs when it is called, so that `import indicia` loads no polars.


@names_its_arguments
def read(
    source: str | Path | Mapping[str, Any],
    plugins: Iterable[str | Path] = (),
    *,
    allow_code: bool = False,
    only_plugins: Iterable[str] | None = None,
) -> Index:
    """Read an index file, or a mapping with the keys of an index file.

    Parameters
    ----------
    source : path or mapping
        The index file, or its content. A mapping may have a table under `data`.
    plugins : iterable of path, optional
        Files of methods, in addition to the installed plugins; by default none.
    allow_code : bool, default False
        True to load the plugin files that the index names, which runs their code; else they are refused.
    only_plugins : iterable of str, optional
        The installed plugins to load in addition to Indicia's own methods; by default all.

    Returns
    -------
    Index
        The index, which answers questions: `score()`, `compare()`, `robustness()`, `audit()`, …

    Raises
    ------
    IndiciaError
        If the file cannot be read, a plugin cannot be loaded, or may not run its code.

    Examples
    --------
    >>> import indicia
    >>> index = indicia.read({"data": {"unit": "city"}, "indicators": {"income": {}, "co2": {"direction": "cost"}}})
    >>> index
    Index('Index', 2 indicators, 0 dimensions)
    """
    from indicia import index

    return index.read(source, plugins, allow_code=allow_code, only_plugins=only_plugins)


@names_its_arguments
def score(
    table: TableLike | Sequence[TableLike],
    *,
    indicators: IndicatorsLike | None = None,
    imputation: ImputationChoice | None = None,
    treatment: TreatmentChoice | None = None,
    normalisation: NormalisationChoice | None = None,
    weighting: WeightingChoice | None = None,
    aggregation: AggregationChoice | None = None,
    missing: MissingChoice | None = None,
    unit: str | None = None,
    label: str | None = None,
    period: str | None = None,
    groups: Iterable[str] = (),
    costs: Iterable[str] = (),
    vocabulary: str | Path | None = None,
    encoding: str | None = None,
    settings: Settings | None = None,
) -> Result:
    """Score and rank the units of a flat table in one call.

    The format of the table, its units and its indicators are recognised: a warning names each column and row that is
    left out and each doubt, and a note of the result names the directions taken from names and correlations. A frame is
    taken as it is if the call states its column of units and the direction of each indicator: no row of it is left out.

    Parameters
    ----------
    table : path, frame, dict, list of dicts, or list of tables
        The table; see `indicia.types.TableLike`. Several tables are joined.
    indicators : mapping, list of str, frame or path, optional
        A mapping of columns to "benefit", "cost" or a table of settings; names of columns; or a table with columns
        name, direction and weight. By default all columns of numbers without a role.
    imputation, treatment, normalisation, weighting, aggregation : str, mapping or method, optional
        Methods: "name", "name(parameter=value)", a mapping with the key method, or an instance. By default the data are
        neither imputed nor treated, and min_max, given (equal weights, unless weights are stated) and arithmetic are
        used.
    missing : str or mapping, optional
        What happens to a unit that lacks an indicator, such as "skip"; by default it is refused.
    unit : str, optional
        The column that names the units; by default it is recognised.
    label : str, optional
        A column of names for readers.
    period : str, optional
        The column of periods of a panel; by default it is recognised.
    groups : iterable of str, optional
        Columns of groups.
    costs : iterable of str, optional
        The indicators of which less is better.
    vocabulary : path, optional
        A TOML file of more words for directions.
    encoding : str, optional
        The encoding of a text file; by default it is recognised.
    settings : mapping, optional
        Words of an index file by dotted path: `{"data.decimal": ","}`.

    Returns
    -------
    Result
        Scores, ranks, weights and all that led to them.

    Raises
    ------
    IndiciaError
        If the table cannot be read, or the index cannot be scored.

    Examples
    --------
    >>> import indicia
    >>> table = {"city": ["Lima", "Oslo", "Pune"], "income": [3.0, 9.0, 1.0], "co2": [2.0, 7.0, 2.5]}
    >>> result = indicia.score(table, indicators={"income": "benefit", "co2": "cost"}, weighting="equal")
    >>> result.ranking.select("city", "score", "rank").rows()
    [('Lima', 0.625, 1), ('Oslo', 0.5, 2), ('Pune', 0.45, 3)]
    """
    from indicia.index import index_from_table

    flat_index, frame = index_from_table(
        table,
        indicators=indicators,
        missing=missing,
        methods={
            "imputation": imputation,
            "treatment": treatment,
            "normalisation": normalisation,
            "weighting": weighting,
            "aggregation": aggregation,
        },
        unit=unit,
        label=label,
        period=period,
        groups=groups,
        costs=costs,
        vocabulary=vocabulary,
        encoding=encoding,
        settings=settings,
    )
    return flat_index.score(frame)


@names_its_arguments
def fit(
    index: Index,
    table: TableLike | None = None,
    *,
    since: FittedIndex | None = None,
    keep: Sequence[str] | None = None,
    engine: EngineName | None = None,
    scheduler: str | None = None,
    workers: int | None = None,
    rows: PositiveInt | None = None,
) -> FittedIndex:
    """Score an index, and keep its statistics and weights for scoring other data.

    Parameters
    ----------
    index : Index
        The index, as `indicia.read` returns it.
    table : path or frame, optional
        The data; by default the table of the index file.
    since : FittedIndex, optional
        An earlier edition, of which a part is kept; all else is computed from these data. The file of the new edition
        names the file of the earlier one and its hash.
    keep : sequence of str, optional
        What is kept: "bounds" (the default; the statistics by which indicators are normalised), "statistics" (these,
        and those of imputation, treatment, aggregation and rescaling), "weights"; "bounds=income,co2" keeps those of
        some parts only.
    engine : {"partitions", "dask", "spark", "memory"}, optional
        Fit the index to a table in partitions: processes on this machine, a cluster, or this process. `table` is then
        a folder of files, a pattern, or a large file. By default, the table is read as a whole.
    scheduler, workers, rows : optional
        See `Index.score_partitions`.

    Returns
    -------
    FittedIndex
        `score(table)` scores other data, `write(path)` writes a file.

    Raises
    ------
    DefinitionError
        For methods that need all units: ranks, comparisons of pairs, imputation from rows; for an imputation from other
        periods that cannot be carried forward; for a part that the earlier edition does not have.

    Examples
    --------
    >>> import indicia
    >>> index = indicia.read({"data": {"unit": "city"}, "indicators": {"income": {"direction": "benefit"}}})
    >>> fitted = indicia.fit(index, {"city": ["Lima", "Oslo", "Pune"], "income": [3.0, 9.0, 1.0]})
    >>> fitted.score({"city": ["Rome"], "income": [5.0]}).scores["score"].to_list()
    [0.5]
    """
    in_partitions = {"scheduler": scheduler, "workers": workers, "rows": rows}
    in_memory = {"since": since, "keep": keep}
    ignored = [name for name, value in (in_partitions if engine is None else in_memory).items() if value is not None]
    if ignored:
        table_is = "without engine it is read as a whole" if engine is None else "the engine reads it in partitions"
        raise IndiciaError(
            f"{join_names(ignored)} would count for nothing with this table: {table_is}",
            where=f"indicia.fit({ignored[0]}=…)",
            remedy='engine="partitions"' if engine is None else "fit without engine, or leave it out",
        )
    if engine is not None:
        with offered("open_engine")(engine, scheduler=scheduler, workers=workers) as opened:
            options = {} if rows is None else {"rows": rows}
            fitted: FittedIndex = offered("fit_partitions")(index, table, opened, **options)
    else:
        fitted = offered("fit")(index, table, since=since, keep=keep)
    return fitted


@names_its_arguments
def read_fitted(
    path: str | Path,
    plugins: Iterable[str | Path] = (),
    *,
    allow_code: bool = False,
    only_plugins: Iterable[str] | None = None,
) -> FittedIndex:
    """Read the file of a fitted index.

    Parameters
    ----------
    path : path
        The JSON file that `FittedIndex.write` wrote.
    plugins : iterable of path, optional
        Files of methods, in addition to the installed plugins; by default none.
    allow_code : bool, default False
        True to load the plugin files that the index names, which runs their code; else they are refused.
    only_plugins : iterable of str, optional
        The installed plugins to load in addition to Indicia's own methods; by default all.

    Returns
    -------
    FittedIndex
        The fitted index; a warning names a plugin with another version than that of the fit.

    Raises
    ------
    IndiciaError
        If the file cannot be read, was changed by hand, or a plugin cannot be loaded.

    Examples
    --------
    >>> import indicia
    >>> fitted = indicia.read_fitted("fitted.json")  # doctest: +SKIP
    >>> fitted.score("2024.csv").ranking  # doctest: +SKIP
    """
    fitted: FittedIndex = offered("read_fitted")(path, plugins, allow_code=allow_code, only_plugins=only_plugins)
    return fitted


if TYPE_CHECKING:
    from indicia.asking import diff as diff  # with the options of the analysis
else:

    @names_its_arguments
    def diff(
        old: EditionLike,
        new: EditionLike,
        *,
        plugins: Iterable[str | Path] = (),
        allow_code: bool = False,
        only_plugins: Iterable[str] | None = None,
        **options: Any,
    ) -> EditionDifference:
        """Compare two editions: units, scores, ranks, causes of moves, methodology, revised data.

        Parameters
        ----------
        old, new : path, Index, FittedIndex or frame
            An index, a pack, a fitted index with its table, or a table of units with scores or ranks.
        plugins, allow_code, only_plugins : optional
            See `read`.
        **options : optional
            How editions are read, as in `indicia diff --help`: `old_table`, `new_table` (the data of an index, by
            default the table of its file), `start`, `end` (the periods of panels, by default their last), `renamed`
            (the new names of units), `unit`, `score`, `rank`, `period` (the columns of tables of scores); and the
            options of the analysis `diff`, by default those of `[analyses.diff]`.

        Returns
        -------
        EditionDifference
            `sentences()`, `notes`, `failing("max_move > 10")`, and the tables of the analysis `diff` by `frame(name)`.

        Raises
        ------
        IndiciaError
            If an edition cannot be read or scored, or no unit or no indicator is in both.

        Examples
        --------
        >>> import indicia
        >>> old = {"city": ["Lima", "Oslo", "Pune"], "score": [3.0, 9.0, 1.0]}
        >>> new = {"city": ["Lima", "Oslo", "Pune"], "score": [3.0, 8.0, 4.0]}
        >>> indicia.diff(old, new).frame("units").select("unit", "rank_old", "rank_new").rows()
        [('Oslo', 1.0, 1.0), ('Pune', 3.0, 2.0), ('Lima', 2.0, 3.0)]
        """
        from indicia.sources import CodeChoices

        code = CodeChoices.of(plugins, allow_code, only_plugins)
        return offered("diff")(old, new, code=code, **options)


@names_its_arguments
def recast(
    index: str | Path | Index | FittedIndex,
    tables: Mapping[str, TableLike] | Iterable[str | Path],
    *,
    plugins: Iterable[str | Path] = (),
    allow_code: bool = False,
    only_plugins: Iterable[str] | None = None,
) -> Recast:
    """Score old years under the new method, as one series of scores and ranks.

    Parameters
    ----------
    index : path, Index or FittedIndex
        The new method. A fitted index scores all tables by its statistics. An index with a period scores the tables as
        one panel, with statistics as the index file states them. Another index scores each table by itself.
    tables : mapping of str to table, or paths
        The tables by name, or their paths; the name of a path is that of the file, and "2020=old/data.csv" gives it
        another. If the index has a period and a table has no such column, the name is its period.
    plugins, allow_code, only_plugins : optional
        See `read`.

    Returns
    -------
    Recast
        The tables `series` (unit, period or edition, score, rank, dimensions) and `editions`; `notes` name the
        indicators that a table does not have.

    Raises
    ------
    IndiciaError
        If a table cannot be read or scored.

    Examples
    --------
    >>> import indicia
    >>> index = indicia.read({"data": {"unit": "city"}, "indicators": {"income": {"direction": "benefit"}}})
    >>> tables = {year: {"city": ["Lima", "Oslo"], "income": [3.0, 9.0 - year % 2 * 8]} for year in (2020, 2021)}
    >>> indicia.recast(index, {str(year): table for year, table in tables.items()}).series.select("city", "rank").rows()
    [('Oslo', 1), ('Lima', 2), ('Lima', 1), ('Oslo', 2)]
    """
    from indicia.sources import CodeChoices

    series: Recast = offered("recast")(index, tables, code=CodeChoices.of(plugins, allow_code, only_plugins))
    return series


@names_its_arguments
def pack(
    index: Index | FittedIndex,
    path: str | Path,
    table: TableLike | None = None,
    *,
    with_data: bool | None = None,
    audit: bool = True,
    report: bool = True,
) -> Pack:
    """Score an index, and write it with its data, results, audit and report into one zip.

    Parameters
    ----------
    index : Index or FittedIndex
        The index, as `indicia.read` or `indicia.fit` returns it; a fitted index needs a table.
    path : path
        The zip to write. Equal content gives equal bytes.
    table : path or frame, optional
        The data; by default the table of the index file.
    with_data : bool, optional
        True to pack the data, False to pack only their hash. By default the data are packed, unless the index publishes
        no raw values (`raw_values = false` in `[publication]`), or the licence of a source in `[sources]` is not open.
    audit, report : bool, default True
        False to leave out the audit or the report, which take most of the time.

    Returns
    -------
    Pack
        `path`, `sha256`, `files`, and `notes` on all that is left out or comes from elsewhere.

    Raises
    ------
    IndiciaError
        If the index cannot be scored, a file cannot be read, or a table other than the data is on a server.

    Examples
    --------
    >>> import indicia
    >>> indicia.pack(indicia.read("index.toml"), "index.zip").files  # doctest: +SKIP
    """
    packed: Pack = offered("pack")(index, path, table, with_data=with_data, audit=audit, report=report)
    return packed


@names_its_arguments
def replay(
    path: str | Path,
    *,
    table: str | Path | None = None,
    plugins: Iterable[str | Path] = (),
    allow_code: bool = False,
    only_plugins: Iterable[str] | None = None,
    tolerance: NonNegativeFloat = 0.0,
) -> Replay:
    """Compute a pack again, and compare every table of its result.

    Parameters
    ----------
    path : path
        The zip that `pack` wrote.
    table : path, optional
        The file of the data, or the folder with the files of the data, if the pack has only their hash.
    plugins, allow_code, only_plugins : optional
        Those of `read`. The plugin files in the pack are loaded if `allow_code` is True, which runs their code.
    tolerance : float, default 0
        The largest difference of two numbers that counts as the same.

    Returns
    -------
    Replay
        `is_same`; the tables `compared`, `units`, `versions` and `files`; `sentences()`.

    Raises
    ------
    IndiciaError
        If a file of the pack is not as it was packed, the data are missing, or the index cannot be scored.

    Examples
    --------
    >>> import indicia
    >>> indicia.replay("index.zip").is_same  # doctest: +SKIP
    True
    """
    replayed: Replay = offered("replay")(
        path, table=table, plugins=plugins, allow_code=allow_code, only_plugins=only_plugins, tolerance=tolerance
    )
    return replayed


def _plot(outcome: Any) -> Any:
    offered("kind_of")(outcome)
    return offered("Charts")(outcome)


def _export(result: Result, path: str | Path, language: str | None, table: str | None) -> None:
    from pathlib import Path

    offered("export")(offered("Dossier")(result), "dossier", Path(path), language=language, table=table)


def _document(answer: Answer[Any], path: str | Path, language: str | None) -> None:
    from pathlib import Path

    from indicia.answers.writers import writers, written
    from indicia.data import ENDINGS, write
    from indicia.errors import OutputError

    known, ending = writers(answer.catalogue, type(answer.analysis)), Path(path).suffix.lower()
    form = ENDINGS.get(ending, ending.removeprefix("."))
    if form not in known:
        what = f"the answer of {answer.analysis.name} cannot be written as {path}"
        raise OutputError(what, remedy=f"known: {', '.join(known)}")
    write(written(answer, form, language), path)


def _earlier(source: Any, table: TableLike | None) -> Edition:
    edition: Edition = offered("open_earlier")(source, table)
    return edition


register("plot", _plot)
register("earlier", _earlier)
register("export", _export)
register("document", _document)

_CLASSES = {"Index": "indicia.index", "Result": "indicia.result"}
"""The modules of the classes, which are imported when they are asked for."""
_OF_PACKAGES = ("Comparison", "FittedIndex", "Robust")
"""Classes of packages."""
_ROOMS = ("analysis", "checks", "citations", "methods", "outputs", "testing", "types")
"""The modules for users and for authors of plugins, which are imported when they are asked for."""


if TYPE_CHECKING:
    __version__: str
else:  # a checker would take any name for one that is there

    def __getattr__(name: str) -> Any:
        if name in _CLASSES:
            return getattr(import_module(_CLASSES[name]), name)
        if name in _OF_PACKAGES:
            return offered(name)
        if name in _ROOMS:
            return import_module(f"indicia.{name}")
        if name == "__version__":
            from importlib.metadata import version

            return version("indicia")  # pyproject.toml states it
        raise AttributeError(f"module 'indicia' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, *_ROOMS, "__version__"])
