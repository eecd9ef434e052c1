"""Every shipped method has worked examples, and their figures come out."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import indicia_methods
from indicia.catalogue import KINDS, installed
from indicia.catalogue.worked import examples_of, read_examples
from indicia_conformance import published, suite

if TYPE_CHECKING:
    from indicia.catalogue import Offer

FOLDER = Path(indicia_methods.__file__).with_name("worked")
SHIPPED = [offer for offer in installed().offers.values() if offer.plugin.startswith("indicia_methods")]
METHODS = [offer for offer in SHIPPED if offer.kind in {kind.name for kind in KINDS}]


@pytest.mark.parametrize("offer", METHODS, ids=lambda offer: f"{offer.name}-{offer.kind}")
def test_the_figures_of_the_source_come_out(offer: Offer) -> None:
    published.check_worked_examples.verify(suite.subject_of(offer, {}))


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_every_kind_has_shipped_methods(kind: str) -> None:
    assert kind in {offer.kind for offer in METHODS}


def test_every_shipped_method_has_a_worked_example() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a file that cannot be read is a warning
        assert [(offer.kind, offer.name) for offer in METHODS if not examples_of(offer)] == []


def test_every_example_in_the_files_is_of_a_shipped_method() -> None:
    read = 0
    for path in FOLDER.glob("*.toml"):
        kind = path.stem.split("_")[0]
        for name, examples in read_examples(path.read_text(encoding="utf-8"), kind).items():
            read += len(examples)
            assert (kind, name) in {(offer.kind, offer.name) for offer in METHODS}, path
    assert read == sum(len(examples_of(offer)) for offer in METHODS)
