"""indicia pack"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from indicia.cli import options as o
from indicia.cli.index_options import CodeOptions, IndexOptions
from indicia.errors import OutputError


def pack(
    *,
    source: o.Source = None,
    options: IndexOptions,
    output: Annotated[Path, typer.Option("--output", "-o", help="The zip to write.")],
    with_data: Annotated[
        bool | None,
        typer.Option(
            "--with-data/--without-data",
            help="Pack the data, or only their hash; default: the data, unless raw_values = false or a licence that is "
            "not open forbids it.",
        ),
    ] = None,
    without_audit: Annotated[bool, typer.Option("--without-audit", help="Leave the audit out.")] = False,
    without_report: Annotated[bool, typer.Option("--without-report", help="Leave the report out.")] = False,
    code: CodeOptions,
) -> None:
    """Write an index with its data, plugins, results, audit, report and citation into one zip.

    \b
    Examples:
      indicia pack -o index-2024.zip                 the nearest index.toml
      indicia pack -o index-2024.zip --without-data  only the hashes of the data
      indicia replay index-2024.zip                  compute it again and compare
    """
    if output.suffix.lower() != ".zip":
        raise OutputError(f"a pack is a zip, and cannot be written as {output}", remedy="-o index.zip")
    index, table = options.open(source, code, output, **options.methods)
    # imported when the command runs, so that --help and completion start without polars
    import indicia_bundle as bundle
    from indicia.cli.output import print_line, progress_bar

    with progress_bar() as progress:
        packed = bundle.pack(
            index,
            output,
            table,
            with_data=with_data,
            audit=not without_audit,
            report=not without_report,
            progress=progress,
        )
    for note in packed.notes:
        print_line(f"note: {note}", err=True)
    typer.echo(f"wrote {output} ({len(packed.files)} files)", err=True)
    typer.echo(f"SHA-256 {packed.sha256}", err=True)
