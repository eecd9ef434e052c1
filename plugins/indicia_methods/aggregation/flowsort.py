"""FlowSort: classes of units by their flows of preference between reference profiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from indicia.methods import Array, MatrixAggregation, MatrixContext, Property
from indicia_methods.aggregation.outranking import (
    PREFERENCE_FORMULAS,
    Full,
    Gaussian,
    Ignored,
    Preferences,
    check_options,
    rules_of_components,
)
from indicia_methods.aggregation.preferences import Profiles, ascending_profiles, count_profiles, preference_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from indicia.methods.contract import DetailTable
    from indicia_methods.arrays import Integers

_ROUNDING = 1e-12
"""Flows that differ by less are equal."""


@dataclass(frozen=True)
class Flowsort(MatrixAggregation):
    """Sort units into classes by their flows among reference profiles; the score is the class, 1 the worst.

    Each unit is compared with the profiles only, by the preference functions of `promethee`. A limiting profile is a
    border, so that there is one more profile than classes; the first and the last are the ends of the scale. A central
    profile stands for its class, and a unit belongs to the class whose profile has the nearest flow, the better of two.
    Thresholds and profiles are on the scale of the normalised values, in the unit of measure if there is no
    normalisation. Profiles are rows, the worst first, or the values of each component by name in any order, as in
    `profiles={"price": [400, 600], "speed": [68, 83]}`. The weights of a unit are scaled to the components that it has.
    """

    name = "flowsort"
    reference = "Nemery & Lamboray (2008), TOP 16(1)"
    formula = (
        r"<form>, \quad \phi_a = \phi_a^+ - \phi_a^-, \; \phi_a^+ = \frac1m \sum_{b \in R} \sum_j w_j P_j(z_{aj} - "
        r"z_{bj}), \; \phi_a^- = \frac1m \sum_{b \in R} \sum_j w_j P_j(z_{bj} - z_{aj}), \; R = \{ r_1, \dots, r_m \}, "
        r"\quad P(d) = 0 \text{ for } d \le 0, \; \text{else } <preference>"
    )
    symbols = {"profiles": "r", "q": "q", "p": "p", "s": "s"}
    variants = {
        "form": {
            "limiting": r"h \text{ with } \phi_{r_h} < \phi_a \le \phi_{r_{h + 1}}",
            "central": r"\operatorname{arg\,min}_h |\phi_a - \phi_{r_h}|",
        },
        "preference": PREFERENCE_FORMULAS,
    }
    canonical_normalisation = "none"
    example = "flowsort(profiles={'x0': [-900, 0, 900], 'x1': [-900, 0, 900], 'x2': [-900, 0, 900]})"
    properties = frozenset(
        {Property.MONOTONE, Property.DEFINED_AT_ZERO, Property.DEFINED_BELOW_ZERO, Property.FREE_OF_RANK_REVERSAL}
    )
    detail_tables = {
        "units": "a unit: its flows among the profiles, and its class by each of them",
        "profiles": "a unit beside a profile, 1 the worst: the preference of each over the other, and the flows of the "
        "profile where the unit is compared",
    }

    profiles: Annotated[
        Profiles,
        Field(description="profiles, worst first, with a value for each component, or those of each component by name"),
    ]
    form: Annotated[
        Literal["limiting", "central"], Field(description="profiles are the borders of classes, or their centres")
    ] = "limiting"
    flow: Annotated[Literal["net", "positive", "negative"], Field(description="the flow whose class is the score")] = (
        "net"
    )
    classes: Annotated[tuple[str, ...], Field(description="names of the classes, worst first")] = ()
    preference: Preferences = "usual"
    q: Ignored = None
    p: Full = None
    s: Gaussian = None

    def __post_init__(self) -> None:
        check_options(self._options)
        if not count_profiles(self.profiles):
            raise ValueError("profiles must not be empty: state those of two classes or more")
        if self._count < 2:
            raise ValueError(f"{self.form} profiles must make two classes or more")
        if self.classes and len(self.classes) != self._count:
            raise ValueError(f"the profiles make {self._count} classes, not {len(self.classes)}")

    @property
    def _options(self) -> dict[str, object]:
        return {"preference": self.preference, "q": self.q, "p": self.p, "s": self.s}

    @property
    def _count(self) -> int:
        """The number of classes."""
        return count_profiles(self.profiles) - (self.form == "limiting")

    @property
    def oriented(self) -> bool:
        return False

    def score_units(self, values: Array, weights: Array, context: MatrixContext) -> Array:
        own, of_profiles = _flows(*self._preferences(values, weights, context))
        return self._class(self.flow, own, of_profiles).astype(float)

    def unit_details(
        self, values: Array, weights: Array, context: MatrixContext
    ) -> Mapping[str, Sequence[float | str | None]]:
        own, of_profiles = _flows(*self._preferences(values, weights, context))
        names = self.classes or tuple(str(number + 1) for number in range(self._count))
        classes = {flow: self._class(flow, own, of_profiles) for flow in own}
        return {
            **{flow: of_units.tolist() for flow, of_units in own.items()},
            **{f"class_{flow}": [names[place - 1] for place in places] for flow, places in classes.items()},
        }

    def detail_table(self, table: str, values: Array, weights: Array, context: MatrixContext) -> DetailTable:
        over, under, between = self._preferences(values, weights, context)
        _, of_profiles = _flows(over, under, between)
        count = over.shape[1]
        return {
            "unit": np.repeat(np.array(context.units, dtype=object), count),
            "profile": np.tile(np.arange(1, count + 1), len(over)),
            "preference": over.ravel(),
            "preference_of_profile": under.ravel(),
            **{flow: of_units.ravel() for flow, of_units in of_profiles.items()},
        }

    def _preferences(self, values: Array, weights: Array, context: MatrixContext) -> tuple[Array, Array, Array]:
        """Return preferences of units over profiles and the reverse, (n, m), and of profiles by unit, (n, m, m)."""
        signs = np.where(context.costs, -1.0, 1.0)
        values = values * signs
        profiles = ascending_profiles(self._worst_first(context), context.components, context.costs)
        present = ~np.isnan(values)
        shares = np.where(present, weights, 0.0)
        shares /= shares.sum(axis=1, keepdims=True)
        count = profiles.shape[1]
        over, under, between = (np.zeros((len(values), *shape)) for shape in ((count,), (count,), (count, count)))
        rules = rules_of_components(self._options, context.components)
        for column, row, share, rule in zip(values.T, profiles, shares.T, rules, strict=True):
            with np.errstate(over="ignore", invalid="ignore"):
                differences = np.where(np.isnan(column), 0.0, column)[:, None] - row
            over += share[:, None] * preference_of(differences, **rule)
            under += share[:, None] * preference_of(-differences, **rule)
            between += share[:, None, None] * preference_of(row[:, None] - row, **rule)
        return over, under, between

    def _worst_first(self, context: MatrixContext) -> Profiles:
        """Return the profiles, those by name in the direction of their component."""
        if not isinstance(self.profiles, dict):
            return self.profiles
        is_cost = dict(zip(context.components, context.costs.tolist(), strict=True))
        return {name: tuple(sorted(row, reverse=is_cost.get(name, False))) for name, row in self.profiles.items()}

    def _class(self, flow: str, own: Mapping[str, Array], of_profiles: Mapping[str, Array]) -> Integers:
        """Return the class of each unit by one of the flows, 1 the worst."""
        unit, profiles = own[flow][:, None], of_profiles[flow]
        if self.form == "central":
            distances = np.abs(unit - profiles)
            nearest = distances <= distances.min(axis=1, keepdims=True) + _ROUNDING
            classes: Integers = profiles.shape[1] - nearest[:, ::-1].argmax(axis=1)
            return classes
        inner = profiles[:, :-1]  # a unit is above a border by more, or by less negative flow
        above = unit <= inner + _ROUNDING if flow == "negative" else unit > inner + _ROUNDING
        places: Integers = np.where(above, np.arange(1, inner.shape[1] + 1), 1).max(axis=1)
        return places


def _flows(over: Array, under: Array, between: Array) -> tuple[dict[str, Array], dict[str, Array]]:
    """Return the flows of each unit, shape (n,), and those of the profiles beside it, shape (n, m)."""
    count = over.shape[1]
    positive, negative = over.sum(axis=1) / count, under.sum(axis=1) / count
    of_profiles = (between.sum(axis=2) + under) / count, (between.sum(axis=1) + over) / count
    return (
        {"positive": positive, "negative": negative, "net": positive - negative},
        {"positive": of_profiles[0], "negative": of_profiles[1], "net": of_profiles[0] - of_profiles[1]},
    )
