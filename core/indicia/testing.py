"""Tests of methods, for authors of plugins: the promises of `indicia_conformance`."""

from indicia.lazy import door

__getattr__, __dir__ = door("indicia_conformance")
