"""The command line, run as users run it; rules are tested where they live."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from indicia.cli import COMMANDS, GROUPS, application, main
from indicia.cli.output import print_grid

EXAMPLES = Path(__file__).parents[3] / "examples"
Indicia = Callable[..., "Ran"]
TABLE = "city,year,income,co2\nLima,2020,3,2\nOslo,2020,9,8\nPune,2020,1,1.5\n"


class Ran:
    """The exit code and the output of a command."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def indicia(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Indicia:
    """Run the command line in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Ran:
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        out, err = capfdbinary.readouterr()
        return Ran(int(caught.value.code or 0), out.decode(), err.decode())

    return run


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A small panel."""
    path = tmp_path / "cities.csv"
    path.write_text(TABLE)
    return path


def test_run_prints_the_ranking_of_a_table(indicia: Indicia, table: Path) -> None:
    ran = indicia("run", str(table), "--cost", "co2")
    assert ran.code == 0
    firsts = [line.split()[:2] for line in ran.out.splitlines()[2:]]
    assert firsts == [["1", "Lima"], ["2", "Oslo"], ["2", "Pune"], ["year", "is"], ["more", "is"]]


def test_run_writes_results_with_a_manifest(indicia: Indicia, table: Path) -> None:
    ran = indicia("run", str(table), "--cost", "co2", "-w", "entropy", "-o", "out.csv")
    assert ran.code == 0
    assert ran.out == ""
    assert Path("out.csv").read_text().splitlines()[0] == "city,year,score,rank"
    manifest = json.loads(Path("out.csv.manifest.json").read_text())
    assert manifest["nodes"]["index"]["weighting"] == "entropy"
    assert len(manifest["data"]["sha256"]) == 64


def test_a_run_twice_writes_the_same_bytes(indicia: Indicia, table: Path) -> None:
    for name in ("one", "two"):
        indicia("run", str(table), "-o", f"{name}.csv")
    assert Path("one.csv").read_bytes() == Path("two.csv").read_bytes()
    assert Path("one.csv.manifest.json").read_bytes() == Path("two.csv.manifest.json").read_bytes()


def test_a_format_prints_data_to_standard_output(indicia: Indicia, table: Path) -> None:
    ran = indicia("run", str(table), "--format", "json", "--show", "weights")
    assert [row["weight"] for row in json.loads(ran.out)] == [0.5, 0.5]


def test_options_choose_methods_and_settings(indicia: Indicia) -> None:
    index = str(EXAMPLES / "human_development" / "index.toml")
    ran = indicia(
        "run", index, "-n", "min_max(lower=1, upper=100)", "-a", "geometric", "--set", "methodology.decimals=1"
    )
    assert ran.code == 0
    assert "min_max(lower=1, upper=100)" in ran.out


def test_ranks_within_groups_stand_beside_the_group(indicia: Indicia, tmp_path: Path) -> None:
    (tmp_path / "cities.csv").write_text("city,side,income\nLima,west,3\nOslo,east,9\nPune,east,1\n")
    (tmp_path / "index.toml").write_text(
        '[data]\npath = "cities.csv"\nunit = "city"\ngroups = ["side"]\n'
        '[indicators]\nincome.direction = "benefit"\n[methodology]\nranks = ["side"]\n'
    )
    lines = [line.split()[:4] for line in indicia("run").out.splitlines()[1:]]
    assert lines == [
        ["rank", "city", "side", "rank_side"],
        ["1", "Oslo", "east", "1"],
        ["2", "Lima", "west", "1"],
        ["3", "Pune", "east", "2"],
    ]


@pytest.mark.parametrize(
    ("setting", "drawn"),
    [
        ("methodology.ties=min", True),
        ("methodology.decimals=2", True),
        ("methodology.levels=[{}, {'as_component': 'rank'}]", False),
        ("methodology.levels=[{'rescaling': 'rank'}]", False),
        ("methodology.aggregation=geometric", False),
    ],
)
def test_bars_are_drawn_where_scores_are_sums_of_what_stands_beside_them(
    indicia: Indicia, setting: str, drawn: bool
) -> None:
    index = str(EXAMPLES / "human_development" / "index.toml")
    method = [] if "aggregation" in setting else ["-a", "arithmetic"]
    ran = indicia("run", index, *method, "--set", setting)
    assert ran.code == 0
    assert ("contribution by dimension" in ran.out) == drawn


