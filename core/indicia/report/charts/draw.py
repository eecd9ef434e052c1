"""A chart of an index, by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from indicia.definition import check_language
from indicia.errors import DefinitionError
from indicia.progress import Progress, silent
from indicia.report.asked import trusted
from indicia.report.charts.plots import KINDS, ComparisonPlots, ResultPlots, RobustPlots, kind_of, plot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia.index import Index
    from indicia.notes import Note
    from indicia.presentation import Theme


@dataclass(frozen=True)
class Drawing:
    """A chart, and what its readers must know."""

    chart: Any
    notes: tuple[Note, ...]
    """The methodologies, units or draws that are not in the chart, with the reasons."""


def draw(index: Index, kind: str, table: object = None, **options: Any) -> Any:
    """Return a chart of an index by name; `options` are those of `drawing`."""
    return drawing(index, kind, table, **options).chart


def drawing(
    index: Index,
    kind: str,
    table: object = None,
    *,
    unit: str | None = None,
    top: int | None = None,
    period: object = None,
    methods: Mapping[str, object] | None = None,
    draws: int | None = None,
    seed: int | None = None,
    language: str | None = None,
    theme: Theme = "light",
    progress: Progress = silent,
) -> Drawing:
    """Score an index, or ask of it what the chart shows, and return the chart with its notes.

    `methods` are several by stage, to be compared. `unit` is that of a profile, or of a specification curve; `top` says
    how many units are shown.
    """
    name = kind_of(kind)
    check_language(language, index.definition)
    first = {} if top is None else {"top": top}
    look: dict[str, Any] = {"language": language or "en", "theme": theme}
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
    frame = index.read_table(table)
    plots: ResultPlots | ComparisonPlots | RobustPlots
    over_time = name == "slope" and not methods and index.definition.data.period and not index.definition.variants
    if KINDS[name] == "robust":
        plots = plot(trusted(index, frame, period=period, draws=draws, seed=seed, progress=progress), **look)
    elif KINDS[name] == "comparison" or (name == "slope" and not over_time):
        listed: dict[str, Any] = dict(methods or {})
        plots = plot(index.compare(table=frame, period=period, progress=progress, **listed), **look)
    else:
        plots = plot(index.score_frame(frame), period=period, **look)
    options: dict[str, Any] = {"unit": unit} if name in ("profile", "specification") else first
    return Drawing(getattr(plots, name)(**options), plots.notes)
