"""Faults in ranks, methods and the rest of the index file: the codes U, R, B, X, P, M, E and V."""

from __future__ import annotations

import numpy as np

from indicia_conformance.sound_index import SOUND_INDEX
from planted_faults.planted import FLAT, Columns, Planted, at

WEIGHTED = """
[indicators.income]
weight = 20
[dimensions.work]
weight = 20
[methodology]
weighting = "given"
"""
QUARTER = "[robustness.weights]\nspread = 0.25"
HALF = "[robustness.weights]\nspread = 0.5"
WIDE = {"U04 index": "weights that vary by half make wide intervals"}
SCALES = '[robustness]\nnormalisation = ["min_max(lower=1, upper=100)", "z_score(mean=50, sd=10)", "rank"]'


def sources(columns: Columns) -> None:
    """Leave T09 with two of the nine values."""
    for name in list(columns)[1:8]:
        columns[name][8] = None


def opposed(columns: Columns) -> None:
    """Reverse a whole dimension."""
    for name in ("air", "water", "green"):
        columns[name] = [100.0 - x for x in columns[name]]


def rival(columns: Columns) -> None:
    """Add a variable that is nearly the mean of all indicators."""
    names = [name for name in columns if name != "town"]
    noise = np.random.default_rng(8).normal(0, 0.7, 60)
    rows = zip(*(columns[name] for name in names), strict=True)
    columns["gdp"] = [sum(row) / len(row) + error for row, error in zip(rows, noise, strict=True)]


def two_years(columns: Columns) -> None:
    noise = np.random.default_rng(9).normal(0, 1, (9, 60))
    towns = columns["town"]
    for name, errors in zip([name for name in columns if name != "town"], noise, strict=True):
        columns[name] = columns[name] + [x + error for x, error in zip(columns[name], errors, strict=True)]
    columns["town"] = towns * 2
    columns["year"] = [2022] * 60 + [2023] * 60


def sampled(columns: Columns) -> None:
    columns["health_se"] = [4.0] * 60


PANEL = '[data]\nperiod = "year"\n[methodology]\nstatistics = "period"'
GEOMETRIC = '[methodology]\nnormalisation = "z_score(mean=100, sd=10)"\naggregation = "geometric"'
ERRORS_OF_HEALTH = '[indicators.health]\nattributes = { standard_error = "health_se" }'

OPPOSED = {
    "C03 nature": "the score cancels out the dimension that runs against the others",
    "C05": "the dimension runs against the others",
    "C06 index": "a part that runs against the others makes alpha negative",
    "C07 nature": "the dimension runs against the first component",
    "W03 nature": "the score cancels out the dimension that runs against the others",
}
"""The effects of a dimension against the others."""

OF_RANKS = [
    Planted("U01", "index", draws=300, severity="error"),
    Planted("U02", "index", words=QUARTER, severity="information"),
    Planted(
        "U03",
        "T55",
        words='[robustness]\nnormalisation = ["rank"]',
        implied={"U03": "no draw has the normalisation of the index"},
    ),
    Planted("U04", "index", words=HALF),
    Planted("U05", "index", severity="information"),
    Planted("U06", "index", words=HALF, severity="information", implied=WIDE),
    Planted("U07", "index", words=HALF, severity="information", implied=WIDE),
    Planted("U08", "index", words=HALF, draws=100, implied={**WIDE, "U01 index": "the draws are too few"}),
    Planted("U09", "index", words=HALF, severity="information", shown=False, implied=WIDE),
    Planted("U10", "index", words=HALF, severity="information", implied=WIDE),
    Planted(
        "U11",
        "index",
        index=SOUND_INDEX.replace("spread = 0.1", 'table = "FOLDER/experts.csv"'),
        files={"experts.csv": "life,work,nature\n" + "".join(f"{30 + person},30,30\n" for person in range(20))},
        severity="information",
    ),
    Planted("R01", "index", words=SCALES, full=True, severity="information"),
    Planted("R02", "index", words=SCALES, severity="information"),
    Planted("R03", "index", words='[robustness]\nimputation = ["mean", "median"]', severity="error"),
    Planted("R04", "index", words=SCALES + "\nsensitivity = 8", full=True),
    Planted(
        "X01",
        "income",
        words=WEIGHTED,
        shown=False,
        implied={
            "B02 index": "the lowest of three dimensions is not the mean that income decides",
            "C03": "the parts of the largest weights give the score",
            "S03 income": "it has the largest weight in the largest dimension",
            "W03": "the others correlate with income, whatever their weight",
        },
    ),
    Planted(
        "M01",
        "work",
        words='[methodology]\nnormalisation = "rank"\naggregation = "geometric"',
        severity="information",
        shown=False,
    ),
    Planted(
        "E01",
        "T09",
        sources,
        'measurement = "reflective"',
        index=FLAT,
        shown=False,
        implied={"D02 T09": "two of nine indicators are few values, too"},
    ),
    Planted(
        "N01",
        "index",
        words='[publication]\npublisher = "Office of Towns"\ndate = 2024\nlicence = "CC-BY-4.0"',
        severity="information",
    ),
    Planted("N02", "map", words='[map]\npath = "none.geojson"\nkey = "town"', shown=False),
    Planted(
        "V01",
        "income",
        words='[[waivers]]\ncode = "D05"\nwhere = "income"\nreason = "a logarithm hides differences"',
    ),
    Planted("B01", "index", severity="information"),
    Planted("B02", "index", opposed, shown=False, implied=OPPOSED),
    Planted("B02", "index", opposed, "[checks.B02]\nmethods = ['min']", implied=OPPOSED),
    Planted("B03", "T43", at("health", {"T43": -200.0}), implied={"D05 health": "the value is extreme"}),
    Planted("X01", "gdp", rival, "[outside.variables]\ngdp = {}"),
    Planted("X02", "nature", severity="information"),
    Planted("X03", "work", severity="information"),
    Planted("P01", "index", two_years, PANEL, severity="error"),
    Planted("M01", "life", words=GEOMETRIC, implied={"M01": "the other dimensions have the same methods"}),
    Planted("E02", "index", sampled, ERRORS_OF_HEALTH, severity="information"),
]
