"""Maps from the shapes of a user's own file: read, matched with the units, projected, simplified and written as paths.

Indicia ships no shapes. The steps are modules: `features` and `topojson` read the file, `matching` finds the unit of
each shape, `sphere` joins and cuts shapes at a meridian, `projection` and `frame` place them on the page, `borders` and
`simplify` remove points that nobody sees, and `drawing` runs the steps.
"""

from indicia_report.map.drawing import DrawnMap, Region, draw_map, map_of

__all__ = ["DrawnMap", "Region", "draw_map", "map_of"]
