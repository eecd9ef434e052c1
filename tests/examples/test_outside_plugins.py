"""The packages of examples/plugins, which are no part of Indicia, installed in an environment of their own."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import polars as pl
import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
CITIES = EXAMPLES / "intelligent_manufacturing"
COUNTRIES = EXAMPLES / "human_development"
PLUGINS = {
    "indicia-tanh": ("normalisation", "tanh"),
    "indicia-d-critic": ("weighting", "d_critic"),
    "indicia-balanced-spotis": ("aggregation", "balanced_spotis"),
    "indicia-weighted-tau": ("agreement", "weighted_tau"),
    "indicia-markov": ("consensus", "markov"),
    "indicia-monotone-cubic": ("imputation", "monotone_cubic"),
}
HOUSE = "indicia-office-house"
HELD = Path(__file__).parents[1] / "core" / "catalogue" / "held" / "indicia-held"
TANH = EXAMPLES / "plugins" / "indicia-tanh" / "indicia_tanh.py"

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command and return what it prints; a failure shows what it complains of."""
    words = [str(word) for word in command]
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True, encoding="utf-8", env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def table(text: str) -> pl.DataFrame:
    return pl.read_csv(io.StringIO(text), infer_schema_length=None)


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the plugins in a new environment on top of this one, with no index, and return its interpreter."""
    for library in ("scipy", "pymcdm"):
        pytest.importorskip(library, reason=f"{library} is not installed, and no index is asked")
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=sys.platform != "win32")
    base = {"base": str(folder), "platbase": str(folder)}
    interpreter = Path(sysconfig.get_path("scripts", "venv", base)) / Path(sys.executable).name
    beneath = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    added = "; ".join(f"site.addsitedir({path!r})" for path in sorted(beneath))
    (Path(sysconfig.get_path("purelib", "venv", base)) / "beneath.pth").write_text(f"import site; {added}\n")
    sources = [
        shutil.copytree(one, folder / one.name)
        for one in (*(EXAMPLES / "plugins" / name for name in (*PLUGINS, HOUSE)), HELD)
    ]
    offline = ("--no-index", "--no-deps", "--no-build-isolation")
    run(interpreter, "-m", "pip", "install", "--quiet", *offline, *sources, cwd=folder)
    return interpreter


@pytest.fixture(scope="module")
def listed(python: Path, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """The plugins of that environment."""
    folder = tmp_path_factory.mktemp("listed")
    return table(run(python, "-m", "indicia", "plugins", "list", "--format", "csv", cwd=folder))


@pytest.mark.parametrize("name", PLUGINS)
def test_an_installed_plugin_is_among_the_plugins_with_its_methods(name: str, listed: pl.DataFrame) -> None:
    found = listed.filter(pl.col("version") == f"{name} 0.1.0").row(0, named=True)
    assert (found["state"], found["methods"]) == ("ok", PLUGINS[name][1])


@pytest.mark.parametrize("page", ["examples/plugins/README.md", "docs/plugins-list.md"])
def test_every_example_plugin_is_listed(page: str) -> None:
    text = (EXAMPLES.parent / page).read_text(encoding="utf-8")
    folders = sorted(folder.name for folder in (EXAMPLES / "plugins").iterdir() if folder.is_dir())
    assert [name for name in folders if f"[{name}](" not in text] == []


@pytest.mark.thorough  # five processes
def test_a_house_brings_checks_and_outputs_and_a_run_imports_none_of_them(
    python: Path, listed: pl.DataFrame, tmp_path: Path
) -> None:
    found = listed.filter(pl.col("version") == f"{HOUSE} 0.1.0").row(0, named=True)
    assert (found["state"], found["methods"]) == ("ok", "HO01, HO02, 1 section, 1 chart, 2 exporters")
    index = CITIES / "index.toml"
    said = run(python, "-m", "indicia", "check", index, cwd=tmp_path)
    assert "13 of 18 groups of province_zh have fewer than 3 units" in " ".join(said.split())
    run(python, "-m", "indicia", "export", index, "-o", "a.csv", "--format", "office_csv", cwd=tmp_path)
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf# TITLE;Intelligent manufacturing")
    code = "import sys; from indicia.catalogue import KINDS, installed; installed(kinds=[k.name for k in KINDS]); "
    loaded = run(python, "-c", code + "print(*sys.modules)", cwd=tmp_path).split()
    assert "indicia_tanh" in loaded
    assert "indicia_office_house" not in loaded


FEWER_TABLES = """
from indicia_conformance import sample

