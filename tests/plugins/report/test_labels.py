"""Units with one label are told apart wherever readers see labels; two islands have one in a real table."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

import polars as pl
import pytest
from shown_results import draw

import indicia
from indicia.cli import main
from indicia.cli.output import shorten
from indicia.errors import DataError
from indicia_report.markup import truncate
from indicia_report.page import report

if TYPE_CHECKING:
    from indicia import Index

ISLANDS = pl.DataFrame(
    {
        "iso": ["PRI", "STP", "PER", "NOR", "CHN", "CUB"],
        "country": ["Sao Tome and Principe"] * 2 + ["Peru", "Norway", "China", "Cuba"],
        "pays": ["Sao Tomé"] * 2 + ["Pérou", "Norvège", None, "Cuba"],
        "income": [3.0, 9.0, 1.0, 7.0, 5.0, 2.0],
        "health": [5.0, 2.0, 8.0, 7.0, 4.0, None],
    }
)
BOTH = {"Sao Tome and Principe (PRI)", "Sao Tome and Principe (STP)"}


@pytest.fixture
def islands() -> Index:
    raw = {
        "data": {"unit": "iso", "label": {"en": "country", "fr": "pays"}},
        "indicators": {"income": {}, "health": {"imputation": "mean"}},
        "variants": {"z": {"normalisation": "z_score"}},
        "robustness": {"draws": 20, "seed": 1, "weights": {"spread": 0.5}},
    }
    return indicia.read(raw)


def test_check_names_the_units_and_their_label(islands: Index) -> None:
    lines = [line for line in islands.check(ISLANDS).lines if "label" in line]
    assert lines[0].startswith('label "Sao Tome and Principe" names 2 units: PRI, STP')
    assert lines[1].startswith('label "Sao Tomé" names 2 units: PRI, STP')
    assert len(lines) == 2


def test_check_says_nothing_of_a_unit_that_has_its_label_in_every_period() -> None:
    years = pl.concat([ISLANDS.tail(4).with_columns(year=pl.lit(year)) for year in (2020, 2021)])
    raw = {"data": {"unit": "iso", "label": "country", "period": "year"}, "indicators": {"income": {}}}
    assert not [line for line in indicia.read(raw).check(years).lines if "label" in line]


@pytest.mark.parametrize("kind", ["ranking", "heat_map", "intervals", "slope"])
def test_charts_tell_them_apart(islands: Index, kind: str) -> None:
    written = json.dumps(draw(islands, kind, ISLANDS).to_dict())
    assert {name for name in BOTH if name in written} == BOTH
    assert not re.search(r"Sao Tome and Principe(?! \()", written)


def test_a_chart_of_one_unit_has_its_name(islands: Index) -> None:
    title = draw(islands, "profile", ISLANDS, unit="STP").to_dict()["title"]["text"]
    assert title.startswith("Sao Tome and Principe (STP) among ")


def test_a_label_of_two_units_chooses_neither(islands: Index) -> None:
    with pytest.raises(DataError, match='"Sao Tome and Principe" is the label of 2 units') as caught:
        draw(islands, "profile", ISLANDS, unit="Sao Tome and Principe")
    assert caught.value.remedy == "name the unit: PRI, STP"


def test_the_report_tells_them_apart(islands: Index) -> None:
    written = report(islands, ISLANDS)
    assert {name for name in BOTH if name in written} == BOTH
    assert not re.findall(r"Sao Tome and Principe(?! \(|…)", written)


def test_a_name_that_is_cut_keeps_its_unit() -> None:
    assert truncate("Sao Tome and Principe (STP)", 150) == "Sao Tome and… (STP)"
    assert shorten("Sao Tome and Principe (STP)", 18) == "Sao Tome an… (STP)"
    assert truncate("Sao Tome (and much more than there is room for)", 150) == "Sao Tome (and much…"


def test_a_comparison_tells_them_apart(islands: Index) -> None:
    comparison = islands.compare(table=ISLANDS).figures
    assert {comparison.reader_names()[unit] for unit in ("PRI", "STP")} == BOTH
    assert comparison.reader_names("fr")["PRI"] == "Sao Tomé (PRI)"
    assert comparison.reader_names("fr")["CHN"] == "CHN"


def test_the_workbook_tells_them_apart(islands: Index, tmp_path: Path) -> None:
    """The sheets have a column of units, and the notes of the first sheet name the unit beside the label."""
    gaps = ISLANDS.with_columns(income=pl.when(pl.col("iso") == "PRI").then(None).otherwise("income"))
    islands.with_options(settings={"methodology.missing": "skip"}).score(gaps).export(tmp_path / "index.xlsx")
    parts = ZipFile(tmp_path / "index.xlsx")
    texts = html.unescape(parts.read("xl/sharedStrings.xml").decode())
    assert "Sao Tome and Principe (PRI)" in texts
    assert {"PRI", "STP"} <= set(re.findall(r"<t[^>]*>(\w+)</t>", texts))


def test_the_terminal_tells_them_apart(
    islands: Index, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ISLANDS.write_csv("t.csv")
    Path("index.toml").write_text(
        '[data]\npath = "t.csv"\nunit = "iso"\nlabel = "country"\n'
        '[indicators]\nincome = {}\nhealth = { imputation = "mean" }\n'
        "[robustness]\ndraws = 20\nseed = 1\nweights = { spread = 0.5 }\n"
    )
    for command in ("run", "robustness", "compare -n min_max,z_score"):
        with pytest.raises(SystemExit):
            main(command.split())
        shown = capsys.readouterr().out
        assert "PRI" in shown, command
        assert "STP" in shown, command


def test_stability_tells_them_apart(islands: Index) -> None:
    called = islands.stability(ISLANDS).reader_names("en")
    assert {called["PRI"], called["STP"]} == BOTH


def test_the_notes_of_a_table_on_paper_tell_them_apart(islands: Index, tmp_path: Path) -> None:
    gaps = ISLANDS.with_columns(income=pl.when(pl.col("iso") == "PRI").then(None).otherwise("income"))
    islands.with_options(settings={"methodology.missing": "skip"}).score(gaps).export(tmp_path / "ranking.tex")
    assert "Sao Tome and Principe (PRI)" in (tmp_path / "ranking.tex").read_text("utf-8")
