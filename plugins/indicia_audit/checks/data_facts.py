"""The facts about indicators, nodes, panels, waivers and the table, as checks see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from indicia.methods import Array

Direction: TypeAlias = Literal["benefit", "cost", "target", "interval"]


@dataclass(frozen=True)
class IndicatorFacts:
    """The words of the index file about an indicator."""

    column: str
    """The column of the table."""
    direction: Direction = "benefit"
    direction_of_dimension: Literal["benefit", "cost"] = "benefit"
    """`"benefit"` if a higher score of the dimension is better, `"cost"` if it is worse."""
    direction_stated: bool = True
    """False if the index file has no direction for the indicator, which then counts as a benefit."""
    measure: str = ""
    """The unit of measure."""
    bounds: tuple[float, float] | None = None
    """The ends of a fixed scale; of a target or interval the worst values. None if the normalisation reads no ends."""
    group_of_bounds: str | None = None
    """The column of groups, or of periods, between which the ends of the scale differ."""
    bounds_of_groups: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """The ends of the scale by group, if they differ."""
    per: str | None = None
    """The column that the values are divided by."""
    weight: float = 1.0
    """The share of the indicator in the index by the weights of the index file; all shares sum to 1."""
    imputation: str = ""
    """The method that fills missing values, as the index file writes it; empty for none."""
    treatment: str = ""
    """The method that treats outliers."""


@dataclass(frozen=True)
class NodeFacts:
    """A dimension, or the index itself."""

    components: tuple[str, ...]
    """The indicators and dimensions directly below."""
    indicators: tuple[str, ...]
    """All indicators below on which the score depends."""
    missing: str
    """The rule for missing components: refuse, skip, propagate, value, group_mean or parent."""
    weight: float = 1.0
    """The effective weight in the index, by the weights of the index file; 0 if the index does not depend on it."""
    votes: bool = False
    """True if the components vote by weight on each pair of units, as in the rule of Condorcet."""


Topic: TypeAlias = Literal["direction", "column", "row", "value", "scale", "alike", "period"]
"""The topic of an observation: a direction, a column that is no indicator, a row that is no unit, an impossible value,
a scale that changes, units of one name, a gap of periods."""


@dataclass(frozen=True)
class TableObservation:
    """A rule of the recognition that applies to the table as it was read."""

    topic: Topic
    rule: str
    """The name of the rule, such as "row_number"."""
    names: tuple[str, ...]
    """The indicators, columns or units that the rule applies to."""
    sentence: str
    """The evidence in one sentence."""
    remedy: str = ""
    """The way to overrule it."""


@dataclass(frozen=True)
class MapFile:
    """The file of shapes that `[map]` of an index file names."""

    path: Path
    key: str
    """The property of a shape that holds the unit."""
    layer: str | None = None
    """The object of a TopoJSON file that has several."""


@dataclass(frozen=True, eq=False)
class PanelFacts:
    """The scores of a period and of the period before, for the units that have a rank in one of them.

    A larger score has a better rank, also in an index of which the lowest score is first.
    """

    period: str
    previous: str
    units: Sequence[str]
    """The names of the units, by name."""
    now: Array
    """The scores of the period, (units,); NaN for a unit without a rank."""
    before: Array
    """The scores of the period before, (units,), likewise."""
    restated: Array
    """The scores of the period before by the statistics and weights of the period, (units,).

    They are those of `before` if no statistic and no weight differs between periods.
    """
    moving: tuple[str, ...] = ()
    """The indicators whose goalposts are statistics of each period."""
    weights_move: bool = False
    """True if weights are computed within each period."""
    fault: str | None = None
    """The reason why the period before could not be restated; `restated` is then `before`."""


WaiverState: TypeAlias = Literal["used", "idle", "expired", "expired idle", "unknown", "undecided"]
"""The effect of a waiver.

- used: it accepts a finding;
- idle: its check has looked, and no finding matches the waiver;
- expired: its last day is over, and the findings that match it, if there are any, count again;
- expired idle: its last day is over, its check has looked, and no finding matches it;
- unknown: no check has its code;
- undecided: no finding matches it, and its check is off, fails, or finds more in another command.
"""


@dataclass(frozen=True)
class WaiverFacts:
    """A table of `[[waivers]]`, and its effect."""

    code: str
    reason: str
    state: WaiverState
    where: str | None = None
    """The place that it names; None for all findings of the check."""
    until: date | None = None
    """The last day on which it accepts findings."""
    line: str = ""
    """The file and the number of its line; empty without an index file."""
    detail: str = ""
    """Of an unknown code the nearest code; of an idle waiver the reason why the check is skipped."""
