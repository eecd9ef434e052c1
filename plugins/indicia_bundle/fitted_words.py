"""The words of an index file that the file of a fitted index has."""

from __future__ import annotations

import os
from collections.abc import Mapping
from math import isinf
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from indicia.methods import Method

if TYPE_CHECKING:
    from pathlib import Path


def relocated(raw: Mapping[str, Any], folder: Path, new: Path) -> dict[str, Any]:
    """Return a definition with paths of plugins for another folder, without keys that a fitted index does not need."""
    needed = {key: value for key, value in without_weightings(raw).items() if key != "reference"}
    data = {key: value for key, value in raw.get("data", {}).items() if key != "path"}
    plugins = [os.path.relpath(folder / file, new) for file in raw.get("plugins", [])]
    return {**needed, "data": data, **({"plugins": plugins} if plugins else {})}


def without_weightings(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return a definition without weightings, because the weights are fixed and a weighting may name files."""
    needed = {key: value for key, value in raw.items() if key != "weights"}
    for table in ("dimensions", "variants"):
        if table in needed:
            needed[table] = {name: _without_weighting(value) for name, value in needed[table].items()}
    for name, table in needed.get("variants", {}).items():
        if "dimensions" in table:
            dimensions = {part: _without_weighting(value) for part, value in table["dimensions"].items()}
            needed["variants"][name] = {**table, "dimensions": dimensions}
    if "methodology" in needed:
        needed["methodology"] = _without_weighting(needed["methodology"])
    return needed


def variants_with_weighting(raw: Mapping[str, Any]) -> list[str]:
    """Return the variants that state a weighting, which the file leaves out."""
    variants, without = raw.get("variants", {}), without_weightings(raw).get("variants", {})
    return [name for name, table in variants.items() if table != without[name]]


def _without_weighting(stages: Mapping[str, Any]) -> dict[str, Any]:
    needed = {key: value for key, value in stages.items() if key != "weighting"}
    levels = [_without_weighting(level) for level in needed.get("levels", ())]
    return {**needed, **({"levels": levels} if levels else {})}


def as_json_value(value: Any) -> Any:
    """Return a part of a definition as a value that JSON can hold."""
    if isinstance(value, Method):
        return {"method": value.name, **TypeAdapter(type(value)).dump_python(value, mode="json")}
    if isinstance(value, Mapping):
        return {str(key): as_json_value(part) for key, part in value.items()}
    if isinstance(value, float) and isinf(value):  # a limit of a range of bands; JSON has no infinity
        return str(value)
    return [as_json_value(part) for part in value] if isinstance(value, (list, tuple)) else value
