"""The contract of checks of an index, for authors of plugins, of `indicia_audit.checks`."""

from indicia.lazy import door

__getattr__, __dir__ = door("indicia_audit.checks")
