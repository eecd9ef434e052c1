"""The script of the page computes the scores and ranks of the engine, under any weights and means that it offers."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from opened_pages import OpenedPage
from random_indices import random_indices
from reference_folder import ABSENT, table_of_gallery
from report_pages import model_of_page, page_of

import indicia
from indicia.definition import ROOT, Leaf, Node
from indicia.errors import DataError
from indicia.run import score

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indicia import Index
    from indicia.definition import Part
    from indicia.result import Result
    from indicia.run import Scored

pytestmark = pytest.mark.thorough

GALLERY = Path(__file__).parents[3] / "examples" / "gallery"
PUBLISHED = ("asem_coinr", "epi_2020", "ghi_2016", "hdi", "sdg_2019", "cpi_2019", "efw_1995_2016_from_areas")
SETTINGS = 8
"""The number of random settings of each index."""
MEANS = ("arithmetic", "min", "max", "generalised", "geometric", "harmonic")
POWERS = (0.5, 2.0, 3.0, -2.0, -0.5)
OF_ZERO = 3
"""The first of these means and powers are those of values that may be 0."""


@dataclass(frozen=True)
class Setting:
    """Weights of the components and means, by node."""

    weights: Mapping[str, list[float]] = field(default_factory=dict)
    means: Mapping[str, tuple[str, float | None]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """The address of the page with this setting."""
        weights = ";".join(f"{name(node)}:{','.join(map(repr, values))}" for node, values in self.weights.items())
        means = ";".join(
            f"{name(node)}:{mean}" + (f":{power}" if power is not None else "")
            for node, (mean, power) in self.means.items()
        )
        return f"#/?w={weights}&a={means}"


def name(node: str) -> str:
    return quote(node, safe="")


def random_setting(data: dict[str, Any], chance: np.random.Generator) -> Setting:
    """Return random weights and means of some of the nodes that the page lets a reader change; some weights are 0."""
    tree = data["tree"]
    adjustable = [adjusts(tree, place) for place in range(len(tree))]
    weights, means = {}, {}
    is_positive = chance.random() < 0.4
    names, powers = (MEANS, POWERS) if is_positive else (MEANS[: OF_ZERO + 1], POWERS[:OF_ZERO])
    for place, node in enumerate(tree):
        if not adjustable[place]:
            continue
        if chance.random() < 0.6:
            values = chance.uniform(0, 3, len(node["kids"])).round(int(chance.integers(0, 6)))
            values[chance.random(len(values)) < 0.15] = 0.0
            if values.sum() > 0:
                weights[node["id"]] = values.tolist()
        if "total" not in node and chance.random() < 0.4:
            mean = str(chance.choice(names))
            means[node["id"]] = mean, float(chance.choice(powers)) if mean == "generalised" else None
    return Setting(weights, means)


def adjusts(tree: list[dict[str, Any]], place: int) -> bool:
    """Return whether a node and all nodes above it can be computed by the script."""
    node = tree[place]
    return bool(node.get("exact")) and all(adjusts(tree, parent) for parent in node["parents"])


def scored_by_the_engine(result: Result, setting: Setting) -> Scored:
    """Score the data of a result with other weights and means; nodes without other weights keep the published ones."""
    scored, catalogue = result.scored, result.catalogue
    tree = scored.tree
    if setting == Setting():
        return scored
    published = {name: own.values.tolist() for name, own in scored.weights_in_score.items() if own.keys is None}
    weights = {**published, **setting.weights}
    weights_of: dict[str, dict[str, float]] = {}
    for node in tree.nodes():
        for place, part in enumerate(node.components):
            own = weights[node.id][place] if node.id in weights else part.weight_in(node.id)
            weights_of.setdefault(part.id, {})[node.id] = own

    def weighed(part: Part) -> Part:
        by_parent = weights_of.get(part.id)
        if not by_parent:
            return part
        weight = by_parent if len(by_parent) > 1 else next(iter(by_parent.values()))
        if isinstance(part, Node):
            return replace(part, weight=weight)
        return replace(part, spec=part.spec.model_copy(update={"weight": weight}))

    leaves = {leaf.id: weighed(leaf) for leaf in tree.leaves()}

    def with_leaves(parts: tuple[Part, ...]) -> tuple[Part, ...]:
        return tuple(leaves[part.id] if isinstance(part, Leaf) else part for part in parts)

    def changed(node: Node, components: tuple[Part, ...], shown: tuple[Part, ...]) -> Node:
        node = replace(node, components=with_leaves(components), shown=with_leaves(shown))
        if node.id in weights:
            node = replace(node, weighting=catalogue.choose("weighting", "given"))
        if node.id in setting.means:
            mean, power = setting.means[node.id]
            choice = mean if power is None else f"{mean}(p={power})"
            node = replace(node, aggregation=catalogue.choose("aggregation", choice))
        return weighed(node)  # type: ignore[return-value]

    return score(result.definition, tree.with_parts(changed), result.table)


def compare(page: OpenedPage, result: Result, setting: Setting) -> bool:
    """Compare the page with the engine; return False if the engine refuses a mean, as the page then does too."""
    found = page.ask("address => indicia.scores(address)", setting.address)
    try:
        expected = scored_by_the_engine(result, setting)
    except DataError as error:
        if "needs" not in error.reason:
            raise
        assert found["refused"], setting.address
        return False
    assert found["refused"] == [], setting.address
    scores = expected.nodes[ROOT].to_numpy()
    shown = np.array([np.nan if value is None else value for value in found["scores"]])
    assert np.array_equal(np.isnan(scores), np.isnan(shown)), setting.address
    size = np.nanmax(np.abs(scores), initial=0.0)
    assert np.nanmax(np.abs(shown - scores), initial=0.0) <= 1e-12 * size, setting.address
    assert found["ranks"] == expected.rank.to_list(), setting.address
    return True


def check(browser: Any, folder: Path, result: Result, number: int = SETTINGS) -> int:
    """Compare the page of a result with the engine, as published and under random settings; count the comparisons.

    A setting that the engine refuses is followed by another one, up to four for each that is asked for.
    """
    html = page_of(result)
    path = folder / "page.html"
    path.write_text(html, encoding="utf-8")
    page, data, chance = OpenedPage(browser, path), model_of_page(html), np.random.default_rng(len(html))
    try:
        compared = int(compare(page, result, Setting()))
        for _ in range(4 * number):
            if compared <= number:
                compared += compare(page, result, random_setting(data, chance))
        return compared
    finally:
        page.close()


@pytest.mark.parametrize("example", ["model", "human", "large", "hostile"])
def test_examples(browser: Any, tmp_path: Path, example: str, request: pytest.FixtureRequest) -> None:
    subject = request.getfixturevalue(example)
    index, table = subject if isinstance(subject, tuple) else (subject, None)
    assert check(browser, tmp_path, index.score(table)) > 3


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("published", PUBLISHED)
def test_published_indices(browser: Any, tmp_path: Path, published: str) -> None:
    index = indicia.read(GALLERY / f"{published}.toml")
    path = table_of_gallery(GALLERY / f"{published}.toml")
    if not path.exists():
        pytest.skip(ABSENT)
    assert check(browser, tmp_path, index.score(path)) > 2


def test_an_index_whose_weights_are_not_scaled(browser: Any, tmp_path: Path, cities: pl.DataFrame) -> None:
    scale = "min_max(lower=1, upper=100)"
    raw = {
        "data": {"unit": "city"},
        "indicators": {"income": {"weight": 2.5}, "co2": {"weight": 0.75, "direction": "cost"}},
        "methodology": {"scale_weights": False, "aggregation": "geometric", "normalisation": scale},
    }
    assert check(browser, tmp_path, indicia.read(raw).score(cities)) == SETTINGS + 1


@pytest.mark.filterwarnings("ignore")
def test_random_indices(browser: Any, tmp_path: Path) -> None:
    """Random trees with a dimension of two parents, gaps that are skipped or filled, decimals, and panels."""
    numbers: list[int] = []

    @seed(20)
    @settings(
        max_examples=25, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None
    )
    @given(random_indices())
    def compared(case: tuple[dict[str, Any], pl.DataFrame]) -> None:
        raw, table = case
        try:
            result = indicia.read(raw).score(table)
        except indicia.IndiciaError:
            return  # a mean that the drawn values do not admit
        numbers.append(check(browser, tmp_path, result, 4))

    compared()
    assert sum(numbers) > 30


def rewritten(index: Index, lines: str) -> Index:
    """Return an index with lines of the page written into its file."""

    def merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
        tables = {key: merged(below.get(key, {}), value) for key, value in above.items() if isinstance(value, dict)}
        return {**below, **above, **tables}

    # a weight by parent takes the place of a single one
    return replace(index, raw=merged(dict(index.raw), tomllib.loads(lines)))


SHARED: dict[str, Any] = {
    "data": {"unit": "city"},
    "dimensions": {
        "wealth": {"weight": 2},
        "health": {"weighting": "entropy", "aggregation": "geometric"},
        "both": {"parent": ["wealth", "health"], "weight": {"wealth": 3, "health": 1}},
    },
    "indicators": {
        "a": {"dimension": "wealth"},
        "b": {"dimension": "health", "direction": "cost"},
        "c": {"dimension": "both", "weight": 2.5},
        "d": {"dimension": "both"},
    },
    "methodology": {
        "normalisation": "min_max(lower=1, upper=100)",
        "levels": [{"weighting": "critic", "aggregation": "arithmetic", "decimals": 3}, {"weighting": "given"}],
    },
}
UNSCALED: dict[str, Any] = {
    "data": {"unit": "city"},
    "indicators": {
        "a": {"weight": 2.5},
        "b": {"weight": 0.75, "direction": "cost"},
        "c": {"weight": 1},
        "d": {"weight": 0.1},
    },
    "methodology": {"scale_weights": False, "aggregation": "geometric", "normalisation": "min_max(lower=1, upper=100)"},
}
STATES = 40
"""The number of random states of each page; there are five pages."""


@pytest.mark.parametrize("example", ["model", "human", "hostile", "shared", "unscaled"])
def test_the_command_of_a_state_computes_its_scores(
    browser: Any, tmp_path: Path, example: str, request: pytest.FixtureRequest
) -> None:
    """Some means are not defined for the values: the page uses the published ones there, and so do the lines."""
    if example in ("shared", "unscaled"):
        values = np.random.default_rng(3).uniform(1, 9, (12, 4))
        table = pl.DataFrame({"city": [f"u{row}" for row in range(12)], **dict(zip("abcd", values.T, strict=True))})
        index = indicia.read(SHARED if example == "shared" else UNSCALED)
    else:
        subject = request.getfixturevalue(example)
        index, table = subject if isinstance(subject, tuple) else (subject, None)
    html = page_of(index.score(table))
    path = tmp_path / "page.html"
    path.write_text(html, encoding="utf-8")
    page, data, chance, refused = OpenedPage(browser, path), model_of_page(html), np.random.default_rng(38), 0
    try:
        for _ in range(STATES):
            setting = random_setting(data, chance)
            found = page.ask("address => indicia.scores(address)", setting.address)
            scored = rewritten(index, found["lines"]).score(table).scored
            scores, shown = scored.nodes[ROOT].to_numpy(), np.array(found["scores"], dtype=float)
            assert np.array_equal(np.isnan(scores), np.isnan(shown)), setting.address
            assert np.nanmax(np.abs(shown - scores), initial=0.0) <= 1e-12 * np.nanmax(np.abs(scores)), found["lines"]
            assert scored.rank.to_list() == found["ranks"], found["lines"]
            refused += bool(found["refused"])
    finally:
        page.close()
    assert refused or example != "model"
