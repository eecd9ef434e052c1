"""The works behind the shipped methods."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from indicia.catalogue import KINDS, Offer
from indicia.catalogue.reference import shipped
from indicia.citations import cited_works, render
from indicia.citations.citation import registry_of

REGISTRY = registry_of("indicia_methods")
OFFERS = shipped(KINDS).offers.values()
WORKS = list(REGISTRY.works.values())


@pytest.mark.parametrize("offer", OFFERS, ids=lambda offer: f"{offer.kind}-{offer.name}")
def test_every_part_of_a_reference_names_a_work(offer: Offer) -> None:
    works = cited_works(offer.method.reference, "indicia_methods")
    assert [work.key for work in works if work.key not in {entry.key for entry in WORKS}] == []


def test_every_work_is_named_by_a_method() -> None:
    named = {work.key for offer in OFFERS for work in cited_works(offer.method.reference, "indicia_methods")}
    assert [work.key for work in WORKS if work.key not in named] == []


def test_a_doi_in_a_reference_is_that_of_the_work() -> None:
    stated = {doi for offer in OFFERS for doi in re.findall(r"doi:(\S+?)(?:;|$)", offer.method.reference)}
    assert stated - {work.doi for work in WORKS} == set()
    assert len(stated) > 20


def test_a_doi_belongs_to_a_single_work() -> None:
    dois = Counter(work.doi for work in WORKS if work.doi)
    assert [doi for doi, times in dois.items() if times > 1] == []
    assert [doi for doi in dois if not re.fullmatch(r"10\.\d{4,9}/\S+", doi)] == []


def test_the_entries_of_all_works_have_keys_of_their_own() -> None:
    keys = re.findall(r"^@\w+\{(\w+),$", render(WORKS, "bibtex"), re.MULTILINE)
    assert len(keys) == len(set(keys)) == len(WORKS)


def test_every_work_has_a_year_or_is_a_program_or_a_guide() -> None:
    assert {work.key for work in WORKS if not work.year} == {"antal_regions", "mathmodels", "spssau_user_guide"}


def test_every_label_has_the_year_of_its_work() -> None:
    dated = [(label, work) for label, work in REGISTRY.works.items() if work.year]
    assert [label for label, work in dated if f"({work.year})" not in label] == []
