"""Runs over the partitions of a table that is larger than memory."""
