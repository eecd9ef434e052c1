"""A replay proves that a pack repeats, or says what differs; a pack from anybody does no harm."""

from __future__ import annotations

import io
import json
import zipfile
from hashlib import sha256
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from small_plugins import HALVED

import indicia
from indicia.data import fingerprint
from indicia.errors import IndiciaError, PluginError
from indicia_bundle import open_bundle
from indicia_bundle import record as archive_module
from indicia_bundle.record import archived, rendered
from indicia_bundle.replaying import compare_tables

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia_bundle import Pack

INDEX = """name = "Cities"
[data]
path = "cities.csv"
unit = "city"
[indicators]
income = { direction = "benefit" }
co2 = { direction = "cost" }
"""


def files_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed(path: Path, changes: dict[str, bytes], record: Callable[[dict[str, Any]], None] | None = None) -> Path:
    """Return a pack with other files; with `record`, as somebody writes it who hides the change in pack.json."""
    files = files_of(path) | changes
    if record is not None:
        content = json.loads(files["pack.json"])
        for name, change in changes.items():
            content["files"][name] = {"sha256": sha256(change).hexdigest(), "bytes": len(change)}
        record(content)
        files["pack.json"] = rendered({key: value for key, value in content.items() if key not in ("format", "sha256")})
    other = path.with_name("changed.zip")
    other.write_bytes(archived(files))
    return other


