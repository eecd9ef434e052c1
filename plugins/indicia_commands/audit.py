"""indicia audit"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from indicia_commands.analyse import OfIndex, command_at

if TYPE_CHECKING:
    from collections.abc import Callable

    import typer


@dataclass(frozen=True)
class OfAudit(OfIndex):
    """An index with its table."""

    folded: ClassVar[bool] = True

    def instead(self, context: typer.Context, show: str | None, **options: Any) -> bool:
        """Let NumPy use one thread, before it is imported: threads take longer than they save for small matrices."""
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        return super().instead(context, show, **options)


audit: Callable[..., None] = command_at("indicia_after_score.audit:Audit", subject=OfAudit)
