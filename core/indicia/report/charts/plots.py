"""What can be drawn of a result, a comparison or an analysis of robustness."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, overload

from indicia.comparison import Comparison
from indicia.comparison.methodology import grouped
from indicia.errors import IndiciaError, suggest, with_article
from indicia.presentation import ComparisonCharts, ResultCharts, RobustCharts
from indicia.report.charts import maps, rankings, units
from indicia.report.charts.look import Look
from indicia.report.markup import Voice
from indicia.report.slopes import Slopes, called
from indicia.report.subject import Subject
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
    def subject(self) -> Subject:
        """What is drawn."""
        return Subject(self.result, (self.language,), self.period)

    @property
    def look(self) -> Look:
        """How it is drawn."""
        return Look(self.language, self.theme)

    @property
    def notes(self) -> tuple[Note, ...]:
        return ()

    def ranking(self, top: int = 50) -> Any:
        return rankings.ranking(self.subject, self.look, top)

    def profile(self, unit: str | None = None) -> Any:
        return units.profile(self.subject, self.look, unit)

    def heat_map(self, top: int = 60) -> Any:
        return maps.heat_map(self.subject, self.look, top)

    def slope(self, top: int = 25) -> Any:
        slopes = Slopes.of_periods(self.subject)
        if slopes is None:
            raise IndiciaError(
                "a slope chart needs several rankings, and this result has one period",
                remedy="compare methodologies: [variants] in the index file, or index.compare(…).plot.slope()",
            )
        last = dict(zip(self.subject.units, (self.look.name(one) for one in self.subject.names), strict=True))
        names = [last.get(unit, unit) for unit in slopes.unranked]
        aside = [self.look.said("not_drawn", units=self.look.some(names))] if names else []
        return rankings.slope(slopes, last, self.look, self.result.definition, "periods", top, aside)

    def correlation(self) -> Any:
        return maps.correlation(self.subject, self.look)

    def structure(self) -> Any:
        return maps.structure(self.subject, self.look)

    def coverage(self) -> Any:
        return maps.coverage(self.subject, self.look)


@dataclass(frozen=True)
class ComparisonPlots(ComparisonCharts):
    """The charts of a comparison, each an Altair chart."""

    comparison: Comparison
    language: str = "en"
    theme: Theme = "light"

    def __call__(self, *, language: str | None = None, theme: Theme | None = None) -> ComparisonPlots:
        return replace(self, language=language or self.language, theme=theme or self.theme)

    @property
    def look(self) -> Look:
        """How it is drawn."""
        return Look(self.language, self.theme)

    def slope(self, top: int = 25) -> Any:
        found, voice = self.comparison, Voice.of(self.language)
        labels = [f"{one.number} {self.look.name(called(one, voice))}" for one in found.methods]
        slopes = replace(Slopes.of_comparison(found), columns=labels)
        return rankings.slope(
            slopes, found.reader_names(self.language), self.look, found.definition, "comparison", top, self._left_out()
        )

    def specification(self, unit: str | None = None) -> Any:
        return rankings.specification(self.comparison, unit, self.look, self._left_out(units=unit is None))

    @property
    def notes(self) -> tuple[Note, ...]:
        return tuple(one for one in self.comparison.notes if one.kind in ("methodology_left_out", "not_compared"))

    def _left_out(self, *, units: bool = True) -> list[str]:
        """Return the lines above a chart that name the methodologies, and the units, which are not in it."""
        found, look = self.comparison, self.look
        named, compared = found.reader_names(self.language), set(found.compared[found.unit])
        labels = [one.label for one in grouped(found.failures)]
        absent = [named[unit] for unit in found.ranks[found.unit] if unit not in compared] if units else []
        return [
            *([look.said("methodologies_left_out", list=look.some(labels))] if labels else []),
            *([look.said("not_compared", units=look.some(absent))] if absent else []),
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
    def look(self) -> Look:
        """How it is drawn."""
        return Look(self.language, self.theme)

    def intervals(self, top: int = 60) -> Any:
        return rankings.intervals(self.robust, self.look, top)

    @property
    def notes(self) -> tuple[Note, ...]:
        return tuple(one for one in self.robust.notes if one.kind == "failed")


@overload
def plot(of: Result, **options: Any) -> ResultPlots: ...
@overload
def plot(of: Comparison, **options: Any) -> ComparisonPlots: ...
@overload
def plot(of: Robust, **options: Any) -> RobustPlots: ...
def plot(of: Result | Comparison | Robust, **options: Any) -> ResultPlots | ComparisonPlots | RobustPlots:
    """Return the charts of what was found; options are `language`, `theme` and, of a result, `period`.

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
"""What can be drawn, and of what; a slope chart also of a comparison."""


def kind_of(word: str) -> str:
    """Return the name of a chart, however its words are joined.

    >>> kind_of("heat-map")
    'heat_map'
    """
    name = word.replace("-", "_")
    if name not in KINDS:
        raise IndiciaError(f'there is no chart "{word}"', remedy=suggest(name, KINDS))
    return name
