"""A plugin that is imported without a fault, and in which something was forgotten, is questioned."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pytest

from indicia import testing
from indicia.catalogue import installed, inventory
from indicia.errors import MethodError, PluginError, PluginWarning
from indicia_conformance import suite

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PLUGIN = '''
from dataclasses import dataclass
from functools import cache

from indicia.catalogue import hookimpl
from indicia.methods import Normalisation


@dataclass(frozen=True)
class Halved(Normalisation):
    """Divide by twice the largest value."""

    name = "halved"
    reference = "Example"

    def benefit(self, x, s):
        return x / (2 * s.max)


@hookimpl
def indicia_normalisations():
    return [Halved]
'''
THIRD = '''

@dataclass(frozen=True)
class {name}({base}):
    """Divide by three times the largest value."""

    name = "thirded"
    reference = "Example"

    def benefit(self, x, s):
        return x / (3 * s.max)
'''
FORGOTTEN = {
    "no @hookimpl": (
        PLUGIN.replace("@hookimpl\n", ""),
        'indicia_normalisations is not used as a hook: write @hookimpl, and no other decorator, above "def indicia_n',
    ),
    "another decorator between pluggy and the function": (
        PLUGIN.replace("@hookimpl\n", "@hookimpl\n@cache\n"),
        "indicia_normalisations is not used as a hook: write @hookimpl, and no other decorator",
    ),
    "no @hookimpl, and a name that no hook has": (
        PLUGIN.replace("@hookimpl\n", "").replace("indicia_normalisations", "indicia_normalizations"),
        'indicia_normalizations is not used: no hook has this name (did you mean "normalisations"?)',
    ),
    "a method that no hook returns": (
        PLUGIN + THIRD.format(name="Thirded", base="Normalisation"),
        'the method "thirded" is not offered: return Thirded from indicia_normalisations, or call the class _Thirded',
    ),
    "no hook at all": ("x = 1\n", "no function is marked with @hookimpl, so nothing is offered"),
}
SOUND = {
    "a plugin": PLUGIN,
    "a private class": PLUGIN + THIRD.format(name="_Thirded", base="Normalisation"),
    "a class that an offered one is built on": (PLUGIN + THIRD.format(name="Thirded", base="Halved")).replace(
        "return [Halved]", "return [Thirded]"
    ),
    "methods of Indicia that are imported": PLUGIN + "\n\nfrom indicia_methods.normalisation.linear import MinMax\n",
    "a hook that has nothing to offer today": PLUGIN.replace("class Halved", "class _Halved").replace("[Halved]", "[]"),
}


@pytest.mark.parametrize("what", FORGOTTEN)
def test_what_was_forgotten_in_an_installed_plugin_is_asked_in_the_list_and_as_a_warning(
    what: str, site: Callable[..., Path]
) -> None:
    text, question = FORGOTTEN[what]
    site("halver", text)
    (found,) = inventory.find("halver")
    assert found.state.startswith(f"doubtful: {question}")
    assert f"  state      doubtful: {question}" in inventory.card(found)
    with pytest.warns(PluginWarning) as caught:
        catalogue = installed()
    assert [str(one.message) for one in caught if f"plugin halver: {question}" in str(one.message)]
    with pytest.raises(MethodError) as refused:
        catalogue.choose("normalisation", "none_such")
    assert f"plugin halver: {question}" in str(refused.value)


@pytest.mark.parametrize("what", FORGOTTEN)
def test_what_was_forgotten_in_a_plugin_file_is_asked_too(what: str, tmp_path: Path) -> None:
    text, question = FORGOTTEN[what]
    file = tmp_path / "halver.py"
    file.write_text(text, encoding="utf-8")
    with pytest.warns(PluginWarning) as caught:
        installed([file])
    assert [str(one.message) for one in caught if f"plugin {file}: {question}" in str(one.message)]
    assert inventory.plugins([file])[-1].state.startswith(f"doubtful: {question}")


@pytest.mark.parametrize("what", SOUND)
def test_a_plugin_in_which_nothing_is_forgotten_is_ok(what: str, site: Callable[..., Path]) -> None:
    site("halver", SOUND[what])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        installed()
    assert inventory.find("halver")[0].state == "ok"


def test_a_question_about_one_plugin_stands_beside_the_clash_of_others(site: Callable[..., Path]) -> None:
    site("halver", PLUGIN)
    site("other-halver", PLUGIN)
    site("thirder", PLUGIN.replace("@hookimpl\n", ""))
    assert inventory.find("halver")[0].state.startswith("shadowed: halved")
    assert inventory.find("thirder")[0].state.startswith("doubtful: indicia_normalisations is not used as a hook")


@pytest.mark.parametrize("what", FORGOTTEN)
def test_a_plugin_that_is_tested_is_questioned_and_is_refused_where_it_offers_nothing(
    what: str, tmp_path: Path, site: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suite, "checks_for", lambda subject: [])
    monkeypatch.setattr(suite.speed, "growth", lambda subject: None)
    text, question = FORGOTTEN[what]
    file = tmp_path / "halver.py"
    file.write_text(text, encoding="utf-8")
    site("halver", text)
    if "def indicia_normalisations" in text and "@hookimpl\ndef" in text:
        with pytest.warns(PluginWarning) as caught:
            (card,) = testing.cards_of_plugin(str(file))
        assert card.method.name == "halved"
        assert any(question in str(one.message) for one in caught)
        return
    for target in (str(file), "halver"):
        with pytest.raises(PluginError) as refused:
            list(testing.cards_of_plugin(target))
        assert refused.value.what == f"{target} offers no method"
        assert question in (refused.value.where or "")
        assert "@hookimpl" in (refused.value.remedy or "")