def test_an_index_file_is_found_from_a_folder_below(
    indicia: Indicia, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert indicia("init", str(table), "--cost", "co2").code == 0
    (table.parent / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(table.parent / "deep" / "er")
    assert indicia("run").code == 0


def test_standard_input_is_scored_with_a_configuration(indicia: Indicia, table: Path) -> None:
    assert indicia("init", "cities.csv").code == 0
    ran = subprocess.run(
        [sys.executable, "-m", "indicia", "run", "-", "-c", "index.toml", "--format", "csv"],
        cwd=table.parent,
        input=TABLE.encode(),
        capture_output=True,
        check=True,
    )
    assert ran.stdout.splitlines()[0] == b"city,year,score,rank"


def test_init_prints_the_roles_of_the_columns_and_its_file_runs(indicia: Indicia, table: Path) -> None:
    ran = indicia("init", str(table))
    assert "unit: city" in ran.err
    assert "period: year" in ran.err
    assert [line.split()[:2] for line in ran.err.splitlines() if line.startswith(("income", "co2"))] == [
        ["income", "benefit"],
        ["co2", "cost"],
    ]
    assert indicia("run").code == 0
    assert indicia("check").out.endswith("ok, 1 for information; --show findings lists all\n")


def test_init_prints_a_remedy_once_below_the_columns_that_share_it(indicia: Indicia, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "city,area_code,zip_code,income\nLima,301,15001,4\nOslo,302,15002,9\nPune,303,15003,3\n"
    )
    lines = indicia("init", "t.csv").err.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("area_code is left out: "))
    assert lines[first + 1].startswith("zip_code is left out: ")
    assert lines[first + 2].startswith("  a line in [indicators] makes it an indicator")


def test_init_does_not_replace_a_file_unasked(indicia: Indicia, table: Path) -> None:
    indicia("init", str(table))
    ran = indicia("init", str(table))
    assert (ran.code, ran.err) == (
        2,
        "error: index.toml exists already\n  fix: --force replaces it, -o NAME writes another file\n",
    )


def test_methods_lists_all_and_shows_one(indicia: Indicia) -> None:
    assert "min_max" in indicia("methods").out
    card = indicia("methods", "min_max").out
    assert "parameter  lower (l): score of the worst value (default 0.0)" in card
    assert "reference  OECD/JRC (2008)" in card
    ran = indicia("methods", "minmax")
    assert (ran.code, ran.err) == (2, 'error: unknown method "minmax"\n  fix: did you mean "min_max"?\n')


def test_one_method_can_be_printed_as_data(indicia: Indicia) -> None:
    rows = json.loads(indicia("methods", "formula", "-f", "json").out)
    assert [(row["kind"], row["name"]) for row in rows] == [("normalisation", "formula"), ("aggregation", "formula")]


def test_methods_are_filtered_by_the_properties_that_they_declare(indicia: Indicia) -> None:
    kept = indicia("methods", "--where", "monotone, compensatory", "--format", "csv").out
    assert ",arithmetic," in kept
    assert ",harmonic," not in kept
    ran = indicia("methods", "--where", "monoton")
    assert (ran.code, ran.err) == (2, 'error: unknown property "monoton"\n  fix: did you mean "monotone"?\n')


def test_schema_has_the_limits_of_optional_numbers(indicia: Indicia) -> None:
    words = json.loads(indicia("schema").out)["$defs"]["AuditChoices"]["properties"]
    assert words["draws"]["anyOf"][0] == {"type": "integer", "minimum": 1, "maximum": 1_000_000_000}


def test_schema_knows_the_parameters_of_methods(indicia: Indicia) -> None:
    schema = json.loads(indicia("schema").out)
    tables = schema["$defs"]["normalisation"]["anyOf"]
    z_score = next(table for table in tables if table.get("properties", {}).get("method") == {"const": "z_score"})
    assert set(z_score["properties"]) == {"method", "mean", "sd", "ddof", "weights"}


@pytest.mark.parametrize("command", ["run", "compare", "robustness", "stability", "report", "export", "plot ranking"])
def test_an_unknown_language_is_an_error(indicia: Indicia, command: str, tmp_path: Path) -> None:
    path = str(EXAMPLES / "intelligent_manufacturing" / "index.toml")
    output = ["-o", str(tmp_path / "out.html")] if command not in ("run", "compare", "robustness", "stability") else []
    ran = indicia(*command.split(), path, "--lang", "fr", *output)
    assert ran.code == 2
    assert 'error: no language "fr", in the words of Indicia or in the names of the index' in ran.err
    assert "fix: known: en, zh" in ran.err


def test_names_are_in_the_language_of_the_option(indicia: Indicia) -> None:
    ran = indicia("run", str(EXAMPLES / "intelligent_manufacturing" / "index.toml"), "--lang", "zh")
    assert "上海" in ran.out
    assert ran.out.startswith("智能制造发展指数")


def wrong(name: str, index: str, *arguments: str, message: str) -> object:
    return pytest.param(index, arguments, message, id=name)


GOOD = '[data]\npath = "cities.csv"\nunit = "city"\nperiod = "year"\n[indicators]\nincome = {}\n'


@pytest.mark.parametrize(
    ("index", "arguments", "message"),
    [
        wrong("no index file", "", "run", "other.toml", message="error: no such index file: other.toml\n  fix: "),
        wrong(
            "no data file", GOOD.replace("cities", "citys"), "run", "index.toml", message='error: no file "citys.csv"'
        ),
        wrong("not TOML", "name = [", "run", "index.toml", message="error: index.toml is not TOML: "),
        wrong(
            "unknown column",
            GOOD + 'gdp = { column = "incom" }\n',
            "run",
            "index.toml",
            message='error: no column "incom" in the table, which has 4 columns\n'
            '  index.toml:7   gdp = { column = "incom" }\n  cities.csv\n  fix: did you mean "income"?',
        ),
        wrong(
            "unknown key",
            GOOD + 'co2 = { directon = "cost" }\n',
            "run",
            "index.toml",
            message='error: unknown key "directon" in indicators.co2\n'
            '  index.toml:7   co2 = { directon = "cost" }\n  fix: did you mean "direction"?',
        ),
        wrong(
            "unknown method",
            GOOD + '[methodology]\nweighting = "entropie"\n',
            "run",
            "index.toml",
            message='error: unknown weighting "entropie"\n'
            '  index.toml:8   weighting = "entropie"\n  fix: did you mean "entropy"?',
        ),
        wrong(
            "unknown method in an option",
            GOOD,
            "run",
            "index.toml",
            "-a",
            "topsys",
            message='error: unknown aggregation "topsys"',
        ),
        wrong(
            "parameter out of range",
            GOOD,
            "run",
            "index.toml",
            "-n",
            "min_max(lower=5)",
            message="error: min_max: lower = 5 must be smaller than upper = 1",
        ),
        wrong(
            "two files",
            GOOD,
            "run",
            "index.toml",
            "-c",
            "index.toml",
            message="error: index.toml and index.toml cannot both",
        ),
        wrong(
            "unreadable setting",
            GOOD,
            "run",
            "index.toml",
            "--set",
            "weight",
            message='error: cannot read --set "weight"',
        ),
        wrong("unknown variant", GOOD, "run", "index.toml", "--variant", "x", message='error: unknown variant "x"'),
        wrong("unknown ending", GOOD, "run", "index.toml", "-o", "out.doc", message="error: "),
        wrong(
            "a table's option for an index file",
            GOOD,
            "run",
            "index.toml",
            "--unit",
            "city",
            message="error: --unit describes a table; index.toml is an index file",
        ),
    ],
)
def test_wrong_input_is_one_clear_message(
    indicia, table: Path, index: str, arguments: tuple[str, ...], message: str
) -> None:
    Path("index.toml").write_text(index)
    before = sorted(Path().iterdir())
    ran = indicia(*arguments)
    assert ran.code == 2
    assert ran.err[ran.err.index("error: ") :].startswith(message)
    assert ran.out == ""
    assert sorted(Path().iterdir()) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("rn", 'unknown command "rn"\n  fix: did you mean "run"?\n'),
        ("plugins nw", 'unknown command "nw"\n  fix: did you mean "new"?\n'),
        ("frobnicate", 'unknown command "frobnicate"\n  fix: indicia -h lists the arguments and options\n'),
        ("run --unitt city", 'indicia run has no option --unitt\n  fix: did you mean "--unit"?\n'),
        ("run --unit", "--unit needs a value\n"),
        ("run --no-plugins=3", "--no-plugins takes no value\n"),
        (
            "run a.csv b",
            'indicia run has no argument for "b"\n  fix: indicia run -h lists the arguments and options\n',
        ),
        ("run a.csv --show scors", '--show cannot be "scors"\n  fix: did you mean "scores"?\n'),
        ("plot", "indicia plot needs KIND\n  fix: indicia plot -h lists the arguments and options\n"),
        ("fit a.csv", "indicia fit needs --output\n  fix: indicia fit -h lists the arguments and options\n"),
        (
            "compare --top 0",
            "--top must be 1 or more, not 0\n  fix: indicia compare -h lists the arguments and options\n",
        ),
        (
            "report --draws x",
            "--draws must be a whole number, not x\n  fix: indicia report -h lists the arguments and options\n",
        ),
        (
            "robustness --noise x",
            "--noise must be a number, not x\n  fix: indicia robustness -h lists the arguments and options\n",
        ),
        ("plot pie cities.csv", 'there is no chart "pie"\n  fix: '),
        ("robustness cities.csv --cost co2 --draws -5", "robustness.draws must be 1 or more\n"),
        (
            "run cities.csv -f table -o out.csv",
            "--format table is for the screen, not for a file\n  fix: leave --format out",
        ),
        ("run cities.csv --expect cities.csv", "cities.csv is not a manifest\n  fix: run -o scores.csv writes"),
        ("robustness cities.csv -o ranks.doc", 'the ending of "ranks.doc" is not that of a format'),
        ("compare cities.csv -o none/ranks.csv -w equal,entropy", 'there is no folder "'),
        ("stability cities.csv -f doc", 'unknown format "doc"'),
        ("plot intervals cities.csv -o chart.gif", 'a chart cannot be written as "gif"'),
        ('run cities.csv -w "combination(of=[])"', "combination: of = [] must be a list of 2 or more\n"),
    ],
)
def test_errors_in_the_command_line_name_the_problem_and_a_remedy(
    indicia: Indicia, table: Path, words: str, said: str
) -> None:
    ran = indicia(*shlex.split(words))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {said}")


