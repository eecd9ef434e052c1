"""The works to cite for an index and for a run."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from indicia import read_fitted
from indicia.cli import main
from indicia.errors import DataError
from indicia.result import read_citations
from indicia_bundle.fitted_file import checksum

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia import Index

ROOT = Path(__file__).parents[3]
INDEX = """[publication]
publisher = "Office of Cities"
date = 2024-03-31

[data]
path = "cities.csv"
unit = "city"

[sources.lfs]
title = "Labour force survey"
year = 2023
accessed = 2024-01-15

[sources.old]
title = "Census"

[indicators]
jobs = { direction = "benefit", source = "lfs" }
air = { direction = "cost", source = "Measurements of the cities" }
"""


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Run the command line in a folder with an index and its data."""
    monkeypatch.chdir(tmp_path)
    Path("index.toml").write_text(INDEX)
    Path("cities.csv").write_text("city,jobs,air\nLima,3,2\nOslo,9,8\nPune,1,1.5\n")

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        return int(caught.value.code or 0), *capfd.readouterr()

    return run


def keys(index: Index, role: str) -> dict[str, tuple[str, ...]]:
    return {work.key: work.used_for for work in index.cite() if work.role == role}


def test_an_index_cites_the_works_of_its_methods(index: Callable[..., Index]) -> None:
    cited = index(
        {"income": {}, "co2": {}}, {"weighting": "critic", "aggregation": "topsis", "normalisation": "vector"}
    )
    assert keys(cited, "method") == {
        "hwang_yoon_1981": ("aggregation topsis", "normalisation vector"),
        "diakoulaki_1995": ("weighting critic",),
    }


def test_methods_within_methods_are_cited(index: Callable[..., Index]) -> None:
    cited = index({"income": {}, "co2": {}}, {"weighting": "combination(of=[entropy, critic])"})
    assert {"shannon_1948", "diakoulaki_1995", "nash_1951"} <= set(keys(cited, "method"))


def test_a_method_of_the_index_itself_names_no_work(index: Callable[..., Index]) -> None:
    cited = index({"income": {}}, {"normalisation": "formula(expression='x / max')", "weighting": "equal"})
    assert not any("normalisation formula" in used for used in keys(cited, "method").values())


def test_indicia_is_cited_with_its_version(index: Callable[..., Index]) -> None:
    (work,) = (work for work in index({"income": {}}).cite() if work.role == "software")
    stated = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert work.version == project["version"]
    assert f'title: "{work.title}"' in stated
    assert all(f"name: {author}" in stated for author in work.authors)
    assert f"license: {work.licence}" in stated


def test_an_index_without_publication_is_not_cited(index: Callable[..., Index]) -> None:
    assert keys(index({"income": {}}), "index") == {}


def test_a_source_is_a_table_or_a_text(index: Callable[..., Index]) -> None:
    cited = index(
        {"income": {"source": "wdi"}, "co2": {"source": "wdi"}, "people": {"source": "wdi 2"}},
        sources={"wdi": {"title": "World Development Indicators", "doi": "10.5555/wdi"}},
    )
    works = {work.key: work for work in cited.cite() if work.role == "data"}
    assert {key: work.used_for for key, work in works.items()} == {
        "data_wdi": ("income", "co2"),
        "data_wdi_2": ("people",),
    }
    assert (works["data_wdi"].title, works["data_wdi"].doi) == ("World Development Indicators", "10.5555/wdi")
    assert works["data_wdi_2"].note == "wdi 2"


def test_a_comparison_cites_all_its_methodologies(index: Callable[..., Index], cities: pl.DataFrame) -> None:
    compared = index({"income": {}, "co2": {}}).compare(table=cities, weighting=["equal", "critic"]).figures
    assert "diakoulaki_1995" in {work.key for work in compared.cite()}


def test_an_analysis_cites_the_alternatives_of_its_draws(index: Callable[..., Index], cities: pl.DataFrame) -> None:
    robust = (
        index({"income": {}, "co2": {}})
        .robustness(cities, draws=2, seed=1, normalisation=["min_max", "vector"], aggregation=["arithmetic", "topsis"])
        .figures
    )
    references = robust.manifest["references"]
    assert references["normalisation vector"] == references["aggregation topsis"] == ["hwang_yoon_1981"]


def test_the_works_of_a_run_stand_in_its_manifest(run: Any) -> None:
    run("run", "-o", "scores.csv")
    manifest = json.loads(Path("scores.csv.manifest.json").read_text())
    assert manifest["references"]["aggregation arithmetic"] == ["oecd_jrc_2008"]
    assert manifest["publication"] == {"publisher": "Office of Cities", "date": "2024-03-31"}
    assert run("cite", "scores.csv.manifest.json") == run("cite")


