"""The worked examples of a method: those of its class, and those in the folder `worked` of its package.

A file of the folder is named after a kind, `weighting.toml` or `weighting_objective.toml`. Each example names the
method with its parameters, the table, the directions and weights of the indicators, and the figures of the source:

    [[example]]
    source = "Mufazzal & Muzakkir (2018), Computers & Industrial Engineering 119; by hand"
    aggregation = "piv"
    table = { unit = ["A", "B"], x = [3, 4], y = [4, 3] }
    indicators = { x = { weight = 1 }, y = { weight = 3, direction = "cost" } }
    scores = [0.2, 0]
    ranks = [2, 1]
    precision = 1e-12

Nothing is read before somebody asks for an example.
"""

from __future__ import annotations

import math
import tomllib
import warnings
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from indicia.catalogue.choice import Choice
from indicia.errors import IndiciaError, PluginWarning
from indicia.methods import WorkedExample
from indicia.methods.worked import FIGURES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indicia.catalogue.offers import Offer
    from indicia.methods import Method

FOLDER = "worked"
_METHODOLOGY = ("imputation", "treatment", "normalisation", "weighting", "aggregation", "missing")
_DATA = ("period", "groups")
_WORDS = {
    "source",
    "table",
    "rankings",
    "voters",
    "indicators",
    "precision",
    "warning",
    *FIGURES,
    *_METHODOLOGY,
    *_DATA,
}


def examples_of(offer: Offer) -> tuple[WorkedExample, ...]:
    """Return the worked examples of a method that a plugin offers.

    >>> from indicia.catalogue import installed
    >>> examples_of(installed().offers["weighting", "equal"])[0].expected
    {'weights': {'x': 0.25, 'y': 0.25, 'z': 0.25, 'v': 0.25}}
    """
    return worked_examples(offer.method, offer.kind)


def worked_examples(method: type[Method], kind: str) -> tuple[WorkedExample, ...]:
    """Return the worked examples of a class as a method of this kind."""
    package = method.__module__.partition(".")[0]
    return (*method.worked_examples, *_in_package(package, kind).get(method.name, ()))


@cache
def _in_package(package: str, kind: str) -> Mapping[str, tuple[WorkedExample, ...]]:
    """Return the examples in the files of a package by method; a file that cannot be read causes a warning."""
    examples: dict[str, tuple[WorkedExample, ...]] = {}
    for file, text in _texts(package, kind):
        try:
            read = read_examples(text, kind)
        except (ValueError, IndiciaError) as error:
            warnings.warn(f"{FOLDER}/{file} of {package} is left out: {error}", PluginWarning, stacklevel=3)
            continue
        for name, of_method in read.items():
            examples[name] = (*examples.get(name, ()), *of_method)
    return examples


def _texts(package: str, kind: str) -> Iterator[tuple[str, str]]:
    """Yield the names and texts of the files of a kind, sorted; none for a plugin that is a single file."""
    try:
        folder = files(package).joinpath(FOLDER)
        names = sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else []
    except (OSError, ImportError, ValueError, TypeError):
        return
    for name in names:
        if name == f"{kind}.toml" or (name.startswith(f"{kind}_") and name.endswith(".toml")):
            yield name, folder.joinpath(name).read_text(encoding="utf-8")


def read_examples(toml: str, kind: str) -> dict[str, list[WorkedExample]]:
    """Return the examples of a file by method.

    Raises
    ------
    ValueError
        If the text is no TOML, or if an example is incomplete or has an unknown word; the message gives its number.
    """
    examples: dict[str, list[WorkedExample]] = {}
    for number, entry in enumerate(tomllib.loads(toml).get("example", ()), start=1):
        try:
            name, example = _example(entry, kind)
        except (ValueError, TypeError, IndiciaError) as error:
            raise ValueError(f"example {number}: {error}") from error
        examples.setdefault(name, []).append(example)
    return examples


def _example(entry: Mapping[str, Any], kind: str) -> tuple[str, WorkedExample]:
    """Return the method of an entry, and the example."""
    if kind not in entry:
        raise ValueError(f"it names no {kind}")
    if unknown := [word for word in entry if word not in {*_WORDS, kind}]:
        raise ValueError(f"it has the unknown word {', '.join(unknown)}")
    choice = Choice.read(entry[kind])
    example = WorkedExample(
        table=_without_nan(entry.get("table", entry.get("rankings", {}))),
        weights=entry.get("voters", {}),
        expected={word: _without_nan(entry[word]) for word in FIGURES if word in entry},
        source=entry.get("source", ""),
        parameters=choice.parameters,
        indicators=entry.get("indicators", {}),
        methodology={word: entry[word] for word in _METHODOLOGY if word in entry and word != kind},
        data={word: entry[word] for word in _DATA if word in entry},
        precision=entry.get("precision", 1e-12),
        warning=entry.get("warning", ""),
    )
    return choice.method, example


def _without_nan(value: Any) -> Any:
    """Return the figures with None in place of nan, which is a missing value in TOML."""
    if isinstance(value, dict):
        return {name: _without_nan(element) for name, element in value.items()}
    if isinstance(value, list):
        return [_without_nan(element) for element in value]
    return None if isinstance(value, float) and math.isnan(value) else value
