"""Bundles: an index with its data, results and report in one file, and the proof that it repeats."""

from typing import TYPE_CHECKING

from indicia.lazy import names_of

if TYPE_CHECKING:
    from indicia_bundle.opening import Bundle, open_bundle
    from indicia_bundle.packing import Pack, pack
    from indicia_bundle.replaying import Replay, replay
else:
    __getattr__ = names_of(
        __name__,
        opening="Bundle open_bundle",
        packing="Pack pack",
        replaying="Replay replay",
    )

__all__ = ["Bundle", "Pack", "Replay", "open_bundle", "pack", "replay"]
