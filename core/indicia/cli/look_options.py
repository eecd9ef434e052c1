"""The options on the look of a chart: colours, size, title, house style, highlighted units."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from indicia.drawing import Charts
    from indicia.outputs import ChartOptions
    from indicia.types import Period


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
        from indicia.drawing import read_style, size_of
        from indicia.outputs import ChartOptions

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
        from indicia.drawing import Charts

        return Charts(shown, self.chart_options(language or "en", None))
