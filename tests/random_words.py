"""Random indices that use every word of an index file on which figures depend, with their tables as text.

Each word is drawn with some chance, beside any other words, so Indicia refuses some of these indices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from indicia.data.table_partitions import _REFUSED
from indicia.definition.data_section import Data
from indicia.definition.methodology_section import Eligible, Methodology, Missing, Screening, Stages, StageScopes
from indicia.definition.model import Definition
from indicia.definition.parts_section import Bands, Dimension, Indicator

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indicia.definition.section import Section

UNITS, PERIODS, INDICATORS = 9, (2020, 2021), tuple(f"x{number}" for number in range(6))
REGIONS = ("north", "south")

NORMALISATIONS = (
    *("min_max", "min_max(lower=1, upper=100)", "min_max(lower=10, upper=20)", "efficacy", "goalposts", "max"),
    *("z_score", "z_score(mean=50, sd=10)", "sum", "vector", "rank", "percentile_rank(ties=average)", "borda"),
    *("mean_index",),
    *("distance_to_target", "robust", "z_score(weights=people)", "above_below_mean", "max_absolute", "logarithmic"),
)
WEIGHTINGS = (
    *("given", "equal", "entropy", "critic", "standard_deviation", "gini", "merec", "coefficient_of_variation"),
    *("experts", "variance", "pca"),
)
AGGREGATIONS = (
    *("arithmetic", "geometric", "harmonic", "generalised(p=0.5)", "sum", "max", "median", "mean_min", "topsis"),
)
IMPUTATIONS = ("mean", "median", "constant(value=2)", "mean(within='region')", "mean(weights=people)", "none")
TREATMENTS = (
    *("winsorise(points=1, skewness=0.5)", "winsorise_quantiles", "fences", "limits(lower=2)", "deviations(k=1.5)"),
    *("round", "none"),
)
MISSING = (
    *("skip", "skip(minimum_share=0.7)", "skip(minimum_count=2)", "propagate", "value(value=0.5)"),
    "group_mean(within='region')",
    {"policy": "group_mean", "within": "region", "minimum_share": 0.4, "minimum_count": 2},
    {"policy": "value", "value": 3.0},
    {"policy": "skip", "minimum_share": 0.1, "minimum_count": 3},
    {"policy": "skip", "minimum_share": 0.9},
)
SCOPES = (
    *("pooled", "period", "region", ["period", "region"]),
    {"reference": 2020},
    {"within": "region"},
    {"within": "region", "reference": 2021},
)

METHODS_WITH_STATISTICS = {
    "imputation": "mean",
    "treatment": "deviations(k=1)",
    "normalisation": "min_max(lower=1, upper=100)",
    "aggregation": "edas",
    "rescaling": "max",
}
"""A method of each stage whose figures depend on statistics."""

WITHOUT_FIGURES = {
    Definition: {
        *("name", "language", "note", "measurement", "plugins", "aggregates", "reference", "outside", "map"),
        *("judgements", "variants", "robustness", "checks", "waivers", "audit", "analyses", "publication", "sources"),
        *("data", "dimensions", "indicators", "methodology"),  # each has its own words
    },
    Data: {"column_names", "attributes", "columns", "path"},  # the table is an argument
    Indicator: {"name", "short", "unit", "simulated", "source", "note", "attributes", "lever", "limits", "whole"},
    Dimension: {"name", "short", "note", "measurement"},
    Methodology: {"seed"},  # methods with random numbers need all rows
    Bands: {"name", "names", "note", "direction", "within"},  # shares within groups need all rows
}
"""The words on which no figure of a run over partitions depends."""


def words_to_use() -> dict[str, set[str]]:
    """Return, by table, the words that random indices have to use."""
    tables: dict[str, type[Section]] = {
        "": Definition,
        "data": Data,
        "dimensions": Dimension,
        "indicators": Indicator,
        "methodology": Methodology,
        "levels": Stages,
        "statistics": StageScopes,
        "missing": Missing,
        "screening": Screening,
        "eligible": Eligible,
        "bands": Bands,
    }
    words = {place: set(table.model_fields) - WITHOUT_FIGURES.get(table, set()) for place, table in tables.items()}
    words["data"] -= set(_REFUSED)
    return words


def words_in(definition: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the words of an index, each after its table."""
    methodology = definition["methodology"]
    tables = [("data", definition["data"]), ("methodology", methodology)]
    tables += [("levels", table) for table in methodology.get("levels", ())]
    for place in ("dimensions", "indicators", "bands"):
        tables += [(place, table) for table in definition.get(place, {}).values()]
    tables += [(place, definition[place]) for place in ("screening", "eligible") if place in definition]
    for place, table in (*tables, ("", definition)):
        for word, value in table.items():
            yield place, word
            if word in ("statistics", "missing") and isinstance(value, dict):
                yield from ((word, key) for key in value)


