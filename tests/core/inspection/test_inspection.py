"""The inspection of an index: its tables, its findings, waivers and thresholds of the index file."""

from __future__ import annotations

import tomllib
import warnings
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from reference_folder import ABSENT, FOLDER, link_published

import indicia
from indicia.errors import DefinitionError, IndiciaError, MethodError, PluginError, PluginWarning

TOWNS = pl.DataFrame(
    {
        "town": [f"T{row:02}" for row in range(20)],
        "people": [float(100 + 7 * row) for row in range(20)],
        "income": [float(row) if row else None for row in range(20)],
        "waste": [900.0, *(float((7 * row) % 20) for row in range(1, 20))],
        "remark": ["fine"] * 20,
    }
)
RAW: dict[str, Any] = {
    "name": "Towns",
    "data": {"unit": "town"},
    "indicators": {
        "income": {"direction": "benefit", "imputation": "mean", "unit": "thousand"},
        "waste": {"direction": "cost", "per": "people", "weight": 3},
    },
    "methodology": {"missing": "skip", "weighting": "given"},
}


def inspect(changes: dict[str, Any] | None = None, table: pl.DataFrame = TOWNS) -> Any:
    return indicia.read({**RAW, **(changes or {})}).check(table)


def test_the_table_of_indicators_has_the_values_before_anything_is_filled() -> None:
    income, waste = inspect().indicators.to_dicts()
    assert {key: income[key] for key in ("direction", "direction_source", "measure", "present", "of", "imputed")} == {
        "direction": "benefit",
        "direction_source": "stated",
        "measure": "thousand",
        "present": 19,
        "of": 20,
        "imputed": 1,
    }
    assert (income["minimum"], income["minimum_units"], income["median"]) == (1.0, "T01", 10.0)
    assert (income["maximum"], income["maximum_units"], income["imputed_by"]) == (19.0, "T19", "mean")
    assert (waste["maximum"], waste["maximum_units"], waste["outliers"]) == (9.0, "T00", 1)


def test_a_value_that_many_units_hold_names_three_of_them() -> None:
    table = TOWNS.with_columns(income=pl.Series([1.0] * 8 + [float(row) for row in range(12)]))
    assert inspect(table=table).indicators["minimum_units"][0] == "T08"
    table = TOWNS.with_columns(income=pl.Series([0.0] * 5 + [float(row) for row in range(1, 16)]))
    assert inspect(table=table).indicators["minimum_units"][0] == "T00, T01, T02 and 2 more"


def test_the_table_of_units_names_what_is_missing_and_the_weight_of_what_is_imputed() -> None:
    first, second = inspect().units.head(2).to_dicts()
    assert (first["present"], first["missing"], first["imputed"], first["imputed_weight"]) == (1, "income", 1, 0.25)
    assert (second["present"], second["missing"], second["imputed_weight"]) == (2, None, 0.0)


def test_the_weights_of_a_tree_are_products_of_shares() -> None:
    raw = {
        "dimensions": {"a": {"weight": 1}, "b": {"weight": 3}},
        "indicators": {"income": {"dimension": "a"}, "waste": {"dimension": "b"}, "people": {"dimension": "b"}},
    }
    facts = inspect(raw).subject.indicators
    assert {name: facts[name].weight for name in facts} == {"income": 0.25, "waste": 0.375, "people": 0.375}


def test_indicators_that_run_against_each_other_are_named() -> None:
    table = TOWNS.with_columns(waste=pl.col("people") * pl.Series([float(row) for row in range(20)]))
    assert inspect(table=table).indicators["against"].to_list() == ["waste", "income"]
    turned = {"indicators": {**RAW["indicators"], "waste": {"direction": "benefit", "per": "people"}}}
    assert inspect(turned, table).indicators["against"].to_list() == [None, None]


def test_the_table_of_periods_has_their_coverage_and_the_absent_units() -> None:
    table = pl.DataFrame(
        {"town": ["a", "b", "a", "c"], "year": [1, 1, 2, 2], "income": [1.0, None, 3.0, 4.0], "waste": [1.0, 2, 3, 4]}
    )
    raw = {
        "data": {"unit": "town", "period": "year"},
        "indicators": {"income": {"direction": "benefit"}, "waste": {"direction": "cost"}},
    }
    assert inspect(raw, table).periods.rows() == [("1", 2, 3, 4, 0.75, "c"), ("2", 2, 4, 4, 1.0, "b")]


