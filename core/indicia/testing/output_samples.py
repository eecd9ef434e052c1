"""The results on which analyses and outputs are tested: a small index, hostile names, a panel, secrets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from indicia.comparison import ComparisonAnswer
from indicia.dossier import compile_dossier
from indicia.editions.difference import difference_of
from indicia.editions.scored_edition import ScoredEdition
from indicia.errors import IndiciaError
from indicia.index import Index, read
from indicia.result.report_files import ReportFile

if TYPE_CHECKING:
    from indicia.dossier import Dossier
    from indicia.outputs import Exported, Shown

HOSTILE_TAG = "hostile-name"
"""An element that no output writes: where it is found in markup, a name was not escaped."""
HOSTILE = (
    f"<{HOSTILE_TAG} onclick=alert(1)>",
    "</script></section><script>alert(2)</script>",
    "=1+1",
    "a&b\"'",
    "\u202eturned round",
    "مدينة القاهرة",
    "北京",
    "{unit}",
)
SECRET = 76543.25
"""A raw value of the sample whose raw values are not published."""
SECRETS = ("76543.25", "76,543.25", "76543", "76,543")
_DRAWS = 12


@dataclass(frozen=True)
class OutputSample:
    """The results of one index, as outputs receive them."""

    name: str
    index: Index
    table: pl.DataFrame
    dossier: Dossier
    difference: Any = None

    def __str__(self) -> str:
        return f"the sample {self.name}"

    def shown(self, kind: Shown) -> Any:
        """Return an object that a chart can show; None if the sample lacks it."""
        result = self.dossier.result
        if kind == "result":
            return result
        if kind == "explanation":
            return self._explanation
        if kind == "difference":
            return self.difference
        analysis = self.dossier.robust if kind == "robustness" else self.dossier.compared
        if isinstance(analysis, IndiciaError) or analysis is None:
            return None
        return analysis.figures if isinstance(analysis, ComparisonAnswer) else analysis

    @cached_property
    def _explanation(self) -> Any:
        """The explanation of the first unit; it is computed once."""
        result = self.dossier.result
        return result.explain(str(result.scores[result.unit][0]))

    def exported(self, kind: Exported) -> Any:
        """Return an object that an exporter can write; None if the sample lacks it."""
        if kind in ("dossier", "units"):
            return self.dossier
        if kind == "difference":
            return self.difference
        if kind == "reports":
            return [ReportFile("report.html", self.dossier.result.title, publisher=HOSTILE[0], summary=HOSTILE[1])]
        if kind == "chart":
            return self.dossier.result.plot.ranking()
        return None if isinstance(self.dossier.audit, IndiciaError) else self.dossier.audit


@cache
def output_samples() -> tuple[OutputSample, ...]:
    """Return the samples; they are computed once in a process."""
    return (_small(), _hostile(), _panel(), _secret())


def _small() -> OutputSample:
    """Return an index of eight towns with gaps, shapes, an outside variable, a variant and an earlier edition."""
    raw = _raw(["x", "y", "z"], {"x": "a", "y": "a", "z": "b"})
    raw["variants"] = {"ranks": {"normalisation": "rank"}}
    raw["publication"] = {"publisher": "Example", "edition": "2", "licence": "CC-BY-4.0"}
    raw["outside"] = {"variables": {"income": {"direction": "benefit"}}}
    raw["map"] = {"path": str(files("indicia.testing").joinpath("squares.geojson")), "key": "town"}
    index = read(raw)
    table = _table(8, ["x", "y", "z"]).with_columns(income=pl.col("y") * 2 + pl.col("z"))
    dossier = compile_dossier(index, table, needs=("intervals", "comparison", "audit"), draws=_DRAWS)
    earlier = index.score(table.with_columns(pl.col("x") * 1.1))
    old = ScoredEdition.of_result("earlier", index, earlier)
    difference = difference_of(old, ScoredEdition.of_result("later", index, dossier.result))
    return OutputSample("small", index, table, replace(dossier, difference=difference), difference)


def _hostile() -> OutputSample:
    names = [f"<{HOSTILE_TAG}>", "b&", "c'\""]
    raw = _raw(names, {names[0]: "d", names[1]: "e", names[2]: "e"})
    raw["name"] = {"en": HOSTILE[0], "zh": HOSTILE[1]}
    raw["note"] = HOSTILE[1]
    raw["indicators"][names[0]] |= {"name": HOSTILE[1], "unit": HOSTILE[0], "source": HOSTILE[0]}
    raw["dimensions"]["d"] = {"name": HOSTILE[0]}
    raw["variants"] = {HOSTILE[0]: {"normalisation": "rank"}}
    raw["publication"] = {"publisher": HOSTILE[0], "contact": HOSTILE[1], "citation": HOSTILE[0]}
    table = _table(len(HOSTILE), names).with_columns(town=pl.Series(HOSTILE))
    return _sample("with hostile names", read(raw), table)


def _panel() -> OutputSample:
    raw = _raw(["x", "y"], {"x": "a", "y": "b"})
    raw["data"]["period"] = "year"
    raw["indicators"] = {name: {**words, "bounds": [0, 100]} for name, words in raw["indicators"].items()}
    frame = _table(6, ["x", "y"])
    years = [frame.with_columns(pl.col("x") + place, year=pl.lit(2020 + place)) for place in range(3)]
    return _sample("of a panel", read(raw), pl.concat(years))


def _secret() -> OutputSample:
    raw = _raw(["x", "y"], {"x": "a", "y": "b"})
    raw["publication"] = {"raw_values": False}
    table = _table(6, ["x", "y"])
    table = table.with_columns(pl.when(pl.int_range(6) == 2).then(SECRET).otherwise("x").alias("x"))
    return _sample("with raw values that are not published", read(raw), table)


def _sample(name: str, index: Index, table: pl.DataFrame) -> OutputSample:
    return OutputSample(name, index, table, compile_dossier(index, table, draws=_DRAWS))


def _raw(names: list[str], dimensions: dict[str, str]) -> dict[str, Any]:
    return {
        "name": {"en": "A sample", "zh": "样本"},
        "data": {"unit": "town", "groups": ["region"]},
        "dimensions": {dimension: {} for dimension in dict.fromkeys(dimensions.values())},
        "indicators": {name: {"dimension": dimensions[name]} for name in names},
        "methodology": {"missing": "skip"},
    }


def _table(units: int, names: list[str]) -> pl.DataFrame:
    random = np.random.default_rng(11)
    frame = pl.DataFrame(
        {
            "town": [f"Town {number}" for number in range(units)],
            "region": [f"Region {number % 2}" for number in range(units)],
            **{name: random.normal(50, 10, units) for name in names},
        }
    )
    return frame.with_columns(pl.when(pl.int_range(units) == 1).then(None).otherwise(names[0]).alias(names[0]))
