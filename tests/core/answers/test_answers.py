"""An analysis is declared once: its answer, options, formats and errors derive from the class."""

from __future__ import annotations

import inspect
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import polars as pl
import pytest
from pydantic import Field

import indicia
from indicia.analyses import Analysis, Column, Facts, Frames, Kind, Need, Part, Table
from indicia.analyses.analysis import RESERVED
from indicia.answers.document import cell_of, document_of
from indicia.answers.needs import BestValue, Panel, Rows, Scores
from indicia.answers.writers import indicia_writers, written
from indicia.cli import main
from indicia.errors import DataError, DefinitionError, IndiciaError, PluginError
from indicia.messages.sentence import Sentence
from indicia_commands.analyse import command_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CITIES = {"city": ["Lima", "Oslo", "Pune"], "income": [3.0, 9.0, 1.0], "co2": [2.0, 7.0, 2.5]}
RAW: dict[str, Any] = {
    "name": {"en": "Cities", "zh": "城市"},
    "data": {"unit": "city"},
    "dimensions": {"wealth": {"name": {"en": "Wealth", "zh": "财富"}}},
    "indicators": {
        "income": {"dimension": "wealth", "direction": "benefit", "name": {"en": "Income", "zh": "收入"}},
        "co2": {"direction": "cost"},
    },
}


@dataclass(frozen=True)
class Gaps(Analysis):
    """The distance of each unit to the best score."""

    name = "gaps"
    heading = "How far is each unit from the best?"

    top: Annotated[int, Field(ge=1, description="the number of units")] = 10
    of: Annotated[str, Part, Field(description="the part whose score is compared")] = "index"

    gaps = Table(
        "Distance to the best score",
        Column("unit", Kind.UNIT, "the unit"),
        Column("gap", Kind.CHANGE, "its score minus the highest one"),
        order="The smallest distance first; ties by the name of the unit.",
    )

    def compute(self, facts: Facts) -> Frames:
        result, (_, rows) = facts[Scores()], facts[Rows()]
        score = result.scored.nodes[self.of]
        scores = result.scored.units.select(unit=result.unit).with_columns(score.alias("score")).filter(rows)
        gaps = scores.drop_nulls().with_columns(gap=pl.col("score") - pl.col("score").max())
        return {self.gaps: self.gaps.select(gaps.sort("gap", "unit", descending=[True, False]).head(self.top))}

    def sentences(self, frames: Frames) -> Iterator[Sentence]:
        for unit, gap in frames[self.gaps].tail(1).rows():
            yield Sentence("{unit} is {gap:.3g} behind the best", unit=unit, gap=-gap)


def index() -> indicia.Index:
    return indicia.read(RAW)


def test_the_answer_has_the_declared_tables_and_sentences_with_names_for_readers() -> None:
    answer = index().analyse(Gaps(top=2, of="wealth"), CITIES)
    assert answer[Gaps.gaps].rows() == [("Oslo", 0.0), ("Lima", -0.75)]
    assert answer.frame("gaps").equals(answer.frame())
    assert answer.sentences() == ["Lima is 0.75 behind the best"]
    assert answer.manifest["analysis"] == "gaps"
    assert answer.manifest["options"] == {"top": 2, "of": "wealth"}
    assert answer.titled("zh") == "城市 · How far is each unit from the best?"


def test_a_fact_that_several_analyses_need_is_computed_once() -> None:
    computed = []

    @dataclass(frozen=True)
    class Squares(Need[list[int]]):
        of: int

        def resolve(self, facts: Facts) -> list[int]:
            computed.append(self.of)
            return [number**2 for number in range(self.of)]

    facts = Facts()
    assert facts[Squares(3)] is facts[Squares(3)]
    assert facts[Squares(2)] == [0, 1]
    assert computed == [3, 2]


