"""An error in a method names the method, its plugin, the indicator or node, and the units."""

from __future__ import annotations

import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import indicia
from indicia.analysis import agreement, consensus
from indicia.catalogue import installed
from indicia.errors import DataError, IndiciaError, MethodError, MethodFailure, PluginWarning
from indicia.index import Index

if TYPE_CHECKING:
    from pathlib import Path

CITIES = pl.DataFrame({"city": ["Lima", "Oslo", "Pune"], "income": [3.0, 9.0, 1.0], "air": [2.0, 8.0, 1.5]})
GAPS = CITIES.with_columns(income=pl.Series([3.0, None, 1.0]))
RANKINGS = pl.DataFrame({"city": ["Lima", "Oslo", "Pune"], "one": [1, 2, 3], "two": [2, 1, 3]})

PLUGIN = '''
from dataclasses import dataclass

import numpy as np
import polars as pl

from indicia.catalogue import hookimpl
from indicia.formulas import column
from indicia.methods import *


def fail(*_):
    raise RuntimeError("a bug")


def leave(*_):
    raise SystemExit(3)


@dataclass(frozen=True)
class Bad({base}):
    """Do something amiss."""

    name = "bad"
    reference = "A test"

    def {function}(self, *given):
        {body}


@hookimpl
def indicia_{hook}():
    return [Bad]
'''

FUNCTIONS = {
    "Imputation": ("imputations", "fill"),
    "SeriesImputation": ("imputations", "follow"),
    "MatrixImputation": ("imputations", "complete"),
    "Treatment": ("treatments", "treat"),
    "Normalisation": ("normalisations", "benefit"),
    "Weighting": ("weightings", "weigh"),
    "Aggregation": ("aggregations", "combine"),
    "MatrixAggregation": ("aggregations", "score_units"),
    "Agreement": ("agreements", "measure"),
    "Consensus": ("consensuses", "combine"),
}

EXPRESSIONS = ("Imputation", "SeriesImputation", "Treatment", "Normalisation", "Aggregation")
ARRAYS = ("MatrixImputation", "Weighting", "MatrixAggregation", "Agreement", "Consensus")

CASES = [
    *((base, "fail()", "fails: RuntimeError: a bug") for base in FUNCTIONS),
    *((base, "leave()", "fails: SystemExit: 3") for base in FUNCTIONS),
    *((base, "return None", "gives nothing where an expression is wanted") for base in EXPRESSIONS),
    *((base, "return None", "gives nothing where numbers are wanted") for base in ARRAYS),
    *((base, "return {}", "gives dict {} where an expression is wanted") for base in EXPRESSIONS),
    *((base, "return {}", "gives dict {} where numbers are wanted") for base in ARRAYS),
    *((base, "return 0.5", "gives values of shape () where (") for base in ARRAYS),
    *((base, "return np.ones(7)", "gives values of shape (7,) where (") for base in ARRAYS),
    *(
        (base, 'return column("nothing")', 'fails: ColumnNotFoundError: unable to find column "nothing"')
        for base in EXPRESSIONS
    ),
    *(
        (base, "return given[0].cast(str)", "gives values of the type String where numbers are wanted")
        for base in ("Treatment", "Normalisation")
    ),
    *(
        (base, "return given[0].gamma()", "fails: AttributeError: formulas have no operation gamma; there are: abs")
        for base in EXPRESSIONS[:4]
    ),
    ("Aggregation", "return given[0][0].z.gamma()", "fails: AttributeError: formulas have no operation gamma"),
    *(
        (
            "Aggregation",
            f"return {function}([])",
            "fails: TypeError: there are no expressions to combine: a node may have",
        )
        for function in ("row_sum", "row_product", "row_max", "row_min", "row_median")
    ),
    ("Normalisation", "return pl.col('income')", "gives Expr"),
    (
        "Normalisation",
        "return given[0] + pl.col('income')",
        "fails: TypeError: a formula is made of expressions and numbers",
    ),
    ("Normalisation", "return given[0].round('a')", "fails: InvalidOperationError: <Operation round(income, 'a')>"),
    (
        "Normalisation",
        "return given[0] if given[0] > 2 else 1.0",
        "fails: TypeError: a formula cannot use if on values",
    ),
    ("Normalisation", "return given[0] > 2", "gives values of the type Boolean where numbers are wanted"),
    ("Normalisation", "return given[0].bottom_k(2)", "gives 2 value(s) for 3 rows"),
    ("Normalisation", "return given[0].max()", "gives 1 value(s) for 3 rows"),
    ("Normalisation", "return given[0] / given[1].fit(fail, 1)[0]", "fails: RuntimeError: a bug"),
    ("Treatment", "return given[0] / given[1].fit(lambda x: [1.0], 2)[0]", "fails: ComputeError: not all elements"),
    ("Aggregation", "return given[0][0].z.cast(str)", "gives values of the type String where numbers are wanted"),
]


