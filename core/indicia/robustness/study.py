"""Score an index over and over, with every doubtful choice drawn anew each time."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from indicia.data import read_table
from indicia.errors import DataError, DefinitionError, IndiciaError, enough_memory, join_names
from indicia.progress import Progress, silent
from indicia.robustness import sampling
from indicia.robustness.baseline import Baseline, check_ranked
from indicia.robustness.design import chosen, design_of, factors_of
from indicia.robustness.drawing import Drawing
from indicia.robustness.indices import idle_factors
from indicia.robustness.result import Factor, Robust
from indicia.robustness.standing import exact
from indicia.run import StageCache, score
from indicia.tables.noise import NOISE
from indicia.tables.periods import rows_of_period

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt
    import polars as pl

    from indicia.definition import Robustness
    from indicia.methods import Array
    from indicia.result import Inputs
    from indicia.robustness.drawing import Plan

    Whole = npt.NDArray[np.int64]

_TRIED = 64
"""In how many draws each choice may change a score."""


@dataclass(frozen=True)
class Study:
    """An index, its data, and what is varied."""

    plan: Plan
    table: pl.DataFrame
    varied: Robustness
    seed: int
    folder: Path
    period: object = None
    """The period that is looked at; the last if there are several and none is named."""
    design: Whole | None = None
    """Which alternative of each factor each run takes, (runs, factors), in place of one that is drawn."""
    inputs: Inputs | None = None
    """All that the index depends on, for the manifest."""

    def run(self, progress: Progress = silent) -> Robust:
        """Draw, score and rank; say where every unit stands."""
        sampling.check_draws(self.varied.draws)
        definition, tree = self.plan({})
        shared = StageCache()
        nominal = score(definition, tree, self.table, shared=shared)
        persons = self._persons()
        factors = factors_of(self.varied, nominal.tree, persons)
        if all(len(factor.alternatives) < 2 and factor.name not in ("weights", "data") for factor in factors):
            alone = f": there is one alternative of {join_names(factor.name for factor in factors)}" if factors else ""
            raise DefinitionError(
                f"nothing is varied{alone}",
                remedy='[robustness] weights = { spread = 0.25 }, normalisation = ["first method", "second method"], …',
            )
        period, rows = rows_of_period(nominal.source, self.period)
        check_ranked(nominal.rank.filter(rows), least=1)
        baseline = Baseline(definition, nominal, rows.to_numpy())
        drawing = Drawing(self.plan, self.table, persons, self.varied, self.seed, factors, baseline, shared)
        runs, units = self._runs(factors), len(baseline.about)
        least = runs * (8 * len(factors) + np.dtype(exact(units)).itemsize * units)  # the design, and the ranks
        with enough_memory(f"score {runs:,} draws of {units:,} units", "ask for fewer draws", least):
            design = design_of(self.varied, factors, self.seed) if self.design is None else self.design
            found = drawing.scored(design, progress)
            self._check_factors(drawing, found.ranks)
        return Robust(
            definition=definition,
            nominal=nominal,
            rows=baseline.rows,
            factors=tuple(factors),
            design=design,
            kept=found.ranks,
            failed=found.failed,
            failures=found.failures,
            again=drawing.again,
            seed=self.seed,
            varied=self.varied,
            period=period,
            inputs=self.inputs,
            weights_table=persons,
        )

    def _runs(self, factors: Sequence[Factor]) -> int:
        """Return the number of runs of the design."""
        if self.design is not None:
            return len(self.design)
        several = sum(1 for factor in factors if len(factor.alternatives) > 1)
        return self.varied.draws + (self.varied.sensitivity or 0) * (several + 2)

    def _check_factors(self, drawing: Drawing, ranks: Array) -> None:
        """Refuse a choice that changes no score: it was thought to be tried, and was not.

        Some draws are scored again, each time with another alternative of one choice and all else as it was.
        """
        if not np.fmin.reduce(ranks, axis=None) < np.fmax.reduce(ranks, axis=None):
            return  # all units tie, or there is one
        factors = drawing.factors
        idle = [at for at, factor in enumerate(factors) if len(factor.alternatives) > 1]
        tried = chosen(factors, sampling.monte_carlo(_TRIED, len(factors), sampling.generator(self.seed, "tried")))
        for number, row in enumerate(tried):
            if not idle:
                return
            rows = np.repeat(row[None], len(idle) + 1, axis=0)
            for place, at in enumerate(idle):
                count = len(factors[at].alternatives)
                rows[place, at] = (row[at] + 1 + number % (count - 1)) % count
            with suppress(IndiciaError):  # which the draws would have had too, if it were often
                scores = drawing.scored(rows, keep="scores").scores
                idle = [at for at, other in zip(idle, scores, strict=False) if _same(other, scores[-1])]
        if idle:
            raise idle_factors([factors[at].name for at in idle])

    def _persons(self) -> pl.DataFrame | None:
        """Read the table of weights, a row a person, if weights come from one."""
        if self.varied.weights is None or self.varied.weights.table is None:
            return None
        table = read_table(self.varied.weights.table, folder=self.folder)
        numbers = table.select(name for name, kind in table.schema.items() if kind.is_numeric())
        if not numbers.width:
            raise DataError(
                f"{self.varied.weights.table} has no column of numbers",
                remedy="a column for each indicator or dimension",
            )
        return numbers


def _same(scores: Array, others: Array) -> bool:
    noise = NOISE * np.abs(others).max(initial=0.0, where=np.isfinite(others))
    return bool(np.isclose(scores, others, rtol=0, atol=noise, equal_nan=True).all())