@pytest.mark.parametrize(
    ("options", "fault", "remedy"),
    [
        ({"topp": 3}, 'gaps has no parameter "topp"', 'did you mean "top"?'),
        ({"top": 0}, "gaps: top = 0 must be 1 or more", None),
        ({"top": "three"}, "gaps: top = 'three'", None),
        ({"of": "welth"}, 'gaps: of names "welth", which is no part of the index', 'did you mean "wealth"?'),
    ],
)
def test_a_wrong_option_is_refused_by_name(
    plugin: Path, options: dict[str, Any], fault: str, remedy: str | None
) -> None:
    with pytest.raises(IndiciaError) as caught:
        indicia.read(RAW, plugins=[plugin]).analyse("gaps", CITIES, **options)
    assert caught.value.what.startswith(fault)
    assert remedy is None or caught.value.remedy == remedy


def test_options_beside_an_instance_are_refused() -> None:
    with pytest.raises(DefinitionError, match="gaps is given with its options, and top again"):
        index().analyse(Gaps(), CITIES, top=3)  # type: ignore[call-overload]


def test_an_unknown_analysis_gets_the_nearest_name() -> None:
    with pytest.raises(IndiciaError) as caught:
        index().analyse("obstackles", CITIES)
    assert caught.value.remedy == 'did you mean "obstacles"?'


def test_a_given_option_replaces_that_of_the_index_file_which_replaces_the_default(plugin: Path) -> None:
    stated = indicia.read({**RAW, "analyses": {"gaps": {"top": 1}}}, plugins=[plugin])
    assert len(stated.analyse("gaps", CITIES).frame()) == 1
    assert len(stated.analyse("gaps", CITIES, top=2).frame()) == 2
    assert len(indicia.read(RAW, plugins=[plugin]).analyse("gaps", CITIES).frame()) == 3


@pytest.mark.parametrize(
    ("section", "line", "fault", "remedy"),
    [
        (
            "[analyses.obstacles]\ntop = 0\n",
            7,
            "obstacles: top = 0 must be 1 or more",
            "the number of indicators of each unit",
        ),
        ("[analyses.obstacles]\ntops = 3\n", 7, 'obstacles has no parameter "tops"', 'did you mean "top"?'),
        ("[analyses.obstacle]\ntop = 3\n", 6, 'unknown analysis "obstacle"', 'did you mean "obstacles"?'),
    ],
)
def test_a_fault_of_a_section_stops_a_run_with_its_line(
    tmp_path: Path, section: str, line: int, fault: str, remedy: str | None
) -> None:
    path = tmp_path / "index.toml"
    path.write_text(f'[data]\nunit = "city"\n[indicators]\nincome = {{}}\nco2 = {{}}\n{section}', encoding="utf-8")
    with pytest.raises(IndiciaError) as caught:
        indicia.read(path).score(CITIES)
    assert caught.value.what == fault
    assert f":{line}" in str(caught.value.where)
    assert caught.value.remedy == remedy


def test_the_json_schema_knows_the_options_of_analyses(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["schema"])
    analyses = json.loads(capsys.readouterr().out)["properties"]["analyses"]
    assert analyses["additionalProperties"] is False
    assert analyses["properties"]["obstacles"]["properties"]["top"]["minimum"] == 1


# what a plugin does wrong


def faulty(frames: Any) -> Analysis:
    @dataclass(frozen=True)
    class Wrong(Gaps):
        """The distance of each unit to the best score."""

        gaps = Gaps.gaps

        def compute(self, facts: Facts) -> Frames:
            computed: Frames = frames(super().compute(facts))
            return computed

    return Wrong()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda frames: {}, "gaps is declared and not computed"),
        (
            lambda frames: {Gaps.gaps: frames[Gaps.gaps].with_columns(rank=1.0)},
            "gaps has rank, which no Column declares",
        ),
        (lambda frames: {Gaps.gaps: frames[Gaps.gaps].drop("gap")}, "gaps lacks gap, which a Column declares"),
        (
            lambda frames: {Gaps.gaps: frames[Gaps.gaps].cast({"gap": pl.String})},
            "gaps has gap as String, and its Column declares Float64",
        ),
        (
            lambda frames: {Gaps.gaps: frames[Gaps.gaps].select("gap", "unit")},
            "gaps has its columns in another order than it declares",
        ),
    ],
)
def test_an_answer_that_is_not_as_declared_is_refused(change: Any, fault: str) -> None:
    with pytest.raises(PluginError) as caught:
        index().analyse(faulty(change), CITIES)
    assert fault in caught.value.what
    assert caught.value.remedy == "declare every column in its Table"


