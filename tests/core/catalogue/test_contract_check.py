"""A class that cannot be a method is told as its plugin is gathered, or as the method is made; the rest is whole."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING

import polars as pl
import pytest

import indicia
from indicia.catalogue import installed
from indicia.catalogue.reference import card, reference
from indicia.definition.schema import index_schema
from indicia.errors import MethodError, MethodFailure, PluginError, PluginWarning

if TYPE_CHECKING:
    from pathlib import Path

    from indicia.catalogue import Catalogue

PLUGIN = '''
from dataclasses import dataclass, field

import numpy as np

from indicia.catalogue import hookimpl
from indicia.methods import *


class Foreign:
    pass


@dataclass(frozen=True)
class Bad({base}):
    """Do something amiss."""

    name = "bad"
    reference = "A test"
{body}


@hookimpl
def indicia_{hook}():
    return [Bad]
'''
HOOKS = {
    "Imputation": "imputations",
    "Treatment": "treatments",
    "Normalisation": "normalisations",
    "Weighting": "weightings",
    "Aggregation": "aggregations",
    "Agreement": "agreements",
    "Consensus": "consensuses",
}


def gathered(folder: Path, base: str, body: str) -> Catalogue:
    """Return the catalogue with a plugin file of one class."""
    file = folder / "bad.py"
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    file.write_text(PLUGIN.format(base=base, hook=HOOKS[base], body=lines), encoding="utf-8")
    return installed([file])


DECLARED = [
    *((base, "properties = ['monotone']", "whose properties is ['monotone'], and has to") for base in HOOKS),
    *((base, "minimum_units = '3'", "whose minimum_units is '3', and has to be a whole number") for base in HOOKS),
    *((base, "formula = None", "whose formula is None, and has to be text") for base in HOOKS),
    *((base, "example = 3", "whose example is 3, and has to be text") for base in HOOKS),
    ("Weighting", "properties = frozenset({'monotone'})", "whose properties hold 'monotone', which is no Property"),
    ("Normalisation", "domain = 'positive'", "whose domain is 'positive', and has to be a Domain"),
    ("Treatment", "domain = 'positive'", "whose domain is 'positive', and has to be a Domain"),
    ("Aggregation", "low_is_best = 'no'", "whose low_is_best is 'no', and has to be True or False"),
    ("Aggregation", "canonical_normalisation = 3", "whose canonical_normalisation is 3, and has to be text"),
    ("Consensus", "low_is_best = 1", "whose low_is_best is 1, and has to be True or False"),
    ("Imputation", "def fill(self, x):\n    return x", "whose fill does not take its arguments: fill("),
    ("Treatment", "def treat(self):\n    return 1", "its arguments: treat(self, x, s)"),
    ("Normalisation", "def benefit(x, s):\n    return x", "benefit(self, x, s)"),
    ("Normalisation", "def cost(self, x, s, more):\n    return x", "cost(self, x, s)"),
    ("Weighting", "def weigh(self, *, indicators):\n    return 1", "weigh(self, indicators)"),
    ("Aggregation", "def combine(self):\n    return 1", "combine(self, components)"),
    ("Agreement", "def measure(self, first):\n    return 1", "measure(self, first, others)"),
    ("Consensus", "def combine(self, a, b):\n    return a", "combine(self, rankings)"),
    *((base, "symbols = ['p']", "whose symbols is ['p'], and has to be a table") for base in HOOKS),
    *((base, "variants = {'form': {}}", "whose variants name 'form', which is no parameter of it") for base in HOOKS),
    *((base, "symbols = {'p': 'p'}", "whose symbols name 'p', which is no parameter of it") for base in HOOKS),
    (
        "Weighting",
        "@classmethod\ndef class_problem(cls):\n    1 / 0",
        "whose class_problem() fails: ZeroDivisionError",
    ),
]


@pytest.mark.parametrize(("base", "body", "said"), DECLARED)
def test_a_class_with_a_wrong_declaration_is_reported_when_plugins_are_gathered(
    base: str, body: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(PluginError) as caught:
        gathered(tmp_path, base, body)
    assert said in str(caught.value)
    assert f"plugin {tmp_path / 'bad.py'}: indicia_{HOOKS[base]} offers" in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        "def benefit(self, *given):\n    return given[0]",
        "def benefit(self, value, statistics):\n    return value",
        "def benefit(self, x, s, more=1):\n    return x",
        "minimum_units = 3\ndomain = property(lambda self: Domain.POSITIVE)",
        "neutral_score = None",
    ],
)
def test_attributes_that_can_be_called_or_read_are_accepted(body: str, tmp_path: Path) -> None:
    assert "bad" in gathered(tmp_path, "Normalisation", body).names("normalisation")


MADE = [
    *((base, "p: Foreign = Foreign()", "bad cannot be created: PydanticSchemaGenerationError") for base in HOOKS),
    *((base, "p: 'Nothing' = 1", "bad cannot be created: Pydantic") for base in HOOKS),
    *((base, "def __post_init__(self):\n    1 / 0", "cannot be created: ZeroDivisionError") for base in HOOKS),
    *((base, "def __str__(self):\n    1 / 0", "bad cannot be created: ZeroDivisionError") for base in HOOKS),
    ("Aggregation", "low_is_best = property(lambda self: 1 / 0)", "bad cannot be created: ZeroDivisionError"),
    ("Normalisation", "neutral_score = property(lambda self: 1 / 0)", "bad cannot be created: ZeroDivisionError"),
    ("Normalisation", "domain = property(lambda self: 'positive')", "its domain is 'positive', and has to be a Domain"),
]


@pytest.mark.parametrize(("base", "body", "said"), MADE)
def test_a_method_that_cannot_be_made_is_an_error_that_names_it_and_its_plugin(
    base: str, body: str, said: str, tmp_path: Path
) -> None:
    catalogue = gathered(tmp_path, base, body)
    with pytest.raises(MethodFailure) as caught:
        catalogue.choose(catalogue.find("bad")[0].kind, "bad")
    assert said in str(caught.value)
    assert f"plugin {tmp_path / 'bad.py'}" in str(caught.value)


@pytest.mark.parametrize("body", ["p: Foreign = Foreign()", "p: 'Nothing' = 1"])
def test_a_method_that_cannot_be_described_is_left_out_of_the_schema_and_the_reference(
    body: str, tmp_path: Path
) -> None:
    catalogue = gathered(tmp_path, "Normalisation", body)
    with pytest.warns(PluginWarning, match=r"^bad cannot be created: Pydantic.*\n  plugin .*bad\.py"):
        described = json.dumps(index_schema(catalogue))
    assert '{"const": "min_max"}' in described
    assert '{"const": "bad"}' not in described
    with pytest.warns(PluginWarning, match=r"^bad cannot be created"):
        page = reference(catalogue)
    assert "### min_max (normalisation)" in page
    assert "### bad (normalisation)" not in page
    with pytest.raises(MethodFailure, match="bad cannot be created"):
        card(catalogue.find("bad")[0])


def test_a_formula_without_a_case_for_a_value_is_an_error_when_the_method_is_made(tmp_path: Path) -> None:
    body = "p: bool = False\nformula = 'x<p>'\nvariants = {'p': {True: '+ 1'}}"
    catalogue = gathered(tmp_path, "Normalisation", body)
    with pytest.raises(MethodFailure, match="its variants have no piece of the formula for p = False"):
        catalogue.choose("normalisation", "bad")
    assert catalogue.choose("normalisation", "bad(p=true)").formula_of_run == "x+ 1"
    with pytest.raises(MethodFailure, match="no piece of the formula for p = False"):
        card(catalogue.find("bad")[0])
    with pytest.warns(PluginWarning, match="no piece of the formula for p = False"):
        assert "### bad (normalisation)" not in reference(catalogue)


def test_the_card_and_the_reference_name_the_values_that_entropy_uses() -> None:
    offer = installed().offers["weighting", "entropy"]
    assert r"\quad v_i = z_{ij}" in card(offer)
    assert "on = raw: v_i = x_{ij}" in card(offer)
    assert "papers take shares of the raw values" in reference(installed())


def test_a_value_error_about_parameters_is_not_a_failure_of_the_method(tmp_path: Path) -> None:
    catalogue = gathered(tmp_path, "Weighting", "def __post_init__(self):\n    raise ValueError('not today')")
    with pytest.raises(MethodError, match=r"^bad: not today") as caught:
        catalogue.choose("weighting", "bad")
    assert not isinstance(caught.value, MethodFailure)


def test_an_aggregation_that_names_a_normalisation_which_is_not_there_is_named(tmp_path: Path) -> None:
    catalogue = gathered(tmp_path, "Aggregation", "canonical_normalisation = 'gone'")
    words = {"data": {"unit": "city"}, "indicators": {"income": {}}, "methodology": {"aggregation": "bad"}}
    with pytest.raises(MethodError) as caught:
        indicia.Index(words, catalogue).tree  # noqa: B018
    lines = [
        'unknown normalisation "gone"',
        "bad uses it by default",
        f"plugin {tmp_path / 'bad.py'}",
    ]
    assert all(line in str(caught.value) for line in lines)


def test_a_parameter_may_be_a_list(tmp_path: Path) -> None:
    body = "p: list[float] = field(default_factory=list)\n\ndef fill(self, x, s):\n    return self.p[0]"
    words = {
        "data": {"unit": "city"},
        "indicators": {"income": {}, "air": {}},
        "methodology": {"imputation": "bad(p=[7.0])", "normalisation": "none"},
    }
    table = pl.DataFrame({"city": ["Lima", "Oslo"], "income": [3.0, None], "air": [None, 8.0]})
    result = indicia.Index(words, gathered(tmp_path, "Imputation", body)).score(table)
    assert result.prepared.select("income", "air").rows() == [(3.0, 7.0), (7.0, 8.0)]


def test_classes_that_come_with_indicia_are_all_fit() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(installed().offers) > 150
