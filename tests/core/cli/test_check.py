"""`indicia check` and `indicia checks` on the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from indicia.catalogue import installed
from indicia.cli import main
from indicia.definition import index_schema

if TYPE_CHECKING:
    from pathlib import Path

INDEX = """\
name = "Towns"

[data]
path = "towns.csv"
unit = "town"

[indicators]
income = {}
waste = { direction = "cost" }
"""
ROWS = "\n".join(f"T{row:02},{row},{900 if row == 0 else (7 * row) % 20},fine" for row in range(20))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "index.toml").write_text(INDEX, encoding="utf-8")
    (tmp_path / "towns.csv").write_text(f"town,income,waste,remark\n{ROWS}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as caught:
        main(words)
    return int(caught.value.code or 0)


@pytest.mark.usefixtures("folder")
def test_the_report_fits_a_screen_and_names_its_files(capfd: pytest.CaptureFixture[str]) -> None:
    assert run("check") == 0
    lines = capfd.readouterr().out.splitlines()
    assert lines[:2] == ["Towns · 20 units, 2 indicators, 0 dimensions", "index.toml · towns.csv"]
    assert max(len(line) for line in lines[:6]) <= 80
    assert len(lines) <= 24
    assert "not used: remark: " in "\n".join(lines)
    assert lines[-1] == "1 warning, 2 for information; --show findings lists all"


def test_many_indicators_with_long_names_fit_a_screen(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    names = [f"a_very_long_name_of_an_indicator_{number}" for number in range(40)]
    rows = [
        f"T{row}," + ",".join(str(1000.5 * (row + 1) * (k + 1) % 7919 + 0.25) for k in range(40)) for row in range(9)
    ]
    (folder / "wide.csv").write_text("\n".join([",".join(["town", *names]), *rows]), encoding="utf-8")
    specs = "\n".join(f'{name} = {{ direction = "benefit" }}' for name in names)
    (folder / "wide.toml").write_text(f'[data]\npath = "wide.csv"\nunit = "town"\n[indicators]\n{specs}\n')
    run("check", "wide.toml")
    lines = capfd.readouterr().out.splitlines()
    assert max(map(len, lines[2:15])) <= 80
    assert lines[15] == "… 28 more indicators; --show indicators lists all"


@pytest.mark.usefixtures("folder")
def test_an_assumed_direction_is_marked(capfd: pytest.CaptureFixture[str]) -> None:
    run("check")
    out = capfd.readouterr().out
    assert "income     ↑?" in out
    assert "? assumed (no direction in the index file)" in out


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("limit", "code"), [(None, 0), ("never", 0), ("error", 0), ("warning", 1), ("D05", 1), ("D01,D05", 1), ("D01", 0)]
)
def test_findings_at_the_limit_exit_with_1(limit: str | None, code: int) -> None:
    assert run("check", *(["--fail-on", limit] if limit else [])) == code


@pytest.mark.usefixtures("folder")
def test_an_unknown_limit_is_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    assert run("check", "--fail-on", "warnings") == 2
    assert 'did you mean "warning"?' in capfd.readouterr().err


@pytest.mark.usefixtures("folder")
def test_an_error_of_the_definition_exits_with_2(capfd: pytest.CaptureFixture[str]) -> None:
    assert run("check", "--set", "indicators.income.direction=up", "--fail-on", "never") == 2


def test_data_that_cannot_be_scored_are_reported_before_the_error(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "towns.csv").write_text(f"town,income,waste,remark\n{ROWS}\nT20,,3,fine\n", encoding="utf-8")
    assert run("check") == 2
    captured = capfd.readouterr()
    assert captured.out.splitlines()[-1].startswith("the data cannot be scored, 1 error, 1 warning")
    assert captured.err.startswith("error: income is missing for 1 unit(s): T20")
    assert run("check", "--set", "methodology.missing=skip") == 0


def test_a_waived_finding_is_shown_with_its_reason(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    waiver = '\n[[waivers]]\ncode = "D05"\nwhere = "waste"\nreason = "a landfill"\n'
    (folder / "index.toml").write_text(INDEX + waiver, encoding="utf-8")
    assert run("check", "--fail-on", "warning") == 0
    out = capfd.readouterr().out
    assert "waived D05: waste is skewed" in out
    assert "; reason: a landfill" in out
    assert out.splitlines()[-1] == "ok, 2 for information, 1 waived; --show findings lists all"


@pytest.mark.usefixtures("folder")
def test_json_has_all_tables(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run("check", "--format", "json") == 0
    document = json.loads(capfdbinary.readouterr().out)
    assert [row["check"] for row in document["findings"]] == ["D05", "D16", "N01"]
    assert document["indicators"][0]["maximum_units"] == "T19"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("table", ["indicators", "units", "periods", "findings", "unused", "skipped"])
@pytest.mark.parametrize("kind", ["csv", "json", "md", "latex", "html", "xlsx", "parquet"])
def test_each_table_is_written_in_each_format(
    table: str, kind: str, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = folder / f"out.{kind}"
    assert run("check", "--show", table, "--format", kind, "-o", str(file)) == 0
    assert file.stat().st_size > 0
    manifest = json.loads((folder / f"out.{kind}.manifest.json").read_text())
    assert manifest["table"] == table
    assert manifest["checks"]["D01"] == {"share": 0.65}


@pytest.mark.usefixtures("folder")
def test_a_table_without_an_index_file_is_checked(capfd: pytest.CaptureFixture[str]) -> None:
    assert run("check", "towns.csv") == 0
    assert "towns.csv" in capfd.readouterr().out.splitlines()[1]


def test_the_checks_are_listed_with_their_thresholds(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run("checks", "--format", "json") == 0
    rows = {row["code"]: row for row in json.loads(capfdbinary.readouterr().out)}
    assert list(rows)[:3] == ["D01", "D02", "D03"]
    assert rows["D05"]["thresholds"] == "skewness = 2, kurtosis = 3.5"
    assert rows["D02"]["severity"] == "error"


def test_a_check_is_shown_in_full(capfd: pytest.CaptureFixture[str]) -> None:
    assert run("checks", "d05") == 0
    out = capfd.readouterr().out
    assert out.startswith("D05 · skewed values (warning)\n\nWhat it does\n  Find indicators that are skewed")
    assert "\n  skewness = 2: greatest absolute skewness\n" in out
    assert max(map(len, out.splitlines())) <= 80


def test_the_page_of_a_check_is_written_in_markdown_and_json(capfd: pytest.CaptureFixture[str]) -> None:
    assert run("checks", "D05", "-f", "md") == 0
    assert capfd.readouterr().out.startswith("# D05 · skewed values\n\nFind indicators")
    assert run("checks", "D05", "-f", "json") == 0
    (row,) = json.loads(capfd.readouterr().out)
    assert {"what", "why", "example", "advice", "source", "thresholds"} <= set(row)


def test_an_unknown_check_is_an_error_with_the_nearest_code(capfd: pytest.CaptureFixture[str]) -> None:
    assert run("checks", "D99") == 2
    assert 'unknown check "D99"' in capfd.readouterr().err


def test_the_list_of_methods_has_no_checks(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run("methods", "--format", "csv") == 0
    assert b"\ncheck," not in capfdbinary.readouterr().out


def test_the_schema_of_the_index_file_has_the_thresholds_and_the_words_of_every_check() -> None:
    checks = index_schema(installed())["properties"]["checks"]
    assert set(checks["properties"]["D05"]["properties"]) == {"skewness", "kurtosis", "severity", "on"}


@pytest.fixture
def parts(folder: Path) -> Path:
    rows = ROWS.splitlines()
    (folder / "parts").mkdir()
    for number, lines in enumerate((rows[:12], rows[12:])):
        text = "\n".join(["town,income,waste,remark", *lines, ""])
        (folder / "parts" / f"part-{number}.csv").write_text(text, encoding="utf-8")
    return folder / "parts"


@pytest.mark.usefixtures("parts")
def test_a_folder_is_checked_in_partitions_with_the_report_of_its_rows(capfd: pytest.CaptureFixture[str]) -> None:
    assert run("check") == 0
    memory = capfd.readouterr().out.splitlines()
    assert run("check", "parts", "-c", "index.toml", "--workers", "1") == 0
    lines = capfd.readouterr().out.splitlines()
    assert lines[0] == memory[0]
    assert lines[1] == "index.toml · parts"
    # the skewness of income is 0 in partitions, and -1.1e-16 in memory
    below, below_in_memory = lines[5:], memory[5:]
    different = [pair for pair in zip(below, below_in_memory, strict=True) if pair[0] != pair[1]]
    assert different == [("not used: remark: no indicator uses it", "not used: remark: text, a note or remark")]


@pytest.mark.usefixtures("parts")
def test_a_report_on_a_sample_names_it_in_its_head_and_fits_a_screen(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indicia_partitions.inspection.ROWS_OF_SAMPLE", 5)
    assert run("check", "parts", "-c", "index.toml", "--workers", "1") == 0
    head = capfd.readouterr().out.splitlines()[2]
    assert head.startswith("statistics are of all rows; checks of single rows looked at 5 of 20 rows: every 4th")


@pytest.mark.usefixtures("parts")
def test_a_table_that_needs_all_rows_is_refused_with_those_that_there_are(capfd: pytest.CaptureFixture[str]) -> None:
    assert run("check", "parts", "-c", "index.toml", "--workers", "1", "--show", "units") == 2
    error = capfd.readouterr().err
    assert 'an inspection of partitions has no table "units"' in error
    assert "indicators" in error


@pytest.mark.usefixtures("folder")
def test_a_table_without_an_index_file_is_not_read_in_partitions(capfd: pytest.CaptureFixture[str]) -> None:
    assert run("check", "towns.csv", "--engine", "partitions", "--workers", "1") == 2
    assert "write an index file (indicia init)" in capfd.readouterr().err


def test_a_check_of_partitions_is_written_as_json_and_expected_again(
    parts: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run("check", "parts", "-c", "index.toml", "--workers", "1", "-o", "check.json") == 0
    document = json.loads((parts.parent / "check.json").read_text(encoding="utf-8"))
    assert document["coverage"] == "all rows"
    assert {"indicators", "correlations", "groups", "findings"} <= set(document)
    assert run("check", "parts", "-c", "index.toml", "--workers", "1", "--expect", "check.json.manifest.json") == 0
    assert "no difference in the values that were compared" in capfd.readouterr().err
