"""Imputations and treatments: variants of the shipped ones, and every promise has been seen to fail."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import pytest

from indicia.catalogue import Choice, installed
from indicia.testing import subject as subjects
from indicia.testing.preparing import KINDS, Preparation, Prepared
from indicia.testing.suite import CHECKS

if TYPE_CHECKING:
    from pathlib import Path


OWN = {one.name: one for one in CHECKS if one.kinds <= set(KINDS)}

VARIANTS: dict[tuple[str, str], list[dict[str, Any]]] = {
    ("imputation", "last_value"): [
        {"direction": "both"},
        {"direction": "backwards", "limit": 1},
        {"age": 1.0},
        {"gap": 1, "direction": "both"},
    ],
    ("imputation", "linear"): [{"ends": "flat"}, {"gap": 1}, {"span": 2.0, "ends": "flat"}],
    ("imputation", "mean"): [{"within": "group"}],
    ("imputation", "median"): [{"within": ("group",)}],
    ("imputation", "nearest"): [{"k": 2, "weights": "distance"}, {"k": 1}],
    ("imputation", "regression"): [{"on": "all"}],
    ("imputation", "row"): [{"statistic": "median"}, {"reach": "dimension"}],
    ("treatment", "box_cox"): [{"shift": True}, {"power": 0.0}, {"power": -1.0}],
    ("treatment", "deviations"): [{"centre": "median", "k": 2.0}, {"k": 1.0}],
    ("treatment", "fences"): [{"k": 0.0}],
    ("treatment", "log"): [
        {"offset": 1.0},
        {"form": "shifted"},
        {"form": "range"},
        {"form": "reflected"},
        {"form": "gii"},
    ],
    ("treatment", "logit"): [{"whole": 100.0, "margin": 0.01}],
    ("treatment", "power"): [{"exponent": 0.5, "signed": True}],
    ("treatment", "round"): [{"decimals": 2}],
    ("treatment", "winsorise"): [
        {"points": None},
        {"points": 2, "forced": True},
        {"points": 0, "otherwise": "log_range"},
        {"points": 1, "otherwise": "log_reflected", "combine": True},
        {"points": 0, "otherwise": "log_shifted"},
        {"points": 0, "otherwise": "log_gii"},
        {"points": 0, "otherwise": "box_cox"},
        {"points": 0, "otherwise": "yeo_johnson"},
        {"points": 1, "skewness": 0.5, "kurtosis": -1.0, "otherwise": "yeo_johnson", "combine": True},
    ],
    ("treatment", "winsorise_quantiles"): [{"lower": 0.0, "upper": 0.7}],
    ("treatment", "yeo_johnson"): [{"power": 0.0}, {"power": 2.0}],
}
"""Parameters that lead to other formulas: they are held to the same promises."""


@pytest.mark.usefixtures("fewer_tables")
@pytest.mark.parametrize("asked", OWN)
@pytest.mark.parametrize(("kind", "name"), VARIANTS)
def test_variants_keep_their_promises(kind: str, name: str, asked: str) -> None:
    method = installed().offers[kind, name].method
    own = dict(Choice.read(method.example).parameters) if method.example else {}
    for other in VARIANTS[kind, name]:
        OWN[asked]({"method": name, **own, **other}, kind)


PLUGIN = '''
import math
from dataclasses import dataclass
from enum import Enum

import numpy as np
import polars as pl

from indicia.catalogue import hookimpl
from indicia.formulas import column
from indicia.methods import (
    Domain, Imputation, MatrixImputation, Property, SeriesImputation, Treatment, where
)


@dataclass(frozen=True)
class Planted({base}):
    """Break a promise."""

    name = "planted"
    reference = "A test"
{body}


@hookimpl
def indicia_{kind}s():
    return [Planted]
'''

FAULTS = {
    "fills with the first value in the table": (
        "Imputation",
        "check_order_of_rows",
        "the order of the rows changes nothing",
        """
    def fill(self, x, s):
        return s(x.drop_nulls().first())
