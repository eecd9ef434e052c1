"""A trace tells what hooks and methods got and gave, on standard error and only if it is asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from indicia import tracing
from indicia.analysis import consensus
from indicia.catalogue import gather, hookimpl
from indicia.cli import main
from indicia.errors import IndiciaError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from indicia.methods import Normalisation

TABLE = pl.DataFrame({"city": ["Lima", "Oslo", "Pune"], "income": [1.5, 2.5, 4.75], "air": [3.0, 2.0, 1.0]})
FILE = """
from dataclasses import dataclass

from indicia.catalogue import hookimpl
from indicia.methods import Normalisation

indicia_contract = 2


@dataclass(frozen=True)
class Halved(Normalisation):
    "Divide by a multiple of the largest value."

    name = "halved"
    reference = "Example (2024), Journal 1"
    times: float = 2.0

    def benefit(self, x, s):
        return x / (self.times * s.max)


@hookimpl
def indicia_normalisations():
    return [Halved]
"""


@pytest.fixture(autouse=True)
def level(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Restore the level of the process."""
    monkeypatch.setenv(tracing.VARIABLE, "0")
    before, tracing._level = tracing._level, None
    yield
    tracing._level = before


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    path = tmp_path / "halved.py"
    path.write_text(FILE)
    return path


def score(plugin: Path, *words: str) -> None:
    table = plugin.with_name("cities.csv")
    TABLE.write_csv(table)
    with pytest.raises(SystemExit) as done:
        main(["run", *words, str(table), "--unit", "city", "--plugin", str(plugin), "-n", "halved"])
    assert done.value.code == 0


def test_nothing_is_printed_without_a_trace(plugin: Path, capsys: pytest.CaptureFixture[str]) -> None:
    score(plugin)
    assert "trace" not in capsys.readouterr().err


def test_a_trace_has_hooks_stages_methods_their_input_and_output(
    plugin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tracing.set_level(1)
    score(plugin)
    lines = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("note")]
    text = "\n".join(lines)
    assert all(line.startswith("trace: ") for line in lines)
    assert f"trace: hook indicia_normalisations of {plugin} gave halved: " in text
    place = lines.index("trace: stage normalisation of 3 rows × 2 indicators")
    of_method = lines.index(f"trace:   {plugin}: halved(times=2.0) of income")
    assert place < of_method
    assert lines[of_method + 1 : of_method + 4] == [
        "trace:     got income: 3 rows, 0 missing, 1.5 to 4.75",
        "trace:     got max of income: 4.75",
        "trace:     gave 3 rows, 0 missing, 0.157895 to 0.5",
    ]
    assert "trace:     got weights: income 0.5, air 0.5" in lines
    assert re.search(r"^trace:   in all: \d+\.\d ms$", text, re.MULTILINE)
    assert not re.search(r"\b2\.5\b", text)  # the value of a unit that is no extreme


def test_values_are_printed_if_they_are_asked_for(plugin: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tracing.set_level(2)
    score(plugin)
    assert "got income: 3 rows, 0 missing, 1.5 to 4.75: 1.5, 2.5, 4.75" in capsys.readouterr().err


def test_a_method_over_arrays_has_its_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    tracing.set_level(1)
    consensus(pl.DataFrame({"city": ["Lima", "Oslo", "Pune"], "income": [2, 1, 3], "air": [1, 2, 3]}), "copeland")
    text = capsys.readouterr().err
    assert "copeland() of the rankings" in text
    assert "got ranks: 2 × 3, 0 missing, 1 to 3" in text
    assert "gave 3, 0 missing, -2 to 1" in text


@pytest.mark.parametrize(("words", "value"), [([], "1"), (["values"], "2")])
def test_the_option_stands_anywhere_and_its_word_with_it(
    words: list[str], value: str, plugin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    score(plugin, "--trace", *words)
    output = capsys.readouterr()
    assert "halved(times=2.0) of air" in output.err
    assert ("1.5, 2.5, 4.75" in output.err) == (value == "2")
    assert "trace" not in output.out
    assert not tracing.is_on()


def test_another_word_of_the_environment_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(tracing.VARIABLE, "yes")
    with pytest.raises(IndiciaError, match="INDICIA_TRACE is 'yes'"):
        tracing.is_on()


def test_a_failing_step_closes_its_lines(capsys: pytest.CaptureFixture[str]) -> None:
    tracing.set_level(1)

    def fail() -> None:
        with tracing.step("first"), tracing.step("second"):
            tracing.say("line")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()
    tracing.say("after")
    lines = [line.partition(": ")[2] for line in capsys.readouterr().err.splitlines()]
    assert lines[:3] == ["first", "  second", "    line"]
    assert lines[-1] == "after"


def test_a_step_without_lines_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    tracing.set_level(1)
    with tracing.step("outer"), tracing.step("inner", timed=False):
        pass
    assert re.fullmatch(r"trace: outer\ntrace:   inner\ntrace:   in all: .* ms\n", capsys.readouterr().err)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "nothing"),
        (b"four", "4 bytes"),
        ({"": b"ab", ".json": b"c"}, "2 files: 3 bytes"),
        ([], "none"),
        (np.array([[1.0, np.nan], [3.0, np.inf]]), "2 × 2, 1 missing, 1 to 3"),
        (pl.Series([None, "a"]), "2 rows, 1 missing"),
        (TABLE, "3 rows × 3 columns, 0 missing, 1 to 4.75"),
        (np.array(2.0), "one number, 0 missing, 2 to 2"),
        (object(), "object"),
    ],
)
def test_a_summary_has_size_gaps_and_range(value: object, told: str) -> None:
    assert tracing.summary(value) == told


def test_names_cannot_control_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    tracing.set_level(1)
    tracing.say("Lima \x1b[31m\nred")
    assert capsys.readouterr().err == "trace: Lima \ufffd[31m red\n"


def test_a_hook_of_an_object_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    class Plugin:
        @hookimpl
        def indicia_normalisations(self) -> list[type[Normalisation]]:
            return []

    tracing.set_level(1)
    gather(Plugin())
    assert "hook indicia_normalisations of Plugin gave " in capsys.readouterr().err
