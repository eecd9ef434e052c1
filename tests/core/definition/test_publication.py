"""The tables `[publication]` and `[sources]` of an index file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from indicia.definition import Publication, Source, unused_sources
from indicia.errors import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia.definition import Definition

INDICATORS = '\n[indicators]\njobs = { source = "lfs" }\nair = { source = "the cities" }\n'


def test_a_publication_is_read(defined: Callable[[str], Definition]) -> None:
    definition = defined(
        '[publication]\npublisher = { en = "Office", fr = "Bureau" }\nedition = 3\ndate = 2024-03-31\n'
        f'doi = "https://doi.org/10.5555/c"\nraw_values = false{INDICATORS}'
    )
    publication = definition.publication
    assert publication is not None
    assert publication.facts() == {
        "publisher": {"en": "Office", "fr": "Bureau"},
        "edition": "3",
        "date": "2024-03-31",
        "doi": "https://doi.org/10.5555/c",
    }
    assert not definition.publishes_raw_values


def test_raw_values_are_published_if_nothing_is_stated(defined: Callable[[str], Definition]) -> None:
    assert defined(INDICATORS).publishes_raw_values


@pytest.mark.parametrize("year", ["2024", '"2024"', '"2024-03"', '"2024-03-31"'])
def test_a_date_is_a_year_a_month_or_a_day(defined: Callable[[str], Definition], year: str) -> None:
    definition = defined(f"[publication]\ndate = {year}{INDICATORS}")
    assert definition.publication is not None
    assert definition.publication.date == year.strip('"')


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('date = "spring"', 'publication.date: "spring" is no date: write 2024, 2024-03 or 2024-03-31'),
        ("date = 2024.5", "publication.date must be"),
        ('date = "2024-13"', 'publication.date: "2024-13" is no date'),
        ('doi = "5555/c"', 'publication.doi: "5555/c" is no DOI: a DOI begins with 10.'),
        ('url = "javascript:alert(1)"', "is no address: an address begins with https://"),
        ('raw_values = "perhaps"', "publication.raw_values must be"),
    ],
)
def test_a_wrong_fact_is_refused_with_its_line(defined: Callable[[str], Definition], line: str, fault: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        defined(f"[publication]\n{line}{INDICATORS}")
    assert fault in caught.value.what
    assert caught.value.where == f"index.toml:2   {line}"


@pytest.mark.parametrize(
    ("table", "word", "near"), [("publication", "licens", "licence"), ("sources.lfs", "titel", "title")]
)
def test_an_unknown_word_gets_the_nearest(
    defined: Callable[[str], Definition], table: str, word: str, near: str
) -> None:
    with pytest.raises(DefinitionError) as caught:
        defined(f'[{table}]\n{word} = "a"{INDICATORS}')
    assert caught.value.what == f'unknown key "{word}" in {table}'
    assert caught.value.where == f'index.toml:2   {word} = "a"'
    assert caught.value.remedy == f'did you mean "{near}"?'


@pytest.mark.parametrize(("table", "word"), [(Publication, "date"), (Publication, "edition"), (Source, "year")])
def test_the_schema_knows_that_a_year_is_a_number(table: type[Publication | Source], word: str) -> None:
    schema = table.model_json_schema()["properties"][word]
    assert {"type": "integer"} in schema["anyOf"]


def test_readers_see_the_facts_of_a_source(defined: Callable[[str], Definition]) -> None:
    definition = defined(
        f'[sources.lfs]\ntitle = {{ en = "Survey", fr = "Enquête" }}\npublisher = "Office"\nyear = 2023{INDICATORS}'
    )
    assert definition.source_for_readers("lfs") == {"en": "Office: Survey (2023)", "fr": "Office: Enquête (2023)"}
    assert definition.source_for_readers("the cities") == "the cities"


def test_a_source_that_nothing_names_is_unused(defined: Callable[[str], Definition]) -> None:
    definition = defined(
        f'[sources.lfs]\n[sources.old]\n[reference]\ntop = ["a"]\nsource = "paper"\n[sources.paper]{INDICATORS}'
    )
    assert unused_sources(definition) == ["old"]
    assert unused_sources(definition, ["old"]) == []
