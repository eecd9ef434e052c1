"""indicia export"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from indicia.cli import options as o
from indicia.cli.chosen import Chosen, Code
from indicia.cli.expect import expectation
from indicia.errors import printable


def export(
    *,
    source: o.Source = None,
    chosen: Chosen,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write; its ending says the form.")] = Path(
        "index.xlsx"
    ),
    format: Annotated[
        Literal["xlsx", "json", "csv", "tsv", "parquet", "md", "latex", "html"] | None,
        typer.Option("--format", "-f", help="The form, whatever the ending."),
    ] = None,
    lang: o.Language = None,
    expect: o.Expect = None,
    code: Code,
) -> None:
    """Write the whole result: a workbook that computes, one JSON document, or one long table.

    \b
    Examples:
      indicia export index.toml -o index.xlsx      data, weights to be changed, scores and ranks as formulas
      indicia export index.toml -o index.json      one document, its JSON Schema beside it
      indicia export index.toml -o index.csv       a row per value, with the columns and codes of SDMX
      indicia export index.toml -o ranking.tex     the ranking; also .md and .html

    The first sheet of the workbook says which stages are formulas, and which stand as values because no formula of a
    spreadsheet says them.
    """
    expected = expectation(expect)
    index, table = chosen.open(source, code, output, **chosen.methods)
    # imported when the command runs, so that --help and completion start without polars
    from indicia import export as forms

    result = index.score(table)
    written = forms.export(result, output, lang, format)
    for line in result.notes:
        typer.echo(printable(f"note: {line}"), err=True)
    typer.echo(f"wrote {' and '.join(map(str, written))}", err=True)
    if expected:
        expected.compare(result.manifest, result.input_tables)
