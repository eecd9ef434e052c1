"""A table in LaTeX: it compiles with pdflatex and with xelatex, by itself and in a paper, and holds what was scored."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
import system_tools
from shown_results import exported

import indicia
from indicia.answers.writers import written
from indicia.cli import main
from indicia.data import render

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia import Result

EXAMPLES = Path(__file__).parents[4] / "examples"
ENGINES = ("pdflatex", pytest.param("xelatex", marks=pytest.mark.thorough))
HOSTILE = [
    r"a & b % c $ d # e _ f { g } h ~ i ^ j \ k",
    r"\input{/etc/passwd} \end{longtable} ^^M",
    "[x] * <y> | `q' -- --- \" «quoted»",
    "Łódź, São Tomé, Đà Nẵng, Türkiye, Ḥalab",
    "北京（市） 廣州 とうきょう 서울",
    "Москва Αθήνα القاهرة 🏙️ \u202eturned",
    "Kendall’s τ-b of CO₂, 10⁻³ m² ≥ ½ − – — …",
    "control\x01 and\nline",
    "word " * 60,
]


@pytest.fixture
def typeset(tmp_path: Path) -> Callable[[str, str], str]:
    """Return a function that compiles a document and returns its log; it skips the test without a complete TeX."""

    def compile_with(engine: str, source: str) -> str:
        program = system_tools.need(system_tools.tex(engine))
        (tmp_path / "t.tex").write_text(source, encoding="utf-8")
        command = [program, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "t.tex"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        log = (tmp_path / "t.log").read_text(encoding="utf-8", errors="replace")
        assert done.returncode == 0, "\n".join(re.findall(r"^!.*(?:\n.*){4}", log, flags=re.MULTILINE)) or log[-2000:]
        return log

    return compile_with


@pytest.fixture(scope="module")
def human() -> Result:
    return indicia.read(EXAMPLES / "human_development" / "index.toml").score()


@pytest.fixture(scope="module")
def model() -> Result:
    return indicia.read(EXAMPLES / "intelligent_manufacturing" / "index.toml").score()


def in_latex(result: Result, language: str | None = None) -> str:
    return exported(result, "latex", language).decode()


def pages(log: str) -> int:
    found = re.search(r"Output written on t\.pdf \((\d+) page", re.sub(r"\n", "", log))
    assert found
    return int(found[1])


def rows(latex: str) -> list[list[str]]:
    """Return the cells of the rows of a table."""
    body = latex[latex.index(r"\endlastfoot") : latex.index(r"\end{longtable}")]
    return [line.removesuffix(r" \\").split(" & ") for line in body.splitlines()[1:]]


def headings(latex: str) -> str:
    """Return the line of the headings."""
    return latex.split("\\toprule\n")[1].splitlines()[0]


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
def test_a_table_of_193_countries_runs_over_pages(engine: str, human: Result, typeset: Callable[..., str]) -> None:
    latex = in_latex(human)
    log = typeset(engine, latex)
    assert pages(log) >= 4
    assert "Overfull" not in log
    assert len(rows(latex)) == 193


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_index_in_two_languages_compiles_in_each(
    engine: str, language: str, model: Result, typeset: Callable[..., str]
) -> None:
    log = typeset(engine, in_latex(model, language))
    assert pages(log) <= 3
    assert "Missing character" not in log


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
def test_any_text_compiles(engine: str, typeset: Callable[..., str]) -> None:
    frame = pl.DataFrame({name: [*HOSTILE] for name in HOSTILE[:2]} | {"x_1 & %": [-1.5 * at for at in range(9)]})
    typeset(engine, render(frame, "latex", title=HOSTILE[0]).decode())


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
def test_a_paper_takes_the_table_in_and_refers_to_it(
    engine: str, human: Result, typeset: Callable[..., str], tmp_path: Path
) -> None:
    latex = in_latex(human)
    (tmp_path / "ranking.tex").write_text(latex, encoding="utf-8")
    comment = latex[: latex.index("% The file also compiles")].splitlines()[1:]
    preamble = "\n".join(line.removeprefix("%") for line in comment)
    paper = (
        rf"\documentclass{{article}}{preamble}\usepackage{{hyperref}}\begin{{document}}See Table "
        r"\ref{tab:human-development-index-2022}.\input{ranking}The end.\end{document}"
    )
    typeset(engine, paper)
    log = typeset(engine, paper)
    assert "undefined" not in log
    assert pages(log) >= 4


@pytest.mark.slow
def test_a_table_of_seventeen_parts_lies_on_its_side_on_one_page(typeset: Callable[..., str]) -> None:
    random = np.random.default_rng(3)
    names = [f"Peace, justice and strong institutions {at}" for at in range(17)]
    frame = pl.DataFrame({"country": ["Lima", "Oruro"]} | {name: random.uniform(1, 99, 2).round(2) for name in names})
    latex = render(frame, "latex", title="Goals").decode()
    assert r"\begin{landscape}" in latex
    assert latex.count(r"\begin{longtable}") == 1
    log = typeset("pdflatex", latex)
    assert pages(log) == 1
    assert "Overfull" not in log


@pytest.mark.slow
def test_a_table_wider_than_a_page_comes_in_parts_that_each_name_their_rows(typeset: Callable[..., str]) -> None:
    frame = pl.DataFrame({"country": ["Lima", "Oruro"]} | {f"x{at}": [123456.789 + at, 2.0] for at in range(60)})
    latex = render(frame, "latex", title="Wide").decode()
    assert latex.count(r"\begin{longtable}") > 1
    assert latex.count("Oruro & ") == latex.count(r"\begin{longtable}")
    assert latex.count(r"\label{") == 1
    assert all(rf"x{at}" in latex for at in range(60))
    assert "Overfull" not in typeset("pdflatex", latex)


def test_headings_are_names_and_scores_have_the_digits_of_the_index(human: Result) -> None:
    latex = in_latex(human)
    assert all(name in headings(latex) for name in ("Rank", "Country", "Score", "Knowledge", "Long and healthy life"))
    assert "iso3" not in latex
    assert rows(latex)[0] == ["1", "Switzerland", "0.967", "0.989", "0.924", "0.988"]


def test_scores_without_chosen_digits_have_those_of_the_terminal(model: Result) -> None:
    assert rows(in_latex(model))[0][:4] == ["1", "Shenzhen", "55.26", "87.92"]


def test_units_without_rank_have_a_dash(model: Result) -> None:
    assert rows(in_latex(model))[-4][:3] == ["–", "Shanghai", "92.89"]


def test_an_english_table_has_no_chinese_and_a_chinese_table_no_english(model: Result) -> None:
    english, chinese = in_latex(model, "en"), in_latex(model, "zh")
    assert not re.search("[\u4e00-\u9fff]", english)
    body = chinese[chinese.index(r"\caption{") : chinese.index(r"\end{longtable}")]
    assert "深圳" in body
    assert "Shenzhen" not in chinese
    words = re.sub(
        r"\\(?:label|multicolumn\{\d+\}|begin|end|cline|arraybackslash)\{[^{}]*\}|\\\w+|b\{\d+pt\}", "", body
    )
    assert not re.search("[A-Za-z]{3,}", words)


def test_a_table_has_a_caption_a_label_and_its_notes(human: Result) -> None:
    latex = in_latex(human)
    assert r"\caption{Human Development Index 2022: ranking}\label{tab:human-development-index-2022}" in latex
    assert r"min\_max \textgreater{} equal \textgreater{} geometric + arithmetic" in latex
    assert "19 values capped in Expected years of schooling, Gross national income per capita" in latex


def test_two_units_with_one_label_keep_what_tells_them_apart() -> None:
    frame = pl.DataFrame({"code": ["PRI", "STP"], "name": ["Sao Tome", "Sao Tome"], "x": [1.0, 2.0]})
    index = indicia.read({"data": {"unit": "code", "label": "name"}, "indicators": {"x": {}}})
    assert [row[1:3] for row in rows(in_latex(index.score(frame)))] == [["STP", "Sao Tome"], ["PRI", "Sao Tome"]]


def test_negative_numbers_have_a_minus_and_codes_a_hyphen() -> None:
    frame = pl.DataFrame({"code": ["-1.5"], "x": [-1.5]})
    assert r"-1.5 & $-$1.5 \\" in render(frame, "latex").decode()


@pytest.mark.parametrize(
    "command",
    [
        ["run"],
        ["run", "--show", "weights"],
        ["compare", "-n", "min_max,rank", "--lang", "zh"],
        ["compare", "-n", "min_max,rank", "--show", "movers"],
    ],
)
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.slow
def test_commands_write_what_compiles(
    command: list[str], engine: str, typeset: Callable[..., str], tmp_path: Path
) -> None:
    index = EXAMPLES / "intelligent_manufacturing" / "index.toml"
    with pytest.raises(SystemExit) as left:
        main([command[0], str(index), *command[1:], "-o", str(tmp_path / "out.tex")])
    assert left.value.code == 0
    typeset(engine, (tmp_path / "out.tex").read_text(encoding="utf-8"))


def test_a_comparison_says_which_methodology_each_number_is(capfdbinary: Any) -> None:
    index = EXAMPLES / "intelligent_manufacturing" / "index.toml"
    with pytest.raises(SystemExit):
        main(["compare", str(index), "-n", "min_max,z_score", "-w", "equal", "-f", "latex"])
    latex = capfdbinary.readouterr().out.decode()
    assert headings(latex).startswith("methodology & label")
    assert r"1 & min\_max \textgreater{} equal & min\_max" in latex
    assert r"2 & z\_score \textgreater{} equal & z\_score" in latex
    assert "city_zh" not in latex.replace(r"\_", "_")


@pytest.mark.parametrize("engine", ENGINES)
def test_the_annex_of_an_audit_compiles(engine: str, typeset: Callable[[str, str], str]) -> None:
    hostile = [f"{text} {number}" for number, text in enumerate(HOSTILE)]
    frame = pl.DataFrame(
        {"unit": hostile, "a": [float(number) for number in range(9)], "b": [3.0, 1, 4, 1, 5, 9, 2, 6, 5]}
    )
    waivers = [{"code": "D05", "reason": text} for text in HOSTILE[:5]]
    raw = {"name": "R&D 50 % 北京", "data": {"unit": "unit"}, "indicators": {"a": {}, "b": {}}, "waivers": waivers}
    audit = indicia.read(raw).audit(frame, draws=5)
    log = typeset(engine, written(audit, "latex").decode())
    assert pages(log) >= 2