class Draw:
    """The random numbers of one index, and its parts."""

    def __init__(self, seed: int, wanted: tuple[str, str] = ("", "")) -> None:
        self.chance = np.random.default_rng(seed)
        self.often = self.chance.choice([0.04, 0.12, 0.25])
        """The chance that a part has a word: an index with few words is less often refused."""
        self.wanted = wanted
        """A kind of table, and a word that most tables of this kind have."""

    def one(self, choices: Iterable[Any]) -> Any:
        """Return one of the choices."""
        listed = list(choices)
        listed = [choice for choice in listed if isinstance(choice, dict) and self.wanted[1] in choice] or listed
        return listed[self.chance.integers(len(listed))]

    def some(self, choices: Iterable[Any]) -> list[Any]:
        """Return some of the choices, in their order."""
        listed = list(choices)
        count = self.chance.integers(1, len(listed) + 1)
        return [listed[place] for place in sorted(self.chance.choice(len(listed), count, replace=False))]

    def has(self, times: float = 1.0) -> bool:
        """Return whether a part has a word."""
        return bool(self.chance.random() < min(0.5, self.often * times))

    def words(self, table: str, **choices: Any) -> dict[str, Any]:
        """Return some of these words of a table, each with one of its values."""
        wanted = ("methodology", self.wanted[0]) if self.wanted[0] in ("statistics", "missing") else self.wanted
        chosen = [word for word in choices if self.has() or ((table, word) == wanted and self.chance.random() < 0.7)]
        return {word: self.one(choices[word]) for word in chosen}

    def index(self) -> dict[str, Any]:
        """Return the definition of an index."""
        dimensions = self.dimensions()
        definition: dict[str, Any] = {
            "data": self.data(),
            "dimensions": dimensions,
            "indicators": {name: self.indicator(name, list(dimensions)) for name in INDICATORS},
            "methodology": self.methodology(),
            **self.words("", direction=["benefit", "cost"]),
        }
        self.complete(definition)
        definition["screening"] = self.words(
            "screening",
            units=[0.5, 0.9],
            dimensions=[0.9],
            non_zero=[0.5],
            indicators=[0.6, 0.9],
            keep=[["ü1", "x1"]],
            without=[["ü2"]],
        )
        if "keep" in definition["screening"]:
            definition["screening"] |= {"units": 1, "indicators": 0.95}
        definition["eligible"] = self.words("eligible", only=[["ü1", "ü3", "ü4", "ü5"]], without=[["ü3", "ü6"]])
        if self.has() or self.wanted[0] == "bands" or self.wanted[1] == "bands":
            definition["bands"] = {"class": self.bands()}
        return definition

    def complete(self, definition: dict[str, Any]) -> None:
        """Add what words need to have an effect: methods, rounded scores, targets, bounds, and weights of all parts."""
        methodology = definition["methodology"]
        if isinstance(stages := methodology.get("statistics"), dict):
            methodology |= {stage: method for stage, method in METHODS_WITH_STATISTICS.items() if stage in stages}
        if "weights" in methodology:
            methodology["weighting"] = "entropy"
        if methodology.keys() & {"ties", "rank_by"}:
            methodology |= {"decimals": 0, "rescaling": "min_max(lower=1, upper=6)"}
        text = str(definition)
        for table in definition["indicators"].values():
            if table["direction"] in ("benefit", "cost"):
                if "distance_to_target" in text:
                    table["target"] = 1000 if table["direction"] == "benefit" else 0.001
                if "goalposts" in text:
                    table.setdefault("bounds", [0.01, 30])
        parts = {**definition["dimensions"], **definition["indicators"]}
        counted = {name: table for name, table in parts.items() if table.get("counts", True)}
        if "'experts'" in text:
            weights = {name: table.get("weight", 1.5) for name, table in counted.items()}
            definition["weights"] = {"experts": weights}
        if "'scale_weights': False" in text:
            for table in counted.values():
                table.setdefault("weight", 0.4)

    def data(self) -> dict[str, Any]:
        """Return the table `[data]`: the roles of the columns, and the notation of the numbers."""
        comma = self.has()
        return {
            "unit": "unit",
            "period": "year",
            "groups": ["region"],
            **({"decimal": ",", "thousands": ["."]} if comma else self.words("data", thousands=[[" "], [","]])),
            **self.words(
                "data",
                label=["title"],
                where=[{"kept": "yes"}, {"people": "> 1"}, {"region": ["north", "south"], "kept": "yes"}],
                without=[["Total"]],
                percent=[True],
                unit_marks=[["kg"]],
                magnitudes=[{"k": 1000}],
                footnotes=[["*"]],
                flags=[["p", "b"]],
                missing=[["absent", "?", ""]],
                encoding=["latin-1"],
                separator=["~"],
            ),
        }

    def stages(self, table: str) -> dict[str, Any]:
        """Return choices of methods, of a dimension, a level or the methodology."""
        return self.words(
            table,
            imputation=IMPUTATIONS,
            treatment=TREATMENTS,
            normalisation=NORMALISATIONS,
            weighting=WEIGHTINGS,
            aggregation=AGGREGATIONS,
            missing=MISSING,
            decimals=[0, 2, 12],
            normalised_decimals=[1, 3],
            scale_weights=[False] if self.wanted[1] == "scale_weights" else [True, True, True, False],
            rescaling=["min_max(lower=1, upper=2)", "max", "percentile_rank"],
            as_component=["min_max(lower=1, upper=100)", "z_score(mean=50, sd=10)", "rank_exponential"],
        )

    def dimensions(self) -> dict[str, Any]:
        """Return two dimensions, some with a third below one or both of them, and one that does not count."""
        dimensions = {
            name: {**self.stages("dimensions"), **self.words("dimensions", weight=[0.5, 3])} for name in ("a", "b")
        }
        for table in dimensions.values():
            table |= self.words("dimensions", direction=["benefit", "cost"])
            if "direction" in table:
                table["as_component"] = "min_max(lower=1, upper=100)"
        below: dict[str, Any] = self.one([{}, {"parent": "a"}, {"parent": ["a", "b"], "weight": {"a": 2, "b": 1}}])
        if below:
            dimensions["c"] = {**self.stages("dimensions"), **below}
        if self.has(0.5):
            dimensions["aside"] = {"counts": False}
        return dimensions

    def indicator(self, name: str, dimensions: list[str]) -> dict[str, Any]:
        """Return an indicator; its values are from 1 to 9, times the factor, and fewer after a division."""
        number, counts = int(name[1:]), not self.has()
        table: dict[str, Any] = {
            "dimension": dimensions[number % len(dimensions)],
            "direction": self.one(["benefit", "cost"]),
            **self.words(
                "indicators",
                column=["x0_b"],
                per=["people"],
                factor=[0.5, 3.0],
                floor=[2],
                cap=[7],
                transform=["log", "power(exponent=0.5)", "round"],
                imputation=IMPUTATIONS,
                treatment=TREATMENTS,
                normalisation=NORMALISATIONS,
                decimals=[0, 2, 10],
                bounds=[[0.01, 30], [1, 9], {"by": "region", "north": [0.5, 30], "south": [0.1, 28]}],
            ),
        }
        if number == 5:  # the column has thousands
            table["factor"] = 0.001
        if number == 0 and self.has():
            table |= {"dimension": ["a", "b"], "weight": {"a": 1, "b": 3}}
        elif counts:
            table |= self.words("indicators", weight=[0.5, 2])
        else:
            table["counts"] = False
        if self.has():
            best = self.one([{"direction": "target", "target": 4}, {"direction": "interval", "interval": [3, 5]}])
            table = {word: value for word, value in table.items() if word != "bounds"}
            table |= {**best, **self.words("indicators", worst=[[0.01, 30]])}
        return table

    def methodology(self) -> dict[str, Any]:
        """Return the table `[methodology]`, mostly with a rule for gaps and with scores above 0."""
        levels = (
            [self.stages("levels") for _ in range(self.chance.integers(1, 3))]
            if self.has(3) or self.wanted[0] == "levels"
            else []
        )
        scale = self.one(["min_max(lower=1, upper=100)", "min_max"]) if self.chance.random() < 0.7 else "min_max"
        return {
            "normalisation": scale,
            "missing": self.one(MISSING),
            **self.stages("methodology"),
            **self.words(
                "methodology",
                constant=["neutral", "drop"],
                statistics=[*SCOPES, *(self.statistics() for _ in SCOPES)],
                weights=SCOPES,
                ties=["min", "max", "average", "dense"],
                rank_by=["rounded", "unrounded"],
                rank_from=["best", "worst"],
                ranks=[["region"]],
            ),
            **({"levels": levels} if levels else {}),
        }

    def statistics(self) -> dict[str, Any]:
        """Return rows of statistics by stage."""
        stages = ("imputation", "treatment", "normalisation", "aggregation", "rescaling")
        return {stage: self.one(SCOPES[1:]) for stage in self.some(stages)}

    def bands(self) -> dict[str, Any]:
        """Return a classification of the units."""
        if self.wanted[0] == "bands" and self.wanted[1] in ("of", "closed", "decimals"):
            return {"of": "x1", "thresholds": [3, 4, 5, 6], "decimals": 0, "closed": "upper"}
        limits = self.one([{"thresholds": [0.3, 5]}, {"ranges": {"low": [-1e6, 2], "high": [2, 1e6]}}, {"shares": 3}])
        if "shares" in limits:
            return {"of": "rank", **limits}
        return {
            **limits,
            **self.words("bands", of=["score", "a", "x1", "rank"], closed=["lower", "upper"], decimals=[0, 1]),
        }

    def table(self, data: dict[str, Any]) -> list[list[str]]:
        """Return the header and the rows of the table, in the notation that `[data]` states."""
        gaps, equal = self.one([0.0, 0.05, 0.2]), self.has() or self.wanted[1] == "constant"
        names = [*INDICATORS, "x0_b"]
        rows = []
        for number in range(UNITS * len(PERIODS)):
            unit, year = number // len(PERIODS), PERIODS[number % len(PERIODS)]
            values = self.chance.uniform(1, 9, len(names)).round(3)
            values[5] *= 1000
            if number % 4 == 3:
                values = values.round()  # equal values
            if equal:
                values[2] = 5.0  # constant
            absent = self.chance.random(len(names)) < gaps
            people = self.cell(float(self.chance.integers(1, 5)), data)
            cells = ["" if gap else self.cell(value, data) for value, gap in zip(values, absent, strict=True)]
            kept = "no" if number == 5 else "yes"
            zero = number % 7 == 2 and equal
            cells = [self.cell(0.0, data) if zero and place > 3 else cell for place, cell in enumerate(cells)]
            rows.append([f"ü{unit}", f"Unit {unit}", str(year), REGIONS[unit % 2], people, kept, *cells])
        if "missing" in data:
            rows = [[cell or self.one(["absent", "?"]) for cell in row] for row in rows]
        if "without" in data:
            total = self.cell(1.0, data)
            rows.insert(7, ["Total", "", "2020", "north", total, "yes", *(total for _ in names)])
        return [["unit", "title", "year", "region", "people", "kept", *names], *rows]

    def cell(self, value: float, data: dict[str, Any]) -> str:
        """Return a number as the notation allows it."""
        if "magnitudes" in data and self.has(2):
            return f"{value / 1000:.6f} k".replace(".", data.get("decimal", "."))
        text = f"{value:,.3f}" if "thousands" in data else f"{value:.3f}"
        text = text.translate(str.maketrans({",": data.get("thousands", ",")[0], ".": data.get("decimal", ".")}))
        marks = [mark for word in ("unit_marks", "footnotes") for mark in data.get(word, ())]
        if data.get("percent"):
            marks.append("%")
        if marks and self.has(2):
            return f"{text} {self.one(marks)}"
        return f"{text} {self.one(data['flags'])}" if "flags" in data and self.has(2) else text