def _plugin(folder: Path, base: str, body: str) -> Path:
    hook, function = FUNCTIONS[base]
    file = folder / "bad.py"
    file.write_text(PLUGIN.format(base=base, hook=hook, function=function, body=body), encoding="utf-8")
    return file


def run(folder: Path, base: str, body: str) -> Any:
    """Use a method that does something amiss."""
    hook, file = FUNCTIONS[base][0], _plugin(folder, base, body)
    if hook == "agreements":
        return agreement(RANKINGS, "bad", plugins=[file])
    if hook == "consensuses":
        return consensus(RANKINGS, "bad", plugins=[file])
    words = {
        "data": {"unit": "city"} | ({"period": "year"} if base == "SeriesImputation" else {}),
        "indicators": {"income": {}, "air": {}},
        "methodology": {hook.removesuffix("s"): "bad"},
    }
    table = GAPS if hook == "imputations" else CITIES
    return indicia.read(words, [file]).score(table.with_columns(year=pl.lit(2020)) if "Series" in base else table)


@pytest.mark.parametrize(("base", "body", "said"), CASES)
def test_a_fault_of_a_method_names_it_and_its_plugin(base: str, body: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(MethodFailure) as caught:
        run(tmp_path, base, body)
    error = caught.value
    assert error.what.startswith("bad of "), error
    assert said in error.what
    assert error.what.removeprefix("bad of ").split()[0].strip(",") in ("income", "air", "index", "the")
    assert f"plugin {tmp_path / 'bad.py'}" in str(error)


@pytest.mark.parametrize(
    ("base", "body"),
    [
        ("Normalisation", "return given[0].cast(pl.Float32)"),
        ("Aggregation", "return given[0][0].z.cast(pl.Float32)"),
        ("Weighting", "return np.ones(2, dtype=np.float32)"),
        ("MatrixAggregation", "return given[0][:, 0].astype(np.float32)"),
    ],
)
def test_numbers_of_single_precision_are_warned_of(base: str, body: str, tmp_path: Path) -> None:
    with pytest.warns(PluginWarning, match=r"^bad of .* gives numbers of single precision.*; plugin .*bad\.py"):
        run(tmp_path, base, body)


@pytest.mark.parametrize("base", FUNCTIONS)
def test_a_class_without_its_function_is_a_fault_that_names_the_function(base: str, tmp_path: Path) -> None:
    function = FUNCTIONS[base][1]
    with pytest.raises(MethodFailure, match=f"^bad of .* needs the function {function}, which its class does not"):
        run(tmp_path, base, f"return 1\n\n    del {function}")


@pytest.mark.parametrize("base", FUNCTIONS)
def test_a_bug_of_a_method_tells_its_line(base: str, tmp_path: Path) -> None:
    with pytest.raises(MethodFailure) as caught:
        run(tmp_path, base, "fail()")
    assert f"{tmp_path / 'bad.py'}:13" in str(caught.value)
    assert isinstance(caught.value.__cause__, RuntimeError)


@pytest.mark.parametrize("base", FUNCTIONS)
def test_what_a_method_has_to_say_is_an_error_with_its_name(base: str, tmp_path: Path) -> None:
    with pytest.raises(MethodError, match=r"^bad of .*: not today") as caught:
        run(tmp_path, base, 'raise ValueError("not today")')
    assert not isinstance(caught.value, MethodFailure)


@pytest.mark.parametrize("base", FUNCTIONS)
def test_an_error_of_ours_that_a_method_raises_is_told_with_its_name_and_plugin(base: str, tmp_path: Path) -> None:
    body = 'from indicia.errors import DataError; raise DataError("not today", remedy="tomorrow")'
    with pytest.raises(MethodError, match=r"^bad of .*: not today\n  plugin .*bad\.py\n  fix: tomorrow"):
        run(tmp_path, base, body)


@pytest.mark.parametrize(
    ("base", "body", "said"),
    [
        (
            "Normalisation",
            "return (given[0] - 9e9).log()",
            "bad has no finite value of income for 3 unit(s): Lima, Oslo",
        ),
        ("Treatment", "return (given[0] - 9e9).log()", "bad has no finite value of income for Lima, Oslo, Pune"),
        ("Imputation", "return float('inf')", "bad has no finite value of income for Oslo"),
        (
            "Aggregation",
            "return (given[0][0].z - 9.0).log()",
            "bad gives no finite score of index for Lima, Oslo, Pune",
        ),
        ("MatrixAggregation", "return given[0][:, 0] * np.nan", "bad gives no finite score of index for Lima, Oslo"),
        ("Weighting", "return np.full(2, np.nan)", "bad of index has no finite weight for income, air"),
        ("Weighting", "return np.array([1.0, -1.0])", "bad of index gives a negative weight to air"),
        ("Weighting", "return np.zeros(2)", "bad of index gives every component weight 0 (income, air)"),
        ("Agreement", "return np.full(len(given[1]), np.nan)", "bad has no value for one and one"),
        ("Consensus", "return given[0][0] * np.nan", "bad has no score for Lima, Oslo, Pune"),
    ],
)
def test_figures_that_cannot_be_used_name_method_plugin_and_units(
    base: str, body: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises((DataError, MethodError)) as caught:
        run(tmp_path, base, body)
    assert caught.value.what.startswith(said)
    assert f"plugin {tmp_path / 'bad.py'}" in str(caught.value)


@pytest.mark.parametrize(
    ("base", "rest"),
    [
        ("Normalisation", "return given[0]"),
        ("Treatment", "return given[0]"),
        ("Imputation", "return 2.0"),
        ("Weighting", "return np.ones(2)"),
        ("Aggregation", "return given[0][0].z"),
        ("MatrixAggregation", "return given[0][:, 0]"),
        ("Agreement", "return np.ones(len(given[1]))"),
        ("Consensus", "return given[0][0]"),
    ],
)
def test_what_a_method_prints_is_a_warning_and_no_output(
    base: str, rest: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.warns(PluginWarning, match=r"^bad of .* prints 'hello'; plugin .*bad\.py"):
        run(tmp_path, base, f'print("hello"); {rest}')
    assert capsys.readouterr().out == ""


def test_what_a_formula_prints_is_a_warning_in_every_run(tmp_path: Path) -> None:
    catalogue = installed([_plugin(tmp_path, "Normalisation", 'print("hello"); return given[0]')])
    definition = {
        "data": {"unit": "city"},
        "indicators": {"income": {}, "air": {}},
        "methodology": {"normalisation": "bad"},
    }
    index = Index(definition, catalogue)
    for _ in range(2):
        with pytest.warns(PluginWarning, match="prints 'hello'"):
            index.score(CITIES)


def test_threads_that_ask_methods_leave_the_output_where_it_was(tmp_path: Path) -> None:
    out = sys.stdout
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda number: _run_apart(tmp_path / str(number)), range(12)))
    assert sys.stdout is out


def _run_apart(folder: Path) -> None:
    folder.mkdir()
    run(folder, "Normalisation", "import time; time.sleep(0.01); return given[0]")


@pytest.mark.parametrize(
    ("base", "body"),
    [
        ("MatrixAggregation", "given[0][:] = 0; given[1][:] = 0; return np.arange(3.0)"),
        ("Weighting", "given[0].matrix()[:] = 0; given[0].given[:] = 0; return np.ones(2)"),
        ("MatrixImputation", "given[0][:] = 5; return given[0]"),
    ],
)
def test_what_a_method_does_to_its_input_changes_nothing_else(base: str, body: str, tmp_path: Path) -> None:
    result = run(tmp_path, base, body)
    assert result.prepared["air"].to_list() == CITIES["air"].to_list()
    assert result.prepared["income"][0] == 3.0
    assert result.weights["weight"].to_list() == [0.5, 0.5]


@pytest.mark.parametrize("base", ["Agreement", "Consensus"])
def test_rankings_cannot_be_written_to(base: str, tmp_path: Path) -> None:
    with pytest.raises(IndiciaError, match=r"^bad of the rankings: .*read-only"):
        run(tmp_path, base, "given[-1][:] = 0")


def test_weights_too_large_to_be_added_are_scaled(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = run(tmp_path, "Weighting", "return np.array([1.7e308, 1.7e308])")
    assert result.weights["weight"].to_list() == [0.5, 0.5]


def test_whole_numbers_count_as_numbers(tmp_path: Path) -> None:
    result = run(tmp_path, "Normalisation", "return given[0].rank('dense')")
    assert result.normalised["income"].to_list() == [2.0, 3.0, 1.0]


def test_a_bug_of_ours_is_not_laid_at_the_door_of_a_method(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise AttributeError("ours")

    monkeypatch.setattr("indicia.stages.weigh.GroupComponents", broken)
    with pytest.raises(AttributeError, match="ours"):
        run(tmp_path, "Weighting", "return np.ones(2)")
