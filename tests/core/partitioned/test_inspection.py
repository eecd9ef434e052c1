from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from partition_cuts import cut, score_partitions

import indicia
from indicia.checks import Check
from indicia.errors import DataError, IndiciaError
from indicia.partitions.partition import NeedsAllRows
from indicia_audit.inspection import Sources
from indicia_engines import open_engine
from indicia_partitions.inspection import PartitionedInspection, inspect_partitions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CUTS = (5, 5, 40, 41)
"""The places of cuts in a table of 97 rows: partitions of 5, 0, 35, 1 and 56 rows."""


def towns(rows: int = 97) -> pl.DataFrame:
    """Return a table with gaps, zeros, ties, an outlier, and a unit without a group."""
    random = np.random.default_rng(3)
    income = random.normal(30, 5, rows)
    income[7] = 400
    frame = pl.DataFrame(
        {
            "town": [f"T{row:03}" for row in range(rows)],
            "region": [None if row == 11 else ("north", "south")[row % 2] for row in range(rows)],
            "income": income,
            "schooling": random.normal(10, 2, rows).round(0),
            "waste": random.exponential(3, rows),
            "crime": np.where(random.random(rows) < 0.6, 0, random.random(rows)),
            "area": random.normal(3, 1, rows),
        }
    )
    lacks = {"waste": 0.1, "crime": 0.45}
    return frame.with_columns(
        pl.when(pl.Series(random.random(rows)) < share).then(None).otherwise(name).alias(name)
        for name, share in lacks.items()
    )


def index_of(**methodology: Any) -> dict[str, Any]:
    return {
        "name": "Towns",
        "data": {"unit": "town", "groups": ["region"]},
        "dimensions": {"life": {}},
        "indicators": {
            "income": {"direction": "benefit", "dimension": "life", "treatment": "none"},
            "schooling": {"direction": "benefit", "dimension": "life", "bounds": [6, 12]},
            "waste": {"direction": "cost", "dimension": "life", "imputation": "median"},
            "crime": {},
        },
        "methodology": {"missing": "skip", "treatment": "fences", **methodology},
    }


def write(frame: pl.DataFrame, folder: Path, places: Sequence[int] = CUTS) -> Path:
    parts = folder / "parts"
    parts.mkdir()
    for number, rows in enumerate(cut(frame, *places)):
        rows.write_parquet(parts / f"part-{number}.parquet")
    return parts


def check(definition: dict[str, Any], parts: Path, rows_of_sample: int = 100_000, rows: int = 30) -> Any:
    """Check a folder; partitions have some rows or one file."""
    index = indicia.read(definition)
    with open_engine("memory") as engine:
        return inspect_partitions(
            index,
            str(parts),
            engine,
            index.catalogue.with_checks(),
            sources=Sources(),
            rows=rows,
            rows_of_sample=rows_of_sample,
        )


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(towns(), tmp_path_factory.mktemp("towns"))


@pytest.fixture(scope="module")
def whole(parts: Path) -> PartitionedInspection:
    """The inspection in which checks look at all rows."""
    return check(index_of(), parts)


@pytest.fixture(scope="module")
def sampled(parts: Path) -> PartitionedInspection:
    """The inspection in which checks of rows look at every tenth row."""
    return check(index_of(), parts, rows_of_sample=10)


def test_statistics_of_indicators_are_those_of_a_check_in_memory(
    whole: PartitionedInspection, sampled: PartitionedInspection
) -> None:
    memory = indicia.read(index_of()).check(towns()).indicators
    for inspection in (whole, sampled):
        columns = [name for name in memory.columns if name in inspection.indicators.columns]
        assert set(memory.columns) - set(columns) == {"distinct", "most_common_share"}
        for name in set(columns) - {"direction_conflict"}:
            expected, values = memory[name].to_list(), inspection.indicators[name].to_list()
            assert [value is None for value in values] == [value is None for value in expected], name
            if memory[name].dtype == pl.Float64:
                values = [value for value in values if value is not None]
                expected = pytest.approx([value for value in expected if value is not None], rel=1e-12)
            assert values == expected, name


def test_quartiles_mean_and_deviation_are_of_all_rows(sampled: PartitionedInspection) -> None:
    waste = towns()["waste"].drop_nulls().to_numpy()
    row = sampled.indicators.row(by_predicate=pl.col("indicator") == "waste", named=True)
    assert [row["first_quartile"], row["median"], row["third_quartile"]] == pytest.approx(
        np.quantile(waste, [0.25, 0.5, 0.75]).tolist(), rel=1e-12
    )
    assert (row["mean"], row["deviation"]) == pytest.approx((waste.mean(), waste.std(ddof=1)), rel=1e-12)


