"""Every shipped check finds a planted fault at its place; all other errors and warnings of the table have a reason.

Each case changes the sound index of `indicia.testing`, of which no check says anything above information. Faults imply
each other: a case lists the codes, or the codes and places, that its fault brings along.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import indicia
from indicia.catalogue import installed
from indicia.testing.sound_index import DRAWS, SOUND_INDEX, sound_audit, sound_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from indicia.audit import Audit

Columns = dict[str, list[Any]]

SERIOUS = ("error", "warning")


@dataclass(frozen=True)
class Planted:
    """A fault in the sound index."""

    code: str
    where: str
    plant: Callable[[Columns], Any] = lambda columns: None
    """Changes the columns of the table."""
    words: str = ""
    """Changes of the index file."""
    severity: str = "warning"
    implied: Mapping[str, str] = field(default_factory=dict)
    """Other errors and warnings, "CODE" or "CODE PLACE", with the reason."""
    shown: bool = True
    """True if the example of the check has the sentence of this fault."""
    full: bool = False

    def __str__(self) -> str:
        return f"{self.code}-{self.where}"


def without(indicator: str, count: int) -> Callable[[Columns], None]:
    """Take away the values of the first units."""

    def plant(columns: Columns) -> None:
        columns[indicator] = [None] * count + columns[indicator][count:]

    return plant


def at(indicator: str, values: Mapping[str, float | None]) -> Callable[[Columns], None]:
    """Set the values of some towns."""

    def plant(columns: Columns) -> None:
        for town, value in values.items():
            columns[indicator][columns["town"].index(town)] = value

    return plant


def lowest(indicator: str, count: int, value: float) -> Callable[[Columns], None]:
    """Set the lowest values to one number."""

    def plant(columns: Columns) -> None:
        limit = sorted(columns[indicator])[count - 1]
        columns[indicator] = [value if x <= limit else x for x in columns[indicator]]

    return plant


def several_missing(columns: Columns) -> None:
    for name in ("health", "safety", "income", "jobs", "air"):
        at(name, {"T07": None})(columns)


def people(columns: Columns) -> list[float]:
    """Add a size that does not depend on the indicators, and return it."""
    rng = np.random.default_rng(3)
    columns["people"] = np.exp(8 + rng.permutation(60) / 20).round().tolist()
    columns["income"] = [x * size for x, size in zip(columns["income"], columns["people"], strict=True)]
    return columns["people"]


PER_PEOPLE = '[indicators.income]\nper = "people"\n'
SCHOOLS = PER_PEOPLE + '[indicators.schools]\ndirection = "benefit"\ndimension = "life"\n'


def schools(columns: Columns) -> None:
    rng = np.random.default_rng(4)
    columns["schools"] = [
        size / 500 * factor for size, factor in zip(people(columns), rng.uniform(0.8, 1.25, 60), strict=True)
    ]


def schools_with_a_slip(columns: Columns) -> None:
    schools(columns)
    columns["schools"][10] *= 10


def panel(columns: Columns) -> None:
    """Repeat the table in three years; T03 has no value of jobs in the last two."""
    towns = len(columns["town"])
    for name in list(columns):
        columns[name] = columns[name] * 3
    columns["year"] = [year for year in (2014, 2018, 2021) for _ in range(towns)]
    for row in (towns + 2, 2 * towns + 2):
        columns["jobs"][row] = None


def total_row(columns: Columns) -> None:
    for name, values in columns.items():
        values.append("Total" if name == "town" else round(sum(values), 2))


def index_of_size(columns: Columns) -> None:
    """Make the people of a town grow with the mean of its indicators."""
    names = [name for name in columns if name != "town"]
    means = [sum(values) / len(values) for values in zip(*(columns[name] for name in names), strict=True)]
    people(columns)
    noise = np.random.default_rng(5).normal(0, 3, 60)
    sizes = [round(100 * (mean + error)) for mean, error in zip(means, noise, strict=True)]
    columns["income"] = [x / old * new for x, old, new in zip(columns["income"], columns["people"], sizes, strict=True)]
    columns["people"] = sizes


def region(columns: Columns) -> None:
    columns["region"] = ["north" if row % 2 else "south" for row in range(60)]
    columns["region"][6] = None


def against_the_others(columns: Columns) -> None:
    """Reverse three values of a town that are high together."""
    for name in ("health", "income", "air"):
        columns[name][11] = 22.0
    for name in ("safety", "jobs", "water"):
        columns[name][11] = 78.0


def crime(columns: Columns) -> None:
    columns["crime"] = [100.0 - x for x in columns["safety"]]


def numbers(columns: Columns) -> None:
    columns["no"] = [float(row + 1) for row in range(60)]


def shares_and_percentages(columns: Columns) -> None:
    columns["skills"] = [x / 100 if row % 2 else x for row, x in enumerate(columns["skills"])]


def constant(columns: Columns) -> None:
    columns["safety"] = [5.0] * 60


def years(columns: Columns) -> None:
    columns["jobs_year"] = [2021] * 60
    columns["jobs_year"][2] = 2009


def heavy(columns: Columns) -> None:
    columns["jobs"][50] = None
    columns["people"] = [100.0] * 60
    columns["people"][0] = 12000.0


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
LIFE_COUNTS_MOST = "[dimensions.life]\nweight = 6\n"

REVERSED = {
    "C02": "green opposes both of its dimension",
    "C03 green": "the score of the dimension hides it",
    "C04": "each is closer to a dimension without it",
    "C05": "alpha and the rest of the dimension suffer",
    "C06 nature": "alpha is low",
}
CASES = [
    Planted("C01", "income", alike, implied={"C01 jobs": "it is the other of the two", "C05 skills": "the third"}),
    Planted("C02", "air", reversed_green, implied={**REVERSED, "C07 green": "its loading is negative"}),
    Planted("C03", "life", words=LIFE_COUNTS_MOST, implied={"S03 health": "its dimension has six times the weight"}),
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
    Planted("S03", "health", words=LIFE_COUNTS_MOST, implied={"C03 life": "it has most of the weight"}),
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
        implied={"C03 life": "it has most of the weight", "S03 health": "its dimension has six times the weight"},
    ),
    Planted("D01", "jobs", without("jobs", 24), implied={"D10": "towns without jobs are among the first ten"}),
    Planted("D02", "T07", several_missing, severity="error"),
    Planted("D03", "safety", lowest("safety", 33, 0.0), implied={"D04 safety": "the common value is zero"}),
    Planted("D03", "income", words="[indicators.income]\ncap = 48.0", shown=False),
    Planted("D04", "safety", lowest("safety", 33, 0.0), implied={"D03 safety": "zero is one value"}),
    Planted("D05", "income", at("income", {"T05": 400.0}), implied={"D19 income": "it looks like a slip of the comma"}),
    Planted("D06", "income", at("income", {"T05": 400.0, "T06": -300.0})),
    Planted(
        "D07",
        "income",
        at("income", {f"T{row:02}": 300.0 + row for row in range(5, 11)}),
        '[indicators.income]\ntreatment = "winsorise(points=6, forced=true)"',
    ),
    Planted("D08", "jobs", panel, '[data]\nperiod = "year"\n[indicators.jobs]\nimputation = "last_value"'),
    Planted(
        "D09",
        "jobs",
        without("jobs", 24),
        '[indicators.jobs]\nimputation = "mean"',
        implied={"D01 jobs": "the values are missing before they are imputed"},
    ),
    Planted("D10", "T03", at("jobs", {"T03": None})),
    Planted("D11", "schools", schools, SCHOOLS, severity="information"),
    Planted("D13", "income", words="[indicators.income]\nbounds = [20.0, 60.0]"),
    Planted("D12", "index", index_of_size, PER_PEOPLE),
    Planted("D14", "T07", region, '[data]\ngroups = ["region"]', severity="error"),
    Planted(
        "D15",
        "schools",
        schools_with_a_slip,
        SCHOOLS,
        severity="information",
        implied={"D05 schools": "the value with a digit too many is extreme by itself"},
    ),
    Planted("D15", "T12", against_the_others, severity="information", shown=False),
    Planted("D16", "crime", crime, '[indicators.crime]\ndimension = "life"'),
    Planted("D17", "no", numbers, '[indicators.no]\ndirection = "benefit"\ndimension = "life"'),
    Planted(
        "D18",
        "Total",
        total_row,
        implied={
            "D05": "a sum is far above its parts",
            "D19": "it looks like a slip of the comma",
            "X01": "a row of sums lies on one line with all others",
        },
    ),
    Planted(
        "D19", "jobs", at("jobs", dict.fromkeys(("T03", "T08", "T20"), -999.0)), implied={"D05 jobs": "−999 is extreme"}
    ),
    Planted("D20", "skills", shares_and_percentages),
    Planted("D21", "safety", constant, '[methodology]\nconstant = "drop"'),
    Planted("D22", "Ash", at("town", {"T01": "Ash", "T02": "ash"})),
    Planted("D23", "jobs", years, '[indicators.jobs]\nattributes = { year = "jobs_year" }'),
    Planted("D24", "people", heavy, '[indicators.jobs]\nimputation = "mean(weights=people)"', severity="information"),
    Planted("B01", "index", severity="information"),
    Planted("B02", "index", opposed, shown=False),
    Planted("B02", "index", opposed, "[checks.B02]\nmethods = ['min']"),
    Planted("B03", "T43", at("health", {"T43": -200.0}), implied={"D05 health": "the value is extreme"}),
    Planted("X01", "gdp", rival, "[outside.variables]\ngdp = {}"),
    Planted("X02", "nature", severity="information"),
    Planted("X03", "work", severity="information"),
    Planted("P01", "index", two_years, PANEL, severity="error"),
    Planted("M01", "life", words=GEOMETRIC, implied={"M01": "the other dimensions have the same methods"}),
    Planted("E02", "index", sampled, ERRORS_OF_HEALTH, severity="information"),
]


def deep(words: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return nested tables with changes."""
    changed = dict(words)
    for key, value in changes.items():
        changed[key] = deep(changed.get(key, {}), value) if isinstance(value, dict) else value
    return changed


