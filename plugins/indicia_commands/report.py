"""indicia report"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from indicia.cli import options as o
from indicia.cli.index_options import CodeOptions, IndexOptions
from indicia.cli.language import reader_language
from indicia.errors import DataError, OutputError, join_names
from indicia_commands.expect import expectation
from indicia_commands.since import since_edition


def report(
    *,
    context: typer.Context,
    source: o.Source = None,
    options: IndexOptions,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The page to write (default: report.html).")
    ] = None,
    units: Annotated[
        Path | None,
        typer.Option("--units", metavar="DIR", help="Write a page for each unit to this folder, and index.html."),
    ] = None,
    gallery: Annotated[
        Path | None,
        typer.Option("--gallery", metavar="DIR", help="Link the reports in this folder on one page, DIR/index.html."),
    ] = None,
    at: o.Period = None,
    draws: o.Draws = None,
    seed: o.Seed = None,
    since: o.Since = None,
    since_table: o.SinceTable = None,
    lang: o.Language = None,
    expect: o.Expect = None,
    code: CodeOptions,
) -> None:
    """Write one HTML page with the whole index; it needs no network, and can be read without JavaScript.

    The page shows ranking, structure, profiles, intervals of ranks (from [robustness], or from weights ±25 %), the
    [variants], correlations, coverage and methodology, and with --since the changes since an earlier edition. It
    opens in the language of --lang; readers can switch between English and Chinese.

    With --units DIR, each unit has a page of its own in the language of --lang, for a folder that is published or
    printed: score, rank, distance to the median profile, neighbours, and every indicator. The page with the whole index
    is then written only with -o.

    With --gallery DIR, no index is read: the page links the reports in a folder, with title, publisher, edition, date
    and size from their manifests.
    """
    if gallery is not None:
        o.refuse_others(context, "--gallery", ("gallery", "output", "lang"))
        _gallery(gallery, output, reader_language(lang))
        return
    if output is None and units is None:
        output = Path("report.html")
    if output is not None and output.suffix.lower() not in ("", ".html", ".htm"):
        raise OutputError(f"the report is an HTML page, and cannot be written as {output}", remedy="-o report.html")
    expected = expectation(expect)
    index, table = options.open(source, code, output, **options.methods)
    # imported when the command runs, so that --help and completion start without polars
    from indicia.cli.output import progress_bar
    from indicia.data import write
    from indicia.defaults import PAGE_FORMAT, PAGES_OF_UNITS_FORMAT
    from indicia.outputs import ExportOptions
    from indicia_paper.dossier import compile_dossier
    from indicia_paper.exporting import contents, exporter_of, make_folder, write_folder

    lang = reader_language(lang, index.definition)
    if units is not None:
        make_folder(units)
    difference = since_edition(since, since_table, index, table, code, output or units, at)
    with progress_bar() as progress:
        chosen = [exporter_of("dossier", PAGE_FORMAT, catalogue=index.catalogue)] if output else []
        chosen += [exporter_of("units", PAGES_OF_UNITS_FORMAT, catalogue=index.catalogue)] if units else []
        dossier = compile_dossier(
            index,
            table,
            needs={need for _, exporter in chosen for need in exporter.needs},
            period=at,
            language=lang,
            draws=draws,
            seed=seed,
            difference=difference,
            progress=progress,
        )
        files = [contents(exporter, dossier, ExportOptions(form, lang)) for form, exporter in chosen]
    stated = index.definition.publication
    if stated is not None and stated.missing_facts:
        facts = ", ".join(stated.missing_facts)
        typer.echo(f"note: readers of the report miss {facts}, which [publication] does not state", err=True)
    if output is not None:
        write(files[0][""], output)
        typer.echo(f"wrote {output}", err=True)
    if units is not None:
        with progress_bar("writing pages") as progress:
            others = write_folder(files[-1], units, progress)
        typer.echo(f"wrote {len(files[-1]):,} pages to {units}", err=True)
        if others:
            typer.echo(f"note: other pages in {units} stay as they are: {join_names(others)}", err=True)
    if expected:
        from indicia.result import manifest_in

        page = files[0]["" if output else "index.html"]
        expected.compare(manifest_in(page.decode()))


def _gallery(folder: Path, output: Path | None, language: str | None) -> None:
    """Write a page that links the reports in a folder."""
    from indicia.defaults import GALLERY_FORMAT
    from indicia.outputs import ExportOptions
    from indicia.result.report_files import is_gallery, reports_in
    from indicia_paper.exporting import contents, exporter_of, write_files

    target = output or folder / "index.html"
    if output is None and target.exists() and not is_gallery(target):
        raise OutputError(f"{target} is no gallery, and is not replaced", remedy="-o names another page")
    reports, others = reports_in(folder, without=target)
    if not reports:
        raise DataError(f"there is no report in {folder}", remedy=f"indicia report index.toml -o {folder}/report.html")
    form, exporter = exporter_of("reports", GALLERY_FORMAT)
    details = {"folder": folder, "page": target}
    write_files(contents(exporter, reports, ExportOptions(form, language, details=details)), target)
    typer.echo(f"wrote {target} with {len(reports):,} reports", err=True)
    if others:
        typer.echo(f"note: pages that are no reports are left out: {join_names(others)}", err=True)
