"""The ranks of all draws, and the statistics on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl

from indicia.arguments import names_its_arguments
from indicia.data import fingerprint, with_figures
from indicia.definition import OPTIONAL, RANK, SCORE, STAGES, catalogue_of_file
from indicia.errors import DefinitionError, IndiciaError, pluralise, suggest_unit
from indicia.notes import Count, Names, Note
from indicia.result.run_citations import manifest_of
from indicia_robustness import indices, rank_distribution, rank_tables, sampling
from indicia_robustness.bands import DrawClassifier
from indicia_robustness.elementary import effect_statistics, effects_of
from indicia_robustness.imputations import IMPUTATIONS
from indicia_robustness.pooled_scores import pooled_scores, table_of_imputations
from indicia_robustness.random_methods import SETS
from indicia_robustness.sample_layout import SaltelliLayout
from indicia_robustness.weight_tables import WeightTables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy.typing as npt

    from indicia.definition import Bands, Robustness
    from indicia.methods import Array, Method
    from indicia.result import Inputs
    from indicia.types import PositiveInt
    from indicia_robustness.elementary import Trajectories
    from indicia_robustness.estimators import Order
    from indicia_robustness.sample_layout import GivenRuns

_ORDERS: tuple[Order, ...] = ("first", "total")


@dataclass(frozen=True)
class Factor:
    """A choice that is varied."""

    name: str
    alternatives: Sequence[Any]

    def __str__(self) -> str:
        if self.name in SETS:
            return self.name.replace("_", " ")
        if self.name in ("indicators", "dimensions"):
            return f"{self.name} (each left out in turn, or none)"
        if self.name == IMPUTATIONS:
            return f"{len(self.alternatives)} {self.name}"
        return f"{self.name} ({', '.join(map(_label, self.alternatives))})"


def _label(choice: object) -> str:
    """Return the name of an alternative; a table of the index file is written like a method with its parameters.

    >>> _label({"method": "min_max", "upper": 100})
    'min_max(upper=100)'
    """
    if isinstance(choice, Mapping):
        parameters = ", ".join(f"{key}={value}" for key, value in choice.items() if key != "method")
        return f"{choice['method']}({parameters})" if parameters else str(choice["method"])
    return "as in the index file" if choice is None else str(choice)


@dataclass(frozen=True)
class Failure:
    """A combination of choices that cannot be scored, with the reason and the number of its draws."""

    choices: str
    reason: str
    draws: int


@dataclass(frozen=True)
class FeasibleDesign:
    """A design without the choices with which the index cannot be scored."""

    varied: Robustness
    left_out: tuple[str, ...]
    """The choices that are left out, each with the reason."""
    ranks: Mapping[tuple[str, str], Array]
    """By stage and method, the ranks of the analysed units with this choice alone, (units,)."""
    needed_parts: frozenset[str] = frozenset()
    """The indicators and dimensions without which the index cannot be scored."""


@dataclass(frozen=True, repr=False)
class Robust(WeightTables):
    """The ranks of all units in all draws; arrays have a row for each run and a column for each unit."""

    factors: tuple[Factor, ...]
    design: npt.NDArray[np.int64]
    """The alternative of each factor in each run, (runs, factors): any runs for Sobol' indices, then free draws."""
    compact_ranks: Array
    """The ranks of all runs, (runs, units), in the smallest exact type: sums need a larger type."""
    failed: npt.NDArray[np.bool_]
    failures: tuple[Failure, ...]
    seed: int
    varied: Robustness
    rescore: Callable[[npt.NDArray[np.int64], Literal["scores", "weights"]], Any]
    """Returns the scores or weights of a design; they are not kept, to save memory."""
    stored_scores: Array | None = None
    """The scores of all runs, (runs, units), if they are kept; NaN for a unit without a score."""
    period: str | None = None
    """The period of a panel whose ranks are analysed."""
    inputs: Inputs | None = None
    """The inputs of the index."""
    weights_table: pl.DataFrame | None = None
    """The table of weights, if weights come from a table."""
    idle: tuple[str, ...] = ()
    """The choices that changed no score in the draws that tried it; only an analysis that is not strict has them."""
    feasible: FeasibleDesign | None = None
    """The choices that were tried before the draws; None if the analysis is strict."""
    trajectories: Trajectories | None = None
    """The runs for elementary effects, after those for Sobol' indices and before the free draws."""
    given: GivenRuns | None = None
    """The runs that the user brought, if the design is not drawn."""
    node: str | None = None
    """The node of the exact tables on weights; None for the index. `at_node` sets it."""
    first_at_weights: Callable[[npt.NDArray[np.int64], Mapping[str, Array]], Array] | None = None
    """Returns the share of the draws of a design in which each unit is first with fixed weights, (units, sets)."""
    notes_on_fit: tuple[Note, ...] = ()
    """The notes on statistics and weights that a fitted index does not have, and that are computed from the data."""

    @property
    def ranks(self) -> Array:
        """The ranks of all runs, (runs, units); NaN for a unit without a rank."""
        return self.compact_ranks.astype(float)

    @cached_property
    def scores(self) -> Array:
        """The scores of all runs, (runs, units); NaN for a unit without a score. They are computed at the first use."""
        scores: Array = self.rescore(self.design, "scores") if self.stored_scores is None else self.stored_scores
        return scores

    @cached_property
    def weights(self) -> Mapping[str, Array]:
        """The effective weights of indicators in all runs, (runs,) by indicator. They are computed at the first use."""
        weights: Mapping[str, Array] = self.rescore(self.design, "weights")
        return weights

    @cached_property
    def varied_factors(self) -> list[str]:
        """The factors with more than one alternative; of a design of Saltelli that the user brought, its inputs."""
        if self.given is not None and self.given.layout is not None:
            return list(self.given.names)
        return [factor.name for factor in self.factors if len(factor.alternatives) > 1]

    @cached_property
    def sensitivity_runs(self) -> int:
        """The number of runs for Sobol' indices."""
        return 0 if self._layout is None else self._layout.order.size

    @cached_property
    def _layout(self) -> SaltelliLayout | None:
        """The parts of the design for Sobol' indices."""
        if self.given is not None:
            return self.given.layout
        base = self.varied.sensitivity
        if base is None:
            return None
        runs = np.arange(base * (len(self.varied_factors) + 2))
        return SaltelliLayout(runs.reshape(-1, base), crossed=False)

    @cached_property
    def free_draws(self) -> slice | npt.NDArray[np.int64]:
        """The runs with independently drawn choices: if all runs are for Sobol' indices, the first two samples."""
        if self._layout is not None and self.sensitivity_runs == len(self.compact_ranks):
            return self._layout.base
        return slice(self.sensitivity_runs + (self.trajectories.runs if self.trajectories else 0), None)

    @property
    def drawn_ranks(self) -> Array:
        """The ranks of the free draws that were scored."""
        return self._drawn.astype(float)

    @cached_property
    def _drawn(self) -> Array:
        return self._scored(self.compact_ranks[self.free_draws])

    @property
    def draws(self) -> int:
        """The number of free draws that were scored."""
        return len(self._drawn)

    def _scored(self, columns: Array) -> Array:
        """Return the rows of the free draws that were scored, without a copy if none failed."""
        failed = self.failed[self.free_draws]
        scored: Array = columns[~failed] if failed.any() else columns
        return scored

    @cached_property
    def units(self) -> pl.DataFrame:
        """The nominal, mean and median rank of each unit, 5-95 % interval, probabilities of the top k, and tier.

        The interval is the spread of the ranks over the draws. It is no confidence set, also if values are redrawn by
        their standard errors.

        Units are ordered by nominal rank. A new tier begins with a unit that ranks below its predecessor in at least
        95 % of the draws; `stands_below` is this share.
        """
        statistics = rank_distribution.rank_statistics(self._drawn)
        tier, before = rank_distribution.tiers(self._drawn, self.nominal_ranks, self.names)
        tops = {f"top_{k}": rank_distribution.top(self._drawn, k) for k in self.varied.top if k < len(self.names)}
        figures = [
            self.nominal.rank.filter(pl.Series(self.rows)).alias("rank"),
            pl.Series("mean", statistics.mean, nan_to_null=True),
            pl.Series("median", statistics.median, nan_to_null=True),
            pl.Series("lower", statistics.lower, nan_to_null=True),
            pl.Series("upper", statistics.upper, nan_to_null=True),
            *(pl.Series(name, column) for name, column in tops.items()),
            pl.Series("tier", tier),
            pl.Series("stands_below", before, nan_to_null=True),
        ]
        return with_figures(self.labelled_units, figures).sort("rank", self.unit, nulls_last=True)

    @cached_property
    def acceptability(self) -> pl.DataFrame:
        """The share of draws in which a unit has a rank: a row for each unit, a column for each rank."""
        shares = rank_distribution.acceptability(self._drawn)
        columns = (pl.Series(str(place + 1), shares[:, place]) for place in range(shares.shape[1]))
        return with_figures(self.labelled_units.select(self.unit), columns)

    @cached_property
    def band_probabilities(self) -> pl.DataFrame:
        """The share of draws in which a unit is in each band, by classification of the index's score or rank.

        Columns: the unit, bands, band, probability. The draws keep the ranks; for bands of scores they are scored
        again. The probabilities of a unit sum to less than 1 if it has no band in some draws.
        """
        classifications = {name: bands for name, bands in self.definition.bands.items() if bands.of in (SCORE, RANK)}
        if not classifications:
            raise IndiciaError(
                "the index has no bands of its score or rank",
                remedy='[bands.decile] of = "rank", shares = 10; the draws have no scores of dimensions or indicators',
            )
        names = self.labelled_units.select(self.unit, rank=pl.Series(self.nominal_ranks, nan_to_null=True))
        frames = []
        for place, (name, bands) in enumerate(classifications.items()):
            shares = self._classifier(bands).shares(self._drawn if bands.of == RANK else self._drawn_scores)
            for number, band in enumerate(bands.labels()):
                words = [pl.lit(name).alias("bands"), pl.lit(band).alias("band"), pl.lit(place).alias("place")]
                probability = pl.Series("probability", shares[:, number])
                frames.append(names.with_columns(*words, probability, number=pl.lit(number)))
        order = ["place", "rank", self.unit, "number"]
        return pl.concat(frames).sort(order, nulls_last=True).drop("rank", "place", "number")

    @cached_property
    def _drawn_scores(self) -> Array:
        """The scores of the free draws that were scored."""
        return self._scored(self.scores[self.free_draws])

    def _classifier(self, bands: Bands) -> DrawClassifier:
        """Return the classifier of the ranks or scores of draws."""
        units, key = self.labelled_units, list(bands.within)
        groups = [np.arange(len(units))]
        if key:
            numbered = units.with_row_index("\0row").drop_nulls(key)
            groups = [np.array(rows) for rows in numbered.group_by(key).agg("\0row")["\0row"]]
        decimals = self.nominal.tree.decimals if bands.of == SCORE else None
        return DrawClassifier(bands, self.definition.methodology.ties, self.eligible, groups, decimals)

    @cached_property
    def pairwise(self) -> pl.DataFrame:
        """The probability that the unit of the row ranks above the unit of the column; ties count half."""
        shares = rank_distribution.pairwise(self._drawn)
        columns = (pl.Series(name, shares[:, number]) for number, name in enumerate(self.names))
        return with_figures(self.labelled_units.select(self.unit), columns)

    @names_its_arguments
    def neighbours(self, count: PositiveInt) -> Array:
        """Return the probability that the units ranked before a unit rank above it in the draws, (units, count).

        Rows are the units in `order`; the first column is for the unit directly before, the second for the unit before
        that one, and so on. NaN where there is no such unit.

        Parameters
        ----------
        count : int
            The number of units before each unit.

        Returns
        -------
        array of float, shape (units, count)
            Probabilities, 0 to 1.
        """
        return rank_distribution.above_next(self._drawn, self.order, count)

    @names_its_arguments
    def share_in_top(self, k: PositiveInt) -> Array:
        """Return the share of the draws in which each unit has one of the first k ranks, (units,).

        Parameters
        ----------
        k : int
            The number of places.

        Returns
        -------
        array of float, shape (units,)
            Shares, 0 to 1.
        """
        return rank_distribution.top(self._drawn, k)

    @cached_property
    def average_shift(self) -> Array:
        """The mean absolute difference between drawn and nominal ranks, by draw."""
        return rank_distribution.average_shift(self._drawn, self.nominal_ranks)

    @cached_property
    def shifts(self) -> pl.DataFrame:
        """The average shift of ranks by draw: the number of the draw among the free draws, from 1, and the shift."""
        numbers = np.flatnonzero(~self.failed[self.free_draws]) + 1
        return pl.DataFrame({"draw": numbers, "shift": self.average_shift}, nan_to_null=True)

    @cached_property
    def rank_stability(self) -> pl.DataFrame:
        """The best, median and worst rank of each unit in the draws, and two coefficients of them.

        `stability` is 1 less the share of all places over which the ranks spread; `balance` is the place of the nominal
        rank between the median (0) and the best (-1) or the worst rank (1), null for a unit that keeps its rank.

        Source: Paradowski (2025), Procedia Computer Science 270.
        """
        return rank_tables.stability_table(self.labelled_units.select(self.unit), self._drawn, self.nominal_ranks)

    @cached_property
    def entropies(self) -> pl.DataFrame:
        """The entropy of the first unit and of the ranking over the draws, 0 for a decided one.

        `bits` is -Σ p log2 p over the shares of draws, and `share` its part of the largest possible, log2 n or log2 n!.
        Few draws of many units underestimate the entropy of the ranking.
        """
        return rank_tables.entropy_table(self._drawn)

    @cached_property
    def fuzzy_ranks(self) -> pl.DataFrame:
        """The membership of each unit in each rank: its acceptability divided by its largest one."""
        return rank_tables.fuzzy_table(self.labelled_units.select(self.unit), self._drawn)

    @cached_property
    def modes(self) -> pl.DataFrame:
        """The most likely score of each unit over the draws, and the degrees of confidence in it.

        The columns are those of `Stability.modes`, whose weights are a grid; the draws are scored again.
        """
        scores = np.where(self.eligible, self._drawn_scores, np.nan)
        return rank_tables.modes_table(self.labelled_units.select(self.unit), scores)

    @cached_property
    def central_weights(self) -> pl.DataFrame:
        """The share of draws in which a unit is first, and the mean weights of these draws.

        With `weights = { simplex = true }` this is SMAA-2 (Lahdelma & Salminen 2001).
        """
        names = list(self.weights)
        drawn = np.stack([self._scored(self.weights[name][self.free_draws]) for name in names], axis=1)
        means = rank_tables.central_weights(drawn, self._drawn)
        first = pl.Series("first", (self._drawn == np.nanmin(self._drawn, axis=1, keepdims=True)).mean(axis=0))
        weights = pl.DataFrame(
            [pl.Series(name, means[:, column], nan_to_null=True) for column, name in enumerate(names)]
        )
        frame = with_figures(with_figures(self.labelled_units.select(self.unit), [first]), weights)
        return frame.sort("first", self.unit, descending=[True, False])

    @cached_property
    def pooled(self) -> pl.DataFrame:
        """The scores pooled over several imputations by Rubin's rules, with their variances.

        `pooled_score` is the mean over the imputations, and `pooled_rank` its rank. `within` is the variance of the
        score within an imputation, due to the other choices that vary; `between` is that between the imputations, and
        `total` the variance of the pooled score. `share` is the share of it that is due to missing values, and
        `freedom` the degrees of freedom of its t distribution. `lower` and `upper` are the interval of ranks of
        `units`.
        """
        return pooled_scores(self, self._drawn, self._drawn_scores, self._drawn_imputations)

    @property
    def imputations(self) -> pl.DataFrame:
        """The imputations, with the number of free draws of each, and the seed with which a run imputes the same."""
        return table_of_imputations(self.seed, self._drawn_imputations)

    @property
    def _drawn_imputations(self) -> npt.NDArray[np.int64]:
        """The number of the imputation, from 0, of each free draw that was scored."""
        names = [factor.name for factor in self.factors]
        if IMPUTATIONS not in names:
            raise IndiciaError("this analysis has one imputation, or none", remedy="--imputations 20")
        free = self.free_draws
        return self.design[free, names.index(IMPUTATIONS)][~self.failed[free]]

    @cached_property
    def sensitivity(self) -> pl.DataFrame:
        """Sobol' indices of the average rank shift: the share of its variance that each choice explains."""
        return self._indices(rank_distribution.average_shift(self._runs, self.nominal_ranks))

    @names_its_arguments
    def sensitivity_of(self, unit: str, other: str | None = None) -> pl.DataFrame:
        """Return Sobol' indices of the rank of a unit, or of its distance in ranks to another unit.

        The table has no values if the rank or the distance is the same in all runs.

        Parameters
        ----------
        unit : str
            The unit, by its key.
        other : str, optional
            A second unit, for the distance in ranks; by default the rank of `unit` is analysed.

        Returns
        -------
        polars.DataFrame
            A row for each choice that varies, with first-order and total indices (0 to 1) and their intervals.

        Raises
        ------
        IndiciaError
            If there is no such unit, or the analysis has no runs for Sobol' indices.
        """
        columns = [self._number_of(name) for name in (unit, other) if name is not None]
        ranks = [self._ranks_of(column, self._runs) for column in columns]
        return self._indices(ranks[0] if other is None else ranks[0] - ranks[1])

    @cached_property
    def elementary_effects(self) -> pl.DataFrame:
        """The elementary effects of choices and weights on the average rank shift: mu, mu_star, sigma.

        The effect of a weight is the change of the shift over the range of the weight, and that of another choice the
        change from one alternative to another. `lower` and `upper` are mu ± 2 standard errors.
        """
        return self._effects(rank_distribution.average_shift(self._runs_of_trajectories, self.nominal_ranks))

    @names_its_arguments
    def elementary_effects_on(self, unit: str) -> pl.DataFrame:
        """Return the elementary effects of choices and weights on the rank of a unit.

        Parameters
        ----------
        unit : str
            The unit, by its key.

        Returns
        -------
        polars.DataFrame
            A row for each input, with mu, mu_star, sigma and an interval of mu.

        Raises
        ------
        IndiciaError
            If there is no such unit, or the analysis has no trajectories.
        """
        return self._effects(self._ranks_of(self._number_of(unit), self._runs_of_trajectories))

    @property
    def _runs_of_trajectories(self) -> Array:
        """The ranks of all runs; DefinitionError if none are on trajectories."""
        if self.trajectories is None:
            raise DefinitionError(
                "this analysis has no trajectories for elementary effects",
                remedy="[robustness] morris = 20, or --morris 20",
            )
        return self.ranks

    def _effects(self, output: Array) -> pl.DataFrame:
        assert self.trajectories is not None
        effects = effects_of(output, self.trajectories.steps)
        return effect_statistics(effects, self.trajectories.names).sort("mu_star", descending=True, nulls_last=True)

    def _number_of(self, unit: str) -> int:
        """Return the number of a unit; IndiciaError if there is none of this name."""
        if unit not in self.names:
            raise IndiciaError(f'"{unit}" is no unit of the data', remedy=suggest_unit(unit, self.names, self.unit))
        return self.names.index(unit)

    def _ranks_of(self, unit: int, runs: Array) -> Array:
        """Return the ranks of a unit, by its number, in some runs."""
        ranks: Array = runs[:, unit]
        if np.isnan(ranks).all():
            raise IndiciaError(f"{self.names[unit]} has no rank in any run", remedy="name a unit that the index ranks")
        return ranks

    @property
    def _runs(self) -> Array:
        if self._layout is None:
            remedy = "[robustness] sensitivity = 512, or --sensitivity 512"
            if self.given is not None:
                remedy = "the rows of the design are A, B, and A with each column of B in turn"
            raise DefinitionError("this analysis has no runs for Sobol' indices", remedy=remedy)
        return self.compact_ranks[self._layout.order.ravel()].astype(float)

    def _indices(self, output: Array) -> pl.DataFrame:
        assert self._layout is not None
        crossed, factors = self._layout.crossed, len(self.varied_factors)
        run_failed = self.failed[self._layout.order.ravel()]
        all_runs = indices.blocks(np.nan_to_num(self._runs), factors, failed=run_failed, crossed=crossed)
        if self.feasible is None:
            indices.check_factors(all_runs, self.varied_factors)
        failed = run_failed | ~np.isfinite(output)
        runs = indices.blocks(np.where(failed, 0.0, output), factors, failed=failed, crossed=crossed)
        columns: dict[str, Any] = {"factor": self.varied_factors}
        for order in _ORDERS:
            low, high = indices.bootstrap(runs, order, sampling.generator(self.seed, "bootstrap", order))
            estimates = indices.sobol(runs, order)
            columns |= {order: estimates[:, 0], f"{order}_lower": low[:, 0], f"{order}_upper": high[:, 0]}
        return pl.DataFrame(columns, nan_to_null=True).sort("total", descending=True, nulls_last=True)

    @property
    def table_of_factors(self) -> pl.DataFrame:
        """The choices that vary, with the number of alternatives."""
        return pl.DataFrame(
            {
                "factor": [factor.name for factor in self.factors],
                "alternatives": [len(factor.alternatives) for factor in self.factors],
                "which": [str(factor) for factor in self.factors],
            }
        )

    @property
    def table_of_failures(self) -> pl.DataFrame:
        """The combinations of choices that cannot be scored, with the reason and the number of draws of each."""
        rows = [(failure.choices, failure.reason, failure.draws) for failure in self.failures]
        return pl.DataFrame(rows, schema={"choices": pl.String, "reason": pl.String, "draws": pl.Int64}, orient="row")

    @property
    def table_of_scores(self) -> pl.DataFrame:
        """The scores of all runs, with a row for each run, and a column for each unit."""
        return self._by_run(self.scores)

    @property
    def table_of_ranks(self) -> pl.DataFrame:
        """The ranks of all runs, with a row for each run, and a column for each unit."""
        return self._by_run(self.ranks)

    def _by_run(self, figures: Array) -> pl.DataFrame:
        """Return figures with a row for each run, and a column for each unit."""
        numbers = pl.DataFrame({"run": np.arange(1, len(figures) + 1)})
        columns = [pl.Series(name, figures[:, unit], nan_to_null=True) for unit, name in enumerate(self.names)]
        return with_figures(numbers, columns)

    @property
    def title_parts(self) -> list[str]:
        """The numbers of draws and units, the seed, and the choices."""
        draws = pluralise(len(self.compact_ranks[self.free_draws]), "draw")
        if self.given is not None:
            draws = f"{pluralise(len(self.compact_ranks), 'run')} of {self.given.name}"
        elif self.sensitivity_runs or self.trajectories:
            runs = self.sensitivity_runs + (self.trajectories.runs if self.trajectories else 0)
            draws += f" and {runs} runs for sensitivity"
        choices = ", ".join(factor.name.replace("_", " ") for factor in self.factors)
        return [draws, pluralise(len(self.names), "unit"), f"seed {self.seed}", choices]

    @property
    def redraws_values(self) -> bool:
        """True if draws add errors to the values that were observed."""
        return any(factor.name == "data" for factor in self.factors)

    @property
    def notes(self) -> tuple[Note, ...]:
        """The notes on the data, and the findings."""
        return (*(self.inputs.notes if self.inputs else ()), *self.findings)

    @property
    def findings(self) -> tuple[Note, ...]:
        """The average shift of ranks, the number of tiers, redrawn values, and the draws that are left out."""
        shift = self.average_shift
        low, high = np.nanquantile(shift, [0.05, 0.95])
        notes = [Note("moves", mean=f"{np.nanmean(shift):.1f}", low=f"{low:.1f}", high=f"{high:.1f}")]
        tiers = self.units.filter(pl.col("tier") > 0)["tier"].n_unique()
        notes.append(Note("tiers", count=Count(tiers, "tier")))
        if self.redraws_values:
            notes.append(Note("redrawn"))
        if self.failed.any():
            reasons = Names.of((f"{failure.choices}: {failure.reason}" for failure in self.failures), limit=3)
            share = {"failed": int(self.failed.sum()), "runs": len(self.failed), "share": f"{self.failed.mean():.1%}"}
            notes.append(Note("failed", reasons=reasons, **share))
        return (*self.notes_on_ranks, *self.notes_on_fit, *notes)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The inputs of the analysis, with the number of runs and the failures."""
        return {
            **(self.inputs.manifest if self.inputs else {}),
            "period": self.period,
            "seed": self.seed,
            "varied": self.varied.model_dump(mode="json", exclude_none=True, exclude={"seed"}),
            "weights_table": None if self.weights_table is None else fingerprint(self.weights_table),
            "runs": len(self.compact_ranks),
            **({} if self.given is None else {"design": fingerprint(self.given.table)}),
            "failed": [[failure.choices, failure.reason, failure.draws] for failure in self.failures],
            **(
                manifest_of(self.inputs.citations_with(alternatives_of(self.varied, self.inputs)))
                if self.inputs
                else {}
            ),
        }


def alternatives_of(varied: Robustness, inputs: Inputs) -> Iterator[Method]:
    """Yield the methods that draws take in place of those of the index."""
    catalogue = catalogue_of_file(inputs.catalogue, inputs.definition, inputs.origin)
    for stage in STAGES:
        for choice in getattr(varied, stage):
            if choice is not None and (choice != "none" or stage not in OPTIONAL):
                yield catalogue.choose(stage, choice, inputs.origin.folder)
