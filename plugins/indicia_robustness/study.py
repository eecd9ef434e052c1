"""Score an index many times, with different choices each time."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from indicia.data import read_table
from indicia.definition import STAGES
from indicia.errors import DataError, DefinitionError, IndiciaError, enough_memory, join_names
from indicia.methods.noise import NOISE
from indicia.progress import Progress, silent
from indicia.run import StageCache, computed_notes, notes_on_omissions, notes_on_other_weights, score
from indicia.stages.frozen import statistics_that_hold
from indicia.tables.periods import rows_of_period
from indicia_robustness import sampling
from indicia_robustness.baseline import Baseline, check_ranked
from indicia_robustness.design import LEFT_OUT, chosen, design_of, factors_of
from indicia_robustness.draw_blocks import BlockScorer
from indicia_robustness.draw_scorer import DrawScorer
from indicia_robustness.feasible import FeasibilityTrial
from indicia_robustness.imputations import IMPUTATIONS, PlanOfImputations, check_imputations
from indicia_robustness.indices import idle_factors
from indicia_robustness.morris_design import MorrisDesign, with_trajectories
from indicia_robustness.random_methods import RANDOM, SETS, has_random_nodes
from indicia_robustness.rank_distribution import exact_type
from indicia_robustness.result import Factor, Robust, alternatives_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from indicia.definition import Robustness
    from indicia.methods import Array
    from indicia.notes import Note
    from indicia.result import Inputs
    from indicia.run import Scored
    from indicia_robustness.baseline import Plan
    from indicia_robustness.draw_engine import DrawEngine
    from indicia_robustness.draw_scores import DrawScores, Sets
    from indicia_robustness.outside_design import OutsideDesign
    from indicia_robustness.result import FeasibleDesign

    Integers = npt.NDArray[np.int64]

_TRIALS = 64
"""The number of draws that test whether each choice changes a score."""


@dataclass(frozen=True)
class Study:
    """An index, its data, and the choices that vary."""

    plan: Plan
    table: pl.DataFrame
    varied: Robustness
    seed: int
    folder: Path
    period: object = None
    """The period of a panel that is analysed; by default the last."""
    design: Integers | None = None
    """The alternative of each factor in each run, (runs, factors); drawn if None."""
    inputs: Inputs | None = None
    """The inputs of the index, for the manifest."""
    strict: bool = True
    """False to report choices that change no score, and draws that cannot be scored, in place of an error."""
    with_scores: bool = False
    """True to keep the scores of all draws with their ranks; else they are computed again if they are needed."""
    feasible: FeasibleDesign | None = None
    """The design without the choices that fail."""
    cache: StageCache = field(default_factory=StageCache)
    engine: DrawEngine | None = None
    """The engine that scores blocks of draws; None to score them in this process."""
    outside: OutsideDesign | None = None
    """The runs that the user brings, in place of drawn ones."""

    def without_failing_choices(self, *, is_default: bool) -> Study:
        """Return the study without the choices with which the index cannot be scored; each is tried.

        `is_default` is True if the choices are default ones: one of them may take the place of that of the index.
        """
        baseline, _ = self._baseline()
        persons = self._persons()
        design = FeasibilityTrial(
            self.plan, self.table, self.varied, persons, self.seed, self.folder, baseline, self.cache, is_default
        ).design()
        return replace(self, varied=design.varied, feasible=design, strict=False)

    def run(self, progress: Progress = silent) -> Robust:
        """Draw the choices, score and rank; return the ranks of all draws."""
        sampling.check_draws(self.varied.draws)
        baseline, period = self._baseline()
        persons = self._persons()
        needed_parts = self.feasible.needed_parts if self.feasible else ()
        tree = baseline.nominal.tree
        if self.outside is None:
            is_random = has_random_nodes(self.varied, tree, self.plan)
            factors = factors_of(self.varied, tree, persons, needed_parts, is_random=is_random)
            design = self.design
        else:
            factors, design = self.outside.factors_and_runs(self.varied, tree, persons)
        names, count = [factor.name for factor in factors], self.varied.imputations
        check_imputations(self.varied, tree, self.plan)
        if names == [IMPUTATIONS] and design is None and count != self.varied.draws:
            # nothing else varies, so that further draws of an imputation would repeat it
            return replace(self, varied=self.varied.model_copy(update={"draws": count})).run(progress)
        if self.outside is None and all(len(each.alternatives) < 2 and each.name not in SETS for each in factors):
            left_out = self.feasible.left_out if self.feasible else ()
            reason = f": there is one alternative of {join_names(factor.name for factor in factors)}" if factors else ""
            reason = f": {'; '.join(left_out)}" if left_out else reason
            raise DefinitionError(
                f"nothing is varied{reason}",
                remedy="--weights ±25% varies the weights; an index file states it as [robustness] "
                'weights = "±25%", normalisation = ["first method", "second method"], …',
            )
        check_ranked(baseline.nominal.rank.filter(pl.Series(baseline.rows)), least=1)
        plan = self.plan if count is None else PlanOfImputations(self.plan, self.seed)
        source = plan, self.table, persons, self.varied, self.seed
        morris = None
        if self.varied.morris is not None and design is None:
            morris = MorrisDesign.of(self.varied, factors, baseline.nominal, self.seed)
        multiplied = morris.weights if morris else None
        scorer = DrawScorer(*source, factors, baseline, self.cache, self.folder, self.strict, multiplied=multiplied)
        runs, units = self._runs(factors, design, morris), len(baseline.labelled_units)
        held = np.dtype(exact_type(units)).itemsize + (8 if self.with_scores else 0)
        least = runs * (8 * len(factors) + held * units)  # the design, the ranks, and the scores if they are kept
        with enough_memory(f"score {runs:,} draws of {units:,} units", "ask for fewer draws", least):
            trajectories = None
            if design is None:
                design = design_of(self.varied, factors, self.seed)
                if morris is not None:
                    design, trajectories = with_trajectories(design, morris, self.varied.draws)
            blocks = scorer if self.engine is None else BlockScorer(scorer, self.engine, self._packages())
            scores = blocks.score(design, progress, "ranks and scores" if self.with_scores else "ranks")
            idle = self._idle_factors(scorer, scores.ranks) if self.outside is None else []
            if idle and self.strict:
                raise idle_factors(idle)
        return Robust(
            definition=baseline.definition,
            nominal=baseline.nominal,
            rows=baseline.rows,
            factors=tuple(factors),
            design=design,
            compact_ranks=scores.ranks,
            stored_scores=scores.scores if self.with_scores else None,
            failed=scores.failed,
            failures=scores.failures,
            rescore=blocks.rescore,
            seed=self.seed,
            varied=self.varied,
            period=period,
            inputs=self.inputs,
            weights_table=persons,
            idle=tuple(idle),
            feasible=self.feasible,
            first_at_weights=partial(first_at_weights, scorer),
            notes_on_fit=tuple(self._notes_on_fit(factors, baseline)),
            trajectories=trajectories,
            given=None if self.outside is None else self.outside.runs,
        )

    def _notes_on_fit(self, factors: Sequence[Factor], baseline: Baseline) -> Iterator[Note]:
        """Yield notes on the statistics and weights that alternatives compute, where the index is a fitted one."""
        if baseline.definition.frozen is None:
            return
        notes: dict[Note, None] = {}
        for factor in factors:
            for alternative in factor.alternatives if factor.name in STAGES else ():
                with suppress(IndiciaError):  # a method may go with methods of other stages only
                    definition, tree = self.plan({factor.name: alternative})
                    notes |= dict.fromkeys(computed_notes(definition, tree, statistics_that_hold(definition, tree)))
        yield from notes
        if not {factor.name for factor in factors}.isdisjoint(("weights", "weighting")):
            yield from notes_on_other_weights(baseline.definition, baseline.nominal.records)
        if not {factor.name for factor in factors}.isdisjoint(LEFT_OUT):
            yield from notes_on_omissions(baseline.definition, baseline.nominal.fitted_by)

    def _baseline(self) -> tuple[Baseline, str | None]:
        """Return the index without changes, and the name of the period that is analysed."""
        definition, tree = self.plan({})
        nominal = score(definition, tree, self.table, cache=self.cache)
        period, rows = rows_of_period(nominal.source, self.period)
        return Baseline(definition, nominal, rows.to_numpy()), period

    def _runs(self, factors: Sequence[Factor], design: Integers | None, morris: MorrisDesign | None) -> int:
        """Return the number of runs of the design."""
        if design is not None:
            return len(design)
        varied_factors = sum(1 for factor in factors if len(factor.alternatives) > 1)
        of_trajectories = 0 if morris is None else len(morris.runs)
        return self.varied.draws + (self.varied.sensitivity or 0) * (varied_factors + 2) + of_trajectories

    def _packages(self) -> list[str]:
        """Return the packages of the methods, which workers need; a plugin file goes along with its methods."""
        if self.inputs is None:
            return []
        further = self.inputs.catalogue.versions_of(alternatives_of(self.varied, self.inputs))
        return [version.rpartition(" ")[0] for version in {**self.inputs.plugins, **further}.values()]

    def _idle_factors(self, scorer: DrawScorer, ranks: Array) -> list[str]:
        """Return the choices that change no score; the user expects them to be varied.

        Some draws are scored again with another alternative of one choice, and all other choices as before.
        """
        if not np.fmin.reduce(ranks, axis=None) < np.fmax.reduce(ranks, axis=None):
            return []  # all units tie, or there is one unit
        factors = scorer.factors
        # random numbers are no choice of the user, and drawn weights may take the place of theirs
        idle = [n for n, factor in enumerate(factors) if len(factor.alternatives) > 1 and factor.name != RANDOM]
        trials = chosen(factors, sampling.monte_carlo(_TRIALS, len(factors), sampling.generator(self.seed, "tried")))
        for trial, row in enumerate(trials):
            if not idle:
                return []
            rows = np.repeat(row[None], len(idle) + 1, axis=0)
            for place, factor in enumerate(idle):
                count = len(factors[factor].alternatives)
                rows[place, factor] = (row[factor] + 1 + trial % (count - 1)) % count
            with suppress(IndiciaError):  # a combination that fails often has already stopped the run
                scores = scorer.score(rows, keep="scores").scores
                idle = [factor for factor, other in zip(idle, scores, strict=False) if _equal(other, scores[-1])]
        return [factors[number].name for number in idle]

    def _persons(self) -> pl.DataFrame | None:
        """Read the table of weights with a row for each person, if weights come from a table."""
        if self.outside is not None and self.outside.weight_columns:
            return self.outside.persons
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


def _equal(scores: Array, others: Array) -> bool:
    noise = NOISE * np.abs(others).max(initial=0.0, where=np.isfinite(others))
    return bool(np.isclose(scores, others, rtol=0, atol=noise, equal_nan=True).all())


MOST_DRAWS = 1_000
"""The largest number of draws for the central weights of each unit."""
_RANKS_HELD = 1 << 24


@dataclass(frozen=True)
class FixedWeightScorer(DrawScorer):
    """A scorer of draws whose sets of weights are given."""

    fixed: Mapping[str, Array] | None = None
    """The weights of the nodes, (sets, k)."""

    @classmethod
    def of(cls, scorer: DrawScorer, fixed: Mapping[str, Array]) -> FixedWeightScorer:
        """Return a scorer with these sets of weights, and the choices of another scorer."""
        words = {field.name: getattr(scorer, field.name) for field in fields(DrawScorer)}
        return cls(**words, fixed=fixed)

    def _weight_sets(self, scores: DrawScores, group: object, complete: Scored) -> Sets | None:  # noqa: ARG002
        return self.fixed


def first_at_weights(scorer: DrawScorer, design: Integers, central: Mapping[str, Array]) -> Array:
    """Return the share of draws in which each unit is first with some fixed weights, (units, sets).

    `design` (draws, factors) has the other choices of the draws, and `central` the weights of the nodes, (sets, k). A
    draw that cannot be scored does not count.
    """
    names = [factor.name for factor in scorer.factors]
    if names == ["weights"]:
        raise IndiciaError(
            "nothing but the weights varies, so that no unit is uncertain with its central weights",
            remedy="vary the data or the methods too: --noise 0.05, or [robustness] se = …",
        )
    design, column = design[:MOST_DRAWS], names.index("weights")
    fixed = FixedWeightScorer.of(scorer, central)
    count = len(next(iter(central.values())))
    step = max(1, _RANKS_HELD // max(1, len(design) * len(scorer.baseline.names)))
    shares = []
    for start in range(0, count, step):
        sets = np.arange(start, min(start + step, count))
        runs = np.tile(design, (len(sets), 1))
        runs[:, column] = np.repeat(sets, len(design))
        scores = fixed.score(runs)
        ranks = np.where(scores.failed[:, None], np.nan, scores.ranks.astype(float))
        ranks = ranks.reshape(len(sets), len(design), -1)
        scored = (~scores.failed).reshape(len(sets), len(design)).sum(axis=1)
        best = np.where(np.isnan(ranks), np.inf, ranks).min(axis=2, keepdims=True)
        shares.append((ranks == best).sum(axis=1) / np.maximum(scored, 1)[:, None])
    joined: Array = np.concatenate(shares).T
    return joined
