"""Bundles: an index with its data, results and report in one file, and the proof that it repeats."""
