"""Editions from files and values: index files, packs, fitted indices, tables of scores; and their difference."""

from indicia.edition_sources.comparing import diff, difference_since
from indicia.edition_sources.opening import open_edition
from indicia.edition_sources.recasting import named_table, recast
