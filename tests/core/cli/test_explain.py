"""`indicia explain` on the command line."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import polars as pl
import pytest
import typer
from typer.core import TyperCommand

from indicia.cli import main
from indicia.cli.folding import WIDTH
from indicia.cli.output import display_width
from indicia_commands.explain import _units

if TYPE_CHECKING:
    from pathlib import Path

INDEX = """\
name = { en = "Towns", zh = "城镇" }

[data]
path = "towns.csv"
unit = "town"
label = { en = "name", zh = "名称" }
period = "year"

[dimensions]
wealth = { name = { en = "Wealth", zh = "财富" } }
nature = { name = { en = "Nature", zh = "自然" } }

[indicators]
income = { direction = "benefit", dimension = "wealth", unit = "$", bounds = [0, 10] }
schools = { direction = "benefit", dimension = "wealth", bounds = [0, 10], cap = 8 }
waste = { direction = "cost", dimension = "nature", bounds = [0, 10] }

[methodology]
imputation = "median"
"""
# the bounds are 0 and 10, and all weights are equal: Ash has ((income + schools) / 2 + 10 - waste) / 2 / 10 = 0.55
TOWNS = """\
town,name,名称,year,income,schools,waste
A,Ash,白蜡,2021,2,4,3
B,Elm,榆树,2021,6,6,5
C,Fir,冷杉,2021,8,2,9
D,Oak,橡树,2021,3,3,3
A,Ash,白蜡,2022,4,6,4
B,Elm,榆树,2022,6,9,5
C,Fir,冷杉,2022,8,2,8
D,Oak,橡树,2022,3,,3
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "index.toml").write_text(INDEX, encoding="utf-8")
    (tmp_path / "towns.csv").write_text(TOWNS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as caught:
        main(("explain", *words))
    return int(caught.value.code or 0)


@pytest.fixture
def page(capsys: pytest.CaptureFixture[str]):
    """Return a function that runs the command and returns what it prints."""

    def printed(*words: str) -> str:
        assert run(*words) == 0
        return capsys.readouterr().out

    return printed


@pytest.fixture
def fault(capsys: pytest.CaptureFixture[str]):
    """Return a function that runs the command with an error, and returns the error."""

    def refused(*words: str) -> str:
        assert run(*words) == 2
        return capsys.readouterr().err

    return refused


def test_a_score_is_explained_by_label_or_key(page) -> None:
    assert page("Ash") == page("A")
    assert "Ash is 2nd of 4 in 2022 with 0.5500." in page("Ash")


def test_the_table_of_a_score_has_dimensions_with_their_indicators(page) -> None:
    rows = [
        line.split() for line in page("Ash").splitlines() if re.match(r" *(Wealth|Nature|income|schools|waste) ", line)
    ]
    assert [row[:4] for row in rows] == [
        ["Wealth", "0.5000", "50", "%"],
        ["income", "0.4000", "25", "%"],
        ["schools", "0.6000", "25", "%"],
        ["Nature", "0.6000", "50", "%"],
        ["waste", "0.6000", "50", "%"],
    ]
    assert [row[4] for row in rows] == ["0.2500", "0.1000", "0.1500", "0.3000", "0.3000"]


def test_a_raw_value_has_its_unit_of_measure_and_its_rank(page) -> None:
    (income,) = (line for line in page("Ash").splitlines() if line.startswith("  income"))
    assert income.split()[-5:] == ["4", "$", "3", "/", "4"]


def test_an_imputed_value_is_marked_and_named(page) -> None:
    text = page("Oak")
    (schools,) = (line for line in text.splitlines() if line.startswith("  schools"))
    assert "*" in schools
    assert "imputation: median" in text


def test_a_capped_value_is_named_with_the_rule(page) -> None:
    (schools,) = (line for line in page("Elm").splitlines() if line.startswith("schools"))
    assert schools.split() == ["schools", "9", "8", "cap:", "cap", "=", "8"]


def test_no_line_is_longer_than_the_screen(page) -> None:
    for words in (("Ash",), ("Ash", "Elm"), ("Ash", "--reach", "1"), ("Ash", "--to", "2022"), ("Ash", "--lang", "zh")):
        assert max(map(display_width, page(*words).splitlines())) <= WIDTH


def test_a_score_is_explained_in_chinese(page) -> None:
    text = page("白蜡", "--lang", "zh")
    assert "城镇" in text
    assert "财富" in text
    assert "第 2 名" in text


def test_the_parts_of_a_gap_stand_from_the_first_unit_to_the_second_and_add_up(page) -> None:
    lines = page("Ash", "Elm").splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith("indicator"))
    rows = [line.split() for line in lines[start + 1 : start + 5]]
    # Ash less Elm: waste (5 - 4) / 2 / 10; income (4 - 6) / 4 / 10; schools (6 - 8) / 4 / 10, as 9 is capped to 8
    assert [(row[0], row[-2] if row[0] != "sum" else row[-1]) for row in rows] == [
        ("waste", "+0.0500"),
        ("income", "−0.0500"),
        ("schools", "−0.0500"),
        ("sum", "−0.0500"),
    ]