def test_no_argument_of_many_values_has_a_default_list() -> None:
    """A typer that uses click before 8.3 refuses to run any command then."""

    def arguments(command: Any) -> list[tuple[str, object]]:
        own = [(f"{command.name} {one.name}", one.default) for one in command.params if one.nargs == -1]
        return [*own, *(found for other in getattr(command, "commands", {}).values() for found in arguments(other))]

    assert arguments(typer.main.get_command(application())) == [
        ("init tables", None),
        ("compare source", None),
        ("explain units", None),
        ("diff old", None),
    ]


def test_the_help_lists_each_command_once_below_what_a_person_does(indicia: Indicia) -> None:
    parts = re.findall(r"^(\w+):\n((?:  \S.*\n?)+)", indicia("--help").out, re.MULTILINE)
    listed = {heading: tuple(re.findall(r"^  (\w+)  ", rows, re.MULTILINE)) for heading, rows in parts}
    assert {heading: listed[heading] for heading in GROUPS} == GROUPS
    examples = re.findall(r"^  indicia (\w+)", indicia("--help").out.partition("Start:")[0], re.MULTILINE)
    assert examples == sorted(examples, key=COMMANDS.index)


@pytest.mark.parametrize(
    ("line", "fault", "place"),
    [
        ("run -a geometric --aggregation median", "--aggregation or -a is given twice", "indicia run"),
        ("report --draws 5 --draws 6", "--draws is given twice", "indicia report"),
        ("analyse obstacles --top 3 --top 4", "--top is given twice", "indicia analyse obstacles"),
        (
            "run cities.csv -a geometric --set methodology.aggregation=median",
            "methodology.aggregation is given twice",
            "--aggregation geometric and --set methodology.aggregation=…",
        ),
        (
            "run cities.csv --seed 1 --set methodology.seed=2",
            "methodology.seed is given twice",
            "--set methodology.seed=1",
        ),
    ],
)
def test_an_option_given_twice_in_different_words_is_refused(
    indicia: Indicia, line: str, fault: str, place: str
) -> None:
    ran = indicia(*shlex.split(line))
    assert (ran.code, ran.err) == (2, f"error: {fault}\n  {place}\n  fix: leave one of them out\n")


