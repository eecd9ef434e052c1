"""indicia export"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from indicia.cli import options as o
from indicia.cli.index_options import CodeOptions, IndexOptions
from indicia.cli.language import reader_language
from indicia.errors import OutputError, printable
from indicia.presentation import PaperTable
from indicia_commands.expect import expectation
from indicia_commands.since import since_edition


def _formats(incomplete: str) -> list[str]:
    """Return the formats that begin with the typed letters."""
    # imported when the command runs, so that --help and completion start without polars
    from indicia_paper.exporting import exporters

    return [word for word in exporters("dossier") if word.startswith(incomplete)]


def export(
    *,
    source: o.Source = None,
    options: IndexOptions,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The file to write; its ending determines the format.")
    ] = Path("index.xlsx"),
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            help="The format, such as sdmx-csv, if the ending does not show it.",
            autocompletion=_formats,
        ),
    ] = None,
    show: Annotated[
        PaperTable | None,
        typer.Option("--show", help="The table of a .tex, .docx, .md or .html file; default: scores."),
    ] = None,
    at: o.Period = None,
    since: o.Since = None,
    since_table: o.SinceTable = None,
    lang: o.Language = None,
    expect: o.Expect = None,
    code: CodeOptions,
) -> None:
    """Write the whole result: a workbook with live formulas, one JSON document, one long table; or tables for a paper.

    \b
    Examples:
      indicia export -o index.xlsx    live formulas over data and weights
      indicia export -o index.json    one document, its JSON Schema beside it
      indicia export -o index.csv     a row per value, and a codebook
      indicia export -o index.csv --format sdmx-csv   for programs that read SDMX
      indicia export -o ranking.tex   the ranking; also .docx, .md and .html
      indicia export -o structure.docx --show structure
      indicia export -o index.xlsx --since ../2023   with sheets on what changed since then

    The first sheet of the workbook lists the stages that are formulas, and those that are values because a spreadsheet
    has no formula for them.

    Tables for papers are those of `indicia run --show`, and structure (dimensions and indicators with weights, units of
    measure and sources), descriptive (statistics of the values), correlations (of the indicators), and agreement (of
    the [variants]).
    """
    expected = expectation(expect)
    index, table = options.open(source, code, output, **options.methods)
    # imported when the command runs, so that --help and completion start without polars
    from indicia.outputs import ExportOptions
    from indicia_paper.dossier import compile_dossier
    from indicia_paper.exporting import check_shown, contents, exporter_of, write_files

    lang = reader_language(lang, index.definition)
    form, exporter = exporter_of("dossier", format, output, index.catalogue)
    check_shown(form, exporter, show)
    difference = since_edition(since, since_table, index, table, code, output)
    if difference is not None and not exporter.holds_difference:
        raise OutputError(
            f"{form} holds no difference from an earlier edition", remedy="-o index.xlsx or index.json; or indicia diff"
        )
    dossier = compile_dossier(
        index, table, needs=exporter.needs_of(show), period=at, language=lang, difference=difference
    )
    result, details = dossier.result, {"table": show} if show else {}
    written = write_files(contents(exporter, dossier, ExportOptions(form, lang, output.name, details)), output)
    for line in result.notes:
        typer.echo(printable(f"note: {line}"), err=True)
    typer.echo(f"wrote {_listed(written)}", err=True)
    if expected:
        expected.compare(result.manifest)


def _listed(paths: list[Path]) -> str:
    names = list(map(str, paths))
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