def test_correlations_are_over_the_rows_that_have_both_values(sampled: PartitionedInspection) -> None:
    both = towns().select("waste", "crime").drop_nulls()
    row = sampled.correlations.filter(indicator="waste", other="crime").row(0, named=True)
    expected = np.corrcoef(both.to_numpy().T)[0, 1]
    assert (row["correlation"], row["rows"]) == (pytest.approx(expected, rel=1e-12), len(both))


def test_groups_have_their_rows_and_those_without_a_group_come_last(sampled: PartitionedInspection) -> None:
    assert sampled.groups.select("column", "group", "rows").rows() == [
        ("region", "north", 49),
        ("region", "south", 47),
        ("region", None, 1),
    ]


def test_findings_are_those_in_memory_where_checks_look_at_all_rows(whole: PartitionedInspection) -> None:
    memory = indicia.read(index_of()).check(towns())
    assert len(memory.findings) > 10
    assert whole.findings.drop("value").equals(memory.findings.drop("value"))
    assert whole.coverage == ""


def test_the_page_in_memory_and_over_partitions_has_the_same_lines(whole: PartitionedInspection) -> None:
    memory = indicia.read(index_of()).check(towns())
    assert whole.lines[1:] == memory.lines[1:]
    assert whole.size == memory.size


def test_findings_in_a_panel_are_those_in_memory(tmp_path: Path) -> None:
    frames = [towns(30).with_columns(pl.lit(year).alias("year"), pl.col("income") + year) for year in (1, 2, 3)]
    panel = pl.concat(frames).filter(~((pl.col("town") == "T005") & (pl.col("year") == 2)))
    definition = index_of()
    definition["data"]["period"] = "year"
    inspection = check(definition, write(panel, tmp_path))
    memory = indicia.read(definition).check(panel)
    assert inspection.findings.drop("value").equals(memory.findings.drop("value"))
    columns = ["period", "units", "present", "of", "share"]
    assert inspection.periods.equals(memory.periods.select(columns))


def test_findings_on_single_rows_say_how_many_rows_were_looked_at(sampled: PartitionedInspection) -> None:
    mark = "(looked at 10 of 97 rows: every 10th)"
    sentences = {(row["check"], row["where"]): row["sentence"] for row in sampled.findings.iter_rows(named=True)}
    of_rows = [sentence for (code, _), sentence in sentences.items() if code in ("D02", "D03", "D10", "D15")]
    assert of_rows
    assert all(sentence.endswith(mark) for sentence in of_rows)


def test_findings_on_statistics_are_those_of_all_rows(sampled: PartitionedInspection) -> None:
    codes = ("D01", "D05", "D06", "D07", "D13", "D21")
    memory = indicia.read(index_of()).check(towns()).findings.filter(pl.col("check").is_in(codes))
    findings = sampled.findings.filter(pl.col("check").is_in(codes))
    assert len(memory) >= 2
    assert findings.drop("value").equals(memory.drop("value"))


def test_the_head_names_the_rows_and_the_checks_that_a_sample_misleads(sampled: PartitionedInspection) -> None:
    assert sampled.coverage == (
        "statistics are of all rows; checks of single rows looked at 10 of 97 rows: every 10th; not looked at, since a "
        "sample misleads: D14, D17, D18, D22, N02"
    )
    reasons = dict(sampled.skipped.select("check", "reason").iter_rows())
    assert reasons["D22"].startswith("needs all rows, and would mislead on a sample")


def test_a_unit_without_a_group_is_no_finding_of_a_sample_that_lacks_it(sampled: PartitionedInspection) -> None:
    assert sampled.findings.filter(check="D14").is_empty()


@pytest.mark.parametrize("places", [(), (1, 2, 3), (50,)])
def test_the_sample_does_not_depend_on_the_partitions(
    places: tuple[int, ...], tmp_path: Path, sampled: PartitionedInspection
) -> None:
    other = check(index_of(), write(towns(), tmp_path, places), rows_of_sample=10)
    assert other.subject.units.equals(sampled.subject.units)
    assert other.subject.units["town"].to_list() == [f"T{row:03}" for row in range(0, 97, 10)]


def test_filled_values_of_the_sample_have_statistics_of_all_rows(sampled: PartitionedInspection) -> None:
    median = towns()["waste"].median()
    filled = sampled.subject.filled["waste"].filter(sampled.subject.imputed["waste"])
    assert filled.to_list() == [median] * len(filled)


def test_a_waiver_for_a_finding_that_a_sample_may_miss_is_not_judged(parts: Path) -> None:
    definition = {**index_of(), "waivers": [{"code": code, "reason": "known"} for code in ("D02", "D14", "D21")]}
    inspection = check(definition, parts, rows_of_sample=10)
    idle = inspection.findings.filter(check="V01")["sentence"].to_list()
    assert [re.findall(r"D\d\d", sentence) for sentence in idle] == [["D21"]]