OF_SEVERAL_MEANINGS = {
    "--against": 2, "--at": 2, "--draws": 4, "--engine": 2, "--fail-on": 2, "--force": 2, "--format": 6, "--from": 2,
    "--kind": 2, "--node": 3, "--of": 3, "--output": 7, "--period": 2, "--seed": 2, "--show": 3, "--since": 3,
    "--table": 4, "--to": 2, "--top": 3, "--unit": 2, "--units": 2, "--within": 2,
}  # fmt: skip
"""The number of texts of options that mean one thing in one command and another thing in another."""


def test_an_option_of_several_commands_has_one_text_name_and_default() -> None:
    """A new text of an option needs another meaning, and a higher number above."""

    def options(command: Any) -> list[Any]:
        own = [each for each in command.params if each.param_type_name == "option"]
        inner = getattr(command, "commands", {}).values()
        return [*own, *(option for each in inner for option in options(each))]

    texts: dict[str, set[tuple[Any, ...]]] = {}
    for option in options(typer.main.get_command(application())):
        name = next(name for name in option.opts if name.startswith("--"))
        texts.setdefault(name, set()).add((tuple(option.opts), option.help, option.metavar))
    assert {name: len(several) for name, several in texts.items() if len(several) > 1} == OF_SEVERAL_MEANINGS


