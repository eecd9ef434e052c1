"""Citations in BibTeX, RIS and text."""

from __future__ import annotations

import re

import pytest

from indicia.citations import Citation, plain, render, slug, with_unique_keys
from indicia.citations.rendering import bibtex, escape_latex

CRITIC = Citation(
    "diakoulaki_1995",
    "article",
    "Determining objective weights in multiple criteria problems: The CRITIC method",
    ("Diakoulaki, D.", "Mavrotas, G.", "Papayannakis, L."),
    "1995",
    "Computers & Operations Research",
    "22",
    "7",
    "763–770",
    doi="10.1016/0305-0548(94)00059-H",
    used_for=("weighting critic",),
)


def test_a_paper_has_its_known_citation() -> None:
    # as the publisher cites it: https://doi.org/10.1016/0305-0548(94)00059-H
    assert plain(CRITIC) == (
        "Diakoulaki, D., Mavrotas, G. & Papayannakis, L. (1995). Determining objective weights in multiple criteria "
        "problems: The CRITIC method. Computers & Operations Research 22(7), 763–770. "
        "https://doi.org/10.1016/0305-0548(94)00059-H"
    )


def test_further_authors_are_et_al() -> None:
    assert (
        plain(Citation("a", title="T", authors=("Noble, M.", "others"), year="2000")) == "Noble, M. et al. (2000). T."
    )
    assert "author = {Noble, M. and others}" in bibtex(Citation("a", authors=("Noble, M.", "others")))


def test_an_organisation_is_no_family_name() -> None:
    assert "author = {{Office of Cities and Towns}}" in bibtex(Citation("a", authors=("Office of Cities and Towns",)))


@pytest.mark.parametrize(
    ("letters", "latex"),
    [
        ("Žižović", r"{\v{Z}}i{\v{z}}ovi{\'{c}}"),
        ("Ulutaş", r"Uluta{\c{s}}"),
        ("Więckowski & Sałabun", r"Wi{\k{e}}ckowski \& Sa{\l}abun"),
        ("naïve", r"na{\"{\i}}ve"),
        ("Fülöp, Rónyai", r"F{\"{u}}l{\"{o}}p, R{\'{o}}nyai"),
        ("50 %, $ # _ ^ ~", r"50 \%, \$ \# \_ \textasciicircum{} \textasciitilde{}"),
        ("1–2", "1--2"),
        ("a χ² test, Kendall's τ", r"a $\chi$² test, Kendall's $\tau$"),
        ("北京", "北京"),
        ("two\nlines\x07", "two lines\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_letters_become_commands_of_latex(letters: str, latex: str) -> None:
    assert escape_latex(letters) == latex


@pytest.mark.parametrize("text", ["{", "}", "}{", "\\", "a { b", 'he said "no"', "\\}"])
def test_the_braces_of_an_entry_balance(text: str) -> None:
    entry = bibtex(Citation("a", "article", text, (f"{text}, B.", text), "2000", text, doi=f"10.1234/{text}", url=text))
    depth = 0
    for sign in entry:
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0


def test_a_day_is_a_year_and_a_date() -> None:
    entry = bibtex(Citation("a", year="2024-03-31"))
    assert "  year = {2024},\n  date = {2024-03-31}" in entry


def test_a_source_that_is_a_text_has_a_key_by_which_bibtex_sorts() -> None:
    source = Citation("data_world_bank", "dataset", note="World Bank")
    assert "  key = {World Bank},\n  note = {World Bank}" in bibtex(source)


def test_an_author_that_is_the_publisher_is_printed_once() -> None:
    source = Citation("lfs", "dataset", "Survey", ("Statistics Office",), "2023", publisher="Statistics Office")
    assert bibtex(source).count("Statistics Office") == 1


def test_an_edition_of_two_years_is_named_an_edition() -> None:
    assert plain(Citation("hdr", "report", "HDI", ("UNDP",), "2024", edition="2023/24")).endswith("2023/24 edition.")


def test_ris_has_a_line_for_each_fact() -> None:
    lines = render([CRITIC], "ris").splitlines()
    assert lines[0] == "TY  - JOUR"
    assert lines[-1] == "ER  - "
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in lines)
    assert [line for line in lines if line.startswith(("SP", "EP", "DO"))] == [
        "SP  - 763",
        "EP  - 770",
        "DO  - 10.1016/0305-0548(94)00059-H",
    ]


def test_a_text_has_a_heading_for_each_role() -> None:
    data = Citation("d", note="Survey", role="data", used_for=("jobs",))
    assert render([CRITIC, data], "text").splitlines()[::2] == ["Methods", "", "  Survey. [jobs]"]


def test_the_publisher_states_how_to_cite_the_index() -> None:
    index = Citation("i", title="City index", doi="10.5555/c", note="Office (2024), City index", role="index")
    assert plain(index) == "Office (2024), City index. https://doi.org/10.5555/c"


def test_other_works_with_the_same_key_get_letters() -> None:
    works = [Citation("a", title=title) for title in ("One", "Two", "Three")]
    assert [work.key for work in with_unique_keys(works)] == ["a", "a_b", "a_c"]


def test_a_key_is_made_of_the_words_up_to_the_year() -> None:
    assert slug("Keršulienė, Zavadskas & Turskis (2010), Journal 11") == "kersuliene_zavadskas_turskis_2010"


def test_a_record_is_read_as_the_same_work() -> None:
    assert Citation.of_record(CRITIC.record) == CRITIC


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        ({"title": "T"}, "key is missing"),
        ({"key": "a", "colour": "red"}, "unknown word colour"),
        ({"key": "a", "year": 1995}, "year is no text"),
        ({"key": "a", "kind": "film"}, "kind is none of article"),
        ({"key": "a", "authors": [1]}, "authors is no text"),
    ],
)
def test_a_wrong_record_is_refused(record: dict[str, object], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        Citation.of_record(record)
