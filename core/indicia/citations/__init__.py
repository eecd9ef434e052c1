"""Citations: works with authors, title and place of publication, in BibTeX, RIS and text.

A plugin lists the works behind its methods in a file `references.toml`.
"""

from indicia.citations.citation import Citation, slug, with_unique_keys
from indicia.citations.plain import link_of, plain
from indicia.citations.registry import cited_works
from indicia.citations.render import CitationFormat, render

__all__ = [
    "Citation",
    "CitationFormat",
    "cited_works",
    "link_of",
    "plain",
    "render",
    "slug",
    "with_unique_keys",
]
