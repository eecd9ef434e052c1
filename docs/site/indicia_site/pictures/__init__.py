"""Pictures of what a method does, drawn from runs of the method: a curve, lines of equal score, bars, or a table.

The pictures are SVG within the page. Their colours are classes of `static/site.css`, so that they suit the light and
the dark page. Each has a text for screen readers, and a caption that names the data.
"""

from indicia_site.pictures.picture import picture

__all__ = ["picture"]