def test_columns_without_a_role_are_listed_with_the_reason() -> None:
    assert inspect().unused.select("kind", "name").rows() == [("column", "remark")]


def test_the_reason_of_an_unused_column_is_that_of_the_recognition() -> None:
    table = TOWNS.with_columns(pl.int_range(1, 21).alias("rownames"), pl.col("income").alias("wages") * 1.3)
    reasons = {name: reason for _, name, reason in inspect(table=table).unused.rows()}
    assert "numbers the rows" in reasons["rownames"]
    assert reasons["wages"] == "no indicator uses it"


def test_a_row_that_without_leaves_out_is_listed_with_the_rule(tmp_path: Path) -> None:
    total = pl.DataFrame({"town": ["Total"], **{name: [TOWNS[name].sum()] for name in ("people", "income", "waste")}})
    pl.concat([TOWNS.drop("remark"), total]).write_csv(tmp_path / "towns.csv")
    raw = {"data": {"unit": "town", "path": str(tmp_path / "towns.csv"), "without": ["Total"]}}
    outcome = indicia.read({**RAW, **raw}).check()
    (row,) = outcome.unused.filter(pl.col("kind") == "row").to_dicts()
    assert row["name"] == "Total"
    assert "its name is that of a total" in row["reason"]
    assert "D18" not in outcome.findings["check"].to_list()


@pytest.mark.parametrize(
    ("code", "changes", "where", "words"),
    [
        ("D17", {"income": pl.int_range(1, 21, eager=True)}, "rownames", "numbers the rows"),
        ("D18", {"town": pl.Series([*TOWNS["town"][:19], "World"])}, "World", "World is among the units"),
        ("D19", {"waste": pl.Series([-999.0, *TOWNS["waste"][1:]])}, "waste", "is read as a number"),
        ("D22", {"town": pl.Series(["Lima", "LIMA", *TOWNS["town"][2:]])}, "Lima", "differ only in"),
    ],
)
def test_a_doubt_of_the_recognition_is_a_finding(
    code: str, changes: dict[str, pl.Series], where: str, words: str
) -> None:
    table = TOWNS.with_columns(**changes)
    raw: dict[str, Any] = {"indicators": {**RAW["indicators"], "waste": {"direction": "cost"}}}
    if code == "D17":
        table = table.rename({"income": "rownames"})
        raw = {"indicators": {"rownames": {"direction": "benefit"}, "waste": {"direction": "cost"}}}
    found = inspect(raw, table).findings.filter(pl.col("check") == code)
    assert found["where"].to_list() == [where]
    assert words in found["sentence"][0]


def test_an_assumed_direction_that_the_name_contradicts_is_a_warning() -> None:
    table = TOWNS.rename({"waste": "murder"})
    outcome = inspect({"indicators": {"income": {}, "murder": {}}}, table)
    severities = {entry.finding.where: entry.severity for entry in outcome.reported_findings if entry.code == "D16"}
    assert severities == {"income": "information", "murder": "warning"}


def test_in_an_index_of_harms_a_good_is_the_contradiction() -> None:
    table = TOWNS.rename({"waste": "murder"}).with_columns(literacy=pl.col("people") * 0.05)
    specs = {"literacy": {"direction": "cost"}, "murder": {}, "income": {}}
    outcome = inspect({"indicators": specs}, table)
    severities = {entry.finding.where: entry.severity for entry in outcome.reported_findings if entry.code == "D16"}
    assert (severities["income"], severities["murder"]) == ("warning", "information")


HARMS = TOWNS.rename({"waste": "murder"}).with_columns(literacy=pl.col("people") * 0.05)


def doubts_of(directions: dict[str, str], **words: Any) -> dict[str, str]:
    """Return the sentences of D16 by indicator."""
    specs = {name: {"direction": direction} for name, direction in directions.items()}
    outcome = inspect({"indicators": specs, **words}, HARMS)
    entries = [entry for entry in outcome.reported_findings if entry.code == "D16"]
    assert {entry.severity for entry in entries} <= {"information"}
    return {entry.finding.where: entry.finding.sentence for entry in entries}


