"""A run imports the methods that it names, the command that is called, and no library that it does not need."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from many_plugins import install_plugins

from indicia.catalogue import installed
from indicia.catalogue.offers import plugin_points

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
RUN = """
import sys
import tomllib
from indicia.cli import main
try:
    main({words!r})
finally:
    sys.stderr.write("modules " + " ".join(sys.modules))
"""
KINDS = {"aggregation", "imputation", "normalisation", "treatment", "weighting"}
FAMILIES = {
    "human_development": {
        "aggregation.means",
        "normalisation.linear",
        "unit_weights",
        "treatment.logarithms",  # the transform of income
        "treatment.moments",
        "weighting.plain",
        "weighting.judged",
    },
    "intelligent_manufacturing": {
        "aggregation.means",
        "normalisation.linear",
        "unit_weights",
        "weighting.spread",
        "weighting.directed",
    },
}
"""The modules of methods that an example names, and those that these import."""
LIBRARIES = {"altair", "pandas", "scipy", "vl_convert", "xlsxwriter"}


def modules(code: str, folder: Path, installed: Path | None = None) -> set[str]:
    """Return the modules that a new process has at its end; `installed` is a folder of further plugins."""
    places = [ROOT / "core", ROOT / "plugins", *([] if installed is None else [installed])]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, places))}
    ran = subprocess.run([sys.executable, "-c", code], cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert "modules " in ran.stderr, ran.stderr
    return set(ran.stderr.rpartition("modules ")[2].split())


def families(names: set[str]) -> set[str]:
    return {name.removeprefix("indicia_methods.") for name in names if name.startswith("indicia_methods.")}


@pytest.mark.parametrize("example", FAMILIES)
def test_a_run_imports_the_methods_of_its_index_file_and_no_others(example: str, tmp_path: Path) -> None:
    words = ["run", str(EXAMPLES / example / "index.toml"), "-o", str(tmp_path / "scores.csv"), "--no-plugins"]
    loaded = modules(RUN.format(words=words), tmp_path)
    assert families(loaded) == KINDS | FAMILIES[example]
    assert not LIBRARIES & loaded
    others = {"indicia_checks", "indicia_report", "indicia_workbook"}
    assert not {"indicia_commands.report", "indicia_commands.plugins", "indicia_robustness", *others} & loaded


MOST_MODULES = 186
"""The modules of Indicia that a plain run imports: the number is lowered as rooms leave the core, and never raised."""


def test_a_plain_run_imports_few_modules_of_indicia(tmp_path: Path) -> None:
    words = ["run", str(EXAMPLES / "human_development" / "index.toml"), "--no-plugins"]
    loaded = {name for name in modules(RUN.format(words=words), tmp_path) if name.startswith("indicia")}
    rooms = {".".join(name.split(".")[:2]) for name in loaded}
    assert len(loaded) <= MOST_MODULES
    assert (
        not {"indicia_engines", "indicia_bundle.fitted", "indicia_partitions", "indicia.outputs", "indicia.means"}
        & rooms
    )


def test_an_option_imports_the_method_that_it_names(tmp_path: Path) -> None:
    index = str(EXAMPLES / "human_development" / "index.toml")
    words = ["run", index, "-o", str(tmp_path / "scores.csv"), "--no-plugins", "-w", "entropy", "-n", "sigmoid"]
    loaded = families(modules(RUN.format(words=words), tmp_path))
    assert {"normalisation.curved", "weighting.spread"} <= loaded
    assert not {"normalisation.linear", "weighting.plain"} & loaded


def test_a_run_imports_one_class_of_a_hundred_plugins_the_one_that_it_names(tmp_path: Path) -> None:
    installed = install_plugins(tmp_path / "installed", lazy=100)
    index = str(EXAMPLES / "intelligent_manufacturing" / "index.toml")
    words = ["run", index, "-o", str(tmp_path / "scores.csv"), "-n", "curve_7"]
    loaded = modules(RUN.format(words=words), tmp_path, installed)
    assert {f"lazy_{number}" for number in range(100)} <= loaded
    assert {name for name in loaded if name.endswith(".curve") or name.startswith("heavy_")} == {
        "lazy_7.curve",
        "heavy_7",
    }


def test_an_unknown_method_is_refused_without_an_import_of_any_other(tmp_path: Path) -> None:
    index = str(EXAMPLES / "human_development" / "index.toml")
    loaded = modules(RUN.format(words=["run", index, "--no-plugins", "-w", "entropi"]), tmp_path)
    assert "weighting.spread" not in families(loaded)


def test_a_first_score_imports_the_default_methods_and_no_others(tmp_path: Path) -> None:
    code = (
        "import sys, polars, indicia\n"
        "indicia.score(polars.DataFrame({'city': ['a', 'b', 'c'], 'income': [1.0, 2.0, 4.0]}), unit='city')\n"
        "sys.stderr.write('modules ' + ' '.join(sys.modules))"
    )
    loaded = modules(code, tmp_path)
    used = {"aggregation.means", "normalisation.linear", "unit_weights", "weighting.plain", "weighting.judged"}
    assert families(loaded) == KINDS | used
    assert not LIBRARIES & loaded


def test_the_names_of_indicia_are_listed_before_any_of_them_is_imported(tmp_path: Path) -> None:
    code = "import sys, indicia; names = dir(indicia); sys.stderr.write('modules ' + ' '.join(sys.modules))"
    loaded = modules(code, tmp_path)
    assert not {"polars", "numpy", "importlib.metadata", "indicia.index", "indicia.types"} & loaded


def test_indicia_lists_its_public_names_only_and_has_all_of_them() -> None:
    import indicia

    names = dir(indicia)
    assert {"Index", "Comparison", "score", "read", "analysis", "types", "__version__"} <= set(names)
    assert not {"annotations", "import_module", "TYPE_CHECKING", "register", "names_its_arguments"} & set(names)
    assert set(indicia.__all__) <= set(names)
    assert all(getattr(indicia, name) is not None for name in names)
    assert indicia.__version__ == tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    with pytest.raises(AttributeError, match="no attribute 'polars'"):
        _ = indicia.polars


def test_a_plugin_of_indicia_offers_its_own_classes_only() -> None:
    offers = installed(only=()).offers.values()
    packages = {(offer.plugin.split(".")[0], offer.place.split(".")[0]) for offer in offers}
    assert all(plugin == package for plugin, package in packages)


def test_each_check_of_indicia_has_an_entry_point_of_its_kind() -> None:
    """A run imports no module of these entry points, and an inspection imports all of them."""
    points = {point.value for point in plugin_points(()) if point.name.partition(".")[0] == "check"}
    offers = installed(only=()).offers.values()
    assert {offer.plugin for offer in offers if offer.kind == "check"} == points
