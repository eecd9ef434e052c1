"""The messages that the views of a page can show."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from indicia_report.model.types import PageModel


def messages_of(model: PageModel) -> Callable[[str], bool]:
    """Return a function that returns False for the key of a message that a page of these data cannot show.

    The view Over time needs two periods; the map and the trends need their data. Of the reasons why weights cannot be
    changed, a page shows those of its own dimensions.
    """
    missing = {
        "time.": len(model["periods"]) < 2,
        "move.": len(model["periods"]) < 2,
        "map.": model["map"] is None,
        "trend.": model["trends"] is None,
    }
    unused = tuple(prefix for prefix, is_missing in missing.items() if is_missing)
    reasons = {"why.other", *(f"why.{part.get('why')}" for part in model["tree"])}
    return lambda key: not key.startswith(unused) and (not key.startswith("why.") or key in reasons)
