"""Fit an index and score others with it, as users do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from indicia.cli import main

Indicia = Callable[..., tuple[int, str, str]]
INDEX = """[data]
path = "cities.csv"
unit = "city"

[indicators]
income = { direction = "benefit" }
co2 = { direction = "cost" }

[variants.even]
weighting = "equal"
normalisation = "z_score"
"""


@pytest.fixture
def indicia(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Indicia:
    """Run the command line in a folder with an index, its data and new units."""
    monkeypatch.chdir(tmp_path)
    Path("index.toml").write_text(INDEX)
    Path("cities.csv").write_text("city,income,co2\nLima,3,2\nOslo,9,8\nPune,1,1.5\n")
    Path("new.csv").write_text("city,income,co2\nBonn,5,1.5\nRome,17,8\n")
    Path("more.csv").write_text("city,income,co2\nBonn,5,1.5\nRome,17,8\nKyiv,2,2\nGiza,1,5\n")

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        out, err = capfdbinary.readouterr()
        return int(caught.value.code or 0), out.decode(), err.decode()

    return run


def test_new_units_are_scored_and_values_outside_the_fitted_range_are_named(indicia: Indicia) -> None:
    assert indicia("fit", "-o", "fitted.json") == (0, "", "wrote fitted.json, fitted to 3 rows\n")
    code, out, err = indicia("score", "fitted.json", "new.csv", "-f", "json")
    assert code == 0
    assert [(row["city"], row["score"], row["rank"]) for row in json.loads(out)] == [
        ("Rome", 1.0, 1),
        ("Bonn", 0.75, 2),
    ]
    assert err == "note: outside the fitted range of income: Rome\n"


def test_the_screen_shows_ranking_and_notes(indicia: Indicia) -> None:
    indicia("fit", "index.toml", "-o", "fitted.json")
    code, out, _ = indicia("score", "fitted.json", "new.csv")
    assert code == 0
    assert [line.split()[:2] for line in out.splitlines()[2:4]] == [["1", "Rome"], ["2", "Bonn"]]
    assert "outside the fitted range of income: Rome" in out


@pytest.mark.parametrize("way", [("--stream",), ()])
def test_a_table_that_is_mostly_outside_the_fitted_range_needs_an_option(
    indicia: Indicia, way: tuple[str, ...]
) -> None:
    indicia("fit", "-o", "fitted.json")
    Path("other.csv").write_text("city,income,co2\nBonn,5,1.5\nRome,1700,8\nKyiv,2000,2\nGiza,1000,5\n")
    command = ("score", "fitted.json", "other.csv", *way, "-o", "scores.csv")
    code, _, err = indicia(*command)
    assert code == 2
    assert "3 of 4 rows in income" in err
    assert "--allow-outside" in err
    assert not Path("scores.csv").exists()
    assert indicia(*command, "--allow-outside")[0] == 0


def test_options_choose_what_is_fitted(indicia: Indicia) -> None:
    indicia("fit", "index.toml", "-n", "max", "--set", "indicators.income.weight=3", "-o", "fitted.json")
    content = json.loads(Path("fitted.json").read_text())
    assert content["weights"]["index"]["values"] == [0.75, 0.25]
    asked = [(one["of"], one["statistic"]) for one in content["statistics"]["normalisation"]]
    assert (["income"], "max") in asked
    indicia("fit", "index.toml", "--variant", "even", "-o", "even.json")
    assert json.loads(Path("even.json").read_text())["variant"] == "even"


def test_a_table_in_another_encoding_is_scored(indicia: Indicia) -> None:
    indicia("fit", "-o", "fitted.json")
    Path("later.csv").write_bytes(Path("cities.csv").read_text(encoding="utf-8").encode("utf-16"))
    assert "fix: perhaps" in indicia("score", "fitted.json", "later.csv")[2]
    assert indicia("score", "fitted.json", "later.csv", "--encoding", "utf-16")[0] == 0


def test_a_table_without_index_file_is_fitted_too(indicia: Indicia) -> None:
    assert indicia("fit", "cities.csv", "-o", "fitted.json")[0] == 0
    code, out, _ = indicia("score", "fitted.json", "new.csv", "-f", "csv")
    assert code == 0
    assert out.splitlines()[0] == "city,score,rank"


def test_a_stream_goes_to_a_file_in_the_order_of_the_table(indicia: Indicia) -> None:
    indicia("fit", "-o", "fitted.json")
    code, out, err = indicia("score", "fitted.json", "new.csv", "--stream", "-o", "scores.csv")
    assert (code, out) == (0, "")
    assert (
        err == "wrote scores.csv (2 rows) and scores.csv.manifest.json\nnote: outside the fitted range of income: 1\n"
    )
    assert Path("scores.csv").read_text() == "city,score\nBonn,0.75\nRome,1.0\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("score", "fitted.json", "new.csv", "--stream"), "error: --stream writes to a file\n  fix: -o scores.csv\n"),
        (
            ("score", "index.toml", "new.csv"),
            "error: index.toml is not a fitted index\n  fix: indicia fit INDEX -o fitted.json\n",
        ),
        (("score", "none.json", "new.csv"), "error: no such file: none.json\n"),
        (("score", "fitted.json", "-", "--stream", "-o", "out.csv"), 'error: "-" cannot be read slice by slice\n'),
        (
            ("fit", "index.toml", "-a", "copeland", "-o", "x.json"),
            "error: an index cannot be fitted with methods that need",
        ),
        (("fit", "index.toml", "-o", "none/x.json"), "error: "),
    ],
)
def test_errors_have_no_traceback(indicia: Indicia, arguments: tuple[str, ...], said: str) -> None:
    indicia("fit", "-o", "fitted.json")
    code, out, err = indicia(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith(said)
    assert "Traceback" not in err
    assert not Path("x.json").exists()


def test_the_next_edition_keeps_the_bounds_of_the_earlier_one(indicia: Indicia) -> None:
    indicia("fit", "-o", "old.json")
    code, _, err = indicia("fit", "new.csv", "-c", "index.toml", "--since", "old.json", "-o", "new.json")
    assert (code, err) == (0, "kept of old.json: bounds of co2, income\nwrote new.json, fitted to 2 rows\n")


def test_words_to_keep_need_an_earlier_edition(indicia: Indicia) -> None:
    code, _, err = indicia("fit", "--keep", "bounds", "-o", "new.json")
    assert code == 2
    assert "fix: --since edition.json" in err


def test_a_run_of_a_table_with_a_fitted_index_is_its_score(indicia: Indicia) -> None:
    indicia("fit", "-o", "fitted.json")
    scored = indicia("score", "fitted.json", "new.csv")
    assert indicia("run", "new.csv", "-c", "fitted.json") == scored
    indicia("score", "fitted.json", "new.csv", "-o", "scores.csv")
    indicia("run", "new.csv", "-c", "fitted.json", "-o", "run.csv")
    assert Path("scores.csv").read_bytes() == Path("run.csv").read_bytes()
    assert Path("scores.csv.manifest.json").read_bytes() == Path("run.csv.manifest.json").read_bytes()


@pytest.mark.parametrize(
    "words",
    [
        ("check", "more.csv"),
        ("compare", "more.csv", "-n", "min_max,z_score"),
        ("robustness", "more.csv", "--weights", "±25%", "--draws", "5", "--seed", "1"),
        ("stability", "more.csv"),
        ("audit", "more.csv", "--draws", "5"),
        ("export", "new.csv", "-o", "index.json"),
        ("cite", "new.csv"),
    ],
)
def test_a_command_that_takes_an_index_takes_a_fitted_index_with_a_table(
    indicia: Indicia, words: tuple[str, ...]
) -> None:
    indicia("fit", "-o", "fitted.json")
    code, _, err = indicia(*words, "-c", "fitted.json")
    assert (code, "error" in err) == (0, False)


def test_a_comparison_takes_index_files_and_fitted_indices(indicia: Indicia) -> None:
    indicia("fit", "-o", "fitted.json")
    code, out, _ = indicia("compare", "more.csv", "-c", "index.toml", "fitted.json", "--show", "methodologies")
    assert code == 0
    assert [name in out for name in ("index", "fitted")] == [True, True]


def test_a_fitted_index_needs_a_table(indicia: Indicia) -> None:
    indicia("fit", "-o", "fitted.json")
    assert indicia("run", "fitted.json") == (
        2,
        "",
        "error: a fitted index has no data\n  fitted.json\n"
        "  fix: name a table too: TABLE -c fitted.json; in Python, the argument table\n",
    )


def test_a_table_in_json_is_no_fitted_index(indicia: Indicia) -> None:
    Path("new.json").write_text('[{"city": "Bonn", "income": 5, "co2": 1.5}, {"city": "Rome", "income": 9, "co2": 2}]')
    assert indicia("run", "new.json", "-c", "index.toml")[0] == 0


def test_other_methods_than_those_of_the_fit_are_noted(indicia: Indicia) -> None:
    indicia("fit", "-o", "fitted.json")
    _, out, _ = indicia("run", "more.csv", "-c", "fitted.json", "-n", "z_score")
    assert out.splitlines()[-1] == (
        "statistics of z_score in income, co2 are computed from these data, since the fitted index has min_max there"
    )


def test_another_fitted_index_than_expected_exits_with_1(indicia: Indicia) -> None:
    indicia("fit", "-o", "fitted.json")
    indicia("fit", "new.csv", "-c", "index.toml", "-o", "other.json")
    indicia("score", "fitted.json", "new.csv", "-o", "scores.csv")
    expected = ("--expect", "scores.csv.manifest.json")
    assert indicia("run", "new.csv", "-c", "fitted.json", *expected)[0] == 0
    code, _, err = indicia("run", "new.csv", "-c", "other.json", *expected)
    assert code == 1
    assert "differs from scores.csv.manifest.json: fitted.sha256" in err
    assert "note: differs from scores.csv.manifest.json: fitted.path is other.json, expected fitted.json" in err


def test_the_help_of_fit_offers_no_fitted_index(indicia: Indicia) -> None:
    """`fit` refuses one; other commands take it with a table."""
    assert "TABLE -c fitted.json" not in indicia("fit", "--help")[1]
    assert "TABLE -c fitted.json" in " ".join(indicia("report", "--help")[1].split())
