"""Analyses of scores and ranks: plain functions on frames, of `indicia_statistics.analysis`."""

from indicia.lazy import door

__getattr__, __dir__ = door("indicia_statistics.analysis")