def test_in_an_index_that_is_a_cost_a_harm_is_a_benefit_without_a_doubt() -> None:
    assert doubts_of({"murder": "benefit", "literacy": "cost"}, direction="cost") == {}


def test_in_an_index_that_is_a_cost_a_direction_as_its_name_is_a_doubt() -> None:
    found = doubts_of({"murder": "cost", "literacy": "cost"}, direction="cost")
    assert found["murder"] == (
        "murder is a cost, which lowers a score of which less is better, so that more of it is better, "
        'although "murder" is a word for harm'
    )
    assert "every indicator is a cost" in found["index"]


def test_a_dimension_that_is_a_cost_has_directions_of_harms_in_an_index_of_goods() -> None:
    specs = {"murder": {"direction": "benefit", "dimension": "crime"}, "literacy": {"direction": "benefit"}}
    outcome = inspect({"indicators": specs, "dimensions": {"crime": {"direction": "cost"}}}, HARMS)
    assert [entry for entry in outcome.reported_findings if entry.code == "D16"] == []
    murder, literacy = (outcome.subject.oriented[name] for name in specs)
    assert (murder.tolist(), literacy.tolist()) == ((-HARMS["murder"]).to_list(), HARMS["literacy"].to_list())


def test_directions_as_in_an_index_of_a_harm_are_a_doubt_if_a_higher_score_is_better() -> None:
    found = doubts_of({"murder": "benefit", "literacy": "cost"})
    assert found["index"].startswith("2 of 2 directions are contrary to the names, as in an index of a harm")


def test_a_direction_that_the_index_file_does_not_state_is_assumed() -> None:
    outcome = inspect({"indicators": {"income": {}, "waste": {"direction": "cost"}}})
    assert outcome.indicators["direction_source"].to_list() == ["assumed", "stated"]
    assert [entry.code for entry in outcome.reported_findings if entry.finding.where == "income"] == ["D16"]


def test_a_skewed_indicator_is_a_finding_and_no_ok() -> None:
    outcome = inspect()
    assert "D05" in outcome.findings["check"].to_list()
    assert not outcome.is_ok
    assert "ok" not in outcome.lines[-1]


def test_a_table_without_findings_is_ok() -> None:
    table = TOWNS.with_columns(
        waste=pl.Series([float((7 * row) % 20) + 1 for row in range(20)]), income=pl.col("people")
    )
    outcome = inspect({"indicators": {"income": {"direction": "benefit"}, "waste": {"direction": "cost"}}}, table)
    assert outcome.is_ok
    assert outcome.lines[-1] == "ok"


WAIVER = {"code": "D05", "where": "waste", "reason": "a landfill lies in T00"}


def test_a_waived_finding_keeps_its_reason_and_does_not_fail() -> None:
    outcome = inspect({"waivers": [WAIVER]})
    (row,) = outcome.findings.filter(pl.col("check") == "D05").to_dicts()
    assert row["waived"] == "a landfill lies in T00"
    assert "D05" in [entry.code for entry in inspect().fails("warning")]
    assert "D05" not in [entry.code for entry in outcome.fails("warning")]
    assert not outcome.fails("D05")


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_a_waiver_needs_a_reason(reason: str | None) -> None:
    waiver = {key: value for key, value in {**WAIVER, "reason": reason}.items() if value is not None}
    with pytest.raises(DefinitionError, match="reason"):
        inspect({"waivers": [waiver]})


def test_the_index_file_sets_thresholds() -> None:
    assert "D05" not in inspect({"checks": {"D05": {"skewness": 9}}}).findings["check"].to_list()


@pytest.mark.parametrize(
    ("checks", "problem", "remedy"),
    [
        ({"D05": {"skewnes": 1}}, 'D05 has no parameter "skewnes"', 'did you mean "skewness"?'),
        ({"D5": {}}, 'unknown check "D5"', "did you mean"),
        ({"D01": {"share": 2}}, "D01: share = 2", ""),
    ],
)
def test_a_wrong_threshold_is_an_error_with_the_nearest_name(checks: dict[str, Any], problem: str, remedy: str) -> None:
    with pytest.raises(MethodError, match=problem) as caught:
        inspect({"checks": checks})
    assert remedy in str(caught.value.remedy or "")


