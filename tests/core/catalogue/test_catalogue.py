"""The catalogue takes what fits and says what does not."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Annotated

import pytest
from pydantic import Field

from indicia import catalogue
from indicia.catalogue import gather, hookimpl, hookspecs, open_source
from indicia.catalogue.choice import Choice
from indicia.catalogue.offers import load
from indicia.errors import IndiciaWarning, MethodError, PluginError
from indicia.methods import Normalisation
from indicia.testing import cards_of_plugin
from indicia_conformance.target import offers
from indicia_methods import aggregation, normalisation, weighting

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indicia.methods import Expression, Statistics


@dataclass(frozen=True)
class Halved(Normalisation):
    """Divide by twice the largest value."""

    name = "halved"
    reference = "None"

    by: Annotated[float, Field(gt=0)] = 2.0

    def benefit(self, x: Expression, s: Statistics) -> Expression:
        return x / (self.by * s.max)


def plugin(*methods: object, name: str = "my_plugin", hook: str = "indicia_normalisations") -> object:
    def offer() -> list[object]:
        return list(methods)

    offer.__name__ = hook
    return SimpleNamespace(__name__=name, **{hook: hookimpl(offer)})


def test_shipped_methods_are_offered_by_name() -> None:
    shipped = catalogue.gather(normalisation, weighting, aggregation)
    assert "min_max" in shipped.names("normalisation")
    assert "ahp" in shipped.names("weighting")
    assert "copeland" in shipped.names("aggregation")


def test_the_order_of_plugins_does_not_matter() -> None:
    here, there = (
        catalogue.gather(weighting, aggregation, normalisation),
        catalogue.gather(normalisation, weighting, aggregation),
    )
    assert list(here.offers) == list(there.offers)


def test_a_method_is_chosen_by_text_table_or_instance() -> None:
    mine = catalogue.gather(plugin(Halved))
    for choice in ("halved(by=4)", {"method": "halved", "by": 4}, Halved(by=4.0)):
        assert mine.choose("normalisation", choice) == Halved(by=4.0)


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ("halvd", 'unknown normalisation "halvd"\n  fix: did you mean "halved"?'),
        ("halved(bye=2)", 'halved has no parameter "bye"\n  fix: did you mean "by"?'),
        ("halved(by=-1)", "halved: by = -1 must be more than 0"),
        ("halved(by=inf)", "halved: by = 'inf' must be a finite number"),
        ("halved(2)", "cannot read the method 'halved(2)'"),
        ("halved(", "cannot read the method 'halved('"),
        (7, "not a choice of method: 7"),
    ],
)
def test_a_wrong_choice_is_refused(choice: object, message: str) -> None:
    with pytest.raises(MethodError) as caught:
        catalogue.gather(plugin(Halved)).choose("normalisation", choice)
    assert str(caught.value).startswith(message)


def test_a_method_of_another_kind_is_not_mistaken_for_a_misspelt_one() -> None:
    with pytest.raises(MethodError, match='unknown weighting "halved"\n  fix: it is a method of normalisation'):
        catalogue.gather(plugin(Halved)).choose("weighting", "halved")


def test_two_methods_of_one_name_are_refused_naming_both_plugins() -> None:
    @dataclass(frozen=True)
    class Other(Halved):
        name = "halved"

    with pytest.raises(PluginError) as caught:
        catalogue.gather(plugin(Halved, name="one"), plugin(Other, name="two"))
    assert caught.value.what == 'two plugins offer the normalisation "halved"'
    assert caught.value.where == "one and two"


def test_a_misspelt_hook_is_an_error() -> None:
    with pytest.raises(PluginError, match="indicia_normalizations"):
        catalogue.gather(plugin(Halved, hook="indicia_normalizations"))


class NoDataclass(Normalisation):
    name = "plain"
    reference = "None"


@dataclass(frozen=True)
class Nameless(Normalisation):
    reference = "None"


@pytest.mark.parametrize(
    ("offered", "fault"),
    [
        (NoDataclass, "which is not a dataclass: write @dataclass(frozen=True) above it"),
        (Nameless, "which has no name"),
        (dict, "which is not a subclass of Normalisation"),
        ("min_max", "which is not a subclass of Normalisation"),
    ],
)
def test_what_is_no_method_is_refused(offered: object, fault: str) -> None:
    with pytest.raises(PluginError) as caught:
        catalogue.gather(plugin(offered))
    assert str(caught.value).startswith("plugin my_plugin: indicia_normalisations offers ")
    assert str(caught.value).endswith(fault)


def test_a_hook_that_fails_names_its_plugin() -> None:
    @hookimpl
    def indicia_normalisations() -> list[object]:
        raise RuntimeError("broken")

    broken = SimpleNamespace(__name__="broken_plugin", indicia_normalisations=indicia_normalisations)
    with pytest.raises(PluginError, match="plugin broken_plugin: indicia_normalisations failed: RuntimeError: broken"):
        catalogue.gather(broken)


class Point:
    """An entry point of a distribution that is not installed."""

    def __init__(self, value: str, load: Callable[[], object], name: str = "x") -> None:
        self.value, self.load, self.name = value, load, name
        self.dist = SimpleNamespace(name=f"indicia-{value}", version="1")


def test_an_installed_plugin_that_cannot_be_imported_is_left_out_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def load() -> object:
        raise ImportError("no module named torch")

    point = Point("stranger", load)
    monkeypatch.setattr("indicia.catalogue.offers._points", lambda: (point,))
    with pytest.warns(IndiciaWarning, match=r"plugin indicia-stranger \(stranger\) was not loaded: ImportError"):
        found = catalogue.installed()
    with pytest.raises(MethodError) as caught:
        found.choose("normalisation", "sparkle")
    assert "plugin indicia-stranger (stranger) was not loaded: ImportError: no module named torch" in str(caught.value)


def test_a_plugin_file_is_loaded_and_named_in_the_versions(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "from dataclasses import dataclass\n"
        "from indicia.catalogue import hookimpl\n"
        "from indicia.methods import Normalisation\n"
        "@dataclass(frozen=True)\n"
        "class Same(Normalisation):\n"
        "    '''Leave as is.'''\n"
        "    name = 'same'\n"
        "    reference = 'none'\n"
        "    def benefit(self, x, s):\n"
        "        return x\n"
        "@hookimpl\n"
        "def indicia_normalisations():\n"
        "    return [Same]\n"
    )
    found = catalogue.installed([file])
    assert "same" in found.names("normalisation")
    assert found.find("same")[0].plugin == str(file)
    assert found.versions[str(file)].startswith("sha256 ")
    assert catalogue.installed([file, tmp_path / "." / "mine.py"]).names("normalisation") == found.names(
        "normalisation"
    )


def test_a_plugin_file_that_fails_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("import nothing_of_the_kind\n")
    with pytest.raises(PluginError, match=r"mine.py cannot be loaded: ModuleNotFoundError"):
        catalogue.installed([file])
    with pytest.raises(PluginError, match="no plugin file"):
        catalogue.installed([tmp_path / "other.py"])


@pytest.fixture
def example(kind: hookspecs.Hook, tmp_path: Path) -> Path:
    """A file with the example of a hook, which is code that an author copies."""
    text = getattr(hookspecs, kind.hook).__doc__.partition("    Examples\n    --------\n")[2].replace("'''", '"""')
    path = tmp_path / "example.py"
    path.write_text("\n".join(line[4:] for line in text.splitlines()), encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", hookspecs.OFFERED_KINDS, ids=lambda kind: kind.name)
def test_every_hook_has_a_complete_example(kind: hookspecs.Kind, example: Path) -> None:
    (offer,) = offers(str(example))
    assert offer.kind == kind.name


@pytest.mark.parametrize("kind", hookspecs.PLACES, ids=lambda kind: kind.name)
def test_every_hook_of_places_has_a_complete_example(kind: hookspecs.Hook, example: Path) -> None:
    (offer,) = gather(load(example)).offered(kind).keys() - gather().offered(kind).keys()
    assert callable(gather(load(example)).offered(kind)[offer].load())


@pytest.mark.parametrize("kind", [hookspecs.SOURCES], ids=lambda kind: kind.name)
def test_the_hook_that_opens_has_a_complete_example(kind: hookspecs.Hook, example: Path) -> None:
    assert open_source("towns:4", [example]).value["town"] == ["Ash", "Elm", "Fir", "Oak"]


@pytest.mark.thorough
@pytest.mark.parametrize("kind", [hookspecs.CHECKS, *hookspecs.OUTPUTS], ids=lambda kind: kind.name)
def test_the_example_of_a_hook_of_checks_or_outputs_keeps_its_promises(kind: hookspecs.Kind, example: Path) -> None:
    (card,) = cards_of_plugin(str(example))
    assert card.findings
    assert card.broken == ()


@pytest.mark.parametrize(
    "text",
    ["-" * 5_000 + "1", "-" * 7_000 + "1", "x" + ".y" * 3_000, f"f(a={'-' * 7_000}1)", "f(a=g(" + "1+" * 3_000 + "1))"],
    ids=lambda text: f"{text[:8]} {len(text)}",
)
def test_a_choice_that_is_nested_too_deeply_is_no_choice(text: str) -> None:
    with pytest.raises(MethodError, match="cannot read the method") as caught:
        Choice.read(text)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("text", ["min_max(lower={[1]: 2})", "min_max(lower={[1], 2})", "min_max(lower={{}: 2})"])
def test_a_list_or_a_table_as_a_key_is_no_choice(text: str) -> None:
    with pytest.raises(MethodError, match="cannot read the method") as caught:
        Choice.read(text)
    assert caught.value.remedy
