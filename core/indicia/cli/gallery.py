"""indicia gallery"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from indicia.cli import options as o
from indicia.cli.language import reader_language
from indicia.errors import DataError, OutputError, join_names


def gallery(
    *,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder with the reports.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The page to write (default: DIR/index.html).")
    ] = None,
    lang: o.Language = None,
) -> None:
    """Write a page that links the reports in a folder, with title, publisher, edition, date and size.

    The facts come from the manifest in each report. Nothing is loaded from a network, and no report is run.
    """
    # imported when the command runs, so that --help and completion start without polars
    from indicia.defaults import GALLERY_FORMAT
    from indicia.exporting import contents, exporter_of, write_files
    from indicia.outputs import ExportOptions
    from indicia.result.report_files import is_gallery, reports_in

    lang = reader_language(lang)
    target = output or folder / "index.html"
    if output is None and target.exists() and not is_gallery(target):
        raise OutputError(f"{target} is no gallery, and is not replaced", remedy="-o names another page")
    reports, others = reports_in(folder, without=target)
    if not reports:
        raise DataError(f"there is no report in {folder}", remedy=f"indicia report index.toml -o {folder}/report.html")
    form, exporter = exporter_of("reports", GALLERY_FORMAT)
    details = {"folder": folder, "page": target}
    write_files(contents(exporter, reports, ExportOptions(form, lang, details=details)), target)
    typer.echo(f"wrote {target} with {len(reports):,} reports", err=True)
    if others:
        typer.echo(f"note: pages that are no reports are left out: {join_names(others)}", err=True)
