"""Index files and tables in which a method is tried over partitions."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from indicia.defaults import NORMALISATION
from indicia.testing.check import PREPARING, SCORING
from indicia.testing.sample import Sample

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from indicia.testing.sample import Columns, Words
    from indicia.testing.subject import Subject

COMPLETE: Columns = {
    "x0": [4.0, 2.0, 7.0, 3.5, 5.0, 3.0, 6.0, 1.5, 8.0, 2.5, 4.5, 6.5],
    "x1": [5.0, 6.0, 2.0, 8.0, 4.0, 7.0, 1.0, 3.0, 2.5, 5.5, 6.0, 4.5],
    "x2": [2.0, 5.0, 8.0, 1.5, 7.0, 1.0, 9.0, 4.0, 6.0, 3.0, 5.0, 2.5],
}
"""Values of which each partition has other extremes; the largest and smallest values stand in different partitions."""

GAPS: Columns = {
    "x0": [4.0, 2.0, 7.0, None, 5.0, 3.0, 6.0, 1.5, 8.0, None, 4.5, 6.5],
    "x1": [5.0, 6.0, 2.0, 8.0, 4.0, 7.0, None, 3.0, 2.5, 5.5, 6.0, None],
    "x2": [2.0, None, 8.0, 1.5, 7.0, None, 9.0, 4.0, 6.0, 3.0, 5.0, 2.5],
}
"""Values with gaps; the first partition has gaps of other indicators than the last."""

_CONSTANT_IN_PARTITIONS: Columns = {
    "x0": [4.0, 4.0, 4.0, 4.0, 4.0, 3.0, 6.0, 1.5, 8.0, 2.5, 4.5, 6.5],
    "x1": [None, None, None, None, None, 7.0, 1.0, 3.0, 2.5, 5.5, 6.0, 4.5],
    "x2": [2.0, 5.0, 8.0, 1.5, 7.0, 1.0, 2.5, 2.5, 2.5, 2.5, 2.5, 2.5],
}
"""An indicator that does not vary in the first partition, one without a value there, and one constant in the last."""

_CONSTANT: Columns = {**GAPS, "x1": [5.0] * 12}

CUTS = (0, 5, 5, 6, 12)
"""The rows at which partitions end: the second is empty, and the third has a single row."""

_GROUPS = {"group": ["a", "a", "b", "a", "b", "b", "a", "b", "a", "b", "a", "b"]}
"""Each partition of several rows has rows of both groups."""

_PERIODS: dict[str, list[Any]] = {
    "unit": ["u0", "u1", "u2", "u3", "u4", "u5", "u3", "u0", "u5", "u2", "u4", "u1"],
    "year": [2020, 2021, 2020, 2021, 2020, 2021, 2020, 2021, 2020, 2021, 2021, 2020],
}
"""Two periods of six units; rows of a period and of a unit stand in several partitions."""


@dataclass(frozen=True)
class Setting:
    """An index file without the method, and its table."""

    name: str
    columns: Columns
    methodology: Words = field(default_factory=dict)
    keys: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    words: Mapping[str, Words] = field(default_factory=dict)
    """Keys and values of indicators."""
    kinds: tuple[str, ...] = (*PREPARING, *SCORING)
    tree: bool = False
    """True if the indicators belong to a dimension, beside a fourth indicator."""
    by_group: bool = False
    """True if the table has groups."""
    screening: Words = field(default_factory=dict)
    cuts: tuple[int, ...] = CUTS
    """The rows at which partitions end, of the 12 rows of the table."""

    def sample(self, subject: Subject) -> Sample:
        """Return the table with the indicators, and for some methods with further columns."""
        keys = {"unit": [f"u{row}" for row in range(12)], **_GROUPS, **self.keys}
        sample = subject.sample(self.columns, keys=keys, **self.methodology)
        words = {name: {**sample.words.get(name, {}), **self.words.get(name, {})} for name in sample.columns}
        return Sample(sample.columns, sample.keys, sample.costs, words, sample.methodology)

    def partitions(self, frame: pl.DataFrame) -> list[pl.DataFrame]:
        """Return the partitions of the table; the last has all further rows."""
        return [frame[start:end] for start, end in pairwise([*self.cuts[:-1], len(frame)])]

    def index_file(self, subject: Subject) -> tuple[dict[str, Any], pl.DataFrame]:
        """Return the content of the index file, and the table."""
        sample = self.sample(subject)
        definition, frame = subject.definition(sample), subject.frame(sample)
        if self.by_group:
            definition["data"]["groups"] = list(dict.fromkeys([*definition["data"].get("groups", ()), "group"]))
        if self.screening:
            definition["screening"] = dict(self.screening)
        for words in definition["indicators"].values():
            if words["direction"] == "target" and words.pop("bounds", None):  # fixed ends of a target have another word
                words["worst"] = [0.0, 12.0]
        if self.tree:
            _add_dimension(definition, subject)
            frame = frame.with_columns(x3=frame["x0"].fill_null(9.0) * 0.5 + frame["x2"].fill_null(3.0))
        # the rows of an earlier period, which some methods need, come first and are spread over the partitions
        order = sorted(range(len(frame)), key=lambda row: row * 7 % len(frame)) if len(frame) > sample.rows else None
        return definition, frame if order is None else frame[order]


def _add_dimension(definition: dict[str, Any], subject: Subject) -> None:
    """Put the indicators into a dimension, beside a further indicator of the index.

    A method whose parameters name the three indicators scores the dimension only.
    """
    definition["dimensions"] = {"d": {}}
    for words in definition["indicators"].values():
        words["dimension"] = "d"
    definition["indicators"]["x3"] = {**definition["indicators"]["x0"], "dimension": "index"}
    kind = subject.kind
    if kind in ("weighting", "aggregation") and subject.may_name_components:
        method = definition["methodology"].pop(kind)
        definition["dimensions"]["d"][kind] = method


SETTINGS: tuple[Setting, ...] = (
    Setting("gaps and costs", GAPS, {"missing": "skip"}),
    Setting("partitions of one row", GAPS, {"missing": "skip"}, cuts=tuple(range(13))),
    Setting("complete values", COMPLETE, cuts=(0, 0, 11, 12, 12)),
    Setting("a partition without values of an indicator", _CONSTANT_IN_PARTITIONS, {"missing": "skip"}),
    Setting("a constant indicator", _CONSTANT, {"missing": "skip", "constant": "neutral"}),
    Setting("a dropped indicator", _CONSTANT, {"missing": "skip", "constant": "drop"}),
    Setting("two levels", GAPS, {"missing": "skip"}, tree=True),
    Setting("statistics within groups", GAPS, {"missing": "skip", "statistics": "group"}, by_group=True),
    Setting("weights within groups", COMPLETE, {"weights": "group"}, kinds=("weighting",), by_group=True),
    Setting(
        "statistics and weights within periods",
        COMPLETE,
        {"statistics": "period", "weights": "period"},
        _PERIODS,
    ),
    Setting("a reference period", GAPS, {"missing": "skip", "statistics": {"reference": 2020}}, _PERIODS),
    Setting(
        "targets, bounds, floors and caps",
        GAPS,
        {"missing": "skip"},
        words={
            "x0": {"bounds": [1.0, 9.0]},
            "x1": {"direction": "target", "target": 4.5},
            "x2": {"floor": 2.0, "cap": 8.0},
        },
        kinds=("imputation", *SCORING),
    ),
    Setting(
        "bounds by group",
        GAPS,
        {"missing": "skip"},
        words={"x0": {"bounds": {"by": "group", "a": [1.0, 9.0], "b": [0.5, 8.5]}}},
        kinds=("imputation", *SCORING),
        by_group=True,
    ),
    Setting("screened units", GAPS, {"missing": "skip"}, screening={"units": 0.7, "without": ["u5"]}),
    Setting("components that are rescaled", COMPLETE, {"as_component": NORMALISATION, "decimals": 3}, tree=True),
)
