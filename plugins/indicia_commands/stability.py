"""indicia stability"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indicia_commands.analyse import command_at

if TYPE_CHECKING:
    from collections.abc import Callable

stability: Callable[..., None] = command_at("indicia_after_score.stability:Stability")
