"""The catalogue: the methods that plugins offer, and the choice of a method with its parameters."""

from indicia.catalogue.choice import Choice, schema
from indicia.catalogue.discovery import Catalogue, gather, installed, open_source, with_nested
from indicia.catalogue.hookspecs import KINDS, OFFERED_KINDS, hookimpl
from indicia.catalogue.offers import Offer

__all__ = [
    "KINDS",
    "OFFERED_KINDS",
    "Catalogue",
    "Choice",
    "Offer",
    "gather",
    "hookimpl",
    "installed",
    "open_source",
    "schema",
    "with_nested",
]
