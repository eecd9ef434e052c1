"""Editions from files and values: index files, packs, fitted indices, tables of scores; and their difference."""

from indicia.edition_sources.comparing import diff, difference_since, named_table, recast
from indicia.edition_sources.opening import open_earlier, open_edition
