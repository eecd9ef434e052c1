"""The commands about plugins, and what code a command runs."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from indicia.catalogue import installed, inventory, offers
from indicia.cli import main
from indicia.cli.options import every_kind, every_name, every_plugin, names

ROOT = Path(__file__).parents[3]
TABLE = "city,income,area\nLima,3,2\nOslo,9,8\nPune,1,1.5\n"
PLUGIN = '''
from dataclasses import dataclass

from indicia.catalogue import hookimpl
from indicia.methods import Normalisation


@dataclass(frozen=True)
class Halved(Normalisation):
    """Divide by twice the largest value."""

    name = "{name}"
    reference = "Example"

    def benefit(self, x, s):
        {body}
        return x / (2 * s.max)


@hookimpl
def indicia_normalisations():
    return [Halved]
'''


class Ran:
    """The exit code and the output of a command."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


Indicia = Callable[..., Ran]


@pytest.fixture
def indicia(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Indicia:
    """Run the command line in a folder with a table."""
    monkeypatch.chdir(tmp_path)
    Path("cities.csv").write_text(TABLE)

    def run(*arguments: str) -> Ran:
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        out, err = capfdbinary.readouterr()
        return Ran(int(caught.value.code or 0), out.decode(), err.decode())

    return run


def write(name: str, body: str = "", method: str = "halved") -> Path:
    """Write a plugin."""
    path = Path(name)
    path.write_text(PLUGIN.format(name=method, body=body))
    return path


# Listing


def test_the_list_says_plugin_version_state_methods_and_origin(indicia: Indicia, site: Callable[..., None]) -> None:
    site("halver", PLUGIN.format(name="halved", body=""))
    ran = indicia("plugins", "list", "--format", "json")
    (row,) = [one for one in json.loads(ran.out) if one["plugin"] == "halver"]
    assert row["version"] == "halver 1.0"
    assert (row["state"], row["methods"]) == ("ok", "halved")
    assert row["origin"].endswith("halver.py")


def test_a_plugin_that_fails_to_import_is_listed_with_the_reason_and_leaves_the_rest_whole(
    indicia: Indicia, site: Callable[..., None]
) -> None:
    site("halver", "import a_library_that_is_not_there\n")
    ran = indicia("plugins", "list", "--format", "json")
    (row,) = [one for one in json.loads(ran.out) if one["plugin"] == "halver"]
    assert row["state"] == "failed: ModuleNotFoundError: No module named 'a_library_that_is_not_there'"
    ran = indicia("run", "cities.csv", "--unit", "city")
    assert ran.code == 0
    assert ran.err.count("plugin halver (halver) was not loaded: ModuleNotFoundError") == 1
    ran = indicia("run", "cities.csv", "--unit", "city", "-n", "halved")
    assert ran.code == 2
    assert 'error: unknown normalisation "halved"\n' in ran.err
    assert "\n  plugin halver (halver) was not loaded: ModuleNotFoundError" in ran.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("raise SystemExit(3)", "SystemExit: 3"),
        (PLUGIN.format(name="halved", body="").replace("return [Halved]", "return [1]"), "offers 1, which is not a"),
        (PLUGIN.format(name="halved", body="").replace("indicia_norm", "indicia_nrom"), "has a hook that does not fit"),
        (PLUGIN.format(name="halved", body="").replace("return [Halved]", "1 / 0"), "failed: ZeroDivisionError"),
    ],
)
def test_a_plugin_that_offers_what_cannot_be_taken_is_left_out(
    text: str, said: str, indicia: Indicia, site: Callable[..., None]
) -> None:
    site("halver", text)
    assert any(said in one.state for one in inventory.plugins())
    ran = indicia("run", "cities.csv", "--unit", "city")
    assert ran.code == 0
    assert said in ran.err


def test_a_method_that_indicia_has_already_is_shadowed(indicia: Indicia, site: Callable[..., None]) -> None:
    site("halver", PLUGIN.format(name="min_max", body=""))
    (found,) = inventory.find("halver")
    assert found.state == "shadowed: min_max"
    ran = indicia("methods", "min_max")
    assert "plugin     indicia_methods.normalisation" in ran.out
    assert 'the normalisation "min_max" of plugin halver is not used' in ran.err


