"""The language of a command: stated by an option, a variable, the index file or the locale, in this order."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from pathlib import Path

import pytest

from indicia.cli import application, main
from indicia.cli.language import say_error
from indicia.errors import DefinitionError
from indicia.notes import Count, Names, Note

TABLE = "city,year,income,co2\nLima,2020,3,2\nOslo,2020,9,8\nPune,2020,1,1.5\nLima,2021,4,2\nOslo,2021,8,8\n"
INDEX = """\
name = { en = "Cities", zh = "城市", fr = "Villes" }
[data]
path = "cities.csv"
unit = "city"
period = "year"
[indicators]
income = {}
co2 = { direction = "cost" }
"""
COMMANDS_WITH_LANGUAGE = {
    "run": "run index.toml",
    "details": "run index.toml --show details",
    "check": "check index.toml",
    "compare": "compare index.toml -n min_max,rank",
    "robustness": "robustness index.toml --draws 5",
    "stability": "stability index.toml",
    "audit": "audit index.toml --draws 5",
    "analyse": "analyse obstacles index.toml",
    "explain": "explain index.toml Lima",
    "report": "report index.toml -o page.html",
    "plot": "plot ranking index.toml -o chart.json",
    "export": "export index.toml -o book.xlsx",
    "score": "score fitted.json cities.csv",
    "replay": "replay index.zip",
    "diff": "diff index.toml index.toml",
    "recast": "diff cities.csv index.toml --recast",
    "gallery": "report --gallery .",
}
Run = Callable[[str], tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in a folder with an index in three languages."""
    monkeypatch.chdir(tmp_path)
    Path("cities.csv").write_text(TABLE)
    Path("index.toml").write_text(INDEX, encoding="utf-8")

    def run(command: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main(command.split())
        return (int(caught.value.code or 0), *capsys.readouterr())

    return run


def title(run: Run, *words: str) -> str:
    code, out, err = run(" ".join(["run index.toml", *words]))
    assert code == 0, err
    return out.split()[0]


def test_the_option_comes_before_the_variable_the_index_file_and_the_locale(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert title(run) == "Cities"
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert title(run) == "城市"
    Path("index.toml").write_text(f'language = "fr"\n{INDEX}', encoding="utf-8")
    assert title(run) == "Villes"
    monkeypatch.setenv("INDICIA_LANG", "en")
    assert title(run) == "Cities"
    assert title(run, "--lang", "zh") == "城市"


@pytest.mark.parametrize("locale", ["C", "POSIX", "C.UTF-8", "en_GB.UTF-8", "pt_BR.UTF-8", ""])
def test_another_locale_changes_no_byte(run: Run, monkeypatch: pytest.MonkeyPatch, locale: str) -> None:
    plain = run("stability index.toml")
    monkeypatch.setenv("LC_ALL", locale)
    assert run("stability index.toml") == plain


def test_notes_are_in_the_language_of_the_locale(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_MESSAGES", "zh_CN.GB18030")
    assert "名" in run("diff index.toml index.toml --from 2020 --to 2021")[1]


@pytest.mark.parametrize("command", COMMANDS_WITH_LANGUAGE)
def test_every_command_obeys_the_variable(run: Run, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    if command == "score":
        run("fit index.toml -o fitted.json")
    if command == "replay":
        run("pack index.toml -o index.zip")
    monkeypatch.setenv("INDICIA_LANG", "xx")
    code, _, err = run(COMMANDS_WITH_LANGUAGE[command])
    assert code == 2
    assert 'error: no language "xx"' in err
    assert "\n  the environment variable INDICIA_LANG\n  fix: known: en, zh" in err


def test_every_command_with_the_option_is_tried_above() -> None:
    with_option = {
        command.name or command.callback.__name__
        for command in application().registered_commands
        if command.callback and "lang" in signature(command.callback).parameters
    }
    assert with_option <= set(COMMANDS_WITH_LANGUAGE)


def test_a_language_of_the_index_file_that_nobody_has_is_refused_with_its_line(run: Run) -> None:
    Path("index.toml").write_text(f'# first\nlanguage = "de"\n{INDEX}', encoding="utf-8")
    code, _, err = run("run index.toml")
    assert code == 2
    assert err.startswith('error: no language "de", in the words of Indicia or in the names of the index\n')
    assert "index.toml:2" in err
    assert "fix: known: en, zh, fr" in err


def test_an_error_is_said_in_the_language_where_its_texts_have_a_translation(monkeypatch: pytest.MonkeyPatch) -> None:
    fault = DefinitionError(Note("no_score", count=Count(2, "unit"), units=Names.of(["Lima"])), remedy="less")
    assert say_error(fault, []) == "error: no score for 2 units, too much being missing: Lima\n  fix: less"
    chinese = "error: 2 个单位因缺失过多而没有得分：Lima\n  fix: less"
    assert say_error(fault, ["run", "--lang", "zh"]) == chinese
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert say_error(fault, []) == chinese