def test_gaps_that_a_run_refuses_are_an_error_beside_the_facts(parts: Path) -> None:
    definition = index_of(missing="refuse")
    inspection, memory = check(definition, parts), indicia.read(definition).check(towns())
    assert memory.refusal is not None
    assert str(inspection.refusal) == str(memory.refusal)
    assert inspection.indicators["present"].equals(memory.indicators["present"])


def test_a_constant_indicator_is_an_error_beside_the_facts(tmp_path: Path) -> None:
    frame = towns().with_columns(pl.lit(5.0).alias("income"))
    inspection = check(index_of(treatment="none"), write(frame, tmp_path))
    assert inspection.refusal is not None
    assert "income is the same for all units" in str(inspection.refusal)
    assert "income is constant: 5 for all 97 units" in inspection.findings["sentence"].to_list()


def test_a_unit_in_two_partitions_is_refused_with_its_name(tmp_path: Path) -> None:
    frame = towns().with_columns(pl.col("town").replace("T090", "T002"))
    with pytest.raises(DataError, match="T002"):
        check(index_of(), write(frame, tmp_path))


def test_a_unit_of_eligible_that_no_partition_has_is_refused_with_the_nearest_name(parts: Path) -> None:
    definition = {**index_of(), "eligible": {"without": ["T096", "T0O2"]}}
    with pytest.raises(DataError, match=r'\[eligible\] names "T0O2", which is no unit of the data') as caught:
        check(definition, parts)
    assert caught.value.remedy is not None
    assert "did you mean" in caught.value.remedy


def test_a_run_refuses_a_unit_of_eligible_that_no_partition_has() -> None:
    index = indicia.read({**index_of(), "eligible": {"without": ["T0O2"]}})
    with pytest.raises(DataError, match=r'\[eligible\] names "T0O2"'):
        score_partitions(index, towns(), CUTS)


def test_a_run_accepts_a_unit_of_eligible_that_another_partition_has() -> None:
    index = indicia.read({**index_of(), "eligible": {"without": ["T096"]}})
    assert sum(len(scored.units) for scored in score_partitions(index, towns(), CUTS)) == 97


def test_text_for_a_number_is_refused_with_its_file(tmp_path: Path) -> None:
    parts = tmp_path / "parts"
    parts.mkdir()
    towns()[:50].drop("region").write_csv(parts / "a.csv")
    towns()[50:].drop("region").with_columns(pl.lit("high").alias("income")).write_csv(parts / "b.csv")
    definition = index_of()
    definition["data"] = {"unit": "town"}
    with pytest.raises(DataError, match="income") as caught:
        check(definition, parts)
    assert "b.csv" in str(caught.value)


def test_methods_that_need_all_rows_are_refused_before_anything_is_read(parts: Path) -> None:
    with pytest.raises(NeedsAllRows, match="promethee"):
        check(index_of(aggregation="promethee"), parts)


def test_a_table_of_units_needs_all_rows(whole: PartitionedInspection) -> None:
    with pytest.raises(IndiciaError, match='an inspection of partitions has no table "units"'):
        whole.frame("units")


def test_columns_without_a_role_are_listed(whole: PartitionedInspection) -> None:
    assert whole.unused.rows() == [("column", "area", "no indicator uses it")]


def test_the_document_has_all_tables_and_the_rows_that_checks_looked_at(sampled: PartitionedInspection) -> None:
    assert set(sampled.table_names) <= set(sampled.document)
    assert sampled.document["coverage"] == sampled.coverage


def test_the_manifest_has_the_table_and_its_partitions(sampled: PartitionedInspection) -> None:
    assert sampled.manifest["file"]["partitions"] == 4


@pytest.mark.thorough
def test_processes_give_the_same_facts_and_findings(parts: Path) -> None:
    index = indicia.read(index_of())
    here = index.check_partitions(parts, engine="memory", rows=30)
    there = index.check_partitions(parts, workers=2, rows=30)
    assert there.indicators.equals(here.indicators)
    assert there.correlations.equals(here.correlations)
    assert there.findings.equals(here.findings)


def test_a_check_that_states_no_evidence_needs_all_rows() -> None:
    assert Check.evidence == "all rows"


def test_an_unknown_evidence_is_refused() -> None:
    words = {"code": "Z01", "title": "odd", "source": "here", "evidence": "some rows", "__doc__": "Find nothing."}
    problem = type("Odd", (Check,), words).class_problem()
    assert problem == "whose evidence is 'some rows', which is none of statistics, sample, all rows"
