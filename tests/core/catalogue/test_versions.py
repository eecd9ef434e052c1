"""Hooks and contracts have a version: what a plugin was written for, and what is going."""

from __future__ import annotations

import re
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import indicia
from indicia import methods
from indicia.catalogue import installed
from indicia.catalogue.versions import CONTRACT, OLDEST
from indicia.errors import PluginError, PluginWarning
from indicia.formulas import Recorder, column
from indicia.formulas.old_words import COMPONENTS, IMPORTS, STATISTICS, UNTIL

HELD = Path(__file__).parent / "held" / "indicia-held" / "indicia_held.py"


def written_for(folder: Path, contract: object) -> Path:
    """Return the held plugin, stating a contract."""
    file = folder / "stated.py"
    file.write_text(f"{HELD.read_text(encoding='utf-8')}\nindicia_contract = {contract!r}\n", encoding="utf-8")
    return file


def test_a_plugin_that_states_the_contract_at_hand_is_taken(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", r"[^\n]* will be removed in Indicia", PluginWarning)
        assert "held_linear" in installed([written_for(tmp_path, CONTRACT)]).names("normalisation")


@pytest.mark.filterwarnings("ignore:.* will be removed in Indicia:indicia.errors.PluginWarning")
@pytest.mark.parametrize(
    ("contract", "said"),
    [
        (CONTRACT + 1, f"written for contract {CONTRACT + 1} of Indicia, and this is {CONTRACT}\n  fix: pip install"),
        (OLDEST - 1, f"written for contract {OLDEST - 1} of Indicia, and the oldest supported contract is {OLDEST}\n"),
        ("1", "its indicia_contract is '1', and has to be a whole number"),
        (True, "its indicia_contract is True, and has to be a whole number"),
    ],
)
def test_a_plugin_of_a_contract_that_is_not_run_is_told(contract: object, said: str, tmp_path: Path) -> None:
    file = written_for(tmp_path, contract)
    with pytest.raises(PluginError) as caught:
        installed([file])
    assert f"plugin {file}: " in str(caught.value)
    assert said in str(caught.value)


OLD = """
import numpy as np
from dataclasses import dataclass
from indicia.catalogue import hookimpl
from indicia.methods import Aggregation, MatrixAggregation, Normalisation, Treatment
from indicia.methods import Comparisons, Language, Names, highest, in_order, lowest, middle, neighbours, product, total
from indicia.methods import upwards

@dataclass(frozen=True)
class Scaled(Normalisation):
    name, reference, needs_spread = "by_norm", "None", True
    neutral: float = 0.5
    certain = -1.0
    def benefit(self, x, s):
        return (x / s.length + s.deviation(0) - s.of_unit("b")) * s.max

@dataclass(frozen=True)
class Folded(Treatment):
    name, reference = "folded", "None"
    def treat(self, x, s):
        (most,) = s.learned(lambda values: [values.max()], 1)
        return x.clip(None, most)

@dataclass(frozen=True)
class Added(Aggregation):
    name, reference = "added", "None"
    def combine(self, components):
        z = [c.z for c in components]
        score = components.hold(total(z) + product(z) + highest(z) - lowest(z) + middle(z) + in_order(z)[0])
        return score - components.settle(score.min())

@dataclass(frozen=True)
class Ahead(MatrixAggregation):
    name, reference = "ahead", "None"
    def compare(self, values, weights):
        return values @ weights + upwards(values[:, 0])[1] + neighbours(values[:, 0])[0]
    def compared(self, values, weights):
        return {"first": values[:, 0].tolist()}

@dataclass(frozen=True)
class AheadByName(MatrixAggregation):
    name, reference = "ahead_by_name", "None"
    def compare(self, values, weights):
        raise NotImplementedError
    def compare_named(self, values, weights, names):
        return Ahead().compare(values, weights) * len(names.components)
    def compared_named(self, values, weights, names):
        return {"named": list(names.units)}

@hookimpl
def indicia_normalisations():
    return [Scaled]

@hookimpl
def indicia_treatments():
    return [Folded]

@hookimpl
def indicia_aggregations():
    return [Added, Ahead, AheadByName]
"""
"""A plugin that uses every word of contract 1 that has another name in contract 2."""
NEW = {
    **{f"indicia.methods.{old}": new for old, new in IMPORTS.items()},
    **{f"s.{old}": new for old, new in STATISTICS.items() if old != "of_period"},  # of panels alone
    **{f"components.{old}": new for old, new in COMPONENTS.items()},
}
TABLE = pl.DataFrame({"unit": ["a", "b", "c"], "x": [1.0, 2.0, 4.0], "y": [3.0, 1.0, 2.0]})
WORDS = {"data": {"unit": "unit"}, "indicators": {"x": {}, "y": {}}}


def scored(source: str, file: Path, **methodology: str) -> tuple[list[float], list[list[Any]], set[str]]:
    """Return scores and details by a plugin with this source, and what warnings say of the plugin."""
    file.write_text(source, encoding="utf-8")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = indicia.read({**WORDS, "methodology": methodology}, [file]).score(TABLE)
        details = result.frame("details")
    said = {str(one.message) for one in caught if issubclass(one.category, PluginWarning)}
    return result.scores["score"].to_list(), details.to_dict(as_series=False), said


@pytest.mark.parametrize("aggregation", ["added", "ahead", "ahead_by_name"])
def test_the_words_of_contract_1_work_as_those_of_contract_2_and_a_warning_names_these(
    aggregation: str, tmp_path: Path
) -> None:
    methodology = {"treatment": "folded", "normalisation": "by_norm", "aggregation": aggregation}
    old, new = tmp_path / "old.py", tmp_path / "new.py"
    scores, details, said = scored(OLD, old, **methodology)
    source = OLD
    for word, instead in {**IMPORTS, **STATISTICS, **COMPONENTS}.items():
        source = re.sub(rf"\b{word}\b", instead, source)
    source = source.replace("neutral", "neutral_score").replace("certain", "guaranteed_worst_score")
    source = re.sub("(    def compare.self.*\n.*NotImplementedError\n)", "", source)
    for word, instead in (("compare", "score_units"), ("compared", "unit_details")):
        source = re.sub(
            rf"\b{word}(_named)?\(self, values, weights(, names)?\)", f"{instead}(self, values, weights, names)", source
        )
        source = source.replace(f".{word}(values, weights)", f".{instead}(values, weights, names)")
    assert scored(source, new, **methodology) == (scores, details, set())
    used = {word: instead for word, instead in NEW.items() if aggregation == "added" or "components" not in word}
    attributes = [
        *[
            ("normalisation", "by_norm", word, new)
            for word, new in (("neutral", "neutral_score"), ("certain", "guaranteed_worst_score"))
        ],
        *[
            ("aggregation", "ahead", word, new)
            for word, new in (("compare", "score_units"), ("compared", "unit_details"))
        ],
        *[
            ("aggregation", "ahead_by_name", f"{word}_named", new)
            for word, new in (("compare", "score_units"), ("compared", "unit_details"))
        ],
    ]
    assert said == {
        *(f"plugin {old}: {word} will be removed in Indicia 0.3: write {instead}" for word, instead in used.items()),
        *(
            f'plugin {old}: the {kind} "{name}" has {word}, which will be removed in Indicia 0.3: write {instead}'
            for kind, name, word, instead in attributes
        ),
    }


def test_a_word_that_no_contract_has_is_an_error() -> None:
    with pytest.raises(AttributeError, match=r"indicia\.methods has no sum"):
        _ = methods.sum
    with pytest.raises(AttributeError, match="s has no mode"):
        _ = Recorder()("x", column("x")).mode


def test_no_old_word_is_kept_beyond_its_release() -> None:
    """Fails in the release without the old words: then the module `old_words` and its uses go."""
    now, until = (tuple(int(part) for part in text.split(".")[:2]) for text in (version("indicia"), UNTIL))
    assert now < until
    assert 1 <= OLDEST <= CONTRACT
