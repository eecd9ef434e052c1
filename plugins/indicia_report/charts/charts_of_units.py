"""The charts of a unit or two, and of two editions, as classes that the hook of this package offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import Field

from indicia.editions.difference import EditionDifference
from indicia.errors import IndiciaError
from indicia.explanation.outcome import Explanation
from indicia.notes import Note
from indicia.outputs import Chart, ChartOptions, Shown
from indicia.result import Result
from indicia_report.charts.dumbbell import Dumbbell, Move, draw_dumbbell
from indicia_report.charts.explained import waterfall_of
from indicia_report.charts.style import ChartStyle, sources
from indicia_report.charts.two_units import two_units
from indicia_report.charts.units import row_of
from indicia_report.charts.waterfall import draw_waterfall
from indicia_report.period_view import PeriodView


@dataclass(frozen=True)
class WaterfallChart(Chart[Explanation | Result]):
    """Draw the parts from a first figure to a last one: the `top` largest parts, and the sum of the others.

    A score starts at the median of each indicator, a gap at the score of the second unit, a move at the score of the
    earlier edition, and the way to a rank at the present score. Of a result, `unit` is the unit, by default the first;
    with `other`, the chart divides the gap between the two.
    """

    name = "waterfall"
    shows: ClassVar[tuple[Shown, ...]] = ("explanation", "result")

    unit: str | None = None
    other: str | None = None
    top: Annotated[int, Field(ge=1, description="number of parts, from the largest")] = 15

    def draw(self, shown: Explanation | Result, options: ChartOptions) -> Any:
        style = ChartStyle.of(options)
        explanation = self._explained(shown, options) if isinstance(shown, Result) else shown
        return draw_waterfall(waterfall_of(explanation, style, self.top), style)

    def _explained(self, result: Result, options: ChartOptions) -> Any:
        view = PeriodView(result, (options.language,), options.period)
        units = [view.units[row_of(view, unit)] for unit in (self.unit, self.other) if unit is not None]
        return result.explain(*(units or [view.units[view.order[0]]]), period=options.period)


@dataclass(frozen=True)
class DumbbellChart(Chart[EditionDifference | Result]):
    """Draw two units part by part, or the ranks of two editions: those of the `top` units that move most."""

    name = "dumbbell"
    highlights = True
    shows: ClassVar[tuple[Shown, ...]] = ("difference", "result")

    unit: str | None = None
    other: str | None = None
    top: Annotated[int, Field(ge=1, description="number of units, from the one that moves most")] = 25

    def draw(self, shown: EditionDifference | Result, options: ChartOptions) -> Any:
        if isinstance(shown, Result):
            return self._of_units(shown, options)
        return self._of_editions(shown, options)

    def _of_units(self, result: Result, options: ChartOptions) -> Any:
        if self.unit is None or self.other is None:
            raise IndiciaError("a dumbbell of an index compares two units", remedy="--of A --of B names them")
        view = PeriodView(result, (options.language,), options.period)
        return two_units(view, ChartStyle.of(options), self.unit, self.other)

    def _of_editions(self, difference: EditionDifference, options: ChartOptions) -> Any:
        language, style = options.language, ChartStyle.of(options)
        names, ranks = difference.published_names(language), difference.pair.units.drop_nulls(["rank_old", "rank_new"])
        moves = [
            Move(unit, names.get(unit, unit), old, new)
            for unit, old, new in ranks.select("unit", "rank_old", "rank_new").iter_rows()
        ]
        if not moves:
            raise IndiciaError(
                f"no unit has a rank in both editions: {difference.pair.names_of_editions}",
                remedy="name editions with units, such as fitted indices with their tables",
            )
        shown, number = f"{min(self.top, len(moves)):,}", f"{len(moves):,}"
        key = "chart.title_moves" if self.top < len(moves) else "chart.title_all_moves"
        dumbbell = Dumbbell(
            title=style.heading(key, shown=shown, n=number, noun=style.noun(difference.definition)),
            subtitle=[difference.headline.in_language(language, names)],
            moves=moves,
            climbed=_words("chart_climbed", language),
            fell=_words("chart_fell", language),
            unchanged=_words("chart_unchanged", language),
            axis=_words("explained_rank", language),
            editions=(names[difference.old.title], names[difference.new.title]),
            definition=difference.definition,
            source=sources(difference.definition, language),
        )
        return draw_dumbbell(dumbbell, style, self.top)


def _words(key: str, language: str) -> str:
    return Note(key).in_language(language, {})
