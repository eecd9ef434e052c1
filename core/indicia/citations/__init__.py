"""Citations: works with authors, title and place of publication, in BibTeX, RIS and text.

A plugin lists the works behind its methods in a file `references.toml`.
"""

from typing import TYPE_CHECKING

from indicia.citations.citation import Citation, cited_works, link_of, plain, slug, with_unique_keys
from indicia.lazy import names_of

if TYPE_CHECKING:
    from indicia.citations.rendering import CitationFormat, render
else:
    __getattr__ = names_of(__name__, rendering="CitationFormat render")

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
