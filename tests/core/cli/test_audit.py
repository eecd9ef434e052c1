"""`indicia audit` on the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import indicia
from indicia.catalogue import installed
from indicia.checks import Finding, Severity
from indicia.cli import main
from indicia.errors import OutputError
from indicia_audit import Chapter
from indicia_audit.inspection import ReportedFinding

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


def test_verdict_and_findings_are_chinese_with_the_names_of_chinese_readers(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    words = INDEX.replace('waste = { direction = "cost"', 'waste = { name = { zh = "垃圾" }, direction = "cost"')
    (folder / "index.toml").write_text(words, encoding="utf-8")
    assert run("--lang", "zh") == 0
    page = capfd.readouterr().out
    assert "58 项检查的结果：1 个错误，6 个警告" in page
    assert "warning D05: 垃圾分布偏斜：20 个数值的偏度为 4.47" in page
    assert "对总指数的主效应" in page.replace("\n  ", "").replace("\n", "")


def test_the_verdict_has_counts_figures_and_the_caveat(capfd: pytest.CaptureFixture[str]) -> None:
    run()
    out = " ".join(capfd.readouterr().out.split())
    assert "Balance: for " in out
    assert "of 20 units shift by at most 3 ranks in at least 90 % of 50 draws" in out
    assert "Statistical soundness is necessary for an index, and not sufficient" in out


@pytest.mark.parametrize(("limit", "code"), [("never", 0), ("warning", 1), ("D05", 1), ("D01", 0)])
def test_findings_at_the_limit_exit_with_1(limit: str, code: int) -> None:
    assert run("--fail-on", limit) == code


def test_the_index_file_states_the_findings_that_fail_and_an_option_replaces_it(folder: Path) -> None:
    (folder / "index.toml").write_text(f'{INDEX}[audit]\nfail_on = "D05"\n', encoding="utf-8")
    assert run() == 1
    assert run("--fail-on", "never") == 0


def test_a_wrong_word_of_fail_on_is_an_error_with_its_line(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "index.toml").write_text(f'{INDEX}[audit]\nfail_on = "eror"\n', encoding="utf-8")
    assert run() == 2
    error = capfd.readouterr().err
    assert 'findings cannot be limited by "eror"' in error
    assert 'fail_on = "eror"' in error
    assert 'did you mean "error"?' in error


def test_a_waived_finding_has_its_reason_and_never_fails(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "index.toml").write_text(INDEX + WAIVER, encoding="utf-8")
    assert run("--fail-on", "D05") == 0
    assert "reason: a landfill" in " ".join(capfd.readouterr().out.split())


def test_json_has_verdict_findings_tables_and_manifest(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run("-f", "json") == 0
    document = json.loads(capfdbinary.readouterr().out)
    assert "checks report " in document["sentences"][0]
    tables = {name: table["rows"] for name, table in document["tables"].items()}
    data = next(chapter for chapter in tables["chapters"] if chapter["chapter"] == "Data")
    skewed = next(finding for finding in tables["findings"] if finding["check"] == "D05")
    assert (skewed["where"], skewed["severity"], data["errors"]) == ("waste", "warning", 0)
    assert len(tables["intervals"]) == 20
    settings = [document["manifest"][word] for word in ("draws", "seed", "full")]
    assert settings == [50, 1, False]
    assert document["manifest"]["profile"]["name"] == "jrc"


def test_a_table_is_written_with_the_manifest(folder: Path) -> None:
    assert run("--show", "intervals", "-o", "intervals.csv") == 0
    header = (folder / "intervals.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header.startswith("town,rank,mean,median,lower,upper")
    assert json.loads((folder / "intervals.csv.manifest.json").read_text())["table"] == "intervals"


def test_an_ending_chooses_the_annex_with_verdict_findings_thresholds_and_waivers(folder: Path) -> None:
    (folder / "index.toml").write_text(INDEX + WAIVER, encoding="utf-8")
    assert run("-o", "annex.md") == 0
    annex = (folder / "annex.md").read_text(encoding="utf-8")
    headings = [line for line in annex.splitlines() if line.startswith("#")]
    assert headings[:3] == ["# Towns · audit · 20 units, 3 indicators, 2 dimensions", "## Verdict", "## Data"]
    assert "**Findings by chapter**" in annex
    last = ["## Profile and thresholds", "## Waivers", "## Methods", "## Sources of the checks", "## How to cite"]
    assert headings[-5:] == last
    assert "- waived D05: waste is skewed: " in annex
    assert "; reason: a landfill" in annex
    assert "| D05 | skewed values | skewness = 2; kurtosis = 3.5 |" in annex
    assert "| D05 | waste | a landfill | 1 |" in annex
    assert "https://knowledge4policy.ec.europa.eu/" in annex


def test_the_page_needs_no_network_and_escapes_names(folder: Path) -> None:
    (folder / "index.toml").write_text(INDEX.replace('"Towns"', '"<b>Towns</b> & villages"'), encoding="utf-8")
    assert run("-o", "annex.html") == 0
    page = (folder / "annex.html").read_text(encoding="utf-8")
    assert "<h1>&lt;b&gt;Towns&lt;/b&gt; &amp; villages · audit · " in page
    assert "default-src 'none'" in page
    assert "<li>warning D05: waste is skewed: " in page


def test_the_latex_annex_is_a_file_for_a_paper_and_a_document(folder: Path) -> None:
    (folder / "index.toml").write_text(INDEX.replace('"Towns"', '"Towns & 城市 50 %"'), encoding="utf-8")
    assert run("-o", "annex.tex") == 0
    annex = (folder / "annex.tex").read_text(encoding="utf-8")
    assert r"\section*{Towns \& 城市 50 \% \textperiodcentered{} audit " in annex
    assert r"\begin{CJK*}{UTF8}{gbsn}" in annex
    assert r"\item warning D05: waste is skewed: " in annex
    assert annex.rstrip().endswith(r"\ifdefined\indiciaend\expandafter\indiciaend\fi")


def test_sarif_has_rules_levels_lines_and_suppressions(folder: Path) -> None:
    (folder / "index.toml").write_text(INDEX + WAIVER, encoding="utf-8")
    assert run("-o", "audit.sarif") == 0
    log = json.loads((folder / "audit.sarif").read_text(encoding="utf-8"))
    assert log["version"] == "2.1.0"
    (made,) = log["runs"]
    rules = made["tool"]["driver"]["rules"]
    assert all(
        {"id", "shortDescription", "fullDescription", "help", "defaultConfiguration"} <= rule.keys() for rule in rules
    )
    for result in made["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"].endswith(".")
    (skewed,) = (result for result in made["results"] if result["ruleId"] == "D05")
    place = skewed["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("index.toml", 14)
    assert skewed["suppressions"] == [{"kind": "inSource", "justification": "a landfill"}]
    assert "What it does" in rules[skewed["ruleIndex"]]["help"]["text"]


def listed(*findings: tuple[str, Severity, str], waiver: str | None = None) -> list[str]:
    """Return the lines of a chapter whose check has findings, each with a place, a severity and a remedy."""
    check = installed().choose("check", "D05")
    entries = [
        ReportedFinding(check, "a plugin", Finding(where, None, None, f"{number} {where}", remedy), severity, waiver)
        for number, (where, severity, remedy) in enumerate(findings)
    ]
    return list(map(str, Chapter("Data", tuple(entries), (), ()).lines()))


def test_a_line_has_the_first_finding_its_remedy_and_three_other_places() -> None:
    assert listed(*((where, "warning", "mend it") for where in "abcdef")) == [
        "warning D05: 0 a; mend it; also b, c, d and 2 more"
    ]


def test_a_remedy_follows_a_question_without_a_semicolon() -> None:
    check = installed().choose("check", "D19")
    entry = ReportedFinding(check, "a plugin", Finding("a", None, None, "a slip?", "correct it"), "warning")
    assert list(map(str, Chapter("Data", (entry,), (), ()).lines())) == ["warning D19: a slip? correct it"]


def test_a_remedy_of_information_is_left_to_the_table() -> None:
    assert listed(("a", "information", "mend it")) == ["information D05: 0 a"]


def test_three_further_findings_about_one_place_have_lines_and_the_others_are_counted() -> None:
    assert listed(*[("a", "warning", "")] * 6) == [
        "warning D05: 0 a",
        "warning D05: 1 a",
        "warning D05: 2 a",
        "warning D05: 3 a",
        "warning D05: 2 more about a; --show findings lists all",
    ]


def test_a_waived_finding_has_a_line_with_its_reason() -> None:
    assert listed(("a", "warning", "mend it"), waiver="a port") == ["waived D05: 0 a; reason: a port"]


def test_sarif_is_for_a_whole_audit(capfd: pytest.CaptureFixture[str]) -> None:
    assert run("-f", "sarif", "--show", "intervals") == 2
    assert "sarif holds a whole answer, and --show is for tables" in capfd.readouterr().err


def test_a_table_has_the_usual_formats(capfd: pytest.CaptureFixture[str]) -> None:
    assert run("--show", "findings", "-f", "md") == 0
    assert capfd.readouterr().out.startswith(
        "**Towns · audit · 20 units, 3 indicators, 2 dimensions · The findings of checks**\n\n| check |"
    )


def test_a_table_without_an_index_file_is_the_place_of_its_findings(folder: Path) -> None:
    assert run("towns.csv", "-o", "audit.sarif") == 0
    results = json.loads((folder / "audit.sarif").read_text(encoding="utf-8"))["runs"][0]["results"]
    places = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results}
    assert places == {"towns.csv"}


def test_an_unknown_limit_is_an_error_with_the_words(capfd: pytest.CaptureFixture[str]) -> None:
    assert run("--fail-on", "bogus") == 2
    err = capfd.readouterr().err
    assert 'findings cannot be limited by "bogus"' in err
    assert "write error, warning, information, never, or codes of checks: D05,D13" in err


def test_a_wrong_limit_is_an_error_before_the_data_are_read(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "towns.csv").unlink()
    assert run("--fail-on", "D5") == 2
    assert 'did you mean "D15"?' in capfd.readouterr().err


def test_a_table_without_rows_has_the_reason_beside_it(capfd: pytest.CaptureFixture[str]) -> None:
    assert run("--show", "sobol_indices", "-f", "csv") == 0
    assert capfd.readouterr().err == "note: sobol_indices has no rows: indicia audit --full computes it\n"


def test_an_empty_limit_is_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    assert run("--fail-on", "") == 2
    assert "the limit of findings is empty\n  fix: write error, warning" in capfd.readouterr().err


@pytest.mark.parametrize(("words", "known"), [(("-f", "pdf"), ", sarif"), (("-o", "x.odt"), ", .sarif")])
def test_the_formats_of_an_audit_include_sarif(
    words: tuple[str, str], known: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(*words) == 2
    assert capfd.readouterr().err.rstrip().endswith(known)


def test_stated_choices_that_cannot_be_drawn_are_an_error_with_the_reason(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "index.toml").write_text(f"{INDEX}[robustness]\nweights = {{ spread = 2 }}\n", encoding="utf-8")
    assert run() == 2
    assert "nothing is varied: weights: a spread of 2 is not between 0 and 1" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        ("[[audit]]\ndraws = 3\n", "write one section, [audit]"),
        ('[waivers]\ncode = "D05"\nreason = "x"\n', "write the heading with two brackets: [[waivers]]"),
        ('[[waivers]]\ncode = "D05"\n', "add reason = …"),
        ("[checks.C99]\non = false\n", "indicia checks lists the codes"),
    ],
)
def test_mistakes_in_the_sections_of_an_audit_have_a_remedy(
    folder: Path, words: str, remedy: str, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "index.toml").write_text(INDEX + words, encoding="utf-8")
    assert run() == 2
    err = capfd.readouterr().err
    assert f"fix: {remedy}" in err
    assert "index.toml:1" in err


def test_python_writes_the_annex_that_the_command_writes(folder: Path) -> None:
    assert run("-o", "by_command.md") == 0
    audit = indicia.read("index.toml").audit(draws=50)
    audit.export("by_python.md")
    assert (folder / "by_python.md").read_bytes() == (folder / "by_command.md").read_bytes()
    with pytest.raises(OutputError, match="the answer of audit cannot be written as"):
        audit.export("annex.csv")