def test_weights_say_how_sure_a_gap_is(page) -> None:
    assert "of 40 draws" in page("Ash", "Elm", "--weights", "±25%", "--draws", "40")


def test_a_move_begins_in_the_period_before_if_none_is_named(page) -> None:
    assert page("Ash", "--to", "2022") == page("Ash", "--from", "2021", "--to", "2022") == page("Ash", "--from", "2021")


def test_a_move_between_periods_has_four_causes_that_add_up(page) -> None:
    lines = page("Ash", "--from", "2021").splitlines()
    names = ("own data", "others' data", "method", "units that came or went", "sum")
    score = {name: next(line for line in lines if line.startswith(name))[len(name) :].split()[0] for name in names}
    # bounds are fixed, so that only the unit's own data move its score: from 0.5 to 0.55
    assert score == dict(zip(names, ("+0.0500", "0.0000", "0.0000", "0.0000", "+0.0500"), strict=True))


def test_a_move_since_another_index_file_names_the_file(page, folder: Path) -> None:
    (folder / "old.toml").write_text(INDEX.replace("cap = 8", "cap = 5"), encoding="utf-8")
    text = page("Ash", "--since", "old.toml")
    assert "in old.toml" in text
    (method,) = (line for line in text.splitlines() if line.startswith("method"))
    assert method.split()[1] == "+0.0250"  # schools count 6 in place of 5, with a weight of a quarter


def test_the_way_to_a_rank_has_single_values_and_the_cheapest_path(page) -> None:
    text = page("Ash", "--reach", "1")
    assert "One value alone, all else equal" in text
    assert "The cheapest path" in text


def test_the_price_of_a_change_and_the_limit_of_a_value_count_in_the_path(page) -> None:
    words = ("Ash", "--reach", "1", "--show", "path", "--format", "json")
    dear = json.loads(page(*words, "--price", "waste=100"))
    assert "waste" not in [row["indicator"] for row in dear if row["at_most"] == "all"]
    near = json.loads(page(*words, "--limit", "income=4.1", "--limit", "schools=6.1", "--price", "waste=100"))
    assert {"income", "schools", "waste"} == {row["indicator"] for row in near if row["at_most"] == "all"}


def test_the_index_file_states_costs_and_limits_of_the_way_to_a_rank(page, folder: Path) -> None:
    words = ("Ash", "--reach", "1", "--show", "path", "--format", "json")
    stated = page(*words, "--price", "waste=100", "--limit", "income=4.1")
    with (folder / "index.toml").open("a", encoding="utf-8") as file:
        file.write("[analyses.reach]\ncosts = { waste = 100 }\nlimits = { income = 4.1 }\n")
    assert page(*words) == stated
    assert page(*words, "--price", "waste=0.01") != stated


@pytest.mark.parametrize("ending", ["md", "html", "tex", "json"])
def test_the_way_to_a_rank_is_written_with_sentences_tables_and_options(folder: Path, ending: str) -> None:
    assert run("Ash", "--reach", "1", "-o", f"way.{ending}") == 0
    text = (folder / f"way.{ending}").read_text(encoding="utf-8")
    assert "all else equal" in text
    assert "One value alone" in text
    manifest = json.loads((folder / f"way.{ending}.manifest.json").read_text(encoding="utf-8"))
    assert (manifest["analysis"], manifest["options"]["of"], manifest["options"]["rank"]) == ("reach", "Ash", 1)


