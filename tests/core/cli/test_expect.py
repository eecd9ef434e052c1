"""A manifest for each file that is written, and `--expect`, which compares with one."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from indicia.cli import main

Indicia = Callable[[str], tuple[int, str]]
INDEX = """[data]
path = "cities.csv"
unit = "city"

[indicators]
income = { weight = 2 }
co2 = { direction = "cost", bounds = [0, 10] }
"""


@pytest.fixture
def indicia(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Indicia:
    """Run the command line in a folder with an index and its data; return the exit code and what it says."""
    monkeypatch.chdir(tmp_path)
    Path("index.toml").write_text(INDEX)
    Path("cities.csv").write_text("city,income,co2\nLima,3,2\nOslo,9,8\nPune,1,1.5\nRome,4,5\n")

    def run(line: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as caught:
            main(shlex.split(line))
        return int(caught.value.code or 0), capfd.readouterr().err

    return run


def manifest(name: str) -> dict[str, object]:
    content: dict[str, object] = json.loads(Path(f"{name}.manifest.json").read_text(encoding="utf-8"))
    return content


def test_each_file_has_a_manifest_of_its_own(indicia: Indicia) -> None:
    assert "wrote h.csv and h.csv.manifest.json" in indicia("run -o h.csv")[1]
    indicia("run -n rank -o h.parquet")
    assert manifest("h.csv")["normalisation"] == {"income": "min_max", "co2": "min_max"}
    assert manifest("h.parquet")["normalisation"] == {"income": "rank", "co2": "rank"}


@pytest.mark.parametrize(
    ("line", "name", "word"),
    [
        ("run -o out.csv", "out.csv", "facts"),
        ("run --show weights -o out.csv", "out.csv", "facts"),
        ("compare -w equal,given -o out.csv", "out.csv", "methodologies"),
        ("robustness --weights ±10% --draws 5 -o out.csv", "out.csv", "varied"),
        ("stability -o out.csv", "out.csv", "options"),
        ("score fitted.json cities.csv -o out.csv", "out.csv", "fitted"),
        ("score fitted.json cities.csv --stream -o out.csv", "out.csv", "file"),
    ],
)
def test_every_command_that_writes_a_table_writes_its_manifest(
    indicia: Indicia, line: str, name: str, word: str
) -> None:
    indicia("fit -o fitted.json")
    code, err = indicia(line)
    assert code == 0, err
    assert f"{name}.manifest.json" in err
    assert {"format", "indicia", "polars", "numpy", "plugins", "code", "data", "nodes", word} <= manifest(name).keys()


@pytest.mark.parametrize("line", ["run -o h.csv", "score fitted.json cities.csv --stream -o h.csv"])
def test_where_the_manifest_cannot_be_written_the_output_is_not_either(indicia: Indicia, line: str) -> None:
    indicia("fit -o fitted.json")
    Path("h.csv.manifest.json").mkdir()
    before = sorted(Path().iterdir())
    code, err = indicia(line)
    assert (code, sorted(Path().iterdir())) == (2, before)
    assert 'h.csv.manifest.json" is a folder' in err


def test_a_manifest_is_not_written_over_a_file_that_is_read(indicia: Indicia) -> None:
    Path("index.csv.manifest.json").write_text('[{"city": "Lima", "x": 1}, {"city": "Oslo", "x": 2}]')
    code, err = indicia("run index.csv.manifest.json -o index.csv")
    assert code == 2
    assert "is an input of this command, and would be replaced" in err


COMMANDS = [
    "run",
    "check",
    "compare -w equal,given",
    "robustness --weights ±10% --draws 5 --seed 1 -f csv",
    "stability",
    "audit --draws 5",
    "report -o page.html --draws 5",
    "export -o all.json",
    "fit -o other.json",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_says_that_nothing_differs_or_what_does_and_ends_with_1(indicia: Indicia, command: str) -> None:
    indicia("run -o h.csv")
    code, err = indicia(f"{command} --expect h.csv.manifest.json")
    assert code == 0, err
    assert "compared with h.csv.manifest.json: no difference" in err
    code, err = indicia(f"{command} --set indicators.income.weight=3 --expect h.csv.manifest.json")
    assert code == 1, err
    assert "differs from h.csv.manifest.json: weight of income is 3.0, expected 2.0\n" in err


@pytest.mark.parametrize(
    ("first", "then", "told"),
    [
        ("run -o h.csv", "run -n z_score", "normalisation of income, co2 is z_score, expected min_max"),
        ("run -o h.csv", "run --set indicators.co2.bounds=[0,9]", "bounds of co2 is [0.0, 9.0], expected [0.0, 10.0]"),
        ("compare -w equal,given -o h.csv", "compare -w equal,entropy", "methodologies.2"),
        (
            "compare -w equal,given -o h.csv",
            "compare -w equal,given --count all",
            "options.count is all, expected distinct",
        ),
        ("compare -w equal,given -o h.csv", "compare -w equal,given --against top.csv", "against is "),
        (
            "compare -w equal,given --show agreement -o h.csv",
            "compare -w equal,given --show agreement --agreement spearman -f csv",
            "options.measure is spearman, expected kendall",
        ),
        (
            "robustness --weights ±10% --draws 5 --seed 1 -o h.csv",
            "robustness --weights ±10% --draws 5 --seed 2 -f csv",
            "seed is 2, expected 1",
        ),
        (
            "robustness --weights ±10% --draws 5 --seed 1 -o h.csv",
            "robustness --weights ±20% --draws 5 --seed 1 -f csv",
            "varied.weights.spread is 0.2, expected 0.1",
        ),
        ("stability -o h.csv", "stability --units 2 -f csv", "options.units is 2, expected 100"),
        ("score a.json cities.csv -o h.csv", "score b.json cities.csv", "fitted.sha256 is "),
        ("score a.json cities.csv --stream -o h.csv", "score b.json cities.csv --stream -o i.csv", "fitted.sha256 is "),
        ("score a.json cities.csv --stream -o h.csv", "score a.json more.csv --stream -o i.csv", "file.bytes is "),
    ],
)
def test_expect_compares_everything_that_a_result_depends_on(
    indicia: Indicia, first: str, then: str, told: str
) -> None:
    indicia("fit -o a.json")
    Path("more.csv").write_text(Path("cities.csv").read_text() + "Bonn,20,3\n")
    indicia("fit more.csv --config index.toml -o b.json")
    Path("top.csv").write_text("city\nLima\n")
    code, err = indicia(first)
    assert code == 0, err
    code, err = indicia(f"{then} --expect h.csv.manifest.json")
    assert code == 1, err
    assert f"differs from h.csv.manifest.json: {told}" in err


def test_a_table_of_weights_counts_by_its_content(indicia: Indicia) -> None:
    Path("panel.csv").write_text("income,co2\n1,2\n2,1\n")
    line = "robustness --weights panel.csv --seed 1"
    indicia(f"{line} -o h.csv")
    assert indicia(f"{line} -f csv --expect h.csv.manifest.json")[0] == 0
    Path("panel.csv").write_text("income,co2\n1,2\n2,3\n")
    code, err = indicia(f"{line} -f csv --expect h.csv.manifest.json")
    assert code == 1
    assert "differs from h.csv.manifest.json: weights_table is " in err


def test_judgements_in_a_file_count_by_their_content(indicia: Indicia) -> None:
    Path("ahp.csv").write_text(",income,co2\nincome,1,3\nco2,1/3,1\n")
    line = "run -w \"ahp(matrix='ahp.csv')\""
    code, err = indicia(f"{line} -o h.csv")
    assert code == 0, err
    assert indicia(f"{line} --expect h.csv.manifest.json")[0] == 0
    Path("ahp.csv").write_text(",income,co2\nincome,1,5\nco2,1/5,1\n")
    code, err = indicia(f"{line} --expect h.csv.manifest.json")
    assert code == 1
    assert "differs from h.csv.manifest.json: weighting of index is " in err


def test_a_report_and_an_exported_document_hold_the_manifest_that_is_compared(indicia: Indicia) -> None:
    indicia("report -o page.html --draws 5")
    assert indicia("report -o again.html --draws 5 --expect page.html")[0] == 0
    code, err = indicia("report -o again.html --draws 6 --expect page.html")
    assert (code, "varied.draws is 6, expected 5" in err) == (1, True)
    indicia("export -o all.json")
    assert indicia("run --expect all.json")[0] == 0


def test_the_manifest_is_read_before_it_is_written_over(indicia: Indicia) -> None:
    indicia("run -o h.csv")
    assert indicia("run -n max -o h.csv --expect h.csv.manifest.json")[0] == 1
    assert indicia("run -n max -o h.csv --expect h.csv.manifest.json")[0] == 0


def test_another_platform_is_a_note_and_not_a_failure(indicia: Indicia) -> None:
    indicia("run -o h.csv")
    path = Path("h.csv.manifest.json")
    path.write_text(json.dumps({**manifest("h.csv"), "platform": "Other cpu", "python": "3.0"}))
    code, err = indicia("run --expect h.csv.manifest.json")
    assert code == 0
    assert "note: differs from h.csv.manifest.json: python is 3." in err
    assert ", expected Other cpu" in err
    path.write_text(json.dumps({**manifest("h.csv"), "numpy": "1.0"}))
    assert indicia("run --expect h.csv.manifest.json")[0] == 1