def test_of_two_plugins_with_one_name_neither_is_used_and_a_run_says_so(
    indicia: Indicia, site: Callable[..., None]
) -> None:
    site("halver", PLUGIN.format(name="halved", body=""))
    site("other-halver", PLUGIN.format(name="halved", body=""))
    ran = indicia("run", "cities.csv", "--unit", "city")
    assert ran.code == 0
    assert 'the normalisation "halved" is offered by halver and other_halver: none of them is used' in ran.err
    ran = indicia("run", "cities.csv", "--unit", "city", "-n", "halved")
    assert ran.code == 2
    assert 'several plugins offer the normalisation "halved"' in ran.err
    assert "--only-plugins halver" in ran.err
    ran = indicia("run", "cities.csv", "--unit", "city", "-n", "halved", "--only-plugins", "other-halver")
    assert ran.code == 0


def test_what_a_plugin_prints_as_it_is_imported_is_a_warning(indicia: Indicia, site: Callable[..., None]) -> None:
    site("halver", 'print("hello")\n' + PLUGIN.format(name="halved", body=""))
    ran = indicia("methods", "--format", "csv")
    assert "hello" not in ran.out
    assert "warning: plugin halver (halver) prints as it is imported: 'hello'" in ran.err


def test_a_plugin_that_is_slow_to_import_is_named(
    indicia: Indicia, site: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    site("halver", PLUGIN.format(name="halved", body=""))
    monkeypatch.setattr(offers, "SLOW", 0.0)
    ran = indicia("methods", "halved")
    assert "plugin halver (halver) takes 0.0 s to import" in ran.err


def test_a_plugin_is_described(indicia: Indicia, site: Callable[..., None]) -> None:
    site("halver", PLUGIN.format(name="halved", body=""))
    ran = indicia("plugins", "info", "halver")
    for line in ("  version    halver 1.0", "  summary    Made up", "  state      ok"):
        assert f"{line}\n" in ran.out
    assert "  normalisation  halved: Divide by twice the largest value." in ran.out
    assert "  contract   2\n" in ran.out
    assert indicia("plugins", "info", "halvr").code == 2
    file = write("thirder.py", method="thirded")
    ran = indicia("plugins", "info", "thirder.py", "--plugin", str(file))
    assert ran.out.startswith("thirder.py\n  version    sha256 ")
    assert "  normalisation  thirded: Divide by" in ran.out


def test_a_plugin_that_was_written_for_a_later_indicia_is_left_out_and_says_so(
    indicia: Indicia, site: Callable[..., None]
) -> None:
    site("halver", PLUGIN.format(name="halved", body="") + "\n\nindicia_contract = 99\n")
    ran = indicia("plugins", "info", "halver")
    assert "  state      failed: plugin halver: it was written for contract 99 of Indicia" in ran.out
    assert "  contract" not in ran.out
    ran = indicia("run", "cities.csv", "--unit", "city")
    assert ran.code == 0
    assert "was not loaded: plugin halver: it was written for contract 99 of Indicia, and this is 2; pip" in ran.err


def test_names_of_plugins_and_kinds_are_completed(site: Callable[..., None]) -> None:
    site("halver", PLUGIN.format(name="halved", body=""))
    assert every_plugin("hal") == ["halver"]
    assert every_plugin("indicia_methods.co") == ["indicia_methods.consensus"]
    assert every_kind("a") == ["aggregation", "agreement", "analysis"]
    assert names("normalisation")("halv") == every_name("halv") == ["halved"]


# Choosing plugins


def test_plugins_can_be_left_out(indicia: Indicia, site: Callable[..., None]) -> None:
    site("halver", PLUGIN.format(name="halved", body=""))
    site("thirder", PLUGIN.format(name="thirded", body=""))
    run = ("run", "cities.csv", "--unit", "city", "-n", "halved")
    assert indicia(*run).code == 0
    assert indicia(*run, "--only-plugins", "halver").code == 0
    assert indicia(*run, "--only-plugins", "thirder").code == 2
    assert indicia(*run, "--no-plugins").code == 2
    assert indicia("run", "cities.csv", "--unit", "city", "--no-plugins").code == 0
    ran = indicia(*run, "--only-plugins", "havler")
    assert 'no plugin "havler" is installed\n  fix: did you mean "halver"?' in ran.err
    assert "contradict each other" in indicia(*run, "--no-plugins", "--only-plugins", "halver").err


def test_a_method_that_an_option_leaves_out_is_an_error_that_names_the_option(
    indicia: Indicia, site: Callable[..., None]
) -> None:
    run = ("run", "cities.csv", "--unit", "city", "-n", "halved")
    ran = indicia(*run, "--no-plugins")
    assert ran.err.startswith('error: unknown normalisation "halved"\n')
    assert "no-plugins" not in ran.err  # nothing is installed that it could leave out
    site("halver", PLUGIN.format(name="halved", body=""))
    ran = indicia(*run, "--no-plugins")
    assert ran.code == 2
    assert "  --no-plugins leaves out these plugins: halver\n" in ran.err
    assert "\n  fix: if one of them has the method, leave out --no-plugins or write --only-plugins halver" in ran.err
    site("thirder", PLUGIN.format(name="thirded", body=""))
    ran = indicia(*run, "--only-plugins", "thirder")
    assert "\n  --only-plugins leaves out these plugins: halver\n" in ran.err
    assert "write --only-plugins thirder,halver" in ran.err
    assert "--no-plugins leaves out these plugins: halver, thirder\n" in indicia(*run, "--no-plugins").err
    ran = indicia("methods", "halved", "--no-plugins")
    assert 'unknown method "halved"\n  --no-plugins leaves out these plugins: halver, thirder\n' in ran.err
    ran = indicia("run", "cities.csv", "--unit", "city", "-n", "min_mx", "--no-plugins")
    assert ran.err.endswith('leave out --no-plugins or write --only-plugins NAME; or did you mean "min_max"?\n')
    ran = indicia("run", "cities.csv", "--unit", "city", "-n", "critic", "--no-plugins")
    assert "no-plugins" not in ran.err  # it is a method of another kind


def test_a_fitted_index_whose_method_an_option_leaves_out_names_the_option(
    indicia: Indicia, site: Callable[..., None]
) -> None:
    site("halver", PLUGIN.format(name="halved", body=""))
    Path("index.toml").write_text(
        '[data]\npath = "cities.csv"\nunit = "city"\n[indicators]\nincome = {}\n'
        '[methodology]\nnormalisation = "halved"\n'
    )
    assert indicia("fit", "index.toml", "-o", "fitted.json").code == 0
    for words in (("score", "fitted.json", "cities.csv"), ("run", "index.toml"), ("check", "index.toml")):
        ran = indicia(*words, "--no-plugins")
        assert ran.code == 2
        assert "--no-plugins leaves out these plugins: halver\n" in ran.err


def test_plugins_that_are_left_out_are_not_imported(indicia: Indicia, site: Callable[..., None]) -> None:
    site("halver", "raise RuntimeError('imported')")
    ran = indicia("run", "cities.csv", "--unit", "city", "--no-plugins")
    assert (ran.code, ran.err) == (0, "")


def test_the_manifest_names_the_plugins_that_took_part_and_a_replay_says_what_differs(
    indicia: Indicia, site: Callable[..., None]
) -> None:
    site("halver", PLUGIN.format(name="halved", body=""))
    site("thirder", PLUGIN.format(name="thirded", body=""))
    run = ("run", "cities.csv", "--unit", "city", "-n", "halved")
    indicia(*run, "-o", "scores.csv")
    plugins = json.loads(Path("scores.csv.manifest.json").read_text())["plugins"]
    assert plugins["halver"] == "halver 1.0"
    assert "thirder" not in plugins
    same = indicia(*run, "--expect", "scores.csv.manifest.json")
    assert (same.code, same.err) == (
        0,
        "compared with scores.csv.manifest.json: no difference that can change a result\n",
    )
    site("halver", PLUGIN.format(name="halved", body=""), "1.1")
    ran = indicia(*run, "--expect", "scores.csv.manifest.json")
    assert ran.code == 1
    assert ran.err == "differs from scores.csv.manifest.json: plugin halver is halver 1.1, expected halver 1.0\n"
    Path("cities.csv").write_text(TABLE + "Rome,4,5\n")
    assert "data.rows is 4, expected 3" in indicia(*run, "--expect", "scores.csv.manifest.json").err
    assert indicia(*run, "--expect", "cities.csv").code == 2


def test_other_code_of_a_plugin_is_a_difference_even_under_the_same_version(
    indicia: Indicia, site: Callable[..., None]
) -> None:
    run = ("run", "cities.csv", "--unit", "city", "-n", "halved")
    site("halver", PLUGIN.format(name="halved", body=""))
    indicia(*run, "-o", "scores.csv")
    site("halver", PLUGIN.format(name="halved", body="") + "# another formula\n")
    ran = indicia(*run, "--expect", "scores.csv.manifest.json")
    assert ran.code == 1
    assert ran.err.startswith("differs from scores.csv.manifest.json: code of plugin halver is ")


def test_a_fitted_index_says_that_another_version_scores(indicia: Indicia, site: Callable[..., None]) -> None:
    site("halver", PLUGIN.format(name="halved", body=""))
    Path("index.toml").write_text(
        '[data]\npath = "cities.csv"\nunit = "city"\n[indicators]\nincome = {}\n'
        '[methodology]\nnormalisation = "halved"\n'
    )
    assert indicia("fit", "index.toml", "-o", "fitted.json").code == 0
    assert indicia("score", "fitted.json", "cities.csv").err == ""
    site("halver", PLUGIN.format(name="halved", body=""), "1.1")
    ran = indicia("score", "fitted.json", "cities.csv")
    assert "warning: not as it was fitted: plugin halver is halver 1.1, expected halver 1.0" in ran.err


# Code of strangers


@pytest.fixture
def stranger(indicia: Indicia) -> Path:
    """An index file that names a plugin which leaves a mark when it is loaded."""
    text = "open('mark', 'w').close()\n" + PLUGIN.format(name="halved", body="")
    Path("methods.py").write_text(text)
    path = Path("index.toml")
    path.write_text(
        'plugins = ["methods.py"]\n[data]\npath = "cities.csv"\nunit = "city"\n[indicators]\nincome = {}\n'
        '[methodology]\nnormalisation = "halved"\n'
    )
    return path


@pytest.mark.parametrize("command", ["run", "check", "compare", "fit", "robustness"])
def test_an_index_file_runs_no_code_unless_it_is_allowed(command: str, indicia: Indicia, stranger: Path) -> None:
    ran = indicia(command, str(stranger), *(["-o", "fitted.json"] if command == "fit" else []))
    assert ran.code == 2
    assert not Path("mark").exists()
    assert "error: the index names plugins, and loading a plugin runs its code: methods.py" in ran.err
    assert 'index.toml:1   plugins = ["methods.py"]' in ran.err
    assert "--allow-code" in ran.err


def test_an_index_file_runs_code_where_it_is_allowed(indicia: Indicia, stranger: Path) -> None:
    assert indicia("run", str(stranger), "--allow-code").code == 0
    assert Path("mark").exists()


def test_a_file_that_the_user_names_too_is_allowed(indicia: Indicia, stranger: Path) -> None:
    assert indicia("run", str(stranger), "--plugin", "methods.py").code == 0


def test_a_fitted_index_runs_no_code_unless_it_is_allowed(indicia: Indicia, stranger: Path) -> None:
    assert indicia("fit", str(stranger), "-o", "fitted.json", "--allow-code").code == 0
    Path("mark").unlink()
    assert indicia("score", "fitted.json", "cities.csv").code == 2
    assert not Path("mark").exists()
    assert indicia("score", "fitted.json", "cities.csv", "--allow-code").code == 0


# Faults


def test_a_fault_of_a_plugin_exits_with_2_and_keeps_its_traceback_behind_an_option(indicia: Indicia) -> None:
    file = write("bad.py", 'raise RuntimeError("a bug")')
    run = ("run", "cities.csv", "--unit", "city", "--plugin", str(file), "-n", "halved")
    ran = indicia(*run)
    assert ran.code == 2
    assert ran.err.startswith("error: halved of income fails: RuntimeError: a bug\n  plugin bad.py\n")
    assert "Traceback" not in ran.err
    for words in ((*run, "--traceback"), ("--traceback", *run)):
        ran = indicia(*words)
        assert ran.code == 2
        assert "Traceback (most recent call last)" in ran.err
        assert 'raise RuntimeError("a bug")' in ran.err
        assert "error: halved of income fails" in ran.err


def test_a_fault_of_one_method_leaves_the_others_of_a_comparison(indicia: Indicia) -> None:
    file = write("bad.py", 'raise RuntimeError("a bug")')
    ran = indicia("compare", "cities.csv", "--plugin", str(file), "-n", "min_max,halved,z_score")
    assert ran.code == 0
    assert "halved of income fails: RuntimeError: a bug (plugin bad.py)" in ran.out
    assert "z_score" in ran.out


FUSSY = """
from dataclasses import dataclass

from indicia.catalogue import hookimpl
from indicia.methods import Weighting


@dataclass(frozen=True)
class Fussy(Weighting):
    '''Weigh all alike, and fall over of z-scores where x7 is left out.'''

    name = "fussy"
    reference = "Example"

    def weigh(self, indicators):
        if "x7" not in indicators.names and indicators.matrix().min() < -1:
            raise RuntimeError("a bug")
        return [1.0] * len(indicators.names)


@hookimpl
def indicia_weightings():
    return [Fussy]
"""
FALLS = "fussy of index fails: RuntimeError: a bug (plugin fussy.py)"


@pytest.fixture
def fussy() -> tuple[str, ...]:
    """A table of many indicators, and a method that falls over where one of them is left out."""
    cells = [[str(round(math.sqrt(2 + 31 * row + 7 * j) % 1, 3)) for j in range(30)] for row in range(8)]
    rows = [["city", *(f"x{j}" for j in range(30))], *([f"c{row}", *cell] for row, cell in enumerate(cells))]
    Path("many.csv").write_text("\n".join(map(",".join, rows)))
    Path("fussy.py").write_text(FUSSY)
    return ("many.csv", "--plugin", "fussy.py", "-w", "fussy")


def test_draws_that_a_plugin_cannot_score_are_left_out_by_its_name(indicia: Indicia, fussy: tuple[str, ...]) -> None:
    choices = ("-n", "min_max,z_score,rank,max", "--leave-out", "indicators", "--draws", "100", "--seed", "2")
    ran = indicia("robustness", *fussy, *choices)
    assert ran.code == 0
    assert f"without x7: {FALLS}" in ran.out
    ran = indicia("robustness", *fussy, *choices, "--show", "failures", "-f", "csv")
    assert FALLS in ran.out
    ran = indicia("robustness", *fussy, *("-n", "z_score", *choices[2:]))
    assert ran.code == 2
    assert "draws cannot be scored" in ran.err
    assert "\n  plugin fussy.py\n" in ran.err


def test_what_a_plugin_cannot_score_is_named_with_it_by_stability(indicia: Indicia, fussy: tuple[str, ...]) -> None:
    fussy = (*fussy, "-n", "z_score")
    ran = indicia("stability", *fussy)
    assert ran.code == 0
    assert f"Not scored without x7: {FALLS}" in ran.out
    ran = indicia("stability", *fussy, "--show", "omission_effects", "-f", "csv")
    assert FALLS in ran.out


def test_stability_names_the_plugin_that_cannot_score_without_some_units(indicia: Indicia) -> None:
    few = "x = x + s.fit(lambda v: [0.0] if len(v) % 3 == 0 else v.no_such_thing(), 1)[0]"
    file = write("few.py", few)
    ran = indicia("stability", "cities.csv", "--plugin", str(file), "-n", "halved")
    assert ran.code == 0
    assert "Some tests could not be scored: halved of income fails: AttributeError" in ran.out
    assert "(plugin few.py)" in ran.out


def test_a_report_says_which_plugin_keeps_a_part_of_it_from_being_made(
    indicia: Indicia, fussy: tuple[str, ...]
) -> None:
    Path("index.toml").write_text(
        'plugins = ["fussy.py"]\n[data]\npath = "many.csv"\nunit = "city"\n[indicators]\n'
        + "".join(f"x{j} = {{}}\n" for j in range(30))
        + '[methodology]\nnormalisation = "z_score"\nweighting = "fussy"\n[robustness]\nleave_out = "indicators"\n'
    )
    ran = indicia("report", "index.toml", "--allow-code", "-o", "report.html")
    assert ran.code == 0
    page = Path("report.html").read_text(encoding="utf-8")
    assert FALLS in page


def test_what_a_method_prints_does_not_get_into_the_output(indicia: Indicia) -> None:
    file = write("loud.py", 'print("hello")')
    ran = indicia("run", "cities.csv", "--unit", "city", "--plugin", str(file), "-n", "halved", "--format", "csv")
    assert ran.out.startswith("city,score,rank\n")
    assert "hello" not in ran.out
    assert ran.err.count("warning: halved of income prints 'hello'; plugin loud.py") == 1


@pytest.mark.slow
def test_output_that_bypasses_python_goes_to_standard_error(tmp_path: Path) -> None:
    loud = "import os, subprocess, sys; os.write(1, b'by number\\n'); print('past', file=sys.__stdout__); "
    loud += "subprocess.run([sys.executable, '-c', 'print(\"a program\")'])"
    (tmp_path / "cities.csv").write_text(TABLE)
    (tmp_path / "loud.py").write_text(PLUGIN.format(name="halved", body=loud))
    (tmp_path / "mute.py").write_text(PLUGIN.format(name="halved", body=""))
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "core"), str(ROOT / "plugins")])}

    def run(plugin: str) -> subprocess.CompletedProcess[str]:
        words = ("run", "cities.csv", "--unit", "city", "--plugin", plugin, "-n", "halved", "--format", "csv")
        command = [sys.executable, "-m", "indicia", *words]
        return subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=True)

    found = run("loud.py")
    assert found.stdout == run("mute.py").stdout
    assert found.stdout.startswith("city,score,rank\n")
    assert {"by number", "past", "a program"} <= set(found.stderr.splitlines())


