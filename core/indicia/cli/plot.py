"""indicia plot"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from indicia.cli import options as o
from indicia.cli.chosen import Chosen, Code
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
    chosen: Chosen,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file to write; its ending says the format.")
    ] = None,
    format: Annotated[
        Literal["svg", "png", "pdf", "html", "json"] | None,
        typer.Option("--format", "-f", help="html needs no network; json is Vega-Lite."),
    ] = None,
    of: Annotated[str | None, typer.Option("--of", help="The unit of a profile, or of a specification curve.")] = None,
    top: Annotated[int | None, typer.Option("--top", min=1, help="How many units, the first ones.")] = None,
    at: o.Period = None,
    draws: Annotated[int | None, typer.Option("--draws", min=1, help="Of intervals: how often to score anew.")] = None,
    seed: o.Seed = None,
    theme: Annotated[Literal["light", "dark"], typer.Option("--theme", help="The colours.")] = "light",
    lang: o.Language = None,
    code: Code,
) -> None:
    """Draw one chart, with title, source line and alternative text.

    slope and specification compare methodologies: the [variants], or methods with commas between them. A slope chart
    of a panel shows its periods, where nothing is to be compared. Units and methodologies that a chart leaves out are
    named above it.
    """
    # imported when the command runs, so that --help and completion start without polars
    from indicia.report import charts

    charts.kind_of(kind)
    written = format or (output.suffix.lower().removeprefix(".") if output else None)
    if written is None:
        raise OutputError("where is the chart to go?", remedy=f"-o {kind}.svg, or --format svg")
    charts.check_format(written)
    methods = {stage: listed for stage, listed in chosen.alternatives.items() if listed}
    single = {stage: listed[0] for stage, listed in methods.items() if len(listed) == 1}
    index, table = chosen.open(source, code, output, **single)
    from indicia.cli import show as shown
    from indicia.data import write

    with shown.progress() as progress:
        drawing = charts.drawing(
            index,
            kind,
            table,
            unit=of,
            top=top,
            period=at,
            methods={stage: listed for stage, listed in methods.items() if stage not in single},
            draws=draws,
            seed=seed,
            language=lang,
            theme=theme,
            progress=progress,
        )
    for note in drawing.notes:
        shown.say(f"note: {note}", err=True)
    content = charts.rendered(drawing.chart, written, language=lang or "en")
    if output:
        write(content, output)
        typer.echo(f"wrote {output}", err=True)
        return
    if written in ("png", "pdf") and sys.stdout.isatty():
        raise OutputError(f"{written} is no text for a terminal", remedy="-o FILE writes it")
    sys.stdout.buffer.write(content)
