"""All sections of the index file, with their owners: those that scoring needs, and those that plugins offer."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import create_model

from indicia.catalogue import Catalogue, Offer, hookimpl
from indicia.catalogue.hookspecs import FILE_SECTIONS
from indicia.definition.model import Definition
from indicia.definition.section import StatedSections
from indicia.errors import DefinitionError, PluginError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indicia.definition.origin import Origin


_HERE = "indicia.definition"


@hookimpl
def indicia_file_sections() -> dict[str, str]:
    """Offer the sections of Indicia that no score depends on."""
    return {
        "publication": f"{_HERE}.publication_section:PublicationTable",
        "sources": f"{_HERE}.publication_section:SourceTables",
        "map": f"{_HERE}.publication_section:MapTable",
        "robustness": f"{_HERE}.robustness_section:RobustnessTable",
        "checks": f"{_HERE}.checks_section:CheckTables",
        "analyses": f"{_HERE}.checks_section:AnalysisTables",
        "waivers": f"{_HERE}.checks_section:WaiverTables",
        "audit": f"{_HERE}.robustness_section:AuditTable",
    }


class FileSection(NamedTuple):
    """A section of the index file, or a word of its head."""

    name: str
    owner: str
    """The plugin that offers it; the core for those that scoring needs."""
    place: str
    """The place of its model."""
    version: str
    """The package of the owner, with its version."""


_ORDER = (
    *("publication", "sources", "name", "note", "direction", "measurement", "plugins", "data", "dimensions"),
    *("indicators", "screening", "methodology", "eligible", "bands", "aggregates", "reference", "outside", "map"),
    *("judgements", "weights", "variants", "robustness", "checks", "analyses", "waivers", "audit"),
)
"""The order of sections in the JSON Schema; sections of other plugins follow by name."""


def file_sections(catalogue: Catalogue) -> list[FileSection]:
    """Return all sections of the index file, with their owners: the core, and plugins of the catalogue."""
    here = f"indicia {version('indicia')}"
    sections = {
        name: FileSection(name, "indicia", f"{_HERE}.model:Definition", here) for name in Definition.model_fields
    }
    for name, offer in catalogue.offered(FILE_SECTIONS).items():
        of_plugin = here if offer.plugin == __name__ else catalogue.versions.get(offer.plugin, "unknown")
        sections[name] = FileSection(name, offer.plugin, offer.place, of_plugin)
    return [sections[name] for name in (*_ORDER, *sorted(sections.keys() - {*_ORDER}))]


def model_of(offers: Iterable[Offer], origin: Origin) -> type[StatedSections]:
    """Return a model with the sections that an index file states, after the import of their modules.

    Raises
    ------
    DefinitionError
        With the line of the section whose module cannot be imported.
    """
    return _model(tuple((offer.name, _load(offer, origin)) for offer in offers))


def _load(offer: Offer, origin: Origin) -> Any:
    """Return the model of a section."""
    package = offer.place.partition(":")[0].partition(".")[0]
    try:
        return offer.load()
    except PluginError as error:
        fault, remedy = f"cannot be used: {error.what}", error.remedy
        if isinstance(error.__cause__, ModuleNotFoundError) and error.__cause__.name == package:
            fault = "is not installed"
            remedy = f"pip install {package.replace('_', '-')}, or take the section out of the file"
        what = f"[{offer.name}] is a section of the package {package}, which {fault}"
        raise DefinitionError(what, where=origin.where([offer.name]), remedy=remedy) from error


@cache
def _model(models: tuple[tuple[str, Any], ...]) -> type[StatedSections]:
    fields: dict[str, Any] = {
        name: (model | None, None) if isinstance(model, type) else model for name, model in models
    }
    return create_model("Sections", __base__=StatedSections, **fields)
