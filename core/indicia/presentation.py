"""The names of tables, the charts and the exports of results and analyses, and a register of the functions behind them.

Results and answers do not import charts, pages or workbooks, which import them. `result.plot`, `result.export`,
`answer.plot` and `answer.export` call the functions that are registered here, as does a move since an earlier edition;
`indicia/__init__.py` registers them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date
    from typing import Self


Theme = Literal["light", "dark"]
Accessor = Literal["plot", "export", "document", "earlier"]
ResultTable = Literal[
    "scores",
    "ranks",
    "indicator_ranks",
    "bands",
    "band_counts",
    "normalised",
    "weights",
    "contributions",
    "prepared",
    "cells",
    "attributes",
    "statistics",
    "left_out",
    "trends",
    "outside",
    "outside_values",
    "neighbours",
    "details",
    "aggregates",
]
"""The tables of a result, for `Result.frame` and `indicia run --show`."""
PaperTable = Literal[ResultTable, "structure", "descriptive", "correlations", "agreement"]
"""The tables for papers, for `Result.export` and `indicia export --show`."""
ReplayTable = Literal["compared", "units", "versions", "files"]
"""The tables of a replay, for `Replay.frame` and `indicia replay --show`."""
InspectionTable = Literal["indicators", "units", "periods", "findings", "unused", "skipped"]
PartitionsInspectionTable = Literal["indicators", "correlations", "periods", "groups", "findings", "unused", "skipped"]
"""The tables of an inspection of a table in partitions."""
ShownInspectionTable = Literal[
    "indicators", "correlations", "units", "periods", "groups", "findings", "unused", "skipped"
]
"""The tables of both inspections, for `indicia check --show`."""
"""The tables of an inspection of the data, for `Inspection.frame` and `indicia check --show`."""
RecastTable = Literal["series", "editions"]
"""The tables of old years under a new method, for `Recast.frame` and `indicia diff --recast --show`."""

_REGISTERED: dict[Accessor, Callable[..., Any]] = {}


def register(accessor: Accessor, function: Callable[..., Any]) -> None:
    """Register the function behind an accessor; its first argument is the result, comparison or analysis.

    The function should import what it needs when it is called, so that `import indicia` stays light.
    """
    _REGISTERED[accessor] = function


def registered(accessor: Accessor) -> Callable[..., Any]:
    """Return the function that computes an accessor."""
    return _REGISTERED[accessor]


class ResultCharts(Protocol):
    """The charts of a result, each an Altair chart: `result.plot.ranking()`, `result.plot(language="zh").ranking()`."""

    def __call__(
        self,
        *,
        period: str | float | date | None = None,
        language: str | None = None,
        theme: Theme | None = None,
        highlight: str | Iterable[str] | None = None,
        size: str | tuple[int, int] | None = None,
        title: str | None = None,
        style: Any = None,
    ) -> ResultCharts:
        """Return the charts of another period, in another language, colours, size or house style.

        Parameters
        ----------
        period
            The period of a panel; default: the last.
        language, theme
            The language, and "light" or "dark".
        highlight
            Units to highlight, by their names in the data or for readers.
        size
            Width and height of the picture in pixels: (900, 600).
        title
            The title in place of that of the chart.
        style
            A house style, or the path of its TOML file.
        """

    def ranking(self, top: int = 50, by: str | None = None) -> Any:
        """Draw the scores of the first units, with the contribution of each part.

        With `by`, the name of a classification of `[bands]`, a bar has the colour of the unit's band.
        """

    def profile(self, unit: str | None = None) -> Any:
        """Draw the place of a unit, by default the first, in every part, next to the middle half of all units."""

    def heat_map(self, top: int = 60, part: str | None = None) -> Any:
        """Draw the places of the first units in every part, or in the parts of a dimension, as colours."""

    def strip(self, part: str | None = None) -> Any:
        """Draw the score of every unit as a line on one scale, of the index and of its parts, or of one part."""

    def map(self, part: str | None = None) -> Any:
        """Draw the scores, or a part, on the map that [map] of the index file names."""

    def scatter(self, against: str | None = None, part: str | None = None) -> Any:
        """Draw the score, or a part, beside a variable of [outside.variables], with their correlation."""

    def lines(self, top: int = 8, part: str | None = None) -> Any:
        """Draw the scores over all periods of a panel: the first units, or highlighted ones, in colour."""

    def bump(self, top: int = 20) -> Any:
        """Draw the ranks over all periods of a panel, of the first units and of highlighted ones."""

    def slope(self, top: int = 25) -> Any:
        """Draw the ranks over some periods of a panel, of the first units and of the units that move most."""

    def waterfall(self, unit: str | None = None, other: str | None = None, top: int = 15) -> Any:
        """Draw the score of a unit from the median of each indicator; with `other`, the gap between two units."""

    def dumbbell(self, unit: str | None = None, other: str | None = None) -> Any:
        """Draw two units part by part."""

    def distributions(self, part: str | None = None) -> Any:
        """Draw histograms of each indicator: raw, imputed and treated, normalised, with their skewness."""

    def correlation(self) -> Any:
        """Draw the correlations between indicators."""

    def structure(self) -> Any:
        """Draw the indicators within their dimensions, each as large as its effective weight."""

    def coverage(self) -> Any:
        """Draw the numbers of present, changed and imputed values of each indicator."""


class _ChartsInStyle(Protocol):
    """Charts in a language, colours, size and house style."""

    def __call__(
        self,
        *,
        language: str | None = None,
        theme: Theme | None = None,
        highlight: str | Iterable[str] | None = None,
        size: str | tuple[int, int] | None = None,
        title: str | None = None,
        style: Any = None,
    ) -> Self:
        """Return the charts in another language, other colours, another size or house style; see `ResultCharts`."""


class ComparisonCharts(_ChartsInStyle, Protocol):
    """The charts of a comparison, each an Altair chart."""

    def slope(self, top: int = 25) -> Any:
        """Draw the ranks by each methodology, of the first units and of the units that move most."""

    def specification(self, unit: str | None = None) -> Any:
        """Draw the rank of a unit, or the mean distance from median ranks, by each methodology, with its choices."""


class RobustCharts(_ChartsInStyle, Protocol):
    """The charts of an analysis of robustness, each an Altair chart."""

    def intervals(self, top: int = 60) -> Any:
        """Draw the intervals of the ranks of the first units over all draws."""

    def acceptability(self, top: int = 40) -> Any:
        """Draw the share of draws in which each of the first units has each rank."""


class AnswerCharts(RobustCharts, ComparisonCharts, Protocol):
    """The charts of the answer of an analysis, each an Altair chart; those of other answers are refused."""

    def waterfall(self, *, top: int = 15) -> Any:
        """Draw the parts from a first figure to a last one: the `top` largest parts, and the sum of the others.

        A score starts at the median of each indicator, a gap at the score of the second unit, a move at the score of
        the earlier edition, and the way to a rank at the present score.
        """

    def dumbbell(self, *, top: int = 25) -> Any:
        """Draw the ranks then and now of the `top` units that move most, of a difference of editions."""
