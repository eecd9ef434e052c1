"""indicia report"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from indicia.cli import options as o
from indicia.cli.expect import expectation
from indicia.cli.index_options import CodeOptions, IndexOptions
from indicia.cli.since import since_edition
from indicia.errors import OutputError


def report(
    *,
    source: o.Source = None,
    options: IndexOptions,
    output: Annotated[Path, typer.Option("--output", "-o", help="The page to write.")] = Path("report.html"),
    at: o.Period = None,
    draws: Annotated[
        int | None, typer.Option("--draws", min=1, help="Number of Monte Carlo draws for the intervals of ranks.")
    ] = None,
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
    """
    if output.suffix.lower() not in ("", ".html", ".htm"):
        raise OutputError(f"the report is an HTML page, and cannot be written as {output}", remedy="-o report.html")
    expected = expectation(expect)
    index, table = options.open(source, code, output, **options.methods)
    # imported when the command runs, so that --help and completion start without polars
    from indicia.cli.output import progress_bar
    from indicia.data import write
    from indicia.dossier import compile_dossier
    from indicia.exporting import exporter_of
    from indicia.outputs import ExportOptions

    difference = since_edition(since, since_table, index, table, code, output, at)
    with progress_bar() as progress:
        form, page = exporter_of("dossier", "page", catalogue=index.catalogue)
        dossier = compile_dossier(
            index,
            table,
            needs=page.needs,
            period=at,
            language=lang,
            draws=draws,
            seed=seed,
            difference=difference,
            progress=progress,
        )
        content = page.write(dossier, ExportOptions(form, lang))[""]
    write(content, output)
    typer.echo(f"wrote {output}", err=True)
    if expected:
        from indicia.result import manifest_in

        expected.compare(manifest_in(content.decode()), dossier.tables)
