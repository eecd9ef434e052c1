"""indicia report"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from indicia.cli import options as o
from indicia.cli.chosen import Chosen, Code
from indicia.cli.expect import expectation
from indicia.errors import OutputError


def report(
    *,
    source: o.Source = None,
    chosen: Chosen,
    output: Annotated[Path, typer.Option("--output", "-o", help="The page to write.")] = Path("report.html"),
    at: o.Period = None,
    draws: Annotated[
        int | None, typer.Option("--draws", min=1, help="How often to score anew for the intervals of ranks.")
    ] = None,
    seed: o.Seed = None,
    lang: o.Language = None,
    expect: o.Expect = None,
    code: Code,
) -> None:
    """Write one HTML page with all there is to see: it needs no network, and no script to be read.

    Ranking, structure, profiles, rank intervals (of [robustness], or of weights ±25 %), the [variants], correlations,
    coverage, methodology. The page opens in --lang, and switches between English and Chinese.
    """
    if output.suffix.lower() not in ("", ".html", ".htm"):
        raise OutputError(f"the report is an HTML page, and {output} is none", remedy="-o report.html")
    expected = expectation(expect)
    index, table = chosen.open(source, code, output, **chosen.methods)
    # imported when the command runs, so that --help and completion start without polars
    from indicia import report as pages
    from indicia.cli import show as shown
    from indicia.data import write

    with shown.progress() as progress:
        found = pages.findings(index, table, at, lang, draws, seed, progress)
        page = pages.page_of(found)
    write(page.encode(), output)
    typer.echo(f"wrote {output}", err=True)
    if expected:
        from indicia.result import manifest_in

        expected.compare(manifest_in(page), found.tables)