# Writing and testing one


def test_a_new_plugin_is_written_and_passes(indicia: Indicia) -> None:
    ran = indicia("plugins", "new", "my-sigmoid", "--kind", "consensus")
    assert ran.code == 0
    assert "next: indicia plugins test my-sigmoid; pip install -e my-sigmoid" in ran.err
    ran = indicia("plugins", "test", "my-sigmoid", "-o", "card.md")
    assert ran.code == 0
    assert ran.out.startswith("my_sigmoid (consensus): ")
    assert Path("card.md").read_text(encoding="utf-8").startswith("## `my_sigmoid` (consensus)")


def test_a_new_file_is_written_and_listed(indicia: Indicia) -> None:
    assert indicia("plugins", "new", "my-sigmoid", "--kind", "agreement", "--single-file").code == 0
    ran = indicia("plugins", "list", "--plugin", "my_sigmoid.py", "--format", "json")
    assert json.loads(ran.out)[-1]["methods"] == "my_sigmoid"
    assert indicia("plugins", "test", "my_sigmoid.py").code == 0


def test_a_broken_promise_exits_with_1(indicia: Indicia) -> None:
    file = write("bad.py", "return -x")
    ran = indicia("plugins", "test", str(file))
    assert ran.code == 1
    assert "BROKEN  A larger benefit is never worse" in ran.out
    assert ran.err.endswith("promise(s) broken\n")