@pytest.mark.parametrize(
    ("words", "clause"),
    [
        ({}, "which has no Table"),
        ({"gaps": Gaps.gaps}, "which has no compute(self, facts)"),
        (
            {"gaps": Gaps.gaps, "compute": Gaps.compute, "period": 1, "__annotations__": {"period": int}},
            "whose option period has the name of an argument or option of all analyses",
        ),
    ],
)
def test_a_class_that_is_no_analysis_is_refused(words: dict[str, Any], clause: str) -> None:
    wrong = dataclass(frozen=True)(type("Wrong", (Analysis,), {"name": "wrong", "heading": "?", **words}))
    assert wrong.class_problem() == clause


# formats


@pytest.mark.parametrize("form", indicia_writers())
def test_every_document_holds_the_sentence_and_the_caption(form: str) -> None:
    text = written(index().analyse(Gaps(), CITIES), form).decode()
    assert "behind the best" in text
    assert "Distance to the best score" in text


def test_json_holds_all_digits_of_all_rows_and_the_meaning_of_columns() -> None:
    answer = index().analyse(Gaps(), CITIES)
    table = json.loads(written(answer, "json"))["tables"]["gaps"]
    assert table["rows"] == answer.frame().to_dicts()
    assert table["columns"][1] == {"name": "gap", "kind": "change", "meaning": "its score minus the highest one"}


def test_a_document_shows_names_and_the_first_rows_and_says_how_many_more_there_are() -> None:
    table = {
        "city": [f"c{place:02}" for place in range(12)],
        "income": [*map(float, range(12))],
        "co2": [1.0, *[2.0] * 11],
    }
    shown = document_of(index().analyse(Gaps(top=12), table), "zh")[-1]
    assert len(shown.rows) == 10  # type: ignore[union-attr]
    assert shown.notes == ["另有 2 行"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (0.125, Kind.SHARE, "12.5 %"),
        (12.0, Kind.RANK, "12"),
        (2.5, Kind.SHIFT, "+2.5"),
        (-3.0, Kind.SHIFT, "-3"),
        (1234, Kind.COUNT, "1,234"),
        (0.5, Kind.CHANGE, "+0.500"),
        (float("nan"), Kind.FIGURE, "–"),
        ("a", Kind.UNIT, "A"),
        ("a", Kind.TEXT, "a"),
        (True, Kind.YES, "True"),
    ],
)
def test_a_cell_has_the_form_of_its_kind(value: object, kind: Kind, text: str) -> None:
    assert cell_of(value, kind, {"a": "A"}) == text


# facts


def test_a_panel_needs_periods() -> None:
    with pytest.raises(DataError) as caught:
        index().analyse("convergence", CITIES)
    assert caught.value.remedy == 'period = "year" in [data]'


def test_the_best_value_is_that_of_the_normalisations() -> None:
    @dataclass(frozen=True)
    class Best(Analysis):
        """The best value."""

        name = "best"
        heading = "What is the best value?"
        values = Table("The best value", Column("value", Kind.FIGURE, "the value"), order="One row.")

        def compute(self, facts: Facts) -> Frames:
            return {self.values: self.values.frame([(facts[BestValue()],)])}

    hundred = index().with_options(normalisation="min_max(upper=100)")
    assert hundred.analyse(Best(), CITIES).frame().item() == 100.0
    with pytest.raises(DefinitionError) as caught:
        index().with_options(normalisation="z_score").analyse(Best(), CITIES)
    assert "z_score" in caught.value.what


def test_a_panel_has_the_scores_of_all_parts_in_all_periods() -> None:
    @dataclass(frozen=True)
    class Whole(Analysis):
        """The panel."""

        name = "whole"
        heading = "What is the panel?"
        rows = Table(
            "Rows",
            Column("unit", Kind.UNIT, "the unit"),
            Column("period", Kind.PERIOD, "the period"),
            Column("index", Kind.SCORE, "the score"),
            Column("wealth", Kind.SCORE, "the score of wealth"),
            order="By the data.",
        )

        def compute(self, facts: Facts) -> Frames:
            return {self.rows: facts[Panel()]}

    raw = {**RAW, "data": {"unit": "city", "period": "year"}}
    table = pl.DataFrame({**CITIES, "year": [2020] * 3})
    answer = indicia.read(raw).analyse(Whole(), pl.concat([table, pl.DataFrame({**CITIES, "year": [2021] * 3})]))
    assert answer.frame()["period"].to_list() == [2020] * 3 + [2021] * 3
    assert answer.frame().schema["period"] == pl.Int64