def test_a_command_without_arguments_shows_its_help(indicia: Indicia) -> None:
    ran = indicia()
    assert ran.code == 2
    assert ran.err.startswith("Usage: indicia [OPTIONS] COMMAND")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "error: the file is empty"),
        (b"city,income\n", "error: the table has a header and no rows"),
        (b"city,income\nLima,3\nOslo,many\n", 'error: income has text where numbers belong: "many" (line 3)'),
        ("city,income\n上海,3\n".encode("gb18030"), "error: the text is not UTF-8"),
        (b"city,income\nLima,3\nLima,4\n", "error: city: 1 stands more than once (Lima)"),
        (b"city,income\nLima,3\nOslo,\n", "error: income is missing for 1 unit(s): Oslo"),
        (b"city,income\nLima,3\nOslo,inf\n", "error: income is infinite for Oslo"),
        (b"city,income\nLima,3\nOslo,3\n", "error: income is the same for all units"),
    ],
)
def test_wrong_data_are_one_clear_message(indicia: Indicia, tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "cities.csv").write_bytes(content)
    Path("index.toml").write_text('[data]\npath = "cities.csv"\nunit = "city"\n[indicators]\nincome = {}\n')
    ran = indicia("run", "-o", "out.csv")
    assert (ran.code, ran.err.splitlines()[0][: len(message)]) == (2, message)
    assert not Path("out.csv").exists()