def test_one_method_is_tested_with_parameters(indicia: Indicia) -> None:
    ran = indicia("plugins", "test", "indicia", "--method", "top_k_overlap(k=2)")
    assert ran.code == 0
    assert ran.out.startswith("top_k_overlap(k=2) (agreement): ")
    assert indicia("plugins", "test", "indicia", "--method", "nothing").code == 2


# Starting


def test_help_imports_no_plugin_and_none_is_looked_for(tmp_path: Path) -> None:
    (tmp_path / "halver.py").write_text("raise RuntimeError('imported')")
    about = tmp_path / "halver-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: halver\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[indicia]\nhalver = halver\n")
    code = (
        "import sys\nfrom indicia.cli import main\n"
        "try:\n    main([{!r}, '--help'] if {!r} else ['--help'])\n"
        "finally:\n    print('modules', *sys.modules)"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT / "core"), str(ROOT / "plugins")])}
    for command in ("", "run", "plugins"):
        words = [sys.executable, "-c", code.format(command, command)]
        done = subprocess.run(words, capture_output=True, text=True, env=env, check=False)
        modules = set(done.stdout.rpartition("modules ")[2].split())
        assert "indicia.cli" in modules, done.stderr
        assert not {"halver", "pluggy", "polars", "indicia.catalogue", "indicia.testing"} & modules


def test_a_run_imports_the_plugins_and_nothing_else_of_theirs(site: Callable[..., None]) -> None:
    for number in range(50):
        site(f"plugin-{number}", PLUGIN.format(name=f"method_{number}", body=""))
    before = set(sys.modules)
    assert len(installed().names("normalisation")) >= 50
    new = {name for name in set(sys.modules) - before if not name.startswith("plugin_")}
    assert new == set()
