"""The analysis of the uncertainty of ranks: its options, the section of the index file, and its answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import indicia
from indicia.answers.writers import written
from indicia.cli import main
from indicia.errors import DefinitionError
from indicia_after_score.robustness import Robustness

if TYPE_CHECKING:
    from pathlib import Path

TABLE = {
    "city": ["Lima", "Oslo", "Pune", "Rome", "Bonn", "Cali"],
    "income": [4.0, 9.0, 2.0, 5.0, 6.0, 2.5],
    "co2": [2.0, 6.0, 2.5, 3.0, 4.0, 1.0],
    "air": [2.2, 1.0, 2.5, 3.0, 2.4, 7.0],
}
WORDS: dict[str, Any] = {
    "data": {"unit": "city"},
    "indicators": {"income": {"name": {"en": "Income", "zh": "收入"}}, "co2": {"direction": "cost"}, "air": {}},
}
INDEX = indicia.read(WORDS)


def stated(**words: Any) -> indicia.Index:
    return indicia.read({**WORDS, "robustness": {"draws": 20, "seed": 1, **words}})


@pytest.mark.parametrize(
    "words",
    [
        {"weights": "±25%"},
        {"weights": "dirichlet(20)", "aggregation": ["arithmetic", "median"]},
        {"leave_out": "indicators", "noise": 0.05},
        {"leave_out": ["indicators"], "normalisation": "z_score"},
    ],
)
def test_the_words_of_the_index_file_are_those_of_a_call(words: dict[str, Any]) -> None:
    of_file, of_call = stated(**words).robustness(TABLE), INDEX.robustness(TABLE, draws=20, seed=1, **words)
    assert of_file.frame("ranks").equals(of_call.frame("ranks"))
    assert of_file.manifest["varied"] == of_call.manifest["varied"]


def test_an_option_replaces_the_word_of_the_index_file() -> None:
    answer = stated(weights="±25%").robustness(TABLE, draws=7)
    assert (answer.figures.draws, answer.figures.seed) == (7, 1)


def test_words_that_cannot_be_read_are_named_with_their_line(tmp_path: Path) -> None:
    file = tmp_path / "index.toml"
    file.write_text('[data]\nunit = "city"\n[indicators]\nincome = {}\n[robustness]\nweights = "a lot"\n')
    with pytest.raises(DefinitionError, match='cannot read the weights "a lot"') as fault:
        _ = indicia.read(file).definition
    assert "index.toml:6" in str(fault.value.where)


def test_options_stand_in_the_section_and_not_among_those_of_other_analyses() -> None:
    with pytest.raises(DefinitionError, match=r"those of robustness stand in \[robustness\]") as fault:
        _ = indicia.read({**WORDS, "analyses": {"robustness": {"draws": 5}}}).tree
    assert fault.value.remedy == "move them to [robustness]"


@pytest.mark.parametrize("form", ["md", "html", "latex"])
def test_a_document_has_the_spread_of_ranks_and_the_inputs_that_move_them(form: str) -> None:
    words: dict[str, Any] = {"weights": "±25%", "aggregation": ["arithmetic", "median"], "morris": 2}
    text = written(INDEX.robustness(TABLE, draws=20, seed=1, **words), form).decode()
    for part in ("How sure is the ranking?", "Which input moves the ranks?", "aggregation", "Oslo", "20 draws"):
        assert part in text


def test_json_has_the_tables_of_the_document_and_the_choices_in_the_manifest() -> None:
    content = json.loads(written(INDEX.robustness(TABLE, draws=20, seed=1, weights="±25%"), "json"))
    assert list(content["tables"]) == ["units"]
    assert [column["name"] for column in content["tables"]["units"]["columns"]][:2] == ["city", "rank"]
    assert content["manifest"]["varied"]["weights"] == {"spread": 0.25, "simplex": False}
    assert content["manifest"]["seed"] == 1


def test_a_table_explains_the_rank_of_the_unit_that_is_named() -> None:
    words: dict[str, Any] = {"weights": "±25%", "aggregation": ["arithmetic", "median"], "morris": 2}
    answer = INDEX.robustness(TABLE, draws=20, seed=1, of="Oslo", **words)
    assert answer[Robustness.elementary_effects].equals(answer.figures.elementary_effects_on("Oslo"))
    assert "the rank of Oslo" in " ".join(answer.sentences())
    assert answer.manifest["of"] == "Oslo"


def test_an_instance_and_a_name_ask_the_same() -> None:
    asked = Robustness(draws=20, seed=1, weights="±25%")
    by_name = INDEX.analyse("robustness", TABLE, draws=20, seed=1, weights="±25%")
    assert by_name.frame().equals(INDEX.analyse(asked, TABLE).frame())


def test_the_command_of_all_analyses_varies_methods(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pl.DataFrame(TABLE).write_csv(tmp_path / "cities.csv")
    options = ["--unit", "city", "-a", "arithmetic,median", "--draws", "9", "--seed", "1", "--show", "factors"]
    with pytest.raises(SystemExit) as exited:
        main(["analyse", "robustness", str(tmp_path / "cities.csv"), *options, "-f", "csv"])
    assert exited.value.code == 0
    found = capsys.readouterr()
    assert found.out.splitlines()[1].startswith("aggregation,2,")
    assert found.err.startswith("note: seed 1\n")


def test_the_answer_is_in_chinese_for_readers_of_chinese() -> None:
    words: dict[str, Any] = {"weights": "±25%", "aggregation": ["arithmetic", "median"], "morris": 2}
    page = written(INDEX.robustness(TABLE, draws=20, seed=1, **words), "md", "zh").decode()
    assert "排名有多可靠？" in page
    assert "Which" not in page
