"""The messages of the page: complete in each language, used, and open to a further language."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

import indicia
from indicia.messages.catalogue import Catalogue
from indicia_paper.dossier import Dossier
from indicia_report import words
from indicia_report.markup import Texts
from indicia_report.method import method_view
from indicia_report.method.page_section import Shown
from indicia_report.page import page_of_dossier
from indicia_report.words import languages, message, messages, script_messages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia import Index

REPORT = Path(words.__file__).parent
PYTHON = ("page.", "method.", "chart.")
COMPOSED = (
    "page.policy_", "page.ties_", "page.benefit", "page.cost", "page.noise", "page.screen_", "page.constant_",
    "page.ranked_", "page.target_raises", "page.interval_raises", "page.kendall", "page.spearman",
    "method.publication_", "method.error", "method.warning", "method.information", "chart.noun_", "chart.column_",
)  # fmt: skip
"""Keys that the code composes, or that come from names of methods."""


def slots(form: str | Mapping[str, str]) -> set[str]:
    sentences = [form] if isinstance(form, str) else list(form.values())
    return {slot for sentence in sentences for slot in re.findall(r"\{(\w+)\}", sentence)}


@pytest.mark.parametrize("language", sorted(messages()))
def test_each_language_has_the_messages_of_english_with_the_same_slots(language: str) -> None:
    english, own = messages()["en"], messages()[language]
    assert {key for key in own if re.fullmatch(r"[a-z]+\.\w+", key)} == set(english)
    # the form for one may leave the number out
    assert [key for key in english if slots(own[key]) - {"count"} != slots(english[key]) - {"count"}] == []


@pytest.mark.parametrize("language", sorted(messages()))
def test_each_plural_has_a_form_for_the_rest(language: str) -> None:
    assert [
        key for key, form in messages()[language].items() if not isinstance(form, str) and "other" not in form
    ] == []


def test_no_message_of_python_is_unused() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in REPORT.rglob("*.py") if "node_modules" not in str(path))
    names = {key: (key, key.removeprefix("page.")) for key in messages()["en"] if key.startswith(PYTHON)}
    unused = [
        key
        for key, known_as in names.items()
        if not any(quote + name + quote in code for name in known_as for quote in "\"'")
    ]
    assert [key for key in unused if not key.startswith(COMPOSED)] == []


def test_the_names_of_the_messages_of_the_script_are_those_that_a_page_embeds() -> None:
    names = re.findall(r'"(.+)"', (REPORT / "web" / "src" / "keys.ts").read_text(encoding="utf-8"))
    assert names == list(script_messages(("en",))["messages"]), "run `node messages.mjs` in plugins/indicia_report/web"


def test_the_page_holds_no_message_that_its_script_does_not_use() -> None:
    written = script_messages(("zh", "en", "fr"))
    assert written["languages"] == ["zh", "en"]
    assert not [key for key in written["messages"] if key.startswith(PYTHON)]
    assert written["messages"]["nav.results"] == ["结果", "Results"]


def test_a_page_in_a_language_without_messages_is_english() -> None:
    written = script_messages(("fr",))
    assert (written["languages"], written["messages"]["nav.results"]) == (["en"], ["Results"])


def test_the_page_holds_no_message_of_a_view_that_it_lacks(model: Index) -> None:
    def prefixes(made: Index, table: pl.DataFrame | None = None) -> set[str]:
        html = page_of_dossier(Dossier(made.score(table)))
        written = json.loads(html.partition('id="messages">')[2].partition("</script>")[0])
        return {key.partition(".")[0] for key in written["messages"]} & {"time", "move", "map", "trend", "whatif"}

    years = [year for year in range(2017, 2022) for _ in range(2)]  # a trend needs five
    panel = pl.DataFrame({"city": ["Lima", "Pune"] * 5, "year": years, "x": [1.0, 2.0, 4.0, 3.0, 5.0] * 2})
    yearly = {"data": {"unit": "city", "period": "year"}, "indicators": {"x": {"bounds": [0, 10]}}}
    assert prefixes(model) == {"whatif"}
    assert prefixes(indicia.read(yearly), panel) == {"whatif", "time", "move", "trend"}
    assert prefixes(indicia.read(yearly), panel.head(8)) == {"whatif", "time", "move"}


def test_the_page_holds_the_reasons_of_its_own_dimensions() -> None:
    raw = {"data": {"unit": "u"}, "indicators": {"x": {}, "y": {}}, "methodology": {"aggregation": "median"}}
    table = pl.DataFrame({"u": ["a", "b"], "x": [1.0, 2.0], "y": [3.0, 1.0]})
    html = page_of_dossier(Dossier(indicia.read(raw).score(table)))
    written = json.loads(html.partition('id="messages">')[2].partition("</script>")[0])
    reasons = {key for key in written["messages"] if key.startswith("why.")}
    assert reasons == {"why.aggregation", "why.other"}


def test_a_sentence_has_the_form_of_its_number() -> None:
    texts = Texts(("en", "zh"))
    assert texts.get("units", n=1) == {"en": "1 unit", "zh": "1 个单位"}
    assert texts.get("units", count=1200)["en"] == "1,200 units"
    assert texts.get("units", n="2,000")["en"] == "2,000 units"


@pytest.fixture
def mock_language(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A third language: one more file of messages, in which each sentence stands in angled quotation marks."""
    for file in words.CATALOGUE.folder.glob("*.toml"):
        shutil.copy(file, tmp_path)
    lines = []
    for key, form in messages()["en"].items():
        marked = (
            f'"«{form}»"' if isinstance(form, str) else ", ".join(f'{name} = "«{text}»"' for name, text in form.items())
        )
        lines.append(f"{key} = {marked}" if isinstance(form, str) else f"{key} = {{ {marked} }}")
    text = "\n".join(lines).replace("«English»", "Esperanto")
    (tmp_path / "eo.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(words, "CATALOGUE", Catalogue(tmp_path))
    return "eo"


def test_a_third_language_is_one_file(mock_language: str, model: Index) -> None:
    assert languages() == {"en": "English", "eo": "Esperanto", "zh": "中文"}
    texts = Texts.of(mock_language)
    assert texts.languages == ("eo", "en", "zh")
    assert texts.get("indicators", n=1)["eo"] == "«1 indicator»"
    dossier = Dossier(model.score())
    shown = Shown.of(dossier, texts.languages)
    html = method_view(dossier, shown.view, texts, model.catalogue)
    assert '<h2 id="m-structure-h"><span lang=eo>«Structure and weights»</span>' in html
    assert message("method.worked", "eo") == "«One unit worked to its score»"