def audit_of(case: Planted) -> Audit:
    columns = sound_table().to_dict(as_series=False)
    case.plant(columns)
    index = indicia.read(deep(tomllib.loads(SOUND_INDEX), tomllib.loads(case.words)))
    return index.audit(pl.DataFrame(columns), draws=DRAWS, full=case.full)


def _settled(case: Planted) -> str:
    """Return the chapters whose errors and warnings a case explains; those of the data leave coherence to its cases."""
    return "CDS" if case.code[0] in "CS" else "BDEMPX"


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_the_sound_index_has_no_error_and_no_warning() -> None:
    findings = sound_audit().findings
    assert findings.filter(findings["severity"].is_in(SERIOUS)).rows() == []


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_planted_fault_is_found_at_its_place_and_all_other_findings_have_a_reason(case: Planted) -> None:
    rows = audit_of(case).findings.to_dicts()
    planted = [row for row in rows if (row["check"], row["where"]) == (case.code, case.where)]
    assert [row["severity"] for row in planted][:1] == [case.severity]
    others = {
        f"{row['check']} {row['where']}": row["sentence"]
        for row in rows
        if row not in planted and row["severity"] in SERIOUS and row["check"][0] in _settled(case)
    }
    unexplained = {
        name: text for name, text in others.items() if not {name, name.partition(" ")[0]} & set(case.implied)
    }
    assert unexplained == {}
    codes = {name.partition(" ")[0] for name in others}
    assert [name for name in case.implied if name not in others and name not in codes] == []
    if case.shown:
        example = squeezed(installed().choose("check", case.code).example)
        assert planted[0]["sentence"] in example
