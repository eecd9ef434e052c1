"""Partitions of a table: the door to the facts of all rows, and states of partitions that merge."""
