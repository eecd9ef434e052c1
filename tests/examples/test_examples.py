"""The examples give what their READMEs say."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

import indicia

if TYPE_CHECKING:
    from indicia.result import Result

EXAMPLES = Path(__file__).parents[2] / "examples"
CITIES = EXAMPLES / "intelligent_manufacturing"
MUNICIPALITIES = ["Beijing", "Chongqing", "Shanghai", "Tianjin"]


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command and return what it prints; a failure shows what it complains of."""
    done = subprocess.run([str(word) for word in command], cwd=cwd, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_human_development_index_recovers_all_scores_and_ranks() -> None:
    recovered = indicia.read(EXAMPLES / "human_development" / "index.toml").score().reproduction
    assert [(each.equal, each.compared) for each in recovered] == [(193, 193), (193, 193)]


@pytest.fixture(scope="module", params=[None, "official"], ids=["whole", "official"])
def cities(request: pytest.FixtureRequest) -> Result:
    """Return the index of the cities, and its variant of official statistics."""
    index = indicia.read(CITIES / "index.toml")
    return (index.variant(request.param) if request.param else index).score()


def test_the_index_of_cities_recovers_eighteen_of_the_twenty_published(cities: Result) -> None:
    assert [(each.equal, each.compared) for each in cities.reproduction] == [(18, 20)]


def test_the_official_variant_has_quanzhou_and_jinan_for_hefei_and_xiamen() -> None:
    (recovery,) = indicia.read(CITIES / "index.toml").variant("official").score().reproduction
    published = pl.col("published")
    assert set(recovery.differing.filter(published)["city"]) == {"Hefei", "Xiamen"}
    assert set(recovery.differing.filter(~published)["city"]) == {"Quanzhou", "Jinan"}


def test_the_municipalities_have_a_score_and_no_rank(cities: Result) -> None:
    unranked = cities.scores.filter(pl.col("rank").is_null())
    assert sorted(unranked["city"]) == MUNICIPALITIES
    assert unranked["score"].null_count() == 0
    assert sorted(cities.scores["rank"].drop_nulls()) == list(range(1, 33))


def test_every_simulated_indicator_is_named_in_a_note() -> None:
    result = indicia.read(CITIES / "index.toml").score()
    simulated = [name for name, spec in result.definition.indicators.items() if spec.simulated]
    (note,) = [note for note in result.notes if "simulated" in note]
    assert len(simulated) == 6
    assert note.endswith(": " + ", ".join(simulated))


def test_the_official_variant_rests_on_no_simulated_indicator() -> None:
    result = indicia.read(CITIES / "index.toml").variant("official").score()
    assert not any("simulated" in note for note in result.notes)


@pytest.mark.slow
def test_simulating_anew_gives_the_same_bytes(tmp_path: Path) -> None:
    copy = shutil.copytree(CITIES, tmp_path / "cities")
    indicators = indicia.read(CITIES / "index.toml").definition.indicators
    emptied = {name: "" for name, spec in indicators.items() if spec.simulated}
    with (copy / "cities.csv").open(encoding="utf-8", newline="") as file:
        rows = [row | emptied for row in csv.DictReader(file)]
    with (copy / "cities.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    run(sys.executable, "simulate.py", cwd=copy)
    assert (copy / "cities.csv").read_bytes() == (CITIES / "cities.csv").read_bytes()
