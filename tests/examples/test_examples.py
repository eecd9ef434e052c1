"""The examples give what their READMEs say."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

import indicia

if TYPE_CHECKING:
    from indicia.result import Result

EXAMPLES = Path(__file__).parents[2] / "examples"
CITIES = EXAMPLES / "intelligent_manufacturing"
PLUGIN = EXAMPLES / "plugin"
MUNICIPALITIES = ["Beijing", "Chongqing", "Shanghai", "Tianjin"]


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command and return what it prints; a failure shows what it complains of."""
    done = subprocess.run([str(word) for word in command], cwd=cwd, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_human_development_index_recovers_all_scores_and_ranks() -> None:
    recovered = indicia.read(EXAMPLES / "human_development" / "index.toml").score().recovery
    assert [(each.equal, each.compared) for each in recovered] == [(193, 193), (193, 193)]


@pytest.fixture(scope="module", params=[None, "official"], ids=["whole", "official"])
def cities(request: pytest.FixtureRequest) -> Result:
    """Return the index of the cities, and its variant of official statistics."""
    index = indicia.read(CITIES / "index.toml")
    return (index.variant(request.param) if request.param else index).score()


def test_the_index_of_cities_recovers_eighteen_of_the_twenty_published(cities: Result) -> None:
    assert [(each.equal, each.compared) for each in cities.recovery] == [(18, 20)]


def test_the_official_variant_has_quanzhou_and_jinan_for_hefei_and_xiamen() -> None:
    (recovery,) = indicia.read(CITIES / "index.toml").variant("official").score().recovery
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


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the plugin in a new environment on top of this one, and return its interpreter."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=sys.platform != "win32")
    base = {"base": str(folder), "platbase": str(folder)}
    interpreter = Path(sysconfig.get_path("scripts", "venv", base)) / Path(sys.executable).name
    beneath = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    added = "; ".join(f"site.addsitedir({path!r})" for path in sorted(beneath))
    (Path(sysconfig.get_path("purelib", "venv", base)) / "beneath.pth").write_text(f"import site; {added}\n")
    source = shutil.copytree(PLUGIN, folder / "plugin")
    offline = ("--no-index", "--no-deps", "--no-build-isolation")
    run(interpreter, "-m", "pip", "install", "--quiet", *offline, source, cwd=folder)
    return interpreter


def table(text: str) -> pl.DataFrame:
    return pl.read_csv(io.StringIO(text), infer_schema_length=None)


@pytest.mark.slow
def test_an_installed_plugin_is_among_the_methods(python: Path, tmp_path: Path) -> None:
    listed = table(run(python, "-m", "indicia", "methods", "--format", "csv", cwd=tmp_path))
    tanh = listed.filter(pl.col("name") == "tanh").row(0, named=True)
    assert (tanh["kind"], tanh["plugin"]) == ("normalisation", "indicia_tanh")


@pytest.mark.slow
def test_a_plugin_file_is_among_the_methods(tmp_path: Path) -> None:
    plugin = PLUGIN / "indicia_tanh.py"
    listed = run(sys.executable, "-m", "indicia", "methods", "--plugin", plugin, "--format", "csv", cwd=tmp_path)
    assert "tanh" in table(listed)["name"].to_list()


@pytest.mark.slow
def test_an_installed_plugin_and_its_file_score_alike_by_the_formula(python: Path, tmp_path: Path) -> None:
    options = ("-n", "tanh(slope=1)", "--show", "normalised", "--format", "csv")
    index = CITIES / "index.toml"
    installed = run(python, "-m", "indicia", "run", index, *options, cwd=tmp_path)
    file = run(
        sys.executable, "-m", "indicia", "run", index, *options, "--plugin", PLUGIN / "indicia_tanh.py", cwd=tmp_path
    )
    loans = pl.read_csv(CITIES / "cities.csv").select(
        z=(pl.col("loans") - pl.col("loans").mean()) / pl.col("loans").std()
    )
    assert installed == file
    assert table(installed)["loans"].to_list() == pytest.approx(((loans["z"].tanh() + 1) / 2).to_list())
