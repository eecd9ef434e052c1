"""The logo of a house style, at the foot of a picture on the right."""

from __future__ import annotations

import re

from indicia_report.markup import escape

HEIGHT, WIDTH = 28, 160
"""The greatest height and width of a logo, in pixels; it keeps its proportions."""
ROOM = HEIGHT + 12
"""The pixels that a logo adds to the height of a picture."""
_SIZE = re.compile(r'^(<svg\b[^>]*?) width="([\d.]+)" height="([\d.]+)" viewBox="0 0 [\d.]+ [\d.]+"')


def with_logo(svg: str, logo: str, background: str) -> str:
    """Return a picture that is higher by the room of a logo, with the logo in it; `logo` is a `data:` address.

    >>> picture = '<svg class="marks" width="300" height="200" viewBox="0 0 300 200"><rect/></svg>'
    >>> with_logo(picture, "data:image/png;base64,AA==", "#ffffff")[:71]
    '<svg class="marks" width="300" height="240" viewBox="0 0 300 240"><rect'
    """
    size = _SIZE.match(svg)
    if size is None:
        return svg
    width, height = float(size[2]), float(size[3])
    start = f'{size[1]} width="{width:g}" height="{height + ROOM:g}" viewBox="0 0 {width:g} {height + ROOM:g}"'
    foot = (
        f'<rect x="0" y="{height:g}" width="{width:g}" height="{ROOM}" fill="{escape(background)}"/>'
        f'<image x="{width - min(WIDTH, width - 8) - 4:g}" y="{height + 4:g}" width="{min(WIDTH, width - 8):g}" '
        f'height="{HEIGHT}" preserveAspectRatio="xMaxYMid meet" href="{escape(logo)}" role="presentation"/>'
    )
    return f"{start}{svg[size.end() :].removesuffix('</svg>')}{foot}</svg>"