def test_a_report_a_document_and_a_fitted_index_are_cited_too(run: Any) -> None:
    run("report", "--draws", "2", "-o", "report.html")
    run("export", "-o", "index.json")
    run("fit", "-o", "fitted.json")
    cited = run("cite", "-f", "ris")[1]
    assert [run("cite", file, "-f", "ris")[1] for file in ("report.html", "index.json", "fitted.json")] == [cited] * 3


def test_the_ending_determines_the_format(run: Any) -> None:
    assert run("cite", "-o", "works.ris") == (0, "", "wrote works.ris\n")
    assert Path("works.ris").read_text().startswith("TY  - RPRT\n")
    run("cite", "-o", "works.bib")
    assert Path("works.bib").read_text().startswith("@techreport{")


@pytest.mark.parametrize("option", [["-w", "critic"], ["--set", "name=A"], ["--variant", "strict"]])
def test_options_cannot_change_a_run_that_is_over(run: Any, option: list[str]) -> None:
    run("run", "-o", "scores.csv")
    assert run("cite", "scores.csv.manifest.json", *option) == (
        2,
        "",
        "error: scores.csv.manifest.json is of a run that is over, and options cannot change it\n"
        "  fix: leave the options out, or name the index file\n",
    )


@pytest.mark.parametrize("text", ['{"plugins": {}}', "[1]", "no json"])
def test_a_file_without_citations_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(text)
    with pytest.raises(DataError, match=r"manifest\.json has no citations") as caught:
        read_citations(path)
    assert caught.value.remedy == (
        "name an index file, or a manifest of this version of Indicia: run -o scores.csv writes one"
    )


def test_a_wrong_citation_in_a_manifest_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text('{"citations": [{"key": "a", "colour": "red"}]}')
    with pytest.raises(DataError, match="unknown word colour"):
        read_citations(path)


def test_a_source_that_nothing_names_is_told_by_check(run: Any) -> None:
    assert 'no indicator names old of [sources]: write source = "old", or leave the table out' in run("check")[1]


def test_references_are_no_difference_between_runs(run: Any) -> None:
    run("run", "-o", "scores.csv")
    code, _, err = run("run", "--set", "publication.edition=2", "--expect", "scores.csv.manifest.json")
    assert code == 0
    assert "references" not in err
    assert "citations" not in err


def test_a_fitted_index_cites_the_weighting_that_its_tree_lacks(run: Any) -> None:
    run("fit", "-w", "critic", "-o", "fitted.json")
    run("score", "fitted.json", "cities.csv", "-o", "scores.csv")
    references = json.loads(Path("scores.csv.manifest.json").read_text())["references"]
    assert references["weighting critic"] == ["diakoulaki_1995"]
    assert read_fitted("fitted.json").cite() == read_citations("scores.csv.manifest.json")


def cited_keys(run: Any, *options: str) -> set[str]:
    """Return the keys of the works that a fitted index cites with these options."""
    code, out, _ = run("cite", "fitted.json", *options, "-f", "bibtex")
    assert code == 0
    return set(re.findall(r"@\w+\{(\w+)", out))


def test_a_fitted_index_with_another_method_cites_the_methods_in_use(run: Any) -> None:
    run("fit", "-w", "critic", "-a", "topsis", "-o", "fitted.json")
    before = cited_keys(run)
    assert {"diakoulaki_1995", "hwang_yoon_1981"} <= before
    with_other = cited_keys(run, "-a", "vikor")
    assert "diakoulaki_1995" not in cited_keys(run, "-w", "equal")
    run("fit", "-w", "critic", "-a", "vikor", "-o", "fitted.json")
    assert with_other == cited_keys(run) != before


def test_sources_of_values_are_cited(index: Callable[..., Index]) -> None:
    table = pl.DataFrame(
        {"city": ["Lima", "Oslo", "Pune"], "income": [3.0, 9.0, 1.0], "income_source": ["lfs", "census", "lfs"]}
    )
    dated = index(
        {"income": {}},
        data={"attributes": {"source": "{column}_source"}},
        groups=(),
        sources={"lfs": {"title": "Labour force survey"}},
    )
    works = {work.key: work for work in dated.score(table).cite() if work.role == "data"}
    assert {key: work.used_for for key, work in works.items()} == {
        "data_census": ("income",),
        "data_lfs": ("income",),
    }
    assert works["data_lfs"].title == "Labour force survey"


def test_a_wrong_citation_in_a_fitted_index_is_refused(run: Any) -> None:
    run("fit", "-o", "fitted.json")
    content = json.loads(Path("fitted.json").read_text())
    content["fitted"]["citations"] = [{"key": "a", "colour": "red"}]
    content["sha256"] = checksum(content)
    Path("fitted.json").write_text(json.dumps(content))
    code, _, err = run("score", "fitted.json", "cities.csv")
    assert code == 2
    assert "unknown word colour" in err
