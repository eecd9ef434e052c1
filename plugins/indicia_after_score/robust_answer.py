"""The answer of `index.robustness`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from indicia.answers.answer import Answer
from indicia.arguments import names_its_arguments
from indicia.definition import text
from indicia.notes import Note
from indicia.presentation import registered
from indicia_after_score.robustness import Robustness

if TYPE_CHECKING:
    import polars as pl

    from indicia.presentation import AnswerCharts
    from indicia_robustness import Robust

_ROWS = 512
"""The size of the samples at which the intervals of Sobol' indices are narrow enough for a publication."""


@dataclass(frozen=True, repr=False, eq=False)
class RobustAnswer(Answer[Robustness]):
    """The spread of ranks over all draws: `frame(name)` has a table, `figures` the draws, and `plot` the charts."""

    _noun: ClassVar[str] = "an analysis of robustness"
    _columns_printed: ClassVar[int] = 14

    @property
    def figures(self) -> Robust:
        """The ranks of all units in all draws, as arrays, and the statistics on them."""
        return self.facts[self.analysis.drawn]

    @property
    def plot(self) -> AnswerCharts:
        """The charts, as Altair objects: `index.robustness(draws=100).plot.intervals()`.

        They need the extra `charts`; without it, the error names the command that installs it.
        """
        charts: AnswerCharts = registered("plot")(self.figures)
        return charts

    @property
    def notes(self) -> tuple[Note, ...]:
        """The facts that a reader must know."""
        return self.figures.notes

    @property
    def remarks(self) -> tuple[Note, ...]:
        """The seed and the notes."""
        return (Note("seed_of_draws", seed=self.figures.seed), *self.notes)

    @property
    def hints(self) -> tuple[Note, ...]:
        """The notes on the data, and the options that tell more."""
        robust = self.figures
        hints = list(robust.inputs.notes if robust.inputs else ())
        if robust.varied.imputations is not None:
            hints.append(Note("pooled_scores", count=robust.varied.imputations))
        factors = len(robust.varied_factors)
        if factors > 1 and not (robust.sensitivity_runs or robust.trajectories or robust.given):
            base = max(_ROWS, 2**factors)
            hints.append(Note("sensitivity_tells_more", rows=base, draws=f"{base * (factors + 2):,}"))
        return tuple(hints)

    @property
    def asked(self) -> dict[str, Any]:
        """The analysis, and what its tables show; the choices that vary stand in `varied`."""
        chosen = {"of": self.analysis.of, "node": self.analysis.node}
        return {"analysis": self.analysis.name, **{word: it for word, it in chosen.items() if it is not None}}

    @property
    def manifest(self) -> dict[str, Any]:
        """The inputs of the analysis, with the number of runs and the failures."""
        return {**self.figures.manifest, **self.asked}

    @names_its_arguments
    def titled(self, language: str | None, *, published: bool = False) -> str:
        """Return the title: the name of the index, the numbers of draws and units, the seed, and the choices.

        Parameters
        ----------
        language : str or None
            The language, such as "zh"; None for English.
        published : bool, default False
            True: the title is for a page that the public reads.

        Returns
        -------
        str
            The title.
        """
        del published  # here, both titles are the same
        return " · ".join([text(self.definition.name, language), *self.figures.title_parts])

    @property
    def _labelled_units(self) -> pl.DataFrame:
        return self.figures.labelled_units
