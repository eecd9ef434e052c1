"""The charts of a result, a comparison and rank intervals, as classes that the hook of this package offers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from indicia.comparison import Comparison
from indicia.comparison.methodology import group_by_reason
from indicia.errors import IndiciaError
from indicia.outputs import Chart, ChartOptions, Shown
from indicia.result import Result
from indicia.robustness import Robust
from indicia_report.charts import maps, rankings, units
from indicia_report.charts.ranking_by_band import ranking_by_band
from indicia_report.charts.style import ChartStyle
from indicia_report.markup import Texts
from indicia_report.period_view import PeriodView
from indicia_report.slopes import Slopes, methodology_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indicia.notes import Note

Top = Annotated[int, Field(ge=1, description="number of units, from the first")]


def _view(result: Result, options: ChartOptions) -> PeriodView:
    return PeriodView(result, (options.language,), options.period)


@dataclass(frozen=True)
class Ranking(Chart[Result]):
    """Draw the scores of the first units, with the contribution of each part.

    With `by`, the name of a classification of `[bands]`, a bar has the colour of the unit's band.
    """

    name = "ranking"
    shows: ClassVar[tuple[Shown, ...]] = ("result",)

    top: Top = 50
    by: str | None = None

    def draw(self, shown: Result, options: ChartOptions) -> Any:
        view, style = _view(shown, options), ChartStyle.of(options)
        if self.by is not None:
            return ranking_by_band(view, style, self.top, self.by)
        return rankings.ranking(view, style, self.top)


@dataclass(frozen=True)
class Profile(Chart[Result]):
    """Draw the place of a unit, by default the first, in every part, next to the middle half of all units."""

    name = "profile"
    shows: ClassVar[tuple[Shown, ...]] = ("result",)

    unit: str | None = None

    def draw(self, shown: Result, options: ChartOptions) -> Any:
        return units.profile(_view(shown, options), ChartStyle.of(options), self.unit)


@dataclass(frozen=True)
class HeatMap(Chart[Result]):
    """Draw the places of the first units in every part, as colours."""

    name = "heat_map"
    shows: ClassVar[tuple[Shown, ...]] = ("result",)

    top: Top = 60

    def draw(self, shown: Result, options: ChartOptions) -> Any:
        return maps.heat_map(_view(shown, options), ChartStyle.of(options), self.top)


@dataclass(frozen=True)
class Correlation(Chart[Result]):
    """Draw the correlations between indicators."""

    name = "correlation"
    shows: ClassVar[tuple[Shown, ...]] = ("result",)

    def draw(self, shown: Result, options: ChartOptions) -> Any:
        return maps.correlation(_view(shown, options), ChartStyle.of(options))


@dataclass(frozen=True)
class Structure(Chart[Result]):
    """Draw the indicators within their dimensions, each as large as its effective weight."""

    name = "structure"
    shows: ClassVar[tuple[Shown, ...]] = ("result",)

    def draw(self, shown: Result, options: ChartOptions) -> Any:
        return maps.structure(_view(shown, options), ChartStyle.of(options))


@dataclass(frozen=True)
class Coverage(Chart[Result]):
    """Draw the numbers of present, changed and imputed values of each indicator."""

    name = "coverage"
    shows: ClassVar[tuple[Shown, ...]] = ("result",)

    def draw(self, shown: Result, options: ChartOptions) -> Any:
        return maps.coverage(_view(shown, options), ChartStyle.of(options))


@dataclass(frozen=True)
class Slope(Chart[Result | Comparison]):
    """Draw the ranks over periods or by methodologies, of the first units and of the units that move most."""

    name = "slope"
    shows: ClassVar[tuple[Shown, ...]] = ("result", "comparison")

    top: Top = 25

    def draw(self, shown: Result | Comparison, options: ChartOptions) -> Any:
        if isinstance(shown, Comparison):
            return self._of_comparison(shown, options)
        view, style = _view(shown, options), ChartStyle.of(options)
        slopes = Slopes.of_periods(view)
        if slopes is None:
            raise IndiciaError(
                "a slope chart needs several rankings, and this result has one period",
                remedy="compare methodologies: [variants] in the index file, or index.compare(…).plot.slope()",
            )
        reader_names = dict(zip(view.units, (style.name(name) for name in view.names), strict=True))
        names = [reader_names.get(unit, unit) for unit in slopes.unranked]
        side_notes = [style.text("not_drawn", units=style.list_names(names))] if names else []
        return rankings.slope(slopes, reader_names, style, shown.definition, "periods", self.top, side_notes)

    def _of_comparison(self, comparison: Comparison, options: ChartOptions) -> Any:
        style, texts = ChartStyle.of(options), Texts.of(options.language)
        labels = [f"{method.number} {style.name(methodology_name(method, texts))}" for method in comparison.methods]
        slopes = replace(Slopes.of_comparison(comparison), columns=labels)
        left_out = [*_methodologies_left_out(comparison, style), *_units_left_out(comparison, style)]
        names = comparison.reader_names(style.language)
        return rankings.slope(slopes, names, style, comparison.definition, "comparison", self.top, left_out)

    def notes(self, shown: Result | Comparison) -> tuple[Note, ...]:
        return _notes_of_comparison(shown) if isinstance(shown, Comparison) else ()


@dataclass(frozen=True)
class Specification(Chart[Comparison]):
    """Draw the rank of a unit, or the mean distance from median ranks, by each methodology, with its choices."""

    name = "specification"
    shows: ClassVar[tuple[Shown, ...]] = ("comparison",)

    unit: str | None = None

    def draw(self, shown: Comparison, options: ChartOptions) -> Any:
        style = ChartStyle.of(options)
        units_left_out = _units_left_out(shown, style) if self.unit is None else ()
        left_out = [*_methodologies_left_out(shown, style), *units_left_out]
        return rankings.specification(shown, self.unit, style, left_out)

    def notes(self, shown: Comparison) -> tuple[Note, ...]:
        return _notes_of_comparison(shown)


@dataclass(frozen=True)
class Intervals(Chart[Robust]):
    """Draw the intervals of the ranks of the first units over all draws."""

    name = "intervals"
    shows: ClassVar[tuple[Shown, ...]] = ("robustness",)

    top: Top = 60

    def draw(self, shown: Robust, options: ChartOptions) -> Any:
        return rankings.intervals(shown, ChartStyle.of(options), self.top)

    def notes(self, shown: Robust) -> tuple[Note, ...]:
        return tuple(note for note in shown.notes if note.kind == "failed")


def _notes_of_comparison(comparison: Comparison) -> tuple[Note, ...]:
    return tuple(note for note in comparison.notes if note.kind in ("methodology_left_out", "not_compared"))


def _methodologies_left_out(comparison: Comparison, style: ChartStyle) -> Iterator[str]:
    """Yield the sentence on the methodologies that a chart leaves out, if there are any."""
    labels = [methodology.label for methodology in group_by_reason(comparison.failures)]
    if labels:
        yield style.text("methodologies_left_out", list=style.list_names(labels))


def _units_left_out(comparison: Comparison, style: ChartStyle) -> Iterator[str]:
    """Yield the sentence on the units that a chart leaves out, if there are any."""
    names, compared = comparison.reader_names(style.language), set(comparison.common_ranks[comparison.unit])
    absent = [names[unit] for unit in comparison.ranks[comparison.unit] if unit not in compared]
    if absent:
        yield style.text("not_compared", units=style.list_names(absent))
