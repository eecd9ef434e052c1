"""ELECTRE: a unit outranks another where enough weight speaks for it and nothing speaks strongly against it."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

import numpy as np
from pydantic import Field

from indicia.methods import MatrixAggregation, Property
from indicia_methods import relations
from indicia_methods.aggregation import percomponent
from indicia_methods.aggregation.distillation import Distillation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from indicia.methods import Array, MatrixContext
    from indicia_methods.relations import Mask, Places

    Indices: TypeAlias = "Callable[[Array, Array, Array], list[Mask]]"

Levels: TypeAlias = float | tuple[float, ...] | None
Thresholds: TypeAlias = float | tuple[float, ...] | dict[str, float] | None

_CELLS = 65_536
"""Values compared at a time: they fit in the cache of a processor."""

_NOISE = 1e-12
"""Sums of weights that differ by less are equal."""

_LEVELS: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "i": ((0.6,), (0.4,)),
    "ii": ((0.65, 0.5, 0.35), (0.65, 0.35)),
}


@dataclass(frozen=True)
class Electre(MatrixAggregation):
    """Let each unit outrank those than which it is as good by enough weight, and nowhere much worse.

    I finds the kernel: units that do not outrank each other, by which all others are outranked; it scores 1, the rest
    0. II ranks forward and backward by strong and weak outranking, and III by distillation of credibilities, down and
    up; the score is the mean of both ranks. TRI sorts units into classes, 1 the worst, between `profiles`; the score is
    the class. Thresholds and profiles are on the scale of the normalised values: in the unit of measure where there is
    no normalisation. What differs between components is a list in the order of the index file, or named, as in
    `p={"price": 50, "speed": 10}` or `profiles={"price": [600, 500], "speed": [68, 83]}`. A component that one of two
    units misses does not count between them.
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
                r"\sum_j w_j [z_{aj} \ge z_{bj}], \; D_{ab} = \max_j \frac{(z_{bj} - z_{aj})_+}{\max z_j - \min z_j}"
            ),
            "ii": (
                r"\text{mean rank of } a \to b : C_{ab} \ge c, \; D_{ab} \le d, \quad C_{ab} = \sum_j w_j [z_{aj} \ge "
                r"z_{bj}], \; D_{ab} = \max_j \frac{(z_{bj} - z_{aj})_+}{\max z_j - \min z_j}"
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
    }
    canonical_normalisation = "none"
    properties = frozenset({Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO})

    form: Annotated[Literal["i", "ii", "iii", "tri"], Field(description="which of the ELECTRE methods")] = "i"
    concordance: Annotated[
        Levels,
        Field(
            description="weight that is enough, I: one number, 0.6 if none is given; "
            "II: strong, strong without much against it, weak: [0.65, 0.5, 0.35]"
        ),
    ] = None
    discordance: Annotated[
        Levels,
        Field(
            description="how much worse is too much, as a share of the range, I: one number, 0.4 if none is given; "
            "II: two, [0.65, 0.35]"
        ),
    ] = None
    q: Annotated[Thresholds, Field(description="III, TRI: the largest difference that does not count; 0 if none")] = (
        None
    )
    p: Annotated[Thresholds, Field(description="III, TRI: the smallest that counts in full; q if none")] = None
    v: Annotated[Thresholds, Field(description="III, TRI: the difference that is a veto, if any")] = None
    profiles: Annotated[
        tuple[tuple[float, ...], ...] | dict[str, tuple[float, ...]],
        Field(description="TRI: the borders between classes, worst first, or those of each component by name"),
    ] = ()
    classes: Annotated[tuple[str, ...], Field(description="TRI: what the classes are called, worst first")] = ()
    cut: Annotated[float, Field(gt=0.5, le=1, description="TRI: the credibility from which on a unit outranks")] = 0.75
    assignment: Annotated[
        Literal["pessimistic", "optimistic"], Field(description="TRI: which of the two classes is the score")
    ] = "pessimistic"

    def __post_init__(self) -> None:
        self._check_levels()
        for case in percomponent.cases(self._given):
            _complete(**case)
        if self.form != "tri":
            return
        if not self.profiles:
            raise ValueError("tri needs profiles: the borders between classes, with a value of each component")
        if len({len(values) for values in self._rows}) > 1:
            raise ValueError("profiles have a value of each component")
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
    def _given(self) -> dict[str, object]:
        return {"q": self.q, "p": self.p, "v": self.v}

    @property
    def _rows(self) -> tuple[tuple[float, ...], ...]:
        return tuple(self.profiles.values()) if isinstance(self.profiles, dict) else self.profiles

    @property
    def _borders(self) -> int:
        return len(self._rows[0]) if isinstance(self.profiles, dict) else len(self.profiles)

    def _check_levels(self) -> None:
        if self.form not in _LEVELS:
            return
        for name, given, usual in zip(("concordance", "discordance"), self._levels, _LEVELS[self.form], strict=True):
            if len(given) != len(usual):
                raise ValueError(f"{name} of {self.form} is {len(usual)} number(s), not {len(given)}")
            if list(given) != sorted(given, reverse=True) or not 0 <= min(given) <= max(given) <= 1:
                raise ValueError(f"{name} lies between 0 and 1, the strictest first")

    @property
    def low_is_best(self) -> bool:
        return self.form in ("ii", "iii")

    @property
    def _levels(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        of_concordance, of_discordance = _LEVELS[self.form]
        return _listed(self.concordance, of_concordance), _listed(self.discordance, of_discordance)

    @property
    def oriented(self) -> bool:
        return False

    def _thresholds(self, context: MatrixContext) -> Array:
        """Return q, p and v, shape (3, k)."""
        return np.array([_complete(**case) for case in percomponent.of_each(self._given, context.components)]).T

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        values = np.where(context.costs, -values, values)
        if self.form == "i":
            outranks, outranked_by = self._outranking(values, weights)
            kernel = np.zeros(len(values))
            kernel[relations.kernel(relations.cycles(outranks, outranked_by), outranked_by)] = 1.0
            return kernel
        if self.form == "tri":
            return self._classified(values, weights, context)[self.assignment].astype(float)
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
            found = self._classified(values, weights, context)
            return {name: [classes[place - 1] for place in places] for name, places in found.items()}
        return {name: ranks.tolist() for name, ranks in self._ranks(values, weights, context).items()}

    def _ranks(self, values: Array, weights: Array, context: MatrixContext) -> dict[str, Places]:
        return self._peeled(values, weights) if self.form == "ii" else self._distilled(values, weights, context)

    def _kernel(self, values: Array, weights: Array) -> Mapping[str, Sequence[float | str | None]]:
        outranks, outranked_by = self._outranking(values, weights)
        groups = relations.cycles(outranks, outranked_by)
        told = ["outranked by the kernel"] * len(values)
        for unit in relations.kernel(groups, outranked_by):
            told[unit] = "in the kernel"
        cycle = ["none"] * len(values)
        for number, group in enumerate((group for group in groups if len(group) > 1), start=1):
            for unit in group:
                cycle[unit] = str(number)
        counts = {"outranks": outranks, "outranked_by": outranked_by}
        counted = {name: [row.bit_count() for row in relation] for name, relation in counts.items()}
        return {"kernel": told, **counted, "cycle": cycle}

    def _outranking(self, values: Array, weights: Array) -> tuple[list[int], list[int]]:
        (enough,), (too_much,) = self._levels
        (outranks,) = _related(values, weights, lambda c, d, _: [(c >= enough - _NOISE) & (d <= too_much + _NOISE)])
        return outranks, relations.turned(outranks)

    def _peeled(self, values: Array, weights: Array) -> dict[str, Places]:
        """Return the ranks of ELECTRE II."""
        (high, middle, low), (wide, narrow) = self._levels

        def related(c: Array, d: Array, balance: Array) -> list[Mask]:
            ahead, tolerable = balance >= -_NOISE, d <= wide + _NOISE
            strong = ((c >= high - _NOISE) & tolerable) | ((c >= middle - _NOISE) & (d <= narrow + _NOISE))
            return [strong & ahead, (c >= low - _NOISE) & tolerable & ahead]

        strong, weak = _related(values, weights, related)
        by_strong, by_weak = relations.turned(strong), relations.turned(weak)
        groups = relations.cycles(strong, by_strong)
        backward = relations.peeled(by_strong, by_weak, groups)
        return {"forward": relations.peeled(strong, weak, groups), "backward": backward.max(initial=0) + 1 - backward}

    def _distilled(self, values: Array, weights: Array, context: MatrixContext) -> dict[str, Places]:
        """Return the ranks of ELECTRE III."""
        columns, thresholds = np.ascontiguousarray(values.T), self._thresholds(context)

        def credibility(some: Places, others: Places) -> tuple[Array, Array]:
            return both_credibilities(columns[:, some], columns[:, others], weights, thresholds)

        distillation = Distillation(credibility, len(values))
        return {"descending": distillation.ranks(best=True), "ascending": distillation.ranks(best=False)}

    def _classified(self, values: Array, weights: Array, context: MatrixContext) -> dict[str, Places]:
        """Return the classes of ELECTRE TRI, 1 the worst."""
        columns, borders = np.ascontiguousarray(values.T), self._border_values(context)
        thresholds = self._thresholds(context)
        enough = self.cut - _NOISE
        as_good = credibilities(columns, borders, weights, thresholds) >= enough
        the_other_way = credibilities(borders, columns, weights, thresholds).T
        outdone = (the_other_way >= enough) & ~as_good
        reached = np.where(as_good, np.arange(1, as_good.shape[1] + 1), 0).max(axis=1)
        stopped = np.where(outdone.any(axis=1), outdone.argmax(axis=1), outdone.shape[1])
        return {"pessimistic": reached + 1, "optimistic": stopped + 1}

    def _border_values(self, context: MatrixContext) -> Array:
        """Return the profiles, shape (k, borders), costs negated."""
        if isinstance(self.profiles, dict):
            if sorted(self.profiles) != sorted(context.components):
                told = f"profiles are of {', '.join(self.profiles)}"
                raise ValueError(f"{told}; the components are {', '.join(context.components)}")
            borders = np.array([self.profiles[name] for name in context.components])
        else:
            borders = np.array(self.profiles).T
        if len(borders) != len(context.components):
            raise ValueError(f"a profile has {len(borders)} values for {len(context.components)} components")
        borders = np.where(context.costs[:, None], -borders, borders)
        if (falling := np.argwhere(np.diff(borders, axis=1) < 0)).size:
            component, number = falling[0].tolist()
            raise ValueError(
                f"profile {number + 2} is worse than profile {number + 1} in {context.components[component]}"
            )
        return borders


def _complete(q: float | None, p: float | None, v: float | None) -> tuple[float, float, float]:
    """Return thresholds with what is not given put in; ValueError where they do not rise."""
    given = 0.0 if q is None else q, q or 0.0 if p is None else p, np.inf if v is None else v
    if not 0 <= given[0] <= given[1] < given[2]:
        raise ValueError("thresholds rise from 0: q = {:g}, p = {:g}, v = {:g}".format(*given))
    return given


def _listed(given: Levels, usual: tuple[float, ...]) -> tuple[float, ...]:
    if given is None:
        return usual
    return given if isinstance(given, tuple) else (given,)


def _related(values: Array, weights: Array, related: Indices) -> list[list[int]]:
    """Return relations made of concordance, discordance, and the weight that is ahead less that which is behind."""
    lowest, highest = np.fmin.reduce(values), np.fmax.reduce(values)
    with np.errstate(over="ignore", invalid="ignore"):
        span = np.where(highest > lowest, highest - lowest, 1.0)
        columns = np.ascontiguousarray(((values - lowest) / span).T)
    units = len(values)
    step = max(1, _CELLS // 2 // units)

    def packed(start: int) -> list[list[int]]:
        block = related(*indices(columns[:, start : start + step], columns, weights))
        found = []
        for relation in block:
            relation[np.arange(len(relation)), np.arange(start, start + len(relation))] = False
            found.append(relations.rows([relation]))
        return found

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        blocks = list(threads.map(packed, range(0, units, step)))
    return [[row for block in blocks for row in block[number]] for number in range(len(blocks[0]))]


def indices(some: Array, others: Array, weights: Array) -> tuple[Array, Array, Array]:
    """Return concordance, discordance and balance of the units of rows over those of columns; (k, rows), (k, n)."""
    shape = some.shape[1], others.shape[1]
    behind, ahead, discordance = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for one, other, weight in zip(some, others, weights, strict=True):
        short = other - one[:, None]
        behind += weight * (short > 0)
        ahead += weight * (short < 0)
        np.fmax(discordance, short, out=discordance)
    common = _common(some, others, weights)
    with np.errstate(invalid="ignore"):
        return np.nan_to_num((common - behind) / common), discordance, ahead - behind


def _common(some: Array, others: Array, weights: Array) -> Array | float:
    """Return the weight of what both units have."""
    if not (np.isnan(some).any() or np.isnan(others).any()):
        return float(weights.sum())
    common: Array = (~np.isnan(some) * weights[:, None]).T @ ~np.isnan(others)
    return common


def credibilities(some: Array, others: Array, weights: Array, thresholds: Array) -> Array:
    """Return how credible it is that the units of rows (k, rows) outrank those of columns (k, n)."""
    return _there_and_back(some, others, weights, thresholds, (1,))[0]


def both_credibilities(some: Array, others: Array, weights: Array, thresholds: Array) -> tuple[Array, Array]:
    """Return how credible it is that the units of rows outrank those of columns, and the other way round."""
    there, back = _there_and_back(some, others, weights, thresholds, (1, -1))
    return there, back


def _there_and_back(
    some: Array, others: Array, weights: Array, thresholds: Array, ways: tuple[int, ...]
) -> list[Array]:
    found = [np.empty((some.shape[1], others.shape[1])) for _ in ways]
    step = max(1, _CELLS // 2 // max(others.shape[1], 1))
    for start in range(0, some.shape[1], step):
        rows = slice(start, start + step)
        for whole, block in zip(found, _credibility(some[:, rows], others, weights, thresholds, ways), strict=True):
            whole[rows] = block
    return found


@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def _credibility(
    some: Array, others: Array, weights: Array, thresholds: Array, ways: tuple[int, ...]
) -> Sequence[Array]:
    """Go through the components, a few at a time, so that what is worked on stays in the cache of a processor."""
    shape = some.shape[1], others.shape[1]
    together = max(1, _CELLS // 2 // max(shape[0] * shape[1], 1))
    whole = _whole(some, others)
    largest_of_some, largest_of_others = (np.fmax.reduce(np.abs(values), axis=1) for values in (some, others))
    concordances = [np.zeros(shape) for _ in ways]
    for part in (slice(start, start + together) for start in range(0, len(some), together)):
        (q, p, _), weight = thresholds[:, part, None, None], weights[part, None, None]
        short = others[part, None, :] - some[part, :, None]
        sudden = np.flatnonzero(p == q)
        noise = _NOISE * np.fmax(largest_of_some[part], largest_of_others[part])[:, None, None]
        for concordance, way in zip(concordances, ways, strict=True):
            for_it = p - short if way > 0 else p + short
            for_it *= weight / np.where(p > q, p - q, 1.0)
            np.clip(for_it, 0.0, weight, out=for_it)
            if len(sudden):
                for_it[sudden] = weight[sudden] * (way * short[sudden] <= q[sudden] + noise[sudden])
            if not whole:
                np.copyto(for_it, 0.0, where=np.isnan(for_it))
            concordance += for_it.sum(axis=0)
    common = _common(some, others, weights)
    for concordance in concordances:
        concordance /= common
        if not whole:
            np.nan_to_num(concordance, copy=False)
    veto = np.flatnonzero(np.isfinite(thresholds[2]))
    rest = [1 / (1 - concordance) for concordance in concordances]
    products = [np.ones(shape) for _ in ways]
    for against in (veto[start : start + together] for start in range(0, len(veto), together)):
        _, p, v = thresholds[:, against, None, None]
        short = others[against, None, :] - some[against, :, None]
        for product, way, scale in zip(products, ways, rest, strict=True):
            left = v - short if way > 0 else v + short
            left *= 1 / (v - p)
            left *= scale
            np.clip(left, 0.0, 1.0, out=left)
            if not whole:
                np.copyto(left, 1.0, where=np.isnan(left))
            product *= left.prod(axis=0)
    for concordance, product in zip(concordances, products, strict=True):
        np.multiply(concordance, product, out=concordance, where=concordance < 1)  # nothing speaks more than all for it
    return concordances


def _whole(some: Array, others: Array) -> bool:
    """Say whether all differences are numbers."""
    if not (some.size and others.size):
        return True
    ends = [some.min(), some.max(), others.min(), others.max()]
    return bool(np.isfinite(np.max(ends) - np.min(ends)))