@pytest.mark.parametrize(
    ("limit", "codes"),
    [
        ("never", set()),
        ("error", {"D02"}),
        ("warning", {"D02", "D05", "D09"}),
        ("D05", {"D05"}),
        ("error,D05", {"D02", "D05"}),
    ],
)
def test_a_limit_is_a_severity_or_codes(limit: str, codes: set[str]) -> None:
    assert {entry.code for entry in inspect().fails(limit)} == codes


def test_an_unknown_limit_is_an_error_with_the_nearest_word() -> None:
    with pytest.raises(IndiciaError, match='findings cannot be limited by "warnings"') as caught:
        inspect().fails("warnings")
    assert caught.value.remedy == 'did you mean "warning"?'


def test_a_check_that_lacks_what_it_needs_is_skipped_with_the_reason() -> None:
    skipped = dict(inspect().skipped.select("check", "reason").rows())
    assert skipped["D08"] == "the index has one period"
    assert skipped["D12"] == "the check looks at scores, and `check` computes none: `indicia audit` does"


PLUGIN = '''
from dataclasses import dataclass
from indicia.catalogue import hookimpl
from indicia.checks import Check, Finding


@dataclass(frozen=True)
class Mine(Check):
    """Look."""

    code = "{code}"
    title = "mine"
    source = "Example"

    def look(self, subject):
        {body}


@hookimpl
def indicia_checks():
    return [Mine]
'''


def with_plugin(folder: Path, body: str, code: str = "H01") -> Any:
    file = folder / "mine.py"
    file.write_text(PLUGIN.format(code=code, body=body), encoding="utf-8")
    return indicia.read(RAW, plugins=[file])


def test_a_check_of_another_plugin_reports_beside_the_shipped_ones(tmp_path: Path) -> None:
    outcome = with_plugin(tmp_path, 'yield Finding("index", None, None, "it is so")').check(TOWNS)
    assert {"H01", "D05"} <= set(outcome.findings["check"])


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('raise KeyError("gdp")', "fails: KeyError: 'gdp'"),
        ('yield "a text"', "fails: TypeError: look yields 'a text', which is no Finding"),
        ('yield Finding("index", None, None, "so", severity="grave")', "fails: ValueError: a finding has the severity"),
        ('yield Finding("", None, None, "so")', "fails: TypeError: a finding has no place"),
    ],
)
def test_a_fault_of_another_plugin_is_named_and_the_other_checks_report(body: str, reason: str, tmp_path: Path) -> None:
    index = with_plugin(tmp_path, body)
    with pytest.warns(PluginWarning, match=r"plugin .*mine\.py: the check H01 fails"):
        outcome = index.check(TOWNS)
    assert dict(outcome.skipped.select("check", "reason").rows())["H01"].startswith(reason)
    assert "D05" in outcome.findings["check"].to_list()


def test_a_plugin_that_offers_a_shipped_code_is_refused(tmp_path: Path) -> None:
    index = with_plugin(tmp_path, "yield from ()", code="D05")
    with pytest.raises(PluginError, match='two plugins offer the check "D05"') as caught:
        index.check(TOWNS)
    assert "indicia_checks" in str(caught.value.where)


def test_the_findings_of_a_check_are_limited(tmp_path: Path) -> None:
    body = 'yield from (Finding("index", None, None, f"number {n}") for n in range(5000))'
    outcome = with_plugin(tmp_path, body).check(TOWNS)
    assert outcome.findings["check"].to_list().count("H01") == 1000
    assert "H01 has more than 1,000 findings, and the first 1,000 are kept" in outcome.remarks


def test_many_labels_of_several_units_get_one_line() -> None:
    table = TOWNS.with_columns(label=pl.Series([f"L{row // 2}" for row in range(20)]))
    lines = inspect({"data": {"unit": "town", "label": "label"}}, table).lines
    (line,) = [line for line in lines if "label" in line]
    assert line.startswith('10 labels name several units: "L0" (2 units), "L1" (2 units), "L2" (2 units) and 7 more')


