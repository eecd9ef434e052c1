"""The charts of a result, a comparison or an analysis of robustness, by name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias, overload

from indicia.comparison import Comparison
from indicia.comparison.methodology import group_by_reason
from indicia.editions.difference import EditionDifference
from indicia.errors import IndiciaError, suggest, with_article
from indicia.explanation.outcome import Explanation
from indicia.presentation import ComparisonCharts, DifferenceCharts, ExplanationCharts, ResultCharts, RobustCharts
from indicia.report.charts import maps, rankings, units
from indicia.report.charts.ranking_by_band import ranking_by_band
from indicia.report.charts.style import ChartStyle
from indicia.report.markup import Texts
from indicia.report.period_view import PeriodView
from indicia.report.slopes import Slopes, methodology_name
from indicia.result import Result
from indicia.robustness import Robust

if TYPE_CHECKING:
    from indicia.notes import Note
    from indicia.presentation import Theme


@dataclass(frozen=True)
class ResultPlots(ResultCharts):
    """The charts of a result, each an Altair chart: `result.plot.ranking()`, `result.plot(language="zh").ranking()`."""

    result: Result
    period: object = None
    language: str = "en"
    theme: Theme = "light"

    def __call__(
        self, *, period: object = None, language: str | None = None, theme: Theme | None = None
    ) -> ResultPlots:
        return replace(
            self, period=period or self.period, language=language or self.language, theme=theme or self.theme
        )

    @property
    def view(self) -> PeriodView:
        """The period that the charts show."""
        return PeriodView(self.result, (self.language,), self.period)

    @property
    def style(self) -> ChartStyle:
        """The language and the colours of the charts."""
        return ChartStyle(self.language, self.theme)

    @property
    def notes(self) -> tuple[Note, ...]:
        return ()

    def ranking(self, top: int = 50, by: str | None = None) -> Any:
        if by is not None:
            return ranking_by_band(self.view, self.style, top, by)
        return rankings.ranking(self.view, self.style, top)

    def profile(self, unit: str | None = None) -> Any:
        return units.profile(self.view, self.style, unit)

    def heat_map(self, top: int = 60) -> Any:
        return maps.heat_map(self.view, self.style, top)

    def slope(self, top: int = 25) -> Any:
        slopes = Slopes.of_periods(self.view)
        if slopes is None:
            raise IndiciaError(
                "a slope chart needs several rankings, and this result has one period",
                remedy="compare methodologies: [variants] in the index file, or index.compare(…).plot.slope()",
            )
        reader_names = dict(zip(self.view.units, (self.style.name(name) for name in self.view.names), strict=True))
        names = [reader_names.get(unit, unit) for unit in slopes.unranked]
        side_notes = [self.style.text("not_drawn", units=self.style.list_names(names))] if names else []
        return rankings.slope(slopes, reader_names, self.style, self.result.definition, "periods", top, side_notes)

    def correlation(self) -> Any:
        return maps.correlation(self.view, self.style)

    def structure(self) -> Any:
        return maps.structure(self.view, self.style)

    def coverage(self) -> Any:
        return maps.coverage(self.view, self.style)


@dataclass(frozen=True)
class ComparisonPlots(ComparisonCharts):
    """The charts of a comparison, each an Altair chart."""

    comparison: Comparison
    language: str = "en"
    theme: Theme = "light"

    def __call__(self, *, language: str | None = None, theme: Theme | None = None) -> ComparisonPlots:
        return replace(self, language=language or self.language, theme=theme or self.theme)

    @property
    def style(self) -> ChartStyle:
        """The language and the colours of the charts."""
        return ChartStyle(self.language, self.theme)

    def slope(self, top: int = 25) -> Any:
        comparison, texts = self.comparison, Texts.of(self.language)
        labels = [
            f"{method.number} {self.style.name(methodology_name(method, texts))}" for method in comparison.methods
        ]
        slopes = replace(Slopes.of_comparison(comparison), columns=labels)
        names, definition = comparison.reader_names(self.language), comparison.definition
        return rankings.slope(slopes, names, self.style, definition, "comparison", top, self._left_out())

    def specification(self, unit: str | None = None) -> Any:
        return rankings.specification(self.comparison, unit, self.style, self._left_out(units=unit is None))

    @property
    def notes(self) -> tuple[Note, ...]:
        return tuple(note for note in self.comparison.notes if note.kind in ("methodology_left_out", "not_compared"))

    def _left_out(self, *, units: bool = True) -> list[str]:
        """Return the sentences on the methodologies and units that a chart leaves out."""
        comparison, style = self.comparison, self.style
        names, compared = comparison.reader_names(self.language), set(comparison.common_ranks[comparison.unit])
        labels = [methodology.label for methodology in group_by_reason(comparison.failures)]
        absent = [names[unit] for unit in comparison.ranks[comparison.unit] if unit not in compared] if units else []
        return [
            *([style.text("methodologies_left_out", list=style.list_names(labels))] if labels else []),
            *([style.text("not_compared", units=style.list_names(absent))] if absent else []),
        ]


@dataclass(frozen=True)
class RobustPlots(RobustCharts):
    """The charts of an analysis of robustness, each an Altair chart."""

    robust: Robust
    language: str = "en"
    theme: Theme = "light"

    def __call__(self, *, language: str | None = None, theme: Theme | None = None) -> RobustPlots:
        return replace(self, language=language or self.language, theme=theme or self.theme)

    @property
    def style(self) -> ChartStyle:
        """The language and the colours of the charts."""
        return ChartStyle(self.language, self.theme)

    def intervals(self, top: int = 60) -> Any:
        return rankings.intervals(self.robust, self.style, top)

    @property
    def notes(self) -> tuple[Note, ...]:
        return tuple(note for note in self.robust.notes if note.kind == "failed")


AnyCharts: TypeAlias = ResultCharts | ComparisonCharts | RobustCharts | ExplanationCharts | DifferenceCharts


@overload
def plot(of: Result, **options: Any) -> ResultPlots: ...
@overload
def plot(of: Comparison, **options: Any) -> ComparisonPlots: ...
@overload
def plot(of: Robust, **options: Any) -> RobustPlots: ...
@overload
def plot(of: Explanation, **options: Any) -> ExplanationCharts: ...
@overload
def plot(of: EditionDifference, **options: Any) -> DifferenceCharts: ...
def plot(of: Result | Comparison | Robust | Explanation | EditionDifference, **options: Any) -> AnyCharts:
    """Return the charts of a result, a comparison, an analysis of robustness, an explanation or two editions.

    `options` are `language`, `theme` and, of a result, `period`.

    >>> import indicia
    >>> import polars as pl
    >>> table = pl.DataFrame({"city": ["Lima", "Oslo", "Pune"], "income": [3.0, 9.0, 1.0], "air": [2.0, 7.0, 2.5]})
    >>> type(plot(indicia.score(table)).ranking()).__name__
    'LayerChart'
    """
    if isinstance(of, Result):
        return ResultPlots(of, **options)
    if isinstance(of, Comparison):
        return ComparisonPlots(of, **options)
    if isinstance(of, Robust):
        return RobustPlots(of, **options)
    if isinstance(of, (Explanation, EditionDifference)):
        from indicia.report.charts import explained  # imported here, since few charts need it

        if isinstance(of, Explanation):
            return explained.ExplanationPlots(of, **options)
        return explained.DifferencePlots(of, **options)
    raise IndiciaError(
        f"nothing is drawn of {with_article(type(of).__name__)}", remedy="a result, a comparison, a robustness"
    )


KINDS = {
    "ranking": "result",
    "profile": "result",
    "heat_map": "result",
    "intervals": "robust",
    "slope": "result",
    "specification": "comparison",
    "correlation": "result",
    "structure": "result",
    "coverage": "result",
}
"""The object that each chart shows; a slope chart can also show a comparison."""


def kind_of(word: str) -> str:
    """Return the name of a chart; hyphens may join its words.

    >>> kind_of("heat-map")
    'heat_map'
    """
    name = word.replace("-", "_")
    if name not in KINDS:
        raise IndiciaError(f'there is no chart "{word}"', remedy=suggest(name, KINDS))
    return name
