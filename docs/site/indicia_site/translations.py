"""The blocks of code in translated pages: `python -m indicia_site.translations` renews them from the English pages.

The English page is run by a test. A translation has the same blocks in the same order, so that it is true as well.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indicia_site.page import DOCS, ROOT

if TYPE_CHECKING:
    from pathlib import Path

TRANSLATED: dict[Path, Path] = {
    DOCS / "zh" / "README.md": ROOT / "README.md",
    DOCS / "zh" / "tutorial.md": DOCS / "tutorial.md",
    DOCS / "zh" / "reporting.md": DOCS / "reporting.md",
}
"""The translated pages, with the pages that they translate."""
_BLOCK = re.compile(r"^(?:<!-- [^>]*? -->\n)?```\w*\n.*?^```$", re.MULTILINE | re.DOTALL)


def with_blocks_of(original: Path, text: str) -> str:
    """Return a translation with the blocks of code of the original page.

    Raises
    ------
    ValueError
        If the translation has more or fewer blocks than the original page.
    """
    blocks = _BLOCK.findall(original.read_text(encoding="utf-8"))
    places = len(_BLOCK.findall(text))
    if places != len(blocks):
        raise ValueError(f"{original.name} has {len(blocks)} blocks of code, and its translation {places}")
    following = iter(blocks)
    return _BLOCK.sub(lambda _: next(following), text)


if __name__ == "__main__":
    for translation, original in TRANSLATED.items():
        renewed = with_blocks_of(original, translation.read_text(encoding="utf-8"))
        translation.write_text(renewed, encoding="utf-8")
