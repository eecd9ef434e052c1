"""Commands on tables in partitions: which engine they take, and what they print."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from indicia.cli.language import reader_language
from indicia.cli.options import check_format
from indicia.errors import DefinitionError, OutputError, pluralise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.cli.row_options import RowOptions
    from indicia.questions import Questions
    from indicia.types import TableLike
    from indicia_commands.engine_options import PartitionOptions
    from indicia_commands.expect import Expectation
    from indicia_partitions.inspection import PartitionedInspection

SHOWN = ("scores", "weights")
"""The tables of a run over partitions."""
_TOP = 20
"""The number of units that a ranking prints."""


def takes_partitions(options: PartitionOptions, index: Questions, table: TableLike | None) -> bool:
    """Return whether a command reads its table by partitions."""
    from indicia.data import is_in_partitions
    from indicia.data.partition_files import place_below

    if options.engine is not None:
        return options.engine != "memory"
    source = table if table is not None else index.definition.data.path
    if table is None and source is not None:
        source = place_below(index.origin.folder, str(source))
    return isinstance(source, str) and is_in_partitions(source)


def run_partitions(
    index: Questions,
    table: TableLike | None,
    options: PartitionOptions,
    show: str,
    rows: RowOptions,
    output: Path | None,
    format: str | None,
    *,
    force: bool,
    escape: bool = False,
    language: str | None = None,
    expected: Expectation | None = None,
) -> None:
    """Run an index over partitions; print the first ranks or the weights, and write the scores to a folder."""
    from indicia.cli.output import print_line, print_table, progress_bar
    from indicia.data import escape_formulas
    from indicia_partitions.run import run_partitions as run

    _check_options(show, rows, output, format)
    check_format(format, None, escape)
    language = reader_language(language, index.definition)
    with TemporaryDirectory(prefix="indicia-") as temporary:
        folder = Path(temporary) / "scores" if output is None else output
        with options.open("partitions") as engine, progress_bar() as progress:
            source = None if table is None else str(table)
            result = run(index, source, folder, engine, **options.rows, replace=force, progress=progress)
        if show == "weights":
            shown = result.weights
        else:
            shown = result.top(rows.top or _TOP)
            shown = shown[rows.rows(shown, index.definition.data.period, latest_first=False)]
        shown = escape_formulas(shown) if escape else shown
        print_table(shown, format, None, title=result.title_in(language))
        for note in result.notes:
            print_line(f"note: {note}", err=True)
        if output is not None:
            size = f"{result.rows:,} rows in {pluralise(len(result.parts), 'file')}"
            print_line(f"wrote {output}: {size}, and _manifest.json", err=True)
        if expected:
            expected.compare(result.manifest)


def fit_partitions(index: Questions, table: TableLike | None, options: PartitionOptions, output: Path) -> None:
    """Write the statistics and weights of an index over partitions to a file."""
    from indicia.cli.output import note_raw_values, print_line
    from indicia_bundle.fitted import fit_partitions as fit

    with options.open("partitions") as engine:
        fitted = fit(index, None if table is None else str(table), engine, **options.rows)
    fitted.write(output)
    note_raw_values(index.definition, output)
    print_line(f"wrote {output}, fitted to {fitted.record['data']['rows']:,} rows", err=True)


_COMPARED = ("methodologies", "agreement", "movers", "left_out")
"""The tables of a comparison over partitions; the ranks of all units are in its folder."""


def compare_partitions(
    index: Questions,
    table: TableLike | None,
    options: PartitionOptions,
    methods: Mapping[str, object],
    show: str | None,
    output: Path | None,
    format: str | None,
    *,
    force: bool,
) -> None:
    """Compare methodologies over partitions; print their agreement, and write all ranks to a folder."""
    from indicia.cli.output import print_line, print_table, progress_bar
    from indicia_partitions.compare import compare_partitions as compare

    if show is not None and show not in _COMPARED:
        raise DefinitionError(
            f"--show {show} needs all rows in memory, and the table is read in partitions",
            remedy=f"one of: {', '.join(_COMPARED)}; the folder of -o has the ranks of all units",
        )
    if format not in (None, "table") and show is None:
        raise DefinitionError(
            f"--format {format} prints one table, and a comparison over partitions has {len(_COMPARED)}",
            remedy=f"choose a table: --show {' or --show '.join(_COMPARED)}",
        )
    _check_folder(output, format)
    check_format(format, None)
    with TemporaryDirectory(prefix="indicia-") as temporary:
        folder = Path(temporary) / "ranks" if output is None else output
        with options.open("partitions") as engine, progress_bar() as progress:
            source = None if table is None else str(table)
            comparison = compare(
                index, methods, source, folder, engine, **options.rows, replace=force, progress=progress
            )
    if format in (None, "table"):
        print_line(comparison.title)
    for name in _COMPARED if show is None else [show]:
        frame = getattr(comparison, name)
        if len(frame) or show is not None:
            print_table(frame, format, None, title=f"\n{name.replace('_', ' ').capitalize()}")
    if output is not None:
        print_line(f"wrote {output}: the scores and ranks of each methodology, and _manifest.json", err=True)


def check_unused(options: Mapping[str, object]) -> None:
    """Refuse options that need all rows in memory."""
    for name in options:
        raise DefinitionError(
            f"{name} needs all rows in memory, and the table is read in partitions",
            remedy="leave it out, or --engine memory",
        )


def inspect_partitions(index: Questions, table: TableLike | None, options: PartitionOptions) -> PartitionedInspection:
    """Return the facts about a table in partitions, and the findings of checks."""
    if table is not None and not isinstance(table, str):
        raise DefinitionError(
            "a table without an index file is read as a whole, and not in partitions",
            remedy="write an index file (indicia init), or leave --engine out",
        )
    with options.open("partitions") as engine:
        return index.check_partitions_by(engine, table, **options.rows)


def _check_options(show: str, rows: RowOptions, output: Path | None, format: str | None) -> None:
    """Refuse the tables and options that need all rows in memory."""
    if show not in SHOWN:
        raise DefinitionError(
            f"--show {show} needs all rows in memory, and the table is read in partitions",
            remedy=f"--show {' or --show '.join(SHOWN)}, or --engine memory",
        )
    if rows.sort is not None:
        raise DefinitionError(
            "--sort needs all rows in memory, and the table is read in partitions",
            remedy="sort the files of the output, or --engine memory",
        )
    _check_folder(output, format)


def _check_folder(output: Path | None, format: str | None) -> None:
    """Refuse an output that is no folder of Parquet files."""
    if output is not None and output.suffix:
        raise OutputError(f'"{output}" is the name of a file', remedy="name a folder: -o scores/")
    if output is not None and format is not None:
        raise DefinitionError("a folder of scores has the format of Parquet", remedy="leave --format out")
