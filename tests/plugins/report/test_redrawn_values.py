"""Ranks of redrawn values are called a spread, and no confidence set, wherever they are shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from page_reader import output

TOWNS = """town,income,parks,income_se
T0,31,11,2
T1,40,8,2
T2,22,21,2
T3,39,7,2
T4,26,16,2
T5,34,12,2
T6,50,5,2
"""
INDEX = """name = { en = "Towns", zh = "城镇" }
[data]
path = "towns.csv"
unit = "town"
[indicators]
income = { direction = "benefit" }
parks = { direction = "benefit" }
[robustness]
draws = 30
seed = 1
"""
REDRAWN = 'se = { income = "income_se" }'
CHOSEN = "weights = { spread = 0.25 }"
SPREAD = {"en": "no confidence set", "zh": "并不是置信集"}


def texts(index: str, language: str) -> dict[str, str]:
    """Return the texts that show the draws of an index in the working folder, by place."""
    Path("towns.csv").write_text(TOWNS, encoding="utf-8")
    Path("index.toml").write_text(index, encoding="utf-8")
    lang = f"--lang {language}"
    output(f"indicia report -o page.html --units units {lang}")
    output(f"indicia plot intervals -o chart.json {lang}")
    page, chart, unit = (
        Path(name).read_text(encoding="utf-8") for name in ("page.html", "chart.json", "units/T3.html")
    )
    return {
        "terminal": " ".join(output(f"indicia robustness {lang}").split()),
        "gap": " ".join(output(f"indicia explain T0 T3 --draws 30 {lang}").split()),
        "headline": page.partition('class="headline">')[2].partition("</p>")[0],
        "data of the script": page.partition('id="model">')[2].partition("</script>")[0],
        "methodology": page.partition('class="headline">')[2].partition("</p>")[2].partition("<script")[0],
        "page of a unit": unit,
        "chart": str(json.loads(chart)),
    }


@pytest.mark.parametrize("language", SPREAD)
def test_ranks_of_redrawn_values_are_called_a_spread_and_no_confidence_set(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    absent = [place for place, text in texts(INDEX + REDRAWN, language).items() if SPREAD[language] not in text]
    assert absent == []


def test_ranks_of_other_choices_are_not_said_to_come_from_redrawn_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert [place for place, text in texts(INDEX + CHOSEN, "en").items() if SPREAD["en"] in text] == []
