"""The catalogue: the methods that plugins offer, and how one of them is chosen."""

from indicia.catalogue.choice import Choice, schema
from indicia.catalogue.discovery import Catalogue, installed, of
from indicia.catalogue.hookspecs import KINDS, hookimpl
from indicia.catalogue.offers import Offer

__all__ = ["KINDS", "Catalogue", "Choice", "Offer", "hookimpl", "installed", "of", "schema"]
