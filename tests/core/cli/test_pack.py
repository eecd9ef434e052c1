"""Pack an index and replay it, as users do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from small_plugins import HALVED

from indicia.cli import main

Indicia = Callable[..., tuple[int, str, str]]
INDEX = """[data]
path = "cities.csv"
unit = "city"
[indicators]
income = { direction = "benefit" }
co2 = { direction = "cost" }
"""
CITIES = "city,income,co2\nLima,3,2\nOslo,9,8\nPune,1,1.5\n"
QUICK = ("--without-audit", "--without-report")


@pytest.fixture
def indicia(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Indicia:
    """Run the command line in a folder with an index and its data."""
    monkeypatch.chdir(tmp_path)
    Path("index.toml").write_text(INDEX)
    Path("cities.csv").write_text(CITIES)

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        out, err = capfdbinary.readouterr()
        return int(caught.value.code or 0), out.decode(), err.decode()

    return run


def test_pack_names_the_zip_and_its_hash_and_replay_ends_with_0(indicia: Indicia) -> None:
    code, out, err = indicia("pack", "-o", "index.zip", *QUICK)
    assert (code, out) == (0, "")
    assert "wrote index.zip (" in err
    assert "SHA-256" in err
    code, out, err = indicia("replay", "index.zip")
    assert (code, err) == (0, "")
    assert "are the same bit by bit." in out


def test_a_pack_without_data_is_replayed_with_the_table(indicia: Indicia) -> None:
    indicia("pack", "-o", "index.zip", "--without-data", *QUICK)
    code, _, err = indicia("replay", "index.zip")
    assert code == 2
    assert "fix: --table names the file of the data" in err
    assert indicia("replay", "index.zip", "--table", "cities.csv")[0] == 0


def test_a_changed_pack_ends_with_2_and_names_the_file(indicia: Indicia) -> None:
    indicia("pack", "-o", "index.zip", *QUICK)
    content = Path("index.zip").read_bytes()
    at = content.index(b"index/cities.csv") + 25
    Path("index.zip").write_bytes(content[:at] + bytes([content[at] ^ 255]) + content[at + 1 :])
    code, _, err = indicia("replay", "index.zip")
    assert code == 2
    assert err.startswith("error: index.zip is ")


def test_the_comparison_is_a_json_document(indicia: Indicia) -> None:
    indicia("pack", "-o", "index.zip", *QUICK)
    code, out, _ = indicia("replay", "index.zip", "-f", "json")
    document = json.loads(out)
    assert (code, document["same"], document["units"]) == (0, True, [])


def test_a_table_of_the_replay_is_printed_or_written(indicia: Indicia) -> None:
    indicia("pack", "-o", "index.zip", *QUICK)
    assert "scores,identical,3,3,0,," in indicia("replay", "index.zip", "--show", "compared", "-f", "csv")[1]
    assert indicia("replay", "index.zip", "--show", "files", "-o", "files.csv")[0] == 0
    assert "index/cities.csv" in Path("files.csv").read_text()


def test_a_table_without_an_index_file_is_packed(indicia: Indicia) -> None:
    code, _, err = indicia("pack", "cities.csv", "--cost", "co2", "-o", "index.zip", *QUICK)
    assert code == 0
    assert "the rows of the table are packed as they were read" in err
    assert indicia("replay", "index.zip")[0] == 0


def test_the_output_of_pack_ends_in_zip(indicia: Indicia) -> None:
    code, _, err = indicia("pack", "-o", "index.tar")
    assert (code, err) == (2, "error: a pack is a zip, and cannot be written as index.tar\n  fix: -o index.zip\n")


def test_only_json_holds_a_whole_comparison(indicia: Indicia) -> None:
    code, _, err = indicia("replay", "index.zip", "-f", "csv")
    assert code == 2
    assert "fix: -f json, or --show compared for one table" in err


def test_a_fitted_index_is_packed_with_its_audit_and_report(indicia: Indicia) -> None:
    indicia("fit", "-o", "edition.json")
    Path("new.csv").write_text("city,income,co2\nLima,4,2\nRome,5,3\nOslo,8,7\n")
    code, _, err = indicia("pack", "new.csv", "-c", "edition.json", "-o", "edition.zip", "--set", "audit.draws=20")
    assert code == 0, err
    code, out, _ = indicia("replay", "edition.zip")
    assert code == 0
    assert "audit/audit.json" in out
    assert "report/report.html" in out


def test_a_pack_stands_for_its_index_and_its_table(indicia: Indicia) -> None:
    indicia("pack", "-o", "index.zip", *QUICK)
    ranking = indicia("run")
    Path("cities.csv").unlink()
    Path("index.toml").unlink()
    assert indicia("run", "index.zip") == ranking
    code, out, _ = indicia("explain", "Lima", "--index", "index.zip", "--show", "totals", "-f", "csv")
    assert (code, out.splitlines()[1].split(",")[0]) == (0, "Lima")
    code, out, _ = indicia("check", "index.zip")
    assert (code, out.splitlines()[1]) == (0, "index.zip · cities.csv")


def test_a_pack_of_a_fitted_index_has_its_table(indicia: Indicia) -> None:
    indicia("fit", "-o", "edition.json")
    indicia("pack", "cities.csv", "-c", "edition.json", "-o", "edition.zip", *QUICK)
    of_fitted = indicia("run", "cities.csv", "-c", "edition.json")
    assert indicia("run", "edition.zip") == of_fitted
    assert indicia("run", "cities.csv", "-c", "edition.zip") == of_fitted


def test_a_pack_without_data_needs_a_table(indicia: Indicia) -> None:
    indicia("pack", "-o", "index.zip", "--without-data", *QUICK)
    code, _, err = indicia("run", "index.zip")
    assert code == 2
    assert "index.zip is a pack without its data" in err
    assert "fix: name the table too: TABLE -c index.zip" in err
    assert indicia("run", "cities.csv", "-c", "index.zip")[:2] == indicia("run")[:2]


def test_the_code_of_a_pack_runs_only_if_it_is_allowed(indicia: Indicia) -> None:
    Path("halved.py").write_text(HALVED)
    Path("index.toml").write_text(f'plugins = ["halved.py"]\n{INDEX}[methodology]\nnormalisation = "halved"\n')
    indicia("pack", "-o", "index.zip", "--allow-code", *QUICK)
    code, _, err = indicia("run", "index.zip")
    assert code == 2
    assert "the pack has plugins, and loading a plugin runs its code" in err
    assert "add --allow-code" in err
    assert indicia("run", "index.zip", "--allow-code")[0] == 0


def test_a_zip_that_is_no_pack_is_refused(indicia: Indicia) -> None:
    with ZipFile("cities.zip", "w") as archive:
        archive.write("cities.csv")
    code, _, err = indicia("run", "cities.zip")
    assert code == 2
    assert "cities.zip is no pack of an index" in err