@pytest.mark.parametrize("ending", ["md", "html", "tex", "json"])
@pytest.mark.parametrize(
    ("words", "caption", "headline"),
    [
        (("Ash",), "The parts of the score by indicator", "is 2nd of 4 in 2022"),
        (("Ash", "Elm"), "The parts of the gap by indicator", "behind Elm"),
        (("Ash", "--from", "2021"), "The part of each cause in the move", "Why did a unit move?"),
    ],
)
def test_an_explanation_is_written_with_sentences_and_tables(
    folder: Path, words: tuple[str, ...], caption: str, headline: str, ending: str
) -> None:
    assert run(*words, "-o", f"why.{ending}") == 0
    text = (folder / f"why.{ending}").read_text(encoding="utf-8")
    assert caption in text
    assert "│" not in text
    assert headline in text or ending == "json"


def test_the_index_file_states_the_weights_that_are_drawn_for_a_gap(page, folder: Path) -> None:
    with (folder / "index.toml").open("a", encoding="utf-8") as file:
        file.write('[analyses.gap]\nweights = "±25%"\ndraws = 40\n')
    assert "of 40 draws" in page("Ash", "Elm")
    assert "of 30 draws" in page("Ash", "Elm", "--draws", "30")


def test_another_table_and_another_index_file_can_be_named(page, folder: Path) -> None:
    (folder / "in").mkdir()
    for name in ("index.toml", "towns.csv"):
        (folder / name).rename(folder / "in" / name)
    assert page("Ash", "--index", "in/index.toml") == page("Ash", "--index", "in")
    assert page("Ash", "--index", "in", "--table", "in/towns.csv") == page("Ash", "--index", "in")
    assert "Ash is" in page("Ash", "--table", "in/towns.csv", "-c", "in/index.toml")


def test_a_table_of_an_explanation_is_written_with_its_manifest(folder: Path) -> None:
    assert run("Ash", "Elm", "-o", "gap.csv") == 0
    assert set(pl.read_csv(folder / "gap.csv")["indicator"]) == {"income", "schools", "waste"}
    manifest = json.loads((folder / "gap.csv.manifest.json").read_text(encoding="utf-8"))
    assert (manifest["analysis"], manifest["gap"], manifest["period"]) == ("gap", ["A", "B"], "2022")
    assert manifest["table"] == "parts"


def test_a_chart_is_written_beside_the_page(page, folder: Path) -> None:
    pytest.importorskip("altair")
    assert "Ash is" in page("Ash", "--plot", "ash.json")
    chart = json.loads((folder / "ash.json").read_text(encoding="utf-8"))
    assert chart["title"]["text"] == "Score of Ash from the median of each indicator, 2022"


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("Ash", "--reach", "1", "--from", "2021"), "--from and --reach ask different questions"),
        (
            ("Ash", "--reach", "1", "--overtake", "Elm"),
            "the way to a rank needs a rank, or a unit to overtake, and not both",
        ),
        (
            ("Ash", "--since", "old.toml", "--from", "2021"),
            "start (--from) and since (--since) both name the earlier edition",
        ),
        (("Ash", "Elm", "--reach", "1"), "two units ask for the gap between them, and --reach asks about one unit"),
        (("Ash", "Elm", "Fir"), "3 units are named: Ash, Elm, Fir"),
        (
            ("Ash", "--weights", "±25%"),
            "--weights is for the gap between two units and a move, and this is the explanation of a score",
        ),
        (("Ash", "--draws", "9"), "--draws is for the gap between two units and a move"),
        (("Ash", "--price", "waste=1"), "the way to a rank needs a rank, or a unit to overtake"),
        (("Ash", "--reach", "1", "--limit", "waste"), 'cannot read --limit "waste"'),
        (("Ash", "--since-table", "t.csv"), "--since-table needs --since"),
        (
            ("Ash", "--to", "2022", "--at", "2021"),
            "end (--to) and period (--at) both name the period in which the move ends",
        ),
        (
            ("Ash", "--index", "index.toml", "--table", "towns.csv", "-c", "index.toml"),
            "--index and --config both name",
        ),
        (("Ash", "Elm", "--draws", "9"), "nothing is drawn: the index has no [robustness]"),
        (("Ash", "--to", "2021"), "2021 is the first period of the data"),
        (("Ash", "--from", "2022"), "the move begins and ends in 2022"),
        (("Ash", "--plot", "ash.gif"), "a chart cannot be written as ash.gif"),
        (("Ash", "--plot", "ash"), "ash has no ending"),
        (("Ash", "--reach", "1", "--price", "waste=1", "--price", "waste=2"), "--price names waste twice"),
        (("Ash", "Elm", "--show", "drawn"), "nothing is drawn"),
        (("Ash", "--from", "2021", "--show", "drawn"), "nothing is drawn"),
        (
            ("Ash", "--rules", "owen"),
            "--rules is for the gap between two units, and this is the explanation of a score",
        ),
        (("Ash", "--show", "causes"), 'explain has no table "causes"'),
    ],
)
def test_options_that_contradict_each_other_are_named(fault, words: tuple[str, ...], problem: str) -> None:
    message = fault(*words)
    assert problem in message
    assert "fix:" in message


