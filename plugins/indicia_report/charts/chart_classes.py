"""The charts as classes that the hook of this package offers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from indicia.errors import IndiciaError
from indicia.outputs import Chart, ChartOptions, Shown
from indicia.result import Result
from indicia_compare import Comparison
from indicia_compare.methodology import group_by_reason
from indicia_report.charts import draws, matrices, over_time, rankings, units
from indicia_report.charts.distributions import distributions
from indicia_report.charts.geography import geography
from indicia_report.charts.scatter import scatter
from indicia_report.charts.slope import slope, title_of_slope
from indicia_report.charts.specification import specification
from indicia_report.charts.strip import ranking_by_band, strip
from indicia_report.charts.structure_chart import structure
from indicia_report.charts.style import ChartStyle, altair, chart_data, distinct_names, sources
from indicia_report.map import map_of
from indicia_report.markup import Texts
from indicia_report.period_view import PeriodView
from indicia_report.slopes import Slopes, methodology_name
from indicia_robustness import Robust

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
    highlights = True
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
    """Draw the places of the first units in every part, or in the parts of a dimension, as colours."""

    name = "heat_map"
    highlights = True
    shows: ClassVar[tuple[Shown, ...]] = ("result",)

    top: Top = 60
    part: str | None = None

    def draw(self, shown: Result, options: ChartOptions) -> Any:
        return matrices.heat_map(_view(shown, options), ChartStyle.of(options), self.top, self.part)


@dataclass(frozen=True)
class Correlation(Chart[Result]):
    """Draw the correlations between indicators."""

    name = "correlation"
    shows: ClassVar[tuple[Shown, ...]] = ("result",)

    def draw(self, shown: Result, options: ChartOptions) -> Any:
        return matrices.correlation(_view(shown, options), ChartStyle.of(options))


@dataclass(frozen=True)
class Structure(Chart[Result]):
    """Draw the indicators within their dimensions, each as large as its effective weight."""

    name = "structure"
    shows: ClassVar[tuple[Shown, ...]] = ("result",)

    def draw(self, shown: Result, options: ChartOptions) -> Any:
        return structure(_view(shown, options), ChartStyle.of(options))


@dataclass(frozen=True)
class Coverage(Chart[Result]):
    """Draw the numbers of present, changed and imputed values of each indicator."""

    name = "coverage"
    shows: ClassVar[tuple[Shown, ...]] = ("result",)

    def draw(self, shown: Result, options: ChartOptions) -> Any:
        return coverage(_view(shown, options), ChartStyle.of(options))


@dataclass(frozen=True)
class Scatter(Chart[Result]):
    """Draw the score, or a part, beside a variable of [outside.variables], with their correlation.

    The variable is the first of the index file without `against`.
    """

    name = "scatter"
    highlights = True
    shows: ClassVar[tuple[Shown, ...]] = ("result",)

    against: str | None = None
    part: str | None = None

    def draw(self, shown: Result, options: ChartOptions) -> Any:
        return scatter(_view(shown, options), ChartStyle.of(options), self.against, self.part)


@dataclass(frozen=True)
class Lines(Chart[Result]):
    """Draw the scores over all periods of a panel: the first units, or highlighted ones, in colour."""

    name = "lines"
    highlights = True
    shows: ClassVar[tuple[Shown, ...]] = ("result",)

    top: Annotated[int, Field(ge=1, description="number of units in colour, from the first")] = 8
    part: str | None = None

    def draw(self, shown: Result, options: ChartOptions) -> Any:
        return over_time.lines(_view(shown, options), ChartStyle.of(options), self.top, self.part)


@dataclass(frozen=True)
class Bump(Chart[Result]):
    """Draw the ranks over all periods of a panel, of the first units and of highlighted ones."""

    name = "bump"
    highlights = True
    shows: ClassVar[tuple[Shown, ...]] = ("result",)

    top: Top = 20

    def draw(self, shown: Result, options: ChartOptions) -> Any:
        return over_time.bump(_view(shown, options), ChartStyle.of(options), self.top)


@dataclass(frozen=True)
class Strip(Chart[Result]):
    """Draw the score of every unit as a line on one scale, of the index and of its parts, or of one part."""

    name = "strip"
    highlights = True
    shows: ClassVar[tuple[Shown, ...]] = ("result",)

    part: str | None = None

    def draw(self, shown: Result, options: ChartOptions) -> Any:
        return strip(_view(shown, options), ChartStyle.of(options), self.part)


@dataclass(frozen=True)
class Map(Chart[Result]):
    """Draw the scores, or a part, on the map that [map] of the index file names."""

    name = "map"
    highlights = True
    shows: ClassVar[tuple[Shown, ...]] = ("result",)

    part: str | None = None

    def draw(self, shown: Result, options: ChartOptions) -> Any:
        return geography(_view(shown, options), ChartStyle.of(options), self.part)

    def notes(self, shown: Result) -> tuple[Note, ...]:
        drawn = map_of(shown.definition, shown.origin, PeriodView(shown).units)
        return drawn.notes if drawn else ()


@dataclass(frozen=True)
class Distributions(Chart[Result]):
    """Draw histograms of each indicator: raw, imputed and treated, normalised, with their skewness."""

    name = "distributions"
    shows: ClassVar[tuple[Shown, ...]] = ("result",)

    part: str | None = None

    def draw(self, shown: Result, options: ChartOptions) -> Any:
        return distributions(_view(shown, options), ChartStyle.of(options), self.part)


@dataclass(frozen=True)
class Slope(Chart[Result | Comparison]):
    """Draw the ranks over periods or by methodologies, of the first units and of the units that move most."""

    name = "slope"
    highlights = True
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
        first, last = (slopes.columns[at] for at in (slopes.drawn[0], slopes.drawn[-1]))
        title = title_of_slope(
            style, "chart.title_slope_periods", shown.definition, slopes, self.top, first=first, last=last
        )
        return slope(slopes, reader_names, style, shown.definition, title, self.top, side_notes)

    def _of_comparison(self, comparison: Comparison, options: ChartOptions) -> Any:
        style, texts = ChartStyle.of(options), Texts.of(options.language)
        labels = [f"{method.number} {style.name(methodology_name(method, texts))}" for method in comparison.methods]
        slopes = replace(Slopes.of_comparison(comparison), columns=labels)
        left_out = [*_methodologies_left_out(comparison, style), *_units_left_out(comparison, style)]
        names = comparison.reader_names(style.language)
        title = title_of_slope(
            style, "chart.title_slope_methods", comparison.definition, slopes, self.top, n=len(comparison.methods)
        )
        return slope(slopes, names, style, comparison.definition, title, self.top, left_out)

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
        return specification(shown, self.unit, style, left_out)

    def notes(self, shown: Comparison) -> tuple[Note, ...]:
        return _notes_of_comparison(shown)


@dataclass(frozen=True)
class Intervals(Chart[Robust]):
    """Draw the intervals of the ranks of the first units over all draws."""

    name = "intervals"
    highlights = True
    shows: ClassVar[tuple[Shown, ...]] = ("robustness",)

    top: Top = 60

    def draw(self, shown: Robust, options: ChartOptions) -> Any:
        return draws.intervals(shown, ChartStyle.of(options), self.top)

    def notes(self, shown: Robust) -> tuple[Note, ...]:
        return tuple(note for note in shown.notes if note.kind == "failed")


@dataclass(frozen=True)
class Acceptability(Chart[Robust]):
    """Draw the share of draws in which each of the first units has each rank."""

    name = "acceptability"
    highlights = True
    shows: ClassVar[tuple[Shown, ...]] = ("robustness",)

    top: Top = 40

    def draw(self, shown: Robust, options: ChartOptions) -> Any:
        return draws.acceptability(shown, ChartStyle.of(options), self.top)

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


def coverage(view: PeriodView, style: ChartStyle) -> Any:
    """Draw a bar per indicator with the numbers of unchanged, changed, imputed and missing values."""
    alt = altair()
    result = view.result
    names = distinct_names(
        [style.name(view.label_of(leaf.id)) for leaf in view.leaves], [leaf.id for leaf in view.leaves]
    )
    cells = result.cells
    period = result.definition.data.period
    key = [result.unit, *([period] if period else []), "indicator"]
    first = cells.unique(key, keep="first", maintain_order=True)
    changed = Counter((name, before is None) for name, before in first.select("indicator", "before").iter_rows())
    raw = result.scored.raw.values
    kinds = [style.text(key) for key in ("as_measured", "changed", "filled_in", "missing")]
    data = []
    for name, leaf in zip(names, view.leaves, strict=True):
        gaps = raw[leaf.id].null_count()
        filled, altered = changed[leaf.id, True], changed[leaf.id, False]
        counts = (len(raw) - gaps - altered, altered, filled, gaps - filled)
        data += [
            {"indicator": name, "kind": kind, "values": count, "order": order}
            for order, (kind, count) in enumerate(zip(kinds, counts, strict=True))
        ]
    colours = [style.colours[0], style.colours[1], style.palette(5)[4], style["line"]]
    row = style.row_height(len(names), 4)
    chart = (
        alt.Chart(chart_data(data))
        .mark_bar(height=0.72 * row)
        .encode(
            y=alt.Y("indicator:N", sort=names, title=None),
            x=alt.X("values:Q", title=style.text("present"), stack="zero", scale=alt.Scale(domain=[0, len(raw)])),
            color=alt.Color(
                "kind:N", title=None, scale=alt.Scale(domain=kinds, range=colours), legend=style.top_legend(kinds)
            ),
            order="order:Q",
            tooltip=["indicator:N", "kind:N", "values:Q"],
        )
        .properties(width=460, height=row * len(names))
    )
    gaps_sentence = f"{style.text('missing')}: {sum(raw[leaf.id].null_count() for leaf in view.leaves)}"
    return style.finish(
        chart,
        title=style.heading("chart.title_coverage", n=len(names)),
        subtitle=style.text("coverage_says"),
        description=f"{style.text('coverage_says')} {gaps_sentence}. {style.text('cells_says', n=len(cells))}",
        definition=view.result.definition,
        source=sources(view.result.definition, style.language),
    )