def test_data_that_cannot_be_scored_are_reported_with_the_error() -> None:
    raw = {"methodology": {}, "indicators": {"income": {"direction": "benefit"}, "waste": {"direction": "cost"}}}
    outcome = inspect(raw)
    assert outcome.units["missing"][0] == "income"
    assert str(outcome.refusal).startswith("income is missing for 1 unit(s): T00")
    assert not outcome.is_ok
    assert outcome.lines[-1].startswith("the data cannot be scored, ")


def test_a_constant_indicator_is_reported_with_the_error() -> None:
    outcome = inspect(table=TOWNS.with_columns(waste=pl.col("people")))
    assert "D21" in outcome.findings["check"].to_list()
    assert "waste" in str(outcome.refusal)


def test_a_variant_that_cannot_be_scored_is_named_and_the_data_are_reported() -> None:
    outcome = inspect({"variants": {"v": {"weighting": "no"}}})
    assert [error.what for error in outcome.errors] == ['variant "v" cannot be scored: unknown weighting "no"']
    assert len(outcome.indicators)
    assert not outcome.is_ok
    assert "1 variant cannot be scored" in outcome.verdict


def test_an_inspection_computes_no_score_and_changes_no_data() -> None:
    before = TOWNS.clone()
    inspect()
    assert TOWNS.equals(before, null_equal=True)


def test_the_document_has_all_tables() -> None:
    document = inspect().document
    assert {"indicators", "units", "periods", "findings", "unused", "skipped", "verdict"} <= set(document)


def test_units_that_screening_leaves_out_are_no_findings() -> None:
    raw = {"screening": {"units": 0.9}}
    assert "T00" not in inspect(raw).findings["where"].to_list()


TRUE_DOUBTS = {
    ("arwu_2005_2015", "D22"): "universities change the spelling of their names between the years",
    ("ihdi_loss", "S04"): "the loss compares two indices of the same dimensions",
    ("decathlon", "D22"): "athletes are written in capitals at one of two meetings",
}


@pytest.fixture(scope="module")
def findings_of_gallery(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    """The findings about the indices of the gallery, by the name of the index file."""
    folder = tmp_path_factory.mktemp("gallery")
    link_published(folder / "data")
    findings = {}
    for file in sorted((Path(__file__).parents[3] / "examples" / "gallery").glob("*.toml")):
        (folder / file.name).write_bytes(file.read_bytes())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            findings[file.stem] = indicia.read(folder / file.name).check().findings
    return findings


@pytest.mark.skipif(not FOLDER.is_dir(), reason=ABSENT)
@pytest.mark.parametrize("code", ["D17", "D18", "D19", "D20", "D21", "D22", "S04"])
def test_the_indices_of_the_gallery_raise_no_doubt(code: str, findings_of_gallery: dict[str, pl.DataFrame]) -> None:
    doubts = {
        name: findings.filter(pl.col("check") == code)["sentence"].to_list()
        for name, findings in findings_of_gallery.items()
        if (name, code) not in TRUE_DOUBTS
    }
    assert {name: sentences for name, sentences in doubts.items() if sentences} == {}


def missing_facts(publication: str, path: Path | None = None) -> list[str]:
    toml = f'{publication}\n[data]\nunit = "town"\n[indicators]\nincome = {{ direction = "benefit" }}\n'
    if path is None:
        index = indicia.read(tomllib.loads(toml))
    else:
        path.write_text(toml, encoding="utf-8")
        index = indicia.read(path)
    table = pl.DataFrame({"town": ["A", "B", "C", "D"], "income": [1.0, 2.0, 4.0, 7.0]})
    return index.check(table).findings.filter(pl.col("check") == "N01")["sentence"].to_list()


def test_the_facts_that_readers_miss_are_named(tmp_path: Path) -> None:
    assert missing_facts("", tmp_path / "index.toml") == [
        "readers of the report miss publisher, edition, date, licence, contact, citation"
    ]
    stated = '[publication]\nauthors = "Rossi, Ada"\nedition = 2\ndate = 2024\nurl = "https://example.org"'
    assert missing_facts(stated) == ["readers of the report miss licence"]
    assert missing_facts(f'{stated}\nlicence = "CC0-1.0"') == []


def test_an_index_without_a_file_is_not_asked_for_its_publisher() -> None:
    assert missing_facts("") == []
