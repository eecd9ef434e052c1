"""indicia export"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from indicia.cli import options as o
from indicia.cli.expect import expectation
from indicia.cli.index_options import CodeOptions, IndexOptions
from indicia.cli.since import since_edition
from indicia.errors import OutputError, printable


def export(
    *,
    source: o.Source = None,
    options: IndexOptions,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The file to write; its ending determines the format.")
    ] = Path("index.xlsx"),
    format: Annotated[
        Literal["xlsx", "json", "csv", "tsv", "parquet", "md", "latex", "html"] | None,
        typer.Option("--format", "-f", help="The format, if the ending does not show it."),
    ] = None,
    since: o.Since = None,
    since_table: o.SinceTable = None,
    lang: o.Language = None,
    expect: o.Expect = None,
    code: CodeOptions,
) -> None:
    """Write the whole result: a workbook with live formulas, one JSON document, or one long table.

    \b
    Examples:
      indicia export -o index.xlsx    live formulas over data and weights
      indicia export -o index.json    one document, its JSON Schema beside it
      indicia export -o index.csv     a row per value, columns and codes of SDMX
      indicia export -o ranking.tex   the ranking; also .md and .html
      indicia export -o index.xlsx --since ../2023   with sheets on what changed since then

    The first sheet of the workbook lists the stages that are formulas, and those that are values because a spreadsheet
    has no formula for them.
    """
    expected = expectation(expect)
    index, table = options.open(source, code, output, **options.methods)
    # imported when the command runs, so that --help and completion start without polars
    from indicia.definition import check_language
    from indicia.dossier import Dossier
    from indicia.exporting import exporter_of, write_files
    from indicia.outputs import ExportOptions

    check_language(lang, index.definition)
    form, exporter = exporter_of("dossier", format, output, index.catalogue)
    result = index.score(table)
    difference = since_edition(since, since_table, index, table, code, output)
    if difference is not None and not exporter.holds_difference:
        raise OutputError(
            f"{form} holds no difference from an earlier edition", remedy="-o index.xlsx or index.json; or indicia diff"
        )
    dossier = Dossier(result, difference=difference)
    written = write_files(exporter.write(dossier, ExportOptions(form, lang)), output)
    for line in result.notes:
        typer.echo(printable(f"note: {line}"), err=True)
    typer.echo(f"wrote {' and '.join(map(str, written))}", err=True)
    if expected:
        expected.compare(result.manifest, result.input_tables)
