"""Hooks and contracts have a version: what a plugin was written for, and what is going."""

from __future__ import annotations

import warnings
from importlib.metadata import version
from pathlib import Path

import pytest

from indicia.catalogue import installed, versions
from indicia.catalogue.versions import CONTRACT, GOING, OLDEST, Going
from indicia.errors import PluginError, PluginWarning

HELD = Path(__file__).parent / "held" / "indicia-held" / "indicia_held.py"


def written_for(folder: Path, contract: object) -> Path:
    """Return the held plugin, stating a contract."""
    file = folder / "stated.py"
    file.write_text(f"{HELD.read_text(encoding='utf-8')}\nindicia_contract = {contract!r}\n", encoding="utf-8")
    return file


def test_a_plugin_that_states_the_contract_at_hand_is_taken(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "held_linear" in installed([written_for(tmp_path, CONTRACT)]).names("normalisation")


@pytest.mark.parametrize(
    ("contract", "said"),
    [
        (CONTRACT + 1, f"written for contract {CONTRACT + 1} of Indicia, and this is {CONTRACT}\n  fix: pip install"),
        (OLDEST - 1, f"written for contract {OLDEST - 1} of Indicia, and the oldest that still runs is {OLDEST}\n"),
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


def test_what_is_going_still_works_and_a_warning_says_what_to_write(monkeypatch: pytest.MonkeyPatch) -> None:
    going = (Going("Normalisation", "cost", "costs", "99"), Going("Weighting", "reference", "source", "99"))
    monkeypatch.setattr(versions, "GOING", going)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        names = installed([HELD]).names("normalisation")
    assert "held_ratio" in names
    said = {str(one.message) for one in caught if issubclass(one.category, PluginWarning)}
    assert {text for text in said if str(HELD) in text} == {
        f'plugin {HELD}: the normalisation "held_ratio" has cost, which goes with Indicia 99: write costs',
        f'plugin {HELD}: the weighting "held_spread" has reference, which goes with Indicia 99: write source',
    }


def test_nothing_is_kept_beyond_its_release() -> None:
    """Fails in the release that is to be without it: then it is to be taken out, here and where it is read."""
    now = tuple(int(part) for part in version("indicia").split(".")[:2])
    assert not [one for one in GOING if tuple(int(part) for part in one.until.split(".")[:2]) <= now]
    assert 1 <= OLDEST <= CONTRACT