def test_a_bug_keeps_its_traceback_and_exits_with_70(
    indicia: Indicia, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("indicia.index.score", broken)
    ran = indicia("run", str(table))
    assert ran.code == 70
    assert "ZeroDivisionError: oops" in ran.err
    assert "This is a bug" in ran.err


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is a device of Linux")
def test_output_that_cannot_be_written_is_an_error_and_closed_output_is_not(table: Path) -> None:
    run = shlex.join([sys.executable, "-m", "indicia", "run", table.name, "--unit", "city"])
    full, closed = (
        subprocess.run(["sh", "-c", f"{run} {to}"], cwd=table.parent, capture_output=True, text=True, check=False)
        for to in ("> /dev/full", ">&-")
    )
    assert (full.returncode, full.stderr) == (2, "error: cannot write the output: No space left on device\n")
    assert (closed.returncode, closed.stdout, closed.stderr) == (0, "", "")


@pytest.mark.parametrize(
    "words",
    [
        "run cities.csv -o cities.csv",
        "run cities.csv#Sheet -o cities.csv",
        "run -o cities.csv",
        "fit -o index.toml",
        "fit -o ./cities.csv",
        "compare -w equal,entropy -f csv -o cities.csv",
        "robustness --weights 25% --draws 2 -o cities.csv",
        "stability -o cities.csv",
        "export -o cities.csv",
        "report -o index.toml",
        "plot ranking -f svg -o cities.csv",
        "score fitted.json cities.csv -o cities.csv",
        "score fitted.json cities.csv --stream -o cities.csv",
        "init cities.csv --force -o cities.csv",
    ],
)
def test_no_command_writes_over_what_it_reads(words: str, indicia: Indicia, table: Path) -> None:
    Path("index.toml").write_text('[data]\npath = "cities.csv"\nunit = "city"\n[indicators]\nincome = {}\n')
    assert indicia("fit", "-o", "fitted.json").code == 0
    before = {path: path.read_bytes() for path in Path().iterdir()}
    assert indicia(*words.split()).code == 2
    assert {path: path.read_bytes() for path in Path().iterdir()} == before


def test_a_report_is_written_to_a_page(indicia: Indicia, table: Path) -> None:
    ran = indicia("report", str(table), "-o", "report.pdf")
    assert (ran.code, Path("report.pdf").exists()) == (2, False)
    assert "fix: -o report.html" in ran.err


def test_standard_output_is_no_file_to_write_to(indicia: Indicia, table: Path) -> None:
    ran = indicia("run", str(table), "-o", "-")
    assert ran.err.startswith('error: -o takes the name of a file, not "-"\n  fix: leave -o out; --format csv prints')


def test_a_pipe_is_written_to_and_has_no_manifest(table: Path) -> None:
    command = [sys.executable, "-m", "indicia", "run", str(table), "-f", "csv", "-o", "/dev/stdout"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, {line[:5] for line in ran.stderr.splitlines()}) == (0, {"note:"})
    assert ran.stdout.startswith("city,year,score,rank\n")


def test_a_folder_is_no_file_to_write_to(indicia: Indicia, table: Path) -> None:
    assert "is a folder" in indicia("run", str(table), "-o", ".").err


def test_a_table_in_another_encoding_is_read_in_it(indicia: Indicia, tmp_path: Path) -> None:
    table = tmp_path / "cities.csv"
    table.write_bytes("城市,地区,收入\n上海,东,3\n北京,北,4\n广州,南,2\n深圳,南,1\n".encode("gb18030"))
    assert "北京" in indicia("run", "cities.csv", "--encoding", "gb18030").out
    ran = indicia("init", "cities.csv", "--encoding", "gb18030")
    assert (ran.code, ran.err.splitlines()[1]) == (0, "groups: 地区")
    assert 'encoding = "gb18030"' in Path("index.toml").read_text()
    assert "北京" in indicia("run").out


def test_a_published_list_in_no_order_is_compared_and_is_no_fault(indicia: Indicia, tmp_path: Path) -> None:
    (tmp_path / "cities.csv").write_text("city,income\nLima,3\nOslo,9\nPune,1\nRome,8\n")
    Path("index.toml").write_text(
        '[data]\npath = "cities.csv"\nunit = "city"\n[indicators]\nincome = {}\n'
        '[eligible]\nwithout = ["Oslo"]\n[reference]\nname = "List"\ntop = ["Rome", "Oslo", "Pune"]\n'
    )
    lines = indicia("run").out.splitlines()
    assert lines[-4:] == [
        "scored but not ranked, kept out by `without` in [eligible] of the index file: Oslo",
        "the first 3 here, in alphabetical order: Lima, Pune, Rome",
        "List (a list in no order) has 2 of its 3 units among the first 3 here",
        "on the list, and not ranked here: Oslo; among the first 3 here, and not on the list: Lima (rank 2)",
    ]


def test_a_published_list_that_cannot_be_read_is_an_error_before_anything_is_printed(
    indicia: Indicia, table: Path
) -> None:
    Path("index.toml").write_text(
        '[data]\npath = "cities.csv"\nunit = "city"\n[indicators]\nincome = {}\n[reference]\ntop = ["Rome"]\n'
    )
    ran = indicia("run")
    assert (ran.code, ran.out) == (2, "")


@pytest.mark.parametrize(
    ("option", "content"),
    [
        ("data.encoding=gb18030", "city,income\n上海,3\n北京,9\n".encode("gb18030")),
        ("data.missing=k.A.", "city,income\n上海,3\n北京,9\n大同,k.A.\n".encode()),
        ("data.unit=city", "name,city,income\nShanghai,上海,3\nBeijing,北京,9\n".encode()),
        ("data.groups=city_id", "city,city_id,income\n上海,1,3\n北京,1,9\n".encode()),
    ],
)
def test_settings_of_the_data_apply_before_a_table_is_read(indicia: Indicia, option: str, content: bytes) -> None:
    Path("cities.csv").write_bytes(content)
    ran = indicia("run", "cities.csv", "--set", option, "--set", "methodology.missing=skip", "--format", "json")
    assert [row["city"] for row in json.loads(ran.out)][:2] == ["北京", "上海"]


def test_an_option_of_a_table_says_what_sets_it_in_an_index_file(indicia: Indicia, table: Path) -> None:
    Path("index.toml").write_text(GOOD)
    ran = indicia("run", "cities.csv", "-c", "index.toml", "--encoding", "gb18030")
    assert "fix: write it in the index file, or --set data.encoding=…" in ran.err


def test_a_table_has_no_variants(indicia: Indicia, table: Path) -> None:
    assert "--variant chooses a variant of an index file" in indicia("run", "cities.csv", "--variant", "official").err


@pytest.mark.parametrize(
    "command", ["run", "compare -w equal,entropy", "robustness --weights 10% --draws 5", "stability"]
)
@pytest.mark.parametrize(
    "words",
    [
        '[data]\npath = "cities.csv"\nunit = "city"\nperiod = "yaer"',
        '[data]\npath = "cities.csv"\nunit = "city"\nwhere = { yaer = 2020 }',
        '[data]\npath = "cities.csv"\nunit = "city"\nwhere = { year = ">> 3" }',
        '[data]\npath = "cities.csv"\nunit = "city"\nwhere = { year = 1999 }',
        '[data]\npath = "cities.csv"\nunit = "city"\n[methodology]\nstatistics = "yearly"',
        '[data]\npath = "cities.csv"\nunit = "city"\n[methodology]\nweights = "period"',
        '[data]\npath = "cities.csv"\nunit = "city"\n[eligible]\nonly = ["Lma"]',
        '[data]\npath = "cities.csv"\nunit = "city"\n[screening]\nkeep = ["Lma"]',
    ],
)
def test_a_fault_that_shows_with_the_data_names_its_line(
    indicia: Indicia, table: Path, words: str, command: str
) -> None:
    Path("index.toml").write_text(f"indicators = {{ income = {{}}, co2 = {{}} }}\n{words}\n")
    number, line = words.count("\n") + 2, words.splitlines()[-1]
    ran = indicia(*command.split())
    assert (ran.code, ran.out) == (2, "")
    assert f"  index.toml:{number}   {line}" in ran.err


VARIANT = GOOD + "co2 = {}\n[methodology]\nweighting = 'given'\nties = 'min'\n[variants.other]\n"


@pytest.mark.parametrize("words", ["weighting = 'entropie'", "statistics = 'yearly'"])
def test_a_fault_of_a_variant_names_its_line(indicia: Indicia, table: Path, words: str) -> None:
    Path("index.toml").write_text(VARIANT + words)
    assert f"\n  index.toml:12   {words}\n" in indicia("run", "--variant", "other").err


def test_a_comparison_of_a_variant_with_an_unknown_method_names_its_line(indicia: Indicia, table: Path) -> None:
    Path("index.toml").write_text(VARIANT + "aggregation = 'topsys'")
    assert "\n  index.toml:12   aggregation = 'topsys'\n" in indicia("compare").err


@pytest.mark.parametrize("options", [("-w", "critic"), ("--set", "methodology.weighting=critic")])
def test_an_option_wins_over_a_variant(indicia: Indicia, table: Path, options: tuple[str, ...]) -> None:
    Path("index.toml").write_text(VARIANT + "weighting = 'entropy'")
    assert " > entropy(on=normalised) > " in indicia("run", "--variant", "other").out
    assert " > critic > " in indicia("run", "--variant", "other", *options).out


def test_control_characters_in_names_are_not_printed(indicia: Indicia, tmp_path: Path) -> None:
    names = ["red\x1b[31m", "title\x1b]0;other\x07", "\u202eturned", "two\nlines"]
    rows = "".join(f'"{name}",{at},{at * at}\n' for at, name in enumerate(names))
    (tmp_path / "cities.csv").write_text(f"city,income,co2\n{rows}", encoding="utf-8")
    for command in (["run"], ["compare", "-w", "equal,entropy"], ["robustness", "--weights", "±10%", "--draws", "5"]):
        ran = indicia(*command, "cities.csv", "--unit", "city")
        assert ran.code == 0
        assert not set(ran.out) & {"\x1b", "\x07", "\u202e"}
        assert "red\ufffd[31m" in ran.out
        assert "two lines" in ran.out
    ran = indicia("run", "cities.csv", "--unit", "city", "--set", "eligible.only=['\x1b[31m']")
    assert ran.code == 2
    assert "\x1b" not in ran.err


def test_the_heading_of_the_movers_is_the_column_of_their_names(indicia: Indicia) -> None:
    ran = indicia("compare", str(EXAMPLES / "human_development" / "index.toml"), "-w", "equal,entropy")
    assert "country " in ran.out
    assert "iso3" not in ran.out


def test_names_of_methods_are_not_broken_in_a_narrow_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    print_grid(["kind", "name", "summary"], [["imputation", "expectation_maximisation", "word " * 20]])
    lines = capsys.readouterr().out.splitlines()
    assert any("expectation_maximisation" in line for line in lines)
    assert max(map(len, lines[1:])) <= 80


@pytest.mark.parametrize(
    "arguments",
    [
        ("-n", "-" * 5_000 + "1"),
        ("-n", "-" * 7_000 + "1"),
        ("-n", "min_max(lower={[1]: 2})"),
        ("-n", "z" * 70_000),
        ("--indicator", "z" * 70_000),
        ("--set", "indicators.x.weight=" + "[" * 20_000),
    ],
    ids=lambda words: f"{words[0]} {words[1][:24]} {len(words[1])}",
)
def test_long_or_deeply_nested_input_gives_one_short_message(
    indicia: Indicia, table: Path, arguments: tuple[str, ...]
) -> None:
    ran = indicia("run", str(table), "--period", "year", *arguments)
    assert ran.code == 2
    assert ran.err.startswith("error: ")
    assert "memory" not in ran.err
    assert len(ran.err) < 1500


def test_a_long_warning_is_cut(indicia: Indicia, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(f"city,income,{'z' * 2_000}_id\nLima,1,1\nOslo,2,2\nPune,4,3\n")
    ran = indicia("run", "t.csv")
    assert ran.err.startswith("warning: zzz")
    assert ran.err.rstrip().endswith("for each indicator)")
    assert len(ran.err) < 800


FORMULAS = "city,income,co2\n=1+1,3,2\n@Oslo,9,8\n-2,1,1.5\nLima,2,4\n"


@pytest.mark.parametrize(
    "words",
    [
        "run t.csv",
        "run t.csv --show normalised",
        "score fitted.json t.csv",
        "compare t.csv -n min_max,z_score",
        "stability t.csv --show omission_effects",
        "robustness t.csv --draws 10 --seed 1 --weights simplex",
    ],
)
@pytest.mark.parametrize("where", ["-f csv", "-o out.csv", "-f tsv", "-o out.tsv"])
def test_formulas_are_escaped_in_text_for_a_spreadsheet(indicia: Indicia, words: str, where: str) -> None:
    Path("t.csv").write_text(FORMULAS)
    if words.startswith("score"):
        indicia("fit", "t.csv", "--unit", "city", "-o", "fitted.json")
    about = () if words.startswith("score") else ("--unit", "city")
    plain, escaped = (indicia(*words.split(), *about, *where.split(), *more) for more in ((), ("--escape-formulas",)))
    assert (plain.code, escaped.code) == (0, 0), escaped.err
    text = Path(where.split()[1]).read_text() if where.startswith("-o") else escaped.out
    assert "'=1+1" in text
    assert "'@Oslo" in text
    assert not re.search(r"'-2(?!, @Oslo)", text)  # a number stays, and a list of two names is none
    assert "'" not in (plain.out if where.startswith("-f") else "")


def test_formulas_are_escaped_in_a_stream(indicia: Indicia) -> None:
    Path("t.csv").write_text(FORMULAS)
    indicia("fit", "t.csv", "--unit", "city", "-o", "fitted.json")
    ran = indicia("score", "fitted.json", "t.csv", "--stream", "-o", "out.csv", "--escape-formulas")
    assert ran.code == 0
    assert "'=1+1," in Path("out.csv").read_text()


@pytest.mark.parametrize(
    "words", ["run t.csv", "run t.csv -f json", "run t.csv -o t.xlsx", "methods -f md", "plugins list", "compare t.csv"]
)
def test_formulas_are_escaped_where_there_are_any(indicia: Indicia, words: str) -> None:
    Path("t.csv").write_text(FORMULAS)
    ran = indicia(*words.split(), "--escape-formulas")
    assert ran.code == 2
    assert ran.err.startswith("error: --escape-formulas is for csv and tsv, not ")
    assert "fix: -f csv" in ran.err
