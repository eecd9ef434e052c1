"""Editions from files and values: index files, packs, fitted indices, tables of scores; and their difference."""

from indicia_bundle.edition_sources.comparing import diff, difference_since, named_table, recast
from indicia_bundle.edition_sources.opening import open_earlier, open_edition
