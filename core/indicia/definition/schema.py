"""The JSON Schema of an index file, with the installed methods and their parameters."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from indicia.catalogue import schema
from indicia.definition.methodology_section import INHERITED, OPTIONAL, STAGES
from indicia.definition.model import Definition
from indicia.definition.parts_section import WITHOUT_VALUE
from indicia.definition.scopes import STATISTICS_STAGES
from indicia.errors import MethodFailure, PluginWarning

if TYPE_CHECKING:
    from indicia.catalogue import Catalogue


_STAGE_OF_WORD = {"transform": "treatment", "rescaling": "normalisation", "as_component": "normalisation"}
"""The words of an index file that choose a method of a stage with another name."""


def index_schema(catalogue: Catalogue) -> dict[str, Any]:
    """Return the JSON Schema of an index file."""
    file = Definition.model_json_schema()
    catalogue = catalogue.importable()
    definitions = file["$defs"]
    for stage in STAGES:
        definitions[stage] = {"anyOf": [_word(catalogue, stage), *_tables(catalogue, stage, definitions)]}
    kinds = {stage: stage for stage in STAGES} | _STAGE_OF_WORD
    for name, table in list(definitions.items()):
        if name == "StageScopes":  # its words are stages, and its values are rows and no methods
            continue
        for word, node in table.get("properties", {}).items():
            if word in kinds:
                text = {key: node[key] for key in ("description",) if key in node}
                table["properties"][word] = {"$ref": f"#/$defs/{kinds[word]}", **text}
    for word in STAGES:
        choice = definitions["Robustness"]["properties"][word]
        definitions["Robustness"]["properties"][word] = {"anyOf": [choice, {"type": "array", "items": choice}]}
    for table in ("Stages", "Dimension", "Methodology", "Variant"):
        properties = definitions.get(table, {}).get("properties", {})
        _allow_word(properties, "missing", ["refuse", "skip", "propagate", "value(value=0)", INHERITED])
        for word in ("statistics", "weights"):
            _allow_word(properties, word, ["pooled", "period"])
            properties.get(word, {}).get("anyOf", []).append({"type": "array", "items": {"type": "string"}})
    for stage in STATISTICS_STAGES:
        _allow_word(definitions["StageScopes"]["properties"], stage, ["pooled", "period"])
        definitions["StageScopes"]["properties"][stage]["anyOf"].append({"type": "array", "items": {"type": "string"}})
    judgements = {"properties": _parameters(catalogue, "weighting"), "additionalProperties": False}
    file["properties"]["judgements"] |= judgements
    if catalogue.names("check"):
        thresholds = {"properties": _parameters(catalogue, "check"), "additionalProperties": False}
        file["properties"]["checks"] |= thresholds
    pair = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
    definitions["GroupBounds"] |= {"properties": {"by": {"type": "string"}}, "additionalProperties": pair}
    definitions["GroupBounds"]["required"] = ["by"]
    for table in ("Indicator", "IndicatorChanges"):
        properties = definitions[table]["properties"]
        _directions(properties["direction"])
        for word in WITHOUT_VALUE:
            _allow_word(properties, word, ["none"])
    for place in (file, definitions["Dimension"], definitions["OutsideVariable"]):
        _directions(place["properties"]["direction"])
    file["properties"]["weights"] = {"anyOf": [{"type": "string"}, file["properties"]["weights"]]}
    file["properties"]["indicators"] = {"anyOf": [{"type": "string"}, file["properties"]["indicators"]]}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Indicia index file", **file}


def _word(catalogue: Catalogue, kind: str) -> dict[str, Any]:
    names = [*catalogue.names(kind), *(["none"] if kind in OPTIONAL else []), INHERITED]
    # a weighting may also be a set of weights of the index file
    pattern = r"[^\W\d]\w*" if kind == "weighting" else "|".join(names)
    return {"type": "string", "pattern": f"^({pattern})(\\(.*\\))?$", "examples": names}


def _parameters(catalogue: Catalogue, kind: str) -> dict[str, Any]:
    """Return the schemas of the parameters of methods, by method."""
    tables = {}
    for name in catalogue.names(kind):
        node = _refer_to_stages(schema(catalogue.offers[kind, name].method))
        properties = node.get("properties", {})
        tables[name] = {"type": "object", "properties": properties, "additionalProperties": False}
    return tables


def _tables(catalogue: Catalogue, kind: str, definitions: dict[str, Any]) -> list[dict[str, Any]]:
    tables = []
    for name in catalogue.names(kind):
        method = catalogue.offers[kind, name].method
        try:
            parameters = _refer_to_stages(schema(method))
        except MethodFailure as error:
            warnings.warn(str(error), PluginWarning, stacklevel=4)
            continue
        definitions |= parameters.pop("$defs", {})
        tables.append(
            {
                "type": "object",
                "description": method.summary(),
                "properties": {"method": {"const": name}, **parameters.get("properties", {})},
                "required": ["method", *parameters.get("required", [])],
                "additionalProperties": False,
            }
        )
    return tables


def _refer_to_stages(node: Any) -> Any:
    """Replace the schema of a parameter that is a method by a reference to the stage of the method."""
    if isinstance(node, list):
        return [_refer_to_stages(element) for element in node]
    if not isinstance(node, dict):
        return node
    kind = str(node.get("title", "")).removeprefix("method of ")
    if kind in STAGES:
        return {"$ref": f"#/$defs/{kind}"}
    return {word: _refer_to_stages(value) for word, value in node.items()}


def _allow_word(properties: dict[str, Any], word: str, words: list[str]) -> None:
    if word in properties:
        tables = properties[word].get("anyOf", [properties[word]])
        text = {key: properties[word][key] for key in ("description",) if key in properties[word]}
        properties[word] = {"anyOf": [{"type": "string", "examples": words}, *tables], **text}


def _directions(direction: dict[str, Any]) -> None:
    """Add the words and signs of other programs to a direction, which may be optional."""
    for form in direction.get("anyOf", [direction]):
        if "enum" in form:
            form["enum"] = [*form["enum"], "max", "min", "+", "-", "1", "-1", 1, -1]
