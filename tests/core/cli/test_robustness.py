"""The commands that say how sure ranks are."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from indicia.cli import main

EXAMPLE = str(Path(__file__).parents[3] / "examples" / "intelligent_manufacturing" / "index.toml")


def output(*arguments: str) -> None:
    with pytest.raises(SystemExit) as exited:
        main(arguments)
    assert exited.value.code == 0


def refused(*arguments: str) -> None:
    with pytest.raises(SystemExit) as exited:
        main(arguments)
    assert exited.value.code == 2


def test_without_a_seed_the_one_that_is_chosen_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    output("robustness", EXAMPLE, "--draws", "5", "--weights", "±10%")
    assert " · seed " in capsys.readouterr().out
    output("robustness", EXAMPLE, "--draws", "5", "--weights", "±10%", "-f", "csv")
    found = capsys.readouterr()
    assert found.out.startswith("city,city_zh,province_zh,rank,mean,median,lower,upper,top_10,tier,stands_below\n")
    assert "note: seed " in found.err


def test_a_table_that_is_written_has_a_manifest_beside_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "ranks.csv"
    output("robustness", EXAMPLE, "--draws", "5", "--weights", "±10%", "-a", "arithmetic,median", "-o", str(file))
    manifest = json.loads((tmp_path / "ranks.csv.manifest.json").read_text(encoding="utf-8"))
    assert manifest["varied"]["aggregation"] == ["arithmetic", "median"]
    again = tmp_path / "again.csv"
    seed = str(manifest["seed"])
    output(
        *("robustness", EXAMPLE, "--draws", "5", "--weights", "±10%", "-a", "arithmetic,median"),
        *("--seed", seed, "-o", str(again)),
    )
    assert again.read_bytes() == file.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        ((), "nothing is varied"),
        (("--draws", "0", "--weights", "±10%"), "fix: draws = 1, or more; the default is 10_000"),
        (("--weights", "a lot"), 'cannot read the weights "a lot"'),
        (("--weights", "±150%"), "a spread of 1.5 is not between 0 and 1: weights would turn negative"),
        (("--leave-out", "cities"), "leave_out = ['cities'] must be 'indicators' or 'dimensions'"),
        (("-n", "min_max,z_score"), "z_score"),
        (("--weights", "±10%", "--workers", "2"), "fix: --engine partitions"),
        (("-n", "min_max,zscore"), 'did you mean "z_score"?'),
        (("-n", "min_max", "--sensitivity", "16"), "nothing is varied: there is one alternative of normalisation"),
        (("-a", "arithmetic,arithmetic"), "aggregation changed nothing in any run"),
        (("--weights", "±10%", "--draws", "5", "--of", "Shenzhen"), "this analysis has no runs for Sobol' indices"),
        (("--weights", "±10%", "--draws", "5", "--at", "2022"), "the index has no periods"),
        (("--weights", "factor_input >= deposits"), "deposits of guarantee_support"),
        (("--weights", "factor_input >= 20"), "weights of a node are shares that sum to 1: write 0.2 or 20%"),
        (("--weights", "factor_input >= 20% >="), "it ends too early"),
        (("--weights", "simplex", "--node", "index"), "--node is for the tables of one dimension"),
        (("--weights", "±10%", "--draws", "5", "--show", "weight_bounds"), "are not uniform within a region"),
    ],
)
def test_bad_input_prints_one_error_and_nothing_else(
    arguments: tuple[str, ...], what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    refused("robustness", EXAMPLE, *arguments)
    found = capsys.readouterr()
    assert found.out == ""
    assert what in found.err
    assert "Traceback" not in found.err


def test_exact_shares_of_a_node_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("robustness", EXAMPLE, "--draws", "5", "--seed", "1", "--weights", "little_giants >= 2 a_share_listed")
    output(*arguments, "--node", "industrial_supply", "--show", "weight_bounds", "-f", "csv")
    found = capsys.readouterr().out.splitlines()
    assert found[0] == "city,part,lower,upper"
    first = dict(line.split(",")[1:3] for line in found[1:3])
    assert float(first["little_giants"]) == pytest.approx(2 / 3)


@pytest.mark.parametrize("table", ["acceptability", "pairwise", "factors", "central_weights", "failures"])
def test_every_table_of_an_analysis_can_be_printed(table: str, capsys: pytest.CaptureFixture[str]) -> None:
    output("robustness", EXAMPLE, "--draws", "5", "--seed", "1", "--weights", "simplex", "--show", table, "-f", "csv")
    assert capsys.readouterr().out


@pytest.mark.parametrize(
    "table",
    [
        "omission_effects",
        "ranks",
        "weights",
        "minimal_weight_shift",
        "reversals",
        "value_moves",
        "weight_steps",
        "modes",
    ],
)
def test_every_table_of_stability_can_be_printed(table: str, capsys: pytest.CaptureFixture[str]) -> None:
    output("stability", EXAMPLE, "--units", "2", "--show", table, "-f", "csv")
    frame = pl.read_csv(capsys.readouterr().out.encode(), infer_schema_length=None)
    assert not frame.is_empty()


def test_the_page_on_stability_answers_four_questions(capsys: pytest.CaptureFixture[str]) -> None:
    output("stability", EXAMPLE, "--units", "3", "-a", "geometric", "-n", "min_max(lower=1, upper=100)")
    page = capsys.readouterr().out
    assert page.count("?\n") == 5  # with the title
    assert "--show minimal_weight_shift" in page


def test_stability_names_index_units_and_parts_in_the_language_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    output("stability", EXAMPLE, "--units", "3", "--lang", "zh")
    out = capsys.readouterr().out
    assert out.startswith("智能制造发展指数（区域） · 哪些变化会改变排名？\n")
    assert "无论去掉其他哪个部分，第一名仍为深圳。" in out
    assert "\n应用推广" in out


def test_a_table_is_analysed_without_an_index_file(capsys: pytest.CaptureFixture[str]) -> None:
    table = str(Path(EXAMPLE).parents[1] / "human_development" / "countries.csv")
    output("stability", table, "--unit", "iso3", "--units", "3", "--show", "omission_effects", "-f", "csv")
    left_out = pl.read_csv(capsys.readouterr().out.encode(), infer_schema_length=None)["name"]
    assert set(left_out.head(4)) == {"le", "eys", "mys", "gnipc"}


def test_with_several_choices_the_page_suggests_sensitivity(capsys: pytest.CaptureFixture[str]) -> None:
    output("robustness", EXAMPLE, "--draws", "5", "--seed", "1", "--weights", "±10%", "-a", "arithmetic,median")
    last = "--sensitivity 512 shows which choice moves the ranks most; it takes 2,048 more draws"
    assert capsys.readouterr().out.count(f"\n{last}\n") == 1
    output("robustness", EXAMPLE, "--draws", "5", "--seed", "1", "--weights", "±10%")
    assert "--sensitivity" not in capsys.readouterr().out


def test_an_interruption_says_so_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("indicia_robustness.draw_scorer.score_draws", interrupted)
    with pytest.raises(SystemExit) as exited:
        main(["robustness", EXAMPLE, "--draws", "5", "--weights", "±10%", "-o", str(tmp_path / "ranks.csv")])
    assert exited.value.code == 130
    found = capsys.readouterr()
    assert (found.out, found.err) == ("", "interrupted\n")
    assert not list(tmp_path.iterdir())


def test_blocks_of_draws_print_the_page_of_a_run_in_memory(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("robustness", EXAMPLE, "--draws", "20", "--seed", "1", "--weights", "±10%")
    output(*arguments)
    memory = capsys.readouterr().out
    output(*arguments, "--engine", "partitions", "--workers", "1")
    assert capsys.readouterr().out == memory
