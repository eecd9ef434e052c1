"""The ranks of all draws, and the statistics on them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal, get_args

import numpy as np
import polars as pl

from indicia.data import fingerprint, with_figures
from indicia.errors import DefinitionError, IndiciaError, pluralise, suggest
from indicia.notes import Count, Names, Note
from indicia.outcome import Outcome
from indicia.presentation import RobustTable, registered
from indicia.robustness import indices, sampling, smaa, standing
from indicia.robustness.baseline import Baseline

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt

    from indicia.definition import Robustness
    from indicia.methods import Array
    from indicia.presentation import RobustCharts
    from indicia.result import Inputs
    from indicia.robustness.estimators import Order

_ORDERS: tuple[Order, ...] = ("first", "total")


@dataclass(frozen=True)
class Factor:
    """A choice that is varied."""

    name: str
    alternatives: Sequence[Any]

    def __str__(self) -> str:
        if self.name in ("weights", "data"):
            return self.name
        if self.name in ("indicators", "dimensions"):
            return f"{self.name} (each left out in turn, or none)"
        return f"{self.name} ({', '.join(map(str, self.alternatives))})"


@dataclass(frozen=True)
class Failure:
    """Choices that do not go together."""

    choices: str
    reason: str
    draws: int


@dataclass(frozen=True, repr=False)
class Robust(Outcome, Baseline):
    """Where every unit stands over all draws; arrays have one row a run, one column a unit."""

    table_names: ClassVar = get_args(RobustTable)
    _noun = "an analysis of robustness"
    _columns_printed = 14

    factors: tuple[Factor, ...]
    design: npt.NDArray[np.int64]
    """Which alternative of each factor each run took: first those for Sobol' indices, if any, then the free draws."""
    kept: Array
    """The ranks of all runs, (runs, units), as the smallest numbers that are exact: one has to see to sums of them."""
    failed: npt.NDArray[np.bool_]
    failures: tuple[Failure, ...]
    seed: int
    varied: Robustness
    again: Callable[[npt.NDArray[np.int64], Literal["scores", "weights"]], Any]
    """Draws once more, for what is not kept of so many runs."""
    period: str | None = None
    """The period whose ranks are looked at, of a panel."""
    inputs: Inputs | None = None
    """All that the index depends on."""
    weights_table: pl.DataFrame | None = None
    """The table of weights, if they come from one."""

    @property
    def ranks(self) -> Array:
        """Shape (runs, units); NaN where a unit has none."""
        return self.kept.astype(float)

    @cached_property
    def scores(self) -> Array:
        """Shape (runs, units); NaN where a unit has none. They are computed when they are first asked for."""
        found: Array = self.again(self.design, "scores")
        return found

    @cached_property
    def weights(self) -> Mapping[str, Array]:
        """Effective weights of indicators, by run; drawn anew when they are first asked for."""
        found: Mapping[str, Array] = self.again(self.design, "weights")
        return found

    @cached_property
    def several(self) -> list[str]:
        """The factors with more than one alternative."""
        return [factor.name for factor in self.factors if len(factor.alternatives) > 1]

    @cached_property
    def crossed(self) -> int:
        """The number of runs for Sobol' indices."""
        base = self.varied.sensitivity
        return 0 if base is None else base * (len(self.several) + 2)

    @cached_property
    def free(self) -> slice:
        """The runs in which all is drawn freely; if all serve Sobol' indices, the two samples that these start from."""
        if self.crossed and self.crossed == len(self.kept):
            return slice(2 * (self.varied.sensitivity or 0))
        return slice(self.crossed, None)

    @property
    def drawn(self) -> Array:
        """The ranks of the free draws that could be scored."""
        return self._drawn.astype(float)

    @cached_property
    def _drawn(self) -> Array:
        return self._scored(self.kept[self.free])

    @property
    def draws(self) -> int:
        """The number of free draws that could be scored."""
        return len(self._drawn)

    def _scored(self, columns: Array) -> Array:
        """Return the rows of the free draws that could be scored; no copy where all could."""
        failed = self.failed[self.free]
        found: Array = columns[~failed] if failed.any() else columns
        return found

    @cached_property
    def units(self) -> pl.DataFrame:
        """Per unit: nominal, mean and median rank, 5-95 % interval, probabilities of the top k, tier; by nominal rank.

        A new tier begins where a unit stands below the one before it in 95 % of the draws: `stands_below` says in what
        share it does.
        """
        found = standing.standing(self._drawn)
        tier, before = standing.tiers(self._drawn, self.nominal_ranks, self.names)
        tops = {f"top_{k}": standing.top(self._drawn, k) for k in self.varied.top if k < len(self.names)}
        figures = [
            self.nominal.rank.filter(pl.Series(self.rows)).alias("rank"),
            pl.Series("mean", found.mean, nan_to_null=True),
            pl.Series("median", found.median, nan_to_null=True),
            pl.Series("lower", found.lower, nan_to_null=True),
            pl.Series("upper", found.upper, nan_to_null=True),
            *(pl.Series(name, column) for name, column in tops.items()),
            pl.Series("tier", tier),
            pl.Series("stands_below", before, nan_to_null=True),
        ]
        return with_figures(self.about, figures).sort("rank", self.unit, nulls_last=True)

    @cached_property
    def acceptability(self) -> pl.DataFrame:
        """The share of draws in which a unit has a rank: one row a unit, one column a rank."""
        shares = standing.acceptability(self._drawn)
        columns = (pl.Series(str(place + 1), shares[:, place]) for place in range(shares.shape[1]))
        return with_figures(self.about.select(self.unit), columns)

    @cached_property
    def pairwise(self) -> pl.DataFrame:
        """The probability that the unit of the row stands above that of the column; ties count half."""
        shares = standing.pairwise(self._drawn)
        columns = (pl.Series(name, shares[:, number]) for number, name in enumerate(self.names))
        return with_figures(self.about.select(self.unit), columns)

    @cached_property
    def average_shift(self) -> Array:
        """How many ranks units are away from their nominal ones in the mean, by draw."""
        return standing.average_shift(self._drawn, self.nominal_ranks)

    @cached_property
    def central_weights(self) -> pl.DataFrame:
        """The share of draws in which a unit comes first, and their mean weights: which weights would speak for it.

        With `weights = { simplex = true }` this is SMAA-2 (Lahdelma & Salminen 2001).
        """
        names = list(self.weights)
        drawn = np.stack([self._scored(self.weights[name][self.free]) for name in names], axis=1)
        found = smaa.central_weights(drawn, self._drawn)
        first = pl.Series("first", (self._drawn == np.nanmin(self._drawn, axis=1, keepdims=True)).mean(axis=0))
        weights = pl.DataFrame([pl.Series(name, found[:, at], nan_to_null=True) for at, name in enumerate(names)])
        frame = with_figures(with_figures(self.about.select(self.unit), [first]), weights)
        return frame.sort("first", self.unit, descending=[True, False])

    @cached_property
    def sensitivity(self) -> pl.DataFrame:
        """Sobol' indices of the average rank shift: how much of its variance each choice explains, alone and in all."""
        return self._indices(standing.average_shift(self._runs, self.nominal_ranks))

    def sensitivity_of(self, unit: str) -> pl.DataFrame:
        """Sobol' indices of the rank of one unit; without values where its rank is the same in all runs."""
        if unit not in self.names:
            raise IndiciaError(f'"{unit}" is no unit of the data', remedy=suggest(unit, self.names))
        ranks = self._runs[:, self.names.index(unit)]
        if np.isnan(ranks).all():
            raise IndiciaError(f"{unit} has no rank in any run", remedy="name a unit that the index ranks")
        return self._indices(ranks)

    @property
    def _runs(self) -> Array:
        if not self.crossed:
            raise DefinitionError(
                "Sobol' indices need a design of their own",
                remedy="[robustness] sensitivity = 512, or --sensitivity 512",
            )
        return self.kept[: self.crossed].astype(float)

    def _indices(self, output: Array) -> pl.DataFrame:
        every = indices.blocks(np.nan_to_num(self._runs), len(self.several), failed=self.failed[: self.crossed])
        indices.check_factors(every, self.several)
        failed = self.failed[: self.crossed] | ~np.isfinite(output)
        runs = indices.blocks(np.where(failed, 0.0, output), len(self.several), failed=failed)
        columns: dict[str, Any] = {"factor": self.several}
        for order in _ORDERS:
            low, high = indices.bootstrap(runs, order, sampling.generator(self.seed, "bootstrap", order))
            found = indices.sobol(runs, order)
            columns |= {order: found[:, 0], f"{order}_lower": low[:, 0], f"{order}_upper": high[:, 0]}
        return pl.DataFrame(columns, nan_to_null=True).sort("total", descending=True, nulls_last=True)

    @property
    def table_of_factors(self) -> pl.DataFrame:
        """What was varied, and how many alternatives there were."""
        return pl.DataFrame(
            {
                "factor": [factor.name for factor in self.factors],
                "alternatives": [len(factor.alternatives) for factor in self.factors],
                "which": [str(factor) for factor in self.factors],
            }
        )

    @property
    def plot(self) -> RobustCharts:
        """The charts, as Altair objects: `robust.plot.intervals()`.

        They need the extra `charts`, and without it the error names what to install.
        """
        charts: RobustCharts = registered("plot")(self)
        return charts

    @property
    def table_of_failures(self) -> pl.DataFrame:
        """The choices that do not go together, and the number of draws that failed for each."""
        rows = [(failure.choices, failure.reason, failure.draws) for failure in self.failures]
        return pl.DataFrame(rows, schema={"choices": pl.String, "reason": pl.String, "draws": pl.Int64}, orient="row")

    def frame(self, name: str) -> pl.DataFrame:
        """Return a table by its name, one of `table_names`."""
        if name == "factors":  # the attributes of these two names hold objects
            return self.table_of_factors
        return self.table_of_failures if name == "failures" else super().frame(name)

    @property
    def _labelled_units(self) -> pl.DataFrame:
        return self.about

    @property
    def _title_parts(self) -> list[str]:
        draws = pluralise(len(self.kept[self.free]), "draw")
        draws += f" and {self.crossed} runs for sensitivity" if self.crossed else ""
        choices = ", ".join(factor.name for factor in self.factors)
        return [draws, pluralise(len(self.names), "unit"), f"seed {self.seed}", choices]

    @property
    def notes(self) -> tuple[Note, ...]:
        """The average shift of ranks, the number of tiers, and the draws that are left out."""
        shift = self.average_shift
        low, high = np.nanquantile(shift, [0.05, 0.95])
        said = [Note("moves", mean=f"{np.nanmean(shift):.1f}", low=f"{low:.1f}", high=f"{high:.1f}")]
        tiers = self.units.filter(pl.col("tier") > 0)["tier"].n_unique()
        said.append(Note("tiers", count=Count(tiers, "tier")))
        if self.failed.any():
            reasons = Names.of((f"{one.choices}: {one.reason}" for one in self.failures), limit=3)
            share = {"failed": int(self.failed.sum()), "runs": len(self.failed), "share": f"{self.failed.mean():.1%}"}
            said.append(Note("failed", reasons=reasons, **share))
        return tuple(said)

    @property
    def input_tables(self) -> tuple[pl.DataFrame, ...]:
        """The tables whose fingerprints are in the manifest."""
        of_index = self.inputs.tables if self.inputs else ()
        return of_index if self.weights_table is None else (*of_index, self.weights_table)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """All that this analysis depends on, with the number of runs and those that failed."""
        return {
            **(self.inputs.manifest if self.inputs else {}),
            "period": self.period,
            "seed": self.seed,
            "varied": self.varied.model_dump(mode="json", exclude_none=True, exclude={"seed"}),
            "weights_table": None if self.weights_table is None else fingerprint(self.weights_table),
            "runs": len(self.kept),
            "failed": [[one.choices, one.reason, one.draws] for one in self.failures],
        }

    @property
    def _frames_printed(self) -> tuple[pl.DataFrame, ...]:
        return (self.units,)
