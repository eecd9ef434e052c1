"""The options on the look of a chart, such as colours, size and title, and the file that `--plot` writes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from indicia.cli import options as o
from indicia.errors import OutputError

if TYPE_CHECKING:
    from indicia.outputs import ChartOptions
    from indicia.types import Period
    from indicia_paper.drawing import Charts


@dataclass(frozen=True)
class LookOptions:
    """The look of a chart."""

    highlight: Annotated[
        list[str] | None, typer.Option("--highlight", help="A unit to highlight; can be repeated.")
    ] = None
    size: Annotated[
        str | None, typer.Option("--size", metavar="WxH", help="Width and height in pixels, such as 900x600.")
    ] = None
    title: Annotated[str | None, typer.Option("--title", help="The title, in place of that of the chart.")] = None
    style: Annotated[
        Path | None, typer.Option("--style", metavar="FILE", help="House style: a TOML file with colours and font.")
    ] = None
    theme: Annotated[Literal["light", "dark"], typer.Option("--theme", help="The colours.")] = "light"

    def chart_options(self, language: str, period: Period | None) -> ChartOptions:
        """Return the options of a chart."""
        # imported when the command runs, so that --help and completion start without the charts
        from indicia.outputs import ChartOptions
        from indicia_paper.drawing import read_style, size_of

        return ChartOptions(
            language,
            self.theme,
            period,
            tuple(self.highlight or ()),
            size_of(self.size) if self.size else None,
            self.title,
            read_style(self.style) if self.style else None,
        )

    def charts(self, shown: Any, language: str | None) -> Charts:
        """Return the charts of an explanation or a difference with this look."""
        from indicia_paper.drawing import Charts

        return Charts(shown, self.chart_options(language or "en", None))


Plot = Annotated[
    Path | None, typer.Option("--plot", metavar="FILE", help="Draw a chart too: FILE.svg, .png, .pdf, .html or .json.")
]


def check_chart_file(path: Path | None) -> None:
    """Refuse a file that cannot have a chart, before anything is computed."""
    if path is None:
        return
    # imported when the command runs, so that --help and completion start without the charts
    from indicia_paper.exporting import exporter_of

    o.check_output(path)
    if not path.suffix:
        raise OutputError(f"{path} has no ending, which determines the format", remedy=f"--plot {path}.svg")
    exporter_of("chart", None, path)


def write_chart(chart: Any, path: Path, language: str | None) -> None:
    """Write a chart to a file, in the format of its ending."""
    from indicia_paper.exporting import export

    export(chart, "chart", path, language=language)
    typer.echo(f"wrote {path}", err=True)
