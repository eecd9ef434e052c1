'''The contract of outputs: the sections of a page, charts and files that plugins offer.

An output is a frozen dataclass, like a method; its fields are its options. The core computes results and hands them
over; an output computes no score.

A chart draws a result, a comparison, rank intervals, an explanation or the difference of two editions:

    from dataclasses import dataclass

    from indicia.outputs import Chart, ChartOptions
    from indicia.result import Result


    @dataclass(frozen=True)
    class Histogram(Chart[Result]):
        """Draw the number of units by classes of the score."""

        name = "histogram"
        shows = ("result",)

        classes: int = 20

        def draw(self, shown: Result, options: ChartOptions):
            import altair

            ...

An exporter writes one of them as the bytes of files:

    @dataclass(frozen=True)
    class Yaml(Exporter[Dossier]):
        """Write the scores as YAML."""

        name = "yaml"
        exports = ("dossier",)
        formats = {"yaml": (".yaml", ".yml")}

        def write(self, exported: Dossier, options: ExportOptions) -> Files:
            return {"": ...}

A section adds a part to the page:

    @dataclass(frozen=True)
    class Gini(Section[Dossier]):
        """The concentration of the scores."""

        name = "gini"

        def render(self, dossier: Dossier, languages: Sequence[str]) -> Rendered | None:
            ...
'''

from indicia.outputs.markup_check import markup_problem
from indicia.outputs.output import (
    Chart,
    ChartOptions,
    Exported,
    Exporter,
    ExportOptions,
    Files,
    HouseStyle,
    Island,
    Need,
    Rendered,
    Section,
    Shown,
    Theme,
    ThemeColours,
    View,
    place_islands,
)

__all__ = [
    "Chart",
    "ChartOptions",
    "ExportOptions",
    "Exported",
    "Exporter",
    "Files",
    "HouseStyle",
    "Island",
    "Need",
    "Rendered",
    "Section",
    "Shown",
    "Theme",
    "ThemeColours",
    "View",
    "markup_problem",
    "place_islands",
]
