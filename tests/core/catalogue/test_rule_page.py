"""The page of a check under its five headings, for a terminal and in Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from indicia.catalogue import gather, hookimpl, installed
from indicia.checks import CHAPTERS, Check, Finding, Subject
from indicia_audit.check_reference import by_chapter, table
from indicia_audit.rule_page import card, section

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Short(Check):
    """Find nothing.

    - First, nothing is looked at in a way that takes more than one line of eighty characters to tell.
    - Then, nothing is found.
    """

    code = "ZZ01"
    title = "nothing"
    source = "House (2024), doi:10.5555/house: 3\nOther (2020), https://doi.org/10.5555/other-house: 2"
    advice = "Do nothing."
    needs = ("groups",)

    def look(self, subject: Subject) -> Iterator[Finding]:
        yield from ()


@hookimpl
def indicia_checks() -> list[type[Check]]:
    return [Short]


CATALOGUE = gather(SimpleNamespace(__name__="house", indicia_checks=indicia_checks))
OFFER = CATALOGUE.offers["check", "ZZ01"]


def test_a_heading_without_a_text_is_left_out() -> None:
    text = card(OFFER)
    assert "What to do\n  Do nothing.\n" in text
    assert "Why it matters" not in text


def test_each_item_of_a_list_and_each_work_has_lines_of_its_own() -> None:
    assert card(OFFER).splitlines()[2:8] == [
        "What it does",
        "  Find nothing.",
        "  - First, nothing is looked at in a way that takes more than one line of eighty",
        "    characters to tell.",
        "  - Then, nothing is found.",
        "",
    ]
    assert "  - House (2024), https://doi.org/10.5555/house: 3\n  - Other (2020)," in card(OFFER)


def test_the_works_are_links_in_markdown() -> None:
    assert (
        "**References.** House (2024), <https://doi.org/10.5555/house>: 3; "
        "Other (2020), <https://doi.org/10.5555/other-house>: 2." in section(OFFER)
    )


def test_the_page_names_the_facts_without_which_the_check_is_skipped() -> None:
    assert "Skipped\n  if the index has no groups" in card(OFFER)
    assert "- Skipped if the index has no groups." in section(OFFER)


def test_the_page_names_the_command_that_skips_a_check_of_draws() -> None:
    page = card(installed().offers["check", "U04"])
    assert "Skipped\n  by `indicia check`, which computes no scores\n" in page


def test_the_checks_of_other_plugins_come_last() -> None:
    assert list(by_chapter(CATALOGUE)) == ["Other checks"]
    assert list(by_chapter(installed()))[:3] == list(CHAPTERS.values())[:3]
    assert table(CATALOGUE)["code"].to_list() == ["ZZ01"]


@pytest.mark.parametrize("code", installed().names("check"))
def test_a_page_fits_a_terminal_of_80_columns(code: str) -> None:
    lines = card(installed().offers["check", code]).splitlines()
    assert [line for line in lines if len(line) > 80 and "http" not in line] == []
