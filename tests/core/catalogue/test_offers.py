"""A plugin offers the place of a class, and the class is imported when it is used."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import polars as pl
import pytest

from indicia import catalogue
from indicia.catalogue import hookimpl, installed, inventory
from indicia.catalogue.reference import shipped
from indicia.cli.options import names
from indicia.errors import MethodError, PluginError, PluginWarning
from indicia.index import Index

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

METHOD = '''
from dataclasses import dataclass

from indicia.methods import Normalisation


@dataclass(frozen=True)
class {cls}(Normalisation):
    """Divide by the largest value, {name}."""

    name = "{name}"
    reference = "Example"

    def benefit(self, x, s):
        return x / s.max
'''
HOOK = """
from indicia.catalogue import hookimpl


@hookimpl
def indicia_normalisations():
    return {offered}
"""


def offering(offered: object, name: str = "my_plugin") -> object:
    @hookimpl
    def indicia_normalisations() -> object:
        return offered

    return SimpleNamespace(__name__=name, indicia_normalisations=indicia_normalisations)


@pytest.fixture
def curves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that writes a module whose classes plugins offer."""
    folder = tmp_path / "modules"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))

    def write(module: str, text: str) -> None:
        (folder / f"{module}.py").write_text(text, encoding="utf-8")
        monkeypatch.delitem(sys.modules, module, raising=False)

    return write


@pytest.mark.parametrize("offer", shipped().offers.values(), ids=lambda offer: f"{offer.kind}-{offer.name}")
def test_every_shipped_method_is_where_its_plugin_offers_it(offer: catalogue.Offer) -> None:
    assert isinstance(offer.source, str)
    assert offer.method.name == offer.name
    assert f"{offer.method.__module__}:{offer.method.__qualname__}" == offer.place


def test_a_method_is_imported_when_it_is_chosen_and_no_other_is(curves: Callable[..., None]) -> None:
    curves("lazy_one", METHOD.format(cls="One", name="one"))
    curves("lazy_two", METHOD.format(cls="Two", name="two"))
    known = catalogue.gather(offering({"one": "lazy_one:One", "two": "lazy_two:Two"}))
    assert known.names("normalisation") == ["one", "two"]
    with pytest.raises(MethodError, match=r'unknown normalisation "twa"\n  fix: did you mean "two"\?'):
        known.choose("normalisation", "twa")
    assert not {"lazy_one", "lazy_two"} & set(sys.modules)
    assert known.choose("normalisation", "one").name == "one"
    assert "lazy_one" in sys.modules
    assert "lazy_two" not in sys.modules


def test_classes_and_places_stand_in_one_mapping(curves: Callable[..., None]) -> None:
    curves("lazy_two", METHOD.format(cls="Two", name="two"))
    scope: dict[str, object] = {"__name__": "eager"}
    exec(METHOD.format(cls="One", name="one"), scope)
    known = catalogue.gather(offering({"two": "lazy_two:Two", "one": scope["One"]}))
    assert [known.choose("normalisation", name).name for name in ("one", "two")] == ["one", "two"]


@pytest.mark.parametrize(
    ("offered", "message"),
    [
        ({"one": "lazy_one.One"}, """offers "one" at 'lazy_one.One', which is no place of a class"""),
        ({"one": "lazy_one:"}, """offers "one" at 'lazy_one:', which is no place of a class"""),
        ({"one": ".lazy_one:One"}, """offers "one" at '.lazy_one:One', which is no place of a class"""),
        ({"one two": "lazy_one:One"}, "offers the name 'one two', which is not a word"),
        ({1: "lazy_one:One"}, "offers the name 1, which is not a word"),
        ({"one": 7}, "offers 7, which is not a subclass of Normalisation"),
    ],
)
def test_an_offer_that_is_wrong_by_itself_is_refused_without_an_import(offered: object, message: str) -> None:
    with pytest.raises(PluginError) as caught:
        catalogue.gather(offering(offered))
    assert str(caught.value).startswith("plugin my_plugin: indicia_normalisations offers ")
    assert message in str(caught.value)


