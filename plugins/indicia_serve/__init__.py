"""The page of an index with the engine behind it: other methods, their ranking and agreement, new variants, uploads.

`server` starts it, `app` has its addresses, `guard` refuses requests of strangers, `workers` bounds the time of a
request, and `jobs` are the functions that workers call.
"""

from indicia_serve.sources import Source

__all__ = ["Source"]
