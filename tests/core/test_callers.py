"""Warnings name the line of the program that called Indicia."""

from __future__ import annotations

import linecache
import subprocess
import sys
import warnings
from typing import TYPE_CHECKING, Any

import pytest

import indicia

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TABLE = {"town": ["Fir", "Ash", "Oak", "Elm"], "income": [3.0, 9.0, 1.0, 2.0], "co2": [2.0, 7.0, 2.5, 1.0]}
INDEX = indicia.read(
    {
        "data": {"unit": "town", "without": ["Yew"]},
        "indicators": {"income": {"target": 3}, "co2": {"direction": "cost"}},
    }
)
PLUGIN = """
from dataclasses import dataclass
from indicia.catalogue import hookimpl
from indicia.methods import Weighting

@dataclass(frozen=True)
class Loud(Weighting):
    "Print, which no method should."
    name = "loud"
    reference = "own"

    def weigh(self, indicators):
        print("loud")
        return [1.0] * len(indicators.names)

@hookimpl
def indicia_weightings():
    return [Loud]
"""


def lines_of_warnings(call: Callable[[], Any]) -> dict[str, str]:
    """Return the messages of a call, each with the line of this file that it names."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    assert caught
    assert {warning.filename for warning in caught} == {__file__}
    return {str(warning.message): linecache.getline(__file__, warning.lineno).strip() for warning in caught}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: INDEX.score(TABLE), "the target of income counts for nothing"),
        (lambda: INDEX.score(TABLE), "without in [data] names Yew"),
        (lambda: INDEX.compare(table=TABLE, weighting=["equal", "given"]), "without in [data] names Yew"),
        (lambda: INDEX.robustness(TABLE, draws=5, weights={"spread": 0.2}), "without in [data] names Yew"),
        (lambda: indicia.fit(INDEX, TABLE), "the target of income counts for nothing"),
        (lambda: indicia.score({**TABLE, "code": ["1", "x", "2", "3"]}, unit="town"), "code"),
    ],
)
def test_a_warning_names_the_line_of_the_caller(call: Callable[[], Any], message: str) -> None:
    lines = lines_of_warnings(call)
    assert [text for text in lines if message in text], lines
    assert all(line.startswith("(lambda: ") for line in lines.values())


def test_a_warning_about_a_plugin_names_the_line_that_called_indicia(tmp_path: Path) -> None:
    file = tmp_path / "loud.py"
    file.write_text(PLUGIN, "utf-8")
    index = indicia.read({"data": {"unit": "town"}, "indicators": {"income": {}, "co2": {}}}, plugins=[file])
    lines = lines_of_warnings(lambda: index.with_options(weighting="loud").score(TABLE))
    assert any("loud" in text for text in lines)


def test_a_warning_that_is_repeated_in_a_loop_is_shown_once() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for _ in range(3):
            INDEX.score(TABLE)
    texts = [str(warning.message) for warning in caught]
    assert len(texts) == len(set(texts)) > 0


def test_a_warning_of_a_module_that_runs_as_a_program_is_shown(tmp_path: Path) -> None:
    # its loader knows it by another name, and cannot give its source
    file = tmp_path / "town.py"
    file.write_text("from indicia.callers import warn\nwarn('Yew is left out')\n", "utf-8")
    ran = subprocess.run([sys.executable, "-m", "town"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "town.py:2: IndiciaWarning: Yew is left out" in ran.stderr
