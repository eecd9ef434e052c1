"""indicia plot"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from indicia.cli import options as o
from indicia.cli.index_options import CodeOptions, IndexOptions
from indicia.errors import OutputError


def plot(
    *,
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND",
            help="ranking, profile, heat-map, intervals, slope, specification, correlation, structure or coverage.",
        ),
    ],
    source: o.Source = None,
    options: IndexOptions,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to write; its ending determines the format.")
    ] = None,
    format: Annotated[
        Literal["svg", "png", "pdf", "html", "json"] | None,
        typer.Option("--format", "-f", help="html needs no network; json is Vega-Lite."),
    ] = None,
    of: Annotated[str | None, typer.Option("--of", help="The unit of a profile, or of a specification curve.")] = None,
    top: Annotated[int | None, typer.Option("--top", min=1, help="Show this number of units, from the first.")] = None,
    by: Annotated[
        str | None, typer.Option("--by", help="Colour the bars of a ranking by these bands of the index file.")
    ] = None,
    at: o.Period = None,
    draws: Annotated[
        int | None, typer.Option("--draws", min=1, help="Number of Monte Carlo draws for intervals.")
    ] = None,
    seed: o.Seed = None,
    theme: Annotated[Literal["light", "dark"], typer.Option("--theme", help="The colours.")] = "light",
    lang: o.Language = None,
    code: CodeOptions,
) -> None:
    """Draw one chart, with title, sources and alternative text.

    The charts slope and specification compare methodologies: the [variants] of the index file, or methods with commas
    between them. Without these, a slope chart of a panel compares its periods. A chart names the units and
    methodologies that it leaves out.
    """
    # imported when the command runs, so that --help and completion start without polars
    from indicia.cli.output import print_line, progress_bar
    from indicia.data import write
    from indicia.drawing import chart_class, drawing
    from indicia.exporting import exporter_of, files_of
    from indicia.outputs import ChartOptions

    written = format or (output.suffix.lower().removeprefix(".") if output else None)
    methods = {stage: alternatives for stage, alternatives in options.alternatives.items() if alternatives}
    single = {stage: alternatives[0] for stage, alternatives in methods.items() if len(alternatives) == 1}
    if not code.plugin:  # the charts of plugin files are known when the index is open
        chart_class(kind)
    if written is None:
        raise OutputError(
            "the chart has no file and no format", remedy=f"-o {kind}.svg, or --format svg for standard output"
        )
    exporter_of("chart", written)
    index, table = options.open(source, code, output, **single)
    given = {"unit": of, "top": top, "by": by}
    with progress_bar() as progress:
        drawn = drawing(
            index,
            kind,
            table,
            options=ChartOptions(lang or "en", theme, at),
            parameters={word: value for word, value in given.items() if value is not None},
            methods={stage: alternatives for stage, alternatives in methods.items() if stage not in single},
            draws=draws,
            seed=seed,
            catalogue=index.catalogue,
            progress=progress,
        )
    for note in drawn.notes:
        print_line(f"note: {note}", err=True)
    content = files_of(drawn.chart, "chart", written, language=lang)[""]
    if output:
        write(content, output)
        typer.echo(f"wrote {output}", err=True)
        return
    if written in ("png", "pdf") and sys.stdout.isatty():
        raise OutputError(f"a terminal cannot show {written}", remedy=f"-o {kind}.{written} writes a file")
    sys.stdout.buffer.write(content)
