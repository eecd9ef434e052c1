"""The command `indicia compare`, run as users run it."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from indicia.cli import main

EXAMPLE = str(Path(__file__).parents[3] / "examples" / "intelligent_manufacturing" / "index.toml")
GRID = ("-n", "min_max,rank", "-w", "equal,entropy", "-a", "arithmetic, generalised(p=0.5)")
TABLE = "city,income,people,air\nLima,3,1,5\nOslo,9,2,4\nPune,1,4,1\nRome,4,2,3\n"
Indicia = Callable[..., tuple[int, str, str]]


@pytest.fixture
def indicia(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Indicia:
    """Run the command line in a folder with a table; return the exit code and what was printed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cities.csv").write_text(TABLE)

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main(("compare", *arguments))
        out, err = capfdbinary.readouterr()
        return int(caught.value.code or 0), out.decode(), err.decode()

    return run


def test_the_page_answers_questions(indicia: Indicia) -> None:
    code, out, err = indicia("cities.csv", *GRID)
    assert (code, err) == (0, "")
    assert out.startswith("Index · 8 methodologies with 3 distinct rankings · 4 ranked units\n\nMethodologies\n")
    assert re.search(r"\n +1  min_max > equal > arithmetic +min_max ", out)
    for question in (
        "Do the rankings agree?",
        "Who keeps its place?",
        "Who moves most?",
        "Which choice moves the ranks?",
    ):
        assert f"\n{question}\n" in out


def test_a_comma_in_brackets_does_not_part_methods(indicia: Indicia) -> None:
    _, out, _ = indicia(
        "cities.csv", "-n", "min_max(lower=1, upper=100),z_score", "--show", "methodologies", "-f", "csv"
    )
    assert pl.read_csv(io.StringIO(out))["normalisation"].to_list() == ["min_max(lower=1, upper=100)", "z_score"]


@pytest.mark.parametrize(
    "name",
    [
        "methodologies",
        "ranks",
        "scores",
        "rankings",
        "agreement",
        "movers",
        "effects",
        "specification",
        "consensus",
        "stability",
        "iterated",
        "left_out",
    ],
)
def test_every_table_is_data_by_name(indicia: Indicia, name: str) -> None:
    code, out, err = indicia("cities.csv", *GRID, "--show", name, "--format", "json")
    assert (code, err) == (0, "")
    assert isinstance(json.loads(out), list)


def test_details_are_those_of_the_consensus(indicia: Indicia) -> None:
    shown = ("cities.csv", *GRID, "--show", "details")
    _, out, _ = indicia(*shown, "--consensus", "kemeny", "--table", "pairs", "--format", "csv")
    pairs = pl.read_csv(io.StringIO(out))
    assert (len(pairs), pairs.columns[:4]) == (12, ["a", "b", "a_ahead", "b_ahead"])
    assert "borda has no details" in indicia(*shown)[2]
    assert "--table needs --show details" in indicia("cities.csv", *GRID, "--table", "pairs")[2]


@pytest.mark.parametrize("ending", ["csv", "json", "md", "tex", "html", "xlsx", "parquet"])
def test_ranks_are_written_in_every_format(indicia: Indicia, ending: str) -> None:
    assert indicia("cities.csv", *GRID, "-o", f"ranks.{ending}")[0] == 0
    assert Path(f"ranks.{ending}").stat().st_size > 0


def test_a_specification_curve_is_of_a_unit(indicia: Indicia) -> None:
    _, out, _ = indicia("cities.csv", *GRID, "--show", "specification", "--of", "Rome", "-f", "csv")
    ranks = pl.read_csv(io.StringIO(out))["rank"].to_list()
    assert ranks == sorted(ranks)


def test_a_ranking_that_several_methodologies_give_counts_once_unless_all_are_to_count(indicia: Indicia) -> None:
    _, once, _ = indicia("cities.csv", *GRID)
    assert re.search("The 8 methodologies give 3 distinct rankings .*; each counts once", once)
    assert re.search(r"First in (every methodology|\d of 3 distinct rankings): \w+", once)
    _, every, _ = indicia("cities.csv", *GRID, "--count", "all")
    assert re.search(r"First in (every methodology|\d of 8 methodologies): \w+", every)
    _, out, _ = indicia("cities.csv", *GRID, "--show", "rankings", "-f", "csv")
    table = pl.read_csv(io.StringIO(out))
    assert (len(table), table["methodologies"].sum()) == (3, 8)


def test_agreement_and_consensus_are_chosen(indicia: Indicia) -> None:
    _, out, _ = indicia("cities.csv", *GRID, "--agreement", "spearman", "--consensus", "copeland")
    assert "spearman: " in out
    assert "All rankings taken together (copeland): " in out