def without(definition: dict[str, Any], place: str, word: str) -> dict[str, Any]:
    """Return an index without a word in any table of a kind."""
    if place in ("", "data", "screening", "eligible"):
        table = definition if not place else definition[place]
        changed = {key: value for key, value in table.items() if key != word}
        return {**definition, place: changed} if place else changed
    if place in ("dimensions", "indicators", "bands"):
        tables = {name: without(table, "", word) for name, table in definition[place].items()}
        return {**definition, place: tables}
    methodology = definition["methodology"]
    if place == "methodology":
        return {**definition, place: without(methodology, "", word)}
    if place == "levels":
        levels = [without(level, "", word) for level in methodology["levels"]]
        return {**definition, "methodology": {**methodology, "levels": levels}}

    def changed_table(table: dict[str, Any]) -> dict[str, Any]:
        return {**table, place: without(table[place], "", word)} if isinstance(table.get(place), dict) else table

    dimensions = {name: changed_table(table) for name, table in definition["dimensions"].items()}
    levels = [changed_table(level) for level in methodology.get("levels", ())]
    methodology = {**changed_table(methodology), **({"levels": levels} if levels else {})}
    return {**definition, "dimensions": dimensions, "methodology": methodology}


def text_of(rows: list[list[str]], separator: str) -> str:
    """Return the text of a table; a cell with the separator stands in quotes."""
    quoted = ((f'"{cell}"' if separator in cell else cell for cell in row) for row in rows)
    return "".join(f"{separator.join(row)}\n" for row in quoted)