# the command line


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    """Return a plugin file with the analysis of this module."""
    source = '''
from dataclasses import dataclass
from typing import Annotated
from pydantic import Field
from indicia.analyses import Analysis, Column, Kind, Part, Table
from indicia.answers.needs import Rows, Scores
from indicia.catalogue import hookimpl
import polars as pl

@dataclass(frozen=True)
class Gaps(Analysis):
    """The distance of each unit to the best score."""

    name = "gaps"
    heading = "How far is each unit from the best?"
    top: Annotated[int, Field(ge=1, description="the number of units")] = 10
    of: Annotated[str, Part, Field(description="the part whose score is compared")] = "index"
    gaps = Table(
        "Distance to the best score",
        Column("unit", Kind.UNIT, "the unit"),
        Column("gap", Kind.CHANGE, "its score minus the highest one"),
        order="The smallest distance first.",
    )

    def compute(self, facts):
        result, (_, rows) = facts[Scores()], facts[Rows()]
        scores = result.scored.units.select(unit=result.unit).with_columns(result.scored.nodes[self.of].alias("score"))
        gaps = scores.filter(rows).with_columns(gap=pl.col("score") - pl.col("score").max())
        return {self.gaps: self.gaps.select(gaps.sort("gap", "unit", descending=[True, False]).head(self.top))}

@hookimpl
def indicia_analyses():
    return [Gaps]
'''
    path = tmp_path / "gaps.py"
    path.write_text(source, encoding="utf-8")
    return path


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "cities.csv"
    pl.DataFrame(CITIES).write_csv(path)
    return str(path)


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["analyse", *words])
    return int(ended.value.code or 0)


def test_the_analysis_of_a_plugin_file_is_a_command(
    plugin: Path, table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("gaps", table, "--unit", "city", "--cost", "co2", "--plugin", str(plugin))
    assert run(*words, "--top", "1", "--show", "gaps", "-f", "csv") == 0
    assert capsys.readouterr().out == "unit,gap\nLima,0.0\n"
    assert run(*words, "--top", "0") == 2
    assert "--top" in capsys.readouterr().err
    assert run("gaps", "--help", f"--plugin={plugin}") == 0
    assert "The number of units. [default: 10]" in " ".join(capsys.readouterr().out.split())


def test_an_unknown_analysis_on_the_command_line_gets_the_nearest_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("obstacels") == 2
    assert 'did you mean "obstacles"?' in capsys.readouterr().err


def test_lists_and_tables_of_numbers_are_options(table: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("coupling", table, "--unit", "city", "--cost", "co2", "-f", "csv", "--show", "degrees")
    assert run(*words, "--dimensions", "income,co2") == 0
    equal = capsys.readouterr().out
    assert run(*words, "--dimensions", "income=1,co2=1") == 0
    assert capsys.readouterr().out == equal
    assert run(*words, "--dimensions", "income=much") == 2
    assert "write A,B or A=1,B=2" in capsys.readouterr().err


def test_an_output_file_has_its_manifest(table: str, tmp_path: Path) -> None:
    output = tmp_path / "obstacles.md"
    assert run("obstacles", table, "--unit", "city", "--cost", "co2", "-o", str(output)) == 0
    assert "# " in output.read_text(encoding="utf-8")
    manifest = json.loads((tmp_path / "obstacles.md.manifest.json").read_text(encoding="utf-8"))
    assert manifest["analysis"] == "obstacles"
    assert manifest["options"] == {"top": 5, "best": None}


def test_no_option_of_an_analysis_can_have_the_name_of_an_option_of_all_commands() -> None:
    common = set(inspect.signature(command_of(Gaps)).parameters) - {"top", "of"}
    assert common <= RESERVED
