"""The charts of a unit or two, and of two editions, as classes that the hook of this package offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import Field

from indicia.answers.answer import Answer
from indicia.definition import Leaf
from indicia.errors import DataError, IndiciaError
from indicia.notes import Note
from indicia.outputs import Chart, ChartOptions, Shown
from indicia.result import Result
from indicia_editions.difference import EditionDifference
from indicia_explain.gap import ExplainedGap, explain_gap
from indicia_explain.score import ExplainedScore, explain_score
from indicia_report.charts.explained import Dumbbell, Move, draw_dumbbell, waterfall_of
from indicia_report.charts.highlights import number
from indicia_report.charts.style import ChartStyle, altair, chart_data, distinct_names, sources
from indicia_report.charts.units import row_of
from indicia_report.charts.waterfall import draw_waterfall
from indicia_report.imputed import with_mark
from indicia_report.markup import rank_text
from indicia_report.period_view import PeriodView


@dataclass(frozen=True)
class WaterfallChart(Chart[Answer[Any] | Result]):
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

    def draw(self, shown: Answer[Any] | Result, options: ChartOptions) -> Any:
        style = ChartStyle.of(options)
        explained = self._explained(shown, options) if isinstance(shown, Result) else shown
        return draw_waterfall(waterfall_of(explained, shown.reader_names(options.language), style, self.top), style)

    def _explained(self, result: Result, options: ChartOptions) -> ExplainedScore | ExplainedGap:
        view = PeriodView(result, (options.language,), options.period)
        units = [view.units[row_of(view, unit)] for unit in (self.unit, self.other) if unit is not None]
        if len(units) > 1:
            return explain_gap(result, units[0], units[1], options.period)
        return explain_score(result, units[0] if units else view.units[view.order[0]], options.period)


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


def two_units(view: PeriodView, style: ChartStyle, unit: str, other: str) -> Any:
    """Draw a row for each part with the values of both units, between the worst and the best of all units."""
    alt = altair()
    rows = [row_of(view, unit), row_of(view, other)]
    if rows[0] == rows[1]:
        raise DataError("a dumbbell compares two units, and both are one", remedy="--of A --of B names two units")
    keys = [view.units[at] for at in rows]
    called = distinct_names([style.name(view.names[at]) for at in rows], keys)
    parts = distinct_names(
        [style.name(view.label_of(part.id)) for part in view.descendants], [part.id for part in view.descendants]
    )
    positions = 100 * view.positions[rows]
    data, dots, missing = [], [], []
    for place, part in enumerate(parts):
        first, second = (float(value) for value in positions[:, place])
        if np.isnan(first) or np.isnan(second):
            missing.append(part)
        else:
            data.append({"part": part, "a": first, "b": second, "ahead": called[0 if first >= second else 1],
                         "difference": number(first - second, 1)})  # fmt: skip
        for at, name, value in zip(rows, called, (first, second), strict=True):
            if not np.isnan(value):
                is_imputed = view.imputed[at, place]
                marks = {"figure": with_mark(number(value, 0), is_imputed), "mark": with_mark("", is_imputed)}
                dots.append({"part": part, "unit": name, "value": value, **marks})
    colours = style.highlights(2)
    lines = [
        " · ".join(
            f"{name}: {style.text('rank')} {rank_text(float(view.ranks[at]))}, {style.text('score')} "
            f"{number(float(view.scores[at]), view.digits)}"
            for name, at in zip(called, rows, strict=True)
        ),
        style.text("chart.dumbbell_says"),
        *style.legend(any(dot["mark"] for dot in dots)),
        *([style.text("chart.missing_values", parts=style.list_names(missing))] if missing else []),
    ]
    row = style.row_height(len(parts), len(lines) + 3)
    dimensions = [name for name, part in zip(parts, view.descendants, strict=True) if not isinstance(part, Leaf)]
    y = alt.Y("part:N", sort=parts, title=None, scale=alt.Scale(domain=parts), axis=style.unit_axis(dimensions))
    scale = alt.Scale(domain=[0, 100])
    colour = alt.Scale(domain=called, range=colours)
    between = alt.Chart(chart_data(data)).mark_rule(strokeWidth=2.6, opacity=0.55).encode(
        x=alt.X("a:Q", title=None, scale=scale), x2="b:Q", y=y,
        color=alt.Color("ahead:N", title=None, scale=colour, legend=None), tooltip=["part:N", "difference:N"],
    )  # fmt: skip
    base = alt.Chart(chart_data(dots)).encode(x=alt.X("value:Q", scale=scale), y=y)
    points = base.mark_point(filled=True, size=75, opacity=1).encode(
        color=alt.Color("unit:N", title=None, scale=colour, legend=style.top_legend(called)),
        shape=alt.Shape("unit:N", title=None, scale=alt.Scale(domain=called, range=["circle", "square"]),
                        legend=style.top_legend(called)),
        tooltip=["part:N", "unit:N", alt.Tooltip("figure:N", title="value")],
    )  # fmt: skip
    stars = base.mark_text(align="left", dx=6, dy=3, fontSize=13).encode(text="mark:N")
    widest = sorted(data, key=lambda entry: -abs(float(str(entry["a"])) - float(str(entry["b"]))))[:5]
    listed = ", ".join(f"{entry['part']} {entry['difference']}" for entry in widest)
    return style.finish(
        (between + points + stars).properties(width=400, height=row * len(parts)),
        title=style.heading("chart.title_dumbbell_units", a=called[0], b=called[1], at=style.at(view.period)),
        subtitle="\n".join(lines),
        description=f"{lines[0]}. {listed}",
        definition=view.result.definition,
        source=sources(view.result.definition, style.language),
    )
