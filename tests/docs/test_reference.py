"""The documentation of the methods, of the hooks and of the index file is complete and up to date."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Literal

import pytest

import indicia.methods
import indicia.outputs
from indicia import catalogue
from indicia.catalogue import KINDS, Catalogue, hookimpl
from indicia.catalogue.analysis_reference import analysis_reference
from indicia.catalogue.hookspecs import ANALYSES, CHECKS, OUTPUTS
from indicia.catalogue.reference import reference, shipped
from indicia.definition import Bands, Data, Definition, Indicator, Missing, Reference
from indicia.definition.checks_section import Waiver
from indicia.definition.data_section import (
    Attributes,
    IndicatorAttributes,
    JoinedTable,
    Long,
    NeighbourPairs,
    Outside,
    OutsideVariable,
    Wide,
)
from indicia.definition.file_sections import file_sections
from indicia.definition.methodology_section import Eligible, Methodology, Screening, StageScopes
from indicia.definition.model import IndicatorChanges, RowChanges, Variant
from indicia.definition.parts_section import Aggregate, Dimension
from indicia.definition.publication_section import Map, Publication, Source
from indicia.definition.robustness_section import AuditChoices, Robustness, WeightDraws
from indicia.methods import Domain, Normalisation, Treatment
from indicia_audit.check_reference import check_reference
from indicia_audit.profile import ProfileFile
from indicia_bundle.fitted_file.file import FittedFile
from indicia_bundle.record import Record
from indicia_methods import aggregation, agreement, consensus, imputation, normalisation, treatment, weighting
from indicia_site.table_reference import table_reference

if TYPE_CHECKING:
    from pydantic import BaseModel

ROOT = Path(__file__).parents[2]
METHODS = catalogue.gather(imputation, treatment, normalisation, weighting, aggregation, agreement, consensus)


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_page_of_methods_is_up_to_date() -> None:
    renew = "docs/methods.md is out of date: python -m indicia.catalogue.reference > docs/methods.md"
    assert page("docs/methods.md") == reference(METHODS), renew


def test_the_page_of_checks_is_up_to_date() -> None:
    renew = "docs/checks.md is out of date: python -m indicia_audit.check_reference > docs/checks.md"
    assert page("docs/checks.md") == check_reference(shipped([CHECKS])), renew


def test_the_page_of_analyses_is_up_to_date() -> None:
    renew = "docs/analyses.md is out of date: python -m indicia.catalogue.analysis_reference > docs/analyses.md"
    assert page("docs/analyses.md") == analysis_reference(shipped([ANALYSES])), renew


def test_the_page_of_tables_and_columns_is_up_to_date() -> None:
    renew = "docs/columns.md is out of date: python -m indicia_site.table_reference > docs/columns.md"
    assert page("docs/columns.md") == table_reference(), renew


def test_the_page_holds_the_methods_of_indicia_alone() -> None:
    assert shipped().offers == METHODS.offers


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_readme_counts_the_methods_of_each_kind(kind: catalogue.hookspecs.Kind) -> None:
    counts = re.findall(rf"^\| {kind.name}\b[^|]*\| (\d+) \|", page("README.md"), re.MULTILINE)
    assert counts == [str(len(METHODS.names(kind.name)))]


def test_the_citation_names_the_version() -> None:
    project = tomllib.loads(page("pyproject.toml"))["project"]
    assert f"\nversion: {project['version']}\n" in page("CITATION.cff")


def test_the_reference_names_the_domain_of_costs() -> None:
    @dataclass(frozen=True)
    class Inverse(Normalisation):
        """Divide the smallest value by it."""

        name = "inverse"
        reference = "Example"
        cost_domain = Domain.POSITIVE

        def cost(self, x, s):
            return s.min / x

    @hookimpl
    def indicia_normalisations() -> list[type[Normalisation]]:
        return [Inverse]

    text = reference(catalogue.gather(SimpleNamespace(__name__="it", indicia_normalisations=indicia_normalisations)))
    assert "- Needs no particular values, for a cost positive values.\n- Costs have another formula." in text


def test_a_treatment_needs_only_the_values_that_it_declares() -> None:
    @dataclass(frozen=True)
    class Anything(Treatment):
        """Take any value."""

        name = "anything"
        reference = "Example"

    @dataclass(frozen=True)
    class AsItSays(Anything):
        """Take what the parameters say."""

        name = "as_it_says"

        @property
        def domain(self) -> Domain:
            return Domain.REAL

    @hookimpl
    def indicia_treatments() -> list[type[Treatment]]:
        return [Anything, AsItSays]

    text = reference(catalogue.gather(SimpleNamespace(__name__="it", indicia_treatments=indicia_treatments)))
    anything, _, as_it_says = text.partition("### as_it_says")
    assert "Needs" not in anything
    assert "- Needs non-negative or positive values, as the parameters say." in as_it_says


def test_a_catalogue_without_methods_has_an_empty_page() -> None:
    assert "###" not in reference(Catalogue({}))


@pytest.mark.parametrize(
    "table",
    [
        Definition,
        Data,
        JoinedTable,
        Wide,
        Long,
        Attributes,
        IndicatorAttributes,
        Outside,
        OutsideVariable,
        NeighbourPairs,
        Dimension,
        Indicator,
        Screening,
        Methodology,
        StageScopes,
        Missing,
        Eligible,
        Bands,
        Reference,
        Variant,
        IndicatorChanges,
        RowChanges,
        Robustness,
        WeightDraws,
        Waiver,
        AuditChoices,
        ProfileFile,
        Aggregate,
        Publication,
        Source,
        Map,
    ],
)
def test_every_word_of_the_index_file_is_explained(table: type[BaseModel]) -> None:
    text = page("docs/index-file.md")
    assert [word for word in table.model_fields if f"`{word}`" not in text] == []


def test_one_table_lists_every_section_of_the_files_that_indicia_reads() -> None:
    text = page("docs/index-file.md").partition("## Every section")[2]
    listed: dict[str, set[str]] = {}
    for file, keys in re.findall(r"^\| (.*?) \| (.*?) \| .*? \| 0\.1 \|$", text, re.MULTILINE):
        listed.setdefault(file, set()).update(key.partition(".")[0] for key in re.findall("`(.*?)`", keys))
    index_file = {section.name for section in file_sections(catalogue.installed(only=()))}
    files = {"fitted index, form 4": FittedFile, "`pack.json`, form 1": Record}
    assert listed == {"index file": index_file} | {name: set(file.model_fields) for name, file in files.items()}
    assert FittedFile.model_fields["format"].annotation == Literal[4]
    assert Record.model_fields["format"].annotation == Literal[1]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_hook_is_explained(kind: catalogue.hookspecs.Kind) -> None:
    assert f"`{kind.hook}`" in page("docs/writing-a-method.md")


@pytest.mark.parametrize("kind", OUTPUTS, ids=lambda kind: kind.name)
def test_every_hook_of_outputs_is_explained(kind: catalogue.hookspecs.Kind) -> None:
    assert f"`{kind.hook}`" in page("docs/writing-an-output.md")
    assert page(f"docs/hooks/{kind.name}.md").startswith(f"# {kind.hook}\n")


@pytest.mark.parametrize("name", indicia.outputs.__all__)
def test_every_name_of_the_contract_of_outputs_is_explained(name: str) -> None:
    pages = ("docs/writing-an-output.md", *(f"docs/hooks/{kind.name}.md" for kind in OUTPUTS))
    assert any(f"`{name}`" in page(path) for path in pages)


@pytest.mark.parametrize("name", indicia.methods.__all__)
def test_every_name_of_the_contract_is_explained(name: str) -> None:
    assert f"`{name}" in page("docs/writing-a-method.md")