def parquet(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


def other_scores(path: Path, change: pl.Expr) -> Path:
    """Return a pack whose scores were others."""
    with open_bundle(path) as bundle:
        scores = bundle.results["scores"].with_columns(change)

    def record(content: dict[str, Any]) -> None:
        content["results"]["scores"]["sha256"] = fingerprint(scores)

    return changed(path, {"results/tables/scores.parquet": parquet(scores)}, record)


def test_a_pack_is_the_same_in_another_folder(
    pack: Callable[..., Pack], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    packed = pack()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    moved = packed.path.rename(elsewhere / "x.zip")
    (folder / "cities.csv").unlink()
    monkeypatch.chdir(elsewhere)
    replayed = indicia.replay(moved)
    assert replayed.is_same
    assert replayed.compared["state"].unique().to_list() == ["identical"]
    assert replayed.sentences()[0] == f"All {len(replayed.compared)} tables of the result are the same bit by bit."
    assert replayed.versions.is_empty()


def test_a_score_that_differs_is_named_with_its_size_and_the_units(pack: Callable[..., Pack]) -> None:
    replayed = indicia.replay(other_scores(pack().path, pl.col("score") + 0.5))
    assert not replayed.is_same
    row = replayed.compared.row(by_predicate=pl.col("table") == "scores", named=True)
    assert (row["state"], row["cells"]) == ("differs", 3)
    assert row["largest_difference"] == pytest.approx(0.5)
    assert sorted(replayed.units["city"]) == ["Lima", "Oslo", "Pune"]
    assert replayed.units["difference"].to_list() == pytest.approx([-0.5] * 3)
    assert "Scores differ by up to 0.5; the rank differs for 0 units." in replayed.findings


def test_a_rank_that_differs_is_counted(pack: Callable[..., Pack]) -> None:
    replayed = indicia.replay(other_scores(pack().path, pl.col("rank") + 1))
    assert "Scores differ by up to 0; the rank differs for 3 units." in replayed.findings


def test_a_small_difference_is_the_same_within_a_tolerance(pack: Callable[..., Pack]) -> None:
    path = other_scores(pack().path, pl.col("score") + 1e-12)
    replay = indicia.replay(path, tolerance=1e-9)
    assert replay.is_same
    sentence = "All tables of the result are the same within 1e-09: scores differ by no more than 1e-12."
    assert replay.sentences()[0] == sentence
    assert not indicia.replay(path).is_same


def test_a_missing_score_is_no_small_difference(pack: Callable[..., Pack]) -> None:
    path = other_scores(pack().path, pl.when(pl.col("city") == "Oslo").then(None).otherwise("score").alias("score"))
    assert not indicia.replay(path, tolerance=1e9).is_same


def test_sentences_are_in_two_languages(pack: Callable[..., Pack]) -> None:
    assert indicia.replay(pack().path).sentences("zh")[0].endswith("个表均逐位一致。")


def test_rows_in_another_order_are_compared_by_their_units() -> None:
    here = pl.DataFrame({"city": ["Lima", "Oslo"], "score": [1.0, 2.0]})
    packed = pl.DataFrame({"city": ["Oslo", "Lima"], "score": [2.0, 1.25]})
    difference = compare_tables("scores", here, packed, fingerprint(packed), 2, ["city"])
    assert (difference.cells, difference.largest) == (1, 0.25)


def test_other_units_are_no_matter_of_cells() -> None:
    here, packed = (pl.DataFrame({"city": [name], "score": [1.0]}) for name in ("Lima", "Oslo"))
    assert compare_tables("scores", here, packed, fingerprint(packed), 1, ["city"]).why == "its rows are others"


def test_a_version_that_differs_is_named(pack: Callable[..., Pack]) -> None:
    path = pack().path
    manifest = json.loads(files_of(path)["results/scores.csv.manifest.json"]) | {"polars": "0.1"}
    name = "results/scores.csv.manifest.json"
    replayed = indicia.replay(changed(path, {name: json.dumps(manifest).encode()}, lambda _: None))
    assert replayed.is_same
    assert replayed.versions.select("what", "packed", "matters").rows() == [("polars", "0.1", True)]


def test_a_changed_file_is_named_with_its_hashes(pack: Callable[..., Pack]) -> None:
    path = pack().path
    before = sha256(files_of(path)["index/cities.csv"]).hexdigest()
    after = sha256(b"city,income\n").hexdigest()
    with pytest.raises(IndiciaError) as error:
        indicia.replay(changed(path, {"index/cities.csv": b"city,income\n"}))
    assert f"index/cities.csv is not as it was packed: its SHA-256 is {after}, and was {before}" in str(error.value)


def test_a_changed_record_is_found_by_its_checksum(pack: Callable[..., Pack]) -> None:
    path = pack().path
    text = files_of(path)["pack.json"].replace(b'"Cities"', b'"Towns"')
    with pytest.raises(IndiciaError, match=r"pack\.json is not as it was written: its checksum is"):
        indicia.replay(changed(path, {"pack.json": text}))


def test_a_file_that_was_added_or_taken_away_is_named(pack: Callable[..., Pack]) -> None:
    path = pack().path
    with pytest.raises(IndiciaError, match=r"index/more\.toml was added later"):
        indicia.replay(changed(path, {"index/more.toml": b""}))
    files = files_of(path)
    del files["README.txt"]
    path.write_bytes(archived(files))
    with pytest.raises(IndiciaError, match=r"lacks README\.txt, whose SHA-256 is"):
        indicia.replay(path)


def test_without_data_the_table_is_asked_for_by_name(pack: Callable[..., Pack]) -> None:
    with pytest.raises(IndiciaError, match=r"holds no data, only their hash: cities\.csv") as error:
        indicia.replay(pack(with_data=False).path)
    assert "--table names the file" in str(error.value.remedy)


def test_without_data_the_replay_takes_the_table_or_its_folder(pack: Callable[..., Pack], folder: Path) -> None:
    path = pack(with_data=False).path
    assert indicia.replay(path, table=folder / "cities.csv").is_same
    assert indicia.replay(path, table=folder).is_same
    with pytest.raises(IndiciaError, match=r"no such file or folder: .*citys\.csv"):
        indicia.replay(path, table=folder / "citys.csv")


def test_another_table_than_the_packed_one_is_refused_by_hash(pack: Callable[..., Pack], folder: Path) -> None:
    path = pack(with_data=False).path
    (folder / "cities.csv").write_text("city,income,co2\nLima,3,2\nOslo,9,7\n")
    with pytest.raises(IndiciaError, match="is not the table that the results were computed from: its SHA-256"):
        indicia.replay(path, table=folder / "cities.csv")


def test_a_pack_with_its_data_takes_no_other_table(pack: Callable[..., Pack], folder: Path) -> None:
    with pytest.raises(IndiciaError, match="the pack has its data"):
        indicia.replay(pack().path, table=folder / "cities.csv")


def test_plugin_files_travel_along_and_run_only_if_allowed(pack: Callable[..., Pack], folder: Path) -> None:
    (folder / "halved.py").write_text(HALVED)
    text = f'plugins = ["halved.py"]\n{INDEX}[methodology]\nnormalisation = "halved"\n'
    packed = pack(text)
    assert "index/halved.py" in packed.files
    with pytest.raises(PluginError, match="loading a plugin runs its code"):
        indicia.replay(packed.path)
    assert indicia.replay(packed.path, allow_code=True).is_same


def test_plugin_files_that_an_option_names_travel_along(folder: Path) -> None:
    (folder / "halved.py").write_text(HALVED)
    index = indicia.read(folder / "index.toml", [folder / "halved.py"]).with_options(normalisation="halved")
    packed = indicia.pack(index, folder / "index.zip", audit=False, report=False)
    assert "plugins/halved.py" in packed.files
    with pytest.raises(PluginError, match=r"plugins/halved\.py"):
        indicia.replay(packed.path)
    assert indicia.replay(packed.path, allow_code=True).is_same


def test_a_file_that_is_no_zip_and_one_that_is_no_pack_are_refused(tmp_path: Path) -> None:
    text = tmp_path / "index.zip"
    text.write_text("no zip")
    with pytest.raises(IndiciaError, match="is not a zip file"):
        indicia.replay(text)
    text.write_bytes(archived({"a.txt": b""}))
    with pytest.raises(IndiciaError, match="is no pack of an index"):
        indicia.replay(text)
    with pytest.raises(IndiciaError, match="no such file"):
        indicia.replay(tmp_path / "none.zip")


@pytest.mark.parametrize("name", ["../evil.txt", "/evil.txt", "a/../../evil.txt", "C:evil.txt", "a\\evil.txt"])
def test_a_name_that_leads_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "evil.zip"
    path.write_bytes(archived({name: b"", "pack.json": b"{}"}))
    with pytest.raises(IndiciaError, match="lead out of its folder"):
        indicia.replay(path)
    assert not (tmp_path / "evil.txt").exists()


def test_a_link_in_a_pack_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "link.zip"
    with zipfile.ZipFile(path, "w") as archive:
        entry = zipfile.ZipInfo("link")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    with pytest.raises(IndiciaError, match="or links: link"):
        indicia.replay(path)


def test_a_pack_that_is_too_large_when_unpacked_is_refused(
    pack: Callable[..., Pack], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pack().path
    monkeypatch.setenv("INDICIA_MAX_BUNDLE_BYTES", "1000")
    with pytest.raises(IndiciaError, match="more than the limit of 1,000"):
        indicia.replay(path)


def unpacked_files(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list to which the names of unpacked files are added."""
    names: list[str] = []
    write = archive_module._write_entry

    def noted(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> None:
        names.append(entry.filename)
        write(archive, entry, folder)

    monkeypatch.setattr(archive_module, "_write_entry", noted)
    return names


def test_a_pack_that_is_a_hundred_times_as_large_when_unpacked_is_refused_before_it_is_unpacked(
    pack: Callable[..., Pack], monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = changed(pack().path, {"index/more.csv": bytes(20_000_000)}, lambda _: None)
    names = unpacked_files(monkeypatch)
    with pytest.raises(IndiciaError, match=r"is much larger when it is unpacked: \d+ times its size are more") as error:
        indicia.replay(bomb)
    assert "INDICIA_MAX_BUNDLE_RATIO" in str(error.value.remedy)
    assert names == []
    monkeypatch.setenv("INDICIA_MAX_BUNDLE_RATIO", "2000")
    assert indicia.replay(bomb).is_same


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"index/more.csv": bytes(1000)}, r"index/more\.csv was added later"),
        ({"index/cities.csv": bytes(1000)}, r"cities\.csv is not as it was packed: it has 1,000 bytes, and had \d+"),
    ],
)
def test_a_file_that_the_record_does_not_list_at_this_size_is_not_unpacked(
    pack: Callable[..., Pack], monkeypatch: pytest.MonkeyPatch, changes: dict[str, bytes], fault: str
) -> None:
    path = changed(pack().path, changes)
    names = unpacked_files(monkeypatch)
    with pytest.raises(IndiciaError, match=fault):
        indicia.replay(path)
    assert names == ["pack.json"]


@pytest.mark.parametrize("words", ['path = "{path}"', 'path = "cities.csv"\nquery = "x"\nencoding = "{path}"'])
def test_an_index_file_that_reads_a_file_of_this_machine_is_refused(
    pack: Callable[..., Pack], tmp_path: Path, words: str
) -> None:
    (tmp_path / "secret.csv").write_text("city,income,co2\nLima,1,2\n")
    text = INDEX.replace('path = "cities.csv"', words.replace("{path}", str(tmp_path / "secret.csv")))
    path = changed(pack().path, {"index/index.toml": text.encode()}, lambda _: None)
    with pytest.raises(IndiciaError, match="reads files that are not in the pack"):
        indicia.replay(path)


def test_a_pack_of_a_later_form_names_the_remedy(pack: Callable[..., Pack]) -> None:
    path = pack().path
    text = files_of(path)["pack.json"].replace(b'"format": 1', b'"format": 9')
    with pytest.raises(IndiciaError, match="is a pack of form 9") as error:
        indicia.replay(changed(path, {"pack.json": text}))
    assert error.value.remedy == f"pip install indicia=={version('indicia')}"


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ({"results": {"scores": {"file": "/etc/hostname", "sha256": "", "rows": 3}}}, "names /etc/hostname"),
        ({"withheld": {"../evil.csv": {"name": "a.csv", "sha256": "", "bytes": 1}}}, "names ../evil.csv"),
        ({"withheld": {"index/a.csv": {"name": "../a.csv", "sha256": "", "bytes": 1}}}, "names ../a.csv"),
        ({"index": "../index.toml"}, "names ../index.toml"),
        ({"kind": "table"}, "pack.json is wrong: kind is of a wrong type"),
        ({"withold": {}}, 'withold is no key of pack.json; did you mean "withheld"?'),
        ({"map": {}, "environment": {"indicia": "9.1"}}, "map is no key of pack.json; Indicia 9.1, which wrote it,"),
    ],
)
def test_a_record_that_names_files_outside_the_pack_is_refused(
    pack: Callable[..., Pack], words: dict[str, Any], fault: str
) -> None:
    with pytest.raises(IndiciaError) as error:
        indicia.replay(changed(pack().path, {}, lambda content: content.update(words)))
    assert fault in error.value.what


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("index/index.toml", b"\xff", "is not UTF-8"),
        ("index/index.toml", b"a = ", "is not TOML"),
        ("results/tables/scores.parquet", b"PAR1", "is not a table in Parquet"),
        ("results/scores.csv.manifest.json", b"[]", "is not a manifest"),
    ],
)
def test_a_file_of_another_kind_is_an_error_that_names_it(
    pack: Callable[..., Pack], name: str, content: bytes, fault: str
) -> None:
    with pytest.raises(IndiciaError, match=fault) as error:
        indicia.replay(changed(pack().path, {name: content}, lambda _: None))
    assert name.rsplit("/", 1)[1] in error.value.what
