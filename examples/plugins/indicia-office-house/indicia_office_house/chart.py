"""The chart of the office: means of groups, without the groups that are too small."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import polars as pl
from pydantic import Field

from indicia.errors import IndiciaError
from indicia.outputs import Chart, ChartOptions
from indicia.result import Result
from indicia_office_house.house import BLUE, GREY, INK, LEAST_UNITS, PAPER, groups_of_units

_TITLES = {"en": "Mean scores of groups", "zh": "各组平均得分"}
_LEFT_OUT = {
    "en": "{number} groups of fewer than {least} units are left out",
    "zh": "省略 {number} 个少于 {least} 个单位的组",
}


@dataclass(frozen=True)
class GroupMeans(Chart[Result]):
    """Draw the mean score of each group, and leave out groups of few units."""

    name = "office_groups"
    shows = ("result",)

    least: Annotated[int, Field(ge=1, description="smallest number of units of a group")] = LEAST_UNITS

    def draw(self, shown: Result, options: ChartOptions) -> Any:
        import altair  # imported here, since a list of charts draws none

        means = _means(shown, options.period)
        drawn = means.filter(pl.col("units") >= self.least)
        if drawn.is_empty():
            raise IndiciaError(
                f"no group has {self.least} units", remedy=f"office_groups(least={means['units'].max()})"
            )
        language = options.language if options.language in _TITLES else "en"
        title = options.title or _TITLES[language]
        left_out = means.height - drawn.height
        note = _LEFT_OUT[language].format(number=left_out, least=self.least) if left_out else ""
        is_dark = options.theme == "dark"
        colour = options.style.colours[0] if options.style and options.style.colours else BLUE
        values = [{"group": f"{group} ({units})", "score": score} for group, units, score in drawn.rows()]
        chart = altair.Chart(
            altair.Data(values=values),
            title=altair.TitleParams(title, subtitle=note) if note else title,
            description=f"{title}: {len(values)}. {note}".strip(),
            background=PAPER if is_dark else "white",
        )
        return (
            chart.mark_bar(color=GREY if is_dark else colour)
            .encode(x=altair.X("score:Q", title=None), y=altair.Y("group:N", sort="-x", title=None))
            .configure_axis(labelColor=INK if is_dark else PAPER)
            .configure_title(color=INK if is_dark else PAPER, subtitleColor=INK if is_dark else PAPER, anchor="start")
        )


def _means(result: Result, period: object) -> pl.DataFrame:
    """Return group, number of scored units and mean score, of one period of a panel."""
    groups = groups_of_units(result)
    if groups is None:
        raise IndiciaError("the index has no groups", remedy='groups = ["region"] in [data]')
    frame = pl.DataFrame({"group": groups.cast(pl.String), "score": result.scores["score"]})
    column = result.definition.data.period
    if column is not None:
        periods = result.scores[column]
        frame = frame.filter(periods == (periods.max() if period is None else period))
    return frame.drop_nulls().group_by("group").agg(units=pl.len(), score=pl.col("score").mean()).sort("group")
