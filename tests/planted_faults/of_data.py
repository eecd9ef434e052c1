"""Faults in the data: the codes D."""

from __future__ import annotations

import numpy as np

from planted_faults.planted import Columns, Planted, at, lowest, without


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


OF_SIZE = "schools follow people, and no other indicator does"
HIDDEN = "an extreme value hides what income has in common with the others"

OF_DATA = [
    Planted("D01", "jobs", without("jobs", 24), implied={"D10": "towns without jobs are among the first ten"}),
    Planted("D02", "T07", several_missing, severity="error"),
    Planted("D03", "safety", lowest("safety", 33, 0.0), implied={"D04 safety": "the common value is zero"}),
    Planted("D03", "income", words="[indicators.income]\ncap = 48.0", shown=False),
    Planted("D04", "safety", lowest("safety", 33, 0.0), implied={"D03 safety": "zero is one value"}),
    Planted(
        "D05",
        "income",
        at("income", {"T05": 400.0}),
        implied={
            "D19 income": "it looks like a slip of the comma",
            "C05 income": HIDDEN,
            "C08 work": HIDDEN,
        },
    ),
    Planted(
        "D06",
        "income",
        at("income", {"T05": 400.0, "T06": -300.0}),
        implied={
            "C05 income": HIDDEN,
            "C08 work": HIDDEN,
        },
    ),
    Planted(
        "D07",
        "income",
        at("income", {f"T{row:02}": 300.0 + row for row in range(5, 11)}),
        '[indicators.income]\ntreatment = "winsorise(points=6, forced=true)"',
        implied={"C05 income": "six towns with one value hide what income has in common with the others"},
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
    Planted(
        "D11",
        "schools",
        schools,
        SCHOOLS,
        severity="information",
        implied={"C05 schools": OF_SIZE},
    ),
    Planted("D13", "income", words="[indicators.income]\nbounds = [20.0, 60.0]"),
    Planted("D12", "index", index_of_size, PER_PEOPLE),
    Planted("D14", "T07", region, '[data]\ngroups = ["region"]', severity="error"),
    Planted(
        "D15",
        "schools",
        schools_with_a_slip,
        SCHOOLS,
        severity="information",
        implied={
            "D05 schools": "the value with a digit too many is extreme by itself",
            "C05 schools": OF_SIZE,
        },
    ),
    Planted("D15", "T12", against_the_others, severity="information", shown=False),
    Planted(
        "D16",
        "crime",
        crime,
        '[indicators.crime]\ndimension = "life"',
        implied={
            "C02 crime": "crime is the opposite of safety",
            "C03 crime": "its dimension is about its opposite",
            "C04": "crime and safety cancel each other out",
            "C05 crime": "it runs against the other parts",
            "C06 life": "a part that runs against the others makes alpha negative",
            "C08 life": "crime is a linear function of safety",
        },
    ),
    Planted(
        "D17",
        "no",
        numbers,
        '[indicators.no]\ndirection = "benefit"\ndimension = "life"',
        implied={"C05 no": "it has nothing in common with the others"},
    ),
    Planted(
        "D18",
        "Total",
        total_row,
        implied={
            "D05": "a sum is far above its parts",
            "D19": "it looks like a slip of the comma",
            "C01": "with the total at the end of every scale, all correlations are near 1",
            "C03": "with the total at the end of every scale, all correlations are near 1",
            "X01": "with the total at the end of every scale, all correlations are near 1",
        },
    ),
    Planted(
        "D19",
        "jobs",
        at("jobs", dict.fromkeys(("T03", "T08", "T20"), -999.0)),
        implied={
            "D05 jobs": "−999 is extreme",
            "C05 jobs": "the codes hide what jobs have in common with the others",
            "C06 work": "the codes hide what jobs have in common with the others",
            "C07 jobs": "the codes hide what jobs have in common with the others",
            "C08 work": "the codes hide what jobs have in common with the others",
        },
    ),
    Planted(
        "D20",
        "skills",
        shares_and_percentages,
        implied={
            "C05 skills": "the two scales hide what skills have in common with the others",
            "C08 work": "the two scales hide what skills have in common with the others",
        },
    ),
    Planted("D21", "safety", constant, '[methodology]\nconstant = "drop"', implied={"S01 life": "two parts are left"}),
    Planted("D22", "Ash", at("town", {"T01": "Ash", "T02": "ash"})),
    Planted("D23", "jobs", years, '[indicators.jobs]\nattributes = { year = "jobs_year" }'),
    Planted("D24", "people", heavy, '[indicators.jobs]\nimputation = "mean(weights=people)"', severity="information"),
]
