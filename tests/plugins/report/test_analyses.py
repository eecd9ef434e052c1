"""The page shows the answers of the analyses that the index file states."""

from __future__ import annotations

import re
from pathlib import Path

import indicia
from indicia_paper.dossier import compile_dossier
from indicia_report.method.analyses import Analyses

HDI = Path(__file__).parents[3] / "examples" / "human_development" / "index.toml"


def rendered(sections: dict[str, dict[str, object]]) -> str:
    index = indicia.read(HDI)
    stated = indicia.read({**index.raw, "data": {**index.raw["data"]}, "analyses": sections})
    dossier = compile_dossier(stated, index.read_table(), needs=())
    section = Analyses().render(dossier, ("en", "zh"))
    return section.html if section else ""


def test_the_page_has_the_sentences_and_tables_of_the_answer() -> None:
    html = rendered({"obstacles": {"top": 1}})
    answer = indicia.read(HDI).analyse("obstacles", top=1)
    for sentence in (*answer.sentences(), *answer.sentences("zh")):
        assert sentence in html
    names = answer.reader_names()
    cells = re.findall(r"<tr><th scope=row>(.*?)<td>(\d+)<td>(.*?)<td>([\d.]+) %", html)[:10]
    assert [(place, degree) for _, place, _, degree in cells] == [
        (str(place), f"{100 * degree:.1f}")
        for place, degree in answer.frame().head(10).select("place", "degree").rows()
    ]
    for (unit, *_), key in zip(cells, answer.frame()["unit"], strict=False):
        assert names[key] in unit


def test_an_analysis_without_an_answer_has_the_reason_in_its_place() -> None:
    assert "the analysis needs periods, and the index has one" in rendered({"convergence": {}})


def test_an_index_without_analyses_has_no_section() -> None:
    assert rendered({}) == ""
