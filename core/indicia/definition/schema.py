"""The JSON Schema of an index file, with the installed methods and their parameters."""

from __future__ import annotations

from typing import Any

from indicia.callers import warn
from indicia.catalogue import Catalogue, schema
from indicia.catalogue.hookspecs import FILE_SECTIONS
from indicia.defaults import SEVERITIES
from indicia.definition.file_sections import file_sections, model_of
from indicia.definition.methodology_section import INHERITED, OPTIONAL, STAGES, STATISTICS_STAGES
from indicia.definition.model import Definition
from indicia.definition.origin import Origin
from indicia.definition.parts_section import WITHOUT_VALUE
from indicia.errors import MethodFailure, PluginWarning

_STAGE_OF_WORD = {"transform": "treatment", "rescaling": "normalisation", "as_component": "normalisation"}
"""The words of an index file that choose a method of a stage with another name."""


def index_schema(catalogue: Catalogue) -> dict[str, Any]:
    """Return the JSON Schema of an index file."""
    file, catalogue = Definition.model_json_schema(), catalogue.importable()
    of_plugins = model_of(catalogue.offered(FILE_SECTIONS).values(), Origin()).model_json_schema()
    definitions = file["$defs"] = dict(sorted({**file["$defs"], **of_plugins.get("$defs", {})}.items()))
    unordered = {**file["properties"], **of_plugins["properties"]}
    properties = file["properties"] = {section.name: unordered[section.name] for section in file_sections(catalogue)}
    _add_methods(catalogue, definitions)
    _add_scopes(definitions)
    for table, kind in (("judgements", "weighting"), ("checks", "check"), ("analyses", "analysis")):
        if names := _parameters(catalogue, kind):
            properties[table] |= {"properties": names, "additionalProperties": False}
    for table in properties["checks"].get("properties", {}).values():
        table["properties"] |= _WORDS_OF_CHECKS
    definitions["GroupBounds"] |= {
        "properties": {"by": {"type": "string"}},
        "additionalProperties": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        "required": ["by"],
    }
    for table in ("Indicator", "IndicatorChanges"):
        for word in WITHOUT_VALUE:
            _allow_word(definitions[table]["properties"], word, ["none"])
    for place in (file, *(definitions[table] for table in _WITH_DIRECTION)):
        _allow_signs(place["properties"]["direction"])
    for table in ("weights", "indicators"):  # the path of a table
        properties[table] = {"anyOf": [{"type": "string"}, properties[table]]}
    _name_limits(file)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Indicia index file", **file}


_LIMITS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}


def _name_limits(node: object) -> None:
    """Write the limits of numbers in words of JSON Schema; pydantic keeps its own words for an optional number."""
    if isinstance(node, list):
        for part in node:
            _name_limits(part)
    if isinstance(node, dict):
        if node.get("type") in ("integer", "number"):
            for word in [word for word in _LIMITS if word in node]:
                node[_LIMITS[word]] = node.pop(word)
        for part in node.values():
            _name_limits(part)


_WORDS_OF_CHECKS = {
    "severity": {"enum": list(SEVERITIES), "description": "the severity of findings, in place of that of the check"},
    "on": {"type": "boolean", "description": "false: the check does not look"},
}
_WITH_DIRECTION = ("Indicator", "IndicatorChanges", "Dimension", "OutsideVariable")


def _add_methods(catalogue: Catalogue, definitions: dict[str, Any]) -> None:
    """Add a schema of the methods of each stage, and refer to it wherever an index file chooses a method."""
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
    alternatives = definitions["Robustness"]["properties"]
    for word in STAGES:
        choice = alternatives[word]
        alternatives[word] = {"anyOf": [choice, {"type": "array", "items": choice}]}
    for table in ("Stages", "Dimension", "Methodology", "Variant"):
        words = ["refuse", "skip", "propagate", "value(value=0)", INHERITED]
        _allow_word(definitions[table]["properties"], "missing", words)


def _add_scopes(definitions: dict[str, Any]) -> None:
    """Allow a text or a list of columns wherever an index file names rows of statistics or weights."""
    tables = {"Methodology": ("statistics", "weights"), "Variant": ("statistics", "weights")}
    for table, words in {**tables, "StageScopes": STATISTICS_STAGES}.items():
        properties = definitions[table]["properties"]
        for word in words:
            _allow_word(properties, word, ["pooled", "period"])
            properties[word]["anyOf"].append({"type": "array", "items": {"type": "string"}})


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
            warn(str(error), PluginWarning)
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


def _allow_signs(direction: dict[str, Any]) -> None:
    """Add the words and signs of other programs to a direction, which may be optional."""
    for form in direction.get("anyOf", [direction]):
        if "enum" in form:
            form["enum"] = [*form["enum"], "max", "min", "+", "-", "1", "-1", 1, -1]
