"""Hooks and contracts have a version, which a plugin may state."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from indicia.catalogue import installed
from indicia.catalogue.offers import CONTRACT
from indicia.errors import PluginError

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
        (
            CONTRACT - 1,
            f"written for contract {CONTRACT - 1} of Indicia, and this is {CONTRACT}\n  fix: ask",
        ),
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
