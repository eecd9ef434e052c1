"""The tables `[publication]` and `[sources]`: the publication of the index, and the sources of its data."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated

from pydantic import BeforeValidator, Field

from indicia.definition.section import Section, Text, Word, Words, text

_DOI = re.compile(r"10\.\d{4,9}/\S+")
_DOI_ADDRESS = re.compile(r"^(https?://(dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://\S+")
_DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


def _doi(value: object) -> object:
    """Return a DOI without the address of its resolver."""
    if isinstance(value, str):
        value = _DOI_ADDRESS.sub("", value.strip())
        if not _DOI.fullmatch(value):
            raise ValueError(f'"{value}" is no DOI: a DOI begins with 10., as 10.1787/9789264043466-en')
    return value


def _address(value: object) -> object:
    if isinstance(value, str) and not _ADDRESS.fullmatch(value.strip()):
        raise ValueError(f'"{value}" is no address: an address begins with https://')
    return value.strip() if isinstance(value, str) else value


def _day(value: object) -> object:
    """Return a year, a month or a day as text; TOML reads 2024 as a number and 2024-03-31 as a date."""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str):
        try:
            if not _DAY.fullmatch(value.strip()):
                raise ValueError
            date.fromisoformat(f"{value.strip()}-01-01"[:10])
        except ValueError:
            raise ValueError(f'"{value}" is no date: write 2024, 2024-03 or 2024-03-31') from None
        return value.strip()
    return value


# the JSON Schema describes what a file may hold: TOML has years as numbers
Doi = Annotated[str, BeforeValidator(_doi)]
Address = Annotated[str, BeforeValidator(_address)]
Day = Annotated[str, BeforeValidator(_day, json_schema_input_type=str | int)]
"""A year, a month or a day: 2024, 2024-03 or 2024-03-31."""


def _edition(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class Publication(Section):
    """The publication of the index."""

    publisher: Text | None = Field(None, description="the organisation that publishes the index")
    authors: Words = Field((), description='the authors: "Family, Given", or the name of an organisation')
    edition: Annotated[Text | None, BeforeValidator(_edition, json_schema_input_type=Text | int | None)] = Field(
        None, description="the edition: 2024, 3rd"
    )
    date: Day | None = Field(None, description="the year, month or day of publication")
    licence: Text | None = Field(None, description="the SPDX identifier of the licence, or a text: CC-BY-4.0")
    contact: Text | None = Field(None, description="an address for questions")
    citation: Text | None = Field(None, description="how to cite the index")
    doi: Doi | None = Field(None, description="the DOI of the publication")
    url: Address | None = Field(None, description="the address of the publication")
    raw_values: bool = Field(
        True, description="whether values before normalisation may be published; false: files and pages leave them out"
    )

    def facts(self) -> dict[str, Text]:
        """Return the stated facts for readers, by key of the table; the address of the DOI stands for the DOI."""
        facts: dict[str, Text | None] = {
            "publisher": self.publisher,
            "authors": "; ".join(self.authors) or None,
            "edition": self.edition,
            "date": self.date,
            "licence": self.licence,
            "contact": self.contact,
            "citation": self.citation,
            "doi": f"https://doi.org/{self.doi}" if self.doi else None,
            "url": self.url,
        }
        return {key: fact for key, fact in facts.items() if fact}

    @property
    def missing_facts(self) -> tuple[str, ...]:
        """The facts that readers miss; authors stand for the publisher, and an address for the contact."""
        publisher, contact = self.publisher or self.authors, self.contact or self.url or self.doi
        facts = {
            "publisher": publisher,
            "edition": self.edition,
            "date": self.date,
            "licence": self.licence,
            "contact": contact,
            "citation": self.citation or publisher,
        }
        return tuple(key for key, fact in facts.items() if not fact)


class Source(Section):
    """A source of data, which indicators and the reference name."""

    title: Text | None = Field(None, description="the title of the data set; default: the name of the table")
    authors: Words = Field((), description='the authors: "Family, Given", or the name of an organisation')
    publisher: Text | None = Field(None, description="the organisation that publishes the data")
    year: Day | None = Field(None, description="the year, month or day of publication")
    version: Annotated[Word | None, BeforeValidator(_edition, json_schema_input_type=str | int | None)] = Field(
        None, description="the version of the data set"
    )
    url: Address | None = Field(None, description="the address of the data set")
    doi: Doi | None = Field(None, description="the DOI of the data set")
    licence: Text | None = Field(None, description="the SPDX identifier of the licence, or a text: CC-BY-4.0")
    accessed: Day | None = Field(None, description="the day when the data were read from the source")


PublicationTable = Annotated[
    Publication | None, Field(None, description="who publishes the index, when, and how to cite it")
]
SourceTables = Annotated[
    dict[str, Source], Field({}, description="sources of data, by the name that indicators give as source")
]


def source_text(source: Text | None, sources: dict[str, Source]) -> Text | None:
    """Return the text of a source for readers; the name of a table of `[sources]` stands for publisher, title and year.

    >>> source_text("wdi", {"wdi": Source(title="World Development Indicators", publisher="World Bank", year=2024)})
    'World Bank: World Development Indicators (2024)'
    >>> source_text("the statistical office", {})
    'the statistical office'
    """
    if not isinstance(source, str) or source not in sources:
        return source
    entry = sources[source]
    title = source if entry.title is None else entry.title
    year = f" ({entry.year})" if entry.year else ""
    languages = dict.fromkeys(key for value in (title, entry.publisher) if isinstance(value, dict) for key in value)

    def sentence(language: str | None) -> str:
        publisher = text(entry.publisher, language)
        return f"{publisher}: {text(title, language)}{year}" if publisher else f"{text(title, language)}{year}"

    return {language: sentence(language) for language in languages} if languages else sentence(None)
