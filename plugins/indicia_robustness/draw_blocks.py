"""Score the draws of a design in blocks, which an engine maps over its workers.

A block has draws of one design, and no random numbers of its own. The numbers of a draw are those of its row of the
design: the set of weights and the errors of measurement of a draw are the same in any block, on any worker, and in a
run in memory. Neither the size of the blocks nor the number of workers changes a bit.
"""

from __future__ import annotations

import pickle
import threading
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from indicia.definition import STAGES
from indicia.errors import IndiciaError
from indicia.progress import Progress, silent
from indicia.run import StageCache, score
from indicia_engines.calls import dumps
from indicia_robustness.baseline import Baseline
from indicia_robustness.draw_scorer import DrawScorer, draw_groups
from indicia_robustness.draw_scores import LastRun
from indicia_robustness.imputations import IMPUTATIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt
    import polars as pl

    from indicia.definition import Definition, Node, Robustness
    from indicia_robustness.draw_engine import DrawEngine
    from indicia_robustness.draw_scores import BlockScores, DrawScores, Quantity
    from indicia_robustness.measurement import MeasurementErrors
    from indicia_robustness.morris_design import MultipliedWeights
    from indicia_robustness.result import Factor

    Integers = npt.NDArray[np.int64]

BLOCK_ROWS = 500_000
"""The largest number of rows of a block, units times draws. It does not depend on workers, so that errors do not."""


@dataclass(frozen=True)
class BlockScorer:
    """A scorer of draws whose work an engine shares out; it has the methods of `DrawScorer`."""

    scorer: DrawScorer
    engine: DrawEngine
    packages: Sequence[str] = ()
    """The packages of plugins that workers need."""

    def rescore(self, design: Integers, keep: Quantity) -> Any:
        """Score a design again, and return the scores or effective weights of its draws; the engine opens again.

        Weights need no scores of draws, and are computed in this process.
        """
        return self.scorer.rescore(design, keep) if keep == "weights" else getattr(self.score(design, keep=keep), keep)

    def score(self, design: Integers, progress: Progress = silent, keep: Quantity = "ranks") -> DrawScores:
        """Score all draws of a design, and keep their ranks, scores, or both."""
        groups = draw_groups(self.scorer.factors, design)
        scores = self.scorer.empty_scores(groups, keep)
        # draws of the same methods follow each other, so that a worker prepares few methods
        order = np.argsort(groups.numbers, kind="stable")
        size = max(1, BLOCK_ROWS // max(1, len(self.scorer.baseline.nominal.units)))
        blocks = [order[start : start + size] for start in range(0, len(order), size)]
        task, done = BlockTask.of(self.scorer, design, keep), 0
        try:
            rows = (design[draws] for draws in blocks)
            # `closing` closes the engine also where too many draws fail
            with closing(self.engine.map(task, rows, self.packages)) as outcomes:
                for draws, block in zip(blocks, outcomes, strict=True):
                    scores.add_block(draws, block)
                    done += len(draws)
                    progress(done, len(design))
        finally:
            _KEPT.__dict__.clear()  # an engine without workers has scored in this process
        return scores


@dataclass(frozen=True)
class BlockTask:
    """Scores a block of draws. Workers unpickle the inputs once, and keep them for their next block."""

    inputs: bytes
    """The pickled inputs of the analysis."""
    digest: str
    """The hash of the inputs."""
    keep: Quantity

    @classmethod
    def of(cls, scorer: DrawScorer, design: Integers, keep: Quantity) -> BlockTask:
        """Return the task for the draws of a design."""
        inputs = dumps(BlockInputs.of(scorer, design))
        return cls(inputs, sha256(inputs).hexdigest(), keep)

    def __call__(self, design: Integers) -> BlockScores:
        """Score draws, (draws, factors)."""
        scorer, last = self._kept_scorer()
        return scorer.score_block(design, self.keep, last)

    def _kept_scorer(self) -> tuple[DrawScorer, LastRun]:
        kept: tuple[str, DrawScorer, LastRun] | None = getattr(_KEPT, "scorer", None)
        if kept is None or kept[0] != self.digest:
            _KEPT.scorer = None  # so that memory never holds the inputs of two analyses
            inputs: BlockInputs = pickle.loads(self.inputs)
            kept = _KEPT.scorer = self.digest, inputs.scorer(), LastRun(lasting=True)
        return kept[1:]


_KEPT = threading.local()
"""The scorer of the last block of a thread: a worker of Dask may have several threads, and a scorer is for one."""


@dataclass(frozen=True)
class BlockInputs:
    """The inputs of an analysis that workers need. The index without changes is scored again on each worker."""

    plans: PlanTable
    table: pl.DataFrame
    persons: pl.DataFrame | None
    varied: Robustness
    seed: int
    factors: Sequence[Factor]
    rows: npt.NDArray[np.bool_]
    """A mask of the rows of the data that are analysed."""
    measurement: MeasurementErrors | None
    strict: bool
    multiplied: MultipliedWeights | None

    @classmethod
    def of(cls, scorer: DrawScorer, design: Integers) -> BlockInputs:
        """Return the inputs of a scorer, with the plans for all methods of a design."""
        return cls(
            PlanTable.of(scorer, design),
            scorer.table,
            scorer.persons,
            scorer.varied,
            scorer.seed,
            scorer.factors,
            scorer.baseline.rows,
            None if scorer.varied.data is None else scorer.measurement_errors,
            scorer.strict,
            scorer.multiplied,
        )

    def scorer(self) -> DrawScorer:
        """Return the scorer, in a worker."""
        cache = StageCache()
        definition, tree = self.plans({})
        baseline = Baseline(definition, score(definition, tree, self.table, cache=cache), self.rows)
        source = self.plans, self.table, self.persons, self.varied, self.seed
        return DrawScorer(
            *source, self.factors, baseline, cache, Path(), self.strict, self.measurement, self.multiplied
        )


@dataclass(frozen=True)
class PlanTable:
    """The trees of an index with all methods of a design: workers need neither its catalogue nor its files."""

    plans: Sequence[tuple[Mapping[str, Any], tuple[Definition, Node] | IndiciaError]]
    """The methods by stage, with the definition and the tree, or with the error of methods that make no tree."""

    @classmethod
    def of(cls, scorer: DrawScorer, design: Integers) -> PlanTable:
        """Plan the index without changes, and with all methods of a design."""
        columns = [column for column, factor in enumerate(scorer.factors) if factor.name in (*STAGES, IMPUTATIONS)]
        factors = [scorer.factors[column] for column in columns]
        plans: list[tuple[Mapping[str, Any], tuple[Definition, Node] | IndiciaError]] = [({}, scorer.plan({}))]
        for combination in np.unique(design[:, columns], axis=0):
            stages = {
                factor.name: factor.alternatives[number] for factor, number in zip(factors, combination, strict=True)
            }
            try:
                plans.append((stages, scorer.plan(stages)))
            except IndiciaError as error:
                plans.append((stages, IndiciaError(error.what, where=error.where, remedy=error.remedy)))
        return cls(plans)

    def __call__(self, stages: Mapping[str, Any]) -> tuple[Definition, Node]:
        """Return the definition and the tree with these methods; the error if they make none."""
        plan = next(plan for planned, plan in self.plans if planned == stages)
        if isinstance(plan, IndiciaError):
            raise plan
        return plan
