"""Imputations and treatments with other parameters keep the same promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from indicia.catalogue import Choice, installed
from indicia_conformance.check import PREPARING
from indicia_conformance.suite import CHECKS

if TYPE_CHECKING:
    from indicia_conformance.check import Check

PREPARING_CHECKS = [check for check in CHECKS if check.kinds & set(PREPARING)]

VARIANTS: dict[tuple[str, str], list[dict[str, Any]]] = {
    ("imputation", "last_value"): [
        {"direction": "both"},
        {"direction": "backwards", "limit": 1},
        {"age": 1.0},
        {"gap": 1, "direction": "both"},
    ],
    ("imputation", "linear"): [{"ends": "flat"}, {"gap": 1}, {"span": 2.0, "ends": "flat"}],
    ("imputation", "mean"): [{"within": "group"}, {"weights": "people"}],
    ("imputation", "median"): [{"within": ("group",)}],
    ("imputation", "nearest"): [{"k": 2, "weights": "distance"}, {"k": 1}],
    ("imputation", "regression"): [{"on": "all"}, {"on": "covariates", "covariates": ("people",)}],
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
"""Parameters that lead to other formulas."""


@pytest.mark.thorough
@pytest.mark.usefixtures("fewer_tables", "fewer_edges")
@pytest.mark.parametrize("check", PREPARING_CHECKS, ids=lambda check: check.name)
@pytest.mark.parametrize(("kind", "name"), VARIANTS)
def test_variants_keep_their_promises(kind: str, name: str, check: Check) -> None:
    method = installed().offers[kind, name].method
    example = Choice.read(method.example).parameters if method.example else {}
    for parameters in VARIANTS[kind, name]:
        check({"method": name, **example, **parameters}, kind)