""",
    ),
    "fills from the indicator to the left": (
        "MatrixImputation",
        "check_order_of_indicators",
        "the order of the indicators changes nothing",
        """
    def complete(self, values):
        return np.where(np.isnan(values), np.roll(np.nan_to_num(values), 1, axis=1), values)
""",
    ),
    "fills with one more than the mean, declared to be scale-invariant": (
        "Imputation",
        "check_units_of_measure",
        "the units of measure change nothing",
        """
    properties = frozenset({Property.SCALE_INVARIANT})

    def fill(self, x, s):
        return s.mean + 1
""",
    ),
    "an imputation that claims to be compensatory": (
        "Imputation",
        "check_properties_fit_the_kind",
        "declares what can be tested of it",
        """
    properties = frozenset({Property.COMPENSATORY})

    def fill(self, x, s):
        return s.mean
""",
    ),
    "an imputation that counts what is missing": (
        "Imputation",
        "check_missing",
        "what is missing does not count among the units",
        """
    def fill(self, x, s):
        return s.sum / s(x.len())
""",
    ),
    "noise that tells equal units apart": (
        "MatrixImputation",
        "check_duplicates",
        "what is alike is treated alike",
        """
    def complete(self, values):
        return np.where(np.isnan(values), np.arange(len(values))[:, None] * 1e-3, values)
""",
    ),
    "a statistic that the core does not know of": (
        "Imputation",
        "check_periods",
        "is the same as preparing each period alone",
        """
    def fill(self, x, s):
        return x.mean()
""",
    ),
    "a series that goes by its place in the table": (
        "SeriesImputation",
        "check_periods",
        "a unit is filled as if it were alone",
        """
    def follow(self, x, t):
        return x.fill_null(column("\\0row").cast(float))
""",
    ),
    "a mean of the rows that are there": (
        "Imputation",
        "check_fitted",
        "what is fitted gives its own data the same values, a few of them too",
        """
    def fill(self, x, s):
        return s.mean + 0 * s.max + x.mean()
""",
    ),
    "a mean of all draws": (
        "Imputation",
        "check_draws",
        "draws of errors in the data that are scored together score as each alone",
        """
    def fill(self, x, s):
        return x.mean()
""",
    ),
    "a series that goes by its place among all draws": (
        "SeriesImputation",
        "check_draws",
        "draws of errors in the data that are scored together score as each alone",
        """
    def follow(self, x, t):
        return x.fill_null(column("\\0row").cast(float))
""",
    ),
    "a table that is filled by how often one was": (
        "MatrixImputation",
        "check_draws",
        "draws of errors in the data that are scored together score as each alone",
        """
    def complete(self, values):
        asked.append(1)
        return np.where(np.isnan(values), float(len(asked)), values)


asked = []
""",
    ),
    "a cap at the median of all draws": (
        "Treatment",
        "check_draws",
        "draws of errors in the data that are scored together score as each alone",
        """
    def treat(self, x, s):
        return x.clip(None, x.median())
""",
    ),
    "an index out of range": (
        "MatrixImputation",
        "check_few_units",
        "raises nothing but errors that state what is wrong",
        """
    def complete(self, values):
        return values[[0, 1]] if len(values) > 1 else values[[1]]
""",
    ),
    "zero is refused though declared": (
        "Treatment",
        "check_zeros_and_negatives",
        "is defined_at_zero",
        """
    properties = frozenset({Property.DEFINED_AT_ZERO})
    domain = Domain.POSITIVE

    def treat(self, x, s):
        return x.log()
""",
    ),
    "values turned round": (
        "Treatment",
        "check_order_of_units",
        "the order of the units stays, up to ties",
        """
    def treat(self, x, s):
        return (x - s.median).abs()
""",
    ),
    "another unit of measure of which nothing is said": (
        "Treatment",
        "check_scale",
        "a treatment that changes the scale says so: changes_scale",
        """
    def treat(self, x, s):
        return 1.8 * x + 32
""",
    ),
    "outliers in another unit of measure of which nothing is said": (
        "Treatment",
        "check_scale",
        "a treatment that changes the scale says so: changes_scale",
        """
    def treat(self, x, s):
        return where(s.max > 10 * s.median, s.median * x / s.max, x)
