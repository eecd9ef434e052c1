"""Bundles: an index with its data, results and report in one file, and the proof that it repeats."""

from indicia.bundle.opening import Bundle, open_bundle
from indicia.bundle.packing import Pack, pack
from indicia.bundle.replay import Replay, replay

__all__ = ["Bundle", "Pack", "Replay", "open_bundle", "pack", "replay"]
