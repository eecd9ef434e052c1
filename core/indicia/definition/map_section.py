"""The table `[map]` of an index file: the shapes of the units, in a file of the user."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from indicia.definition.section import Section, Text, Word


class Map(Section):
    """The file with the shapes of the units, for the maps of pages and charts; no score depends on it."""

    path: Word = Field(description="a GeoJSON or TopoJSON file in longitude and latitude")
    key: Word = Field(description="the property of a shape that holds the unit, such as iso3")
    layer: Word | None = Field(None, description="the object of a TopoJSON file that has several")
    name: Text | None = Field(None, description="the title of the map; default: the name of the index")
    source: Text | None = Field(None, description="the source of the shapes, which pages and charts print")


MapTable = Annotated[Map | None, Field(None, description="the file with the shapes of the units, for maps")]
