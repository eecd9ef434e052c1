"""A pack has the index, what it reads, and its results; nothing is left out in silence."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import indicia
from indicia.errors import IndiciaError
from indicia_bundle import open_bundle

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia_bundle import Pack

CITIES = "city,income,co2\nLima,3,2\nOslo,9,8\nPune,1,1.5\n"
INDEX = """name = "Cities"
[data]
path = "cities.csv"
unit = "city"
[indicators]
income = { direction = "benefit" }
co2 = { direction = "cost" }
"""
PANEL = """[data]
path = "values.csv"
unit = "city"
period = "year"
joins = [{ path = "../shared/air.csv", on = ["city", "year"] }]
[indicators]
income = { direction = "benefit", source = "office" }
co2 = { direction = "cost" }
[sources.office]
title = "Incomes"
licence = "CC-BY-4.0"
"""
SOURCES = INDEX.replace('"benefit" }', '"benefit", source = "office" }') + '[sources.office]\nlicence = "{licence}"\n'


def content(packed: Pack, name: str) -> str:
    with zipfile.ZipFile(packed.path) as archive:
        return archive.read(name).decode()


def record(packed: Pack) -> dict[str, Any]:
    entries: dict[str, Any] = json.loads(content(packed, "pack.json"))
    return entries


def test_a_pack_has_index_file_data_results_and_texts_for_readers(pack: Callable[..., Pack]) -> None:
    names = pack().files
    for name in ("index/index.toml", "index/cities.csv", "results/scores.csv", "results/index.json", "README.txt"):
        assert name in names
    assert {"DATA_LICENCE.txt", "references.bib", "results/scores.csv.manifest.json"} <= {*names}


def test_index_file_and_data_are_packed_byte_by_byte(pack: Callable[..., Pack]) -> None:
    packed = pack()
    assert content(packed, "index/index.toml") == INDEX
    assert content(packed, "index/cities.csv") == CITIES


def test_the_scores_of_a_pack_are_those_of_a_run(pack: Callable[..., Pack], folder: Path) -> None:
    packed = pack()
    with open_bundle(packed.path) as bundle:
        assert bundle.results["scores"].equals(indicia.read(folder / "index.toml").score().frame("scores"))


def test_packing_twice_gives_the_same_bytes(pack: Callable[..., Pack]) -> None:
    first = pack().path.read_bytes()
    assert pack().path.read_bytes() == first


def test_audit_and_report_travel_along_and_are_the_same_bytes_each_time(folder: Path) -> None:
    index = indicia.read(folder / "index.toml")
    settings = {"audit.draws": 20, "robustness.draws": 20}
    first, second = (indicia.pack(index.with_options(settings=settings), folder / name) for name in ("a.zip", "b.zip"))
    assert {"audit/audit.json", "audit/audit.html", "report/report.html"} <= {*first.files}
    assert first.sha256 == second.sha256


def test_the_pack_records_the_hash_of_each_file_and_the_versions(pack: Callable[..., Pack]) -> None:
    packed = pack()
    entries = record(packed)
    assert {*entries["files"]} == {*packed.files} - {"pack.json"}
    assert {"indicia", "polars", "numpy", "python", "platform"} <= {*entries["environment"]}


def test_a_panel_with_a_joined_table_from_outside_is_packed_with_new_paths(
    pack: Callable[..., Pack], folder: Path
) -> None:
    (folder / "values.csv").write_text("city,year,income\nLima,2020,3\nOslo,2020,9\nLima,2021,4\nOslo,2021,8\n")
    (folder.parent / "shared").mkdir()
    (folder.parent / "shared" / "air.csv").write_text(
        "city,year,co2\nLima,2020,1\nOslo,2020,2\nLima,2021,3\nOslo,2021,1\n"
    )
    packed = pack(PANEL)
    assert 'path = "outside/air.csv"' in content(packed, "index/index.toml")
    assert "index/outside/air.csv" in packed.files
    assert [str(note) for note in packed.notes] == [
        "from outside the folder of the index file, and now in the folder outside: ../shared/air.csv"
    ]
    assert indicia.replay(packed.path).is_same


def test_two_files_of_one_name_from_outside_get_two_places(pack: Callable[..., Pack], folder: Path) -> None:
    text = INDEX.replace('unit = "city"', 'unit = "city"\njoins = [{ path = "../a/more.csv", on = "city" }, ')
    text = text.replace('on = "city" }, ', 'on = "city" }, { path = "../b/more.csv", on = "city" }]')
    for name, column in (("a", "trees"), ("b", "parks")):
        (folder.parent / name).mkdir()
        (folder.parent / name / "more.csv").write_text(f"city,{column}\nLima,1\nOslo,2\nPune,3\n")
    packed = pack(text + "trees = {}\nparks = {}\n")
    assert {"index/outside/more.csv", "index/outside/more-2.csv"} <= {*packed.files}
    assert indicia.replay(packed.path).is_same


def test_judgements_and_the_published_reference_travel_along(pack: Callable[..., Pack], folder: Path) -> None:
    (folder / "judged.csv").write_text(",income,co2\nincome,1,3\nco2,1/3,1\n")
    (folder / "published.csv").write_text("city,rank\nOslo,1\nLima,2\nPune,3\n")
    text = INDEX + "[methodology]\nweighting = \"ahp(matrix='judged.csv')\"\n"
    packed = pack(text + '[reference]\npath = "published.csv"\nrank = "rank"\n')
    assert {"index/judged.csv", "index/published.csv"} <= {*packed.files}


def test_options_that_change_the_index_are_packed_and_noted(folder: Path) -> None:
    index = indicia.read(folder / "index.toml").with_options(normalisation="z_score")
    packed = indicia.pack(index, folder / "index.zip", audit=False, report=False)
    assert any("index.json has the index as it was scored (methodology.normalisation)" in n for n in packed.notes)
    with open_bundle(packed.path) as bundle:
        assert bundle.index.score(bundle.table).scores.equals(index.score().scores)


def test_the_rows_of_a_frame_are_packed_as_they_are(pack: Callable[..., Pack]) -> None:
    frame = pl.read_csv(io.StringIO(CITIES)).with_columns(income=pl.col("income") + 0.1)
    packed = pack(table=frame)
    assert "table/table.parquet" in packed.files
    assert "index/cities.csv" not in packed.files
    assert "the rows of the table are packed as they were read, since they come from memory" in packed.notes


def test_another_table_is_packed_in_place_of_that_of_the_index_file(pack: Callable[..., Pack], folder: Path) -> None:
    (folder / "new.csv").write_text(CITIES.replace("9,8", "9,7"))
    packed = pack(table=folder / "new.csv")
    assert "table/new.csv" in packed.files
    assert "index/cities.csv" not in packed.files
    assert indicia.replay(packed.path).is_same


def test_a_variant_is_packed_as_the_variant(folder: Path) -> None:
    (folder / "index.toml").write_text(INDEX + '[variants.rough]\nnormalisation = "z_score"\n')
    index = indicia.read(folder / "index.toml").variant("rough")
    packed = indicia.pack(index, folder / "index.zip", audit=False, report=False)
    assert record(packed)["variant"] == "rough"
    assert indicia.replay(packed.path).is_same


def test_without_data_only_hashes_are_packed_and_no_table_with_raw_values(pack: Callable[..., Pack]) -> None:
    packed = pack(with_data=False)
    entries = record(packed)
    assert {*entries["withheld"]} == {"index/cities.csv"}
    assert entries["results"]["prepared"]["file"] is None
    with zipfile.ZipFile(packed.path) as archive:
        assert not any(b"1.5" in archive.read(name) for name in archive.namelist() if name != "pack.json")
    assert str(packed.notes[0]) == "the data are not packed, only their hashes: --without-data leaves them out"


def test_raw_values_that_are_not_published_stay_out(pack: Callable[..., Pack]) -> None:
    text = INDEX + "[publication]\nraw_values = false\n"
    assert "index/cities.csv" not in pack(text).files
    packed = pack(text, with_data=True)
    assert "index/cities.csv" in packed.files
    assert any("raw values or statistics of them, which the index does not publish" in note for note in packed.notes)


@pytest.mark.parametrize(
    ("licence", "is_packed"), [("CC-BY-4.0", True), ("ODbL-1.0", True), ("for members only", False)]
)
def test_data_without_an_open_licence_are_packed_by_hash(
    pack: Callable[..., Pack], licence: str, is_packed: bool
) -> None:
    packed = pack(SOURCES.replace("{licence}", licence))
    assert ("index/cities.csv" in packed.files) is is_packed
    assert any(licence in note for note in packed.notes) is not is_packed


def test_the_licence_note_names_source_licence_and_indicators(pack: Callable[..., Pack]) -> None:
    packed = pack(SOURCES.replace("{licence}", "CC-BY-4.0"))
    note = content(packed, "DATA_LICENCE.txt")
    assert "- office; licence: CC-BY-4.0 (income)" in note
    assert "ask the source" not in note
    assert "Where no licence is stated, ask the source" in content(pack(INDEX), "DATA_LICENCE.txt")


def test_the_audit_has_raw_values_and_is_left_out_where_they_are_withheld(folder: Path) -> None:
    index = indicia.read(folder / "index.toml")
    packed = indicia.pack(index, folder / "index.zip", with_data=False, report=False)
    assert "the audit is left out: it has raw values" in packed.notes


def test_the_citation_file_has_authors_edition_and_day(pack: Callable[..., Pack]) -> None:
    publication = '[publication]\nauthors = ["Hopper, Grace", "The Office"]\nedition = 2024\ndate = 2024-03-31\n'
    lines = content(pack(INDEX + publication + 'licence = "CC-BY-4.0"\n'), "CITATION.cff").splitlines()
    assert 'title: "Cities"' in lines
    assert 'version: "2024"' in lines
    assert 'date-released: "2024-03-31"' in lines
    assert 'license: "CC-BY-4.0"' in lines
    assert lines[-3:] == ['  - family-names: "Hopper"', '    given-names: "Grace"', '  - name: "The Office"']


def test_without_facts_of_publication_there_is_no_citation_file(pack: Callable[..., Pack]) -> None:
    assert "CITATION.cff" not in pack().files


def test_the_readme_says_how_to_replay(pack: Callable[..., Pack]) -> None:
    text = content(pack(), "README.txt")
    assert "  indicia replay THIS-FILE.zip\n" in text
    assert "the data are packed, and the index file states no source and no licence of them" in text


def test_a_missing_folder_is_an_error_before_anything_is_computed(folder: Path) -> None:
    with pytest.raises(IndiciaError, match="there is no folder"):
        indicia.pack(indicia.read(folder / "index.toml"), folder / "none" / "index.zip")


def test_a_fitted_index_is_packed_with_the_table_that_it_scores(folder: Path) -> None:
    (folder / "new.csv").write_text("city,income,co2\nLima,4,2\nRome,5,3\n")
    indicia.fit(indicia.read(folder / "index.toml")).write(folder / "fit-2023.json")
    fitted = indicia.read_fitted(folder / "fit-2023.json")
    packed = indicia.pack(fitted, folder / "edition.zip", folder / "new.csv", audit=False, report=False)
    assert {"index/fitted.json", "table/new.csv"} <= {*packed.files}
    with open_bundle(packed.path) as bundle:
        assert bundle.record.kind == "fitted"
        assert bundle.index.score(bundle.table).scores.equals(fitted.score(folder / "new.csv").scores)
    replayed = indicia.replay(packed.path)
    assert replayed.is_same
    assert replayed.versions.is_empty()  # the file of the fitted index has another name in the pack


def test_a_fitted_index_needs_a_table_to_be_packed(folder: Path) -> None:
    fitted = indicia.fit(indicia.read(folder / "index.toml"))
    with pytest.raises(IndiciaError, match="a fitted index has no data"):
        indicia.pack(fitted, folder / "edition.zip")


def test_a_note_says_that_a_fitted_index_has_statistics_where_data_are_withheld(folder: Path) -> None:
    fitted = indicia.fit(indicia.read(folder / "index.toml"))
    words = {"with_data": False, "audit": False, "report": False}
    packed = indicia.pack(fitted, folder / "edition.zip", folder / "cities.csv", **words)
    assert any("index/fitted.json has statistics of the data" in note for note in packed.notes)
