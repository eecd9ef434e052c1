"""The option `--plot`: the chart of an explanation or of a difference, written to a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from indicia.cli import options as o
from indicia.errors import OutputError

Plot = Annotated[
    Path | None, typer.Option("--plot", metavar="FILE", help="Draw a chart too: FILE.svg, .png, .pdf, .html or .json.")
]


def check_chart_file(path: Path | None) -> None:
    """Refuse a file that cannot have a chart, before anything is computed."""
    if path is None:
        return
    # imported when the command runs, so that --help and completion start without the charts
    from indicia.exporting import exporter_of

    o.check_output(path)
    if not path.suffix:
        raise OutputError(f"{path} has no ending, which determines the format", remedy=f"--plot {path}.svg")
    exporter_of("chart", None, path)


def write_chart(chart: Any, path: Path, language: str | None) -> None:
    """Write a chart to a file, in the format of its ending."""
    from indicia.exporting import export

    export(chart, "chart", path, language=language)
    typer.echo(f"wrote {path}", err=True)
