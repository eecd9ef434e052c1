"""A chart of an index, by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indicia.data import TableAsRead
from indicia.definition import check_language
from indicia.errors import DefinitionError
from indicia.progress import Progress, silent
from indicia.report.charts.plots import KINDS, ComparisonPlots, ResultPlots, RobustPlots, kind_of, plot
from indicia.report.defaults import rank_intervals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.notes import Note
    from indicia.presentation import Theme
    from indicia.questions import Questions


@dataclass(frozen=True)
class Drawing:
    """A chart with its notes."""

    chart: Any
    notes: tuple[Note, ...]
    """Notes on the methodologies, units or draws that the chart leaves out, with the reasons."""


def draw(index: Questions, kind: str, table: object = None, **options: Any) -> Any:
    """Return a chart of an index by name; `options` are those of `drawing`."""
    return drawing(index, kind, table, **options).chart


def drawing(
    index: Questions,
    kind: str,
    table: object = None,
    *,
    unit: str | None = None,
    top: int | None = None,
    by: str | None = None,
    period: object = None,
    methods: Mapping[str, object] | None = None,
    draws: int | None = None,
    seed: int | None = None,
    language: str | None = None,
    theme: Theme = "light",
    progress: Progress = silent,
) -> Drawing:
    """Compute the scores, the comparison or the rank intervals of an index, and return their chart with notes.

    `methods` are lists of methods by stage, to be compared. `unit` is the unit of a profile or a specification curve.
    `top` is the number of units that the chart shows, and `by` the bands that colour a ranking.
    """
    name = kind_of(kind)
    check_language(language, index.definition)
    first: dict[str, Any] = {} if top is None else {"top": top}
    style: dict[str, Any] = {"language": language or "en", "theme": theme}
    if methods and name not in ("slope", "specification"):
        raise DefinitionError(
            f"{name} shows one methodology, and several are listed", remedy="slope and specification show several"
        )
    if unit and name not in ("profile", "specification"):
        raise DefinitionError(f"{name} shows all units", remedy="profile and specification show a single one")
    if top and name not in ("ranking", "heat_map", "intervals", "slope"):
        raise DefinitionError(
            f"{name} has no first units", remedy="--top is for ranking, heat_map, intervals and slope"
        )
    if by and name != "ranking":
        raise DefinitionError(f"{name} has no colours of bands", remedy="--by is for ranking")
    if by:
        first["by"] = by
    frame = index.read_table(table)
    table = TableAsRead(frame)
    plots: ResultPlots | ComparisonPlots | RobustPlots
    over_time = name == "slope" and not methods and index.definition.data.period and not index.definition.variants
    if KINDS[name] == "robust":
        plots = plot(rank_intervals(index, table, period=period, draws=draws, seed=seed, progress=progress), **style)
    elif KINDS[name] == "comparison" or (name == "slope" and not over_time):
        methods_by_stage: dict[str, Any] = dict(methods or {})
        plots = plot(index.compare(table=table, period=period, progress=progress, **methods_by_stage), **style)
    else:
        plots = plot(index.score_frame(frame), period=period, **style)
    options: dict[str, Any] = {"unit": unit} if name in ("profile", "specification") else first
    return Drawing(getattr(plots, name)(**options), plots.notes)
