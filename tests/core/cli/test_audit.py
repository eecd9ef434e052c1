"""`indicia audit` on the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from indicia.cli import main

if TYPE_CHECKING:
    from pathlib import Path

INDEX = """\
name = "Towns"

[data]
path = "towns.csv"
unit = "town"

[dimensions]
wealth = {}
nature = {}

[indicators]
income = { direction = "benefit", dimension = "wealth" }
schools = { direction = "benefit", dimension = "wealth" }
waste = { direction = "cost", dimension = "nature" }
"""
WAIVER = """
[[waivers]]
code = "D05"
where = "waste"
reason = "a landfill"
"""
# waste has one value of 900 among values below 20: D05
ROWS = "\n".join(f"T{row:02},{row},{(3 * row) % 20 + row},{900 if row == 0 else (7 * row) % 20}" for row in range(20))
FEW = ("--draws", "50")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "index.toml").write_text(INDEX, encoding="utf-8")
    (tmp_path / "towns.csv").write_text(f"town,income,schools,waste\n{ROWS}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as caught:
        main(("audit", *words, *FEW))
    return int(caught.value.code or 0)


def test_the_screen_has_verdict_and_chapters_in_80_columns(capfd: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    lines = capfd.readouterr().out.splitlines()
    assert lines[:4] == [
        "Towns · audit · 20 units, 3 indicators, 2 dimensions",
        "index.toml · towns.csv",
        "",
        "Verdict",
    ]
    assert lines.index("Data") < lines.index("Not looked at")
    assert any(line.startswith("warning D05: waste is skewed: skewness 4.47") for line in lines)
    assert max(map(len, lines)) <= 80


def test_the_verdict_has_counts_figures_and_the_caveat(capfd: pytest.CaptureFixture[str]) -> None:
    run()
    out = " ".join(capfd.readouterr().out.split())
    assert "Balance: for " in out
    assert "of 20 units shift by at most 3 ranks in 90 % of 50 draws" in out
    assert "Statistical soundness is necessary for an index, and not sufficient" in out


@pytest.mark.parametrize(("limit", "code"), [("never", 0), ("warning", 1), ("D05", 1), ("D01", 0)])
def test_the_exit_code_tells_of_findings_at_the_limit(limit: str, code: int) -> None:
    assert run("--fail-on", limit) == code


def test_a_waived_finding_has_its_reason_and_never_fails(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "index.toml").write_text(INDEX + WAIVER, encoding="utf-8")
    assert run("--fail-on", "D05") == 0
    assert "reason: a landfill" in " ".join(capfd.readouterr().out.split())


def test_json_has_verdict_chapters_tables_and_manifest(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run("-f", "json") == 0
    document = json.loads(capfdbinary.readouterr().out)
    data = next(chapter for chapter in document["chapters"] if chapter["heading"] == "Data")
    skewed = next(finding for finding in data["findings"] if finding["code"] == "D05")
    assert (skewed["where"], skewed["line"], skewed["severity"]) == ("waste", 14, "warning")
    assert len(document["tables"]["intervals"]) == 20
    settings = [document["manifest"][word] for word in ("draws", "seed", "full")]
    assert settings == [50, 1, False]
    assert document["manifest"]["profile"]["name"] == "jrc"


def test_a_table_is_written_with_the_manifest(folder: Path) -> None:
    assert run("--show", "intervals", "-o", "intervals.csv") == 0
    header = (folder / "intervals.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header.startswith("town,rank,mean,median,lower,upper")
    assert json.loads((folder / "intervals.csv.manifest.json").read_text())["table"] == "intervals"