@pytest.mark.parametrize("words", [("Ahs",), ("Ash", "Ahs"), ("Ahs", "--to", "2022"), ("Ahs", "--reach", "1")])
def test_an_unknown_unit_is_named_with_the_nearest_one(fault, words: tuple[str, ...]) -> None:
    message = fault(*words)
    assert '"Ahs" is no unit of the index' in message
    assert 'did you mean "Ash"?' in message


def test_a_table_of_scores_is_no_earlier_edition(fault, folder: Path) -> None:
    (folder / "scores.csv").write_text("unit,score\nA,1\nB,2\n", encoding="utf-8")
    assert "scores.csv has scores and no data" in fault("Ash", "--since", "scores.csv")


def test_a_move_of_an_index_without_periods_needs_an_earlier_edition(fault, folder: Path) -> None:
    rows = [line.replace(",2022", "") for line in TOWNS.splitlines()[:1] + TOWNS.splitlines()[5:]]
    (folder / "towns.csv").write_text("\n".join(rows).replace(",year", ""), encoding="utf-8")
    (folder / "index.toml").write_text(INDEX.replace('period = "year"\n', ""), encoding="utf-8")
    message = fault("Ash", "--from", "2021")
    assert "the index has no periods" in message


def test_a_file_has_no_raw_values_that_the_index_does_not_publish(page, fault, folder: Path) -> None:
    (folder / "index.toml").write_text(INDEX + "[publication]\nraw_values = false\n", encoding="utf-8")
    for words in (("Ash",), ("Ash", "Elm"), ("Ash", "--from", "2021", "--show", "parts")):
        (header, *_) = page(*words, "--format", "csv").splitlines()
        assert not re.search("(raw|prepared)(,|$)", header)
        assert "part" in header or "contribution" in header
    assert " 9 " not in page("Ash", "Elm")
    for words in (("--show", "raw", "-o", "raw.csv"), ("--plot", "way.svg")):
        assert "would hold raw values, and the index does not publish them" in fault("Ash", "--reach", "1", *words)


def context(**words: object) -> typer.Context:
    """Return the options before the word that is completed."""
    before = typer.Context(TyperCommand("explain"))
    before.params = words
    return before


def test_the_names_of_units_are_completed_by_key_and_label() -> None:
    assert _units(context(), "A") == ["A", "Ash"]
    assert _units(context(index="index.toml"), "榆") == ["榆树"]


def test_completion_without_an_index_completes_nothing(folder: Path) -> None:
    (folder / "index.toml").unlink()
    assert _units(context(), "A") == []


def test_scores_that_are_rounded_to_whole_numbers_have_parts_with_digits(page, folder: Path) -> None:
    """Ash has 0.55 of 1: 5.5 of 10, of which (10 - 4) / 10 / 2 × 10 = 3 is nature."""
    words = INDEX.replace("[methodology]", '[methodology]\nnormalisation = "min_max(upper=10)"\ndecimals = 0')
    (folder / "index.toml").write_text(words, encoding="utf-8")
    lines = page("A")
    assert re.search(r"Nature +6\.00 +50 % +3\.00 ", lines)
    assert "with 6." in lines


def test_a_raw_value_whose_unit_of_measure_is_too_long_for_the_screen_is_not_cut(page, folder: Path) -> None:
    words = INDEX.replace('unit = "$"', 'unit = "international dollars of 2017 per person"')
    (folder / "index.toml").write_text(words, encoding="utf-8")
    row = next(line for line in page("A").splitlines() if line.startswith("  income"))
    assert re.search(r" 4 +3 / 4$", row)


def test_without_parts_there_are_no_bars(page, folder: Path) -> None:
    (folder / "index.toml").write_text(INDEX + 'aggregation = "borda"\n', encoding="utf-8")
    lines = page("A")
    assert "│" not in lines
    assert "median" not in lines.splitlines()[4]