def test_rankings_have_weights_in_the_consensus(indicia: Indicia) -> None:
    voters = ("cities.csv", *GRID, "--consensus-weights", "rank > equal > generalised(p=0.5)=3,1=2")
    assert "All rankings taken together (borda; rank > equal > generalised(p=0.5) × 3; 1 × 2): " in indicia(*voters)[1]
    _, weighted, _ = indicia(*voters, "--show", "consensus", "-f", "csv")
    _, plain, _ = indicia("cities.csv", *GRID, "--show", "consensus", "-f", "csv", "--consensus-units", "all")
    assert pl.read_csv(io.StringIO(weighted))["score"].sum() > pl.read_csv(io.StringIO(plain))["score"].sum()
    assert indicia(*voters, "--show", "consensus", "-o", "consensus.csv")[0] == 0
    manifest = json.loads(next(Path().glob("consensus*manifest*")).read_text())
    assert manifest["options"]["consensus_weights"] == {"rank > equal > generalised(p=0.5)": 3.0, "1": 2.0}


def test_a_published_table_and_a_published_list_are_held_against_it(indicia: Indicia) -> None:
    Path("published.csv").write_text("city,rank\nOslo,1\nRome,2\nLima,3\nPune,4\n")
    assert "published.csv, nearest: " in indicia("cities.csv", *GRID, "--against", "published.csv")[1]
    Path("list.csv").write_text("city\nOslo\nRome\n")
    assert "list.csv: " in indicia("cities.csv", "--against", "list.csv")[1]
    _, out, _ = indicia("cities.csv", *GRID, "--against", "list.csv", "--show", "reproduction", "-f", "csv")
    assert pl.read_csv(io.StringIO(out))["of"].unique().to_list() == [2]


def test_index_files_are_compared(indicia: Indicia) -> None:
    text = (
        '[data]\npath = "cities.csv"\nunit = "city"\n[indicators]\nincome = {}\npeople = {}\nair = {}\n[methodology]\n'
    )
    Path("a.toml").write_text(text + 'weighting = "equal"\n')
    Path("b.toml").write_text(text + 'weighting = "entropy"\n')
    code, out, _ = indicia("a.toml", "b.toml")
    assert code == 0
    assert [line.split() for line in out.splitlines()[4:6]] == [["1", "a", "equal"], ["2", "b", "entropy"]]
    code, _, err = indicia("a.toml", "a.toml")
    assert (code, err) == (2, "error: the index file a is named twice\n  fix: name each file once\n")


def test_standard_input_is_compared(indicia: Indicia) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "indicia", "compare", "-", "-n", "min_max,rank"],
        input=TABLE.encode(),
        capture_output=True,
        check=True,
    )
    assert done.stdout.startswith("Index · 2 methodologies · 4 ranked units".encode())


def test_names_are_in_the_language_of_the_option(indicia: Indicia) -> None:
    _, out, _ = indicia(EXAMPLE, "--lang", "zh")
    assert out.startswith("智能制造发展指数（区域） · 2 methodologies · 32 ranked units")
    assert "合肥按 as it stands 居第 14 位，按 official 居第 23 位。" in out


def test_columns_of_chinese_names_stay_aligned(indicia: Indicia) -> None:
    from indicia.cli.output import display_width

    _, out, _ = indicia(EXAMPLE, "--lang", "zh")
    table = out.partition("哪些单位变动最大？\n")[2].partition("\n… ")[0].splitlines()[1:]
    ends = {display_width(found[0]) for line in table if (found := re.match(r"\S+ +\d+", line))}
    assert len(table) == 11
    assert len(ends) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("cities.csv", "-w", "equal,entrpy"), 'error: unknown weighting "entrpy"\n  fix: did you mean "entropy"?\n'),
        (("cities.csv", "-w", "equal"), "error: there is only one methodology to compare: equal\n"),
        (("cities.csv",), "error: there is only one methodology to compare: as it stands\n"),
        (("cities.csv", "-w", ","), "error: no weighting is listed\n"),
        (("cities.csv", *GRID, "--agreement", "kendal"), 'error: unknown agreement "kendal"\n'),
        (("cities.csv", *GRID, "--against", "no.csv"), 'error: no file "no.csv"'),
        (("cities.csv", *GRID, "--show", "specification", "--of", "Room"), 'error: "Room" is no unit of the data\n'),
        (("cities.csv", *GRID, "--of", "Rome"), "error: --of needs --show specification\n"),
        (("cities.csv", *GRID, "--consensus-weights", "1"), 'error: "1" is no methodology with a weight\n'),
        (("cities.csv", *GRID, "--consensus-weights", "1=x"), 'error: "1=x" is no methodology with a weight\n'),
        (("cities.csv", *GRID, "--consensus-weights", "1=2,1=3"), "error: 1 has two weights\n"),
        (("cities.csv", *GRID, "--consensus-weights", "9=2"), 'error: "9" has a weight and is no methodology'),
        (("cities.csv", "cities.csv"), "error: cities.csv is a table, not an index file\n"),
        (("cities.csv", *GRID, "--at", "2020"), "error: the index has no periods\n"),
        (("cities.csv", *GRID, "--show", "reproduction"), "error: there is no published ranking\n"),
        (
            ("cities.csv", "-n", "min_max,z_score", "-a", "geometric"),
            "error: none of the 2 methodologies can be scored\n  min_max > geometric: ",
        ),
    ],
)
def test_wrong_input_is_one_clear_message(indicia: Indicia, arguments: tuple[str, ...], message: str) -> None:
    code, out, err = indicia(*arguments)
    assert (code, err[: len(message)]) == (2, message)
    assert out == ""
