"""The names of tables, the charts and the exports of results and analyses, and a register of the functions behind them.

Results, comparisons and analyses of robustness stand below charts, pages and workbooks, and import none of them.
`result.plot` and `result.export` call the function that the presentation has registered here; `indicia/__init__.py`
registers both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.notes import Note

Theme = Literal["light", "dark"]
Accessor = Literal["plot", "export"]
ResultTable = Literal[
    "scores",
    "ranks",
    "normalised",
    "weights",
    "contributions",
    "prepared",
    "cells",
    "statistics",
    "left_out",
    "trends",
    "details",
]
"""The tables of a result, for `Result.frame` and `indicia run --show`. `export/words.py` has their captions."""
ComparisonTable = Literal[
    "methodologies",
    "ranks",
    "scores",
    "rankings",
    "agreement",
    "movers",
    "effects",
    "specification",
    "consensus",
    "reproduction",
    "left_out",
]
"""The tables of a comparison, for `Comparison.frame` and `indicia compare --show`."""
RobustTable = Literal["units", "acceptability", "pairwise", "sensitivity", "factors", "central_weights", "failures"]
"""The tables of an analysis of robustness, for `Robust.frame` and `indicia robustness --show`."""
StabilityTable = Literal["omission_effects", "ranks", "weights", "minimal_weight_shift", "reversals"]
"""The tables of an analysis of stability, for `Stability.frame` and `indicia stability --show`."""

_REGISTERED: dict[Accessor, Callable[..., Any]] = {}


def register(accessor: Accessor, function: Callable[..., Any]) -> None:
    """Let a function compute an accessor; its first argument is the result, comparison or analysis.

    The function should import what it needs when it is called, so that `import indicia` stays light.
    """
    _REGISTERED[accessor] = function


def registered(accessor: Accessor) -> Callable[..., Any]:
    """Return the function that computes an accessor."""
    return _REGISTERED[accessor]


class ResultCharts(Protocol):
    """The charts of a result, each an Altair chart: `result.plot.ranking()`, `result.plot(language="zh").ranking()`."""

    def __call__(
        self, *, period: object = None, language: str | None = None, theme: Theme | None = None
    ) -> ResultCharts:
        """Return the charts of another period, in another language or other colours."""

    @property
    def notes(self) -> tuple[Note, ...]:
        """The units and parts that the charts leave out, and why: none here."""

    def ranking(self, top: int = 50) -> Any:
        """Draw the scores of the first units, with what each part adds."""

    def profile(self, unit: str | None = None) -> Any:
        """Draw where a unit, by default the first, stands in every part: a dot on the middle half of all units."""

    def heat_map(self, top: int = 60) -> Any:
        """Draw where the first units stand in every part, by colour."""

    def slope(self, top: int = 25) -> Any:
        """Draw how ranks move over the periods of a panel: of the first units, and those that move most."""

    def correlation(self) -> Any:
        """Draw the correlations of the indicators with each other."""

    def structure(self) -> Any:
        """Draw the indicators within their dimensions, each as large as its effective weight."""

    def coverage(self) -> Any:
        """Draw how many values each indicator has, and how many of them were changed or filled in."""


class ComparisonCharts(Protocol):
    """The charts of a comparison, each an Altair chart."""

    def __call__(self, *, language: str | None = None, theme: Theme | None = None) -> ComparisonCharts:
        """Return the charts in another language or other colours."""

    @property
    def notes(self) -> tuple[Note, ...]:
        """The methodologies and units that the charts leave out, with the reasons."""

    def slope(self, top: int = 25) -> Any:
        """Draw how ranks differ between methodologies: of the first units, and those that move most."""

    def specification(self, unit: str | None = None) -> Any:
        """Draw where each methodology puts a unit, or how far it is from the middle of all, and what it chooses."""


class RobustCharts(Protocol):
    """The charts of an analysis of robustness, each an Altair chart."""

    def __call__(self, *, language: str | None = None, theme: Theme | None = None) -> RobustCharts:
        """Return the charts in another language or other colours."""

    @property
    def notes(self) -> tuple[Note, ...]:
        """The draws that the charts leave out, with the reasons."""

    def intervals(self, top: int = 60) -> Any:
        """Draw where the ranks of the first units lie over all draws."""