def test_a_class_under_another_name_is_refused_where_the_plugin_is_gathered() -> None:
    scope: dict[str, object] = {"__name__": "eager"}
    exec(METHOD.format(cls="One", name="one"), scope)
    with pytest.raises(PluginError) as caught:
        catalogue.gather(offering({"uno": scope["One"]}))
    assert caught.value.what.endswith('offers "uno" at eager:One, and the class has the name "one"')
    assert caught.value.remedy == 'write "one" in indicia_normalisations, or name = "uno" in One'


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("lazy_one:One", 'offers "uno" at lazy_one:One, and the class has the name "one"\n  fix: write "one" in'),
        ("lazy_none:One", 'the normalisation "uno" cannot be imported from lazy_none:One: ModuleNotFoundError'),
        ("lazy_one:Ones", "is not at lazy_one:Ones: the module has no class Ones\n  fix: did you mean"),
        ("lazy_one:dataclass", "which is not a subclass of Normalisation"),
        ("lazy_broken:One", "cannot be imported from lazy_broken:One: ZeroDivisionError: division by zero"),
        ("lazy_leaving:One", "cannot be imported from lazy_leaving:One: SystemExit: 3"),
    ],
)
def test_a_class_that_is_not_as_offered_is_an_error_when_a_run_uses_it(
    place: str, message: str, curves: Callable[..., None]
) -> None:
    curves("lazy_one", METHOD.format(cls="One", name="one"))
    curves("lazy_broken", "1 / 0\n")
    curves("lazy_leaving", "raise SystemExit(3)\n")
    known = catalogue.gather(offering({"uno": place}))
    with pytest.raises(PluginError) as caught:
        known.choose("normalisation", "uno")
    assert str(caught.value).startswith("plugin my_plugin: ")
    assert message in str(caught.value)


def test_two_places_of_one_name_are_refused_naming_both_plugins_without_an_import() -> None:
    first, second = offering({"one": "lazy_a:One"}, "first"), offering({"one": "lazy_b:One"}, "second")
    with pytest.raises(PluginError) as caught:
        catalogue.gather(first, second)
    assert caught.value.what == 'two plugins offer the normalisation "one"'
    assert caught.value.where == "first and second"
    assert list(catalogue.gather(first, offering({"one": "lazy_a:One"}, "second")).offers) == [("normalisation", "one")]


def test_one_bad_place_leaves_the_other_methods_of_the_plugin_usable(
    site: Callable[..., Path], curves: Callable[..., None]
) -> None:
    curves("lazy_one", METHOD.format(cls="One", name="one"))
    site("lazy-plugin", HOOK.format(offered={"one": "lazy_one:One", "two": "lazy_none:Two"}))
    known = installed()
    assert known.choose("normalisation", "one").name == "one"
    with pytest.warns(PluginWarning, match='plugin lazy_plugin: the normalisation "two" cannot be imported from'):
        listed = known.table()
    assert {"one", "min_max"} <= set(listed["name"])
    assert "two" not in listed["name"]
    (plugin,) = inventory.find("lazy_plugin")
    assert [offer.name for offer in plugin.offers] == ["one"]
    assert plugin.state.startswith('doubtful: the normalisation "two" cannot be imported from lazy_none:Two: ModuleNot')


def test_what_a_module_prints_as_it_is_imported_is_a_warning_and_no_output(
    curves: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    curves("lazy_one", METHOD.format(cls="One", name="one") + "print('hello')\n")
    known = catalogue.gather(offering({"one": "lazy_one:One"}))
    with pytest.warns(PluginWarning, match="plugin my_plugin: lazy_one prints as it is imported: 'hello'"):
        known.choose("normalisation", "one")
    assert capsys.readouterr().out == ""


def test_a_run_names_the_plugin_of_a_method_that_was_offered_by_its_place(
    site: Callable[..., Path], curves: Callable[..., None]
) -> None:
    curves("lazy_one", METHOD.format(cls="One", name="one"))
    site("lazy-plugin", HOOK.format(offered={"one": "lazy_one:One"}))
    raw = {"data": {"unit": "city"}, "indicators": {"x": {}}, "methodology": {"normalisation": "one"}}
    result = Index(raw, installed()).score(pl.DataFrame({"city": ["a", "b"], "x": [1.0, 2.0]}))
    assert result.normalised["x"].to_list() == [0.5, 1.0]
    assert result.manifest["plugins"]["lazy_plugin"] == "lazy-plugin 1.0"


def test_completion_imports_no_module_of_a_method(site: Callable[..., Path], curves: Callable[..., None]) -> None:
    curves("lazy_one", METHOD.format(cls="One", name="one_to_complete"))
    site("lazy-plugin", HOOK.format(offered={"one_to_complete": "lazy_one:One"}))
    assert names("normalisation")("one_to") == ["one_to_complete"]
    assert "lazy_one" not in sys.modules