sample.NUMBERS = {kind: -(-number // 7) for kind, number in sample.NUMBERS.items()}
"""
"""The fixture `fewer_tables` as a plugin, for tests in a process of their own."""


@pytest.mark.long
@pytest.mark.thorough
def test_the_tests_of_the_plugins_pass(python: Path, tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(FEWER_TABLES, encoding="utf-8")
    names = (*PLUGINS, HOUSE)
    for name in names:
        shutil.copytree(EXAMPLES / "plugins" / name / "tests", tmp_path / name)
    said = run(python, "-m", "pytest", "-p", "no:cacheprovider", *names, cwd=tmp_path)
    assert " failed" not in said
    assert all(f"\n{name}/test_" in said for name in names)


@pytest.mark.thorough
def test_an_installed_plugin_is_tested_by_its_name_and_has_its_card_in_markdown(python: Path, tmp_path: Path) -> None:
    run(python, "-m", "indicia", "plugins", "test", "indicia-tanh", "-o", "card.md", cwd=tmp_path)
    text = (tmp_path / "card.md").read_text(encoding="utf-8")
    assert text.startswith("## `tanh` (normalisation)")
    assert "broken" not in text


def test_a_package_of_an_earlier_version_is_installed_and_runs_as_it_is(
    python: Path, listed: pl.DataFrame, tmp_path: Path
) -> None:
    assert listed.filter(pl.col("version") == "indicia-held 1.0.0")["state"].to_list() == ["ok"]
    words = ("-n", "held_linear", "-w", "held_spread", "-a", "held_mean", "--format", "csv")
    found = table(
        run(python, "-m", "indicia", "run", COUNTRIES / "countries.csv", "--unit", "iso3", *words, cwd=tmp_path)
    )
    assert found["rank"].max() == len(found) == 193


def test_a_run_names_the_plugins_that_took_part(python: Path, tmp_path: Path) -> None:
    words = ("--unit", "iso3", "-w", "d_critic", "-a", "balanced_spotis", "-o", "scores.csv")
    run(python, "-m", "indicia", "run", COUNTRIES / "countries.csv", *words, cwd=tmp_path)
    manifest = (tmp_path / "scores.csv.manifest.json").read_text(encoding="utf-8")
    assert '"indicia_d_critic": "indicia-d-critic 0.1.0"' in manifest
    assert '"indicia_balanced_spotis": "indicia-balanced-spotis 0.1.0"' in manifest
    assert "indicia_tanh" not in manifest


def test_other_plugins_can_be_left_out(python: Path, tmp_path: Path) -> None:
    def names(*options: str) -> set[str]:
        listed = table(run(python, "-m", "indicia", "methods", "--format", "csv", *options, cwd=tmp_path))
        return set(listed["name"]) & {method for _, method in PLUGINS.values()}

    assert names("--only-plugins", "indicia-tanh,indicia_d_critic") == {"tanh", "d_critic"}
    assert names("--no-plugins") == set()


def test_an_installed_plugin_and_its_file_score_alike_by_the_formula(python: Path, tmp_path: Path) -> None:
    options = ("-n", "tanh(slope=1)", "--show", "normalised", "--format", "csv")
    index = CITIES / "index.toml"
    installed = run(python, "-m", "indicia", "run", index, *options, cwd=tmp_path)
    file = run(sys.executable, "-m", "indicia", "run", index, *options, "--plugin", TANH, cwd=tmp_path)
    loans = pl.read_csv(CITIES / "cities.csv").select(
        z=(pl.col("loans") - pl.col("loans").mean()) / pl.col("loans").std()
    )
    assert installed == file
    assert table(installed)["loans"].to_list() == pytest.approx(((loans["z"].tanh() + 1) / 2).to_list())


def test_the_listing_imports_no_library_of_a_plugin(python: Path, tmp_path: Path) -> None:
    code = "import sys; from indicia.catalogue import installed; installed(); print(*sys.modules)"
    loaded = set(run(python, "-c", code, cwd=tmp_path).split())
    assert {"indicia_d_critic", "indicia_balanced_spotis"} <= loaded
    assert not {"scipy.spatial", "pymcdm", "matplotlib"} & loaded
