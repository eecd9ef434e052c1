"""Faults in the structure, the coherence and the importance of parts: the codes S, C and W."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planted_faults.planted import Columns, Planted, against, but

if TYPE_CHECKING:
    from collections.abc import Callable

AIR_AGAINST = against("air")
AGAINST = {
    "B02 index": "the dimension has little to do with the others, so that the lowest is another story",
    "B03 T24": "the scores are closer to each other, and T24 is the end of a scale",
    "C02 air": "air is the opposite of water and green",
    "C03 air": "air has little to do with a dimension that it runs against",
    "C04": "air cancels out water and green",
    "C05": "air runs against the others, and cancels them out",
    "C06 nature": "a part that runs against the others makes alpha negative",
    "C07 air": "air runs against the first component",
    "W03 air": "air has little to do with a dimension that it runs against",
}
"""The effects of air against its dimension."""
NOISE = {
    "B02 index": "the lowest of nine independent values has nothing in common with their mean",
    "B03 T01": "the scores are close to each other, and T01 is the end of a scale",
    "C05": "independent parts do not fit together",
    "C06 index": "independent parts measure no common thing",
    "C07": "the first component of independent parts has any signs",
    "C08 index": "independent parts have nothing in common",
}
"""The effects of nine independent indicators."""


def alike(columns: Columns) -> None:
    noise = np.random.default_rng(6).normal(0, 2.5, 60)
    columns["jobs"] = [x + error for x, error in zip(columns["income"], noise, strict=True)]


def reversed_green(columns: Columns) -> None:
    columns["green"] = [100.0 - x for x in columns["green"]]


def swapped(columns: Columns) -> None:
    columns["water"], columns["skills"] = columns["skills"], columns["water"]


def shuffled(*names: str) -> Callable[[Columns], None]:
    """Give indicators an order of their own, without a correlation with any other."""

    def plant(columns: Columns) -> None:
        rng = np.random.default_rng(11)
        for name in names:
            columns[name] = rng.permutation(columns[name]).tolist()

    return plant


def sum_of_others(columns: Columns) -> None:
    columns["green"] = [air + water for air, water in zip(columns["air"], columns["water"], strict=True)]


CORRELATES = "it correlates with life, whatever its weight"
LIFE_COUNTS_MOST = "[dimensions.life]\nweight = 6\n"

REVERSED = {
    "C02": "green opposes both of its dimension",
    "C03 green": "the score of the dimension hides it",
    "C04": "each is closer to a dimension without it",
    "C05": "alpha and the rest of the dimension suffer",
    "C06 nature": "alpha is low",
    "W03 green": "green has little to do with the score of its dimension",
}


OF_PARTS = [
    Planted("C01", "income", alike, implied={"C01 jobs": "it is the other of the two", "C05 skills": "the third"}),
    Planted("C02", "air", reversed_green, implied={**REVERSED, "C07 green": "its loading is negative"}),
    Planted(
        "C03",
        "life",
        words=LIFE_COUNTS_MOST,
        implied={"S03 health": "its dimension has six times the weight", "W03 work": CORRELATES},
    ),
    Planted("C04", "water", swapped, implied={"C04 skills": "it has the values of water"}),
    Planted("C05", "green", shuffled("green"), implied={"C06 nature": "alpha is low", "C08 nature": "KMO is low"}),
    Planted("C06", "life", shuffled("safety", "housing"), implied={"C08 life": "parts share nothing: KMO is low"}),
    Planted("C07", "green", reversed_green, implied=REVERSED),
    Planted("C08", "nature", sum_of_others, implied={"C03 green": "the score is nearly the sum"}),
    Planted(
        "S01",
        "nature",
        words='[indicators.green]\ndimension = "life"',
        implied={"C04 green": "it belongs to the dimension that has lost it"},
    ),
    Planted("S02", "index", severity="information"),
    Planted(
        "S03",
        "health",
        words=LIFE_COUNTS_MOST,
        implied={"C03 life": "it has most of the weight", "W03 work": CORRELATES},
    ),
    Planted(
        "S04",
        "income",
        words='[indicators.wages]\ncolumn = "income"\ndirection = "benefit"\ndimension = "life"',
        implied={"C04 wages": "it is an indicator of the other dimension"},
    ),
    Planted(
        "S05",
        "life",
        words=LIFE_COUNTS_MOST + '[methodology]\nlevels = [{ aggregation = "copeland" }]',
        implied={
            "B02 index": "the other aggregations weigh all three",
            "C03 life": "it has most of the weight",
            "S03 health": "its dimension has six times the weight",
            "W03 work": CORRELATES,
        },
    ),
    Planted("W01", "nature", severity="information", shown=False),
    Planted("W02", "nature", severity="information", shown=False),
    Planted("W03", "air", AIR_AGAINST, implied=but(AGAINST, "W03 air")),
    Planted("W04", "nature", AIR_AGAINST, severity="information", shown=False, implied=AGAINST),
    Planted("W05", "air", severity="information", shown=False),
    Planted("W06", "index", severity="information", shown=False),
]
