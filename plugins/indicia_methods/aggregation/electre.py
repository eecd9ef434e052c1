"""ELECTRE: a unit outranks another if enough weight supports it and no component strongly opposes it."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import numpy as np
from pydantic import Field

from indicia.methods import Array, MatrixAggregation, MatrixContext, Property
from indicia_methods import relations
from indicia_methods.aggregation import electre_tables, percomponent
from indicia_methods.aggregation.concordance import (
    CELLS,
    ROUNDING,
    Distillation,
    both_credibilities,
    credibilities,
    indices,
)
from indicia_methods.aggregation.preferences import Profiles, ascending_profiles, count_profiles

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from indicia.methods.contract import DetailTable
    from indicia_methods.arrays import Integers, Mask

    Outranking: TypeAlias = "Callable[[Array, Array, Array], Mapping[str, Mask]]"

Levels: TypeAlias = float | tuple[float, ...] | None
Thresholds: TypeAlias = float | tuple[float, ...] | dict[str, float] | None

_TABLES_OF = {
    "i": ("units", "pairs"),
    "ii": ("units", "pairs"),
    "iii": ("units", "pairs", "distillation"),
    "tri": ("units", "profiles"),
}
"""The tables of details of each form."""

_LEVELS: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "i": ((0.6,), (0.4,)),
    "ii": ((0.65, 0.5, 0.35), (0.65, 0.35)),
}


@dataclass(frozen=True)
class Electre(MatrixAggregation):
    """Compare units by outranking: a unit outranks another if enough weight supports it, and it is nowhere much worse.

    I finds the kernel, a set of units that do not outrank each other and outrank all others; the kernel scores 1, the
    other units 0. II ranks units forward and backward by strong and weak outranking; III ranks them by a descending and
    an ascending distillation of credibilities. The score of II and III is the mean of both ranks. TRI sorts units into
    classes between `profiles`; the score is the class, 1 the worst. Thresholds and profiles are on the scale of the
    normalised values, in the unit of measure if there is no normalisation. Values for each component are a list in the
    order of the index file, or named, as in `p={"price": 50, "speed": 10}` or `profiles={"price": [600, 500], "speed":
    [68, 83]}`. Two units are compared by the components that both have.

    In I and II, the difference that opposes an outranking is a share of the range of its component. With
    `discordance_range = "common"` it is a share of the largest range of all components, as in Roy (1968), whatever the
    weights. This needs components on one scale, and a component with a smaller range then opposes less.
    """

    name = "electre"
    reference = (
        "Roy (1968), RIRO 2(8); Roy & Bertier (1971), SEMA; Roy (1978), Cahiers du CERO 20(1); Yu (1992), thesis, "
        "Université Paris-Dauphine"
    )
    formula = "<form>"
    symbols = {
        "concordance": "c",
        "discordance": "d",
        "q": "q_j",
        "p": "p_j",
        "v": "v_j",
        "cut": r"\lambda",
        "profiles": "b",
    }
    variants = {
        "form": {
            "i": (
                r"1 \text{ in the kernel of } a \to b : C_{ab} \ge c, \; D_{ab} \le d, \text{ else } 0, \quad C_{ab} = "
                r"\sum_j w_j [z_{aj} \ge z_{bj}], \; D_{ab} = \max_j \frac{(z_{bj} - z_{aj})_+}{<discordance_range>}"
            ),
            "ii": (
                r"\text{mean rank of } a \to b : C_{ab} \ge c, \; D_{ab} \le d, \quad C_{ab} = \sum_j w_j [z_{aj} \ge "
                r"z_{bj}], \; D_{ab} = \max_j \frac{(z_{bj} - z_{aj})_+}{<discordance_range>}"
            ),
            "iii": (
                r"\text{mean rank of two distillations of } S, \quad S_{ab} = C_{ab} \prod_{j : d_j > C_{ab}} \frac{1 "
                "- "
                r"d_j}{1 - C_{ab}}, \; C_{ab} = \sum_j w_j \left( \frac{p_j - (z_{bj} - z_{aj})}{p_j - q_j} "
                r"\right)_0^1, "
                r"\; d_j = \left( \frac{z_{bj} - z_{aj} - p_j}{v_j - p_j} \right)_0^1"
            ),
            "tri": (
                r"\text{class of } a \text{ by } S_{ab} \ge \lambda \text{ over its profiles } b, \quad S_{ab} = "
                "C_{ab} "
                r"\prod_{j : d_j > C_{ab}} \frac{1 - d_j}{1 - C_{ab}}, \; C_{ab} = \sum_j w_j \left( \frac{p_j - "
                "(z_{bj} "
                r"- z_{aj})}{p_j - q_j} \right)_0^1, \; d_j = \left( \frac{z_{bj} - z_{aj} - p_j}{v_j - p_j} "
                r"\right)_0^1"
            ),
        },
        "discordance_range": {
            "own": r"\max z_j - \min z_j",
            "common": r"\max_k (\max z_k - \min z_k)",
        },
    }
    canonical_normalisation = "none"
    properties = frozenset({Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})
    detail_tables = {
        "units": "a unit: I: whether it is in the kernel, how many units it outranks and that outrank it, and its "
        "cycle; II and III: both ranks; TRI: both classes",
        "pairs": "two units: I and II: concordance and discordance of a over b, and how a outranks b; III: "
        "concordance, credibility, and the relation by both ranks (P: a is preferred, P-: b is preferred, I: "
        "indifferent, R: incomparable)",
        "distillation": "a unit in a step of III: the rank sought, the largest credibility of the step (level), the "
        "next one that counts (cut), and the qualification of the unit",
        "profiles": "a unit beside a profile of TRI, 1 the worst: concordance and credibility in both directions, and "
        "the relation (>: the unit outranks the profile, <: the reverse, I: both, R: neither)",
    }

    form: Annotated[Literal["i", "ii", "iii", "tri"], Field(description="which of the ELECTRE methods")] = "i"
    concordance: Annotated[
        Levels,
        Field(
            description="smallest weight in favour. I: one number, 0.6 by default. II: strong, strong at low "
            "discordance, weak; [0.65, 0.5, 0.35] by default"
        ),
    ] = None
    discordance: Annotated[
        Levels,
        Field(
            description="largest opposing difference, as a share of the range. I: one number, default 0.4. II: two "
            "numbers, default [0.65, 0.35]"
        ),
    ] = None
    discordance_range: Annotated[
        Literal["own", "common"],
        Field(description="I, II: range that divides differences: that of the component, or the largest of all"),
    ] = "own"
    q: Annotated[Thresholds, Field(description="III, TRI: largest difference that does not count, or 0")] = None
    p: Annotated[Thresholds, Field(description="III, TRI: smallest difference that counts in full, or q")] = None
    v: Annotated[Thresholds, Field(description="III, TRI: veto threshold; no veto if omitted")] = None
    profiles: Annotated[
        Profiles,
        Field(description="TRI: borders between classes, worst first, or those of each component by name"),
    ] = ()
    classes: Annotated[tuple[str, ...], Field(description="TRI: names of the classes, worst first")] = ()
    cut: Annotated[float, Field(gt=0.5, le=1, description="TRI: smallest credibility of an outranking")] = 0.75
    assignment: Annotated[
        Literal["pessimistic", "optimistic"], Field(description="TRI: rule of assignment that gives the score")
    ] = "pessimistic"

    def __post_init__(self) -> None:
        self._check_levels()
        for case in percomponent.cases(self._options):
            _with_defaults(**case)
        if self.form != "tri":
            return
        if not self._borders:
            raise ValueError("tri needs profiles: the borders between classes, with a value for each component")
        if self.classes and len(self.classes) != self._borders + 1:
            raise ValueError(f"{self._borders} profile(s) make {self._borders + 1} classes, not {len(self.classes)}")

    @property
    def settings(self) -> dict[str, Any]:
        if self.form in _LEVELS:
            concordance, discordance = self._levels
            return {**self.parameters, "concordance": concordance, "discordance": discordance}
        return {
            **self.parameters,
            "q": 0.0 if self.q is None else self.q,
            "p": self.p if self.p is not None else self.q,
        }

    @property
    def _options(self) -> dict[str, object]:
        return {"q": self.q, "p": self.p, "v": self.v}

    @property
    def _borders(self) -> int:
        return count_profiles(self.profiles)

    def _check_levels(self) -> None:
        if self.form not in _LEVELS:
            if self.discordance_range != "own":
                raise ValueError(f"discordance_range belongs to i and ii: {self.form} has the thresholds p and v")
            return
        for name, levels, default in zip(("concordance", "discordance"), self._levels, _LEVELS[self.form], strict=True):
            if len(levels) != len(default):
                raise ValueError(f"{name} of {self.form} needs {len(default)} number(s), not {len(levels)}")
            if list(levels) != sorted(levels, reverse=True) or not 0 <= min(levels) <= max(levels) <= 1:
                raise ValueError(f"{name} must lie between 0 and 1, the strictest first")

    @property
    def low_is_best(self) -> bool:
        return self.form in ("ii", "iii")

    @property
    def _levels(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        of_concordance, of_discordance = _LEVELS[self.form]
        return _as_tuple(self.concordance, of_concordance), _as_tuple(self.discordance, of_discordance)

    @property
    def oriented(self) -> bool:
        return False

    def _thresholds(self, context: MatrixContext) -> Array:
        """Return q, p and v, shape (3, k)."""
        return np.array([_with_defaults(**case) for case in percomponent.of_each(self._options, context.components)]).T

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        values = np.where(context.costs, -values, values)
        if self.form == "i":
            outranks, outranked_by = self._outranking(values, weights)
            kernel = np.zeros(len(values))
            kernel[relations.kernel(relations.strong_components(outranks, outranked_by), outranked_by)] = 1.0
            return kernel
        if self.form == "tri":
            return self._classes(values, weights, context)[self.assignment].astype(float)
        first, second = self._ranks(values, weights, context).values()
        mean: Array = (first + second) / 2
        return mean

    def unit_details(
        self, values: Array, weights: Array, context: MatrixContext
    ) -> Mapping[str, Sequence[float | str | None]]:
        values = np.where(context.costs, -values, values)
        if self.form == "i":
            return self._kernel(values, weights)
        if self.form == "tri":
            classes = self.classes or tuple(str(number + 1) for number in range(self._borders + 1))
            numbers = self._classes(values, weights, context)
            return {name: [classes[place - 1] for place in places] for name, places in numbers.items()}
        return {name: ranks.tolist() for name, ranks in self._ranks(values, weights, context).items()}

    @property
    def reported_tables(self) -> Mapping[str, str]:
        return {name: self.detail_tables[name] for name in _TABLES_OF[self.form]}

    def detail_table(self, table: str, values: Array, weights: Array, context: MatrixContext) -> DetailTable:
        values, units = np.where(context.costs, -values, values), context.units
        if self.form in _LEVELS:
            relate = self._relations_i if self.form == "i" else self._relations_ii
            return electre_tables.pairs_of_indices(self.scaled(values), weights, relate, units)
        columns, thresholds = np.ascontiguousarray(values.T), self._thresholds(context)
        if table == "profiles":
            borders = self._border_values(context)
            return electre_tables.units_beside_profiles(columns, borders, weights, thresholds, self.cut, units)
        distillation = self._distillation(values, weights, context)
        if table == "distillation":
            return electre_tables.steps(distillation, units)
        ranks = [distillation.ranks(best=best) for best in (True, False)]
        return electre_tables.pairs_of_credibilities(columns, weights, thresholds, ranks, units)

    def _ranks(self, values: Array, weights: Array, context: MatrixContext) -> dict[str, Integers]:
        return self._ranks_ii(values, weights) if self.form == "ii" else self._ranks_iii(values, weights, context)

    def _kernel(self, values: Array, weights: Array) -> Mapping[str, Sequence[float | str | None]]:
        outranks, outranked_by = self._outranking(values, weights)
        groups = relations.strong_components(outranks, outranked_by)
        standing = ["outranked by the kernel"] * len(values)
        for unit in relations.kernel(groups, outranked_by):
            standing[unit] = "in the kernel"
        cycle = ["none"] * len(values)
        for number, group in enumerate((group for group in groups if len(group) > 1), start=1):
            for unit in group:
                cycle[unit] = str(number)
        both = {"outranks": outranks, "outranked_by": outranked_by}
        counts = {name: [row.bit_count() for row in relation] for name, relation in both.items()}
        return {"kernel": standing, **counts, "cycle": cycle}

    def _outranking(self, values: Array, weights: Array) -> tuple[list[int], list[int]]:
        (outranks,) = _relate(self.scaled(values), weights, self._relations_i)
        return outranks, relations.transpose(outranks)

    def _relations_i(self, c: Array, d: Array, _: Array) -> dict[str, Mask]:
        """Return the relation of ELECTRE I for concordance and discordance."""
        (c_min,), (d_max,) = self._levels
        return {"outranks": (c >= c_min - ROUNDING) & (d <= d_max + ROUNDING)}

    def _relations_ii(self, c: Array, d: Array, balance: Array) -> dict[str, Mask]:
        """Return the relations of ELECTRE II for concordance, discordance and the weight ahead less that behind."""
        (high, middle, low), (large, small) = self._levels
        ahead, tolerable = balance >= -ROUNDING, d <= large + ROUNDING
        strong = ((c >= high - ROUNDING) & tolerable) | ((c >= middle - ROUNDING) & (d <= small + ROUNDING))
        return {"strong": strong & ahead, "weak": (c >= low - ROUNDING) & tolerable & ahead}

    def _ranks_ii(self, values: Array, weights: Array) -> dict[str, Integers]:
        """Return the ranks of ELECTRE II."""
        strong, weak = _relate(self.scaled(values), weights, self._relations_ii)
        by_strong, by_weak = relations.transpose(strong), relations.transpose(weak)
        groups = relations.strong_components(strong, by_strong)
        backward = relations.ranks_by_outranking(by_strong, by_weak, groups)
        return {
            "forward": relations.ranks_by_outranking(strong, weak, groups),
            "backward": backward.max(initial=0) + 1 - backward,
        }

    def scaled(self, values: Array) -> Array:
        """Return values, shape (k, n), as shares of the range of the component, or of the largest range."""
        lowest, highest = np.fmin.reduce(values), np.fmax.reduce(values)
        with np.errstate(over="ignore", invalid="ignore"):
            span = np.where(highest > lowest, highest - lowest, 1.0)
            if self.discordance_range == "common" and (highest > lowest).any():
                span = np.full_like(span, span[highest > lowest].max())
            return np.ascontiguousarray(((values - lowest) / span).T)

    def _ranks_iii(self, values: Array, weights: Array, context: MatrixContext) -> dict[str, Integers]:
        """Return the ranks of ELECTRE III."""
        distillation = self._distillation(values, weights, context)
        return {"descending": distillation.ranks(best=True), "ascending": distillation.ranks(best=False)}

    def _distillation(self, values: Array, weights: Array, context: MatrixContext) -> Distillation:
        by_component, thresholds = np.ascontiguousarray(values.T), self._thresholds(context)

        def credibility(rows: Integers, columns: Integers) -> tuple[Array, Array]:
            return both_credibilities(by_component[:, rows], by_component[:, columns], weights, thresholds)

        return Distillation(credibility, len(values))

    def _classes(self, values: Array, weights: Array, context: MatrixContext) -> dict[str, Integers]:
        """Return the classes of ELECTRE TRI, 1 the worst."""
        by_component, borders = np.ascontiguousarray(values.T), self._border_values(context)
        thresholds = self._thresholds(context)
        cut = self.cut - ROUNDING
        outranks = credibilities(by_component, borders, weights, thresholds) >= cut
        border_outranks = credibilities(borders, by_component, weights, thresholds).T
        is_worse = (border_outranks >= cut) & ~outranks
        last_outranked = np.where(outranks, np.arange(1, outranks.shape[1] + 1), 0).max(axis=1)
        first_worse = np.where(is_worse.any(axis=1), is_worse.argmax(axis=1), is_worse.shape[1])
        return {"pessimistic": last_outranked + 1, "optimistic": first_worse + 1}

    def _border_values(self, context: MatrixContext) -> Array:
        """Return the profiles, shape (k, borders), costs negated."""
        return ascending_profiles(self.profiles, context.components, context.costs)


def _with_defaults(q: float | None, p: float | None, v: float | None) -> tuple[float, float, float]:
    """Fill omitted thresholds with their defaults; raise a ValueError unless q ≤ p < v."""
    thresholds = 0.0 if q is None else q, q or 0.0 if p is None else p, np.inf if v is None else v
    if not 0 <= thresholds[0] <= thresholds[1] < thresholds[2]:
        raise ValueError("thresholds must rise from 0, q <= p < v: q = {:g}, p = {:g}, v = {:g}".format(*thresholds))
    return thresholds


def _as_tuple(levels: Levels, defaults: tuple[float, ...]) -> tuple[float, ...]:
    if levels is None:
        return defaults
    return levels if isinstance(levels, tuple) else (levels,)


def _relate(columns: Array, weights: Array, relate: Outranking) -> list[list[int]]:
    """Return the relations that a function makes of concordance, discordance and balance, block by block.

    `columns` are the values as shares of a range, shape (k, n).
    """
    units = columns.shape[1]
    step = max(1, CELLS // 2 // units)

    def pack(start: int) -> list[list[int]]:
        block = relate(*indices(columns[:, start : start + step], columns, weights))
        packed = []
        for relation in block.values():
            relation[np.arange(len(relation)), np.arange(start, start + len(relation))] = False
            packed.append(relations.pack_rows([relation]))
        return packed

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        blocks = list(threads.map(pack, range(0, units, step)))
    return [[row for block in blocks for row in block[number]] for number in range(len(blocks[0]))]
