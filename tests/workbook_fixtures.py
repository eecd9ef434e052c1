"""Indices of all kinds, whose workbooks a spreadsheet computes anew."""

from __future__ import annotations

import copy
import csv
import io
import re
import subprocess
import tempfile
import warnings
import zipfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import numpy as np
import polars as pl
import pytest
import system_tools
from xlsxwriter.utility import xl_col_to_name

import indicia
from indicia.errors import DubiousWarning
from indicia.index import Index
from indicia_workbook.book import workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STORED = re.compile(r"(</f>)<v>[^<]*</v>")

EXAMPLES = Path(__file__).parents[1] / "examples"
UNITS = 24


def table(units: int = UNITS, indicators: int = 4, *, gaps: bool = False, periods: int = 1) -> pl.DataFrame:
    """Return skewed positive numbers in three regions, some of them missing."""
    random = np.random.default_rng(7)
    rows = units * periods
    columns: dict[str, Any] = {
        "city": [f"city {at % units}" for at in range(rows)],
        "year": [2020 + at // units for at in range(rows)],
        "region": [("north", "south", "west")[at % 3] for at in range(rows)],
    }
    for at in range(indicators):
        values = np.round(random.lognormal(2, 0.5, rows), 3).tolist()
        if gaps:
            values = [None if (row * 7 + at * 5) % 11 == 0 else value for row, value in enumerate(values)]
        columns[f"x{at}"] = values
    return pl.DataFrame(columns)


def index(methodology: dict[str, Any], *, panel: bool = False, **words: Any) -> Index:
    """Return an index of four indicators in two dimensions; other words go over these."""
    whole: dict[str, Any] = {
        "name": "Made",
        "data": {"unit": "city", "groups": ["region"], **({"period": "year"} if panel else {})},
        "dimensions": {"a": {"weight": 2}, "b": {}},
        "indicators": {
            "x0": {"dimension": "a", "weight": 3},
            "x1": {"dimension": "a", "direction": "cost"},
            "x2": {"dimension": "b"},
            "x3": {"dimension": "b", "weight": 0.5},
        },
        "methodology": methodology,
    }
    for key, value in words.items():
        whole[key] = {**whole.get(key, {}), **value} if isinstance(value, dict) else value
    return indicia.read(whole)


BANDS: dict[str, Any] = {
    "tenth": {"of": "rank", "shares": 10},
    "level": {"thresholds": [0.2, 0.4], "names": ["low", 'the "middle"', "high"]},
    "upper": {"of": "a", "thresholds": [0.25, 0.5], "closed": "upper", "decimals": 1},
    "quarter": {"of": "score", "shares": 4, "within": "region"},
    "local": {"of": "rank", "shares": [0.2, 0.8], "within": "region"},
    "value": {"of": "x0", "ranges": {"little": [0, 8], "much": [8, float("inf")]}},
}
"""Bands of all kinds."""


def large(units: int = 200, indicators: int = 50) -> tuple[Index, pl.DataFrame]:
    """Return an index of three levels with gaps, costs and other means at some of its nodes."""
    frame = table(units, indicators, gaps=True)
    groups = {f"g{at}": {"parent": f"p{at % 2}", "weight": 1 + at} for at in range(5)}
    groups["g3"]["aggregation"] = "geometric"
    made = {
        "name": {"en": "Large", "zh": "大型指数"},
        "data": {"unit": "city"},
        "dimensions": {"p0": {"weight": 2}, "p1": {"aggregation": "harmonic"}, **groups},
        "indicators": {
            f"x{at}": {
                "dimension": f"g{at % 5}",
                "direction": "cost" if at % 3 == 0 else "benefit",
                "weight": 1 + at % 4,
            }
            for at in range(indicators)
        },
        "methodology": {"normalisation": "min_max(lower=1, upper=100)", "missing": "skip", "decimals": 2},
    }
    return indicia.read(made), frame


def _reweighted(whole: Index, result: Any, weights: Mapping[str, float]) -> Index:
    raw = copy.deepcopy(dict(whole.raw))
    for row in result.weights.iter_rows(named=True):
        kind = "indicators" if row["kind"] == "indicator" else "dimensions"
        raw[kind][row["id"]]["weight"] = weights.get(row["id"], row["weight"])
    raw["methodology"]["weighting"] = "given"
    for level in [*raw["methodology"].get("levels", ()), *raw["dimensions"].values()]:
        level.pop("weighting", None)
    return Index(raw, whole.catalogue, whole.origin)


def everything() -> dict[str, tuple[Index, pl.DataFrame | None]]:
    """Return indices that differ in what their workbooks have to say."""
    plain, gaps, panel = table(), table(gaps=True), table(periods=3)
    related = gaps.with_columns(of=pl.Series([None, None, *(f"city {at % 4}" for at in range(2, UNITS))]))
    related[2, "of"], related[3, "of"] = "city 1", "city 2"
    related[0, "x0"], related[1, "x3"], related[2, "x0"] = 9.0, 4.0, None
    bounds = {
        "x0": {"dimension": "a", "bounds": [1, 30]},
        "x1": {"dimension": "a", "direction": "cost", "bounds": [2, 20]},
        "x2": {"dimension": "b", "bounds": [0, 40]},
        "x3": {"dimension": "b", "bounds": [3, 9]},
    }
    absent = pl.when(city="city 2").then(None).otherwise(pl.col("^x.$")).name.keep()
    holes = panel.with_columns(absent).filter(~((pl.col("city") == "city 2") & (pl.col("year") == 2020)))
    flat = {"indicators": {f"x{at}": {"dimension": "a"} for at in range(3)} | {"x3": {"dimension": "b"}}}
    by_region = {"by": "region", "north": [1, 30], "south": [2, 25], "west": [0, 28]}
    aims = {
        "x0": {"dimension": "a", "direction": "target", "target": 8, "worst": [0, 30]},
        "x1": {"dimension": "a", "direction": "interval", "interval": [6, 9]},
        "x2": {"dimension": "b", "direction": "cost", "bounds": by_region},
    }
    tied = plain.with_columns(x0=pl.Series([1.0, 2.0, 3.0] * 8), x1=pl.Series([1.0, 2.0] * 12))
    tied = tied.with_columns(x2=pl.Series([5.0, 1.0, 1.0] * 8), x3=pl.Series([2.0, 3.0] * 12))
    prepared = {"imputation": "median", "treatment": "winsorise_quantiles"}
    graph = {
        "indicators": {
            "x0": {"dimension": ["a", "w"], "weight": {"a": 3, "w": 1}},
            "x1": {"dimension": ["b", "w"], "direction": "cost"},
            "x2": {"dimension": "c"},
            "x3": {"dimension": "b", "counts": False},
        },
        "dimensions": {
            "a": {"weight": 2},
            "b": {},
            "c": {"parent": ["a", "index"], "weight": {"a": 1, "index": 4}},
            "w": {"counts": False, "aggregation": "median"},
        },
    }
    nodes = {
        "a": {"aggregation": "vikor", "rescaling": "min_max"},
        "b": {"aggregation": "spotis", "as_component": "z_score"},
    }
    of_harm = {"dimensions": {"b": {"direction": "benefit"}}, "eligible": {"without": ["city 3", "city 5"]}}
    made: dict[str, tuple[Index, pl.DataFrame | None]] = {
        "intelligent_manufacturing": (indicia.read(EXAMPLES / "intelligent_manufacturing" / "index.toml"), None),
        "human_development": (indicia.read(EXAMPLES / "human_development" / "index.toml"), None),
        "large": large(),
        "panel": (index({"statistics": "period", "weighting": "entropy", "weights": "period"}, panel=True), panel),
        "reference": (index({"statistics": {"reference": 2020}, "normalisation": "z_score"}, panel=True), panel),
        "within_groups": (index({"statistics": "region", "normalisation": "rank", "ranks": ["region"]}), plain),
        "bounds": (index({"normalisation": "goalposts"}, indicators=bounds), plain),
        "aims": (index({}, indicators=aims), plain),
        "skip": (index({"missing": "skip", "aggregation": "topsis"}), gaps),
        "few": (index({"missing": {"policy": "skip", "minimum_share": 0.6}, "aggregation": "topsis"}), gaps),
        "propagate": (index({"missing": "propagate", "aggregation": "generalised(p=2)"}), gaps),
        "value": (index({"missing": "value(value=0.25)"}), gaps),
        "group_mean": (index({"missing": "group_mean(within='region')"}), gaps),
        "parent": (index({"missing": "parent(within='of')"}, data={"groups": ["region", "of"]}), related),
        "prepared": (index({**prepared, "normalisation": "sigmoid"}), gaps),
        "learned": (index({"normalisation": "min_max", "treatment": "box_cox"}), plain),
        "nodes": (index({"normalisation": "min_max"}, dimensions=nodes), plain),
        "graph": (index({"missing": "skip"}, **graph), gaps),
        "ranked_nodes": (index({"levels": [{"rescaling": "percentile_rank"}, {"as_component": "rank"}]}), tied),
        "product": (index({"aggregation": "weighted_product", "normalisation": "linear_ratio"}), plain),
        "mixed": (index({"levels": [{"aggregation": "median"}, {"aggregation": "min"}]}), plain),
        "ordered": (index({"levels": [{"aggregation": "owa"}, {"aggregation": "owa(weights=[1, 3])"}]}), plain),
        "ordered_gaps": (index({"missing": "skip", "levels": [{"aggregation": "owa"}]}, **flat), gaps),
        "ordered_few": (index({"missing": {"policy": "skip", "minimum_share": 0.6}, "aggregation": "owa"}), gaps),
        "quantiles": (index({"normalisation": "quantile_normal(scores=blom)", "statistics": "region"}), plain),
        "base": (index({"normalisation": "base_period(period=2020)"}, panel=True), panel),
        "base_gaps": (index({"normalisation": "base_period(period=2020)", "missing": "skip"}, panel=True), holes),
        "counted": (index({"aggregation": "mairca", "missing": "skip"}), gaps),
        "pairwise": (index({"levels": [{"aggregation": "arithmetic"}, {"aggregation": "promethee"}]}), plain),
        "unrounded": (index({"decimals": 1, "rank_by": "unrounded", "normalised_decimals": 2}), plain),
        "eligible": (index({}, eligible={"without": ["city 3", "city 5"]}), plain),
        "harm": (index({"ranks": ["region"]}, direction="cost", **of_harm), plain),
        "harm_from_worst": (index({"rank_from": "worst", "ties": "max"}, direction="cost"), tied),
    }
    made["banded"] = (index({"decimals": 2, "ties": "average"}, panel=True, bands=BANDS), panel)
    made["banded_eligible"] = (index({}, eligible={"without": ["city 3", "city 5"]}, bands=BANDS), plain)
    for ties in ("min", "max", "average", "dense"):
        made[f"ties_{ties}"] = (index({"ties": ties, "decimals": 1, "ranks": ["region"]}), tied)
    return made


_ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
_SHEETS = "csv:Text - txt - csv (StarCalc):44,34,76,1,,1033,false,false,false,false,false,-1"
"""Every sheet as a file of its own, numbers in full and not as they are shown."""


def _recalculated(
    program: str, folder: Path, books: Mapping[str, bytes], weights: Mapping[str, Mapping[str, float]]
) -> dict[str, Recalculated]:
    """Open workbooks, some of their weights changed, and return what their formulas give.

    The numbers that are stored beside formulas are replaced by a wrong one first: whoever trusts them is found out.
    """
    given, computed = Path(tempfile.mkdtemp(dir=folder)), Path(tempfile.mkdtemp(dir=folder))
    for name, content in books.items():
        (given / f"{name}.xlsx").write_bytes(_edited(content, weights.get(name, {})))
    command = [program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", _SHEETS, "--outdir", str(computed)]
    command += [str(given / f"{name}.xlsx") for name in books]
    subprocess.run(command, check=True, capture_output=True, timeout=900)
    return {name: Recalculated(computed, name) for name in books}


class Book:
    """The sheets of a workbook, cell by cell; numbers in full, what is empty as None."""

    def __init__(self) -> None:
        self._read: dict[str, Mapping[str, float | str | None]] = {}

    def cells(self, sheet: str) -> Mapping[str, float | str | None]:
        """Return the cells of a sheet by their places, such as B7."""
        if sheet not in self._read:
            self._read[sheet] = self.read(sheet)
        return self._read[sheet]

    def read(self, sheet: str) -> Mapping[str, float | str | None]:
        raise NotImplementedError

    def column(self, sheet: str, name: str) -> np.ndarray:
        """Return a column of numbers by its heading, in row 5; what is empty as NaN."""
        cells = self.cells(sheet)
        letters = next(place[:-1] for place, value in cells.items() if value == name and re.fullmatch("[A-Z]+5", place))
        found, row = [], 6
        while f"A{row}" in cells:
            value = cells.get(f"{letters}{row}")
            found.append(float("nan") if value in (None, "") else float(value))
            row += 1
        return np.array(found)


class Recalculated(Book):
    """A workbook as a spreadsheet computed it, every sheet in a file."""

    def __init__(self, folder: Path, name: str) -> None:
        super().__init__()
        self._sheets = {path.stem.removeprefix(f"{name}-"): path for path in folder.glob(f"{name}-*.csv")}

    def read(self, sheet: str) -> Mapping[str, float | str | None]:
        with self._sheets[sheet].open(encoding="utf-8", newline="") as file:
            return {
                f"{xl_col_to_name(column)}{row}": value
                for row, values in enumerate(csv.reader(file), 1)
                for column, value in enumerate(values)
                if value
            }


class Written(Book):
    """A workbook as it was written."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self._book = zipfile.ZipFile(io.BytesIO(content))
        self.names = [sheet.get("name", "") for sheet in self._tree("xl/workbook.xml").iter(f"{_MAIN}sheet")]
        strings = self._tree("xl/sharedStrings.xml").iter(f"{_MAIN}si")
        self._strings = ["".join(text.text or "" for text in one.iter(f"{_MAIN}t")) for one in strings]

    def _tree(self, part: str) -> ElementTree.Element:
        return ElementTree.fromstring(self._book.read(part))

    def read(self, sheet: str) -> Mapping[str, float | str | None]:
        tree = self._tree(f"xl/worksheets/sheet{self.names.index(sheet) + 1}.xml")
        return {cell.get("r", ""): self._value(cell) for cell in tree.iter(f"{_MAIN}c")}

    def formulas(self, sheet: str) -> dict[str, str]:
        """Return the formulas of a sheet by their places."""
        tree = self._tree(f"xl/worksheets/sheet{self.names.index(sheet) + 1}.xml")
        found = ((cell.get("r", ""), cell.find(f"{_MAIN}f")) for cell in tree.iter(f"{_MAIN}c"))
        return {place: formula.text or "" for place, formula in found if formula is not None}

    def _value(self, cell: ElementTree.Element) -> float | str | None:
        value = cell.find(f"{_MAIN}v")
        if value is None or value.text is None:
            return None
        if cell.get("t") == "s":
            return self._strings[int(value.text)]
        return value.text if cell.get("t") in ("str", "e") else float(value.text)


def _edited(content: bytes, weights: Mapping[str, float]) -> bytes:
    given, made = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    whole = Written(content)
    places = {str(value): f"E{place[1:]}" for place, value in whole.cells("Weights").items() if place[0] == "C"}
    number = whole.names.index("Weights") + 1
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as book:
        for name in given.namelist():
            part = given.read(name)
            if name.startswith("xl/worksheets/sheet"):
                text = _STORED.sub(r"\1<v>-777</v>", part.decode())
                for component, weight in weights.items() if name == f"xl/worksheets/sheet{number}.xml" else ():
                    cell = rf'(<c r="{places[component]}"[^>]*><v>)[^<]*'
                    text, count = re.subn(cell, rf"\g<1>{weight!r}", text)
                    assert count == 1, component
                part = text.encode()
            book.writestr(name, part)
    return made.getvalue()


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., dict[str, Recalculated]]:
    """A function that opens workbooks in LibreOffice and computes them again."""
    program = system_tools.need(system_tools.office())
    folder = tmp_path_factory.mktemp("office")
    (folder / "profile" / "user").mkdir(parents=True)
    (folder / "profile" / "user" / "registrymodifications.xcu").write_text(_ALWAYS)
    return lambda books, weights: _recalculated(program, folder, books, weights)


@pytest.fixture
def opened() -> Callable[[bytes], Written]:
    """A function that reads a workbook as it was written."""
    return Written


@pytest.fixture
def make() -> Callable[..., Index]:
    """A function that makes an index of four indicators in two dimensions."""
    return index


@pytest.fixture
def numbers() -> Callable[..., pl.DataFrame]:
    """A function that makes a table for this index."""
    return table


@pytest.fixture
def reweighted() -> Callable[..., Index]:
    """A function that gives an index other weights, all of them as numbers."""
    return _reweighted


@pytest.fixture(scope="session")
def scored() -> dict[str, tuple[Index, Any, Any]]:
    """The indices with their tables and results."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DubiousWarning)
        return {name: (made, frame, made.score(frame)) for name, (made, frame) in everything().items()}


@pytest.fixture(scope="session")
def books(scored: dict[str, tuple[Index, Any, Any]]) -> Callable[[str], bytes]:
    """A function that writes the workbook of an index by its name, each once."""
    return cache(lambda name: workbook(scored[name][2]))
