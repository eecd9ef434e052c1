"""indicia stability"""

from __future__ import annotations

from indicia.cli.analyse import command_at

stability = command_at("indicia_after_score.stability:Stability")