""",
    ),
    "a change of scale that is said and does not come": (
        "Treatment",
        "check_scale",
        "a treatment that says changes_scale changes the scale",
        """
    changes_scale = True

    def treat(self, x, s):
        return x.clip(None, s.quantile(0.9))
""",
    ),
    "outliers that are left out": (
        "Treatment",
        "check_present_cells",
        "what is missing stays missing",
        """
    def treat(self, x, s):
        return where(x < s.max, x, None)
""",
    ),
    "a treatment that fills": (
        "Treatment",
        "check_present_cells",
        "what is missing stays missing, and nothing else is",
        """
    def treat(self, x, s):
        return x.fill_null(s.mean)
""",
    ),
    "a treatment that counts what is missing": (
        "Treatment",
        "check_missing",
        "what is missing does not count among the units",
        """
    def treat(self, x, s):
        return x.clip(None, s.sum / s(x.len()))
""",
    ),
    "no value is larger than that of the last unit": (
        "Treatment",
        "check_order_of_rows",
        "the order of the rows changes nothing",
        """
    def treat(self, x, s):
        return x.clip(None, s(x.drop_nulls().last()))
""",
    ),
    "a cap in the unit of measure, declared to be scale-invariant": (
        "Treatment",
        "check_units_of_measure",
        "the units of measure change nothing",
        """
    properties = frozenset({Property.SCALE_INVARIANT})

    def treat(self, x, s):
        return x.clip(-5.0, 5.0)
""",
    ),
    "a constant that tells units apart": (
        "Treatment",
        "check_constant",
        "tells no units apart",
        """
    def treat(self, x, s):
        return where(s.max > s.min, x, x + x.is_null().cum_count())
""",
    ),
    "another exception": (
        "Treatment",
        "check_extremes",
        "raises nothing but errors that state what is wrong",
        """
    def treat(self, x, s):
        (z,) = s.fit(lambda values: [math.exp(min(values.max(), 1e4))], 1)
        return x + z
""",
    ),
    "a bound that is learned of all periods": (
        "Treatment",
        "check_periods",
        "is the same as preparing each period alone",
        """
    def treat(self, x, s):
        return x.clip(None, x.median())
""",
    ),
}


@pytest.mark.parametrize("title", FAULTS)
def test_a_planted_fault_is_found(title: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subjects, "PHASES", subjects.PHASES[:1])  # how small an example is does not matter here
    base, check, promise, body = FAULTS[title]
    kind = "treatment" if base == "Treatment" else "imputation"
    plugin = tmp_path / "planted.py"
    plugin.write_text(PLUGIN.format(base=base, kind=kind, body=body.strip("\n")), encoding="utf-8")
    with pytest.raises(AssertionError, match=promise) as caught:
        OWN[check.removeprefix("check_")]("planted", kind, [plugin])
    assert re.match(rf"planted \({kind}\) does not keep what it promises: ", str(caught.value))


@pytest.mark.parametrize(
    ("kind", "method", "becomes", "promise"),
    [
        ("imputation", "mean", [1.5, 2.0], "present cells are untouched"),
        ("imputation", "mean", [1.0, math.nan], "figures are finite"),
        ("imputation", "mean", [1.0, math.inf], "figures are finite"),
        ("treatment", "round", [1.0, 3.0], "what is missing stays missing"),
        ("treatment", "round", [None, None], "what is missing stays missing"),
    ],
)
def test_cells_that_no_method_can_reach_are_looked_at_all_the_same(
    kind: str, method: str, becomes: list[float | None], promise: str
) -> None:
    """The core keeps what is present and refuses what is not finite; the checks do not rely on it."""
    subject = Preparation(method, kind, ())
    with pytest.raises(AssertionError, match=promise):
        subject.sound(Prepared({"x0": becomes}), subject.table({"x0": [1.0, None]}))


def test_every_check_has_its_planted_fault() -> None:
    assert {check.removeprefix("check_") for _, check, _, _ in FAULTS.values()} == set(OWN)
