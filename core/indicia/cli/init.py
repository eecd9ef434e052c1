"""indicia init"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from indicia.cli.index_options import ColumnOptions
from indicia.cli.options import check_output
from indicia.errors import OutputError, printable


def init(
    *,
    table: Annotated[str, typer.Argument(metavar="TABLE", help="csv, tsv, parquet, json, ndjson or xlsx#Sheet.")],
    columns: ColumnOptions,
    output: Annotated[Path, typer.Option("--output", "-o", help="The index file to write.")] = Path("index.toml"),
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
) -> None:
    """Write a commented index file for a table; infer unit, label, period, groups and indicators."""
    # imported when the command runs, so that --help and completion start without polars
    from indicia.data import write
    from indicia.index import draft_index_file

    check_output(output, table)
    if output.exists() and not force:
        raise OutputError(f"{output} exists already", remedy="--force replaces it, -o NAME writes another file")
    text, findings = draft_index_file(table, output.parent, **columns.by_role)
    write(text.encode(), output)
    for finding in findings:
        typer.echo(printable(finding), err=True)
    typer.echo(f"wrote {output}; next: indicia run {output}", err=True)
